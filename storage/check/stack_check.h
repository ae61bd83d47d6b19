// SPDX-License-Identifier: Apache-2.0
// Enter and leave: regions nest, every one entered is left, and MPI_Init and MPI_Finalize tell how far a process came.
#pragma once

#include "storage/check/trace.h"

namespace tulkki::check {

class StackCheck {
 public:
  explicit StackCheck(Trace& trace);
  void enter(const Moment& at, std::uint64_t region);
  void leave(const Moment& at, std::uint64_t region);
  void enter_context(const Moment& at, std::uint64_t calling_context);
  void leave_context(const Moment& at, std::uint64_t calling_context);
  void switch_task(const Moment& at);
  // For events that belong inside a call. Gives the time at which that call began.
  std::uint64_t call_begin(const Moment& at, const char* event);
  void finish();

 private:
  enum class Role : std::uint8_t { other, init, finalize };
  const std::string& region_name(std::uint64_t region) const;

  Trace& trace_;
  IdMap<Role> roles_;  // of the regions that say how far a process came
};

}  // namespace tulkki::check
