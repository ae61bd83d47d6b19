// SPDX-License-Identifier: Apache-2.0
// Which ABI the program has, which library it is to run on, and the tables of the translation between them.
#include "interposer/foreign_backend.h"

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>

#include "interposer/late_objects.h"
#include "interposer/process.h"
#include "interposer/say.h"
#include "interposer/visible_names.h"
#include "translator/backend_library.h"
#include "translator/translation.h"

namespace tulkki {
namespace {

const char* const kNames[] = {
#include "tulkki/names.inc"
};
constinit Translation g_translation{};
AbiName g_backend_abi = AbiName::unknown;
bool g_translated = false;

// What takes the place of a front's library says so.
AbiName abi_of_front(void* library) {
  const auto* stand_in = static_cast<const char*>(dlsym(library, "tulkki_front"));
  return stand_in != nullptr ? abi_by_name(stand_in) : abi_of_library(library);
}

// What is loaded tells; `tulkki run` could only look into files. All of MPI's names are ours, those of one ABI are not.
// A library that was opened by a plug-in may be known to nobody else; `library` becomes its handle then, for good.
AbiName front_abi(const void* site, void*& library) {
  char path[PATH_MAX];
  if (find_programs_library(site, path)) library = dlopen(path, RTLD_LAZY | RTLD_NOLOAD);
  AbiName abi = library == nullptr ? abi_of_front(RTLD_DEFAULT) : abi_of_front(library);
  if (const char* given = std::getenv("TULKKI_FRONT"); abi == AbiName::unknown && given != nullptr) abi = abi_by_name(given);
  return abi;
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

bool backend_is_wanted() {
  const char* wanted = std::getenv("TULKKI_BACKEND");
  return wanted != nullptr && *wanted != '\0';
}

bool is_translated() { return __atomic_load_n(&g_translated, __ATOMIC_ACQUIRE); }

AbiName backend_abi() { return g_backend_abi; }

AbiName program_abi() {
  if (g_process.abi.name != AbiName::unknown) return g_process.abi.name;
  const char* given = std::getenv("TULKKI_FRONT");
  return given == nullptr ? AbiName::unknown : abi_by_name(given);
}

Foreign use_foreign_backend(Abi& abi, const void* site, char* path) {
  void* front_library = nullptr;
  const AbiName front = front_abi(site, front_library);
  g_backend_abi = front;
  const char* wanted = std::getenv("TULKKI_BACKEND");
  if (!backend_is_wanted() || front == AbiName::unknown) return Foreign::not_wanted;
  const AbiName named = abi_by_name(wanted);
  if (named == front) return Foreign::not_wanted;
  BackendLibrary library;
  char why[1400];
  if (!open_backend_library(wanted, own_folder(), library, why, sizeof why)) {
    say("%s", why);
    return Foreign::failed;
  }
  if (library.abi == front) {
    // One of the program's own ABI takes its library's place by being preloaded, which is not done here.
    if (front_library == nullptr || front_library == library.handle) return Foreign::not_wanted;
    say("TULKKI_BACKEND=%s is of the program's own ABI and has to be preloaded: tulkki run and tulkki env do that", wanted);
    return Foreign::failed;
  }
  std::snprintf(path, PATH_MAX, "%s", library.path);
  g_translation.front = front;
  g_translation.back = library.abi;
  g_translation.library = library.handle;
  g_translation.front_library = front_library;
  if (!start_translation(g_translation, path, report)) return Foreign::failed;
  fill_tables();
  show_translated_names(g_translation.offered);
  abi = g_translation.abi;
  g_backend_abi = library.abi;
  __atomic_store_n(&g_translated, true, __ATOMIC_RELEASE);
  return Foreign::running;
}

}  // namespace tulkki
