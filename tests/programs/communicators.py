# SPDX-License-Identifier: Apache-2.0
"""Each communicator is one context with its true members, the same on all of them."""

ranks = 3


def profile(r):
    in_pair, in_split = r.rank in (0, r.size - 1), r.rank > 0
    calls = {
        "MPI_Comm_split": 1,
        "MPI_Comm_dup": 1001,
        "MPI_Comm_set_name": 1,
        "MPI_Comm_dup_with_info": 1,
        "MPI_Comm_group": 1,
        "MPI_Group_incl": 1,
        "MPI_Group_free": 2,
        "MPI_Comm_create": 1,
        "MPI_Comm_split_type": 1,
        "MPI_Comm_idup": 1,
        "MPI_Wait": 1,
        "MPI_Allreduce": (1, 4, 4),
        "MPI_Comm_free": 1000 + 4 + 2 * in_pair + in_split,
    }
    if in_pair:
        calls |= {"MPI_Comm_create_group": 1, "MPI_Barrier": 1}
    return calls


def contexts(size):
    # Duplicates of the world: duplicate, with_info, idup; the node is one, too. A thousand of each rank's own.
    found = {("communicator", "0-2"): 4, ("communicator", "1-2"): 1, ("communicator", "2,0"): 2}
    return found | {("communicator", str(rank)): 1000 for rank in range(size)}


context_names = ["my duplicate"]
