// SPDX-License-Identifier: Apache-2.0
// libmpi_abi.so.1: the MPI-5.0 standard ABI as a library of its own, on top of whichever MPI a program is started with.
// Programs are linked to it, and it serves as the backend of another translation. It records nothing.
//
// The backend is opened at the first call, not when the library is loaded: what opens this library as a backend has
// then finished with binding the symbols of what came with it (translator/isolation.cpp).
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <initializer_list>
#include <pthread.h>
#include <unistd.h>

#include "translator/backend_library.h"
#include "translator/constants.h"
#include "translator/missing.h"
#include "translator/translation.h"

#define TULKKI_EXPORT __attribute__((visibility("default")))

// Tells this library from an MPI implementation's own.
extern "C" TULKKI_EXPORT const char tulkki_abi_library[] = "Tulkki's library of the MPI standard ABI";

namespace tulkki {
namespace {

#include "tulkki/abi_library.inc"

const char* const kNames[] = {
#include "tulkki/names.inc"
};
constinit Translation g_translation{};
BackendLibrary g_backend;
pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
bool g_started = false;
bool g_starting = false;
pthread_t g_starter;

void say(const char* line) {
  char text[1600];
  const int length = std::snprintf(text, sizeof text, "tulkki: %s\n", line);
  [[maybe_unused]] const auto written = write(STDERR_FILENO, text, static_cast<std::size_t>(length));
}

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

// Where nobody said which MPI is underneath, the launcher that started the process does.
const char* wanted_backend() {
  if (is_set("TULKKI_ABI_BACKEND")) return std::getenv("TULKKI_ABI_BACKEND");
  const char* general = std::getenv("TULKKI_BACKEND");
  if (is_set("TULKKI_BACKEND") && abi_by_name(general) != AbiName::standard && std::strstr(general, "libmpi_abi") == nullptr)
    return general;
  if (is_set("OMPI_COMM_WORLD_SIZE") || is_set("PMIX_RANK")) return "openmpi";
  return is_set("PMI_RANK") || is_set("PMI_SIZE") || is_set("HYDI_CONTROL_FD") ? "mpich" : nullptr;
}

[[noreturn]] void give_up(const char* why) {
  say(why);
  say("there is no MPI for the program to run on: name one in TULKKI_ABI_BACKEND (openmpi, mpich, or the path of a library)");
  _exit(1);
}

int missing(Procedure procedure) {
  static std::atomic<bool> said[static_cast<int>(Procedure::count)];
  const int code = unsupported_operation_of(AbiName::standard);
  if (said[static_cast<int>(procedure)].exchange(true)) return code;
  char line[200];
  std::snprintf(line, sizeof line, "the program called %s, which the backend does not have; it returns MPI_ERR_UNSUPPORTED_OPERATION",
                kNames[static_cast<int>(procedure)]);
  say(line);
  return code;
}

// A backend of this very ABI: nothing to convert.
void forward_all() {
  char name[128] = "P";
  for (int procedure = 1; procedure < static_cast<int>(Procedure::count); ++procedure) {
    std::snprintf(name + 1, sizeof name - 1, "%s", kNames[procedure]);
    void* found = dlsym(g_backend.handle, name);
    g_entries[procedure] = found != nullptr ? found : reinterpret_cast<void*>(kStandIns<missing>[static_cast<std::size_t>(procedure)]);
  }
}

void open_and_translate() {
  char why[1400] = "";
  const char* wanted = wanted_backend();
  bool opened = false;
  for (const char* each : {"openmpi", "mpich"}) {
    opened = open_backend_library(wanted != nullptr ? wanted : each, nullptr, g_backend, why, sizeof why);
    if (opened || wanted != nullptr) break;
  }
  if (!opened) give_up(why);
  if (g_backend.abi == AbiName::standard) {
    return forward_all();
  }
  g_translation.front = AbiName::standard;
  g_translation.back = g_backend.abi;
  g_translation.library = g_backend.handle;
  if (!start_translation(g_translation, g_backend.path, say)) give_up("the backend cannot be translated to");
  std::memcpy(g_entries, g_translation.functions, sizeof g_translation.functions);
}

void start() {
  // Asking the backend for its version came back to us.
  if (g_starting && pthread_equal(g_starter, pthread_self()) != 0)
    give_up("the backend of Tulkki's libmpi_abi is that library itself");
  pthread_mutex_lock(&g_mutex);
  g_starter = pthread_self();
  g_starting = true;
  if (!g_started) open_and_translate();
  g_started = true;
  g_starting = false;
  pthread_mutex_unlock(&g_mutex);
}

}  // namespace
}  // namespace tulkki
