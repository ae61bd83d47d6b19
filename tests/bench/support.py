# SPDX-License-Identifier: Apache-2.0
"""What the tests of sweeps and workloads share: the command in a folder of its own, its database, and what it left running."""
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
import unittest
import uuid

PROGRAM = os.environ["TULKKI_PROGRAM"]
WORKLOADS = os.environ["TULKKI_WORKLOADS"]
SOURCE = os.environ["TULKKI_SOURCE"]
BINARIES = os.environ["TULKKI_TEST_BINARIES"]
MPIS = [mpi for mpi in ("openmpi", "mpich") if os.path.exists(os.path.join(WORKLOADS, mpi, "workload"))]
MARK = "TULKKI_TEST_MARK"


def workload(mpi="openmpi"):
    return os.path.join(WORKLOADS, mpi, "workload")


class BenchTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tulkki-bench-")
        self.addCleanup(shutil.rmtree, self.folder, True)
        os.mkdir(self.path("raw"))
        self.mark = uuid.uuid4().hex
        steering = ("TULKKI_", "OMPI_", "UCX_", "FI_", "MPIR_", "LD_PRELOAD")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(steering)}
        self.environment.update({MARK: self.mark, "HOME": self.folder, "TULKKI_DIR": self.path("raw"),
                                 "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
                                 "OMPI_MCA_mpi_yield_when_idle": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1"})
        self.addCleanup(self.end_marked)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def marked(self):
        """Living processes that this test started, however far down."""
        found = []
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{name}/environ", "rb") as stream:
                    if f"{MARK}={self.mark}".encode() in stream.read():
                        found.append(int(name))
            except OSError:
                pass
        return found

    def end_marked(self):
        for process in self.marked():
            try:
                os.kill(process, 9)
            except OSError:
                pass

    def wait_until(self, condition, complaint):
        for _ in range(1200):
            if condition():
                return
            time.sleep(0.05)
        self.fail(complaint)

    def start(self, *arguments):
        return subprocess.Popen([PROGRAM, *arguments], cwd=self.folder, env=self.environment, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def tulkki(self, *arguments, code=0):
        result = subprocess.run([PROGRAM, *arguments], cwd=self.folder, env=self.environment, text=True, capture_output=True,
                                timeout=600)
        if code is not None:
            self.assertEqual(result.returncode, code, f"{arguments}\n{result.stdout}\n{result.stderr}")
        return result

    def query(self, sql, *values):
        with sqlite3.connect(self.path("tulkki.db"), timeout=60) as database:
            return database.execute(sql, values).fetchall()

    def points(self):
        """State of every launch of every sweep by its factors."""
        return dict(self.query("SELECT sweep_id || factors, state FROM sweep_point"))

    def done(self):
        if not os.path.exists(self.path("tulkki.db")):
            return 0
        try:
            return self.query("SELECT COUNT(*) FROM sweep_point WHERE state = 'done'")[0][0]
        except sqlite3.Error:
            return 0

    def assert_whole(self, launches):
        """Each launch is done, with one run of its own and its measurement, and there is no run besides."""
        self.assertEqual(list(self.points().values()), ["done"] * launches)
        self.assertEqual(self.query("SELECT COUNT(*), COUNT(DISTINCT run_id) FROM sweep_point"), [(launches, launches)])
        self.assertEqual(self.query("SELECT COUNT(*) FROM run"), [(launches,)])
        self.assertEqual(self.query("SELECT COUNT(DISTINCT run_id) FROM measurement"), [(launches,)])
        self.assertEqual(self.query("SELECT COUNT(*) FROM run WHERE outcome <> 'finalized' OR exit_code <> 0"), [(0,)])
        self.assertEqual(
            self.query("SELECT COUNT(*) FROM run JOIN sweep_point USING (run_id) JOIN run_property USING (run_id) "
                       "WHERE name = 'sweep_point' AND value = sweep_id || '/' || point_id"), [(launches,)])
        self.assertEqual(os.listdir(self.path("raw")), [])
