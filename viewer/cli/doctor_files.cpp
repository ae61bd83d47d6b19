// SPDX-License-Identifier: Apache-2.0
// Checks of where results go and of what shows them.
#include <fmt/core.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <filesystem>

#include "storage/database.h"
#include "viewer/cli/command.h"
#include "viewer/cli/doctor.h"
#include "viewer/cli/launcher.h"
#include "viewer/cli/program_front.h"
#include "viewer/cli/raw_directory.h"
#include "viewer/cli/terminal.h"

namespace tulkki {
namespace {

namespace fs = std::filesystem;


bool holds_font(const fs::path& folder) {
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string kind = entry->path().extension();
    if (kind == ".ttf" || kind == ".otf" || kind == ".ttc") return true;
  }
  return false;
}

}  // namespace

std::vector<Finding> check_working_folder(const DoctorSystem&) {
  std::error_code error;
  const std::string folder = fs::current_path(error);
  if (error) return {{Health::bad, "the working folder does not exist any more", "cd"}};
  if (const std::string reason = why_not_writable(folder); !reason.empty())
    return {{Health::warn, fmt::format("{}: {}; profiles and traces go elsewhere only with --db", folder, reason),
             "cd \"$HOME\" (or give --db FILE)"}};
  struct statvfs space {};
  if (statvfs(folder.c_str(), &space) != 0) return {{Health::ok, folder + ": writable"}};
  const double free = static_cast<double>(space.f_bavail) * static_cast<double>(space.f_frsize);
  const std::string text = fmt::format("{}: {} free", folder, bytes_text(free));
  if (free < 100 * kMiB) return {{Health::bad, text + ", too little for a trace", "df -h ."}};
  if (free < 1024 * kMiB)
    return {{Health::warn, text + ": traces take 34 bytes a call", "df -h . (or record with --no-trace)"}};
  return {{Health::ok, text}};
}

std::vector<Finding> check_database(const DoctorSystem&) {
  const std::string path = database_path("");
  std::error_code error;
  if (!fs::exists(path, error))
    return {{Health::ok, fmt::format("{} does not exist yet: the first run makes it", path)}};
  // For reading, so that nothing is changed: opening for writing would bring an older file up to date.
  if (const Result<Database> database = Database::open(path); !database)
    return {{Health::bad, database.message(),
             "export TULKKI_DB=" + quote_word((fs::current_path(error) / "study.db").string())}};
  if (access(path.c_str(), W_OK) != 0)
    return {{Health::warn, fmt::format("{} may be read, not written: new runs need another file", path),
             "chmod u+w " + quote_word(path)}};
  return {{Health::ok, fmt::format("{}: readable and writable", path)}};
}

std::vector<Finding> check_viewer(const DoctorSystem& system) {
  std::error_code error;
  std::string viewer = "/usr/bin/tulkki-viewer";
  if (system.live()) {
    viewer = (fs::read_symlink("/proc/self/exe", error).parent_path() / "tulkki-viewer").string();
    if (!fs::exists(viewer, error)) viewer = find_in_path("tulkki-viewer");
  }
  if (!viewer.empty() && system.exists(viewer)) return {{Health::ok, viewer}};
  return {{Health::warn,
           "the window (tulkki-viewer) is not installed: reports and comparisons work, `tulkki view` does not",
           "apt install qt6-base-dev libqt6svg6-dev libqcustomplot-dev (then build again)"}};
}

std::vector<Finding> check_display(const DoctorSystem& system) {
  for (const char* name : {"WAYLAND_DISPLAY", "DISPLAY"})
    if (const std::string value = system.variable(name); !value.empty())
      return {{Health::ok, fmt::format("{}={}", name, value)}};
  return {{Health::ok, "none: `tulkki view` with --figure or --table draws without one"}};
}

std::vector<Finding> check_fonts(const DoctorSystem& system) {
  const std::string home = system.variable("HOME");
  for (const std::string& folder : {std::string("/usr/share/fonts"), std::string("/usr/local/share/fonts"),
                                    home + "/.local/share/fonts", home + "/.fonts"})
    if (holds_font(system.path(folder))) return {{Health::ok, "there are fonts in " + folder}};
  return {{Health::warn, "no fonts are installed: window and figures show boxes instead of letters",
           "apt install fonts-dejavu-core"}};
}

}  // namespace tulkki
