// SPDX-License-Identifier: Apache-2.0
// The way into the translator: functions of a front's ABI that run on a backend of another.
#pragma once

#include "translator/abi.h"
#include "tulkki/procedures.h"

namespace tulkki {

// What a translation needs and gives. One per process, for good.
struct Translation {
  AbiName front, back;
  void* library;              // the backend, opened by open_isolated()
  void* front_library;        // the front's own, where its symbols are not to be found globally; usually null
  // Out: by procedure number, each with the front's C signature. What the backend lacks is emulated, or is a function
  // that returns the front's MPI_ERR_UNSUPPORTED_OPERATION and says which procedure is missing.
  void* functions[static_cast<int>(Procedure::count)];
  // Out: those that do more than to say so.
  bool offered[static_cast<int>(Procedure::count)];
  // Out: the front's ABI with the values that it has in this process.
  Abi abi;
};

// False when the pair is not translated (the same ABI on both sides). `report` says one line to the user.
[[gnu::cold]] bool start_translation(Translation& translation, const char* library_name, void (*report)(const char* line));

}  // namespace tulkki
