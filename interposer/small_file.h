// SPDX-License-Identifier: Apache-2.0
// Reading the beginning of a small file without allocating.
#pragma once

#include <cstddef>

namespace tulkki {

// At most `bytes` - 1 characters, always terminated; 0: the file is empty or cannot be read.
[[gnu::cold]] std::size_t read_small_file(const char* path, char* text, std::size_t bytes);

}  // namespace tulkki
