# SPDX-License-Identifier: Apache-2.0
"""Writes front_openmpi.c: what a program that was linked to Open MPI takes from its library besides functions. The
library built from it has the name libmpi.so.40, so that the loader takes it for the one that the program needs."""

import output
from generate_abi_data import read_handles

HEAD = """// The first word of each object is set to the backend's handle when the translation starts (translator/handles.h). A
// program has copies of the objects it names: eight bytes are what the loader copies.
#define EXPORT __attribute__((visibility("default")))
#define PREDEFINED(name) EXPORT long name = 0;

EXPORT const char tulkki_front[] = "openmpi";
EXPORT int* MPI_F_STATUS_IGNORE = 0;
EXPORT int* MPI_F_STATUSES_IGNORE = 0;

"""

FUNCTIONS = """
// Known by their addresses; the translator does what they would.
#define NULL_COPY(name) \\
  EXPORT int name(void* o, int k, void* e, void* in, void* out, int* flag) { return *flag = 0; }
#define NULL_DELETE(name) \\
  EXPORT int name(void* o, int k, void* v, void* e) { return 0; }
#define DUPLICATE(name) \\
  EXPORT int name(void* o, int k, void* e, void* in, void** out, int* flag) { return *out = in, *flag = 1, 0; }
"""


def generate(_procedures):
    objects = list(dict.fromkeys(handle[3] for handle in read_handles() if handle[3] != "-"))
    text = output.head(__file__) + HEAD + "".join(f"PREDEFINED({name})\n" for name in objects) + FUNCTIONS
    for kind in ("", "COMM_", "TYPE_", "WIN_"):
        text += (f"NULL_COPY(OMPI_C_MPI_{kind}NULL_COPY_FN)\nNULL_DELETE(OMPI_C_MPI_{kind}NULL_DELETE_FN)\n"
                 f"DUPLICATE(OMPI_C_MPI_{kind}DUP_FN)\n")
    return text


if __name__ == "__main__":
    output.run(generate)
