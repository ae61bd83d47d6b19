// SPDX-License-Identifier: Apache-2.0
// Writes small OTF2 archives with OTF2's own writer: one valid program, and the same program with one defect each.
// `otf2-print --silent -Werror` takes every one of them that the writer lets through.
#pragma once

#include <string>

namespace tulkki::test {

// Writes DIRECTORY/seed.otf2 and DIRECTORY/seed/. `defect` is empty for the valid program, else the name of one of
// the names that seed_trace.cpp and seed_program.cpp ask for. Needs ranks >= 2. False if OTF2 refused.
bool write_seed(const std::string& directory, int ranks, const std::string& defect);

}  // namespace tulkki::test
