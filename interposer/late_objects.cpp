// SPDX-License-Identifier: Apache-2.0
// The loader looks for a symbol in the global scope, where we are second after the program, and only then in the scope
// of a plug-in. By handle it looks where we are not. Both is put right here, for objects that come after the start.
#include "interposer/late_objects.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <initializer_list>
#include <link.h>
#include <pthread.h>
#include <unistd.h>

#include "interposer/backend.h"
#include "interposer/foreign_backend.h"
#include "interposer/say.h"
#include "translator/elf_image.h"
#include "translator/isolation.h"
#include "translator/memory.h"

namespace tulkki {
namespace {

pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
bool g_opened = false;               // an object was opened since the last look
char g_asked_library[PATH_MAX] = ""; // whose functions were given out by dlsym

const char* base_name(const char* path) {
  const char* slash = std::strrchr(path, '/');
  return slash == nullptr ? path : slash + 1;
}

const ElfImage& own_image() {
  static ElfImage image;
  if (image.symbols == nullptr) image = image_of(reinterpret_cast<std::uintptr_t>(__ehdr_start), _DYNAMIC);
  return image;
}

// Our entry of this name, also where dlsym does not show it.
void* own_entry(const char* name) {
  const std::uint32_t index = find_definition(own_image(), name);
  return index == 0 ? nullptr : reinterpret_cast<void*>(own_image().base + own_image().symbols[index].st_value);
}

// From dlsym (interposer/visible_names.cpp).
bool is_hidden(std::uint32_t index) {
  return own_image().versions != nullptr && (own_image().versions[index] & 0x8000) != 0;
}

void* own_handle() {
  Dl_info info;
  return dladdr(__ehdr_start, &info) == 0 ? nullptr : next_dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
}

// ---- objects

bool defines(const ElfImage& image, const char* name) { return find_definition(image, name) != 0; }

bool is_stand_in(const ElfImage& image) { return defines(image, "tulkki_front"); }

// A C library of MPI (a PMPI tool has one of the two names) or what takes its place.
bool is_mpi_library(const ElfImage& image) {
  if (image.base == own_image().base) return false;
  return is_stand_in(image) || (defines(image, "MPI_Init") && defines(image, "PMPI_Init"));
}

// Its Fortran libraries jump to C procedures that they do not define. The program's own functions of such names are not
// this many.
bool is_fortran_library(const ElfImage& image) {
  return (defines(image, "mpi_comm_rank_") && defines(image, "mpi_type_commit_") && defines(image, "mpi_win_fence_")) ||
         defines(image, "mpi_comm_rank_f08_");
}

bool is_of_mpi(const ElfImage& image) { return is_mpi_library(image) || is_fortran_library(image); }

struct ObjectAt {
  std::uintptr_t address;
  dl_phdr_info object;
  std::uintptr_t begin, end;   // of all that is mapped
  bool found;
};

int look_at_object(dl_phdr_info* object, std::size_t, void* argument) {
  auto& wanted = *static_cast<ObjectAt*>(argument);
  std::uintptr_t begin = ~std::uintptr_t{0}, end = 0;
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD) continue;
    const std::uintptr_t first = object->dlpi_addr + segment.p_vaddr;
    if (first < begin) begin = first;
    if (first + segment.p_memsz > end) end = first + segment.p_memsz;
  }
  if (wanted.address < begin || wanted.address >= end) return 0;
  wanted.object = *object, wanted.begin = begin, wanted.end = end, wanted.found = true;
  return 1;
}

ObjectAt object_at(const void* address) {
  ObjectAt wanted{reinterpret_cast<std::uintptr_t>(address), {}, 0, 0, false};
  dl_iterate_phdr(look_at_object, &wanted);
  return wanted;
}

bool lies_in_mpi(const void* address) {
  const ObjectAt at = object_at(address);
  return at.found && is_of_mpi(image_of(at.object));
}

// What MPI libraries and their components open and ask for is their own affair.
bool is_mpis_own(const void* caller) {
  const ObjectAt at = object_at(caller);
  if (!at.found) return false;
  return is_isolated(at.object.dlpi_addr) || is_mpi_component(at.object) || is_of_mpi(image_of(at.object));
}

