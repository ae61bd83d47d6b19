// SPDX-License-Identifier: Apache-2.0
// Expressions that name runs, and the series that they make.
#include "viewer/analysis/selection.h"

#include <fmt/format.h>
#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>

#include "viewer/analysis/factors.h"
#include "viewer/analysis/near_name.h"

namespace tulkki {
namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct Range {
  std::int64_t first, last;
};

// "7" or "3-9"; nothing for anything else.
std::optional<Range> range(const std::string& text) {
  const std::size_t dash = text.find('-');
  const auto first = number(std::string_view(text).substr(0, dash));
  const auto last = dash == std::string::npos ? first : number(std::string_view(text).substr(dash + 1));
  if (!first || !last) return std::nullopt;
  return Range{*first, *last};
}

// "1-6,9": nothing if it is not made of numbers alone.
std::optional<std::vector<Range>> ranges(const std::string& expression) {
  std::vector<Range> result;
  for (const std::string& part : split(expression, ',')) {
    const auto found = range(part);
    if (!found) return std::nullopt;
    result.push_back(*found);
  }
  return result;
}

Result<std::vector<RunInfo>> by_number(const std::vector<RunInfo>& runs, const std::vector<Range>& wanted) {
  std::vector<RunInfo> selected;
  for (const Range& part : wanted) {
    if (part.first > part.last)
      return Error{fmt::format("{}-{}: the smaller number comes first, as in {}-{}", part.first, part.last, part.last,
                               part.first)};
    const auto inside = [&](const RunInfo& run) { return run.run_id >= part.first && run.run_id <= part.last; };
    if (std::any_of(runs.begin(), runs.end(), inside)) continue;
    if (part.first == part.last) return Error{fmt::format("there is no run {}: `tulkki runs` lists them", part.first)};
    return Error{fmt::format("there is no run from {} to {}: `tulkki runs` lists them", part.first, part.last)};
  }
  for (const RunInfo& run : runs) {
    const auto holds = [&](const Range& part) { return run.run_id >= part.first && run.run_id <= part.last; };
    if (std::any_of(wanted.begin(), wanted.end(), holds)) selected.push_back(run);
  }
  return selected;
}

// What values a factor has in these runs, for messages.
std::string values_text(const std::vector<RunInfo>& runs, const std::string& name) {
  std::set<std::string> values;
  for (const RunInfo& run : runs)
    values.insert(*factor_value(run, name));
  values.erase("");
  constexpr std::size_t kShown = 8;
  std::string text;
  std::size_t shown = 0;
  for (const std::string& value : values) {
    if (++shown > kShown) return text + " ...";
    text += (text.empty() ? "" : ", ") + value;
  }
  return text.empty() ? "none" : text;
}

using Conditions = std::vector<std::pair<std::string, std::string>>;

Result<Conditions> conditions(const std::string& expression) {
  Conditions result;
  for (const std::string& part : split(expression, ',')) {
    const std::size_t equals = part.find('=');
    // A comma inside of a value: "label=melt, tuned".
    if (equals == std::string::npos && !result.empty()) {
      result.back().second += "," + part;
      continue;
    }
    const std::string name = part.substr(0, equals);
    if (equals == std::string::npos || !is_factor(name)) {
      return Error{no_such("factor", name, as_names(factor_names()))};
    }
    result.emplace_back(name, part.substr(equals + 1));
  }
  return result;
}

Result<std::vector<RunInfo>> by_factors(const std::vector<RunInfo>& runs, const Conditions& wanted) {
  std::vector<RunInfo> selected = runs;
  for (const auto& [name, value] : wanted) {
    const std::vector<RunInfo> before = selected;
    std::erase_if(selected, [&](const RunInfo& run) { return *factor_value(run, name) != value; });
    if (selected.empty()) {
      std::vector<std::string> known;
      for (const RunInfo& run : before) known.push_back(*factor_value(run, name));
      if (const std::string near = did_you_mean(value, known); !near.empty())
        return Error{fmt::format("no run has {}={}{}", name, value, near)};
      return Error{fmt::format("no run has {}={}{}; there are: {}", name, value,
                               before.size() < runs.size() ? " besides the other conditions" : "",
                               values_text(before, name))};
    }
  }
  return selected;
}

// Values that say nothing alone get their factor's name.
std::string name_of(const std::vector<std::string>& factors, const std::vector<std::string>& values) {
  std::string text;
  for (std::size_t i = 0; i < factors.size(); ++i) {
    if (i > 0) text += ' ';
    const std::string value = values[i].empty() ? "(none)" : values[i];
    if (factors[i] == "ranks" || factors[i] == "nodes")
      text += value + " " + factors[i];
    else if (factors[i] == "translated")
      text += value == "yes" ? "translated" : "native";
    else if (value == "yes" || value == "no" || number(value))
      text += factors[i] + "=" + value;
    else
      text += value;
  }
  return text;
}

// Numbers by value, so that 2 ranks come before 16.
bool comes_before(const std::vector<std::string>& left, const std::vector<std::string>& right) {
  for (std::size_t i = 0; i < left.size(); ++i) {
    const auto first = number(left[i]), second = number(right[i]);
    if (first && second && *first != *second) return *first < *second;
    if (left[i] != right[i]) return left[i] < right[i];
  }
  return false;
}

// The name of a factor expression is its values; of numbers, the numbers.
std::string series_name(const std::string& expression, const std::vector<RunInfo>& runs) {
  if (ranges(expression) || expression == "last") return (runs.size() == 1 ? "run " : "runs ") + run_numbers(runs);
  if (expression.find('=') == std::string::npos) return expression;
  std::vector<std::string> names, values;
  const Result<Conditions> wanted = conditions(expression);
  if (!wanted) return expression;
  for (const auto& [name, value] : *wanted) {
    names.push_back(name);
    values.push_back(value);
  }
  return name_of(names, values);
}

// A finished launch in two series would be compared with itself.
Result<void> finish_series(SeriesSet& set, bool include_unfinished) {
  std::map<std::int64_t, std::string> owner;
  for (std::size_t i = 0; i < set.series.size(); ++i) {
    Series& series = set.series[i];
    series.key = series_key(i);
    if (!include_unfinished) {
      const auto kept = std::stable_partition(series.runs.begin(), series.runs.end(), finished);
      set.left_out.insert(set.left_out.end(), kept, series.runs.end());
      series.runs.erase(kept, series.runs.end());
    }
    if (series.runs.empty())
      return Error{fmt::format("no launch of '{}' finished, so there is nothing to compare", series.name)};
    for (const RunInfo& run : series.runs) {
      const auto [other, added] = owner.try_emplace(run.run_id, series.name);
      if (!added)
        return Error{fmt::format("run {} is in '{}' and in '{}', but a run can be in one series only", run.run_id,
                                 other->second, series.name)};
    }
  }
  std::sort(set.left_out.begin(), set.left_out.end(),
            [](const RunInfo& left, const RunInfo& right) { return left.run_id < right.run_id; });
  return {};
}

}  // namespace

