# SPDX-License-Identifier: Apache-2.0
"""Plug-ins that are opened in a scope of their own (RTLD_LOCAL), by hosts with and without MPI."""

import subprocess
import sys

from late_test import HERE, LIBRARIES, MPIS, LateTest, main
from launch import native_command, recorded_command


class PluginTest(LateTest):
    def hosts(self, mpi):
        return {False: self.compile("cc", "host.c", "host"),
                True: self.compile(f"mpicc.{mpi}", "host.c", f"host.{mpi}", "-DLINKED")}

    def test_own_functions_with_names_of_bindings(self):
        for mpi in MPIS:
            hosts = self.hosts(mpi)
            plugin = self.compile(f"mpicc.{mpi}", "plugin.c", f"plugin.{mpi}.so", "-shared", "-fPIC")
            calls = {"MPI_Init": 2, "MPI_Barrier": 2, "MPI_Comm_size": 2, "MPI_Finalize": 2}
            for linked, how in ((True, "now"), (False, "lazy"), (False, "deep")):
                lines = self.check(mpi, [hosts[linked], plugin, how], calls)
                self.assertEqual(lines, [str(ord("x") + 42 + 3 + 1002)] * 2)

    def test_plain_launcher(self):
        for mpi in MPIS:
            plugin = self.compile(f"mpicc.{mpi}", "plugin.c", f"plugin.{mpi}.so", "-shared", "-fPIC")
            self.check(mpi, [self.hosts(mpi)[False], plugin, "now"], {"MPI_Barrier": 2}, plain=True)

    def test_language_libraries(self):
        for mpi in MPIS:
            hosts = self.hosts(mpi)
            cxx = self.compile(f"mpicxx.{mpi}", "cxx_plugin.cpp", f"cxx.{mpi}.so", "-shared", "-fPIC")
            fortran = self.compile(f"mpifort.{mpi}", "fortran_plugin.f90", f"fortran.{mpi}.so", "-shared", "-fPIC",
                                   f"-J{self.folder}")
            self.check(mpi, [hosts[True], cxx, "now"], {"MPI_Comm_size": 2, "MPI_Init": 2})
            self.check(mpi, [hosts[True], fortran, "now"], {"MPI_Allreduce": 2})
            self.check(mpi, [hosts[False], fortran, "lazy"], {"MPI_Allreduce": 2, "MPI_Init": 2}, plain=True)

    def test_name_of_a_library_that_is_not_installed(self):
        """Rust's and Julia's way: libmpi.so.12 is what MPICH calls itself everywhere but in Debian."""
        known = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
        if "libmpi.so.12 " in known or "openmpi" not in MPIS or "mpich" not in MPIS:
            self.skipTest("a libmpi.so.12 is installed, or there is no other MPI")
        program = ["/usr/bin/python3", f"{HERE}/by_handle.py"]
        expected, _ = self.start("mpich", native_command, [*program, LIBRARIES["mpich"], "local"])
        got, _ = self.start("openmpi", lambda *words: recorded_command(*words, ["--backend", "openmpi"]),
                            [*program, "libmpi.so.12", "local"])
        self.assertEqual(got, expected)
        self.assertEqual(self.recorded()[:2], ("mpich", "openmpi"))


if __name__ == "__main__":
    sys.exit(main())
