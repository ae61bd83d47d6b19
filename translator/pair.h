// SPDX-License-Identifier: Apache-2.0
// Everything that one call needs to go from a front to a backend and back, for one pair of ABIs: F and B are fused by
// the compiler, and what both number alike costs nothing. Inputs are expressions; outputs are objects whose place() the
// backend fills and whose finish() gives it to the program.
#pragma once

#include "translator/backend_functions.h"
#include "translator/constants.h"
#include "translator/handles.h"
#include "translator/language_bindings.h"
#include "translator/memory.h"
#include "translator/pending.h"

namespace tulkki {

// Weights of distributed graphs that stand for "none": addresses of objects in some implementations.
struct Weights {
  void* unweighted;
  void* empty;
};
extern Weights g_front_weights, g_back_weights;

// Tags above this are those of emulated partitioned messages (translator/emulation/partitioned.h), counted down from the
// backend's largest, which is the value of `largest`. None before the first such request.
struct ProgramTags {
  unsigned last = INT32_MAX;
  int largest = INT32_MAX;
};
extern ProgramTags g_program_tags;

template <class F, class B>
struct Pair {
  using Front = F;
  using Back = B;

  // ---- handles
  template <HandleClass kKind>
  [[gnu::always_inline]] static Word in(Word front) { return handle_to_back<F, kKind>(front); }
  template <HandleClass kKind>
  [[gnu::always_inline]] static Word out(Word back) { return handle_to_front<F, B, kKind>(back); }

  // ---- numbers
  [[gnu::always_inline]] static int rank(int value) { return convert_negative<Set::rank, F, B>(value); }
  [[gnu::always_inline]] static int rank_out(int value) { return value >= 0 ? value : convert_negative<Set::rank, B, F>(value); }
  [[gnu::always_inline]] static int tag(int value) { return convert_negative<Set::tag, F, B>(value); }
  [[gnu::always_inline]] static int tag_out(int value) {
    if (static_cast<unsigned>(value) <= g_program_tags.last) [[likely]] return value;
    return value < 0 ? convert_negative<Set::tag, B, F>(value) : g_program_tags.largest - value;
  }
  template <Set kSet>
  static int constant(int value) { return static_cast<int>(convert_constant<kSet, F, B>(value)); }
  template <Set kSet>
  static int constant_out(int value) { return static_cast<int>(convert_constant<kSet, B, F>(value)); }
  static std::int64_t displacement(std::int64_t value) { return convert_constant<Set::displacement, F, B>(value); }

  // Keyvals that the program makes: Open MPI counts them from 16 up, where a standard front has constants.
  static constexpr int kKeyvalOffset = B::kName == AbiName::openmpi && F::kName != AbiName::openmpi ? 0x10000 : 0;
  static int keyval(int value) {
    const int converted = constant<Set::keyval>(value);
    return converted == value && value >= kKeyvalOffset ? value - kKeyvalOffset : converted;
  }
  static int keyval_out(int value) {
    const int converted = constant_out<Set::keyval>(value);
    return converted == value ? value + kKeyvalOffset : converted;
  }

  // ---- addresses
  [[gnu::always_inline]] static const void* buffer(const void* address) {
    if constexpr (F::kInPlace == B::kInPlace) return address;
    return reinterpret_cast<std::intptr_t>(address) == F::kInPlace ? reinterpret_cast<const void*>(B::kInPlace) : address;
  }
  [[gnu::always_inline]] static void* buffer(void* address) { return const_cast<void*>(buffer(static_cast<const void*>(address))); }
  static const int* weights(const int* given) {
    if (given == g_front_weights.unweighted) return static_cast<const int*>(g_back_weights.unweighted);
    return given == g_front_weights.empty ? static_cast<const int*>(g_back_weights.empty) : given;
  }

  // ---- errors
  // The backend's own codes keep their numbers, and so their strings, above the front's classes.
  static constexpr int kCodeOffset = B::kName == AbiName::openmpi ? 0x40000000 : F::kName == AbiName::standard ? 0x4000 : 0;
  static constexpr int kLastBackClass = B::kName == AbiName::openmpi ? 92 : B::kName == AbiName::mpich ? 127 : 16383;
  [[gnu::always_inline]] static int code(int back) { return back == 0 ? 0 : failure(back); }
  [[gnu::cold, gnu::noinline]] static int failure(int back) {
    if constexpr (F::kName == AbiName::mpich)
      if (take_cxx_error_handler_call()) return 0;
    return error_out(back);
  }
  // A code that is told of, not returned: in a status, to an error handler.
  [[gnu::cold]] static int error_out(int back) {
    if (back <= 0) return back;
    if (back > kLastBackClass) return back + kCodeOffset;
    return known_class(back) ? constant_out<Set::error_class>(back) : constant_out<Set::error_class>(other());
  }
  static int code_to_back(int front) {
    if (front == 0) return 0;
    if (kCodeOffset != 0 && front >= kCodeOffset) return front - kCodeOffset;
    return only_in_front(front) ? other() : constant<Set::error_class>(front);
  }
  // An error class of the front's, newer than the backend.
  [[gnu::cold]] static bool only_in_front(int front_class) {
    for (const auto& row : Constants<Set::error_class>::kValues)
      if (row[static_cast<int>(F::kColumn)] == front_class) return row[static_cast<int>(B::kColumn)] == kNoConstant;
    return false;
  }
  // An error class of the front that no backend call was needed to find.
  static int front_error(std::int64_t standard_class) {
    return static_cast<int>(convert_constant<Set::error_class, Standard, F>(standard_class));
  }
  static constexpr std::int64_t kErrOther = 16, kErrUnsupported = 55, kErrNoMemory = 39;

