// SPDX-License-Identifier: Apache-2.0
// The declarative file of `tulkki sweep`: JSON, every field checked by name.
#include <filesystem>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

#include "viewer/analysis/near_name.h"
#include "viewer/sweep/sweep.h"

namespace tulkki {
namespace {

using Json = nlohmann::ordered_json;
using Texts = std::vector<std::string>;

// What is wrong with the file; it becomes one Error on top.
struct Complaint {
  std::string text;
};

[[noreturn]] void complain(const std::string& field, const std::string& text) {
  throw Complaint{fmt::format("field '{}': {}", field, text)};
}

std::string text_of(const Json& value, const std::string& field) {
  if (!value.is_string()) complain(field, "must be a string");
  return value.get<std::string>();
}

// A list, or one value for a list of one. Numbers are taken as written.
Texts texts_of(const Json& value, const std::string& field) {
  Texts texts;
  const auto take = [&](const Json& element) {
    if (element.is_string()) texts.push_back(element.get<std::string>());
    else if (element.is_number()) texts.push_back(element.dump());
    else complain(field, "must be a string, a number, or a list of them");
  };
  if (value.is_array()) for (const Json& element : value) take(element);
  else take(value);
  if (texts.empty()) complain(field, "the list is empty");
  return texts;
}

std::int64_t number_of(const Json& value, const std::string& field, std::int64_t least, std::int64_t most) {
  if (!value.is_number_integer() || value.get<std::int64_t>() < least || value.get<std::int64_t>() > most)
    complain(field, fmt::format("must be a whole number from {} to {}", least, most));
  return value.get<std::int64_t>();
}

bool flag_of(const Json& value, const std::string& field) {
  if (!value.is_boolean()) complain(field, "must be true or false");
  return value.get<bool>();
}

const Texts kFields{"program", "name", "label", "backends", "transports", "factors", "repetitions", "limit_seconds", "seed",
                    "launcher_arguments", "oversubscribe", "trace", "measure", "ranks"};

struct File {
  Texts program, backends{""}, transports{"default"};
  std::vector<int> ranks{1};
  std::vector<std::pair<std::string, Texts>> factors;
};

void take_factors(const Json& value, File& file) {
  if (!value.is_object()) complain("factors", "must be an object of names and lists");
  for (const auto& [name, values] : value.items()) {
    for (const char* taken : {"backend", "transport", "ranks", "repetition"})
      if (name == taken) complain("factors." + name, "this name is reserved: there is a field for it");
    file.factors.emplace_back(name, texts_of(values, "factors." + name));
  }
}

void take_measure(const Json& value, Sweep& sweep) {
  if (!value.is_array()) complain("measure", "must be a list of objects");
  for (const Json& one : value) {
    const std::string field = fmt::format("measure[{}]", sweep.patterns.size());
    if (!one.is_object()) complain(field, "must be an object with metric, unit and pattern");
    MeasurePattern pattern;
    for (const auto& [name, content] : one.items()) {
      if (name == "metric") pattern.metric = text_of(content, field + ".metric");
      else if (name == "unit") pattern.unit = text_of(content, field + ".unit");
      else if (name == "pattern") pattern.pattern = text_of(content, field + ".pattern");
      else complain(field, no_such("field", name, {"metric", "unit", "pattern"}));
    }
    if (pattern.metric.empty() || pattern.pattern.empty()) complain(field, "metric or pattern is missing");
    try {
      if (std::regex(pattern.pattern).mark_count() < 1) complain(field + ".pattern", "put the number in parentheses, as in \"time: ([0-9.]+)\"");
    } catch (const std::regex_error&) {
      complain(field + ".pattern", "is not a valid regular expression");
    }
    sweep.patterns.push_back(pattern);
  }
}

void take_field(const std::string& name, const Json& value, Sweep& sweep, File& file) {
  if (name == "program") file.program = texts_of(value, name);
  else if (name == "name") sweep.name = text_of(value, name);
  else if (name == "label") sweep.label = text_of(value, name);
  else if (name == "backends") file.backends = texts_of(value, name);
  else if (name == "transports") file.transports = texts_of(value, name);
  else if (name == "factors") take_factors(value, file);
  else if (name == "repetitions") sweep.repetitions = static_cast<int>(number_of(value, name, 1, 100'000));
  else if (name == "limit_seconds") sweep.limit = std::chrono::seconds(number_of(value, name, 1, 10'000'000));
  else if (name == "seed") sweep.seed = static_cast<std::uint64_t>(number_of(value, name, 0, INT64_MAX));
  else if (name == "launcher_arguments") sweep.launcher_arguments = text_of(value, name);
  else if (name == "oversubscribe") sweep.oversubscribe = flag_of(value, name);
  else if (name == "trace") sweep.trace = flag_of(value, name);
  else if (name == "measure") take_measure(value, sweep);
  else if (name == "ranks") {
    file.ranks.clear();
    if (!value.is_array()) file.ranks.push_back(static_cast<int>(number_of(value, name, 1, 1 << 24)));
    else for (const Json& one : value) file.ranks.push_back(static_cast<int>(number_of(one, name, 1, 1 << 24)));
    if (file.ranks.empty()) complain(name, "the list is empty");
  } else {
    throw Complaint{no_such("field", name, kFields)};
  }
}

bool substitute(Texts& words, const std::string& name, const std::string& value) {
  const std::string place = "{" + name + "}";
  bool any = false;
  for (std::string& word : words)
    for (std::size_t at = 0; (at = word.find(place, at)) != std::string::npos; at += value.size()) {
      word.replace(at, place.size(), value);
      any = true;
    }
  return any;
}

std::vector<Combination> combine(const File& file) {
  std::vector<Combination> result;
  for (const std::string& backend : file.backends)
    for (const std::string& transport : file.transports)
      for (const int ranks : file.ranks) result.push_back({backend, transport, ranks, file.program, {}, 0});
  for (const auto& [name, values] : file.factors) {
    std::vector<Combination> larger;
    for (const Combination& before : result) {
      for (const std::string& value : values) {
        Combination one = before;
        if (!substitute(one.program, name, value)) complain("factors." + name, fmt::format("'program' does not use it: write {{{}}} where its value belongs", name));
        one.values[name] = value;
        larger.push_back(std::move(one));
      }
    }
    result = std::move(larger);
  }
  return result;
}

}  // namespace

Result<Sweep> read_sweep_file(const std::string& path) {
  std::ifstream stream(path);
  if (!stream || std::filesystem::is_directory(path)) return Error{fmt::format("{}: cannot be read", path)};
  Sweep sweep;
  sweep.name = std::filesystem::path(path).stem();
  try {
    const Json json = Json::parse(stream, nullptr, true, true);
    if (!json.is_object()) return Error{path + ": the file must hold an object with at least 'program'"};
    File file;
    for (const auto& [name, value] : json.items()) take_field(name, value, sweep, file);
    if (file.program.empty()) return Error{path + ": field 'program' is missing"};
    // The same name with another program is another sweep.
    sweep.combinations = combine(file);
    for (Combination& combination : sweep.combinations) combination.values["program"] = fmt::format("{}", fmt::join(file.program, " "));
  } catch (const Json::parse_error& error) {
    std::string reason = error.what();  // "[json.exception.parse_error.101] parse error at line 3, column 4: ..."
    if (const std::size_t at = reason.find("] "); at != std::string::npos) reason.erase(0, at + 2);
    return Error{path + ": " + reason};
  } catch (const Complaint& complaint) {
    return Error{path + ": " + complaint.text};
  }
  if (sweep.label.empty()) sweep.label = sweep.name;
  return sweep;
}

}  // namespace tulkki
