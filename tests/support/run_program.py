# SPDX-License-Identifier: Apache-2.0
"""Runs one test program under the recorder and compares profile and trace with its expectation.

    run_program.py --tulkki FILE --library FILE --mpi openmpi|mpich --programs DIR [--keep] EXPECTATION.py
    run_program.py --backend openmpi|mpich ... runs it translated, on another MPI than --mpi, which it was built for;
        abi-openmpi, abi-mpich: on our library of the standard ABI, which translates to that MPI in its turn
    run_program.py --native ... runs the program without the recorder: only EXIT-SUCCESS is looked for
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile

from expectation import Expectation, Rank, compare_profile, compare_tables, compare_trace, printed_numbers
from launch import Tools, environment, native_command, preloaded_command, recorded_command, run
from profile_database import Profile
from trace_events import Trace, complaints


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tulkki", default="")
    parser.add_argument("--library", default="")
    parser.add_argument("--yield-library", default="")
    parser.add_argument("--mpi", choices=("openmpi", "mpich", "abi"), required=True)
    parser.add_argument("--backend", choices=("openmpi", "mpich", "abi-openmpi", "abi-mpich"))
    parser.add_argument("--programs", required=True)
    parser.add_argument("--native", action="store_true")
    parser.add_argument("--keep", action="store_true", help="keep the working folder and say where it is")
    parser.add_argument("expectation")
    arguments = parser.parse_args()
    backend = arguments.backend or arguments.mpi
    arguments.implementation = backend.removeprefix("abi-")
    arguments.backend = "abi" if backend.startswith("abi-") else backend
    arguments.translated = backend != arguments.mpi
    return arguments


def program_command(expectation, arguments):
    """The program with its arguments; those that name files beside it or beside its source get their folder."""
    executable = expectation.executable or f"{arguments.programs}/{expectation.program}.{arguments.mpi}"
    sources = os.path.dirname(os.path.abspath(arguments.expectation))
    result = [executable]
    for word in expectation.arguments(arguments.implementation):
        word = word.format(mpi=arguments.mpi)
        if word.startswith("./"):
            result.append(arguments.programs + word[1:])
        else:
            beside = os.path.join(sources, word)
            result.append(beside if os.path.exists(beside) else word)
    return result


def full_preload(expectation, arguments):
    words = [expectation.preload_before, arguments.library, expectation.preload_after]
    if arguments.implementation == "mpich" and expectation.how == "plain":
        words.append(arguments.yield_library)
    in_folder = [word if word is None or "/" in word else f"{arguments.programs}/{word}" for word in words]
    return ":".join(word.format(mpi=arguments.mpi) for word in in_folder if word)


def start(expectation, arguments, folder):
    tools = Tools(arguments.tulkki, arguments.library, arguments.implementation, arguments.yield_library)
    extra = {"TULKKI_BACKEND": arguments.backend} if arguments.translated and expectation.how != "run" else {}
    if arguments.backend == "abi":
        extra["TULKKI_ABI_BACKEND"] = arguments.implementation
    env = environment(tools, dict({"TULKKI_DIR": folder + "/raw"}, **extra, **expectation.environment))
    program = program_command(expectation, arguments)
    if arguments.native:
        command = native_command(tools, expectation.ranks, program)
    elif expectation.how == "run":
        options = ["--backend", arguments.backend] if arguments.translated else []
        command = recorded_command(tools, expectation.ranks, program, options)
    elif expectation.how == "plain":
        env.pop("LD_PRELOAD", None)
        command = preloaded_command(tools, expectation.ranks, program, full_preload(expectation, arguments))
    else:
        env["LD_PRELOAD"] = full_preload(expectation, arguments)
        command = program
    return run(command, env, folder, expectation.timeout_s)


def outcome_problems(outcome, ranks):
    problems = []
    if outcome.timed_out:
        problems.append("it did not end")
    if outcome.exit_code != 0:
        problems.append(f"exit code {outcome.exit_code}")
    if outcome.stdout.count("EXIT-SUCCESS") != ranks:
        problems.append(f"EXIT-SUCCESS {outcome.stdout.count('EXIT-SUCCESS')} times, not {ranks}")
    if outcome.survivors:
        problems.append(f"processes left over: {outcome.survivors}")
    return problems


def raw_logs(folder):
    return [os.path.join(path, name) for path, _, names in os.walk(folder) for name in names if "raw" in name]


def trace_problems(expectation, arguments, run_row, profile, folder):
    anchor = run_row["trace_path"]
    if not expectation.trace:
        return [f"there is a trace, {anchor}, that nobody wanted"] if anchor else []
    if not anchor or not os.path.exists(anchor):
        return [f"there is no trace ({anchor!r})"]
    problems = []
    if text := complaints(anchor):
        problems.append("otf2-print complains: " + text[:500])
    check = [arguments.tulkki, "check", *(f"--ignore={kind}" for kind in expectation.ignored_defects), anchor]
    checked = subprocess.run(check, capture_output=True, text=True, cwd=folder, check=False)
    if checked.returncode != 0:
        problems.append("tulkki check finds defects:\n" + (checked.stdout + checked.stderr)[-1500:])
    return problems + compare_trace(expectation, Trace(anchor), profile, expectation.ranks)


def problems_of(expectation, arguments, outcome, folder):
    problems = outcome_problems(outcome, expectation.ranks)
    database = folder + "/tulkki.db"
    if arguments.native:
        return problems
    if not expectation.recorded:
        if os.path.exists(database) or raw_logs(folder):
            problems.append("something was recorded though recording was switched off")
        return problems
    profile = Profile(database)
    run_row = profile.only_run()
    if run_row["front"] != arguments.mpi:
        problems.append(f"the run says that the program is of {run_row['front']}")
    if run_row["backend"] != arguments.backend or run_row["ranks"] != expectation.ranks or run_row["outcome"] != "finalized":
        problems.append(f"the run says {run_row['backend']}, {run_row['ranks']} ranks, {run_row['outcome']}")
    if run_row["events_dropped"] or run_row["loss"]:
        problems.append(f"{run_row['events_dropped']} events dropped: {run_row['loss']}")
    if profile.ranks() != list(range(expectation.ranks)):
        problems.append(f"ranks in the database: {profile.ranks()}")
    for rank in range(expectation.ranks):
        r = Rank(rank, expectation.ranks, arguments.implementation, printed_numbers(outcome.stdout, rank))
        problems += compare_profile(expectation, profile, r)
    problems += compare_tables(expectation, profile, expectation.ranks, arguments.implementation)
    problems += trace_problems(expectation, arguments, run_row, profile, folder)
    if left := raw_logs(folder):
        problems.append(f"raw logs left over: {left}")
    return problems


def main():
    arguments = parse()
    arguments.programs = os.path.abspath(arguments.programs)
    expectation = Expectation(arguments.expectation)
    folder = tempfile.mkdtemp(prefix=f"{expectation.name}.{arguments.mpi}.", dir=arguments.programs)
    try:
        outcome = start(expectation, arguments, folder)
        try:
            problems = problems_of(expectation, arguments, outcome, folder)
        except AssertionError as error:
            problems = outcome_problems(outcome, expectation.ranks) + [str(error)]
        if problems:
            print("\n".join(problems[:60]))
            print("---- stdout\n" + outcome.stdout[-2000:] + "---- stderr\n" + outcome.stderr[-4000:])
        print("FAILED" if problems else "passed")
        return 1 if problems else 0
    finally:
        if arguments.keep:
            print("kept:", folder)
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
