// SPDX-License-Identifier: Apache-2.0
// Paired calls: call k of rank r in one trace and its partner in another trace of the same program. Calls are
// aligned by what the program asked for (procedure, communicator, peer, tag, bytes), so that the mix of calls
// cancels and only their durations differ. Works on one rank and thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "storage/result.h"
#include "viewer/analysis/statistics.h"
#include "viewer/analysis/work.h"

namespace tulkki {

// What a call is aligned by, as one number: equal for equal calls of the two traces.
using CallKey = std::uint64_t;

struct PairableCall {
  CallKey key = 0;
  std::uint32_t group = 0;  // procedure and call site, for the caller
  double duration_ns = 0;
  double start_ns = 0;  // since the first event of the trace
};

struct CallPair {
  std::uint32_t first = 0, second = 0;  // indices into the two sequences
};

// Longest common subsequence of the keys in order (Myers' O(ND)); where the sequences differ in more than
// `max_edits` places in a row the farthest match so far is kept and the search starts anew behind it.
// Pairs are ascending in both indices. `go_on` is asked now and then; once it says false only a part has been aligned.
std::vector<CallPair> align_calls(std::span<const PairableCall> first, std::span<const PairableCall> second,
                                  std::size_t max_edits = 4096, const std::function<bool()>& go_on = nullptr);

// Pairs counted by their durations: steps of the first and of the second, kPairStepsOfADecade to a factor of ten; step
// 0 begins at 1 ns.
inline constexpr int kPairStepsOfADecade = 10;
using PairCounts = std::map<std::pair<int, int>, std::uint64_t>;

// All pairs of one procedure or call site, from all ranks.
struct PairedGroup {
  std::string procedure;
  std::string site;  // innermost frame; empty when grouped by procedure, or unknown
  std::uint64_t pairs = 0;
  double first_sum_ns = 0, second_sum_ns = 0;
  double median_difference_ns = 0;  // of second - first
  double q25_difference_ns = 0, q75_difference_ns = 0;
  double median_log_ratio = 0;  // of ln(second / first): exp() of it is a quotient that may be reported
  PairCounts counts;            // where grouped by procedure
};

struct PairingResult {
  std::uint64_t first_calls = 0, second_calls = 0;  // that could be paired: polling calls are not among them
  std::uint64_t first_polling = 0, second_polling = 0;
  std::uint64_t pairs = 0;
  std::uint64_t ranks_unpaired = 0;            // that one of the traces does not have
  std::vector<PairedGroup> procedures, sites;  // greatest change first
  double matched_share() const {
    const double calls = static_cast<double>(first_calls + second_calls);
    return calls > 0 ? 2 * static_cast<double>(pairs) / calls : 0;
  }
};

// True for MPI_Test*, MPI_Iprobe, MPI_Improbe, MPI_Request_get_status*: how often they are called depends on the
// machine's speed, not on the program.
bool is_polling(std::string_view procedure);

// Pairs the calls of two OTF2 archives (anchor files). Fails where one cannot be read. Takes as long as reading both.
Result<PairingResult> pair_traces(const std::string& first_anchor, const std::string& second_anchor, const Work& work = {});

// Several couples of launches: the unit of repetition is a couple. Groups that every couple has.
struct PairedContrast {
  std::string procedure, site;
  double pairs = 0;             // median over couples
  Summary difference_ns;        // over couples, of the couple's median difference of one call
  Summary total_difference_ns;  // over couples, of the sum of differences, all ranks together
  double ratio = 0;             // exp of the median over couples of the median log ratio
};
std::vector<PairedContrast> summarize_couples(std::span<const PairingResult> couples, bool by_site);

}  // namespace tulkki
