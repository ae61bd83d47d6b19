// SPDX-License-Identifier: Apache-2.0
// Fortran procedures of which Open MPI's binding reads fields of the library's objects: the integer of a request or group,
// the size of a communicator. Translated handles are no such objects, so that these bindings are ours then. They convert
// handles, indices and logicals, and record the call under the program's own call site.
#include "interposer/fortran_objects.h"

#include <cstring>
#include <dlfcn.h>
#include <strings.h>

#include "interposer/backend.h"
#include "interposer/entry.h"
#include "translator/integers.h"
#include "translator/memory.h"

namespace tulkki {

// Generated beside the entries (tulkki/stubs.inc).
int recorded_MPI_Wait(const void* site, void* request, void* status);
int recorded_MPI_Test(const void* site, void* request, int* flag, void* status);
int recorded_MPI_Waitany(const void* site, int count, void* requests, int* index, void* status);
int recorded_MPI_Testany(const void* site, int count, void* requests, int* index, int* flag, void* status);
int recorded_MPI_Waitall(const void* site, int count, void* requests, void* statuses);
int recorded_MPI_Testall(const void* site, int count, void* requests, int* flag, void* statuses);
int recorded_MPI_Waitsome(const void* site, int count, void* requests, int* done, int* indices, void* statuses);
int recorded_MPI_Testsome(const void* site, int count, void* requests, int* done, int* indices, void* statuses);
int recorded_MPI_Group_union(const void* site, Word first, Word second, void* made);
int recorded_MPI_Group_intersection(const void* site, Word first, Word second, void* made);
int recorded_MPI_Group_difference(const void* site, Word first, Word second, void* made);
int recorded_MPI_Group_incl(const void* site, Word group, int count, const int* ranks, void* made);
int recorded_MPI_Group_excl(const void* site, Word group, int count, const int* ranks, void* made);
int recorded_MPI_Group_range_incl(const void* site, Word group, int count, int* ranges, void* made);
int recorded_MPI_Group_range_excl(const void* site, Word group, int count, int* ranges, void* made);
int recorded_MPI_Alltoallw(const void* site, const void* sent, const int* sent_counts, const int* sent_displacements,
                           const void* sent_types, void* received, const int* received_counts,
                           const int* received_displacements, const void* received_types, Word comm);
int recorded_MPI_Ialltoallw(const void* site, const void* sent, const int* sent_counts, const int* sent_displacements,
                            const void* sent_types, void* received, const int* received_counts,
                            const int* received_displacements, const void* received_types, Word comm, void* request);

namespace {

constexpr AbiName kFront = AbiName::openmpi;
constexpr int kUndefined = -32766, kErrNoMemory = 39;

template <HandleClass kKind>
Word handle(int integer) { return handle_of_integer(kFront, kKind, integer); }
template <HandleClass kKind>
int integer(Word word) { return integer_of_handle(kFront, kKind, word); }

void give(int* place, int code) {
  if (place != nullptr) *place = code;
}

// ---- addresses that mean something: common blocks, in the spelling of whichever compiler

struct Special {
  const char* const spellings[4];
  bool is(const void* address) const {
    for (const char* name : spellings)
      if (void* found = dlsym(RTLD_DEFAULT, name); found != nullptr && found == address) return true;
    return false;
  }
};
constexpr Special kStatusIgnore{{"mpi_fortran_status_ignore_", "mpi_fortran_status_ignore", "mpi_fortran_status_ignore__",
                                 "MPI_FORTRAN_STATUS_IGNORE"}};
constexpr Special kStatusesIgnore{{"mpi_fortran_statuses_ignore_", "mpi_fortran_statuses_ignore",
                                   "mpi_fortran_statuses_ignore__", "MPI_FORTRAN_STATUSES_IGNORE"}};
constexpr Special kBottom{{"mpi_fortran_bottom_", "mpi_fortran_bottom", "mpi_fortran_bottom__", "MPI_FORTRAN_BOTTOM"}};
constexpr Special kInPlace{{"mpi_fortran_in_place_", "mpi_fortran_in_place", "mpi_fortran_in_place__", "MPI_FORTRAN_IN_PLACE"}};

// A status of Fortran has the layout of C's. What is ignored lies in the program's or a library's data, never on a stack.
void* status_of(void* given) { return kStatusIgnore.is(given) ? nullptr : given; }
void* statuses_of(void* given) { return kStatusesIgnore.is(given) ? nullptr : given; }
void* buffer_of(void* given) {
  if (kBottom.is(given)) return nullptr;
  return kInPlace.is(given) ? reinterpret_cast<void*>(1) : given;
}

// ---- completion

class Requests {
 public:
  Requests(int* integers, int count) : integers_(integers), count_(count), handles_(count) {
    for (int i = 0; valid() && i < count; ++i) handles_[i] = handle<HandleClass::request>(integers[i]);
  }
  bool valid() { return handles_.data() != nullptr; }
  void* data() { return handles_.data(); }
  void give_back(int which) { integers_[which] = integer<HandleClass::request>(handles_[which]); }
  void give_all_back() {
    for (int i = 0; i < count_; ++i) give_back(i);
  }

