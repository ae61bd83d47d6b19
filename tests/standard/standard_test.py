# SPDX-License-Identifier: Apache-2.0
"""What these tests share: a folder, the compiler wrappers, and programs under either launcher."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

from launch import Tools, environment, native_command, run

BUILD = os.environ["TULKKI_BUILD"]
SOURCE = os.environ["TULKKI_SOURCE"]
TULKKI = f"{BUILD}/bin/tulkki"
LIBRARY = f"{BUILD}/lib/libmpi_abi.so.1"
IMPLEMENTATIONS = [mpi for mpi, launcher in (("openmpi", "mpirun.openmpi"), ("mpich", "mpiexec.mpich")) if shutil.which(launcher)]

HELLO = r"""
#include <mpi.h>
#include <stdio.h>
int main(int argc, char** argv) {
  int rank, size, sum, length;
  char version[MPI_MAX_LIBRARY_VERSION_STRING];
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  MPI_Get_library_version(version, &length);
  if (rank == 0) printf("%d ranks, sum %d, %.5s\n", size, sum, version);
  return MPI_Finalize();
}
"""


class StandardTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tulkki-standard-")
        self.addCleanup(shutil.rmtree, self.folder, True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as stream:
            stream.write(text)
        return self.path(name)

    def command(self, *words, code=0, extra=None):
        env = {name: value for name, value in os.environ.items() if not name.startswith("TULKKI_")}
        result = subprocess.run(words, capture_output=True, text=True, cwd=self.folder, env=dict(env, **(extra or {})), timeout=300)
        self.assertEqual(result.returncode, code, f"{words}\n{result.stdout}\n{result.stderr}")
        return result

    def compile(self, text, wrapper="tulkki-mpicc", name="program", prefix=BUILD, options=()):
        source = self.write(name + (".cpp" if wrapper.endswith("xx") else ".c"), text)
        self.command(f"{prefix}/bin/{wrapper}", "-Wall", "-Wextra", "-Werror", *options, "-o", self.path(name), source)
        return self.path(name)

    def renamed(self, library, name):
        """A copy of a library, to link to, that programs will need under another name of the same length."""
        old = re.search(r"soname: \[(.*)\]", self.command("readelf", "-d", library).stdout)[1]
        assert len(old) == len(name), (old, name)
        with open(library, "rb") as stream, open(self.path("link-" + name), "wb") as copy:
            copy.write(stream.read().replace(old.encode(), name.encode()))
        return self.path("link-" + name)

    def launch(self, mpi, program, ranks=2, extra=None):
        """Under the plain launcher of an MPI, without the recorder."""
        tools = Tools(TULKKI, f"{BUILD}/lib/libtulkki.so", mpi, os.environ["TULKKI_YIELD"])
        outcome = run(native_command(tools, ranks, program), environment(tools, extra), self.folder, 120)
        self.assertFalse(outcome.timed_out, outcome.stderr)
        self.assertEqual(outcome.survivors, [])
        return outcome


def main():
    unittest.main(verbosity=2)
