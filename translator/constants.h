// SPDX-License-Identifier: Apache-2.0
// Constants from one ABI's numbering to another's. The loops run over tables that the compiler knows, so that they become
// a few comparisons, or nothing where both ABIs agree.
#pragma once

#include "translator/abis.h"

namespace tulkki {

template <Set kSet, class From, class To>
constexpr std::int64_t convert_constant(std::int64_t value) {
  constexpr int kFrom = static_cast<int>(From::kColumn), kTo = static_cast<int>(To::kColumn);
  if constexpr (Constants<kSet>::kBits) {
    std::int64_t result = 0;
    for (const auto& row : Constants<kSet>::kValues)
      if ((value & row[kFrom]) != 0) result |= row[kTo];
    return result;
  } else {
#pragma GCC unroll 8
    for (const auto& row : Constants<kSet>::kValues)
      if (row[kFrom] == value && row[kTo] != kNoConstant) return row[kTo];
    return value;
  }
}

// The class of what a library cannot do at all.
inline int unsupported_operation_of(AbiName abi) {
  constexpr std::int64_t kStandard = 55, kOther = 16;
  switch (abi) {
    case AbiName::openmpi: return static_cast<int>(convert_constant<Set::error_class, Standard, OpenMpi>(kStandard));
    case AbiName::mpich: return static_cast<int>(convert_constant<Set::error_class, Standard, Mpich>(kStandard));
    case AbiName::standard: return kStandard;
    case AbiName::unknown: break;
  }
  return kOther;
}

template <Set kSet, class From, class To>
constexpr bool same_constants() {
  for (const auto& row : Constants<kSet>::kValues)
    if (row[static_cast<int>(From::kColumn)] != row[static_cast<int>(To::kColumn)]) return false;
  return true;
}

// Ranks and tags are plain numbers from zero up; what is negative and no constant stays invalid on the other side.
inline constexpr int kInvalidNegative = -1'000'000;
template <Set kSet, class From, class To>
constexpr int find_negative(int value) {
  for (const auto& row : Constants<kSet>::kValues)
    if (row[static_cast<int>(From::kColumn)] == value) return static_cast<int>(row[static_cast<int>(To::kColumn)]);
  return kInvalidNegative;
}

// All but MPI_UNDEFINED lie between -1 and -4, in every ABI.
template <Set kSet, class From, class To>
struct SmallNegatives {
  int values[5] = {0};
  constexpr SmallNegatives() {
    for (int i = 1; i < 5; ++i) values[i] = find_negative<kSet, From, To>(-i);
  }
};
template <Set kSet, class From, class To>
inline constexpr SmallNegatives<kSet, From, To> kSmallNegatives{};

template <Set kSet, class From, class To>
[[gnu::always_inline]] constexpr int convert_negative(int value) {
  if (value >= 0) [[likely]] return value;
  return value >= -4 ? kSmallNegatives<kSet, From, To>.values[-value] : find_negative<kSet, From, To>(value);
}

template <class A>
constexpr std::int64_t limit(Limit which) {
  return Constants<Set::limit>::kValues[static_cast<int>(which)][static_cast<int>(A::kColumn)];
}

}  // namespace tulkki
