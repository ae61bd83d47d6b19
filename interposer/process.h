// SPDX-License-Identifier: Apache-2.0
// The state of the recorder that is one for the whole process. Everything hot lives in ThreadRecorder instead.
#pragma once

#include <atomic>
#include <cstdint>
#include <pthread.h>

#include "interposer/log_file.h"
#include "interposer/options.h"
#include "translator/abi.h"

namespace tulkki {

enum class ProcessMode : int {
  fresh = 0,    // no MPI call was made yet
  passing = 1,  // calls go straight through: recording is switched off, failed, or over (also in forked children)
  recording = 2,
};

inline constexpr std::uint64_t kDatatypeGeneration = 1, kContextGeneration = 1ull << 32;

struct Process {
  std::atomic<ProcessMode> mode{ProcessMode::fresh};
  // Raised whenever a handle may come to mean another object; threads then forget what they cached about handles.
  // Contexts count in the upper half, datatypes in the lower: types come and go more often.
  std::atomic<std::uint64_t> handle_generation{kContextGeneration | kDatatypeGeneration};
  bool mpi_usable = false;          // between MPI_Init and MPI_Finalize: asking the library about handles is allowed
  bool use_tsc = false;
  int world_rank = -1;
  int world_size = -1;
  Abi abi{};
  Options options;
  LogFile log;
  std::atomic<std::uint32_t> threads{0};
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;   // cold paths: definitions, contexts, sites, new chunks
};

extern constinit Process g_process;

class Locked {
 public:
  Locked() { pthread_mutex_lock(&g_process.mutex); }
  ~Locked() { pthread_mutex_unlock(&g_process.mutex); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;
};

}  // namespace tulkki
