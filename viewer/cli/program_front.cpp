// SPDX-License-Identifier: Apache-2.0
// Finds a program's MPI through its libraries, its script line, or its arguments.
#include "viewer/cli/program_front.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fmt/core.h>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

#include "viewer/cli/child.h"
#include "viewer/cli/elf_file.h"

namespace tulkki {
namespace {

namespace fs = std::filesystem;

bool is_mpi_library(std::string_view name) {
  constexpr std::array stems{"libmpi.so", "libmpich.so", "libmpi_abi.so", "libmpi_cray.so", "libmpi_gnu",
                             "libmpich_", "libmpicxx.so", "libmpi_mpifh.so", "libmpichfort.so"};
  for (const std::string_view stem : stems) {
    if (name.starts_with(stem)) return true;
  }
  return false;
}

bool is_language_library(std::string_view name) {
  constexpr std::array stems{"libmpi_mpifh.so", "libmpi_usempi", "libmpi_cxx.so", "libmpichfort.so", "libmpichcxx.so",
                             "libmpifort.so", "libmpicxx.so"};
  for (const std::string_view stem : stems) {
    if (name.starts_with(stem)) return true;
  }
  return false;
}

// The C library says it best; libraries that only need it (Fortran, C++) count when it is not found.
void judge_libraries(const std::string& path, const ElfFile& file, ProgramFront& front) {
  const std::string name = fs::path(path).filename();
  bool openmpi_data = file.names_openmpi_data;
  for (const LoadedLibrary& library : libraries_of(path, file)) {
    front.needs_language_library = front.needs_language_library || is_language_library(library.name);
    if (!is_mpi_library(library.name)) {
      // When Open MPI itself is not installed, those that use it still betray it.
      if (front.abi == raw::Abi::unknown && !library.path.empty() && library.name.find("mpi") != std::string::npos) {
        openmpi_data = openmpi_data || read_elf(library.path).names_openmpi_data;
      }
      continue;
    }
    const raw::Abi abi = abi_of_library(library.path, library.name);
    if (abi == raw::Abi::unknown || front.abi != raw::Abi::unknown) continue;
    front.abi = abi;
    front.mpi_library = library.path.empty() ? library.name : library.path;
    front.how = fmt::format("{} uses {}", name, library.name);
  }
  if (openmpi_data && front.abi == raw::Abi::unknown) {
    front.abi = raw::Abi::openmpi;
    front.how = fmt::format("{} uses symbols of Open MPI", name);
  }
}

// Interpreter that a script names in its first line; empty if it is no script.
std::string interpreter_of(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::string line;
  if (!std::getline(stream, line) || !line.starts_with("#!") || line.size() > 4096) return "";
  std::istringstream words(line.substr(2));
  std::string word;
  words >> word;
  // "#! /usr/bin/env [-S] [NAME=VALUE] python3"
  if (fs::path(word).filename() == "env") {
    while (words >> word) {
      if (!word.starts_with("-") && word.find('=') == std::string::npos) return find_in_path(word);
    }
    return "";
  }
  return word;
}

bool is_python(const std::string& path) {
  return fs::path(path).filename().string().starts_with("python");
}

// find_spec finds a package without importing it, with the very search path that this interpreter will use.
void judge_python(const std::string& python, ProgramFront& front) {
  std::string folder = output_of({python, "-c",
                                  "import importlib.util as u\n"
                                  "s = u.find_spec('mpi4py')\n"
                                  "print(list(s.submodule_search_locations)[0] if s else '')"});
  while (!folder.empty() && folder.back() == '\n') folder.pop_back();
  std::error_code ignored;
  if (folder.empty()) return;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with("MPI.") || !name.ends_with(".so")) continue;
    judge_libraries(entry.path(), read_elf(entry.path()), front);
    if (front.abi != raw::Abi::unknown) front.how = "mpi4py of " + python + ": " + front.how;
    return;
  }
}

