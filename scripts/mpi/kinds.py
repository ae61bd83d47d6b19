# SPDX-License-Identifier: Apache-2.0
"""The kinds of parameters in the API table: their type in the standard's C binding, and the type under which the
interposer passes them on, which is the same for every MPI implementation on a 64-bit machine."""

from dataclasses import dataclass

INT, LONG, WORD = "int", "std::int64_t", "Word"


@dataclass(frozen=True)
class Kind:
    name: str
    c_type: str              # of a value in the standard's C binding
    neutral: str = INT       # of a value in the interposer; "" if it is never passed by value
    pointer: bool = False    # a value is itself a pointer: arrays and outputs add no further one
    handle: bool = False     # opaque handle of the MPI library
    translated: bool = False  # arrays of it need a temporary when a call is translated


def _handles():
    types = {"comm": "MPI_Comm", "datatype": "MPI_Datatype", "request": "MPI_Request", "op": "MPI_Op", "win": "MPI_Win",
             "group": "MPI_Group", "info": "MPI_Info", "errhandler": "MPI_Errhandler", "message": "MPI_Message",
             "session": "MPI_Session", "file": "MPI_File",
             "tool_enum": "MPI_T_enum", "cvar_handle": "MPI_T_cvar_handle", "pvar_handle": "MPI_T_pvar_handle",
             "pvar_session": "MPI_T_pvar_session", "event_registration": "MPI_T_event_registration",
             "event_instance": "MPI_T_event_instance", "grequest_class": "MPIX_Grequest_class"}
    return [Kind(name, c_type, WORD, handle=True, translated=True) for name, c_type in types.items()]


def _scalars():
    plain = ["int", "root", "color", "flag", "keyval", "count_int"]
    constants = ["rank", "tag", "index", "weight", "error_code"]   # with values that implementations number differently
    # Sets of abi_constants.table.
    named = ["comparison", "topology", "split_type", "window_assert", "file_mode", "lock_type", "whence", "thread_level",
             "array_order", "distribution", "distribution_argument", "type_class", "verbosity", "binding", "scope",
             "variable_class"]
    grow = ["count", "displacement", "stride", "size"]             # `int` that a `_c` twin makes 64 bits wide
    return ([Kind(name, "int") for name in plain + named + grow]
            + [Kind(name, "int", translated=name == "error_code") for name in constants]
            + [Kind("fint", "MPI_Fint"), Kind("callback_safety", "MPI_T_cb_safety"),
               Kind("source_order", "MPI_T_source_order"),
               Kind("large_count", "MPI_Count", LONG), Kind("address", "MPI_Aint", LONG),
               Kind("extent", "MPI_Aint", LONG), Kind("offset", "MPI_Offset", LONG), Kind("view_displacement", "MPI_Offset", LONG),
               Kind("double", "double", "double")])


def _pointers():
    untyped = ["buffer", "pointer", "attribute", "extra"]          # void* whatever the direction
    return ([Kind(name, "void", "", pointer=True) for name in untyped]
            + [Kind("string", "char", "", pointer=True), Kind("strings", "char *", "", pointer=True),
               Kind("string_lists", "char **", "", pointer=True), Kind("argument_vector", "char ***", "", pointer=True),
               Kind("rank_range", "int", INT, pointer=True),
               Kind("status", "MPI_Status", "", translated=True), Kind("fortran_status", "MPI_Fint", INT, pointer=True),
               Kind("f08_status", "MPI_F08_status", "", pointer=True),
               Kind("callback", "", "", pointer=True), Kind("variadic", "...", "...")])


KINDS = {kind.name: kind for kind in _handles() + _scalars() + _pointers()}

# What the kinds become in a `_c` twin.
LARGE_KIND = {"count": "large_count", "displacement": "address", "stride": "large_count", "size": "large_count",
              "extent": "large_count"}


def _is_pointer(parameter):
    kind = KINDS[parameter.kind]
    return kind.pointer or kind.name == "status" or parameter.direction != "in" or parameter.length is not None


def _is_const(parameter):
    kind = KINDS[parameter.kind]
    if parameter.direction != "in" or parameter.nonconst:
        return False
    return kind.name not in ("pointer", "attribute", "extra", "callback", "argument_vector", "rank_range")


def neutral_type(parameter):
    """Type of a parameter in the interposer's entry points: int, std::int64_t, Word, or a pointer."""
    kind = KINDS[parameter.kind]
    if not _is_pointer(parameter):
        return kind.neutral
    target = kind.neutral if kind.neutral in (INT, LONG) else "void"
    return ("const " if _is_const(parameter) else "") + target + "*"


def neutral_return_type(kind_name):
    return KINDS[kind_name].neutral


def c_declaration(parameter):
    """The parameter as the standard's C binding declares it."""
    kind = KINDS[parameter.kind]
    name = parameter.name
    const = "const " if _is_const(parameter) else ""
    if kind.name == "variadic":
        return "..."
    if kind.name == "callback":
        star = "" if parameter.callback.startswith("MPI_T_") else "*"
        return f"{parameter.callback} {star}{name}"
    if kind.name == "rank_range":
        return f"int {name}[][3]"
    if kind.name == "argument_vector":
        return f"char ***{name}"
    if kind.name in ("strings", "string_lists"):
        return f"{kind.c_type}{name}[]"
    if not _is_pointer(parameter):
        return f"{kind.c_type} {name}"
    return f"{const}{kind.c_type} *{name}"
