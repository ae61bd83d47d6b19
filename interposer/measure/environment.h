// SPDX-License-Identifier: Apache-2.0
// Start and end of MPI in this process.
#pragma once

#include "interposer/lifecycle.h"
#include "interposer/measure/common.h"

namespace tulkki::measure {

class Init : public Plain {
 public:
  explicit Init(Call& call) : Plain(call) {}
  void finish(Call& call, int code) {
    if (code == 0) process_initialized(call, true);
    Plain::finish(call, code);
  }
};

class SessionInit : public Plain {
 public:
  explicit SessionInit(Call& call) : Plain(call) {}
  void finish(Call& call, int code) {
    if (code == 0) process_initialized(call, false);
    Plain::finish(call, code);
  }
};

class SessionFinalize : public Plain {
 public:
  explicit SessionFinalize(Call& call) : Plain(call) {}
  void finish(Call& call, int code) {
    Plain::finish(call, code);
    if (code == 0) session_finalized(call);
  }
};

class Finalize : public Plain {
 public:
  explicit Finalize(Call& call) : Plain(call) { process_finalizing(); }
  void finish(Call& call, int code) {
    Plain::finish(call, code);
    if (code == 0) process_finalized(call);
  }
};

// Normally there is no way back from it: recorded before the call.
class Abort {
 public:
  Abort(Call& call, Word, int code) {
    process_aborting(code);
    call.record_final();
  }
  void finish(Call&, int) {}
};

}  // namespace tulkki::measure
