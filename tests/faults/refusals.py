# SPDX-License-Identifier: Apache-2.0
"""Cases of run_fault.py in which the backend is not what it should be: the program does not start, and one line says why."""

import os
import subprocess

from launch import recorded_command, run

RANKS = 2
TIMEOUT_S = 90


def refuses_to_start(case, backend, says):
    """With a plain launcher: every process says one line and ends before the program has done anything."""
    check_refusal(case, case.preloaded("none", {"TULKKI_BACKEND": backend}), backend, says)


def check_refusal(case, outcome, backend, says):
    assert outcome.exit_code not in (0, 3), f"exit code {outcome.exit_code}\n{outcome.stderr}"
    assert "EXIT-SUCCESS" not in outcome.stdout and not os.path.exists(case.folder + "/counts.0"), "the program ran"
    lines = [line for line in outcome.stderr.splitlines() if line.startswith("tulkki") and backend in line]
    assert 1 <= len(lines) <= RANKS and all(says in line for line in lines), f"not once a process:\n{outcome.stderr}"
    assert not case.raw_logs(), "raw logs of a program that never ran"


def missing_backend(case):
    refuses_to_start(case, "/nowhere/libmpi.so", "cannot be opened")


def unknown_backend(case):
    refuses_to_start(case, "nonsense", "cannot be opened")
    command = recorded_command(case.tools, RANKS, [case.program, "none"], ["--backend", "nonsense"])
    outcome = case.ended(run(command, case.environment(), case.folder, TIMEOUT_S))
    assert outcome.exit_code == 2 and "nonsense" in outcome.stderr, f"{outcome.exit_code}: {outcome.stderr}"


def backend_without_mpi(case):
    """A library that is none of MPI."""
    source = case.folder + "/plain.c"
    with open(source, "w", encoding="utf-8") as file:
        file.write("int nothing_of_mpi(void) { return 0; }\n")
    library = case.folder + "/plain.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    refuses_to_start(case, library, "MPI")


def backend_of_another_family(case):
    """What is found under the backend's name is of another ABI."""
    names = {"openmpi": "libmpi.so.40", "mpich": "libmpich.so.12"}
    path = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    other = next(line.split()[-1] for line in path.splitlines() if line.split()[0] == names[case.front])
    folder = case.folder + "/misnamed"
    os.mkdir(folder)
    os.symlink(other, f"{folder}/{names[case.backend]}")
    env = {"TULKKI_BACKEND": case.backend, "LD_LIBRARY_PATH": folder, "LD_PRELOAD": case.tools.library}
    # No launcher: it would find the library, too.
    outcome = case.ended(run([case.program, "none"], case.environment(env), case.folder, TIMEOUT_S))
    check_refusal(case, outcome, case.backend, f"is of the ABI {case.front}")


REFUSALS = (missing_backend, unknown_backend, backend_without_mpi, backend_of_another_family)
