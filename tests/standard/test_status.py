# SPDX-License-Identifier: Apache-2.0
"""The private part of a status is each library's own: Open MPI's own library of the standard ABI, here a stand-in of a few
procedures, has other fields there than MPICH's and ours."""

import shutil

from standard_test import BUILD, StandardTest, main

STAND_IN = r"""
#include <mpi.h>
#include <string.h>
#define UNUSED(type) __attribute__((unused)) type
int PMPI_Init(UNUSED(int*) a, UNUSED(char***) v) { return 0; }
int PMPI_Finalize(void) { return 0; }
int PMPI_Initialized(int* flag) { return *flag = 1, 0; }
int PMPI_Finalized(int* flag) { return *flag = 0, 0; }
int PMPI_Comm_rank(UNUSED(MPI_Comm) c, int* rank) { return *rank = 0, 0; }
int PMPI_Comm_size(UNUSED(MPI_Comm) c, int* size) { return *size = 1, 0; }
int PMPI_Comm_test_inter(UNUSED(MPI_Comm) c, int* flag) { return *flag = 0, 0; }
int PMPI_Comm_group(UNUSED(MPI_Comm) c, MPI_Group* group) { return *group = MPI_GROUP_EMPTY, 0; }
int PMPI_Comm_call_errhandler(UNUSED(MPI_Comm) c, UNUSED(int) code) { return 0; }
int PMPI_Group_free(MPI_Group* group) { return *group = MPI_GROUP_NULL, 0; }
int PMPI_Group_size(UNUSED(MPI_Group) g, int* size) { return *size = 1, 0; }
int PMPI_Group_translate_ranks(UNUSED(MPI_Group) a, int n, const int from[], UNUSED(MPI_Group) b, int to[]) {
  return memcpy(to, from, n * sizeof *to), 0;
}
int PMPI_Type_size(UNUSED(MPI_Datatype) t, int* bytes) { return *bytes = 4, 0; }
int PMPI_Get_version(int* version, int* subversion) { return *version = 5, *subversion = 0, 0; }
int PMPI_Get_library_version(char* text, int* length) { return strcpy(text, "Open MPI v6.0.0"), *length = 15, 0; }
int MPI_Abi_get_version(int* major, int* minor) { return *major = 1, *minor = 0, 0; }
int PMPI_Recv(UNUSED(void*) b, UNUSED(int) n, UNUSED(MPI_Datatype) t, int source, int tag, UNUSED(MPI_Comm) c, MPI_Status* s) {
  const long long bytes = 5000000012;
  if (s == MPI_STATUS_IGNORE) return 0;
  s->MPI_SOURCE = source, s->MPI_TAG = tag, s->MPI_internal[0] = 0;
  memcpy(&s->MPI_internal[1], &bytes, sizeof bytes);
  return 0;
}
int MPI_Init(int* a, char*** v) { return PMPI_Init(a, v); }
int MPI_Finalize(void) { return PMPI_Finalize(); }
int MPI_Recv(void* b, int n, MPI_Datatype t, int source, int tag, MPI_Comm c, MPI_Status* s) {
  return PMPI_Recv(b, n, t, source, tag, c, s);
}
"""

PROGRAM = r"""
#include <mpi.h>
#include <stdio.h>
int main(int argc, char** argv) {
  int numbers[9];
  MPI_Status status;
  MPI_Init(&argc, &argv);
  MPI_Recv(numbers, 9, MPI_INT, 0, 3, MPI_COMM_WORLD, &status);
#ifdef OPEN_MPI
  printf("%zu bytes, tag %d\n", status._ucount, status.MPI_TAG);
#endif
  return MPI_Finalize();
}
"""


class StatusOfOpenMpisLibrary(StandardTest):
    def setUp(self):
        super().setUp()
        self.library = self.path("libmpi_abi.so.1")
        include = f"-I{BUILD}/generated/include"
        source = self.write("stand_in.c", STAND_IN)
        # As in Open MPI 6: the handles of its other ABI are in a library that both need.
        handles, lower = self.write("handles.c", "char ompi_mpi_comm_world[512];\n"), self.path("libopen_mpi.so.5")
        self.command("gcc", "-shared", "-fPIC", "-o", lower, handles)
        self.command("gcc", "-shared", "-fPIC", include, "-Wl,-soname,libmpi_abi.so.1,--no-as-needed", f"-Wl,-rpath,{self.folder}", "-o",
                     self.library, source, lower)
        self.program = self.write("program.c", PROGRAM)

    def received(self, program, extra):
        own = {"TULKKI_DB": self.path("tulkki.db"), "TULKKI_TRACE": "0"}
        printed = self.command(program, extra=own | extra).stdout
        table = self.command(f"{BUILD}/bin/tulkki", "export", "csv", "last", "--db", self.path("tulkki.db"),
                             "--table", "procedures").stdout.splitlines()
        column = table[0].split(",").index("bytes_received")
        return printed, [int(row.split(",")[column]) for row in table[1:] if ",MPI_Recv," in row]

    def test_native(self):
        program = self.path("native")
        self.command("gcc", f"-I{BUILD}/generated/include", "-o", program, self.program, self.library)
        extra = {"LD_PRELOAD": f"{BUILD}/lib/libtulkki.so", "LD_LIBRARY_PATH": self.folder}
        self.assertEqual(self.received(program, extra), ("", [5000000012]))
        runs = self.command(f"{BUILD}/bin/tulkki", "export", "json", "--db", self.path("tulkki.db"), "--table", "runs").stdout
        self.assertIn('"front": "abi"', runs)

    def test_translated(self):
        if shutil.which("mpicc.openmpi") is None:
            self.skipTest("needs Open MPI's compiler")
        program = self.path("translated")
        self.command("mpicc.openmpi", "-o", program, self.program)
        extra = {"TULKKI_BACKEND": self.library, "TULKKI_FRONT": "openmpi",
                 "LD_PRELOAD": f"{BUILD}/lib/libtulkki.so:{BUILD}/lib/tulkki/openmpi/libmpi.so.40"}
        self.assertEqual(self.received(program, extra), ("5000000012 bytes, tag 3\n", [5000000012]))


main()
