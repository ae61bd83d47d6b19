// SPDX-License-Identifier: Apache-2.0
// All translators of one pair, for the one file that compiles them.
#pragma once

#include "translator/emulation/abi_queries.h"
#include "translator/emulation/large_count.h"
#include "translator/emulation/partitioned.h"
#include "translator/emulation/requests.h"
#include "translator/emulation/send_receive.h"
#include "translator/emulation/sessions.h"
#include "translator/emulation/small.h"
#include "translator/own/attributes.h"
#include "translator/own/buffers.h"
#include "translator/own/callbacks.h"
#include "translator/own/conversions.h"
#include "translator/own/datatypes.h"
#include "translator/own/environment.h"
#include "translator/own/fallbacks.h"
#include "translator/own/fortran.h"
#include "translator/own/openmpi_cxx.h"
#include "translator/own/pending.h"
#include "translator/own/throwing.h"
#include "translator/pairs.h"

namespace tulkki {
namespace {

#include "tulkki/translators.inc"

// A request that was complete when it was made: MPICH numbers them 0b01..., Open MPI has one object for all.
template <class P>
void describe_shared_request(Abi& front, void* empty) {
  if constexpr (P::Back::kName == AbiName::openmpi) {
    front.shared_request = P::template out<HandleClass::request>(reinterpret_cast<Word>(empty));
    front.shared_request_mask = ~Word{0};
  } else if constexpr (P::Front::kName == AbiName::openmpi) {
    front.shared_request = std::uint64_t{1} << 31 | 1;
    front.shared_request_mask = std::uint64_t{3} << 31 | 1;
  } else if constexpr (P::Front::kName == AbiName::standard) {
    front.shared_request = std::uint64_t{1} << 30;
    front.shared_request_mask = std::uint64_t{3} << 30;
  } else {
    front.shared_request_mask = 0;   // none that could be told
    front.shared_request = 1;
  }
}

}  // namespace

#define TULKKI_PAIR(F, B)                                                                                         \
  namespace tulkki {                                                                                              \
  constinit const PairTables k##F##On##B = {F::kName, B::kName, kTranslators<Pair<F, B>>, kFallbacks<Pair<F, B>>, \
                                            kNeedsNoBackend, kRefused, &describe_shared_request<Pair<F, B>>,      \
                                            language_bindings<Pair<F, B>>(), fortran_bindings<Pair<F, B>>(),      \
                                            openmpi_cxx_bindings<Pair<F, B>>()};                                  \
  }

}  // namespace tulkki
