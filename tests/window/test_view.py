# SPDX-License-Identifier: Apache-2.0
"""`tulkki view` without a display: figures, tables and pictures; numbers equal those of the other commands."""
import csv
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import unittest

SOURCE = os.environ["TULKKI_SOURCE"]
sys.path.insert(0, os.path.join(SOURCE, "tests", "cli"))
from support import CommandTest, main  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
STUDY = os.environ["TULKKI_TEST_STUDY"]
FORMS = ("bandwidth", "zoomed", "ratio", "cdf", "box", "stacked", "points", "waterfall", "scaling", "heatmap", "density", "panels")


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


class View(CommandTest):
    def setUp(self):
        super().setUp()
        self.environment.pop("DISPLAY", None)
        self.environment.pop("WAYLAND_DISPLAY", None)
        self.environment.pop("QT_QPA_PLATFORM", None)
        subprocess.run([sys.executable, os.path.join(HERE, "make_figures.py"), self.folder], check=True)

    def view(self, *arguments, **options):
        return self.tulkki("view", *arguments, **options)

    def table(self, name, *arguments):
        return rows_of(self.view("--db", STUDY, "--table", name, "--csv", "-", *arguments).stdout)

    def test_without_display_the_window_says_what_to_do(self):
        self.assertIn("--figure", self.view("--db", STUDY, code=1).stderr)

    def test_every_form_as_every_format(self):
        for form in FORMS:
            for ending in ("pdf", "svg", "png", "csv"):
                self.view("--figure", form + ".json", "--out", f"{form}.{ending}")
                self.assertGreater(os.path.getsize(self.path(f"{form}.{ending}")), 200, f"{form}.{ending}")

    def test_fonts_are_embedded_and_the_size_is_exact(self):
        self.view("--figure", "bandwidth.json", "--out", "f.pdf")
        fonts = subprocess.run(["pdffonts", self.path("f.pdf")], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
        self.assertTrue(fonts)
        for line in fonts:
            self.assertRegex(line, r"TrueType +\S+ +yes ", "not embedded")
        self.assertIn("LiberationSans", "".join(fonts))
        info = subprocess.run(["pdfinfo", self.path("f.pdf")], capture_output=True, text=True, check=True).stdout
        size = re.search(r"Page size: +([\d.]+) x ([\d.]+)", info)
        self.assertAlmostEqual(float(size[1]), 252, delta=0.6)   # 3.5 in
        text = subprocess.run(["pdftotext", self.path("f.pdf"), "-"], capture_output=True, text=True, check=True).stdout
        for label in ("1 KiB", "Bandwidth (GB/s)", "Open MPI tcp"):
            self.assertIn(label, text.replace("\u00a0", " "))

    def test_nothing_leaks_out_of_a_zoomed_svg(self):
        self.view("--figure", "zoomed.json", "--out", "z.svg")
        with open(self.path("z.svg"), encoding="utf-8") as file:
            svg = file.read()
        box = [float(number) for number in re.search(r'viewBox="([^"]+)"', svg)[1].split()]
        scale = 1
        for matrix in re.finditer(r'<g[^>]*transform="matrix\(([^)]+)\)"[^>]*>\s*<polyline[^>]*points="([^"]+)"', svg):
            scale = float(matrix[1].split(",")[0])
            places = re.findall(r"([-\d.]+),([-\d.]+)", matrix[2])
            if len({y for _, y in places}) == 1:
                continue  # grid, or a line of the legend
            for x, y in places:
                self.assertGreater(float(x) * scale, box[0] - 1)
                self.assertLess(float(x) * scale, box[2] + 1)
                self.assertLess(float(y) * scale, box[3] + 1)
                self.assertGreater(float(y) * scale, 20, "above the axes, where the legend is")

    def test_the_same_figure_twice_is_the_same_file(self):
        for name in ("a.png", "b.png"):
            self.view("--figure", "stacked.json", "--out", name)
        with open(self.path("a.png"), "rb") as first, open(self.path("b.png"), "rb") as second:
            self.assertEqual(first.read(), second.read())

    def test_a_small_figure_json_asks_the_database(self):
        self.write("small.json", json.dumps({
            "tulkki_figure": 1, "form": "curve", "style": {"width": "two-column"},
            "query": {"page": "compare", "databases": [STUDY],
                      "state": {"series": ["backend"], "metric": "latency", "form": "curve", "procedure": "MPI_Send"}}}))
        self.view("--figure", "small.json", "--out", "small.csv")
        with open(self.path("small.csv"), encoding="utf-8") as file:
            rows = rows_of(file.read())
        self.assertEqual({row["series"] for row in rows}, {"openmpi", "mpich"})
        self.assertEqual(len(rows), 42)
        self.view("--figure", "small.json", "--out", "small.pdf")
        with open(self.path("small.json"), encoding="utf-8") as file:
            self.write("elsewhere.json", file.read().replace(STUDY, "nowhere.db"))
        self.assertIn("nowhere.db", self.view("--figure", "elsewhere.json", "--out", "none.csv", code=1).stderr)
        self.view("--figure", "elsewhere.json", "--db", STUDY, "--out", "elsewhere.csv")
        with open(self.path("elsewhere.csv"), encoding="utf-8") as file:
            self.assertEqual(rows_of(file.read()), rows)

    def measured_study(self):
        """A copy of the study in which every launch printed the rate of two workloads; on mpich "far" is slower."""
        shutil.copy(STUDY, self.path("measured.db"))
        with sqlite3.connect(self.path("measured.db")) as database:
            for run, backend in database.execute("SELECT run_id, backend FROM run").fetchall():
                for workload, rate in (("near", 4000), ("far", 1000 if backend == "mpich" else 2000)):
                    database.execute("INSERT INTO measurement VALUES (?, ?, 0, 'rate', 'Mbit/s', ?)", (run, workload, rate + run))

    def test_points_of_measurements_equal_tulkki_compare(self):
        self.measured_study()
        self.write("points.json", json.dumps({
            "tulkki_figure": 1, "query": {"page": "points", "databases": ["measured.db"], "rows": ["transport"], "workloads": ["near", "far"],
                                          "names": {"openmpi": "Open MPI", "mpich": "MPICH"}, "state": {"series": ["backend"], "baseline": "openmpi", "metric": "measured:rate"}}}))
        self.view("--figure", "points.json", "--out", "points.csv")
        with open(self.path("points.csv"), encoding="utf-8") as file:
            rows = rows_of(file.read())
        self.assertEqual([(row["panel"], row["series"], row["unit"]) for row in rows],
                         [("near", "Open MPI", "Gbit/s"), ("near", "MPICH", "Gbit/s"), ("far", "Open MPI", "Gbit/s"), ("far", "MPICH", "Gbit/s")])
        report = json.loads(self.tulkki("compare", "--db", "measured.db", "--by", "backend", "--baseline", "openmpi", "--within", "transport",
                                        "--metric", "rate", "--json").stdout)
        keys = {series["key"]: {"openmpi": "Open MPI", "mpich": "MPICH"}[series["name"]] for series in report["series"]}
        for row in report["rows"]:
            for series in row["series"]:
                drawn, = [one for one in rows if one["panel"] == row["workload"] and one["series"] == keys[series["series"]]]
                self.assertEqual(drawn["x"], row["within"])
                self.assertAlmostEqual(float(drawn["value"]), series["summary"]["median"] / 1000, places=9)
                self.assertAlmostEqual(float(drawn["low"]), series["summary"]["interval"]["low"] / 1000, places=9)
                self.assertEqual(drawn["note"], series.get("against_baseline", {}).get("verdict", ""))
        self.assertEqual([row["note"] for row in rows], ["", "~", "", "slower"])
        for ending in ("pdf", "png"):
            self.view("--figure", "points.json", "--out", "points." + ending)
        text = subprocess.run(["pdftotext", self.path("points.pdf"), "-"], capture_output=True, text=True, check=True).stdout
        for label in ("near", "far", "MPICH", "Rate (Gbit/s)"):
            self.assertIn(label, text.replace("\u00a0", " "))

    def test_wrong_figures(self):
        points = {"page": "points", "databases": [STUDY]}
        cases = [({"tulkki_figure": 1, "query": {**points, "rows": ["colour"]}}, "/query/rows: there is no factor 'colour'"),
                 ({"tulkki_figure": 1, "query": {**points, "workloads": "all"}}, "/query/workloads"),
                 ({"tulkki_figure": 1, "query": {**points, "page": "compare", "rows": ["backend"]}}, "/query/rows"),
                 ({"tulkki_figure": 1, "query": {**points, "names": {"openmpi": 4}}}, "/query/names/openmpi"),
                 ({"tulkki_figure": 1, "query": {**points, "state": {"metric": "measured:speed"}}}, "no launch measured speed"),
                 ({"tulkki_figure": 1, "style": {"width": "wide"}}, "/style/width"),
                 ({"tulkki_figure": 1, "query": {"page": "home"}}, "/query/page"),
                 ({"tulkki_figure": 1, "query": {"databases": ["no.db"]}}, "no.db"),
                 ({"tulkki_figure": 1, "query": {"databases": [STUDY], "state": {"metric": "speed"}}}, "/query/state/metric"),
                 ({"tulkki_figure": 1}, "there is nothing to draw")]
        for figure, message in cases:
            self.write("wrong.json", json.dumps(figure))
            result = self.view("--figure", "wrong.json", "--out", "x.pdf", code=1)
            self.assertIn(message, result.stderr)
            self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
            self.assertFalse(os.path.exists(self.path("x.pdf")))
        self.assertIn("must end in", self.view("--figure", "box.json", "--out", "x.bmp", code=1).stderr)
        self.view("--figure", "box.json", code=2)
        self.assertIn("there is no table", self.view("--db", STUDY, "--table", "speed", code=2).stderr)
        self.assertIn("there is no page", self.view("--db", STUDY, "--screenshot", "x.png", "--page", "home", code=2).stderr)
        self.assertIn("no metric", self.view("--db", STUDY, "--metric", "speed", "--table", "compare", code=1).stderr)
        self.assertIn("no.db", self.view("--db", "no.db", "--table", "compare", code=1).stderr)

    def test_pictures_of_all_pages(self):
        for page in ("compare", "functions", "sizes", "matrix", "pairs", "timeline", "io", "setup", "figure"):
            self.view("--db", STUDY, "--screenshot", page + ".png", "--page", page, "--theme", "dark")
            self.assertGreater(os.path.getsize(self.path(page + ".png")), 10_000)

    def test_a_search_says_why_it_shows_nothing(self):
        for search, page, code, says in (("peer = 1", "timeline", 1, "--find 'peer = 1': there is no trace to search"),
                                         ("durtion > 1", "timeline", 1, "--find 'durtion > 1': at character 1 (\"durtion\"): expected a field"),
                                         ("peer = 1", "compare", 2, "--find needs --page timeline")):
            result = self.view("--db", STUDY, "--screenshot", "x.png", "--page", page, "--find", search, code=code)
            self.assertIn(says, result.stderr)
            self.assertFalse(os.path.exists(self.path("x.png")))

    def test_comparison_equals_tulkki_compare(self):
        mine = self.table("compare", "--by", "backend")
        theirs = json.loads(self.tulkki("compare", "--db", STUDY, "--by", "backend", "--metric", "wall_time", "--json").stdout)
        row = next(row for row in theirs["rows"] if row["metric"] == "wall_time")
        for series, entry in zip(theirs["series"], row["series"]):
            own = next(own for own in mine if own["series"] == series["name"])
            summary = entry.get("summary", entry)
            self.assertEqual(float(own["median"]), summary["median"])
            self.assertEqual(float(own["ci_low"]), summary["interval"]["low"])
            self.assertEqual(float(own["p99"]), summary["q99"])

    def test_functions_equal_tulkki_export(self):
        exported = rows_of(self.tulkki("export", "csv", "--db", STUDY, "--table", "procedures").stdout)
        for row in self.table("functions", "--by", "backend"):
            for backend in ("openmpi", "mpich"):
                calls, times = {}, {}
                for entry in exported:
                    if entry["procedure"] == row["procedure"] and entry["backend"] == backend:
                        calls[entry["run_id"]] = calls.get(entry["run_id"], 0) + int(entry["calls"])
                        times[entry["run_id"]] = times.get(entry["run_id"], 0) + float(entry["time_ns"])
                self.assertEqual(float(row[f"calls [{backend}]"]), sorted(calls.values())[len(calls) // 2])
                ordered = sorted(time / 4 for time in times.values())
                median = (ordered[2] + ordered[3]) / 2
                self.assertAlmostEqual(float(row[f"time_ns [{backend}]"]) / median, 1, places=9)

    def test_the_waterfall_sums_to_the_difference(self):
        rows = self.table("waterfall", "--by", "backend")
        total = next(row for row in rows if row["term"] == "run time")
        self.assertEqual(sum(int(row["change_ns"]) for row in rows if row is not total), int(total["change_ns"]))
        self.assertNotEqual(int(total["change_ns"]), 0)

    def test_the_protocol_switch_is_found(self):
        rows = self.table("sizes", "--by", "backend", "--procedure", "Send")
        self.assertEqual({row["size_class"] for row in rows if row["step"] == "switch"}, {"64 KiB - 128 KiB"})

    def test_matrix_and_files(self):
        matrix = self.table("matrix", "--by", "backend")
        self.assertEqual(len(matrix), 4)
        self.assertEqual(float(matrix[0]["bytes [openmpi]"]), 20 * sum(1 << power for power in range(21)))
        files = self.table("io", "--by", "backend")
        self.assertEqual({row["file"] for row in files}, {"results.bin"})
        self.assertEqual({float(row["calls"]) for row in files}, {240.0})

    def test_measurements_equal_tulkki_bench(self):
        theirs = json.loads(self.tulkki("bench", "--table", "--json", "--db", STUDY).stdout)["series"]
        for metric, workload in (("measured:latency:us", "latency"), ("measured:throughput", "sync")):
            rows = self.table("compare", "--by", "backend", "--metric", metric, "--workload", workload)
            wanted = [series for series in theirs if series["workload"] == workload]
            self.assertEqual(len(rows), len(wanted))
            for series in wanted:
                row = next(row for row in rows if row["series"] == series["backend"] and int(row["bytes"]) == series["bytes"])
                self.assertEqual(row["unit"], series["unit"])
                self.assertEqual(float(row["median"]), series["median"])
                self.assertEqual(float(row["ci_low"]), series["interval"][0])
                self.assertEqual(int(row["launches"]), len(series["values"]))
        compared = json.loads(self.tulkki("compare", "--db", STUDY, "--by", "backend", "--metric", "measured:throughput", "--json").stdout)
        mpich = next(entry for entry in compared["rows"][0]["series"] if "against_baseline" in entry)
        self.assertEqual(compared["rows"][0]["metric"], "measured:throughput")
        self.assertIn(mpich["summary"]["median"], [float(row["median"]) for row in rows])
        verdicts = {row["series"]: row["verdict"] for row in rows}
        self.assertEqual(verdicts, {"openmpi": "baseline", "mpich": "slower"})
        self.assertIn("measured", self.view("--db", STUDY, "--metric", "measured:speed", "--table", "compare", code=1).stderr)

    def test_calls_of_a_cell_are_those_of_the_export(self):
        matrix = self.table("matrix", "--by", "backend")
        cell = self.table("cell", "--by", "backend", "--cell", "0,1")
        of_pair = next(row for row in matrix if (row["sender"], row["receiver"]) == ("0", "1"))
        exported = [row for row in rows_of(self.tulkki("export", "csv", "--db", STUDY, "--table", "calls").stdout)
                    if row["rank"] == "0" and row["peer"] == "1"]
        for backend in ("openmpi", "mpich"):
            mine = [row for row in cell if row["side"] == "sender"]
            theirs = [row for row in exported if row["backend"] == backend]
            self.assertEqual(sum(float(row[f"bytes [{backend}]"]) for row in mine), float(of_pair[f"bytes [{backend}]"]))
            self.assertAlmostEqual(sum(float(row[f"calls [{backend}]"]) for row in mine), sum(int(row["calls"]) for row in theirs) / 6, places=6)
            time_ns = sum(float(row["time_ns"]) for row in theirs) / 6
            self.assertAlmostEqual(sum(float(row[f"time_ns [{backend}]"]) for row in mine) / time_ns, 1, places=9)
        for wrong in ("0", "0-1,2", "1-0,1-0", "0-1,1-3"):
            self.assertIn("write sender and receiver", self.view("--db", STUDY, "--table", "cell", "--cell", wrong, code=1).stderr)

    def test_calls_of_a_block_are_those_of_its_cells(self):
        def calls(cell):
            return sorted(tuple(row.values()) for row in self.table("cell", "--by", "backend", "--cell", cell))
        # 0 sends to 1, 1 to 2, 2 to 3, 3 to 0
        self.assertEqual(calls("0-1,2-3"), calls("1,2"))
        self.assertEqual(calls("0-1,1-2"), sorted(calls("0,1") + calls("1,2")))
        self.assertEqual(len(calls("2-3,0-1")), 21)

    def test_the_cost_of_recording_is_that_of_tulkki_compare(self):
        mine = self.table("compare", "--by", "backend", "--metric", "latency", "--procedure", "Send")
        theirs = rows_of(self.tulkki("compare", "--db", STUDY, "--by", "backend", "--metric", "latency", "--procedure", "Send",
                                     "--by-size", "--csv").stdout)
        self.assertEqual(len(mine), len(theirs))
        for backend in ("openmpi", "mpich"):
            pairs = zip((row for row in mine if row["series"] == backend), (row for row in theirs if row["series_name"] == backend))
            for own, other in pairs:
                self.assertEqual(own["recorder_band"], other["recorder_band"])
                self.assertEqual(own["median"], other["median"])
                self.assertGreater(float(own["recorder_band"]), 18.25 + 8.5)
        self.write("band.json", json.dumps({"tulkki_figure": 1, "query": {"databases": [STUDY], "state": {
            "series": ["backend"], "metric": "latency", "form": "ratio", "procedure": "MPI_Send"}}}))
        self.view("--figure", "band.json", "--out", "band.pdf")
        text = subprocess.run(["pdftotext", self.path("band.pdf"), "-"], capture_output=True, text=True, check=True).stdout
        self.assertIn("within what recording costs", text)

    def test_latex(self):
        table = self.view("--db", STUDY, "--by", "backend", "--table", "compare", "--latex", "-").stdout
        self.assertIn("\\toprule", table)
        self.assertIn("slower", table)
        self.assertNotRegex(table, r"(?<!\\)_")
        for form, words in (("bandwidth", "1~KiB"), ("box", "launches"), ("ratio", "[")):
            self.view("--figure", form + ".json", "--out", form + ".tex")
            with open(self.path(form + ".tex"), encoding="utf-8") as file:
                self.assertIn(words, file.read(), form)
        self.assertIn("cannot be written as a table", self.view("--figure", "heatmap.json", "--out", "heatmap.tex", code=1).stderr)

    def test_setup_warns_of_what_differs_too(self):
        result = self.view("--db", STUDY, "--by", "backend", "--table", "setup", "--csv", "-")
        self.assertIn("translated differs too", result.stderr)
        rows = rows_of(result.stdout)
        self.assertEqual(rows[0]["note"], "differs too")


if __name__ == "__main__":
    main()
