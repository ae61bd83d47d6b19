# SPDX-License-Identifier: Apache-2.0
"""Reads the lists of the MPICH test suite as its own runtests does: what to run, on how many ranks, how to judge it.

A line is `program ranks key=value...`; a name that is a folder leads to the list in it. Lists that configure wrote lie
in the build folder, the others beside the sources.
"""

import dataclasses
import fnmatch
import hashlib
import os

DEFAULT_RANKS = 2
# Folders with extensions of MPICH that no other implementation has.
NOT_OF_THE_STANDARD = ("impls",)
# Left out of samples: what needs more than a few cores, or takes tens of seconds on two.
MOST_RANKS_OF_SAMPLES = 4
SLOW = {
    *("comm/" + name for name in ("cmfree", "comm_idup_nb", "ctxalloc", "ctxsplit")),
    *("pt2pt/" + name for name in ("cancelrecv", "probe_unexp", "pscancel", "scancel", "sendflood")),
    "cxx/errhan/commcallx",
}


@dataclasses.dataclass(frozen=True)
class Test:
    group: str
    program: str
    ranks: int
    arguments: tuple = ()
    environment: tuple = ()
    launcher_arguments: tuple = ()  # of MPICH's mpiexec
    result: str = "NoErrors"  # which of the suite's rules judges it
    limit_s: int = 0  # 0: the suite's default
    memory_gb: float = 0
    extension: bool = False  # uses MPIX_ procedures

    @property
    def identity(self):
        words = [f"{self.group}/{self.program}", str(self.ranks), *self.arguments, *self.environment]
        return " ".join(words)

    @property
    def top_group(self):
        return self.group.split("/")[0]

    @property
    def file_name(self):
        digest = hashlib.sha1(self.identity.encode()).hexdigest()[:6]
        return f"{self.group.replace('/', '.')}.{self.program}.{self.ranks}.{digest}"


def parse_line(group, line):
    """The test of a line, or None where there is none. Unknown keys are an error: they may change the verdict."""
    words = line.split("#", 1)[0].split()
    if not words or words[0].startswith("!"):  # "!folder:target": a target that make finds by itself
        return None
    fields = {"arguments": [], "environment": [], "launcher_arguments": []}
    for word in words[2:]:
        key, equals, value = word.partition("=")
        if not equals:  # the suite ignores it
            continue
        if key == "arg":
            fields["arguments"].append(value)
        elif key == "env":
            fields["environment"].append(value)
        elif key == "mpiexecarg":
            fields["launcher_arguments"].append(value)
        elif key == "resultTest":
            fields["result"] = value
        elif key == "timeLimit":
            fields["limit_s"] = int(value)
        elif key == "mem":
            fields["memory_gb"] = float(value)
        elif key == "mpix":
            fields["extension"] = value.lower() == "true"
        elif key not in ("xfail", "strict", "lock", "init", "mpiversion"):
            raise ValueError(f"{group}: the key {key} of this line is not known: {line.strip()}")
    for name in ("arguments", "environment", "launcher_arguments"):
        fields[name] = tuple(fields[name])
    ranks = int(words[1]) if len(words) > 1 else DEFAULT_RANKS
    return Test(group, words[0], ranks, **fields)


def list_files(group, names, build, source):
    for name in names:
        for root in (build, source):
            path = os.path.join(root, group, name)
            if os.path.isfile(path):
                yield path
                break


def read_group(group, names, build, source):
    """The tests of a folder and of the folders that its list names, in the order of the lists."""
    tests = []
    for path in list_files(group, names, build, source):
        with open(path, encoding="utf-8") as file:
            for line in file:
                word = line.split("#", 1)[0].split()[:1]
                inner = os.path.join(group, word[0]) if word else ""
                if inner and os.path.isdir(os.path.join(source, inner)):
                    tests += read_group(inner, names, build, source)
                elif test := parse_line(group, line):
                    tests.append(test)
    return tests


def read_all(names, build, source):
    """All tests of the suite, each identity once."""
    with open(os.path.join(build, "testlist"), encoding="utf-8") as file:
        words = [line.split("#", 1)[0].strip() for line in file]
    groups = [word for word in words if word and word not in NOT_OF_THE_STANDARD]
    tests = {}
    for group in groups:
        for test in read_group(group, names, build, source):
            tests.setdefault(test.identity, test)
    return list(tests.values())


def select(tests, groups, sample=None, pattern=None):
    """Those in the groups (`all`, `attr`, `f77/coll`); of each top group at most `sample`, always the same ones."""
    wanted = [t for t in tests if "all" in groups or any(t.group == g or t.group.startswith(g + "/") for g in groups)]
    if pattern:
        wanted = [t for t in wanted if fnmatch.fnmatchcase(f"{t.group}/{t.program}", pattern)]
    if not sample:
        return wanted
    by_group = {}
    suitable = [t for t in wanted if t.ranks <= MOST_RANKS_OF_SAMPLES and f"{t.group}/{t.program}" not in SLOW]
    for test in sorted(suitable, key=lambda t: hashlib.sha1(t.identity.encode()).hexdigest()):
        by_group.setdefault(test.top_group, []).append(test)
    chosen = {t.identity for tests_of_group in by_group.values() for t in tests_of_group[:sample]}
    return [t for t in wanted if t.identity in chosen]
