# SPDX-License-Identifier: Apache-2.0
"""Interpreters: MPI comes with a module or by ctypes, and which MPI it is shows only then."""

import os
import shutil
import subprocess
import sys
import unittest

from late_test import BUILD, HERE, LIBRARIES, MPIS, LateTest, main

PYTHON = "/usr/bin/python3"


def has_rmpi():
    command = ["Rscript", "-e", "quit(status = !requireNamespace('Rmpi', quietly = TRUE))"]
    return shutil.which("Rscript") and subprocess.run(command, capture_output=True, check=False).returncode == 0


class InterpreterTest(LateTest):
    def test_calls_through_a_handle(self):
        calls = {"MPI_Init": 2, "MPI_Allreduce": 10, "MPI_Comm_rank": 2, "MPI_Finalize": 2}
        for mpi in MPIS:
            for scope in ("local", "global"):
                program = [PYTHON, f"{HERE}/by_handle.py", LIBRARIES[mpi], scope]
                lines = self.check(mpi, program, calls, plain=scope == "global")
                self.assertEqual(lines, [f"rank {rank} of 2, sum 1, False" for rank in (0, 1)])

    def make_wheel(self):
        suffix = subprocess.run([PYTHON, "-c", "import importlib.machinery as m; print(m.EXTENSION_SUFFIXES[0])"],
                                capture_output=True, text=True, check=True).stdout.strip()
        compilers = dict({mpi: f"mpicc.{mpi}" for mpi in MPIS}, mpiabi=f"{BUILD}/bin/tulkki-mpicc")
        for abi, compiler in compilers.items():
            self.compile(compiler, "wheel_module.c", f"site/mpi4py/MPI.{abi}{suffix}", "-shared", "-fPIC")
        shutil.copy(f"{HERE}/wheel_init.py", self.path("site/mpi4py/__init__.py"))
        self.write("script.py", "import sys\nfrom mpi4py import MPI\n"
                                "sys.stdout.write(f'{MPI.rank} {MPI.size} {MPI.sum}\\n')\n")
        return {"PYTHONPATH": self.path("site"), "PYTHONDONTWRITEBYTECODE": "1"}

    def test_wheel_with_a_module_for_each_abi(self):
        environment = self.make_wheel()
        calls = {"MPI_Init": 2, "MPI_Allreduce": 2, "MPI_Finalize": 2}
        for mpi in MPIS:
            self.check(mpi, [PYTHON, "script.py"], calls, dict(environment, WHEEL_ABI=mpi))
        self.check("abi", [PYTHON, "script.py"], calls, dict(environment, WHEEL_ABI="mpiabi"), native=MPIS[0])

    def test_wheel_that_asks_what_there_is(self):
        environment = self.make_wheel()
        asked = subprocess.run([PYTHON, "-c", "import mpi4py; print(mpi4py.abi())"], capture_output=True, text=True,
                               check=True, env=dict(os.environ, **environment)).stdout.strip()
        self.check(asked, [PYTHON, "script.py"], {"MPI_Allreduce": 2, "MPI_Finalize": 2}, environment)

    @unittest.skipUnless(has_rmpi(), "Rmpi is not installed")
    def test_rmpi(self):
        self.write("script.R", "library(Rmpi)\nr <- mpi.comm.rank(0)\n"
                               "x <- mpi.allreduce(as.integer(r + 1), type = 1, op = 'sum', comm = 0)\n"
                               "if (r == 0) invisible(mpi.send.Robj(list(a = 1, b = 'text'), 1, 5, comm = 0))\n"
                               "if (r == 1) cat('got', mpi.recv.Robj(0, 5, comm = 0)$b, 'sum', x, '\\n')\n"
                               "invisible(mpi.barrier(comm = 0))\ninvisible(mpi.finalize())\n")
        calls = {"MPI_Allreduce": 2, "MPI_Barrier": 2, "MPI_Finalize": 2}
        self.assertEqual(self.check("openmpi", ["Rscript", "script.R"], calls), ["got text sum 3 "])


if __name__ == "__main__":
    sys.exit(main())
