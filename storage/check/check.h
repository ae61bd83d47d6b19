// SPDX-License-Identifier: Apache-2.0
// The trace validator: reads any OTF2 archive once and finds what readers let pass. Defects are findings, not
// failures; only an archive that cannot be opened at all is an Error.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "storage/check/findings.h"
#include "storage/result.h"

namespace tulkki::check {

struct Options {
  std::size_t max_examples = 3;
  std::function<void(std::uint64_t events)> progress;  // called every million events or so; may be empty
};

struct Report {
  std::string anchor;   // path of the anchor file
  std::string creator;  // as the archive says
  std::uint64_t locations = 0;
  std::uint64_t definitions = 0;
  std::uint64_t events = 0;
  std::uint64_t messages = 0;     // matched pairs
  std::uint64_t collectives = 0;  // complete instances
  std::uint64_t ticks_per_second = 0;
  std::uint64_t epoch_begin_ticks = 0;
  std::vector<Finding> findings;  // index: Kind
};

// `trace` is an anchor file (*.otf2) or a directory that holds exactly one.
Result<Report> check_trace(const std::string& trace, const Options& options);

}  // namespace tulkki::check
