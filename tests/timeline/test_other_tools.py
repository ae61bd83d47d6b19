#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""An archive as Tulkki writes it, read by others: python3-otf2, ViTE, and the timeline's index.
Usage: test_other_tools.py OWN_TRACE INDEX_TRACE"""
import os
import subprocess
import sys
import tempfile
import unittest

import otf2

OWN_TRACE, INDEX_TRACE = sys.argv[1:3]


class OtherTools(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory(prefix="tulkki-test-")
        cls.anchor = subprocess.run([OWN_TRACE, cls.directory.name], check=True, capture_output=True,
                                    text=True).stdout.strip()

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    def test_python(self):
        with otf2.reader.open(self.anchor) as trace:
            names = {location.name for location in trace.definitions.locations}
            self.assertEqual(names, {f"MPI Rank {rank} main thread" for rank in range(3)})
            sends = [event for _, event in trace.events if isinstance(event, otf2.events.MpiSend)]
        self.assertEqual([send.msg_length for send in sends], [64] * 3)

    def test_vite(self):
        picture = os.path.join(self.directory.name, "picture.svg")
        run = subprocess.run(["vite", "-e", picture, self.anchor], capture_output=True, text=True, timeout=120,
                             env=dict(os.environ, QT_QPA_PLATFORM="offscreen"))
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertIn("0 errors", run.stdout + run.stderr)
        with open(picture, encoding="utf-8", errors="replace") as file:
            text = file.read()
        self.assertGreater(text.count("<rect"), 15)  # six calls of three ranks
        self.assertIn("MPI Rank 2", text)

    def test_index(self):
        run = subprocess.run([INDEX_TRACE, self.anchor], capture_output=True, text=True, timeout=120)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("18 calls, 6 ends of messages, 3 messages", run.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
