// SPDX-License-Identifier: Apache-2.0
// The queries behind the exported tables. Tables with percentiles merge the histograms of consecutive rows with
// equal keys, which the queries put side by side.
#include "viewer/analysis/export_tables.h"

#include <algorithm>
#include <fmt/core.h>

#include "storage/histogram.h"

namespace tulkki {
namespace {

enum class Shape {
  plain,       // the query's columns are the table's
  summed,      // key columns, then kMeasures: sums and percentiles over rows with equal keys
  histogram,   // key columns, then kMeasures: one row a bucket
};

struct Table {
  std::string_view name;
  Shape shape;
  int keys;               // key columns besides the factors
  const char* columns;
  const char* source;     // %factors are those of `run`
  const char* order;
};

constexpr const char* kFactorColumns = "run.run_id, run.label, run.backend, run.transport, run.ranks, run.repetition";
constexpr int kFactorCount = 6;
constexpr const char* kMeasures =
    "call.calls, call.errors, call.time_ns, call.min_ns, call.max_ns, call.bytes_sent, call.bytes_received, "
    "call.messages_sent, call.messages_received, call.histogram";

constexpr const char* kCallSource = "call JOIN run USING (run_id) JOIN procedure USING (procedure_id)";
constexpr const char* kSiteSource =
    "call JOIN run USING (run_id) JOIN procedure USING (procedure_id) LEFT JOIN call_site USING (site_id)";
constexpr const char* kWideSource =
    "call JOIN run USING (run_id) JOIN procedure USING (procedure_id) LEFT JOIN call_site USING (site_id) "
    "LEFT JOIN context USING (context_id)";

const std::vector<Table> kTables{
    {"calls", Shape::summed, 11,
     "call.rank, call.thread, procedure.name AS procedure, procedure.family, call.site_id, call_site.stack, "
     "call.context_id, context.kind AS context_kind, context.name AS context_name, call.peer, call.size_class",
     kWideSource, "call.rowid"},
    {"procedures", Shape::summed, 3, "call.rank, procedure.name AS procedure, procedure.family", kCallSource,
     "call.run_id, call.rank, procedure.name"},
    {"sites", Shape::summed, 4, "call.site_id, call_site.stack, procedure.name AS procedure, procedure.family",
     kSiteSource, "call.run_id, call.site_id, procedure.name"},
    {"matrix", Shape::plain, 0,
     "matrix.source, matrix.destination, matrix.kind, matrix.messages, matrix.bytes, matrix.time_ns",
     "matrix JOIN run USING (run_id)", "matrix.run_id, matrix.source, matrix.destination, matrix.kind"},
    {"processes", Shape::plain, 0,
     "process.rank, process.host, process.process_id, process.state, process.wall_ns, process.mpi_ns, "
     "process.peak_memory_bytes, process.user_cpu_ns, process.system_cpu_ns, process.threads, process.calls",
     "process JOIN run USING (run_id)", "process.run_id, process.rank"},
    {"load", Shape::plain, 0,
     "process_load.rank, process_load.host_rank, process_load.affinity, process_load.processors, "
     "process_load.processor_start, process_load.processor_end, process_load.reading, process_load.span_ns, "
     "process_load.user_cpu_ns, process_load.system_cpu_ns, process_load.voluntary_switches, "
     "process_load.involuntary_switches, process_load.wait_ns",
     "process_load JOIN run USING (run_id)", "process_load.run_id, process_load.rank"},
    {"hosts", Shape::plain, 0,
     "host_load.rank, host_load.host, host_load.ranks AS host_ranks, host_load.processors, host_load.threads_per_core, "
     "host_load.governor, host_load.frequency_driver, host_load.load_start, host_load.load_end, "
     "host_load.running_start, host_load.running_end, host_load.frequency_start_hz, host_load.frequency_end_hz, host_load.frequency_max_hz, "
     "host_load.busy_ns, host_load.idle_ns, host_load.stolen_ns",
     "host_load JOIN run USING (run_id)", "host_load.run_id, host_load.rank"},
    {"runs", Shape::plain, 0,
     "run.program, run.arguments, run.working_directory, run.backend_version, run.backend_library, run.front, "
     "run.translated, run.transport_verified, run.nodes, run.thread_level, run.kernel, run.cpu, run.started_at, "
     "run.wall_ns, run.outcome, run.exit_code, run.own_cost_ns, run.clock_resolution_ns, run.trace_path, run.events, "
     "run.events_dropped, run.loss, run.tulkki_version",
     "run", "run.run_id"},
    {"measurements", Shape::plain, 0,
     "run.front, run.translated, measurement.workload, measurement.bytes, measurement.metric, measurement.unit, "
     "measurement.value",
     "measurement JOIN run USING (run_id)", "measurement.run_id, measurement.rowid"},
    {"histogram", Shape::histogram, 2, "procedure.name AS procedure, procedure.family", kCallSource,
     "call.run_id, procedure.name"},
};

Cell cell_of(const Statement& query, int column, bool real) {
  if (query.is_null(column)) return {};
  if (real) return query.real(column);
  return query.integer(column);
}

// SQLite's types are those of values, so columns of numbers are told by what they hold.
Cell cell_by_type(const Statement& query, int column) {
  if (query.is_null(column)) return {};
  const std::string name = query.column_name(column);
  const std::string text = query.text(column);
  for (const std::string_view textual :
       {"label", "backend", "transport", "procedure", "family", "stack", "kind", "context_kind", "context_name", "host",
        "state", "program", "arguments", "working_directory", "backend_version", "backend_library", "front",
        "transport_verified", "thread_level", "kernel", "cpu", "started_at", "outcome", "trace_path", "loss",
        "tulkki_version", "workload", "metric", "unit", "affinity", "reading", "governor", "frequency_driver"}) {
    if (name == textual) return text;
  }
  for (const std::string_view fractional :
       {"time_ns", "own_cost_ns", "clock_resolution_ns", "value", "load_start", "load_end"})
    if (name == fractional) return query.real(column);
  return query.integer(column);
}

std::vector<Cell> first_cells(const Statement& query, int count) {
  std::vector<Cell> cells;
  for (int column = 0; column < count; ++column) cells.push_back(cell_by_type(query, column));
  return cells;
}

struct Sum {
  std::vector<Cell> keys;
  std::int64_t calls = 0, errors = 0, bytes_sent = 0, bytes_received = 0, messages_sent = 0, messages_received = 0;
  double time_ns = 0;
  Cell min_ns, max_ns;
  Histogram durations;

