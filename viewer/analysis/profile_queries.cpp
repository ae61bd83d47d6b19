// SPDX-License-Identifier: Apache-2.0
// One pass over the rows of a run; histograms are merged here because SQL cannot.
#include "viewer/analysis/profile_queries.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/core.h>
#include <map>
#include <utility>

namespace tulkki {
namespace {

const char* key_column(Grouping grouping) {
  switch (grouping) {
    case Grouping::procedure: return "procedure_id";
    case Grouping::site: return "COALESCE(site_id, 0)";
    case Grouping::communicator: return "COALESCE(context_id, 0)";
    case Grouping::peer: return "peer";
    case Grouping::size: return "size_class";
    case Grouping::rank: return "rank";
  }
  return "0";
}

std::string peer_name(std::int64_t peer) {
  switch (peer) {
    case -1: return "none";
    case -2: return "any source";
    case -3: return "MPI_PROC_NULL";
    case -4: return "MPI_ROOT";
    case -5: return "unknown";
    default: return fmt::format("rank {}", peer);
  }
}

using Names = std::map<std::int64_t, std::string>;

Result<Names> read_names(Database& database, std::int64_t run_id, const char* sql) {
  Result<Statement> query = database.prepare(sql);
  if (!query) return query.error();
  query->bind_at(1, run_id);
  Names names;
  for (;;) {
    const Result<bool> row = query->step();
    if (!row) return row.error();
    if (!*row) return names;
    names[query->integer(0)] = query->text(1);
  }
}

Result<Names> names_of(Database& database, std::int64_t run_id, Grouping grouping) {
  switch (grouping) {
    case Grouping::procedure:
      return read_names(database, run_id, "SELECT procedure_id, name FROM procedure WHERE ?1 = ?1");
    case Grouping::site:
      return read_names(database, run_id, "SELECT site_id, stack FROM call_site WHERE run_id = ?1");
    case Grouping::communicator:
      return read_names(database, run_id,
                        "SELECT context_id, CASE kind WHEN 'communicator' THEN '' ELSE kind || ' ' END || "
                        "CASE name WHEN '' THEN created_by || ' #' || context_id ELSE name END || "
                        "' (' || size || ')' FROM context WHERE run_id = ?1");
    default: return Names{};
  }
}

std::string name_of(const Names& names, Grouping grouping, std::int64_t key) {
  switch (grouping) {
    case Grouping::peer: return peer_name(key);
    case Grouping::size: return size_class_name(key);
    case Grouping::rank: return fmt::format("rank {}", key);
    default: break;
  }
  const auto found = names.find(key);
  if (found != names.end()) return found->second;
  return grouping == Grouping::communicator ? "(none)" : "(unknown)";
}

Result<void> add_row(const Statement& query, ProfileRow& sum) {
  const std::int64_t calls = query.integer(2);
  if (calls > 0 && !query.is_null(5)) {
    sum.min_ns = sum.calls > 0 ? std::min(sum.min_ns, query.real(5)) : query.real(5);
    sum.max_ns = std::max(sum.max_ns, query.real(6));
  }
  sum.calls += calls;
  sum.errors += query.integer(3);
  sum.time_ns += query.real(4);
  sum.bytes_sent += query.integer(7);
  sum.bytes_received += query.integer(8);
  sum.messages_sent += query.integer(9);
  sum.messages_received += query.integer(10);
  if (query.is_null(11)) return {};
  const Result<Histogram> durations = Histogram::decode(query.blob(11));
  if (!durations) return durations.error();
  sum.durations.merge(*durations);
  return {};
}

}  // namespace

Result<std::vector<ProfileRow>> profile_by(Database& database, std::int64_t run_id, Grouping grouping) {
  const bool by_site = grouping == Grouping::site;
  Result<Statement> query = database.prepare(fmt::format(
      "SELECT {}, {}, calls, errors, time_ns, min_ns, max_ns, bytes_sent, bytes_received, messages_sent, "
      "messages_received, histogram FROM call WHERE run_id = ?1",
      key_column(grouping), by_site ? "procedure_id" : "0"));
  if (!query) return query.error();
  query->bind(run_id);
  std::map<std::pair<std::int64_t, std::int64_t>, ProfileRow> sums;
  for (;;) {
    const Result<bool> row = query->step();
    if (!row) return row.error();
    if (!*row) break;
    const Result<void> added = add_row(*query, sums[{query->integer(0), query->integer(1)}]);
    if (!added) return Error{fmt::format("{}, run {}: {}", database.path(), run_id, added.message())};
  }
  Result<Names> names = names_of(database, run_id, grouping);
  if (!names) return names.error();
  Result<Names> procedures = names_of(database, run_id, Grouping::procedure);
  if (!procedures) return procedures.error();
  std::vector<ProfileRow> rows;
  for (auto& [key, sum] : sums) {
    sum.key = key.first;
    sum.name = name_of(*names, grouping, key.first);
    if (by_site) sum.procedure = name_of(*procedures, Grouping::procedure, key.second);
    rows.push_back(std::move(sum));
  }
  if (grouping != Grouping::size && grouping != Grouping::rank) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const ProfileRow& left, const ProfileRow& right) { return left.time_ns > right.time_ns; });
  }
  return rows;
}

bool has_rate(const std::string& procedure) {
  // MPI_Isend, MPI_Iallreduce, MPI_Rput, MPI_Start ...: the data moves until the wait. MPI_Init and the like move
  // no data; MPI_Reduce is no Rput.
  if (procedure.starts_with("MPI_Start") || procedure.starts_with("MPI_Put") || procedure.starts_with("MPI_Get") ||
      procedure.starts_with("MPI_Accumulate") || procedure.starts_with("MPI_File_i")) {
    return false;
  }
  for (const std::string_view name : {"MPI_Rput", "MPI_Rget", "MPI_Raccumulate"}) {
    if (procedure.starts_with(name)) return false;
  }
  return !(procedure.size() > 5 && procedure.starts_with("MPI_I") && std::islower(procedure[5]) != 0);
}

static std::string binary_size(std::int64_t bytes) {
  constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  std::size_t unit = 0;
  while (bytes >= 1024 && bytes % 1024 == 0 && unit + 1 < units.size()) {
    bytes /= 1024;
    ++unit;
  }
  return fmt::format("{} {}", bytes, units[unit]);
}

std::string size_class_name(std::int64_t size_class) {
  if (size_class <= 0) return "0 B";
  if (size_class == 1) return "1 B";
  if (size_class > 62) return "4 EiB and more";
  const std::int64_t lower = std::int64_t{1} << (size_class - 1);
  return fmt::format("{} - {}", binary_size(lower), lower < 512 ? fmt::format("{} B", 2 * lower - 1) : binary_size(2 * lower));
}

}  // namespace tulkki
