// SPDX-License-Identifier: Apache-2.0
// The communicator for messages of a process to itself that tell of completed partitioned sends.
#include "translator/emulation/partitioned.h"

#include <pthread.h>

namespace tulkki {

ProgramTags g_program_tags;

namespace {

pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
Word g_comm = 0;
int g_signal = 0;

}  // namespace

Word signal_comm(Word comm_self) {
  pthread_mutex_lock(&g_mutex);
  if (g_comm == 0) backend_function<int (*)(Word, void*)>(Procedure::MPI_Comm_dup)(comm_self, &g_comm);
  const Word comm = g_comm;
  pthread_mutex_unlock(&g_mutex);
  return comm;
}

int next_signal() { return __atomic_fetch_add(&g_signal, 1, __ATOMIC_RELAXED) & 0x7fff; }

}  // namespace tulkki
