# SPDX-License-Identifier: Apache-2.0
"""Every Fortran entry of the installed Fortran libraries is intercepted, in each spelling that compilers use."""

import check
from fortran import fortran_entries
from table import read_table

covered = {entry.symbol for entry in fortran_entries(read_table())}
built = check.interposer_symbols()
rules = check.exceptions("fortran_exceptions.txt")
failures, used = [], set()

for name, path in check.installed(check.FORTRAN_LIBRARIES).items():
    exported = {s for s in check.symbols(path, "TW") if s.lower().startswith(("mpi_", "mpix_", "mpir", "mpiext"))}
    print(f"{name}: {len(exported)} symbols")
    failures += [f"{name} exports {s}: not in the table" for s in check.uncovered(exported, covered, rules, used)]

if built is not None:
    failures += [f"libtulkki.so does not export {name} of the table" for name in sorted(covered - built)]
failures += [f"fortran_exceptions.txt: '{rule[0].pattern}' excepts nothing" for rule in rules
             if rule[0].pattern not in used]
check.finish(failures, "Fortran entries")
