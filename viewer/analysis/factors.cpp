// SPDX-License-Identifier: Apache-2.0
// One table of factors: name, value of a run, and what it follows from.
#include "viewer/analysis/factors.h"

#include <fmt/core.h>
#include <algorithm>
#include <array>

#include "viewer/analysis/selection.h"

namespace tulkki {
namespace {

struct Factor {
  std::string_view name;
  std::string (*value)(const RunInfo& run);
  std::vector<std::string_view> follows_from;  // if one of these differs, this one must; empty: a condition of its own
  bool condition;                 // false: names the launch, does not change what is measured
  bool may_be_unknown = false;    // an empty value says nothing: it differs from no other
};

// A program that is compiled once for each MPI lies in as many folders.
std::string command_line(const RunInfo& run) {
  const std::string& line = run.compared_arguments;
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::size_t slash = line.rfind('/', end);
  const bool quoted = line.starts_with('\'') || line.starts_with('"');
  return slash == std::string::npos || quoted ? line : line.substr(slash + 1);
}

const std::array kFactors{
    Factor{"label", [](const RunInfo& run) { return run.label; }, {}, false},
    Factor{"program", [](const RunInfo& run) { return run.name; }, {}, true},
    Factor{"arguments", command_line, {"program"}, true},
    Factor{"backend", [](const RunInfo& run) { return run.backend; }, {}, true},
    Factor{"backend_version", [](const RunInfo& run) { return run.backend_version; }, {"backend"}, true},
    Factor{"transport", [](const RunInfo& run) { return run.transport; }, {}, true},
    Factor{"front", [](const RunInfo& run) { return run.front; }, {"backend", "translated"}, true},
    Factor{"translated", [](const RunInfo& run) { return std::string(run.translated ? "yes" : "no"); }, {}, true},
    Factor{"ranks", [](const RunInfo& run) { return std::to_string(run.ranks); }, {}, true},
    Factor{"nodes", [](const RunInfo& run) { return std::to_string(run.nodes); }, {"ranks"}, true},
    Factor{"thread_level", [](const RunInfo& run) { return run.thread_level; }, {}, true},
    Factor{"kernel", [](const RunInfo& run) { return run.kernel; }, {}, true},
    Factor{"cpu", [](const RunInfo& run) { return run.cpu; }, {}, true},
    Factor{"governor", [](const RunInfo& run) { return run.load.governor; }, {}, true, true},
    Factor{"binding", [](const RunInfo& run) { return run.load.binding; }, {}, true, true},
    Factor{"tulkki_version", [](const RunInfo& run) { return run.tulkki_version; }, {}, true},
    Factor{"trace", [](const RunInfo& run) { return std::string(run.trace_path.empty() ? "no" : "yes"); }, {}, true},
    Factor{"repetition", [](const RunInfo& run) { return std::to_string(run.repetition); }, {}, false},
};

const Factor* find(std::string_view name) {
  const auto found =
      std::find_if(kFactors.begin(), kFactors.end(), [&](const Factor& one) { return one.name == name; });
  return found == kFactors.end() ? nullptr : &*found;
}

// Distinct values in order of appearance.
std::vector<std::string> values_in(const Series& series, const Factor& factor) {
  std::vector<std::string> values;
  for (const RunInfo& run : series.runs) {
    std::string value = factor.value(run);
    if (factor.may_be_unknown && value.empty()) continue;
    if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(std::move(value));
  }
  return values;
}

std::string joined(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values)
    text += fmt::format("{}{}", text.empty() ? "" : " | ", value.empty() ? "(none)" : value);
  return text;
}

}  // namespace

const std::vector<std::string_view>& factor_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> result;
    for (const Factor& factor : kFactors)
      result.push_back(factor.name);
    return result;
  }();
  return names;
}

bool is_factor(std::string_view name) { return find(name) != nullptr; }

bool is_condition(std::string_view name) {
  const Factor* factor = find(name);
  return factor != nullptr && factor->condition;
}

std::optional<std::string> factor_value(const RunInfo& run, std::string_view name) {
  const Factor* factor = find(name);
  if (factor == nullptr) return std::nullopt;
  return factor->value(run);
}

std::vector<FactorDifference> factor_differences(const std::vector<Series>& series,
                                                 const std::vector<std::string>& under_test) {
  const auto tested = [&](std::string_view name) {
    return std::find(under_test.begin(), under_test.end(), name) != under_test.end();
  };
  std::vector<FactorDifference> differences;
  for (const Factor& factor : kFactors) {
    if (!factor.condition) continue;
    FactorDifference difference{.name = std::string(factor.name), .values = {}};
    for (const Series& one : series) {
      const std::vector<std::string> values = values_in(one, factor);
      difference.mixed |= values.size() > 1;
      difference.values.push_back(joined(values));
    }
    const auto known = [&](const std::string& value) { return !factor.may_be_unknown || !value.empty(); };
    const auto first = std::find_if(difference.values.begin(), difference.values.end(), known);
    const auto differs = [&](const std::string& value) { return known(value) && value != *first; };
    if (!difference.mixed && !std::any_of(difference.values.begin(), difference.values.end(), differs)) continue;
    difference.under_test = tested(factor.name);
    differences.push_back(std::move(difference));
  }
  // What follows from a factor that differs adds nothing to it, whether that one is under test or not.
  for (FactorDifference& difference : differences) {
    const std::vector<std::string_view>& causes = find(difference.name)->follows_from;
    difference.implied = !difference.under_test &&
                         std::any_of(differences.begin(), differences.end(), [&](const FactorDifference& other) {
                           const bool is_cause = std::find(causes.begin(), causes.end(), other.name) != causes.end();
                           return is_cause && (!difference.mixed || other.mixed);
                         });
  }
  return differences;
}

}  // namespace tulkki
