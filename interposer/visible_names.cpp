// SPDX-License-Identifier: Apache-2.0
// Our own table of symbols, edited in memory. To the loader a symbol without section and value is undefined, and one with
// the mark of a hidden version is not found by dlsym, but still taken for references that name no version. Sources:
// System V ABI (symbols), Linux Standard Base (symbol versions), glibc's elf/dl-lookup.c (check_match).
#include "interposer/visible_names.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <initializer_list>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include "interposer/backend.h"
#include "interposer/late_objects.h"
#include "translator/backend_library.h"
#include "translator/elf_image.h"

namespace tulkki {
namespace {

const char* const kNames[] = {
#include "tulkki/names.inc"
};

void* g_shown = nullptr;   // the library whose names were shown last

enum class Sight { everyone, loader, nobody };

// The first version of libtulkki.map, marked as hidden; the base version, which all names have in the file.
constexpr ElfW(Half) kHiddenVersion = 2 | 0x8000, kBaseVersion = 1;

// Not the names for Fortran, which have no letters of both sizes; nor what MPI libraries call inside of each other.
bool is_c_name(const char* name) {
  if (*name == 'P') ++name;
  if (std::strncmp(name, "MPI_", 4) != 0 && std::strncmp(name, "MPIX_", 5) != 0) return false;
  for (const char* letter = name + 4; *letter != '\0'; ++letter)
    if (*letter >= 'a' && *letter <= 'z') return true;
  return false;
}

class OwnNames {
 public:
  OwnNames() : image_(image_of(reinterpret_cast<std::uintptr_t>(__ehdr_start), _DYNAMIC)), count_(symbol_count(image_)) {
    if (count_ == 0 || image_.versions == nullptr) return;
    const std::uintptr_t page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    const auto end = reinterpret_cast<std::uintptr_t>(image_.versions + count_);
    begin_ = reinterpret_cast<std::uintptr_t>(image_.symbols) & ~(page - 1);
    bytes_ = end - begin_;
    writable_ = end > begin_ && mprotect(reinterpret_cast<void*>(begin_), bytes_, PROT_READ | PROT_WRITE) == 0;
  }
  ~OwnNames() {
    if (writable_) mprotect(reinterpret_cast<void*>(begin_), bytes_, PROT_READ);
  }
  OwnNames(const OwnNames&) = delete;
  OwnNames& operator=(const OwnNames&) = delete;

  // Each by what sight_of(name) says. A name that nobody sees is gone for good.
  template <class SightOf>
  void set_all(SightOf sight_of) {
    for (std::uint32_t index = 1; writable_ && index < count_; ++index) {
      const char* name = image_.name_of(image_.symbols[index]);
      if (image_.symbols[index].st_shndx != SHN_UNDEF && is_c_name(name)) set(index, sight_of(name));
    }
  }
  void hide_from_probes(const char* name) {
    const std::uint32_t index = find_definition(image_, name);
    if (writable_ && index != 0) set(index, Sight::loader);
  }
  bool seen_by_everyone(const char* name) const {
    const std::uint32_t index = find_definition(image_, name);
    return index != 0 && (image_.versions[index] & 0x8000) == 0;
  }

 private:
  void set(std::uint32_t index, Sight sight) {
    const ElfW(Half) version = sight == Sight::everyone ? kBaseVersion : kHiddenVersion;
    if (image_.versions[index] != version) image_.versions[index] = version;   // pages that are not written stay shared
    if (sight != Sight::nobody) return;
    image_.symbols[index].st_value = 0;
    image_.symbols[index].st_shndx = SHN_UNDEF;
  }

