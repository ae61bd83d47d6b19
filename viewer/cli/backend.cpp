// SPDX-License-Identifier: Apache-2.0
// Finds backend libraries where the dynamic loader would, and what is preloaded for them.
#include "viewer/cli/backend.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <sstream>
#include <vector>

#include "tulkki/abi_identities.h"
#include "viewer/analysis/near_name.h"
#include "viewer/cli/elf_file.h"
#include "viewer/cli/front_library.h"
#include "viewer/cli/launcher.h"
#include "viewer/cli/recording.h"

namespace tulkki {
namespace {

namespace fs = std::filesystem;

raw::Abi abi_by_name(const std::string& name) {
  for (const raw::Abi abi : {raw::Abi::openmpi, raw::Abi::mpich, raw::Abi::standard})
    if (name == abi_name(abi)) return abi;
  return raw::Abi::unknown;
}

std::vector<std::string> file_names(raw::Abi abi) {
  std::vector<std::string> names;
  for (const char* const* name = kAbiIdentities[static_cast<int>(abi)].library; *name != nullptr; ++name) names.emplace_back(*name);
  return names;
}

std::vector<std::string> library_folders() {
  std::vector<std::string> folders;
  const char* variable = std::getenv("LD_LIBRARY_PATH");
  std::istringstream own(variable != nullptr ? variable : "");
  for (std::string folder; std::getline(own, folder, ':');)
    if (!folder.empty()) folders.push_back(folder);
  for (const char* folder : {"/usr/local/lib", "/usr/lib/" TULKKI_MULTIARCH, "/lib/" TULKKI_MULTIARCH, "/usr/lib64", "/usr/lib"})
    folders.emplace_back(folder);
  // Our own library of the standard ABI.
  if (const Result<std::string> tulkki = find_library()) folders.push_back(fs::path(*tulkki).parent_path());
  return folders;
}

// libmpi.so.40 -> 40; -1 where there is none.
int number_of(const std::string& name) {
  const std::size_t at = name.find(".so.");
  const std::string digits = at == std::string::npos ? "" : name.substr(at + 4, 6);
  return digits.empty() || digits.find_first_not_of("0123456789") == 0 ? -1 : std::stoi(digits);
}

// The number in the name of the library is that of its binary interface. A lower one than that of the libraries that are
// known is an interface of the past (MPICH 2, Open MPI 2); a higher one may have come with names only (Open MPI 6).
Result<void> check_number(const std::string& path, raw::Abi abi, std::string& warning) {
  const std::string known = file_names(abi).front(), soname = read_elf(path).soname;
  const int number = number_of(soname);
  if (number < 0 || number == number_of(known) || abi == raw::Abi::standard) return {};
  if (number < number_of(known))
    return Error{fmt::format("{} is {}, which has an older binary interface than Tulkki knows ({})", path, soname, known)};
  warning = fmt::format("{} is {}: its binary interface is newer than the one that Tulkki knows ({}), and is taken for the same",
                        path, soname, known);
  return {};
}

// libmpich.so.12.2.1 -> {2, 1}: what follows the major number in the name of the file behind the links.
std::vector<int> minor_numbers(const std::string& path) {
  std::error_code error;
  const std::string name = fs::canonical(path, error).filename();
  const std::size_t major = name.find(".so.");
  std::vector<int> numbers;
  if (error || major == std::string::npos) return numbers;
  std::istringstream words(name.substr(major + 4));
  for (std::string word; std::getline(words, word, '.');)
    numbers.push_back(word.find_first_not_of("0123456789") == std::string::npos && !word.empty() ? std::stoi(word) : 0);
  return numbers.empty() ? numbers : std::vector<int>(numbers.begin() + 1, numbers.end());
}

// An older library of the same ABI may lack procedures that the program was compiled with (MPICH ABI initiative).
std::string older_warning(const std::string& library, const ProgramFront& front) {
  const std::vector<int> has = minor_numbers(library), compiled = minor_numbers(front.mpi_library);
  if (has.empty() || compiled.empty() || has[0] >= compiled[0]) return "";
  return fmt::format("{} is older than {}, which the program was linked to: procedures may be missing", library, front.mpi_library);
}

const char* debian_package(raw::Abi abi) { return abi == raw::Abi::openmpi ? "openmpi-bin" : "mpich"; }

// An implementation for programs that leave the choice open.
Result<std::string> find_implementation(raw::Abi& abi) {
  for (const raw::Abi each : installed_implementations()) {
    abi = each;
    return find_backend_library(each);
  }
  return Error{"neither Open MPI nor MPICH is installed with its launcher: apt install openmpi-bin or mpich, or give "
               "the path of an MPI library with --backend"};
}

// The MPI below our own library of the standard ABI: not the program's own.
Result<std::string> find_other(raw::Abi& abi, const ProgramFront& front) {
  const std::vector<raw::Abi> here = installed_implementations();
  for (const raw::Abi each : here) {
    if (each == front.abi) continue;
    abi = each;
    return find_backend_library(each);
  }
  if (here.empty()) return find_implementation(abi);
  const raw::Abi missing = front.abi == raw::Abi::openmpi ? raw::Abi::mpich : raw::Abi::openmpi;
  return Error{fmt::format("--backend abi: the program was compiled for {0}, so Tulkki's library of the standard ABI needs {1} below "
                           "it, which is not installed; without --backend the program runs on {0}; or apt install {2}",
                           mpi_name(front.abi), mpi_name(missing), debian_package(missing))};
}

// Its Fortran or C++ library stays loaded above a translation, so it must be there.
bool can_be_translated(const ProgramFront& front) {
  std::error_code error;
  return front.abi != raw::Abi::unknown && (!front.needs_language_library || fs::is_regular_file(front.mpi_library, error));
}

// Our library of the standard ABI needs an MPI below it: TULKKI_ABI_BACKEND, or any but the program's own family: what
// takes the place of the program's library would be taken for that of the plug-ins below.
Result<void> choose_underneath(BackendChoice& choice, const ProgramFront& program) {
  const raw::Abi front = program.abi;
  const char* given = std::getenv("TULKKI_ABI_BACKEND");
  const std::string wanted = given != nullptr ? given : "";
  const raw::Abi named = abi_by_name(wanted);
  std::error_code error;
  Result<std::string> library = wanted.empty() ? find_other(choice.launch_abi, program)
                                : named != raw::Abi::unknown ? find_backend_library(named) : Result<std::string>(wanted);
  if (!library) return library.error();
  if (!fs::is_regular_file(*library, error)) return Error{fmt::format("TULKKI_ABI_BACKEND={}: there is no such library", wanted)};
  choice.underneath = *library;
  choice.launch_abi = abi_of_library(*library, fs::path(*library).filename());
  if (choice.launch_abi == raw::Abi::unknown) return Error{fmt::format("TULKKI_ABI_BACKEND={} is not an MPI library", wanted)};
  if (choice.launch_abi == front && front != raw::Abi::standard) {
    return Error{fmt::format("TULKKI_ABI_BACKEND={0}: a program of {0} cannot run on {0} below the standard ABI; use --backend {0}",
                             abi_name(front))};
  }
  return {};
}

// By its path, the program's own or another.
Result<BackendChoice> choose_library(const std::string& path, const ProgramFront& front) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    if (path.find('/') != std::string::npos) return Error{fmt::format("--backend {}: no such library", path)};
    const std::string near = did_you_mean(path, {"openmpi", "mpich", "abi"});
    return Error{fmt::format("--backend {}: neither openmpi, mpich nor abi, and no such library{}", path, near)};
  }
  BackendChoice choice;
  choice.abi = choice.launch_abi = abi_of_library(path, fs::path(path).filename());
  if (choice.abi == raw::Abi::unknown) return Error{fmt::format("--backend {} is not an MPI library", path)};
  if (const Result<void> known = check_number(path, choice.abi, choice.warning); !known) return known.error();
  choice.translated = front.abi != raw::Abi::unknown && front.abi != choice.abi;
  if (!choice.translated && choice.warning.empty()) choice.warning = older_warning(path, front);
  if (!fs::equivalent(path, front.mpi_library, error)) choice.library = fs::absolute(path, error).string();
  if (read_elf(path).is_tulkki)
    if (const Result<void> found = choose_underneath(choice, front); !found) return found.error();
  return choice;
}

