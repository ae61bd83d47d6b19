// SPDX-License-Identifier: Apache-2.0
// The order of one transaction: run, properties, processes, contexts, then process by process its call sites, calls
// and row of the communication matrix. Procedures are shared by all runs of a file.
#include "storage/profile_writer.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "storage/histogram.h"
#include "storage/profile_members.h"
#include "tulkki/procedures.h"

namespace tulkki {
namespace {

// A member of a communicator that no log names; the others are those of storage/raw_format.h.
constexpr int kPeerUnknown = -5;

// Identity of a row of `call` within a thread, and the key that it comes from.
struct CallRow {
  std::uint16_t procedure;
  std::uint8_t size_class;
  int context;  // index into UnifiedContexts::all(); -1: none
  int peer;
  std::int64_t site_id;  // 0: unknown
  const raw::KeyRecord* key;

  auto identity() const { return std::tie(procedure, site_id, context, peer, size_class); }
};

struct MatrixCell {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  double time_ns = 0;
};

// Sums of the keys that share one identity.
struct CallSums {
  std::uint64_t calls = 0, errors = 0, ticks = 0, ticks_min = ~std::uint64_t{0}, ticks_max = 0;
  std::uint64_t bytes_sent = 0, bytes_received = 0, messages_sent = 0, messages_received = 0;

  void add(const raw::KeyRecord& key) {
    calls += key.calls;
    errors += key.errors;
    ticks += key.ticks_sum;
    if (key.calls != 0) {
      ticks_min = std::min(ticks_min, key.ticks_min);
      ticks_max = std::max(ticks_max, key.ticks_max);
    }
    bytes_sent += key.bytes_sent;
    bytes_received += key.bytes_received;
    messages_sent += key.messages_sent;
    messages_received += key.messages_received;
  }
};

class ProfileWriter {
 public:
  ProfileWriter(Database& database, const ProfileInput& input) : database_(database), input_(input) {}

  Result<std::int64_t> write() {
    using Step = Result<void> (ProfileWriter::*)();
    for (const Step step :
         {&ProfileWriter::write_run, &ProfileWriter::write_properties, &ProfileWriter::write_processes,
          &ProfileWriter::write_loads, &ProfileWriter::write_contexts, &ProfileWriter::prepare_inserts,
          &ProfileWriter::write_all_calls}) {
      if (const Result<void> done = (this->*step)(); !done) return done.error();
    }
    return run_id_;
  }

 private:
  Result<void> write_run();
  Result<void> write_properties();
  Result<void> write_processes();
  Result<void> write_loads() { return write_load(database_, run_id_, input_.launch.load); }
  Result<void> write_contexts();
  Result<void> prepare_inserts();
  Result<void> write_all_calls();
  Result<void> write_thread(std::size_t process, const ThreadLog& thread, const RawHistogramScale& scale);
  Result<void> write_call(int rank, std::uint32_t thread, std::span<const CallRow> same, const ThreadLog& log,
                          const RawHistogramScale& scale);
  Result<void> write_matrix(int rank);
  int world_peer(std::size_t process, const raw::KeyRecord& key) const;
  void add_to_matrix(const CallRow& row);
  Result<std::int64_t> procedure_id(std::uint16_t procedure);
  Result<std::int64_t> site_id(std::size_t process, std::uint32_t site);
  std::int64_t context_id(int index) const { return first_context_id_ + index; }

