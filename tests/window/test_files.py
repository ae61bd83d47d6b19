# SPDX-License-Identifier: Apache-2.0
"""The I/O page on a real run: what it says of files is what the program did, from the profile and from the trace.
Usage: test_files.py TULKKI PROGRAM"""
import csv
import io
import os
import subprocess
import sys
import tempfile
import unittest

TULKKI, PROGRAM = map(os.path.abspath, sys.argv[1:3])
RANKS, STEPS = 2, 3
BLOCKS, BLOCK_BYTES, RECORDS, RECORD_BYTES = 16, 256 * 1024, 64, 512  # as in checkpoints.c


class Files(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="tulkki-files-")
        cls.environment = {name: value for name, value in os.environ.items()
                           if not name.startswith("TULKKI_") and name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        cls.environment.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                               OMPI_MCA_rmaps_base_oversubscribe="1", OMPI_MCA_mpi_yield_when_idle="1")
        cls.run_tulkki("run", "-n", str(RANKS), "--backend", "openmpi", "--trace", "--", PROGRAM, cls.folder.name, str(STEPS), "5")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def run_tulkki(cls, *arguments):
        done = subprocess.run([TULKKI, *arguments], cwd=cls.folder.name, env=cls.environment, timeout=250, capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)
        return done.stdout

    def table(self, name, *arguments):
        return list(csv.DictReader(io.StringIO(self.run_tulkki("view", "--table", name, "--csv", "-", *arguments))))

    def test_bytes_and_operations_of_each_file(self):
        sums = {}
        for row in self.table("io"):
            calls, amount = sums.get((row["file"], row["procedure"]), (0, 0))
            sums[row["file"], row["procedure"]] = (calls + float(row["calls"]), amount + float(row["bytes"]))
        place = self.folder.name + "/"
        named = {(name.replace(place, ""), procedure): value for (name, procedure), value in sums.items()}
        self.assertEqual(named["checkpoint.bin", "MPI_File_write_at_all"],
                         (RANKS * STEPS * BLOCKS, RANKS * STEPS * BLOCKS * BLOCK_BYTES))
        self.assertEqual(named["events.log", "MPI_File_write_at"], (RANKS * STEPS * RECORDS, RANKS * STEPS * RECORDS * RECORD_BYTES))
        self.assertEqual(named["checkpoint.bin", "MPI_File_read_at"], (RANKS * BLOCKS, RANKS * BLOCKS * BLOCK_BYTES))

    def test_rates_are_those_of_the_export(self):
        exported = [row for row in csv.DictReader(io.StringIO(self.run_tulkki("export", "csv", "--table", "calls")))
                    if row["procedure"] == "MPI_File_read_at"]
        time_ns = sum(float(row["time_ns"]) for row in exported)
        row = next(row for row in self.table("io") if row["procedure"] == "MPI_File_read_at")
        self.assertAlmostEqual(float(row["throughput"]) / (RANKS * BLOCKS * BLOCK_BYTES / time_ns * 1e9), 1, places=9)
        self.assertAlmostEqual(float(row["iops"]) / (RANKS * BLOCKS / time_ns * 1e9), 1, places=9)

    def test_over_time_nothing_is_lost(self):
        steps = self.table("io_time")
        moved = [row for row in self.table("io") if float(row["bytes"]) > 0]
        self.assertGreater(len(steps), 50)
        self.assertAlmostEqual(sum(float(row["bytes"]) for row in steps) / sum(float(row["bytes"]) for row in moved), 1, places=9)
        self.assertAlmostEqual(sum(float(row["operations"]) for row in steps) / sum(float(row["calls"]) for row in moved), 1, places=9)
        for row in steps:
            width_s = (float(row["to_ns"]) - float(row["from_ns"])) / 1e9
            self.assertAlmostEqual(float(row["throughput"]) * width_s, float(row["bytes"]), delta=1e-6 * BLOCK_BYTES)
        # There were as many bursts as steps, with pauses between them.
        busy = [float(row["bytes"]) > 0 for row in steps]
        self.assertIn(False, busy)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
