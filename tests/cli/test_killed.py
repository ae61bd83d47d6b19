#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""SIGKILL of `tulkki run`, which it cannot answer: its guardian ends launcher and ranks, and what they recorded is kept."""
import os
import re
import signal
import sys
import tempfile
import time
import unittest
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from launch import MARK, Tools, environment, kill_all, marked_processes, start  # noqa: E402
from profile_database import Profile  # noqa: E402

PROGRAM = os.environ["TULKKI_PROGRAM"]
WORKLOADS = os.path.join(os.path.dirname(os.path.dirname(PROGRAM)), "lib/tulkki/workloads")
PATIENCE_S = 60  # far more than it takes: only a process that stays for ever may fail the test


def workload(mpi):
    return os.path.join(WORKLOADS, mpi, "workload")


def until(condition):
    deadline = time.monotonic() + PATIENCE_S
    while not (value := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return value


class Killed(unittest.TestCase):
    def launch(self, mpi, *options):
        """A program that would run for minutes; returns when its ranks have made MPI calls."""
        folder = tempfile.TemporaryDirectory(prefix="tulkki-killed-")
        self.addCleanup(folder.cleanup)
        self.folder, self.mark = folder.name, uuid.uuid4().hex
        env = environment(Tools(PROGRAM, "", mpi, os.environ.get("TULKKI_YIELD", "")), {MARK: self.mark, "TULKKI_DIR": self.folder + "/raw"})
        command = [PROGRAM, "run", "-n", "2", *options, "--", workload(mpi), "sync", "--repetitions", "10000000"]
        with open(os.devnull, "rb") as nothing:
            self.process = start(command, env, self.folder, nothing)
        self.addCleanup(self.process.communicate)
        self.addCleanup(kill_all, self.mark)
        self.assertTrue(until(self.calls_recorded), "the ranks have not recorded anything")
        return folder.name

    def calls_recorded(self):
        raw = os.path.join(self.folder, "raw")
        logs = [os.path.join(path, name) for path, _, names in os.walk(raw) for name in names if name.endswith(".tulkki-raw")]
        # A log grows by chunks: more than the first means that events came.
        return len(logs) == 2 and all(os.stat(log).st_blocks * 512 > 1_000_000 for log in logs)

    def names(self):
        return [name for _, name in marked_processes(self.mark)]

    def check_end(self, message_expected=True):
        left = until(lambda: not self.names())
        self.assertTrue(left, f"still running: {self.names()}")
        _, stderr = self.process.communicate(timeout=PATIENCE_S)
        if not message_expected:
            return
        command = re.search(r"tulkki recover (\S+)", stderr)
        self.assertTrue(command, stderr)
        # As it says.
        env = environment(Tools(PROGRAM, "", "openmpi"), {MARK: self.mark})
        with open(os.devnull, "rb") as nothing:
            recover = start([PROGRAM, "recover", command[1]], env, self.folder, nothing)
        _, stderr = recover.communicate(timeout=PATIENCE_S)
        self.assertEqual(recover.returncode, 0, stderr)
        profile = Profile(self.folder + "/tulkki.db")
        self.assertEqual(profile.only_run()["ranks"], 2)
        for rank in range(2):
            self.assertGreater(len(profile.procedures(rank)), 2, "MPI_Init and what followed")

    def test_command_alone(self):
        for mpi in ("openmpi", "mpich"):
            with self.subTest(mpi):
                self.launch(mpi)
                self.process.send_signal(signal.SIGKILL)
                self.check_end()

    def test_translated(self):
        self.launch("openmpi", "--backend", "mpich")
        self.process.send_signal(signal.SIGKILL)
        self.check_end()

    def test_group_and_guardian(self):
        """As `kill -9 -GROUP` and `pkill -9 tulkki` do: the launcher hears of it even then."""
        self.launch("openmpi")
        for process_id, name in marked_processes(self.mark):
            if name.startswith("tulkki"):
                os.kill(process_id, signal.SIGKILL)
        self.check_end(message_expected=False)

    def test_stopped_launcher(self):
        """A launcher that cannot answer SIGTERM is killed after a time, and its ranks with it."""
        self.launch("openmpi")
        for process_id, name in marked_processes(self.mark):
            if name not in ("tulkki", "tulkki-guard"):
                os.kill(process_id, signal.SIGSTOP)
        self.process.send_signal(signal.SIGKILL)
        self.check_end()


if __name__ == "__main__":
    unittest.main()
