// SPDX-License-Identifier: GPL-3.0-or-later
// Grouping is that of `tulkki compare --by`; one series alone is allowed, as a first run has no rival.
#include "viewer/model/series_choice.h"

#include <algorithm>
#include <fmt/format.h>

#include "viewer/analysis/factors.h"
#include "viewer/trace/archive_turn.h"

namespace tulkki {
namespace {

bool all_equal(const std::vector<RunInfo>& runs, const std::vector<std::string>& factors) {
  return std::all_of(runs.begin(), runs.end(), [&](const RunInfo& run) {
    return std::all_of(factors.begin(), factors.end(), [&](const std::string& name) {
      return factor_value(run, name) == factor_value(runs.front(), name);
    });
  });
}

// Factors that have one value everywhere tell nothing apart: they would only make names long.
std::vector<std::string> telling(const std::vector<RunInfo>& runs, const std::vector<std::string>& factors) {
  std::vector<std::string> result;
  for (const std::string& name : factors) {
    if (!all_equal(runs, {name})) result.push_back(name);
  }
  return result;
}

std::string single_name(const RunInfo& run, const std::vector<std::string>& factors) {
  std::string name;
  for (const std::string& factor : factors) {
    std::string value = factor_value(run, factor).value_or("");
    if (factor == "translated") value = value == "yes" ? "translated" : "native";
    if (!value.empty()) name += (name.empty() ? "" : " ") + value;
  }
  return name.empty() ? "all runs" : name;
}

std::unique_lock<std::timed_mutex> turn_to_read(const Work& work) {
  return trace::wait_for_turn([&] { return work.go_on(0, "waiting for another trace"); });
}

}  // namespace

int SeriesLooks::look_of(const std::string& series) {
  const auto [entry, added] = looks_.try_emplace(series, static_cast<int>(looks_.size()));
  return entry->second;
}

std::vector<RunInfo> chosen_runs(const Study& study, const ViewState& state) {
  std::vector<RunInfo> runs;
  for (const StudyRun& run : study.runs) {
    const auto passes = [&](const Filter& filter) {
      const std::string value = factor_value(run.info, filter.factor).value_or("");
      return std::find(filter.values.begin(), filter.values.end(), value) != filter.values.end();
    };
    const bool hidden =
        std::find(state.hidden_runs.begin(), state.hidden_runs.end(), run.info.run_id) != state.hidden_runs.end();
    if (!hidden && std::all_of(state.filters.begin(), state.filters.end(), passes)) runs.push_back(run.info);
  }
  return runs;
}

Result<SeriesChoice> choose_series(const std::vector<RunInfo>& all, const ViewState& state) {
  SeriesChoice choice;
  std::vector<RunInfo> runs;
  for (const RunInfo& run : all) (state.include_unfinished || finished(run) ? runs : choice.left_out).push_back(run);
  if (runs.empty()) {
    return Error{all.empty() ? "No run matches the filters: remove one of them, or show hidden runs again."
                             : "None of these runs finished, so their times mean nothing. View > Unfinished runs shows them."};
  }
  const std::vector<std::string> by = telling(runs, state.series_by);
  if (by.empty()) {
    choice.series.push_back({"A", single_name(runs.front(), state.series_by), runs});
    return choice;
  }
  Result<SeriesSet> set = build_series(runs, {}, {by, state.include_unfinished});
  if (!set) return set.error();
  choice.series = std::move(set->series);
  choice.under_test = std::move(set->under_test);
  auto baseline = std::find_if(choice.series.begin(), choice.series.end(),
                               [&](const Series& series) { return series.name == state.baseline; });
  if (baseline == choice.series.end()) {  // what the program was compiled for is what others are compared with
    baseline = std::find_if(choice.series.begin(), choice.series.end(),
                            [](const Series& series) { return !series.runs.front().translated; });
  }
  if (baseline != choice.series.end()) {
    std::vector<std::string> keys;  // letters follow the order that is shown
    for (const Series& series : choice.series) keys.push_back(series.key);
    std::rotate(choice.series.begin(), baseline, baseline + 1);
    for (std::size_t i = 0; i < keys.size(); ++i) choice.series[i].key = keys[i];
  }
  return choice;
}

Result<LaunchProfile> LaunchCache::read_one(const Study& study, const StudyRun& run) {
  const std::string key = fmt::format("{}\n{}\n{}", study.path_of(run), run.run_id, run.info.started_at);
  const auto known = launches_.find(key);
  if (known != launches_.end()) return known->second;
  Result<Database> database = Database::open(study.path_of(run));
  if (!database) return database.error();
  RunInfo info = run.info;
  info.run_id = run.run_id;
  Result<LaunchProfile> launch = read_launch(*database, info);
  if (!launch) return launch;
  launch->run.run_id = run.info.run_id;
  launches_[key] = *launch;
  return launch;
}

Result<const PairingResult*> LaunchCache::pair(const std::string& first_anchor, const std::string& second_anchor, const Work& work) {
  const std::string key = fmt::format("{}\n{}\n{}\n{}", first_anchor, file_stamp(first_anchor), second_anchor, file_stamp(second_anchor));
  const auto known = pairings_.find(key);
  if (known != pairings_.end()) return &known->second;
  const auto turn = turn_to_read(work);
  if (!turn) return Error{first_anchor + ": " + kWorkCancelled};
  Result<PairingResult> pairing = pair_traces(first_anchor, second_anchor, work);
  if (!pairing) return pairing.error();
  return &(pairings_[key] = std::move(*pairing));
}

Result<const IoTrace*> LaunchCache::file_operations(const std::string& anchor, const Work& work) {
  const std::string key = fmt::format("{}\n{}", anchor, file_stamp(anchor));
  const auto known = file_operations_.find(key);
  if (known != file_operations_.end()) return &known->second;
  const auto turn = turn_to_read(work);
  if (!turn) return Error{anchor + ": " + kWorkCancelled};
  Result<IoTrace> opened = IoTrace::open(anchor, work);
  if (!opened) return opened.error();
  return &file_operations_.emplace(key, std::move(*opened)).first->second;
}

Result<std::vector<SeriesProfile>> LaunchCache::read(const Study& study, const std::vector<Series>& series) {
  std::vector<SeriesProfile> profiles;
  for (const Series& one : series) {
    SeriesProfile profile{one, {}};
    for (const RunInfo& run : one.runs) {
      const StudyRun* found = study.find(run.run_id);
      if (found == nullptr) return Error{"The list of runs has changed in the meantime."};
      Result<LaunchProfile> launch = read_one(study, *found);
      if (!launch) return launch.error();
      profile.launches.push_back(std::move(*launch));
    }
    profiles.push_back(std::move(profile));
  }
  return profiles;
}

}  // namespace tulkki
