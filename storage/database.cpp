// SPDX-License-Identifier: Apache-2.0
// SQLite behind values and messages. The default rollback journal is kept: write-ahead logging needs shared memory,
// which network file systems do not give.
#include "storage/database.h"

#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "tulkki/schema.h"

namespace tulkki {
namespace {

// Longer than any honest writer needs; a study may end many launches at the same moment.
constexpr int kBusyTimeoutMs = 120'000;

// SQLite tries again for reading only, so that what the system said last is not always the reason.
std::string why_unusable(const std::string& path, int system_error) {
  namespace files = std::filesystem;
  std::error_code ignored;
  const files::path parent = files::absolute(path, ignored).parent_path();
  const bool exists = files::exists(path, ignored);
  if (exists ? access(path.c_str(), R_OK | W_OK) != 0 : access(parent.c_str(), W_OK | X_OK) != 0) system_error = errno;
  return system_error != 0 ? std::strerror(system_error) : "it is not an ordinary file";
}

// What has a meaning of its own in a URI, as %xx.
std::string uri_path(const std::string& path) {
  std::error_code ignored;
  std::string text;
  for (const char letter : std::filesystem::absolute(path, ignored).string()) {
    constexpr std::string_view kSpecial = "%?#";
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(letter);
    if (kSpecial.find(letter) == std::string_view::npos)
      text += letter;
    else
      text += {'%', kDigits[byte / 16], kDigits[byte % 16]};
  }
  return text;
}

Error unwritable(const std::string& path) {
  return Error{path + " or its folder cannot be written: change its permissions or give another file with --db"};
}

Error sqlite_error(sqlite3* connection, const std::string& path) {
  const int code = sqlite3_errcode(connection);
  const int system_error = sqlite3_system_errno(connection);
  const std::string detail = sqlite3_errmsg(connection);
  switch (code) {
    case SQLITE_NOTADB:
      return Error{path + " is not an SQLite database: give another file with --db; this one was not touched"};
    case SQLITE_CORRUPT:
      return Error{path + " is damaged (" + detail + "): restore it, or give another file with --db"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Error{path + " has been locked by another program for more than two minutes: try again later"};
    case SQLITE_FULL:
      return Error{"no space left while writing " + path + ": free some and try again; nothing was added to it"};
    case SQLITE_READONLY:
      return unwritable(path);
    case SQLITE_CANTOPEN:
      return Error{"cannot open or create " + path + ": " + why_unusable(path, system_error) +
                   "; give a file in a folder that exists and that you may write with --db"};
    case SQLITE_IOERR:
      return Error{"cannot write " + path + ": " + (system_error != 0 ? std::strerror(system_error) : detail.c_str()) +
                   "; nothing was added to it"};
    default:
      return Error{path + ": " + detail};
  }
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Statement::bind_at(int index, std::int64_t value) {
  bind_error_ |= sqlite3_bind_int64(statement_.get(), index, value);
}

void Statement::bind_at(int index, double value) { bind_error_ |= sqlite3_bind_double(statement_.get(), index, value); }

void Statement::bind_at(int index, std::string_view value) {
  const char* begin = value.data() == nullptr ? "" : value.data();  // a null pointer would bind NULL
  bind_error_ |= sqlite3_bind_text64(statement_.get(), index, begin, value.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void Statement::bind_at(int index, std::span<const std::uint8_t> value) {
  bind_error_ |= sqlite3_bind_blob64(statement_.get(), index, value.data(), value.size(), SQLITE_STATIC);
}

void Statement::bind_at(int index, std::nullptr_t) { bind_error_ |= sqlite3_bind_null(statement_.get(), index); }

Result<bool> Statement::step() {
  if (bind_error_ != 0) {
    return Error{path_ + ": wrong parameter (" + sqlite3_errstr(bind_error_) + ") for " +
                 sqlite3_sql(statement_.get())};
  }
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return sqlite_error(sqlite3_db_handle(statement_.get()), path_);
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

Result<void> Statement::run() {
  for (;;) {
    const Result<bool> row = step();
    if (!row || !*row) {
      reset();
      if (!row) return row.error();
      return {};
    }
  }
}

int Statement::columns() const { return sqlite3_column_count(statement_.get()); }
std::string Statement::column_name(int column) const { return sqlite3_column_name(statement_.get(), column); }

int Statement::type(int column) const { return sqlite3_column_type(statement_.get(), column); }
bool Statement::is_null(int column) const { return type(column) == SQLITE_NULL; }

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
double Statement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }

std::string Statement::text(int column) const {
  const auto* begin = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (begin == nullptr) return {};
  return {begin, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::span<const std::uint8_t> Statement::blob(int column) const {
  const auto* begin = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_.get(), column));
  return {begin, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

void Database::Close::operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }

Result<Database> Database::connect(const std::string& path, int flags) {
  sqlite3* connection = nullptr;
  // A Database belongs to one thread at a time, so SQLite need not lock.
  // URIs are for attach(); a file whose name begins like one is still a file.
  const std::string name = path.starts_with("file:") ? "./" + path : path;
  const int code = sqlite3_open_v2(name.c_str(), &connection, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, nullptr);
  if (connection == nullptr) return Error{"out of memory while opening " + path};
  Database database(connection, path);
  if (code != SQLITE_OK) return sqlite_error(connection, path);
  sqlite3_busy_timeout(connection, kBusyTimeoutMs);
  return database;
}

Result<Database> Database::open(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    return Error{"no database at " + path + ": run `tulkki run ...` first, or give the file with --db"};
  }
  Result<Database> database = connect(path, SQLITE_OPEN_READONLY);
  if (!database) return database;
  const Result<void> usable = database->prepare_schema();
  if (!usable) return usable.error();
  return database;
}

Result<Database> Database::open_or_create(const std::string& path) {
  Result<Database> database = connect(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (!database) return database;
  // SQLite opens what it cannot write for reading only, and notices at the first change.
  if (sqlite3_db_readonly(database->connection_.get(), "main") == 1) return unwritable(path);
  const Result<void> usable = database->prepare_schema();
  if (!usable) return usable.error();
  // A run of a million rows goes to the file once, at its end.
  const Result<void> larger = database->execute("PRAGMA cache_size = -131072");
  if (!larger) return larger.error();
  return database;
}

// Checks whose file it is; fills an empty one. Several programs may do so at once, so emptiness is looked at again
// under the write lock.
Result<void> Database::prepare_schema() {
  struct State {
    std::int64_t version, application, tables;
  };
  const auto read = [this]() -> Result<State> {
    Result<Statement> query = prepare(
        "SELECT (SELECT user_version FROM pragma_user_version), (SELECT application_id FROM pragma_application_id), "
        "(SELECT COUNT(*) FROM sqlite_master)");
    if (!query) return query.error();
    const Result<bool> row = query->step();
    if (!row) return row.error();
    return State{query->integer(0), query->integer(1), query->integer(2)};
  };
  const auto check = [this](const State& state) -> Result<void> {
    if (state.application != kSchemaApplicationId) {
      return Error{path_ +
                   " is an SQLite database of another program: give another file with --db; "
                   "this one was not touched"};
    }
    if (state.version > kSchemaVersion) {
      return Error{path_ + " was written by a newer tulkki (schema " + std::to_string(state.version) +
                   ", this one reads up to " + std::to_string(kSchemaVersion) + "): use that one"};
    }
    return {};
  };
  Result<State> state = read();
  if (!state) return state.error();
  const bool read_only = sqlite3_db_readonly(connection_.get(), "main") == 1;
  if (state->tables != 0 && (read_only || state->version >= kSchemaVersion)) return check(*state);
  if (read_only) {
    return Error{path_ + " is empty: record a run into it first, or give another file with --db"};
  }
  Result<Transaction> transaction = Transaction::begin(*this);
  if (!transaction) return transaction.error();
  state = read();
  if (!state) return state.error();
  if (state->tables != 0) {
    if (const Result<void> ours = check(*state); !ours) return ours;
  }
  const Result<void> made = state->tables != 0 ? upgrade(state->version) : execute(kSchemaSql);
  if (!made) return made;
  return transaction->commit();
}

// Later schemas only add: what schema.sql has below "-- Since schema N" for every N that the file lacks.
Result<void> Database::upgrade(std::int64_t version) {
  const std::string_view all = kSchemaSql;
  for (std::int64_t next = version + 1; next <= kSchemaVersion; ++next) {
    const std::size_t begin = all.find("-- Since schema " + std::to_string(next) + ":");
    if (begin == std::string_view::npos) continue;
    const std::size_t end = all.find("-- Since schema " + std::to_string(next + 1) + ":");
    if (const Result<void> added = execute(std::string(all.substr(begin, end == std::string_view::npos ? end : end - begin))); !added)
      return added;
  }
  return execute("PRAGMA user_version = " + std::to_string(kSchemaVersion));
}

bool Database::has_table(const std::string& name, const std::string& schema) {
  Result<Statement> query = prepare("SELECT 1 FROM " + schema + ".sqlite_master WHERE type = 'table' AND name = ?");
  if (!query) return false;
  const Result<bool> row = query->bind(name).step();
  return row && *row;
}

bool Database::has_column(const std::string& table, const std::string& column) {
  Result<Statement> query = prepare("SELECT 1 FROM pragma_table_info(?) WHERE name = ?");
  if (!query) return false;
  const Result<bool> row = query->bind(table, column).step();
  return row && *row;
}

Result<void> Database::attach(const std::string& path, const std::string& schema) {
  // Opened on its own first: that says whether it is ours, and what is wrong with it otherwise.
  if (const Result<Database> usable = open(path); !usable) return usable.error();
  const std::string uri = "file:" + uri_path(path) + "?mode=ro";
  Result<Statement> attach = prepare("ATTACH ? AS " + schema);
  if (!attach) return attach.error();
  return attach->bind(uri).run();
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(connection_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) return sqlite_error(connection_.get(), path_);
  return Statement(statement, path_);
}

Result<void> Database::execute(const std::string& sql) {
  if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return sqlite_error(connection_.get(), path_);
}

std::int64_t Database::last_insert_id() const { return sqlite3_last_insert_rowid(connection_.get()); }
std::int64_t Database::changes() const { return sqlite3_changes64(connection_.get()); }

Result<Transaction> Transaction::begin(Database& database) {
  // IMMEDIATE: take the write lock now; a later upgrade of a read lock fails at once when two writers meet.
  const Result<void> begun = database.execute("BEGIN IMMEDIATE");
  if (!begun) return begun.error();
  return Transaction(database);
}

Result<void> Transaction::commit() {
  const Result<void> committed = database_->execute("COMMIT");
  if (committed) database_ = nullptr;
  return committed;
}

Transaction::~Transaction() {
  if (database_ == nullptr) return;
  // After some errors (a full disk) SQLite has rolled back already.
  if (sqlite3_get_autocommit(database_->connection_.get()) == 0) {
    (void)sqlite3_exec(database_->connection_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

}  // namespace tulkki
