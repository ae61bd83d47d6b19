# SPDX-License-Identifier: Apache-2.0
"""Writes tulkki/procedures.h: the numbers of the procedures and what each of them means."""

import meaning
import output
from table import table_hash

INTRODUCTION = """#pragma once

#include <cstdint>

#include "storage/raw_format.h"

namespace tulkki {

// Changes with every change of the API table: procedure numbers mean nothing under another one.
inline constexpr std::uint64_t kApiTableHash = 0x%016xULL;

"""

INFORMATION = """
struct ProcedureInfo {
  const char* name;          // as in C
  Family family;
  raw::RequestKind starts;   // request that a successful call starts; none for persistent initialisation
  CollectiveOp collective;   // of blocking, nonblocking and persistent variants
  RmaOp rma;
  IoOp io;
  bool collective_io;        // every process of the file's communicator calls it
  bool nonblocking;          // the operation is not complete when the call returns: I..., R..., ..._init
};

extern const ProcedureInfo kProcedures[];  // by Procedure, `count` entries

inline const ProcedureInfo& info(Procedure procedure) { return kProcedures[static_cast<std::uint16_t>(procedure)]; }

const char* name(Family family);  // for people: "point-to-point"

}  // namespace tulkki
"""


def enumeration(name, width, values):
    lines = [f"enum class {name} : std::uint{width}_t {{"]
    lines += [f"  {value}{' = 0' if position == 0 else ''}," for position, value in enumerate(values)]
    return "\n".join(lines + ["};\n"])


def generate(procedures):
    names = ["none"] + [procedure.name for procedure in procedures] + ["count"]
    return (output.head(__file__) + INTRODUCTION % table_hash(procedures)
            + enumeration("Procedure", 16, names) + "\n"
            + enumeration("Family", 8, meaning.FAMILIES) + "\n"
            + "// create_handle, destroy_handle: of communicators, windows and files.\n"
            + enumeration("CollectiveOp", 8, meaning.COLLECTIVE_OPS) + "\n"
            + enumeration("RmaOp", 8, meaning.RMA_OPS) + "\n"
            + enumeration("IoOp", 8, meaning.IO_OPS) + INFORMATION)


output.run(generate)
