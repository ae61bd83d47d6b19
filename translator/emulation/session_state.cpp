// SPDX-License-Identifier: Apache-2.0
// Open sessions and the life of the backend under them. A backend of the world model starts once only, so that it ends
// with the process: sessions may come again.
#include "translator/emulation/session_state.h"

#include <cstdlib>
#include <cstring>
#include <pthread.h>

#include "translator/backend_functions.h"
#include "translator/emulation/copied_send.h"

namespace tulkki {

World g_world{};

namespace {

constexpr std::uint64_t kOpen = 0x6e6f697373655300;
pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
int g_open = 0;
struct Handler {
  Handler* next;
  Word error_handler;
  void* function;
};
Handler* g_handlers = nullptr;   // the newest first; never freed

bool asks(Procedure procedure) {
  int flag = 0;
  backend_function<int (*)(int*)>(procedure)(&flag);
  return flag != 0;
}

// Not for a process that ends in the middle of things: MPI_Finalize would wait for the others.
void end_backend() {
  if (g_open != 0 || (g_world.initialized && !g_world.finalized) || asks(Procedure::MPI_Finalized)) return;
  finish_copied_sends();
  backend_function<int (*)()>(Procedure::MPI_Finalize)();
}

bool start_backend(int thread_level) {
  if (asks(Procedure::MPI_Finalized)) return false;
  if (asks(Procedure::MPI_Initialized)) return true;
  int provided = 0;
  if (backend_function<int (*)(int*, void*, int, int*)>(Procedure::MPI_Init_thread)(nullptr, nullptr, thread_level,
                                                                                    &provided) != 0)
    return false;
  g_world.started_by_session = true;
  std::atexit(end_backend);
  return true;
}

}  // namespace

int process_set_by_name(const char* name) {
  for (int number = 0; number < kProcessSetCount; ++number)
    if (std::strcmp(kProcessSets[number].name, name) == 0) return number;
  return -1;
}

void start_for_sessions(int back_thread_level) {
  pthread_mutex_lock(&g_mutex);
  start_backend(back_thread_level);
  pthread_mutex_unlock(&g_mutex);
}

Session* start_session(int back_thread_level, Word error_handler) {
  pthread_mutex_lock(&g_mutex);
  auto* session = static_cast<Session*>(std::calloc(1, sizeof(Session)));
  if (session != nullptr && !start_backend(back_thread_level)) {
    std::free(session);
    session = nullptr;
  }
  if (session != nullptr) {
    session->mark = kOpen;
    session->error_handler = error_handler;
    g_open += 1;
  }
  pthread_mutex_unlock(&g_mutex);
  return session;
}

// Its memory stays: the program may still have copies of the handle.
void end_session(Session* session) {
  pthread_mutex_lock(&g_mutex);
  session->mark = 0;
  g_open -= 1;
  pthread_mutex_unlock(&g_mutex);
}

Session* known_session(Word session) {
  auto* known = reinterpret_cast<Session*>(session);
  return session >= 4096 && (session & 15) == 0 && known->mark == kOpen ? known : nullptr;
}

void note_session_handler(Word error_handler, void* function) {
  auto* handler = static_cast<Handler*>(std::malloc(sizeof(Handler)));
  if (handler == nullptr) return;
  pthread_mutex_lock(&g_mutex);
  *handler = {g_handlers, error_handler, function};
  __atomic_store_n(&g_handlers, handler, __ATOMIC_RELEASE);
  pthread_mutex_unlock(&g_mutex);
}

void* function_of_handler(Word error_handler) {
  for (const Handler* handler = __atomic_load_n(&g_handlers, __ATOMIC_ACQUIRE); handler != nullptr; handler = handler->next)
    if (handler->error_handler == error_handler) return handler->function;
  return nullptr;
}

int tag_of_text(const char* text) {
  std::uint32_t hash = 2166136261u;
  for (; *text != '\0'; ++text) hash = (hash ^ static_cast<unsigned char>(*text)) * 16777619u;
  return static_cast<int>((hash ^ hash >> 15) & 0x7fff);   // every backend has so many tags
}

}  // namespace tulkki