  // ---- statuses
  static constexpr int kUnsetNumber = INT32_MIN;
  static constexpr std::int64_t kUnsetBytes = (std::int64_t{1} << 60) + 1;
  [[gnu::always_inline]] static bool ignored(const void* status) { return reinterpret_cast<std::intptr_t>(status) == F::kStatusIgnore; }
  static void* ignore() { return reinterpret_cast<void*>(B::kStatusIgnore); }
  // What the backend has not written (see unset_status) stays as the program left it: MPI_ERROR where one operation is
  // completed (MPI-5.0: 3.2.5), source and tag in file operations.
  [[gnu::always_inline]] static void status_out(const typename B::Status& from, typename F::Status& to) {
    if (from.source != kUnsetNumber) to.source = rank_out(from.source);
    if (from.tag != kUnsetNumber) to.tag = tag_out(from.tag);
    if (from.error != kUnsetNumber) to.error = error_out(from.error);
    else if (from.source < 0 && to.source == any_source() && from.tag < 0) to.error = 0;   // an empty status has no error
    // MPICH tells of a completed send no more than that it was not cancelled.
    const std::int64_t bytes = B::bytes(from);
    F::set_private(to, bytes == kUnsetBytes ? 0 : bytes, B::cancelled(from));
  }
  // Of a message: everything but MPI_ERROR.
  [[gnu::always_inline]] static void message_status_out(const typename B::Status& from, typename F::Status& to) {
    to.source = rank_out(from.source);
    to.tag = tag_out(from.tag);
    F::set_private(to, B::bytes(from), B::cancelled(from));
  }
  static constexpr int any_source() {
    return static_cast<int>(Constants<Set::rank>::kValues[0][static_cast<int>(F::kColumn)]);
  }
  [[gnu::always_inline]] static void unset_status(typename B::Status& status) {
    status.source = status.tag = status.error = kUnsetNumber;
    B::set_private(status, kUnsetBytes, false);
  }
  [[gnu::always_inline]] static void status_in(const typename F::Status& from, typename B::Status& to) {
    to = {};
    to.source = rank(from.source);
    to.tag = tag(from.tag);
    to.error = code_to_back(from.error);
    B::set_private(to, F::bytes(from), F::cancelled(from));
  }

 private:
  static constexpr int other() {
    return static_cast<int>(convert_constant<Set::error_class, Standard, B>(kErrOther));
  }
  static bool known_class(int back) {
    for (const auto& row : Constants<Set::error_class>::kValues)
      if (row[static_cast<int>(B::kColumn)] == back) return row[static_cast<int>(F::kColumn)] != kNoConstant;
    return false;
  }
};

// What the backend lacks: an error that names the procedure, and that ends the program unless it handles errors, as a
// backend's own error would.
[[gnu::cold]] void report_missing(Procedure procedure);
[[gnu::cold]] void raise_on_world(int back_code);
template <class P>
[[gnu::cold]] int refuse(Procedure procedure, std::int64_t standard_class = P::kErrUnsupported) {
  report_missing(procedure);
  raise_on_world(static_cast<int>(convert_constant<Set::error_class, Standard, typename P::Back>(standard_class)));
  return P::front_error(standard_class);
}

// ---- outputs ----------------------------------------------------------------------------------------------------

template <class P, HandleClass kKind>
class OutHandle {
 public:
  explicit OutHandle(void* user) : user_(user) {}
  void* place() { return user_ == nullptr ? nullptr : &back_; }
  void finish() {
    const Word back = load_handle<typename P::Back, kKind>(&back_);
    if (user_ == nullptr || back == unset()) return;
    store_handle<typename P::Front, kKind>(user_, 0, P::template out<kKind>(back));
  }

 private:
  static constexpr Word unset() { return P::Back::handle_bytes(kKind) == 4 ? 0xffffffffu : ~Word{0}; }
  void* user_;
  Word back_ = ~Word{0};
};

template <class P, HandleClass kKind>
class InOutHandle {
 public:
  explicit InOutHandle(void* user) : user_(user) {
    if (user == nullptr) return;
    store_handle<typename P::Back, kKind>(
        &before_, 0, P::template in<kKind>(load_handle<typename P::Front, kKind>(user)));
    back_ = before_;
  }
  void* place() { return user_ == nullptr ? nullptr : &back_; }
  Word before() const { return load_handle<typename P::Back, kKind>(&before_); }
  void finish() {
    if (back_ == before_ || user_ == nullptr) return;
    if constexpr (kKind == HandleClass::request) request_is_over(before());
    store_handle<typename P::Front, kKind>(user_, 0,
                                           P::template out<kKind>(load_handle<typename P::Back, kKind>(&back_)));
  }

