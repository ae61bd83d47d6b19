# SPDX-License-Identifier: Apache-2.0
"""Runs tests of the suite natively or under `tulkki run`, judges them by the suite's own rules and keeps the results.

Results are appended to one file of JSON lines for each kind of run, so that an interrupted run loses nothing.
"""

import concurrent.futures
import dataclasses
import json
import os
import re
import shlex
import shutil
import sqlite3
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))

import build  # noqa: E402
from launch import Tools, environment, native_command, recorded_command, run  # noqa: E402

NO_ERRORS = re.compile(r"^\s*No [Ee]rrors\s*$", re.MULTILINE)
ACCEPTED_LINES = re.compile(r"^\s*(No [Ee]rrors|Test Passed)?\s*$")
# Alone, a test may take what the suite itself allows where the limit is the usual one.
PATIENCE = 3
LAUNCHER_GRACE_S = 10  # launchers end a job at the limit themselves; who does not is killed
SURVIVOR_GRACE_S = 2


@dataclasses.dataclass(frozen=True)
class Kind:
    """A native run (no backend), or one of `front` programs on `backend` by way of Tulkki."""

    front: str
    backend: str = ""
    record: bool = True

    @property
    def name(self):
        if not self.backend:
            return self.front
        return f"{self.front}-{self.backend}.{'recorded' if self.record else 'unrecorded'}"

    @property
    def mpi(self):
        return self.backend or self.front


@dataclasses.dataclass(frozen=True)
class Result:
    test: str
    verdict: str  # pass, fail, time (limit reached), not built, skipped
    quiet: bool = False  # nothing on standard output but what the suite allows
    exit_code: int = 0
    seconds: float = 0.0
    log: str = ""

    @property
    def passed(self):
        return self.verdict == "pass"


@dataclasses.dataclass(frozen=True)
class Settings:
    work: str
    tulkki: str
    library: str
    yield_library: str
    jobs: int = 2
    limit_s: int = 60
    memory_gb: float = 2.0


class Results:
    """What is known of one kind of run, kept in a file."""

    def __init__(self, work, kind):
        os.makedirs(os.path.join(work, "results"), exist_ok=True)
        self.path = os.path.join(work, "results", kind.name + ".jsonl")
        self.known = {}
        self.lock = threading.Lock()
        if os.path.exists(self.path):
            with open(self.path, encoding="utf-8") as file:
                for line in file:
                    if line.endswith("\n"):  # the last one may be cut
                        result = Result(**json.loads(line))
                        self.known[result.test] = result

    def add(self, result):
        with self.lock, open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(dataclasses.asdict(result)) + "\n")
            self.known[result.test] = result

    def forget(self, tests):
        for test in tests:
            self.known.pop(test.identity, None)

    def get(self, test):
        return self.known.get(test.identity)

    def lacks(self, test):
        result = self.get(test)
        return result is None or result.verdict == "not built"

    def passed(self, test):
        result = self.get(test)
        return result is not None and result.passed


def judge(test, outcome, seconds, limit_s):
    """The verdict by the rules of the suite's runtests, which looks at the exit code and for ` No Errors`."""
    if test.result == "TestErrFatal":
        return "pass" if outcome.exit_code != 0 else "fail"
    if outcome.timed_out or (outcome.exit_code != 0 and seconds >= limit_s):
        return "time"
    says_so = NO_ERRORS.search(outcome.stdout) is not None
    if test.result == "TestStatus":
        return "pass" if outcome.exit_code != 0 else "fail"
    if test.result == "TestStatusNoErrors":
        return "pass" if outcome.exit_code != 0 and says_so else "fail"
    if test.result != "NoErrors":
        raise ValueError(f"{test.identity}: the rule {test.result} is not known")
    return "pass" if outcome.exit_code == 0 and says_so else "fail"


def command_of(settings, kind, test):
    tools = Tools(settings.tulkki, settings.library, kind.mpi, settings.yield_library)
    program = ["./" + test.program, *test.arguments]
    launcher = list(test.launcher_arguments) if kind.mpi == "mpich" else []
    if not kind.backend:
        command = native_command(tools, test.ranks, program)
        return [command[0], *launcher, *command[1:]]
    options = ["--backend", kind.backend, *(["--launcher-args", shlex.join(launcher)] if launcher else [])]
    return recorded_command(tools, test.ranks, program, options)


