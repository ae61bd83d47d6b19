# SPDX-License-Identifier: Apache-2.0
"""Writes tulkki/names.inc: the elements of an array of C names by procedure number, to be included inside its braces.
The name of the profiling entry is "P" and this."""

import output


def generate(procedures):
    return output.head(__file__) + '"",\n' + "".join(f'"{procedure.name}",\n' for procedure in procedures)


output.run(generate)
