// SPDX-License-Identifier: Apache-2.0
// What `run` and `env` share: the options of a recording, checked, and the variables that carry them to the
// recorder in the MPI processes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "storage/result.h"
#include "viewer/cli/backend.h"
#include "viewer/cli/child.h"
#include "viewer/cli/program_front.h"
#include "viewer/cli/transport_choice.h"

namespace CLI {
class App;
}

namespace tulkki {

struct RecordingOptions {
  std::string backend;
  std::string transport = "default";
  std::string label;
  std::string database;
  std::string trace_directory;
  bool trace = true;
  int stack_depth = 0;      // 0: the recorder's default
  std::string transports_file;
  std::string trace_limit;  // empty: the recorder's default
  std::vector<std::string> program;

  void declare(CLI::App& app);
  // What CLI11 cannot check; an error here is wrong use.
  Result<void> check();
};

// An error where a backend was asked for that this program cannot be made to run on.
Result<void> check_backend_possible(const RecordingOptions& options, const ProgramFront& front);

// Where traces go: what was given, else tulkki-traces where the user stands.
std::string absolute_trace_directory(const std::string& given);

// Absolute path of libtulkki.so: TULKKI_LIBRARY, or where it lies relative to this program.
Result<std::string> find_library();

// Where the fronts, workloads and probes that belong to it are: the folder tulkki beside it, or, in a Debian package, its own.
std::filesystem::path support_folder(const std::string& library);

// TULKKI_* that hold for every launch; paths are absolute: they hold wherever the program goes.
Variables recording_variables(const RecordingOptions& options, const ProgramFront& front, const BackendChoice& backend,
                              const TransportChoice& transport);

}  // namespace tulkki
