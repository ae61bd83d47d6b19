#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every SQL, Python and R example of docs/formats.md and docs/querying.md on the database of the golden test.
Usage: docs_test.py TEST_PROGRAM DOCS_FOLDER. An example fails when it gives an error or prints nothing."""
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

program, docs = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
failures = counted = 0
has_r = shutil.which("Rscript") is not None and subprocess.run(
    ["Rscript", "-e", "quit(status = !requireNamespace('RSQLite', quietly = TRUE))"], check=False).returncode == 0

with tempfile.TemporaryDirectory() as folder:
    database = os.path.join(folder, "tulkki.db")
    made = subprocess.run([program, "--gtest_filter=Golden.*"], env={**os.environ, "TULKKI_KEEP_GOLDEN": database},
                          stdout=subprocess.PIPE, text=True, check=False)
    if made.returncode != 0 or not os.path.exists(database):
        sys.exit("the golden test fails, so there is no database to ask:\n" + made.stdout)
    with sqlite3.connect(database) as study:   # as a workload of `tulkki bench` leaves it
        study.execute("INSERT INTO measurement VALUES (1, 'sync', 0, 'throughput', 'Mbit/s', 1000)")
    commands = {
        "sql": lambda text: [sys.executable, "-c",
                             "import sqlite3, sys\n"
                             "for row in sqlite3.connect('tulkki.db').execute(sys.argv[1]): print(row)", text],
        "python": lambda text: [sys.executable, "-c", text],
        "r": lambda text: ["Rscript", "-e", text],
    }
    for name in ("formats.md", "querying.md"):
        with open(os.path.join(docs, name), encoding="utf-8") as file:
            content = file.read()
        for language, text in re.findall(r"^```(\w+)\n(.*?)^```", content, re.DOTALL | re.MULTILINE):
            if language == "r" and not has_r:
                print(f"{name}: the R example is not tried: R with the package RSQLite is not installed")
                continue
            done = subprocess.run(commands[language](text), cwd=folder, capture_output=True, text=True, check=False)
            counted += 1
            if done.returncode != 0 or not done.stdout.strip():
                failures += 1
                print(f"{name}: this {language} example fails or prints nothing:\n{text}{done.stderr}")
            elif "-v" in sys.argv:
                print(f"--- {name}\n{text}{done.stdout}")

print(f"{counted} examples, {failures} failures")
sys.exit(1 if failures or counted < 10 else 0)
