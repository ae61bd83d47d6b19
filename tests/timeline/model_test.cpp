// SPDX-License-Identifier: Apache-2.0
// The timeline's model without widgets: layout, zoom and its limits, alignment of runs, words.
#include "viewer/timeline/timeline_model.h"

#include "tests/timeline/support.h"
#include "viewer/timeline/call_details.h"
#include "viewer/timeline/time_axis.h"

namespace tulkki::test {
namespace {

using timeline::AxisMode;
using timeline::TimelineModel;

TEST(TimelineModel, RowsFollowTheRoom) {
  TraceShape shape;
  shape.ranks = 12;
  shape.ranks_per_node = 4;
  shape.calls_per_rank = 100;
  const IndexedTrace trace(shape);
  TimelineModel model;
  model.set_runs({{"a", trace.store}});
  model.set_view_size(1000, 1000);
  ASSERT_EQ(model.rows().size(), 12u);
  EXPECT_FALSE(model.rows()[0].grouped);
  EXPECT_LE(model.rows()[0].height, timeline::kHighestRow);
  EXPECT_EQ(model.row_name(model.rows()[3]), "rank 3");
  model.set_view_size(1000, 30);  // 2.5 pixels a rank: nodes
  ASSERT_EQ(model.rows().size(), 3u);
  EXPECT_TRUE(model.rows()[0].grouped);
  EXPECT_EQ(model.row_name(model.rows()[2]), "node2");
  EXPECT_EQ(model.row_of(0, 7), &model.rows()[1]);
  model.scale_rows(8);  // ranks again, and more than fit
  ASSERT_EQ(model.rows().size(), 12u);
  EXPECT_GT(model.content_height(), 30);
  model.scroll(1e9);
  EXPECT_DOUBLE_EQ(model.view().top, model.content_height() - 30);
  EXPECT_EQ(model.row_at(29.5), &model.rows()[11]);
  model.fit();
  EXPECT_EQ(model.rows().size(), 3u);
}

TEST(TimelineModel, ThreadsWithoutCallsHaveNoRow) {
  TraceShape shape;
  shape.foreign = true;
  shape.calls_per_rank = 100;
  const IndexedTrace trace(shape);
  TimelineModel model;
  model.set_view_size(500, 500);
  model.set_runs({{"a", trace.store}});
  ASSERT_EQ(model.rows().size(), 4u);
  EXPECT_EQ(model.rows()[1].index, 2u);  // location 1 is the idle thread of rank 0
}

TEST(TimelineModel, ZoomKeepsThePlaceAndStopsAtTheEnds) {
  const IndexedTrace trace(TraceShape{});
  TimelineModel model;
  model.set_view_size(1000, 400);
  model.set_runs({{"a", trace.store}});
  model.fit();
  const double at = model.to_axis(300);
  for (int n = 0; n < 10; ++n) {
    model.zoom(0.5, at);
    EXPECT_NEAR(model.to_pixel(at), 300, 1e-6);
  }
  for (int n = 0; n < 100; ++n)
    model.zoom(0.5, at);
  EXPECT_NEAR(model.view().end - model.view().begin, 20, 1e-6);  // ns
  for (int n = 0; n < 200; ++n)
    model.zoom(2, at);
  EXPECT_LE(model.view().begin, model.first());
  EXPECT_GE(model.view().end, model.last());
  EXPECT_LE(model.view().end - model.view().begin, 1.2 * (model.last() - model.first()));
  model.pan(1e30);
  EXPECT_LT(model.view().begin, model.last());
  model.zoom(std::numeric_limits<double>::quiet_NaN(), 0);
  EXPECT_LT(model.view().begin, model.view().end);
}

TEST(TimelineModel, BackReturnsThroughTheHistory) {
  const IndexedTrace trace(TraceShape{});
  TimelineModel model;
  model.set_view_size(1000, 400);
  model.set_runs({{"a", trace.store}});
  const timeline::View before = model.view();
  model.remember();
  model.zoom(0.1, 1e6);
  const timeline::View between = model.view();
  model.remember();
  model.zoom(0.1, 1e6);
  EXPECT_TRUE(model.back());
  EXPECT_EQ(model.view(), between);
  EXPECT_TRUE(model.back());
  EXPECT_EQ(model.view(), before);
  EXPECT_FALSE(model.back());
}

TEST(TimelineModel, RunsAreAligned) {
  TraceShape other;
  other.seed = 2;
  other.ticks_per_second = 1'000'000;
  const IndexedTrace one(TraceShape{}), two(other);
  TimelineModel model;
  model.set_view_size(1000, 400);
  model.set_runs({{"a", one.store}, {"b", two.store}, {"still opening", nullptr}});
  ASSERT_EQ(model.rows().size(), 3u + 8u);
  EXPECT_TRUE(model.rows()[5].header);
  model.set_mode(AxisMode::first_communication);
  for (const std::size_t run : {0u, 1u}) {
    const trace::Definitions& definitions = model.runs()[run].store->definitions();
    EXPECT_EQ(model.origin(run), static_cast<double>(definitions.first_communication_ns));
    EXPECT_NEAR(model.window(run).begin - model.view().begin, model.origin(run), 1e-3);
  }
  EXPECT_LT(model.first(), 0);  // MPI_Init
  model.set_mode(AxisMode::wall_clock);
  EXPECT_EQ(model.first(), 0);
  model.set_mode(AxisMode::step);
  EXPECT_EQ(model.last(), static_cast<double>(one.store->definitions().locations[0].calls));
  EXPECT_TRUE(model.window(1).steps);
}

TEST(Words, ACallWithAllThereIs) {
  TraceShape shape;
  shape.foreign = true;
  shape.ranks = 4;
  shape.calls_per_rank = 200;
  const IndexedTrace trace(shape);
  const TrueMessage& message = trace.truth.messages[5];
  const trace::CallRef post{trace.location_of_rank[message.to], message.post_call};
  const std::string line = timeline::call_line(*trace.store, post);
  EXPECT_NE(line.find("MPI_Irecv, rank " + std::to_string(message.to)), std::string::npos) << line;
  EXPECT_NE(line.find("with rank " + std::to_string(message.from)), std::string::npos) << line;
  std::string all;
  for (const auto& [name, value] : timeline::call_details(*trace.store, post, 0))
    all += name + "=" + value + "\n";
  for (const char* expected : {"Procedure=MPI_Irecv\n", "Communicator=world\n", "Message received=from rank ", "sent by MPI_Isend"})
    EXPECT_NE(all.find(expected), std::string::npos) << expected << " in\n" << all;
  // A root has another number in the communicator of the even ranks.
  for (std::size_t n = 0; n < trace.truth.calls[2].size(); ++n) {
    if (trace.truth.calls[2][n].procedure != "MPI_Bcast") continue;
    const std::string bcast = timeline::call_line(*trace.store, {trace.location_of_rank[2], n});
    EXPECT_NE(bcast.find("with rank 0"), std::string::npos) << bcast;
    break;
  }
  EXPECT_EQ(timeline::call_line(*trace.store, {}), "");
  EXPECT_TRUE(timeline::call_details(*trace.store, {1000, 0}, 0).empty());
}

TEST(Words, NumbersAndTicks) {
  EXPECT_EQ(timeline::time_text(1234), "1.234 µs");
  EXPECT_EQ(timeline::time_text(0), "0 ns");
  EXPECT_EQ(timeline::time_text(-2.5e9), "-2.5 s");
  EXPECT_EQ(timeline::time_text(123456789), "123.5 ms");
  EXPECT_EQ(timeline::count_text(1234567), "1,234,567");
  EXPECT_EQ(timeline::bytes_text(1), "1 byte");
  EXPECT_EQ(timeline::bytes_text(65536), "64 KiB (65,536 bytes)");
  for (const auto& [begin, end] : {std::pair{0.0, 1.0}, {-5e6, 2e9}, {1e9, 1e9 + 300}, {0.0, 1e15}}) {
    const auto ticks = timeline::axis_ticks(begin, end, 10, false);
    EXPECT_GE(ticks.size(), 2u) << begin << " " << end;
    EXPECT_LE(ticks.size(), 12u) << begin << " " << end;
    for (std::size_t n = 1; n < ticks.size(); ++n)
      EXPECT_NE(ticks[n].label, ticks[n - 1].label) << ticks[n].label;
  }
  for (const timeline::Tick& tick : timeline::axis_ticks(-3e6, 1e9, 10, false))
    EXPECT_FALSE(tick.label.starts_with("-0 ") || tick.label.starts_with("-0.0 ")) << tick.label;
  EXPECT_TRUE(timeline::axis_ticks(1, 1, 10, false).empty());
}

}  // namespace
}  // namespace tulkki::test
