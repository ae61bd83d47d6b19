// SPDX-License-Identifier: Apache-2.0
// Turns the raw logs of one launch into one OTF2 archive.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "storage/process_log.h"
#include "storage/result.h"

namespace tulkki {

struct TraceOptions {
  // Called now and then with the finished fraction, 0 to 1.
  std::function<void(double)> progress = nullptr;
  // Adds an attribute with the call site to each Enter: 7 bytes and 40 ns a call more, so only on demand.
  bool call_sites = false;
  // Text for a call site; without it "object+0x1234" of the innermost frame is written.
  std::function<std::string(const ProcessLog&, std::uint32_t site)> describe_site = nullptr;
  // Intercommunicators as OTF2's InterComm. Without it they are communicators over both groups, side 0 first, with
  // ranks to match: python3-otf2 3.0.2 cannot open a trace that holds an InterComm definition.
  bool inter_comm_definitions = false;
  std::string creator = "Tulkki";
};

struct TraceSummary {
  std::string anchor;  // path of the anchor file: what a user opens
  std::uint64_t events = 0;
  std::uint64_t calls = 0;
  std::uint64_t bytes = 0;  // of all files of the archive
  std::vector<std::string> warnings;
};

// Writes DIRECTORY/traces.otf2 and what belongs to it; the directory is made when it is missing. An archive that is
// there already is left alone and is an error. When anything fails (a full disk, say) nothing new is left behind.
// Ranks of the world without a log appear as empty locations. Not to be called from two threads at once.
Result<TraceSummary> write_trace(const std::string& directory, std::span<const ProcessLog> processes,
                                 const TraceOptions& options = {});

}  // namespace tulkki
