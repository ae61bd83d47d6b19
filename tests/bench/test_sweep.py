# SPDX-License-Identifier: Apache-2.0
"""`tulkki sweep`: launches that hang or fail, sweeps that are killed and go on, two at once, files with mistakes."""
import json
import os
import pty
import re
import signal
import sqlite3
import subprocess
import unittest

import support


class Sweep(support.BenchTest):
    def write(self, name="study.json", **fields):
        definition = {"program": [support.workload(), "latency", "--sizes", "{size}", "--seconds", "0.01"], "ranks": 2,
                      "backends": ["openmpi"], "transports": ["shm"], "factors": {"size": [8, 64]}, "repetitions": 3,
                      "limit_seconds": 60, "seed": 7}
        definition.update(fields)
        with open(self.path(name), "w", encoding="utf-8") as stream:
            json.dump({key: value for key, value in definition.items() if value is not None}, stream)
        return name

    def test_all_combinations_in_random_order(self):
        self.tulkki("sweep", self.write(transports=["shm", "tcp"]))
        self.assert_whole(12)
        rows = self.query("SELECT transport, transport_verified <> '', repetition, label, json_extract(factors, '$.size') "
                          "FROM run JOIN sweep_point USING (run_id) ORDER BY started_at")
        self.assertEqual(sorted(rows), sorted((transport, 1, repetition, "study", size) for transport in ("shm", "tcp")
                                              for repetition in (1, 2, 3) for size in ("64", "8")))
        # Complete blocks, not all in the order of the file, not all alike.
        blocks = [[(row[0], row[4]) for row in rows[i:i + 4]] for i in (0, 4, 8)]
        for block in blocks:
            self.assertEqual(len(set(block)), 4)
        self.assertGreater(len({tuple(block) for block in blocks}), 1)
        self.assertEqual(self.query("SELECT name, seed FROM sweep"), [("study", 7)])

    def test_again_does_nothing_and_more_repetitions_add(self):
        self.write(repetitions=1)
        self.tulkki("sweep", "study.json")
        runs = self.query("SELECT run_id FROM run")
        self.assertIn("2 of 2 launches done", self.tulkki("sweep", "study.json").stderr)
        self.assertEqual(self.query("SELECT run_id FROM run"), runs)
        self.assertIn("launch 2: waiting", self.tulkki("sweep", "study.json", "--repeat", "2", "--dry-run").stdout)
        self.tulkki("sweep", "study.json", "--repeat", "2")
        self.assert_whole(4)

    def test_dry_run_writes_nothing_and_says_how_long(self):
        self.write(limit_seconds=100)
        plan = self.tulkki("sweep", "study.json", "--dry-run").stdout.splitlines()
        self.assertEqual(plan[0], "6 launches, at most 10 minutes (each is ended after 100 s; the first ones will tell more)")
        self.assertEqual(len(plan), 7)
        self.assertEqual(sorted(os.listdir(self.folder)), ["raw", "study.json"])
        self.write(limit_seconds=100, repetitions=1)
        self.tulkki("sweep", "study.json")
        before = os.stat(self.path("tulkki.db")).st_mtime_ns, self.query("SELECT COUNT(*) FROM sweep_point")
        plan = self.tulkki("sweep", "study.json", "--repeat", "3", "--dry-run").stdout.splitlines()
        self.assertRegex(plan[0], r"^4 launches, (about .* \(as long as those that are done took on average\)|at most 7 minutes .*)$")
        self.assertEqual(len(plan), 5)
        self.assertEqual((os.stat(self.path("tulkki.db")).st_mtime_ns, self.query("SELECT COUNT(*) FROM sweep_point")), before)
        self.assertEqual(self.tulkki("sweep", "study.json", "--dry-run").stdout, "0 launches: nothing is left to do\n")

    def test_what_differs_between_repetitions_on_purpose_is_not_compared(self):
        """A seed of each repetition's own is recorded and no condition; one that somebody typed is."""
        program = [support.workload(), "latency", "--sizes", "8", "--seconds", "0.01", "--seed", "{repetition}"]
        self.write(program=program, factors=None, transports=["shm", "tcp"], repetitions=3)
        self.tulkki("sweep", "study.json")
        self.assertEqual(self.query("SELECT DISTINCT substr(arguments, instr(arguments, '--seed')) FROM run ORDER BY 1"),
                         [("--seed 1",), ("--seed 2",), ("--seed 3",)])
        def differing(*series):
            found = json.loads(self.tulkki("compare", *series, "--metric", "wall_time", "--json").stdout)["factors_that_differ"]
            return {one["factor"]: one["mixed"] for one in found if one["factor"] == "arguments"}

        self.assertEqual(differing("--by", "transport"), {})
        compared = self.tulkki("compare", "--by", "transport", "--metric", "wall_time").stdout
        self.assertNotIn("repetitions of each other", compared)
        self.assertIn("--seed {repetition}", compared)
        # Inside of a word, and behind a script that starts another program.
        self.write("inner.json", program=["sh", "-c", "exec " + " ".join(program)], factors=None, repetitions=3)
        self.tulkki("sweep", "inner.json")
        self.assertEqual(differing("label=inner", "label=study,transport=shm"), {})
        # Launches by hand say themselves what they are.
        for seed in ("7", "8"):
            self.tulkki("run", "-n", "2", "--no-trace", "--transport", "shm", "--label", "by-hand", *program[:-1], seed)
        self.assertEqual(differing("label=by-hand", "label=inner"), {"arguments": True})

    def test_hang_and_failure_are_survived(self):
        body = (f"case {{kind}} in hang) sleep 600 & sleep 600;; fail) echo this is why; exit 3;; esac; "
                f"exec {support.workload()} latency --sizes 8 --seconds 0.01")
        self.write(program=["sh", "-c", body], factors={"kind": ["hang", "fail", "fine"]}, repetitions=1, limit_seconds=4)
        errors = self.tulkki("sweep", "study.json", code=1).stderr
        self.assertEqual(self.marked(), [])
        states = dict(self.query("SELECT json_extract(factors, '$.kind'), state || ': ' || reason FROM sweep_point"))
        self.assertEqual(states["fine"], "done: ")
        self.assertEqual(states["hang"], "failed: did not end within 4 s")
        self.assertIn("failed: exit code 3", states["fail"])
        self.assertIn("1 of 3 launches done, 2 failed", errors)
        self.assertIn("did not end within 4 s", errors)
        # They stay failed until somebody wants otherwise.
        self.tulkki("sweep", "study.json", code=1)
        self.assertEqual(self.query("SELECT COUNT(*) FROM run"), [(1,)])
        self.write(program=["sh", "-c", body], factors={"kind": ["hang", "fail", "fine"]}, repetitions=1, limit_seconds=4)
        self.tulkki("sweep", "study.json", "--retry-failed", code=1)
        self.assertEqual(sorted(self.points().values()), ["done", "failed", "failed"])

    def test_a_hang_inside_mpi_leaves_its_record_and_no_process(self):
        for mpi in support.MPIS:
            with self.subTest(mpi=mpi):
                name = self.write(f"{mpi}.json", backends=[mpi], program=[os.path.join(support.BINARIES, f"hang.{mpi}")], factors=None,
                                  repetitions=1, limit_seconds=5)
                self.tulkki("sweep", name, code=1)
                self.assertEqual(self.marked(), [])
        self.assertEqual(self.query("SELECT COUNT(*) FROM run WHERE outcome = 'died' AND run_id IN (SELECT run_id FROM sweep_point)"),
                         [(len(support.MPIS),)])
        self.assertEqual(os.listdir(self.path("raw")), [])

    def interrupted(self, number, code):
        self.write(repetitions=5, transports=["shm", "tcp"])
        process = self.start("sweep", "study.json")
        self.wait_until(lambda: self.done() >= 3, "no launch was done")
        process.send_signal(number)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, code)
        self.wait_until(lambda: self.marked() == [], "processes were left")
        before = self.done()
        self.assertLess(before, 20)
        kept = set(self.query("SELECT run_id FROM sweep_point WHERE state = 'done'"))
        # Raw logs of a launch that was cut off by SIGKILL stay for `tulkki recover`; they are none of the sweep's.
        for name in os.listdir(self.path("raw")):
            self.assertEqual(number, signal.SIGKILL)
            os.system(f"rm -r '{self.path('raw', name)}'")
        self.tulkki("sweep", "study.json")
        self.assert_whole(20)
        self.assertLessEqual(kept, set(self.query("SELECT run_id FROM sweep_point")))

    def test_killed_in_the_middle(self):
        self.interrupted(signal.SIGKILL, -signal.SIGKILL)

    def test_interrupted_in_the_middle(self):
        self.interrupted(signal.SIGINT, 128 + signal.SIGINT)

    def test_a_run_whose_owner_died_before_its_end_was_noted(self):
        self.tulkki("sweep", self.write(repetitions=1))
        with sqlite3.connect(self.path("tulkki.db")) as database:
            host = os.uname().nodename
            gone = subprocess.Popen(["true"])
            gone.wait()
            # A process that is gone, and one whose number another process has now.
            for point, owner in ((1, f"{host} {gone.pid} 12345"), (2, f"{host} 1 0")):
                database.execute("UPDATE sweep_point SET state = 'running', owner = ?, run_id = NULL WHERE point_id = ?", (owner, point))
            database.execute("DELETE FROM measurement")
        self.tulkki("sweep", "study.json")
        self.assertEqual(self.query("SELECT COUNT(*) FROM run"), [(2,)])
        self.assertEqual(list(self.points().values()), ["done"] * 2)

    def test_one_that_another_host_runs_is_left_to_it(self):
        self.tulkki("sweep", self.write(repetitions=1))
        with sqlite3.connect(self.path("tulkki.db")) as database:
            database.execute("UPDATE sweep_point SET state = 'running', owner = 'elsewhere 1 0' WHERE point_id = 1")
        errors = self.tulkki("sweep", "study.json").stderr
        self.assertIn("1 being done by another command on elsewhere (if that is no longer running: --free elsewhere)", errors)
        self.assertIn("1 being done by another command", self.tulkki("sweep", "study.json", "--free", "nowhere").stderr)
        self.assertIn("this is the host", self.tulkki("sweep", "study.json", "--free", os.uname().nodename, code=2).stderr)
        self.assertEqual(list(self.points().values()).count("running"), 1)
        self.assertIn("2 of 2 launches done", self.tulkki("sweep", "study.json", "--free", "elsewhere").stderr)
        self.assert_whole(2)

    def test_two_at_once(self):
        self.write("one.json", repetitions=4)
        self.write("two.json", repetitions=4, transports=["tcp"])
        processes = [self.start("sweep", name) for name in ("one.json", "two.json")]
        for process in processes:
            _, errors = process.communicate(timeout=300)
            self.assertEqual(process.returncode, 0, errors)
        self.assert_whole(16)

    def test_two_share_one_sweep(self):
        self.write(repetitions=6)
        processes = [self.start("sweep", "study.json") for _ in range(2)]
        for process in processes:
            _, errors = process.communicate(timeout=300)
            self.assertEqual(process.returncode, 0, errors)
        self.assert_whole(12)

    def test_progress_on_a_terminal_only(self):
        self.write(repetitions=2)
        ours, theirs = pty.openpty()
        process = subprocess.Popen([support.PROGRAM, "sweep", "study.json"], cwd=self.folder, env=self.environment, stderr=theirs)
        os.close(theirs)
        shown = b""
        while True:
            try:
                some = os.read(ours, 65536)
            except OSError:     # how Linux says that the other end is closed
                break
            shown += some
        os.close(ours)
        self.assertEqual(process.wait(), 0)
        text = shown.decode()
        for number in range(1, 5):
            self.assertIn(f"{number} of 4", text)
        self.assertRegex(text, r"2 of 4, \d+ s left: openmpi shm, 2 ranks, size=(8|64), launch 1")
        self.write("quiet.json")
        errors = self.tulkki("sweep", "quiet.json").stderr
        self.assertEqual(len(errors.splitlines()), 1, errors)

    def test_numbers_from_the_output(self):
        self.write(program=["sh", "-c", f"echo Loop time of 1.5e1 on; exec {support.workload()} latency --sizes {{size}} --seconds 0.01"],
                   repetitions=1, measure=[{"metric": "loop time", "unit": "s", "pattern": "Loop time of ([0-9.e+]+)"}])
        self.tulkki("sweep", "study.json")
        self.assertEqual(self.query("SELECT DISTINCT workload, metric, unit, value FROM measurement WHERE metric = 'loop time'"),
                         [("study", "loop time", "s", 15.0)])
        self.write("other.json", repetitions=1, measure=[{"metric": "energy", "pattern": "Energy ([0-9]+)"}])
        self.assertIn("its output has no energy", self.tulkki("sweep", "other.json", code=1).stderr)

    def test_files_with_mistakes(self):
        for fields, says in (({"program": None}, "'program' is missing"), ({"colour": 1}, "no field 'colour'"),
                             ({"ranks": "two"}, "'ranks'"), ({"ranks": []}, "'ranks'"), ({"repetitions": 0}, "'repetitions'"),
                             ({"factors": {"mass": [1]}}, "'factors.mass'"), ({"factors": {"backend": ["x"]}}, "'factors.backend'"),
                             ({"limit_seconds": 1.5}, "'limit_seconds'"), ({"oversubscribe": 1}, "'oversubscribe'"),
                             ({"measure": [{"metric": "a", "pattern": "b"}]}, "measure[0].pattern"),
                             ({"measure": [{"metric": "a", "pattern": "(b"}]}, "measure[0].pattern"),
                             ({"transports": ["pigeons"]}, "has default,"), ({"backends": ["lam"]}, "neither openmpi, mpich nor abi")):
            with self.subTest(fields=fields):
                errors = self.tulkki("sweep", self.write(**fields), code=2).stderr
                self.assertIn(says, errors)
                self.assertLessEqual(len(errors.splitlines()), 2)
        with open(self.path("broken.json"), "w", encoding="utf-8") as stream:
            stream.write('{"program": "x",\n "ranks": }')
        errors = self.tulkki("sweep", "broken.json", code=2).stderr
        self.assertIn("broken.json", errors)
        self.assertIn("line 2", errors)
        self.assertIn("cannot be read", self.tulkki("sweep", "nowhere.json", code=2).stderr)
        self.assertIn("no program 'nonsense'", self.tulkki("sweep", self.write(program=["nonsense"], factors=None), code=1).stderr)

    def test_databases_that_are_none(self):
        with open(self.path("text.db"), "w", encoding="utf-8") as stream:
            stream.write("this is no database, but long enough to be looked at as one\n" * 50)
        self.assertIn("text.db", self.tulkki("sweep", self.write(), "--db", "text.db", code=1).stderr)

    def test_transport_that_one_backend_lacks_is_left_out(self):
        if len(support.MPIS) < 2:
            self.skipTest("one MPI only")
        errors = self.tulkki("sweep", self.write(backends=["openmpi", "mpich"], transports=["shm", "ofi-tcp"], factors={"size": [8]},
                                                 repetitions=1)).stderr
        self.assertIn("left out: mpich: ofi-tcp", errors)
        self.assert_whole(3)

    def test_database_of_schema_1(self):
        with open(os.path.join(support.SOURCE, "storage", "schema.sql"), encoding="utf-8") as stream:
            schema = stream.read()
        newest = int(re.search(r"user_version = (\d+)", schema)[1])
        old = schema.split("-- Since schema 2")[0].replace(f"user_version = {newest}", "user_version = 1")
        with sqlite3.connect(self.path("tulkki.db")) as database:
            database.executescript(old)
        self.tulkki("runs")
        self.assertEqual(self.query("PRAGMA user_version"), [(1,)])
        self.assertIn("holds no sweep", self.tulkki("bench", "--table", code=1).stderr)
        self.tulkki("sweep", self.write(repetitions=1))
        self.assert_whole(2)
        self.assertEqual(self.query("PRAGMA user_version"), [(newest,)])


if __name__ == "__main__":
    unittest.main(verbosity=2)
