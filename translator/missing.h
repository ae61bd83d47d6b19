// SPDX-License-Identifier: Apache-2.0
// Functions that stand in for procedures which an MPI library does not have: one for each, so that it knows its name.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include "tulkki/procedures.h"

namespace tulkki {

// The arguments of a caller do not matter to it.
template <int (*Missing)(Procedure), std::size_t Number>
[[gnu::cold]] int stand_in() {
  return Missing(static_cast<Procedure>(Number));
}

template <int (*Missing)(Procedure), std::size_t... Numbers>
constexpr std::array<int (*)(), sizeof...(Numbers)> stand_ins(std::index_sequence<Numbers...>) {
  return {&stand_in<Missing, Numbers>...};
}

// By number of procedure: functions that return what `Missing` returns for theirs.
template <int (*Missing)(Procedure)>
inline constexpr auto kStandIns = stand_ins<Missing>(std::make_index_sequence<static_cast<std::size_t>(Procedure::count)>());

}  // namespace tulkki
