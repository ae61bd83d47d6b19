// SPDX-License-Identifier: Apache-2.0
// `tulkki view`: finds the window, a program of its own, and becomes it.
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>
#include <fmt/core.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "viewer/cli/command.h"

namespace tulkki {

int view_command(int argc, char** argv) {
  std::array<char, PATH_MAX> own{};
  const ssize_t length = readlink("/proc/self/exe", own.data(), own.size() - 1);
  if (length < 0) return failed("view", fmt::format("cannot tell where tulkki is installed: {}", std::strerror(errno)));
  const std::filesystem::path viewer = std::filesystem::path(own.data()).parent_path() / "tulkki-viewer";
  if (access(viewer.c_str(), X_OK) != 0) {
    return failed("view", fmt::format("the window is a program of its own, and {} is not there: install the Debian package tulkki-viewer "
                                      "(apt install tulkki-viewer), or build Tulkki with qt6-base-dev, qt6-svg-dev and libqcustomplot-dev",
                                      viewer.string()));
  }
  std::string name = viewer.string();
  std::vector<char*> arguments{name.data()};
  for (int i = 1; i < argc; ++i) arguments.push_back(argv[i]);
  arguments.push_back(nullptr);
  execv(viewer.c_str(), arguments.data());
  return failed("view", fmt::format("cannot start {}: {}", viewer.string(), std::strerror(errno)));
}

}  // namespace tulkki
