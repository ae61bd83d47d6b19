# SPDX-License-Identifier: Apache-2.0
"""Reads the API table (table/*.table) and derives the variants of each entry: `_c` twins, nonblocking, persistent and
MPIX_ names. What the table says and how to extend it stands in docs/add-a-call.md."""

import hashlib
import pathlib
import re
from dataclasses import dataclass, field, replace

from kinds import KINDS, LARGE_KIND

TABLE_FOLDER = pathlib.Path(__file__).parent / "table"
FILES = ["point_to_point", "datatype", "collective", "communicator", "environment", "rma", "io", "tool", "language"]


class TableError(Exception):
    """A defect of the table, with the file and the entry that it stands in."""


@dataclass(frozen=True)
class Parameter:
    name: str
    kind: str
    direction: str = "in"        # in, out, inout
    length: str | None = None    # None: not an array; "": an array whose end is marked inside
    nonconst: bool = False       # the C prototype lacks the const that the direction suggests
    callback: str | None = None  # typedef of a callback

    @property
    def is_array(self):
        return self.length is not None and not KINDS[self.kind].pointer


@dataclass(frozen=True)
class Procedure:
    name: str
    parameters: tuple
    returns: str                 # "error_code", or the kind of a returned value
    chapter: str
    family: str
    measure: str
    arguments: tuple
    attributes: dict = field(hash=False)
    variants: frozenset = frozenset()
    mode: str = "blocking"       # of a collective: blocking, nonblocking, persistent
    large: bool = False          # a `_c` twin

    @property
    def returns_error(self):
        return self.returns == "error_code"

    @property
    def collective_measure(self):
        return "i" in self.variants

    @property
    def fortran(self):
        """all, mpifh (no mpi_f08), f08_large (only as the large-count specific of mpi_f08) or none."""
        return self.attributes["fortran"]

    @property
    def procedure_class(self):
        """What a translation needs: rules of the single parameter kinds, temporary arrays, callbacks, or own code."""
        if "irregular" in self.attributes:
            return "irregular"
        kinds = [KINDS[parameter.kind] for parameter in self.parameters]
        if any(kind.name == "callback" for kind in kinds):
            return "callback"
        if any(parameter.is_array and KINDS[parameter.kind].translated for parameter in self.parameters):
            return "arrays"
        if KINDS[self.returns].handle or any(
                KINDS[p.kind].handle and p.direction != "in" for p in self.parameters):
            return "handles"
        return "forward"


PARAMETER = re.compile(r"^(?:(?P<direction>in|out|inout) )?(?:(?P<nonconst>nonconst) )?"
                       r"(?P<kind>[a-z_0-9]+)(?:<(?P<callback>\w+)(?P<twin>\+c)?>)? "
                       r"(?P<name>\w+)(?:\[(?P<length>.*)\])?$")
MEASURE = re.compile(r"^(?P<name>\w+)\((?P<arguments>[^()]*)\)$")


def split_outside_brackets(text):
    """Splits at the commas that stand outside of brackets and parentheses."""
    parts, depth, start = [], 0, 0
    for position, letter in enumerate(text):
        depth += (letter in "[(") - (letter in "])")
        if letter == "," and depth == 0:
            parts.append(text[start:position].strip())
            start = position + 1
    return [part for part in parts + [text[start:].strip()] if part]


def closing_parenthesis(text, where):
    depth = 0
    for position, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == ")" and depth == 0:
            return position
    raise TableError(f"{where}: parenthesis not closed")


def parse_parameter(text, where):
    match = PARAMETER.match(text)
    if not match:
        raise TableError(f"{where}: cannot read the parameter '{text}'")
    if match["kind"] not in KINDS:
        raise TableError(f"{where}: unknown kind '{match['kind']}' of parameter '{match['name']}'")
    callback = match["callback"] + (match["twin"] or "") if match["callback"] else None
    return Parameter(match["name"], match["kind"], match["direction"] or "in", match["length"],
                     bool(match["nonconst"]), callback)


