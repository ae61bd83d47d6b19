// SPDX-License-Identifier: Apache-2.0
// What happens in one bucket of the pyramid, or one pixel of a picture, while it is gathered.
#pragma once

#include <array>
#include <cstdint>

#include "viewer/trace/cache_format.h"
#include "viewer/trace/model.h"

namespace tulkki::trace {

struct Bucket {
  std::array<float, 4> time{};  // of the procedures below; 0: slot is free
  std::array<std::uint16_t, 4> procedure{};
  float mpi_time = 0, busy_time = 0;
  std::uint32_t longest = kNone, longest_location = kNone;
  std::uint16_t longest_procedure = kNoProcedure;
  std::uint8_t mpi_slots = 0;  // which slots hold MPI procedures
  std::uint8_t reserved = 0;
  std::uint32_t longest_bits = 0;  // duration of the longest as a float's bits: ordered like the duration

  void add(std::uint16_t which, float amount, bool mpi);
  void add_call(std::uint64_t duration_ns, std::uint16_t called, std::uint32_t call, std::uint32_t location);
  void merge(const Bucket& other);
  // `width`: the time that the shares are shares of.
  Cell cell(double width) const;
};
static_assert(sizeof(Bucket) == 48);

}  // namespace tulkki::trace
