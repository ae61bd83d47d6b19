// SPDX-License-Identifier: Apache-2.0
// What pages say of databases whose truth is known: the headline of a difference, and what is chosen for the user.
#include <gtest/gtest.h>

#include "tests/analysis/study_builder.h"
#include "viewer/model/page_content.h"

namespace tulkki::test {
namespace {

// Six launches of each side. Those of the second spend 5 ms more outside of MPI and 3 ms more in MPI_Wait, which moves
// nothing, but `faster_ms` less in MPI_Send; `spread_ms`: how much launches of a side differ.
std::string study(StudyBuilder& builder, double faster_ms, std::int64_t spread_ms) {
  for (int launch = 0; launch < 6; ++launch) {
    for (const bool second : {false, true}) {
      const double send_ms = 20 - (second ? faster_ms : 0), wait_ms = second ? 43 : 40;
      const auto wall_ns = static_cast<std::int64_t>((send_ms + wait_ms + (second ? 105 : 100)) * 1e6) + launch * spread_ms * 1'000'000;
      const std::int64_t run = builder.run({.backend = second ? "mpich" : "openmpi", .ranks = 1, .wall_ns = wall_ns});
      builder.process(run, 0, wall_ns, static_cast<std::int64_t>((send_ms + wait_ms) * 1e6));
      builder.call(run, 0, "MPI_Send", 8, {send_ms * 5e5});
      builder.call(run, 0, "MPI_Send", 4096, {send_ms * 5e5});
      builder.call(run, 0, "MPI_Wait", 0, {wait_ms * 1e6});
    }
  }
  return builder.path();
}

PageContent page(const std::string& path, PageFunction* content, ViewState state = {}) {
  state.baseline = "openmpi";
  LaunchCache cache;
  PageRequest request{load_study({path}), state, {}, &cache};
  Result<PageContent> made = content(request);
  EXPECT_TRUE(made) << made.message();
  return made ? *made : PageContent{};
}

TEST(Headline, NamesWhatAddsToTheDifference) {
  StudyBuilder builder;
  const std::string headline = page(study(builder, 2, 0), functions_content).headline;
  EXPECT_NE(headline.find("takes 6.00 ms more than"), std::string::npos) << headline;
  EXPECT_NE(headline.find("; most of it outside MPI"), std::string::npos) << headline;
  EXPECT_EQ(headline.find("against"), std::string::npos) << headline;
  EXPECT_EQ(headline.find("~"), std::string::npos) << headline;
}

TEST(Headline, NamesWhatWorksAgainstIt) {
  StudyBuilder builder;
  const std::string headline = page(study(builder, 7, 0), functions_content).headline;
  EXPECT_NE(headline.find("1.00 ms more"), std::string::npos) << headline;
  EXPECT_NE(headline.find("most of it outside MPI, against 7.00 ms less in MPI_Send"), std::string::npos) << headline;
}

TEST(Headline, SaysWhenNoDifferenceIsShown) {
  StudyBuilder builder;
  const std::string headline = page(study(builder, 7, 30), functions_content).headline;
  EXPECT_NE(headline.find("(~: no difference was shown)"), std::string::npos) << headline;
}

TEST(Compare, ACurveIsOfAProcedureWithSizes) {
  StudyBuilder builder;
  ViewState state;
  state.metric = "latency";
  state.form = CompareForm::curve;
  const PageContent content = page(study(builder, 2, 0), compare_content, state);
  ASSERT_EQ(content.figures.size(), 1U);
  EXPECT_EQ(content.figures[0].title, "MPI_Send");  // most time is in MPI_Wait
}

}  // namespace
}  // namespace tulkki::test
