// SPDX-License-Identifier: Apache-2.0
// One class for each format.
#include "viewer/cli/table_sinks.h"

#include <fmt/format.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "viewer/analysis/latex_text.h"

namespace tulkki {
namespace {

namespace fs = std::filesystem;

const std::string* words_of(const Cell& cell) { return std::get_if<std::string>(&cell); }

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
      if (const std::string* words = words_of(cells[i]))
        quoted(*words);
      else
        text(number_text(cells[i]));
    }
    text("\n");
    flush(kBufferBytes);
  }

 private:
  void quoted(std::string_view words) {
    const char special[] = {'"', '\r', '\n', separator_, '\0'};
    if (words.find_first_of(special) == std::string_view::npos) return text(words);
    text("\"");
    for (const char& letter : words)
      text(letter == '"' ? std::string_view("\"\"") : std::string_view(&letter, 1));
    text("\"");
  }
  char separator_;
};

class JsonSink : public TextSink {
 public:
  using TextSink::TextSink;
  void header(const std::vector<std::string>& columns) override {
    for (const std::string& column : columns)
      names_.push_back(json_text(column) + ": ");
    text("[");
  }
  void row(const std::vector<Cell>& cells) override {
    text(first_ ? "\n  {" : ",\n  {");
    first_ = false;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) text(", ");
      text(names_[i]);
      if (const std::string* words = words_of(cells[i]))
        text(json_text(*words));
      else if (std::holds_alternative<std::monostate>(cells[i]))
        text("null");
      else
        text(number_text(cells[i]));
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

// A tabular that needs \usepackage{booktabs}. Columns are numbers (right) until a row says otherwise, so rows wait
// until the end: nobody prints a million rows in a paper.
class LatexSink : public TextSink {
 public:
  using TextSink::TextSink;
  void header(const std::vector<std::string>& columns) override {
    words_.assign(columns.size(), false);
    head_ = columns;
  }
  void row(const std::vector<Cell>& cells) override {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string* words = words_of(cells[i]);
      words_[i] = words_[i] || words != nullptr;
      line += fmt::format("{}{}", i > 0 ? " & " : "  ", words != nullptr ? latex_text(*words) : number_text(cells[i]));
    }
    lines_ += line + " \\\\\n";
  }

 protected:
  void end() override {
    std::string kinds, head;
    for (std::size_t i = 0; i < head_.size(); ++i) {
      kinds += words_[i] ? 'l' : 'r';
      head += fmt::format("{}{}", i > 0 ? " & " : "  ", latex_text(head_[i]));
    }
    text(fmt::format("% needs \\usepackage{{booktabs}}\n\\begin{{tabular}}{{{}}}\n  \\toprule\n{} \\\\\n  \\midrule\n",
                     kinds, head));
    text(lines_);
    text("  \\bottomrule\n\\end{tabular}\n");
  }

 private:
  std::vector<std::string> head_;
  std::vector<bool> words_;
  std::string lines_;
};

class MarkdownSink : public TextSink {
 public:
  using TextSink::TextSink;
  void header(const std::vector<std::string>& columns) override {
    row(std::vector<Cell>(columns.begin(), columns.end()));
    for (std::size_t i = 0; i < columns.size(); ++i)
      text(i > 0 ? " --- |" : "| --- |");
    text("\n");
  }
  void row(const std::vector<Cell>& cells) override {
    text("|");
    for (const Cell& cell : cells) {
      const std::string* words = words_of(cell);
      text(fmt::format(" {} |", words != nullptr ? markdown_text(*words) : number_text(cell)));
    }
    text("\n");
    flush(kBufferBytes);
  }
};

}  // namespace

std::string TextSink::finish() {
  end();
  flush(0);
  if (std::fflush(file_) != 0 && error_ == 0) error_ = errno;
  return error_ == 0 ? "" : std::strerror(error_);
}

void TextSink::flush(std::size_t keep_below) {
  if (buffer_.size() <= keep_below) return;
  if (std::fwrite(buffer_.data(), 1, buffer_.size(), file_) != buffer_.size() && error_ == 0) error_ = errno;
  buffer_.clear();
}

std::string TextSink::number_text(const Cell& cell) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return fmt::format("{}", *integer);
  if (const auto* real = std::get_if<double>(&cell)) return fmt::format("{}", *real);
  return "";
}

const std::vector<std::string>& table_formats() {
  static const std::vector<std::string> formats{"csv", "tsv", "json", "latex", "markdown"};
  return formats;
}

std::unique_ptr<TextSink> make_sink(const std::string& format, std::FILE* file) {
  if (format == "json") return std::make_unique<JsonSink>(file);
  if (format == "latex") return std::make_unique<LatexSink>(file);
  if (format == "markdown") return std::make_unique<MarkdownSink>(file);
  return std::make_unique<SeparatedSink>(file, format == "csv" ? ',' : '\t');
}

std::string markdown_text(std::string_view words) {
  std::string text;
  for (const char letter : words) {
    switch (letter) {
      case '\\':
      case '|':
      case '*':
      case '_':
      case '`':
      case '<':
      case '[':
      case ']':
      case '~':
        text += '\\';
        [[fallthrough]];
      default:
        text += static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f ? ' ' : letter;
    }
  }
  return text;
}

// Through a neighbouring file, so that a failed export leaves nothing that looks whole.
Result<void> write_output(const std::string& path, bool force, const std::function<Result<void>(std::FILE*)>& write) {
  if (path.empty()) return write(stdout);
  std::error_code error;
  const bool exists = fs::exists(path, error);
  if (exists && !force && fs::is_regular_file(path, error)) {
    return Error{path + " exists already: overwrite it with --force, or name another file"};
  }
  const bool direct = exists && !fs::is_regular_file(path, error);
  const std::string part = direct ? path : fmt::format("{}.part-{}", path, getpid());
  std::FILE* file = std::fopen(part.c_str(), "we");
  if (file == nullptr) return Error{fmt::format("cannot create {}: {}", path, std::strerror(errno))};
  Result<void> written = write(file);
  if (std::fclose(file) != 0 && written)
    written = Error{fmt::format("cannot write {}: {}", path, std::strerror(errno))};
  if (direct) return written;
  if (written) {
    fs::rename(part, path, error);
    if (error) written = Error{fmt::format("cannot create {}: {}", path, error.message())};
  }
  if (!written) fs::remove(part, error);
  return written;
}

}  // namespace tulkki
