// SPDX-License-Identifier: GPL-3.0-or-later
// MPI-IO over time, from the trace of a launch: bytes and operations of all ranks in steps of time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/result.h"
#include "viewer/analysis/work.h"

namespace tulkki {

struct IoStep {
  double bytes = 0, operations = 0;
};

struct IoHistory {
  double step_ns = 0;          // width of each
  std::vector<IoStep> steps;   // from the start of the first operation on
};

// One trace as it is needed here. The index that the timeline uses is made where it is missing, which takes as long as
// reading the trace; all calls are looked at.
class IoTrace {
 public:
  static Result<IoTrace> open(const std::string& archive, const Work& work = {});
  // Operations that move data, of one file by name; all files where `file` is empty.
  double span_ns(const std::string& file) const;  // from the first one's start to the last one's end; 0: there is none
  // A call's bytes are spread over the time that it took.
  IoHistory history(const std::string& file, double step_ns) const;

 private:
  struct Operation {
    std::uint64_t start_ns, end_ns, bytes;
    std::uint32_t file;  // index into files_
  };
  bool is_of(const Operation& operation, const std::string& file) const;
  std::vector<std::string> files_;
  std::vector<Operation> operations_;
};

}  // namespace tulkki
