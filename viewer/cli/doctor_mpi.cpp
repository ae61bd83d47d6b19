// SPDX-License-Identifier: Apache-2.0
// Checks of the MPIs that are installed, of what starts and compiles their programs, and of what mixes them up.
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <array>
#include <filesystem>
#include <sstream>

#include "viewer/cli/backend.h"
#include "viewer/cli/child.h"
#include "viewer/cli/doctor.h"
#include "viewer/cli/launcher.h"
#include "viewer/cli/recording.h"
#include "tulkki/abi_identities.h"
#include "viewer/transports/transport_table.h"

namespace tulkki {
namespace {

namespace fs = std::filesystem;

constexpr std::array kAbis{raw::Abi::openmpi, raw::Abi::mpich, raw::Abi::standard};

std::string product(raw::Abi abi) {
  switch (abi) {
    case raw::Abi::openmpi:
      return "Open MPI";
    case raw::Abi::mpich:
      return "MPICH";
    case raw::Abi::standard:
      return "the standard ABI";
    case raw::Abi::unknown:
      break;
  }
  return "an unknown MPI";
}

// "/usr/bin/mpirun -> /usr/bin/orterun": what a command of this path really is.
std::string with_target(const std::string& path) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  return error || real == path ? path : path + " -> " + real.string();
}

struct Tool {
  std::string name, path;
  raw::Abi abi = raw::Abi::unknown;
  std::string version = {};
};

// "mpirun (Open MPI) 4.1.4", "HYDRA build details:\n    Version:    4.0.2"
std::string version_in(const std::string& text) {
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const std::size_t digits = word.find_first_of("0123456789");
    if (digits <= 1 && word.find('.') != std::string::npos) return word.substr(digits);
  }
  return "";
}

Tool launcher(const std::string& name) {
  Tool tool{name, find_in_path(name)};
  if (tool.path.empty()) return tool;
  const std::string text = output_of({tool.path, "--version"}, true);
  tool.abi = abi_in_version(text);
  tool.version = version_in(text);
  return tool;
}

Tool compiler(const std::string& name, std::string* command = nullptr) {
  Tool tool{name, find_in_path(name)};
  if (tool.path.empty()) return tool;
  const std::string text = output_of({tool.path, "-show"}, true);
  if (command != nullptr) *command = text;
  const auto has = [&text](const char* mark) { return text.find(mark) != std::string::npos; };
  if (has("-lmpich") || has("-lmpifort") || has("/mpich"))
    tool.abi = raw::Abi::mpich;
  else if (has("-lmpi_abi"))
    tool.abi = raw::Abi::standard;
  else if (has("-lmpi"))
    tool.abi = raw::Abi::openmpi;
  return tool;
}

std::string tool_text(const Tool& tool) {
  return fmt::format("{} is {} ({}{})", tool.name, with_target(tool.path), product(tool.abi),
                     tool.version.empty() ? "" : " " + tool.version);
}

// Whether a wrapper's command finds mpi.h.
bool finds_header(const std::string& command) {
  std::istringstream words(command);
  for (std::string word; words >> word;)
    if (word.starts_with("-I") && fs::exists(word.substr(2) + "/mpi.h")) return true;
  return fs::exists("/usr/include/mpi.h");
}

const char* package_of(raw::Abi abi, bool development) {
  if (abi == raw::Abi::openmpi) return development ? "libopenmpi-dev" : "openmpi-bin";
  return development ? "libmpich-dev" : "mpich";
}

}  // namespace

std::vector<Finding> check_recorder(const DoctorSystem&) {
  const Result<std::string> library = find_library();
  if (library) return {{Health::ok, *library}};
  return {{Health::bad, library.message(), "export TULKKI_LIBRARY=/path/to/libtulkki.so"}};
}

