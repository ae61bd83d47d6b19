# SPDX-License-Identifier: Apache-2.0
"""The table's C bindings agree with the headers of the installed MPI libraries: the compiler sees both declarations."""

import os
import re
import subprocess
import sys
import tempfile

import check
from kinds import KINDS, c_declaration
from table import read_table

MULTIARCH = "/usr/lib/x86_64-linux-gnu"
REMOVED_TOO = "#define OMPI_OMIT_MPI1_COMPAT_DECLS 0\n#define OMPI_REMOVED_USE_STATIC_ASSERT 0\n"
HEADERS = {f"{MULTIARCH}/openmpi/include": "#include <mpi.h>\n#include <mpi-ext.h>\n",
           "/usr/include/x86_64-linux-gnu/mpich": "#include <mpi.h>\n"}


def compiler(folder, arguments, text):
    return subprocess.run(["gcc", "-I", folder, "-Wno-deprecated-declarations", "-x", "c", *arguments, "-"],
                          input=text, capture_output=True, text=True)


def prototype(procedure):
    returned = "int" if procedure.returns_error else KINDS[procedure.returns].c_type
    parameters = ", ".join(c_declaration(parameter) for parameter in procedure.parameters) or "void"
    return f"#undef {procedure.name}\n{returned} {procedure.name}({parameters});\n"


failures, compared = [], 0
for folder, includes in HEADERS.items():
    if not os.path.exists(f"{folder}/mpi.h"):
        print(f"{folder}/mpi.h is not installed: not compared")
        continue
    declared = set(re.findall(r"\bMPIX?_\w+(?=\s*\()", compiler(folder, ["-E"], REMOVED_TOO + includes).stdout))
    known = [procedure for procedure in read_table() if procedure.name in declared]
    result = compiler(folder, ["-fsyntax-only"], REMOVED_TOO + includes + "".join(map(prototype, known)))
    failures += [f"{folder}: {line}" for line in result.stderr.splitlines() if "error" in line]
    compared += len(known)
    print(f"{folder}: {len(known)} prototypes")
if not compared:
    sys.exit(check.SKIPPED)
check.finish(failures, "prototypes")