bool finished(const RunInfo& run) {
  return run.outcome == "finalized" && run.exit_code.value_or(0) == 0 && run.wall_ns > 0;
}

std::string run_numbers(const std::vector<RunInfo>& runs) {
  std::string text;
  for (std::size_t begin = 0; begin < runs.size();) {
    std::size_t end = begin;
    while (end + 1 < runs.size() && runs[end + 1].run_id == runs[end].run_id + 1)
      ++end;
    text += fmt::format("{}{}{}", text.empty() ? "" : ",", runs[begin].run_id,
                        end > begin ? fmt::format("-{}", runs[end].run_id) : "");
    begin = end + 1;
  }
  return text;
}

std::string series_key(std::size_t index) {
  std::string key;
  for (std::size_t rest = index + 1; rest > 0; rest = (rest - 1) / 26)
    key.insert(key.begin(), static_cast<char>('A' + (rest - 1) % 26));
  return key;
}

// An order of launches is random in a good study, so it is that of the values.
std::vector<Series> group_by(const std::vector<RunInfo>& runs, const std::vector<std::string>& by) {
  std::map<std::vector<std::string>, std::vector<RunInfo>, decltype(&comes_before)> groups(comes_before);
  for (const RunInfo& run : runs) {
    std::vector<std::string> values;
    for (const std::string& name : by)
      values.push_back(*factor_value(run, name));
    groups[values].push_back(run);
  }
  std::vector<Series> series;
  for (auto& [values, members] : groups)
    series.push_back({"", name_of(by, values), std::move(members)});
  return series;
}

