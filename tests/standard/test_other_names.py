# SPDX-License-Identifier: Apache-2.0
"""MPI libraries with names that nobody knows yet: Open MPI 6 keeps its handles in a library of their own and has not decided
on the numbers. What a library exports tells its ABI, and what takes a front's place gets the name that the program needs."""

import csv
import os
import shutil
import sysconfig
import unittest

from standard_test import BUILD, HELLO, IMPLEMENTATIONS, TULKKI, StandardTest, main

MULTIARCH = sysconfig.get_config_var("MULTIARCH")

# The handles of Open MPI, and what a program and the recorder call: as many procedures as that takes.
HANDLES = "".join(f"char {name}[512];\n" for name in (
    "ompi_mpi_comm_world", "ompi_mpi_comm_self", "ompi_mpi_comm_null", "ompi_request_null", "ompi_mpi_win_null", "ompi_message_null",
    "ompi_message_no_proc", "ompi_mpi_byte", "ompi_mpi_datatype_null", "ompi_request_empty"))
FUNCTIONS = r"""
#include <mpi.h>
#include <string.h>
#define BOTH(name, parameters, ...) int P##name parameters { __VA_ARGS__; return 0; } \
  int name parameters __attribute__((alias("P" #name)));
BOTH(MPI_Init, (int* c, char*** v), (void)c, (void)v)
BOTH(MPI_Finalize, (void), )
BOTH(MPI_Initialized, (int* flag), *flag = 1)
BOTH(MPI_Finalized, (int* flag), *flag = 0)
BOTH(MPI_Comm_rank, (MPI_Comm c, int* rank), (void)c, *rank = 0)
BOTH(MPI_Comm_size, (MPI_Comm c, int* size), (void)c, *size = 1)
BOTH(MPI_Comm_test_inter, (MPI_Comm c, int* flag), (void)c, *flag = 0)
BOTH(MPI_Comm_group, (MPI_Comm c, MPI_Group* group), (void)c, *group = 0)
BOTH(MPI_Group_free, (MPI_Group* group), *group = 0)
BOTH(MPI_Group_size, (MPI_Group g, int* size), (void)g, *size = 1)
BOTH(MPI_Group_translate_ranks, (MPI_Group a, int n, const int from[], MPI_Group b, int to[]), (void)a, (void)b, memcpy(to, from, n * sizeof *to))
BOTH(MPI_Query_thread, (int* level), *level = 0)
BOTH(MPI_Get_version, (int* version, int* subversion), *version = 5, *subversion = 0)
BOTH(MPI_Get_library_version, (char* text, int* length), strcpy(text, "Open MPI v6.0.0"), *length = 15)
BOTH(MPI_Abi_get_version, (int* major, int* minor), *major = *minor = -1)
BOTH(MPI_Barrier, (MPI_Comm c), if (c != MPI_COMM_SELF) return 5)
"""
PROGRAM = r"""
#include <mpi.h>
#include <stdio.h>
int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  printf("barrier %d\n", MPI_Barrier(MPI_COMM_SELF));
  return MPI_Finalize();
}
"""


class OtherNames(StandardTest):
    def setUp(self):
        super().setUp()
        self.own = {"XDG_CACHE_HOME": self.path("cache"), "TULKKI_DB": self.path("tulkki.db"), "TULKKI_TRACE": "0"}

    def runs(self):
        text = self.command(TULKKI, "export", "csv", "--db", self.path("tulkki.db"), "--table", "runs").stdout.splitlines()
        return [(row["front"], row["backend"]) for row in csv.DictReader(text)]

    @unittest.skipUnless(shutil.which("mpicc.openmpi"), "needs Open MPI's header")
    def test_open_mpi_in_two_libraries(self):
        include = self.command("mpicc.openmpi", "--showme:compile").stdout.split()
        lower, upper = self.path("libopen_mpi.so.5"), self.path("libmpi.so.77")
        self.command("gcc", "-shared", "-fPIC", "-Wl,-soname,libopen_mpi.so.5", "-o", lower, self.write("handles.c", HANDLES))
        self.command("gcc", "-shared", "-fPIC", "-w", *include, "-Wl,-soname,libmpi.so.77", "-o", upper, self.write("functions.c", FUNCTIONS), lower)
        program = self.path("program")
        self.command("gcc", *include, "-o", program, self.write("program.c", PROGRAM), upper, lower, f"-Wl,-rpath,{self.folder}")
        self.assertEqual(self.command(program).stdout, "barrier 0\n")
        preload = self.own | {"LD_PRELOAD": f"{BUILD}/lib/libtulkki.so"}
        self.assertEqual(self.command(program, extra=preload).stdout, "barrier 0\n")
        self.assertEqual(self.runs(), [("openmpi", "openmpi")])
        self.translate_without_its_library(program, "openmpi", [lower, upper], "barrier 0\n")

    @unittest.skipUnless("openmpi" in IMPLEMENTATIONS, "needs Open MPI")
    def test_a_newer_number_is_said_and_an_older_one_refused(self):
        library = f"/usr/lib/{MULTIARCH}/libmpi.so.40"
        program = self.path("program")
        self.command("mpicc.openmpi", "-o", program, self.write("hello.c", HELLO))
        newer = self.command(TULKKI, "run", "-n", "1", "--no-trace", "--backend", self.renamed(library, "libmpi.so.41"), program, extra=self.own)
        self.assertIn("newer than the one that Tulkki knows (libmpi.so.40)", newer.stderr)
        older = self.command(TULKKI, "run", "-n", "1", "--backend", self.renamed(library, "libmpi.so.20"), program, code=2, extra=self.own)
        self.assertIn("is libmpi.so.20, which has an older binary interface", older.stderr)

    def translate_without_its_library(self, program, front, libraries, says):
        other = {"openmpi": "mpich", "mpich": "openmpi", "abi": IMPLEMENTATIONS[0]}[front]
        if other not in IMPLEMENTATIONS:
            return
        for library in libraries:
            os.remove(library)
        before = len(self.runs()) if os.path.exists(self.path("tulkki.db")) else 0
        result = self.command(TULKKI, "run", "-n", "1", "--no-trace", "--db", self.path("tulkki.db"), "--backend", other, program, extra=self.own)
        self.assertTrue(result.stdout.startswith(says), result.stdout)
        self.assertEqual(self.runs()[before:], [(front, other)])

    def test_fronts_of_any_name(self):
        for front, old, name in (("openmpi", "libmpi.so.40", "libmpi.so.49"), ("mpich", "libmpich.so.12", "libmpich.so.13"),
                                 ("abi", f"{BUILD}/lib/libmpi_abi.so.1", "libmpi_abi.so.7")):
            with self.subTest(front):
                compiler = f"mpicc.{front}" if front != "abi" else f"{BUILD}/bin/tulkki-mpicc"
                if shutil.which(compiler) is None:
                    continue
                shown = self.command(compiler, "-show", "-c", "x.c").stdout.split()
                include = [word for word in shown if word.startswith("-I")]
                program = self.path(f"program.{front}")
                library = self.renamed(next(path for path in (old, f"/usr/lib/{MULTIARCH}/{old}") if os.path.exists(path)), name)
                self.command("gcc", "-w", *include, "-o", program, self.write("hello.c", HELLO), library)
                self.translate_without_its_library(program, front, [], "1 ranks, sum 0")
                if len(IMPLEMENTATIONS) == 2:
                    self.assertTrue(os.path.exists(self.path(f"cache/tulkki/fronts/{front}/{name}")))


main()
