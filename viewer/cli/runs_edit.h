// SPDX-License-Identifier: Apache-2.0
// What `tulkki runs` can do with runs besides listing them.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace tulkki {

struct RunsOptions {
  std::vector<std::string> runs;  // as in viewer/analysis/selection.h
  std::string database;
  std::optional<std::string> label, note;
  std::string merge;  // the other database
  bool remove = false, keep_traces = false, yes = false, json = false;
};

// Each returns an exit code.
int delete_selected(const RunsOptions& options);
int describe_selected(const RunsOptions& options);
int merge_selected(const RunsOptions& options);

}  // namespace tulkki
