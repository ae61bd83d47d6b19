// SPDX-License-Identifier: Apache-2.0
// Search for calls: `procedure = MPI_Wait and duration > p99`. The grammar is in docs/timeline.md.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/result.h"
#include "viewer/trace/store.h"

namespace tulkki::trace {

struct SearchNode;  // search_expression.h

class Search {
 public:
  // Parses the expression; the error says at which character, and what could stand there.
  static Result<Search> parse(std::string_view text);
  Search(Search&&) noexcept;
  Search& operator=(Search&&) noexcept;
  ~Search();

  struct Hits {
    std::vector<CallRef> calls;  // by location and number, the first `most` of them
    std::uint64_t count = 0;     // of all
    std::uint64_t time_ns = 0;   // sum of their durations
  };
  // Looks at every call of the trace: some 5 ns each. `cancel` ends it early.
  Hits run(const TraceStore& store, std::size_t most = 10'000, const std::atomic<bool>* cancel = nullptr) const;
  // The nearest hit after (or before) a moment, in the order of start over all locations; not valid() if none.
  CallRef next(const TraceStore& store, CallRef from, bool forward, const std::atomic<bool>* cancel = nullptr) const;

 private:
  explicit Search(std::unique_ptr<SearchNode> root);
  std::unique_ptr<SearchNode> root_;
};

}  // namespace tulkki::trace
