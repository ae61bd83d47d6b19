# SPDX-License-Identifier: Apache-2.0
"""Loads the expectation that lies beside a test program and compares it with what was recorded.

An expectation is a Python file with plain names:

    ranks            how many
    profile(r)       {procedure: calls or (calls, bytes sent, bytes received[, errors])} of one rank, complete but for
                     MPI_Init, MPI_Comm_rank, MPI_Comm_size and MPI_Finalize (once each unless given)
    peers(r)         {(procedure, world rank): (calls, sent, received)}, complete for the procedures that it names
    received_from(r) {true source: (messages, bytes)} over all procedures
    matrix(size), rma_matrix(size), contexts(size[, mpi]): whole tables
    sites            {procedure: text that the innermost frame of each of its call sites must contain}

r has rank, size, mpi, printed (numbers that the program said) and anything (equal to every number). The others are
described where they are read, in class Expectation.
"""

import importlib.util
import inspect
import os
import re
import sys

POLLS = {
    "MPI_Test", "MPI_Testall", "MPI_Testany", "MPI_Testsome", "MPI_Request_get_status", "MPI_Iprobe", "MPI_Improbe",
    "MPI_Parrived", "MPI_Win_test",
}  # fmt: skip


class Anything:
    """Equal to every number: for what is left to the MPI library."""

    def __eq__(self, other):
        return isinstance(other, (int, float))

    def __repr__(self):
        return "anything"


class Rank:
    """What an expectation may depend on."""

    anything = Anything()

    def __init__(self, rank, size, mpi, printed):
        self.rank, self.size, self.mpi, self.printed = rank, size, mpi, printed


class Expectation:
    def __init__(self, path):
        folder = os.path.dirname(os.path.abspath(path))
        sys.path[:0] = [folder, os.path.dirname(os.path.abspath(__file__))]
        name = os.path.splitext(os.path.basename(path))[0]
        spec = importlib.util.spec_from_file_location("expectation_of_" + name, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)

        def get(key, default=None):
            return getattr(module, key, default)

        self.module = module
        self.name = name
        self.ranks = module.ranks
        self.program = get("program", name)  # if it is not named like the expectation
        self.executable = get("executable")  # a program that is not built here
        arguments = get("arguments", [])
        self.arguments = arguments if callable(arguments) else lambda mpi: arguments
        self.environment = get("environment", {})
        self.how = get("how", "run")  # run: tulkki run; plain: LD_PRELOAD given to the launcher; singleton: no launcher
        self.preload_before = get("preload_before")  # of another tool, around ours
        self.preload_after = get("preload_after")
        self.recorded = get("recorded", True)  # False: nothing may be written
        self.trace = get("trace", True)
        self.only_named = get("only_named", False)  # profile() names not all procedures
        self.ignore = get("ignore", [])  # procedures that are not compared
        self.initialization = get("initialization", "MPI_Init")
        self.finalization = get("finalization", "MPI_Finalize")
        self.sites = get("sites", {})
        self.deep_sites = get("deep_sites", {})  # {procedure: text that some outer frame must contain}
        self.threads = get("threads")  # how many called MPI, on each rank
        self.context_names = get("context_names", [])
        self.unmatched_sends = get("unmatched_sends", 0)
        self.trace_messages = get("trace_messages", True)  # False: the trace's messages are not compared
        self.ignored_defects = get("ignored_defects", [])  # kinds of `tulkki check`
        self.most_trace_events = get("most_trace_events")
        self.timeout_s = get("timeout_s", 120)

    def profile(self, r):
        usual = {self.initialization: 1, "MPI_Comm_rank": 1, "MPI_Comm_size": 1, self.finalization: 1}
        calls = dict({} if self.only_named else usual, **self.module.profile(r))
        return {name: ((value,) if isinstance(value, int) else tuple(value)) for name, value in calls.items()}

    def table(self, name, *values):
        """A table that the expectation gives, or None where it leaves it open."""
        function = getattr(self.module, name, None)
        if function is None:
            return None
        return function(*values[: len(inspect.signature(function).parameters)])


