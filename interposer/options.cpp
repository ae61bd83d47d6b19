// SPDX-License-Identifier: Apache-2.0
// Reads the TULKKI_* variables.
#include "interposer/options.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "interposer/process.h"
#include "interposer/say.h"

namespace tulkki {
namespace {

bool read_switch(const char* name, bool fallback) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return fallback;
  if (std::strcmp(value, "0") == 0) return false;
  if (std::strcmp(value, "1") == 0) return true;
  say("%s=%s is neither 0 nor 1; using %d", name, value, fallback ? 1 : 0);
  return fallback;
}

void read_path(const char* name, char (&path)[PATH_MAX]) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return;
  char absolute[PATH_MAX];
  if (from_start(value, absolute, sizeof absolute)) std::strcpy(path, absolute);
  else say("%s is longer than a path may be; ignored", name);
}

void read_stack_depth(int& depth) {
  const char* value = std::getenv("TULKKI_STACK_DEPTH");
  if (value == nullptr || *value == '\0') return;
  char* end = nullptr;
  const long number = std::strtol(value, &end, 10);
  if (*end != '\0' || number < 1 || number > 64) {
    say("TULKKI_STACK_DEPTH=%s is not a number from 1 to 64; using %d", value, depth);
    return;
  }
  depth = static_cast<int>(number);
}

// SIZE[K|M|G|T][:stop|newest], 0 or "none" for no limit.
void read_trace_limit(std::uint64_t& bytes, bool& keep_newest) {
  const char* value = std::getenv("TULKKI_TRACE_LIMIT");
  if (value == nullptr || *value == '\0') return;
  char* end = nullptr;
  errno = 0;
  unsigned long long number = std::strncmp(value, "none", 4) == 0 ? (end = const_cast<char*>(value) + 4, 0ull)
                                                                  : std::strtoull(value, &end, 10);
  bool valid = end != value && errno == 0;
  switch (*end) {
    case 'T': case 't': number <<= 10; [[fallthrough]];
    case 'G': case 'g': number <<= 10; [[fallthrough]];
    case 'M': case 'm': number <<= 10; [[fallthrough]];
    case 'K': case 'k': number <<= 10; ++end; break;
    default: break;
  }
  bool newest = false;
  if (std::strcmp(end, ":newest") == 0) newest = true;
  else if (*end != '\0' && std::strcmp(end, ":stop") != 0) valid = false;
  if (!valid) {
    say("TULKKI_TRACE_LIMIT=%s is not SIZE[K|M|G][:stop|newest]; using %lluM:stop", value,
        static_cast<unsigned long long>(bytes >> 20));
    return;
  }
  bytes = number;
  keep_newest = newest;
}

// Node-local memory when there is plenty, else the usual place for temporary files.
void default_base_directory(char (&path)[PATH_MAX]) {
  struct statvfs space;
  const auto user = static_cast<unsigned>(getuid());
  if (access("/dev/shm", W_OK) == 0 && statvfs("/dev/shm", &space) == 0 &&
      static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize >= 1ull << 30) {
    std::snprintf(path, sizeof path, "/dev/shm/tulkki-%u", user);
    return;
  }
  const char* temporary = std::getenv("TMPDIR");
  if (temporary == nullptr || std::strlen(temporary) > PATH_MAX - 256 || *temporary == '\0') temporary = "/tmp";
  std::snprintf(path, sizeof path, "%s/tulkki-%u", temporary, user);
}

// Before main(), and so before the program goes elsewhere.
[[gnu::constructor]] void note_start() {
  char (&directory)[PATH_MAX] = g_process.options.start_directory;
  if (getcwd(directory, sizeof directory) == nullptr) directory[0] = '\0';
  leave_mark(raw::kLoadedMark);
}

}  // namespace

bool from_start(const char* path, char* absolute, std::size_t bytes) {
  constexpr std::size_t kRoom = 256;  // for the names of files in it
  const char* start = *path == '/' || *path == '\0' ? "" : g_process.options.start_directory;
  const int length = std::snprintf(absolute, bytes, "%s%s%s", start, *start != '\0' ? "/" : "", path);
  if (length >= 0 && static_cast<std::size_t>(length) + kRoom < bytes) return true;
  absolute[0] = '\0';
  return false;
}

void leave_mark(const char* name) {
  const char* directory = std::getenv("TULKKI_RUN_DIR");
  char path[PATH_MAX];
  if (directory == nullptr || std::snprintf(path, sizeof path, "%s/%s", directory, name) >= static_cast<int>(sizeof path)) return;
  const int saved_errno = errno;
  const int descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor >= 0) close(descriptor);
  errno = saved_errno;
}

void Options::read() {
  record = read_switch("TULKKI_RECORD", record);
  trace = read_switch("TULKKI_TRACE", trace);
  read_stack_depth(stack_depth);
  read_trace_limit(trace_limit_bytes, keep_newest);
  read_path("TULKKI_RUN_DIR", run_directory);
  read_path("TULKKI_COLLECT_DIR", collect_directory);
  default_base_directory(base_directory);
  const char* chosen = std::getenv("TULKKI_DIR");
  base_is_default = chosen == nullptr || *chosen == '\0';
  read_path("TULKKI_DIR", base_directory);
}

}  // namespace tulkki
