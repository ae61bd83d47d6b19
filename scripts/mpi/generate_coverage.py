# SPDX-License-Identifier: Apache-2.0
"""Writes coverage.md: how many procedures the table holds, by family and by class, and what is special about some."""

from collections import Counter

import meaning
import output
from fortran import DIRECT_REASONS, fortran_entries

CLASSES = {"forward": "every argument by the rule of its kind", "handles": "makes, changes or frees a handle",
           "arrays": "arrays of handles, statuses or codes",
           "callback": "functions of the program that are called back", "irregular": "own code in the translator"}


def table(head, rows):
    lines = [head, [" --- "] * len(head)] + rows
    return "".join("|" + "|".join(f" {str(cell).strip()} " for cell in line) + "|\n" for line in lines)


def by_family(procedures):
    count = Counter((p.family, p.procedure_class) for p in procedures)
    rows = []
    for family in meaning.FAMILIES[1:]:
        cells = [count[family, name] for name in CLASSES]
        rows.append([family.replace("_", " ")] + cells + [sum(cells)])
    sums = [sum(row[column] for row in rows) for column in range(1, len(CLASSES) + 2)]
    return table(["family"] + list(CLASSES) + ["sum"], rows + [["sum"] + sums])


def generate(procedures):
    large = sum(p.large or p.name.endswith("_c") for p in procedures)
    entries = fortran_entries(procedures)
    measured = sum(p.measure != "plain" for p in procedures)
    direct = {p.name: p.attributes["fortran_direct"] for p in procedures if "fortran_direct" in p.attributes}
    return (output.head(__file__, "<!--").rstrip() + " -->\n# What is intercepted\n\n"
            f"{len(procedures)} C procedures, {large} of them with large counts, each under MPI_X and PMPI_X; "
            f"{len(entries)} Fortran entries.\n{measured} procedures are measured further than their time: "
            "communicator, peer, tag, bytes, request, window or file.\n\n"
            + by_family(procedures) + "\n"
            + table(["class", "what a translation needs"], [list(item) for item in CLASSES.items()])
            + "\n## Fortran bindings that never call the C procedure\n\nThe interposer records them itself.\n\n"
            + table(["procedure", "reason"], [[name, DIRECT_REASONS[why]] for name, why in direct.items()])
            + "\n## By name\n\n"
            + table(["procedure", "family", "class", "measure", "Fortran"],
                    [[p.name, p.family, p.procedure_class, p.measure, p.fortran] for p in procedures]))


output.run(generate)
