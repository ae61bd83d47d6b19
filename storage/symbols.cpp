// SPDX-License-Identifier: Apache-2.0
// Symbol lookup through elfutils' libdwfl, one session an object, opened when its first address is asked for.
#include "storage/symbols.h"

#include <cxxabi.h>
#include <dwarf.h>
#include <elfutils/libdwfl.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <optional>

namespace tulkki {
namespace {

std::string hexadecimal(std::uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof(text), "+0x%llx", static_cast<unsigned long long>(value));
  return text;
}

std::string demangled(const char* name) {
  int status = 0;
  char* readable = abi::__cxa_demangle(name, nullptr, nullptr, &status);
  if (readable == nullptr) return name;
  std::string result(readable);
  std::free(readable);
  return result;
}

// Only what lies on this machine: elfutils' standard search may ask servers on the network for minutes.
int find_debug_information(Dwfl_Module* module, void** user_data, const char* name, Dwarf_Addr base,
                           const char* file_name, const char* link_name, GElf_Word link_checksum, char** found) {
  (void)file_name, (void)link_name, (void)link_checksum;
  return dwfl_build_id_find_debuginfo(module, user_data, name, base, nullptr, nullptr, 0, found);
}

const char* die_name(Dwarf_Die* die) {
  Dwarf_Attribute attribute;
  for (const unsigned wanted : {DW_AT_linkage_name, DW_AT_MIPS_linkage_name, DW_AT_name}) {
    if (dwarf_attr_integrate(die, wanted, &attribute) != nullptr) return dwarf_formstring(&attribute);
  }
  return nullptr;
}

}  // namespace

class SymbolResolver::Object {
 public:
  Object(const Module& module, const std::string& debug_directory)
      : name_(std::filesystem::path(module.path).filename()), debug_path_(debug_directory) {
    if (name_.empty()) name_ = "unknown";
    callbacks_.find_elf = dwfl_build_id_find_elf;
    callbacks_.find_debuginfo = find_debug_information;
    callbacks_.section_address = dwfl_offline_section_address;
    callbacks_.debuginfo_path = &debug_path_begin_;
    open(module);
  }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  ~Object() {
    if (session_ != nullptr) dwfl_end(session_);
  }

  const std::string& resolve(std::uint64_t return_address) {
    const auto [found, is_new] = names_.try_emplace(return_address);
    if (is_new) found->second = lookup(return_address);
    return found->second;
  }

 private:
  void open(const Module& module) {
    session_ = dwfl_begin(&callbacks_);
    if (session_ == nullptr) return;
    module_ = dwfl_report_offline(session_, name_.c_str(), module.path.c_str(), -1);
    dwfl_report_end(session_, nullptr, nullptr);
    if (module_ == nullptr) return;
    GElf_Addr bias = 0;
    if (dwfl_module_getelf(module_, &bias) == nullptr) {
      module_ = nullptr;
      return;
    }
    bias_ = bias;
    const unsigned char* bits = nullptr;
    GElf_Addr where = 0;
    const int bytes = dwfl_module_build_id(module_, &bits, &where);
    const bool comparable = bytes > 0 && !module.build_id.empty();
    changed_ = comparable && !std::equal(module.build_id.begin(), module.build_id.end(), bits, bits + bytes);
  }

  std::string lookup(std::uint64_t return_address) {
    const std::string fallback = name_ + hexadecimal(return_address);
    if (module_ == nullptr) return fallback;
    if (changed_) return fallback + " (file changed since the run)";
    if (return_address == 0) return fallback;
    const Dwarf_Addr address = return_address - 1 + bias_;  // inside the call instruction
    std::string function, line;
    if (Dwarf_Addr dwarf_bias = 0; Dwarf_Die* unit = unit_of(address, dwarf_bias)) {
      function = function_in(unit, address - dwarf_bias);
      line = line_in(unit, address - dwarf_bias);
    }
    if (!function.empty() && !line.empty()) return function + " " + line;
    // The symbol table is searched from end to end: only where debug information does not tell.
    GElf_Off offset = 0;
    GElf_Sym symbol;
    const char* name = dwfl_module_addrinfo(module_, address, &offset, &symbol, nullptr, nullptr, nullptr);
    if (name == nullptr) return fallback;
    return demangled(name) + (line.empty() ? hexadecimal(offset + 1) : " " + line);
  }

  // Some compilers write no table of address ranges; their units are then looked through one by one, once.
  Dwarf_Die* unit_of(Dwarf_Addr address, Dwarf_Addr& bias) {
    if (Dwarf_Die* unit = dwfl_module_addrdie(module_, address, &bias)) return unit;
    if (!units_listed_) list_units();
    bias = units_bias_;
    for (const Range& range : units_) {
      if (address - units_bias_ >= range.begin && address - units_bias_ < range.end) return range.unit;
    }
    return nullptr;
  }

  void list_units() {
    units_listed_ = true;
    Dwarf_Die* unit = nullptr;
    while ((unit = dwfl_module_nextcu(module_, unit, &units_bias_)) != nullptr) {
      Dwarf_Addr base = 0, begin = 0, end = 0;
      for (std::ptrdiff_t at = 0; (at = dwarf_ranges(unit, at, &base, &begin, &end)) > 0;) {
        units_.push_back({begin, end, unit});
      }
    }
  }

