// SPDX-License-Identifier: Apache-2.0
// `tulkki selftest`: runs a short probe on a backend, once for each ABI that a program may have been compiled for, and
// says what passes. The probe (translator/selftest/probe.c) asks; here its answers and the recorded calls are judged.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fmt/core.h>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <unistd.h>

#include "storage/database.h"
#include "viewer/cli/backend.h"
#include "viewer/cli/child.h"
#include "viewer/cli/command.h"
#include "viewer/cli/json_text.h"
#include "viewer/cli/launch_plan.h"
#include "viewer/cli/program_front.h"
#include "viewer/cli/recording.h"

namespace tulkki {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kProbeChecks{"start", "handles", "statuses", "callbacks", "collectives", "errors", "windows",
                                       "MPI-IO", "end", "isolation"};

struct Verdict {
  bool ok = false;
  std::string reason;   // of a failure
};

struct Probe {
  std::string front;
  std::string library;                      // first line of what the MPI says that it is
  std::map<std::string, Verdict> verdicts;  // by check
  std::string output;                       // everything that was printed, for failures
  bool ok() const {
    return std::all_of(kProbeChecks.begin(), kProbeChecks.end(), [this](const std::string& check) {
      const auto found = verdicts.find(check);
      return found != verdicts.end() && found->second.ok;
    });
  }
};

struct SelftestOptions {
  std::string backend;
  int ranks = 2;
  int seconds = 60;
  std::string launcher_arguments;
  bool json = false;
};

// A folder for the files of one selftest, gone afterwards.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (fs::current_path() / "tulkki-selftest-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~ScratchFolder() {
    std::error_code error;
    if (!path_.empty()) fs::remove_all(path_, error);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// "selftest statuses failed: rank 1: count == 5" and the like.
void read_line(const std::string& line, Probe& probe, std::string& running, std::map<std::string, long>& calls) {
  std::istringstream words(line);
  std::string mark, check, what, rest;
  words >> mark >> check;
  if (mark != "selftest") return;
  if (check == "library") {
    std::getline(words >> std::ws, probe.library);
  } else if (check == "calls") {
    for (long count = 0; words >> what >> count;) calls[what] = count;
  } else if (words >> what; what == "begin") {
    running = check;
  } else {
    std::getline(words >> std::ws, rest);
    probe.verdicts[check] = {what == "ok", rest};
    running.clear();
  }
}

// The library's own calls inside of MPI-IO and collectives must not have come to us.
Verdict judge_isolation(const std::string& database, const std::map<std::string, long>& said) {
  if (said.empty()) return {false, "the probe did not get that far"};
  Result<Database> opened = Database::open(database);
  if (!opened) return {false, "nothing was recorded: " + opened.message()};
  for (const auto& [procedure, count] : said) {
    Result<Statement> query = opened->prepare("SELECT coalesce(sum(calls), 0) FROM profile WHERE rank = 0 AND procedure = ?");
    if (!query) return {false, query.message()};
    query->bind(procedure);
    const Result<bool> row = query->step();
    const long recorded = row && *row ? static_cast<long>(query->integer(0)) : -1;
    if (recorded != count) return {false, fmt::format("{} called {} times, recorded {} times", procedure, count, recorded)};
  }
  return {true, ""};
}

Probe run_probe(const SelftestOptions& options, const std::string& front, const std::string& program) {
  Probe probe;
  probe.front = front;
  const ScratchFolder folder;
  if (folder.path().empty()) {
    probe.output = "no folder can be made in the working directory";
    return probe;
  }
  std::error_code error;
  Arguments command{"timeout", "-k", "10", std::to_string(options.seconds), fs::read_symlink("/proc/self/exe", error), "run",
                    "-n", std::to_string(options.ranks), "--backend", options.backend, "--no-trace", "--oversubscribe",
                    "--db", folder.path() + "/selftest.db"};
  if (!options.launcher_arguments.empty()) command.insert(command.end(), {"--launcher-args", options.launcher_arguments});
  command.insert(command.end(), {"--", program, folder.path() + "/file"});
  probe.output = output_of(command, true);
  std::map<std::string, long> calls;
  std::string running;
  std::istringstream lines(probe.output);
  for (std::string line; std::getline(lines, line);) read_line(line, probe, running, calls);
  if (!running.empty()) probe.verdicts[running] = {false, fmt::format("it crashed, or did not end within {} s", options.seconds)};
  probe.verdicts["isolation"] = judge_isolation(folder.path() + "/selftest.db", calls);
  return probe;
}

void print_table(const SelftestOptions& options, const std::vector<Probe>& probes) {
  fmt::print("Programs compiled for these ABIs, on the backend {}:\n\n{:<13}", options.backend, "");
  for (const Probe& probe : probes) fmt::print("{:<10}", probe.front);
  fmt::print("\n");
  for (const std::string& check : kProbeChecks) {
    fmt::print("{:<13}", check);
    for (const Probe& probe : probes) {
      const auto found = probe.verdicts.find(check);
      fmt::print("{:<10}", found == probe.verdicts.end() ? "-" : found->second.ok ? "ok" : "FAILED");
    }
    fmt::print("\n");
  }
  fmt::print("\n");
  for (const Probe& probe : probes) {
    for (const auto& [check, verdict] : probe.verdicts)
      if (!verdict.ok) fmt::print("{}, {}: {}\n", probe.front, check, verdict.reason);
    if (!probe.ok()) fmt::print("What the probe of {} printed:\n{}\n", probe.front, probe.output);
  }
  const auto failed = std::count_if(probes.begin(), probes.end(), [](const Probe& probe) { return !probe.ok(); });
  if (!probes.empty() && !probes[0].library.empty()) fmt::print("The backend says that it is {}.\n", probes[0].library);
  fmt::print("{}\n", failed == 0 ? "Passed." : fmt::format("{} of {} failed.", failed, probes.size()));
}

void print_json(const SelftestOptions& options, const std::vector<Probe>& probes) {
  nlohmann::ordered_json document{{"backend", options.backend}, {"probes", nlohmann::ordered_json::array()}};
  for (const Probe& probe : probes) {
    nlohmann::ordered_json checks;
    for (const std::string& check : kProbeChecks) {
      const auto found = probe.verdicts.find(check);
      if (found == probe.verdicts.end()) continue;
      checks[check] = found->second.ok ? "ok" : "failed: " + found->second.reason;
    }
    document["probes"].push_back({{"front", probe.front}, {"library", probe.library}, {"passed", probe.ok()}, {"checks", checks}});
  }
  fmt::print("{}", json_text(document));
}

// The probes that are installed, by the ABI that they were compiled for.
std::vector<std::pair<std::string, std::string>> installed_probes(const std::string& library) {
  std::vector<std::pair<std::string, std::string>> found;
  std::error_code error;
  for (const char* front : {"openmpi", "mpich", "abi"}) {
    const fs::path path = support_folder(library) / "selftest" / (std::string("probe.") + front);
    if (fs::is_regular_file(path, error)) found.emplace_back(front, path.string());
  }
  return found;
}

// A backend may not suit all of them: the standard ABI over Open MPI is nothing for programs of Open MPI.
Result<void> keep_possible(const SelftestOptions& options, std::vector<std::pair<std::string, std::string>>& probes) {
  std::vector<std::string> reasons;
  std::erase_if(probes, [&](const auto& probe) {
    const Result<ProgramFront> front = find_front(probe.second, {});
    const Result<BackendChoice> backend = choose_backend(options.backend, front ? *front : ProgramFront{});
    const Result<Launcher> launcher = backend ? suitable_launcher(front ? *front : ProgramFront{}, *backend) : backend.error();
    if (!launcher) reasons.push_back(fmt::format("{}: {}", probe.first, launcher.message()));
    return !launcher;
  });
  if (probes.empty()) return Error{reasons.front().substr(reasons.front().find(": ") + 2)};
  for (const std::string& reason : reasons) fmt::print(stderr, "tulkki selftest: left out: {}\n", reason);
  return {};
}

}  // namespace