void judge_obstacles(const std::string& path, const ElfFile& file, ProgramFront& front) {
  struct stat status {};
  if (file.valid && file.loader.empty()) front.obstacle = "the program is statically linked, so the recorder cannot be loaded into it";
  else if (stat(path.c_str(), &status) == 0 && (status.st_mode & (S_ISUID | S_ISGID)) != 0 && geteuid() != 0) {
    front.obstacle = "the program is set-user-id or set-group-id, and the loader preloads nothing into such programs";
  }
}

void judge_program(const std::string& path, int depth, ProgramFront& front) {
  const ElfFile file = read_elf(path);
  if (!file.valid) {
    const std::string interpreter = interpreter_of(path);
    if (!interpreter.empty() && depth < 4) judge_program(interpreter, depth + 1, front);
    return;
  }
  judge_obstacles(path, file, front);
  judge_libraries(path, file, front);
  if (front.abi == raw::Abi::unknown && is_python(path)) judge_python(path, front);
}

// An argument may be a command line of its own (sh -c "...").
void judge_arguments(const std::vector<std::string>& arguments, ProgramFront& front) {
  for (const std::string& argument : arguments) {
    std::istringstream words(argument);
    for (std::string word; words >> word;) {
      const std::string path = word.starts_with("-") ? "" : find_in_path(word);
      if (path.empty()) continue;
      ProgramFront inner;
      judge_program(path, 0, inner);
      if (inner.abi == raw::Abi::unknown) continue;
      front.abi = inner.abi;
      front.mpi_library = inner.mpi_library;
      front.how = inner.how;
      front.needs_language_library = inner.needs_language_library;
      return;
    }
  }
}

bool is_executable_file(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::string find_in_path(const std::string& name) {
  if (name.find('/') != std::string::npos) return is_executable_file(name) ? name : "";
  const char* variable = std::getenv("PATH");
  std::istringstream folders(variable != nullptr ? variable : "/usr/local/bin:/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string path = (folder.empty() ? "." : folder) + "/" + name;
    if (is_executable_file(path)) return path;
  }
  return "";
}

raw::Abi abi_of_library(const std::string& path, const std::string& name) {
  if (name.starts_with("libmpi_abi.so")) return raw::Abi::standard;
  if (path.empty()) {  // not installed: only the number of its interface is known
    if (name.starts_with("libmpich") || name.ends_with(".so.12")) return raw::Abi::mpich;
    return name.starts_with("libmpi.so") ? raw::Abi::openmpi : raw::Abi::unknown;
  }
  const ElfFile file = read_elf(path);
  if (!file.valid || !file.defines_mpi) return raw::Abi::unknown;
  if (file.soname.starts_with("libmpi_abi.so")) return raw::Abi::standard;
  return file.names_openmpi_data ? raw::Abi::openmpi : raw::Abi::mpich;
}

const char* abi_name(raw::Abi abi) {
  switch (abi) {
    case raw::Abi::openmpi: return "openmpi";
    case raw::Abi::mpich: return "mpich";
    case raw::Abi::standard: return "abi";
    case raw::Abi::unknown: break;
  }
  return "unknown";
}

Result<ProgramFront> find_front(const std::string& program, const std::vector<std::string>& arguments) {
  ProgramFront front;
  front.program_path = find_in_path(program);
  // mpirun and mpiexec look into the working directory last.
  if (front.program_path.empty() && is_executable_file(program)) front.program_path = "./" + program;
  if (front.program_path.empty()) {
    const bool exists = fs::exists(program);
    return Error{exists ? fmt::format("'{}' is not an executable file: chmod +x, or name its interpreter", program)
                        : fmt::format("there is no program '{}' here or in PATH", program)};
  }
  judge_program(front.program_path, 0, front);
  if (front.abi == raw::Abi::unknown) judge_arguments(arguments, front);
  return front;
}

}  // namespace tulkki
