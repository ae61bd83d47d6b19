// SPDX-License-Identifier: Apache-2.0
// Reads ELF files by libelf, and asks the dynamic loader for the libraries.
#include "viewer/cli/elf_file.h"

#include <cstring>
#include <fcntl.h>
#include <gelf.h>
#include <sstream>
#include <string_view>
#include <unistd.h>

#include "tulkki/abi_identities.h"
#include "viewer/cli/child.h"

namespace tulkki {
namespace {

std::string read_loader(Elf* elf) {
  std::size_t count = 0;
  if (elf_getphdrnum(elf, &count) != 0) return "";
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr header;
    if (gelf_getphdr(elf, static_cast<int>(i), &header) == nullptr || header.p_type != PT_INTERP) continue;
    std::size_t file_bytes = 0;
    const char* bytes = elf_rawfile(elf, &file_bytes);
    if (bytes == nullptr || header.p_offset > file_bytes || header.p_filesz > file_bytes - header.p_offset) return "";
    return std::string(bytes + header.p_offset, strnlen(bytes + header.p_offset, header.p_filesz));
  }
  return "";
}

void read_dynamic(Elf* elf, Elf_Data* data, const GElf_Shdr& header, ElfFile& file) {
  for (std::size_t i = 0; header.sh_entsize != 0 && i < header.sh_size / header.sh_entsize; ++i) {
    GElf_Dyn entry;
    if (gelf_getdyn(data, static_cast<int>(i), &entry) == nullptr || entry.d_tag == DT_NULL) return;
    if (entry.d_tag != DT_NEEDED && entry.d_tag != DT_SONAME) continue;
    const char* text = elf_strptr(elf, header.sh_link, entry.d_un.d_val);
    if (text == nullptr) continue;
    if (entry.d_tag == DT_NEEDED) file.needed.emplace_back(text);
    else file.soname = text;
  }
}

raw::Abi abi_of_symbol(std::string_view name, bool defined) {
  for (const raw::Abi abi : {raw::Abi::openmpi, raw::Abi::mpich}) {
    const AbiIdentity& identity = kAbiIdentities[static_cast<int>(abi)];
    for (const char* const* beginning = identity.program_names; *beginning != nullptr; ++beginning)
      if (name.starts_with(*beginning)) return abi;
    for (const char* const* exported = identity.exports; defined && *exported != nullptr; ++exported)
      if (name == *exported) return abi;
  }
  return raw::Abi::unknown;
}

void read_symbols(Elf* elf, Elf_Data* data, const GElf_Shdr& header, ElfFile& file) {
  for (std::size_t i = 0; header.sh_entsize != 0 && i < header.sh_size / header.sh_entsize; ++i) {
    GElf_Sym symbol;
    if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr) return;
    const char* text = elf_strptr(elf, header.sh_link, symbol.st_name);
    if (text == nullptr) continue;
    const std::string_view name = text;
    const bool defined = symbol.st_shndx != SHN_UNDEF;
    if (const raw::Abi abi = abi_of_symbol(name, defined); abi != raw::Abi::unknown) file.symbols_of = abi;
    if (name == "tulkki_abi_library") file.is_tulkki = true;
    if (name == "MPI_Init" && defined) file.defines_mpi = true;
    if (name == "PMPI_Init" && defined) file.defines_pmpi = true;
  }
}

// Calls visit(elf, data, section header) once for the file, without data, and for each section of dynamic entries or
// symbols.
template <class Visit>
void visit_sections(const std::string& path, Visit visit) {
  elf_version(EV_CURRENT);
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  Elf* elf = elf_begin(descriptor, ELF_C_READ_MMAP, nullptr);
  GElf_Ehdr header;
  if (elf != nullptr && elf_kind(elf) == ELF_K_ELF && gelf_getehdr(elf, &header) != nullptr) {
    visit(elf, nullptr, GElf_Shdr{});
    for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
      GElf_Shdr section_header;
      if (gelf_getshdr(section, &section_header) == nullptr) continue;
      const auto type = section_header.sh_type;
      if (type != SHT_DYNAMIC && type != SHT_DYNSYM && type != SHT_SYMTAB) continue;
      if (Elf_Data* data = elf_getdata(section, nullptr)) visit(elf, data, section_header);
    }
  }
  elf_end(elf);
  close(descriptor);
}

}  // namespace

ElfFile read_elf(const std::string& path) {
  ElfFile file;
  visit_sections(path, [&](Elf* elf, Elf_Data* data, const GElf_Shdr& header) {
    if (data == nullptr) {
      file.valid = true;
      file.loader = read_loader(elf);
    } else if (header.sh_type == SHT_DYNAMIC) {
      read_dynamic(elf, data, header, file);
    } else if (header.sh_type == SHT_DYNSYM) {
      read_symbols(elf, data, header, file);
    }
  });
  return file;
}

bool contains_mpi(const std::string& path) {
  ElfFile file;
  visit_sections(path, [&](Elf* elf, Elf_Data* data, const GElf_Shdr& header) {
    if (data != nullptr && header.sh_type != SHT_DYNAMIC) read_symbols(elf, data, header, file);
  });
  return file.defines_mpi;
}

std::vector<LoadedLibrary> libraries_of(const std::string& path, const ElfFile& file) {
  std::string loader = file.loader;
  if (loader.empty()) loader = read_elf("/proc/self/exe").loader;  // a library: as we would load it
  std::vector<LoadedLibrary> result;
  // Lines are "name => path (0xaddress)" or "name => not found"; those without an arrow are the kernel's or the
  // loader's own.
  std::istringstream lines(output_of({loader, "--list", path}));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t arrow = line.find(" => ");
    if (arrow == std::string::npos) continue;
    const std::size_t begin = line.find_first_not_of(" \t");
    std::string target = line.substr(arrow + 4);
    const std::size_t address = target.rfind(" (0x");
    target = address == std::string::npos ? "" : target.substr(0, address);
    result.push_back({line.substr(begin, arrow - begin), target});
  }
  if (result.empty()) {
    for (const std::string& name : file.needed) result.push_back({name, ""});
  }
  return result;
}

}  // namespace tulkki
