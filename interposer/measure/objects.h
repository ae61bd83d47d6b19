// SPDX-License-Identifier: Apache-2.0
// Calls that make, name and free communicators, windows, files and datatypes.
#pragma once

#include "interposer/measure/requests.h"

namespace tulkki::measure {

// Collective creation by all members of `comm`.
class NewComm {
 public:
  NewComm(Call&, Word comm, const void* created) : comm_(abi().handle(comm)), created_(created) {}
  void finish(Call& call, int code);

 private:
  Word comm_;
  const void* created_;
};

class CommIdup {
 public:
  CommIdup(Call&, Word comm, void* created, const void* request)
      : comm_(abi().handle(comm)), created_(created), request_(request) {}
  void finish(Call& call, int code);

 private:
  Word comm_;
  void* created_;
  const void* request_;
};

// An intercommunicator; the remote group may lie outside of `comm`.
class NewIntercomm {
 public:
  NewIntercomm(Call&, Word comm, int, const void* created) : comm_(abi().handle(comm)), created_(created) {}
  void finish(Call& call, int code);

 private:
  Word comm_;
  const void* created_;
};

class SpawnedComm : public NewIntercomm {
 public:
  SpawnedComm(Call& call, Word comm, const void* created) : NewIntercomm(call, comm, 0, created) {}
};

class JoinComm : public NewIntercomm {
 public:
  JoinComm(Call& call, const void* created) : NewIntercomm(call, abi().comm_self, 0, created) {}
};

// Only by the members of the new group; several threads may do so at once, told apart by the tag.
class NewGroupComm {
 public:
  NewGroupComm(Call&, Word comm, int tag, const void* created)
      : comm_(abi().handle(comm)), created_(created), tag_(tag) {}
  void finish(Call& call, int code);

 private:
  Word comm_;
  const void* created_;
  int tag_;
};

class NewCommFromGroup {
 public:
  NewCommFromGroup(Call&, const void* tag, const void* created)
      : tag_(static_cast<const char*>(tag)), created_(created) {}
  void finish(Call& call, int code);

 private:
  const char* tag_;
  const void* created_;
};

class ParentComm : public Plain {
 public:
  ParentComm(Call& call, const void*) : Plain(call) {}
};

class CommFree {
 public:
  CommFree(Call&, const void* comm)
      : comm_(abi().load_handle(comm)), buried_(bury_context(ContextClass::communicator, comm_)) {}
  void finish(Call& call, int code);

 private:
  Word comm_, buried_;
};

class CommSetName {
 public:
  CommSetName(Call&, Word comm, const void* name)
      : comm_(abi().handle(comm)), name_(static_cast<const char*>(name)) {}
  void finish(Call& call, int code);

 private:
  Word comm_;
  const char* name_;
};

class TypeFree : public Plain {
 public:
  TypeFree(Call& call, const void*) : Plain(call) {}
  void finish(Call& call, int code) {
    g_process.handle_generation.fetch_add(kDatatypeGeneration, std::memory_order_relaxed);
    Plain::finish(call, code);
  }
};

class NewWindow {
 public:
  NewWindow(Call&, Word comm, const void* window) : comm_(abi().handle(comm)), window_(window) {}
  void finish(Call& call, int code);

 private:
  Word comm_;
  const void* window_;
};

class WindowFree {
 public:
  WindowFree(Call&, const void* window)
      : window_(abi().load_handle(window)), buried_(bury_context(ContextClass::window, window_)) {}
  void finish(Call& call, int code);

 private:
  Word window_, buried_;
};

class FileOpen {
 public:
  FileOpen(Call&, Word comm, const void* name, const void* file)
      : comm_(abi().handle(comm)), name_(static_cast<const char*>(name)), file_(static_cast<const Word*>(file)) {}
  void finish(Call& call, int code);

 private:
  Word comm_;
  const char* name_;
  const Word* file_;  // files are pointers in every ABI
};

class FileClose {
 public:
  FileClose(Call&, const void* file)
      : file_(*static_cast<const Word*>(file)), buried_(bury_context(ContextClass::file, file_)) {}
  void finish(Call& call, int code);

 private:
  Word file_, buried_;
};

}  // namespace tulkki::measure
