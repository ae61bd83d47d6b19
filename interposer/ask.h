// SPDX-License-Identifier: Apache-2.0
// Our own questions to the MPI library, by its profiling names: no tool sees them, and they are asked only outside of
// timed intervals.
#pragma once

#include <cstdint>

#include "interposer/backend.h"

namespace tulkki::ask {

inline int comm_size(Word comm) {
  int size = -1;
  library_function<int (*)(Word, int*)>(Procedure::MPI_Comm_size)(comm, &size);
  return size;
}
inline int comm_rank(Word comm) {
  int rank = -1;
  library_function<int (*)(Word, int*)>(Procedure::MPI_Comm_rank)(comm, &rank);
  return rank;
}
inline bool is_intercommunicator(Word comm) {
  int flag = 0;
  library_function<int (*)(Word, int*)>(Procedure::MPI_Comm_test_inter)(comm, &flag);
  return flag != 0;
}
inline int remote_size(Word comm) {
  int size = 0;
  library_function<int (*)(Word, int*)>(Procedure::MPI_Comm_remote_size)(comm, &size);
  return size;
}
inline Word group_of(Procedure question, Word object) {
  Word group = 0;
  library_function<int (*)(Word, Word*)>(question)(object, &group);
  return group;
}
inline void free_group(Word group) { library_function<int (*)(Word*)>(Procedure::MPI_Group_free)(&group); }
inline int group_size(Word group) {
  int size = 0;
  library_function<int (*)(Word, int*)>(Procedure::MPI_Group_size)(group, &size);
  return size;
}
inline void translate_ranks(Word group, int count, const int* ranks, Word other, int* translated) {
  library_function<int (*)(Word, int, const int*, Word, int*)>(Procedure::MPI_Group_translate_ranks)(
      group, count, ranks, other, translated);
}
inline int topology(Word comm) {
  int kind = -1;
  library_function<int (*)(Word, int*)>(Procedure::MPI_Topo_test)(comm, &kind);
  return kind;
}

}  // namespace tulkki::ask