def environment_of(settings, kind, test, scratch, limit_s):
    tools = Tools(settings.tulkki, settings.library, kind.mpi, settings.yield_library)
    result = environment(tools, dict(word.split("=", 1) for word in test.environment))
    result.update(MPIEXEC_TIMEOUT=str(limit_s), TULKKI_DIR=os.path.join(scratch, "raw"))
    if kind.backend and not kind.record:
        result["TULKKI_RECORD"] = "0"
    return result


def prepare(settings, kind, test):
    """An empty folder with the program; programs that start others find these too."""
    scratch = os.path.join(settings.work, "scratch", kind.name, test.file_name)
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    programs = os.path.join(build.folder_of(settings.work, kind.front), test.group)
    for name in os.listdir(programs) if "spawn" in test.group else [test.program]:
        path = os.path.join(programs, name)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            os.symlink(path, os.path.join(scratch, name))
    return scratch


def wrong_translation(kind, scratch):
    """What the profile says against the pair that was wanted; empty where it says nothing."""
    database = os.path.join(scratch, "tulkki.db")
    if not kind.backend or not os.path.exists(database):
        return ""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        pairs = set(connection.execute("SELECT front, backend FROM runs"))
    return "" if pairs <= {(kind.front, kind.backend)} else f"recorded as {pairs}"


def write_log(settings, kind, test, command, outcome, text):
    folder = os.path.join(settings.work, "logs", kind.name)
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, test.file_name + ".log")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{test.identity}\n{shlex.join(command)}\n{text}\n")
        file.write(f"--- standard output\n{outcome.stdout}\n--- standard error\n{outcome.stderr}\n")
    return path


def run_test(settings, kind, test, patience=1):
    programs = build.folder_of(settings.work, kind.front)
    if test.memory_gb > settings.memory_gb or (test.extension and "openmpi" in (kind.front, kind.mpi)):
        return Result(test.identity, "skipped")
    if not os.path.exists(os.path.join(programs, test.group, test.program)):
        return Result(test.identity, "not built")
    limit_s = min(test.limit_s or settings.limit_s, settings.limit_s) * patience
    scratch = prepare(settings, kind, test)
    command = command_of(settings, kind, test)
    env = environment_of(settings, kind, test, scratch, limit_s)
    started = time.monotonic()
    outcome = run(command, env, scratch, limit_s + LAUNCHER_GRACE_S, SURVIVOR_GRACE_S)
    seconds = time.monotonic() - started
    verdict = judge(test, outcome, seconds, limit_s)
    if wrong := wrong_translation(kind, scratch):
        verdict = "fail"
    quiet = test.result != "NoErrors" or all(ACCEPTED_LINES.match(line) for line in outcome.stdout.splitlines())
    text = f"{verdict}: exit code {outcome.exit_code} after {seconds:.1f} s; left over: {outcome.survivors} {wrong}"
    log = write_log(settings, kind, test, command, outcome, text)
    shutil.rmtree(scratch, ignore_errors=True)
    return Result(test.identity, verdict, quiet, outcome.exit_code, round(seconds, 1), log)


def run_tests(settings, kind, tests, results, say, try_again):
    """Runs all, a few beside each other, and then once more, alone, those that failed and that `try_again` wants."""
    started = time.monotonic()

    def one(test, patience=1):
        results.add(run_test(settings, kind, test, patience))

    with concurrent.futures.ThreadPoolExecutor(settings.jobs) as pool:
        pending = [pool.submit(one, test) for test in tests]
        for count, future in enumerate(concurrent.futures.as_completed(pending), 1):
            future.result()
            if count % 50 == 0:
                say(f"  {kind.name}: {count} of {len(tests)}, {time.monotonic() - started:.0f} s")
    again = [t for t in tests if results.get(t).verdict in ("fail", "time") and try_again(t, results.get(t))]
    if again:
        say(f"  {kind.name}: {len(again)} once more, alone")
    for test in again:
        one(test, PATIENCE)
