# SPDX-License-Identifier: Apache-2.0
"""What runs, report and export print for the database of fixture.py."""
import csv
import io
import json
import os
import sqlite3
import unicodedata

import support


class Output(support.CommandTest):
    def setUp(self):
        super().setUp()
        self.database = self.fixture()

    def query(self, *arguments, **options):
        return self.tulkki(*arguments, "--db", self.database, **options).stdout

    def exported(self, table, *runs):
        return list(csv.DictReader(io.StringIO(self.query("export", "csv", *runs, "--table", table))))

    def test_runs(self):
        self.assert_golden("runs.txt", self.query("runs"))
        runs = json.loads(self.query("runs", "--json"))
        self.assertEqual([run["run_id"] for run in runs], [1, 2, 3, 4])
        self.assertIsNone(runs[3]["exit_code"])

    def test_report_of_each_run(self):
        for run in ("1", "2", "3", "4"):
            text = self.query("report", run)
            self.assert_golden(f"report_{run}.txt", text)
            for line in text.splitlines():
                if not line.startswith("  trace "):  # a path is never cut: people copy it
                    self.assertLessEqual(len(line), 100, line)
                self.assertTrue(line.isprintable(), line)

    def test_report_by_each_grouping(self):
        text = "".join(self.query("report", "1", "--by", grouping)
                       for grouping in ("procedure", "site", "communicator", "peer", "size", "rank"))
        self.assert_golden("report_by.txt", text)
        self.assertIn("first 3 of 1000", self.query("report", "3", "--by", "rank", "--top", "3"))

    def test_names_of_a_run(self):
        self.assertEqual(self.query("report", "large"), self.query("report", "3"))
        self.assertEqual(self.query("report", "last"), self.query("report", "4"))
        self.assertEqual(self.query("report"), self.query("report", "4"))

    def test_translated_runs_say_so(self):
        with sqlite3.connect(self.database) as connection:
            connection.execute("UPDATE run SET translated = 1, front = 'mpich' WHERE run_id = 1")
        self.assertIn("(translated from mpich)", self.query("report", "1"))
        self.assertIn("(native)", self.query("report", "3"))
        first, second = self.query("runs").splitlines()[1:3]
        self.assertEqual(first.split()[-7:-5], ["openmpi", "translated"], first)
        self.assertIn("  native  ", second)

    def test_utf8_only_where_the_locale_has_it_and_colour_only_on_a_terminal(self):
        plain = self.query("report", "1")
        self.assertTrue(plain.isascii())
        self.assertNotIn("\033", plain)
        self.assertIn("█", self.query("report", "1", environment={"LC_ALL": "C.UTF-8"}))
        self.assertIn("\033[1m", self.on_terminal({}))
        self.assertNotIn("\033", self.on_terminal({"NO_COLOR": "1"}))

    def on_terminal(self, environment, *arguments, columns=100):
        code, text = super().on_terminal(*(arguments or ("report", "1")), "--db", self.database, environment=environment,
                                         columns=columns)
        self.assertEqual(code, 0, text)
        return text

    def columns(self, text):
        return sum(0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
                   for letter in text)

    def test_tables_fit_the_terminal(self):
        with sqlite3.connect(self.database) as connection:
            connection.execute("UPDATE run SET label = '数値計算の実行 ' || label || ' naïve e\u0301tude'")
        for columns in (60, 80, 100, 200):
            for arguments in (("runs",), ("report", "1"), ("report", "4"), ("report", "1", "--by", "site")):
                text = self.on_terminal({"LC_ALL": "C.UTF-8", "NO_COLOR": "1"}, *arguments, columns=columns)
                for line in text.splitlines():
                    if not line.startswith("  trace "):
                        self.assertLessEqual(self.columns(line), columns, (arguments, line))
        self.assertIn("数値計算の実行 large", text := self.on_terminal({"LC_ALL": "C.UTF-8"}, "runs", columns=200))
        lines = [line for line in text.splitlines() if "solver" in line]
        self.assertEqual(len({self.columns(line[:line.index("solver")]) for line in lines}), 1, text)
        self.assertIn("(not shown in 60 columns: ", self.on_terminal({}, "runs", columns=60))

    def test_unit_of_microseconds_follows_the_locale(self):
        self.assertIn(" us", self.query("report", "1", environment={"LC_ALL": "C"}))
        text = self.query("report", "1", environment={"LC_ALL": "C.UTF-8"})
        self.assertIn(" µs", text)
        self.assertNotIn(" us", text)

    def test_report_as_json(self):
        text = self.query("report", "1", "--json")
        self.assert_golden("report_1.json", text)
        report = json.loads(text)
        # Calls by hand: 4 ranks x (1 + 100 + 50 + 100 + 50 + 150 + 10).
        self.assertEqual(report["totals"]["calls"], 4 * 461)
        self.assertEqual(report["totals"]["mpi_share"], (300 + 350 + 400 + 450) / 8000)
        self.assertEqual(json.loads(self.query("report", "1", "--json", "--by", "peer"))["by"], "peer")

    def test_percentiles_agree_with_the_durations(self):
        import fixture
        replay = fixture.Fixture(sqlite3.connect(":memory:"))
        replay.insert = lambda *_, **__: None
        recorded = {}
        replay.call = lambda run, rank, procedure, durations, *_, **__: recorded.setdefault(
            procedure[0], []).extend(durations)
        fixture.four_ranks(replay)
        report = json.loads(self.query("report", "1", "--json"))
        self.assertEqual(len(report["procedures"]), len(recorded))
        for row in report["procedures"]:
            durations = sorted(recorded[row["procedure"]])
            for name, share in (("median_ns", 0.5), ("p99_ns", 0.99)):
                exact = durations[max(0, -(-int(share * 100) * len(durations) // 100) - 1)]
                self.assertAlmostEqual(row[name] / exact, 1, delta=0.03, msg=(row["procedure"], name))
            self.assertEqual(row["min_ns"], durations[0])
            self.assertEqual(row["max_ns"], durations[-1])

    def test_export_golden(self):
        for table in ("procedures", "sites", "matrix", "processes", "runs"):
            self.assert_golden(f"export_{table}.csv", self.query("export", "csv", "1", "2", "--table", table))

    def test_export_formats_hold_the_same(self):
        rows = self.exported("calls")
        connection = sqlite3.connect(self.database)
        self.assertEqual(len(rows), connection.execute("SELECT COUNT(*) FROM call").fetchone()[0])
        tsv = list(csv.DictReader(io.StringIO(self.query("export", "tsv", "--table", "calls")), delimiter="\t"))
        self.assertEqual(rows, tsv)
        objects = json.loads(self.query("export", "json", "--table", "calls"))
        self.assertEqual([{name: "" if value is None else value for name, value in row.items()} for row in objects],
                         [{name: type(objects[i][name])(value) if value != "" and objects[i][name] is not None else
                           value for name, value in row.items()} for i, row in enumerate(rows)])
        self.assertEqual(rows[0]["label"], 'melt, "quoted"')
        self.assertEqual(objects[-1]["label"][:9], "\033[31mred\n")

    def test_export_for_papers(self):
        rows = len(self.exported("runs"))
        latex = self.query("export", "latex", "--table", "runs")
        self.assertEqual(latex.count("\\\\\n"), rows + 1)
        self.assertIn("\\toprule", latex)
        self.assertIn('melt, "quoted"', latex)
        self.assertIn("own\\_cost\\_ns", latex)
        self.assertNotIn("\033", latex)
        markdown = self.query("export", "markdown", "--table", "runs").splitlines()
        self.assertEqual(len(markdown), rows + 2)
        self.assertEqual({line.replace("\\|", "").count("|") for line in markdown}, {markdown[1].count("|")})

    def test_export_sums_equal_the_contract_view(self):
        connection = sqlite3.connect(self.database)
        expected = connection.execute("SELECT run_id, rank, procedure, calls, bytes_sent, bytes_received FROM profile "
                                      "ORDER BY run_id, rank, procedure").fetchall()
        names = ("run_id", "rank", "procedure", "calls", "bytes_sent", "bytes_received")
        rows = [tuple(row[name] if name == "procedure" else int(row[name]) for name in names)
                for row in self.exported("procedures")]
        self.assertEqual(sorted(rows), expected)

    def test_histogram_counts_every_call(self):
        counts = {}
        for row in self.exported("histogram", "1"):
            self.assertLess(float(row["lower_ns"]), float(row["upper_ns"]))
            counts[row["procedure"]] = counts.get(row["procedure"], 0) + int(row["calls"])
        self.assertEqual(counts["MPI_Allreduce"], 600)
        self.assertEqual(sum(counts.values()), 4 * 461)

    def test_full_precision(self):
        connection = sqlite3.connect(self.database)
        exact = dict(connection.execute("SELECT rank, time_ns FROM call JOIN procedure USING (procedure_id) "
                                        "WHERE run_id = 1 AND name = 'MPI_Send'"))
        for row in self.exported("procedures", "1"):
            if row["procedure"] == "MPI_Send":
                self.assertEqual(float(row["time_ns"]), exact[int(row["rank"])])

    def test_export_overwrites_only_with_force(self):
        self.query("export", "csv", "-o", "out.csv")
        with open(self.path("out.csv"), encoding="utf-8") as stream:
            self.assertEqual(stream.read(), self.query("export", "csv"))
        self.write("out.csv", "mine")
        self.assertIn("--force", self.tulkki("export", "csv", "--db", self.database, "-o", "out.csv", code=1).stderr)
        with open(self.path("out.csv"), encoding="utf-8") as stream:
            self.assertEqual(stream.read(), "mine")
        self.query("export", "csv", "-o", "out.csv", "--force")
        self.assertGreater(os.path.getsize(self.path("out.csv")), 100)
        # One that fails leaves nothing behind.
        self.tulkki("export", "csv", "absent", "--db", self.database, "-o", "new.csv", code=1)
        self.assertEqual(sorted(os.listdir(self.folder)), ["fixture.db", "out.csv"])


if __name__ == "__main__":
    support.main()
