// SPDX-License-Identifier: Apache-2.0
// How communicators, windows and files are told in the table `context`: kind, name, members.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "storage/communicators.h"
#include "storage/process_log.h"

namespace tulkki {

const char* context_kind_name(raw::ContextKind kind);

// Index of the MPI_COMM_WORLD of the launch; -1: no process defined it.
int world_context(std::span<const ProcessLog> logs, const UnifiedContexts& contexts);

std::string context_name(const UnifiedContext& context, bool is_world);

// Ranks as "0-3,8"; "?" for unknown ones, which are negative.
std::string ranks_text(const std::vector<int>& ranks);

// World ranks of the members; the two groups of an intercommunicator as "0-1|2-3".
std::string member_text(const UnifiedContext& context);

}  // namespace tulkki
