// SPDX-License-Identifier: Apache-2.0
// The report as text: most important first, every figure with its unit, nothing that is empty.
#include <algorithm>
#include <cmath>
#include <fmt/core.h>

#include "viewer/analysis/load_findings.h"
#include "viewer/cli/quantity.h"
#include "viewer/cli/report.h"

namespace tulkki {
namespace {

using Kind = TextTable::Kind;

std::string title(const Style& style, const std::string& text, std::size_t shown = 0, std::size_t all = 0) {
  const std::string more = shown < all ? fmt::format(" (first {} of {})", shown, all) : "";
  return fmt::format("\n{}{}\n", style.bold(text), style.dim(more));
}

std::size_t limit(int top, std::size_t rows) { return std::min(rows, static_cast<std::size_t>(top)); }

double part(double value, double whole) { return whole > 0 ? value / whole : 0; }

std::string implementation(const RunInfo& run) {
  std::string name = run.backend_version.empty() ? run.backend : run.backend_version;
  for (const char separator : {'\n', ','}) name = name.substr(0, name.find(separator));
  std::replace(name.begin(), name.end(), '\t', ' ');
  if (const std::size_t word = name.find(" Version:"); word != std::string::npos) name.erase(word, 9);  // MPICH
  return fmt::format("{} ({})", name, run.translated ? "translated from " + run.front : "native");
}

std::string outcome(const RunInfo& run) {
  return run.exit_code.value_or(0) != 0 ? fmt::format("{}, exit {}", run.outcome, *run.exit_code) : run.outcome;
}

// Innermost frame of a stack, "function file:line", the file without its folders.
std::string first_frame(const std::string& stack) {
  std::string frame = stack.substr(0, stack.find('\n'));
  const std::size_t blank = frame.rfind(' '), slash = frame.rfind('/');
  if (blank != std::string::npos && slash != std::string::npos && slash > blank) {
    frame.erase(blank + 1, slash - blank);
  }
  return frame;
}

// A rate only where each row is one procedure: elsewhere bytes of nonblocking calls meet time of blocking ones.
void profile_row(TextTable& table, const ProfileRow& row, const RunReport& report, bool with_rate, const Style& style) {
  const double bytes = static_cast<double>(row.bytes_sent + row.bytes_received);
  const bool counted = row.calls > 0 && !row.durations.empty();
  std::vector<std::string> cells{row.name,
                                 share_text(part(row.time_ns, report.time_sum_ns)),
                                 share_text(part(row.time_ns, report.wall_sum_ns)),
                                 count_text(row.calls),
                                 duration_text(row.time_ns, style),
                                 counted ? duration_text(row.quantile_ns(0.5), style) : "-",
                                 counted ? duration_text(row.quantile_ns(0.99), style) : "-",
                                 bytes > 0 ? bytes_text(bytes) : "-"};
  if (with_rate) cells.push_back(has_rate(row.name) ? rate_text(bytes, row.time_ns) : "-");
  table.row(std::move(cells));
}

TextTable profile_table(const std::string& heading, bool with_rate) {
  TextTable table;
  table.column(heading, Kind::flexible);
  for (const char* column : {"of MPI", "of wall", "calls", "time", "median", "p99", "bytes"}) {
    table.column(column);
  }
  if (with_rate) table.column("rate");
  table.may_leave_out({"of wall", "rate", "p99"});
  return table;
}

std::string procedures_text(const RunReport& report, int top, const Style& style) {
  TextTable table = profile_table("procedure", true);
  const std::size_t shown = limit(top, report.procedures.size());
  for (std::size_t i = 0; i < shown; ++i)
    profile_row(table, report.procedures[i], report, true, style);
  return title(style, "Procedures", shown, report.procedures.size()) + table.text(style, "  ");
}

std::string sites_text(const std::vector<ProfileRow>& sites, const RunReport& report, int top, const Style& style) {
  TextTable table;
  table.column("call site", Kind::flexible);
  table.column("procedure", Kind::flexible);
  for (const char* column : {"of MPI", "calls", "time", "median", "bytes"}) table.column(column);
  std::vector<const ProfileRow*> called;
  for (const ProfileRow& row : sites) {
    if (row.calls > 0) called.push_back(&row);
  }
  const std::size_t shown = limit(top, called.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const ProfileRow& row = *called[i];
    const double bytes = static_cast<double>(row.bytes_sent + row.bytes_received);
    table.row({first_frame(row.name), row.procedure, share_text(part(row.time_ns, report.time_sum_ns)),
               count_text(row.calls), duration_text(row.time_ns, style),
               row.durations.empty() ? "-" : duration_text(row.quantile_ns(0.5), style),
               bytes > 0 ? bytes_text(bytes) : "-"});
  }
  return title(style, "Call sites", shown, called.size()) + table.text(style, "  ");
}

std::string sizes_text(const RunReport& report, const Style& style) {
  if (report.sizes.empty()) return "";
  std::int64_t most = 1, collectives = 0, files = 0;
  for (const SizeRow& row : report.sizes) {
    most = std::max(most, row.operations());
    collectives += row.collectives;
    files += row.file_operations;
  }
  TextTable table;
  table.column("size");
  table.column("messages");
  if (collectives > 0) table.column("collectives");
  if (files > 0) table.column("file operations");
  table.column("bytes");
  table.column("", Kind::text);
  table.may_leave_out({"", "file operations", "collectives"});
  for (const SizeRow& row : report.sizes) {
    std::vector<std::string> cells{size_class_name(row.size_class), count_text(row.messages)};
    if (collectives > 0) cells.push_back(count_text(row.collectives));
    if (files > 0) cells.push_back(count_text(row.file_operations));
    cells.push_back(row.bytes > 0 ? bytes_text(static_cast<double>(row.bytes)) : "-");
    cells.push_back(style.bar(part(static_cast<double>(row.operations()), static_cast<double>(most)), 24));
    table.row(cells);
  }
  return title(style, "Sizes") + table.text(style, "  ");
}

std::string spreads_text(const RunReport& report, const Style& style) {
  if (report.processes < 2) return "";
  TextTable table;
  table.column("per rank", Kind::flexible);
  for (const char* column : {"minimum", "at rank", "median", "maximum", "at rank", "max / median"})
    table.column(column);
  table.may_leave_out({"max / median", "median"});
  for (const Spread& spread : report.spreads) {
    if (spread.maximum <= 0) continue;
    const auto text = [&](double value) {
      return spread.unit == "bytes" ? bytes_text(value) : duration_text(value, style);
    };
    table.row({spread.name, text(spread.minimum), std::to_string(spread.minimum_rank), text(spread.median),
               text(spread.maximum), std::to_string(spread.maximum_rank),
               spread.median > 0 ? fmt::format("{:.2f}", spread.maximum / spread.median) : "-"});
  }
  std::string text = title(style, "Balance") + table.text(style, "  ");
  if (report.load_balance > 0) {
    text += wrapped(fmt::format("load balance {}: mean time outside MPI divided by the longest",
                                share_text(report.load_balance)),
                    "  ", "    ", style);
  }
  return text;
}

std::string matrix_text(const RunReport& report, int top, const Style& style) {
  const MatrixSummary& matrix = report.matrix;
  if (matrix.pairs == 0) return "";
  TextTable table;
  table.column("from", Kind::number);
  table.column("to", Kind::number);
  table.column("kind", Kind::text);
  for (const char* column : {"messages", "bytes", "of bytes"}) table.column(column);
  const std::size_t shown = limit(std::min(top, 5), matrix.heaviest.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const PairRow& pair = matrix.heaviest[i];
    table.row({std::to_string(pair.source), std::to_string(pair.destination), pair.kind, count_text(pair.messages),
               bytes_text(static_cast<double>(pair.bytes)),
               share_text(part(static_cast<double>(pair.bytes), static_cast<double>(matrix.bytes)))});
  }
  return title(style, fmt::format("Heaviest of {} pairs: {}, {}", matrix.pairs,
                                  count_text(matrix.messages) + (matrix.messages == 1 ? " message" : " messages"),
                                  bytes_text(static_cast<double>(matrix.bytes)))) +
         table.text(style, "  ");
}

std::string measurements_text(const RunReport& report, int top, const Style& style) {
  if (report.measurements.empty()) return "";
  TextTable table;
  table.column("measured by the program", Kind::flexible);
  table.column("size");
  table.column("value");
  const std::size_t shown = limit(top, report.measurements.size());
  auto entry = report.measurements.begin();
  for (std::size_t i = 0; i < shown; ++i, ++entry) {
    const auto& [quantity, value] = *entry;
    table.row({printable(quantity.workload == quantity.name ? quantity.name : quantity.workload + " " + quantity.name),
               quantity.bytes > 0 ? bytes_text(static_cast<double>(quantity.bytes)) : "-",
               printable(quantity_text(value, quantity.unit, style))});
  }
  return title(style, "Measurements", shown, report.measurements.size()) + table.text(style, "  ");
}

std::string small_share_text(double share) {
  return share > 0 && share < 1e-5 ? "less than 0.001 %" : fmt::format("{:.3f} %", share * 100);
}

std::string recorder_text(const RunReport& report, const Style& style) {
  const RunInfo& run = report.run;
  std::string text = title(style, "Recorder");
  const auto add = [&](const std::string& line) { text += wrapped(line, "  ", "    ", style); };
  add(fmt::format("recording cost {} per call, {} in all ({} of wall time)", duration_text(run.own_cost_ns, style),
                  duration_text(report.own_cost_sum_ns(), style),
                  small_share_text(part(report.own_cost_sum_ns(), report.wall_sum_ns))));
  add("clock resolution " + duration_text(run.clock_resolution_ns, style));
  if (!run.trace_path.empty()) text += fmt::format("  trace {}\n", printable(run.trace_path));
  if (run.events_dropped > 0) {
    add(fmt::format("{} call{} missing from the trace, but not from the profile", count_text(run.events_dropped),
                    run.events_dropped == 1 ? " is" : "s are"));
  }
  if (!run.loss.empty()) add("lost: " + printable(run.loss));
  if (report.processes < run.ranks) {
    const std::int64_t missing = run.ranks - report.processes;
    add(fmt::format("{} of {} left no log: {} calls are missing everywhere", missing, plural(run.ranks, "rank"),
                    missing == 1 ? "its" : "their"));
  }
  return text;
}

}  // namespace

std::string head_text(const RunReport& report, const Style& style) {
  const RunInfo& run = report.run;
  std::string date = run.started_at.substr(0, 19);
  std::replace(date.begin(), date.end(), 'T', ' ');
  const std::string label = run.label.empty() ? "" : fmt::format("  [{}]", fitted(printable(run.label), 30));
  const std::string name = fmt::format("Run {}", run.run_id);
  std::string command = printable(run.arguments.empty() ? run.program : run.arguments);
  command = fitted(command, style.width - 2 - name.size() - text_width(label));
  std::string text = style.bold(name) + "  " + command + label + "\n";
  const std::string threads =
      run.thread_level.empty() || run.thread_level == "single" ? "" : ", threads " + run.thread_level;
  const std::string places = fmt::format(
      ", transport {}{}, {} on {}{}{}", printable(run.transport),
      run.transport_unverified() ? " (NOT verified)" : run.transport_verified.empty() ? "" : " (verified)",
      plural(run.ranks, "rank"), plural(run.nodes, "node"), threads,
      run.repetition > 1 ? fmt::format(", repetition {}", run.repetition) : "");
  text += wrapped(fitted(printable(implementation(run)), style.width / 2) + places, "  ", "  ", style);
  text +=
      wrapped(fmt::format("{} UTC, wall {}, {} in MPI, {} {}{}, {}", date,
                          duration_text(static_cast<double>(run.wall_ns), style), share_text(report.mpi_share()),
                          count_text(report.calls), report.calls == 1 ? "call" : "calls",
                          report.errors > 0 ? fmt::format(", {} failed", count_text(report.errors)) : "", outcome(run)),
              "  ", "  ", style);
  if (!run.note.empty()) text += wrapped("note: " + printable(run.note), "  ", "  ", style);
  for (const std::string& sentence : load_sentences(run.load)) text += wrapped(printable(sentence), "  ! ", "    ", style);
  return text;
}

std::string report_text(const RunReport& report, int top, const Style& style) {
  std::string text = head_text(report, style);
  text += measurements_text(report, top, style);
  if (report.calls == 0) return text + "\n  no MPI calls were recorded\n" + recorder_text(report, style);
  text += procedures_text(report, top, style);
  text += sites_text(report.sites, report, top, style);
  text += sizes_text(report, style);
  text += spreads_text(report, style);
  text += matrix_text(report, top, style);
  return text + recorder_text(report, style);
}

std::string grouping_text(const RunReport& report, Grouping grouping, const std::vector<ProfileRow>& rows, int top,
                          const Style& style) {
  std::string text = head_text(report, style);
  if (grouping == Grouping::procedure) return text + procedures_text(report, top, style);
  if (grouping == Grouping::site) return text + sites_text(rows, report, top, style);
  const char* heading = "";
  switch (grouping) {
    case Grouping::communicator: heading = "communicator"; break;
    case Grouping::peer: heading = "peer"; break;
    case Grouping::size: heading = "size"; break;
    case Grouping::rank: heading = "rank"; break;
    case Grouping::procedure:
    case Grouping::site: break;
  }
  TextTable table = profile_table(heading, false);
  const std::size_t shown = limit(top, rows.size());
  for (std::size_t i = 0; i < shown; ++i)
    profile_row(table, rows[i], report, false, style);
  return text + title(style, fmt::format("By {}", heading), shown, rows.size()) + table.text(style, "  ");
}

}  // namespace tulkki
