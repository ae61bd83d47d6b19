// SPDX-License-Identifier: GPL-3.0-or-later
// From the state to series of launches, and their profiles.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "storage/result.h"
#include "viewer/analysis/launch_profile.h"
#include "viewer/analysis/pairing.h"
#include "viewer/analysis/selection.h"
#include "viewer/model/io_over_time.h"
#include "viewer/model/study.h"
#include "viewer/model/view_state.h"

namespace tulkki {

// Colour, marker and dash of each series, by name; a series keeps its look as long as the study is open.
class SeriesLooks {
 public:
  int look_of(const std::string& series);
  const std::map<std::string, int>& all() const { return looks_; }

 private:
  std::map<std::string, int> looks_;
};

struct SeriesChoice {
  std::vector<Series> series;           // the baseline first; Series::runs have the study's unique ids
  std::vector<std::string> under_test;
  std::vector<RunInfo> left_out;        // did not finish
};

// The runs that pass filters and are not hidden.
std::vector<RunInfo> chosen_runs(const Study& study, const ViewState& state);
// One series is enough here. Fails where no launch is left, and says what to remove.
Result<SeriesChoice> choose_series(const std::vector<RunInfo>& runs, const ViewState& state);

// Reads launches and traces and keeps what was asked for: a recorded run never changes. For one thread. What is cancelled
// fails, and is not kept.
class LaunchCache {
 public:
  Result<std::vector<SeriesProfile>> read(const Study& study, const std::vector<Series>& series);
  // The calls of two traces, paired once.
  Result<const PairingResult*> pair(const std::string& first_anchor, const std::string& second_anchor, const Work& work = {});
  // The file operations of a trace, looked for once.
  Result<const IoTrace*> file_operations(const std::string& anchor, const Work& work = {});
  void clear() { launches_.clear(); }

 private:
  Result<LaunchProfile> read_one(const Study& study, const StudyRun& run);
  std::map<std::string, LaunchProfile> launches_;
  std::map<std::string, PairingResult> pairings_;
  std::map<std::string, IoTrace> file_operations_;
};

}  // namespace tulkki
