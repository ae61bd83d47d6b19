// SPDX-License-Identifier: Apache-2.0
// What each MPI procedure becomes in an OTF2 trace, besides its Enter and Leave.
#pragma once

#include <otf2/otf2.h>

#include <cstdint>
#include <vector>

#include "tulkki/procedures.h"

namespace tulkki {

enum class TraceAction : std::uint8_t {
  none,  // Enter and Leave only (lists and notes still count)
  send,
  receive,
  send_receive,  // the receive part comes as a list entry
  start,         // starts a request of the kind in the API table
  collective,
  rma_put,
  rma_get,
  rma_atomic,
  rma_fence,
  rma_complete,  // MPI_Win_complete: ends the operations of an access epoch
  rma_lock,
  rma_unlock,  // of one target, or of all when the call names none
  rma_flush,
  rma_flush_local,
  rma_sync,
  window_create,
  window_free,
  file_transfer,
  file_begin,  // first half of a split collective
  file_end,    // second half
  file_close,
};

struct ProcedurePlan {
  TraceAction action = TraceAction::none;
  OTF2_RegionRole role = OTF2_REGION_ROLE_FUNCTION;
  OTF2_CollectiveOp collective = OTF2_COLLECTIVE_OP_BARRIER;
  OTF2_RmaAtomicType atomic = OTF2_RMA_ATOMIC_TYPE_ACCUMULATE;
  OTF2_IoOperationMode io_mode = OTF2_IO_OPERATION_MODE_READ;
  OTF2_IoOperationFlag io_flags = OTF2_IO_OPERATION_FLAG_NONE;
  raw::RequestKind starts = raw::RequestKind::none;
};

// One plan for each procedure, indexed by its number.
const std::vector<ProcedurePlan>& procedure_plans();

}  // namespace tulkki