  Database& database_;
  const ProfileInput& input_;
  std::int64_t run_id_ = 0;
  std::int64_t first_context_id_ = 0;
  double ticks_per_ns_ = 1;  // of the process being written
  std::vector<std::int64_t> procedure_ids_ = std::vector<std::int64_t>(static_cast<std::size_t>(Procedure::count));
  std::unordered_map<std::string, std::int64_t> site_ids_;            // by stack
  std::unordered_map<std::uint32_t, std::int64_t> process_site_ids_;  // by the process's number
  std::map<std::pair<int, bool>, MatrixCell> matrix_;                 // of the process: destination, is RMA
  std::vector<CallRow> rows_;
  Histogram histogram_;
  std::vector<std::uint8_t> histogram_bytes_;
  std::optional<Statement> insert_call_, insert_site_, insert_matrix_;
};

Result<void> ProfileWriter::write_run() {
  const Launch& launch = input_.launch;
  Result<Statement> insert = database_.prepare(
      "INSERT INTO run (launch, label, program, arguments, working_directory, backend, backend_version, "
      "backend_library, front, translated, transport, transport_verified, ranks, nodes, thread_level, kernel, cpu, "
      "repetition, started_at, wall_ns, outcome, exit_code, own_cost_ns, clock_resolution_ns, trace_path, events, "
      "events_dropped, loss, tulkki_version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
      "?, ?, ?, ?, ?, ?, ?, ?)");
  if (!insert) return insert.error();
  const std::string started_at = iso_time(launch.started_realtime_ns);
  insert->bind(launch.identity, launch.label, launch.program, launch.arguments, launch.working_directory,
               launch.backend, launch.backend_version, launch.backend_library, launch.front,
               launch.front == launch.backend ? 0 : 1, launch.transport, launch.transport_verified, launch.ranks,
               launch.nodes, launch.thread_level, launch.kernel, launch.cpu, launch.repetition, started_at,
               launch.wall_ns, launch.outcome, input_.exit_code, launch.own_cost_ns, launch.clock_resolution_ns,
               input_.trace_anchor, input_.events, launch.events_dropped, launch.loss, launch.tulkki_version);
  const Result<void> done = insert->run();
  run_id_ = database_.last_insert_id();
  return done;
}

Result<void> ProfileWriter::write_properties() {
  Result<Statement> insert = database_.prepare("INSERT INTO run_property (run_id, name, value) VALUES (?, ?, ?)");
  if (!insert) return insert.error();
  for (const auto& [name, value] : input_.launch.further_properties) {
    if (const Result<void> done = insert->bind(run_id_, name, value).run(); !done) return done;
  }
  return {};
}

Result<void> ProfileWriter::write_processes() {
  Result<Statement> insert = database_.prepare(
      "INSERT INTO process (run_id, rank, host, process_id, state, wall_ns, mpi_ns, peak_memory_bytes, user_cpu_ns, "
      "system_cpu_ns, threads, calls) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!insert) return insert.error();
  for (const ProcessRow& row : input_.launch.processes) {
    const Result<void> done =
        insert
            ->bind(run_id_, row.rank, row.host, row.process_id, row.state, row.wall_ns, row.mpi_ns,
                   row.peak_memory_bytes, row.user_cpu_ns, row.system_cpu_ns, row.threads, row.calls)
            .run();
    if (!done) return done;
  }
  return {};
}

Result<void> ProfileWriter::write_contexts() {
  // Numbers are given here, not by SQLite, since a parent may come after its child; no other writer interferes.
  Result<Statement> latest = database_.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'context'");
  if (!latest) return latest.error();
  const Result<bool> row = latest->step();
  if (!row) return row.error();
  first_context_id_ = (*row ? latest->integer(0) : 0) + 1;
  latest->reset();
  Result<Statement> insert = database_.prepare(
      "INSERT INTO context (context_id, run_id, kind, name, created_by, parent_id, size, members) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  if (!insert) return insert.error();
  const int world = world_context(input_.logs, input_.contexts);
  const auto& all = input_.contexts.all();
  for (int index = 0; index < static_cast<int>(all.size()); ++index) {
    const UnifiedContext& context = all[index];
    const std::string name = context_name(context, index == world);
    const std::string members = member_text(context);
    const bool known = context.procedure != 0 && context.procedure < static_cast<int>(Procedure::count);
    const char* created_by = known ? info(static_cast<Procedure>(context.procedure)).name : "";
    std::optional<std::int64_t> parent;
    if (context.parent >= 0) parent = context_id(context.parent);
    const std::size_t size = context.self ? 1 : context.members.size() + context.remote_members.size();
    const Result<void> done =
        insert
            ->bind(context_id(index), run_id_, context_kind_name(context.kind), name, created_by, parent, size, members)
            .run();
    if (!done) return done;
  }
  return {};
}

Result<void> ProfileWriter::prepare_inserts() {
  const auto prepare = [this](std::optional<Statement>& statement, const char* sql) -> Result<void> {
    Result<Statement> prepared = database_.prepare(sql);
    if (!prepared) return prepared.error();
    statement.emplace(std::move(*prepared));
    return {};
  };
  Result<void> done = prepare(
      insert_call_,
      "INSERT INTO call (run_id, rank, thread, procedure_id, site_id, context_id, peer, size_class, calls, errors, "
      "time_ns, min_ns, max_ns, bytes_sent, bytes_received, messages_sent, messages_received, histogram) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (done) done = prepare(insert_site_, "INSERT INTO call_site (run_id, stack) VALUES (?, ?)");
  if (done) {
    done = prepare(insert_matrix_,
                   "INSERT INTO matrix (run_id, source, destination, kind, messages, bytes, time_ns) VALUES (?, ?, ?, "
                   "?, ?, ?, ?)");
  }
  return done;
}

Result<void> ProfileWriter::write_all_calls() {
  for (std::size_t process = 0; process < input_.logs.size(); ++process) {
    const ProcessLog& log = input_.logs[process];
    ticks_per_ns_ = ticks_per_ns(log.header);
    const RawHistogramScale scale(ticks_per_ns_);
    process_site_ids_.clear();
    matrix_.clear();
    for (const ThreadLog& thread : log.threads) {
      if (const Result<void> done = write_thread(process, thread, scale); !done) return done;
    }
    if (const Result<void> done = write_matrix(input_.contexts.rank(process)); !done) return done;
    if (input_.progress) {
      input_.progress(static_cast<double>(process + 1) / static_cast<double>(input_.logs.size()));
    }
  }
  return {};
}

Result<void> ProfileWriter::write_thread(std::size_t process, const ThreadLog& thread, const RawHistogramScale& scale) {
  rows_.clear();
  for (const raw::KeyRecord& key : thread.keys) {
    // Empty records stand where a damaged chunk of keys was.
    if (key.procedure == 0 || key.procedure >= static_cast<std::uint16_t>(Procedure::count)) continue;
    const Result<std::int64_t> site = site_id(process, key.site);
    if (!site) return site.error();
    rows_.push_back({key.procedure, key.size_class, input_.contexts.index_of(process, key.context),
                     world_peer(process, key), *site, &key});
    add_to_matrix(rows_.back());
  }
  // Keys that differ only in what is not stored (flags, addresses on one source line) become one row.
  std::sort(rows_.begin(), rows_.end(),
            [](const CallRow& left, const CallRow& right) { return left.identity() < right.identity(); });
  const int rank = input_.contexts.rank(process);
  for (auto first = rows_.begin(); first != rows_.end();) {
    const auto last =
        std::find_if(first, rows_.end(), [&](const CallRow& row) { return row.identity() != first->identity(); });
    const Result<void> done = write_call(rank, thread.index, {first, last}, thread, scale);
    if (!done) return done;
    first = last;
  }
  return {};
}

Result<void> ProfileWriter::write_call(int rank, std::uint32_t thread, std::span<const CallRow> same,
                                       const ThreadLog& log, const RawHistogramScale& scale) {
  CallSums sums;
  histogram_.clear();
  for (const CallRow& row : same) {
    sums.add(*row.key);
    scale.add(*row.key, log.histograms, histogram_);
  }
  const CallRow& row = same.front();
  const Result<std::int64_t> procedure = procedure_id(row.procedure);
  if (!procedure) return procedure.error();
  std::optional<std::int64_t> site, context;
  if (row.site_id != 0) site = row.site_id;
  if (row.context >= 0) context = context_id(row.context);
  std::optional<double> min_ns, max_ns;
  if (sums.calls != 0) {
    min_ns = static_cast<double>(sums.ticks_min) / ticks_per_ns_;
    max_ns = static_cast<double>(sums.ticks_max) / ticks_per_ns_;
  }
  Statement& insert = *insert_call_;
  insert.bind(run_id_, rank, thread, *procedure, site, context, row.peer, static_cast<int>(row.size_class), sums.calls,
              sums.errors, static_cast<double>(sums.ticks) / ticks_per_ns_, min_ns, max_ns, sums.bytes_sent,
              sums.bytes_received, sums.messages_sent, sums.messages_received);
  constexpr int kHistogramParameter = 18;
  if (histogram_.empty()) {
    insert.bind_at(kHistogramParameter, nullptr);
  } else {
    histogram_.encode_to(histogram_bytes_);
    insert.bind_at(kHistogramParameter, std::span<const std::uint8_t>(histogram_bytes_));
  }
  return insert.run();
}

int ProfileWriter::world_peer(std::size_t process, const raw::KeyRecord& key) const {
  if (key.peer < 0) return key.peer;
  const int rank = input_.contexts.world_peer(process, key.context, key.peer);
  return rank < 0 ? kPeerUnknown : rank;
}

void ProfileWriter::add_to_matrix(const CallRow& row) {
  if (row.peer < 0 || row.key->messages_sent == 0) return;
  const bool is_rma = info(static_cast<Procedure>(row.procedure)).rma != RmaOp::none;
  MatrixCell& cell = matrix_[{row.peer, is_rma}];
  cell.messages += row.key->messages_sent;
  cell.bytes += row.key->bytes_sent + (is_rma ? row.key->bytes_received : 0);
  cell.time_ns += static_cast<double>(row.key->ticks_sum) / ticks_per_ns_;
}

Result<void> ProfileWriter::write_matrix(int rank) {
  for (const auto& [where, cell] : matrix_) {
    const char* kind = where.second ? "rma" : "point-to-point";
    const Result<void> done =
        insert_matrix_->bind(run_id_, rank, where.first, kind, cell.messages, cell.bytes, cell.time_ns).run();
    if (!done) return done;
  }
  return {};
}

Result<std::int64_t> ProfileWriter::procedure_id(std::uint16_t procedure) {
  std::int64_t& id = procedure_ids_[procedure];
  if (id != 0) return id;
  const ProcedureInfo& described = info(static_cast<Procedure>(procedure));
  Result<Statement> insert =
      database_.prepare("INSERT INTO procedure (name, family) VALUES (?, ?) ON CONFLICT (name) DO NOTHING");
  if (!insert) return insert.error();
  if (const Result<void> done = insert->bind(described.name, name(described.family)).run(); !done) {
    return done.error();
  }
  Result<Statement> query = database_.prepare("SELECT procedure_id FROM procedure WHERE name = ?");
  if (!query) return query.error();
  const Result<bool> row = query->bind(described.name).step();
  if (!row) return row.error();
  return id = query->integer(0);
}

Result<std::int64_t> ProfileWriter::site_id(std::size_t process, std::uint32_t site) {
  const auto [known, is_new] = process_site_ids_.try_emplace(site, 0);
  if (!is_new) return known->second;
  const ProcessLog& log = input_.logs[process];
  const auto found = log.sites.find(site);
  if (site == 0 || found == log.sites.end()) return std::int64_t{0};
  const auto [stack, is_first] = site_ids_.try_emplace(input_.symbols.stack(log, found->second), 0);
  if (is_first) {
    if (const Result<void> done = insert_site_->bind(run_id_, stack->first).run(); !done) return done.error();
    stack->second = database_.last_insert_id();
  }
  return known->second = stack->second;
}

}  // namespace

Result<std::optional<std::int64_t>> find_run(Database& database, const std::string& launch_identity) {
  Result<Statement> query = database.prepare("SELECT run_id FROM run WHERE launch = ?");
  if (!query) return query.error();
  const Result<bool> row = query->bind(launch_identity).step();
  if (!row) return row.error();
  if (!*row) return std::optional<std::int64_t>();
  return std::optional<std::int64_t>(query->integer(0));
}

Result<WrittenProfile> write_profile(Database& database, const ProfileInput& input) {
  Result<Transaction> transaction = Transaction::begin(database);
  if (!transaction) return transaction.error();
  const Result<std::optional<std::int64_t>> existing = find_run(database, input.launch.identity);
  if (!existing) return existing.error();
  if (*existing) return WrittenProfile{**existing, true};
  const Result<std::int64_t> run_id = ProfileWriter(database, input).write();
  if (!run_id) return run_id.error();
  const Result<void> committed = transaction->commit();
  if (!committed) return committed.error();
  return WrittenProfile{*run_id, false};
}

}  // namespace tulkki
