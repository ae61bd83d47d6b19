# SPDX-License-Identifier: Apache-2.0
"""Writes tulkki/stubs.inc: for each procedure one recording body, the exported entries MPI_X and PMPI_X, and the table
that they jump through."""

import output
from stub import c_stub


def generate(procedures):
    tables = ""
    for prefix in ("", "P"):
        rows = "".join(f"        reinterpret_cast<void*>(&record_{prefix}{p.name}),\n" for p in procedures)
        tables += f"    {{\n        nullptr,\n{rows}    }},\n"
    return (output.head(__file__) + "\n" + "\n".join(c_stub(procedure) for procedure in procedures)
            + f"\nvoid* g_entries[2][static_cast<int>(Procedure::count)] = {{\n{tables}}};\n")


output.run(generate)
