// SPDX-License-Identifier: Apache-2.0
// Attribute values of Fortran, and error handlers of C++, found again by their addresses.
#include "translator/language_bindings.h"

#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <pthread.h>
#include <strings.h>
#include <sys/mman.h>
#include <utility>

#include "translator/memory.h"

namespace tulkki {

thread_local LastMade t_last_made;
const LanguageBindings* g_language_bindings = nullptr;
const FortranBinding* g_fortran_bindings = nullptr;
const OpenMpiCxxBindings* g_openmpi_cxx_bindings = nullptr;

namespace {

thread_local bool t_cxx_handler_called = false;
pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;

struct Locked {
  Locked() { pthread_mutex_lock(&g_mutex); }
  ~Locked() { pthread_mutex_unlock(&g_mutex); }
};

// One range of addresses, so that a value is told from a pointer of the program's; pages come when they are touched.
constexpr std::size_t kMostAttributes = std::size_t{1} << 24;
FortranAttribute* g_attributes = nullptr;
FortranAttribute* g_free_attributes = nullptr;
std::size_t g_used_attributes = 0;

bool reserve_attributes() {
  if (g_attributes != nullptr) return true;
  void* range = mmap(nullptr, kMostAttributes * sizeof(FortranAttribute), PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (range == MAP_FAILED) return false;
  __atomic_store_n(&g_attributes, static_cast<FortranAttribute*>(range), __ATOMIC_RELEASE);
  return true;
}

struct CxxHandlers {
  const void* functions[511];
  CxxHandlers* next;
};
CxxHandlers* g_cxx_handlers = nullptr;
int g_cxx_count = 0;   // in the first block; all others are full
CxxErrorHandler g_cxx_call = nullptr;

bool is_cxx_handler(const void* function) {
  int count = g_cxx_count;
  for (const CxxHandlers* block = g_cxx_handlers; block != nullptr; block = block->next, count = 511)
    for (int i = 0; i < count; ++i)
      if (block->functions[i] == function) return true;
  return false;
}

}  // namespace

FortranAttribute* make_fortran_attribute(std::int64_t value, int type) {
  const Locked lock;
  if (!reserve_attributes()) return nullptr;
  FortranAttribute* attribute = g_free_attributes;
  if (attribute != nullptr) g_free_attributes = reinterpret_cast<FortranAttribute*>(attribute->value);
  else if (g_used_attributes < kMostAttributes) attribute = g_attributes + g_used_attributes++;
  if (attribute != nullptr) *attribute = {value, type};
  return attribute;
}

void free_fortran_attribute(void* value) {
  const Locked lock;
  auto* attribute = static_cast<FortranAttribute*>(value);
  attribute->value = reinterpret_cast<std::int64_t>(g_free_attributes);
  g_free_attributes = attribute;
}

bool is_fortran_attribute(const void* value) {
  const FortranAttribute* first = __atomic_load_n(&g_attributes, __ATOMIC_ACQUIRE);
  return first != nullptr && value >= first && value < first + kMostAttributes;
}

void set_cxx_error_handler(const void* function, CxxErrorHandler call) {
  const Locked lock;
  g_cxx_call = call;
  if (function == nullptr || is_cxx_handler(function)) return;
  if (g_cxx_handlers == nullptr || g_cxx_count == 511) {
    auto* block = static_cast<CxxHandlers*>(map_pages(sizeof(CxxHandlers)));
    if (block == nullptr) return;
    block->next = g_cxx_handlers;
    g_cxx_handlers = block;
    g_cxx_count = 0;
  }
  g_cxx_handlers->functions[g_cxx_count++] = function;
}

CxxErrorHandler cxx_error_handler(const void* function) {
  const Locked lock;
  return g_cxx_call != nullptr && is_cxx_handler(function) ? g_cxx_call : nullptr;
}

void note_cxx_error_handler_call() { t_cxx_handler_called = true; }

bool take_cxx_error_handler_call() { return std::exchange(t_cxx_handler_called, false); }

void* own_fortran_binding(const char* symbol) {
  if (g_fortran_bindings == nullptr) return nullptr;
  for (const FortranBinding* binding = g_fortran_bindings; binding->name != nullptr; ++binding) {
    const std::size_t length = std::strlen(binding->name);
    if (strncasecmp(symbol, binding->name, length) != 0) continue;
    for (const char* ending : {"", "_", "__", "_f08_"})
      if (std::strcmp(symbol + length, ending) == 0) return binding->function;
  }
  return nullptr;
}

}  // namespace tulkki
