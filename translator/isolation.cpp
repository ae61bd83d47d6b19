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

constexpr int kMaxObjects = 4096;
struct Bases {
  std::uintptr_t items[kMaxObjects];
  int count;

  bool has(std::uintptr_t base) const {
    for (int i = 0; i < __atomic_load_n(&count, __ATOMIC_ACQUIRE); ++i)
      if (items[i] == base) return true;
    return false;
  }
  void add(std::uintptr_t base) {
    if (count == kMaxObjects) return;
    items[count] = base;
    __atomic_store_n(&count, count + 1, __ATOMIC_RELEASE);
  }
};
// What was there before the backend, or before it opened a plug-in, is none of its own; what came with it is isolated.
Bases g_present, g_isolated;

int note_present(dl_phdr_info* object, std::size_t, void*) {
  g_present.add(object->dlpi_addr);
  return 0;
}

// A base may be that of an object which was unloaded.
void list_present() {
  g_present.count = 0;
  dl_iterate_phdr(note_present, nullptr);
  int kept = 0;
  for (int i = 0; i < g_isolated.count; ++i)
    if (g_present.has(g_isolated.items[i])) g_isolated.items[kept++] = g_isolated.items[i];
  __atomic_store_n(&g_isolated.count, kept, __ATOMIC_RELEASE);
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
  if (g_present.has(object->dlpi_addr) || g_present.count == kMaxObjects) return 0;
  bind_slots(image_of(*object));
  g_present.add(object->dlpi_addr);
  g_isolated.add(object->dlpi_addr);
  return 0;
}

int g_opening = 0;   // constructors open further objects

// Opens an object and isolates what comes with it; the program may have opened others since the last time.
void* open_and_isolate(const char* path, int flags) {
  pthread_mutex_lock(&g_mutex);
  if (g_opening++ == 0) list_present();
  pthread_mutex_unlock(&g_mutex);
  void* library = dlopen(path, flags);
  pthread_mutex_lock(&g_mutex);
  --g_opening;
  if (g_backend == nullptr) g_backend = library;
  if (library != nullptr) dl_iterate_phdr(isolate_object, nullptr);
  pthread_mutex_unlock(&g_mutex);
  return library;
}

// What the backend's own dlopen calls become.
void* watched_dlopen(const char* path, int flags) { return open_and_isolate(path, flags); }

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
  // Lazy: eager binding would call for symbols that only the front's libraries have.
  g_backend = nullptr;
  if (open_and_isolate(path, RTLD_LAZY | RTLD_LOCAL) == nullptr) return nullptr;
  show_hwloc_to_its_plugins();
  return g_backend;
}

bool is_isolated(std::uintptr_t base) { return g_isolated.has(base); }

}  // namespace tulkki
