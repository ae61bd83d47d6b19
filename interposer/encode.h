// SPDX-License-Identifier: Apache-2.0
// Integer encodings of the raw log (storage/raw_format.h, "events"), for the hot path.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "storage/raw_format.h"

namespace tulkki {

inline std::uint8_t* put_long_varint(std::uint8_t* cursor, std::uint64_t value) {
  while (value >= 128) {
    *cursor++ = static_cast<std::uint8_t>(value | 128);
    value >>= 7;
  }
  *cursor++ = static_cast<std::uint8_t>(value);
  return cursor;
}

// One or two bytes are by far the most frequent; two are written by one store.
[[gnu::always_inline]] inline std::uint8_t* put_varint(std::uint8_t* cursor, std::uint64_t value) {
  if (value < 128) {
    *cursor = static_cast<std::uint8_t>(value);
    return cursor + 1;
  }
  if (value < 1u << 14) [[likely]] {
    const auto both = static_cast<std::uint16_t>((value & 127) | 128 | value << 1 >> 8 << 8);
    std::memcpy(cursor, &both, sizeof both);
    return cursor + 2;
  }
  return put_long_varint(cursor, value);
}

inline std::uint64_t zigzag(std::int64_t value) {
  return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}

inline std::uint8_t* put_svarint(std::uint8_t* cursor, std::int64_t value) { return put_varint(cursor, zigzag(value)); }

// A varint that always takes 8 bytes (56 bits), so that one store can change it in place.
inline void store_wide_varint(std::uint8_t* cursor, std::uint64_t value) {
  std::uint64_t word = 0;
  for (int i = 0; i < 8; ++i) word |= (value >> 7 * i & 0x7f) << 8 * i;
  word |= 0x0080808080808080u;
  std::memcpy(cursor, &word, sizeof word);
}

inline constexpr int kWideVarintBytes = 8;

// 0: no bytes; n: 2^(n-1) <= bytes < 2^n.
inline std::uint8_t size_class(std::uint64_t bytes) { return static_cast<std::uint8_t>(std::bit_width(bytes)); }


}  // namespace tulkki
