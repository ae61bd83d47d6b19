// SPDX-License-Identifier: Apache-2.0
// One-line messages on stderr.
#include "interposer/say.h"

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <unistd.h>

#include "interposer/process.h"

namespace tulkki {

void say(const char* format, ...) {
  const int saved_errno = errno;
  char line[1024];
  int length = g_process.world_rank >= 0 ? std::snprintf(line, sizeof line, "tulkki: rank %d: ", g_process.world_rank)
                                         : std::snprintf(line, sizeof line, "tulkki: ");
  std::va_list arguments;
  va_start(arguments, format);
  length += std::vsnprintf(line + length, sizeof line - 1 - static_cast<std::size_t>(length), format, arguments);
  va_end(arguments);
  if (length > static_cast<int>(sizeof line) - 2) length = static_cast<int>(sizeof line) - 2;
  line[length] = '\n';
  // A message that cannot be written is lost: there is nobody else to tell.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line, static_cast<std::size_t>(length) + 1);
  errno = saved_errno;
}

}  // namespace tulkki
