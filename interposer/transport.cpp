// SPDX-License-Identifier: Apache-2.0
// Finds the table's line for this library, and works through its checks.
#include "interposer/transport.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

#include "interposer/backend.h"
#include "interposer/foreign_backend.h"
#include "interposer/process.h"
#include "interposer/say.h"
#include "interposer/transport_evidence.h"
#include "translator/backend_library.h"
#include "tulkki/transports.h"

namespace tulkki {
namespace {

char g_checks[2048];    // one a line
char g_obstacle[512];   // why it could not be asked for

class Text {
 public:
  [[gnu::format(printf, 2, 3)]] void add(const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    if (length_ > 0 && length_ + 3 < sizeof text_) length_ += std::snprintf(text_ + length_, sizeof text_ - length_, "; ");
    length_ += static_cast<std::size_t>(std::vsnprintf(text_ + length_, sizeof text_ - length_, format, arguments));
    if (length_ >= sizeof text_) length_ = sizeof text_ - 1;
    va_end(arguments);
  }
  const char* text() const { return text_; }

 private:
  char text_[1024] = "";
  std::size_t length_ = 0;
};

const char* wanted_transport() {
  const char* name = std::getenv("TULKKI_TRANSPORT");
  return name == nullptr || *name == '\0' || std::strcmp(name, "default") == 0 ? nullptr : name;
}

// The command joins checks by " && ", as a variable of one line.
void take_checks(const char* text) {
  std::size_t length = 0;
  while (*text != '\0' && length + 1 < sizeof g_checks) {
    if (std::strncmp(text, " && ", 4) == 0) {
      g_checks[length++] = '\n';
      text += 4;
    } else {
      g_checks[length++] = *text++;
    }
  }
  g_checks[length] = '\0';
}

const TransportText* find_transport(const char* name) {
  static char version[8192];
  int length = 0;
  library_function<int (*)(char*, int*)>(Procedure::MPI_Get_library_version)(version, &length);
  version[sizeof version - 1] = '\0';
  for (const TransportText& row : kTransportTexts) {
    if (std::strcmp(row.name, name) == 0 && std::strcmp(row.backend, abi_text(backend_abi())) == 0 &&
        (row.device[0] == '\0' || std::strstr(version, row.device) != nullptr))
      return &row;
  }
  return nullptr;
}

void set_variables(const char* lines) {
  while (*lines != '\0') {
    char line[512];
    const std::size_t length = std::strcspn(lines, "\n");
    std::snprintf(line, sizeof line, "%.*s", static_cast<int>(length), lines);
    if (char* equals = std::strchr(line, '=')) {
      *equals = '\0';
      setenv(line, equals + 1, 1);
    }
    lines += length + (lines[length] == '\n' ? 1 : 0);
  }
}

// The argument of a check if the line starts with its word, else null.
const char* argument_of(const char* line, const char* word) {
  const std::size_t length = std::strlen(word);
  if (std::strncmp(line, word, length) != 0) return nullptr;
  return line[length] == ' ' ? line + length + 1 : line[length] == '\0' ? line + length : nullptr;
}

bool is_value(const char* name, const char* wanted, const char* value, Text& result) {
  if (value != nullptr && std::strcmp(value, wanted) == 0) {
    result.add("%s %s", name, value);
    return true;
  }
  result = {};
  result.add("%s is %s, not %s", name, value == nullptr || *value == '\0' ? "not set" : value, wanted);
  return false;
}

bool check_named(const char* argument, const char* (*lookup)(const char*), Text& result) {
  char name[128];
  std::snprintf(name, sizeof name, "%.*s", static_cast<int>(std::strcspn(argument, " ")), argument);
  const char* wanted = std::strchr(argument, ' ');
  return is_value(name, wanted == nullptr ? "" : wanted + 1, lookup(name), result);
}

const char* environment_variable(const char* name) { return std::getenv(name); }

bool check_sockets(bool wanted, int count, const char* protocol, Text& result) {
  if (wanted == (count > 0)) {
    if (wanted) result.add("%s: %d", protocol, count);
    else result.add("no %s", protocol);
    return true;
  }
  result = {};
  if (wanted) result.add("there are no %s", protocol);
  else result.add("there are %d %s", count, protocol);
  return false;
}

bool check_segment(bool wanted, const char* names, Text& result) {
  char found[64] = "";
  const bool is_there = has_shared_segment(names, found);
  if (wanted == is_there) {
    if (wanted) result.add("shared memory %s", found);
    else result.add("no shared memory %s", names);
    return true;
  }
  result = {};
  if (wanted) result.add("no memory is shared (%s)", names);
  else result.add("memory is shared: %s", found);
  return false;
}

// True: `result` gained what was seen. False: `result` is why not.
bool check(const char* line, const SocketCount& sockets, Text& result) {
  if (const char* wanted = argument_of(line, "pml")) return is_value("pml", wanted, openmpi_component("pml"), result);
  if (const char* wanted = argument_of(line, "mtl")) return is_value("mtl", wanted, openmpi_component("mtl"), result);
  if (const char* both = argument_of(line, "variable")) return check_named(both, openmpi_variable, result);
  if (const char* both = argument_of(line, "environment")) return check_named(both, environment_variable, result);
  if (std::strcmp(line, "tcp") == 0) return check_sockets(true, sockets.tcp, "TCP connections", result);
  if (std::strcmp(line, "no tcp") == 0) return check_sockets(false, sockets.tcp, "TCP connections", result);
  if (std::strcmp(line, "udp") == 0) return check_sockets(true, sockets.udp, "UDP sockets", result);
  if (const char* names = argument_of(line, "segment")) return check_segment(true, names, result);
  if (const char* names = argument_of(line, "no segment")) return check_segment(false, names, result);
  result = {};
  result.add("this version knows no check '%s'", line);
  return false;
}

bool check_all(const SocketCount& sockets, Text& result) {
  if (g_obstacle[0] != '\0') {
    result.add("%s", g_obstacle);
    return false;
  }
  // A job of one rank opens no connection; one that is not MPI_COMM_WORLD (sessions) has no known size.
  if (g_process.world_size == 1) {
    result.add("one rank has nobody to send to");
    return false;
  }
  if (g_checks[0] == '\0') {
    result.add("nothing is known that would verify it");
    return false;
  }
  for (char* line = g_checks; *line != '\0';) {
    char* end = line + std::strcspn(line, "\n");
    const bool last = *end == '\0';
    *end = '\0';
    if (!check(line, sockets, result)) return false;
    line = last ? end : end + 1;
  }
  return true;
}

void describe(const SocketCount& sockets, Text& seen) {
  if (const char* pml = openmpi_component("pml"); *pml != '\0') {
    seen.add("pml %s", pml);
    if (const char* mtl = openmpi_component("mtl"); *mtl != '\0') seen.add("mtl %s", mtl);
    if (const char* btl = openmpi_variable("btl")) seen.add("btl %s", btl);
  }
  if (const char* layers = std::getenv("UCX_TLS")) seen.add("UCX_TLS %s", layers);
  for (const char* name : {"vader_segment", "ucx_shm", "SYSV", "mpich_shar"}) {
    char found[64];
    if (has_shared_segment(name, found)) seen.add("shared memory %s", found);
  }
  seen.add("TCP connections: %d", sockets.tcp);
  if (sockets.udp > 0) seen.add("UDP sockets: %d", sockets.udp);
}

}  // namespace

void ask_for_transport() {
  note_early_sockets();
  const char* name = wanted_transport();
  if (name == nullptr) return;
  // The command has looked into its table and the user's, and has set the variables.
  if (const char* checks = std::getenv("TULKKI_TRANSPORT_CHECKS")) return take_checks(checks);
  const TransportText* row = find_transport(name);
  if (row != nullptr && row->cannot[0] == '\0') {
    set_variables(row->variables);
    return take_checks(row->verify);
  }
  std::snprintf(g_obstacle, sizeof g_obstacle, "%s: %s", abi_text(backend_abi()),
                row == nullptr ? "has no transport of this name" : row->cannot);
  say("TULKKI_TRANSPORT=%s is not used (%s); `tulkki transports` says what can be chosen", name, g_obstacle);
}

void verify_transport() {
  const SocketCount sockets = count_sockets();
  Text seen, result;
  describe(sockets, seen);
  const bool wanted = wanted_transport() != nullptr;
  const bool verified = wanted && check_all(sockets, result);
  Locked lock;
  g_process.log.define_property("transport_seen", seen.text());
  if (wanted) g_process.log.define_property(verified ? "transport_verified" : "transport_unverified", result.text());
}

}  // namespace tulkki
