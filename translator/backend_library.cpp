// SPDX-License-Identifier: Apache-2.0
// Opening and judging a backend. What its symbols say and what it says of itself must agree: a library that exports
// another family's names (a wrapper, a stub) would be fed handles that it cannot know.
#include "translator/backend_library.h"

#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <initializer_list>

#include "translator/isolation.h"
#include "tulkki/abi_identities.h"

namespace tulkki {
namespace {

constexpr int kOldestVersion = 3;   // of the standard: before it, MPI_Get_library_version and the status layout differ

void append(char* text, std::size_t bytes, const char* more) {
  const std::size_t used = std::strlen(text);
  std::snprintf(text + used, bytes - used, "%s%s", used == 0 ? "" : ", ", more);
}

void* open_by_names(AbiName abi, const char* own_folder, char* tried, std::size_t tried_bytes) {
  char path[PATH_MAX];
  for (const char* folder : {"", own_folder}) {
    if (folder == nullptr) continue;
    for (const char* const* name = kAbiIdentities[static_cast<int>(abi)].library; *name != nullptr; ++name) {
      std::snprintf(path, sizeof path, "%s%s%s", folder, *folder == '\0' ? "" : "/", *name);
      append(tried, tried_bytes, path);
      if (void* library = open_isolated(path)) return library;
    }
  }
  return nullptr;
}

void note_path(BackendLibrary& library) {
  Dl_info info;
  void* known = dlsym(library.handle, "MPI_Init");
  if (known != nullptr && dladdr(known, &info) != 0 && info.dli_fname != nullptr)
    std::snprintf(library.path, sizeof library.path, "%s", info.dli_fname);
}

bool says_family(AbiName abi, const char* text) {
  if (abi == AbiName::standard) return true;   // any implementation may have it
  for (const AbiName each : {AbiName::openmpi, AbiName::mpich})
    for (const char* const* words = kAbiIdentities[static_cast<int>(each)].says; *words != nullptr; ++words)
      if (std::strstr(text, *words) != nullptr) return abi == each;
  return true;   // a name that nobody here has heard of: its symbols have spoken
}

// Both calls are allowed before MPI_Init (MPI-5.0, 9.1.1).
bool check_version(const BackendLibrary& library, char* why, std::size_t why_bytes) {
  const auto get_library_version = reinterpret_cast<int (*)(char*, int*)>(dlsym(library.handle, "PMPI_Get_library_version"));
  const auto get_version = reinterpret_cast<int (*)(int*, int*)>(dlsym(library.handle, "PMPI_Get_version"));
  int version = 0, subversion = 0, length = 0;
  if (get_version == nullptr || get_version(&version, &subversion) != 0 || version < kOldestVersion ||
      get_library_version == nullptr) {
    std::snprintf(why, why_bytes, "%s has MPI %d.%d: version %d.0 or newer is needed", library.path, version, subversion,
                  kOldestVersion);
    return false;
  }
  static char text[8192];   // as long as any ABI allows
  if (get_library_version(text, &length) == 0 && !says_family(library.abi, text)) {
    text[std::strcspn(text, "\n")] = '\0';
    std::snprintf(why, why_bytes, "%s has the symbols of the ABI %s but says that it is %.200s", library.path,
                  abi_text(library.abi), text);
    return false;
  }
  return true;
}

// MPI_Abi_get_version, which is allowed at any time. Not our own, which would ask us.
bool says_standard_abi(void* library) {
  if (library == RTLD_DEFAULT) return false;
  void* found = dlsym(library, "PMPI_Abi_get_version");
  if (found == nullptr) found = dlsym(library, "MPI_Abi_get_version");
  if (found == nullptr) return false;
  int major = -1, minor = -1;
  return reinterpret_cast<int (*)(int*, int*)>(found)(&major, &minor) == 0 && major > 0;
}

}  // namespace

AbiName abi_by_name(const char* text) {
  for (const AbiName each : {AbiName::openmpi, AbiName::mpich, AbiName::standard})
    if (std::strcmp(text, abi_text(each)) == 0) return each;
  return AbiName::unknown;
}

const char* abi_text(AbiName abi) { return kAbiIdentities[static_cast<int>(abi)].name; }

// Open MPI's library of the standard ABI needs, and so shows, the one with its own symbols: its answer comes first.
AbiName abi_of_library(void* library) {
  if (dlsym(library, "tulkki_abi_library") != nullptr || says_standard_abi(library)) return AbiName::standard;
  for (const AbiName each : {AbiName::openmpi, AbiName::mpich})
    for (const char* const* name = kAbiIdentities[static_cast<int>(each)].exports; *name != nullptr; ++name)
      if (dlsym(library, *name) != nullptr) return each;
  return AbiName::unknown;
}

bool standard_status_as_openmpi(void* library) {
  static char text[8192];
  int length = 0;
  if (abi_of_library(library) != AbiName::standard || dlsym(library, "tulkki_abi_library") != nullptr) return false;
  const auto get_library_version = reinterpret_cast<int (*)(char*, int*)>(dlsym(library, "PMPI_Get_library_version"));
  return get_library_version != nullptr && get_library_version(text, &length) == 0 && std::strstr(text, "Open MPI") != nullptr;
}

bool open_backend_library(const char* wanted, const char* own_folder, BackendLibrary& library, char* why,
                          std::size_t why_bytes) {
  const AbiName named = abi_by_name(wanted);
  char tried[1024] = "";
  if (named == AbiName::unknown) {
    append(tried, sizeof tried, wanted);
    library.handle = open_isolated(wanted);
  } else {
    library.handle = open_by_names(named, own_folder, tried, sizeof tried);
  }
  if (library.handle == nullptr) {
    std::snprintf(why, why_bytes, "the backend %s cannot be opened (tried %s): %s", wanted, tried, dlerror());
    return false;
  }
  note_path(library);
  library.abi = abi_of_library(library.handle);
  if (library.abi == AbiName::unknown) {
    std::snprintf(why, why_bytes, "the backend %s is no MPI library of an ABI that is known (Open MPI, MPICH, MPI 5)", wanted);
    return false;
  }
  if (named != AbiName::unknown && library.abi != named) {
    std::snprintf(why, why_bytes, "the backend %s is %s, which is of the ABI %s", wanted, library.path, abi_text(library.abi));
    return false;
  }
  return check_version(library, why, why_bytes);
}

}  // namespace tulkki
