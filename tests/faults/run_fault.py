# SPDX-License-Identifier: Apache-2.0
"""Ends or disturbs a recorded process for real, and checks that nothing is lost, left over or overwritten.

    run_fault.py --tulkki FILE --library FILE --mpi openmpi|mpich --program FILE --work DIR CASE
    run_fault.py --backend openmpi|mpich ... the program of --mpi on another MPI: the same, and the exit codes of that MPI
"""

import argparse
import contextlib
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from launch import Tools, environment, native_command, preloaded_command, recorded_command, run  # noqa: E402
from profile_database import Profile  # noqa: E402
from refusals import REFUSALS  # noqa: E402
from trace_events import Trace, complaints  # noqa: E402

RANKS = 2
SKIPPED = 77
TIMEOUT_S = 90
DEATHS = ("abort", "exit", "_exit", "segv", "term", "kill", "finalize")
OUTCOMES = {"abort": {"aborted"}, "none": {"finalized"}}


class Skip(Exception):
    pass


class Case:
    """One launch of the program in a folder of its own, and what it left."""

    def __init__(self, arguments, folder):
        self.front = arguments.mpi
        self.backend = arguments.backend or arguments.mpi
        self.translated = self.backend != self.front
        self.exchanges = 400 if self.translated else 20000
        self.tools = Tools(arguments.tulkki, arguments.library, self.backend, arguments.yield_library)
        self.program = arguments.program
        # The program of --mpi, as the backend's own compiler made it.
        self.native_program = arguments.program.removesuffix(self.front) + self.backend
        self.folder = folder
        self.raw = folder + "/raw"
        self.database = folder + "/tulkki.db"

    def environment(self, extra=None):
        return environment(self.tools, dict({"TULKKI_DIR": self.raw, "EXCHANGES": str(self.exchanges)}, **(extra or {})))

    def native(self, how):
        folder = self.folder + "/native"
        os.mkdir(folder)
        command = native_command(self.tools, RANKS, [self.native_program, how])
        return self.ended(run(command, self.environment(), folder, TIMEOUT_S))

    def recorded(self, how, extra=None, options=()):
        if self.translated:
            options = ["--backend", self.backend, *options]
        command = recorded_command(self.tools, RANKS, [self.program, how], options)
        return self.ended(run(command, self.environment(extra), self.folder, TIMEOUT_S))

    def preloaded(self, how, extra=None):
        env = self.environment(({"TULKKI_BACKEND": self.backend} if self.translated else {}) | (extra or {}))
        preload = self.tools.library
        if "LD_PRELOAD" in env:
            preload += ":" + env.pop("LD_PRELOAD")
        command = preloaded_command(self.tools, RANKS, [self.program, how], preload)
        return self.ended(run(command, env, self.folder, TIMEOUT_S))

    @staticmethod
    def ended(outcome):
        assert not outcome.timed_out, f"it did not end in {TIMEOUT_S} s\n{outcome.stdout}{outcome.stderr}"
        assert not outcome.survivors, f"processes left over: {outcome.survivors}"
        return outcome

    def recover(self, *words):
        command = [self.tools.tulkki, "recover", *words]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment(), capture_output=True, text=True, timeout=60, check=False
        )

    def counts(self, rank):
        with open(f"{self.folder}/counts.{rank}", "rb") as file:
            return struct.unpack("qq", file.read())

    def raw_logs(self):
        found = []
        for path, _, names in os.walk(self.raw):
            found += [os.path.join(path, name) for name in names if name.endswith(".tulkki-raw")]
        return sorted(found)

    def raw_directory(self):
        folders = {os.path.dirname(log) for log in self.raw_logs()}
        assert len(folders) == 1, f"raw logs in {folders}, not in one folder"
        return folders.pop()

    def check_complete(self, outcomes, ranks=(0, 1)):
        """Profile and trace hold every call that the program completed, and at most one more."""
        profile = Profile(self.database)
        run_row = profile.only_run()
        assert run_row["outcome"] in outcomes, f"outcome {run_row['outcome']}, not one of {sorted(outcomes)}"
        trace = None
        anchor = run_row["trace_path"]
        assert os.path.exists(anchor), f"there is no trace {anchor!r}"
        assert not (text := complaints(anchor)), f"otf2-print complains: {text[:500]}"
        trace = Trace(anchor)
        for rank in ranks:
            procedures = profile.procedures(rank)
            for name, counted in zip(("MPI_Sendrecv", "MPI_Allreduce"), self.counts(rank)):
                calls, sent, received, _ = procedures.get(name, (0, 0, 0, 0))
                assert counted <= calls <= counted + 1, f"rank {rank}: {name} in the profile {calls}, made {counted}"
                assert sent == received == 4 * calls, f"rank {rank}: {name}: {sent} bytes sent, {received} received"
                entered = trace.enters[(rank, name)]
                assert counted <= entered <= counted + 1, f"rank {rank}: {name} in the trace {entered}, made {counted}"
        return profile, run_row

    def check_load(self, how):
        """What each rank had of its host: whole for one that ended, marked (and never a zero) for one that died."""
        rows = Profile(self.database).query(
            "SELECT reading, span_ns, user_cpu_ns + system_cpu_ns, wait_ns, affinity, processors, host_rank FROM process_load")
        assert len(rows) == RANKS, f"{len(rows)} ranks have a load"
        for reading, span_ns, cpu_ns, wait_ns, affinity, processors, host_rank in rows:
            assert reading == ("end" if how == "none" else "latest"), f"reading {reading!r} of a rank that ended by {how}"
            assert span_ns > 0 and cpu_ns >= 0 and wait_ns >= 0 and affinity and processors >= 1 and host_rank == 0, rows
        hosts = Profile(self.database).query("SELECT rank, ranks, processors, load_start, load_end, busy_ns FROM host_load")
        assert len(hosts) == 1 and hosts[0][:2] == (0, RANKS), hosts
        assert hosts[0][2] >= 1 and hosts[0][3] is not None, hosts
        # A host's end is read after MPI_Finalize only.
        assert all((value is not None) == (how == "none") for value in hosts[0][4:]), hosts

    def check_exit_code(self, native, outcome):
        """MPICH's launcher ORs the other rank's end into it: 9 if it had to kill that, rarely 1 ("Hangup")."""
        allowed = {native.exit_code}
        if self.tools.mpi == "mpich":
            allowed |= {native.exit_code | 9, native.exit_code & ~1, 1}
        assert outcome.exit_code in allowed, f"exit code {outcome.exit_code}, natively {native.exit_code}"

    def check_nothing_left(self):
        assert not self.raw_logs(), f"raw logs left over: {self.raw_logs()}"
        if os.path.isdir(self.raw):
            left = [name for name in os.listdir(self.raw) if name != "starting"]  # shared by all launches, empty
            assert not left, f"left over in the raw directory: {left}"


