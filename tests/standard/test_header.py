# SPDX-License-Identifier: Apache-2.0
"""mpi.h of the standard ABI: it compiles in C and C++, and its values are those of MPI-5.0, appendix A."""

import pathlib
import re

from standard_test import BUILD, LIBRARY, StandardTest, main

HEADER = f"{BUILD}/include/tulkki/mpi.h"

# Copied by hand from appendix A of the standard, some of each kind; not from our tables.
VALUES = {
    "(intptr_t)MPI_COMM_WORLD": 0x101, "(intptr_t)MPI_COMM_NULL": 0x100, "(intptr_t)MPI_REQUEST_NULL": 0x180,
    "(intptr_t)MPI_INT": 0x209, "(intptr_t)MPI_DOUBLE": 0x214, "(intptr_t)MPI_BYTE": 0x247,
    "(intptr_t)MPI_CHAR": 0x243, "(intptr_t)MPI_SUM": 0x21, "(intptr_t)MPI_MAXLOC": 0x39, "(intptr_t)MPI_ERRORS_RETURN": 0x143,
    "(intptr_t)MPI_INFO_ENV": 0x131, "(intptr_t)MPI_GROUP_EMPTY": 0x109, "(intptr_t)MPI_WIN_NULL": 0x110,
    "(intptr_t)MPI_FILE_NULL": 0x118, "(intptr_t)MPI_IN_PLACE": 1, "(intptr_t)MPI_BOTTOM": 0, "(intptr_t)MPI_UNWEIGHTED": 10,
    "MPI_ANY_SOURCE": -1, "MPI_ANY_TAG": -2, "MPI_PROC_NULL": -3, "MPI_ROOT": -4, "MPI_UNDEFINED": -32766,
    "MPI_SUCCESS": 0, "MPI_ERR_TRUNCATE": 15, "MPI_ERR_UNSUPPORTED_OPERATION": 55, "MPI_ERR_LASTCODE": 16383,
    "MPI_THREAD_MULTIPLE": 4096, "MPI_MODE_CREATE": 2, "MPI_MODE_NOSUCCEED": 16384, "MPI_IDENT": 201, "MPI_TAG_UB": 501,
    "MPI_WIN_SIZE": 603, "MPI_SEEK_SET": 403, "MPI_COMM_TYPE_SHARED": 221, "MPI_ORDER_FORTRAN": 15,
    "MPI_MAX_LIBRARY_VERSION_STRING": 8192, "MPI_MAX_ERROR_STRING": 512, "MPI_VERSION": 5, "MPI_SUBVERSION": 0,
    "MPI_ABI_VERSION": 1, "sizeof(MPI_Status)": 32, "sizeof(MPI_Comm)": 8, "sizeof(MPI_Count)": 8,
    "offsetof(MPI_Status, MPI_ERROR)": 8,
}


class Header(StandardTest):
    def test_values(self):
        lines = "".join(f'  printf("%s %ld\\n", "{name}", (long)({name}));\n' for name in VALUES)
        program = self.compile("#include <mpi.h>\n#include <stddef.h>\n#include <stdio.h>\nint main(void) {\n" + lines + "  return 0;\n}\n")
        printed = dict(line.rsplit(" ", 1) for line in self.command(program).stdout.splitlines())
        self.assertEqual({name: int(value) for name, value in printed.items()}, VALUES)

    def test_c_and_cpp(self):
        for compiler, language in (("gcc", "c"), ("g++", "c++")):
            self.command(compiler, "-x", language, "-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only", HEADER)

    def test_the_library_has_every_procedure(self):
        declared = set(re.findall(r"^\w[\w ]*[ *](P?MPI_\w+)\(.*\);$", pathlib.Path(HEADER).read_text(encoding="utf-8"), re.M))
        declared = {name for name in declared if not name.endswith(("_function", "_function_c"))}
        exported = set(re.findall(r" [TW] (P?MPI_\w+)", self.command("nm", "-D", "--defined-only", LIBRARY).stdout))
        self.assertGreater(len(declared), 1300)   # 664 procedures, each under two names
        self.assertEqual(sorted(declared - exported), [])

    def test_fortran_handles(self):
        program = self.compile("""
#include <mpi.h>
int main(void) {
  MPI_Fint number = MPI_Comm_c2f(MPI_COMM_SELF), status[MPI_F_STATUS_SIZE];
  MPI_Status given = {1, 2, 3, {4, 5, 6, 7, 8}}, back;
  MPI_Status_c2f(&given, status);
  MPI_Status_f2c(status, &back);
  return !(MPI_Comm_f2c(number) == MPI_COMM_SELF && status[MPI_F_TAG] == 2 && back.MPI_internal[4] == 8);
}
""")
        self.command(program)


main()
