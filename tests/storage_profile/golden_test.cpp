// SPDX-License-Identifier: Apache-2.0
// One synthetic launch with everything the tables can hold, compared with a committed dump. After an intended change:
// TULKKI_REFRESH_GOLDEN=1 test_storage_profile --gtest_filter='Golden.*', and look at the difference.
#include <gtest/gtest.h>

#include <cstdlib>

#include "storage/recover.h"
#include "tests/storage_profile/support.h"

namespace tulkki::test {
namespace {

constexpr std::uint32_t kHalf = 5, kWindow = 6, kBridge = 7, kFile = 8;

void add_properties(RawLogBuilder& log) {
  log.property("program", "/usr/bin/ring");
  log.property("arguments", "ring 'two words' 3");
  log.property("working_directory", "/home/user");
  log.property("library_version", "Open MPI v4.1.4, package: Debian\nsecond line");
  log.property("library_path", "/usr/lib/libmpi.so.40");
  log.property("label", "golden");
  log.property("repetition", "2");
  log.property("kernel", "Linux 6.1");
  log.property("cpu", "Test CPU");
  log.property("thread_level", "multiple");
  log.property("tulkki_version", "0.1.0");
  log.property("trace", "0");
  log.property("governor", "performance");
  log.property("frequency_driver", "acpi-cpufreq");
  log.property("threads_per_core", "2");
  log.property("affinity", "0-2,5");
  log.header.load_start = {1000, 5'000'000, 1'000'000, 10, 1, 500, 2, 0};
  // User time that runs backwards is not believed.
  log.header.load_latest = {1'000'000, 905'000, 1'400'000, 12, 4, 900, 5, 0};
  log.header.host_start = {1000, 50'000'000'000, 90'000'000'000, 10'000'000, 0.25, 2, 8, 2'000'000'000, 3'500'000'000};
  log.header.host_end = {1'000'000, 51'000'000'000, 92'000'000'000, 40'000'000, 1.5, 3, 8, 0, 3'500'000'000};
  log.property("environment.OMPI_MCA_btl", "self,vader");
}

void add_contexts(RawLogBuilder& log, int rank) {
  // Ranks 3, 2, 1, 0 in reverse order; two halves joined by an intercommunicator.
  log.context(kHalf, raw::ContextKind::communicator, 50, raw::kContextWorld, 3 - rank, 4, "reversed");
  log.context(kWindow, raw::ContextKind::window, 60, raw::kContextWorld, rank, 4, "halo");
  log.context(kBridge, raw::ContextKind::intercommunicator, 70, kHalf, rank % 2, 2, "", 2, rank / 2);
  log.context(kFile, raw::ContextKind::file, 80, raw::kContextWorld, rank, 4, "/tmp/out.dat");
}

void add_sites(RawLogBuilder& log) {
  log.module(1, "/nowhere/ring");
  log.site(1, {{1, 0x1000}, {1, 0x2000}});
  log.site(2, {{1, 0x3000}});
}

// Rank 0: every kind of peer, merged keys, two threads.
RawLogBuilder rank_0() {
  RawLogBuilder log(0, 4);
  add_properties(log);
  add_contexts(log, 0);
  add_sites(log);
  ThreadBuilder& main = log.thread(0);
  main.call({.procedure = Procedure::MPI_Send,
             .start = 3000,
             .end = 3100,
             .peer = 1,
             .context = kHalf,
             .tag = 7,
             .sent = 100,
             .site = 1});
  main.call({.procedure = Procedure::MPI_Send,
             .start = 3200,
             .end = 3500,
             .peer = 1,
             .context = kHalf,
             .tag = 7,
             .sent = 100,
             .site = 1});
  main.call({.procedure = Procedure::MPI_Send,
             .start = 3600,
             .end = 3604,
             .peer = raw::kPeerNull,
             .context = raw::kContextWorld,
             .tag = 7,
             .site = 2});
  main.call({.procedure = Procedure::MPI_Send,
             .start = 3610,
             .end = 3620,
             .peer = 1,
             .context = kBridge,
             .tag = 7,
             .sent = 8,
             .site = 2});
  main.call({.procedure = Procedure::MPI_Irecv,
             .start = 4000,
             .end = 4010,
             .peer = raw::kPeerAny,
             .context = raw::kContextWorld,
             .tag = raw::kTagAny,
             .site = 2});
  // The bytes that the Irecv got in the end, booked under its true source.
  raw::KeyRecord& transfer =
      main.key(main.key_number(Procedure::MPI_Irecv, 3, raw::kContextWorld, 2, 7, raw::kKeyTransfer));
  transfer.bytes_received = 64;
  transfer.messages_received = 1;
  // Called through Fortran: the same identity as above otherwise, so one row with it.
  const std::uint32_t fortran = main.key_number(Procedure::MPI_Send, 1, kHalf, 1, 7, raw::kKeyFortran);
  main.add_duration(fortran, 50);
  main.key(fortran).bytes_sent = 100;
  main.key(fortran).messages_sent = 1;
  main.call(
      {.procedure = Procedure::MPI_Bcast, .start = 5000, .end = 5500, .peer = 3, .context = kHalf, .received = 4096});
  raw::KeyRecord& put = main.key(main.key_number(Procedure::MPI_Put, 2, kWindow, 2, 11));
  put = {.procedure = put.procedure,
         .size_class = 11,
         .flags = 0,
         .peer = 2,
         .context = kWindow,
         .site = 2,
         .calls = 3,
         .ticks_sum = 90,
         .ticks_min = 20,
         .ticks_max = 40,
         .bytes_sent = 3072,
         .bytes_received = 0,
         .messages_sent = 3,
         .messages_received = 0,
         .last_sent = 0,
         .last_received = 0,
         .last_tag = 0,
         .last_chunk = 0,
         .errors = 1,
         .reserved0 = 0,
         .octave_block = {},
         .reserved1 = {}};
  raw::KeyRecord& get = main.key(main.key_number(Procedure::MPI_Get, 2, kWindow, 2, 4));
  get.calls = 1;
  get.bytes_received = 8;
  get.messages_sent = 1;
  ThreadBuilder& second = log.thread(1);
  second.call({.procedure = Procedure::MPI_Send,
               .start = 3000,
               .end = 3100,
               .peer = 1,
               .context = kHalf,
               .tag = 7,
               .sent = 100,
               .site = 1});
  return log;
}

// Ranks 1 and 3: plain; rank 3 lives on another node, whose clock ticks twice a nanosecond.
RawLogBuilder plain_rank(int rank) {
  RawLogBuilder log(rank, 4);
  add_contexts(log, rank);
  if (rank == 3) {
    log.header.node_id = 78;
    std::snprintf(log.header.host, sizeof(log.header.host), "beta");
    log.header.ticks_per_ns = 2;
    log.header.events_dropped = 1000;
    log.header.loss = raw::LossReason::trace_limit;
    log.header.peak_memory_bytes = 12345678;
    log.header.user_cpu_ns = 800;
    log.header.system_cpu_ns = 200;
  }
  log.thread(0).call({.procedure = Procedure::MPI_Recv,
                      .start = 3000,
                      .end = 4000,
                      .peer = 0,
                      .context = raw::kContextWorld,
                      .tag = 7,
                      .received = 100});
  return log;
}

// Rank 2 was killed: its last record is its last sign of life.
RawLogBuilder killed_rank() {
  RawLogBuilder log(2, 4);
  add_contexts(log, 2);
  log.header.state = raw::ProcessState::initialized;
  log.header.finalize_begin_ticks = log.header.finalize_end_ticks = log.header.close_ticks = 0;
  log.header.latest_ticks = 0;
  log.header.latest_realtime_ns = 0;
  log.property("affinity", "7");
  log.header.load_start = {1000, 1'000'000, 1'000'000, 10, 1, raw::kLoadUnknown, 7, 0};
  log.header.load_latest = {301'000, 1'200'000, 1'050'000, 11, 3, raw::kLoadUnknown, -1, 0};
  log.thread(0).call(
      {.procedure = Procedure::MPI_Barrier, .start = 500'000, .end = 600'000, .context = raw::kContextWorld});
  return log;
}

const char* const kDump[][2] = {
    {"run",
     "SELECT run_id, launch, label, program, arguments, working_directory, backend, backend_version, "
     "backend_library, front, translated, transport, transport_verified, ranks, nodes, thread_level, kernel, "
     "cpu, repetition, started_at, wall_ns, outcome, exit_code, own_cost_ns, clock_resolution_ns, trace_path, "
     "events, events_dropped, loss, tulkki_version FROM run"},
    {"run_property", "SELECT * FROM run_property"},
    {"process", "SELECT * FROM process"},
    {"procedure", "SELECT name, family FROM procedure ORDER BY name"},
    {"call_site", "SELECT site_id, run_id, replace(stack, char(10), ' < ') FROM call_site"},
    {"context", "SELECT * FROM context"},
    {"call",
     "SELECT rank, thread, name, site_id, context_id, peer, size_class, calls, errors, time_ns, min_ns, "
     "max_ns, bytes_sent, bytes_received, messages_sent, messages_received, histogram "
     "FROM call JOIN procedure USING (procedure_id) "
     "ORDER BY rank, thread, name, site_id, context_id, peer, size_class"},
    {"process_load", "SELECT * FROM process_load"},
    {"host_load", "SELECT * FROM host_load"},
    {"matrix", "SELECT * FROM matrix"},
    {"profile", "SELECT * FROM profile ORDER BY rank, procedure"},
    {"runs", "SELECT * FROM runs"},
};

TEST(Golden, EveryTableOfASyntheticLaunch) {
  const ScratchDirectory scratch;
  std::filesystem::create_directory(scratch / "raw");
  rank_0().write(scratch / "raw/0.tulkki-raw");
  plain_rank(1).write(scratch / "raw/1.tulkki-raw");
  killed_rank().write(scratch / "raw/2.tulkki-raw");
  plain_rank(3).write(scratch / "raw/3.tulkki-raw");
  RecoverOptions options;
  options.directories = {scratch / "raw"};
  options.database = scratch / "golden.db";
  options.exit_code = 137;
  const Result<RecoverSummary> summary = recover(options);
  ASSERT_TRUE(summary) << summary.message();
  EXPECT_TRUE(summary->warnings.empty()) << summary->warnings.front();
  std::string text;
  for (const auto& [table, sql] : kDump) {
    text += std::string("# ") + table + "\n" + query_text(options.database, sql) + "\n";
  }
  const std::string golden = SOURCE_FOLDER "/golden.expected";
  if (std::getenv("TULKKI_REFRESH_GOLDEN") != nullptr) write_file(golden, text);
  EXPECT_EQ(text, read_file(golden));
  // For the examples in docs/, which docs_test.py runs on this database.
  if (const char* copy = std::getenv("TULKKI_KEEP_GOLDEN")) std::filesystem::copy_file(options.database, copy);
}

}  // namespace
}  // namespace tulkki::test
