// SPDX-License-Identifier: Apache-2.0
// The buffer of MPI_Bsend: a program leaves the room for each message that its own MPI asks for (MPI_BSEND_OVERHEAD), and
// the backend may need more. It gets a larger buffer then; the program's comes back when it is detached. MPI-5.0: 3.6.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "translator/pair.h"

namespace tulkki {

struct EnlargedBuffer {
  void* program = nullptr;   // as the program gave it, with its length
  std::int64_t program_bytes = 0;
  void* own = nullptr;       // attached in its place; null: the program's own is attached, or none
};
inline EnlargedBuffer g_enlarged_buffer;

template <class P>
inline constexpr std::int64_t kFrontBsendOverhead = limit<typename P::Front>(Limit::MPI_BSEND_OVERHEAD);
template <class P>
inline constexpr std::int64_t kBackBsendOverhead = limit<typename P::Back>(Limit::MPI_BSEND_OVERHEAD);

// Room for as many messages as fit the program's buffer, each with the backend's overhead.
template <class P, class Size>
Size enlarged_bytes(Size bytes) {
  const std::int64_t messages = bytes / kFrontBsendOverhead<P> + 1;
  const std::int64_t needed = bytes + messages * (kBackBsendOverhead<P> - kFrontBsendOverhead<P>);
  return static_cast<Size>(std::min<std::int64_t>(needed, std::numeric_limits<Size>::max()));
}

// MPI_BUFFER_AUTOMATIC of MPI-4.1: an address that older backends would write to.
template <class A>
inline constexpr std::intptr_t kBufferAutomatic =
    A::kName == AbiName::mpich ? -2 : A::kName == AbiName::openmpi ? 4 : 2;   // MPICH 4.2, Open MPI 6

template <class P, class Size>
int attach_buffer(Procedure procedure, void* buffer, Size bytes) {
  if (reinterpret_cast<std::intptr_t>(buffer) == kBufferAutomatic<typename P::Front>) {
    if (!backend_has(Procedure::MPI_Buffer_flush)) return refuse<P>(procedure);
    buffer = reinterpret_cast<void*>(kBufferAutomatic<typename P::Back>);
    return P::code(backend_function<int (*)(void*, Size)>(procedure)(buffer, bytes));
  }
  const auto attach = [procedure](void* address, Size size) {
    return P::code(backend_function<int (*)(void*, Size)>(procedure)(address, size));
  };
  if constexpr (kBackBsendOverhead<P> <= kFrontBsendOverhead<P>) return attach(buffer, bytes);
  if (buffer == nullptr || bytes <= 0) return attach(buffer, bytes);
  void* own = std::malloc(static_cast<std::size_t>(enlarged_bytes<P>(bytes)));
  if (own == nullptr) return attach(buffer, bytes);
  const int code = attach(own, enlarged_bytes<P>(bytes));
  if (code == 0) g_enlarged_buffer = {buffer, bytes, own};
  else std::free(own);
  return code;
}

template <class P, class Size>
int detach_buffer(Procedure procedure, void* address, Size* bytes) {
  const int code = P::code(backend_function<int (*)(void*, Size*)>(procedure)(address, bytes));
  auto** detached = static_cast<void**>(address);
  if (code != 0 || g_enlarged_buffer.own == nullptr || *detached != g_enlarged_buffer.own) return code;
  *detached = g_enlarged_buffer.program;
  *bytes = static_cast<Size>(g_enlarged_buffer.program_bytes);
  std::free(g_enlarged_buffer.own);
  g_enlarged_buffer = {};
  return 0;
}

template <class P>
int own_MPI_Buffer_attach(void* buffer, int bytes) {
  return attach_buffer<P>(Procedure::MPI_Buffer_attach, buffer, bytes);
}
template <class P>
int own_MPI_Buffer_attach_c(void* buffer, std::int64_t bytes) {
  return attach_buffer<P>(Procedure::MPI_Buffer_attach_c, buffer, bytes);
}
template <class P>
int own_MPI_Buffer_detach(void* address, int* bytes) {
  return detach_buffer<P>(Procedure::MPI_Buffer_detach, address, bytes);
}
template <class P>
int own_MPI_Buffer_detach_c(void* address, std::int64_t* bytes) {
  return detach_buffer<P>(Procedure::MPI_Buffer_detach_c, address, bytes);
}

}  // namespace tulkki
