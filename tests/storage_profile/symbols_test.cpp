// SPDX-License-Identifier: Apache-2.0
// Names of call sites from a shared object with and without debug information, and from what is not there.
#include "storage/symbols.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <link.h>

#include <cstdlib>

#include "tests/storage_profile/support.h"

namespace tulkki::test {
namespace {

// Address in the fixture's own address space that the call inside `function` returns to.
std::uint64_t return_address(const char* function) {
  void* object = dlopen(SYMBOL_FIXTURE, RTLD_NOW | RTLD_LOCAL);
  EXPECT_NE(object, nullptr) << dlerror();
  using Function = void* (*)();
  const auto call = reinterpret_cast<Function>(dlsym(object, function));
  void* address = call();
  Dl_info where{};
  EXPECT_NE(dladdr(address, &where), 0);
  return reinterpret_cast<std::uint64_t>(address) - reinterpret_cast<std::uint64_t>(where.dli_fbase);
}

std::string name_in(const std::string& path, std::uint64_t address, std::vector<std::uint8_t> build_id = {}) {
  Module module;
  module.path = path;
  module.build_id = std::move(build_id);
  SymbolResolver symbols;
  return symbols.resolve(module, address);
}

std::string hexadecimal(std::uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof(text), "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

std::string stripped_copy(const ScratchDirectory& scratch, const std::string& name, const std::string& option) {
  const std::string copy = scratch / name;
  const std::string command = "objcopy " + option + " '" SYMBOL_FIXTURE "' '" + copy + "'";
  EXPECT_EQ(std::system(command.c_str()), 0);
  return copy;
}

TEST(Symbols, FunctionFileAndLineFromDebugInformation) {
  EXPECT_EQ(name_in(SYMBOL_FIXTURE, return_address("fixture_plain")),
            "fixture::from_namespace() " SOURCE_FOLDER "/symbol_fixture.cpp:10");
}

TEST(Symbols, InlinedFunctionIsNamedWithItsOwnLine) {
  EXPECT_EQ(name_in(SYMBOL_FIXTURE, return_address("fixture_around_inlined")),
            "inlined " SOURCE_FOLDER "/symbol_fixture.cpp:16");
}

// Build id of the fixture as dl_iterate_phdr finds it in memory.
std::vector<std::uint8_t> fixture_build_id() {
  std::vector<std::uint8_t> build_id;
  dl_iterate_phdr(
      [](dl_phdr_info* object, std::size_t, void* result) {
        if (std::string(object->dlpi_name) != SYMBOL_FIXTURE) return 0;
        for (int at = 0; at < object->dlpi_phnum; ++at) {
          const ElfW(Phdr)& segment = object->dlpi_phdr[at];
          if (segment.p_type != PT_NOTE) continue;
          const auto* note = reinterpret_cast<const ElfW(Nhdr)*>(object->dlpi_addr + segment.p_vaddr);
          if (note->n_type != NT_GNU_BUILD_ID) continue;
          const auto* bytes = reinterpret_cast<const std::uint8_t*>(note + 1) + note->n_namesz;
          static_cast<std::vector<std::uint8_t>*>(result)->assign(bytes, bytes + note->n_descsz);
        }
        return 0;
      },
      &build_id);
  return build_id;
}

TEST(Symbols, SeparateDebugInformationIsFoundByBuildId) {
  const ScratchDirectory scratch;
  const std::uint64_t address = return_address("fixture_plain");
  Module module;
  module.build_id = fixture_build_id();
  ASSERT_EQ(module.build_id.size(), 20u);
  module.path = stripped_copy(scratch, "libstripped.so", "--strip-all");
  std::string name;
  for (const std::uint8_t byte : module.build_id) {
    char digits[3];
    std::snprintf(digits, sizeof(digits), "%02x", byte);
    name += digits;
  }
  SymbolResolver before(scratch.path());
  EXPECT_EQ(before.resolve(module, address).find(".cpp:"), std::string::npos);
  std::filesystem::create_directories(scratch / ".build-id" + "/" + name.substr(0, 2));
  stripped_copy(scratch, ".build-id/" + name.substr(0, 2) + "/" + name.substr(2) + ".debug", "--only-keep-debug");
  SymbolResolver after(scratch.path());
  EXPECT_EQ(after.resolve(module, address), "fixture::from_namespace() " SOURCE_FOLDER "/symbol_fixture.cpp:10");
}

TEST(Symbols, DebugInformationWithoutAddressTable) {
  const ScratchDirectory scratch;
  const std::string copy = stripped_copy(scratch, "libplain.so", "--remove-section .debug_aranges");
  EXPECT_EQ(name_in(copy, return_address("fixture_plain")),
            "fixture::from_namespace() " SOURCE_FOLDER "/symbol_fixture.cpp:10");
}

TEST(Symbols, SymbolTableAloneGivesFunctionAndOffset) {
  const ScratchDirectory scratch;
  const std::string copy = stripped_copy(scratch, "libbare.so", "--strip-debug");
  const std::string name = name_in(copy, return_address("fixture_around_inlined"));
  EXPECT_EQ(name.substr(0, 26), "fixture_around_inlined+0x9") << name;
}

TEST(Symbols, WithoutSymbolsTheObjectAndTheAddressRemain) {
  const ScratchDirectory scratch;
  const std::string missing = scratch / "libgone.so";
  EXPECT_EQ(name_in(missing, 0x1234), "libgone.so+0x1234");
  EXPECT_EQ(name_in("", 0x1234), "unknown+0x1234");
  write_file(scratch / "text.so", "no object at all");
  EXPECT_EQ(name_in(scratch / "text.so", 0x1234), "text.so+0x1234");
}

TEST(Symbols, AddressOutsideOfEverythingIsKept) {
  EXPECT_EQ(name_in(SYMBOL_FIXTURE, 0x7fff0000), "libsymbol_fixture.so+0x7fff0000");
  EXPECT_EQ(name_in(SYMBOL_FIXTURE, 0), "libsymbol_fixture.so+0x0");
}

TEST(Symbols, ChangedFileIsNotTrusted) {
  const std::uint64_t address = return_address("fixture_plain");
  EXPECT_EQ(name_in(SYMBOL_FIXTURE, address, {1, 2, 3, 4}),
            "libsymbol_fixture.so+" + hexadecimal(address) + " (file changed since the run)");
}

TEST(Symbols, StackIsOneFrameALine) {
  RawLogBuilder builder(0, 1);
  builder.module(1, SYMBOL_FIXTURE);
  builder.site(1, {{1, return_address("fixture_plain")}, {0, 0x99}});
  const ScratchDirectory scratch;
  builder.write(scratch / "a.tulkki-raw");
  const Result<ProcessLog> log = ProcessLog::open(scratch / "a.tulkki-raw");
  ASSERT_TRUE(log) << log.message();
  SymbolResolver symbols;
  EXPECT_EQ(symbols.stack(*log, log->sites.at(1)),
            "fixture::from_namespace() " SOURCE_FOLDER "/symbol_fixture.cpp:10\nunknown+0x99");
}

}  // namespace
}  // namespace tulkki::test
