// SPDX-License-Identifier: Apache-2.0
// The predefined handles of both sides of a translation, found when it starts.
#pragma once

#include "translator/abis.h"

namespace tulkki {

// By their place in kPredefinedHandles; kNoHandle where a side has none.
struct Predefined {
  Word front[kPredefinedCount];
  Word back[kPredefinedCount];
};
extern Predefined g_predefined;

// A symbol as the program sees it: the program's own copy, or that of a library which only a plug-in knows.
extern void* g_front_library;
[[gnu::cold]] void* find_front_symbol(const char* name);

// The front's null handle of a class.
[[gnu::cold]] Word null_handle(HandleClass kind);

// One of them by its name in the standard; 0 where the side has none.
[[gnu::cold]] Word front_handle(const char* name);
[[gnu::cold]] Word back_handle(const char* name);

// Finds all of them and fills the tables of handles.h. `library`: the backend, opened.
[[gnu::cold]] void find_predefined_handles(AbiName front, AbiName back, void* library);

}  // namespace tulkki
