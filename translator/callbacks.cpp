// SPDX-License-Identifier: Apache-2.0
// Trampolines and records of callbacks, each found again by its contents.
#include "translator/callbacks.h"

#include <cstring>
#include <initializer_list>
#include <pthread.h>
#include <sys/mman.h>

#include "translator/memory.h"
#include "translator/predefined.h"

namespace tulkki {
namespace {

pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;

struct Locked {
  Locked() { pthread_mutex_lock(&g_mutex); }
  ~Locked() { pthread_mutex_unlock(&g_mutex); }
};

std::uint64_t hash_words(const std::uint64_t* words, int count) {
  std::uint64_t hash = 0x9e3779b97f4a7c15u;
  for (int i = 0; i < count; ++i) hash = (hash ^ words[i]) * 0x2545f4914f6cdd1du, hash ^= hash >> 29;
  return hash;
}

// Records found by their first words; `Record` begins with them.
template <class Record, int kWords>
class Interned {
 public:
  // The record with these words, or a new one, zero behind them; null without memory.
  Record* find_or_make(const std::uint64_t* words) {
    if (2 * count_ >= size_ && !grow()) return nullptr;
    Record*& place = find(words);
    if (place == nullptr) {
      if (left_ == 0) {
        pool_ = static_cast<Record*>(map_pages(sizeof(Record) * kPool));
        if (pool_ == nullptr) return nullptr;
        left_ = kPool;
      }
      place = pool_++;
      left_ -= 1;
      count_ += 1;
      std::memcpy(static_cast<void*>(place), words, sizeof(std::uint64_t) * kWords);
    }
    return place;
  }

 private:
  static constexpr int kPool = 1024;
  Record*& find(const std::uint64_t* words) {
    std::uint64_t place = hash_words(words, kWords) % size_;
    while (table_[place] != nullptr && std::memcmp(table_[place], words, sizeof(std::uint64_t) * kWords) != 0)
      place = (place + 1) % size_;
    return table_[place];
  }
  bool grow() {
    Record** const old = table_;
    const std::uint64_t old_size = size_;
    auto** table = static_cast<Record**>(map_pages(sizeof(Record*) * (size_ == 0 ? 1024 : size_ * 2)));
    if (table == nullptr) return false;
    table_ = table;
    size_ = old_size == 0 ? 1024 : old_size * 2;
    for (std::uint64_t i = 0; i < old_size; ++i)
      if (old[i] != nullptr) find(reinterpret_cast<const std::uint64_t*>(old[i])) = old[i];
    if (old != nullptr) munmap(old, sizeof(Record*) * old_size);
    return true;
  }
  Record** table_ = nullptr;
  std::uint64_t size_ = 0, count_ = 0;
  Record* pool_ = nullptr;
  int left_ = 0;
};

struct Trampoline {
  std::uint64_t target, function;
  void* code;
};
Interned<Trampoline, 2> g_trampolines;
Interned<KeyvalState, 3> g_keyval_states;

constexpr std::size_t kCodeBytes = 32, kPageBytes = 4096;
unsigned char* g_code = nullptr;
std::size_t g_code_left = 0;

#if defined(__x86_64__)
// mov r8, function; mov rax, target; jmp rax. r8 is the fifth argument.
void write_code(unsigned char* code, std::uint64_t target, std::uint64_t function) {
  const unsigned char move_r8[] = {0x49, 0xb8}, move_rax[] = {0x48, 0xb8}, jump[] = {0xff, 0xe0};
  std::memcpy(code, move_r8, 2);
  std::memcpy(code + 2, &function, 8);
  std::memcpy(code + 10, move_rax, 2);
  std::memcpy(code + 12, &target, 8);
  std::memcpy(code + 20, jump, 2);
}
#elif defined(__aarch64__)
// ldr x4, function; ldr x16, target; br x16. x4 is the fifth argument.
void write_code(unsigned char* code, std::uint64_t target, std::uint64_t function) {
  const std::uint32_t instructions[] = {0x58000084, 0x580000b0, 0xd61f0200, 0xd503201f};
  std::memcpy(code, instructions, 16);
  std::memcpy(code + 16, &function, 8);
  std::memcpy(code + 24, &target, 8);
  __builtin___clear_cache(reinterpret_cast<char*>(code), reinterpret_cast<char*>(code) + kCodeBytes);
}
#else
#error "a trampoline for this processor is missing"
#endif

// A page is writable only while one more trampoline is put into it.
void* make_code(std::uint64_t target, std::uint64_t function) {
  if (g_code_left == 0) {
    void* page = map_pages(kPageBytes);
    if (page == nullptr) return nullptr;
    g_code = static_cast<unsigned char*>(page);
    g_code_left = kPageBytes / kCodeBytes;
  } else if (mprotect(reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(g_code) & ~(kPageBytes - 1)), kPageBytes,
                      PROT_READ | PROT_WRITE | PROT_EXEC) != 0) {
    return nullptr;
  }
  unsigned char* code = g_code;
  write_code(code, target, function);
  g_code += kCodeBytes;
  g_code_left -= 1;
  auto* page = reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(code) & ~(kPageBytes - 1));
  return mprotect(page, kPageBytes, PROT_READ | PROT_EXEC) == 0 ? code : nullptr;
}