  Result<void> add(const Statement& query, int first) {
    calls += query.integer(first);
    errors += query.integer(first + 1);
    time_ns += query.real(first + 2);
    if (const Cell low = cell_of(query, first + 3, true); std::holds_alternative<double>(low)) {
      min_ns = std::holds_alternative<double>(min_ns) ? std::min(min_ns, low) : low;
    }
    if (const Cell high = cell_of(query, first + 4, true); std::holds_alternative<double>(high)) {
      max_ns = std::holds_alternative<double>(max_ns) ? std::max(max_ns, high) : high;
    }
    bytes_sent += query.integer(first + 5);
    bytes_received += query.integer(first + 6);
    messages_sent += query.integer(first + 7);
    messages_received += query.integer(first + 8);
    if (query.is_null(first + 9)) return {};
    const Result<Histogram> decoded = Histogram::decode(query.blob(first + 9));
    if (!decoded) return decoded.error();
    durations.merge(*decoded);
    return {};
  }

  void emit(Shape shape, RowSink& sink) const {
    std::vector<Cell> cells = keys;
    if (shape == Shape::histogram) {
      for (const Histogram::Bucket& bucket : durations.buckets()) {
        cells.resize(keys.size());
        cells.insert(cells.end(), {bucket.lower_ns, bucket.upper_ns, static_cast<std::int64_t>(bucket.count)});
        sink.row(cells);
      }
      return;
    }
    Cell median, high;
    const double *least = std::get_if<double>(&min_ns), *greatest = std::get_if<double>(&max_ns);
    if (!durations.empty() && least != nullptr && greatest != nullptr) {
      median = std::clamp(durations.quantile_ns(0.5), *least, *greatest);
      high = std::clamp(durations.quantile_ns(0.99), *least, *greatest);
    }
    cells.insert(cells.end(), {calls, errors, time_ns, min_ns, median, high, max_ns, bytes_sent, bytes_received,
                               messages_sent, messages_received});
    sink.row(cells);
  }
};

Result<void> stream_plain(Statement& query, RowSink& sink) {
  for (;;) {
    const Result<bool> row = query.step();
    if (!row) return row.error();
    if (!*row) return {};
    sink.row(first_cells(query, query.columns()));
  }
}

Result<void> stream_summed(Statement& query, const Table& table, RowSink& sink) {
  const int keys = kFactorCount + table.keys;
  Sum sum;
  bool started = false;
  for (;;) {
    const Result<bool> row = query.step();
    if (!row) return row.error();
    if (!*row) break;
    std::vector<Cell> key = first_cells(query, keys);
    if (!started || key != sum.keys) {
      if (started) sum.emit(table.shape, sink);
      sum = Sum{};
      sum.keys = std::move(key);
      started = true;
    }
    if (const Result<void> added = sum.add(query, keys); !added) return added;
  }
  if (started) sum.emit(table.shape, sink);
  return {};
}

void write_header(const Statement& query, const Table& table, RowSink& sink) {
  std::vector<std::string> columns;
  const int count = table.shape == Shape::plain ? query.columns() : kFactorCount + table.keys;
  for (int column = 0; column < count; ++column) columns.push_back(query.column_name(column));
  if (table.shape == Shape::histogram) columns.insert(columns.end(), {"lower_ns", "upper_ns", "calls"});
  if (table.shape == Shape::summed) {
    columns.insert(columns.end(), {"calls", "errors", "time_ns", "min_ns", "median_ns", "p99_ns", "max_ns",
                                   "bytes_sent", "bytes_received", "messages_sent", "messages_received"});
  }
  sink.header(columns);
}

}  // namespace

const std::vector<std::string_view>& export_table_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> result;
    for (const Table& table : kTables) result.push_back(table.name);
    return result;
  }();
  return names;
}

