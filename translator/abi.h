// SPDX-License-Identifier: Apache-2.0
// What distinguishes one MPI ABI from another, as data: widths of handles, layout of MPI_Status, special values.
// Values of the running ABI are read from one `Abi` so that the same code serves every implementation.
// Sources: mpi.h of Open MPI 4.1 and MPICH 4.0.
#pragma once

#include <cstdint>
#include <cstring>

namespace tulkki {

// A handle, or anything else passed by value in one register. Bits above the handle's own width are undefined until
// Abi::handle() has cleared them.
using Word = std::uint64_t;

// Numbered as in the raw log.
enum class AbiName : std::uint32_t { unknown = 0, openmpi = 1, mpich = 2, standard = 3 };

struct Abi {
  AbiName name;
  std::uint8_t handle_bytes;         // of communicators, datatypes, requests, windows ...; files are always pointers
  std::uint8_t status_bytes;
  std::uint8_t status_source_offset, status_tag_offset, status_private_offset;
  bool status_as_openmpi;            // what is in the private part: Open MPI's fields, else MPICH's
  std::int32_t proc_null, any_source, any_tag, root, undefined;
  std::intptr_t in_place, status_ignore;
  Word handle_mask;                  // the bits that handle_bytes leaves
  // Predefined handles. Addresses of the library's objects where the ABI uses pointers; filled in when it is found.
  Word comm_world, comm_self, comm_null, request_null, window_null, message_null, message_no_process, byte, datatype_null;
  // Requests that were complete when they were made, which several may share: those with these bits.
  Word shared_request, shared_request_mask;
  std::int32_t comm_type_shared;
  std::int32_t topology_graph, topology_cartesian, topology_distributed;

  Word handle(Word word) const { return word & handle_mask; }

  // A request that was complete when it was made: several may have this handle, and completing it means nothing.
  bool is_shared_request(Word request) const {
    return (request & shared_request_mask) == shared_request;
  }

  // Element `index` of an array of handles (or the handle that `pointer` refers to).
  Word load_handle(const void* pointer, std::int64_t index = 0) const {
    if (handle_bytes == 4) return static_cast<const std::uint32_t*>(pointer)[index];
    return static_cast<const std::uint64_t*>(pointer)[index];
  }

  bool is_status_ignore(const void* status) const {
    return reinterpret_cast<std::intptr_t>(status) == status_ignore;
  }
  bool is_in_place(const void* buffer) const { return reinterpret_cast<std::intptr_t>(buffer) == in_place; }

  static std::int32_t load_int(const void* base, std::size_t offset) {
    std::int32_t value;
    std::memcpy(&value, static_cast<const char*>(base) + offset, sizeof value);
    return value;
  }
  std::int32_t status_source(const void* status) const { return load_int(status, status_source_offset); }
  std::int32_t status_tag(const void* status) const { return load_int(status, status_tag_offset); }

  // Open MPI: {int _cancelled, size_t _ucount}. MPICH: {count_lo, count_hi_and_cancelled}, bit 0 of the second word being
  // the cancelled flag.
  std::int64_t status_bytes_received(const void* status) const {
    if (status_as_openmpi) {
      std::uint64_t count;
      std::memcpy(&count, static_cast<const char*>(status) + status_private_offset + 4, sizeof count);
      return static_cast<std::int64_t>(count);
    }
    const auto low = static_cast<std::uint32_t>(load_int(status, status_private_offset));
    const auto high = static_cast<std::uint32_t>(load_int(status, status_private_offset + 4)) >> 1;
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(high) << 32 | low);
  }
  bool status_cancelled(const void* status) const {
    return (load_int(status, status_private_offset + (status_as_openmpi ? 0 : 4)) & 1) != 0;
  }
};

// What MPI_Abi_get_version answers in a program of this ABI: -1 says that it is not the standard's. MPI-5.0: 20.2.
inline int tell_abi_version(AbiName program, int* major, int* minor) {
  *major = program == AbiName::standard ? 1 : -1;
  *minor = program == AbiName::standard ? 0 : -1;
  return 0;
}

inline constexpr std::size_t kLargestStatusBytes = 32;

inline constexpr Abi kOpenMpiAbi = {
    .name = AbiName::openmpi, .handle_bytes = 8, .status_bytes = 24, .status_source_offset = 0,
    .status_tag_offset = 4, .status_private_offset = 12, .status_as_openmpi = true, .proc_null = -2,
    .any_source = -1, .any_tag = -1, .root = -4, .undefined = -32766,
    .in_place = 1, .status_ignore = 0, .handle_mask = ~Word{0},
    .comm_world = 0, .comm_self = 0, .comm_null = 0, .request_null = 0, .window_null = 0, .message_null = 0,
    .message_no_process = 0, .byte = 0, .datatype_null = 0, .shared_request = 0, .shared_request_mask = ~Word{0},
    .comm_type_shared = 0, .topology_graph = 2, .topology_cartesian = 1, .topology_distributed = 3};

inline constexpr Abi kMpichAbi = {
    .name = AbiName::mpich, .handle_bytes = 4, .status_bytes = 20, .status_source_offset = 8,
    .status_tag_offset = 12, .status_private_offset = 0, .status_as_openmpi = false, .proc_null = -1,
    .any_source = -2, .any_tag = -1, .root = -3, .undefined = -32766,
    .in_place = -1, .status_ignore = 1, .handle_mask = 0xffffffff,
    .comm_world = 0x44000000, .comm_self = 0x44000001, .comm_null = 0x04000000, .request_null = 0x2c000000,
    .window_null = 0x20000000, .message_null = 0x2c000000, .message_no_process = 0x6c000000, .byte = 0x4c00010d,
    .datatype_null = 0x0c000000, .shared_request = 0x40000000, .shared_request_mask = 0xc0000000,
    .comm_type_shared = 1, .topology_graph = 1, .topology_cartesian = 2, .topology_distributed = 3};

// The private part is as in MPICH's own library of this ABI, and in ours; see standard_status_as_openmpi().
inline constexpr Abi kStandardAbi = {
    .name = AbiName::standard, .handle_bytes = 8, .status_bytes = 32, .status_source_offset = 0,
    .status_tag_offset = 4, .status_private_offset = 12, .status_as_openmpi = false, .proc_null = -3,
    .any_source = -1, .any_tag = -2, .root = -4, .undefined = -32766,
    .in_place = 1, .status_ignore = 0, .handle_mask = ~Word{0},
    .comm_world = 0x101, .comm_self = 0x102, .comm_null = 0x100, .request_null = 0x180, .window_null = 0x110,
    .message_null = 0x128, .message_no_process = 0x129, .byte = 0x247,
    .datatype_null = 0x200, .shared_request = 1, .shared_request_mask = 0,
    .comm_type_shared = 221, .topology_graph = 212, .topology_cartesian = 211, .topology_distributed = 213};

}  // namespace tulkki
