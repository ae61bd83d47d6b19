# SPDX-License-Identifier: Apache-2.0
"""Writes tulkki/fortran.h: what the assembly of the Fortran entries shares with the interposer."""

import output
from fortran import fortran_entries

TEXT = """#pragma once

#include <cstdint>

namespace tulkki {

inline constexpr unsigned kFortranEntries = %d;

}  // namespace tulkki

extern "C" {

// By slot: name of the entry, number of its procedure, and the real function. A slot of a trampoline holds at first the
// way into tulkki_resolve_fortran and then what that returned; a slot of tulkki/fortran_stubs.inc is null at first.
extern const char* const tulkki_fortran_names[] __attribute__((visibility("hidden")));
extern const std::uint16_t tulkki_fortran_procedures[] __attribute__((visibility("hidden")));
extern void* tulkki_fortran_slots[] __attribute__((visibility("hidden")));

// Set by each trampoline beside tulkki_fortran_site: the procedure that the Fortran library is about to call for the
// program. Every other procedure that it calls on the way (handle conversions, Comm_size ...) is its own affair.
extern constinit thread_local std::uint32_t tulkki_fortran_procedure
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

// To be defined by the interposer: address of the real function of a slot, which it fills, unless the caller (the one in
// tulkki_fortran_site) means a function of its own. Must not return null.
void* tulkki_resolve_fortran(unsigned slot) __attribute__((visibility("hidden")));
}
"""


def generate(procedures):
    return output.head(__file__) + TEXT % len(fortran_entries(procedures))


output.run(generate)
