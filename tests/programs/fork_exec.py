# SPDX-License-Identifier: Apache-2.0
"""Children, however they end, neither add to the recording nor end it."""

ranks = 2


def profile(r):
    return {"MPI_Allreduce": (5, 20, 20)}
