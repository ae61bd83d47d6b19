// SPDX-License-Identifier: Apache-2.0
#include "tests/storage_profile/support.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <sqlite3.h>

namespace tulkki::test {

ScratchDirectory::ScratchDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "tulkki-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot create a scratch directory");
  path_ = name;
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

void write_file(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

std::string query_text(const std::string& path, const std::string& sql) {
  Result<Database> database = Database::open(path);
  if (!database) return database.message();
  Result<Statement> query = database->prepare(sql);
  if (!query) return query.message();
  std::string text;
  for (Result<bool> row = query->step(); row && *row; row = query->step()) {
    for (int column = 0; column < query->columns(); ++column) {
      if (column != 0) text += '|';
      char number[64];
      switch (query->type(column)) {
        case SQLITE_NULL:
          text += '-';
          break;
        case SQLITE_FLOAT:
          std::snprintf(number, sizeof(number), "%.6f", query->real(column));
          text += number;
          break;
        case SQLITE_BLOB:
          for (const std::uint8_t byte : query->blob(column)) {
            std::snprintf(number, sizeof(number), "%02x", byte);
            text += number;
          }
          break;
        default:
          text += query->text(column);
      }
    }
    text += '\n';
  }
  return text;
}

int in_child(const std::function<int()>& function) {
  const pid_t child = fork();
  if (child == 0) _exit(function());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

RawLogBuilder sending_process(int rank, int size, int calls) {
  RawLogBuilder log(rank, size);
  ThreadBuilder& thread = log.thread(0);
  std::uint64_t now = 10'000;
  for (int call = 0; call < calls; ++call, now += 1000) {
    thread.call({.procedure = Procedure::MPI_Send,
                 .start = now,
                 .end = now + 200,
                 .peer = (rank + 1) % size,
                 .context = raw::kContextWorld,
                 .tag = 1,
                 .sent = 8});
  }
  return log;
}

void write_launch(const std::string& directory, int size, int calls, const std::string& launch) {
  std::filesystem::create_directories(directory);
  for (int rank = 0; rank < size; ++rank) {
    RawLogBuilder log = sending_process(rank, size, calls);
    std::strncpy(log.header.run_id, launch.c_str(), sizeof(log.header.run_id) - 1);
    log.property("program", "/usr/bin/ring");
    log.write(directory + "/" + launch + "-" + std::to_string(rank) + ".tulkki-raw");
  }
}

}  // namespace tulkki::test
