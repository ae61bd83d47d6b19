// SPDX-License-Identifier: Apache-2.0
// Start of recording at the first MPI call, identity of the launch at MPI_Init, end at MPI_Finalize and exit.
#include "interposer/lifecycle.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <link.h>
#include <unistd.h>

#include "interposer/ask.h"
#include "interposer/clock_sync.h"
#include "interposer/contexts.h"
#include "interposer/entry.h"
#include "interposer/hand_over.h"
#include "interposer/load.h"
#include "interposer/own_cost.h"
#include "interposer/properties.h"
#include "interposer/sites.h"
#include "interposer/transport.h"

namespace tulkki {
namespace {

pid_t g_owner = 0;
std::atomic<int> g_sessions{0};

// The child shares the parent's log; it must not write there. It is not a process of the MPI job either.
void stop_in_child() {
  g_process.mode.store(ProcessMode::passing);
  g_process.log.header = nullptr;
  tls_recorder = nullptr;
  pthread_mutex_init(&g_process.mutex, nullptr);
}

bool open_log() {
  const Options& options = g_process.options;
  char directory[PATH_MAX];
  if (options.run_directory[0] != '\0') std::snprintf(directory, sizeof directory, "%s", options.run_directory);
  else std::snprintf(directory, sizeof directory, "%.*s/starting", PATH_MAX - 16, options.base_directory);
  if (options.run_directory[0] == '\0' && options.base_is_default && !make_private_directory(options.base_directory)) return false;
  if (!g_process.log.create(directory)) return false;
  raw::FileHeader& header = *g_process.log.header;
  header.table_hash = kApiTableHash;
  header.abi = static_cast<raw::Abi>(g_process.abi.name);
  header.node_id = node_identity();
  header.trace_enabled = options.trace ? 1 : 0;
  header.trace_limit_bytes = options.trace_limit_bytes;
  start_clock(header);
  return true;
}

// Equal on all ranks: rank 0's start time and process. Also names the folder of the raw logs.
struct LaunchIdentity {
  char run_id[64];
};

LaunchIdentity make_launch_identity() {
  LaunchIdentity identity{};
  const std::time_t now = static_cast<std::time_t>(realtime_ns() / 1'000'000'000);
  struct tm parts;
  gmtime_r(&now, &parts);
  const std::size_t length = std::strftime(identity.run_id, sizeof identity.run_id, "%Y%m%d-%H%M%S", &parts);
  const auto unique = (static_cast<unsigned long long>(realtime_ns()) * 0x9e3779b97f4a7c15u) ^
                      static_cast<unsigned long long>(getpid()) << 17 ^ node_identity();
  std::snprintf(identity.run_id + length, sizeof identity.run_id - length, "-%08llx", unique >> 32);
  return identity;
}

int launcher_rank() {
  for (const char* name : {"PMI_RANK", "OMPI_COMM_WORLD_RANK", "PMIX_RANK", "SLURM_PROCID"})
    if (const char* value = std::getenv(name)) return std::atoi(value);
  return 0;
}

void file_under_run(const char* run_id) {
  const Options& options = g_process.options;
  if (options.run_directory[0] != '\0') return;
  char directory[PATH_MAX], name[64];
  std::snprintf(directory, sizeof directory, "%.*s/%s", PATH_MAX - 80, options.base_directory, run_id);
  std::snprintf(name, sizeof name, "rank-%06d.tulkki-raw", g_process.world_rank);
  Locked lock;
  g_process.log.move_to(directory, name);
}

void join_world() {
  raw::FileHeader& header = *g_process.log.header;
  const Abi& abi = g_process.abi;
  {
    Locked lock;
    define_world();
  }
  header.world_rank = g_process.world_rank = ask::comm_rank(abi.comm_world);
  header.world_size = g_process.world_size = ask::comm_size(abi.comm_world);
  library_function<int (*)(std::uint32_t*)>(Procedure::MPI_Query_thread)(&header.thread_level);
  LaunchIdentity identity{};
  if (g_process.world_rank == 0) identity = make_launch_identity();
  open_private_communicator();
  share_from_first(&identity, sizeof identity);
  std::memcpy(header.run_id, identity.run_id, sizeof header.run_id);
  file_under_run(header.run_id);
  synchronise_clocks(header);
}

void join_sessions() {
  raw::FileHeader& header = *g_process.log.header;
  header.world_rank = g_process.world_rank = launcher_rank();
  const char* directory = g_process.options.run_directory;
  const char* last = std::strrchr(directory, '/');
  if (directory[0] != '\0')
    std::snprintf(header.run_id, sizeof header.run_id, "session-%.50s", last != nullptr ? last + 1 : directory);
  else
    std::snprintf(header.run_id, sizeof header.run_id, "session-%.32s-%d", header.host, static_cast<int>(getppid()));
  file_under_run(header.run_id);
}

int names_mpi(struct dl_phdr_info* object, std::size_t, void*) {
  const char* slash = std::strrchr(object->dlpi_name, '/');
  const char* name = slash != nullptr ? slash + 1 : object->dlpi_name;
  for (const char* stem : {"libmpi.so", "libmpich.so", "libmpi_abi.so"})
    if (std::strncmp(name, stem, std::strlen(stem)) == 0) return 1;
  return 0;
}

bool has_mpi_library() { return dl_iterate_phdr(names_mpi, nullptr) != 0; }

// Runs when the process exits by returning from main or by exit().
[[gnu::destructor]] void close_process() {
  if (g_process.mode.load() == ProcessMode::fresh && has_mpi_library()) leave_mark(raw::kUnseenMark);
  if (g_process.mode.load() != ProcessMode::recording || getpid() != g_owner) return;
  g_process.mode.store(ProcessMode::passing);
  tls_recorder = nullptr;
  raw::FileHeader& header = *g_process.log.header;
  g_process.log.refresh_header();
  header.close_ticks = read_ticks();
  const bool finalized = header.finalize_end_ticks != 0;
  __atomic_store_n(reinterpret_cast<std::uint32_t*>(&header.state),
                   static_cast<std::uint32_t>(raw::ProcessState::closed), __ATOMIC_RELEASE);
  if (finalized) hand_over_log();
  else if (header.init_end_ticks != 0) say_where_log_lies("MPI_Finalize was not called");
}

}  // namespace

void start_process(const void* site) {
  Locked lock;
  if (g_process.mode.load() != ProcessMode::fresh) return;
  const Found found = find_backend(g_process.abi, site);
  if (found == Found::nothing) return;   // a question before the library is opened: the next call looks again
  const bool known = found == Found::known;
  g_process.options.read();
  if (known) ask_for_transport();
  if (!known || !g_process.options.record || !open_log()) {
    let_all_pass();
    g_process.mode.store(ProcessMode::passing);
    return;
  }
  g_owner = getpid();
  refresh_process_load(*g_process.log.header);
  read_host_load(g_process.log.header->host_start);
  pthread_atfork(nullptr, nullptr, stop_in_child);
  prepare_stacks();
  define_properties();
  measure_own_cost(*g_process.log.header);
  g_process.mode.store(ProcessMode::recording, std::memory_order_release);
}

void process_initialized(const Call& call, bool world) {
  raw::FileHeader& header = *g_process.log.header;
  g_process.mpi_usable = true;
  if (!world) g_sessions += 1;
  if (world) join_world();
  else if (header.state == raw::ProcessState::started) join_sessions();
  if (header.init_end_ticks == 0) {
    header.init_begin_ticks = call.start_ticks;
    header.init_end_ticks = call.stop_ticks;
  }
  header.state = raw::ProcessState::initialized;
  g_process.log.refresh_header();
  Locked lock;
  define_affinity();
}

void process_finalizing() {
  if (g_process.log.header == nullptr) return;
  verify_transport();
  if (g_process.world_size > 0) {
    synchronise_clocks(*g_process.log.header);
    close_private_communicator();
  }
  g_process.log.refresh_header();
}

void process_finalized(const Call& call) {
  raw::FileHeader& header = *g_process.log.header;
  g_process.mpi_usable = false;
  header.finalize_begin_ticks = call.start_ticks;
  header.finalize_end_ticks = call.stop_ticks;
  if (header.host_start.ticks != 0) read_host_load(header.host_end);
  g_process.log.refresh_header();   // before the state: the load's last reading belongs to MPI_Finalize
  header.state = raw::ProcessState::finalized;
}

void session_finalized(const Call& call) {
  if (g_sessions.fetch_sub(1) == 1 && g_process.world_size < 0) process_finalized(call);
}

void process_aborting(int code) {
  raw::FileHeader& header = *g_process.log.header;
  header.abort_called = 1;
  header.abort_code = code;
  g_process.log.refresh_header();
  say_where_log_lies("MPI_Abort was called");
}

}  // namespace tulkki
