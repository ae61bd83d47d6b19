#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Installations, working folders, programs, databases and labels with the characters that lists, loaders and launchers
take for something else. The wrong MPI, or no record, with exit code 0 is what must not happen."""
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from launch import Tools, environment, run  # noqa: E402

BUILD = os.environ["TULKKI_BUILD"]
CMAKE = os.environ["TULKKI_CMAKE"]
SOURCE = os.environ["TULKKI_SOURCE"]
MPIS = [mpi for mpi in ("openmpi", "mpich") if os.path.exists(f"{BUILD}/lib/tulkki/workloads/{mpi}/workload")]
OTHER = {"openmpi": "mpich", "mpich": "openmpi"}
# Blank, colon, comma, both quotes, dollar, semicolon, equals sign, letters beyond ASCII.
ODD = "a b:c,d'e\"f$ORIGIN;g=h ä漢"


class PrefixTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.top = tempfile.mkdtemp(prefix="tulkki prefix ")
        cls.addClassCleanup(shutil.rmtree, cls.top, True)
        cls.prefix = os.path.join(cls.top, ODD)
        # CMake itself cannot take every name as a prefix.
        subprocess.run([CMAKE, "--install", BUILD, "--prefix", cls.top + "/plain"], check=True, capture_output=True)
        os.rename(cls.top + "/plain", cls.prefix)

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix=ODD, dir=self.top)

    def tulkki(self, *arguments, mpi="openmpi", code=0, extra=None, folder=None):
        """As `command` does, in a folder with an odd name, with the installed command."""
        return self.command([self.prefix + "/bin/tulkki", *arguments], mpi, code, extra, folder)

    def command(self, words, mpi="openmpi", code=0, extra=None, folder=None):
        env = environment(Tools("", "", mpi, os.environ["TULKKI_YIELD"]), extra)
        outcome = run(words, env, folder or self.folder, 120)
        self.assertEqual(outcome.exit_code, code, f"{words}\n{outcome.stdout}\n{outcome.stderr}")
        self.assertFalse(outcome.timed_out or outcome.survivors)
        return outcome

    def program(self, mpi):
        """A copy of a small MPI program whose own path is odd too."""
        path = os.path.join(self.folder, "pro gram:" + mpi)
        shutil.copy(f"{self.prefix}/lib/tulkki/workloads/{mpi}/workload", path)
        return [path, "latency", "--sizes", "8", "--seconds", "0.02"]

    def check_run(self, backend, database=None, label=""):
        with sqlite3.connect(database or self.folder + "/tulkki.db") as connection:
            rows = connection.execute("SELECT backend, ranks, label, outcome FROM run").fetchall()
            paths = connection.execute("SELECT backend_library FROM run").fetchall()
            calls = connection.execute("SELECT sum(calls) FROM profile WHERE procedure = 'MPI_Send'").fetchone()[0]
        self.assertEqual(rows, [(backend, 2, label, "finalized")])
        self.assertGreater(calls, 10)
        self.assertNotIn("preload-", paths[0][0])

    def test_run_native_and_translated(self):
        for mpi in MPIS:
            for backend in (mpi, OTHER[mpi]):
                if backend not in MPIS:
                    continue
                with self.subTest(mpi=mpi, backend=backend):
                    self.setUp()
                    database = os.path.join(self.folder, ODD + ".db")
                    self.tulkki("run", "-n", "2", "--oversubscribe", "--backend", backend, "--db", database, "--label", ODD, "--",
                                *self.program(mpi), mpi=backend)
                    self.check_run(backend, database, ODD)

    def test_backend_library_with_an_odd_path(self):
        """Another library of the program's own MPI takes its place through a link, and is recorded with its own path."""
        library = os.path.realpath("/usr/lib/x86_64-linux-gnu/libmpich.so.12")
        if not os.path.exists(library):
            self.skipTest("MPICH is not installed")
        copy = os.path.join(self.folder, "libmpich.so.12")
        shutil.copy(library, copy)
        self.tulkki("run", "-n", "2", "--backend", copy, "--", *self.program("mpich"), mpi="mpich")
        self.check_run("mpich")
        with sqlite3.connect(self.folder + "/tulkki.db") as connection:
            self.assertEqual(connection.execute("SELECT backend_library FROM run").fetchone()[0], copy)

    def test_variables_for_a_plain_launcher(self):
        launchers = {"openmpi": ["mpirun.openmpi", "-n", "2"], "mpich": ["mpiexec.mpich", "-n", "2"]}
        cache = tempfile.mkdtemp(prefix="tulkki-cache-")
        self.addCleanup(shutil.rmtree, cache, True)
        for mpi in MPIS:
            with self.subTest(mpi):
                self.setUp()
                program = self.program(mpi)
                printed = self.tulkki("env", *program, mpi=mpi, extra={"XDG_CACHE_HOME": cache, "LD_PRELOAD": ""}).stdout
                names = " ".join(f"-x {line.split('=')[0][7:]}" for line in printed.split("\n") if line.startswith("export "))
                script = printed + 'exec "$@"\n'
                words = launchers[mpi][:1] + (names.split() if mpi == "openmpi" else []) + launchers[mpi][1:]
                self.command(["sh", "-c", script, "sh", *words, *program], mpi, extra={"XDG_CACHE_HOME": cache})
                self.check_run(mpi)

    def test_no_link_is_left(self):
        raw = tempfile.mkdtemp(prefix="tulkki-raw-")
        self.addCleanup(shutil.rmtree, raw, True)
        self.tulkki("run", "-n", "2", "--oversubscribe", "--", *self.program(MPIS[0]), mpi=MPIS[0], extra={"TULKKI_DIR": raw})
        self.assertEqual(os.listdir(raw), [])

    def test_refused_where_no_link_helps(self):
        program = self.program(MPIS[0])
        odd = os.path.join(self.folder, ODD)
        outcome = self.tulkki("run", "-n", "2", "--", *program, code=1, extra={"TULKKI_DIR": odd})
        self.assertIn("for tulkki run set TULKKI_DIR", outcome.stderr)
        outcome = self.tulkki("run", "-n", "2", "--launcher-args", "--host elsewhere", "--", *program, code=1)
        self.assertIn("cannot be preloaded on other hosts", outcome.stderr)
        outcome = self.tulkki("env", *program, code=1, extra={"XDG_CACHE_HOME": odd, "LD_PRELOAD": ""})
        self.assertIn("XDG_CACHE_HOME", outcome.stderr)
        self.assertFalse(os.path.exists(self.folder + "/tulkki.db"))

    def test_read_only_folder(self):
        """Nothing is launched whose result could not be written; elsewhere it can."""
        made = os.path.join(self.folder, "made")
        program = ["touch", made]
        folder = "/proc/self"  # nobody may write there, root neither
        outcome = self.tulkki("run", "-n", "1", "--", *program, code=1, folder=folder)
        self.assertRegex(outcome.stderr, "cannot write the database into .*--db")
        outcome = self.tulkki("run", "-n", "1", "--db", self.folder + "/x.db", "--", *program, code=1, folder=folder)
        self.assertRegex(outcome.stderr, "cannot write the trace into .*--no-trace")
        self.assertFalse(os.path.exists(made))
        self.tulkki("run", "-n", "2", "--oversubscribe", "--no-trace", "--db", self.folder + "/tulkki.db", "--",
                    *self.program("openmpi"), folder="/")
        self.check_run("openmpi")

    def test_read_only_prefix(self):
        words = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
        if subprocess.run([*words, "true"], capture_output=True, check=False).returncode != 0:
            self.skipTest("no mount namespace can be made here")
        script = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && ! touch "$1/x" 2>/dev/null && shift && exec "$@"'
        self.command([*words, "sh", "-c", script, "sh", self.prefix, self.prefix + "/bin/tulkki", "run", "-n", "2", "--oversubscribe", "--",
                      *self.program(MPIS[0])], MPIS[0])
        self.check_run(MPIS[0])

    def test_bench_and_selftest(self):
        self.tulkki("bench", "--workload", "latency", "--backends", MPIS[0], "--transports", "tcp", "--native", "--repeat", "1",
                    "--sizes", "8", "--seconds", "0.02", "--oversubscribe", mpi=MPIS[0])
        with sqlite3.connect(self.folder + "/tulkki.db") as connection:
            self.assertEqual(connection.execute("SELECT state FROM sweep_point").fetchall(), [("done",)])
        self.assertIn("Passed", self.tulkki("selftest", "--backend", MPIS[0], mpi=MPIS[0]).stdout)

    def test_wrappers(self):
        ring = SOURCE + "/docs/examples/ring.c"
        # A run path cannot have a colon: refused with a word, and the program runs through `tulkki run` all the same.
        built = self.command([self.prefix + "/bin/tulkki-mpicc", "-o", "ring", ring])
        self.assertIn("cannot keep for the loader", built.stderr)
        shutil.move(self.prefix, self.top + "/with blank, comma")
        self.addCleanup(shutil.move, self.top + "/with blank, comma", self.prefix)
        wrapper = self.top + "/with blank, comma/bin/tulkki-mpicc"
        built = self.command([wrapper, "-o", "ring2", ring])
        self.assertEqual(built.stderr, "")
        self.command(["sh", "-c", f'eval "$("$1" -show -o ring3 {ring})" && eval "cc -o ring4 {ring} $("$1" -showme:compile) '
                                  '$("$1" -showme:link)"', "sh", wrapper])
        for name in ("ring2", "ring3", "ring4"):
            loaded = subprocess.run(["ldd", os.path.join(self.folder, name)], capture_output=True, text=True, check=True).stdout
            self.assertIn(f"{self.top}/with blank, comma/lib/libmpi_abi.so.1", loaded)
        tulkki = self.top + "/with blank, comma/bin/tulkki"
        for name in ("ring", "ring2"):
            outcome = self.command([tulkki, "run", "-n", "2", "--oversubscribe", "--backend", MPIS[0], "--db", name + ".db", "--",
                                    "./" + name], MPIS[0])
            self.assertIn("the token is 1000 after 1000 rounds of 2 ranks", outcome.stdout)


if __name__ == "__main__":
    unittest.main()
