// SPDX-License-Identifier: Apache-2.0
// Test aid: MPICH over UCX polls without ever giving its core away, so that more ranks than cores crawl. This library,
// preloaded, makes an empty poll yield and a long row of them sleep.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sched.h>
#include <stddef.h>
#include <time.h>

typedef unsigned (*Progress)(void* worker);

static Progress find_progress(void) {
  Progress found = (Progress)dlsym(RTLD_NEXT, "ucp_worker_progress");
  if (found == NULL) {  // the MPI library was opened in a scope of its own
    void* library = dlopen("libucp.so.0", RTLD_LAZY | RTLD_NOLOAD);
    if (library != NULL) found = (Progress)dlsym(library, "ucp_worker_progress");
  }
  return found;
}

unsigned ucp_worker_progress(void* worker) {
  static Progress progress;
  static _Thread_local int empty_polls;
  if (progress == NULL) progress = find_progress();
  unsigned count = progress(worker);
  if (count > 0) {
    empty_polls = 0;
  } else if (++empty_polls < 30) {
    sched_yield();
  } else {
    const struct timespec pause = {0, 20000};
    nanosleep(&pause, NULL);
  }
  return count;
}