 private:
  void* user_;
  Word before_ = 0, back_ = 0;
};

template <class P>
class OutStatus {
 public:
  explicit OutStatus(void* user) : user_(user) {}
  void* place() {
    if (P::ignored(user_)) return P::ignore();
    if (user_ == nullptr) return nullptr;
    P::unset_status(back_);
    return &back_;
  }
  void finish() {
    if (P::ignored(user_) || user_ == nullptr) return;
    P::status_out(back_, *static_cast<typename P::Front::Status*>(user_));
  }

 private:
  void* user_;
  typename P::Back::Status back_;
};

// Of a procedure that receives or finds one message: MPI_ERROR is not its business, and where there is no message the
// status is not touched.
template <class P>
class OutMessageStatus {
 public:
  explicit OutMessageStatus(void* user) : user_(user) {}
  void* place() {
    if (P::ignored(user_)) return P::ignore();
    if (user_ == nullptr) return nullptr;
    back_.source = P::kUnsetNumber;
    P::Back::set_private(back_, 0, false);
    return &back_;
  }
  void finish() {
    if (P::ignored(user_) || user_ == nullptr || back_.source == P::kUnsetNumber) return;
    P::message_status_out(back_, *static_cast<typename P::Front::Status*>(user_));
  }

 private:
  void* user_;
  typename P::Back::Status back_;
};

template <class P>
class InStatus {
 public:
  explicit InStatus(const void* user) : user_(user) {
    if (!P::ignored(user) && user != nullptr) P::status_in(*static_cast<const typename P::Front::Status*>(user), back_);
  }
  const void* place() { return user_ == nullptr ? nullptr : P::ignored(user_) ? P::ignore() : &back_; }

 private:
  const void* user_;
  typename P::Back::Status back_;
};

template <class P>
class InOutStatus {
 public:
  explicit InOutStatus(void* user) : user_(static_cast<typename P::Front::Status*>(user)) {
    if (user_ == nullptr || P::ignored(user)) return;
    P::status_in(*user_, back_);
    back_.error = P::kUnsetNumber;
  }
  void* place() { return user_ == nullptr ? nullptr : &back_; }
  void finish() {
    if (user_ != nullptr && !P::ignored(user_)) P::status_out(back_, *user_);
  }

 private:
  typename P::Front::Status* user_;
  typename P::Back::Status back_;
};

// Handles of an input array, converted for the length of the call.
template <class P, HandleClass kKind>
class InHandles {
 public:
  InHandles(const void* user, std::int64_t count) : user_(user), back_(user == nullptr ? 0 : count) {
    if (user == nullptr) return;
    for (std::int64_t i = 0; i < count && back_.data() != nullptr; ++i)
      store_handle<typename P::Back, kKind>(back_.data(), i,
                                            P::template in<kKind>(load_handle<typename P::Front, kKind>(user, i)));
  }
  void* place() { return user_ == nullptr ? nullptr : static_cast<void*>(back_.data()); }

 private:
  const void* user_;
  Scratch<Word, 64> back_;
};

// Ranks of an input array: the program's own array where no element is a constant.
template <class P>
class InRanks {
 public:
  InRanks(const int* user, std::int64_t count) : place_(user), back_(needs_copy(user, count) ? count : 0) {
    if (!copied_ || back_.data() == nullptr) return;
    for (std::int64_t i = 0; i < count; ++i) back_[i] = P::rank(user[i]);
    place_ = back_.data();
  }
  const int* place() const { return place_; }

 private:
  bool needs_copy(const int* user, std::int64_t count) {
    for (std::int64_t i = 0; user != nullptr && i < count; ++i)
      if (user[i] < 0) copied_ = true;
    return copied_;
  }
  bool copied_ = false;
  const int* place_;
  Scratch<int, 64> back_;
};

// A string that the backend may make longer than the program's room for it.
template <class P, Limit kLimit>
class OutString {
 public:
  OutString(void* user, int* length) : user_(static_cast<char*>(user)), length_(length) {}
  // Inlined: folded with that of another limit, the compiler warns of the shorter one's array.
  [[gnu::always_inline]] char* place() { return kBack <= kFront || user_ == nullptr ? user_ : back_; }
  [[gnu::always_inline]] void finish() {
    if (kBack <= kFront || user_ == nullptr) return;
    std::int64_t i = 0;
    for (; i < kFront - 1 && back_[i] != '\0'; ++i) user_[i] = back_[i];
    user_[i] = '\0';
    if (length_ != nullptr) *length_ = static_cast<int>(i);
  }

 private:
  static constexpr std::int64_t kFront = limit<typename P::Front>(kLimit), kBack = limit<typename P::Back>(kLimit);
  char* user_;
  int* length_;
  char back_[kBack <= kFront ? 1 : kBack + 1] = {};
};

}  // namespace tulkki