// A handle with the object's own scope; to be closed. The program's has no name.
void* handle_of(const dl_phdr_info& object) {
  const bool named = object.dlpi_name != nullptr && object.dlpi_name[0] != '\0';
  return named ? next_dlopen(object.dlpi_name, RTLD_LAZY | RTLD_NOLOAD) : nullptr;
}

// Objects before us in the global scope: the program and what was preloaded before us.
bool is_defined_before_us(const char* name) {
  Dl_info info;
  link_map* map = nullptr;
  if (dladdr1(__ehdr_start, &info, reinterpret_cast<void**>(&map), RTLD_DL_LINKMAP) == 0) return false;
  for (map = map->l_prev; map != nullptr; map = map->l_prev)
    if (map->l_ld != nullptr && defines(image_of(map->l_addr, map->l_ld), name)) return true;
  return false;
}

// ---- what was opened

struct Objects {
  dl_phdr_info* items;
  std::size_t count, room;
};
Objects g_before, g_now;

// Copies, and nothing else: the loader's lock is held.
int copy_object(dl_phdr_info* object, std::size_t, void* argument) {
  auto& objects = *static_cast<Objects*>(argument);
  if (objects.count == objects.room) {
    const std::size_t room = objects.room == 0 ? 512 : objects.room * 2;
    auto* items = static_cast<dl_phdr_info*>(map_pages(room * sizeof(dl_phdr_info)));
    if (items == nullptr) return 1;
    if (objects.count != 0) std::memcpy(items, objects.items, objects.count * sizeof *items);
    objects.items = items;   // the old pages stay: this happens a few times in a life
    objects.room = room;
  }
  objects.items[objects.count++] = *object;
  return 0;
}

void list_objects(Objects& objects) {
  objects.count = 0;
  dl_iterate_phdr(copy_object, &objects);
}

bool was_there(const dl_phdr_info& object) {
  for (std::size_t i = 0; i < g_before.count; ++i)
    if (g_before.items[i].dlpi_addr == object.dlpi_addr && g_before.items[i].dlpi_phdr == object.dlpi_phdr) return true;
  return false;
}

// Answers come from few objects: the one that was found to be MPI's last is asked first.
class MpiRange {
 public:
  bool contains(const void* address) {
    const auto value = reinterpret_cast<std::uintptr_t>(address);
    if (value >= begin_ && value < end_) return true;
    const ObjectAt at = object_at(address);
    if (!at.found || !is_of_mpi(image_of(at.object))) return false;
    begin_ = at.begin, end_ = at.end;
    return true;
  }

 private:
  std::uintptr_t begin_ = 0, end_ = 0;
};

void adopt(const dl_phdr_info& object, MpiRange& mpi) {
  const ElfImage image = image_of(object);
  if (image.symbols == nullptr || is_of_mpi(image) || is_isolated(object.dlpi_addr)) return;
  void* handle = handle_of(object);
  if (handle == nullptr) return;   // closed again, or another thread's affair
  visit_slots(image, [&](std::uintptr_t* slot, const ElfW(Sym)& symbol, const ElfW(Rela)& relocation) {
    const char* name = image.name_of(symbol);
    void* own = may_be_mpi_name(name) ? own_entry(name) : nullptr;
    if (own == nullptr) return;
    void* without_us = next_dlsym(RTLD_NEXT, name);
    if (without_us == nullptr) without_us = next_dlsym(handle, name);
    if (without_us == nullptr || is_our_code(without_us)) return;
    void* right = mpi.contains(without_us) ? own : without_us;
    if (is_defined_before_us(name)) return;
    write_slot(slot, reinterpret_cast<std::uintptr_t>(right) + static_cast<std::uintptr_t>(relocation.r_addend));
  });
  dlclose(handle);
}

// ---- fronts

void* stand_in() { return next_dlsym(RTLD_DEFAULT, "tulkki_front"); }

