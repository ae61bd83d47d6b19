// SPDX-License-Identifier: Apache-2.0
// Gives out return addresses of calls on lines that the test knows. Line numbers matter: see symbols_test.cpp.
#define KEPT [[gnu::noinline, gnu::used]]

extern "C" KEPT void* fixture_return_address() { return __builtin_return_address(0); }

namespace fixture {

KEPT void* from_namespace() {
  void* address = fixture_return_address();  // line 10
  asm volatile("" : "+r"(address));
  return address;
}

static inline __attribute__((always_inline)) void* inlined() {
  void* address = fixture_return_address();  // line 16
  asm volatile("" : "+r"(address));
  return address;
}

}  // namespace fixture

extern "C" void* fixture_plain() { return fixture::from_namespace(); }

extern "C" KEPT void* fixture_around_inlined() { return fixture::inlined(); }
