// SPDX-License-Identifier: Apache-2.0
// The program's own dlopen, dlmopen and dlsym. What is opened late and asked for by handle does not come to us through
// LD_PRELOAD (docs/decisions/0012). Each function ends in a jump to the C library's: who called decides there which
// RPATH counts, what $ORIGIN is, and what RTLD_NEXT means.
#include <cstddef>
#include <dlfcn.h>

#include "interposer/entry.h"
#include "interposer/foreign_backend.h"
#include "interposer/late_objects.h"

namespace tulkki {
namespace {

#if defined(__x86_64__)
constexpr char kFirstVersion[] = "GLIBC_2.2.5", kDlmopenVersion[] = "GLIBC_2.3.4";
#else
constexpr char kFirstVersion[] = "GLIBC_2.17", kDlmopenVersion[] = "GLIBC_2.17";
#endif

// Before any constructor of ours has run, too: allocators ask in theirs. dlvsym, which nobody else replaces, finds the
// next function of this name after us.
template <class Function>
[[gnu::always_inline]] inline Function next_function(Function& known, const char* name, const char* version) {
  Function function = __atomic_load_n(&known, __ATOMIC_RELAXED);
  if (function != nullptr) [[likely]] return function;
  function = reinterpret_cast<Function>(dlvsym(RTLD_NEXT, name, version));
  __atomic_store_n(&known, function, __ATOMIC_RELAXED);
  return function;
}

void* (*g_dlopen)(const char*, int) = nullptr;
void* (*g_dlmopen)(Lmid_t, const char*, int) = nullptr;
void* (*g_dlsym)(void*, const char*) = nullptr;

}  // namespace

void* next_dlopen(const char* path, int flags) { return next_function(g_dlopen, "dlopen", kFirstVersion)(path, flags); }
void* next_dlsym(void* handle, const char* name) {
  return next_function(g_dlsym, "dlsym", kFirstVersion)(handle, name);
}

}  // namespace tulkki

TULKKI_EXPORT void* dlopen(const char* path, int flags) noexcept {
  using namespace tulkki;
  const bool opens = path != nullptr && (flags & RTLD_NOLOAD) == 0;
  if (opens && !is_our_code(TULKKI_SITE)) path = before_open(path, flags, TULKKI_SITE);
  return next_function(g_dlopen, "dlopen", kFirstVersion)(path, flags);
}

TULKKI_EXPORT void* dlmopen(Lmid_t space, const char* path, int flags) noexcept {
  using namespace tulkki;
  const auto next = next_function(g_dlmopen, "dlmopen", kDlmopenVersion);
  if (space == LM_ID_BASE || path == nullptr) return next(space, path, flags);
  void* handle = next(space, path, flags);
  if (handle != nullptr) judge_other_space(handle);
  return handle;
}

TULKKI_EXPORT void* dlsym(void* handle, const char* name) noexcept {
  using namespace tulkki;
  if (!is_our_code(TULKKI_SITE)) {
    adopt_new_objects();
    void* answer = nullptr;
    if (handle != RTLD_NEXT && may_be_mpi_name(name) && (handle != RTLD_DEFAULT || is_translated()) &&
        own_answer(handle, name, TULKKI_SITE, answer))
      return answer;
  }
  return next_function(g_dlsym, "dlsym", kFirstVersion)(handle, name);
}
