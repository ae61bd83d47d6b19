# SPDX-License-Identifier: Apache-2.0
"""Prints the last line of scripts/test, from CTest's JUnit file: `N passed, N failed[, N skipped]`.

A test that could not be started is a failure: only a test that itself asked for it (SKIP_RETURN_CODE,
SKIP_REGULAR_EXPRESSION) or that is disabled counts as skipped.
"""
import sys
import xml.etree.ElementTree as ElementTree


def count(path):
    passed = failed = skipped = 0
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        reason = case.find("skipped")
        if case.get("status") == "run":
            passed += 1
        elif case.get("status") == "disabled" or (reason is not None and "SKIP_" in reason.get("message", "")):
            skipped += 1
        else:
            failed += 1
            print(f"failed: {case.get('name')}")
    return passed, failed, skipped


def main():
    path, ctest_code = sys.argv[1], int(sys.argv[2])
    try:
        passed, failed, skipped = count(path)
    except (OSError, ElementTree.ParseError) as error:
        print(f"scripts/test: no test results: {error}", file=sys.stderr)
        passed, failed, skipped = 0, 1, 0
    line = f"{passed} passed, {failed} failed"
    print(line + (f", {skipped} skipped" if skipped else ""))
    # CTest's own verdict counts too: it may fail for a reason that is no test's.
    return 1 if failed or ctest_code else 0


sys.exit(main())
