// SPDX-License-Identifier: Apache-2.0
// Interning of call sites and stacks, and the list of loaded objects that makes their addresses meaningful later.
#include "interposer/sites.h"

#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <link.h>
#include <unistd.h>

#include "interposer/memory.h"
#include "interposer/process.h"
#include "interposer/say.h"

namespace tulkki {
namespace {

constexpr int kMaxDepth = 64;

int (*g_backtrace)(void** frames, int count) = nullptr;

// An interned stack; its address is the site that the keys carry. A plain return address is never one of these.
struct Stack {
  Stack* next;
  std::uint64_t hash;
  std::uint32_t depth;
  std::uint32_t number;
  void* frames[];
};
constexpr std::size_t kStackBuckets = 4096;
Stack* g_stacks[kStackBuckets];

struct Site {
  Site* next;
  const void* address;
  std::uint32_t number;
};
constexpr std::size_t kSiteBuckets = 1024;
Site* g_sites[kSiteBuckets];
std::uint32_t g_last_site = 0;

constexpr int kMaxModules = 2048;
struct LoadedModule {
  std::uintptr_t begin, end, base;
};
LoadedModule g_modules[kMaxModules];
std::uint32_t g_module_count = 0;
unsigned long long g_objects_seen = 0;

void copy_build_id(const dl_phdr_info& object, const ElfW(Phdr)& segment, raw::ModuleDefinition& definition) {
  auto* cursor = reinterpret_cast<const char*>(object.dlpi_addr + segment.p_vaddr);
  const char* end = cursor + segment.p_memsz;
  while (cursor + sizeof(ElfW(Nhdr)) <= end) {
    const auto* note = reinterpret_cast<const ElfW(Nhdr)*>(cursor);
    const char* name = cursor + sizeof *note;
    const char* description = name + ((note->n_namesz + 3) & ~3u);
    if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && std::memcmp(name, "GNU", 4) == 0 &&
        note->n_descsz <= sizeof definition.build_id) {
      definition.build_id_bytes = note->n_descsz;
      std::memcpy(definition.build_id, description, note->n_descsz);
      return;
    }
    cursor = description + ((note->n_descsz + 3) & ~3u);
  }
}

int note_module(dl_phdr_info* object, std::size_t, void*) {
  g_objects_seen = object->dlpi_adds;
  raw::ModuleDefinition definition{};
  definition.load_base = object->dlpi_addr;
  definition.text_begin = ~0ull;
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type == PT_NOTE) copy_build_id(*object, segment, definition);
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
    const std::uint64_t begin = object->dlpi_addr + segment.p_vaddr;
    if (begin < definition.text_begin) definition.text_begin = begin;
    if (begin + segment.p_memsz > definition.text_end) definition.text_end = begin + segment.p_memsz;
  }
  if (definition.text_end == 0 || g_module_count == kMaxModules) return 0;
  for (std::uint32_t i = 0; i < g_module_count; ++i)
    if (g_modules[i].begin == definition.text_begin && g_modules[i].end == definition.text_end) return 0;
  g_modules[g_module_count++] = {definition.text_begin, definition.text_end, definition.load_base};
  definition.module = g_module_count;
  char program[PATH_MAX] = "";
  const char* path = object->dlpi_name;
  if (path == nullptr || *path == '\0') {
    const auto length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length > 0 ? length : 0] = '\0';
    path = program;
  }
  g_process.log.define(raw::DefinitionKind::module, {{&definition, sizeof definition}, {path, std::strlen(path) + 1}});
  return 0;
}

raw::FrameDefinition frame_of(const void* address) {
  const auto value = reinterpret_cast<std::uintptr_t>(address);
  for (int attempt = 0; attempt < 2; ++attempt) {
    // The latest object first: an address range may have been reused after a dlclose.
    for (std::uint32_t i = g_module_count; i > 0; --i)
      if (value >= g_modules[i - 1].begin && value < g_modules[i - 1].end)
        return {i, 0, value - g_modules[i - 1].base};
    dl_iterate_phdr(note_module, nullptr);
  }
  return {0, 0, value};
}

void define_site(std::uint32_t number, void* const* frames, std::uint32_t depth) {
  raw::FrameDefinition definitions[kMaxDepth];
  for (std::uint32_t i = 0; i < depth; ++i) definitions[i] = frame_of(frames[i]);
  const raw::SiteDefinition site{number, depth};
  g_process.log.define(raw::DefinitionKind::site,
                       {{&site, sizeof site}, {definitions, depth * sizeof definitions[0]}});
}