Interned<OperationFunction, 1> g_operation_functions;
OperationObject *g_first_free = nullptr, *g_last_free = nullptr;
int g_free_count = 0;
static_assert(offsetof(OperationObject, marks) == 84);
Interned<CxxOperationFunction, 2> g_cxx_operations;
ErrhandlerObject* g_newest_errhandler = nullptr;
static_assert(offsetof(ErrhandlerObject, dispatch) == 0x78);

constexpr int kFunctions = 12;
const void* g_null_functions[kFunctions];
const void* g_duplicate_functions[kFunctions];

void add_function(const void** list, const char* name) {
  const void* found = find_front_symbol(name);
  if (found == nullptr) return;
  while (*list != nullptr) ++list;
  *list = found;
}

bool is_in(const void* const* list, const void* function) {
  for (int i = 0; i < kFunctions && list[i] != nullptr; ++i)
    if (list[i] == function) return true;
  return false;
}

}  // namespace

OperationObject* make_operation(const void* function) {
  const Locked lock;
  const auto word = reinterpret_cast<std::uint64_t>(function);
  OperationFunction* known = g_operation_functions.find_or_make(&word);
  constexpr int kRest = 4096;   // so many are freed later before one is used again
  OperationObject* object = g_first_free;
  if (object != nullptr && g_free_count > kRest) {
    g_first_free = object->next_free;
    g_free_count -= 1;
  } else {
    static OperationObject* pool = nullptr;
    static int left = 0;
    if (left == 0) {
      pool = static_cast<OperationObject*>(map_pages(sizeof(OperationObject) * 256));
      left = pool == nullptr ? 0 : 256;
    }
    object = left == 0 ? nullptr : pool++;
    left -= left == 0 ? 0 : 1;
  }
  if (object == nullptr || known == nullptr) return nullptr;
  *object = {};
  object->function = function;
  known->latest = object;
  return object;
}

void free_operation(OperationObject* object) {
  const Locked lock;
  object->next_free = nullptr;
  if (g_first_free == nullptr) g_first_free = object;
  else g_last_free->next_free = object;
  g_last_free = object;
  g_free_count += 1;
}

OperationFunction* operation_function(const void* function) {
  const Locked lock;
  const auto word = reinterpret_cast<std::uint64_t>(function);
  return g_operation_functions.find_or_make(&word);
}

const CxxOperationFunction* cxx_operation_function(const void* function, const void* library_function) {
  const Locked lock;
  const std::uint64_t words[] = {reinterpret_cast<std::uint64_t>(function),
                                 reinterpret_cast<std::uint64_t>(library_function)};
  return g_cxx_operations.find_or_make(words);
}

ErrhandlerObject* make_errhandler_object(void* function) {
  const Locked lock;
  constexpr int kPool = 32;
  static ErrhandlerObject* pool = nullptr;
  static int left = 0;
  if (left == 0) {
    pool = static_cast<ErrhandlerObject*>(map_pages(sizeof(ErrhandlerObject) * kPool));
    if (pool == nullptr) return nullptr;
    left = kPool;
  }
  left -= 1;
  pool->function = function;
  pool->older = g_newest_errhandler;
  __atomic_store_n(&g_newest_errhandler, pool, __ATOMIC_RELEASE);
  return pool++;
}

const ErrhandlerObject* find_errhandler_object(std::uint64_t back) {
  const ErrhandlerObject* object = __atomic_load_n(&g_newest_errhandler, __ATOMIC_ACQUIRE);
  while (object != nullptr && object->back != back) object = object->older;
  return object;
}

bool is_null_function(const void* function) { return function == nullptr || is_in(g_null_functions, function); }
bool is_duplicate_function(const void* function) { return is_in(g_duplicate_functions, function); }

void find_attribute_functions(bool openmpi, bool mpich) {
  if (openmpi) {
    for (const char* name : {"OMPI_C_MPI_NULL_COPY_FN", "OMPI_C_MPI_NULL_DELETE_FN", "OMPI_C_MPI_COMM_NULL_COPY_FN",
                             "OMPI_C_MPI_COMM_NULL_DELETE_FN", "OMPI_C_MPI_TYPE_NULL_COPY_FN",
                             "OMPI_C_MPI_TYPE_NULL_DELETE_FN", "OMPI_C_MPI_WIN_NULL_COPY_FN", "OMPI_C_MPI_WIN_NULL_DELETE_FN"})
      add_function(g_null_functions, name);
    for (const char* name : {"OMPI_C_MPI_DUP_FN", "OMPI_C_MPI_COMM_DUP_FN", "OMPI_C_MPI_TYPE_DUP_FN", "OMPI_C_MPI_WIN_DUP_FN"})
      add_function(g_duplicate_functions, name);
  } else if (mpich) {
    add_function(g_duplicate_functions, "MPIR_Dup_fn");
  } else {
    g_duplicate_functions[0] = reinterpret_cast<const void*>(std::uintptr_t{1});
  }
}

void* trampoline(void* target, void* function) {
  const Locked lock;
  const std::uint64_t words[] = {reinterpret_cast<std::uint64_t>(target), reinterpret_cast<std::uint64_t>(function)};
  Trampoline* found = g_trampolines.find_or_make(words);
  if (found == nullptr) return nullptr;
  if (found->code == nullptr) found->code = make_code(words[0], words[1]);
  return found->code;
}

KeyvalState* keyval_state(const KeyvalState& wanted) {
  const Locked lock;
  std::uint64_t words[3];
  std::memcpy(words, &wanted, sizeof words);
  return g_keyval_states.find_or_make(words);
}

}  // namespace tulkki
