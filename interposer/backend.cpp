// SPDX-License-Identifier: Apache-2.0
// Finding the MPI library among the loaded objects, also where a plug-in opened it RTLD_LOCAL (Python modules), and
// telling the library's own code from the program's by address.
#include "interposer/backend.h"

#include <atomic>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <link.h>
#include <unistd.h>

#include "interposer/foreign_backend.h"
#include "interposer/late_objects.h"
#include "interposer/process.h"
#include "interposer/say.h"
#include "interposer/visible_names.h"
#include "translator/backend_library.h"
#include "translator/constants.h"
#include "translator/elf_image.h"
#include "translator/missing.h"
#include "tulkki/abi_identities.h"

namespace tulkki {

void* g_real_functions[2][static_cast<int>(Procedure::count)];

namespace {

const char* const kNames[] = {
#include "tulkki/names.inc"
};

char g_backend_path[PATH_MAX];

[[gnu::cold]] int missing(Procedure procedure) {
  static std::atomic<bool> said[static_cast<int>(Procedure::count)];
  if (!said[static_cast<int>(procedure)].exchange(true))
    say("the program called %s, which %s does not have; it returns MPI_ERR_UNSUPPORTED_OPERATION",
        kNames[static_cast<int>(procedure)], g_backend_path);
  return unsupported_operation_of(program_abi());
}

// Right where the library is older than the question, and before one is loaded.
[[gnu::cold]] int abi_version(int* major, int* minor) { return tell_abi_version(program_abi(), major, minor); }

const char* base_name(const char* path) {
  const char* slash = std::strrchr(path, '/');
  return slash == nullptr ? path : slash + 1;
}

bool starts_with(const char* text, const char* prefix) { return std::strncmp(text, prefix, std::strlen(prefix)) == 0; }

template <class List>   // a member of AbiIdentity
bool is_named(const char* name, List AbiIdentity::*list) {
  for (const AbiIdentity& identity : kAbiIdentities)
    for (const char* const* beginning = identity.*list; *beginning != nullptr; ++beginning)
      if (starts_with(name, *beginning)) return true;
  return false;
}

// The C library of an MPI defines both names of a procedure, whatever it is called; a tool has one, and where an MPI keeps
// the other in a file of its own, its name must do.
bool is_mpi_core(const dl_phdr_info& object) {
  const char* name = base_name(object.dlpi_name == nullptr ? "" : object.dlpi_name);
  if (*name == '\0' || starts_with(name, "libtulkki.so")) return false;
  const ElfImage image = image_of(object);
  return find_definition(image, "MPI_Init") != 0 &&
         (find_definition(image, "PMPI_Init") != 0 || is_named(name, &AbiIdentity::core));
}

}  // namespace

bool is_mpi_component(const dl_phdr_info& object) {
  const char* name = base_name(object.dlpi_name == nullptr ? "" : object.dlpi_name);
  return is_named(name, &AbiIdentity::component) || starts_with(name, "libtulkki.so") ||   // bindings that jump to our entries
         is_mpi_core(object);
}

namespace {

// Of Fortran, not of C++: that one makes no calls of its own.
bool is_fortran_library(const char* name) {
  return is_named(name, &AbiIdentity::language) && std::strstr(name, "cxx") == nullptr;
}

int note_core_library(dl_phdr_info* object, std::size_t, void* found) {
  if (!is_mpi_core(*object)) return 0;
  std::snprintf(static_cast<char*>(found), PATH_MAX, "%s", object->dlpi_name);
  return 1;
}

struct Asked {
  std::uintptr_t address;
  bool is_component;
};

int judge_object(dl_phdr_info* object, std::size_t, void* argument) {
  auto& asked = *static_cast<Asked*>(argument);
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || asked.address - object->dlpi_addr - segment.p_vaddr >= segment.p_memsz) continue;
    asked.is_component = is_mpi_component(*object);
    return 1;
  }
  return 0;
}

