// SPDX-License-Identifier: Apache-2.0
// Reads the TULKKI_* variables.
#include "interposer/options.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/statvfs.h>
#include <unistd.h>

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
  if (std::strlen(value) >= PATH_MAX - 256) {
    say("%s is longer than a path may be; ignored", name);
    return;
  }
  std::strcpy(path, value);
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

}  // namespace

void Options::read() {
  record = read_switch("TULKKI_RECORD", record);
  trace = read_switch("TULKKI_TRACE", trace);
  read_stack_depth(stack_depth);
  read_trace_limit(trace_limit_bytes, keep_newest);
  read_path("TULKKI_RUN_DIR", run_directory);
  read_path("TULKKI_COLLECT_DIR", collect_directory);
  default_base_directory(base_directory);
  read_path("TULKKI_DIR", base_directory);
}

}  // namespace tulkki