int selftest_command(int argc, char** argv) {
  CLI::App app("Tests on this machine that programs of other ABIs run on a backend: handles, statuses, callbacks, MPI-IO, isolation.",
               "tulkki selftest");
  app.footer("Example: tulkki selftest --backend mpich          every ABI that a probe was built for\n"
             "         tulkki selftest --backend mpich ./program   only the ABI that this program was compiled for");
  SelftestOptions options;
  std::string program;
  app.add_option("--backend", options.backend, "openmpi, mpich, abi or the path of a library (default: the MPI that is installed, Open MPI if both are)")->type_name("NAME");
  app.add_option("-n,--np", options.ranks, "number of ranks (default 2)")->check(CLI::Range(1, 4096))->type_name("N");
  app.add_option("--timeout", options.seconds, "seconds for each probe (default 60)")->check(CLI::Range(1, 86400))->type_name("S");
  app.add_option("--launcher-args", options.launcher_arguments, "more arguments for mpirun or mpiexec");
  app.add_flag("--json", options.json, "print the verdicts as JSON");
  app.add_option("PROGRAM", program, "test only the ABI that this program was compiled for; the program is not started");
  if (const auto code = parse_arguments(app, argc, argv)) return *code;
  const Result<std::string> library = find_library();
  if (!library) return failed("selftest", library.message());
  auto probes = installed_probes(*library);
  if (!program.empty()) {
    const Result<ProgramFront> front = find_front(program, {});
    if (!front) return failed("selftest", front.message());
    if (front->abi == raw::Abi::unknown) return failed("selftest", program + ": nothing tells which MPI it was compiled for");
    std::erase_if(probes, [&](const auto& probe) { return probe.first != abi_name(front->abi); });
  }
  if (probes.empty()) return failed("selftest", "no probe was built for this ABI, because its mpicc was missing when Tulkki was built");
  if (options.backend.empty()) {
    const std::vector<raw::Abi> here = installed_implementations();
    if (here.empty())
      return failed("selftest", "no MPI is installed with its launcher: apt install openmpi-bin or mpich, or give the path of an MPI library with --backend");
    options.backend = abi_name(here.front());
  }
  if (const Result<void> possible = keep_possible(options, probes); !possible) return wrong_use("selftest", possible.message());
  std::vector<Probe> results;
  for (const auto& [front, path] : probes) results.push_back(run_probe(options, front, path));
  if (options.json) print_json(options, results);
  else print_table(options, results);
  return std::all_of(results.begin(), results.end(), [](const Probe& probe) { return probe.ok(); }) ? 0 : kExitFailed;
}

}  // namespace tulkki
