// SPDX-License-Identifier: Apache-2.0
// Arrays of requests, as MPI_Waitall and its kin have them. What is usual has loops of its own, which the compiler turns
// into vector instructions: all null, as after completion. Of predefined requests there is but the null request.
#pragma once

#include "translator/handles.h"

namespace tulkki {

// -O2 alone vectorises next to nothing.
#define TULKKI_VECTORISED gnu::optimize("O3"), gnu::noinline

template <std::size_t>
struct WordOf;
template <>
struct WordOf<4> {
  using Type = AliasedWord32;
};
template <>
struct WordOf<8> {
  using Type = AliasedWord64;
};

template <class F, class B>
struct RequestArrays {
  using Front = typename WordOf<F::handle_bytes(HandleClass::request)>::Type;
  using Back = typename WordOf<B::handle_bytes(HandleClass::request)>::Type;

  static void to_back(const Front* __restrict front, Back* __restrict back, std::int64_t count) {
    const auto front_null = static_cast<Front>(g_handles.front_request_null);
    const auto back_null = static_cast<Back>(g_handles.back_request_null);
    if (all_are(front, count, front_null)) return fill(back, count, back_null);
    for (std::int64_t i = 0; i < count; ++i)
      back[i] = front[i] == front_null ? back_null : static_cast<Back>(handle_to_back<F, HandleClass::request>(front[i]));
  }

  static void to_front(const Back* __restrict back, Front* __restrict front, std::int64_t count) {
    const auto front_null = static_cast<Front>(g_handles.front_request_null);
    if (all_are(back, count, static_cast<Back>(g_handles.back_request_null))) return fill(front, count, front_null);
    for (std::int64_t i = 0; i < count; ++i)
      front[i] = static_cast<Front>(handle_to_front<F, B, HandleClass::request>(back[i]));
  }

 private:
  template <class Request>
  [[TULKKI_VECTORISED]] static bool all_are(const Request* requests, std::int64_t count, Request null) {
    Request others = 0;
    for (std::int64_t i = 0; i < count; ++i) others |= requests[i] ^ null;
    return others == 0;
  }
  template <class Request>
  [[TULKKI_VECTORISED]] static void fill(Request* requests, std::int64_t count, Request null) {
    for (std::int64_t i = 0; i < count; ++i) requests[i] = null;
  }
};

}  // namespace tulkki