 private:
  int* integers_;
  int count_;
  Scratch<Word, 64> handles_;
};

void wait(int* request, void* status, int* error) {
  Word word = handle<HandleClass::request>(*request);
  const int code = recorded_MPI_Wait(tulkki_fortran_site, &word, status_of(status));
  *request = integer<HandleClass::request>(word);
  give(error, code);
}

void test(int* request, int* flag, void* status, int* error) {
  Word word = handle<HandleClass::request>(*request);
  const int code = recorded_MPI_Test(tulkki_fortran_site, &word, flag, status_of(status));
  *request = integer<HandleClass::request>(word);
  give(error, code);
}

void wait_all(const int* count, int* requests, void* statuses, int* error) {
  Requests words(requests, *count);
  if (!words.valid()) return give(error, kErrNoMemory);
  const int code = recorded_MPI_Waitall(tulkki_fortran_site, *count, words.data(), statuses_of(statuses));
  words.give_all_back();
  give(error, code);
}

void test_all(const int* count, int* requests, int* flag, void* statuses, int* error) {
  Requests words(requests, *count);
  if (!words.valid()) return give(error, kErrNoMemory);
  const int code = recorded_MPI_Testall(tulkki_fortran_site, *count, words.data(), flag, statuses_of(statuses));
  words.give_all_back();
  give(error, code);
}

// Indices count from one.
void give_index(Requests& words, int* index) {
  if (*index < 0) return;
  words.give_back(*index);
  *index += 1;
}

void wait_any(const int* count, int* requests, int* index, void* status, int* error) {
  Requests words(requests, *count);
  if (!words.valid()) return give(error, kErrNoMemory);
  const int code = recorded_MPI_Waitany(tulkki_fortran_site, *count, words.data(), index, status_of(status));
  if (code == 0) give_index(words, index);
  give(error, code);
}

void test_any(const int* count, int* requests, int* index, int* flag, void* status, int* error) {
  Requests words(requests, *count);
  if (!words.valid()) return give(error, kErrNoMemory);
  const int code = recorded_MPI_Testany(tulkki_fortran_site, *count, words.data(), index, flag, status_of(status));
  if (code == 0 && *flag != 0) give_index(words, index);
  give(error, code);
}

using Some = int (*)(const void*, int, void*, int*, int*, void*);
template <Some kProcedure>
void complete_some(const int* count, int* requests, int* done, int* indices, void* statuses, int* error) {
  Requests words(requests, *count);
  if (!words.valid()) return give(error, kErrNoMemory);
  const int code = kProcedure(tulkki_fortran_site, *count, words.data(), done, indices, statuses_of(statuses));
  if (*done != kUndefined)
    for (int i = 0; i < *done; ++i) give_index(words, &indices[i]);
  give(error, code);
}

// ---- groups

using OfTwo = int (*)(const void*, Word, Word, void*);
template <OfTwo kProcedure>
void group_of_two(const int* first, const int* second, int* made, int* error) {
  Word word = 0;
  const int code = kProcedure(tulkki_fortran_site, handle<HandleClass::group>(*first), handle<HandleClass::group>(*second), &word);
  if (code == 0) *made = integer<HandleClass::group>(word);
  give(error, code);
}

template <auto kProcedure, class Ranks>
void group_of_ranks(const int* group, const int* count, Ranks* ranks, int* made, int* error) {
  Word word = 0;
  const int code = kProcedure(tulkki_fortran_site, handle<HandleClass::group>(*group), *count, ranks, &word);
  if (code == 0) *made = integer<HandleClass::group>(word);
  give(error, code);
}

// ---- alltoallw: its arrays of types are as long as the communicator

int peers_of(Word comm) {
  int size = 0, inter = 0;
  library_function<int (*)(Word, int*)>(Procedure::MPI_Comm_test_inter)(comm, &inter);
  library_function<int (*)(Word, int*)>(inter != 0 ? Procedure::MPI_Comm_remote_size : Procedure::MPI_Comm_size)(comm, &size);
  return size;
}

class Types {
 public:
  Types(const int* integers, int count) : handles_(count) {
    for (int i = 0; handles_.data() != nullptr && i < count; ++i) handles_[i] = handle<HandleClass::datatype>(integers[i]);
  }
  const void* data() { return handles_.data(); }

