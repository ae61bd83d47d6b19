// SPDX-License-Identifier: Apache-2.0
// `tulkki bench`: the workloads over backends and transports, native and translated, as one sweep; and their table.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fmt/core.h>
#include <fmt/ranges.h>

#include "viewer/analysis/near_name.h"
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
  app.add_flag("--translated", options.translated, "only programs compiled for another MPI, translated");
  app.add_option("--sizes", options.sizes, "bytes, separated by commas (default: by workload)")->type_name("N,...");
  app.add_option("--repeat", options.sweep.repetitions, "launches of each combination (default 6: the fewest for a 95 % interval)")
      ->check(CLI::Range(1, 100'000))->type_name("K");
  app.add_option("-n,--np", options.ranks, "number of ranks (default 2)")->check(CLI::Range(1, 1 << 20))->type_name("N");
  app.add_option("--seconds", options.seconds, "time spent on each size (default 0.2)")->check(CLI::Range(1e-3, 1e6));
  app.add_option("--window", options.window, "messages in flight (default 64)")->check(CLI::Range(1, 65536));
  app.add_option("--messages", options.messages, "number of messages of sync and async (default 500)")->check(CLI::Range(1, 1'000'000));
  app.add_flag("--verify", options.verify, "check every byte that arrives, outside the measured time");
  app.add_option("--folder", options.folder, "where the I/O workload writes (default: working directory)")->type_name("PATH");
  app.add_option("--limit", options.limit_seconds, "seconds after which a launch is ended and has failed (default 300)")
      ->check(CLI::Range(1, 10'000'000));
  app.add_option("--seed", options.sweep.seed, "seed of the random order of launches (default: a new one; it is stored in the database)");
  app.add_option("--name", options.sweep.name, "name of the sweep: one that the database already has is continued (default bench)")->default_str("bench");
  app.add_option("--label", options.sweep.label, "label of the runs (default: the name)");
  app.add_option("--launcher-args", options.sweep.launcher_arguments, "more arguments for mpirun or mpiexec");
  app.add_flag("--oversubscribe", options.sweep.oversubscribe, "allow more ranks than cores (Open MPI)");
  app.add_option("--db", options.engine.database, "database (default tulkki.db)")->envname("TULKKI_DB")->type_name("FILE");
  app.add_flag("--trace", options.sweep.trace, "write an OTF2 trace of every launch too (default: the profile only)");
  app.add_option("--trace-dir", options.engine.trace_directory, "folder for traces (default tulkki-traces)")->envname("TULKKI_TRACE_DIR")->type_name("DIR");
  app.add_option("--transports-file", options.engine.transports_file, "more transports (default ~/.config/tulkki/transports.json)")
      ->type_name("FILE");
  app.add_flag("--retry-failed", options.engine.retry_failed, "launch again what failed before, too");
  app.add_option("--free", options.engine.lost_host, "do the launches that a command on HOST had begun, when that command is no longer running")->type_name("HOST");
  app.add_flag("--dry-run", options.engine.dry_run, "launch and write nothing: say how many launches are missing and about how long they take, and list them");
  app.add_flag("--table", options.table, "launch nothing: only print the table of what the database holds");
  app.add_flag("--json", options.json, "print the table as JSON");
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

// A rough guess, from a machine with two cores: start, end and conversion of a launch, and what it measures in between.
double expected_seconds(const BenchOptions& options, const std::string& workload) {
  struct Work {
    std::string_view workload;
    double seconds;       // whatever the options say
    int sizes, passes;    // each takes --seconds
  };
  constexpr Work kWork[] = {{"latency", 0, 9, 1},     {"bandwidth", 0, 7, 1}, {"bidirectional", 0, 7, 1}, {"message-rate", 0, 1, 1},
                            {"collectives", 0, 3, 17}, {"io", 0, 4, 6},        {"rma", 0, 4, 6},           {"sync", 0.4, 0, 0},
                            {"async", 0.9, 0, 0},      {"mix", 0.5, 0, 0}};
  constexpr double kAround = 0.8;
  for (const Work& work : kWork) {
    if (work.workload != workload) continue;
    const auto given = 1 + std::count(options.sizes.begin(), options.sizes.end(), ',');
    const int sizes = options.sizes.empty() || work.sizes == 0 ? work.sizes : static_cast<int>(given);
    return kAround + work.seconds + sizes * work.passes * options.seconds;
  }
  return kAround;
}

Combination combination_of(const BenchOptions& options, const std::string& workload, const std::string& backend,
                           const std::string& transport, const std::string& compiled_for, const std::string& path) {
  const bool is_alltoall = workload == "sync" || workload == "async" || workload == "mix";
  Combination one{backend, transport, options.ranks, {path, workload}, {{"workload", workload}, {"compiled_for", compiled_for}},
                  expected_seconds(options, workload)};
  const auto add = [&one](const char* option, const std::string& value, bool is_factor) {
    one.program.insert(one.program.end(), {option, value});
    if (is_factor) one.values[option + 2] = value;
  };
  if (!is_alltoall) {
    add("--seconds", fmt::format("{}", options.seconds), true);
    add("--window", std::to_string(options.window), options.window != 64);
    add("--seed", kRepetitionPlace, false);  // the order of sizes within a launch, another one in each
    if (!options.sizes.empty()) add("--sizes", options.sizes, true);
  }
  if (is_alltoall && workload != "mix" && options.messages > 0) add("--repetitions", std::to_string(options.messages), true);
  if (workload == "io" && !options.folder.empty()) add("--folder", fs::absolute(options.folder), true);
  if (options.verify) one.program.push_back("--verify");
  return one;
}

Result<void> combine(BenchOptions& options) {
  const std::map<std::string, std::string> programs = find_workloads();
  if (programs.empty()) return Error{"no workload is installed: they are built when mpicc.openmpi or mpicc.mpich is there"};
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
  return Error{"nothing to measure: no workload was compiled that fits --native, --translated and --backends"};
}

Result<void> check(BenchOptions& options) {
  for (const std::string& workload : options.workloads) {
    if (std::find(std::begin(kWorkloads), std::end(kWorkloads), workload) == std::end(kWorkloads))
      return Error{"--workload: " + no_such("workload", workload, as_names(kWorkloads))};
  }
  if (options.sizes.find_first_not_of("0123456789,") != std::string::npos)
    return Error{fmt::format("--sizes {}: must be whole numbers of bytes, separated by commas", options.sizes)};
  if (options.backends.empty()) {
    for (const raw::Abi abi : installed_implementations()) options.backends.emplace_back(abi_name(abi));
  }
  if (options.sweep.label.empty()) options.sweep.label = options.sweep.name;
  options.sweep.limit = std::chrono::seconds(options.limit_seconds);
  options.engine.trace_directory = absolute_trace_directory(options.engine.trace_directory);
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
  if (options.backends.empty())
    return failed("bench", "no MPI is installed with its launcher: apt install openmpi-bin or mpich, or give the path of an MPI library with --backends");
  if (const Result<void> combined = combine(options); !combined) return wrong_use("bench", combined.message());
  const SweepOutcome outcome = carry_out("bench", options.sweep, options.engine);
  if (options.engine.dry_run || outcome.run_ids.empty()) return outcome.exit_code;
  const int printed = print_bench_table("bench", options.engine.database, options.sweep.name, options.json);
  return outcome.exit_code != 0 ? outcome.exit_code : printed;
}

}  // namespace tulkki
