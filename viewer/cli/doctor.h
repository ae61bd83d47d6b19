// SPDX-License-Identifier: Apache-2.0
// `tulkki doctor`: what a machine is and what stands in the way of running and measuring MPI programs on it. Every
// check is one small function in a table; a check reads the machine through DoctorSystem alone, so that a test can give
// it another.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tulkki {

inline constexpr long long kMiB = 1 << 20;

enum class Health { ok, warn, bad };

// One line of the examination. `mend`: the command that mends it; empty where nothing is wrong or nothing can be done.
struct Finding {
  Health health = Health::ok;
  std::string text;
  std::string mend = {};
};

// The machine below a root folder: the real one, or a copy of some files that a test made.
class DoctorSystem {
 public:
  explicit DoctorSystem(std::string root) : root_(std::move(root)) {}

  // The real machine: what only the kernel itself can tell may be asked.
  bool live() const { return root_.empty(); }
  std::string path(const std::string& absolute) const { return root_ + absolute; }
  // Without blanks at the end; nothing when there is no such file or it may not be read.
  std::optional<std::string> text(const std::string& absolute) const;
  std::optional<long long> number(const std::string& absolute) const;
  // What follows "NAME:" in the first such line of a file, without blanks around it.
  std::optional<std::string> field(const std::string& absolute, const std::string& name) const;
  bool exists(const std::string& absolute) const;
  std::vector<std::string> names(const std::string& folder) const;  // in order; empty when it cannot be read
  // Where a link points to, below the root too; empty when it is none.
  std::string link(const std::string& absolute) const;
  std::string variable(const char* name) const;  // of the environment; empty: not set
  bool is_root_user() const;
  long long processors() const;  // online, hardware threads count; at least 1

 private:
  std::string root_;
};

using CheckFunction = std::vector<Finding>(const DoctorSystem& system);
struct DoctorCheck {
  std::string_view group, name;
  CheckFunction* look;
};

// What the examination begins with: facts, not judged.
struct DoctorFact {
  std::string name, text;
};
std::vector<DoctorFact> doctor_facts(const DoctorSystem& system);

// doctor_mpi.cpp
CheckFunction check_recorder, check_libraries, check_launchers, check_compilers, check_mixture, check_environment,
    check_transports, check_root_user;
// doctor_memory.cpp
CheckFunction check_shared_memory, check_left_over, check_single_copy, check_memory_limits, check_memory_settings,
    check_numa;
// doctor_processor.cpp
CheckFunction check_processors, check_quota, check_load, check_governor, check_clock;
// doctor_limits.cpp
CheckFunction check_descriptors, check_process_count, check_stack, check_perf, check_network;
// doctor_files.cpp
CheckFunction check_working_folder, check_database, check_viewer, check_display, check_fonts;

}  // namespace tulkki