// A program of the standard ABI that is linked to our library runs on whatever there is; translating where it is
// recorded spares it a second layer.
Result<BackendChoice> choose_for_standard(const ProgramFront& front) {
  std::error_code error;
  BackendChoice choice;
  if (fs::is_regular_file(front.mpi_library, error) && !read_elf(front.mpi_library).is_tulkki) {
    choice.abi = choice.launch_abi = raw::Abi::standard;
    return choice;
  }
  const Result<std::string> library = find_implementation(choice.abi);
  if (!library) return library.error();
  choice.launch_abi = choice.abi;
  choice.library = *library;
  choice.translated = true;
  return choice;
}

// A library whose name has another number than those that are known.
std::string with_another_number(const std::string& folder, raw::Abi abi) {
  std::error_code error;
  std::string best;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with("libmpi.so.") && !name.starts_with("libmpich.so.")) continue;
    if (abi_of_library(entry.path(), name) != abi || number_of(name) < number_of(file_names(abi).front())) continue;
    if (best.empty() || name < fs::path(best).filename()) best = entry.path();   // the link before the file
  }
  return best;
}

}  // namespace

Result<std::string> find_backend_library(raw::Abi abi) {
  for (const std::string& folder : library_folders()) {
    for (const std::string& name : file_names(abi)) {
      const fs::path path = fs::path(folder) / name;
      std::error_code error;
      if (fs::is_regular_file(path, error) && abi_of_library(path, name) == abi) return path.string();
    }
  }
  for (const std::string& folder : library_folders())
    if (const std::string path = with_another_number(folder, abi); !path.empty()) return path;
  return Error{fmt::format("no {} is installed: there is no {} in {}", mpi_name(abi), fmt::join(file_names(abi), " or "),
                           fmt::join(library_folders(), ":"))};
}

