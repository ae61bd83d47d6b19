// SPDX-License-Identifier: Apache-2.0
// The dispatcher: one callback for each kind of event record that says something about a call; others are skipped.
#include "viewer/trace/archive_reader.h"
#include "viewer/trace/location_indexer.h"

namespace tulkki::trace {

namespace {

// What an event callback needs besides the record's fields.
struct Event {
  std::uint64_t time;
  LocationIndexer& to;
  const ArchiveDefinitions& definitions;
  OTF2_AttributeList* attributes;
};

// Turns a lambda (Event, fields ...) into the C callback that the library wants.
template <class Handler, class Call = decltype(&Handler::operator())>
struct Callback;
template <class Handler, class... Fields>
struct Callback<Handler, void (Handler::*)(const Event&, Fields...) const> {
  static OTF2_CallbackCode call(OTF2_LocationRef, OTF2_TimeStamp time, uint64_t, void* user,
                                OTF2_AttributeList* attributes, Fields... fields) {
    const EventTarget& target = *static_cast<EventTarget*>(user);
    Handler{}(Event{time, *target.indexer, *target.definitions, attributes}, fields...);
    return OTF2_CALLBACK_SUCCESS;
  }
};

using Callbacks = OTF2_EvtReaderCallbacks;

#define SET(KIND, ...) OTF2_EvtReaderCallbacks_Set##KIND##Callback(callbacks, &Callback<decltype(__VA_ARGS__)>::call)

void register_regions(Callbacks* callbacks) {
  SET(Enter, [](const Event& at, OTF2_RegionRef region) {
    at.to.enter(at.time, at.definitions.procedure_of(region), at.attributes);
  });
  SET(Leave, [](const Event& at, OTF2_RegionRef region) { at.to.leave(at.time, at.definitions.procedure_of(region)); });
  SET(CallingContextEnter, [](const Event& at, OTF2_CallingContextRef context, uint32_t) {
    at.to.enter(at.time, at.definitions.procedure_of_context(context), at.attributes);
  });
  SET(CallingContextLeave, [](const Event& at, OTF2_CallingContextRef context) {
    at.to.leave(at.time, at.definitions.procedure_of_context(context));
  });
}

void register_messages(Callbacks* callbacks) {
  SET(MpiSend, [](const Event& at, uint32_t to, OTF2_CommRef comm, uint32_t tag, uint64_t bytes) {
    at.to.send(at.time, at.definitions.communicator(comm), to, tag, bytes);
  });
  SET(MpiIsend, [](const Event& at, uint32_t to, OTF2_CommRef comm, uint32_t tag, uint64_t bytes, uint64_t) {
    at.to.send(at.time, at.definitions.communicator(comm), to, tag, bytes);
  });
  SET(MpiIrecvRequest, [](const Event& at, uint64_t request) { at.to.receive_posted(at.time, request); });
  SET(MpiRecv, [](const Event& at, uint32_t from, OTF2_CommRef comm, uint32_t tag, uint64_t bytes) {
    at.to.receive(at.time, at.definitions.communicator(comm), from, tag, bytes);
  });
  SET(MpiIrecv, [](const Event& at, uint32_t from, OTF2_CommRef comm, uint32_t tag, uint64_t bytes, uint64_t request) {
    at.to.receive_completed(at.time, at.definitions.communicator(comm), from, tag, bytes, request);
  });
  SET(MpiRequestCancelled, [](const Event& at, uint64_t request) { at.to.cancelled(request); });
}

void register_collectives(Callbacks* callbacks) {
  SET(MpiCollectiveEnd,
      [](const Event& at, OTF2_CollectiveOp, OTF2_CommRef comm, uint32_t root, uint64_t sent, uint64_t received) {
        at.to.transfer(at.time, at.definitions.communicator(comm), root, sent, received, true);
      });
  SET(NonBlockingCollectiveRequest,
      [](const Event& at, uint64_t request) { at.to.operation_started(at.time, request, false); });
  SET(NonBlockingCollectiveComplete, [](const Event& at, OTF2_CollectiveOp, OTF2_CommRef comm, uint32_t root,
                                        uint64_t sent, uint64_t received, uint64_t request) {
    at.to.operation_completed(at.definitions.communicator(comm), root, sent, received, request);
  });
  SET(CommCreate,
      [](const Event& at, OTF2_CommRef comm) { at.to.context_named(at.time, at.definitions.communicator(comm)); });
  SET(CommDestroy,
      [](const Event& at, OTF2_CommRef comm) { at.to.context_named(at.time, at.definitions.communicator(comm)); });
}

void register_windows(Callbacks* callbacks) {
  SET(RmaWinCreate,
      [](const Event& at, OTF2_RmaWinRef window) { at.to.context_named(at.time, at.definitions.window(window)); });
  SET(RmaWinDestroy,
      [](const Event& at, OTF2_RmaWinRef window) { at.to.context_named(at.time, at.definitions.window(window)); });
  SET(RmaCollectiveEnd,
      [](const Event& at, OTF2_CollectiveOp, OTF2_RmaSyncLevel, OTF2_RmaWinRef window, uint32_t root, uint64_t sent,
         uint64_t received) { at.to.transfer(at.time, at.definitions.window(window), root, sent, received, true); });
  SET(RmaPut, [](const Event& at, OTF2_RmaWinRef window, uint32_t remote, uint64_t bytes, uint64_t) {
    at.to.transfer(at.time, at.definitions.window(window), remote, bytes, 0, true);
  });
  SET(RmaGet, [](const Event& at, OTF2_RmaWinRef window, uint32_t remote, uint64_t bytes, uint64_t) {
    at.to.transfer(at.time, at.definitions.window(window), remote, 0, bytes, true);
  });
  SET(RmaAtomic,
      [](const Event& at, OTF2_RmaWinRef window, uint32_t remote, OTF2_RmaAtomicType, uint64_t sent, uint64_t received,
         uint64_t) { at.to.transfer(at.time, at.definitions.window(window), remote, sent, received, true); });
  SET(RmaAcquireLock, [](const Event& at, OTF2_RmaWinRef window, uint32_t remote, uint64_t, OTF2_LockType) {
    at.to.transfer(at.time, at.definitions.window(window), remote, 0, 0, true);
  });
  SET(RmaReleaseLock, [](const Event& at, OTF2_RmaWinRef window, uint32_t remote, uint64_t) {
    at.to.transfer(at.time, at.definitions.window(window), remote, 0, 0, true);
  });
}

void register_files(Callbacks* callbacks) {
  SET(IoCreateHandle, [](const Event& at, OTF2_IoHandleRef handle, OTF2_IoAccessMode, OTF2_IoCreationFlag,
                         OTF2_IoStatusFlag) { at.to.context_named(at.time, at.definitions.file(handle)); });
  SET(IoDestroyHandle,
      [](const Event& at, OTF2_IoHandleRef handle) { at.to.context_named(at.time, at.definitions.file(handle)); });
  SET(IoOperationBegin, [](const Event& at, OTF2_IoHandleRef handle, OTF2_IoOperationMode mode, OTF2_IoOperationFlag,
                           uint64_t, uint64_t id) {
    at.to.context_named(at.time, at.definitions.file(handle));
    at.to.operation_started(at.time, id, mode == OTF2_IO_OPERATION_MODE_WRITE);
  });
  SET(IoOperationComplete, [](const Event& at, OTF2_IoHandleRef handle, uint64_t bytes, uint64_t id) {
    at.to.io_completed(at.definitions.file(handle), bytes, id);
  });
}

#undef SET

}  // namespace

void register_event_callbacks(OTF2_EvtReaderCallbacks* callbacks) {
  register_regions(callbacks);
  register_messages(callbacks);
  register_collectives(callbacks);
  register_windows(callbacks);
  register_files(callbacks);
}

}  // namespace tulkki::trace
