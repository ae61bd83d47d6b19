// SPDX-License-Identifier: Apache-2.0
// The list of copies on their way, tested whenever another one joins it.
#include "translator/emulation/copied_send.h"

#include <cstdlib>
#include <pthread.h>

#include "translator/backend_functions.h"

namespace tulkki {
namespace {

pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
CopiedSend* g_first = nullptr;
void* g_ignore = nullptr;

// With the lock held.
void free_completed() {
  for (CopiedSend** link = &g_first; *link != nullptr;) {
    CopiedSend* send = *link;
    int flag = 0;
    const int code = backend_function<int (*)(void*, int*, void*)>(Procedure::MPI_Test)(&send->request, &flag, g_ignore);
    if (code == 0 && flag == 0) {
      link = &send->next;
      continue;
    }
    *link = send->next;
    if (code == 0) std::free(send);   // after an error the backend may still read it
  }
}

}  // namespace

CopiedSend* make_copied_send(std::size_t bytes) {
  return static_cast<CopiedSend*>(std::calloc(1, sizeof(CopiedSend) + bytes));
}

void discard_copied_send(CopiedSend* send) { std::free(send); }

void keep_copied_send(CopiedSend* send, void* ignore) {
  pthread_mutex_lock(&g_mutex);
  g_ignore = ignore;
  send->next = g_first;
  g_first = send;
  free_completed();
  pthread_mutex_unlock(&g_mutex);
}

void finish_copied_sends() {
  pthread_mutex_lock(&g_mutex);
  while (g_first != nullptr) {
    CopiedSend* send = g_first;
    g_first = send->next;
    backend_function<int (*)(void*, void*)>(Procedure::MPI_Wait)(&send->request, g_ignore);
    std::free(send);
  }
  pthread_mutex_unlock(&g_mutex);
}

}  // namespace tulkki
