// SPDX-License-Identifier: Apache-2.0
// Choice of the pair, and the state that conversions find at run time.
#include "translator/translation.h"

#include <atomic>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <initializer_list>

#include "translator/abis.h"
#include "translator/backend_functions.h"
#include "translator/backend_library.h"
#include "translator/callbacks.h"
#include "translator/language_bindings.h"
#include "translator/pairs.h"
#include "translator/predefined.h"

namespace tulkki {

void* g_backend_functions[static_cast<int>(Procedure::count)];
void (*g_report)(const char* line) = nullptr;
int g_attribute_values[16];
Word g_throwing_front = 0, g_throwing_back[3];

namespace {

const char* const kNames[] = {
#include "tulkki/names.inc"
};
const char* g_library_name = "";
std::atomic<bool> g_said[static_cast<int>(Procedure::count)];

const PairTables* tables_of(AbiName front, AbiName back) {
  for (const PairTables* pair : {&kOpenMpiOnMpich, &kOpenMpiOnStandard, &kMpichOnOpenMpi, &kMpichOnStandard,
                                 &kStandardOnOpenMpi, &kStandardOnMpich})
    if (pair->front == front && pair->back == back) return pair;
  return nullptr;
}

void find_functions(void* library) {
  char name[128] = "P";
  for (int procedure = 1; procedure < static_cast<int>(Procedure::count); ++procedure) {
    std::snprintf(name + 1, sizeof name - 1, "%s", kNames[procedure]);
    void* found = dlsym(library, name);
    if (found == nullptr) found = dlsym(library, kNames[procedure]);
    // Open MPI 4 has some procedures of MPI 4.0 under the names of extensions.
    std::snprintf(name + 1, sizeof name - 1, "MPIX_%s", kNames[procedure] + 4);
    if (found == nullptr && std::strncmp(kNames[procedure], "MPI_", 4) == 0) found = dlsym(library, name + 1);
    // And a program of Open MPI 4 finds them under the names of the standard.
    std::snprintf(name + 1, sizeof name - 1, "MPI_%s", kNames[procedure] + 5);
    if (found == nullptr && std::strncmp(kNames[procedure], "MPIX_", 5) == 0) found = dlsym(library, name);
    g_backend_functions[procedure] = found;
  }
}

// Procedures that take their arguments like others, which stand in where a backend lacks them: names of MPI-1 and the
// ones that replaced them, large-count forms of MPI-3 and of MPI-4.
void find_replacements() {
  static const Procedure kSame[][2] = {
      {Procedure::MPI_Address, Procedure::MPI_Get_address}, {Procedure::MPI_Type_hvector, Procedure::MPI_Type_create_hvector},
      {Procedure::MPI_Type_hindexed, Procedure::MPI_Type_create_hindexed},
      {Procedure::MPI_Type_struct, Procedure::MPI_Type_create_struct},
      {Procedure::MPI_Errhandler_set, Procedure::MPI_Comm_set_errhandler},
      {Procedure::MPI_Errhandler_get, Procedure::MPI_Comm_get_errhandler},
      {Procedure::MPI_Attr_put, Procedure::MPI_Comm_set_attr}, {Procedure::MPI_Attr_delete, Procedure::MPI_Comm_delete_attr},
      {Procedure::MPI_Keyval_free, Procedure::MPI_Comm_free_keyval},
      {Procedure::MPI_Get_elements_c, Procedure::MPI_Get_elements_x}, {Procedure::MPI_Type_size_c, Procedure::MPI_Type_size_x},
      {Procedure::MPI_Type_get_extent_c, Procedure::MPI_Type_get_extent_x},
      {Procedure::MPI_Type_get_true_extent_c, Procedure::MPI_Type_get_true_extent_x},
      {Procedure::MPI_Status_set_elements_c, Procedure::MPI_Status_set_elements_x},
      // MPICH's names of what MPI 4.1 took over, and the other way round
      {Procedure::MPI_Remove_error_class, Procedure::MPIX_Delete_error_class},
      {Procedure::MPI_Remove_error_code, Procedure::MPIX_Delete_error_code},
      {Procedure::MPI_Remove_error_string, Procedure::MPIX_Delete_error_string},
      {Procedure::MPIX_Delete_error_class, Procedure::MPI_Remove_error_class},
      {Procedure::MPIX_Delete_error_code, Procedure::MPI_Remove_error_code},
      {Procedure::MPIX_Delete_error_string, Procedure::MPI_Remove_error_string}};
  for (const auto& [removed, current] : kSame)
    if (g_backend_functions[static_cast<int>(removed)] == nullptr)
      g_backend_functions[static_cast<int>(removed)] = g_backend_functions[static_cast<int>(current)];
}

void describe_front(Translation& translation, const PairTables& pair) {
  Abi& abi = translation.abi;
  abi = translation.front == AbiName::openmpi ? kOpenMpiAbi : translation.front == AbiName::mpich ? kMpichAbi : kStandardAbi;
  abi.comm_world = front_handle("MPI_COMM_WORLD");
  abi.comm_self = front_handle("MPI_COMM_SELF");
  abi.comm_null = front_handle("MPI_COMM_NULL");
  abi.request_null = front_handle("MPI_REQUEST_NULL");
  abi.window_null = front_handle("MPI_WIN_NULL");
  abi.message_null = front_handle("MPI_MESSAGE_NULL");
  abi.message_no_process = front_handle("MPI_MESSAGE_NO_PROC");
  abi.byte = front_handle("MPI_BYTE");
  abi.datatype_null = front_handle("MPI_DATATYPE_NULL");
  pair.describe_shared_request(abi, dlsym(translation.library, "ompi_request_empty"));
}

}  // namespace

void report_missing(Procedure procedure) {
  if (g_said[static_cast<int>(procedure)].exchange(true) || g_report == nullptr) return;
  char line[512];
  std::snprintf(line, sizeof line,
                "%s does not have %s and there is no way around it: the call returns MPI_ERR_UNSUPPORTED_OPERATION",
                g_library_name, kNames[static_cast<int>(procedure)]);
  g_report(line);
}

void raise_on_world(int back_code) {
  int initialized = 0, finalized = 0;
  backend_function<int (*)(int*)>(Procedure::MPI_Initialized)(&initialized);
  backend_function<int (*)(int*)>(Procedure::MPI_Finalized)(&finalized);
  if (initialized == 0 || finalized != 0) return;
  backend_function<int (*)(Word, int)>(Procedure::MPI_Comm_call_errhandler)(back_handle("MPI_COMM_WORLD"), back_code);
  take_cxx_error_handler_call();
}

bool start_translation(Translation& translation, const char* library_name, void (*report)(const char* line)) {
  const PairTables* pair = tables_of(translation.front, translation.back);
  if (pair == nullptr) return false;
  g_library_name = library_name;
  g_report = report;
  find_functions(translation.library);
  find_replacements();
  g_front_library = translation.front_library;
  Standard::as_openmpi = standard_status_as_openmpi(translation.library);
  find_predefined_handles(translation.front, translation.back, translation.library);
  find_attribute_functions(translation.front == AbiName::openmpi, translation.front == AbiName::mpich);
  for (int procedure = 1; procedure < static_cast<int>(Procedure::count); ++procedure) {
    const bool available = g_backend_functions[procedure] != nullptr || pair->needs_no_backend[procedure];
    translation.offered[procedure] = available || !pair->refused[procedure];
    translation.functions[procedure] = available ? pair->translators[procedure] : pair->fallbacks[procedure];
  }
  describe_front(translation, *pair);
  constexpr Word kMpichThrowing = 0x54000002;
  if (translation.front == AbiName::mpich) g_throwing_front = kMpichThrowing;
  else if (translation.front == AbiName::openmpi)
    g_throwing_front = reinterpret_cast<Word>(find_front_symbol("ompi_mpi_errors_throw_exceptions"));
  g_language_bindings = pair->language_bindings;
  g_fortran_bindings = pair->fortran_bindings;
  g_openmpi_cxx_bindings = pair->openmpi_cxx_bindings;
  return true;
}

}  // namespace tulkki
