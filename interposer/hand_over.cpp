// SPDX-License-Identifier: Apache-2.0
// Counting the processes that leave, and starting the converter. It is a program of its own: neither OTF2 nor SQLite
// nor their failures come into the host process.
#include "interposer/hand_over.h"

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "interposer/clock_sync.h"
#include "interposer/process.h"
#include "interposer/say.h"

extern char** environ;

namespace tulkki {
namespace {

void directory_of(const char* path, char (&directory)[PATH_MAX]) {
  std::snprintf(directory, sizeof directory, "%s", path);
  char* slash = std::strrchr(directory, '/');
  if (slash != nullptr) *slash = '\0';
}

// <prefix>/lib/libtulkki.so or <prefix>/lib/<architecture>/libtulkki.so -> <prefix>/bin/tulkki
bool find_converter(char (&path)[PATH_MAX]) {
  Dl_info info;
  if (dladdr(reinterpret_cast<void*>(&hand_over_log), &info) == 0 || info.dli_fname == nullptr) return false;
  char library[PATH_MAX], directory[PATH_MAX];
  if (realpath(info.dli_fname, library) == nullptr) return false;
  directory_of(library, directory);
  for (const char* up : {"/../bin/tulkki", "/../../bin/tulkki"}) {
    if (std::snprintf(path, sizeof path, "%s%s", directory, up) < static_cast<int>(sizeof path) &&
        access(path, X_OK) == 0)
      return true;
  }
  return false;
}

// Environment of the converter: ours without the preload, which is meant for MPI programs.
char** environment_without_preload(char** filtered, std::size_t room) {
  std::size_t count = 0;
  for (char** variable = environ; variable != nullptr && *variable != nullptr && count + 1 < room; ++variable)
    if (std::strncmp(*variable, "LD_PRELOAD=", 11) != 0) filtered[count++] = *variable;
  filtered[count] = nullptr;
  return filtered;
}

void convert(const char* directory) {
  char converter[PATH_MAX];
  if (!find_converter(converter)) {
    say("the program `tulkki` is not where libtulkki.so expects it; get the results with: tulkki recover %s", directory);
    return;
  }
  static char* environment[4096];
  char* const arguments[] = {converter, const_cast<char*>("recover"), const_cast<char*>(directory), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  pid_t child = -1;
  const int error = posix_spawn(&child, converter, &actions, nullptr, arguments,
                                environment_without_preload(environment, sizeof environment / sizeof *environment));
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    say("cannot start %s: %s; get the results with: tulkki recover %s", converter, std::strerror(error), directory);
    return;
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
}

bool copy_file(const char* from, const char* to) {
  const int source = open(from, O_RDONLY | O_CLOEXEC);
  const int target = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  static char buffer[1 << 16];
  bool good = source >= 0 && target >= 0;
  for (ssize_t got = 1; good && got > 0;) {
    got = read(source, buffer, sizeof buffer);
    good = got >= 0 && write(target, buffer, static_cast<std::size_t>(got)) == got;
  }
  if (source >= 0) close(source);
  if (target >= 0) close(target);
  return good;
}

void make_folders(const char* path) {
  char folder[PATH_MAX];
  std::snprintf(folder, sizeof folder, "%s", path);
  for (char* slash = std::strchr(folder + 1, '/'); slash != nullptr; slash = std::strchr(slash + 1, '/')) {
    *slash = '\0';
    mkdir(folder, 0777);
    *slash = '/';
  }
  mkdir(folder, 0777);
}

// Logs of other nodes travel through a shared folder.
void collect(const char* shared) {
  char target[PATH_MAX];
  make_folders(shared);
  const char* name = std::strrchr(g_process.log.path, '/');
  if (name == nullptr ||
      std::snprintf(target, sizeof target, "%s/%d-%s", shared, g_process.world_rank, name + 1) >=
          static_cast<int>(sizeof target))
    return;
  if (copy_file(g_process.log.path, target)) unlink(g_process.log.path);
  else say("cannot copy the record to %s: %s; it stays in %s", target, std::strerror(errno), g_process.log.path);
}

// True for the last of the processes to come here: each appends one byte to a common file, and the place where its
// byte came to lie tells how many were before.
bool leave(const char* directory) {
  char path[PATH_MAX];
  if (std::snprintf(path, sizeof path, "%s/left", directory) >= static_cast<int>(sizeof path)) return false;
  const int descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) return false;
  const bool written = write(descriptor, ".", 1) == 1;
  const off_t before = lseek(descriptor, 0, SEEK_CUR);
  close(descriptor);
  const bool last = written && before == g_process.world_size;
  if (last) unlink(path);
  return last;
}

}  // namespace

void hand_over_log() {
  const Options& options = g_process.options;
  if (options.run_directory[0] != '\0') {
    if (!on_first_node() && options.collect_directory[0] != '\0') collect(options.collect_directory);
    return;
  }
  char directory[PATH_MAX];
  if (on_one_node()) {
    directory_of(g_process.log.path, directory);
  } else {
    const char* wanted = std::getenv("TULKKI_TRACE_DIR");
    char traces[PATH_MAX];
    if (!from_start(wanted != nullptr && *wanted != '\0' ? wanted : "tulkki-traces", traces, sizeof traces)) return;
    std::snprintf(directory, sizeof directory, "%.*s/.collect-%s", PATH_MAX - 128, traces, g_process.log.header->run_id);
    collect(directory);
  }
  if (leave(directory)) convert(directory);
}

void say_where_log_lies(const char* why) {
  if (g_process.options.run_directory[0] != '\0' || g_process.log.header->run_id[0] == '\0') return;
  char directory[PATH_MAX];
  directory_of(g_process.log.path, directory);
  say("%s; the record is kept: tulkki recover %s", why, directory);
}

}  // namespace tulkki
