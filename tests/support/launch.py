# SPDX-License-Identifier: Apache-2.0
"""Starts programs under either MPI, natively or recorded, and ends whatever they leave behind.

Every process started here carries one environment variable of its own, so that what survives its launcher is found
(and ended) wherever it went.
"""

import dataclasses
import os
import signal
import subprocess
import time
import uuid

MARK = "TULKKI_TEST_MARK"


@dataclasses.dataclass
class Tools:
    """Where the things under test lie, and which MPI the programs use."""

    tulkki: str
    library: str
    mpi: str
    yield_library: str = ""


@dataclasses.dataclass
class Outcome:
    exit_code: int
    stdout: str
    stderr: str
    timed_out: bool
    survivors: list


def environment(tools, extra=None):
    """A clean environment: nothing of an outer recording; many ranks on few cores allowed."""
    result = {name: value for name, value in os.environ.items() if not name.startswith("TULKKI_")}
    result.pop("LD_PRELOAD", None)
    result.update(
        LC_ALL="C",
        OMPI_ALLOW_RUN_AS_ROOT="1",
        OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
        OMPI_MCA_rmaps_base_oversubscribe="1",
        OMPI_MCA_mpi_yield_when_idle="1",
        OMPI_MCA_btl_base_warn_component_unused="0",
        OMP_NUM_THREADS="1",
    )
    if tools.mpi == "mpich" and tools.yield_library:
        result["LD_PRELOAD"] = tools.yield_library
    result.update(extra or {})
    return result


def native_command(tools, ranks, program):
    launcher = {"openmpi": "mpirun.openmpi", "mpich": "mpiexec.mpich"}[tools.mpi]
    return [launcher, "-n", str(ranks), *program]


def recorded_command(tools, ranks, program, options=()):
    return [tools.tulkki, "run", "-n", str(ranks), *options, "--", *program]


def preloaded_command(tools, ranks, program, preload):
    """A plain launcher: the user names the library, nobody else takes part."""
    if tools.mpi == "openmpi":
        return ["mpirun.openmpi", "-x", "TULKKI_BACKEND", "-x", "TULKKI_ABI_BACKEND", "-x", "LD_PRELOAD=" + preload, "-n", str(ranks), *program]
    return ["mpiexec.mpich", "-genv", "LD_PRELOAD", preload, "-n", str(ranks), *program]


def marked_processes(mark):
    """Living processes (no zombies) that carry the mark: process id and name."""
    needle = f"{MARK}={mark}".encode()
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit() or int(entry) == os.getpid():
            continue
        try:
            with open(f"/proc/{entry}/environ", "rb") as file:
                if needle not in file.read().split(b"\0"):
                    continue
            with open(f"/proc/{entry}/comm", encoding="utf-8") as file:
                found.append((int(entry), file.read().strip()))
        except OSError:
            pass
    return found


def run(command, env, directory, timeout_s, grace_s=15, stdin=os.devnull):
    """Runs to the end. Processes left over after a grace period are reported and killed."""
    mark = uuid.uuid4().hex
    with open(stdin, "rb") as source:
        process = start(command, dict(env, **{MARK: mark}), directory, source)
    timed_out = False
    try:
        stdout, stderr = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        timed_out = True
        kill_all(mark)
        stdout, stderr = process.communicate()
    deadline = time.monotonic() + grace_s
    while (survivors := marked_processes(mark)) and time.monotonic() < deadline:
        time.sleep(0.05)
    kill_all(mark)
    return Outcome(process.returncode, stdout, stderr, timed_out, survivors)


def start(command, env, directory, stdin):
    return subprocess.Popen(
        command,
        cwd=directory,
        env=env,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
        errors="replace",
    )


def kill_all(mark):
    for _ in range(3):  # a launcher may start something while it is being ended
        for process_id, _ in marked_processes(mark):
            try:
                os.kill(process_id, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.02)
