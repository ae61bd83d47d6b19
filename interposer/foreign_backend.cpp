// SPDX-License-Identifier: Apache-2.0
// Which ABI the program has, which library it is to run on, and the tables of the translation between them.
#include "interposer/foreign_backend.h"

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>

#include "interposer/process.h"
#include "interposer/say.h"
#include "translator/backend_library.h"
#include "translator/translation.h"

namespace tulkki {
namespace {

const char* const kNames[] = {
#include "tulkki/names.inc"
};
constinit Translation g_translation{};
AbiName g_backend_abi = AbiName::unknown;

// `tulkki run` has looked into the program's file. Without it: all of MPI's names are ours, those of one ABI are not.
// A library that was opened by a plug-in may be known to nobody else; `library` becomes its handle then.
AbiName front_abi(void*& library) {
  if (const char* given = std::getenv("TULKKI_FRONT")) return abi_by_name(given);
  if (const AbiName abi = abi_of_library(RTLD_DEFAULT); abi == AbiName::openmpi || abi == AbiName::mpich) return abi;
  char path[PATH_MAX];
  if (find_loaded_library(path)) library = dlopen(path, RTLD_LAZY | RTLD_NOLOAD);
  return library == nullptr ? AbiName::unknown : abi_of_library(library);
}

// Where our own library of the standard ABI is installed: beside us.
const char* own_folder() {
  static char folder[PATH_MAX];
  Dl_info info;
  if (dladdr(reinterpret_cast<const void*>(&own_folder), &info) == 0 || info.dli_fname == nullptr) return nullptr;
  // We may have been loaded through a link.
  if (realpath(info.dli_fname, folder) == nullptr) return nullptr;
  char* slash = std::strrchr(folder, '/');
  if (slash == nullptr) return nullptr;
  *slash = '\0';
  return folder;
}

// A PMPI tool that was compiled for the front comes after us: its MPI_ entries are called, and call our PMPI_ ones.
void* tool_entry(const char* name) {
  void* next = dlsym(RTLD_NEXT, name);
  return next == nullptr || in_mpi_library(next) ? nullptr : next;
}

void fill_tables() {
  for (int procedure = 1; procedure < static_cast<int>(Procedure::count); ++procedure) {
    void* translator = g_translation.functions[procedure];
    void* tool = tool_entry(kNames[procedure]);
    g_real_functions[0][procedure] = tool != nullptr ? tool : translator;
    g_real_functions[1][procedure] = translator;
  }
}

void report(const char* line) { say("%s", line); }

}  // namespace

AbiName backend_abi() { return g_backend_abi; }

Foreign use_foreign_backend(Abi& abi, char* path) {
  void* front_library = nullptr;
  const AbiName front = front_abi(front_library);
  g_backend_abi = front;
  const char* wanted = std::getenv("TULKKI_BACKEND");
  if (wanted == nullptr || wanted[0] == '\0' || front == AbiName::unknown) return Foreign::not_wanted;
  const AbiName named = abi_by_name(wanted);
  if (named == front) return Foreign::not_wanted;
  BackendLibrary library;
  char why[1400];
  if (!open_backend_library(wanted, own_folder(), library, why, sizeof why)) {
    say("%s", why);
    return Foreign::failed;
  }
  if (library.abi == front) return Foreign::not_wanted;
  std::snprintf(path, PATH_MAX, "%s", library.path);
  g_translation.front = front;
  g_translation.back = library.abi;
  g_translation.library = library.handle;
  g_translation.front_library = front_library;
  if (!start_translation(g_translation, path, report)) return Foreign::failed;
  fill_tables();
  abi = g_translation.abi;
  g_backend_abi = library.abi;
  return Foreign::running;
}

}  // namespace tulkki
