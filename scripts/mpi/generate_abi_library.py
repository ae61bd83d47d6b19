# SPDX-License-Identifier: Apache-2.0
"""Writes tulkki/abi_library.inc: the exported functions of libmpi_abi.so.1. Each jumps to its entry in a table, which
holds a function that starts the translation until the first call."""

import output
from kinds import neutral_return_type, neutral_type
from stub import fixed_parameters, is_variadic, safe_name, signature


def functions(procedure):
    returned, name = neutral_return_type(procedure.returns), procedure.name
    declared = signature(procedure) + (", ..." if is_variadic(procedure) else "")
    types = ", ".join(neutral_type(p) for p in fixed_parameters(procedure)) + (", ..." if is_variadic(procedure) else "")
    passed = ", ".join(safe_name(p.name) for p in fixed_parameters(procedure))
    jump = f"return reinterpret_cast<{returned} (*)({types})>(g_entries[static_cast<int>(Procedure::{name})])({passed});"
    return (f"{returned} first_{name}({signature(procedure)}) {{\n  start();\n  {jump}\n}}\n"
            f"extern \"C\" TULKKI_EXPORT {returned} P{name}({declared}) {{ {jump} }}\n"
            f"extern \"C\" TULKKI_EXPORT {returned} {name}({declared}) __attribute__((weak, alias(\"P{name}\")));\n")


def generate(procedures):
    entries = "".join(f"    reinterpret_cast<void*>(&first_{p.name}),\n" for p in procedures)
    return (output.head(__file__) + "\nextern void* g_entries[];\nvoid start();\n\n"
            + "\n".join(map(functions, procedures))
            + f"\nvoid* g_entries[] = {{\n    nullptr,\n{entries}}};\n")


output.run(generate)
