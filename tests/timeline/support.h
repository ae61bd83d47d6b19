// SPDX-License-Identifier: Apache-2.0
// For tests of the index: a folder that goes away, and a generated trace with its truth, indexed.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/storage_trace/temporary_directory.h"
#include "tests/timeline/generated_trace.h"
#include "viewer/trace/index.h"

namespace tulkki::test {

inline std::uint64_t ns_of(const TraceShape& shape, std::uint64_t ticks) {
  return static_cast<std::uint64_t>(static_cast<double>(ticks) * (1e9 / static_cast<double>(shape.ticks_per_second)) +
                                    0.5);
}

struct IndexedTrace {
  explicit IndexedTrace(const TraceShape& wanted) : shape(wanted) {
    archive = directory.file("trace");
    generate_trace(archive, shape, &truth);
    auto opened = trace::open_trace(archive);
    if (!opened) throw std::runtime_error(opened.message());
    store = *opened;
    for (std::uint32_t n = 0; n < store->definitions().locations.size(); ++n) {
      const trace::Location& location = store->definitions().locations[n];
      if (location.thread == 0)
        location_of_rank.resize(std::max<std::size_t>(location_of_rank.size(), location.rank + 1));
      if (location.thread == 0) location_of_rank[location.rank] = n;
    }
  }
  const trace::Procedure& procedure(std::uint32_t number) const { return store->definitions().procedures[number]; }

  TraceShape shape;
  TemporaryDirectory directory;
  std::string archive;
  Truth truth;
  std::shared_ptr<const trace::TraceStore> store;
  std::vector<std::uint32_t> location_of_rank;
};

}  // namespace tulkki::test
