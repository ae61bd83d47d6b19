# SPDX-License-Identifier: Apache-2.0
"""Writes every_entry.inc: for each procedure of the API table a call with arguments chosen by their kinds, for
every_entry.c, which has what the expressions here name.

    generate_every_entry.py OUTPUT
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts" / "mpi"))

from kinds import neutral_return_type, neutral_type  # noqa: E402
from stub import fixed_parameters, is_variadic  # noqa: E402
from table import read_table  # noqa: E402

# Not called here, and why.
LEFT_OUT = {
    "MPI_Init": "every_entry.c starts and ends MPI", "MPI_Init_thread": "every_entry.c starts and ends MPI",
    "MPI_Finalize": "every_entry.c starts and ends MPI", "MPI_Abort": "ends the program",
    "MPI_Comm_accept": "waits for somebody who connects", "MPI_Comm_connect": "waits for somebody who accepts",
    "MPI_Comm_join": "needs a second process", "MPI_Comm_spawn": "starts processes: spawn.c",
    "MPI_Comm_spawn_multiple": "starts processes: spawn.c",
    "MPI_Parrived": "needs a partitioned request: MPICH does not check it",
    "MPI_Publish_name": "needs a name server", "MPI_Unpublish_name": "needs a name server",
    "MPI_Lookup_name": "needs a name server",
    "MPI_Intercomm_create": "needs two groups: communicators.c",
    "MPI_Intercomm_merge": "needs two groups: communicators.c",
    "MPI_Intercomm_create_from_groups": "needs two groups: emulations.c",
    **{f"MPIX_Comm_{what}": "MPICH 4.0 has it and ends the program there"
       for what in ("revoke", "shrink", "agree", "failure_ack", "failure_get_acked")},
    "MPIX_Grequest_class_allocate": "needs a class, which no backend but MPICH makes",
}
# A single argument: (procedure, parameter) as patterns, the C expression.
SPECIAL = [
    ("MPI_(Cart|Neighbor|Ineighbor).*|MPIX_Neighbor.*", "comm", "comm_with(topology_cart)"),
    ("MPI_Graph_.*|MPI_Graphdims_get", "comm", "comm_with(topology_graph)"),
    ("MPI_Dist_graph_neighbors.*", "comm", "comm_with(topology_distributed)"),
    ("MPI_(Cart_create|Cart_map|Graph_create|Graph_map|Dist_graph_create.*)", "comm|comm_old", "plain_comm()"),
    ("MPIX_Comm_.*|MPI_Comm_disconnect", "comm", "fresh_comm()"),
    ("MPI_(Win_lock|Win_unlock|Win_flush|Win_flush_local|Cart_.*|Graph_.*)", "rank", "0"),
    ("MPI_Win_(start|post)", "group", "HANDLE(MPI_GROUP_EMPTY)"),
    ("MPI_Free_mem", "base", "allocated_memory()"),
    ("MPI_Type_get_contents.*", "datatype", "fresh_datatype()"),
    ("MPI_Grequest_complete", "request", "generalized_request()"),
    ("MPI_Add_error_(string|code)|MPI_Remove_.*|MPIX_Delete_.*", "error.*", "fresh_error_class()"),
    ("MPI_T_.*", "obj_handle", "NULL"),
    ("MPI_Isendrecv.*", "dest|source", "0"),   # MPICH 4.0 never completes one from and to MPI_PROC_NULL
    ("MPI_Type_get_contents.*", "max.*", "1"),   # Open MPI reads as many types as there is room for
    (".*", "color|key|direction|n|partition.*|level|level_.*|comm_type", "0"),
    (".*", "logical_size", "4"),
    (".*", "valuelen", "100"),
    (".*", "max.*", "16"),
    ("MPI_Type_create_f90_.*", "p", "6"),
    ("MPI_Type_create_f90_.*", "r", "MPI_UNDEFINED_OR_9"),
    (".*", "argc", "1"),
]
# Handles that a library may have none of: the procedure is not called then.
TOOLS = {"cvar_handle": 0, "pvar_handle": 1, "tool_enum": 3, "event_registration": 4, "event_instance": 4}
PERSISTENT = re.compile(r".*_init(_c)?$")


def scalar(procedure, parameter):
    """The C expression of an argument that is passed by value."""
    kind, name = parameter.kind, parameter.name
    by_kind = {
        "comm": "plain_comm()", "datatype": "HANDLE(MPI_INT)", "op": "HANDLE(MPI_SUM)", "win": "plain_window()",
        "group": "plain_group()", "info": "plain_info()", "errhandler": "HANDLE(MPI_ERRORS_RETURN)",
        "request": "HANDLE(MPI_REQUEST_NULL)", "message": "HANDLE(MPI_MESSAGE_NO_PROC)", "session": "plain_session()",
        "file": "plain_file()", "cvar_handle": "tool", "pvar_handle": "tool", "pvar_session": "tool_handle(2)", "tool_enum": "tool", "event_registration": "tool",
        "event_instance": "tool", "grequest_class": "0", "root": "0", "tag": "0", "keyval": "plain_keyval(%s)",
        "error_code": "MPI_ERR_OTHER", "lock_type": "MPI_LOCK_SHARED", "whence": "MPI_SEEK_SET",
        "file_mode": "MPI_MODE_RDWR | MPI_MODE_CREATE", "split_type": "MPI_COMM_TYPE_SHARED", "window_assert": "0",
        "thread_level": "MPI_THREAD_SINGLE", "array_order": "MPI_ORDER_C", "type_class": "MPI_TYPECLASS_INTEGER",
        "variable_class": "MPI_T_PVAR_CLASS_COUNTER", "callback_safety": "0", "source_order": "0", "offset": "0",
        "view_displacement": "0", "index": "0", "flag": "0", "fint": "0", "address": "0", "size": "4096",
        "double": "0", "count": "1", "large_count": "1", "displacement": "1", "stride": "1", "extent": "16", "int": "1",
        "count_int": "1", "color": "0",
    }
    if kind == "rank":
        return "MPI_PROC_NULL" if procedure.family in ("blocking", "point_to_point", "rma", "persistent", "probe") or \
            any(p.kind in ("tag", "win") for p in procedure.parameters) else "0"
    if kind == "keyval":
        which = re.match(r"MPI_(Type|Win)", procedure.name)
        return by_kind[kind] % {"Type": 1, "Win": 2}.get(which[1] if which else "", 0)
    if kind == "address" and name == "size" or kind in ("extent", "large_count") and name in ("insize", "outsize", "size"):
        return "4096"
    if kind == "offset" and name == "size":
        return "64"
    if kind == "address" and name == "disp_unit":
        return "1"
    return by_kind[kind]


def fills(position, parameter, procedure):
    """What the memory that a pointer refers to holds before the call, as a C statement; zeros without one."""
    kind, name, place = parameter.kind, parameter.name, f"slot({position})"
    if kind in ("comm", "datatype", "request", "op", "win", "group", "info", "errhandler", "message", "session", "file"):
        if parameter.direction == "out":
            return ""
        if parameter.length is not None:
            plain = {"datatype": "HANDLE(MPI_INT)", "request": "HANDLE(MPI_REQUEST_NULL)", "info": "HANDLE(MPI_INFO_NULL)"}
            return f"fill_handles({place}, {plain[kind]}, kind_{kind});"
        fresh = {"comm": "fresh_comm()", "datatype": "fresh_datatype()", "request": "persistent_request()",
                 "op": "fresh_op()", "win": "fresh_window()", "group": "fresh_group()", "info": "fresh_info()",
                 "errhandler": "fresh_errhandler()", "message": "HANDLE(MPI_MESSAGE_NO_PROC)", "session": "fresh_session()",
                 "file": "fresh_file()"}
        if kind == "request" and procedure.name not in ("MPI_Start", "MPI_Request_free"):
            return f"fill_handles({place}, HANDLE(MPI_REQUEST_NULL), kind_request);"
        return f"fill_handles({place}, {fresh[kind]}, kind_{kind});"
    if kind in TOOLS and parameter.direction == "inout":
        return f"*(Word*){place} = tool;"
    if kind == "pvar_session" and parameter.direction == "inout":
        return f"*(Word*){place} = fresh_tool_session();"
    if kind == "keyval" and parameter.direction == "inout":
        return f"*(int*){place} = {scalar(procedure, parameter).replace('plain', 'fresh')};"
    if parameter.direction == "out" or kind in ("buffer", "pointer", "extra", "status", "attribute"):
        return ""
    if kind == "rank_range":
        return f"((int*){place})[2] = 1;"
    if kind == "distribution":
        return f"fill_ints({place}, MPI_DISTRIBUTE_BLOCK);"
    if kind == "distribution_argument":
        return f"fill_ints({place}, MPI_DISTRIBUTE_DFLT_DARG);"
    if parameter.direction == "inout":
        return f"*(int*){place} = 100;" if name.endswith("len") else ""
    wanted = 4 if name in ("array_of_sizes", "array_of_gsizes") else 0
    if kind in ("count", "int", "large_count", "flag", "weight") and name not in ("array_of_starts", "edges", "coords",
                                                                               "array_of_partitions", "array_of_displacements"):
        wanted = wanted or 1
    if not wanted:
        return ""
    return f"fill_longs({place}, {wanted});" if "int64" in neutral_type(parameter) else f"fill_ints({place}, {wanted});"


def argument(position, parameter, procedure):
    for pattern, name, text in SPECIAL:
        if re.fullmatch(pattern, procedure.name) and re.fullmatch(name, parameter.name) and \
                (not neutral_type(parameter).endswith("*") or text in ("NULL", "allocated_memory()")):
            return text
    if not neutral_type(parameter).endswith("*"):
        return scalar(procedure, parameter)
    if parameter.kind == "callback":
        return "(void*)any_callback"
    if parameter.kind == "string" and parameter.direction == "in":
        texts = {"datarep": '"native"', "filename": "file_name", "pset_name": '"mpi://SELF"', "key": '"key"'}
        if procedure.name.startswith("MPI_Register_datarep"):
            return f'"own_{procedure.name}"'
        if "external" in procedure.name:
            return '"external32"'
        return texts.get(parameter.name, '"tulkki"')
    if parameter.kind in ("strings", "string_lists", "argument_vector"):
        return "no_arguments"
    return f"slot({position})"


def call(procedure):
    parameters = fixed_parameters(procedure)
    c_type = {"std::int64_t": "int64_t"}
    types = [neutral_type(p).replace("std::", "") for p in parameters] + (["..."] if is_variadic(procedure) else [])
    returned = neutral_return_type(procedure.returns)
    returned = c_type.get(returned, returned)
    lines = [line for i, p in enumerate(parameters)
             if neutral_type(p).endswith("*") and (line := fills(i, p, procedure))]
    tool = next((TOOLS[p.kind] for p in parameters if p.kind in TOOLS and p.direction != "out"), None)
    if procedure.name in ("MPI_T_pvar_get_info", "MPI_T_pvar_handle_alloc"):
        tool = TOOLS["pvar_handle"]
    if tool is not None:
        lines.insert(0, f"const Word tool = tool_handle({tool});\n  if (tool == 0) return 0;")
    arguments = ", ".join(argument(i, p, procedure) for i, p in enumerate(parameters))
    made = f"(({returned} (*)({', '.join(types) or 'void'}))function)({arguments})"
    if procedure.returns_error:
        lines.append(f"const int code = {made};")
        for i, p in enumerate(parameters):
            if p.kind == "request" and p.direction == "out":
                lines.append(f"finish_request(code, slot({i}), {int(bool(PERSISTENT.match(procedure.name)))});")
        if procedure.name.endswith("_begin_c"):
            lines.append(f'if (code == MPI_SUCCESS) end_split("{procedure.name[:-len("begin_c")]}end");')
        lines.append("return code;")
    else:
        lines += [f"(void){made};", "return 0;"]
    body = "".join(f"  {line}\n" for line in lines)
    return f"static int call_{procedure.name}(void* function) {{\n{body}}}\n"


def main():
    # The twins later: what a procedure leaves open, another one closes before its twin is called.
    procedures = sorted((p for p in read_table() if p.name not in LEFT_OUT), key=lambda p: p.name.endswith("_c"))
    unknown = set(LEFT_OUT) - {p.name for p in read_table()}
    if unknown:
        sys.exit(f"LEFT_OUT names procedures that are not in the table: {sorted(unknown)}")
    rows = "".join(f'  {{"{p.name}", call_{p.name}}},\n' for p in procedures)
    text = "// Made by generate_every_entry.py from the API table.\n" + "\n".join(call(p) for p in procedures)
    text += f"\nstatic const struct Entry kEntries[] = {{\n{rows}}};\n"
    pathlib.Path(sys.argv[1]).write_text(text)


main()
