// SPDX-License-Identifier: Apache-2.0
// Text forms of contexts.
#include "storage/profile_members.h"

namespace tulkki {

// Ascending runs are drawn together: 0,1,2,3,8 becomes 0-3,8. Order matters, so nothing is sorted.
std::string ranks_text(const std::vector<int>& ranks) {
  std::string text;
  for (std::size_t first = 0; first < ranks.size();) {
    std::size_t last = first;
    while (last + 1 < ranks.size() && ranks[last] >= 0 && ranks[last + 1] == ranks[last] + 1)
      ++last;
    if (!text.empty()) text += ',';
    text += ranks[first] < 0 ? "?" : std::to_string(ranks[first]);
    if (last > first) text += '-' + std::to_string(ranks[last]);
    first = last + 1;
  }
  return text;
}

const char* context_kind_name(raw::ContextKind kind) {
  switch (kind) {
    case raw::ContextKind::communicator:
      return "communicator";
    case raw::ContextKind::intercommunicator:
      return "intercommunicator";
    case raw::ContextKind::window:
      return "window";
    case raw::ContextKind::file:
      return "file";
  }
  return "unknown";
}

int world_context(std::span<const ProcessLog> logs, const UnifiedContexts& contexts) {
  for (std::size_t process = 0; process < logs.size(); ++process) {
    if (const int index = contexts.index_of(process, raw::kContextWorld); index >= 0) return index;
  }
  return -1;
}

std::string context_name(const UnifiedContext& context, bool is_world) {
  if (!context.name.empty()) return context.name;
  if (context.self) return "MPI_COMM_SELF";
  return is_world ? "MPI_COMM_WORLD" : "";
}

std::string member_text(const UnifiedContext& context) {
  if (context.self) return "self";
  std::string text = ranks_text(context.members);
  if (context.kind == raw::ContextKind::intercommunicator) text += '|' + ranks_text(context.remote_members);
  return text;
}

}  // namespace tulkki