def outcomes_of(how):
    return OUTCOMES.get(how, {"died", "unfinished"})


def death(how):
    """`tulkki run` keeps the exit code and converts what was recorded, whatever the program did."""

    def test(case):
        native = case.native(how)
        outcome = case.recorded(how)
        case.check_exit_code(native, outcome)
        case.check_complete(outcomes_of(how))
        if how in ("abort", "_exit", "segv", "kill"):
            case.check_load(how)
        case.check_nothing_left()

    return test


def death_then_recover(how):
    """Without `tulkki run`: the raw logs stay, and `tulkki recover` finds everything in them; twice adds nothing."""

    def test(case):
        native = case.native(how)
        outcome = case.preloaded(how)
        case.check_exit_code(native, outcome)
        directory = case.raw_directory()
        copy = shutil.copytree(directory, case.folder + "/copy")
        recovered = case.recover(directory)
        assert recovered.returncode == 0, recovered.stdout + recovered.stderr
        case.check_nothing_left()
        again = case.recover(copy)
        assert again.returncode == 0 and "already" in again.stdout, again.stdout + again.stderr
        case.check_complete(outcomes_of(how))  # one run, not two

    return test


def own_exit_code(case):
    outcome = case.recorded("none")
    assert outcome.exit_code == case.native("none").exit_code == 3
    profile, row = case.check_complete({"finalized"})
    assert row["exit_code"] == 3
    assert (row["front"], row["backend"]) == (case.front, case.backend)
    case.check_load("none")
    count = case.exchanges
    assert profile.procedures(0)["MPI_Sendrecv"] == (count, 4 * count, 4 * count, 0)
    case.check_nothing_left()


