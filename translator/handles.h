// SPDX-License-Identifier: Apache-2.0
// Handles between a front and a backend of another ABI. One pair is in use in a process, so that the tables are global.
// No conversion allocates, locks or searches, but for the first object of a new 4 GiB window (MPICH front).
//
// Front Open MPI: a predefined handle is the address of an object (ours, or the program's copy of it), whose first word
// we set to the backend's handle. Any other is the backend's handle shifted left by one, plus one: objects are even.
// Front MPICH: a predefined handle is looked up by its kind and low byte. Any other is an address of the backend in
// windows of 4 GiB, 16 bytes a step: 0b11, two bits for the window, 28 bits. What does not fit gets a numbered slot.
// Front standard: predefined handles are below 4096, all others are the backend's own.
#pragma once

#include "translator/abis.h"

namespace tulkki {

inline constexpr Word kNoWindow = ~Word{0};
inline constexpr int kSmallPlaces = 3 << 12;

struct HandleTables {
  Word small_to_back[kSmallPlaces];     // predefined handles of an MPICH or standard front
  Word windows[4];
  // Backend's objects that may be predefined ones (Open MPI: addresses in this range).
  Word back_low, back_span;
  Word back_request_null, front_request_null;
};
extern HandleTables g_handles;

// Enters a predefined object of the backend into what find_predefined() knows; at start only.
[[gnu::cold]] void define_predefined(HandleClass kind, Word back, Word front);
// The front's handle of a predefined object of the backend; kNoHandle when it is none.
[[gnu::cold]] Word find_predefined(HandleClass kind, Word back);
[[gnu::cold]] Word encode_in_new_window_or_slot(Word back);
[[gnu::cold]] Word decode_slot(std::uint32_t front);

// Where a small handle of an MPICH front is in the table. Null messages and null requests have the same
// number, and files are no small handles.
template <HandleClass kKind>
[[gnu::always_inline]] constexpr std::uint32_t small_place(std::uint32_t handle) {
  const std::uint32_t kind = kKind == HandleClass::message ? 12 : kKind == HandleClass::file ? 13 : handle >> 26 & 15;
  return handle >> 30 << 12 | kind << 8 | (handle & 0xff);
}

template <class Front>
struct FrontHandles;

template <>
struct FrontHandles<OpenMpi> {
  template <HandleClass>
  [[gnu::always_inline]] static Word decode(Word front) {
    if ((front & 1) != 0) [[likely]] return front >> 1;
    if (front < 4096) [[unlikely]] return 0;
    return *reinterpret_cast<const AliasedWord64*>(front);
  }
  template <HandleClass>
  [[gnu::always_inline]] static Word encode(Word back) {
    return back << 1 | 1;
  }
};

template <>
struct FrontHandles<Mpich> {
  template <HandleClass kKind>
  [[gnu::always_inline]] static Word decode(Word word) {
    if constexpr (kKind == HandleClass::file) {
      return word == 0 ? g_handles.small_to_back[small_place<kKind>(0)] : word;
    } else {
      const auto front = static_cast<std::uint32_t>(word);
      if (front >= 0xc0000000u) return g_handles.windows[front >> 28 & 3] + (Word{front & 0x0fffffffu} << 4);
      if (front >= 0x80000000u) [[unlikely]] return decode_slot(front);
      return g_handles.small_to_back[small_place<kKind>(front)];
    }
  }
  template <HandleClass kKind>
  [[gnu::always_inline]] static Word encode(Word back) {
    if constexpr (kKind == HandleClass::file) {
      return back;
    } else {
      const Word base = back & ~Word{0xffffffff};
      for (std::uint32_t window = 0; window < 4; ++window)
        if (g_handles.windows[window] == base && (back & 15) == 0) [[likely]]
          return 0xc0000000u | window << 28 | static_cast<std::uint32_t>(back) >> 4;
      return encode_in_new_window_or_slot(back);
    }
  }
};

template <>
struct FrontHandles<Standard> {
  template <HandleClass>
  [[gnu::always_inline]] static Word decode(Word front) {
    return front < 4096 ? g_handles.small_to_back[front] : front;
  }
  template <HandleClass>
  [[gnu::always_inline]] static Word encode(Word back) {
    return back;
  }
};

template <class Back, HandleClass kKind>
[[gnu::always_inline]] inline bool may_be_predefined(Word back) {
  if constexpr (kKind == HandleClass::file) return back < 4096 || back - g_handles.back_low < g_handles.back_span;
  else if constexpr (Back::kName == AbiName::openmpi) return back - g_handles.back_low < g_handles.back_span;
  else if constexpr (Back::kName == AbiName::mpich) return back >> 30 < 2 || (back & 0xffffff00) == 0x8c000000;
  else return back < 4096;
}

template <class Front, HandleClass kKind>
[[gnu::always_inline]] inline Word handle_to_back(Word front) {
  return FrontHandles<Front>::template decode<kKind>(front);
}

template <class Front, class Back, HandleClass kKind>
[[gnu::always_inline]] inline Word handle_to_front(Word back) {
  if constexpr (kKind == HandleClass::request) {   // only the null request is predefined
    if (back == g_handles.back_request_null) return g_handles.front_request_null;
    return FrontHandles<Front>::template encode<kKind>(back);
  }
  if (may_be_predefined<Back, kKind>(back)) [[unlikely]]
    if (const Word front = find_predefined(kKind, back); front != kNoHandle) return front;
  return FrontHandles<Front>::template encode<kKind>(back);
}

}  // namespace tulkki
