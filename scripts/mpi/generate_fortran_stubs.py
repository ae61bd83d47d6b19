# SPDX-License-Identifier: Apache-2.0
"""Writes tulkki/fortran_stubs.inc: recording entries for the Fortran procedures whose bindings never call the C
procedure of their name. The table says why with fortran_direct=...; the reasons stand in fortran.py."""

import output
from fortran import DIRECT_REASONS, argument_count, fortran_entries, result_type
from table import TableError


def body(procedure):
    returned = result_type(procedure)
    count = argument_count(procedure)
    types = ", ".join(["void*"] * count)
    declared = "".join(f", void* argument{n}" for n in range(count))
    passed = ", ".join(f"argument{n}" for n in range(count))
    keep, give = (f"const {returned} result = ", "  return result;\n") if returned != "void" else ("", "")
    reason = DIRECT_REASONS[procedure.attributes["fortran_direct"]]
    return f"""// {reason}
static inline {returned} call_fortran_{procedure.name}(unsigned slot, const void* site{declared}) {{
  using Real = {returned} (*)({types});
  ThreadRecorder* recorder = enter(Procedure::{procedure.name}, Entry::fortran, site);
  const Real real = real_fortran<Real>(slot);
  if (recorder == nullptr) return real({passed});
  Call call(*recorder, Procedure::{procedure.name}, site);
  measure::Plain m(call);
  call.start();
  {keep}real({passed});
  call.stop();
  m.finish(call, 0);
{give}}}
"""


def exported(slot, entry):
    count = argument_count(entry.procedure)
    declared = ", ".join(f"void* argument{n}" for n in range(count))
    passed = "".join(f", argument{n}" for n in range(count))
    return (f"TULKKI_EXPORT {result_type(entry.procedure)} {entry.symbol}({declared}) {{\n"
            f"  return call_fortran_{entry.procedure.name}({slot}, TULKKI_SITE{passed});\n}}\n")


def generate(procedures):
    parts, known = [output.head(__file__)], set()
    for slot, entry in enumerate(fortran_entries(procedures)):
        if not entry.direct:
            continue
        if entry.procedure.attributes["fortran_direct"] not in DIRECT_REASONS:
            raise TableError(f"{entry.procedure.name}: fortran_direct names no reason of fortran.py")
        if entry.procedure.name not in known:
            known.add(entry.procedure.name)
            parts.append("\n" + body(entry.procedure))
        parts.append(exported(slot, entry))
    return "".join(parts)


output.run(generate)
