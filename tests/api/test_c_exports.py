# SPDX-License-Identifier: Apache-2.0
"""Every callable MPI_* symbol of the installed C libraries is intercepted, under MPI_X and PMPI_X."""

import check
from table import read_table

covered = {procedure.name for procedure in read_table()}
covered |= {"P" + name for name in covered}
built = check.interposer_symbols()
rules = check.exceptions("c_exceptions.txt")
failures, used = [], set()

for name, path in check.installed(check.C_LIBRARIES).items():
    exported = {symbol for symbol in check.symbols(path) if symbol.startswith(("MPI_", "MPIX_"))}
    exported |= {symbol for symbol in check.symbols(path, "TW") if symbol.startswith(("PMPI_", "PMPIX_"))
                 and symbol[1:] in exported - {s for s in exported if any(r[0].match(s) for r in rules)}}
    print(f"{name}: {len(exported)} symbols")
    failures += [f"{name} exports {s}: not in the table" for s in check.uncovered(exported, covered, rules, used)]
    callable_names = exported & covered
    if built is not None:
        failures += [f"{name} exports {s}: not in libtulkki.so" for s in sorted(callable_names - built)]

if built is not None:
    failures += [f"libtulkki.so does not export {name} of the table" for name in sorted(covered - built)]
failures += [f"c_exceptions.txt: '{rule[0].pattern}' excepts nothing" for rule in rules if rule[0].pattern not in used]
check.finish(failures, "C entries")
