#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Fails on what breaks the structure of the project: an include against the arrows of docs/architecture.md, a file
that is too long, a missing licence line, a stray top-level folder. Usage: check_layers.py [ROOT]
"""
import fnmatch
import os
import re
import sys

FOLDERS = ("interposer", "translator", "storage", "viewer", "scripts", "tests", "docs")
# Who may include whose headers; its own always. Generated headers ("tulkki/...") belong to all.
ALLOWED = {
    "interposer": {"translator", "storage"},
    "translator": set(),
    "storage": set(),
    "viewer": {"storage"},
}
# Libraries that must not reach a folder: (pattern of the included header, folders that it is kept out of, why).
QT_FREE = ("viewer/analysis", "viewer/cli", "viewer/trace", "viewer/transports", "viewer/sweep", "viewer/workloads")
FOREIGN = (
    (r"mpif?\.h", ("interposer", "translator", "storage", "viewer"), "one binary serves every MPI: no mpi.h of one"),
    (r"(otf2|sqlite3)\b.*", ("interposer", "translator"), "nothing converts inside the user's process"),
    (r"(Q[A-Z]|Qt).*", ("interposer", "translator", "storage", *QT_FREE), "Qt: the window only"),
    (r"qcustomplot\.h", ("viewer/model", "viewer/pages", "viewer/timeline"), "figures are drawn by viewer/plot"),
    (r"(QApplication|QWidget|QtWidgets|QMainWindow|QPainter).*", ("viewer/model",), "models are tested without widgets"),
)
PROGRAMS = ("translator/selftest/",)
CODE = (".h", ".hpp", ".c", ".cc", ".cpp", ".inc", ".S", ".py", ".sh", ".f", ".f90", ".F90", ".cmake", ".sql")
INCLUDING = (".h", ".hpp", ".c", ".cc", ".cpp", ".inc")
WARN_LINES, MAX_LINES = 400, 600
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')


def ignored_patterns(root):
    try:
        with open(os.path.join(root, ".gitignore"), encoding="utf-8") as lines:
            return [line.strip().strip("/") for line in lines if line.strip() and not line.startswith("#")]
    except FileNotFoundError:
        return []


def is_ignored(name, patterns):
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


def is_source(path, first_line):
    name = os.path.basename(path)
    return name.endswith(CODE) or name == "CMakeLists.txt" or first_line.startswith("#!")


def check_lines(path, lines, report):
    head = "\n".join(lines[:3])
    found = re.search(r"SPDX-License-Identifier: (\S+)", head)
    window = path.startswith("viewer/") and not path.startswith(tuple(f"{folder}/" for folder in QT_FREE))
    # What links Qt's and the window's code is under its licence, tests of it too.
    window |= path.startswith("tests/") and any(re.match(r"#include <Q[A-Z]", line) for line in lines)
    if not found:
        report(f"{path}:1: no SPDX-License-Identifier in the first three lines")
    elif found[1] != "Apache-2.0" and not (window and found[1] == "GPL-3.0-or-later"):
        report(f"{path}:1: licence {found[1]}; here it is Apache-2.0")
    if len(lines) > MAX_LINES:
        report(f"{path}: {len(lines)} lines, more than {MAX_LINES}: make it two files")
    elif len(lines) > WARN_LINES:
        print(f"warning: {path}: {len(lines)} lines, more than {WARN_LINES}")


def check_include(path, number, quote, header, report):
    folder = path.split("/")[0]
    # Programs of their own: one source, compiled with each MPI.
    if header == "mpi.h" and path.startswith(PROGRAMS):
        return
    for pattern, kept_out, why in FOREIGN:
        # The workloads are programs of their own: one source, compiled with each MPI.
        if header == "mpi.h" and path.startswith("viewer/workloads/"):
            continue
        if re.fullmatch(pattern, header) and path.startswith(tuple(f"{name}/" for name in kept_out)):
            report(f"{path}:{number}: includes {header} ({why})")
            return
    target = header.split("/")[0]
    if quote == "<" and target not in ALLOWED:
        return
    if target == "tulkki" or target == folder or target in ALLOWED[folder]:
        return
    if target in FOLDERS:
        report(f"{path}:{number}: {folder} must not include {header} (allowed: {', '.join(ALLOWED[folder]) or 'none'})")
    else:
        report(f"{path}:{number}: includes \"{header}\"; write it from the top, as \"{folder}/...\"")


def check_file(root, path, report):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        lines = file.read().splitlines()
    if not is_source(path, lines[0] if lines else ""):
        return
    check_lines(path, lines, report)
    if path.split("/")[0] not in ALLOWED or not path.endswith(INCLUDING):
        return
    for number, line in enumerate(lines, 1):
        found = INCLUDE.match(line)
        if found:
            check_include(path, number, found[1], found[2], report)


def check_tree(root):
    problems = []
    patterns = ignored_patterns(root)
    for name in sorted(os.listdir(root)):
        if not os.path.isdir(os.path.join(root, name)) or name.startswith(".") or is_ignored(name, patterns):
            continue
        if name not in FOLDERS:
            problems.append(f"{name}/: stray top-level folder (there are {', '.join(FOLDERS)})")
            continue
        for folder, children, files in os.walk(os.path.join(root, name)):
            children[:] = sorted(child for child in children if not is_ignored(child, patterns))
            for file in sorted(file for file in files if not is_ignored(file, patterns)):
                check_file(root, os.path.relpath(os.path.join(folder, file), root), problems.append)
    return problems


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    problems = check_tree(root)
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problem(s)")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
