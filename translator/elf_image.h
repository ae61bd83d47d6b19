// SPDX-License-Identifier: Apache-2.0
// What the dynamic section of a loaded object says: its symbols, who refers to what, and where the loader wrote the
// answers. Sources: System V ABI (symbols, hash table), x86-64 and AArch64 supplements (relocation types), binutils (the
// GNU hash table).
#pragma once

#include <cstddef>
#include <cstdint>
#include <link.h>

namespace tulkki {

struct ElfImage {
  std::uintptr_t base = 0;
  ElfW(Sym)* symbols = nullptr;
  const char* names = nullptr;
  const char* soname = nullptr;               // null: it has none
  ElfW(Half)* versions = nullptr;             // one for each symbol; null: the object has no versions
  const std::uint32_t* gnu_hash = nullptr;
  const std::uint32_t* plain_hash = nullptr;
  const ElfW(Rela)* jump = nullptr;           // slots of calls
  const ElfW(Rela)* other = nullptr;          // all other relocations
  std::size_t jump_bytes = 0, other_bytes = 0;

  const char* name_of(const ElfW(Sym)& symbol) const { return names + symbol.st_name; }
};

#if defined(__x86_64__)
inline constexpr std::uint32_t kAbsoluteSlot = R_X86_64_64, kGlobalSlot = R_X86_64_GLOB_DAT, kJumpSlot = R_X86_64_JUMP_SLOT;
#elif defined(__aarch64__)
inline constexpr std::uint32_t kAbsoluteSlot = R_AARCH64_ABS64, kGlobalSlot = R_AARCH64_GLOB_DAT, kJumpSlot = R_AARCH64_JUMP_SLOT;
#endif

// Without symbols where the object has none, or tables that cannot be read (the kernel's own object).
[[gnu::cold]] ElfImage image_of(const dl_phdr_info& object);
[[gnu::cold]] ElfImage image_of(std::uintptr_t base, const ElfW(Dyn)* dynamic);

// Place in the table of symbols of what the object itself, none that it needs, defines under this name; 0: nothing.
[[gnu::cold]] std::uint32_t find_definition(const ElfImage& image, const char* name);
// How many symbols there are, by the GNU hash table; 0 where the object has none.
[[gnu::cold]] std::uint32_t symbol_count(const ElfImage& image);

// Calls visit(slot, symbol, relocation) for each slot that the loader filled in with the address of a symbol.
template <class Visit>
void visit_slots(const ElfImage& image, Visit visit) {
  const auto visit_table = [&](const ElfW(Rela)* relocations, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes / sizeof(ElfW(Rela)); ++i) {
      const auto type = static_cast<std::uint32_t>(ELF64_R_TYPE(relocations[i].r_info));
      if (type != kJumpSlot && type != kGlobalSlot && type != kAbsoluteSlot) continue;
      visit(reinterpret_cast<std::uintptr_t*>(image.base + relocations[i].r_offset),
            image.symbols[ELF64_R_SYM(relocations[i].r_info)], relocations[i]);
    }
  };
  if (image.symbols == nullptr || image.names == nullptr) return;
  visit_table(image.jump, image.jump_bytes);
  visit_table(image.other, image.other_bytes);
}

// Writes into a slot that may have been made read-only after relocation; its page stays writable.
[[gnu::cold]] void write_slot(std::uintptr_t* slot, std::uintptr_t value);

}  // namespace tulkki
