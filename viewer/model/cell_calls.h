// SPDX-License-Identifier: GPL-3.0-or-later
// The calls behind a cell of the Matrix page: what the sender did for the receiver, and what the receiver did for it.
#pragma once

#include "storage/result.h"
#include "viewer/model/page_content.h"

namespace tulkki {

// Table "cell": rows by rank, procedure, communicator or window, size class and call site, the calls of `series` beside
// each other, mean over launches. Names of nodes as in the matrix where `cell` is one of nodes.
Result<TableData> cell_calls(const PageRequest& request, const std::vector<const Series*>& series,
                             const std::vector<std::string>& nodes, std::pair<int, int> cell);

}  // namespace tulkki
