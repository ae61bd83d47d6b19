# SPDX-License-Identifier: Apache-2.0
"""Writes tulkki/stubs.inc: for each procedure one recording body and the exported entries MPI_X and PMPI_X."""

import output
from stub import c_stub


def generate(procedures):
    return output.head(__file__) + "\n" + "\n".join(c_stub(procedure) for procedure in procedures)


output.run(generate)
