// SPDX-License-Identifier: Apache-2.0
// Figures and tables as data: figure.json both ways, messages that name the wrong field, clipping, CSV.
#include <gtest/gtest.h>

#include <cmath>

#include "viewer/model/page_content.h"
#include "viewer/model/protocol_steps.h"
#include "viewer/model/units.h"
#include "viewer/plot/clip.h"
#include "viewer/plot/figure_csv.h"
#include "viewer/plot/figure_json.h"

namespace tulkki::plot {
namespace {

FigureSpec sample() {
  FigureSpec figure;
  figure.form = Form::curve;
  figure.metric = "bandwidth";
  figure.unit = "GB/s";
  figure.title = "A \"title\", with marks";
  figure.style.width_in = kTwoColumnInches;
  figure.style.grey = true;
  figure.style.legend = Legend::inside_bottom_right;
  figure.x = {"Message size", Scale::log2, Quantity::bytes, 1.0, {}, {}};
  figure.y = {"Bandwidth (GB/s)", Scale::log10, Quantity::number, {}, 100.0, {}};
  figure.references = {{1, "line"}};
  figure.bands = {{0.9, 1.1, "band"}};
  Series series{"Open MPI, shm", 3, true, {}, {}};
  series.points = {{1, 0.1, 0.05, 0.2, 6, "faster"}, {1024, 2.5, {}, {}, 0, ""}};
  series.boxes = {{0, 1, 2, 3, 4, 5, {1, 3, 5}}};
  figure.panels = {{"2 ranks", {series}, {2, 1, {1, std::nan("")}, {0, 1, 2}, {}}, {64}, {{1, 0.09, 0.11}}}};
  return figure;
}

TEST(FigureJson, BothWays) {
  const std::string text = figure_to_json(sample(), true);
  const Result<FigureSpec> read = figure_from_json(text);
  ASSERT_TRUE(read) << read.message();
  EXPECT_EQ(figure_to_json(*read, true), text);
  EXPECT_EQ(read->panels[0].series[0].points[0].launches, 6);
  EXPECT_EQ(read->style.legend, Legend::inside_bottom_right);
  EXPECT_TRUE(std::isnan(read->panels[0].matrix.values[1]));
}

TEST(FigureJson, DataThatCanBeAskedForAgainStayOut) {
  FigureSpec figure = sample();
  figure.query = R"({"page":"compare"})";
  EXPECT_EQ(figure_to_json(figure, false).find("panels"), std::string::npos);
  EXPECT_NE(figure_to_json(figure, true).find("panels"), std::string::npos);
}

struct Wrong {
  const char *text, *message;
};
class FigureJsonErrors : public testing::TestWithParam<Wrong> {};
TEST_P(FigureJsonErrors, NameTheField) {
  const Result<FigureSpec> read = figure_from_json(GetParam().text);
  ASSERT_FALSE(read);
  EXPECT_NE(read.message().find(GetParam().message), std::string::npos) << read.message();
}
INSTANTIATE_TEST_SUITE_P(
    All, FigureJsonErrors,
    testing::Values(Wrong{"{", "is not JSON"}, Wrong{"{}", "/tulkki_figure: is missing"},
                    Wrong{R"({"tulkki_figure":7})", "/tulkki_figure: is format 7; this program reads up to 1"},
                    Wrong{R"({"tulkki_figure":1,"from":"box"})", "/from: there is no such field"},
                    Wrong{R"({"tulkki_figure":1,"form":"pie"})", "/form: is \"pie\"; it can be curve"},
                    Wrong{R"({"tulkki_figure":1,"style":{"width":"three-column"}})", "/style/width: is \"three-column\""},
                    Wrong{R"({"tulkki_figure":1,"style":{"width_in":90}})", "/style/width_in: is 90; it can be 0.5 to 40"},
                    Wrong{R"({"tulkki_figure":1,"x":{"scale":"log2","min":0}})", "/x/min: must be greater than 0"},
                    Wrong{R"({"tulkki_figure":1,"y":{"min":2,"max":1}})", "/y/max: must be greater than min"},
                    Wrong{R"({"tulkki_figure":1,"panels":[{"series":[{"points":[{"x":"a"}]}]}]})",
                          "/panels/0/series/0/points/0/x: must be a number"},
                    Wrong{R"({"tulkki_figure":1,"panels":[{"matrix":{"columns":2,"rows":2,"values":[1]}}]})",
                          "/panels/0/matrix/values: must have columns x rows"}));

TEST(FigureCsv, IsTidyAndExact) {
  FigureSpec figure = sample();
  figure.panels[0].series[0].boxes.clear();
  figure.panels[0].matrix = {};
  figure.panels[0].series[0].points[0].y = 1.0 / 3;
  EXPECT_EQ(figure_csv(figure),
            "panel,series,x,metric,unit,value,low,high,launches,note\n"
            "2 ranks,\"Open MPI, shm\",1,bandwidth,GB/s,0.3333333333333333,0.05,0.2,6,faster\n"
            "2 ranks,\"Open MPI, shm\",1024,bandwidth,GB/s,2.5,,,,\n");
}

TEST(Clip, CutsWhereTheLineIsStraightOnScreen) {
  const ClipBox box{10, 1000, 1, 100, true, true};
  const auto parts = clipped({{1, 1}, {100, 100}, {10000, 10000}}, box);
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_NEAR(parts[0].front().first, 10, 1e-9);
  EXPECT_NEAR(parts[0].front().second, 10, 1e-9);
  EXPECT_NEAR(parts[0].back().first, 100, 1e-9);
  EXPECT_NEAR(parts[0].back().second, 100, 1e-9);
}

TEST(Clip, LeavesAndComesBack) {
  const ClipBox box{0, 10, 0, 1};
  EXPECT_EQ(clipped({{0, 0.5}, {2, 3}, {4, 0.5}}, box).size(), 2U);
  EXPECT_TRUE(clipped({{-5, 0.5}, {-1, 0.5}}, box).empty());
  EXPECT_EQ(clipped({{3, 0.5}}, box).size(), 1U);
  EXPECT_TRUE(clipped({{1, std::nan("")}, {2, 0.5}}, box).empty());
}

}  // namespace
}  // namespace tulkki::plot

