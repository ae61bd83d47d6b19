// SPDX-License-Identifier: Apache-2.0
// Order of launches, their names, and the numbers that programs print.
#include "viewer/sweep/sweep.h"

#include <charconv>
#include <fmt/core.h>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>
#include <regex>
#include <sstream>

#include "storage/command_line.h"

namespace tulkki {
namespace {

// std::shuffle may differ between standard libraries; an order that is recorded by its seed must not.
void shuffle(std::vector<const Combination*>& list, std::mt19937_64& random) {
  for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[random() % i]);
}

std::string replaced(std::string word, const std::string& place, const std::string& value) {
  for (std::size_t at = 0; (at = word.find(place, at)) != std::string::npos; at += value.size()) word.replace(at, place.size(), value);
  return word;
}

bool parse_number(const std::string& text, double& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

void take_line(const std::string& line, std::vector<Measurement>& result) {
  std::istringstream fields(line);
  std::string mark, bytes, value;
  Measurement one;
  for (std::string* field : {&mark, &one.workload, &bytes, &one.metric, &one.unit, &value})
    if (!std::getline(fields, *field, '\t')) return;
  double number = 0;
  if (mark != "measurement" || !parse_number(bytes, number) || !parse_number(value, one.value)) return;
  one.bytes = static_cast<std::int64_t>(number);
  result.push_back(std::move(one));
}

}  // namespace

std::string Combination::text() const {
  std::string text = backend.empty() ? transport : backend + " " + transport;
  text += fmt::format(", {} rank{}", ranks, ranks == 1 ? "" : "s");
  for (const auto& [name, value] : values)
    if (name != "program") text += fmt::format(", {}={}", name, value);
  return text;
}

std::string Combination::factors(int repetition) const {
  nlohmann::json json(values);
  json["backend"] = backend;
  json["transport"] = transport;
  json["ranks"] = ranks;
  json["repetition"] = repetition;
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<std::string> with_repetition(std::vector<std::string> program, int repetition) {
  for (std::string& word : program) word = replaced(word, kRepetitionPlace, std::to_string(repetition));
  return program;
}

std::string without_repetition(const std::vector<std::string>& recorded, const std::vector<std::string>& program, int repetition) {
  // A word may be a command line of its own: sh -c "exec solver --seed {repetition}".
  std::vector<std::string> places;
  for (const std::string& word : program) {
    std::istringstream inner(word);
    for (std::string one; inner >> one;) places.push_back(one);
  }
  const std::string number = std::to_string(repetition);
  std::vector<std::string> words = recorded;
  bool any = false;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i].find(kRepetitionPlace) == std::string::npos) continue;
    const std::string real = replaced(places[i], kRepetitionPlace, number);
    const std::string before = i > 0 ? replaced(places[i - 1], kRepetitionPlace, number) : "";
    // The word before tells it from an equal one; where another program was started, it has to be the only one.
    std::vector<std::size_t> after, equal;
    for (std::size_t j = 1; j < recorded.size(); ++j) {
      if (recorded[j] != real) continue;
      equal.push_back(j);
      if (recorded[j - 1] == before) after.push_back(j);
    }
    if (after.empty() && equal.size() == 1) after = equal;
    for (const std::size_t j : after) words[j] = places[i];
    any = any || !after.empty();
  }
  if (!any) return "";
  std::string line;
  for (const std::string& word : words)
    line += (line.empty() ? "" : " ") + (word.find(kRepetitionPlace) != std::string::npos ? word : quote_word(word));
  return line;
}

std::vector<PlannedLaunch> launch_order(const Sweep& sweep, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<const Combination*> block;
  for (const Combination& combination : sweep.combinations) block.push_back(&combination);
  std::vector<PlannedLaunch> order;
  for (int repetition = 1; repetition <= sweep.repetitions; ++repetition) {
    shuffle(block, random);
    for (const Combination* combination : block) order.push_back({combination, repetition});
  }
  return order;
}

Result<std::vector<Measurement>> parse_measurements(const std::string& output, const std::vector<MeasurePattern>& patterns,
                                                    const std::string& workload) {
  std::vector<Measurement> result;
  std::istringstream lines(output);
  std::string line;
  std::vector<std::optional<double>> found(patterns.size());
  std::vector<std::regex> expressions;
  for (const MeasurePattern& pattern : patterns) expressions.emplace_back(pattern.pattern);
  while (std::getline(lines, line)) {
    take_line(line, result);
    std::smatch match;
    // Lines of a million characters would exhaust the stack of std::regex.
    for (std::size_t i = 0; i < patterns.size() && line.size() < 10'000; ++i) {
      double value = 0;
      if (std::regex_search(line, match, expressions[i]) && match.size() > 1 && parse_number(match[1].str(), value)) found[i] = value;
    }
  }
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    if (!found[i]) return Error{fmt::format("its output has no {} (pattern {})", patterns[i].metric, patterns[i].pattern)};
    result.push_back({workload, 0, patterns[i].metric, patterns[i].unit, *found[i]});
  }
  return result;
}

}  // namespace tulkki
