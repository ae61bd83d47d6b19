# SPDX-License-Identifier: Apache-2.0
"""What these tests share: a folder, compilers, and one program natively, recorded, and translated each way. The results
must be the native ones, and the profile must have the calls."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
import unittest

from launch import Tools, environment, native_command, preloaded_command, recorded_command, run

BUILD = os.environ["TULKKI_BUILD"]
HERE = os.path.dirname(os.path.abspath(__file__))
LIBRARY = f"{BUILD}/lib/libtulkki.so"
MPIS = [mpi for mpi, launcher in (("openmpi", "mpirun.openmpi"), ("mpich", "mpiexec.mpich")) if shutil.which(launcher)]
LIBRARIES = {"openmpi": "libmpi.so.40", "mpich": "libmpich.so.12"}


class LateTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tulkki-late-")
        self.addCleanup(shutil.rmtree, self.folder, True)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as stream:
            stream.write(text)
        return self.path(name)

    def compile(self, compiler, source, output, *options):
        os.makedirs(os.path.dirname(self.path(output)), exist_ok=True)
        command = [compiler, "-g", "-w", *options, "-o", self.path(output), os.path.join(HERE, source), "-ldl"]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(made.returncode, 0, made.stderr)
        return self.path(output)

    def start(self, mpi, command_of, program, extra=None, code=0):
        """`mpi`: whose launcher. Returns the lines of stdout, sorted, and stderr."""
        tools = Tools(f"{BUILD}/bin/tulkki", LIBRARY, mpi, os.environ.get("TULKKI_YIELD", ""))
        env = environment(tools, dict({"TULKKI_DIR": self.path("raw"), "TULKKI_TRACE": "0"}, **(extra or {})))
        if command_of is preloaded_command:
            preload = LIBRARY + (":" + tools.yield_library if mpi == "mpich" and tools.yield_library else "")
            command = preloaded_command(tools, 2, program, preload)
            env.pop("LD_PRELOAD", None)
        else:
            command = command_of(tools, 2, program)
        outcome = run(command, env, self.folder, 120)
        said = f"{command}\n{outcome.stdout}\n{outcome.stderr}"
        self.assertEqual((outcome.timed_out, outcome.exit_code), (False, code), said)
        self.assertEqual(outcome.survivors, [])
        return sorted(outcome.stdout.splitlines()), outcome.stderr

    def recorded(self):
        """Front, backend and {procedure: calls} of the only run; the database is removed."""
        self.assertTrue(os.path.exists(self.path("tulkki.db")), "nothing was recorded")
        connection = sqlite3.connect(self.path("tulkki.db"))
        [(front, backend)] = connection.execute("select front, backend from runs").fetchall()
        calls = dict(connection.execute("select procedure, sum(calls) from profile group by procedure").fetchall())
        connection.close()
        os.remove(self.path("tulkki.db"))
        return front, backend, calls

    def check(self, front, program, calls, extra=None, native=None, plain=False, backends=None):
        """Natively, then recorded on each MPI: the same lines, these calls (a part of them). `native`: the launcher of
        the native run, if it is not the front's; `plain`: without `tulkki run`."""
        expected, _ = self.start(native or front, native_command, program, extra)
        for backend in backends or MPIS:
            with self.subTest(front=front, backend=backend, plain=plain, program=program[1:]):
                if os.path.exists(self.path("tulkki.db")):
                    os.remove(self.path("tulkki.db"))   # of one that failed
                if plain:
                    got, _ = self.start(backend, preloaded_command, program, dict(extra or {}, TULKKI_BACKEND=backend))
                else:
                    got, _ = self.start(backend, lambda tools, ranks, words, to=backend: recorded_command(
                        tools, ranks, words, ["--backend", to]), program, extra)
                self.assertEqual(got, expected)
                found = self.recorded()
                self.assertEqual(found[:2], (front, backend))
                self.assertEqual({name: found[2].get(name) for name in calls}, calls)
        return expected


def main():
    unittest.main(verbosity=2)
