// SPDX-License-Identifier: Apache-2.0
// Names for recorded code addresses, looked up after the run: "function /path/file.c:42" with debug information (in
// the object or, by build id, below /usr/lib/debug), "function+0x12" with a symbol table only, else "object+0x1234".
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/process_log.h"

namespace tulkki {

class SymbolResolver {
 public:
  // Where separate debug information lies, in files .build-id/12/3456.debug below it.
  explicit SymbolResolver(std::string debug_directory = "/usr/lib/debug");
  ~SymbolResolver();
  SymbolResolver(const SymbolResolver&) = delete;
  SymbolResolver& operator=(const SymbolResolver&) = delete;

  // `return_address` lies in the object's own address space; the call before it is what gets named. Each address is
  // looked up once, however many processes recorded it.
  const std::string& resolve(const Module& module, std::uint64_t return_address);

  // Of a whole call site, innermost first, one frame a line.
  std::string stack(const ProcessLog& log, const std::vector<Frame>& frames);

 private:
  class Object;
  Object& object_of(const Module& module);
  std::string debug_directory_;
  std::unordered_map<std::string, std::unique_ptr<Object>> objects_;  // by build id, else by path
};

}  // namespace tulkki