 private:
  Scratch<Word, 64> handles_;
};

void alltoallw(void* sent, const int* sent_counts, const int* sent_displacements, const int* sent_types, void* received,
               const int* received_counts, const int* received_displacements, const int* received_types, const int* comm,
               int* error) {
  const Word word = handle<HandleClass::comm>(*comm);
  const int peers = peers_of(word);
  void* from = buffer_of(sent);
  Types out(sent_types, from == reinterpret_cast<void*>(1) ? 0 : peers), in(received_types, peers);
  if (out.data() == nullptr || in.data() == nullptr) return give(error, kErrNoMemory);
  give(error, recorded_MPI_Alltoallw(tulkki_fortran_site, from, sent_counts, sent_displacements, out.data(), buffer_of(received),
                                     received_counts, received_displacements, in.data(), word));
}

void ialltoallw(void* sent, const int* sent_counts, const int* sent_displacements, const int* sent_types, void* received,
                const int* received_counts, const int* received_displacements, const int* received_types, const int* comm,
                int* request, int* error) {
  const Word word = handle<HandleClass::comm>(*comm);
  const int peers = peers_of(word);
  void* from = buffer_of(sent);
  Types out(sent_types, from == reinterpret_cast<void*>(1) ? 0 : peers), in(received_types, peers);
  if (out.data() == nullptr || in.data() == nullptr) return give(error, kErrNoMemory);
  Word started = 0;   // what must outlive the call is copied by the translator
  const int code = recorded_MPI_Ialltoallw(tulkki_fortran_site, from, sent_counts, sent_displacements, out.data(),
                                           buffer_of(received), received_counts, received_displacements, in.data(), word, &started);
  if (code == 0) *request = integer<HandleClass::request>(started);
  give(error, code);
}

template <class Function>
void* address(Function* function) { return reinterpret_cast<void*>(function); }

}  // namespace

void* fortran_object_binding(const char* symbol) {
  static const struct {
    const char* name;
    void* function;
  } kBindings[] = {
      {"mpi_wait", address(&wait)}, {"mpi_test", address(&test)}, {"mpi_waitall", address(&wait_all)},
      {"mpi_testall", address(&test_all)}, {"mpi_waitany", address(&wait_any)}, {"mpi_testany", address(&test_any)},
      {"mpi_waitsome", address(&complete_some<recorded_MPI_Waitsome>)},
      {"mpi_testsome", address(&complete_some<recorded_MPI_Testsome>)},
      {"mpi_group_union", address(&group_of_two<recorded_MPI_Group_union>)},
      {"mpi_group_intersection", address(&group_of_two<recorded_MPI_Group_intersection>)},
      {"mpi_group_difference", address(&group_of_two<recorded_MPI_Group_difference>)},
      {"mpi_group_incl", address(&group_of_ranks<recorded_MPI_Group_incl, const int>)},
      {"mpi_group_excl", address(&group_of_ranks<recorded_MPI_Group_excl, const int>)},
      {"mpi_group_range_incl", address(&group_of_ranks<recorded_MPI_Group_range_incl, int>)},
      {"mpi_group_range_excl", address(&group_of_ranks<recorded_MPI_Group_range_excl, int>)},
      {"mpi_alltoallw", address(&alltoallw)}, {"mpi_ialltoallw", address(&ialltoallw)}};
  for (const auto& binding : kBindings) {
    const std::size_t length = std::strlen(binding.name);
    if (strncasecmp(symbol, binding.name, length) != 0) continue;
    for (const char* ending : {"", "_", "__", "_f08_"})
      if (std::strcmp(symbol + length, ending) == 0) return binding.function;
  }
  return nullptr;
}

}  // namespace tulkki
