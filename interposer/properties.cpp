// SPDX-License-Identifier: Apache-2.0
// Collects what a paper must state about a run: program, library, machine, steering environment.
#include "interposer/properties.h"

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/utsname.h>
#include <unistd.h>

#include "interposer/backend.h"
#include "interposer/foreign_backend.h"
#include "interposer/load.h"
#include "interposer/process.h"
#include "interposer/small_file.h"
#include "translator/backend_library.h"

extern char** environ;

namespace tulkki {
namespace {

void define(const char* name, const char* value) { g_process.log.define_property(name, value); }

void define_or(const char* name, const char* variable, const char* fallback) {
  const char* value = std::getenv(variable);
  define(name, value != nullptr && *value != '\0' ? value : fallback);
}

// /proc/self/cmdline as a shell would take it; long ones are cut.
void define_arguments() {
  char raw_text[8192], quoted[16384];
  const std::size_t length = read_small_file("/proc/self/cmdline", raw_text, sizeof raw_text);
  std::size_t out = 0;
  for (std::size_t begin = 0; begin < length && out + 8 < sizeof quoted;) {
    const char* word = raw_text + begin;
    const std::size_t bytes = std::strlen(word);
    const bool plain = bytes != 0 && std::strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                                       "_@%+=:,./-") == bytes;
    if (out != 0) quoted[out++] = ' ';
    if (!plain) quoted[out++] = '\'';
    for (std::size_t i = 0; i < bytes && out + 8 < sizeof quoted; ++i) {
      if (word[i] == '\'') {
        std::memcpy(quoted + out, "'\\'", 3);
        out += 3;
      }
      quoted[out++] = word[i];
    }
    if (!plain) quoted[out++] = '\'';
    begin += bytes + 1;
  }
  quoted[out] = '\0';
  define("arguments", quoted);
}

// Number that follows "NAME\t: " in a text of /proc/cpuinfo; 0: it does not.
long cpuinfo_number(const char* text, const char* name) {
  const char* line = std::strstr(text, name);
  const char* colon = line != nullptr ? std::strchr(line, ':') : nullptr;
  return colon != nullptr ? std::strtol(colon + 1, nullptr, 10) : 0;
}

void define_machine() {
  struct utsname system;
  if (uname(&system) == 0) {
    char kernel[300];
    std::snprintf(kernel, sizeof kernel, "%s %s %s", system.sysname, system.release, system.machine);
    define("kernel", kernel);
  }
  char text[4096];
  read_small_file("/proc/cpuinfo", text, sizeof text);
  const long threads = cpuinfo_number(text, "siblings"), cores = cpuinfo_number(text, "cpu cores");
  if (threads > 0 && cores > 0 && threads % cores == 0) {
    char quotient[32];
    std::snprintf(quotient, sizeof quotient, "%ld", threads / cores);
    define("threads_per_core", quotient);
  }
  const char* model = std::strstr(text, "model name");
  model = model != nullptr ? std::strchr(model, ':') : nullptr;
  if (model == nullptr) return define("cpu", "unknown");
  char name[256];
  std::snprintf(name, sizeof name, "%.*s", static_cast<int>(std::strcspn(model + 2, "\n")), model + 2);
  define("cpu", name);
}

// A library whose folder LD_PRELOAD cannot name is loaded through a link that `tulkki run` made and removes
// (viewer/cli/preload.h): the record has the folder itself.
void define_library_path() {
  char path[2 * PATH_MAX], folder[PATH_MAX];
  std::snprintf(path, sizeof path, "%s", backend_path());
  char* slash = std::strrchr(path, '/');
  if (std::strstr(path, "/preload-") == nullptr || slash == nullptr) return define("library_path", path);
  *slash = '\0';
  if (realpath(path, folder) == nullptr) return define("library_path", backend_path());
  std::snprintf(path, sizeof path, "%s/%s", folder, std::strrchr(backend_path(), '/') + 1);
  define("library_path", path);
}

// Large enough for every implementation: MPICH writes up to 8192 bytes.
void define_library() {
  char version[8192] = "";
  int length = 0;
  library_function<int (*)(char*, int*)>(Procedure::MPI_Get_library_version)(version, &length);
  version[sizeof version - 1] = '\0';
  define("library_version", version);
  define_library_path();
  define("front", abi_text(g_process.abi.name));
  define("backend", abi_text(backend_abi()));
}

// What Open MPI's launcher tells its own processes, different in every launch.
bool is_launchers_own(const char* variable) {
  for (const char* prefix : {"OMPI_MCA_orte_", "OMPI_MCA_ess", "OMPI_MCA_initial_wdir", "OMPI_MCA_shmem_RUNTIME",
                             "OMPI_MCA_pmix", "OMPI_MCA_mca_base_env_list", "OMPI_MCA_rmaps_", "OMPI_MCA_plm", "OMPI_MCA_hwloc_base_report"})
    if (std::strncmp(variable, prefix, std::strlen(prefix)) == 0) return true;
  return false;
}

bool steers_mpi(const char* variable) {
  if (is_launchers_own(variable)) return false;
  for (const char* prefix : {"OMPI_MCA_", "UCX_", "FI_", "MPIR_CVAR_", "MPICH_", "I_MPI_", "PMIX_MCA_", "OMP_NUM_THREADS"})
    if (std::strncmp(variable, prefix, std::strlen(prefix)) == 0) return true;
  return false;
}

void define_environment() {
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const char* equals = std::strchr(*variable, '=');
    if (equals == nullptr || !steers_mpi(*variable) || std::strlen(equals) > 1024) continue;
    char name[256];
    std::snprintf(name, sizeof name, "environment.%.*s", static_cast<int>(equals - *variable), *variable);
    define(name, equals + 1);
  }
}

void define_path(const char* name, const char* variable, const char* fallback) {
  const char* value = std::getenv(variable);
  if (value == nullptr || *value == '\0') value = fallback;
  char path[2 * PATH_MAX];
  from_start(value, path, sizeof path);
  define(name, path);
}

}  // namespace

void define_properties() {
  char path[PATH_MAX] = "";
  if (readlink("/proc/self/exe", path, sizeof path - 1) > 0) define("program", path);
  define_arguments();
  const char* directory = g_process.options.start_directory;
  define("working_directory", *directory != '\0' ? directory : ".");
  define_path("database", "TULKKI_DB", "tulkki.db");
  define_path("trace_directory", "TULKKI_TRACE_DIR", "tulkki-traces");
  define("trace", g_process.options.trace ? "1" : "0");
  define_or("label", "TULKKI_LABEL", "");
  define_or("transport", "TULKKI_TRANSPORT", "default");
  define_or("repetition", "TULKKI_REPETITION", "1");
  if (std::getenv("TULKKI_SWEEP_POINT") != nullptr) define_or("sweep_point", "TULKKI_SWEEP_POINT", "");
  define("tulkki_version", TULKKI_VERSION);
  define_library();
  define_machine();
  define_environment();
  define_affinity();
  define_governor();
}

}  // namespace tulkki
