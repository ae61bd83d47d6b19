# SPDX-License-Identifier: Apache-2.0
"""Both halves of a nonblocking send-receive count.

MPICH 4.0.2, the only one that has it here, fills the status of such a request with nonsense (source 0, no bytes): what
was received cannot be known, so neither it nor the messages of the trace are compared.
"""

ranks = 3
trace_messages = False
ignored_defects = ["unmatched-send", "unmatched-receive", "receive-longer", "receive-shorter"]


def profile(r):
    return {
        "MPI_Isendrecv": (3, 3 * 4 * (5 + r.rank), r.anything),
        "MPI_Isendrecv_replace": (1, 8, r.anything),
        "MPI_Wait": 4,
    }


def matrix(size):
    return {(rank, (rank + 1) % size): (4, 3 * 4 * (5 + rank) + 8) for rank in range(size)}
