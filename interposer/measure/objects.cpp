// SPDX-License-Identifier: Apache-2.0
// Bookkeeping of communicators, windows and files as they come and go.
#include "interposer/measure/objects.h"

namespace tulkki::measure {
namespace {

void note_created(Call& call, std::uint32_t number) {
  if (number != 0) call.add_note(raw::NoteKind::created, number);
}

void finish_on_comm(Call& call, Word comm) {
  call.record(ContextClass::communicator, comm, raw::kPeerNone, 0, 0, raw::kTagNone);
}

void finish_release(Call& call, ContextClass kind, Word handle, Word buried, int code) {
  if (code != 0) {
    revive_context(kind, buried, handle);
    return call.record_error(kind, handle, raw::kPeerNone, code);
  }
  call.add_note(raw::NoteKind::released, context_number(kind, buried));
  call.record(kind, buried, raw::kPeerNone, 0, 0, raw::kTagNone);
  forget_context(kind, buried);
}

}  // namespace

void NewComm::finish(Call& call, int code) {
  if (code != 0) return call.record_error(ContextClass::communicator, comm_, raw::kPeerNone, code);
  const Word created = abi().load_handle(created_);
  note_created(call, add_communicator(comm_, created, call.procedure));
  finish_on_comm(call, comm_);
}

void NewGroupComm::finish(Call& call, int code) {
  if (code != 0) return call.record_error(ContextClass::communicator, comm_, raw::kPeerNone, code);
  const Word created = abi().load_handle(created_);
  note_created(call, add_group_communicator(comm_, created, static_cast<std::uint32_t>(tag_), call.procedure));
  finish_on_comm(call, comm_);
}

void CommIdup::finish(Call& call, int code) {
  if (code != 0) return call.record_error(ContextClass::communicator, comm_, raw::kPeerNone, code);
  const Word request = abi().load_handle(request_);
  if (abi().is_shared_request(request))
    note_created(call, add_communicator(comm_, abi().load_handle(created_), call.procedure));
  follow_request(call, request,
                 {raw::RequestKind::communicator, ContextClass::communicator, comm_, raw::kPeerNone, raw::kTagNone, 0, 0},
                 created_);
  finish_on_comm(call, comm_);
}

void NewIntercomm::finish(Call& call, int code) {
  if (code != 0) return call.record_error(ContextClass::communicator, comm_, raw::kPeerNone, code);
  note_created(call, add_intercommunicator(comm_, abi().load_handle(created_), call.procedure));
  finish_on_comm(call, comm_);
}

void NewCommFromGroup::finish(Call& call, int code) {
  if (code != 0) return call.record_error(ContextClass::none, 0, raw::kPeerNone, code);
  std::uint64_t tag = 0;
  for (const char* at = tag_; at != nullptr && *at != 0; ++at) tag = tag * 31 + static_cast<unsigned char>(*at);
  note_created(call, add_group_communicator(0, abi().load_handle(created_), tag, call.procedure));
  call.record(ContextClass::none, 0, raw::kPeerNone, 0, 0, raw::kTagNone);
}

void CommFree::finish(Call& call, int code) {
  finish_release(call, ContextClass::communicator, comm_, buried_, code);
}

void CommSetName::finish(Call& call, int code) {
  if (code != 0) return call.record_error(ContextClass::communicator, comm_, raw::kPeerNone, code);
  rename_context(ContextClass::communicator, comm_, name_);
  finish_on_comm(call, comm_);
}

void NewWindow::finish(Call& call, int code) {
  if (code != 0) return call.record_error(ContextClass::communicator, comm_, raw::kPeerNone, code);
  note_created(call, add_window(comm_, abi().load_handle(window_), call.procedure));
  finish_on_comm(call, comm_);
}

void WindowFree::finish(Call& call, int code) {
  finish_release(call, ContextClass::window, window_, buried_, code);
}

void FileOpen::finish(Call& call, int code) {
  if (code != 0) return call.record_error(ContextClass::communicator, comm_, raw::kPeerNone, code);
  note_created(call, add_file(comm_, *file_, name_, call.procedure));
  finish_on_comm(call, comm_);
}

void FileClose::finish(Call& call, int code) {
  finish_release(call, ContextClass::file, file_, buried_, code);
}

}  // namespace tulkki::measure
