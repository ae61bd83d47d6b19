// SPDX-License-Identifier: Apache-2.0
// The list of what operations under way still need; the oldest entry of a request is the one that is over.
#include "translator/pending.h"

#include <cstdlib>
#include <pthread.h>

namespace tulkki {

std::atomic<int> g_pending_count{0};

namespace {

pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
Pending* g_first = nullptr;

}  // namespace

Pending* make_pending(std::size_t bytes) { return static_cast<Pending*>(std::calloc(1, sizeof(Pending) + bytes)); }

void keep_pending(Pending* pending, Word request) {
  pending->request = request;
  pthread_mutex_lock(&g_mutex);
  Pending** link = &g_first;
  while (*link != nullptr) link = &(*link)->next;
  *link = pending;
  pthread_mutex_unlock(&g_mutex);
  g_pending_count.fetch_add(1, std::memory_order_relaxed);
}

void discard_pending(Pending* pending) { std::free(pending); }

Pending* find_pending(Word request) {
  pthread_mutex_lock(&g_mutex);
  Pending* found = g_first;
  while (found != nullptr && found->request != request) found = found->next;
  pthread_mutex_unlock(&g_mutex);
  return found;
}

void finish_pending(Word request) {
  pthread_mutex_lock(&g_mutex);
  Pending* found = nullptr;
  for (Pending** link = &g_first; *link != nullptr; link = &(*link)->next) {
    if ((*link)->request != request) continue;
    found = *link;
    *link = found->next;
    break;
  }
  pthread_mutex_unlock(&g_mutex);
  if (found == nullptr) return;
  g_pending_count.fetch_sub(1, std::memory_order_relaxed);
  if (found->deliver != nullptr) found->deliver(*found);
  std::free(found);
}

}  // namespace tulkki
