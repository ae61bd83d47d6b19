// SPDX-License-Identifier: Apache-2.0
// Cells against a brute-force painter that knows the truth; the pyramid against the calls; that nothing rare is lost.
#include "viewer/trace/picture.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "tests/timeline/support.h"

namespace tulkki::test {
namespace {

using trace::Cell;
using trace::Window;

struct Expected {
  std::map<std::string, double> time;  // exclusive, of each procedure
  double mpi = 0;
  std::uint64_t longest = 0;
  bool any_call = false;
};

bool is_mpi(const std::string& name) { return name.starts_with("MPI_"); }

// Exclusive time of each pixel: at many points of each pixel would be slow, so by the borders of all calls.
std::vector<Expected> brute_force(const IndexedTrace& trace, std::uint32_t rank, const Window& window,
                                  std::size_t width) {
  std::vector<Expected> pixels(width);
  const double pixel = (window.end - window.begin) / static_cast<double>(width);
  const auto& calls = trace.truth.calls[rank];
  for (std::size_t n = 0; n < calls.size(); ++n) {
    const auto start = static_cast<double>(ns_of(trace.shape, calls[n].start));
    const auto end = static_cast<double>(ns_of(trace.shape, calls[n].end));
    // Pieces of the call that no inner call covers.
    std::vector<std::pair<double, double>> pieces{{start, end}};
    for (std::size_t inner = n + 1; inner < calls.size(); ++inner) {
      const auto inner_start = static_cast<double>(ns_of(trace.shape, calls[inner].start));
      const auto inner_end = static_cast<double>(ns_of(trace.shape, calls[inner].end));
      if (inner_start >= end) break;
      std::vector<std::pair<double, double>> rest;
      for (const auto& [a, b] : pieces) {
        if (inner_end <= a || inner_start >= b) {
          rest.emplace_back(a, b);
          continue;
        }
        if (inner_start > a) rest.emplace_back(a, inner_start);
        if (inner_end < b) rest.emplace_back(inner_end, b);
      }
      pieces = rest;
    }
    for (const auto& [a, b] : pieces) {
      const auto first = static_cast<std::int64_t>(std::max(0.0, std::floor((a - window.begin) / pixel) - 1));
      for (auto x = first; x < static_cast<std::int64_t>(width); ++x) {
        const double left = window.begin + static_cast<double>(x) * pixel;
        if (left >= b) break;
        const double covered = std::min(b, left + pixel) - std::max(a, left);
        if (covered <= 0) continue;
        pixels[static_cast<std::size_t>(x)].time[calls[n].procedure] += covered;
        if (is_mpi(calls[n].procedure)) pixels[static_cast<std::size_t>(x)].mpi += covered;
      }
    }
    if (!is_mpi(calls[n].procedure)) continue;
    for (std::size_t x = 0; x < width; ++x) {
      const double left = window.begin + static_cast<double>(x) * pixel;
      if (start >= left + pixel || end <= left) continue;
      pixels[x].longest = std::max(pixels[x].longest, static_cast<std::uint64_t>(end - start));
      pixels[x].any_call = true;
    }
  }
  return pixels;
}

class PictureTest : public testing::TestWithParam<bool> {};

TEST_P(PictureTest, CellsOfCallsAreExact) {
  TraceShape shape;
  shape.calls_per_rank = 500;
  shape.foreign = GetParam();
  shape.long_calls = 5;
  const IndexedTrace trace(shape);
  const trace::Definitions& model = trace.store->definitions();
  const auto length = static_cast<double>(model.last_ns);
  const Window windows[] = {
      {0, length * 1.05}, {length * 0.4, length * 0.6}, {length * 0.5, length * 0.51}, {-1000, 300'000}};
  for (const Window& window : windows) {
    for (std::uint32_t rank = 0; rank < shape.ranks; ++rank) {
      std::vector<Cell> cells(173);
      draw_calls(*trace.store, trace.location_of_rank[rank], window, cells);
      const std::vector<Expected> expected = brute_force(trace, rank, window, cells.size());
      const double pixel = (window.end - window.begin) / static_cast<double>(cells.size());
      for (std::size_t x = 0; x < cells.size(); ++x) {
        SCOPED_TRACE("pixel " + std::to_string(x));
        ASSERT_NEAR(cells[x].mpi_share / 255.0, expected[x].mpi / pixel, 1.01 / 255);
        if (expected[x].any_call) {
          ASSERT_EQ(cells[x].longest_log, trace::duration_log(expected[x].longest));
        }
        double best = 0, second = 0;
        std::string name;
        const bool any_mpi = expected[x].mpi > 0;
        for (const auto& [procedure, time] : expected[x].time) {
          if (any_mpi && !is_mpi(procedure)) continue;
          if (time > best)
            second = best, best = time, name = procedure;
          else
            second = std::max(second, time);
        }
        if (best > second * 1.01 && best > pixel * 0.001 && expected[x].time.size() <= 4) {
          ASSERT_EQ(trace.procedure(cells[x].procedure).name, name);
        }
      }
    }
  }
}

TEST_P(PictureTest, PyramidAgreesWithCalls) {
  TraceShape shape;
  shape.ranks = 2;
  shape.calls_per_rank = 100'000;
  shape.foreign = GetParam();
  const IndexedTrace trace(shape);
  const trace::Definitions& model = trace.store->definitions();
  for (const double zoom : {1.0, 0.3, 0.05}) {
    const auto length = static_cast<double>(model.last_ns);
    const Window window{length * 0.5 * (1 - zoom), length * 0.5 * (1 + zoom)};
    std::vector<Cell> exact(200), fast(200);
    draw_calls(*trace.store, trace.location_of_rank[1], window, exact);
    draw_pyramid(trace.store->location_row(trace.location_of_rank[1]), window, fast);
    double difference = 0;
    for (std::size_t x = 0; x < exact.size(); ++x)
      difference += std::abs(exact[x].mpi_share - fast[x].mpi_share) / 255.0;
    EXPECT_LT(difference / static_cast<double>(exact.size()), 0.03) << zoom;
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, PictureTest, testing::Bool(),
                         [](const auto& info) { return std::string(info.param ? "foreign" : "own"); });

TEST(Pyramid, RareLongCallsShowAtEveryZoom) {
  TraceShape shape;
  shape.ranks = 8;
  shape.calls_per_rank = 40'000;
  shape.long_calls = 12;
  shape.ranks_per_node = 4;
  const IndexedTrace trace(shape);
  std::uint64_t checked = 0;
  for (std::uint32_t rank = 0; rank < shape.ranks; ++rank) {
    for (const TrueCall& call : trace.truth.calls[rank]) {
      const std::uint64_t start = ns_of(shape, call.start), end = ns_of(shape, call.end);
      if (end - start < 20'000 || call.procedure == "MPI_Init" || call.procedure == "MPI_Finalize") continue;
      ++checked;
      const std::uint32_t location = trace.location_of_rank[rank];
      const std::size_t group = rank / 4;
      const auto length = static_cast<double>(trace.store->definitions().last_ns);
      for (double span = length * 1.1; span > 1e6; span /= 3) {
        const Window window{static_cast<double>(start) - span / 3, static_cast<double>(start) + span * 2 / 3};
        std::vector<Cell> row(1000), node(1000);
        draw_pyramid(trace.store->location_row(location), window, row);
        draw_pyramid(trace.store->group_row(group), window, node);
        // Somewhere within its extent and a pixel or bucket around there is a call at least as long.
        const auto shows = [&](const std::vector<Cell>& cells) {
          std::uint8_t most = 0;
          for (std::size_t x = 320; x < 350; ++x)
            most = std::max(most, cells[x].longest_log);
          return most >= trace::duration_log(end - start);
        };
        EXPECT_TRUE(shows(row)) << rank << " at " << start << " span " << span;
        EXPECT_TRUE(shows(node)) << rank << " at " << start << " span " << span;
      }
    }
  }
  EXPECT_GT(checked, 3u);
}

TEST(Pyramid, GroupsShareTheTimeOfTheirMembers) {
  TraceShape shape;
  shape.ranks = 8;
  shape.calls_per_rank = 20'000;
  shape.ranks_per_node = 4;
  const IndexedTrace trace(shape);
  const Window window{0, static_cast<double>(trace.store->definitions().last_ns)};
  std::vector<Cell> exact(100), fast(100), one(100);
  draw_calls(*trace.store, trace.store->groups()[1], window, exact);
  draw_pyramid(trace.store->group_row(1), window, fast);
  std::vector<double> mean(100);
  for (std::uint32_t rank = 4; rank < 8; ++rank) {
    draw_calls(*trace.store, trace.location_of_rank[rank], window, one);
    for (std::size_t x = 0; x < 100; ++x)
      mean[x] += one[x].mpi_share / 4.0;
  }
  double difference = 0;
  for (std::size_t x = 0; x < 100; ++x) {
    EXPECT_NEAR(exact[x].mpi_share, mean[x], 2);
    difference += std::abs(fast[x].mpi_share - mean[x]) / 255;
  }
  EXPECT_LT(difference / 100, 0.03);
}

TEST(UnderThePointer, InnermostCallAndTheNearestOne) {
  TraceShape shape;
  shape.foreign = true;
  shape.calls_per_rank = 300;
  const IndexedTrace trace(shape);
  const auto& calls = trace.truth.calls[2];
  const std::uint32_t location = trace.location_of_rank[2];
  for (std::size_t n = 0; n < calls.size(); ++n) {
    const std::uint64_t start = ns_of(shape, calls[n].start), end = ns_of(shape, calls[n].end);
    for (const std::uint64_t at : {start, (start + end) / 2}) {
      std::size_t innermost = 0;
      for (std::size_t m = 0; m < calls.size(); ++m) {
        if (ns_of(shape, calls[m].start) <= at && ns_of(shape, calls[m].end) > at) innermost = m;
      }
      EXPECT_EQ(call_at(*trace.store, location, static_cast<double>(at), 0, false).call, innermost);
    }
  }
  EXPECT_FALSE(call_at(*trace.store, location, 1e15, 10, false).valid());
  EXPECT_EQ(call_at(*trace.store, location, 7.5, 0, true).call, 7u);
}

TEST(CallsInView, AreCounted) {
  TraceShape shape;
  shape.calls_per_rank = 2000;
  const IndexedTrace trace(shape);
  const Window window{2'000'000, 3'000'000};
  std::uint64_t expected = 0;
  for (const auto& calls : trace.truth.calls) {
    for (const TrueCall& call : calls)
      expected += ns_of(shape, call.start) >= 2'000'000 && ns_of(shape, call.start) < 3'000'000 ? 1 : 0;
  }
  EXPECT_EQ(calls_in(*trace.store, 0, 4, window), expected);
  EXPECT_EQ(calls_in(*trace.store, 0, 4, {10, 20, true}), 40u);
}

}  // namespace
}  // namespace tulkki::test
