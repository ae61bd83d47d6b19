# SPDX-License-Identifier: Apache-2.0
"""A persistent collective moves its bytes with each start: they belong to MPI_Start."""

from collective_sizes import KINDS, sent_received

ranks = 2  # MPICH 4.0.2 itself fails with 3 ("Invalid communicator" in MPI_Wait)


def profile(r):
    sizes = [sent_received(kind, r.rank, r.size) for kind in KINDS]
    result = {f"MPI_{kind.capitalize()}_init": 1 for kind in KINDS}
    result["MPI_Start"] = (3 * len(KINDS), 3 * sum(s for s, _ in sizes), 3 * sum(g for _, g in sizes))
    result["MPI_Wait"] = 3 * len(KINDS)
    result["MPI_Request_free"] = len(KINDS)
    return result
