// SPDX-License-Identifier: Apache-2.0
// Options of a recording: where their defaults come from and what is accepted.
#include "viewer/cli/recording.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <fmt/core.h>

#include "viewer/cli/command.h"

namespace tulkki {
namespace {

namespace fs = std::filesystem;

// The grammar of TULKKI_TRACE_LIMIT: SIZE[K|M|G|T][:stop|newest], or none.
bool valid_trace_limit(std::string text) {
  for (const std::string ending : {":stop", ":newest"}) {
    if (text.ends_with(ending)) {
      text.resize(text.size() - ending.size());
      break;
    }
  }
  if (text == "none") return true;
  if (!text.empty() && std::string_view("KMGTkmgt").find(text.back()) != std::string_view::npos) text.pop_back();
  return !text.empty() && text.size() < 16 && text.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

void RecordingOptions::declare(CLI::App& app) {
  // A bare word ends our options: all that follows belongs to the program.
  app.prefix_command();
  app.add_option("--backend", backend, "MPI to run on: openmpi, mpich, abi or the path of a library")
      ->envname("TULKKI_BACKEND")->type_name("NAME");
  app.add_option("--transport", transport, "how messages travel, as `tulkki transports` lists it")
      ->envname("TULKKI_TRANSPORT")->type_name("NAME");
  app.add_option("--transports-file", transports_file, "more transports (default ~/.config/tulkki/transports.json)")
      ->type_name("FILE");
  app.add_option("--label", label, "name by which you find the run again")->envname("TULKKI_LABEL");
  app.add_option("--db", database, "database to add the run to (default tulkki.db)")
      ->envname("TULKKI_DB")->type_name("FILE");
  app.add_option("--trace-dir", trace_directory, "folder for traces (default tulkki-traces)")
      ->envname("TULKKI_TRACE_DIR")->type_name("DIR");
  const char* variable = std::getenv("TULKKI_TRACE");
  trace = variable == nullptr || std::string_view(variable) != "0";
  app.add_flag("--trace,!--no-trace", trace, "also write an OTF2 trace (default), or only the profile");
  app.add_option("--stack-depth", stack_depth, "number of frames that make a call site (default 1)")
      ->envname("TULKKI_STACK_DEPTH")->check(CLI::Range(1, 64))->type_name("N");
  app.add_option("--trace-limit", trace_limit, "largest trace of a rank: SIZE[K|M|G], then :stop (default) or :newest, or none (default 1G)")
      ->envname("TULKKI_TRACE_LIMIT")->type_name("SIZE");
}

Result<void> RecordingOptions::check() {
  if (!program.empty() && program.front() == "--") program.erase(program.begin());
  if (transport.empty()) transport = "default";
  if (!trace_limit.empty() && !valid_trace_limit(trace_limit)) {
    return Error{fmt::format("--trace-limit {}: must be a size such as 500M or 2G:newest, or none", trace_limit)};
  }
  database = fs::absolute(database_path(database)).lexically_normal();
  trace_directory = absolute_trace_directory(trace_directory);
  return {};
}

Result<void> check_backend_possible(const RecordingOptions& options, const ProgramFront& front) {
  if (options.backend.empty() || front.obstacle.empty()) return {};
  return Error{fmt::format("{} cannot run on the MPI of --backend {}: {}", options.program[0], options.backend,
                           front.obstacle)};
}

std::string absolute_trace_directory(const std::string& given) {
  return fs::absolute(given.empty() ? "tulkki-traces" : given).lexically_normal();
}

Result<std::string> find_library() {
  if (const char* variable = std::getenv("TULKKI_LIBRARY"); variable != nullptr && *variable != '\0') {
    std::error_code error;
    if (fs::is_regular_file(variable, error)) return fs::absolute(variable).string();
    return Error{fmt::format("TULKKI_LIBRARY={}: there is no such file", variable)};
  }
  std::error_code error;
  const fs::path prefix = fs::read_symlink("/proc/self/exe", error).parent_path().parent_path();
  for (const std::string folder : {"lib/tulkki", "lib", "lib/" TULKKI_MULTIARCH, "lib64"}) {
    const fs::path path = prefix / folder / "libtulkki.so";
    if (fs::is_regular_file(path, error)) return path.string();
  }
  return Error{fmt::format("there is no libtulkki.so in {}: build or install Tulkki, or set TULKKI_LIBRARY to its path",
                           (prefix / "lib").string())};
}

fs::path support_folder(const std::string& library) {
  const fs::path own = fs::path(library).parent_path();
  std::error_code error;
  return fs::is_directory(own / "tulkki", error) ? own / "tulkki" : own;
}

Variables recording_variables(const RecordingOptions& options, const ProgramFront& front, const BackendChoice& backend,
                              const TransportChoice& transport) {
  Variables variables{{"TULKKI_DB", options.database},
                      {"TULKKI_TRACE", options.trace ? "1" : "0"},
                      {"TULKKI_TRACE_DIR", options.trace_directory}};
  variables.insert(variables.end(), transport.variables.begin(), transport.variables.end());
  // A guess would be taken for a wish.
  if (!backend.guessed)
    variables.emplace_back("TULKKI_BACKEND", backend.library.empty() ? abi_name(backend.abi) : backend.library);
  if (front.abi != raw::Abi::unknown && !tells_itself(front))
    variables.emplace_back("TULKKI_FRONT", abi_name(front.abi));
  if (backend.translated && front.mpi_library.starts_with('/'))
    variables.emplace_back("TULKKI_FRONT_LIBRARY", front.mpi_library);   // for what is opened later
  if (!backend.underneath.empty()) variables.emplace_back("TULKKI_ABI_BACKEND", backend.underneath);
  if (!options.label.empty()) variables.emplace_back("TULKKI_LABEL", options.label);
  if (options.stack_depth > 0) variables.emplace_back("TULKKI_STACK_DEPTH", std::to_string(options.stack_depth));
  if (!options.trace_limit.empty()) variables.emplace_back("TULKKI_TRACE_LIMIT", options.trace_limit);
  if (const char* record = std::getenv("TULKKI_RECORD")) variables.emplace_back("TULKKI_RECORD", record);
  return variables;
}

}  // namespace tulkki