def printed_numbers(stdout, rank):
    pattern = rf"^NUMBER {rank} (\w+) (-?\d+)$"
    return {name: int(value) for name, value in re.findall(pattern, stdout, re.M)}


def differences(what, found, wanted):
    """One line for each entry that is missing, too much or not as wanted."""
    lines = []
    for key in sorted(set(found) | set(wanted), key=str):
        if key not in found:
            lines.append(f"{what}: {key}: {wanted[key]} expected, nothing found")
        elif key not in wanted:
            lines.append(f"{what}: {key}: {found[key]} found, nothing expected")
        elif found[key] != wanted[key]:
            lines.append(f"{what}: {key}: {found[key]} found, {wanted[key]} expected")
    return lines


def compare_profile(expectation, profile, r):
    wanted = {}
    for name, numbers in expectation.profile(r).items():
        wanted[name] = (*numbers, 0, 0, 0)[:3] + ((numbers[3],) if len(numbers) > 3 else (0,))
    found = profile.procedures(r.rank)
    for name in list(found):
        if name in expectation.ignore or (expectation.only_named and name not in wanted):
            del found[name]
    for name in expectation.ignore:
        wanted.pop(name, None)
    lines = differences(f"rank {r.rank}", found, wanted)
    peers = expectation.table("peers", r)
    if peers is not None:
        found_peers = profile.by_peer(r.rank, {name for name, _ in peers})
        lines += differences(f"rank {r.rank} by peer", found_peers, peers)
    sources = expectation.table("received_from", r)
    if sources is not None:
        lines += differences(f"rank {r.rank} received from", profile.received_from(r.rank), sources)
    if expectation.threads is not None and profile.threads(r.rank) != expectation.threads:
        lines.append(f"rank {r.rank}: {profile.threads(r.rank)} threads called MPI, not {expectation.threads}")
    return lines


def compare_tables(expectation, profile, size, mpi):
    lines = []
    for name, found in (
        ("matrix", profile.matrix("point-to-point")),
        ("rma_matrix", profile.matrix("rma")),
        ("contexts", profile.contexts()),
    ):
        wanted = expectation.table(name, size, mpi)
        if wanted is not None:
            lines += differences(name, found, wanted)
    for name in expectation.context_names:
        if name not in profile.context_names():
            lines.append(f"no context is named {name}")
    for procedure, text in expectation.sites.items():
        stacks = profile.stacks(procedure)
        if not stacks:
            lines.append(f"{procedure} has no call site")
        lines += [f"call site of {procedure}: {stack[0]}, without {text}" for stack in stacks if text not in stack[0]]
    for procedure, text in expectation.deep_sites.items():
        for stack in profile.stacks(procedure):
            if not any(text in frame for frame in stack[1:]):
                lines.append(f"stack of {procedure}: {stack}: {text} is in none of the outer frames")
    return lines


def compare_trace(expectation, trace, profile, size):
    lines = []
    sends, receives = trace.unmatched()
    if expectation.trace_messages:
        if sum(entry[-1] for entry in sends) != expectation.unmatched_sends or receives:
            lines.append(f"trace: sends without receive {sends[:5]}, receives without send {receives[:5]}")
        lines += differences("trace against matrix", trace.matrix(), profile.matrix("point-to-point"))
    for rank in range(size):
        for name, (calls, *_) in profile.procedures(rank).items():
            entered = trace.enters[(rank, name)]
            if entered != calls and not (name in POLLS and 0 < entered < calls):
                lines.append(f"trace: rank {rank} enters {name} {entered} times, the profile counts {calls}")
    if any(depth != 0 for depth in trace.depth.values()):
        lines.append("trace: enters and leaves do not balance")
    if expectation.most_trace_events is not None and trace.events > expectation.most_trace_events:
        lines.append(f"trace: {trace.events} events, {expectation.most_trace_events} at most expected")
    return lines
