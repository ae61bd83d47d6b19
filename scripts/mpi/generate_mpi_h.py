# SPDX-License-Identifier: Apache-2.0
"""Writes mpi.h of the MPI-5.0 standard ABI: translator/standard/mpi.h.in with the handles, constants and prototypes of
the tables put in."""

import pathlib
from dataclasses import replace

import output
from generate_abi_data import read_handles, read_sets
from kinds import KINDS, c_declaration

TEMPLATE = pathlib.Path(__file__).parents[2] / "translator/standard/mpi.h.in"
TYPES = {"comm": "MPI_Comm", "datatype": "MPI_Datatype", "request": "MPI_Request", "op": "MPI_Op", "win": "MPI_Win",
         "group": "MPI_Group", "info": "MPI_Info", "errhandler": "MPI_Errhandler", "message": "MPI_Message",
         "session": "MPI_Session", "file": "MPI_File"}
IN_TEMPLATE = {"displacement", "callback_safety", "source_order"}   # sets that are no plain integers
FIRST_OWN_HANDLE = 0x3f0                                            # from here on the standard has none
CONVERTED = ("Comm", "Errhandler", "File", "Group", "Info", "Message", "Op", "Request", "Session", "Type", "Win")


def handles():
    rows, lines = read_handles(), []
    for kind, c_type in TYPES.items():
        lines.append(f"\ntypedef struct MPI_ABI_{c_type[4:]}* {c_type};")
        lines += [f"#define {name} (({c_type}){value})" for owner, name, value, *_ in rows
                  if owner == kind and int(value, 0) < FIRST_OWN_HANDLE]
    return "\n".join(lines) + "\n"


def constants():
    seen, lines = set(), []
    for name, _bits, rows in read_sets():
        if name in IN_TEMPLATE:
            continue
        lines.append("")
        for constant, value, *_ in rows:
            if value != "-" and constant not in seen:
                seen.add(constant)
                lines.append(f"#define {constant} {value if int(value, 0) >= 0 else f'({value})'}")
    return "\n".join(lines) + "\n"


def is_standard(procedure):
    integers = procedure.name.endswith(("_fromint", "_toint"))
    f08 = any(parameter.kind == "f08_status" for parameter in procedure.parameters)
    return integers or (procedure.chapter not in ("removed", "conversion", "extension") and not f08)


def prototype(procedure, prefix):
    returned = "int" if procedure.returns_error else KINDS[procedure.returns].c_type
    # The table has MPI_Pready_list as MPICH 4.0 declares it, without the const that MPI 4.1 added.
    current = [replace(p, nonconst=False) if p.name == "array_of_partitions" else p for p in procedure.parameters]
    parameters = ", ".join(map(c_declaration, current)) or "void"
    return f"{returned} {prefix}{procedure.name}({parameters});\n"


def conversions():
    lines = [f"#define {prefix}MPI_{kind}_{name}(handle) {prefix}MPI_{kind}_{integer}(handle)"
             for prefix in ("", "P") for kind in CONVERTED for name, integer in (("c2f", "toint"), ("f2c", "fromint"))]
    return "\n".join(lines) + "\n"


def generate(procedures):
    standard = [procedure for procedure in procedures if is_standard(procedure)]
    version = next(dict((row[0], row[1]) for row in rows) for name, _, rows in read_sets() if name == "limit")
    parts = {"VERSION": f"{version['MPI_VERSION']}.{version['MPI_SUBVERSION']}", "HANDLES": handles(),
             "CONSTANTS": constants(), "PROTOTYPES": "".join(prototype(p, "") for p in standard),
             "PROFILING": "".join(prototype(p, "P") for p in standard), "CONVERSIONS": conversions()}
    text = TEMPLATE.read_text()
    for name, part in parts.items():
        text = text.replace(f"@{name}@", part)
    return text


if __name__ == "__main__":
    output.run(generate)
