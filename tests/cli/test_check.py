# SPDX-License-Identifier: Apache-2.0
"""`tulkki check`: what it is given (an archive, a folder, a run) and how it ends. Defects: tests/check."""
import json
import os
import sqlite3
import unittest

import otf2
import support


class Check(support.CommandTest):
    def archive(self, *names, broken=False):
        folder = self.path(*names)
        os.makedirs(os.path.dirname(folder), exist_ok=True)
        with otf2.writer.open(folder, timer_resolution=1_000_000) as archive:
            definitions = archive.definitions
            node = definitions.system_tree_node("node")
            location = definitions.location("thread", group=definitions.location_group("process", system_tree_parent=node))
            region = definitions.region("step", source_file="step.c")
            writer = archive.event_writer_from_location(location)
            writer.enter(10, region)
            if not broken:
                writer.leave(20, region)
        return os.path.join(folder, "traces.otf2")

    def test_folder_of_one_archive(self):
        anchor = self.archive("one")
        self.assertIn("one: no defects", self.tulkki("check", "one").stdout)
        self.assertEqual(json.loads(self.tulkki("check", "one", "--json").stdout)["trace"], os.path.relpath(anchor, self.folder))

    def test_all_archives_below_a_folder(self):
        self.archive("all", "good")
        self.archive("all", "deep", "bad", broken=True)
        os.symlink(self.path("all"), self.path("all", "again"))
        said = self.tulkki("check", "all", code=1).stdout
        self.assertIn("all/good/traces.otf2: no defects", said)
        self.assertIn("all/deep/bad/traces.otf2: 1 defect of 1 kind", said)
        self.assertEqual(said.splitlines()[-1], "all: 2 archives, 1 with defects")
        documents = json.loads(self.tulkki("check", "all", "--json", code=1).stdout)
        self.assertEqual([document["defects"] for document in documents], [1, 0])
        self.tulkki("check", "all", "--ignore", "missing-leave")

    def test_unreadable_archive_among_others(self):
        self.archive("all", "good")
        os.makedirs(self.path("all", "bad"))
        self.write("all/bad/traces.otf2", "no archive")
        result = self.tulkki("check", "all", code=1)
        self.assertIn("all/bad/traces.otf2", result.stderr)
        self.assertIn("all: 2 archives, 0 with defects, 1 unreadable", result.stdout)

    def test_trace_of_a_run(self):
        database = self.fixture()
        anchor = self.archive("run")
        with sqlite3.connect(database) as connection:
            connection.execute("UPDATE run SET trace_path = ? WHERE run_id IN (3, 4)", (anchor,))
        for name in ("last", "3", "large"):
            self.assertIn(anchor, self.tulkki("check", name, "--db", database).stdout)
        self.assertIn("run 2 was recorded without a trace", self.tulkki("check", "2", "--db", database, code=1).stderr)
        self.assertIn("absent: no such file or folder", self.tulkki("check", "absent", "--db", database, code=1).stderr)

    def test_folder_without_archives(self):
        os.mkdir(self.path("empty"))
        self.assertIn("there is no OTF2 archive", self.tulkki("check", "empty", code=1).stderr)
        self.assertIn("which trace?", self.tulkki("check", code=2).stderr)
        self.assertIn("there is no kind 'typo'", self.tulkki("check", "empty", "--ignore", "typo", code=2).stderr)


if __name__ == "__main__":
    support.main()
