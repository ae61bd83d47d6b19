// SPDX-License-Identifier: Apache-2.0
// The search grammar, and hits against brute force.
#include "viewer/trace/search.h"

#include <algorithm>
#include <functional>

#include "storage/histogram.h"
#include "tests/timeline/support.h"

namespace tulkki::test {
namespace {

using trace::CallRef;
using trace::Search;

TEST(SearchGrammar, ErrorsSayWhereAndWhat) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "nothing to search for"},
      {"   ", "nothing to search for"},
      {"procedure", "at character 10 (the end): expected =, !=, <"},
      {"colour = red", "at character 1 (\"colour\"): expected a field: procedure"},
      {"procedure = ", "at character 13 (the end): expected a value"},
      {"procedure < MPI_Wait", "at character 11 (\"<\"): names have no order"},
      {"duration ~ 5", "at character 10 (\"~\"): ~ is for names"},
      {"duration > soon", "at character 12 (\"soon\"): expected a number"},
      {"duration > 5 KiB", "at character 14 (\"KiB\"): expected \"and\", \"or\" or the end"},
      {"duration > 5KiB", "expected a time"},
      {"bytes > 5ms", "expected a size"},
      {"bytes > p99", "percentiles (p99) are for duration only"},
      {"duration > p101", "expected a percentile"},
      {"peer = 3x", "expected a plain number"},
      {"(peer = 3", "at character 10 (the end): expected \")\""},
      {"peer = 3)", "at character 9 (\")\"): expected \"and\", \"or\" or the end"},
      {"peer = 3 or", "at character 12 (the end): expected a field"},
      {"comm = \"world", "a quotation mark is not closed"},
      {"peer = 1e9999", "expected a"},
  };
  for (const auto& [text, message] : cases) {
    const auto search = Search::parse(text);
    ASSERT_FALSE(search) << text;
    EXPECT_NE(search.message().find(message), std::string::npos) << text << ": " << search.message();
  }
  const std::string deep(100'000, '(');
  EXPECT_FALSE(Search::parse(deep));
  std::string negations;
  for (int n = 0; n < 50'000; ++n)
    negations += "not ";
  EXPECT_FALSE(Search::parse(negations + "peer = 1"));
}

struct Case {
  const char* text;
  std::function<bool(const IndexedTrace&, std::uint32_t rank, const TrueCall&)> expected;
};

std::uint64_t duration_of(const IndexedTrace& trace, const TrueCall& call) {
  return ns_of(trace.shape, call.end) - ns_of(trace.shape, call.start);
}

double quantile_of(const IndexedTrace& trace, const std::string& name, double share) {
  for (const trace::Procedure& procedure : trace.store->definitions().procedures) {
    if (procedure.name == name) return Histogram::decode(procedure.histogram)->quantile_ns(share);
  }
  return 0;
}

const Case kCases[] = {
    {"procedure = MPI_Wait", [](const auto&, auto, const auto& call) { return call.procedure == "MPI_Wait"; }},
    {"procedure = MPI_Wait and duration > p99",
     [](const auto& trace, auto, const auto& call) {
       return call.procedure == "MPI_Wait" &&
              static_cast<double>(duration_of(trace, call)) > quantile_of(trace, "MPI_Wait", 0.99);
     }},
    {"duration >= p99.9",
     [](const auto& trace, auto, const auto& call) {
       return static_cast<double>(duration_of(trace, call)) >= quantile_of(trace, call.procedure, 0.999);
     }},
    {"function ~ *send AND NOT (bytes >= 1KiB OR peer = 2)",
     [](const auto&, auto, const auto& call) {
       return call.procedure.find("end") != std::string::npos &&
              call.procedure.find("Is") + call.procedure.find("Se") &&
              (call.procedure == "MPI_Send" || call.procedure == "MPI_Isend") && !(call.sent >= 1024 || call.peer == 2);
     }},
    {"duration > 0.8us and duration <= 1500 and rank != 0",
     [](const auto& trace, auto rank, const auto& call) {
       return duration_of(trace, call) > 800 && duration_of(trace, call) <= 1500 && rank != 0;
     }},
    {"comm = 'MPI_COMM_WORLD' and tag = 3 and received > 0",
     [](const auto&, auto, const auto& call) { return call.tag == 3 && call.received > 0; }},
    {"start < 3ms or procedure = \"MPI_Finalize\"",
     [](const auto& trace, auto, const auto& call) {
       return ns_of(trace.shape, call.start) - trace.store->definitions().first_ns < 3'000'000 ||
              call.procedure == "MPI_Finalize";
     }},
    {"peer = 77", [](const auto&, auto, const auto&) { return false; }},
    {"peer != 1", [](const auto&, auto, const auto& call) { return call.peer != 1; }},
};

TEST(SearchHits, AgreeWithBruteForce) {
  TraceShape shape;
  shape.calls_per_rank = 5000;
  const IndexedTrace trace(shape);
  for (const Case& at : kCases) {
    const auto search = Search::parse(at.text);
    ASSERT_TRUE(search) << search.message();
    std::vector<CallRef> expected;
    std::uint64_t time = 0;
    for (std::uint32_t rank = 0; rank < shape.ranks; ++rank) {
      for (std::size_t n = 0; n < trace.truth.calls[rank].size(); ++n) {
        if (!at.expected(trace, rank, trace.truth.calls[rank][n])) continue;
        expected.push_back({trace.location_of_rank[rank], n});
        time += duration_of(trace, trace.truth.calls[rank][n]);
      }
    }
    const Search::Hits hits = search->run(*trace.store, 1'000'000);
    EXPECT_EQ(hits.calls, expected) << at.text;
    EXPECT_EQ(hits.count, expected.size()) << at.text;
    EXPECT_EQ(hits.time_ns, time) << at.text;
    EXPECT_EQ(search->run(*trace.store, 3).calls.size(), std::min<std::size_t>(3, expected.size()));
  }
}

TEST(SearchHits, WalkMeetsEachOnceBothWays) {
  TraceShape shape;
  shape.calls_per_rank = 1000;
  const IndexedTrace trace(shape);
  const auto search = Search::parse("procedure = MPI_Allreduce or duration > 100us");
  ASSERT_TRUE(search);
  std::vector<CallRef> hits = search->run(*trace.store, 1'000'000).calls;
  std::sort(hits.begin(), hits.end(), [&](CallRef a, CallRef b) {
    return std::tuple(trace.store->call(a).start_ns, a.location, a.call) <
           std::tuple(trace.store->call(b).start_ns, b.location, b.call);
  });
  std::vector<CallRef> forward, backward;
  for (CallRef at = search->next(*trace.store, {}, true); at.valid(); at = search->next(*trace.store, at, true))
    forward.push_back(at);
  for (CallRef at = search->next(*trace.store, {}, false); at.valid(); at = search->next(*trace.store, at, false))
    backward.push_back(at);
  EXPECT_EQ(forward, hits);
  std::reverse(backward.begin(), backward.end());
  EXPECT_EQ(backward, hits);
}

}  // namespace
}  // namespace tulkki::test
