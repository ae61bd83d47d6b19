# SPDX-License-Identifier: Apache-2.0
"""What a procedure means to the recorder and to the trace, derived from its measure and its attributes."""

FAMILIES = ["none", "point_to_point", "completion", "probe", "persistent", "partitioned", "collective", "neighborhood",
            "communicator", "group", "topology", "datatype", "operation", "attribute", "error", "info", "rma", "io",
            "process", "session", "environment", "timer", "tool", "conversion"]

COLLECTIVE_OPS = ["none", "barrier", "bcast", "gather", "gatherv", "scatter", "scatterv", "allgather", "allgatherv",
                  "alltoall", "alltoallv", "alltoallw", "allreduce", "reduce", "reduce_scatter", "reduce_scatter_block",
                  "scan", "exscan", "create_handle", "destroy_handle"]

RMA_OPS = ["none", "put", "get", "accumulate", "get_accumulate", "fetch_and_op", "compare_and_swap", "fence", "post",
           "start", "complete", "wait", "test", "lock", "lock_all", "unlock", "unlock_all", "flush", "flush_all",
           "flush_local", "flush_local_all", "sync", "create", "free"]

IO_OPS = ["none", "open", "close", "remove", "read", "write", "seek", "sync", "set_view", "set_size", "other"]

# The request that a successful call starts. Persistent initialisation starts none: MPI_Start does.
STARTS = {"isend": "send", "irecv": "receive", "imrecv": "receive", "isendrecv": "send_receive",
          "comm_idup": "communicator", "grequest_start": "generalized",
          "rma_rput": "rma", "rma_rget": "rma", "rma_raccumulate": "rma", "rma_rget_accumulate": "rma",
          "file_iread": "io", "file_iwrite": "io"}

PERSISTENT = {"send_init", "recv_init", "psend_init", "precv_init"}

# Every measure and the number of its arguments; the classes of these names live in the interposer.
MEASURES = {
    "plain": 0, "on_comm": 1, "on_window": 1, "on_file": 1, "init": 0, "finalize": 0, "abort": 2, "session_init": 0,
    "session_finalize": 0,
    "send": 5, "recv": 6, "isend": 6, "irecv": 6, "send_init": 6, "recv_init": 6, "sendrecv": 10, "isendrecv": 10,
    "psend_init": 7, "precv_init": 7,
    "probe": 4, "iprobe": 5, "mprobe": 5, "improbe": 6, "mrecv": 4, "imrecv": 4,
    "wait": 2, "waitall": 3, "waitany": 4, "waitsome": 5, "test": 3, "testall": 4, "testany": 5, "testsome": 5,
    "request_free": 1, "cancel": 1, "start": 1, "startall": 2, "grequest_start": 1,
    "barrier": 1, "bcast": 4, "gather": 7, "gatherv": 7, "scatter": 7, "scatterv": 7, "allgather": 6, "allgatherv": 6,
    "alltoall": 6, "alltoallv": 6, "alltoallw": 6, "reduce": 4, "allreduce": 3, "reduce_scatter": 3,
    "reduce_scatter_block": 3, "scan": 3, "exscan": 3,
    "neighbor_allgather": 5, "neighbor_allgatherv": 5, "neighbor_alltoall": 5, "neighbor_alltoallv": 5,
    "neighbor_alltoallw": 5,
    "new_comm": 2, "new_group_comm": 3, "comm_idup": 3, "new_intercomm": 3, "new_comm_from_group": 2, "spawned_comm": 2, "join_comm": 1,
    "parent_comm": 1, "comm_free": 1, "comm_set_name": 2,
    "type_free": 1, "new_window": 2, "window_free": 1, "window_target": 2,
    "rma_put": 4, "rma_get": 4, "rma_accumulate": 4, "rma_get_accumulate": 6, "rma_fetch_and_op": 3,
    "rma_compare_and_swap": 3, "rma_rput": 5, "rma_rget": 5, "rma_raccumulate": 5, "rma_rget_accumulate": 7,
    "file_open": 3, "file_close": 1, "file_read": 4, "file_write": 4, "file_iread": 4, "file_iwrite": 4,
    "file_begin_read": 3, "file_begin_write": 3, "file_end_read": 2, "file_end_write": 2,
}


def starts(procedure):
    if procedure.collective_measure:
        return "collective" if procedure.mode == "nonblocking" else "none"
    return STARTS.get(procedure.measure, "none")


def collective(procedure):
    if procedure.measure in COLLECTIVE_OPS:
        return procedure.measure
    return procedure.attributes.get("collective", "none")


def rma(procedure):
    return procedure.attributes.get("rma", "none")


def io(procedure):
    return procedure.attributes.get("io", "none")


def nonblocking(procedure):
    """Whether the operation named by the procedure may still run, or has not begun, when the call returns."""
    return starts(procedure) != "none" or procedure.measure in PERSISTENT or procedure.mode == "persistent"


def measure_class(procedure):
    return "".join(part.capitalize() for part in procedure.measure.split("_"))
