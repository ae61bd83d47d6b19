# SPDX-License-Identifier: Apache-2.0
"""Bytes are those of the data, not of the extent."""

ranks = 2
MESSAGES = [3 * 160, 40, 160, 290, 0, 0, 48, 20, 48]


def profile(r):
    calls = {
        "MPI_Type_vector": 1,
        "MPI_Type_indexed": 1,
        "MPI_Type_create_subarray": 1,
        "MPI_Type_create_struct": 2,
        "MPI_Type_create_resized": 1,
        "MPI_Type_contiguous": 1,
        "MPI_Type_commit": 6,
        "MPI_Type_free": 7,
        "MPI_Get_address": 1,
    }
    if r.rank == 0:
        calls |= {"MPI_Send": (9, sum(MESSAGES), 0), "MPI_Pack": 2}
    else:
        calls |= {"MPI_Recv": (9, 0, sum(MESSAGES)), "MPI_Unpack": 1}
    return calls


def matrix(size):
    return {(0, 1): (len(MESSAGES), sum(MESSAGES))}
