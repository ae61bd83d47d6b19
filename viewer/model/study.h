// SPDX-License-Identifier: GPL-3.0-or-later
// The runs of one or several databases. A study is a value: the window reads it again when a file has changed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/result.h"
#include "viewer/analysis/run_list.h"

namespace tulkki {

struct Source {
  std::string path;
  std::string problem;  // why it cannot be shown and what to do; empty: nothing is wrong
  std::uint64_t stamp = 0;  // changes when the file does
  bool is_trace = false;    // the anchor file of an OTF2 archive: for the timeline only
};

struct StudyRun {
  std::size_t source = 0;
  std::int64_t run_id = 0;  // in its database
  RunInfo info;             // with a run_id that is unique in the study; of the first source it is that of the database
};

struct Study {
  std::vector<Source> sources;
  std::vector<StudyRun> runs;  // by source, oldest first

  const StudyRun* find(std::int64_t unique_id) const;
  const std::string& path_of(const StudyRun& run) const { return sources[run.source].path; }
  // Anchor file of a run's trace where it is still there, as recorded or beside the database; else empty.
  std::string trace_of(const StudyRun& run) const;
  // "12", or "2:12" where there are several databases.
  std::string number_of(const StudyRun& run) const;
};

// Never fails: what is wrong with a source stands beside it.
Study load_study(const std::vector<std::string>& paths);

// Size and time of change of a file and of its journal; 0: there is none.
std::uint64_t file_stamp(const std::string& path);

}  // namespace tulkki