  // The innermost function whose code this is: an inlined one where there is, since the line is in that one.
  std::string function_in(Dwarf_Die* unit, Dwarf_Addr address) {
    std::optional<Dwarf_Die> scope = function_at(unit, address);
    const char* name = nullptr;
    while (scope) {
      const int tag = dwarf_tag(&*scope);
      if (tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine) {
        if (const char* found = die_name(&*scope)) name = found;
      }
      scope = scope_within(&*scope, address);
    }
    return name == nullptr ? "" : demangled(name);
  }

  // Block or inlined function directly below `outer` that holds the address.
  static std::optional<Dwarf_Die> scope_within(Dwarf_Die* outer, Dwarf_Addr address) {
    Dwarf_Die die;
    for (int more = dwarf_child(outer, &die); more == 0; more = dwarf_siblingof(&die, &die)) {
      const int tag = dwarf_tag(&die);
      const bool is_scope = tag == DW_TAG_inlined_subroutine || tag == DW_TAG_lexical_block;
      if (is_scope && dwarf_haspc(&die, address) == 1) return die;
    }
    return std::nullopt;
  }

  // libdw would walk through the whole unit for every address; its functions are listed once instead.
  std::optional<Dwarf_Die> function_at(Dwarf_Die* unit, Dwarf_Addr address) {
    const auto [found, is_new] = functions_.try_emplace(dwarf_dieoffset(unit));
    std::vector<Function>& list = found->second;
    if (is_new) {
      dwarf_getfuncs(unit, add_function, &list, 0);
      std::sort(list.begin(), list.end(), [](const Function& a, const Function& b) { return a.begin < b.begin; });
    }
    const auto after = std::upper_bound(list.begin(), list.end(), address,
                                        [](Dwarf_Addr wanted, const Function& one) { return wanted < one.begin; });
    if (after == list.begin() || address >= std::prev(after)->end) return std::nullopt;
    return std::prev(after)->die;
  }

  struct Function {
    Dwarf_Addr begin, end;
    Dwarf_Die die;
  };

  static int add_function(Dwarf_Die* die, void* list) {
    Dwarf_Addr base = 0, begin = 0, end = 0;
    for (std::ptrdiff_t at = 0; (at = dwarf_ranges(die, at, &base, &begin, &end)) > 0;) {
      static_cast<std::vector<Function>*>(list)->push_back({begin, end, *die});
    }
    return DWARF_CB_OK;
  }

  static std::string line_in(Dwarf_Die* unit, Dwarf_Addr address) {
    Dwarf_Line* line = dwarf_getsrc_die(unit, address);
    int number = 0;
    if (line == nullptr || dwarf_lineno(line, &number) != 0 || number == 0) return {};
    const char* source = dwarf_linesrc(line, nullptr, nullptr);
    if (source == nullptr) return {};
    std::filesystem::path path(source);
    Dwarf_Attribute attribute;
    if (path.is_relative() && dwarf_attr(unit, DW_AT_comp_dir, &attribute) != nullptr) {
      if (const char* folder = dwarf_formstring(&attribute)) path = folder / path;
    }
    return path.lexically_normal().string() + ":" + std::to_string(number);
  }

  struct Range {
    Dwarf_Addr begin, end;
    Dwarf_Die* unit;
  };

  std::string name_;
  std::string debug_path_;
  char* debug_path_begin_ = debug_path_.data();
  Dwfl_Callbacks callbacks_{};
  Dwfl* session_ = nullptr;
  Dwfl_Module* module_ = nullptr;
  Dwarf_Addr bias_ = 0;
  bool changed_ = false;
  bool units_listed_ = false;
  Dwarf_Addr units_bias_ = 0;
  std::vector<Range> units_;
  std::unordered_map<Dwarf_Off, std::vector<Function>> functions_;  // by unit
  std::unordered_map<std::uint64_t, std::string> names_;
};

SymbolResolver::SymbolResolver(std::string debug_directory) : debug_directory_(std::move(debug_directory)) {}
SymbolResolver::~SymbolResolver() = default;

SymbolResolver::Object& SymbolResolver::object_of(const Module& module) {
  std::string key = module.path;
  if (!module.build_id.empty()) key.assign(module.build_id.begin(), module.build_id.end());
  std::unique_ptr<Object>& object = objects_[key];
  if (object == nullptr) object = std::make_unique<Object>(module, debug_directory_);
  return *object;
}

const std::string& SymbolResolver::resolve(const Module& module, std::uint64_t return_address) {
  return object_of(module).resolve(return_address);
}

std::string SymbolResolver::stack(const ProcessLog& log, const std::vector<Frame>& frames) {
  std::string text;
  for (const Frame& frame : frames) {
    if (!text.empty()) text += '\n';
    const auto module = log.modules.find(frame.module);
    text +=
        module == log.modules.end() ? "unknown" + hexadecimal(frame.address) : resolve(module->second, frame.address);
  }
  return text.empty() ? "unknown" : text;
}

}  // namespace tulkki
