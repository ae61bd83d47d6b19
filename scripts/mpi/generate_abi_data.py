# SPDX-License-Identifier: Apache-2.0
"""Writes tulkki/abi_data.h: constants and predefined handles of the three ABIs, from abi_constants.table and
abi_handles.table."""

import pathlib

import output

FOLDER = pathlib.Path(__file__).parent
MISSING = "kNoConstant"

HEAD = """#pragma once

#include <cstdint>

namespace tulkki {

// Columns of the tables below.
enum class Column : int { standard, openmpi, mpich };

inline constexpr std::int64_t kNoConstant = INT64_MIN;   // the ABI has no such constant
inline constexpr std::uint64_t kNoHandle = ~0ull;

"""


def lines_of(name):
    for number, line in enumerate((FOLDER / name).read_text().splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            yield f"{name}:{number}", line.split()


def read_sets():
    """[(name, bits, [(constant, standard, openmpi, mpich)])]"""
    sets = []
    for where, words in lines_of("abi_constants.table"):
        if words[0] == "set":
            sets.append((words[1], "bits" in words[2:], []))
        elif len(words) == 4:
            sets[-1][2].append(words)
        else:
            raise output.TableError(f"{where}: a constant has a name and three values")
    return sets


def read_handles():
    """[(class, name, standard, openmpi, mpich, fortran)]"""
    handles, kind = [], None
    for where, words in lines_of("abi_handles.table"):
        if words[0] == "class":
            kind = words[1]
        elif len(words) == 5:
            handles.append((kind, *words))
        else:
            raise output.TableError(f"{where}: a handle has a name and four values")
    return handles


def value(text):
    return MISSING if text == "-" else text


def constant_set(name, bits, rows):
    body = "".join(f"      {{{value(s)}, {value(o)}, {value(m)}}},  // {constant}\n" for constant, s, o, m in rows)
    return (f"template <>\nstruct Constants<Set::{name}> {{\n  static constexpr bool kBits = {str(bits).lower()};\n"
            f"  static constexpr std::int64_t kValues[][3] = {{\n{body}  }};\n}};\n")


def handle_row(kind, name, standard, openmpi, mpich, fortran):
    symbol = "nullptr" if openmpi == "-" else f'"{openmpi}"'
    number = "kNoHandle" if mpich == "-" else mpich
    integer = -1 if fortran == "-" else fortran
    return f'    {{HandleClass::{kind}, "{name}", {standard}, {symbol}, {number}, {integer}}},\n'


def generate(_procedures):
    sets, handles = read_sets(), read_handles()
    classes = list(dict.fromkeys(handle[0] for handle in handles))
    limits = next(rows for name, _, rows in sets if name == "limit")
    return (output.head(__file__) + HEAD
            + f"enum class HandleClass : std::uint8_t {{ {', '.join(classes)} }};\n\n"
            + f"enum class Set : std::uint8_t {{ {', '.join(name for name, _, _ in sets)} }};\n\n"
            + "template <Set>\nstruct Constants;\n\n" + "\n".join(constant_set(*entry) for entry in sets)
            + "\n// Lengths of strings and the like, as rows of Constants<Set::limit>.\nenum class Limit : std::uint8_t { "
            + ", ".join(row[0] for row in limits) + " };\n"
            + "\nstruct PredefinedHandle {\n  HandleClass kind;\n  const char* name;\n  std::uint64_t standard;\n"
              "  const char* openmpi;   // the object whose address it is; null: none\n  std::uint64_t mpich;\n"
              "  int openmpi_fortran;   // -1: none\n};\n\n"
            + "inline constexpr PredefinedHandle kPredefinedHandles[] = {\n"
            + "".join(handle_row(*handle) for handle in handles) + "};\n"
            + "inline constexpr int kPredefinedCount = sizeof kPredefinedHandles / sizeof *kPredefinedHandles;\n\n"
            + "}  // namespace tulkki\n")


if __name__ == "__main__":
    output.run(generate)
