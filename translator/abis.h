// SPDX-License-Identifier: Apache-2.0
// The three ABIs as types: widths of handles, layout of MPI_Status, special addresses. A pair of them (translator/pair.h)
// is what the compiler fuses into one conversion.
// Sources: MPI-5.0, chapter 20 and appendix A; mpi.h of Open MPI 4.1 and of MPICH 4.0.
#pragma once

#include <cstddef>
#include <cstdint>

#include "translator/abi.h"
#include "tulkki/abi_data.h"

namespace tulkki {

struct OpenMpi {
  static constexpr AbiName kName = AbiName::openmpi;
  static constexpr Column kColumn = Column::openmpi;
  static constexpr std::intptr_t kInPlace = 1, kStatusIgnore = 0;
  static constexpr std::size_t handle_bytes(HandleClass) { return 8; }
  struct Status {
    std::int32_t source, tag, error, cancelled;
    std::uint64_t bytes;
  };
  static std::int64_t bytes(const Status& status) { return static_cast<std::int64_t>(status.bytes); }
  static bool cancelled(const Status& status) { return (status.cancelled & 1) != 0; }  // other bits: undefined
  static void set_private(Status& status, std::int64_t bytes, bool cancelled) {
    status.cancelled = cancelled ? 1 : 0;
    status.bytes = static_cast<std::uint64_t>(bytes);
  }
};

struct Mpich {
  static constexpr AbiName kName = AbiName::mpich;
  static constexpr Column kColumn = Column::mpich;
  static constexpr std::intptr_t kInPlace = -1, kStatusIgnore = 1;
  static constexpr std::size_t handle_bytes(HandleClass kind) { return kind == HandleClass::file ? 8 : 4; }
  struct Status {
    std::uint32_t bytes_low, bytes_high_and_cancelled;
    std::int32_t source, tag, error;
  };
  static std::int64_t bytes(const Status& status) {
    return static_cast<std::int64_t>(std::uint64_t{status.bytes_high_and_cancelled >> 1} << 32 | status.bytes_low);
  }
  static bool cancelled(const Status& status) { return (status.bytes_high_and_cancelled & 1) != 0; }
  static void set_private(Status& status, std::int64_t bytes, bool cancelled) {
    status.bytes_low = static_cast<std::uint32_t>(bytes);
    status.bytes_high_and_cancelled = static_cast<std::uint32_t>(bytes >> 32) << 1 | (cancelled ? 1u : 0u);
  }
};

// The private integers hold MPICH's two words, which is what MPICH's own library for this ABI and ours put there; or, where
// the backend is Open MPI's own, its flag and its count of 8 bytes.
struct Standard {
  static constexpr AbiName kName = AbiName::standard;
  static constexpr Column kColumn = Column::standard;
  static constexpr std::intptr_t kInPlace = 1, kStatusIgnore = 0;
  static constexpr std::size_t handle_bytes(HandleClass) { return 8; }
  struct Status {
    std::int32_t source, tag, error;
    std::uint32_t words[5];
  };
  static inline bool as_openmpi = false;   // set once, when a translation starts
  static std::int64_t bytes(const Status& status) {
    const auto& words = status.words;
    if (as_openmpi) [[unlikely]] return static_cast<std::int64_t>(std::uint64_t{words[2]} << 32 | words[1]);
    return static_cast<std::int64_t>(std::uint64_t{words[1] >> 1} << 32 | words[0]);
  }
  static bool cancelled(const Status& status) { return (status.words[as_openmpi ? 0 : 1] & 1) != 0; }
  static void set_private(Status& status, std::int64_t bytes, bool cancelled) {
    const auto low = static_cast<std::uint32_t>(bytes), high = static_cast<std::uint32_t>(bytes >> 32);
    if (as_openmpi) [[unlikely]] {
      status.words[0] = cancelled ? 1 : 0, status.words[1] = low, status.words[2] = high;
      return;
    }
    status.words[0] = low;
    status.words[1] = high << 1 | (cancelled ? 1u : 0u);
  }
};

static_assert(sizeof(OpenMpi::Status) == 24 && sizeof(Mpich::Status) == 20 && sizeof(Standard::Status) == 32);

// The program's and the backend's types are others than ours.
using AliasedWord32 [[gnu::may_alias]] = std::uint32_t;
using AliasedWord64 [[gnu::may_alias]] = std::uint64_t;

// One element of an array of handles in an ABI's own width.
template <class A, HandleClass kKind>
Word load_handle(const void* array, std::int64_t index = 0) {
  if constexpr (A::handle_bytes(kKind) == 4) return static_cast<const AliasedWord32*>(array)[index];
  else return static_cast<const AliasedWord64*>(array)[index];
}
template <class A, HandleClass kKind>
void store_handle(void* array, std::int64_t index, Word handle) {
  if constexpr (A::handle_bytes(kKind) == 4) static_cast<AliasedWord32*>(array)[index] = static_cast<std::uint32_t>(handle);
  else static_cast<AliasedWord64*>(array)[index] = handle;
}

}  // namespace tulkki