std::vector<Finding> check_libraries(const DoctorSystem&) {
  std::vector<Finding> findings;
  bool installed = false;
  for (const raw::Abi abi : kAbis) {
    const Result<std::string> library = find_backend_library(abi);
    if (!library) {
      if (abi != raw::Abi::standard) findings.push_back({Health::ok, fmt::format("{} is not installed", product(abi))});
      continue;
    }
    installed = installed || abi != raw::Abi::standard;
    findings.push_back(
        {Health::ok, fmt::format("{}: {} (ABI {})", product(abi), with_target(*library), abi_name(abi))});
  }
  if (!installed)
    return {{Health::bad, "no MPI library was found: there is nothing to run programs on",
             "apt install openmpi-bin (or mpich)"}};
  return findings;
}

std::vector<Finding> check_launchers(const DoctorSystem&) {
  std::vector<Finding> findings;
  for (const char* name : {"mpirun", "mpiexec", "srun"})
    if (const Tool tool = launcher(name); !tool.path.empty())
      findings.push_back({Health::ok, std::string(name) == "srun" ? "srun is " + tool.path : tool_text(tool)});
  for (const raw::Abi abi : {raw::Abi::openmpi, raw::Abi::mpich}) {
    const Result<std::string> library = find_backend_library(abi);
    if (!library) continue;
    if (const Result<Launcher> found = find_launcher(abi, *library); found)
      findings.push_back({Health::ok, fmt::format("{} programs are started by {}", product(abi), found->path)});
    else
      findings.push_back({Health::warn,
                          fmt::format("{} has a library and no launcher: its programs cannot be started", product(abi)),
                          fmt::format("apt install {}", package_of(abi, false))});
  }
  if (findings.empty())
    return {{Health::bad, "neither mpirun nor mpiexec is in PATH: nothing starts MPI programs",
             "apt install openmpi-bin (or mpich)"}};
  return findings;
}

std::vector<Finding> check_compilers(const DoctorSystem&) {
  std::vector<Finding> findings;
  for (const char* name : {"mpicc", "mpicc.openmpi", "mpicc.mpich"}) {
    std::string command;
    const Tool tool = compiler(name, &command);
    if (tool.path.empty()) continue;
    if (tool.abi == raw::Abi::unknown)
      findings.push_back({Health::warn,
                          fmt::format("{} ({}) does not say how it compiles: is a C compiler there?", name, tool.path),
                          "apt install gcc"});
    else if (!finds_header(command))
      findings.push_back(
          {Health::warn,
           fmt::format("{} is there and its mpi.h is not: nothing can be compiled for {}", name, product(tool.abi)),
           fmt::format("apt install {}", package_of(tool.abi, true))});
    else
      findings.push_back({Health::ok, tool_text(tool)});
  }
  if (findings.empty()) return {{Health::ok, "no mpicc: programs can be run, not compiled"}};
  return findings;
}

std::vector<Finding> check_mixture(const DoctorSystem& system) {
  std::vector<Finding> findings;
  const Tool run = launcher("mpirun"), exec = launcher("mpiexec"), compile = compiler("mpicc");
  const auto differ = [](const Tool& one, const Tool& other) {
    return one.abi != raw::Abi::unknown && other.abi != raw::Abi::unknown && one.abi != other.abi;
  };
  const char* mend = "update-alternatives --config mpirun (or write mpirun.openmpi, mpiexec.mpich)";
  if (differ(run, exec))
    findings.push_back({Health::warn,
                        fmt::format("mpirun is of {} and mpiexec of {}: which one a script means is not clear",
                                    product(run.abi), product(exec.abi)),
                        mend});
  const Tool& start = run.path.empty() ? exec : run;
  if (differ(compile, start))
    findings.push_back(
        {Health::warn,
         fmt::format("mpicc is of {} and {} of {}: a program compiled by the one and started by the other runs as "
                     "many programs of one rank",
                     product(compile.abi), start.name, product(start.abi)),
         mend});
  const std::string headers = system.link("/etc/alternatives/mpi"), launchers = system.link("/etc/alternatives/mpirun");
  const bool headers_mpich = headers.find("mpich") != std::string::npos,
             launchers_mpich = launchers.find("mpich") != std::string::npos;
  if (!headers.empty() && !launchers.empty() && headers_mpich != launchers_mpich && !differ(compile, start))
    findings.push_back(
        {Health::warn,
         fmt::format("the alternatives mpi ({}) and mpirun ({}) are of different MPIs", headers, launchers),
         "update-alternatives --config mpi; update-alternatives --config mpirun"});
  if (findings.empty())
    findings.push_back({Health::ok, "mpicc, mpirun and mpiexec are of one MPI, as far as they are there"});
  return findings;
}

