# SPDX-License-Identifier: Apache-2.0
"""Runs the MPICH test suite translated and compares with native runs: see scripts/conformance --help."""

import argparse
import os
import shutil
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)

import build  # noqa: E402
import report  # noqa: E402
import source  # noqa: E402
import testlist  # noqa: E402
from execute import Kind, Results, Settings, run_tests  # noqa: E402

SKIPPED = 77
CROSS_PAIRS = "openmpi-mpich,mpich-openmpi"
LAUNCHERS = {"openmpi": "mpirun.openmpi", "mpich": "mpiexec.mpich"}
EPILOG = """examples:
  scripts/conformance --groups attr,group --sample 5
  scripts/conformance --groups all --pairs openmpi-mpich,mpich-openmpi,openmpi-openmpi,mpich-mpich
  scripts/conformance --tests 'rma/atomic_*' --pairs mpich-openmpi --record 0
  scripts/conformance --report --markdown          tables of what was run, without running

exit code: 0; 1 when a test is lost that tests/conformance_suite/exceptions.txt does not list; 2 for wrong use;
77 when the source package cannot be fetched or a compiler is not installed."""


def pair_list(text):
    pairs = [tuple(pair.split("-")) for pair in text.split(",")]
    for pair in pairs:
        if len(pair) != 2 or any(mpi not in build.COMPILERS for mpi in pair):
            known = ", ".join(build.COMPILERS)
            raise argparse.ArgumentTypeError(f"{'-'.join(pair)} is not FRONT-BACKEND, each one of {known}")
    return pairs


def positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return value


