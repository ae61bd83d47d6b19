# SPDX-License-Identifier: Apache-2.0
"""The table is consistent in itself, and the generators give the same output twice."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

import check
import meaning
import table
from kinds import KINDS, neutral_type

LENGTH_FUNCTIONS = {"comm_size", "indegree", "outdegree", "cart_dimensions", "sum", "last"}
SCRIPTS = pathlib.Path(table.__file__).parent
FLAGS = {"irregular", "collective_io", "collective", "rma", "io", "fortran", "fortran_direct", "fortran_alias"}


def length_defects(procedure):
    names = {parameter.name for parameter in procedure.parameters}
    for parameter in procedure.parameters:
        for word in re.findall(r"[A-Za-z_]\w*", parameter.length or ""):
            if word not in names and word not in LENGTH_FUNCTIONS and not word.startswith("MPI_MAX_"):
                yield f"length of {parameter.name} names '{word}', which is no parameter"
        if KINDS[parameter.kind].name == "string" and parameter.direction == "out" and not parameter.length:
            yield f"string {parameter.name} comes out without a limit"
        if parameter.kind == "callback" and not parameter.callback:
            yield f"callback {parameter.name} has no signature"


def measure_defects(procedure):
    names = {parameter.name for parameter in procedure.parameters}
    if procedure.measure not in meaning.MEASURES:
        yield f"unknown measure '{procedure.measure}'"
    elif len(procedure.arguments) != meaning.MEASURES[procedure.measure]:
        yield f"measure '{procedure.measure}' has {len(procedure.arguments)} arguments"
    for argument in procedure.arguments:
        if argument not in names:
            yield f"measure names '{argument}', which is no parameter"


def attribute_defects(procedure):
    for attribute in procedure.attributes:
        if attribute not in FLAGS:
            yield f"unknown attribute '{attribute}'"
    for value, known in ((procedure.family, meaning.FAMILIES), (meaning.collective(procedure), meaning.COLLECTIVE_OPS),
                         (meaning.rma(procedure), meaning.RMA_OPS), (meaning.io(procedure), meaning.IO_OPS)):
        if value not in known:
            yield f"unknown value '{value}'"
    if procedure.variants - {"c", "i", "init", "x"}:
        yield f"unknown variants {sorted(procedure.variants)}"


def twin_defects(procedure, twin):
    """A `_c` twin has the same parameters, at least one wider, none narrower."""
    if [p.name for p in procedure.parameters] != [p.name for p in twin.parameters]:
        yield "the _c twin has other parameters"
    widened = [(neutral_type(a), neutral_type(b)) for a, b in zip(procedure.parameters, twin.parameters) if a != b]
    if not widened:
        yield "the _c twin equals the procedure"
    if any("int64" in before and "int64" not in after for before, after in widened):
        yield "the _c twin narrows a parameter"


def generator_defects():
    for script in sorted(SCRIPTS.glob("generate_*.py")):
        texts = []
        for seed in ("1", "2"):
            with tempfile.TemporaryDirectory() as folder:
                subprocess.run([sys.executable, script, f"{folder}/output"], check=True,
                               env={**os.environ, "PYTHONHASHSEED": seed})
                texts.append(pathlib.Path(f"{folder}/output").read_text())
        if texts[0] != texts[1]:
            yield f"{script.name} gives two different outputs"


procedures = table.read_table()
by_name = {procedure.name: procedure for procedure in procedures}
failures = []
for procedure in procedures:
    defects = [*length_defects(procedure), *measure_defects(procedure), *attribute_defects(procedure)]
    if procedure.large:
        defects += twin_defects(by_name[procedure.name.removesuffix("_c")], procedure)
    failures += [f"{procedure.name}: {defect}" for defect in defects]
if len(procedures) < 700:
    failures.append(f"only {len(procedures)} procedures")
check.finish(failures + list(generator_defects()), f"table of {len(procedures)} procedures")
