// SPDX-License-Identifier: Apache-2.0
// The profile database: opening it safely (another program's file, a newer schema, a second writer) and running SQL
// on it. The tables are those of storage/schema.sql and nothing else.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "storage/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace tulkki {

// A prepared statement. Parameters count from 1, columns from 0, as in SQLite. A failed bind is reported by step().
class Statement {
 public:
  template <class... Values>
  Statement& bind(const Values&... values) {
    int index = 0;
    (bind_at(++index, values), ...);
    return *this;
  }
  void bind_at(int index, std::int64_t value);
  void bind_at(int index, std::uint64_t value) { bind_at(index, static_cast<std::int64_t>(value)); }
  void bind_at(int index, int value) { bind_at(index, static_cast<std::int64_t>(value)); }
  void bind_at(int index, unsigned value) { bind_at(index, static_cast<std::int64_t>(value)); }
  void bind_at(int index, double value);
  // Text and blobs are not copied: they must live until the statement was stepped.
  void bind_at(int index, std::string_view value);
  void bind_at(int index, const std::string& value) { bind_at(index, std::string_view(value)); }
  void bind_at(int index, const char* value) { bind_at(index, std::string_view(value)); }
  void bind_at(int index, std::span<const std::uint8_t> value);
  void bind_at(int index, std::nullptr_t);
  template <class Value>
  void bind_at(int index, const std::optional<Value>& value) {
    value ? bind_at(index, *value) : bind_at(index, nullptr);
  }

  Result<bool> step();  // true: a row is there
  void reset();         // to run it again; parameters stay bound
  Result<void> run();   // to the end, then reset

  int columns() const;
  std::string column_name(int column) const;
  int type(int column) const;  // SQLITE_INTEGER, SQLITE_FLOAT, SQLITE_TEXT, SQLITE_BLOB or SQLITE_NULL
  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;
  std::span<const std::uint8_t> blob(int column) const;  // valid until the next step or reset

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(sqlite3_stmt* statement, std::string path) : statement_(statement), path_(std::move(path)) {}
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  std::string path_;
  int bind_error_ = 0;
};

class Database {
 public:
  // For reading only (a file of an older schema stays as it is): fails with a message that names the file and the
  // remedy when there is no such file, when it is not a Tulkki database, or when its schema is newer than this program.
  // Never changes the file.
  static Result<Database> open(const std::string& path);
  // For writing: creates the file with the schema when it is missing or empty; refuses as open() does. Two programs
  // may write at the same time: one waits for the other.
  static Result<Database> open_or_create(const std::string& path);

  // A file of an older schema lacks some. In an attached file where `schema` names one.
  bool has_table(const std::string& name, const std::string& schema = "main");
  bool has_column(const std::string& table, const std::string& column);

  // Makes another Tulkki database readable as `schema`, until this one is closed. Fails as open() does. Not within a
  // transaction.
  Result<void> attach(const std::string& path, const std::string& schema);

  Result<Statement> prepare(std::string_view sql);
  Result<void> execute(const std::string& sql);  // one or more statements without results

  const std::string& path() const { return path_; }
  std::int64_t last_insert_id() const;
  std::int64_t changes() const;  // rows that the latest INSERT, UPDATE or DELETE changed

 private:
  friend class Transaction;
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  Database(sqlite3* connection, std::string path) : connection_(connection), path_(std::move(path)) {}
  static Result<Database> connect(const std::string& path, int flags);
  Result<void> prepare_schema();
  Result<void> upgrade(std::int64_t version);
  std::unique_ptr<sqlite3, Close> connection_;
  std::string path_;
};

// Holds the only right to write from construction on; rolls back unless committed.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Result<void> commit();

  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace tulkki
