// SPDX-License-Identifier: Apache-2.0
// Memory for the recorder's own tables, straight from the kernel: the host program's allocator is never touched, so
// that its state, its hooks and its failures stay its own.
#pragma once

#include <cstddef>

namespace tulkki {

// Zeroed private memory, or nullptr.
[[gnu::cold]] void* map_memory(std::size_t bytes);
// Address space without memory behind it, or nullptr.
[[gnu::cold]] void* reserve_addresses(std::size_t bytes);
// Memory that lives as long as the process, from a pool; 16-byte aligned. Not thread-safe: hold g_process.mutex.
[[gnu::cold]] void* allocate_forever(std::size_t bytes);
[[gnu::cold]] void unmap_memory(void* memory, std::size_t bytes);

}  // namespace tulkki
