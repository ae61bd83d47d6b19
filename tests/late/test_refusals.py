# SPDX-License-Identifier: Apache-2.0
"""What cannot be recorded or run on another MPI says why; a backend that was asked for is never silently ignored."""

import os
import shutil
import subprocess
import sys

from late_test import LIBRARIES, MPIS, LateTest, main
from launch import preloaded_command, recorded_command

OTHER = {"openmpi": "mpich", "mpich": "openmpi"}


class RefusalTest(LateTest):
    def run_recorded(self, mpi, program, *options, code):
        return self.start(mpi, lambda *words: recorded_command(*words, options), program, code=code)[1]

    def test_static_programs(self):
        self.write("plain.c", "int main(void) { return 0; }\n")
        self.write("inside.c", "int MPI_Init(int* c, char*** v) { return 0; }\n"
                               "int main(void) { return MPI_Init(0, 0); }\n")
        static = self.compile("cc", self.path("plain.c"), "static", "-static")
        inside = self.compile("cc", self.path("inside.c"), "inside")
        mpi = MPIS[0]
        self.assertIn("the program is statically linked", self.run_recorded(mpi, [static], code=0))
        self.assertIn(f"cannot run on the MPI of --backend {mpi}: the program is statically linked",
                      self.run_recorded(mpi, [static], "--backend", mpi, code=1))
        for options, code in (((), 0), (("--backend", mpi), 1)):
            self.assertIn("its MPI library is linked into it statically", self.run_recorded(mpi, [inside], *options, code=code))

    def test_program_whose_calls_do_not_come(self):
        mpi = MPIS[0]
        self.run_recorded(mpi, ["true"], "--backend", mpi, code=0)   # makes none, on no MPI
        self.write("silent.c", "#include <mpi.h>\nint (*kept)(int*, char***) = MPI_Init;\nint main(void) { return 0; }\n")
        silent = self.compile(f"mpicc.{mpi}", self.path("silent.c"), "silent")
        self.run_recorded(mpi, ["env", "-i", silent], code=0)
        errors = self.run_recorded(mpi, ["env", "-i", silent], "--backend", mpi, code=1)   # nothing is preloaded into it
        self.assertIn("no MPI call of the program came to Tulkki", errors)

    def test_another_namespace(self):
        for mpi in MPIS:
            host = self.compile("cc", "host.c", "host")
            plugin = self.compile(f"mpicc.{mpi}", "plugin.c", f"plugin.{mpi}.so", "-shared", "-fPIC")
            errors = self.run_recorded(mpi, [host, plugin, "space"], "--backend", OTHER[mpi], code=1)
            self.assertIn("by dlmopen, in a namespace where nothing can be preloaded", errors)
            self.assertIn("cannot run on the MPI that was asked for", errors)

    def test_library_of_the_same_abi_under_a_plain_launcher(self):
        """It takes the program's library's place by being preloaded; a copy stands for another installation."""
        mpi = MPIS[0]
        plugin = self.compile(f"mpicc.{mpi}", "plugin.c", f"plugin.{mpi}.so", "-shared", "-fPIC")
        host = self.compile(f"mpicc.{mpi}", "host.c", "host", "-DLINKED")
        known = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
        lines = [line.strip() for line in known.splitlines()]
        installed = next(line.split("=> ")[1] for line in lines if line.startswith(LIBRARIES[mpi] + " "))
        shutil.copy(os.path.realpath(installed), self.path(LIBRARIES[mpi]))
        wanted = {"TULKKI_BACKEND": self.path(LIBRARIES[mpi])}
        _, errors = self.start(mpi, preloaded_command, [host, plugin, "now"], wanted, code=1)
        self.assertIn("is of the program's own ABI and has to be preloaded", errors)


if __name__ == "__main__":
    sys.exit(main())