// What takes the place of the program's library has no more than C programs need. Libraries for Fortran and C++ look
// into the library that they were built with, which is therefore brought into the global scope, behind what takes its
// place, before the program opens anything that may need it.
void bring_in_front_library() {
  static bool done = false;
  if (__atomic_exchange_n(&done, true, __ATOMIC_RELAXED)) return;
  const char* library = std::getenv("TULKKI_FRONT_LIBRARY");
  if (library == nullptr || *library == '\0' || stand_in() == nullptr) return;
  if (next_dlopen(library, RTLD_LAZY | RTLD_GLOBAL) == nullptr)
    say("%s cannot be loaded, which libraries for Fortran and C++ need: %s", library, dlerror());
}

// Path of what takes the place of a library that the program asks for and that is not installed; null: nothing does.
const char* path_of_stand_in(const char* name, int flags) {
  static char path[PATH_MAX];
  if (std::strchr(name, '/') != nullptr) return nullptr;
  Dl_info info;
  char own[PATH_MAX];   // without the links that a prefix with separators is reached by
  if (dladdr(__ehdr_start, &info) == 0 || info.dli_fname == nullptr || realpath(info.dli_fname, own) == nullptr) return nullptr;
  own[base_name(own) - own] = '\0';
  // Below lib/ of a prefix of its own, and beside the library in lib/tulkki/ of a package.
  for (const char* folder : {"tulkki/openmpi", "tulkki/mpich", "tulkki/abi", "openmpi", "mpich", "abi"}) {
    if (std::snprintf(path, sizeof path, "%s%s/%s", own, folder, name) >= static_cast<int>(sizeof path)) continue;
    if (access(path, R_OK) != 0) continue;
    return next_dlopen(name, flags) == nullptr ? path : nullptr;   // one that is there stays, as it would have to
  }
  return nullptr;
}

void note_asked_library(const void* address) {
  const ObjectAt at = object_at(address);
  if (at.found && at.object.dlpi_name != nullptr && is_mpi_library(image_of(at.object)))
    std::snprintf(g_asked_library, sizeof g_asked_library, "%s", at.object.dlpi_name);
}

bool is_in_other_space(void* handle) {
  Lmid_t space = LM_ID_BASE;
  return dlinfo(handle, RTLD_DI_LMID, &space) == 0 && space != LM_ID_BASE;
}

void refuse_other_space(const char* path) {
  static bool said = false;
  if (!__atomic_exchange_n(&said, true, __ATOMIC_RELAXED))
    say("the program opened %s by dlmopen, in a namespace where nothing can be preloaded: its calls are not recorded", path);
  if (!backend_is_wanted()) return;
  say("the program cannot run on the MPI that was asked for and is ended");
  _exit(1);
}

struct Candidate {
  const char* needed[32];
  int count;
  char first[PATH_MAX], meant[PATH_MAX];
};

int look_for_library(dl_phdr_info* object, std::size_t, void* argument) {
  auto& candidate = *static_cast<Candidate*>(argument);
  const char* path = object->dlpi_name == nullptr ? "" : object->dlpi_name;
  const ElfImage image = image_of(*object);
  if (*path == '\0' || is_isolated(object->dlpi_addr) || !is_mpi_library(image)) return 0;
  if (candidate.first[0] == '\0') std::snprintf(candidate.first, PATH_MAX, "%s", path);
  for (int i = 0; i < candidate.count && candidate.meant[0] == '\0'; ++i)
    if (std::strcmp(candidate.needed[i], image.soname != nullptr ? image.soname : base_name(path)) == 0)
      std::snprintf(candidate.meant, PATH_MAX, "%s", path);
  return 0;
}

void list_needed(const void* site, Candidate& candidate) {
  const ObjectAt at = object_at(site);
  if (!at.found) return;
  const ElfImage image = image_of(at.object);
  for (int i = 0; i < at.object.dlpi_phnum && image.names != nullptr; ++i) {
    if (at.object.dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
    const auto* entry = reinterpret_cast<const ElfW(Dyn)*>(at.object.dlpi_addr + at.object.dlpi_phdr[i].p_vaddr);
    for (; entry->d_tag != DT_NULL && candidate.count < 32; ++entry)
      if (entry->d_tag == DT_NEEDED) candidate.needed[candidate.count++] = image.names + entry->d_un.d_val;
  }
}

}  // namespace