Result<void> export_table(Database& database, const std::string& name, const std::vector<std::int64_t>& runs,
                          RowSink& sink) {
  const auto table =
      std::find_if(kTables.begin(), kTables.end(), [&](const Table& candidate) { return candidate.name == name; });
  if (table == kTables.end()) return Error{"there is no table '" + name + "'"};
  if (name == "measurements" && !database.has_table("measurement")) {
    return Error{database.path() + " was written by an older tulkki, which did not record measurements"};
  }
  if ((name == "load" || name == "hosts") && !database.has_table("process_load")) {
    return Error{database.path() + " is of an older schema, which did not record the load"};
  }
  std::string condition;
  for (const std::int64_t run : runs) condition += fmt::format("{}{}", condition.empty() ? "" : ", ", run);
  if (!condition.empty()) condition = fmt::format(" WHERE run.run_id IN ({})", condition);
  const bool plain = table->shape == Shape::plain;
  Result<Statement> query =
      database.prepare(fmt::format("SELECT {}, {}{}{} FROM {}{} ORDER BY {}", kFactorColumns, table->columns,
                                   plain ? "" : ", ", plain ? "" : kMeasures, table->source, condition, table->order));
  if (!query) return query.error();
  write_header(*query, *table, sink);
  return plain ? stream_plain(*query, sink) : stream_summed(*query, *table, sink);
}

}  // namespace tulkki
