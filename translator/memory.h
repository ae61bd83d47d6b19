// SPDX-License-Identifier: Apache-2.0
// Memory for translations, straight from the kernel or, for what a call needs for a moment, from the C library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sys/mman.h>

namespace tulkki {

// Zeroed pages that are never given back, or null.
inline void* map_pages(std::size_t bytes) {
  void* pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return pages == MAP_FAILED ? nullptr : pages;
}

// An array for the length of a call: on the stack for usual sizes. `data()` is null when there is no memory.
template <class Element, int kInline>
class Scratch {
 public:
  explicit Scratch(std::int64_t count) {
    if (count > kInline) [[unlikely]]
      data_ = spill_ = static_cast<Element*>(std::malloc(static_cast<std::size_t>(count) * sizeof(Element)));
  }
  ~Scratch() {
    if (spill_ != nullptr) [[unlikely]] std::free(spill_);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  Element* data() { return data_; }
  Element& operator[](std::int64_t i) { return data_[i]; }

 private:
  Element inline_[kInline];
  Element* spill_ = nullptr;
  Element* data_ = inline_;
};

}  // namespace tulkki