const char* mpi_name(raw::Abi abi) {
  if (abi == raw::Abi::openmpi) return "Open MPI";
  return abi == raw::Abi::mpich ? "MPICH" : "MPI of the standard ABI";
}

std::vector<raw::Abi> installed_implementations() {
  std::vector<raw::Abi> result;
  for (const raw::Abi each : {raw::Abi::openmpi, raw::Abi::mpich}) {
    const Result<std::string> library = find_backend_library(each);
    if (library && find_launcher(each, *library)) result.push_back(each);
  }
  return result;
}

std::string without_mpi(raw::Abi missing, const ProgramFront& front) {
  const std::vector<raw::Abi> here = installed_implementations();
  const bool own = front.abi != missing && std::find(here.begin(), here.end(), front.abi) != here.end();
  std::string text = own ? fmt::format("; without --backend the program runs on its own MPI, {}", mpi_name(front.abi)) : "";
  for (const raw::Abi each : here) {
    if (!own && each != missing && can_be_translated(front))
      text += fmt::format("; {} is installed: --backend {} runs the program on it, translated", mpi_name(each), abi_name(each));
  }
  if (missing == raw::Abi::standard) return text + "; or give the path of a library of this ABI with --backend";
  return text + fmt::format("{}install {} (apt install {})", text.empty() ? ": " : "; or ", mpi_name(missing), debian_package(missing));
}

Result<BackendChoice> choose_backend(const std::string& wanted, const ProgramFront& front) {
  const raw::Abi named = abi_by_name(wanted);
  if (!wanted.empty() && named == raw::Abi::unknown) return choose_library(wanted, front);
  if (wanted.empty() && front.abi == raw::Abi::standard) return choose_for_standard(front);
  BackendChoice choice;
  choice.abi = choice.launch_abi = named != raw::Abi::unknown ? named : front.abi;
  if (choice.abi == raw::Abi::unknown) {
    choice.abi = choice.launch_abi = raw::Abi::openmpi;
    choice.guessed = true;
    return choice;
  }
  std::error_code error;
  const bool own = front.abi == raw::Abi::unknown || front.abi == choice.abi;
  if (own && choice.abi != raw::Abi::standard) return choice;
  if (own && fs::is_regular_file(front.mpi_library, error)) return choose_library(front.mpi_library, front);
  const Result<std::string> library = find_backend_library(choice.abi);
  if (!library) return Error{fmt::format("--backend {}: {}{}", wanted, library.message(), without_mpi(choice.abi, front))};
  return choose_library(*library, front);
}

std::vector<std::string> preloaded_files(const std::string& tulkki, const ProgramFront& front, const BackendChoice& backend) {
  std::vector<std::string> files{tulkki};
  if (backend.translated && !front.needs_language_library && !tells_itself(front)) {
    for (const std::string& path : front_libraries(tulkki, front)) files.push_back(path);
  } else if (!backend.translated && !backend.library.empty()) {
    files.push_back(backend.library);  // its name satisfies what the program needs
  }
  return files;
}

}  // namespace tulkki