  ElfImage image_;
  std::uint32_t count_;
  std::uintptr_t begin_ = 0, bytes_ = 0;
  bool writable_ = false;
};

// A weak reference asks, as dlsym does; the loader has answered it when the program was started.
int forget_weak_references(dl_phdr_info* object, std::size_t, void* argument) {
  const auto& names = *static_cast<const OwnNames*>(argument);
  if (object->dlpi_addr == reinterpret_cast<std::uintptr_t>(__ehdr_start)) return 0;   // our own, of which there are many
  const ElfImage image = image_of(*object);
  visit_slots(image, [&](std::uintptr_t* slot, const ElfW(Sym)& symbol, const ElfW(Rela)&) {
    if (symbol.st_shndx != SHN_UNDEF || ELF64_ST_BIND(symbol.st_info) != STB_WEAK || !is_our_code(reinterpret_cast<const void*>(*slot))) return;
    const char* name = image.name_of(symbol);
    if ((std::strncmp(name, "MPI", 3) != 0 && std::strncmp(name, "PMPI", 4) != 0) || names.seen_by_everyone(name)) return;
    void* other = dlsym(RTLD_DEFAULT, name);   // a tool may have it; the front's library does not count
    write_slot(slot, other == nullptr || in_mpi_library(other) ? 0 : reinterpret_cast<std::uintptr_t>(other));
  });
  return 0;
}

// Until the first MPI call tells for certain.
bool may_be_translated(void* library) {
  if (dlsym(RTLD_DEFAULT, "tulkki_front") != nullptr) return true;
  const char* wanted = std::getenv("TULKKI_BACKEND");
  if (wanted == nullptr || *wanted == '\0') return false;
  const char* front = std::getenv("TULKKI_FRONT");
  if (front == nullptr && library == nullptr) return false;   // a library that comes later is asked by its handle
  const AbiName named = abi_by_name(wanted);
  if (named == AbiName::unknown) {   // a path: the program's own library, or one that is preloaded in its place
    void* loaded = dlopen(wanted, RTLD_LAZY | RTLD_NOLOAD);
    if (loaded != nullptr) dlclose(loaded);
    return loaded == nullptr;
  }
  if (front != nullptr) return abi_by_name(front) != named;
  return abi_of_library(library) != named;
}

[[gnu::constructor]] void show_names_at_load() {
  char path[PATH_MAX];
  void* library = find_loaded_library(path) ? dlopen(path, RTLD_LAZY | RTLD_NOLOAD) : nullptr;
  if (!may_be_translated(library)) show_native_names(library);
  if (library != nullptr) dlclose(library);
}

}  // namespace

void show_native_names(void* library) {
  if (library != nullptr && library == g_shown) return;
  g_shown = library;
  OwnNames names;
  link_map* map = nullptr;
  if (library == nullptr) {
    names.set_all([](const char*) { return Sight::loader; });
  } else if (dlinfo(library, RTLD_DI_LINKMAP, &map) == 0) {
    const ElfImage image = image_of(map->l_addr, map->l_ld);
    // Searches that fail look into dozens of libraries: they are for an MPI that keeps its names in several.
    const bool whole = find_definition(image, "MPI_Init") != 0 && find_definition(image, "PMPI_Init") != 0;
    const Sight sight = dlsym(RTLD_NEXT, "MPI_Init") != nullptr ? Sight::everyone : Sight::loader;
    names.set_all([&](const char* name) {
      const bool there = find_definition(image, name) != 0 || (!whole && dlsym(library, name) != nullptr);
      return there ? sight : Sight::nobody;
    });
  }
  dl_iterate_phdr(forget_weak_references, &names);
}

void show_translated_names(const bool (&offered)[static_cast<int>(Procedure::count)]) {
  OwnNames names;
  names.set_all([](const char*) { return Sight::everyone; });
  char name[128] = "P";
  for (int procedure = 1; procedure < static_cast<int>(Procedure::count); ++procedure) {
    if (offered[procedure]) continue;
    std::snprintf(name + 1, sizeof name - 1, "%s", kNames[procedure]);
    names.hide_from_probes(name);
    names.hide_from_probes(name + 1);
  }
  dl_iterate_phdr(forget_weak_references, &names);
}

}  // namespace tulkki
