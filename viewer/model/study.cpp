// SPDX-License-Identifier: GPL-3.0-or-later
// Opens each database for as long as its list of runs is read: a file that vanishes later does no harm.
#include "viewer/model/study.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

namespace tulkki {
namespace {

constexpr std::int64_t kRunsOfASource = 1'000'000'000;

std::string problem_of(const std::string& path) {
  namespace files = std::filesystem;
  std::error_code error;
  if (files::is_directory(path, error)) return path + " is a folder: open the tulkki.db in it";
  if (files::is_regular_file(path, error) && files::file_size(path, error) == 0) {
    return path + " is empty: no run has been recorded into it yet; it is read again when it grows";
  }
  return "";
}

}  // namespace

const StudyRun* Study::find(std::int64_t unique_id) const {
  const auto found =
      std::find_if(runs.begin(), runs.end(), [&](const StudyRun& run) { return run.info.run_id == unique_id; });
  return found == runs.end() ? nullptr : &*found;
}

std::string Study::number_of(const StudyRun& run) const {
  const std::string number = std::to_string(run.run_id);
  return sources.size() > 1 ? std::to_string(run.source + 1) + ":" + number : number;
}

std::string Study::trace_of(const StudyRun& run) const {
  if (run.info.trace_path.empty()) return "";
  const std::filesystem::path path(run.info.trace_path);
  std::error_code error;
  if (std::filesystem::exists(path, error)) return path.string();
  // A database that was copied together with its folder of traces.
  const std::filesystem::path beside = std::filesystem::path(path_of(run)).parent_path() / "tulkki-traces" /
                                       path.parent_path().filename() / path.filename();
  return std::filesystem::exists(beside, error) ? beside.string() : "";
}

std::uint64_t file_stamp(const std::string& path) {
  namespace files = std::filesystem;
  std::error_code error;
  const auto time = files::last_write_time(path, error);
  if (error) return 0;
  const auto size = files::file_size(path, error);
  return static_cast<std::uint64_t>(time.time_since_epoch().count()) * 31 + (error ? 0 : size) + 1;
}

Study load_study(const std::vector<std::string>& paths) {
  Study study;
  for (const std::string& path : paths) {
    Source source{path, problem_of(path), file_stamp(path), false};
    const std::size_t number = study.sources.size();
    source.is_trace = path.ends_with(".otf2");
    if (source.is_trace && source.stamp == 0) source.problem = path + " does not exist: give the anchor file of an OTF2 archive";
    if (source.problem.empty() && !source.is_trace) {
      Result<Database> database = Database::open(path);
      Result<std::vector<RunInfo>> runs = database ? list_runs(*database) : Result<std::vector<RunInfo>>(database.error());
      if (!runs) source.problem = runs.message();
      else if (runs->empty()) source.problem = path + " holds no runs yet: record one with `tulkki run ...`";
      else {
        for (RunInfo& info : *runs) {
          StudyRun run{number, info.run_id, std::move(info)};
          run.info.run_id += static_cast<std::int64_t>(number) * kRunsOfASource;
          study.runs.push_back(std::move(run));
        }
      }
    }
    study.sources.push_back(std::move(source));
  }
  return study;
}

}  // namespace tulkki