std::vector<Finding> check_environment(const DoctorSystem& system) {
  std::vector<Finding> findings;
  if (const std::string preload = system.variable("LD_PRELOAD"); !preload.empty())
    findings.push_back({Health::warn,
                        fmt::format("LD_PRELOAD={}: is loaded into every program, into the ranks too", preload),
                        "unset LD_PRELOAD"});
  std::istringstream folders(system.variable("LD_LIBRARY_PATH"));
  for (std::string folder; std::getline(folders, folder, ':');) {
    for (const AbiIdentity& identity : kAbiIdentities) {
      std::error_code error;
      const char* const* name = identity.library;
      while (*name != nullptr && !fs::exists(fs::path(folder) / *name, error)) ++name;
      if (folder.empty() || *name == nullptr) continue;
      findings.push_back({Health::warn,
                          fmt::format("LD_LIBRARY_PATH has an MPI in {}: it is taken before the installed one", folder),
                          "unset LD_LIBRARY_PATH"});
      break;
    }
  }
  std::vector<std::string> ours;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string name = std::string(*variable).substr(0, std::string_view(*variable).find('='));
    for (const char* prefix : {"TULKKI_", "OMPI_MCA_", "UCX_", "FI_", "MPIR_CVAR_", "MPICH_", "I_MPI_", "PMIX_MCA_"})
      if (name.starts_with(prefix)) ours.push_back(name);
  }
  std::sort(ours.begin(), ours.end());
  if (!ours.empty()) findings.push_back({Health::ok, fmt::format("set: {}", fmt::join(ours, ", "))});
  if (findings.empty()) findings.push_back({Health::ok, "no variable steers the loader, an MPI or Tulkki"});
  return findings;
}

std::vector<Finding> check_transports(const DoctorSystem&) {
  const Result<std::vector<Transport>> all = load_transports("");
  if (!all) return {{Health::bad, all.message(), "tulkki transports"}};
  std::vector<Finding> findings;
  for (const raw::Abi abi : {raw::Abi::openmpi, raw::Abi::mpich}) {
    const Result<std::string> library = find_backend_library(abi);
    if (!library) continue;
    std::vector<std::string> names;
    std::size_t missing = 0;
    for (const Transport& transport : transports_of(*all, abi_name(abi), *library)) {
      if (why_unavailable(transport, *library).empty())
        names.push_back(transport.name);
      else
        ++missing;
    }
    findings.push_back(
        {Health::ok,
         fmt::format("{}: {} ({} cannot be chosen: `tulkki transports` says why)", product(abi),
                     names.empty() ? std::string("default only") : fmt::format("{}", fmt::join(names, ", ")),
                     missing)});
  }
  if (findings.empty()) return {{Health::ok, "none without an MPI"}};
  return findings;
}

std::vector<Finding> check_root_user(const DoctorSystem& system) {
  if (!system.is_root_user()) return {{Health::ok, "an ordinary user"}};
  if (!system.variable("OMPI_ALLOW_RUN_AS_ROOT").empty() && !system.variable("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM").empty())
    return {{Health::ok, "root, and Open MPI is told to allow it"}};
  return {{Health::warn,
           "root: a plain mpirun of Open MPI refuses to start programs (`tulkki run` tells it to allow it)",
           "export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"}};
}

}  // namespace tulkki
