// SPDX-License-Identifier: Apache-2.0
// mmap wrappers and a pool that only grows.
#include "interposer/memory.h"

#include <cstdint>
#include <sys/mman.h>

namespace tulkki {

void* map_memory(std::size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

void* reserve_addresses(std::size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

void unmap_memory(void* memory, std::size_t bytes) { munmap(memory, bytes); }

void* allocate_forever(std::size_t bytes) {
  static constexpr std::size_t kPoolBytes = 256 * 1024;
  static std::uint8_t* pool = nullptr;
  static std::size_t left = 0;
  bytes = (bytes + 15) & ~std::size_t{15};
  if (bytes > kPoolBytes / 4) return map_memory(bytes);
  if (bytes > left) {
    pool = static_cast<std::uint8_t*>(map_memory(kPoolBytes));
    left = pool == nullptr ? 0 : kPoolBytes;
    if (pool == nullptr) return nullptr;
  }
  void* memory = pool;
  pool += bytes;
  left -= bytes;
  return memory;
}

}  // namespace tulkki
