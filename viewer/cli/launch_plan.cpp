// SPDX-License-Identifier: Apache-2.0
// Plans a launch; errors come before hours are spent on the program.
#include "viewer/cli/launch_plan.h"

#include <filesystem>
#include <fmt/core.h>
#include <unistd.h>

#include "storage/database.h"
#include "viewer/cli/preload.h"

namespace tulkki {
namespace {

namespace fs = std::filesystem;

Result<void> check_folder(const std::string& folder, const char* purpose, const char* remedy) {
  const std::string reason = why_not_writable(folder);
  if (reason.empty()) return {};
  return Error{fmt::format("cannot write {} into {}: {}; {}", purpose, folder, reason, remedy)};
}

// Everything that would make the results go nowhere, before hours are spent on the program.
Result<void> check_destinations(const RecordingOptions& options) {
  std::error_code error;
  const std::string folder = fs::path(options.database).parent_path();
  if (Result<void> checked = check_folder(folder, "the database", "give another file with --db"); !checked) {
    return checked;
  }
  if (fs::exists(options.database, error) && fs::file_size(options.database, error) > 0) {
    Result<Database> database = Database::open(options.database);
    if (!database) return database.error();
    if (access(options.database.c_str(), W_OK) != 0) {
      return Error{options.database + " cannot be written: change its permissions or give another file with --db"};
    }
  }
  if (!options.trace) return {};
  // The nearest folder that is there: those below are made when they are needed.
  fs::path folder_of_traces = options.trace_directory;
  while (!fs::exists(folder_of_traces, error) && folder_of_traces.has_relative_path()) folder_of_traces = folder_of_traces.parent_path();
  return check_folder(folder_of_traces, "the trace", "give another folder with --trace-dir, or --no-trace");
}

// The links of preload.h are on this host only.
Result<void> check_links(const std::vector<std::string>& files, const std::vector<std::string>& launcher_arguments) {
  for (const std::string& file : files) {
    if (is_plain_path(file) || !names_hosts(launcher_arguments)) continue;
    return Error{fmt::format("{} cannot be preloaded on other hosts: its path has a character that LD_PRELOAD does not "
                             "allow; install Tulkki, or that library, below a path of letters, digits, '/', '.', '-' and '_'",
                             file)};
  }
  return {};
}

}  // namespace

// Open MPI and MPICH have launchers of their own; what is not installed with its library is looked for by name.
Result<Launcher> suitable_launcher(const ProgramFront& front, const BackendChoice& backend) {
  const std::string& launched = backend.launched_library();
  Result<Launcher> launcher = find_launcher(backend.launch_abi, launched.empty() ? front.mpi_library : launched);
  if (launcher || backend.launch_abi == raw::Abi::standard) return launcher;
  if (backend.guessed) {
    if (Result<Launcher> other = find_launcher(raw::Abi::mpich, "")) return other;
    return Error{"neither mpirun.openmpi nor mpiexec.mpich is in PATH: apt install openmpi-bin or mpich"};
  }
  const std::string reason = backend.launch_abi != front.abi ? "" : fmt::format("the program was compiled for {}, and ", mpi_name(front.abi));
  return Error{reason + launcher.message() + without_mpi(backend.launch_abi, front)};
}

Result<LaunchPlan> plan_launch(const LaunchOptions& options, Refusal& refusal) {
  const RecordingOptions& recording = options.recording;
  refusal = Refusal::wrong_use;
  const Result<std::vector<std::string>> words = split_words(options.launcher_arguments);
  if (!words) return Error{"--launcher-args: " + words.message()};
  const Result<std::vector<Transport>> transports = load_transports(recording.transports_file);
  if (!transports) return transports.error();
  const std::string programs = application_file(*words);
  if (recording.program.empty() && programs.empty()) return Error{"PROGRAM is missing"};
  refusal = Refusal::failure;
  const Result<std::string> library = find_library();
  if (!library) return library.error();
  const Result<std::vector<std::string>> program = recording.program.empty() ? program_of_file(programs) : recording.program;
  if (!program) return program.error();
  Result<ProgramFront> front = find_front(program->front(), {program->begin() + 1, program->end()});
  if (!front) return front.error();
  if (const Result<void> possible = check_backend_possible(recording, *front); !possible) return possible.error();
  refusal = Refusal::wrong_use;
  const Result<BackendChoice> backend = choose_backend(recording.backend, *front);
  if (!backend) return backend.error();
  refusal = Refusal::transport_unknown;
  const Result<TransportChoice> transport =
      choose_transport(*transports, recording.transport, abi_name(backend->launch_abi), library_of(*backend, *front));
  if (!transport) return transport.error();
  refusal = Refusal::transport_unavailable;
  if (!transport->obstacle.empty()) return Error{fmt::format("--transport {}: {}", transport->name, transport->obstacle)};
  refusal = Refusal::failure;
  const Result<Launcher> launcher = suitable_launcher(*front, *backend);
  if (!launcher) return launcher.error();
  if (const Result<void> checked = check_destinations(recording); !checked) return checked.error();
  LaunchPlan plan;
  plan.launcher = *launcher;
  plan.front = *front;
  plan.backend = *backend;
  plan.variables = recording_variables(recording, *front, *backend, *transport);
  plan.request = {options.ranks, options.oversubscribe, *words, recording.program, "", {}};
  plan.preload = preloaded_files(*library, *front, *backend);
  if (const Result<void> checked = check_links(plan.preload, *words); !checked) return checked.error();
  return plan;
}

Result<LaunchRequest> request_for(const LaunchPlan& plan, const RawDirectory& directory, int repetition) {
  LaunchRequest request = plan.request;
  const Result<std::string> preload = preload_value(plan.preload, directory.path());
  if (!preload) return preload.error();
  request.preload = *preload;
  request.variables = plan.variables;
  if (const Result<void> named = link_libraries(request.variables, directory.path()); !named) return named.error();
  request.variables.emplace_back("TULKKI_RUN_DIR", directory.path());
  request.variables.emplace_back("TULKKI_COLLECT_DIR", directory.collect_path());
  request.variables.emplace_back("TULKKI_REPETITION", std::to_string(repetition));
  return request;
}

}  // namespace tulkki
