# SPDX-License-Identifier: Apache-2.0
"""What the tests of the API table share: installed libraries, their symbols, the exceptions, and the verdict."""

import os
import pathlib
import re
import subprocess
import sys

SKIPPED = 77
C_LIBRARIES = ["libmpi.so.40", "libmpich.so.12"]
FORTRAN_LIBRARIES = ["libmpi_mpifh.so.40", "libmpi_usempif08.so.40", "libmpi_usempi_ignore_tkr.so.40",
                     "libmpichfort.so.12"]


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def installed(names):
    """Paths of those of the named libraries that the loader knows; ends the test as skipped when it knows none."""
    loader = run("/sbin/ldconfig", "-p")
    found = {}
    for name in names:
        match = re.search(rf"^\s*{re.escape(name)} .*x86-64.* => (\S+)$", loader, re.MULTILINE)
        if match:
            found[name] = match[1]
        else:
            print(f"{name} is not installed: not compared")
    if not found:
        sys.exit(SKIPPED)
    return found


def symbols(path, letters="TWiBDR"):
    """Names of the defined dynamic symbols of the given nm types."""
    lines = (line.split() for line in run("nm", "-D", "--defined-only", path).splitlines())
    return {words[-1].split("@")[0] for words in lines if len(words) == 3 and words[1] in letters}


def exceptions(file_name):
    """[(compiled pattern, reason)] of a file of lines `PATTERN  reason`."""
    rules = []
    for line in (pathlib.Path(__file__).parent / file_name).read_text().splitlines():
        if line and not line.startswith("#"):
            pattern, reason = line.split(None, 1)
            rules.append((re.compile(f"^(?:{pattern})$"), reason))
    return rules


def uncovered(names, covered, rules, used):
    """Names neither covered nor excepted; the exceptions that were needed are added to `used`."""
    missing = []
    for name in sorted(names - covered):
        matching = [rule for rule in rules if rule[0].match(name)]
        used.update(rule[0].pattern for rule in matching)
        if not matching:
            missing.append(name)
    return missing


def interposer_symbols():
    """Functions that the built interposer exports, or None where it has not been built."""
    path = os.environ.get("TULKKI_LIBRARY", "")
    if not os.path.exists(path):
        print("libtulkki.so is not built: only the table is compared")
        return None
    return symbols(path, "TW")


def finish(failures, what):
    for failure in failures:
        print(f"FAILED: {failure}")
    print(f"{what}: {'failed' if failures else 'passed'}")
    sys.exit(1 if failures else 0)
