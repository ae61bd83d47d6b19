// SPDX-License-Identifier: Apache-2.0
// What every event is checked for (time, attributes), and which check gets which kind of event.
#include "storage/check/event_callbacks.h"

#include <algorithm>

namespace tulkki::check {

Moment EventChecks::begin_event(OTF2_LocationRef id, OTF2_TimeStamp time, const OTF2_AttributeList* attributes) {
  // The reader visits defined locations only.
  const Location* definition = trace.definitions.locations.find(id);
  LocationState& location =
      trace.locations[static_cast<std::size_t>(definition - trace.definitions.locations.values().data())];
  ++events;
  ++location.events;
  const Moment at{location, time};
  check_time(at);
  location.last_time = time;
  if (attributes && OTF2_AttributeList_GetNumberOfElements(attributes) != 0) check_attributes(at, attributes);
  return at;
}

void EventChecks::check_time(const Moment& at) {
  const Definitions& definitions = trace.definitions;
  const std::uint64_t time = at.time;
  const std::uint64_t last = at.location.last_time;
  if (time < last) {
    trace.report(Kind::time_decreases, at,
                 [&] { return fmt::format("{} earlier than the event before it", trace.duration(last - time)); });
  }
  if (!definitions.has_clock || time - definitions.epoch_begin_ticks <= definitions.epoch_length_ticks) return;
  trace.report(Kind::time_outside_epoch, at, [&] {
    const std::uint64_t begin = definitions.epoch_begin_ticks;
    if (time < begin) return fmt::format("{} before the epoch begins", trace.duration(begin - time));
    return fmt::format("{} after the epoch ends", trace.duration(time - begin - definitions.epoch_length_ticks));
  });
}

void EventChecks::check_attributes(const Moment& at, const OTF2_AttributeList* attributes) {
  const std::uint32_t count = OTF2_AttributeList_GetNumberOfElements(attributes);
  for (std::uint32_t index = 0; index < count; ++index) {
    OTF2_AttributeRef attribute;
    OTF2_Type type;
    OTF2_AttributeValue value;
    if (OTF2_AttributeList_GetAttributeByIndex(attributes, index, &attribute, &type, &value) != OTF2_SUCCESS) continue;
    if (!trace.check_defined(Table::attribute, attribute, at, "an attribute list")) continue;
    const OTF2_Type expected = *trace.definitions.attribute_type.find(attribute);
    if (type != expected) {
      trace.report(Kind::attribute_type, at, [&] {
        return fmt::format("attribute {} has type {} here and {} in its definition", attribute, type, expected);
      });
    }
    Table table;
    std::uint64_t id;
    if (referred(type, value, &table, &id) && id != undefined_id(table))
      trace.check_defined(table, id, at, "an attribute");
  }
}

void EventChecks::finish(bool all_read) {
  for (ProcessState& process : trace.processes) {
    const auto silent = [&](std::uint32_t location) { return trace.locations[location].events == 0; };
    const bool no_events = std::all_of(process.locations.begin(), process.locations.end(), silent);
    if (!all_read || no_events) process.partial = true;
  }
  const std::vector<Location>& locations = trace.definitions.locations.values();
  for (std::size_t index = 0; all_read && index < locations.size(); ++index) {
    const LocationState& state = trace.locations[index];
    if (state.events == locations[index].number_of_events) continue;
    trace.report_at(Kind::event_count, state.index, state.last_time, state.events, [&] {
      return fmt::format("holds {} events, its definition says {}", state.events, locations[index].number_of_events);
    });
  }
  stack.finish();
  messages.finish();
  requests.finish();
  collectives.finish();
  rma.finish();
  io.finish();
}

namespace {

// Makes an OTF2 callback of a captureless lambda that takes the checks, the moment and the event's own fields.
template <class Handler, class Signature = decltype(&Handler::operator())>
struct Callback;
template <class Handler, class... Fields>
struct Callback<Handler, void (Handler::*)(EventChecks&, const Moment&, Fields...) const> {
  static OTF2_CallbackCode call(OTF2_LocationRef location, OTF2_TimeStamp time, void* user,
                                OTF2_AttributeList* attributes, Fields... fields) {
    EventChecks& checks = *static_cast<EventChecks*>(user);
    Handler{}(checks, checks.begin_event(location, time, attributes), fields...);
    return OTF2_CALLBACK_SUCCESS;
  }
};

using Checks = EventChecks;
using Callbacks = OTF2_GlobalEvtReaderCallbacks;
constexpr std::uint64_t kBlocking = MessageCheck::kBlocking;

#define SET(KIND, ...) \
  OTF2_GlobalEvtReaderCallbacks_Set##KIND##Callback(callbacks, &Callback<decltype(__VA_ARGS__)>::call)

void register_regions(Callbacks* callbacks) {
  SET(Unknown, [](Checks&, const Moment&) {});
  SET(BufferFlush, [](Checks&, const Moment&, OTF2_TimeStamp) {});
  SET(MeasurementOnOff, [](Checks& c, const Moment& at, OTF2_MeasurementMode mode) {
    if (mode == OTF2_MEASUREMENT_OFF) c.trace.processes[at.location.process].partial = true;
  });
  SET(Enter, [](Checks& c, const Moment& at, OTF2_RegionRef region) { c.stack.enter(at, region); });
  SET(Leave, [](Checks& c, const Moment& at, OTF2_RegionRef region) { c.stack.leave(at, region); });
  SET(CallingContextEnter, [](Checks& c, const Moment& at, OTF2_CallingContextRef context, uint32_t) {
    c.stack.enter_context(at, context);
  });
  SET(CallingContextLeave,
      [](Checks& c, const Moment& at, OTF2_CallingContextRef context) { c.stack.leave_context(at, context); });
  SET(CallingContextSample,
      [](Checks& c, const Moment& at, OTF2_CallingContextRef context, uint32_t, OTF2_InterruptGeneratorRef generator) {
        c.trace.check_defined(Table::calling_context, context, at, "CallingContextSample");
        c.trace.check_defined(Table::interrupt_generator, generator, at, "CallingContextSample");
      });
  SET(ParameterString, [](Checks& c, const Moment& at, OTF2_ParameterRef parameter, OTF2_StringRef string) {
    c.trace.check_defined(Table::parameter, parameter, at, "ParameterString");
    c.trace.check_defined(Table::string, string, at, "ParameterString");
  });
  SET(ParameterInt, [](Checks& c, const Moment& at, OTF2_ParameterRef parameter, int64_t) {
    c.trace.check_defined(Table::parameter, parameter, at, "ParameterInt");
  });
  SET(ParameterUnsignedInt, [](Checks& c, const Moment& at, OTF2_ParameterRef parameter, uint64_t) {
    c.trace.check_defined(Table::parameter, parameter, at, "ParameterUnsignedInt");
  });
  SET(Metric, [](Checks& c, const Moment& at, OTF2_MetricRef metric, uint8_t, const OTF2_Type*,
                 const OTF2_MetricValue*) { c.trace.check_defined(Table::metric, metric, at, "Metric"); });
  SET(ProgramBegin,
      [](Checks& c, const Moment& at, OTF2_StringRef program, uint32_t count, const OTF2_StringRef* arguments) {
        c.trace.check_defined(Table::string, program, at, "ProgramBegin");
        for (uint32_t index = 0; index < count; ++index)
          c.trace.check_defined(Table::string, arguments[index], at, "ProgramBegin");
      });
  SET(ProgramEnd, [](Checks&, const Moment&, int64_t) {});
}

void register_messages(Callbacks* callbacks) {
  SET(MpiSend, [](Checks& c, const Moment& at, uint32_t to, OTF2_CommRef comm, uint32_t tag, uint64_t length) {
    c.rma.use_communicator(at, comm, "MpiSend");
    c.messages.send(at, {to, comm, tag, length}, kBlocking);
  });
  SET(MpiIsend,
      [](Checks& c, const Moment& at, uint32_t to, OTF2_CommRef comm, uint32_t tag, uint64_t length, uint64_t request) {
        c.rma.use_communicator(at, comm, "MpiIsend");
        c.messages.send(at, {to, comm, tag, length}, request);
      });
  SET(MpiIsendComplete, [](Checks& c, const Moment& at, uint64_t request) { c.messages.send_complete(at, request); });
  SET(MpiIrecvRequest, [](Checks& c, const Moment& at, uint64_t request) { c.messages.receive_posted(at, request); });
  SET(MpiRecv, [](Checks& c, const Moment& at, uint32_t from, OTF2_CommRef comm, uint32_t tag, uint64_t length) {
    c.rma.use_communicator(at, comm, "MpiRecv");
    c.messages.receive(at, {from, comm, tag, length}, kBlocking);
  });
  // A communicator may be freed while a request on it is under way: its life is not asked here.
  SET(MpiIrecv, [](Checks& c, const Moment& at, uint32_t from, OTF2_CommRef comm, uint32_t tag, uint64_t length,
                   uint64_t request) {
    c.messages.receive(at, {from, comm, tag, length}, request);
  });
  SET(MpiRequestTest, [](Checks& c, const Moment& at, uint64_t request) { c.requests.test(at, request); });
  SET(MpiRequestCancelled, [](Checks& c, const Moment& at, uint64_t request) {
    const std::optional<EndedRequest> ended = c.requests.cancel(at, request);
    if (!ended) return;
    if (ended->request.kind == RequestKind::collective) {
      c.collectives.cancelled(*ended);
    } else {
      c.messages.cancelled(at, *ended);
    }
  });
}

void register_collectives(Callbacks* callbacks) {
  SET(MpiCollectiveBegin, [](Checks& c, const Moment& at) { c.collectives.begin(at); });
  SET(MpiCollectiveEnd, [](Checks& c, const Moment& at, OTF2_CollectiveOp operation, OTF2_CommRef comm, uint32_t root,
                           uint64_t sent, uint64_t received) {
    if (operation != OTF2_COLLECTIVE_OP_DESTROY_HANDLE) c.rma.use_communicator(at, comm, "MpiCollectiveEnd");
    c.collectives.end(at, {operation, comm, root, sent + received});
  });
  SET(NonBlockingCollectiveRequest,
      [](Checks& c, const Moment& at, uint64_t request) { c.collectives.nonblocking_begin(at, request); });
  SET(NonBlockingCollectiveComplete, [](Checks& c, const Moment& at, OTF2_CollectiveOp operation, OTF2_CommRef comm,
                                        uint32_t root, uint64_t sent, uint64_t received, uint64_t request) {
    c.collectives.nonblocking_end(at, {operation, comm, root, sent + received}, request);
  });
  SET(CommCreate, [](Checks& c, const Moment& at, OTF2_CommRef comm) { c.rma.create_communicator(at, comm); });
  SET(CommDestroy, [](Checks& c, const Moment& at, OTF2_CommRef comm) { c.rma.destroy_communicator(at, comm); });
  SET(RmaCollectiveBegin, [](Checks& c, const Moment& at) { c.collectives.window_begin(at); });
  SET(RmaCollectiveEnd, [](Checks& c, const Moment& at, OTF2_CollectiveOp operation, OTF2_RmaSyncLevel,
                           OTF2_RmaWinRef window, uint32_t root, uint64_t sent, uint64_t received) {
    c.collectives.window_end(at, {operation, window, root, sent + received});
  });
}

void register_windows(Callbacks* callbacks) {
  SET(RmaWinCreate, [](Checks& c, const Moment& at, OTF2_RmaWinRef window) { c.rma.create_window(at, window); });
  SET(RmaWinDestroy, [](Checks& c, const Moment& at, OTF2_RmaWinRef window) { c.rma.destroy_window(at, window); });
  SET(RmaGroupSync, [](Checks& c, const Moment& at, OTF2_RmaSyncLevel, OTF2_RmaWinRef window, OTF2_GroupRef group) {
    c.rma.use_window(at, window, "RmaGroupSync");
    c.trace.check_defined(Table::group, group, at, "RmaGroupSync");
  });
  SET(RmaRequestLock, [](Checks& c, const Moment& at, OTF2_RmaWinRef window, uint32_t remote, uint64_t lock,
                         OTF2_LockType) { c.rma.request_lock(at, window, remote, lock); });
  SET(RmaAcquireLock, [](Checks& c, const Moment& at, OTF2_RmaWinRef window, uint32_t remote, uint64_t lock,
                         OTF2_LockType) { c.rma.acquire_lock(at, window, remote, lock); });
  SET(RmaTryLock, [](Checks& c, const Moment& at, OTF2_RmaWinRef window, uint32_t, uint64_t, OTF2_LockType) {
    c.rma.use_window(at, window, "RmaTryLock");
  });
  SET(RmaReleaseLock, [](Checks& c, const Moment& at, OTF2_RmaWinRef window, uint32_t remote, uint64_t lock) {
    c.rma.release_lock(at, window, remote, lock);
  });
  SET(RmaSync, [](Checks& c, const Moment& at, OTF2_RmaWinRef window, uint32_t, OTF2_RmaSyncType) {
    c.rma.use_window(at, window, "RmaSync");
  });
  SET(RmaWaitChange,
      [](Checks& c, const Moment& at, OTF2_RmaWinRef window) { c.rma.use_window(at, window, "RmaWaitChange"); });
  SET(RmaPut, [](Checks& c, const Moment& at, OTF2_RmaWinRef window, uint32_t remote, uint64_t, uint64_t id) {
    c.rma.operation(at, window, remote, id, "RmaPut");
  });
  SET(RmaGet, [](Checks& c, const Moment& at, OTF2_RmaWinRef window, uint32_t remote, uint64_t, uint64_t id) {
    c.rma.operation(at, window, remote, id, "RmaGet");
  });
  SET(RmaAtomic, [](Checks& c, const Moment& at, OTF2_RmaWinRef window, uint32_t remote, OTF2_RmaAtomicType, uint64_t,
                    uint64_t, uint64_t id) { c.rma.operation(at, window, remote, id, "RmaAtomic"); });
  SET(RmaOpCompleteBlocking, [](Checks& c, const Moment& at, OTF2_RmaWinRef window, uint64_t id) {
    c.rma.complete(at, window, id, RmaCompletion::local);
  });
  SET(RmaOpCompleteNonBlocking, [](Checks& c, const Moment& at, OTF2_RmaWinRef window, uint64_t id) {
    c.rma.complete(at, window, id, RmaCompletion::local);
  });
  SET(RmaOpTest, [](Checks& c, const Moment& at, OTF2_RmaWinRef window, uint64_t id) { c.rma.test(at, window, id); });
  SET(RmaOpCompleteRemote, [](Checks& c, const Moment& at, OTF2_RmaWinRef window, uint64_t id) {
    c.rma.complete(at, window, id, RmaCompletion::remote);
  });
}

void register_files(Callbacks* callbacks) {
  SET(IoCreateHandle, [](Checks& c, const Moment& at, OTF2_IoHandleRef handle, OTF2_IoAccessMode, OTF2_IoCreationFlag,
                         OTF2_IoStatusFlag) { c.io.open(at, handle, "IoCreateHandle"); });
  SET(IoDestroyHandle, [](Checks& c, const Moment& at, OTF2_IoHandleRef handle) { c.io.close(at, handle); });
  SET(IoDuplicateHandle,
      [](Checks& c, const Moment& at, OTF2_IoHandleRef from, OTF2_IoHandleRef to, OTF2_IoStatusFlag) {
        c.io.use(at, from, "IoDuplicateHandle");
        c.io.open(at, to, "IoDuplicateHandle");
      });
  SET(IoSeek, [](Checks& c, const Moment& at, OTF2_IoHandleRef handle, int64_t, OTF2_IoSeekOption, uint64_t) {
    c.io.use(at, handle, "IoSeek");
  });
  SET(IoChangeStatusFlags, [](Checks& c, const Moment& at, OTF2_IoHandleRef handle, OTF2_IoStatusFlag) {
    c.io.use(at, handle, "IoChangeStatusFlags");
  });
  SET(IoDeleteFile, [](Checks& c, const Moment& at, OTF2_IoParadigmRef paradigm, OTF2_IoFileRef file) {
    c.trace.check_defined(Table::io_paradigm, paradigm, at, "IoDeleteFile");
    c.trace.check_defined(Table::io_file, file, at, "IoDeleteFile");
  });
  SET(IoOperationBegin, [](Checks& c, const Moment& at, OTF2_IoHandleRef handle, OTF2_IoOperationMode,
                           OTF2_IoOperationFlag, uint64_t, uint64_t id) { c.io.begin(at, handle, id); });
  SET(IoOperationTest,
      [](Checks& c, const Moment& at, OTF2_IoHandleRef handle, uint64_t id) { c.io.progress(at, handle, id, "test"); });
  SET(IoOperationIssued, [](Checks& c, const Moment& at, OTF2_IoHandleRef handle, uint64_t id) {
    c.io.progress(at, handle, id, "issue");
  });
  SET(IoOperationComplete, [](Checks& c, const Moment& at, OTF2_IoHandleRef handle, uint64_t, uint64_t id) {
    c.io.end(at, handle, id, "completion");
  });
  SET(IoOperationCancelled, [](Checks& c, const Moment& at, OTF2_IoHandleRef handle, uint64_t id) {
    c.io.end(at, handle, id, "cancellation");
  });
  SET(IoAcquireLock, [](Checks& c, const Moment& at, OTF2_IoHandleRef handle, OTF2_LockType) {
    c.io.use(at, handle, "IoAcquireLock");
  });
  SET(IoReleaseLock, [](Checks& c, const Moment& at, OTF2_IoHandleRef handle, OTF2_LockType) {
    c.io.use(at, handle, "IoReleaseLock");
  });
  SET(IoTryLock,
      [](Checks& c, const Moment& at, OTF2_IoHandleRef handle, OTF2_LockType) { c.io.use(at, handle, "IoTryLock"); });
}

void team(Checks& checks, const Moment& at, OTF2_CommRef comm) {
  checks.trace.check_defined(Table::comm, comm, at, "a thread event");
}

// Threads and tasks: their references only, and that tasks break the stack.
void register_threads(Callbacks* callbacks) {
  SET(OmpFork, [](Checks&, const Moment&, uint32_t) {});
  SET(OmpJoin, [](Checks&, const Moment&) {});
  SET(OmpAcquireLock, [](Checks&, const Moment&, uint32_t, uint32_t) {});
  SET(OmpReleaseLock, [](Checks&, const Moment&, uint32_t, uint32_t) {});
  SET(OmpTaskCreate, [](Checks&, const Moment&, uint64_t) {});
  SET(OmpTaskSwitch, [](Checks& c, const Moment& at, uint64_t) { c.stack.switch_task(at); });
  SET(OmpTaskComplete, [](Checks&, const Moment&, uint64_t) {});
  SET(ThreadFork, [](Checks&, const Moment&, OTF2_Paradigm, uint32_t) {});
  SET(ThreadJoin, [](Checks&, const Moment&, OTF2_Paradigm) {});
  SET(ThreadTeamBegin, [](Checks& c, const Moment& at, OTF2_CommRef comm) { team(c, at, comm); });
  SET(ThreadTeamEnd, [](Checks& c, const Moment& at, OTF2_CommRef comm) { team(c, at, comm); });
  SET(ThreadAcquireLock, [](Checks&, const Moment&, OTF2_Paradigm, uint32_t, uint32_t) {});
  SET(ThreadReleaseLock, [](Checks&, const Moment&, OTF2_Paradigm, uint32_t, uint32_t) {});
  SET(ThreadTaskCreate, [](Checks& c, const Moment& at, OTF2_CommRef comm, uint32_t, uint32_t) { team(c, at, comm); });
  SET(ThreadTaskSwitch, [](Checks& c, const Moment& at, OTF2_CommRef comm, uint32_t, uint32_t) {
    team(c, at, comm);
    c.stack.switch_task(at);
  });
  SET(ThreadTaskComplete,
      [](Checks& c, const Moment& at, OTF2_CommRef comm, uint32_t, uint32_t) { team(c, at, comm); });
  SET(ThreadCreate, [](Checks& c, const Moment& at, OTF2_CommRef comm, uint64_t) { team(c, at, comm); });
  SET(ThreadBegin, [](Checks& c, const Moment& at, OTF2_CommRef comm, uint64_t) { team(c, at, comm); });
  SET(ThreadWait, [](Checks& c, const Moment& at, OTF2_CommRef comm, uint64_t) { team(c, at, comm); });
  SET(ThreadEnd, [](Checks& c, const Moment& at, OTF2_CommRef comm, uint64_t) { team(c, at, comm); });
}

#undef SET

}  // namespace

void register_event_callbacks(OTF2_GlobalEvtReaderCallbacks* callbacks) {
  register_regions(callbacks);
  register_messages(callbacks);
  register_collectives(callbacks);
  register_windows(callbacks);
  register_files(callbacks);
  register_threads(callbacks);
}

}  // namespace tulkki::check
