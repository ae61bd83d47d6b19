// SPDX-License-Identifier: Apache-2.0
// Events of one location become calls: what happens between Enter and Leave says what the call was asked for.
#include "storage/trace_calls.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>

#include "storage/trace_call_definitions.h"

namespace tulkki {
namespace {

// OTF2 prints its errors unless somebody takes them. Two archives may be open at once and close in any order, so the
// text is nobody's own; readers are not used by two threads at once.
std::string error_text;

OTF2_ErrorCode keep_error(void*, const char*, std::uint64_t, const char*, OTF2_ErrorCode code, const char* format,
                          va_list arguments) {
  char text[512];
  std::vsnprintf(text, sizeof(text), format, arguments);
  if (error_text.empty())
    error_text = std::string(OTF2_Error_GetDescription(code)) + (text[0] != '\0' ? ": " : "") + text;
  return code;
}

std::string take_error() {
  const std::string text = error_text.empty() ? "the library gave no reason" : error_text;
  error_text.clear();
  return text;
}

// While a reader lives.
class QuietErrors {
 public:
  QuietErrors() : previous_(OTF2_Error_RegisterCallback(keep_error, nullptr)) {}
  ~QuietErrors() {
    if (previous_ != keep_error) OTF2_Error_RegisterCallback(previous_, nullptr);
  }
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;

 private:
  OTF2_ErrorCallback previous_;
};

// State while one location is read.
struct CallStream {
  const TraceCallDefinitions& definitions;
  std::vector<std::string>& sites;
  std::unordered_map<std::uint64_t, std::uint32_t>& site_of_string;
  std::vector<TraceCall> calls;
  std::vector<std::uint32_t> open = {};                                // innermost last; kNoCall: no MPI procedure
  std::vector<bool> returned = {};                                     // of calls
  std::unordered_map<std::uint64_t, std::uint32_t> request_call = {};  // receives and collectives under way

  void enter(std::uint64_t time, OTF2_AttributeList* attributes, OTF2_RegionRef region) {
    const auto procedure = definitions.procedure_of_region.find(region);
    if (procedure == definitions.procedure_of_region.end()) return open.push_back(kNoCall);
    open.push_back(static_cast<std::uint32_t>(calls.size()));
    calls.push_back(
        {definitions.procedure_identity[procedure->second], procedure->second, site_of(attributes), time, 0});
    returned.push_back(false);
  }
  void leave(std::uint64_t time) {
    if (open.empty()) return;
    if (open.back() != kNoCall) {
      calls[open.back()].duration_ticks = time - calls[open.back()].start_ticks;
      returned[open.back()] = true;
    }
    open.pop_back();
  }
  std::uint32_t current() const { return open.empty() ? kNoCall : open.back(); }
  void asked_for(std::uint32_t call, std::uint64_t context, std::uint64_t peer, std::uint64_t tag,
                 std::uint64_t bytes) {
    if (call == kNoCall || definitions.completes[calls[call].procedure]) return;
    std::uint64_t& key = calls[call].key;
    for (const std::uint64_t value : {context, peer, tag, bytes})
      key = mixed(key, value);
  }
  void started(std::uint64_t request) {
    if (current() != kNoCall) request_call[request] = current();
  }
  // The call that started it: what was asked for is told only now.
  std::uint32_t take(std::uint64_t request) {
    const auto found = request_call.find(request);
    if (found == request_call.end()) return kNoCall;
    const std::uint32_t call = found->second;
    request_call.erase(found);
    return call;
  }