const char* before_open(const char* path, int flags, const void* caller) {
  adopt_new_objects();
  if (is_mpis_own(caller)) return path;
  if (backend_is_wanted()) {
    bring_in_front_library();
    if (const char* other = path_of_stand_in(path, flags)) path = other;
  }
  pthread_mutex_lock(&g_mutex);
  if (!g_opened) list_objects(g_before);
  __atomic_store_n(&g_opened, true, __ATOMIC_RELEASE);
  pthread_mutex_unlock(&g_mutex);
  return path;
}

void adopt_new_objects() {
  if (!__atomic_load_n(&g_opened, __ATOMIC_ACQUIRE)) return;
  if (pthread_mutex_trylock(&g_mutex) != 0) return;   // another thread, or our own question on the way
  if (g_opened) {
    MpiRange mpi;
    list_objects(g_now);
    for (std::size_t i = 0; i < g_now.count; ++i)
      if (!was_there(g_now.items[i])) adopt(g_now.items[i], mpi);
    __atomic_store_n(&g_opened, false, __ATOMIC_RELEASE);
  }
  pthread_mutex_unlock(&g_mutex);
}

bool own_answer(void* handle, const char* name, const void* caller, void*& answer) {
  if (is_mpis_own(caller)) return false;
  const std::uint32_t index = find_definition(own_image(), name);
  void* found = next_dlsym(handle, name);
  void* front = nullptr;
  if (found == nullptr) {
    front = index == 0 || handle == RTLD_DEFAULT ? nullptr : next_dlsym(handle, "tulkki_front");
    if (front == nullptr) return false;
  } else if (is_our_code(found) || !lies_in_mpi(found)) {
    return false;
  }
  if (handle != RTLD_DEFAULT && is_in_other_space(handle)) {
    refuse_other_space(object_at(found).object.dlpi_name);
    return false;
  }
  if (handle != RTLD_DEFAULT) note_asked_library(found != nullptr ? found : front);
  if (index != 0 && is_translated() && is_hidden(index)) {
    answer = next_dlsym(own_handle(), name);   // nothing, and dlerror() says so
    return true;
  }
  // Data have the address that the rest of the program knows: of what takes the library's place, or the program's copy.
  answer = index != 0 ? own_entry(name) : stand_in() != nullptr ? next_dlsym(RTLD_DEFAULT, name) : nullptr;
  dlerror();   // of a question that was ours
  return answer != nullptr;
}

void judge_other_space(void* handle) {
  link_map* map = nullptr;
  if (dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0 || !is_in_other_space(handle)) return;
  while (map->l_prev != nullptr) map = map->l_prev;
  for (; map != nullptr; map = map->l_next)
    if (is_mpi_library(image_of(map->l_addr, map->l_ld))) return refuse_other_space(map->l_name);
}

void* programs_own_function(const void* caller, const char* name) {
  const ObjectAt at = object_at(caller);
  if (!at.found || next_dlsym(RTLD_NEXT, name) != nullptr) return nullptr;
  void* handle = handle_of(at.object);
  if (handle == nullptr) return nullptr;
  void* found = next_dlsym(handle, name);
  dlclose(handle);
  return found == nullptr || is_our_code(found) || lies_in_mpi(found) ? nullptr : found;
}

bool find_programs_library(const void* site, char* path) {
  // In the global scope it serves all, whatever they need: one that was preloaded in another's place, too.
  if (void* next = next_dlsym(RTLD_NEXT, "PMPI_Init")) {
    const ObjectAt at = object_at(next);
    std::snprintf(path, PATH_MAX, "%s", at.found && at.object.dlpi_name != nullptr ? at.object.dlpi_name : "");
    if (*path != '\0') return true;
  }
  static Candidate candidate;   // under the lock of the start
  candidate = {};
  list_needed(site, candidate);
  dl_iterate_phdr(look_for_library, &candidate);
  const char* found = candidate.meant[0] != '\0' ? candidate.meant : candidate.first;
  if (candidate.meant[0] == '\0' && g_asked_library[0] != '\0') found = g_asked_library;
  std::snprintf(path, PATH_MAX, "%s", found);
  return *path != '\0';
}

}  // namespace tulkki
