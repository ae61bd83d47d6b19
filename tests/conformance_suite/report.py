# SPDX-License-Identifier: Apache-2.0
"""Compares translated runs with native ones and prints tables: by group for people, as Markdown for the documentation.

The rule: a test that passes natively with its own MPI and natively on the backend passes translated. One that does not
is lost, unless it is in the list of known exceptions. One that fails with its own MPI and passes translated is won.
"""

import dataclasses
import fnmatch
import os

COLUMNS = ("native front", "native backend", "both", "passed", "lost", "known", "not run", "beyond", "won")
EXCEPTIONS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "exceptions.txt")


@dataclasses.dataclass(frozen=True)
class KnownLoss:
    pair: str
    test: str
    cause: str

    def matches(self, pair, test):
        return fnmatch.fnmatchcase(pair, self.pair) and fnmatch.fnmatchcase(test.identity, self.test)


def read_exceptions(path=EXCEPTIONS):
    """Lines `pair | test | cause`; pair and test may have the wildcards of file names."""
    result = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            text = line.strip()
            if not text or text.startswith("#"):
                continue
            fields = [field.strip() for field in text.split("|", 2)]
            if len(fields) != 3 or not all(fields):
                raise ValueError(f"{path}:{number}: not `pair | test | cause`: {text}")
            result.append(KnownLoss(*fields))
    return result


@dataclasses.dataclass
class Row:
    counts: dict = dataclasses.field(default_factory=lambda: dict.fromkeys(COLUMNS, 0))
    lost: list = dataclasses.field(default_factory=list)
    known: list = dataclasses.field(default_factory=list)
    won: list = dataclasses.field(default_factory=list)

    def add(self, other):
        for name in COLUMNS:
            self.counts[name] += other.counts[name]


@dataclasses.dataclass
class Comparison:
    """One pair: a row for each group, and the listed exceptions that pass."""

    pair: str
    rows: dict
    passing_exceptions: list

    @property
    def lost(self):
        return [item for row in self.rows.values() for item in row.lost]

    @property
    def total(self):
        total = Row()
        for row in self.rows.values():
            total.add(row)
        return total


def translated_passes(front, backend, translated):
    """As well as natively: also without lines that no native run prints."""
    if translated is None or not translated.passed:
        return False
    native = [result for result in (front, backend) if result is not None and result.passed]
    return translated.quiet or front is None or not front.passed or not all(result.quiet for result in native)


def compare(pair, tests, front, backend, translated, exceptions):
    rows, passing = {}, []
    for test in tests:
        row = rows.setdefault(test.top_group, Row())
        on_front, on_backend = front.passed(test), backend.passed(test)
        passes = translated_passes(front.get(test), backend.get(test), translated.get(test))
        known = next((loss for loss in exceptions if loss.matches(pair, test)), None)
        row.counts["native front"] += on_front
        row.counts["native backend"] += on_backend
        row.counts["both"] += on_front and on_backend
        if passes:
            row.counts["passed"] += on_front and on_backend
            row.counts["beyond"] += on_front and not on_backend
            if not on_front:
                row.counts["won"] += 1
                row.won.append((test, translated.get(test)))
            if known is not None and on_front and on_backend:
                passing.append((test, known))
        elif on_front and on_backend and translated.get(test) is None:
            row.counts["not run"] += 1
        elif on_front and on_backend:
            column = "lost" if known is None else "known"
            row.counts[column] += 1
            getattr(row, column).append((test, translated.get(test), known))
    return Comparison(pair, rows, passing)


def table(comparison, markdown):
    """Rows of equal columns; the last one is the sum."""
    lines = [("group", *COLUMNS)]
    rows = [*sorted(comparison.rows.items()), ("all", comparison.total)]
    lines += [(name, *(str(row.counts[column]) for column in COLUMNS)) for name, row in rows]
    if markdown:
        rule = ("---", *("---:" for _ in COLUMNS))
        return ["| " + " | ".join(line) + " |" for line in [lines[0], rule, *lines[1:]]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return [
        "  ".join([line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:]))])
        for line in lines
    ]


def grouped_by_cause(comparison):
    causes = {}
    for row in comparison.rows.values():
        for test, _, known in row.known:
            causes.setdefault(known.cause, []).append(test.identity)
    return causes


def names(row_items):
    """Programs, each once, with how many of its tests."""
    counts = {}
    for test, *_ in row_items:
        program = f"{test.group}/{test.program}"
        counts[program] = counts.get(program, 0) + 1
    return ", ".join(name if count == 1 else f"{name} ({count})" for name, count in counts.items())


def print_text(comparison, title):
    print(title)
    print("\n".join(table(comparison, False)))
    for test, result, _ in comparison.lost:
        what = f"{result.verdict}, exit code {result.exit_code}, {result.log}"
        print(f"lost: {comparison.pair} {test.identity}: {what}")
    for cause, tests in grouped_by_cause(comparison).items():
        print(f"known: {comparison.pair} {', '.join(tests)}: {cause}")
    for test, known in comparison.passing_exceptions:
        print(f"passes although listed: {comparison.pair} {test.identity}: {known.cause}")
    for group, row in sorted(comparison.rows.items()):
        if row.won:
            print(f"won in {group}: {names(row.won)}")
    print()


def print_markdown(comparison, title):
    print(f"### {title}\n")
    print("\n".join(table(comparison, True)))
    print()
    for test, result, _ in comparison.lost:
        print(f"- lost: `{test.identity}`: {'time limit' if result.verdict == 'time' else result.verdict}")
    for cause, tests in grouped_by_cause(comparison).items():
        print(f"- {', '.join(f'`{test}`' for test in tests)}: {cause}")
    won = [item for _, row in sorted(comparison.rows.items()) for item in row.won]
    if won:
        print(f"- won: {names(won)}")
    print()
