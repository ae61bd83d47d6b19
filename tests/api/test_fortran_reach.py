# SPDX-License-Identifier: Apache-2.0
"""Each Fortran binding calls the C procedure of its name through the dynamic linker, where the interposer sees it, or
the table marks it fortran_direct. Found by disassembly: which imported functions can an entry reach?"""

import bisect
import re

import check
from fortran import fortran_entries
from table import read_table

INSTRUCTION = re.compile(r"^\s+([0-9a-f]+):\s+(?:bnd )?(\S+)\s*(.*)$")
TARGET = re.compile(r"^([0-9a-f]+) <([^>]*)>")
COMMENT = re.compile(r"# ([0-9a-f]+) ")


class Library:
    """Call graph of one library: functions by start address, their local callees and their imported ones."""

    def __init__(self, path):
        self.entries = {}
        for line in check.run("nm", "-D", "--defined-only", path).splitlines():
            address, letter, name = line.split()
            if letter in "TWi":
                self.entries[name] = int(address, 16)
        imports = re.findall(r"^([0-9a-f]+)\s+\S+\s+R_X86_64_(?:JUMP_SLO\w*|GLOB_DAT)\s+\S+\s+(\S+)",
                             check.run("readelf", "-rW", path), re.MULTILINE)
        self.imports = {int(address, 16): name.split("@")[0] for address, name in imports}
        lines = map(INSTRUCTION.match, check.run("objdump", "-d", "--no-show-raw-insn", path).splitlines())
        self.build([(int(line[1], 16), line[2], line[3]) for line in lines if line])

    def build(self, code):
        calls = (TARGET.match(text) for _, operation, text in code if operation.startswith("call"))
        starts = sorted(set(self.entries.values()) | {int(call[1], 16) for call in calls if call})
        self.local, self.imported = {}, {}
        for address, operation, text in code:
            if not operation.startswith(("call", "j")):
                continue
            position = bisect.bisect_right(starts, address) - 1
            target, comment = TARGET.match(text), COMMENT.search(text)
            if target and target[2].endswith("@plt"):
                self.imported.setdefault(starts[position], set()).add(target[2].split("@")[0])
            elif target and int(target[1], 16) in starts and int(target[1], 16) != starts[position]:
                self.local.setdefault(starts[position], set()).add(int(target[1], 16))
            elif comment and int(comment[1], 16) in self.imports:
                self.imported.setdefault(starts[position], set()).add(self.imports[int(comment[1], 16)])


def reach(libraries, library, address, seen):
    """Imported names that code at the address can reach. Names of Fortran bindings (ompi_x_f,
    pmpi_x_) are followed into the libraries given, those of one MPI implementation."""
    if (library, address) in seen:
        return set()
    seen.add((library, address))
    names = set(library.imported.get(address, ()))
    for callee in library.local.get(address, ()):
        names |= reach(libraries, library, callee, seen)
    for name in [name for name in names if name.startswith(("ompi", "pmpi", "mpi_"))]:
        for other in libraries:
            if name in other.entries:
                names |= reach(libraries, other, other.entries[name], seen)
    return names


failures, compared, needed = [], 0, set()
libraries = {name: Library(path) for name, path in check.installed(check.FORTRAN_LIBRARIES).items()}
entries = {entry.symbol: entry for entry in fortran_entries(read_table())}
for library_name, library in libraries.items():
    siblings = [other for name, other in libraries.items() if ("mpich" in name) == ("mpich" in library_name)]
    for symbol, address in sorted(library.entries.items()):
        if symbol not in entries:
            continue
        procedure = entries[symbol].procedure
        compared += 1
        reached = reach(siblings, library, address, set()) & {procedure.name, "P" + procedure.name}
        if not reached and entries[symbol].direct:
            needed.add(procedure.name)
        elif not reached:
            failures.append(f"{library_name}: {symbol} calls neither {procedure.name} nor P{procedure.name}; "
                            "mark it fortran_direct in the table")
marked = {entry.procedure.name for entry in entries.values() if entry.direct}
if len(libraries) == len(check.FORTRAN_LIBRARIES):
    failures += [f"{name} is marked fortran_direct, and every library calls it" for name in sorted(marked - needed)]
check.finish(failures, f"{compared} Fortran entries, {len(needed)} procedures by their own stubs")
