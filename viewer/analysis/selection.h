// SPDX-License-Identifier: Apache-2.0
// How a user names the launches to compare: `7`, `1-6`, `1,3,8-10`, `last`, `label=TEXT` (or just TEXT),
// `transport=tcp,backend=mpich`. A selection is one series, or the runs that --by cuts into series.
#pragma once

#include <string>
#include <vector>

#include "storage/result.h"
#include "viewer/analysis/run_list.h"

namespace tulkki {

// Launches that are repetitions of each other. A series keeps its letter and name in every table and figure.
struct Series {
  std::string key;            // A, B ... Z, AA ...
  std::string name;           // short: "mpich tcp", "runs 1-6"
  std::vector<RunInfo> runs;  // oldest first, none twice
};

struct SeriesSet {
  std::vector<Series> series;
  std::vector<std::string> under_test;  // factors that tell the series apart on purpose; empty: nobody said
  std::vector<RunInfo> left_out;        // matched, but did not finish: their times mean nothing
};

struct SelectionOptions {
  std::vector<std::string> by = {};  // factors; empty: each expression is a series
  bool include_unfinished = false;
};

// The runs that an expression names, oldest first. Fails where it names none (the message says what exists), where a
// number is no run, and on a factor that does not exist.
Result<std::vector<RunInfo>> select_runs(const std::vector<RunInfo>& runs, const std::string& expression);

// The runs that any of the expressions names, oldest first, each once.
Result<std::vector<RunInfo>> select_runs(const std::vector<RunInfo>& runs, const std::vector<std::string>& expressions);

// Ended well, so that its times mean something.
bool finished(const RunInfo& run);

std::string run_numbers(const std::vector<RunInfo>& runs);  // "1-3,7"
std::string series_key(std::size_t index);  // A, B ... Z, AA ...

// One series without a key for each combination of values of these factors, in the order of the values.
std::vector<Series> group_by(const std::vector<RunInfo>& runs, const std::vector<std::string>& factors);

// Without `by`: one series for each expression. With it: the runs of all expressions together (of none: all runs),
// one series for each combination of values. Fails when fewer than two series result, when a series has no launch
// that finished, or when a launch is in two series.
Result<SeriesSet> build_series(const std::vector<RunInfo>& runs, const std::vector<std::string>& expressions,
                               const SelectionOptions& options);

}  // namespace tulkki
