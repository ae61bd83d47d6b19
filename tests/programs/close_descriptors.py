# SPDX-License-Identifier: Apache-2.0
"""Closed descriptors cost no call, and no descriptor of the program is written to."""

ranks = 2


def profile(r):
    return {"MPI_Allreduce": (200001, 4 * 200001, 4 * 200001)}
