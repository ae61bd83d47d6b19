# SPDX-License-Identifier: Apache-2.0
"""`tulkki runs`: choosing, deleting, labelling, annotating and merging; on the database of fixture.py."""
import json
import os
import shutil
import sqlite3
import unittest

import support


class Runs(support.CommandTest):
    def setUp(self):
        super().setUp()
        self.database = self.fixture()

    def runs(self, *arguments, **options):
        return self.tulkki("runs", *arguments, "--db", self.database, **options)

    def query(self, sql, database=None):
        with sqlite3.connect(database or self.database) as connection:
            return connection.execute(sql).fetchall()

    def numbers(self):
        return [row[0] for row in self.query("SELECT run_id FROM run ORDER BY run_id")]

    def give_trace(self, folder_name="solver-20261121-100100-f8ec60"):
        """A folder as recover writes it, named in run 1."""
        folder = self.path("traces", folder_name)
        os.makedirs(os.path.join(folder, "traces"))
        for name in ("traces.otf2", "traces.def", "traces/0.evt", "traces/0.def"):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as stream:
                stream.write("x" * 100)
        with sqlite3.connect(self.database) as connection:
            connection.execute("UPDATE run SET trace_path = ? WHERE run_id = 1", (os.path.join(folder, "traces.otf2"),))
        return folder

    def test_only_the_named_runs_are_listed(self):
        self.assertEqual([run["run_id"] for run in json.loads(self.runs("2-3", "last", "--json").stdout)], [2, 3, 4])
        self.assertIn("there is no run 9", self.runs("9", code=1).stderr)

    def test_delete(self):
        folder = self.give_trace()
        done = json.loads(self.runs("--delete", "1", "label=large", "--yes", "--json").stdout)
        self.assertEqual([(run["run_id"], run["trace_deleted"]) for run in done["deleted"]], [(1, True), (3, False)])
        self.assertEqual(done["deleted"][0]["trace_bytes"], 400)
        self.assertEqual(self.numbers(), [2, 4])
        self.assertEqual(self.query("SELECT DISTINCT run_id FROM call"), [(4,)])
        self.assertFalse(os.path.exists(folder))
        self.assertTrue(os.path.exists(self.path("traces")))

    def test_delete_needs_a_terminal_or_yes(self):
        refused = self.runs("--delete", "1", code=2, stdin=-3)
        self.assertIn("add --yes", refused.stderr)
        self.assertEqual(self.numbers(), [1, 2, 3, 4])

    def delete_first(self, answer):
        return self.on_terminal("runs", "--delete", "1", "--db", self.database, answer=answer)

    def test_delete_asks_on_a_terminal(self):
        folder = self.give_trace()
        code, text = self.delete_first(b"n\n")
        self.assertEqual((code, self.numbers()), (1, [1, 2, 3, 4]), text)
        self.assertIn(folder + " (400 B)", text)
        self.assertIn("nothing was deleted", text)
        code, text = self.delete_first(b"y\n")
        self.assertEqual((code, self.numbers()), (0, [2, 3, 4]), text)

    def test_trace_of_somebody_else_stays(self):
        folder = self.give_trace("results")
        said = self.runs("--delete", "1", "--yes", code=1).stderr
        self.assertIn("run 1 is deleted, but its trace", said)
        self.assertEqual(self.numbers(), [2, 3, 4])
        self.assertTrue(os.path.exists(os.path.join(folder, "traces.otf2")))

    def test_keep_traces(self):
        folder = self.give_trace()
        self.runs("--delete", "1", "--yes", "--keep-traces")
        self.assertTrue(os.path.exists(os.path.join(folder, "traces.otf2")))

    def test_label_and_note(self):
        self.assertEqual(self.runs("--label", "tuned", "--note", "new compiler; Kühlung aus", "2-3").stdout,
                         f"changed 2 runs in {self.database}\n")
        listed = json.loads(self.runs("--json").stdout)
        self.assertEqual([run["label"] for run in listed[1:3]], ["tuned", "tuned"])
        self.assertEqual([run["note"] for run in listed[:3]], ["", "new compiler; Kühlung aus", "new compiler; Kühlung aus"])
        self.assertIn("note: new compiler; Kühlung aus", self.tulkki("report", "3", "--db", self.database).stdout)
        self.runs("--label", "", "3")
        self.assertEqual(self.query("SELECT label, note FROM run WHERE run_id = 3"), [("", "new compiler; Kühlung aus")])

    def test_merge(self):
        other = self.path("other.db")
        shutil.copy(self.database, other)
        with sqlite3.connect(other) as connection:
            connection.execute("UPDATE run SET launch = 'theirs-' || run_id WHERE run_id IN (1, 3)")
        said = self.runs("--merge", other).stdout.splitlines()
        self.assertEqual(said[:2], [f"run 1 of {other} is now run 5", f"run 2 of {other} is here already as run 2; skipped"])
        self.assertEqual(said[-1], f"added 2 runs to {self.database}")
        for table in ("procedures", "sites", "processes", "matrix"):
            ours, theirs = (json.loads(self.tulkki("export", "json", run, "--table", table, "--db", database).stdout)
                            for run, database in (("5", self.database), ("1", other)))
            self.assertTrue(ours)
            for row in ours + theirs:
                row.pop("run_id"), row.pop("site_id", None)
            self.assertEqual(ours, theirs)
        self.assertIn("added 0 runs", self.runs("--merge", other, "1-2").stdout)

    def test_merge_into_a_new_database(self):
        self.tulkki("runs", "--merge", self.database, "2-3", "--db", self.path("new.db"))
        self.assertEqual(self.query("SELECT run_id, launch FROM run", self.path("new.db")), [(1, "launch-2"), (2, "launch-3")])

    def test_merge_refuses(self):
        self.assertIn("is the database itself", self.runs("--merge", self.database, code=1).stderr)
        self.assertIn("text.db is not an SQLite database",
                      self.runs("--merge", self.write("text.db", "no database, but long enough " * 100), code=1).stderr)
        self.assertIn("no database at", self.tulkki("runs", "--merge", "absent.db", "--db", "new.db", code=1).stderr)
        self.assertFalse(os.path.exists(self.path("new.db")))

    def test_wrong_use(self):
        self.assertIn("which runs?", self.runs("--delete", code=2).stderr)
        self.assertIn("which runs?", self.runs("--label", "x", code=2).stderr)
        self.runs("--delete", "--label", "x", "1", code=2)
        self.runs("--yes", code=2)
        self.assertEqual(self.numbers(), [1, 2, 3, 4])

    def test_database_that_cannot_be_written(self):
        if os.geteuid() == 0:
            self.skipTest("root may write everything")
        os.chmod(self.database, 0o444)
        self.assertIn("cannot be written", self.runs("--label", "x", "1", code=1).stderr)


if __name__ == "__main__":
    support.main()