const Stack* find_stack(std::uint64_t hash, void* const* frames, std::uint32_t depth) {
  for (const Stack* stack = __atomic_load_n(&g_stacks[hash % kStackBuckets], __ATOMIC_ACQUIRE); stack != nullptr;
       stack = stack->next)
    if (stack->hash == hash && stack->depth == depth &&
        std::memcmp(stack->frames, frames, depth * sizeof frames[0]) == 0)
      return stack;
  return nullptr;
}

int position_of(const void* caller, void* const* frames, int count) {
  int position = 0;
  while (position < count && frames[position] != caller) ++position;
  return position;
}

[[gnu::cold]] const Stack* add_stack(std::uint64_t hash, void* const* frames, std::uint32_t depth) {
  Locked lock;
  if (const Stack* present = find_stack(hash, frames, depth)) return present;
  auto* stack = static_cast<Stack*>(allocate_forever(sizeof(Stack) + depth * sizeof frames[0]));
  if (stack == nullptr) return nullptr;
  Stack*& bucket = g_stacks[hash % kStackBuckets];
  stack->next = bucket;
  stack->hash = hash;
  stack->depth = depth;
  stack->number = ++g_last_site;
  std::memcpy(stack->frames, frames, depth * sizeof frames[0]);
  define_site(stack->number, stack->frames, depth);
  __atomic_store_n(&bucket, stack, __ATOMIC_RELEASE);
  return stack;
}

}  // namespace

void prepare_stacks() {
  int& depth = g_process.options.stack_depth;
  if (depth <= 1) return;
  // Debian's static libunwind is not position-independent; loaded locally, the shared one meets no other copy.
  void* library = dlopen("libunwind.so.8", RTLD_LAZY | RTLD_LOCAL);
  if (library != nullptr)
    g_backtrace = reinterpret_cast<int (*)(void**, int)>(dlsym(library, "unw_backtrace"));
  if (g_backtrace != nullptr) return;
  say("TULKKI_STACK_DEPTH=%d needs libunwind.so.8, which is not installed; call sites get one frame", depth);
  depth = 1;
}

const void* stack_site(const void* caller, int depth) {
  // Three frames are ours; the bindings of Fortran add some of theirs.
  constexpr int kOurs = 4, kOursAndFortran = 12;
  void* frames[kMaxDepth + kOursAndFortran];
  int count = g_backtrace(frames, depth + kOurs);
  int first = position_of(caller, frames, count);
  if (first >= count) {
    count = g_backtrace(frames, depth + kOursAndFortran);
    first = position_of(caller, frames, count);
  }
  if (first >= count) return caller;
  count -= first;
  if (count > depth) count = depth;
  std::uint64_t hash = static_cast<std::uint64_t>(count);
  for (int i = 0; i < count; ++i)
    hash = (hash ^ reinterpret_cast<std::uintptr_t>(frames[first + i])) * 0x9e3779b97f4a7c15u, hash ^= hash >> 29;
  const Stack* stack = find_stack(hash, frames + first, static_cast<std::uint32_t>(count));
  if (stack == nullptr) stack = add_stack(hash, frames + first, static_cast<std::uint32_t>(count));
  return stack == nullptr ? caller : static_cast<const void*>(stack);
}

std::uint32_t site_number(const void* site) {
  if (site == nullptr) return 0;
  Site*& bucket = g_sites[(reinterpret_cast<std::uintptr_t>(site) >> 2) % kSiteBuckets];
  for (const Site* known = bucket; known != nullptr; known = known->next)
    if (known->address == site) return known->number;
  std::uint32_t number = 0;
  if (g_process.options.stack_depth > 1) {
    for (const Stack* stack : g_stacks)
      for (; stack != nullptr; stack = stack->next)
        if (stack == site) number = stack->number;
  }
  auto* fresh = static_cast<Site*>(allocate_forever(sizeof(Site)));
  if (fresh == nullptr) return number;
  if (number == 0) {
    number = ++g_last_site;
    void* const frame = const_cast<void*>(site);
    define_site(number, &frame, 1);
  }
  *fresh = {bucket, site, number};
  bucket = fresh;
  return number;
}

}  // namespace tulkki
