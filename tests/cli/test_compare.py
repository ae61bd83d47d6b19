# SPDX-License-Identifier: Apache-2.0
"""What `tulkki compare` prints for the database of compare_fixture.py, and what it says to wrong questions."""
import csv
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys

import support


class Compare(support.CommandTest):
    def setUp(self):
        super().setUp()
        self.database = self.path("compare.db")
        subprocess.run([sys.executable, os.path.join(support.HERE, "compare_fixture.py"),
                        os.path.join(support.SOURCE, "storage", "schema.sql"), self.database], check=True)

    def compare(self, *arguments):
        return self.tulkki("compare", *arguments, "--db", self.database).stdout

    def test_tables_fit_the_terminal(self):
        for columns in (80, 100, 200):
            for arguments in (("shm", "tcp"), ("--by", "backend,transport")):
                code, text = self.on_terminal("compare", *arguments, "--db", self.database, columns=columns,
                                              environment={"NO_COLOR": "1"})
                self.assertEqual(code, 0, text)
                self.assertLessEqual(max(map(len, text.splitlines())), columns, text)

    def test_two_series(self):
        text = self.compare("label=shm", "label=tcp")
        self.assert_golden("compare_two.txt", text)
        for line in text.splitlines():
            self.assertLessEqual(len(line), 100, line)
            self.assertTrue(line.isprintable(), line)

    def test_several_series_by_factors(self):
        text = self.compare("--by", "backend,transport", "1-21", "--baseline", "openmpi shm", "--metric",
                            "wall_time,latency,throughput,iops", "--procedure", "Send,Allreduce", "--waterfall")
        self.assert_golden("compare_by.txt", text)

    def test_papers(self):
        self.assert_golden("compare.tex", self.compare("shm", "mpich", "--latex"))
        self.assert_golden("compare.md", self.compare("shm", "mpich", "--markdown"))
        self.assert_golden("compare.csv", self.compare("shm", "mpich", "--csv", "--top", "2"))
        self.assert_golden("compare_method.txt", self.compare("shm", "mpich", "--method"))

    def test_latex_has_a_row_and_a_separator_for_each_cell(self):
        lines = self.compare("shm", "tcp", "--latex").splitlines()
        columns = next(line for line in lines if line.startswith(r"\begin{tabular}"))
        rows = [line for line in lines if line.endswith(r"\\") and "multicolumn" not in line]
        self.assertGreater(len(rows), 5)
        for row in rows:
            self.assertEqual(row.count(" & "), len(columns.split("{")[-1].rstrip("}")) - 1, row)

    def test_latex_takes_any_name(self):
        with sqlite3.connect(self.database) as connection:
            connection.execute("UPDATE run SET label = ? WHERE label = 'tcp'", ("a_b 50% & #1 $x~y^z {q} \\ <t> |\n\\end{tabular}",))
        text = self.compare("--by", "label", "1-21", "--latex")
        before, table = text.split("\\begin{tabular}", 1)
        for line in before.splitlines():
            self.assertTrue(line.startswith("% "), line)
        self.assertEqual(table.count("\\end{tabular}"), 1)
        self.assertIn(r"a\_b 50\% \& \#1 \$x\textasciitilde{}y", table.replace("$\\sim$", r"\textasciitilde{}"))
        if shutil.which("pdflatex"):
            self.write("paper.tex", "\\documentclass{article}\\usepackage{booktabs}\\begin{document}\n" + text + "\\end{document}\n")
            subprocess.run(["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "paper.tex"], cwd=self.folder, check=True,
                           stdout=subprocess.DEVNULL, timeout=120)

    def test_json_agrees_with_the_database(self):
        report = json.loads(self.compare("label=shm", "label=tcp", "--json"))
        connection = sqlite3.connect(self.database)
        walls = {label: sorted(row[0] for row in connection.execute(
            "SELECT wall_ns FROM run WHERE label = ? AND run_id < 22", (label,))) for label in ("shm", "tcp")}
        row = report["rows"][0]
        self.assertEqual(row["metric"], "wall_time")
        for series, label in zip(row["series"], ("shm", "tcp")):
            self.assertEqual(sorted(series["values"]), walls[label])
            self.assertEqual(series["summary"]["median"], walls[label][3])
        self.assertEqual(report["left_out"], [22, 23])
        self.assertEqual(report["factors_that_differ"][0]["factor"], "transport")
        waterfall = report["waterfalls"][0]
        self.assertEqual(waterfall["change_ns"], walls["tcp"][3] - walls["shm"][3])
        self.assertEqual(sum(term["change_ns"] for term in waterfall["terms"]), waterfall["change_ns"])
        for term in waterfall["terms"]:
            if term["kind"] == "procedure":
                self.assertEqual(sum(term[f"{part}_ns"] for part in ("calls", "bytes", "speed", "waiting")), term["change_ns"])
        self.assertIn("mean of 7 launches", self.compare("shm", "tcp", "--basis", "mean"))

    def test_csv_is_tidy(self):
        rows = list(csv.DictReader(io.StringIO(self.compare("shm", "tcp", "--csv", "--metric", "all", "--by-size", "--all"))))
        self.assertEqual({row["series"] for row in rows}, {"A", "B"})
        self.assertEqual(len({(row["series"], row["procedure"], row["size_from_bytes"], row["metric"]) for row in rows}), len(rows))
        send = [row for row in rows if row["procedure"] == "MPI_Send" and row["metric"] == "throughput"]
        self.assertEqual(sorted({int(row["size_from_bytes"]) for row in send}), [1024, 1 << 20])
        for row in rows:
            self.assertLessEqual(float(row["min"]), float(row["median"]))
            self.assertLessEqual(float(row["median"]), float(row["max"]))

    def measure(self):
        """Every launch printed a rate of its own and two latencies; those of tcp are worse."""
        with sqlite3.connect(self.database) as connection:
            for run, label in connection.execute("SELECT run_id, label FROM run WHERE run_id < 22").fetchall():
                factor = (3 if label == "tcp" else 1) * (1 + run / 1000)
                connection.executemany("INSERT INTO measurement VALUES (?, ?, ?, ?, ?, ?)",
                                       [(run, "ping", 8, "latency", "us", 1.5 * factor), (run, "ping", 4096, "latency", "us", 4 * factor),
                                        (run, "loop", 0, "steps", "steps/s", 12_345 / factor)])

    def test_measurements(self):
        self.measure()
        self.assertIn("--metric measurement", self.compare("shm", "tcp"))
        text = self.compare("shm", "tcp", "--metric", "measurement")
        self.assert_golden("compare_measured.txt", text)
        self.assertEqual(text, self.compare("shm", "tcp", "--workload", "ping,loop"))
        within = self.compare("--by", "transport", "1-21", "--within", "backend", "--metric", "measured:latency,steps", "--bytes", "8")
        self.assert_golden("compare_within.txt", within)
        method = self.compare("--by", "transport", "1-21", "--within", "backend", "--metric", "steps", "--method")
        self.assertIn("Measured and printed by the programs themselves, one value per launch: steps of loop.", method)
        self.assertIn("compared with A (shm) within each backend by", method)
        # The recorder's own names stay what they are.
        self.assertNotIn("Measured", self.compare("shm", "tcp", "--metric", "latency"))
        self.assertIn("Measured", self.compare("shm", "tcp", "--metric", "all"))

    def test_measurements_for_programs_and_papers(self):
        self.measure()
        rows = list(csv.DictReader(io.StringIO(self.compare("shm", "tcp", "--csv", "--metric", "measurement"))))
        self.assertEqual([(row["series"], row["workload"], row["bytes"], row["metric"], row["unit"]) for row in rows],
                         [(series, *rest) for rest in (("loop", "0", "measured:steps", "steps/s"), ("ping", "8", "measured:latency", "us"),
                                                       ("ping", "4096", "measured:latency", "us")) for series in "AB"])
        exported = list(csv.DictReader(io.StringIO(self.tulkki("export", "csv", "--db", self.database, "--table", "measurements").stdout)))
        self.assertEqual(len(exported), 3 * 21)
        for row in rows:
            label = "shm" if row["series"] == "A" else "tcp"
            values = sorted(float(one["value"]) for one in exported if one["label"] == label and one["workload"] == row["workload"] and
                            one["bytes"] == row["bytes"])
            self.assertEqual(float(row["median"]), values[3])
        report = json.loads(self.compare("shm", "tcp", "--json", "--metric", "steps"))
        self.assertEqual([(row["workload"], row["metric"], row["series"][1]["against_baseline"]["verdict"]) for row in report["rows"]],
                         [("loop", "measured:steps", "slower")])
        self.assertEqual(report["waterfalls"], [])
        self.assertIn("\\emph{Measured by the program: latency of ping}", self.compare("shm", "tcp", "--latex", "--workload", "ping"))
        self.assertIn("| steps |", self.compare("shm", "tcp", "--markdown", "--metric", "steps"))
        report = json.loads(self.tulkki("report", "1", "--json", "--db", self.database).stdout)
        self.assertEqual([one["value"] for one in report["measurements"] if one["workload"] == "loop"],
                         [float(row["value"]) for row in exported if row["run_id"] == "1" and row["workload"] == "loop"])
        self.assertIn("ping latency", self.tulkki("report", "1", "--db", self.database).stdout)

    def test_wrong_measurements(self):
        self.measure()
        database = ("--db", self.database)
        self.refused("shm", "tcp", "--metric", "speed", *database, code=2, says="'speed'; the metrics are wall_time")
        self.refused("shm", "tcp", "--metric", "speed", *database, code=2, says="these programs measured steps, latency")
        self.refused("shm", "tcp", "--metric", "measured:speed", *database, code=1,
                     says="no launch measured speed; there are measurements of latency of ping, steps of loop")
        self.refused("shm", "tcp", "--workload", "sing", *database, code=1, says="there are measurements of loop, ping (4096 bytes), ping (8 bytes)")
        self.refused("shm", "tcp", "--within", "colour", code=2, says="--within: there is no factor 'colour'")
        self.refused("24", "25", "--metric", "measurement", *database, code=1, says="printed no measurements")

    def test_few_launches_and_other_programs_are_said(self):
        text = self.compare("1", "24")
        self.assertIn("too few launches of A (n=1) and B (n=1)", text)
        self.assertIn("too few (+5)", text)
        self.assertIn("program (A: solver; B: other)", text)
        self.assertNotIn("faster", text)

    def test_output_file(self):
        self.compare("shm", "tcp", "--csv", "-o", self.path("table.csv"))
        with open(self.path("table.csv"), encoding="utf-8") as stream:
            self.assertEqual(stream.read(), self.compare("shm", "tcp", "--csv"))
        refused = self.tulkki("compare", "shm", "tcp", "--db", self.database, "-o", self.path("table.csv"), code=1)
        self.assertIn("--force", refused.stderr)

    def refused(self, *arguments, code, says):
        result = self.tulkki("compare", *arguments, code=code)
        self.assertEqual(result.stdout, "")
        self.assertIn(says, result.stderr)
        self.assertEqual(len(result.stderr.splitlines()), 2 if code == 2 else 1, result.stderr)

    def test_wrong_use(self):
        self.refused(code=2, says="Name two series")
        self.refused("1-6", code=2, says="1-6 is only one series")
        self.refused("1", "2", "--metric", "speed", "--db", self.database, code=2, says="'speed'; the metrics are wall_time")
        self.refused("--by", "colour", code=2, says="there is no factor 'colour'; choose from label, program")
        self.refused("1", "2", "--csv", "--json", code=2, says="give one of")
        self.refused("1", "2", "--threshold", "-1", code=2, says="--threshold")
        self.refused("1", "2", "--basis", "best", code=2, says="--basis")

    def test_failures(self):
        database = ("--db", self.database)
        self.refused("1", "99", *database, code=1, says="there is no run 99")
        self.refused("1", "transport=ucx", *database, code=1, says="no run has transport=ucx; there are: default, shm, tcp")
        self.refused("1", "nobody", *database, code=1, says="no run has the label 'nobody'")
        self.refused("1-8", "8", *database, code=1, says="run 8 is in")
        self.refused("22", "1", *database, code=1, says="no launch of 'run 22' finished")
        self.refused("1", "2", "--baseline", "C", *database, code=1, says="there is no series 'C'")
        self.refused("1", "2", "--procedure", "Bcast", *database, code=1, says="no launch called MPI_Bcast")
        self.refused("1", "2", "--pairs", *database, code=1, says="has a trace")
        self.refused("1-3", "--by", "kernel", *database, code=1, says="the same kernel")
        self.refused("1", "2", "--db", self.path("absent.db"), code=1, says="absent.db")
        self.refused("1", "2", "--db", self.write("text.db", "no database, but long enough to be looked at" * 100), code=1, says="text.db")
        connection = sqlite3.connect(self.database)
        connection.execute("PRAGMA user_version = 999")
        connection.close()
        self.refused("1", "2", *database, code=1, says="999")


if __name__ == "__main__":
    support.main()
