// SPDX-License-Identifier: Apache-2.0
// Reports and lists for programs: the same figures in basic units, never rounded.
#include <nlohmann/json.hpp>

#include "viewer/analysis/load_findings.h"
#include "viewer/cli/json_text.h"
#include "viewer/cli/report.h"

namespace tulkki {
namespace {

using Json = nlohmann::ordered_json;

Json or_null(const auto& value) { return value ? Json(*value) : Json(nullptr); }

Json host_object(const HostLoad& host) {
  return Json{{"host", host.host},
              {"ranks", host.ranks},
              {"processors", host.processors},
              {"threads_per_core", host.threads_per_core},
              {"governor", host.governor},
              {"load_start", or_null(host.load_start)},
              {"load_end", or_null(host.load_end)},
              {"stolen_share", or_null(host.stolen_share())},
              {"other_processors", or_null(host.other_processors())}};
}

// Null where it was not recorded, and single values where they are not known: never a zero instead.
Json load_object(const RunLoad& load) {
  if (load.processes == 0) return nullptr;
  const bool measured = load.span_ns > 0;
  Json hosts = Json::array();
  for (const HostLoad& host : load.hosts) hosts.push_back(host_object(host));
  return Json{{"warnings", load_sentences(load)},
              {"binding", load.binding},
              {"processes", load.processes},
              {"processes_without_end", load.without_end},
              {"cpu_share", measured ? Json(load.cpu_share()) : Json(nullptr)},
              {"wait_share", measured && load.without_wait == 0 ? Json(load.wait_share()) : Json(nullptr)},
              {"voluntary_switches", measured ? Json(load.voluntary_switches) : Json(nullptr)},
              {"involuntary_switches", measured ? Json(load.involuntary_switches) : Json(nullptr)},
              {"hosts", hosts}};
}

Json run_object(const RunInfo& run) {
  return Json{{"run_id", run.run_id},
              {"label", run.label},
              {"note", run.note},
              {"program", run.program},
              {"arguments", run.arguments},
              {"backend", run.backend},
              {"backend_version", run.backend_version},
              {"front", run.front},
              {"translated", run.translated},
              {"transport", run.transport},
              {"transport_verified", run.transport_verified},
              {"ranks", run.ranks},
              {"nodes", run.nodes},
              {"thread_level", run.thread_level},
              {"kernel", run.kernel},
              {"cpu", run.cpu},
              {"repetition", run.repetition},
              {"started_at", run.started_at},
              {"wall_ns", run.wall_ns},
              {"outcome", run.outcome},
              {"exit_code", run.exit_code ? Json(*run.exit_code) : Json(nullptr)},
              {"own_cost_ns", run.own_cost_ns},
              {"clock_resolution_ns", run.clock_resolution_ns},
              {"trace_path", run.trace_path},
              {"events", run.events},
              {"events_dropped", run.events_dropped},
              {"loss", run.loss},
              {"load", load_object(run.load)}};
}

Json measurements_array(const Measurements& measurements) {
  Json array = Json::array();
  for (const auto& [quantity, value] : measurements) {
    array.push_back({{"workload", quantity.workload},
                     {"bytes", quantity.bytes},
                     {"metric", quantity.name},
                     {"unit", quantity.unit},
                     {"value", value}});
  }
  return array;
}

Json profile_object(const ProfileRow& row, const char* name) {
  Json object{{name, row.name}};
  if (!row.procedure.empty()) object["procedure"] = row.procedure;
  object["calls"] = row.calls;
  object["errors"] = row.errors;
  object["time_ns"] = row.time_ns;
  const bool timed = row.calls > 0 && !row.durations.empty();
  object["min_ns"] = row.calls > 0 ? Json(row.min_ns) : Json(nullptr);
  object["median_ns"] = timed ? Json(row.quantile_ns(0.5)) : Json(nullptr);
  object["p99_ns"] = timed ? Json(row.quantile_ns(0.99)) : Json(nullptr);
  object["max_ns"] = row.calls > 0 ? Json(row.max_ns) : Json(nullptr);
  object["bytes_sent"] = row.bytes_sent;
  object["bytes_received"] = row.bytes_received;
  object["messages_sent"] = row.messages_sent;
  object["messages_received"] = row.messages_received;
  return object;
}

Json profile_array(const std::vector<ProfileRow>& rows, const char* name, std::size_t top) {
  Json array = Json::array();
  for (std::size_t i = 0; i < rows.size() && i < top; ++i) array.push_back(profile_object(rows[i], name));
  return array;
}

Json totals_object(const RunReport& report) {
  return Json{{"calls", report.calls},
              {"errors", report.errors},
              {"processes", report.processes},
              {"wall_sum_ns", report.wall_sum_ns},
              {"mpi_sum_ns", report.mpi_sum_ns},
              {"mpi_share", report.mpi_share()},
              {"time_sum_ns", report.time_sum_ns},
              {"load_balance", report.load_balance > 0 ? Json(report.load_balance) : Json(nullptr)},
              {"own_cost_sum_ns", report.own_cost_sum_ns()}};
}

Json trimmed_name(std::string name) {
  return name.substr(name.find_first_not_of(' '));
}

}  // namespace

std::string report_json(const RunReport& report, int top) {
  Json sizes = Json::array(), spreads = Json::array(), pairs = Json::array();
  for (const SizeRow& row : report.sizes) {
    sizes.push_back({{"size_class", row.size_class},
                     {"messages", row.messages},
                     {"collectives", row.collectives},
                     {"file_operations", row.file_operations},
                     {"bytes", row.bytes}});
  }
  for (const Spread& spread : report.spreads) {
    spreads.push_back({{"quantity", trimmed_name(spread.name)},
                       {"unit", spread.unit},
                       {"minimum", spread.minimum},
                       {"minimum_rank", spread.minimum_rank},
                       {"median", spread.median},
                       {"maximum", spread.maximum},
                       {"maximum_rank", spread.maximum_rank}});
  }
  for (const PairRow& pair : report.matrix.heaviest) {
    pairs.push_back({{"source", pair.source},
                     {"destination", pair.destination},
                     {"kind", pair.kind},
                     {"messages", pair.messages},
                     {"bytes", pair.bytes}});
  }
  const auto rows = static_cast<std::size_t>(top);
  return json_text({{"run", run_object(report.run)},
               {"totals", totals_object(report)},
               {"procedures", profile_array(report.procedures, "procedure", rows)},
               {"sites", profile_array(report.sites, "stack", rows)},
               {"sizes", sizes},
               {"ranks", spreads},
               {"measurements", measurements_array(report.measurements)},
               {"matrix",
                {{"pairs", report.matrix.pairs},
                 {"messages", report.matrix.messages},
                 {"bytes", report.matrix.bytes},
                 {"heaviest", pairs}}}});
}

std::string grouping_json(const RunReport& report, const std::string& grouping, const std::vector<ProfileRow>& rows) {
  Json array = Json::array();
  for (const ProfileRow& row : rows) {
    Json object = profile_object(row, grouping == "site" ? "stack" : grouping.c_str());
    object["key"] = row.key;
    array.push_back(object);
  }
  return json_text({{"run", run_object(report.run)}, {"totals", totals_object(report)}, {"by", grouping}, {"rows", array}});
}

std::string runs_json(const std::vector<RunInfo>& runs) {
  Json array = Json::array();
  for (const RunInfo& run : runs) array.push_back(run_object(run));
  return json_text(array);
}

}  // namespace tulkki
