// SPDX-License-Identifier: Apache-2.0
// `tulkki export`: tables as csv, tsv or json, in full precision and the C locale.
#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "viewer/analysis/export_tables.h"
#include "viewer/analysis/run_list.h"
#include "viewer/cli/command.h"

namespace tulkki {
namespace {

namespace fs = std::filesystem;

class TextSink : public RowSink {
 public:
  explicit TextSink(std::FILE* file) : file_(file) {}
  // Nothing, or why the file is not whole.
  std::string finish() {
    end();
    flush(0);
    if (std::fflush(file_) != 0 && error_ == 0) error_ = errno;
    return error_ == 0 ? "" : std::strerror(error_);
  }

 protected:
  virtual void end() {}
  void flush(std::size_t keep_below) {
    if (buffer_.size() <= keep_below) return;
    if (std::fwrite(buffer_.data(), 1, buffer_.size(), file_) != buffer_.size() && error_ == 0) error_ = errno;
    buffer_.clear();
  }
  // Shortest form that reads back as the same number.
  template <class Number>
  void number(Number value) { fmt::format_to(std::back_inserter(buffer_), "{}", value); }
  void text(std::string_view value) { buffer_.append(value); }

  static constexpr std::size_t kBufferBytes = 1 << 16;

 private:
  std::FILE* file_;
  std::string buffer_;
  int error_ = 0;
};

// RFC 4180 quoting; lines end with a line feed alone. TSV differs in the separator only.
class SeparatedSink : public TextSink {
 public:
  SeparatedSink(std::FILE* file, char separator) : TextSink(file), separator_(separator) {}
  void header(const std::vector<std::string>& columns) override {
    row(std::vector<Cell>(columns.begin(), columns.end()));
  }
  void row(const std::vector<Cell>& cells) override {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) text({&separator_, 1});
      if (const auto* integer = std::get_if<std::int64_t>(&cells[i])) number(*integer);
      else if (const auto* real = std::get_if<double>(&cells[i])) number(*real);
      else if (const auto* words = std::get_if<std::string>(&cells[i])) quoted(*words);
    }
    text("\n");
    flush(kBufferBytes);
  }

 private:
  void quoted(std::string_view words) {
    const char special[] = {'"', '\r', '\n', separator_, '\0'};
    if (words.find_first_of(special) == std::string_view::npos) return text(words);
    text("\"");
    for (const char& letter : words) text(letter == '"' ? std::string_view("\"\"") : std::string_view(&letter, 1));
    text("\"");
  }
  char separator_;
};

class JsonSink : public TextSink {
 public:
  using TextSink::TextSink;
  void header(const std::vector<std::string>& columns) override {
    for (const std::string& column : columns) names_.push_back(json_text(column) + ": ");
    text("[");
  }
  void row(const std::vector<Cell>& cells) override {
    text(first_ ? "\n  {" : ",\n  {");
    first_ = false;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) text(", ");
      text(names_[i]);
      if (const auto* integer = std::get_if<std::int64_t>(&cells[i])) number(*integer);
      else if (const auto* real = std::get_if<double>(&cells[i])) number(*real);
      else if (const auto* words = std::get_if<std::string>(&cells[i])) text(json_text(*words));
      else text("null");
    }
    text("}");
    flush(kBufferBytes);
  }

 protected:
  void end() override { text("\n]\n"); }

 private:
  static std::string json_text(const std::string& words) {
    return nlohmann::json(words).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
  std::vector<std::string> names_;
  bool first_ = true;
};

struct ExportOptions {
  std::string format;
  std::vector<std::string> runs;
  std::string database;
  std::string table = "procedures";
  std::string output;
  bool force = false;
};

Result<void> write_table(const ExportOptions& options, std::FILE* file) {
  Result<Database> database = Database::open(database_path(options.database));
  if (!database) return database.error();
  std::vector<std::int64_t> runs;
  for (const std::string& name : options.runs) {
    const Result<RunInfo> run = select_run(*database, name);
    if (!run) return run.error();
    runs.push_back(run->run_id);
  }
  std::unique_ptr<TextSink> sink;
  if (options.format == "json") sink = std::make_unique<JsonSink>(file);
  else sink = std::make_unique<SeparatedSink>(file, options.format == "csv" ? ',' : '\t');
  if (const Result<void> done = export_table(*database, options.table, runs, *sink); !done) return done;
  const std::string reason = sink->finish();
  if (reason.empty()) return {};
  return Error{fmt::format("cannot write {}: {}", options.output.empty() ? "the output" : options.output, reason)};
}

// Through a neighbouring file, so that a failed export leaves nothing that looks whole.
Result<void> write_file(const ExportOptions& options) {
  std::error_code error;
  const bool exists = fs::exists(options.output, error);
  if (exists && !options.force && fs::is_regular_file(options.output, error)) {
    return Error{options.output + " exists: give --force to overwrite it, or another file"};
  }
  const bool direct = exists && !fs::is_regular_file(options.output, error);
  const std::string path = direct ? options.output : fmt::format("{}.part-{}", options.output, getpid());
  std::FILE* file = std::fopen(path.c_str(), "we");
  if (file == nullptr) return Error{fmt::format("cannot create {}: {}", options.output, std::strerror(errno))};
  Result<void> written = write_table(options, file);
  if (std::fclose(file) != 0 && written) {
    written = Error{fmt::format("cannot write {}: {}", options.output, std::strerror(errno))};
  }
  if (direct) return written;
  if (written) {
    fs::rename(path, options.output, error);
    if (error) written = Error{fmt::format("cannot create {}: {}", options.output, error.message())};
  }
  if (!written) fs::remove(path, error);
  return written;
}

}  // namespace

int export_command(int argc, char** argv) {
  CLI::App app("Writes a table of the profile: one observation a row.", "tulkki export");
  app.footer("Examples: tulkki export csv last > procedures.csv\n"
             "          tulkki export json 3 4 --table matrix -o matrix.json");
  ExportOptions options;
  app.add_option("FORMAT", options.format, "csv, tsv or json")
      ->required()->check(CLI::IsMember({"csv", "tsv", "json", "latex"}));
  app.add_option("RUN", options.runs, "numbers, labels or 'last' (default: all runs)");
  app.add_option("--db", options.database, "database (default: TULKKI_DB, else tulkki.db)")->type_name("FILE");
  const auto& tables = export_table_names();
  app.add_option("--table", options.table,
                 "calls, procedures (default), sites, matrix, processes, runs or histogram")
      ->check(CLI::IsMember(std::vector<std::string>(tables.begin(), tables.end())))->type_name("TABLE");
  app.add_option("-o,--output", options.output, "file to write (default: standard output)")->type_name("FILE");
  app.add_flag("--force", options.force, "overwrite an existing file");
  if (const auto code = parse_arguments(app, argc, argv)) return *code;
  if (options.format == "latex") return wrong_use("export", "latex is not built yet; use csv, tsv or json");
  const Result<void> written = options.output.empty() ? write_table(options, stdout) : write_file(options);
  return written ? 0 : failed("export", written.message());
}

}  // namespace tulkki
