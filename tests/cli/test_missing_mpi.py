# SPDX-License-Identifier: Apache-2.0
"""Machines with one MPI or none: defaults follow what is there, and --backend is offered before apt. The other MPI is
hidden in a mount namespace of the command's own."""
import json
import os
import subprocess
import tempfile
import unittest

import support

LIBRARIES, PROGRAMS = "/usr/lib/x86_64-linux-gnu", "/usr/bin"
OF = {"openmpi": (f"{LIBRARIES}/libmpi.so.40*", f"{PROGRAMS}/orterun {PROGRAMS}/mpi*.openmpi {PROGRAMS}/mpirun {PROGRAMS}/mpiexec"),
      "mpich": (f"{LIBRARIES}/libmpich.so.12*", f"{PROGRAMS}/mpi*.mpich {PROGRAMS}/mpiexec.hydra {PROGRAMS}/hydra_*")}
HIDE = """set -e
mount --make-rprivate /
mount -t tmpfs tulkki-test "$VIEW"
for folder in %s %s; do
  mkdir -p "$VIEW/upper$folder" "$VIEW/work$folder"
  mount -t overlay tulkki-test -o "lowerdir=$folder,upperdir=$VIEW/upper$folder,workdir=$VIEW/work$folder" "$folder"
done
rm -f $HIDDEN
exec "$@"
""" % (LIBRARIES, PROGRAMS)


def can_hide():
    there = all(os.path.exists(f"{PROGRAMS}/{name}") for name in ("mpirun.openmpi", "mpiexec.mpich"))
    if not there or os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory(prefix="tulkki-view-") as view:
        return subprocess.run(["unshare", "-m", "sh", "-c", HIDE, "sh", "true"], env={**os.environ, "VIEW": view, "HIDDEN": "/nothing"},
                              capture_output=True).returncode == 0


@unittest.skipUnless(can_hide(), "needs both MPIs, root and overlays in a mount namespace")
class MissingMpi(support.CommandTest):
    def setUp(self):
        super().setUp()
        del self.environment["TULKKI_LIBRARY"]  # the real one: programs are run
        os.mkdir(self.path("view"))
        os.mkdir(self.path("raw"))
        self.environment["TULKKI_DIR"] = self.path("raw")
        self.workloads = os.path.join(os.path.dirname(os.path.dirname(support.PROGRAM)), "lib/tulkki/workloads")
        for mpi in OF:
            if not os.path.exists(self.workload(mpi)):
                self.skipTest(f"no workload for {mpi} was built")

    def workload(self, mpi):
        return os.path.join(self.workloads, mpi, "workload")

    def without(self, missing, *arguments, code=0):
        hidden = " ".join(word for mpi in missing.split() for word in OF[mpi])
        environment = {**self.environment, "VIEW": self.path("view"), "HIDDEN": hidden}
        result = subprocess.run(["unshare", "-m", "sh", "-c", HIDE, "sh", support.PROGRAM, *arguments], cwd=self.folder, env=environment,
                                capture_output=True, text=True, timeout=280)
        self.assertEqual(result.returncode, code, f"{arguments}\n{result.stdout}\n{result.stderr}")
        return result

    def test_program_whose_mpi_is_missing_is_offered_the_other(self):
        for missing, here in (("openmpi", "mpich"), ("mpich", "openmpi")):
            with self.subTest(missing=missing):
                errors = self.without(missing, "run", self.workload(missing), "latency", code=1).stderr
                self.assertIn(f"--backend {here} runs the program on it, translated", errors)
                self.assertLess(errors.index("--backend"), errors.index("apt install"))
                done = self.without(missing, "run", "-n", "2", "--no-trace", "--oversubscribe", "--backend", here, self.workload(missing),
                                    "latency", "--sizes", "8", "--seconds", "0.01")
                self.assertIn("2 ranks", done.stderr)

    def test_backend_that_is_missing(self):
        errors = self.without("mpich", "run", "--backend", "mpich", self.workload("openmpi"), "latency", code=2).stderr
        self.assertIn("no MPICH is installed", errors)
        self.assertLess(errors.index("without --backend the program runs on its own MPI, Open MPI"), errors.index("apt install mpich"))

    def test_env_names_the_launcher_that_is_there(self):
        self.assertIn("# mpiexec.mpich -n 4", self.without("openmpi", "env", self.workload("mpich")).stdout)
        self.assertIn("# mpirun.openmpi -n 4 -x", self.without("mpich", "env", self.workload("openmpi")).stdout)
        self.assertIn("--backend mpich", self.without("openmpi", "env", self.workload("openmpi")).stderr)

    def test_bench_takes_what_is_there(self):
        for missing, here in (("openmpi", "mpich"), ("mpich", "openmpi")):
            plan = self.without(missing, "bench", "--workload", "latency", "--transports", "shm", "--dry-run").stdout
            self.assertIn("12 launches, about", plan.splitlines()[0])   # compiled for both
            self.assertIn(f"{here} shm", plan)
            self.assertNotIn(f"{missing} shm", plan)

    def test_selftest_takes_what_is_there(self):
        for missing, here in (("openmpi", "mpich"), ("mpich", "openmpi")):
            with self.subTest(missing=missing):
                verdict = json.loads(self.without(missing, "selftest", "-n", "1", "--json").stdout)
                self.assertEqual(verdict["backend"], here)
                self.assertEqual([probe["front"] for probe in verdict["probes"] if not probe["passed"]], [])

    def test_the_standard_abi_over_the_only_mpi(self):
        done = self.without("mpich", "run", "--no-trace", "--backend", "abi", self.workload("mpich"), "io", "--sizes", "512", "--seconds", "0.01")
        self.assertIn("1 rank", done.stderr)
        errors = self.without("mpich", "run", "--backend", "abi", self.workload("openmpi"), "io", code=2).stderr
        self.assertIn("without --backend the program runs on Open MPI", errors)

    def test_none_at_all(self):
        for arguments in (("selftest",), ("bench", "--dry-run"), ("run", "true")):
            errors = self.without("openmpi mpich", *arguments, code=1).stderr
            self.assertIn("apt install openmpi-bin or mpich", errors)


if __name__ == "__main__":
    support.main()