def parse_entry(text, chapter, family, defaults, where):
    end = closing_parenthesis(text, where) + 1
    head = re.match(r"^(?:([a-z_0-9]+) )?(MPIX?_\w+)\((.*)\)$", text[:end])
    if not head:
        raise TableError(f"{where}: cannot read the entry '{text}'")
    where = f"{where}: {head[2]}"
    flags, _, measure = text[end:].partition(":")
    call = MEASURE.match(measure.strip() or "plain()")
    if not call:
        raise TableError(f"{where}: cannot read the measure '{measure}'")
    variants, attributes = set(), dict(defaults)
    for flag in flags.split():
        if flag.startswith("+"):
            variants.add(flag[1:])
        else:
            name, _, value = flag.partition("=")
            attributes[name] = value or True
    parameters = tuple(parse_parameter(part, where) for part in split_outside_brackets(head[3]))
    return Procedure(head[2], parameters, head[1] or "error_code", chapter, family, call["name"],
                     tuple(split_outside_brackets(call["arguments"])), attributes, frozenset(variants))


def read_file(path):
    """The entries as they stand in one file, without the derived ones."""
    entries, state, defaults = [], {"chapter": "", "family": ""}, {"fortran": "all"}
    lines = [line.rstrip() for line in path.read_text().splitlines()]
    lines = [(number, line) for number, line in enumerate(lines, 1) if line and not line.startswith("#")]
    position = 0
    while position < len(lines):
        number, text = lines[position]
        position += 1
        while position < len(lines) and lines[position][1].startswith(" "):
            text += " " + lines[position][1].strip()
            position += 1
        where = f"{path.name}:{number}"
        word, _, rest = text.partition(" ")
        if word == "chapter":
            state["chapter"], defaults = rest, {"fortran": "all"}
        elif word == "family":
            state["family"] = rest
        elif word == "default":
            name, _, value = rest.partition("=")
            defaults = {**defaults, name: value}
        else:
            entries.append(parse_entry(text, state["chapter"], state["family"], defaults, where))
    return entries


def large_twin(procedure):
    """The `_c` twin: counts and displacements grow to 64 bits, callbacks take their large-count form."""
    parameters = tuple(
        replace(p, kind=LARGE_KIND.get(p.kind, p.kind), callback=p.callback and p.callback.replace("+c", "_c"))
        for p in procedure.parameters)
    attributes = dict(procedure.attributes)
    if attributes["fortran"] == "all":
        attributes["fortran"] = "f08_large"
    return replace(procedure, name=procedure.name + "_c", parameters=parameters, attributes=attributes, large=True)


def other_mode(procedure, mode):
    """The nonblocking or persistent variant of a collective procedure."""
    request = Parameter("request", "request", "out")
    if mode == "nonblocking":
        name = "MPI_I" + procedure.name[4].lower() + procedure.name[5:]
        return replace(procedure, name=name, parameters=procedure.parameters + (request,), mode=mode)
    return replace(procedure, name=procedure.name + "_init", mode=mode, family="persistent",
                   parameters=procedure.parameters + (Parameter("info", "info"), request))


def expand(entry):
    """The entry and everything that is derived from it."""
    modes = [entry]
    if "i" in entry.variants:
        modes.append(other_mode(entry, "nonblocking"))
    if "init" in entry.variants:
        modes.append(other_mode(entry, "persistent"))
    procedures = []
    for procedure in modes:
        counted = "c" in entry.variants
        plain = tuple(replace(p, callback=p.callback and p.callback.replace("+c", "")) for p in procedure.parameters)
        procedures.append(replace(procedure, parameters=plain))
        if counted:
            procedures.append(large_twin(procedure))
    if "x" in entry.variants:
        persistent = other_mode(entry, "persistent")
        procedures.append(replace(persistent, name=persistent.name.replace("MPI_", "MPIX_", 1), chapter="extension",
                                  attributes={**persistent.attributes, "fortran": "all"}))
    return procedures


def read_table():
    """Every procedure, in the order of their numbers."""
    procedures = [p for name in FILES for entry in read_file(TABLE_FOLDER / f"{name}.table") for p in expand(entry)]
    names = [procedure.name for procedure in procedures]
    for name in names:
        if names.count(name) > 1:
            raise TableError(f"{name} stands twice in the table")
    return procedures


def table_hash(procedures):
    """64 bits that change with every change that gives a number another meaning."""
    digest = hashlib.sha256()
    for p in procedures:
        digest.update(repr((p.name, p.parameters, p.returns, p.family, p.measure, p.arguments, p.mode,
                            sorted(p.attributes.items()))).encode())
    return int.from_bytes(digest.digest()[:8], "little")
