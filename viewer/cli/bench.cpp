// SPDX-License-Identifier: Apache-2.0
// `tulkki bench`: the workloads over backends and transports, native and translated, as one sweep; and their table.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fmt/core.h>
#include <fmt/ranges.h>

#include "viewer/cli/bench_table.h"
#include "viewer/cli/command.h"
#include "viewer/cli/sweep_engine.h"

namespace tulkki {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kWorkloads[] = {"latency", "bandwidth", "bidirectional", "message-rate", "collectives",
                                           "io",      "rma",       "sync",          "async",        "mix"};

struct BenchOptions {
  std::vector<std::string> workloads{"sync", "async", "mix"}, backends, transports{"shm", "tcp"};
  bool native = false, translated = false, verify = false, table = false, json = false;
  std::string sizes, folder;
  double seconds = 0.2;
  int ranks = 2, window = 64, messages = 0, limit_seconds = 300;
  Sweep sweep;
  SweepOptions engine;
};

void declare(CLI::App& app, BenchOptions& options) {
  app.add_option("--workload", options.workloads, fmt::format("any of {} (default sync,async,mix)", fmt::join(kWorkloads, ",")))
      ->delimiter(',')->type_name("W,...");
  app.add_option("--backends", options.backends, "MPIs to run on (default: those that are installed)")->delimiter(',')->type_name("B,...");
  app.add_option("--transports", options.transports, "as `tulkki transports` lists them, or all (default shm,tcp)")
      ->delimiter(',')->type_name("T,...");
  app.add_flag("--native", options.native, "only programs compiled for the backend");
  app.add_flag("--translated", options.translated, "only programs compiled for another MPI");
  app.add_option("--sizes", options.sizes, "bytes, separated by commas (default: by workload)")->type_name("N,...");
  app.add_option("--repeat", options.sweep.repetitions, "launches of each combination (default 6: the fewest for a 95 % interval)")
      ->check(CLI::Range(1, 100'000))->type_name("K");
  app.add_option("-n,--np", options.ranks, "number of ranks (default 2)")->check(CLI::Range(1, 1 << 20))->type_name("N");
  app.add_option("--seconds", options.seconds, "time for one size (default 0.2)")->check(CLI::Range(1e-3, 1e6));
  app.add_option("--window", options.window, "messages in flight (default 64)")->check(CLI::Range(1, 65536));
  app.add_option("--messages", options.messages, "of sync and async (default 500)")->check(CLI::Range(1, 1'000'000));
  app.add_flag("--verify", options.verify, "check what arrives, outside of the measured time");
  app.add_option("--folder", options.folder, "where the I/O workload writes (default: working directory)")->type_name("PATH");
  app.add_option("--limit", options.limit_seconds, "seconds after which a launch is ended and has failed (default 300)")
      ->check(CLI::Range(1, 10'000'000));
  app.add_option("--seed", options.sweep.seed, "of the random order (default: drawn; it is recorded)");
  app.add_option("--name", options.sweep.name, "a sweep of this name in the database is continued (default bench)")->default_str("bench");
  app.add_option("--label", options.sweep.label, "of the runs (default: the name)");
  app.add_option("--launcher-args", options.sweep.launcher_arguments, "more arguments for mpirun or mpiexec");
  app.add_flag("--oversubscribe", options.sweep.oversubscribe, "allow more ranks than cores (Open MPI)");
  app.add_option("--db", options.engine.database, "database (default tulkki.db)")->envname("TULKKI_DB")->type_name("FILE");
  app.add_option("--transports-file", options.engine.transports_file, "more transports (default ~/.config/tulkki/transports.json)")
      ->type_name("FILE");
  app.add_flag("--retry-failed", options.engine.retry_failed, "also launch again what has failed");
  app.add_option("--free", options.engine.lost_host, "take over launches that a command on this other host had taken: it is gone")->type_name("HOST");
  app.add_flag("--dry-run", options.engine.dry_run, "only list what is missing");
  app.add_flag("--table", options.table, "launch nothing: only print the table of what the database holds");
  app.add_flag("--json", options.json, "the table for programs");
}

// MPI whose compiler built the workload -> its path.
std::map<std::string, std::string> find_workloads() {
  std::map<std::string, std::string> found;
  const Result<std::string> library = find_library();
  if (!library) return found;
  std::error_code error;
  for (const char* mpi : {"openmpi", "mpich"}) {
    const fs::path path = support_folder(*library) / "workloads" / mpi / "workload";
    if (fs::is_regular_file(path, error)) found[mpi] = path;
  }
  return found;
}

// Those of `wanted` for one backend, "all" standing for what can be used here. Two names for the same variables (MPICH's
// tcp and ucx-tcp) are measured once. What the backend does not have stays in, for the sweep to judge.
Result<std::vector<std::string>> transports_for(const std::string& backend, const std::vector<std::string>& wanted,
                                                const std::string& file) {
  const Result<std::vector<Transport>> all = load_transports(file);
  if (!all) return all.error();
  const Result<BackendChoice> choice = choose_backend(backend, ProgramFront{});
  if (!choice) return choice.error();
  const std::string library = library_of(*choice, ProgramFront{});
  const std::vector<Transport> here = transports_of(*all, abi_name(choice->launch_abi), library);
  std::vector<std::string> names = wanted, result;
  if (wanted == std::vector<std::string>{"all"}) {
    names.clear();
    for (const Transport& transport : here)
      if (why_unavailable(transport, library).empty()) names.push_back(transport.name);
  }
  std::map<Variables, std::string> seen;
  for (const std::string& name : names) {
    const auto found = std::find_if(here.begin(), here.end(), [&](const Transport& one) { return one.name == name; });
    if (found != here.end() && !found->variables.empty()) {
      const auto [first, is_new] = seen.try_emplace(found->variables, name);
      if (!is_new && first->second != name) fmt::print(stderr, "tulkki bench: left out: {}: {} is the same as {}\n", backend, name, first->second);
      if (!is_new) continue;
    }
    result.push_back(name);
  }
  return result;
}

Combination combination_of(const BenchOptions& options, const std::string& workload, const std::string& backend,
                           const std::string& transport, const std::string& compiled_for, const std::string& path) {
  const bool is_alltoall = workload == "sync" || workload == "async" || workload == "mix";
  Combination one{backend, transport, options.ranks, {path, workload}, {{"workload", workload}, {"compiled_for", compiled_for}}};
  const auto add = [&one](const char* option, const std::string& value, bool is_factor) {
    one.program.insert(one.program.end(), {option, value});
    if (is_factor) one.values[option + 2] = value;
  };
  if (!is_alltoall) {
    add("--seconds", fmt::format("{}", options.seconds), true);
    add("--window", std::to_string(options.window), options.window != 64);
    add("--seed", "{repetition}", false);
    if (!options.sizes.empty()) add("--sizes", options.sizes, true);
  }
  if (is_alltoall && workload != "mix" && options.messages > 0) add("--repetitions", std::to_string(options.messages), true);
  if (workload == "io" && !options.folder.empty()) add("--folder", fs::absolute(options.folder), true);
  if (options.verify) one.program.push_back("--verify");
  return one;
}

Result<void> combine(BenchOptions& options) {
  const std::map<std::string, std::string> programs = find_workloads();
  if (programs.empty()) return Error{"no workload is installed: they are built where mpicc.openmpi or mpicc.mpich is"};
  const bool both = options.native == options.translated;
  for (const std::string& backend : options.backends) {
    const Result<std::vector<std::string>> transports =
        transports_for(backend, options.transports, options.engine.transports_file);
    if (!transports) return transports.error();
    for (const std::string& transport : *transports)
      for (const auto& [compiled_for, path] : programs)
        for (const std::string& workload : options.workloads)
          if (both || options.native == (compiled_for == backend))
            options.sweep.combinations.push_back(combination_of(options, workload, backend, transport, compiled_for, path));
  }
  if (!options.sweep.combinations.empty()) return {};
  return Error{"nothing is left to measure: no workload is compiled for what was asked (native, translated, backends)"};
}

Result<void> check(BenchOptions& options) {
  for (const std::string& workload : options.workloads) {
    if (std::find(std::begin(kWorkloads), std::end(kWorkloads), workload) == std::end(kWorkloads))
      return Error{fmt::format("--workload {}: there is {}", workload, fmt::join(kWorkloads, ", "))};
  }
  if (options.sizes.find_first_not_of("0123456789,") != std::string::npos)
    return Error{fmt::format("--sizes {}: whole numbers of bytes with commas between are expected", options.sizes)};
  if (options.backends.empty()) {
    for (const raw::Abi abi : {raw::Abi::openmpi, raw::Abi::mpich})
      if (find_backend_library(abi)) options.backends.emplace_back(abi_name(abi));
  }
  if (options.sweep.label.empty()) options.sweep.label = options.sweep.name;
  options.sweep.limit = std::chrono::seconds(options.limit_seconds);
  options.engine.database = fs::absolute(database_path(options.engine.database)).lexically_normal();
  return {};
}

}  // namespace

int bench_command(int argc, char** argv) {
  CLI::App app("Measures workloads over MPIs and transports, native and translated, in random order.", "tulkki bench");
  app.footer("Example: tulkki bench --workload latency,sync --transports shm,tcp,ucx-tcp --repeat 6 --db bench.db\n"
             "The same command again does what is missing. Table alone: tulkki bench --table --db bench.db");
  BenchOptions options;
  options.sweep.name = "bench";
  declare(app, options);
  if (const auto code = parse_arguments(app, argc, argv)) return *code;
  if (const Result<void> checked = check(options); !checked) return wrong_use("bench", checked.message());
  if (options.table) return print_bench_table("bench", options.engine.database, options.sweep.name, options.json);
  if (const Result<void> combined = combine(options); !combined) return wrong_use("bench", combined.message());
  const SweepOutcome outcome = carry_out("bench", options.sweep, options.engine);
  if (options.engine.dry_run || outcome.run_ids.empty()) return outcome.exit_code;
  const int printed = print_bench_table("bench", options.engine.database, options.sweep.name, options.json);
  return outcome.exit_code != 0 ? outcome.exit_code : printed;
}

}  // namespace tulkki
