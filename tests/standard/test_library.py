# SPDX-License-Identifier: Apache-2.0
"""libmpi_abi.so.1 under plain launchers: it finds the MPI underneath, or says what is missing."""

import glob
import shutil

from standard_test import BUILD, HELLO, IMPLEMENTATIONS, LIBRARY, TULKKI, StandardTest, main

SAYS = {"openmpi": "Open ", "mpich": "MPICH"}


class Library(StandardTest):
    def test_the_launcher_decides(self):
        program = self.compile(HELLO)
        for mpi in IMPLEMENTATIONS:
            outcome = self.launch(mpi, [program])
            self.assertEqual((outcome.exit_code, outcome.stdout), (0, f"2 ranks, sum 1, {SAYS[mpi]}\n"), outcome.stderr)

    def test_the_variable_decides(self):
        program = self.compile(HELLO)
        for mpi in IMPLEMENTATIONS:
            for variable in ("TULKKI_ABI_BACKEND", "TULKKI_BACKEND"):
                printed = self.command(program, extra={variable: mpi}).stdout
                self.assertEqual(printed, f"1 ranks, sum 0, {SAYS[mpi]}\n")

    def test_what_cannot_be_underneath(self):
        program = self.compile(HELLO)
        for backend, why in (("/nowhere/libmpi.so.40", "cannot be opened (tried /nowhere/libmpi.so.40)"),
                             ("libm.so.6", "is no MPI library"), (LIBRARY, "is that library itself")):
            result = self.command(program, code=1, extra={"TULKKI_ABI_BACKEND": backend})
            self.assertEqual(result.stdout, "")
            self.assertIn(why, result.stderr)
            self.assertIn("name one in TULKKI_ABI_BACKEND", result.stderr)

    def test_a_library_that_says_it_is_another(self):
        false = self.write("false.c", """
int ompi_mpi_comm_world;
int MPI_Init(void) { return 0; }
int PMPI_Get_version(int* version, int* subversion) { *version = 3, *subversion = 1; return 0; }
int PMPI_Get_library_version(char* text, int* length) { __builtin_strcpy(text, "MPICH Version: 9"); *length = 16; return 0; }
""")
        self.command("gcc", "-shared", "-fPIC", "-o", self.path("libfalse.so"), false)
        program = self.compile(HELLO)
        result = self.command(program, code=1, extra={"TULKKI_ABI_BACKEND": self.path("libfalse.so")})
        self.assertIn("has the symbols of the ABI openmpi but says that it is MPICH Version: 9", result.stderr)

    def test_a_library_that_is_too_old(self):
        old = self.write("old.c", """
int ompi_mpi_comm_world;
int MPI_Init(void) { return 0; }
int PMPI_Get_version(int* version, int* subversion) { *version = 2, *subversion = 2; return 0; }
""")
        self.command("gcc", "-shared", "-fPIC", "-o", self.path("libold.so"), old)
        program = self.compile(HELLO)
        result = self.command(program, code=1, extra={"TULKKI_ABI_BACKEND": self.path("libold.so")})
        self.assertIn("has MPI 2.2: version 3.0 or newer is needed", result.stderr)

    def test_the_command_refuses_the_programs_own_mpi_below(self):
        for mpi in IMPLEMENTATIONS:
            probe = f"{BUILD}/lib/tulkki/selftest/probe.{mpi}"
            result = self.command(TULKKI, "run", "--backend", "abi", probe, code=2, extra={"TULKKI_ABI_BACKEND": mpi})
            self.assertIn(f"use --backend {mpi}", result.stderr)

    def test_the_name_before(self):
        """MPICH 5.0.0 and 5.0.1 called theirs libmpi_abi.so.0: their programs find ours, and a process has it once."""
        self.assertIn("[libmpi_abi.so.1]", self.command("readelf", "-d", LIBRARY).stdout)
        source = self.write("old.c", HELLO)
        for names in (["libmpi_abi.so.0"], ["libmpi_abi.so.0", "libmpi_abi.so.1"]):
            program = self.path("old")
            self.command("gcc", f"-I{BUILD}/include/tulkki", "-o", program, source, "-Wl,--no-as-needed",
                         *(self.renamed(LIBRARY, name) for name in names), f"-Wl,-rpath,{BUILD}/lib")
            mpi = IMPLEMENTATIONS[0]
            loaded = self.command(program, extra={"TULKKI_BACKEND": mpi, "LD_DEBUG": "files"})
            self.assertIn("1 ranks", loaded.stdout)
            started = [line for line in loaded.stderr.splitlines() if "calling init" in line and "libmpi_abi" in line]
            self.assertEqual(len(started), 1, started)
            self.assertIn("1 ranks", self.command(TULKKI, "run", "-n", "1", "--backend", mpi, program).stdout)
        self.assertEqual(self.command(TULKKI, "export", "json", "--table", "runs").stdout.count('"front": "abi"'), 2)

    def test_recorded_without_the_command(self):
        """Preloaded over the library: the profile says that the program is of the standard ABI and not translated by us."""
        if "openmpi" not in IMPLEMENTATIONS:
            self.skipTest("needs Open MPI")
        program = self.compile(HELLO)
        extra = {"TULKKI_DIR": self.path("raw"), "LD_PRELOAD": f"{BUILD}/lib/libtulkki.so"}
        self.assertIn("2 ranks", self.launch("openmpi", [program], extra=extra).stdout)
        listed = self.command(TULKKI, "export", "json", "--table", "runs").stdout
        self.assertIn('"front": "abi"', listed)
        self.assertIn('"backend": "abi"', listed)


main()