namespace tulkki {
namespace {

TEST(Protocol, StepsAreJumpsAboveTheGrowthAround) {
  // Proportional growth is none; a factor of 3 between factors of 1.1 is one.
  EXPECT_TRUE(protocol_steps({{10, 100}, {11, 200}, {12, 400}, {13, 800}}).empty());
  EXPECT_EQ(protocol_steps({{10, 100}, {11, 110}, {12, 330}, {13, 363}}), (std::vector<std::int64_t>{12}));
  EXPECT_TRUE(protocol_steps({{10, 100}, {13, 900}}).empty());  // classes between are missing: nobody knows
  EXPECT_TRUE(protocol_steps({}).empty());
}

TEST(ViewState, JsonBothWays) {
  ViewState state;
  state.series_by = {"backend"};
  state.panel_by = "ranks";
  state.filters = {{"program", {"lmp", "a \"b\""}}};
  state.metric = "throughput";
  state.form = CompareForm::ratio;
  state.procedure = "MPI_Send";
  state.size_class = 11;
  state.cell = {3, 4, 1};
  state.hidden_runs = {7};
  for (const int block : {1, 8}) {
    state.cell->block = block;
    const Result<ViewState> read = state_from_json(state_to_json(state), "");
    ASSERT_TRUE(read) << read.message();
    EXPECT_EQ(*read, state);
  }
}

TEST(ViewState, ErrorsNameTheField) {
  const auto message = [](const char* text) {
    const Result<ViewState> read = state_from_json(text, "/query/state");
    return read ? std::string() : read.message();
  };
  EXPECT_NE(message(R"({"series":["colour"]})").find("/query/state/series: there is no factor 'colour'"), std::string::npos);
  EXPECT_NE(message(R"({"metric":"speed"})").find("/query/state/metric: there is no metric 'speed'"), std::string::npos);
  EXPECT_NE(message(R"({"filters":[{"factor":"x"}]})").find("/query/state/filters/0/factor"), std::string::npos);
}

TEST(TableData, TextForPeopleAndForFiles) {
  TableData table{"t", "T", {{"name", "name", Written::text, ""}, {"time_ns", "time", Written::duration, ""}}, {}};
  table.rows = {{{std::string("a,b"), 1234.5}, -1, ""}, {{std::string("c"), TableCell()}, -1, ""}};
  EXPECT_EQ(table_text(table, TableFormat::csv), "name,time_ns\n\"a,b\",1234.5\nc,\n");
  EXPECT_EQ(table_text(table, TableFormat::markdown), "| name | time |\n| --- | ---: |\n| a,b | 1.23 µs |\n| c | – |\n");
  EXPECT_EQ(cell_text(0.1234, Written::share), "12.3 %");
  EXPECT_EQ(cell_text(1536.0, Written::bytes), "1.50 KiB");
}

TEST(Units, AreChosenByTheGreatestValue) {
  EXPECT_EQ(display_unit("bytes/s", 2.5e9).unit, "GB/s");
  EXPECT_DOUBLE_EQ(display_unit("ns", 5e4).factor, 1e-3);
  EXPECT_EQ(display_unit("1", 5e4).unit, "");
}

TEST(SeriesLooks, StayTheSame) {
  SeriesLooks looks;
  const int first = looks.look_of("openmpi"), second = looks.look_of("mpich");
  EXPECT_NE(first, second);
  looks.look_of("another");
  EXPECT_EQ(looks.look_of("openmpi"), first);
}

TEST(Study, SaysWhatIsWrongWithEachFile) {
  const Study study = load_study({"/nowhere/a.db", "/", "/dev/null"});
  ASSERT_EQ(study.sources.size(), 3U);
  for (const Source& source : study.sources) EXPECT_FALSE(source.problem.empty()) << source.path;
  EXPECT_NE(study.sources[1].problem.find("is a folder"), std::string::npos);
  EXPECT_TRUE(study.runs.empty());
}

}  // namespace
}  // namespace tulkki
