// SPDX-License-Identifier: Apache-2.0
// Writes what the raw logs of one launch hold into the profile database: all tables, in one transaction, so that a
// reader sees the whole run or nothing of it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "storage/communicators.h"
#include "storage/database.h"
#include "storage/process_log.h"
#include "storage/profile_launch.h"
#include "storage/symbols.h"

namespace tulkki {

struct ProfileInput {
  std::span<const ProcessLog> logs;
  const UnifiedContexts& contexts;
  const Launch& launch;
  SymbolResolver& symbols;
  std::string trace_anchor;           // empty: no trace
  std::uint64_t events = 0;           // in it
  std::optional<int> exit_code;
  std::function<void(double)> progress;
};

// Number of the run that holds this launch already.
Result<std::optional<std::int64_t>> find_run(Database& database, const std::string& launch_identity);

struct WrittenProfile {
  std::int64_t run_id = 0;
  bool already_recorded = false;      // by somebody else meanwhile: nothing was written
};
Result<WrittenProfile> write_profile(Database& database, const ProfileInput& input);

}  // namespace tulkki