Word address_of(void* library, const char* name) { return reinterpret_cast<Word>(dlsym(library, name)); }

// A program's copy of a predefined object (copy relocation) is the one whose address is the handle.
Word object_address(void* library, const char* name) {
  void* global = dlsym(RTLD_DEFAULT, name);
  return global != nullptr ? reinterpret_cast<Word>(global) : address_of(library, name);
}

bool describe_abi(void* library, Abi& abi) {
  const AbiName name = abi_of_library(library);
  if (name == AbiName::openmpi) {
    abi = kOpenMpiAbi;
    abi.comm_world = object_address(library, "ompi_mpi_comm_world");
    abi.comm_self = object_address(library, "ompi_mpi_comm_self");
    abi.comm_null = object_address(library, "ompi_mpi_comm_null");
    abi.request_null = object_address(library, "ompi_request_null");
    abi.window_null = object_address(library, "ompi_mpi_win_null");
    abi.message_null = object_address(library, "ompi_message_null");
    abi.message_no_process = object_address(library, "ompi_message_no_proc");
    abi.byte = object_address(library, "ompi_mpi_byte");
    abi.datatype_null = object_address(library, "ompi_mpi_datatype_null");
    abi.shared_request = object_address(library, "ompi_request_empty");
    return true;
  }
  if (name == AbiName::mpich) abi = kMpichAbi;
  if (name == AbiName::standard) {
    abi = kStandardAbi;
    abi.status_as_openmpi = standard_status_as_openmpi(library);
  }
  return name != AbiName::unknown;
}

void* stand_in_for(int procedure) {
  if (static_cast<Procedure>(procedure) == Procedure::MPI_Abi_get_version) return reinterpret_cast<void*>(&abi_version);
  return reinterpret_cast<void*>(kStandIns<missing>[static_cast<std::size_t>(procedure)]);
}

void fill_tables(void* library) {
  char profiling_name[128] = "P";
  for (int procedure = 1; procedure < static_cast<int>(Procedure::count); ++procedure) {
    const char* name = kNames[procedure];
    std::snprintf(profiling_name + 1, sizeof profiling_name - 1, "%s", name);
    void* profiling = dlsym(RTLD_NEXT, profiling_name);
    if (profiling == nullptr && library != nullptr) profiling = dlsym(library, profiling_name);
    void* plain = dlsym(RTLD_NEXT, name);
    if (plain == nullptr && library != nullptr) plain = dlsym(library, name);
    if (profiling == nullptr) profiling = plain;
    if (plain == nullptr) plain = profiling;
    if (plain == nullptr) plain = profiling = stand_in_for(procedure);
    g_real_functions[0][procedure] = plain;
    g_real_functions[1][procedure] = profiling;
  }
}

struct Range {
  std::uintptr_t begin, end;
  Origin origin;
};
constexpr int kMaxRanges = 256;
Range g_ranges[kMaxRanges];
int g_range_count = 0;
unsigned long long g_objects_seen = 0;

// Bounds of an object's code.
Range text_of(const dl_phdr_info& object) {
  Range range{~std::uintptr_t{0}, 0, Origin::program};
  for (int i = 0; i < object.dlpi_phnum; ++i) {
    const auto& segment = object.dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
    const std::uintptr_t begin = object.dlpi_addr + segment.p_vaddr;
    if (begin < range.begin) range.begin = begin;
    if (begin + segment.p_memsz > range.end) range.end = begin + segment.p_memsz;
  }
  return range;
}

int note_range(dl_phdr_info* object, std::size_t, void*) {
  const char* name = base_name(object->dlpi_name == nullptr ? "" : object->dlpi_name);
  const bool fortran = is_fortran_library(name);
  if ((!fortran && !is_mpi_component(*object)) || g_range_count == kMaxRanges) return 0;
  Range range = text_of(*object);
  range.origin = fortran ? Origin::fortran_library : Origin::mpi_library;
  for (int i = 0; i < g_range_count; ++i)
    if (g_ranges[i].begin == range.begin) return 0;
  g_ranges[g_range_count] = range;
  __atomic_store_n(&g_range_count, g_range_count + 1, __ATOMIC_RELEASE);
  return 0;
}

