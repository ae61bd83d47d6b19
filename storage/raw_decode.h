// SPDX-License-Identifier: Apache-2.0
// Reading bytes that may be damaged: a cursor that never leaves its span, and the variable-length integers of
// storage/raw_format.h. A failed read makes the cursor bad for good, so a caller checks once after several reads.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>

namespace tulkki {

class ByteCursor {
 public:
  ByteCursor() = default;
  explicit ByteCursor(std::span<const std::uint8_t> bytes)
      : begin_(bytes.data()), at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool good() const { return good_; }
  bool at_end() const { return at_ == end_; }
  std::size_t offset() const { return static_cast<std::size_t>(at_ - begin_); }
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

  std::uint64_t varint() {
    if (at_ != end_ && *at_ < 0x80) return *at_++;
    return long_varint();
  }

  std::int64_t svarint() { return unzigzag(varint()); }

  static std::int64_t unzigzag(std::uint64_t value) {
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
  }

  template <class T>
  T fixed() {
    static_assert(std::is_trivially_copyable_v<T>);
    T value{};
    if (left() < sizeof(T)) {
      fail();
    } else {
      std::memcpy(&value, at_, sizeof(T));
      at_ += sizeof(T);
    }
    return value;
  }

  std::span<const std::uint8_t> take(std::size_t bytes) {
    if (left() < bytes) {
      fail();
      return {};
    }
    const std::span<const std::uint8_t> taken(at_, bytes);
    at_ += bytes;
    return taken;
  }

  // Up to the next NUL, or to the end when there is none.
  std::string text() {
    const std::uint8_t* stop = std::find(at_, end_, std::uint8_t{0});
    std::string result(reinterpret_cast<const char*>(at_), static_cast<std::size_t>(stop - at_));
    at_ = stop == end_ ? end_ : stop + 1;
    return result;
  }

 private:
  void fail() {
    good_ = false;
    at_ = end_;
  }

  std::uint64_t long_varint() {
    std::uint64_t value = 0;
    for (int shift = 0; at_ != end_ && shift < 64; shift += 7) {
      const std::uint8_t byte = *at_++;
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    fail();
    return 0;
  }

  const std::uint8_t* begin_ = nullptr;
  const std::uint8_t* at_ = nullptr;
  const std::uint8_t* end_ = nullptr;
  bool good_ = true;
};

}  // namespace tulkki
