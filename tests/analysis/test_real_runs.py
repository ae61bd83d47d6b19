# SPDX-License-Identifier: Apache-2.0
"""One binary on two MPI implementations, recorded and compared: every call has its partner, and the waterfall sums.
Usage: test_real_runs.py TULKKI PROGRAM"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

TULKKI, PROGRAM = map(os.path.abspath, sys.argv[1:3])
STEPS = 40


class RealRuns(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tulkki-compare-")
        self.addCleanup(self.folder.cleanup)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("TULKKI_")}
        self.environment.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                                OMPI_MCA_rmaps_base_oversubscribe="1", OMPI_MCA_mpi_yield_when_idle="1")

    def tulkki(self, *arguments):
        done = subprocess.run([TULKKI, *arguments], cwd=self.folder.name, env=self.environment, timeout=250,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_openmpi_against_mpich(self):
        for backend in ("openmpi", "mpich", "openmpi"):
            self.tulkki("run", "-n", "2", "--stack-depth", "1", "--backend", backend, PROGRAM, str(STEPS))
        report = json.loads(self.tulkki("compare", "backend=openmpi", "backend=mpich", "--pairs", "--json"))
        self.assertEqual([len(series["runs"]) for series in report["series"]], [2, 1])
        waterfall = report["waterfalls"][0]
        self.assertEqual(sum(term["change_ns"] for term in waterfall["terms"]), waterfall["change_ns"])
        couple = report["pairs"][0]["couples"][0]
        # A step: Sendrecv, Irecv, Isend, Waitall, Allreduce; once: Init, Comm_rank, Comm_size, Finalize.
        self.assertEqual(couple["calls"], [2 * (5 * STEPS + 4)] * 2)
        self.assertEqual(couple["matched_share"], 1)
        pairs = {group["procedure"]: group["pairs"] for group in report["pairs"][0]["procedures"]}
        self.assertEqual(pairs["MPI_Sendrecv"], 2 * STEPS)
        self.assertEqual(pairs["MPI_Allreduce"], 2 * STEPS)
        # --stack-depth puts call sites into the traces.
        sites = {group["site"]: group["procedure"] for group in report["pairs"][0]["sites"]}
        self.assertEqual(sorted(sites.values()).count("MPI_Sendrecv"), 1)
        self.assertTrue(all("exchange.c:" in site for site in sites), sites)
        # The same with another number of steps: what is too much has no partner, the rest has.
        self.tulkki("run", "-n", "2", "--backend", "openmpi", PROGRAM, str(STEPS + 10))
        report = json.loads(self.tulkki("compare", "1", "4", "--pairs", "--json"))
        couple = report["pairs"][0]["couples"][0]
        self.assertEqual(couple["pairs"], 2 * (5 * STEPS + 4))
        self.assertLess(couple["matched_share"], 1)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
