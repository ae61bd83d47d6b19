// SPDX-License-Identifier: Apache-2.0
// The command `tulkki doctor`: the table of checks, and how its result is printed.
#include "viewer/cli/doctor.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "viewer/cli/command.h"
#include "viewer/cli/json_text.h"
#include "viewer/cli/terminal.h"

namespace tulkki {
namespace {

// What is looked at on this machine. A further examination, as of the connections between hosts, would be another such
// table.
constexpr std::array kDoctorChecks{
    DoctorCheck{"MPI", "recorder", check_recorder},
    DoctorCheck{"MPI", "libraries", check_libraries},
    DoctorCheck{"MPI", "launchers", check_launchers},
    DoctorCheck{"MPI", "compilers", check_compilers},
    DoctorCheck{"MPI", "mixture", check_mixture},
    DoctorCheck{"MPI", "environment", check_environment},
    DoctorCheck{"MPI", "transports", check_transports},
    DoctorCheck{"MPI", "user", check_root_user},
    DoctorCheck{"Memory", "/dev/shm", check_shared_memory},
    DoctorCheck{"Memory", "left over", check_left_over},
    DoctorCheck{"Memory", "single copy", check_single_copy},
    DoctorCheck{"Memory", "limits", check_memory_limits},
    DoctorCheck{"Memory", "settings", check_memory_settings},
    DoctorCheck{"Memory", "NUMA", check_numa},
    DoctorCheck{"Processors", "usable", check_processors},
    DoctorCheck{"Processors", "quota", check_quota},
    DoctorCheck{"Processors", "load", check_load},
    DoctorCheck{"Processors", "frequency", check_governor},
    DoctorCheck{"Processors", "clock", check_clock},
    DoctorCheck{"Limits", "open files", check_descriptors},
    DoctorCheck{"Limits", "processes", check_process_count},
    DoctorCheck{"Limits", "stack", check_stack},
    DoctorCheck{"Limits", "perf", check_perf},
    DoctorCheck{"Limits", "network", check_network},
    DoctorCheck{"Files", "folder", check_working_folder},
    DoctorCheck{"Files", "database", check_database},
    DoctorCheck{"Window", "viewer", check_viewer},
    DoctorCheck{"Window", "display", check_display},
    DoctorCheck{"Window", "fonts", check_fonts},
};

struct Line {
  const DoctorCheck* check;
  Finding finding;
};

const char* name_of(Health health) {
  switch (health) {
    case Health::ok:
      return "ok";
    case Health::warn:
      return "warn";
    case Health::bad:
      return "bad";
  }
  return "";
}

// "ok", "warn" or "bad", four characters wide.
std::string mark(Health health, const Style& style) {
  const std::string name = fmt::format("{:<4}", name_of(health));
  if (!style.colour) return name;
  const char* colour = health == Health::ok ? "32" : health == Health::warn ? "33" : "1;31";
  return fmt::format("\033[{}m{}\033[0m", colour, name);
}

// Lines are broken between words; what is longer than a line (a path) is not cut.
std::string wrapped(const std::string& text, std::size_t indent) {
  std::string result;
  std::size_t width = indent;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (begin > 0) {
      const bool full = width + 1 + text_width(word) > kLineWidth;
      result += full ? "\n" + std::string(indent, ' ') : " ";
      width = full ? indent : width + 1;
    }
    result += word;
    width += text_width(word);
    begin = end + 1;
  }
  return result;
}

constexpr std::size_t kTextColumn = 22;

void print_text(const std::vector<DoctorFact>& facts, const std::vector<Line>& lines, const Style& style) {
  for (const DoctorFact& fact : facts)
    fmt::print("{:<14}{}\n", fact.name, printable(fact.text));
  std::string_view group, name;
  std::array<int, 3> counts{};
  for (const Line& line : lines) {
    if (line.check->group != group) fmt::print("\n{}\n", style.bold(std::string(line.check->group)));
    const bool same = line.check->group == group && line.check->name == name;
    group = line.check->group;
    name = line.check->name;
    fmt::print("  {}  {:<14}{}\n", mark(line.finding.health, style), same ? "" : name,
               wrapped(printable(line.finding.text), kTextColumn));
    if (!line.finding.mend.empty())
      fmt::print("{}-> {}\n", std::string(kTextColumn, ' '), printable(line.finding.mend));
    ++counts[static_cast<std::size_t>(line.finding.health)];
  }
  fmt::print("\n{} ok, {} warn, {} bad\n", counts[0], counts[1], counts[2]);
}

void print_json(const std::vector<DoctorFact>& facts, const std::vector<Line>& lines) {
  using Json = nlohmann::ordered_json;
  Json system = Json::object(), checks = Json::array();
  for (const DoctorFact& fact : facts)
    system[fact.name] = fact.text;
  for (const Line& line : lines) {
    checks.push_back({{"group", line.check->group},
                      {"check", line.check->name},
                      {"health", name_of(line.finding.health)},
                      {"text", line.finding.text},
                      {"mend", line.finding.mend}});
  }
  const Json all{{"system", system}, {"checks", checks}};
  fmt::print("{}", json_text(all));
}

}  // namespace

int doctor_command(int argc, char** argv) {
  CLI::App app(
      "Examines this machine: is it fit to run and to measure MPI programs? Each line is ok, warn or bad, says why, "
      "and "
      "is followed by the command that mends it. Nothing is changed.",
      "tulkki doctor");
  app.footer(
      "Example: tulkki doctor\nPaste its output into a bug report. Exit code: 0 when nothing is bad, else 1. See "
      "docs/doctor.md");
  bool json = false;
  std::string root;
  app.add_flag("--json", json, "for programs: the same as a list of checks");
  app.add_option("--root", root, "examine the system whose files lie below this folder")
      ->type_name("FOLDER")
      ->group("");
  if (const auto code = parse_arguments(app, argc, argv)) return *code;
  const DoctorSystem system(root);
  std::vector<Line> lines;
  for (const DoctorCheck& check : kDoctorChecks)
    for (Finding& finding : check.look(system))
      lines.push_back({&check, std::move(finding)});
  const std::vector<DoctorFact> facts = doctor_facts(system);
  if (json)
    print_json(facts, lines);
  else
    print_text(facts, lines, Style::of_stdout());
  const bool sick =
      std::any_of(lines.begin(), lines.end(), [](const Line& line) { return line.finding.health == Health::bad; });
  return sick ? kExitFailed : 0;
}

}  // namespace tulkki
