# SPDX-License-Identifier: Apache-2.0
"""Writes tulkki/procedures.cpp: the table behind tulkki/procedures.h."""

import meaning
import output

NAMES = """
const char* name(Family family) {
  static const char* const kNames[] = {%s};
  return kNames[static_cast<std::uint8_t>(family)];
}

}  // namespace tulkki
"""


def entry(p):
    flags = ", ".join("true" if flag else "false" for flag in ("collective_io" in p.attributes, meaning.nonblocking(p)))
    return (f'    {{"{p.name}", Family::{p.family}, raw::RequestKind::{meaning.starts(p)}, '
            f"CollectiveOp::{meaning.collective(p)}, RmaOp::{meaning.rma(p)}, IoOp::{meaning.io(p)}, {flags}}},\n")


def generate(procedures):
    nothing = ('    {"", Family::none, raw::RequestKind::none, CollectiveOp::none, RmaOp::none, IoOp::none, '
               "false, false},\n")
    families = ", ".join(f'"{family.replace("_", "-")}"' for family in meaning.FAMILIES)
    families = families.replace('"rma"', '"RMA"').replace('"io"', '"I/O"')
    return (output.head(__file__) + '#include "tulkki/procedures.h"\n\nnamespace tulkki {\n\n'
            + "const ProcedureInfo kProcedures[] = {\n" + nothing + "".join(entry(p) for p in procedures) + "};\n"
            + NAMES % families)


output.run(generate)
