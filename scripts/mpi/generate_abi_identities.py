# SPDX-License-Identifier: Apache-2.0
"""Writes tulkki/abi_identities.h: by what the files of each ABI are known, from abi_identities.table."""

import pathlib

import output

TABLE = pathlib.Path(__file__).parent / "abi_identities.table"
KEYS = ["library", "exports", "program_names", "says", "launcher", "launcher_says", "core", "language", "component"]

HEAD = """#pragma once

namespace tulkki {

// Each list ends with a null pointer. What the keys mean stands in scripts/mpi/abi_identities.table.
struct AbiIdentity {
  const char* name;   // as users write it
%s};

// By number of AbiName, which is also that of raw::Abi.
inline constexpr AbiIdentity kAbiIdentities[] = {
"""


def read():
    """[(name, {key: [value]})]"""
    identities = []
    for number, line in enumerate(TABLE.read_text().splitlines(), 1):
        key, _, values = line.strip().partition(" ")
        if not key or key.startswith("#"):
            continue
        if key == "abi":
            identities.append((values.strip(), {}))
        elif key in KEYS and identities:
            identities[-1][1][key] = [value.strip() for value in values.split(" | ") if value.strip()]
        else:
            raise output.TableError(f"{TABLE.name}:{number}: there is no key {key}")
    return identities


def entry(name, lists):
    if missing := [key for key in KEYS if key not in lists]:
        raise output.TableError(f"{TABLE.name}: {name} has no {', '.join(missing)}")
    longest = max(len(values) for values in lists.values())
    assert longest <= LONGEST, f"{name}: a list of more than {LONGEST} values"
    rows = "".join(f"     {{{', '.join(chr(34) + value + chr(34) for value in lists[key])}}},  // {key}\n" for key in KEYS)
    return f'    {{"{name}",\n{rows}    }},\n'


LONGEST = 8


def generate(_procedures):
    members = "".join(f"  const char* {key}[{LONGEST + 1}];\n" for key in KEYS)
    nothing = '    {"unknown", ' + ", ".join(["{}"] * len(KEYS)) + "},\n"
    return output.head(__file__) + HEAD % members + nothing + "".join(entry(*each) for each in read()) + "};\n\n}  // namespace tulkki\n"


output.run(generate)
