# SPDX-License-Identifier: Apache-2.0
"""Runs a program of Debian natively and recorded: the figure and the exit code must be the same, and the profile
plausible.

    run_application.py --tulkki FILE --library FILE --mpi openmpi|mpich [--backend openmpi|mpich] --work DIR NAME

With --backend the recorded run is translated: on another MPI than the program was built for; and so is a third one, that is
not recorded.
"""

import argparse
import math
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))

from applications import APPLICATIONS  # noqa: E402
from launch import Tools, environment, native_command, recorded_command, run  # noqa: E402
from profile_database import Profile  # noqa: E402
from trace_events import complaints  # noqa: E402

SKIPPED = 77
TIMEOUT_S = 150


def prepare(application, mpi, folder):
    os.mkdir(folder)
    for name in application.inputs:
        shutil.copy(name.format(here=HERE, mpi=mpi), folder)


def run_in(application, command, env, folder):
    outcome = run(command, env, folder, TIMEOUT_S, stdin=application.stdin or os.devnull)
    assert not outcome.timed_out, f"it did not end in {TIMEOUT_S} s\n{outcome.stdout[-2000:]}{outcome.stderr[-2000:]}"
    assert not outcome.survivors, f"processes left over: {outcome.survivors}"
    return outcome


def equal(application, native, recorded):
    if application.tolerance == 0:
        return native == recorded
    pairs = zip(native, recorded)
    return len(native) == len(recorded) and all(math.isclose(a, b, rel_tol=application.tolerance) for a, b in pairs)


def check_profile(application, folder):
    profile = Profile(folder + "/tulkki.db")
    row = profile.only_run()
    assert row["outcome"] == "finalized" and row["ranks"] == application.ranks, row
    assert row["events"] > 0 and row["events_dropped"] == 0, f"{row['events']} events, {row['events_dropped']} dropped"
    assert profile.ranks() == list(range(application.ranks)), f"ranks {profile.ranks()}"
    for rank, wall_ns, mpi_ns, memory, threads in profile.query(
        "SELECT rank, wall_ns, mpi_ns, peak_memory_bytes, threads FROM process"
    ):
        assert 0 < mpi_ns <= wall_ns * threads, f"rank {rank}: {mpi_ns} ns of {wall_ns} ns in MPI"
        assert memory > 1 << 20, f"rank {rank}: peak memory {memory} bytes"
        procedures = profile.procedures(rank)
        missing = [name for name in application.procedures if name not in procedures]
        assert not missing, f"rank {rank} has no {missing}; it has {sorted(procedures)}"
        odd = [name for name in procedures if name.endswith(("_f2c", "_c2f"))]
        assert not (odd and application.only_fortran), f"rank {rank}: calls of the Fortran binding itself: {odd}"
    sent = profile.query("SELECT SUM(messages_sent), SUM(bytes_sent) FROM call JOIN procedure USING (procedure_id)"
                         " WHERE family IN ('point-to-point', 'persistent')")[0]  # fmt: skip
    received = profile.query("SELECT SUM(messages_received), SUM(bytes_received) FROM call JOIN procedure"
                             " USING (procedure_id) WHERE family IN ('point-to-point', 'persistent')")[0]  # fmt: skip
    assert sent == received, f"messages and bytes sent {sent}, received {received}"
    assert profile.query("SELECT COUNT(*) FROM call_site")[0][0] > 0, "there are no call sites"
    return row["trace_path"]


def check_trace(arguments, anchor):
    assert not (text := complaints(anchor)), f"otf2-print complains: {text[:500]}"
    checked = subprocess.run([arguments.tulkki, "check", anchor], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, f"tulkki check finds defects:\n{(checked.stdout + checked.stderr)[-2000:]}"


def check_unrecorded(arguments, application, command, env, folder, native_figure):
    unrecorded = folder + "/unrecorded"
    prepare(application, arguments.mpi, unrecorded)
    outcome = run_in(application, command, env, unrecorded)
    assert outcome.exit_code == 0, f"unrecorded it ends with {outcome.exit_code}: {outcome.stderr[-2000:]}"
    figure = application.figure(unrecorded, outcome.stdout)
    assert equal(application, native_figure, figure), f"figures differ: natively {native_figure}, unrecorded {figure}"
    assert not os.path.exists(unrecorded + "/tulkki.db"), "it was recorded all the same"


def test(arguments, folder):
    application = APPLICATIONS[arguments.name]
    tools = Tools(arguments.tulkki, arguments.library, arguments.mpi, arguments.yield_library)
    command = [word.format(mpi=arguments.mpi) for word in application.command]
    if shutil.which(command[0]) is None:
        print(f"skipped: {command[0]} is not installed (tests/packages.txt)")
        return SKIPPED
    native, recorded = folder + "/native", folder + "/recorded"
    prepare(application, arguments.mpi, native)
    prepare(application, arguments.mpi, recorded)
    raw = {"TULKKI_DIR": folder + "/raw"}
    plain = run_in(application, native_command(tools, application.ranks, command), environment(tools, raw), native)
    backend = Tools(arguments.tulkki, arguments.library, arguments.backend or arguments.mpi, arguments.yield_library)
    options = ["--backend", arguments.backend] if arguments.backend else []
    command = recorded_command(backend, application.ranks, command, options)
    outcome = run_in(application, command, environment(backend, raw), recorded)
    codes = f"exit code {plain.exit_code} natively, {outcome.exit_code} recorded"
    assert plain.exit_code == outcome.exit_code, f"{codes}\n{outcome.stderr[-2000:]}"
    assert plain.exit_code == 0, f"natively it ends with {plain.exit_code}: {plain.stderr[-2000:]}"
    figures = [application.figure(native, plain.stdout), application.figure(recorded, outcome.stdout)]
    assert equal(application, *figures), f"figures differ: natively {figures[0]}, recorded {figures[1]}"
    print("figure:", str(figures[1])[:200])
    check_trace(arguments, check_profile(application, recorded))
    row = Profile(recorded + "/tulkki.db").only_run()
    wanted = (arguments.mpi, arguments.backend or arguments.mpi)
    assert (row["front"], row["backend"]) == wanted, f"{row['front']} on {row['backend']}, not {wanted}"
    if arguments.backend:
        check_unrecorded(arguments, application, command, environment(backend, raw | {"TULKKI_RECORD": "0"}), folder, figures[0])
    assert not os.path.isdir(folder + "/raw") or not os.listdir(folder + "/raw"), "raw logs are left over"
    print("passed")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("tulkki", "library", "work"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--yield-library", default="")
    parser.add_argument("--mpi", choices=("openmpi", "mpich"), required=True)
    parser.add_argument("--backend", choices=("openmpi", "mpich"))
    parser.add_argument("--keep", action="store_true", help="keep the working folder and say where it is")
    parser.add_argument("name", choices=APPLICATIONS)
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix=f"{arguments.name}.{arguments.mpi}.", dir=arguments.work)
    try:
        return test(arguments, folder)
    except AssertionError as error:
        print("FAILED:", error)
        return 1
    finally:
        if arguments.keep:
            print("kept:", folder)
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
