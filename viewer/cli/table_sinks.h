// SPDX-License-Identifier: Apache-2.0
// Formats of tables: csv, tsv, json, latex (booktabs) and markdown. Files are written whole or not at all.
#pragma once

#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/result.h"
#include "viewer/analysis/export_tables.h"

namespace tulkki {

// Rows become text in a buffer that is written now and then.
class TextSink : public RowSink {
 public:
  explicit TextSink(std::FILE* file) : file_(file) {}
  // Nothing, or why the file is not whole.
  std::string finish();

 protected:
  virtual void end() {}
  void flush(std::size_t keep_below);
  void text(std::string_view value) { buffer_.append(value); }
  // A number in the shortest form that reads back as the same; nothing where the cell is empty.
  static std::string number_text(const Cell& cell);

  static constexpr std::size_t kBufferBytes = 1 << 16;

 private:
  std::FILE* file_;
  std::string buffer_;
  int error_ = 0;
};

// csv, tsv, json, latex, markdown
const std::vector<std::string>& table_formats();
std::unique_ptr<TextSink> make_sink(const std::string& format, std::FILE* file);

// What Markdown would take as its own, made plain; of LaTeX: viewer/analysis/latex_text.h.
std::string markdown_text(std::string_view words);

// `write` gets the file, or standard output where `path` is empty. A file that exists is overwritten only with
// `force`; one that could not be written whole is removed.
Result<void> write_output(const std::string& path, bool force, const std::function<Result<void>(std::FILE*)>& write);

}  // namespace tulkki
