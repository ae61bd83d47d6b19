// SPDX-License-Identifier: Apache-2.0
// LD_PRELOAD: the loader splits it at blanks and colons, replaces $ORIGIN and its like, and launchers have quirks of
// their own. A file that cannot be named in it is named through a link to its folder.
#pragma once

#include <string>
#include <vector>

#include "storage/result.h"
#include "viewer/cli/child.h"

namespace tulkki {

// True when no loader, launcher or shell takes any character of the path for something else.
bool is_plain_path(const std::string& path);

// `link_folder`, made if it is missing, gets the links that are needed; they are named preload-*, and whoever owns the
// folder removes them. What this process's own LD_PRELOAD has follows.
Result<std::string> preload_value(const std::vector<std::string>& files, const std::string& link_folder);

// The same for the variables that name a library by its path (TULKKI_BACKEND, TULKKI_ABI_BACKEND): dlopen replaces
// $ORIGIN and its like in it.
Result<void> link_libraries(Variables& variables, const std::string& link_folder);

// A folder for links that outlive this process: below XDG_CACHE_HOME or ~/.cache.
std::string lasting_link_folder();

}  // namespace tulkki
