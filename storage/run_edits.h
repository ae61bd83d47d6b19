// SPDX-License-Identifier: Apache-2.0
// Changes of recorded runs: their label and note, and removing them with everything that belongs to them in the
// database. Traces: storage/trace_folder.h.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "storage/database.h"
#include "storage/result.h"

namespace tulkki {

// Sets the texts that are given, of all these runs or of none. Fails where a run is not there.
Result<void> describe_runs(Database& database, std::span<const std::int64_t> runs,
                           const std::optional<std::string>& label, const std::optional<std::string>& note);

// Removes these runs, all or none of them, with their rows in every other table. Launches of a sweep among them wait
// again. Runs that are gone already are no failure.
Result<void> delete_runs(Database& database, std::span<const std::int64_t> runs);

// Gives the space of deleted rows back to the file system. It waits for readers; the database is whole either way.
Result<void> shrink(Database& database);

}  // namespace tulkki