@contextlib.contextmanager
def small_file_system(folder, size):
    os.mkdir(folder)
    command = ["mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", folder]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        raise Skip("needs the right to mount a small file system")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=False)


def full_disk(size, exchanges):
    """The raw logs' file system is full: a process says so once, the program runs on, the loss is in the results."""

    def test(case):
        with small_file_system(case.raw, size):
            outcome = case.recorded("none", {"EXCHANGES": str(exchanges)})
            lines = [line for line in outcome.stderr.splitlines() if "No space left" in line]
            assert outcome.exit_code == 3, f"exit code {outcome.exit_code}\n{outcome.stderr}"
            assert "EXIT-SUCCESS" in outcome.stdout, outcome.stdout  # Open MPI may end the slower rank
            assert 1 <= len(lines) <= RANKS, f"{len(lines)} lines about the full disk:\n{outcome.stderr}"
            row = Profile(case.database).only_run()
            said = row["events_dropped"], row["loss"]
            assert said[0] > 0 and said[1], f"no loss is said: {said[0]} events dropped, reason {said[1]!r}"

    return test


def full_disk_for_results(case):
    """The results do not fit: an error, the raw logs stay, and recovering to another place works."""
    small = case.folder + "/small"
    with small_file_system(small, "64k"):
        outcome = case.recorded("none", options=["--db", small + "/full.db"])
        assert outcome.exit_code != 0, "exit code 0 though the results were lost"
        assert "tulkki" in outcome.stderr and case.raw_logs(), "no message, or the raw logs are gone: " + outcome.stderr
        recovered = case.recover("--db", case.database, case.raw_directory())
        assert recovered.returncode == 0, recovered.stdout + recovered.stderr
        case.check_complete({"finalized"})


def unwritable_directory(case):
    """No place for raw logs. Plain: one line, the program runs on. `tulkki run`: refuses before it starts anything."""
    outcome = case.preloaded("none", {"TULKKI_DIR": "/proc/nowhere"})
    assert outcome.exit_code == 3, f"exit code {outcome.exit_code}\n{outcome.stderr}"
    assert "EXIT-SUCCESS" in outcome.stdout, outcome.stdout
    lines = [line for line in outcome.stderr.splitlines() if "/proc/nowhere" in line]
    assert 1 <= len(lines) <= RANKS, f"{len(lines)} lines about the directory:\n{outcome.stderr}"
    assert not os.path.exists(case.database)
    os.remove(case.folder + "/counts.0")
    refused = case.recorded("none", {"TULKKI_DIR": "/proc/nowhere"})
    assert refused.exit_code == 1 and "/proc/nowhere" in refused.stderr, f"{refused.exit_code}: {refused.stderr}"
    assert not os.path.exists(case.folder + "/counts.0"), "the program was started all the same"


def killed_logs(case):
    case.preloaded("kill")
    logs = case.raw_logs()
    assert len(logs) == RANKS, f"raw logs: {logs}"
    return logs


def most_exchanges(case):
    profile = Profile(case.database)
    return max(profile.procedures(rank).get("MPI_Sendrecv", (0,))[0] for rank in profile.ranks())