Result<std::vector<RunInfo>> select_runs(const std::vector<RunInfo>& runs, const std::string& expression) {
  if (runs.empty()) return Error{"the database holds no runs: record one with `tulkki run ...`"};
  if (expression == "last") return std::vector<RunInfo>{runs.back()};
  if (const auto numbers = ranges(expression)) return by_number(runs, *numbers);
  if (expression.find('=') != std::string::npos) {
    const Result<Conditions> wanted = conditions(expression);
    if (!wanted) return wanted.error();
    return by_factors(runs, *wanted);
  }
  std::vector<RunInfo> selected;
  for (const RunInfo& run : runs) {
    if (!run.label.empty() && run.label == expression) selected.push_back(run);
  }
  if (!selected.empty()) return selected;
  std::vector<std::string> known{"last"};
  for (const RunInfo& run : runs) known.push_back(run.label);
  if (const std::string near = did_you_mean(expression, known); !near.empty())
    return Error{fmt::format("no run has the label '{}'{}", expression, near)};
  return Error{
      fmt::format("no run has the label '{}' (labels: {}); runs are named by number, 1-6, label=TEXT or FACTOR=VALUE",
                  expression, values_text(runs, "label"))};
}

Result<std::vector<RunInfo>> select_runs(const std::vector<RunInfo>& runs,
                                         const std::vector<std::string>& expressions) {
  std::set<std::int64_t> chosen;
  for (const std::string& expression : expressions) {
    const Result<std::vector<RunInfo>> selected = select_runs(runs, expression);
    if (!selected) return selected;
    for (const RunInfo& run : *selected)
      chosen.insert(run.run_id);
  }
  std::vector<RunInfo> result;
  std::copy_if(runs.begin(), runs.end(), std::back_inserter(result),
               [&](const RunInfo& run) { return chosen.contains(run.run_id); });
  return result;
}

Result<SeriesSet> build_series(const std::vector<RunInfo>& runs, const std::vector<std::string>& expressions,
                               const SelectionOptions& options) {
  SeriesSet set;
  std::set<std::int64_t> chosen;
  std::set<std::string> tested;
  for (const std::string& name : options.by) {
    if (is_condition(name)) tested.insert(name);
    if (!is_factor(name))
      return Error{no_such("factor", name, as_names(factor_names()))};
  }
  for (const std::string& expression : expressions) {
    const Result<std::vector<RunInfo>> selected = select_runs(runs, expression);
    if (!selected) return selected.error();
    for (const RunInfo& run : *selected)
      chosen.insert(run.run_id);
    if (!options.by.empty()) continue;
    set.series.push_back({"", series_name(expression, *selected), *selected});
    if (expression.find('=') == std::string::npos) continue;
    const Result<Conditions> wanted = conditions(expression);
    if (!wanted) return wanted.error();
    for (const auto& [name, value] : *wanted) {
      if (is_condition(name)) tested.insert(name);
    }
  }
  if (!options.by.empty()) {
    std::vector<RunInfo> pool;
    for (const RunInfo& run : runs) {
      if (expressions.empty() || chosen.contains(run.run_id)) pool.push_back(run);
    }
    set.series = group_by(pool, options.by);
    if (set.series.size() < 2) {
      return Error{fmt::format("all selected runs have the same {}, so there is nothing to compare",
                               fmt::join(options.by, " and "))};
    }
  }
  if (set.series.size() < 2) return Error{"a comparison needs two selections, or --by FACTOR to split one"};
  set.under_test.assign(tested.begin(), tested.end());
  if (const Result<void> done = finish_series(set, options.include_unfinished); !done) return done.error();
  return set;
}

}  // namespace tulkki
