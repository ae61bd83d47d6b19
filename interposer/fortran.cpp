// SPDX-License-Identifier: Apache-2.0
// Fortran entry points: the trampolines (generated assembly) note the caller and jump to the MPI's own binding, which
// this file finds; the few bindings that reach no C function are recorded here.
#include <cstring>
#include <dlfcn.h>
#include <link.h>
#include <strings.h>

#include "interposer/fortran_objects.h"
#include "interposer/late_objects.h"
#include "interposer/measure/common.h"
#include "interposer/say.h"
#include "translator/callbacks.h"
#include "translator/integers.h"

// Ours, with the recording of the call.
extern "C" int MPI_Grequest_start(void* query, void* free_function, void* cancel, void* extra, void* request);

namespace tulkki {
namespace {

struct Search {
  const char* symbol;
  void* found;
};

bool is_fortran_binding(const char* path) {
  return std::strstr(path, "libmpi_mpifh") != nullptr || std::strstr(path, "libmpi_usempi") != nullptr ||
         std::strstr(path, "libmpichfort") != nullptr || std::strstr(path, "libmpifort") != nullptr;
}

// Libraries opened RTLD_LOCAL are in no global scope: each is asked by itself.
int search_object(dl_phdr_info* object, std::size_t, void* argument) {
  auto& search = *static_cast<Search*>(argument);
  if (object->dlpi_name == nullptr || !is_fortran_binding(object->dlpi_name)) return 0;
  void* library = dlopen(object->dlpi_name, RTLD_LAZY | RTLD_NOLOAD);
  if (library == nullptr) return 0;
  search.found = dlsym(library, search.symbol);
  dlclose(library);
  return search.found != nullptr ? 1 : 0;
}

// Open MPI's binding writes into the request. The C procedure that we call instead records the call.
void start_fortran_grequest(void* query, void* free_function, void* cancel, void* extra, int* request, int* code) {
  std::uint64_t handle = 0;
  const int result = MPI_Grequest_start(query, free_function, cancel, extra, &handle);
  if (result == 0) {
    t_last_made.grequest->fortran = true;
    *request = integer_of_handle(AbiName::openmpi, HandleClass::request, handle);
  }
  if (code != nullptr) *code = result;
}

void* own_binding(const char* symbol) {
  constexpr char kName[] = "mpi_grequest_start";
  if (g_fortran_bindings != nullptr && strncasecmp(symbol, kName, sizeof kName - 1) == 0)
    return reinterpret_cast<void*>(&start_fortran_grequest);
  if (g_fortran_bindings != nullptr)
    if (void* found = fortran_object_binding(symbol)) return found;
  return own_fortran_binding(symbol);
}

[[gnu::cold]] void missing_binding() { say("a Fortran MPI procedure was called that no loaded MPI library has"); }

}  // namespace

#include "tulkki/fortran_stubs.inc"

}  // namespace tulkki

namespace tulkki {
namespace {

void* find_binding(const char* name) {
  if (void* own = own_binding(name)) return own;
  if (void* next = dlsym(RTLD_NEXT, name)) return next;
  Search search{name, nullptr};
  dl_iterate_phdr(search_object, &search);
  return search.found != nullptr ? search.found : reinterpret_cast<void*>(&missing_binding);
}

}  // namespace
}  // namespace tulkki

void* tulkki_resolve_fortran(unsigned slot) {
  tulkki::find_fortran_libraries(tulkki::g_fortran_begin, tulkki::g_fortran_span);
  const char* name = tulkki_fortran_names[slot];
  if (void* other = tulkki::programs_own_function(tulkki_fortran_site, name)) return other;
  return tulkki_fortran_slots[slot] = tulkki::find_binding(name);
}