def truncated_log(case):
    """A log cut in its middle: a warning that names it, the part before the cut and the other ranks are used."""
    logs = killed_logs(case)
    size = os.path.getsize(logs[1])
    os.truncate(logs[1], size // 2)
    recovered = case.recover(case.raw_directory())
    assert recovered.returncode == 0, recovered.stdout + recovered.stderr
    assert os.path.basename(logs[1]) in recovered.stderr, "no warning names the file: " + recovered.stderr
    assert most_exchanges(case) >= 20000, "the undamaged rank is not complete"


def corrupt_log(case):
    """A log that is none any more: said, and the other one is used."""
    logs = killed_logs(case)
    with open(logs[0], "r+b") as file:
        file.write(os.urandom(4096))
    recovered = case.recover(case.raw_directory())
    assert os.path.basename(logs[0]) in recovered.stderr, "no message names the file: " + recovered.stderr
    assert recovered.returncode == 0, recovered.stdout + recovered.stderr
    assert most_exchanges(case) >= 20000, "the undamaged rank is not complete"


def corrupt_logs(case):
    """Nothing usable: exit code 1, nothing written, nothing removed."""
    logs = killed_logs(case)
    for log in logs:
        with open(log, "r+b") as file:
            file.write(b"\0" * 4096)
    recovered = case.recover(case.raw_directory())
    assert recovered.returncode == 1 and recovered.stderr.strip(), f"{recovered.returncode}: {recovered.stderr}"
    assert case.raw_logs() == logs, "logs were removed"
    assert not os.path.exists(case.database) or not Profile(case.database).query("SELECT * FROM run")


def newer_schema(case):
    """A database of a newer tulkki is not touched; the logs stay for another database."""
    case.recorded("none")
    killed_logs(case)
    connection = sqlite3.connect(case.database)
    connection.execute("PRAGMA user_version = 99")
    connection.commit()
    connection.close()
    with open(case.database, "rb") as file:
        before = file.read()
    recovered = case.recover("--db", case.database, case.raw_directory())
    assert recovered.returncode == 1 and "99" in recovered.stderr, f"{recovered.returncode}: {recovered.stderr}"
    with open(case.database, "rb") as file:
        assert file.read() == before, "the database was changed"
    assert len(case.raw_logs()) == RANKS, "logs were removed"


def not_a_database(case):
    """A file that is something else is not overwritten."""
    killed_logs(case)
    with open(case.database, "w", encoding="utf-8") as file:
        file.write("my results\n" * 1000)
    recovered = case.recover("--db", case.database, case.raw_directory())
    assert recovered.returncode == 1, f"exit code {recovered.returncode}"
    assert case.database in recovered.stderr, "no message names the file: " + recovered.stderr
    with open(case.database, encoding="utf-8") as file:
        assert file.read() == "my results\n" * 1000, "the file was changed"
    assert len(case.raw_logs()) == RANKS, "logs were removed"


def program_without_mpi(case):
    """Nothing to translate: the program's own exit code, at once."""
    options = ["--backend", case.backend] if case.translated else []
    command = recorded_command(case.tools, 1, ["/bin/sh", "-c", "echo ran; exit 5"], options)
    outcome = case.ended(run(command, case.environment(), case.folder, TIMEOUT_S))
    assert outcome.exit_code == 5 and "ran" in outcome.stdout, f"{outcome.exit_code}: {outcome.stdout}{outcome.stderr}"
    assert not case.raw_logs()


CASES = {how: death(how) for how in DEATHS}
CASES |= {how + "_then_recover": death_then_recover(how) for how in DEATHS}
CASES |= {"full_disk_at_start": full_disk("1m", 20000), "full_disk_midway": full_disk("5m", 700000)}
CASES |= {
    test.__name__: test
    for test in (
        own_exit_code, full_disk_for_results, unwritable_directory, truncated_log, corrupt_log, corrupt_logs,
        newer_schema, not_a_database, program_without_mpi, *REFUSALS,
    )
}  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("tulkki", "library", "program", "work"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--yield-library", default="")
    parser.add_argument("--mpi", choices=("openmpi", "mpich"), required=True)
    parser.add_argument("--backend", choices=("openmpi", "mpich"))
    parser.add_argument("--keep", action="store_true", help="keep the working folder and say where it is")
    parser.add_argument("case", choices=CASES)
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix=f"{arguments.case}.{arguments.mpi}.", dir=arguments.work)
    try:
        CASES[arguments.case](Case(arguments, folder))
        print("passed")
        return 0
    except Skip as reason:
        print("skipped:", reason)
        return SKIPPED
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
