// SPDX-License-Identifier: Apache-2.0
// `tulkki env`: the variables that record a program under a launcher that the user starts.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <fmt/core.h>

#include "viewer/cli/command.h"
#include "viewer/cli/launch_plan.h"
#include "viewer/cli/launcher.h"
#include "viewer/cli/preload.h"
#include "viewer/cli/recording.h"

namespace tulkki {
namespace {

std::string single_quoted(const std::string& text) {
  std::string result = "'";
  for (const char letter : text) {
    if (letter == '\'') result += "'\\''";
    else result += letter;
  }
  return result + "'";
}

// As it is typed: by its name where the shell finds the same by it.
std::string typed_name(const Launcher& launcher) {
  const std::string name = std::filesystem::path(launcher.path).filename();
  std::error_code error;
  return std::filesystem::equivalent(find_in_path(name), launcher.path, error) ? name : quote_word(launcher.path);
}

void print_lines(const Variables& variables, const Launcher& launcher, const std::string& program) {
  std::string names;
  for (const auto& [name, value] : variables) {
    fmt::print("export {}={}\n", name, single_quoted(value));
    names += " -x " + name;
  }
  // MPICH's launcher and srun hand the whole environment on; Open MPI's does so only on its own host.
  const std::string start = typed_name(launcher);
  if (launcher.abi == raw::Abi::openmpi) fmt::print("# {} -n 4{} {}\n", start, names, program);
  else fmt::print("# {} -n 4 {}\n", start, program);
  fmt::print("# srun -n 4 --export=ALL {}\n", program);
  fmt::print("# afterwards: unset LD_PRELOAD   (it touches every program that this shell starts)\n");
}

}  // namespace

int env_command(int argc, char** argv) {
  CLI::App app("Prints the variables that record a program under a plain mpirun, mpiexec or srun.", "tulkki env");
  app.footer("Example: eval \"$(tulkki env ./program)\" && mpirun -n 4 ./program; unset LD_PRELOAD");
  RecordingOptions options;
  options.declare(app);
  if (const auto code = parse_arguments(app, argc, argv)) return *code;
  options.program = app.remaining();
  if (const Result<void> checked = options.check(); !checked) return wrong_use("env", checked.message());
  if (options.program.empty()) return wrong_use("env", "PROGRAM is missing");
  const Result<std::string> library = find_library();
  if (!library) return failed("env", library.message());
  const Result<ProgramFront> front =
      find_front(options.program[0], {options.program.begin() + 1, options.program.end()});
  if (!front) return failed("env", front.message());
  if (const Result<void> possible = check_backend_possible(options, *front); !possible) return failed("env", possible.message());
  const Result<BackendChoice> backend = choose_backend(options.backend, *front);
  if (!backend) return wrong_use("env", backend.message());
  const Result<std::vector<Transport>> transports = load_transports(options.transports_file);
  if (!transports) return wrong_use("env", transports.message());
  const Result<TransportChoice> transport =
      choose_transport(*transports, options.transport, abi_name(backend->launch_abi), library_of(*backend, *front));
  if (!transport) return wrong_use("env", transport.message());
  if (!transport->obstacle.empty()) return failed("env", fmt::format("--transport {}: {}", transport->name, transport->obstacle));
  Variables variables = recording_variables(options, *front, *backend, *transport);
  const Result<std::string> preload = preload_value(preloaded_files(*library, *front, *backend), lasting_link_folder());
  if (!preload) return failed("env", preload.message());
  variables.emplace_back("LD_PRELOAD", *preload);
  if (const Result<void> named = link_libraries(variables, lasting_link_folder()); !named) return failed("env", named.message());
  // Somebody who starts programs by srun alone has no launcher.
  const Result<Launcher> launcher = suitable_launcher(*front, *backend);
  if (!launcher) fmt::print(stderr, "tulkki env: warning: {}\n", launcher.message());
  print_lines(variables, launcher ? *launcher : Launcher{backend->launch_abi, backend->launch_abi == raw::Abi::openmpi ? "mpirun" : "mpiexec"},
              join_words(options.program));
  return 0;
}

}  // namespace tulkki
