// SPDX-License-Identifier: Apache-2.0
// Offset by ping-pong: of several exchanges the quickest bounds the error best (Cristian, 1989). Leaders are
// synchronised along a binomial tree: in round k, leader i < 2^k, whose offset is known, serves leader i + 2^k.
#include "interposer/clock_sync.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include "interposer/ask.h"
#include "interposer/clock.h"
#include "interposer/memory.h"
#include "interposer/process.h"

namespace tulkki {
namespace {

Word g_comm = 0;
bool g_on_first_node = true;
bool g_on_one_node = true;

constexpr int kTag = 17;
constexpr int kExchanges = 20;

void send(const void* data, int bytes, int dest) {
  library_function<int (*)(const void*, int, Word, int, int, Word)>(Procedure::MPI_Send)(
      data, bytes, g_process.abi.byte, dest, kTag, g_comm);
}

void receive(void* data, int bytes, int source) {
  alignas(8) char status[kLargestStatusBytes];
  library_function<int (*)(void*, int, Word, int, int, Word, void*)>(Procedure::MPI_Recv)(
      data, bytes, g_process.abi.byte, source, kTag, g_comm, status);
}

void serve_clock(int client) {
  for (int i = 0; i < kExchanges; ++i) {
    char ping;
    receive(&ping, 1, client);
    const std::uint64_t now = read_ticks();
    send(&now, sizeof now, client);
  }
}

struct Offset {
  double ticks = 0;
  double deviation = 0;
};

Offset ask_clock(int server) {
  Offset best{};
  double quickest = 0, sum = 0, squares = 0;
  for (int i = 0; i < kExchanges; ++i) {
    const char ping = 0;
    std::uint64_t theirs;
    const std::uint64_t before = read_ticks();
    send(&ping, 1, server);
    receive(&theirs, sizeof theirs, server);
    const std::uint64_t after = read_ticks();
    const double round_trip = static_cast<double>(after - before);
    const double offset = static_cast<double>(static_cast<std::int64_t>(theirs - before)) - round_trip / 2;
    if (i == 0 || round_trip < quickest) {
      quickest = round_trip;
      best.ticks = offset;
    }
    sum += round_trip;
    squares += round_trip * round_trip;
  }
  // Half of the spread of the round trips: what the offset may be wrong by when the two ways are unequal.
  const double mean = sum / kExchanges, variance = squares / kExchanges - mean * mean;
  best.deviation = variance > 0 ? __builtin_sqrt(variance) / 2 : 0;
  return best;
}

Offset synchronise_leaders(const int* leaders, int count, int mine) {
  Offset offset;
  for (int step = 1; step < count; step *= 2) {
    if (mine < step) {
      if (mine + step < count) {
        serve_clock(leaders[mine + step]);
        send(&offset, sizeof offset, leaders[mine + step]);
      }
    } else if (mine < 2 * step) {
      const int server = leaders[mine - step];
      offset = ask_clock(server);
      Offset of_server;
      receive(&of_server, sizeof of_server, server);
      offset.ticks += of_server.ticks;
      offset.deviation = __builtin_sqrt(offset.deviation * offset.deviation + of_server.deviation * of_server.deviation);
    }
  }
  return offset;
}

void define_clock(const Offset& offset) {
  const raw::ClockDefinition definition{read_ticks(), static_cast<std::int64_t>(offset.ticks), offset.deviation};
  Locked lock;
  g_process.log.define(raw::DefinitionKind::clock, {{&definition, sizeof definition}});
}

void gather_all(const std::uint64_t& mine, std::uint64_t* all) {
  library_function<int (*)(const void*, int, Word, void*, int, Word, Word)>(Procedure::MPI_Allgather)(
      &mine, sizeof mine, g_process.abi.byte, all, sizeof mine, g_process.abi.byte, g_comm);
}

// Leaders are the lowest ranks of their nodes. Followers get their leader's offset.
Offset synchronise_nodes(const std::uint64_t* nodes, int ranks, int* leaders) {
  const int rank = g_process.world_rank;
  int count = 0, mine = -1, my_leader = -1;
  for (int i = 0; i < ranks; ++i) {
    bool seen = false;
    for (int known = 0; known < count && !seen; ++known) seen = nodes[leaders[known]] == nodes[i];
    if (!seen) leaders[count++] = i;
    if (my_leader < 0 && nodes[i] == nodes[rank]) my_leader = i;
    if (!seen && i == rank) mine = count - 1;
  }
  Offset offset;
  if (mine < 0) {
    receive(&offset, sizeof offset, my_leader);
    return offset;
  }
  offset = synchronise_leaders(leaders, count, mine);
  for (int i = rank + 1; i < ranks; ++i)
    if (nodes[i] == nodes[rank]) send(&offset, sizeof offset, i);
  return offset;
}

}  // namespace

std::uint64_t node_identity() {
  char text[128] = "";
  // Containers may share a kernel and not its clock, or the other way round; tests make two nodes of one machine.
  if (const char* given = std::getenv("TULKKI_NODE")) std::snprintf(text, sizeof text, "%s", given);
  const int descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
  if (descriptor >= 0 && text[0] == '\0') {
    [[maybe_unused]] const auto bytes = read(descriptor, text, 64);
  }
  if (descriptor >= 0) close(descriptor);
  if (text[0] == '\0') gethostname(text, sizeof text - 1);
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char* letter = text; *letter != '\0'; ++letter)
    hash = (hash ^ static_cast<unsigned char>(*letter)) * 0x100000001b3u;
  return hash;
}