def parser():
    result = argparse.ArgumentParser(
        prog="scripts/conformance",
        description="Runs the MPICH test suite (Debian's source package) on other MPIs than it was built with, and"
        " compares with native runs: what passes natively with its own MPI and on the backend must pass translated.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = result.add_argument
    add("--groups", default="all", metavar="LIST", help="folders of the suite: attr,f77/coll,... (default: all)")
    add("--tests", metavar="PATTERN", help="only programs of this name: 'rma/atomic_*'")
    add("--pairs", type=pair_list, default=CROSS_PAIRS, metavar="LIST", help=f"front-backend,... ({CROSS_PAIRS})")
    add("--record", type=int, choices=(0, 1), default=1, help="with recording (1, default) or without")
    add("--sample", type=positive, metavar="N", help="at most N tests of each group, always the same ones")
    add("--lists", default="testlist", metavar="NAMES", help="lists of the suite: testlist,testlist.dtp (testlist)")
    add("--work", default=os.path.join(ROOT, "build", "conformance"), help="folder for sources, programs, results")
    add("--build", default=os.path.join(ROOT, "build"), help="folder with Tulkki's bin/ and lib/")
    add("--jobs", type=positive, default=2, help="tests beside each other (2)")
    add("--time-limit", type=positive, default=60, metavar="S", help="seconds for a test (60)")
    add("--memory", type=float, default=2.0, metavar="GB", help="leave out tests that say they need more (2)")
    add("--fresh", action="store_true", help="make the native results anew")
    add("--again", action="store_true", help="run natively once more what did not pass")
    add("--resume", action="store_true", help="keep what passed translated in an earlier run, run only the rest")
    add("--report", action="store_true", help="run nothing, compare what is there")
    add("--markdown", action="store_true", help="tables as Markdown")
    return result


def say(text):
    print(text, file=sys.stderr, flush=True)


def check_groups(groups, tests):
    known = {test.group for test in tests}
    for group in groups:
        if group != "all" and not any(name == group or name.startswith(group + "/") for name in known):
            say(f"scripts/conformance: the suite has no group {group}; it has {', '.join(sorted(known))}")
            sys.exit(2)


def check_machine(arguments, settings, mpis):
    for path in (settings.tulkki, settings.library):
        if not os.path.exists(path):
            say(f"scripts/conformance: {path} is not there; build Tulkki first (scripts/setup)")
            sys.exit(1)
    for mpi in mpis:
        missing = build.missing_compilers(mpi)
        if shutil.which(LAUNCHERS[mpi]) is None:
            missing.append(LAUNCHERS[mpi])
        if missing:
            raise source.Unreachable(f"{', '.join(missing)}: not installed (tests/packages.txt)")
    os.makedirs(arguments.work, exist_ok=True)


def chosen_tests(arguments, suite, mpi):
    tests = testlist.read_all(arguments.lists.split(","), build.folder_of(arguments.work, mpi), suite)
    groups = arguments.groups.split(",")
    check_groups(groups, tests)
    return testlist.select(tests, groups, arguments.sample, arguments.tests)


def run_natively(arguments, settings, tests, mpi):
    results = Results(arguments.work, Kind(mpi))
    if arguments.fresh and not arguments.report:
        results.forget(tests)
    if arguments.again and not arguments.report:
        results.forget([t for t in tests if results.get(t) and results.get(t).verdict in ("fail", "time")])
    todo = [test for test in tests if results.get(test) is None]
    if todo and not arguments.report:
        build.build(arguments.work, mpi, todo, arguments.jobs, say)
        say(f"{mpi}: {len(todo)} tests natively")
        # What cannot end natively is seldom worth another minute.
        run_tests(settings, Kind(mpi), todo, results, say, lambda _, result: result.verdict == "fail")
    return results


def run_translated(arguments, settings, tests, kind, native):
    results = Results(arguments.work, kind)
    if not arguments.report:
        results.forget([test for test in tests if not (arguments.resume and results.passed(test))])
    front, backend = native[kind.front], native[kind.backend]
    todo = [test for test in tests if front.passed(test) or backend.passed(test)]
    todo = [test for test in todo if results.get(test) is None and not front.lacks(test)]
    if todo and not arguments.report:
        say(f"{kind.front} on {kind.backend}: {len(todo)} tests, {'recorded' if kind.record else 'not recorded'}")
        run_tests(settings, kind, todo, results, say, lambda test, _: front.passed(test) and backend.passed(test))
    return results


def conformance(arguments):
    yield_library = os.path.join(arguments.build, "tests", "libtulkki_yield_progress.so")
    settings = Settings(
        work=arguments.work,
        tulkki=os.path.join(arguments.build, "bin", "tulkki"),
        library=os.path.join(arguments.build, "lib", "libtulkki.so"),
        yield_library=yield_library if os.path.exists(yield_library) else "",
        jobs=arguments.jobs,
        limit_s=arguments.time_limit,
        memory_gb=arguments.memory,
    )
    mpis = list(dict.fromkeys(mpi for pair in arguments.pairs for mpi in pair))
    check_machine(arguments, settings, mpis)
    suite = source.suite(arguments.work)
    for mpi in mpis:
        if not os.path.exists(os.path.join(build.folder_of(arguments.work, mpi), "configured")):
            say(f"configuring the suite for {mpi}")
        build.configure(arguments.work, suite, mpi)
    tests = chosen_tests(arguments, suite, mpis[0])
    native = {mpi: run_natively(arguments, settings, tests, mpi) for mpi in mpis}
    exceptions = report.read_exceptions()
    lost = 0
    for front, backend in arguments.pairs:
        kind = Kind(front, backend, bool(arguments.record))
        translated = run_translated(arguments, settings, tests, kind, native)
        comparison = report.compare(f"{front}-{backend}", tests, native[front], native[backend], translated, exceptions)
        title = f"{front} on {backend}, {'recorded' if kind.record else 'not recorded'}"
        (report.print_markdown if arguments.markdown else report.print_text)(comparison, title)
        sys.stdout.flush()
        lost += len(comparison.lost)
    return 1 if lost else 0


def main():
    arguments = parser().parse_args()
    arguments.work, arguments.build = os.path.abspath(arguments.work), os.path.abspath(arguments.build)
    started = time.monotonic()
    try:
        return conformance(arguments)
    except source.Unreachable as error:
        say(f"scripts/conformance: skipped: {error}")
        return SKIPPED
    except (build.BuildError, ValueError) as error:
        say(f"scripts/conformance: {error}")
        return 1
    finally:
        say(f"{time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
