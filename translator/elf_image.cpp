// SPDX-License-Identifier: Apache-2.0
// Reading of dynamic sections. The loader has turned the addresses in them into absolute ones.
#include "translator/elf_image.h"

#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

namespace tulkki {
namespace {

struct GnuHash {
  std::uint32_t bucket_count, first_symbol, filter_words, shift;
  const std::uint32_t *buckets, *chains;   // chains: from first_symbol on
};

GnuHash gnu_hash_of(const ElfImage& image) {
  const std::uint32_t* head = image.gnu_hash;
  const std::uint32_t* buckets = head + 4 + head[2] * (sizeof(ElfW(Addr)) / sizeof *head);
  return {head[0], head[1], head[2], head[3], buckets, buckets + head[0]};
}

bool is_definition(const ElfImage& image, std::uint32_t index, const char* name) {
  const ElfW(Sym)& symbol = image.symbols[index];
  return symbol.st_shndx != SHN_UNDEF && std::strcmp(image.name_of(symbol), name) == 0;
}

std::uint32_t find_by_gnu_hash(const ElfImage& image, const char* name) {
  const GnuHash table = gnu_hash_of(image);
  if (table.bucket_count == 0) return 0;
  std::uint32_t hash = 5381;
  for (const char* letter = name; *letter != '\0'; ++letter) hash = hash * 33 + static_cast<unsigned char>(*letter);
  std::uint32_t index = table.buckets[hash % table.bucket_count];
  if (index < table.first_symbol) return 0;   // an empty bucket
  for (;; ++index) {
    const std::uint32_t entry = table.chains[index - table.first_symbol];
    if ((entry | 1) == (hash | 1) && is_definition(image, index, name)) return index;
    if ((entry & 1) != 0) return 0;
  }
}

std::uint32_t find_by_plain_hash(const ElfImage& image, const char* name) {
  const std::uint32_t bucket_count = image.plain_hash[0];
  const std::uint32_t *buckets = image.plain_hash + 2, *chains = buckets + bucket_count;
  std::uint32_t hash = 0;
  for (const char* letter = name; *letter != '\0'; ++letter) {
    hash = (hash << 4) + static_cast<unsigned char>(*letter);
    const std::uint32_t high = hash & 0xf0000000;
    hash = (hash ^ high >> 24) & ~high;
  }
  for (std::uint32_t index = bucket_count == 0 ? 0 : buckets[hash % bucket_count]; index != 0; index = chains[index])
    if (is_definition(image, index, name)) return index;
  return 0;
}

}  // namespace

ElfImage image_of(std::uintptr_t base, const ElfW(Dyn)* dynamic) {
  ElfImage image;
  image.base = base;
  std::size_t soname = 0;
  for (const ElfW(Dyn)* entry = dynamic; entry->d_tag != DT_NULL; ++entry) {
    const std::uintptr_t address = entry->d_un.d_ptr;
    switch (entry->d_tag) {
      case DT_SYMTAB: image.symbols = reinterpret_cast<ElfW(Sym)*>(address); break;
      case DT_STRTAB: image.names = reinterpret_cast<const char*>(address); break;
      case DT_SONAME: soname = entry->d_un.d_val; break;
      case DT_VERSYM: image.versions = reinterpret_cast<ElfW(Half)*>(address); break;
      case DT_GNU_HASH: image.gnu_hash = reinterpret_cast<const std::uint32_t*>(address); break;
      case DT_HASH: image.plain_hash = reinterpret_cast<const std::uint32_t*>(address); break;
      case DT_JMPREL: image.jump = reinterpret_cast<const ElfW(Rela)*>(address); break;
      case DT_PLTRELSZ: image.jump_bytes = entry->d_un.d_val; break;
      case DT_RELA: image.other = reinterpret_cast<const ElfW(Rela)*>(address); break;
      case DT_RELASZ: image.other_bytes = entry->d_un.d_val; break;
      default: break;
    }
  }
  // The kernel's object has a dynamic section that nobody relocated.
  if (reinterpret_cast<std::uintptr_t>(image.symbols) < base || reinterpret_cast<std::uintptr_t>(image.names) < base)
    image = {};
  else if (soname != 0) image.soname = image.names + soname;
  return image;
}

ElfImage image_of(const dl_phdr_info& object) {
  for (int i = 0; i < object.dlpi_phnum; ++i)
    if (object.dlpi_phdr[i].p_type == PT_DYNAMIC)
      return image_of(object.dlpi_addr, reinterpret_cast<const ElfW(Dyn)*>(object.dlpi_addr + object.dlpi_phdr[i].p_vaddr));
  return {};
}

std::uint32_t symbol_count(const ElfImage& image) {
  if (image.gnu_hash == nullptr) return 0;
  const GnuHash table = gnu_hash_of(image);
  std::uint32_t last = 0;
  for (std::uint32_t i = 0; i < table.bucket_count; ++i)
    if (table.buckets[i] > last) last = table.buckets[i];
  if (last < table.first_symbol) return table.first_symbol;
  while ((table.chains[last - table.first_symbol] & 1) == 0) ++last;
  return last + 1;
}

std::uint32_t find_definition(const ElfImage& image, const char* name) {
  if (image.symbols == nullptr) return 0;
  if (image.gnu_hash != nullptr) return find_by_gnu_hash(image, name);
  return image.plain_hash != nullptr ? find_by_plain_hash(image, name) : 0;
}

void write_slot(std::uintptr_t* slot, std::uintptr_t value) {
  if (*slot == value) return;
  const auto page_bytes = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  auto* page = reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(slot) & ~(page_bytes - 1));
  mprotect(page, page_bytes, PROT_READ | PROT_WRITE);
  __atomic_store_n(slot, value, __ATOMIC_RELAXED);
}

}  // namespace tulkki
