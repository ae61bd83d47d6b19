// SPDX-License-Identifier: Apache-2.0
// Windows and files. An RMA operation without a request completes with the next call that synchronises its target;
// until then it waits in pending_rma_.
#include <algorithm>

#include "storage/otf2_events.h"

namespace tulkki {

namespace {

// Tag of a lock call: 1 tells an exclusive lock. Anything else is shown as shared, the claim that promises less.
OTF2_LockType lock_type(std::int32_t tag) { return tag == 1 ? OTF2_LOCK_EXCLUSIVE : OTF2_LOCK_SHARED; }

constexpr auto kFullSync = static_cast<OTF2_RmaSyncLevel>(OTF2_RMA_SYNC_LEVEL_PROCESS | OTF2_RMA_SYNC_LEVEL_MEMORY);

}  // namespace

void ProcessEvents::rma_operation(Location& at, const KeyPlan& key, const DecodedCall& call, std::uint64_t id,
                                  std::uint64_t time) {
  const auto target = static_cast<std::uint32_t>(call.peer);
  switch (info(call.procedure).rma) {
    case RmaOp::put:
      check(OTF2_EvtWriter_RmaPut(at.writer, nullptr, time, key.reference, target, call.sent, id));
      return;
    case RmaOp::get:
      check(OTF2_EvtWriter_RmaGet(at.writer, nullptr, time, key.reference, target, call.received, id));
      return;
    default:
      check(OTF2_EvtWriter_RmaAtomic(at.writer, nullptr, time, key.reference, target, key.plan->atomic, call.sent,
                                     call.received, id));
      return;
  }
}

// Ends the pending operations towards `target` (all when negative): locally, or at the target too.
void ProcessEvents::complete_rma(Location& at, const KeyPlan& key, std::int32_t target, bool remote,
                                 std::uint64_t time) {
  const auto found = pending_rma_.find(key.unified);
  if (found == pending_rma_.end()) return;
  std::vector<PendingRma>& pending = found->second;
  for (PendingRma& operation : pending) {
    if (target >= 0 && operation.target != target) continue;
    if (!operation.local_done) {
      check(OTF2_EvtWriter_RmaOpCompleteNonBlocking(at.writer, nullptr, time, key.reference, operation.id));
      operation.local_done = true;
    }
    if (remote) check(OTF2_EvtWriter_RmaOpCompleteRemote(at.writer, nullptr, time, key.reference, operation.id));
  }
  if (remote) {
    std::erase_if(pending, [&](const PendingRma& operation) { return target < 0 || operation.target == target; });
  }
}

void ProcessEvents::begin_onesided(Location& at, const KeyPlan& key, const DecodedCall& call, std::uint64_t time) {
  switch (key.plan->action) {
    case TraceAction::rma_put:
    case TraceAction::rma_get:
    case TraceAction::rma_atomic:
      if (key.window() && key.has_peer(call.peer)) {
        rma_operation(at, key, call, ++last_id_, time);
        pending_rma_[key.unified].push_back({last_id_, call.peer, false});
      }
      return;
    case TraceAction::rma_fence:
      if (key.window()) check(OTF2_EvtWriter_RmaCollectiveBegin(at.writer, nullptr, time));
      return;
    case TraceAction::window_create:
      if (noted_context(call, raw::NoteKind::created) >= 0) {
        check(OTF2_EvtWriter_RmaCollectiveBegin(at.writer, nullptr, time));
      }
      return;
    case TraceAction::window_free:
      if (key.window()) check(OTF2_EvtWriter_RmaCollectiveBegin(at.writer, nullptr, time));
      return;
    case TraceAction::file_transfer:
    case TraceAction::file_begin:
      begin_file(at, key, call, time);
      return;
    default:
      return;
  }
}

void ProcessEvents::end_onesided(Location& at, const KeyPlan& key, const DecodedCall& call, std::uint64_t time) {
  const auto end_collective = [&](OTF2_CollectiveOp op, OTF2_RmaSyncLevel level, std::uint32_t window) {
    check(
        OTF2_EvtWriter_RmaCollectiveEnd(at.writer, nullptr, time, op, level, window, OTF2_COLLECTIVE_ROOT_NONE, 0, 0));
  };
  const bool one_target = key.window() && key.has_peer(call.peer);
  const auto target = static_cast<std::uint32_t>(call.peer);
  switch (key.plan->action) {
    case TraceAction::rma_fence:
      if (!key.window()) return;
      complete_rma(at, key, -1, true, time);
      end_collective(OTF2_COLLECTIVE_OP_BARRIER, kFullSync, key.reference);
      return;
    case TraceAction::window_create: {
      const int unified = noted_context(call, raw::NoteKind::created);
      if (unified < 0) return;
      end_collective(OTF2_COLLECTIVE_OP_CREATE_HANDLE, OTF2_RMA_SYNC_LEVEL_PROCESS,
                     references_.context(unified).reference);
      return;
    }
    case TraceAction::window_free:
      if (!key.window()) return;
      complete_rma(at, key, -1, true, time);
      end_collective(OTF2_COLLECTIVE_OP_DESTROY_HANDLE, OTF2_RMA_SYNC_LEVEL_PROCESS, key.reference);
      return;
    case TraceAction::rma_lock:
      if (one_target) {
        check(OTF2_EvtWriter_RmaAcquireLock(at.writer, nullptr, time, key.reference, target, 0, lock_type(call.tag)));
      }
      return;
    case TraceAction::rma_unlock:
      if (!key.window()) return;
      complete_rma(at, key, call.peer, true, time);
      if (one_target) check(OTF2_EvtWriter_RmaReleaseLock(at.writer, nullptr, time, key.reference, target, 0));
      return;
    case TraceAction::rma_complete:
    case TraceAction::rma_flush:
      if (key.window()) complete_rma(at, key, call.peer, true, time);
      return;
    case TraceAction::rma_flush_local:
      if (key.window()) complete_rma(at, key, call.peer, false, time);
      return;
    case TraceAction::rma_sync:
      if (!key.window()) return;
      check(OTF2_EvtWriter_RmaSync(at.writer, nullptr, time, key.reference, key.own_rank, OTF2_RMA_SYNC_TYPE_MEMORY));
      return;
    default:
      end_file(at, key, call, time);
      return;
  }
}

void ProcessEvents::begin_file(Location& at, const KeyPlan& key, const DecodedCall& call, std::uint64_t time) {
  if (!key.file()) return;
  check(OTF2_EvtWriter_IoOperationBegin(at.writer, nullptr, time, key.reference, key.plan->io_mode, key.plan->io_flags,
                                        std::max(call.sent, call.received), ++last_id_));
  if (key.plan->action != TraceAction::file_begin) return;
  check(OTF2_EvtWriter_IoOperationIssued(at.writer, nullptr, time, key.reference, last_id_));
  split_operations_[key.unified] = last_id_;  // a file has at most one
}

void ProcessEvents::end_file(Location& at, const KeyPlan& key, const DecodedCall& call, std::uint64_t time) {
  if (!key.file()) return;
  const std::uint64_t bytes = std::max(call.sent, call.received);
  switch (key.plan->action) {
    case TraceAction::file_transfer:
      check(OTF2_EvtWriter_IoOperationComplete(at.writer, nullptr, time, key.reference, bytes, last_id_));
      return;
    case TraceAction::file_end:
      if (const auto found = split_operations_.find(key.unified); found != split_operations_.end()) {
        check(OTF2_EvtWriter_IoOperationComplete(at.writer, nullptr, time, key.reference, bytes, found->second));
        split_operations_.erase(found);
      }
      return;
    case TraceAction::file_close:
      if (noted_context(call, raw::NoteKind::released) >= 0) return;
      references_.context(key.unified).destroyed = true;
      check(OTF2_EvtWriter_IoDestroyHandle(at.writer, nullptr, time, key.reference));
      return;
    default:
      return;
  }
}

}  // namespace tulkki
