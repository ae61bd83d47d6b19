// SPDX-License-Identifier: Apache-2.0
// Finds backend libraries where the dynamic loader would, and what is preloaded for them.
#include "viewer/cli/backend.h"

#include <cstdlib>
#include <filesystem>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <sstream>
#include <vector>

#include "viewer/cli/elf_file.h"

namespace tulkki {
namespace {

namespace fs = std::filesystem;

raw::Abi abi_by_name(const std::string& name) {
  if (name == "openmpi") return raw::Abi::openmpi;
  if (name == "mpich") return raw::Abi::mpich;
  return name == "abi" ? raw::Abi::standard : raw::Abi::unknown;
}

std::vector<std::string> file_names(raw::Abi abi) {
  if (abi == raw::Abi::openmpi) return {"libmpi.so.40"};
  if (abi == raw::Abi::mpich) return {"libmpich.so.12", "libmpi.so.12"};
  return {"libmpi_abi.so.0", "libmpi_abi.so.1"};
}

std::vector<std::string> library_folders() {
  std::vector<std::string> folders;
  const char* variable = std::getenv("LD_LIBRARY_PATH");
  std::istringstream own(variable != nullptr ? variable : "");
  for (std::string folder; std::getline(own, folder, ':');)
    if (!folder.empty()) folders.push_back(folder);
  for (const char* folder : {"/usr/local/lib", "/usr/lib/" TULKKI_MULTIARCH, "/lib/" TULKKI_MULTIARCH, "/usr/lib64", "/usr/lib"})
    folders.emplace_back(folder);
  return folders;
}

Result<std::string> find_backend_library(raw::Abi abi) {
  for (const std::string& folder : library_folders()) {
    for (const std::string& name : file_names(abi)) {
      const fs::path path = fs::path(folder) / name;
      std::error_code error;
      if (fs::is_regular_file(path, error) && abi_of_library(path, name) == abi) return path.string();
    }
  }
  return Error{fmt::format("found no MPI library of the ABI {} ({}) in {}: install one, or give its path with --backend",
                           abi_name(abi), fmt::join(file_names(abi), ", "), fmt::join(library_folders(), ":"))};
}

// The same major number in the name of the library means the same ABI (MPICH ABI initiative, Open MPI's promise).
Result<void> check_major(const std::string& path, raw::Abi abi) {
  const ElfFile file = read_elf(path);
  const std::string wanted = abi == raw::Abi::openmpi ? ".so.40" : abi == raw::Abi::mpich ? ".so.12" : "libmpi_abi.so.";
  if (file.soname.empty() || file.soname.find(wanted) != std::string::npos) return {};
  return Error{fmt::format("{} is {}, which has another binary interface than Tulkki knows ({})", path, file.soname, wanted)};
}

Result<BackendChoice> choose_library(const std::string& path, const ProgramFront& front) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    return Error{fmt::format("--backend {}: neither openmpi, mpich nor abi, and no such library", path)};
  }
  BackendChoice choice;
  choice.abi = abi_of_library(path, fs::path(path).filename());
  if (choice.abi == raw::Abi::unknown) return Error{fmt::format("--backend {} is not an MPI library", path)};
  if (const Result<void> known = check_major(path, choice.abi); !known) return known.error();
  choice.translated = front.abi != raw::Abi::unknown && front.abi != choice.abi;
  if (!fs::equivalent(path, front.mpi_library, error)) choice.library = fs::absolute(path, error).string();
  return choice;
}

}  // namespace

Result<BackendChoice> choose_backend(const std::string& wanted, const ProgramFront& front) {
  const raw::Abi named = abi_by_name(wanted);
  if (!wanted.empty() && named == raw::Abi::unknown) return choose_library(wanted, front);
  if (named == raw::Abi::standard || front.abi == raw::Abi::standard) {
    return Error{"the MPI 5 standard ABI is not built yet: use openmpi or mpich"};
  }
  BackendChoice choice;
  choice.abi = named != raw::Abi::unknown ? named : front.abi;
  if (choice.abi == raw::Abi::unknown) return BackendChoice{raw::Abi::openmpi, true, false, ""};
  if (front.abi == raw::Abi::unknown || front.abi == choice.abi) return choice;
  const Result<std::string> library = find_backend_library(choice.abi);
  if (!library) return library.error();
  choice.library = *library;
  choice.translated = true;
  return choice;
}

std::string preload_value(const std::string& tulkki, const ProgramFront& front, const BackendChoice& backend) {
  std::string value = tulkki;
  const fs::path fronts = fs::path(tulkki).parent_path() / "tulkki" / abi_name(front.abi);
  std::error_code error;
  if (backend.translated && !front.needs_language_library) {
    const std::string name = fs::path(front.mpi_library).filename();
    for (const std::string& file : file_names(front.abi))
      if (fs::is_regular_file(fronts / file, error) && name.starts_with(file)) value += ":" + (fronts / file).string();
  } else if (!backend.translated && !backend.library.empty()) {
    value += ":" + backend.library;   // its name satisfies what the program needs
  }
  const char* own = std::getenv("LD_PRELOAD");
  if (own == nullptr || *own == '\0' || std::string_view(own).find("libtulkki.so") != std::string_view::npos) return value;
  return value + ":" + own;
}

}  // namespace tulkki
