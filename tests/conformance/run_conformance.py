# SPDX-License-Identifier: Apache-2.0
"""Runs one conformance program, compiled for the ABI of --mpi, on --backend under the recorder.

    run_conformance.py --tulkki FILE --mpi FRONT --backend BACKEND --programs DIR [--ranks N] [--env NAME=VALUE] NAME

FRONT is openmpi, mpich or abi, BACKEND too; abi-openmpi and abi-mpich: our library of the standard ABI over that MPI.

A program prints EXIT-SUCCESS once a rank when every check in it held. Where both ABIs are the same, the program runs on
its own MPI: what fails there is a defect of the program or of the recorder, not of a translation.
"""

import argparse
import contextlib
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from launch import Tools, environment, native_command, recorded_command, run  # noqa: E402
from profile_database import Profile  # noqa: E402

TIMEOUT_S = 150


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tulkki", required=True)
    parser.add_argument("--yield-library", default="")
    parser.add_argument("--mpi", required=True)
    parser.add_argument("--backend", required=True)
    parser.add_argument("--programs", required=True)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--runs", type=int, default=1, help="how many the recorder sees")
    parser.add_argument("--env", action="append", default=[])
    parser.add_argument("--compare", metavar="START", help="lines that begin so are those of the MPI's own program, natively")
    parser.add_argument("--native", action="store_true", help="without Tulkki, on the program's own MPI")
    parser.add_argument("--keep", action="store_true", help="keep the working folder and say where it is")
    parser.add_argument("name")
    arguments = parser.parse_args()
    arguments.implementation = arguments.backend.removeprefix("abi-")
    return arguments


def start(arguments, folder):
    tools = Tools(arguments.tulkki, "", arguments.implementation, arguments.yield_library)
    extra = dict(pair.split("=", 1) for pair in arguments.env)
    if arguments.backend != arguments.implementation:
        extra["TULKKI_ABI_BACKEND"] = arguments.implementation
    if arguments.implementation == "openmpi":
        # Version 4.1.4 loses memory of its own in atomic operations of osc/rdma over shared memory.
        extra.setdefault("OMPI_MCA_osc", "^rdma")
    env = environment(tools, dict({"TULKKI_DIR": folder + "/raw"}, **extra))
    program = [os.path.join(os.path.abspath(arguments.programs), f"{arguments.name}.{arguments.mpi}")]
    if arguments.native:
        return run(native_command(tools, arguments.ranks, program), env, folder, TIMEOUT_S)
    backend = arguments.backend.split("-")[0]
    options = ["--backend", backend] if arguments.backend != arguments.mpi else []
    return run(recorded_command(tools, arguments.ranks, program, options), env, folder, TIMEOUT_S)


def lines_of(outcome, beginning):
    return [line for line in outcome.stdout.splitlines() if line.startswith(beginning)]


def native_lines(arguments, folder):
    native = argparse.Namespace(**{**vars(arguments), "mpi": arguments.implementation, "native": True})
    return lines_of(start(native, folder), arguments.compare)


def problems_of(arguments, outcome, folder):
    problems = []
    if outcome.timed_out:
        problems.append("it did not end")
    if outcome.exit_code != 0:
        problems.append(f"exit code {outcome.exit_code}")
    if outcome.stdout.count("EXIT-SUCCESS") != arguments.ranks:
        problems.append(f"EXIT-SUCCESS {outcome.stdout.count('EXIT-SUCCESS')} times, not {arguments.ranks}")
    if outcome.survivors:
        problems.append(f"processes left over: {outcome.survivors}")
    if arguments.compare:
        native = native_lines(arguments, folder)
        if not native or native != lines_of(outcome, arguments.compare):
            problems.append("natively it prints:\n" + "\n".join(native))
    if problems or arguments.native:
        return problems
    rows = Profile(folder + "/tulkki.db").query("SELECT front, backend, ranks, outcome FROM run")
    expected = (arguments.mpi, arguments.backend.split("-")[0], arguments.ranks, "finalized")
    if rows != [expected] * arguments.runs:
        problems.append(f"the database says {rows}")
    return problems


@contextlib.contextmanager
def working_folder(arguments):
    folder = tempfile.mkdtemp(prefix=f"{arguments.name}.{arguments.mpi}.", dir=arguments.programs)
    try:
        yield folder
    finally:
        if arguments.keep:
            print("kept:", folder)
        else:
            shutil.rmtree(folder, ignore_errors=True)


def main():
    arguments = parse()
    with working_folder(arguments) as folder:
        outcome = start(arguments, folder)
        try:
            problems = problems_of(arguments, outcome, folder)
        except AssertionError as error:
            problems = [str(error)]
        if problems:
            print("\n".join(problems))
            print("---- stdout\n" + outcome.stdout[-3000:] + "---- stderr\n" + outcome.stderr[-8000:])
        print("FAILED" if problems else "passed")
        return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
