// SPDX-License-Identifier: Apache-2.0
// Symbols are looked up in the program and the preloaded libraries first, so that a backend opened by dlopen would bind
// its MPI_ calls to ours. Every slot of the objects that came with the backend which names something that the backend
// itself defines is therefore set to the backend's definition: no cost per call, and no DEEPBIND, which breaks
// programs with replaced allocators.
#include "translator/isolation.h"

#include <cstdint>
#include <cstring>
#include <dlfcn.h>
#include <initializer_list>
#include <link.h>
#include <pthread.h>

#include "translator/elf_image.h"

namespace tulkki {
namespace {

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

void* watched_dlopen(const char* path, int flags);

void bind_slots(const ElfImage& image) {
  visit_slots(image, [&](std::uintptr_t* slot, const ElfW(Sym)& symbol, const ElfW(Rela)& relocation) {
    const char* name = image.name_of(symbol);
    if (std::strcmp(name, "dlopen") == 0) return write_slot(slot, reinterpret_cast<std::uintptr_t>(&watched_dlopen));
    if (!may_be_captured(name)) return;
    void* own = dlsym(g_backend, name);
    if (own == nullptr) return;
    write_slot(slot, reinterpret_cast<std::uintptr_t>(own) + static_cast<std::uintptr_t>(relocation.r_addend));
  });
}

int isolate_object(dl_phdr_info* object, std::size_t, void*) {
  if (is_foreign(object->dlpi_addr) || g_foreign_count == kMaxForeign) return 0;
  bind_slots(image_of(*object));
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
