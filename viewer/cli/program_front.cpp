// SPDX-License-Identifier: Apache-2.0
// Finds a program's MPI through its libraries, its script line, or its arguments.
#include "viewer/cli/program_front.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/core.h>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

#include "tulkki/abi_identities.h"
#include "viewer/cli/child.h"
#include "viewer/cli/elf_file.h"

namespace tulkki {
namespace {

namespace fs = std::filesystem;

template <class List>   // a member of AbiIdentity
bool begins_as(std::string_view name, const List& beginnings) {
  return std::any_of(std::begin(beginnings), std::end(beginnings),
                     [&](const char* each) { return each != nullptr && name.starts_with(each); });
}

bool is_language_library(std::string_view name) {
  return std::any_of(std::begin(kAbiIdentities), std::end(kAbiIdentities),
                     [&](const AbiIdentity& identity) { return begins_as(name, identity.language); });
}

bool is_core_library(std::string_view name) {
  return std::any_of(std::begin(kAbiIdentities), std::end(kAbiIdentities),
                     [&](const AbiIdentity& identity) { return begins_as(name, identity.core); });
}

// Where the library is not installed its name must do. Several ABIs have libmpi.so with a number; what has none that is
// known is of the ABI whose symbols the program refers to.
raw::Abi abi_of_name(std::string_view name, raw::Abi symbols_of) {
  for (const raw::Abi abi : {raw::Abi::standard, raw::Abi::mpich, raw::Abi::openmpi})
    for (const char* const* each = kAbiIdentities[static_cast<int>(abi)].library; *each != nullptr; ++each)
      if (name == *each) return abi;
  for (const raw::Abi abi : {raw::Abi::standard, raw::Abi::mpich})
    if (begins_as(name, kAbiIdentities[static_cast<int>(abi)].core)) return abi;
  for (const raw::Abi abi : {raw::Abi::mpich, raw::Abi::openmpi})
    if (begins_as(name, kAbiIdentities[static_cast<int>(abi)].language)) return abi;
  if (!begins_as(name, kAbiIdentities[static_cast<int>(raw::Abi::openmpi)].core)) return raw::Abi::unknown;
  return symbols_of == raw::Abi::unknown ? raw::Abi::mpich : symbols_of;
}

// The C library says it best; libraries that only need it (Fortran, C++) count when it is not found.
void judge_libraries(const std::string& path, const ElfFile& file, ProgramFront& front) {
  const std::string name = fs::path(path).filename();
  const std::vector<LoadedLibrary> libraries = libraries_of(path, file);
  raw::Abi symbols_of = file.symbols_of;
  // When Open MPI itself is not installed, those that use it still betray it.
  for (const LoadedLibrary& library : libraries)
    if (symbols_of == raw::Abi::unknown && !library.path.empty() && library.name.find("mpi") != std::string::npos)
      symbols_of = read_elf(library.path).symbols_of;
  const auto judge = [&](const LoadedLibrary& library) {
    const raw::Abi abi = library.path.empty() ? abi_of_name(library.name, symbols_of) : abi_of_library(library.path, library.name);
    if (abi == raw::Abi::unknown || front.abi != raw::Abi::unknown) return;
    front.abi = abi;
    front.mpi_library = library.path.empty() ? library.name : library.path;
    front.how = fmt::format("{} uses {}", name, library.name);
  };
  for (const LoadedLibrary& library : libraries) {
    front.needs_language_library = front.needs_language_library || is_language_library(library.name);
    if (is_core_library(library.name)) front.core_names.push_back(library.name);
    if (is_core_library(library.name) || is_language_library(library.name)) judge(library);
  }
  if (front.abi == raw::Abi::unknown && symbols_of != raw::Abi::unknown) {
    front.abi = symbols_of;
    front.how = fmt::format("{} uses symbols of {}", name, symbols_of == raw::Abi::openmpi ? "Open MPI" : "MPICH");
  }
  // A library with a name that nobody here has heard of.
  for (const LoadedLibrary& library : libraries)
    if (front.abi == raw::Abi::unknown && !library.path.empty() && read_elf(library.path).defines_pmpi) judge(library);
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

std::string answer_of_python(const std::string& python, const std::string& code) {
  std::string text = output_of({python, "-c", code});
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

// find_spec finds a package without importing it, with the very search path that this interpreter will use. A package
// with a module for each ABI decides when it is imported, by its variables and by what can be loaded: only it knows.
void judge_python(const std::string& python, ProgramFront& front) {
  const std::string folder = answer_of_python(python, "import importlib.util as u\n"
                                                      "s = u.find_spec('mpi4py')\n"
                                                      "print(list(s.submodule_search_locations)[0] if s else '')");
  std::error_code ignored;
  if (folder.empty()) return;
  std::vector<std::string> modules;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename();
    if (name.starts_with("MPI.") && name.ends_with(".so")) modules.push_back(entry.path());
  }
  const std::string module = modules.size() < 2 ? (modules.empty() ? "" : modules[0])
                                                : answer_of_python(python, "import importlib.util as u\n"
                                                                           "s = u.find_spec('mpi4py.MPI')\n"
                                                                           "print(s.origin if s else '')");
  if (module.empty()) return;
  judge_libraries(module, read_elf(module), front);
  front.is_late = true;
  if (front.abi != raw::Abi::unknown) front.how = "mpi4py of " + python + ": " + front.how;
}

void judge_obstacles(const std::string& path, const ElfFile& file, ProgramFront& front) {
  struct stat status {};
  const bool known = stat(path.c_str(), &status) == 0;
  front.drops_preload = known && (status.st_mode & (S_ISUID | S_ISGID)) != 0 && geteuid() != 0;
  if (front.drops_preload) {
    front.obstacle = "the program is set-user-id or set-group-id, and the loader preloads nothing into such programs";
  } else if (file.valid && file.loader.empty() && file.needed.empty()) {
    front.obstacle = "the program is statically linked, so the recorder cannot be loaded into it";
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
  front.is_late = file.loader.empty();   // a plug-in that is named as an argument
  judge_libraries(path, file, front);
  if (front.abi == raw::Abi::unknown && is_python(path)) judge_python(path, front);
  if (front.abi == raw::Abi::unknown && front.obstacle.empty() && contains_mpi(path))
    front.obstacle = "its MPI library is linked into it statically";
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
      inner.program_path = front.program_path;
      if (front.drops_preload) inner.obstacle = front.obstacle;   // also what it starts
      front = inner;
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
  const char* const* standard = kAbiIdentities[static_cast<int>(raw::Abi::standard)].core;
  const ElfFile file = read_elf(path);
  if (!file.valid || !file.defines_mpi) return raw::Abi::unknown;
  // Open MPI's has its symbols in common with its other library; the name is what all agree on.
  if (file.is_tulkki || file.soname.starts_with(*standard) || name.starts_with(*standard)) return raw::Abi::standard;
  if (file.symbols_of != raw::Abi::unknown) return file.symbols_of;
  return begins_as(name, kAbiIdentities[static_cast<int>(raw::Abi::mpich)].core) ? raw::Abi::mpich : raw::Abi::unknown;
}

const char* abi_name(raw::Abi abi) { return kAbiIdentities[static_cast<int>(abi)].name; }

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