 private:
  std::uint32_t site_of(OTF2_AttributeList* attributes) {
    OTF2_StringRef string = OTF2_UNDEFINED_STRING;
    if (definitions.site_attribute == OTF2_UNDEFINED_ATTRIBUTE || attributes == nullptr ||
        OTF2_AttributeList_GetStringRef(attributes, definitions.site_attribute, &string) != OTF2_SUCCESS) {
      return 0;
    }
    const auto [place, added] = site_of_string.try_emplace(string, static_cast<std::uint32_t>(sites.size()));
    if (added) {
      const auto text = definitions.strings.find(string);
      sites.push_back(text == definitions.strings.end() ? "" : text->second.substr(0, text->second.find('\n')));
    }
    return place->second;
  }
};

using Ids = std::unordered_map<std::uint64_t, std::uint64_t>;

CallStream& stream_of(void* user) { return *static_cast<CallStream*>(user); }
std::uint64_t identity_in(const Ids& ids, std::uint64_t id) {
  const auto found = ids.find(id);
  return found == ids.end() ? id : found->second;
}
std::uint64_t communicator(const CallStream& stream, OTF2_CommRef id) {
  return identity_in(stream.definitions.communicator, id);
}
std::uint64_t window(const CallStream& stream, OTF2_RmaWinRef id) { return identity_in(stream.definitions.window, id); }

// Keeps the two ends of a Sendrecv, or a put and a get, apart.
constexpr std::uint64_t kReceived = 1ull << 40;

using Callbacks = OTF2_EvtReaderCallbacks;
using Attributes = OTF2_AttributeList*;

void register_messages(Callbacks* callbacks) {
  OTF2_EvtReaderCallbacks_SetMpiSendCallback(
      callbacks, [](OTF2_LocationRef, OTF2_TimeStamp, uint64_t, void* user, Attributes, uint32_t receiver,
                    OTF2_CommRef comm, uint32_t tag, uint64_t bytes) {
        CallStream& stream = stream_of(user);
        stream.asked_for(stream.current(), communicator(stream, comm), receiver, tag, bytes);
        return kOk;
      });
  OTF2_EvtReaderCallbacks_SetMpiIsendCallback(
      callbacks, [](OTF2_LocationRef, OTF2_TimeStamp, uint64_t, void* user, Attributes, uint32_t receiver,
                    OTF2_CommRef comm, uint32_t tag, uint64_t bytes, uint64_t) {
        CallStream& stream = stream_of(user);
        stream.asked_for(stream.current(), communicator(stream, comm), receiver, tag, bytes);
        return kOk;
      });
  OTF2_EvtReaderCallbacks_SetMpiRecvCallback(
      callbacks, [](OTF2_LocationRef, OTF2_TimeStamp, uint64_t, void* user, Attributes, uint32_t sender,
                    OTF2_CommRef comm, uint32_t tag, uint64_t bytes) {
        CallStream& stream = stream_of(user);
        stream.asked_for(stream.current(), communicator(stream, comm), sender | kReceived, tag, bytes);
        return kOk;
      });
  OTF2_EvtReaderCallbacks_SetMpiIrecvRequestCallback(
      callbacks, [](OTF2_LocationRef, OTF2_TimeStamp, uint64_t, void* user, Attributes, uint64_t request) {
        stream_of(user).started(request);
        return kOk;
      });
  OTF2_EvtReaderCallbacks_SetMpiIrecvCallback(
      callbacks, [](OTF2_LocationRef, OTF2_TimeStamp, uint64_t, void* user, Attributes, uint32_t sender,
                    OTF2_CommRef comm, uint32_t tag, uint64_t bytes, uint64_t request) {
        CallStream& stream = stream_of(user);
        stream.asked_for(stream.take(request), communicator(stream, comm), sender | kReceived, tag, bytes);
        return kOk;
      });
}

void register_collectives(Callbacks* callbacks) {
  OTF2_EvtReaderCallbacks_SetMpiCollectiveEndCallback(
      callbacks, [](OTF2_LocationRef, OTF2_TimeStamp, uint64_t, void* user, Attributes, OTF2_CollectiveOp,
                    OTF2_CommRef comm, uint32_t root, uint64_t sent, uint64_t received) {
        CallStream& stream = stream_of(user);
        stream.asked_for(stream.current(), communicator(stream, comm), root, sent, received);
        return kOk;
      });
  OTF2_EvtReaderCallbacks_SetNonBlockingCollectiveRequestCallback(
      callbacks, [](OTF2_LocationRef, OTF2_TimeStamp, uint64_t, void* user, Attributes, uint64_t request) {
        stream_of(user).started(request);
        return kOk;
      });
  OTF2_EvtReaderCallbacks_SetNonBlockingCollectiveCompleteCallback(
      callbacks, [](OTF2_LocationRef, OTF2_TimeStamp, uint64_t, void* user, Attributes, OTF2_CollectiveOp,
                    OTF2_CommRef comm, uint32_t root, uint64_t sent, uint64_t received, uint64_t request) {
        CallStream& stream = stream_of(user);
        stream.asked_for(stream.take(request), communicator(stream, comm), root, sent, received);
        return kOk;
      });
  OTF2_EvtReaderCallbacks_SetRmaCollectiveEndCallback(
      callbacks, [](OTF2_LocationRef, OTF2_TimeStamp, uint64_t, void* user, Attributes, OTF2_CollectiveOp,
                    OTF2_RmaSyncLevel, OTF2_RmaWinRef win, uint32_t root, uint64_t sent, uint64_t received) {
        CallStream& stream = stream_of(user);
        stream.asked_for(stream.current(), window(stream, win), root, sent, received);
        return kOk;
      });
}

void register_onesided(Callbacks* callbacks) {
  OTF2_EvtReaderCallbacks_SetRmaPutCallback(
      callbacks, [](OTF2_LocationRef, OTF2_TimeStamp, uint64_t, void* user, Attributes, OTF2_RmaWinRef win,
                    uint32_t remote, uint64_t bytes, uint64_t) {
        CallStream& stream = stream_of(user);
        stream.asked_for(stream.current(), window(stream, win), remote, 0, bytes);
        return kOk;
      });
  OTF2_EvtReaderCallbacks_SetRmaGetCallback(
      callbacks, [](OTF2_LocationRef, OTF2_TimeStamp, uint64_t, void* user, Attributes, OTF2_RmaWinRef win,
                    uint32_t remote, uint64_t bytes, uint64_t) {
        CallStream& stream = stream_of(user);
        stream.asked_for(stream.current(), window(stream, win), remote | kReceived, 0, bytes);
        return kOk;
      });
  OTF2_EvtReaderCallbacks_SetRmaAtomicCallback(
      callbacks, [](OTF2_LocationRef, OTF2_TimeStamp, uint64_t, void* user, Attributes, OTF2_RmaWinRef win,
                    uint32_t remote, OTF2_RmaAtomicType, uint64_t sent, uint64_t received, uint64_t) {
        CallStream& stream = stream_of(user);
        stream.asked_for(stream.current(), window(stream, win), remote, sent, received);
        return kOk;
      });
  OTF2_EvtReaderCallbacks_SetRmaAcquireLockCallback(
      callbacks, [](OTF2_LocationRef, OTF2_TimeStamp, uint64_t, void* user, Attributes, OTF2_RmaWinRef win,
                    uint32_t remote, uint64_t, OTF2_LockType) {
        CallStream& stream = stream_of(user);
        stream.asked_for(stream.current(), window(stream, win), remote, 0, 0);
        return kOk;
      });
  OTF2_EvtReaderCallbacks_SetIoOperationBeginCallback(
      callbacks, [](OTF2_LocationRef, OTF2_TimeStamp, uint64_t, void* user, Attributes, OTF2_IoHandleRef handle,
                    OTF2_IoOperationMode, OTF2_IoOperationFlag, uint64_t bytes, uint64_t) {
        CallStream& stream = stream_of(user);
        stream.asked_for(stream.current(), identity_in(stream.definitions.file, handle), 0, 0, bytes);
        return kOk;
      });
}

void register_calls(Callbacks* callbacks) {
  OTF2_EvtReaderCallbacks_SetEnterCallback(callbacks, [](OTF2_LocationRef, OTF2_TimeStamp time, uint64_t, void* user,
                                                         Attributes attributes, OTF2_RegionRef region) {
    stream_of(user).enter(time, attributes, region);
    return kOk;
  });
  OTF2_EvtReaderCallbacks_SetLeaveCallback(
      callbacks, [](OTF2_LocationRef, OTF2_TimeStamp time, uint64_t, void* user, Attributes, OTF2_RegionRef) {
        stream_of(user).leave(time);
        return kOk;
      });
}

}  // namespace

struct TraceCallReader::State {
  std::string anchor;
  QuietErrors quiet;
  OTF2_Reader* reader = nullptr;
  TraceCallDefinitions definitions;
  std::vector<std::string> sites{""};
  std::unordered_map<std::uint64_t, std::uint32_t> site_of_string;
  ~State() {
    if (reader != nullptr) OTF2_Reader_Close(reader);
  }
};

TraceCallReader::TraceCallReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
TraceCallReader::TraceCallReader(TraceCallReader&&) noexcept = default;
TraceCallReader::~TraceCallReader() = default;

Result<TraceCallReader> TraceCallReader::open(const std::string& anchor) {
  auto state = std::make_unique<State>();
  state->anchor = anchor;
  state->reader = OTF2_Reader_Open(anchor.c_str());
  if (state->reader == nullptr) return Error{anchor + ": not a readable OTF2 archive (" + take_error() + ")"};
  OTF2_Reader_SetSerialCollectiveCallbacks(state->reader);
  if (!read_call_definitions(state->reader, state->definitions)) {
    return Error{anchor + ": its definitions cannot be read (" + take_error() + "); `tulkki check` says more"};
  }
  for (const CallLocation& location : state->definitions.locations)
    OTF2_Reader_SelectLocation(state->reader, location.id);
  // Local definitions map the numbers that a location uses; an archive without them has no such files.
  if (OTF2_Reader_OpenDefFiles(state->reader) == OTF2_SUCCESS) {
    for (const CallLocation& location : state->definitions.locations) {
      OTF2_DefReader* file = OTF2_Reader_GetDefReader(state->reader, location.id);
      if (file == nullptr) continue;
      std::uint64_t read = 0;
      OTF2_Reader_ReadAllLocalDefinitions(state->reader, file, &read);
      OTF2_Reader_CloseDefReader(state->reader, file);
    }
    OTF2_Reader_CloseDefFiles(state->reader);
  }
  take_error();
  if (OTF2_Reader_OpenEvtFiles(state->reader) != OTF2_SUCCESS) {
    return Error{anchor + ": its events cannot be read (" + take_error() + "); `tulkki check` says more"};
  }
  return TraceCallReader(std::move(state));
}

const std::vector<CallLocation>& TraceCallReader::locations() const { return state_->definitions.locations; }
const std::vector<std::string>& TraceCallReader::procedures() const { return state_->definitions.procedures; }
const std::vector<std::string>& TraceCallReader::sites() const { return state_->sites; }
double TraceCallReader::ns_per_tick() const { return 1e9 / state_->definitions.ticks_per_second; }

Result<std::vector<TraceCall>> TraceCallReader::read(const CallLocation& location,
                                                     const std::function<bool(std::uint64_t events)>& go_on) {
  constexpr std::uint64_t kBatch = 1 << 16;
  State& state = *state_;
  OTF2_EvtReader* events = OTF2_Reader_GetEvtReader(state.reader, location.id);
  if (events == nullptr) {
    take_error();
    return std::vector<TraceCall>{};  // a rank that left no log has no events
  }
  CallStream stream{state.definitions, state.sites, state.site_of_string, {}};
  const std::unique_ptr<Callbacks, decltype(&OTF2_EvtReaderCallbacks_Delete)> callbacks(
      OTF2_EvtReaderCallbacks_New(), &OTF2_EvtReaderCallbacks_Delete);
  register_calls(callbacks.get());
  register_messages(callbacks.get());
  register_collectives(callbacks.get());
  register_onesided(callbacks.get());
  OTF2_Reader_RegisterEvtCallbacks(state.reader, events, callbacks.get(), &stream);
  std::uint64_t all = 0, read = 0;
  bool whole = true, wanted = true;
  do {
    read = 0;
    whole = OTF2_Reader_ReadLocalEvents(state.reader, events, kBatch, &read) == OTF2_SUCCESS;
    all += read;
    wanted = !go_on || go_on(all);
  } while (whole && wanted && read == kBatch);
  OTF2_Reader_CloseEvtReader(state.reader, events);
  if (!wanted) {
    take_error();
    return Error{state.anchor + ": cancelled"};
  }
  if (!whole) {
    return Error{state.anchor + ": events of rank " + std::to_string(location.rank) + " cannot be read (" +
                 take_error() + "); `tulkki check` says more"};
  }
  std::vector<TraceCall> calls;
  calls.reserve(stream.calls.size());
  for (std::size_t i = 0; i < stream.calls.size(); ++i) {
    if (stream.returned[i]) calls.push_back(stream.calls[i]);
  }
  return calls;
}

}  // namespace tulkki