struct Hull {
  std::uintptr_t begin, end;
};

int note_fortran_hull(dl_phdr_info* object, std::size_t, void* argument) {
  auto& hull = *static_cast<Hull*>(argument);
  if (!is_fortran_library(base_name(object->dlpi_name == nullptr ? "" : object->dlpi_name))) return 0;
  const Range text = text_of(*object);
  if (text.begin < hull.begin) hull.begin = text.begin;
  if (text.end > hull.end) hull.end = text.end;
  return 0;
}

int note_object_count(dl_phdr_info* object, std::size_t, void* count) {
  *static_cast<unsigned long long*>(count) = object->dlpi_adds;
  return 1;
}

}  // namespace

bool find_loaded_library(char* path) { return dl_iterate_phdr(note_core_library, path) != 0; }

bool in_mpi_library(const void* address) {
  Asked asked{reinterpret_cast<std::uintptr_t>(address), false};
  dl_iterate_phdr(judge_object, &asked);
  return asked.is_component;
}

const char* backend_path() { return g_backend_path; }

Found find_backend(Abi& abi, const void* site) {
  switch (use_foreign_backend(abi, site, g_backend_path)) {
    case Foreign::running: return Found::known;
    case Foreign::failed:
      // Whatever the program did without the MPI that was asked for would be wrong.
      say("the program cannot run on the MPI that was asked for and is ended");
      _exit(1);
    case Foreign::not_wanted: break;
  }
  void* library = nullptr;
  if (find_programs_library(site, g_backend_path))
    library = dlopen(g_backend_path, RTLD_LAZY | RTLD_NOLOAD);
  if (library == nullptr) std::strcpy(g_backend_path, "(no MPI library is loaded)");
  fill_tables(library);
  if (library == nullptr) return Found::nothing;
  show_native_names(library);
  // The handle stays open: our tables point into a library that a plug-in may have brought, and take with it.
  const bool known = describe_abi(library, abi);
  if (!known && backend_is_wanted()) {
    say("%s has no MPI ABI that this version of Tulkki knows: the program cannot run on the MPI that was asked for and is ended", g_backend_path);
    _exit(1);
  }
  if (!known) say("%s has no MPI ABI that this version of Tulkki knows; the program runs without being recorded", g_backend_path);
  return known ? Found::known : Found::unknown;
}

void find_fortran_libraries(std::uintptr_t& begin, std::uintptr_t& span) {
  Hull hull{~std::uintptr_t{0}, 0};
  dl_iterate_phdr(note_fortran_hull, &hull);
  if (hull.end == 0) return;
  begin = hull.begin;
  span = hull.end - hull.begin;
}

Origin origin_of(const void* address) {
  const auto value = reinterpret_cast<std::uintptr_t>(address);
  // A hit needs no lock: the ranges of the MPI library do not move once they are known.
  for (int i = 0; i < __atomic_load_n(&g_range_count, __ATOMIC_ACQUIRE); ++i)
    if (value >= g_ranges[i].begin && value < g_ranges[i].end) return g_ranges[i].origin;
  // When this thread holds the lock already, the library is answering one of our own questions.
  if (pthread_mutex_trylock(&g_process.mutex) != 0) return Origin::mpi_library;
  unsigned long long objects = 0;
  dl_iterate_phdr(note_object_count, &objects);
  if (objects != g_objects_seen) {
    g_objects_seen = objects;
    dl_iterate_phdr(note_range, nullptr);
  }
  pthread_mutex_unlock(&g_process.mutex);
  for (int i = 0; i < g_range_count; ++i)
    if (value >= g_ranges[i].begin && value < g_ranges[i].end) return g_ranges[i].origin;
  return Origin::program;
}

}  // namespace tulkki
