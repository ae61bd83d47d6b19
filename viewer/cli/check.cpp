// SPDX-License-Identifier: Apache-2.0
// `tulkki check`: validates OTF2 archives and says what is wrong with them, where, and what that means.
#include "storage/check/check.h"

#include <fmt/core.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "viewer/analysis/run_list.h"
#include "viewer/cli/command.h"
#include "viewer/cli/json_text.h"
#include "viewer/cli/quantity.h"

namespace tulkki {
namespace {

struct Counts {
  std::uint64_t defects = 0, defect_kinds = 0, warnings = 0;
};

// Findings that count, in the order of their kinds.
struct Listed {
  check::Kind kind;
  bool is_defect;
  const check::Finding* finding;
};

std::vector<Listed> listed(const check::Report& report, const std::vector<check::Kind>& ignored, bool strict,
                           Counts* counts) {
  std::vector<Listed> result;
  for (std::size_t index = 0; index < report.findings.size(); ++index) {
    const check::Kind kind = check::Kind(index);
    const check::Finding& finding = report.findings[index];
    if (finding.count == 0 || std::find(ignored.begin(), ignored.end(), kind) != ignored.end()) continue;
    const bool is_defect = strict || check::info(kind).severity == check::Severity::error;
    result.push_back({kind, is_defect, &finding});
    (is_defect ? counts->defects : counts->warnings) += finding.count;
    if (is_defect) ++counts->defect_kinds;
  }
  std::stable_partition(result.begin(), result.end(), [](const Listed& entry) { return entry.is_defect; });
  return result;
}

std::string place_text(const check::Report& report, const check::Place& place) {
  std::string text = place.location;
  if (place.event != 0) text += fmt::format(", event {}", place.event);
  if (place.time_ticks != 0) {
    if (report.ticks_per_second != 0) {
      const double seconds =
          (double(place.time_ticks) - double(report.epoch_begin_ticks)) / double(report.ticks_per_second);
      text += fmt::format(", {:.9f} s", seconds);
    } else {
      text += fmt::format(", tick {}", place.time_ticks);
    }
  }
  return text;
}

// `brief`: one of many archives, of which only those with findings are worth more than a line.
void print_text(const std::string& trace, const check::Report& report, const std::vector<Listed>& entries,
                const Counts& counts, bool brief) {
  if (!brief || !entries.empty()) {
    fmt::print("{}\n  {}, {}, {} matched, {}{}\n", report.anchor, plural(report.locations, "location"),
               plural(report.events, "event"), plural(report.messages, "message"),
               plural(report.collectives, "collective"),
               report.creator.empty() ? "" : "; written by " + report.creator);
  }
  for (const Listed& entry : entries) {
    const check::KindInfo& info = check::info(entry.kind);
    fmt::print("\n{} {}: {}\n  {}\n", entry.is_defect ? "DEFECT" : "warning", info.name, entry.finding->count,
               info.meaning);
    for (const check::Example& example : entry.finding->examples) {
      const std::string place = place_text(report, example.place);
      fmt::print("    {}{}{}\n", place, place.empty() ? "" : ": ", example.text);
    }
    const std::uint64_t more = entry.finding->count - entry.finding->examples.size();
    if (more != 0) fmt::print("    ... and {} more\n", more);
  }
  if (!entries.empty()) fmt::print("\n");
  if (counts.defects != 0) {
    fmt::print("{}: {} of {}\n", trace, plural(counts.defects, "defect"), plural(counts.defect_kinds, "kind"));
  } else {
    fmt::print("{}: no defects ({}, {}{})\n", trace, plural(report.locations, "location"),
               plural(report.events, "event"), counts.warnings == 0 ? "" : "; " + plural(counts.warnings, "warning"));
  }
}

nlohmann::ordered_json json_object(const check::Report& report, const std::vector<Listed>& entries,
                                   const Counts& counts) {
  nlohmann::ordered_json document = {{"trace", report.anchor},
                                     {"creator", report.creator},
                                     {"locations", report.locations},
                                     {"definitions", report.definitions},
                                     {"events", report.events},
                                     {"messages", report.messages},
                                     {"collectives", report.collectives},
                                     {"ticks_per_second", report.ticks_per_second},
                                     {"defects", counts.defects},
                                     {"warnings", counts.warnings},
                                     {"findings", nlohmann::ordered_json::array()}};
  for (const Listed& entry : entries) {
    const check::KindInfo& info = check::info(entry.kind);
    nlohmann::ordered_json examples = nlohmann::ordered_json::array();
    for (const check::Example& example : entry.finding->examples) {
      examples.push_back({{"location", example.place.location},
                          {"time_ticks", example.place.time_ticks},
                          {"event", example.place.event},
                          {"text", example.text}});
    }
    document["findings"].push_back({{"kind", info.name},
                                    {"severity", entry.is_defect ? "defect" : "warning"},
                                    {"count", entry.finding->count},
                                    {"meaning", info.meaning},
                                    {"examples", std::move(examples)}});
  }
  return document;
}

// A line on a terminal that is rewritten while a long check runs.
std::function<void(std::uint64_t)> progress_line() {
  if (isatty(STDERR_FILENO) == 0) return {};
  return [begin = std::chrono::steady_clock::now(), shown = false](std::uint64_t events) mutable {
    if (!shown && std::chrono::steady_clock::now() - begin < std::chrono::seconds(2)) return;
    shown = true;
    fmt::print(stderr, "\rchecking: {} million events ", events / 1'000'000);
    std::fflush(stderr);
  };
}

// Of a folder without an archive of its own, all archives below it. What is neither file nor folder names a run.
Result<std::vector<std::string>> archives_of(const std::string& trace, const std::string& database_option) {
  namespace files = std::filesystem;
  std::error_code error;
  if (!files::exists(trace, error)) {
    Result<Database> database = Database::open(database_path(database_option));
    if (!database)
      return Error{trace + ": no such file or folder, and runs cannot be looked up: " + database.message()};
    const Result<RunInfo> run = select_run(*database, trace);
    if (!run) return Error{trace + ": no such file or folder; " + run.message()};
    if (run->trace_path.empty()) return Error{fmt::format("run {} was recorded without a trace", run->run_id)};
    return std::vector<std::string>{run->trace_path};
  }
  if (!files::is_directory(trace, error)) return std::vector<std::string>{trace};
  std::vector<std::string> archives;
  const auto options = files::directory_options::skip_permission_denied;
  for (files::recursive_directory_iterator at(trace, options, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;
    if (at->path().extension() == ".otf2" && at->is_regular_file(ignored)) archives.push_back(at->path().string());
  }
  if (archives.empty()) return Error{trace + ": there is no OTF2 archive (*.otf2) in this folder or below it"};
  std::sort(archives.begin(), archives.end());
  return archives;
}

struct CheckArguments {
  std::string trace, database;
  check::Options options;
  std::vector<check::Kind> ignored;
  bool json = false, strict = false;
};

int check_all(const CheckArguments& arguments) {
  const Result<std::vector<std::string>> archives = archives_of(arguments.trace, arguments.database);
  if (!archives) return failed("check", archives.message());
  auto documents = nlohmann::ordered_json::array();
  std::size_t defective = 0, unreadable = 0;
  for (const std::string& archive : *archives) {
    const Result<check::Report> report = check::check_trace(archive, arguments.options);
    if (isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r\033[K");
    if (!report) {
      failed("check", report.message());
      ++unreadable;
      continue;
    }
    Counts counts;
    const std::vector<Listed> entries = listed(*report, arguments.ignored, arguments.strict, &counts);
    if (counts.defects != 0) ++defective;
    if (arguments.json)
      documents.push_back(json_object(*report, entries, counts));
    else
      print_text(archives->size() == 1 ? arguments.trace : archive, *report, entries, counts, archives->size() > 1);
  }
  // Names come from the trace and need not be UTF-8.
  const auto& document = archives->size() == 1 && !documents.empty() ? documents.front() : documents;
  if (arguments.json && (archives->size() > 1 || unreadable == 0)) {
    fmt::print("{}", json_text(document));
  } else if (archives->size() > 1) {
    fmt::print("\n{}: {}, {} with defects{}\n", arguments.trace, plural(archives->size(), "archive"), defective,
               unreadable > 0 ? fmt::format(", {} unreadable", unreadable) : "");
  }
  return defective + unreadable == 0 ? 0 : kExitFailed;
}

int list_kinds() {
  for (std::size_t index = 0; index < std::size_t(check::Kind::count); ++index) {
    const check::KindInfo& info = check::info(check::Kind(index));
    fmt::print("{:<26} {:<8} {}\n", info.name, info.severity == check::Severity::error ? "defect" : "warning",
               info.meaning);
  }
  return 0;
}

}  // namespace

int check_command(int argc, char** argv) {
  CLI::App app("Validates OTF2 archives, of any tool: finds what otf2-print lets pass.", "tulkki check");
  app.footer(
      "Examples: tulkki check last\n"
      "          tulkki check tulkki-traces\n"
      "Exit codes: 0 no defects, 1 defects or an unreadable archive, 2 wrong use.");
  CheckArguments arguments;
  std::vector<std::string> ignored_names;
  bool kinds = false;
  app.add_option("TRACE", arguments.trace,
                 "anchor file (*.otf2), a folder (all archives in it), or a run: its number, its label or 'last'")
      ->type_name("");
  app.add_option("--db", arguments.database, "database of the run (default: TULKKI_DB, else tulkki.db)")
      ->type_name("FILE");
  app.add_option("--max", arguments.options.max_examples, "places shown per kind (default: 3)")->type_name("N");
  app.add_option("--ignore", ignored_names, "do not count this kind of defect or warning; may be repeated")
      ->type_name("KIND")
      ->allow_extra_args(false);
  app.add_flag("--strict", arguments.strict, "count warnings as defects");
  app.add_flag("--json", arguments.json, "machine-readable");
  app.add_flag("--kinds", kinds, "list the kinds and what they mean");
  if (const auto code = parse_arguments(app, argc, argv)) return *code;
  if (kinds) return list_kinds();
  if (arguments.trace.empty()) {
    return wrong_use("check", "which trace? Give its anchor file (*.otf2), a folder, or a run such as 'last'");
  }
  for (const std::string& name : ignored_names) {
    check::Kind kind;
    if (!check::kind_by_name(name, &kind)) {
      return wrong_use("check",
                       fmt::format("--ignore: there is no kind '{}'; `tulkki check --kinds` lists them", name));
    }
    arguments.ignored.push_back(kind);
  }
  arguments.options.progress = progress_line();
  return check_all(arguments);
}

}  // namespace tulkki
