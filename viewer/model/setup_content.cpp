// SPDX-License-Identifier: GPL-3.0-or-later
// The Setup page: all factors of the series, those that differ on top, and a warning where a comparison is not fair.
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

#include "viewer/analysis/comparison.h"
#include "viewer/analysis/factors.h"
#include "viewer/analysis/load_findings.h"
#include "viewer/model/page_content.h"

namespace tulkki {
namespace {

// Environment and versions that were stored with the runs.
Result<std::map<std::string, std::string>> properties_of(const PageRequest& request, const RunInfo& info) {
  std::map<std::string, std::string> properties;
  const StudyRun* run = request.study.find(info.run_id);
  if (run == nullptr) return properties;
  Result<Database> database = Database::open(request.study.path_of(*run));
  if (!database) return database.error();
  Result<Statement> query = database->prepare("SELECT name, value FROM run_property WHERE run_id = ?1");
  if (!query) return query.error();
  query->bind(run->run_id);
  for (;;) {
    const Result<bool> row = query->step();
    if (!row) return row.error();
    if (!*row) return properties;
    properties[query->text(0)] = query->text(1);
  }
}

std::string joined(const std::set<std::string>& values) {
  constexpr std::size_t kShown = 3;
  std::string text;
  std::size_t count = 0;
  for (const std::string& value : values) {
    if (++count > kShown) return text + fmt::format(" | {} more", values.size() - kShown);
    text += (text.empty() ? "" : " | ") + (value.empty() ? "–" : value);
  }
  return text;
}

struct Row {
  std::string name, note;
  std::vector<std::set<std::string>> values;  // of each series
  bool differs() const {
    return std::any_of(values.begin(), values.end(), [&](const auto& value) { return value != values.front() || value.size() > 1; });
  }
};

}  // namespace

Result<PageContent> setup_content(PageRequest& request) {
  PageContent content;
  Result<Loaded> loaded = load_series(request, content);
  if (!loaded) return loaded.error();
  const std::vector<Series>& series = loaded->choice.series;
  std::vector<Row> rows;
  std::map<std::string, FactorDifference> differences;
  for (FactorDifference& one : factor_differences(series, loaded->choice.under_test)) differences[one.name] = one;
  for (const std::string_view name : factor_names()) {
    Row row{std::string(name), "", {}};
    for (const Series& one : series) {
      row.values.emplace_back();
      for (const RunInfo& run : one.runs) row.values.back().insert(factor_value(run, name).value_or(""));
    }
    if (const auto found = differences.find(row.name); found != differences.end()) {
      row.note = found->second.under_test ? "under test" : found->second.implied ? "follows from it" : "differs too";
    }
    rows.push_back(std::move(row));
  }
  Row verified{"transport_verified", "", {}};
  for (const Series& one : series) {
    verified.values.emplace_back();
    for (const RunInfo& run : one.runs) verified.values.back().insert(run.transport_verified.empty() ? "not verified" : run.transport_verified);
  }
  rows.push_back(std::move(verified));
  std::map<std::string, std::vector<std::set<std::string>>> stored;
  for (std::size_t i = 0; i < series.size(); ++i) {
    for (const RunInfo& run : series[i].runs) {
      Result<std::map<std::string, std::string>> properties = properties_of(request, run);
      if (!properties) return properties.error();
      for (const auto& [name, value] : *properties) {
        std::vector<std::set<std::string>>& values = stored[name];
        values.resize(series.size());
        values[i].insert(value);
      }
    }
  }
  for (auto& [name, values] : stored) rows.push_back({name, "", std::move(values)});
  std::stable_partition(rows.begin(), rows.end(), [](const Row& row) { return row.note == "differs too"; });
  std::stable_partition(rows.begin(), rows.end(), [](const Row& row) { return row.differs(); });
  TableData table{"setup", "Factors", {{"factor", "factor", Written::text, ""}, {"note", "", Written::verdict, "under test: tells the series apart on purpose"}}, {}};
  for (const Series& one : series) table.columns.push_back({one.name, one.name, Written::text, fmt::format("{} launches", one.runs.size())});
  for (const Row& row : rows) {
    TableRow out{{row.name, row.note.empty() ? std::string(row.differs() ? "differs" : "") : row.note}, -1, row.name};
    for (const auto& values : row.values) out.cells.emplace_back(joined(values));
    table.rows.push_back(std::move(out));
  }
  content.tables.push_back(std::move(table));
  for (const auto& [name, difference] : differences) {
    if (difference.under_test || difference.implied) continue;
    content.warnings.push_back(fmt::format("{} differs too{}, so more is compared than {}.", name, difference.mixed ? ", even within a series" : "",
                                           loaded->choice.under_test.empty() ? "what was chosen" : fmt::format("{}", fmt::join(loaded->choice.under_test, " and "))));
  }
  for (std::string& sentence : load_sentences(series)) content.warnings.push_back(std::move(sentence) + ".");
  return content;
}

}  // namespace tulkki