// Not by MPI_Comm_dup: that uses up tags of MPI_COMM_WORLD which Open MPI takes for nonblocking collectives, and its
// MPI_Dist_graph_create fails to tell messages apart when those come to -50 (4.1). So the program finds the
// communicator as it would without us.
void open_private_communicator() {
  Word everybody = 0;
  library_function<int (*)(Word, Word*)>(Procedure::MPI_Comm_group)(g_process.abi.comm_world, &everybody);
  library_function<int (*)(Word, Word, int, Word*)>(Procedure::MPI_Comm_create_group)(g_process.abi.comm_world, everybody,
                                                                                     kTag, &g_comm);
  library_function<int (*)(Word*)>(Procedure::MPI_Group_free)(&everybody);
}

void close_private_communicator() {
  if (g_comm == 0) return;
  library_function<int (*)(Word*)>(Procedure::MPI_Comm_free)(&g_comm);
  g_comm = 0;
}

void share_from_first(void* data, std::size_t bytes) {
  library_function<int (*)(void*, int, Word, int, Word)>(Procedure::MPI_Bcast)(data, static_cast<int>(bytes),
                                                                               g_process.abi.byte, 0, g_comm);
}

void synchronise_clocks(const raw::FileHeader& header) {
  if (g_comm == 0) return;
  const int ranks = g_process.world_size;
  const std::size_t bytes = static_cast<std::size_t>(ranks) * (sizeof(std::uint64_t) + sizeof(int));
  auto* nodes = static_cast<std::uint64_t*>(map_memory(bytes));
  if (nodes == nullptr) return;
  gather_all(header.node_id, nodes);
  g_on_first_node = nodes[0] == header.node_id;
  g_on_one_node = true;
  for (int i = 1; i < ranks; ++i) g_on_one_node = g_on_one_node && nodes[i] == nodes[0];
  Offset offset;
  if (!g_on_one_node) offset = synchronise_nodes(nodes, ranks, reinterpret_cast<int*>(nodes + ranks));
  define_clock(offset);
  unmap_memory(nodes, bytes);
}

bool on_first_node() { return g_on_first_node; }
bool on_one_node() { return g_on_one_node; }

}  // namespace tulkki
