// SPDX-License-Identifier: Apache-2.0
// Which ABI the program has, which library it is to run on, and the tables of the translation between them.
#include "interposer/foreign_backend.h"

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <initializer_list>

#include "interposer/process.h"
#include "interposer/say.h"
#include "translator/isolation.h"
#include "translator/translation.h"

namespace tulkki {
namespace {

const char* const kNames[] = {
#include "tulkki/names.inc"
};
constinit Translation g_translation{};
AbiName g_backend_abi = AbiName::unknown;

AbiName abi_by_name(const char* text) {
  if (std::strcmp(text, "openmpi") == 0) return AbiName::openmpi;
  if (std::strcmp(text, "mpich") == 0) return AbiName::mpich;
  return std::strcmp(text, "abi") == 0 ? AbiName::standard : AbiName::unknown;
}

// By what only one of them exports; `library` may stand for everything that is loaded.
AbiName abi_of(void* library) {
  if (dlsym(library, "ompi_mpi_comm_world") != nullptr) return AbiName::openmpi;
  if (dlsym(library, "MPIR_Dup_fn") != nullptr) return AbiName::mpich;
  return dlsym(library, "MPI_Abi_get_version") != nullptr ? AbiName::standard : AbiName::unknown;
}

// `tulkki run` has looked into the program's file. Without it: all of MPI's names are ours, those of one ABI are not.
// A library that was opened by a plug-in may be known to nobody else; `library` becomes its handle then.
AbiName front_abi(void*& library) {
  if (const char* given = std::getenv("TULKKI_FRONT")) return abi_by_name(given);
  if (const AbiName abi = abi_of(RTLD_DEFAULT); abi == AbiName::openmpi || abi == AbiName::mpich) return abi;
  char path[PATH_MAX];
  if (find_loaded_library(path)) library = dlopen(path, RTLD_LAZY | RTLD_NOLOAD);
  return library == nullptr ? AbiName::unknown : abi_of(library);
}

// Opens by path, or by the names under which libraries of this ABI are installed.
void* open_backend(const char* wanted, AbiName named, char* tried, std::size_t room) {
  static const char* const kLibraries[][3] = {
      {nullptr}, {"libmpi.so.40", nullptr}, {"libmpich.so.12", "libmpi.so.12", nullptr},
      {"libmpi_abi.so.0", "libmpi_abi.so.1", nullptr}};
  if (named == AbiName::unknown) {
    std::snprintf(tried, room, "%s", wanted);
    return open_isolated(wanted);
  }
  tried[0] = '\0';
  for (const char* const* name = kLibraries[static_cast<int>(named)]; *name != nullptr; ++name) {
    std::snprintf(tried + std::strlen(tried), room - std::strlen(tried), "%s%s", tried[0] == '\0' ? "" : ", ", *name);
    if (void* library = open_isolated(*name)) return library;
  }
  return nullptr;
}

void path_of(void* library, char* path) {
  void* known = dlsym(library, "MPI_Init");
  Dl_info info;
  if (known != nullptr && dladdr(known, &info) != 0 && info.dli_fname != nullptr)
    std::snprintf(path, PATH_MAX, "%s", info.dli_fname);
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

const char* abi_text(AbiName abi) {
  switch (abi) {
    case AbiName::openmpi: return "openmpi";
    case AbiName::mpich: return "mpich";
    case AbiName::standard: return "abi";
    case AbiName::unknown: break;
  }
  return "unknown";
}

AbiName backend_abi() { return g_backend_abi; }

Foreign use_foreign_backend(Abi& abi, char* path) {
  void* front_library = nullptr;
  const AbiName front = front_abi(front_library);
  g_backend_abi = front;
  const char* wanted = std::getenv("TULKKI_BACKEND");
  if (wanted == nullptr || wanted[0] == '\0' || front == AbiName::unknown) return Foreign::not_wanted;
  const AbiName named = abi_by_name(wanted);
  if (named == front) return Foreign::not_wanted;
  char tried[PATH_MAX + 64];
  void* library = open_backend(wanted, named, tried, sizeof tried);
  if (library == nullptr) {
    say("the backend %s cannot be opened (tried %s): %s", wanted, tried, dlerror());
    return Foreign::failed;
  }
  path_of(library, path);
  const AbiName back = abi_of(library);
  if (back == front) return Foreign::not_wanted;
  if (back == AbiName::unknown || (named != AbiName::unknown && back != named)) {
    say("the backend %s is %s, which is of the ABI %s", wanted, path, abi_text(back));
    return Foreign::failed;
  }
  g_translation.front = front;
  g_translation.back = back;
  g_translation.library = library;
  g_translation.front_library = front_library;
  if (!start_translation(g_translation, path, report)) return Foreign::failed;
  fill_tables();
  abi = g_translation.abi;
  g_backend_abi = back;
  return Foreign::running;
}

}  // namespace tulkki
