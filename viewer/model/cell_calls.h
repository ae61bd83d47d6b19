// SPDX-License-Identifier: GPL-3.0-or-later
// The calls behind a cell of the Matrix page: what its senders did for its receivers, and what the receivers did for it.
#pragma once

#include "storage/result.h"
#include "viewer/model/page_content.h"

namespace tulkki {

// Table "cell": rows by rank, procedure, communicator or window, size class and call site, the calls of `series` beside
// each other, mean over launches. Names of nodes as in the matrix where `cell` is one of nodes. `side`: of the matrix, in
// ranks or nodes; a block at its edge may be smaller than others.
Result<TableData> cell_calls(const PageRequest& request, const std::vector<const Series*>& series,
                             const std::vector<std::string>& nodes, int side, MatrixCell cell);

}  // namespace tulkki
