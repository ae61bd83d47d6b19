# SPDX-License-Identifier: Apache-2.0
"""When an output has the shape that a page shows, and how a page's output is renewed.

The rule: numbers with their units, dates, versions, hashes and widths do not count, empty lines neither. A line without
a number must stand where the page has it. Lines with numbers below it may come in any order (tables are sorted by
what was measured). A line `...` stands for any number of lines.
"""
import collections
import difflib
import re

CUT = "..."
UNIT = r"(?:ns|us|µs|ms|s|min|h|B|[KMGT]i?B|kB|bytes|%|x)(?:/s)?(?![\w])"
HASH = r"(?<![A-Za-z])[0-9a-f]*\d[0-9a-f]*[a-f][0-9a-f]*(?![A-Za-z])"
# v4.1 too, but not what belongs to a name: OTF2, p99.
NUMBER = re.compile(rf"[+-]?0x[0-9a-f]+|{HASH}|[+-]?(?:(?<=\bv)|(?<!\w))\d[\d.,:]*")
BAR = re.compile(r"(?<!\S)(?:[+]{2,}|-{2,}|[+-]|[▁-█▏▎▍▌▋▊▉]+|[|]+)(?!\S)")


def normalised(line):
    line = re.sub(r"-\d{8}-\d{6}-[0-9a-f]+", "-RUN", line)  # the folder of a trace
    line = re.sub(r"(?<=\d)T(?=\d)", " ", line.replace("95 %", "PERCENT"))  # a level is a word, not a result
    line = NUMBER.sub("#", line)
    line = re.sub(r"#(?:[-_./]?#)+", "#", line)  # dates, ranges
    line = re.sub(rf"(?<=[#\]]) ?{UNIT}", "", line)
    line = BAR.sub(" ", line)
    return " ".join(line.split())


def chunks_of(lines):
    """Lists [line without number, lines with numbers below it, cut or not]."""
    chunks = [["", [], False]]
    for line in lines:
        if line.strip() == CUT:
            chunks[-1][2] = True
            continue
        shape = normalised(line)
        if not shape:
            continue
        if "#" in shape:
            chunks[-1][1].append(shape)
        else:
            chunks.append([shape, [], False])
    return chunks


def difference(shown, real):
    """Why the output `real` has not the shape of `shown` (lists of lines); empty if it has."""
    wanted, found = chunks_of(shown), chunks_of(real)
    at = 0
    for index, (fixed, rows, cut) in enumerate(wanted):
        if index > 0:
            if wanted[index - 1][2]:
                while at < len(found) and found[at][0] != fixed:
                    at += 1
            if at >= len(found):
                return f"no line '{fixed}'"
            if found[at][0] != fixed:
                return f"the page has '{fixed}' where the output has '{found[at][0]}'"
        missing = collections.Counter(rows) - collections.Counter(found[at][1])
        added = collections.Counter(found[at][1]) - collections.Counter(rows)
        if missing:
            return f"below '{fixed}' there is no line like '{next(iter(missing))}'; there is {found[at][1]}"
        if added and not cut:
            return f"below '{fixed}' the page lacks '{next(iter(added))}' (a line ... stands for lines left out)"
        at += 1
    if at < len(found) and not wanted[-1][2]:
        return f"the page ends before '{found[at][0]}'"
    return ""


def words_difference(shown, real):
    """The same for a block marked as measured elsewhere: only the lines without a number, in their order."""
    found = [fixed for fixed, _, _ in chunks_of(real)]
    for fixed, _, _ in chunks_of(shown):
        if fixed not in found:
            return f"no line '{fixed}', or not in this place"
        del found[:found.index(fixed) + 1]
    return ""


def renewed(shown, real):
    """The lines of `real` that `shown` shows, with a `...` where it has one. None: they cannot be told."""
    while real and not real[-1].strip():
        real = real[:-1]
    if CUT not in [line.strip() for line in shown]:
        return list(real)
    parts, part = [], []
    for line in shown + [CUT]:
        if line.strip() == CUT:
            parts.append(part)
            part = []
        elif line.strip():
            part.append(normalised(line))
    shapes, result, begin = [normalised(line) for line in real], [], 0
    for index, part in enumerate(parts):
        if index > 0:
            result.append(CUT)
        if not part:
            continue
        first = begin if index == 0 else closest(part[0], shapes, begin)
        last = len(real) - 1 if index == len(parts) - 1 else closest(part[-1], shapes, first)
        if first is None or last is None:
            return None
        result += real[first:last + 1]
        begin = last + 1
    return result


def closest(wanted, shapes, begin):
    """Where from `begin` on a line is most like `wanted`; None if none is."""
    def likeness(index):
        return difflib.SequenceMatcher(None, wanted, shapes[index]).ratio()
    best = max(range(begin, len(shapes)), key=lambda index: (likeness(index), -index), default=None)
    return best if best is not None and likeness(best) > 0.5 else None
