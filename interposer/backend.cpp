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
#include "interposer/process.h"
#include "interposer/say.h"
#include "translator/backend_library.h"
#include "translator/missing.h"

namespace tulkki {

void* g_real_functions[2][static_cast<int>(Procedure::count)];

namespace {

const char* const kNames[] = {
#include "tulkki/names.inc"
};

char g_backend_path[PATH_MAX];

constexpr int kErrorIntern = 17;  // MPI_ERR_OTHER has no common number; any error code but success will do

[[gnu::cold]] int missing(Procedure procedure) {
  static std::atomic<bool> said[static_cast<int>(Procedure::count)];
  if (!said[static_cast<int>(procedure)].exchange(true))
    say("the program called %s, which %s does not have; it returns an error", kNames[static_cast<int>(procedure)], g_backend_path);
  return kErrorIntern;
}

const char* base_name(const char* path) {
  const char* slash = std::strrchr(path, '/');
  return slash == nullptr ? path : slash + 1;
}

bool starts_with(const char* text, const char* prefix) { return std::strncmp(text, prefix, std::strlen(prefix)) == 0; }

bool is_mpi_core(const char* name) {
  return starts_with(name, "libmpi.so") || starts_with(name, "libmpich.so") || starts_with(name, "libmpi_abi.so") ||
         starts_with(name, "libmpi_cray.so") || starts_with(name, "libmpich-");
}

bool is_mpi_component(const char* name) {
  return is_mpi_core(name) || starts_with(name, "libopen-") || starts_with(name, "mca_") ||
         starts_with(name, "libmca_") || starts_with(name, "libpmix") || starts_with(name, "libromio") ||
         starts_with(name, "libompi") || starts_with(name, "libpmpi.so") ||
         starts_with(name, "libtulkki.so");  // some bindings jump on to another entry of ours
}

bool is_fortran_library(const char* name) {
  return starts_with(name, "libmpi_mpifh") || starts_with(name, "libmpi_usempi") || starts_with(name, "libmpichfort") ||
         starts_with(name, "libmpichf90") || starts_with(name, "libmpifort");
}

int note_core_library(dl_phdr_info* object, std::size_t, void* found) {
  if (object->dlpi_name == nullptr || !is_mpi_core(base_name(object->dlpi_name))) return 0;
  std::snprintf(static_cast<char*>(found), PATH_MAX, "%s", object->dlpi_name);
  return 1;
}

bool has_symbol(void* library, const char* name) { return dlsym(library, name) != nullptr; }

Word address_of(void* library, const char* name) { return reinterpret_cast<Word>(dlsym(library, name)); }

// A program's copy of a predefined object (copy relocation) is the one whose address is the handle.
Word object_address(void* library, const char* name) {
  void* global = dlsym(RTLD_DEFAULT, name);
  return global != nullptr ? reinterpret_cast<Word>(global) : address_of(library, name);
}

bool describe_abi(void* library, Abi& abi) {
  if (has_symbol(library, "ompi_mpi_comm_world")) {
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
  if (has_symbol(library, "MPIR_F_NeedInit") || has_symbol(library, "MPII_Comm_get_attr") ||
      has_symbol(library, "MPIR_Err_create_code")) {
    abi = kMpichAbi;
    return true;
  }
  if (has_symbol(library, "MPI_Abi_get_version")) {
    abi = kStandardAbi;
    abi.status_as_openmpi = standard_status_as_openmpi(library);
    return true;
  }
  return false;
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
    if (plain == nullptr) plain = profiling = reinterpret_cast<void*>(kStandIns<missing>[static_cast<std::size_t>(procedure)]);
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
  if ((!fortran && !is_mpi_component(name)) || g_range_count == kMaxRanges) return 0;
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
  Dl_info info;
  return dladdr(address, &info) != 0 && info.dli_fname != nullptr && is_mpi_component(base_name(info.dli_fname));
}

const char* backend_path() { return g_backend_path; }

bool find_backend(Abi& abi) {
  switch (use_foreign_backend(abi, g_backend_path)) {
    case Foreign::running: return true;
    case Foreign::failed:
      // Whatever the program did without the MPI that was asked for would be wrong.
      say("the program cannot run on the MPI that was asked for and is ended");
      _exit(1);
    case Foreign::not_wanted: break;
  }
  void* library = nullptr;
  if (find_loaded_library(g_backend_path))
    library = dlopen(g_backend_path, RTLD_LAZY | RTLD_NOLOAD);
  if (library == nullptr) std::strcpy(g_backend_path, "(no MPI library is loaded)");
  fill_tables(library);
  if (library == nullptr) return false;
  const bool known = describe_abi(library, abi);
  dlclose(library);
  if (!known) say("%s has no MPI ABI that this version of Tulkki knows; the program runs without being recorded", g_backend_path);
  return known;
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
