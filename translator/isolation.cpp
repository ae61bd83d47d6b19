// SPDX-License-Identifier: Apache-2.0
// Symbols are looked up in the program and the preloaded libraries first, so that a backend opened by dlopen would bind
// its MPI_ calls to ours. Every slot of the objects that came with the backend which names something that the backend
// itself defines is therefore set to the backend's definition: no cost per call, and no DEEPBIND, which breaks
// programs with replaced allocators. Sources: System V ABI, x86-64 and AArch64 supplements (relocation types).
#include "translator/isolation.h"

#include <cstdint>
#include <cstring>
#include <dlfcn.h>
#include <initializer_list>
#include <link.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

namespace tulkki {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kAbsolute = R_X86_64_64, kGlobal = R_X86_64_GLOB_DAT, kJump = R_X86_64_JUMP_SLOT;
#elif defined(__aarch64__)
constexpr std::uint32_t kAbsolute = R_AARCH64_ABS64, kGlobal = R_AARCH64_GLOB_DAT, kJump = R_AARCH64_JUMP_SLOT;
#endif

void* g_backend = nullptr;
pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;

// Objects that were there before the backend are none of its own.
constexpr int kMaxForeign = 4096;
std::uintptr_t g_foreign[kMaxForeign];
int g_foreign_count = 0;

bool is_foreign(std::uintptr_t base) {
  for (int i = 0; i < g_foreign_count; ++i)
    if (g_foreign[i] == base) return true;
  return g_foreign_count == kMaxForeign;
}

int note_foreign(dl_phdr_info* object, std::size_t, void*) {
  if (!is_foreign(object->dlpi_addr) && g_foreign_count < kMaxForeign) g_foreign[g_foreign_count++] = object->dlpi_addr;
  return 0;
}

bool starts_with(const char* text, const char* prefix) { return std::strncmp(text, prefix, std::strlen(prefix)) == 0; }

// Names that a front's libraries and we define as well.
bool may_be_captured(const char* name) {
  for (const char* prefix : {"MPI", "PMPI", "mpi_", "pmpi_", "ompi_", "OMPI_", "opal_", "orte_"})
    if (starts_with(name, prefix)) return true;
  return false;
}

void write_slot(std::uintptr_t* slot, std::uintptr_t value) {
  if (*slot == value) return;
  const auto page_bytes = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  auto* page = reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(slot) & ~(page_bytes - 1));
  // The table may have been made read-only after relocation; it stays writable from here on.
  mprotect(page, page_bytes, PROT_READ | PROT_WRITE);
  __atomic_store_n(slot, value, __ATOMIC_RELAXED);
}

struct Dynamic {
  const ElfW(Sym)* symbols = nullptr;
  const char* names = nullptr;
  const ElfW(Rela)* jump = nullptr;
  const ElfW(Rela)* other = nullptr;
  std::size_t jump_bytes = 0, other_bytes = 0;
};

Dynamic dynamic_of(const dl_phdr_info& object) {
  Dynamic result;
  for (int i = 0; i < object.dlpi_phnum; ++i) {
    if (object.dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
    const auto* entry = reinterpret_cast<const ElfW(Dyn)*>(object.dlpi_addr + object.dlpi_phdr[i].p_vaddr);
    for (; entry->d_tag != DT_NULL; ++entry) {
      switch (entry->d_tag) {
        case DT_SYMTAB: result.symbols = reinterpret_cast<const ElfW(Sym)*>(entry->d_un.d_ptr); break;
        case DT_STRTAB: result.names = reinterpret_cast<const char*>(entry->d_un.d_ptr); break;
        case DT_JMPREL: result.jump = reinterpret_cast<const ElfW(Rela)*>(entry->d_un.d_ptr); break;
        case DT_PLTRELSZ: result.jump_bytes = entry->d_un.d_val; break;
        case DT_RELA: result.other = reinterpret_cast<const ElfW(Rela)*>(entry->d_un.d_ptr); break;
        case DT_RELASZ: result.other_bytes = entry->d_un.d_val; break;
        default: break;
      }
    }
  }
  return result;
}

void* watched_dlopen(const char* path, int flags);

void bind_slots(const dl_phdr_info& object, const Dynamic& dynamic, const ElfW(Rela)* relocations, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes / sizeof(ElfW(Rela)); ++i) {
    const ElfW(Rela)& relocation = relocations[i];
    const auto type = static_cast<std::uint32_t>(ELF64_R_TYPE(relocation.r_info));
    if (type != kJump && type != kGlobal && type != kAbsolute) continue;
    const char* name = dynamic.names + dynamic.symbols[ELF64_R_SYM(relocation.r_info)].st_name;
    auto* slot = reinterpret_cast<std::uintptr_t*>(object.dlpi_addr + relocation.r_offset);
    if (std::strcmp(name, "dlopen") == 0) {
      write_slot(slot, reinterpret_cast<std::uintptr_t>(&watched_dlopen));
      continue;
    }
    if (!may_be_captured(name)) continue;
    void* own = dlsym(g_backend, name);
    if (own == nullptr) continue;
    write_slot(slot, reinterpret_cast<std::uintptr_t>(own) + static_cast<std::uintptr_t>(relocation.r_addend));
  }
}

int isolate_object(dl_phdr_info* object, std::size_t, void*) {
  if (is_foreign(object->dlpi_addr) || g_foreign_count == kMaxForeign) return 0;
  const Dynamic dynamic = dynamic_of(*object);
  if (dynamic.symbols != nullptr && dynamic.names != nullptr) {
    bind_slots(*object, dynamic, dynamic.jump, dynamic.jump_bytes);
    bind_slots(*object, dynamic, dynamic.other, dynamic.other_bytes);
  }
  g_foreign[g_foreign_count++] = object->dlpi_addr;   // done once
  return 0;
}

void isolate_new_objects() {
  pthread_mutex_lock(&g_mutex);
  dl_iterate_phdr(isolate_object, nullptr);
  pthread_mutex_unlock(&g_mutex);
}

// What the backend's own dlopen calls become.
void* watched_dlopen(const char* path, int flags) {
  void* library = dlopen(path, flags);
  if (library != nullptr) isolate_new_objects();
  return library;
}

int find_hwloc(dl_phdr_info* object, std::size_t, void* path) {
  const char* slash = std::strrchr(object->dlpi_name, '/');
  const char* name = slash == nullptr ? object->dlpi_name : slash + 1;
  if (std::strncmp(name, "libhwloc.so", 11) != 0) return 0;
  *static_cast<const char**>(path) = object->dlpi_name;
  return 1;
}

// Plugins of hwloc (devices and their places) give up where they do not find hwloc in the global scope. There it is
// when a program is linked with its MPI; the backend brings it into a scope of its own.
void show_hwloc_to_its_plugins() {
  const char* path = nullptr;
  dl_iterate_phdr(find_hwloc, &path);
  if (path != nullptr) dlopen(path, RTLD_LAZY | RTLD_NOLOAD | RTLD_GLOBAL);
}

}  // namespace

void* open_isolated(const char* path) {
  dl_iterate_phdr(note_foreign, nullptr);
  // Lazy: eager binding would call for symbols that only the front's libraries have.
  g_backend = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
  if (g_backend == nullptr) return nullptr;
  isolate_new_objects();
  show_hwloc_to_its_plugins();
  return g_backend;
}

}  // namespace tulkki
