// SPDX-License-Identifier: Apache-2.0
// Registry of communicators, windows and files.
#include "interposer/contexts.h"

#include <cstring>

#include "interposer/ask.h"
#include "interposer/memory.h"
#include "interposer/process.h"

namespace tulkki {
namespace {

struct Identity {
  std::uint64_t words[2];
};

struct Registered {
  Registered* next;              // in its bucket
  Word handle;
  ContextClass kind;
  std::uint32_t number;
  Identity identity;
  std::uint32_t children;   // made from it collectively so far
  Neighborhood neighborhood;
  bool neighborhood_known;
  bool referenced;          // freed, but requests are still under way on it
};

// Handles of contexts that are being freed: no address and no 32-bit number looks like this.
constexpr Word kBuried = 0xf1f1'0000'0000'0000u;
bool is_buried(Word handle) { return (handle & 0xffff'0000'0000'0000u) == kBuried; }

// How often the same thing was made before by the same processes.
struct Occurrence {
  Occurrence* next;
  Identity what;
  std::uint32_t count;
};

constexpr std::size_t kBuckets = 4096;
Registered* g_buckets[kBuckets];
Registered* g_free_entries = nullptr;
Occurrence* g_occurrences[256];
std::uint32_t g_last_number = raw::kContextSelf;
Word g_world_group = 0;

std::uint64_t scramble(std::uint64_t value) {
  value ^= value >> 31;
  value *= 0x7fb5d329728ea185u;
  value ^= value >> 27;
  value *= 0x81dadef4bc2dd44du;
  return value ^ value >> 33;
}

Identity combine(Identity identity, std::uint64_t value) {
  identity.words[0] = scramble(identity.words[0] * 0x9e3779b97f4a7c15u + value + 1);
  identity.words[1] = scramble(identity.words[1] * 0xc2b2ae3d27d4eb4fu ^ (value + 0x165667b19e3779f9u));
  return identity;
}

std::size_t bucket_of(ContextClass kind, Word handle) {
  return scramble(handle ^ static_cast<std::uint64_t>(kind) << 60) % kBuckets;
}

Registered* find(ContextClass kind, Word handle) {
  for (Registered* entry = g_buckets[bucket_of(kind, handle)]; entry != nullptr; entry = entry->next)
    if (entry->handle == handle && entry->kind == kind) return entry;
  return nullptr;
}

void unlink_entry(ContextClass kind, Word handle) {
  for (Registered** link = &g_buckets[bucket_of(kind, handle)]; *link != nullptr; link = &(*link)->next) {
    Registered* entry = *link;
    if (entry->handle != handle || entry->kind != kind) continue;
    *link = entry->next;
    entry->next = g_free_entries;
    g_free_entries = entry;
    return;
  }
}

// Puts an entry under another handle.
void move_entry(Registered* entry, Word handle) {
  Registered** link = &g_buckets[bucket_of(entry->kind, entry->handle)];
  while (*link != entry) link = &(*link)->next;
  *link = entry->next;
  entry->handle = handle;
  Registered*& bucket = g_buckets[bucket_of(entry->kind, handle)];
  entry->next = bucket;
  bucket = entry;
}

std::uint32_t count_occurrence(Identity what) {
  Occurrence*& bucket = g_occurrences[what.words[0] & 255];
  for (Occurrence* seen = bucket; seen != nullptr; seen = seen->next)
    if (std::memcmp(&seen->what, &what, sizeof what) == 0) return seen->count++;
  auto* fresh = static_cast<Occurrence*>(allocate_forever(sizeof(Occurrence)));
  if (fresh == nullptr) return 0;
  *fresh = {bucket, what, 1};
  bucket = fresh;
  return 0;
}

bool is_null(ContextClass kind, Word handle) {
  if (is_buried(handle)) return true;
  const Abi& abi = g_process.abi;
  switch (kind) {
    case ContextClass::communicator: return handle == abi.comm_null || handle == 0;
    case ContextClass::window: return handle == abi.window_null || handle == 0;
    case ContextClass::file: return handle == 0;
    case ContextClass::none: break;
  }
  return true;
}

Registered* insert(ContextClass kind, Word handle, Identity identity, std::uint32_t number) {
  unlink_entry(kind, handle);  // a stale one, if its release was not seen
  Registered* entry = g_free_entries;
  if (entry != nullptr) g_free_entries = entry->next;
  else entry = static_cast<Registered*>(allocate_forever(sizeof(Registered)));
  if (entry == nullptr) return nullptr;
  Registered*& bucket = g_buckets[bucket_of(kind, handle)];
  *entry = {bucket, handle, kind, number, identity, 0, {}, false, false};
  bucket = entry;
  return entry;
}

// World ranks of the first `count` members of a group; -1 for processes outside of MPI_COMM_WORLD.
void world_ranks(Word group, int count, int* ranks) {
  constexpr int kBatch = 256;
  int indices[kBatch];
  for (int done = 0; done < count; done += kBatch) {
    const int batch = count - done < kBatch ? count - done : kBatch;
    for (int i = 0; i < batch; ++i) indices[i] = done + i;
    if (g_world_group == 0) {
      for (int i = 0; i < batch; ++i) ranks[done + i] = -1;
      continue;
    }
    ask::translate_ranks(group, batch, indices, g_world_group, ranks + done);
    for (int i = 0; i < batch; ++i)
      if (ranks[done + i] < 0) ranks[done + i] = -1;
  }
}

int leader_of(Word group) {
  int rank = -1;
  if (group != 0 && ask::group_size(group) > 0) world_ranks(group, 1, &rank);
  return rank;
}

Identity hash_members(Identity identity, Word group) {
  const int size = ask::group_size(group);
  constexpr int kBatch = 256;
  int indices[kBatch], ranks[kBatch];
  for (int done = 0; done < size; done += kBatch) {
    const int batch = size - done < kBatch ? size - done : kBatch;
    for (int i = 0; i < batch; ++i) indices[i] = done + i;
    if (g_world_group == 0) break;
    ask::translate_ranks(group, batch, indices, g_world_group, ranks);
    for (int i = 0; i < batch; ++i) identity = combine(identity, static_cast<std::uint64_t>(ranks[i]));
  }
  return combine(identity, static_cast<std::uint64_t>(size));
}

std::uint32_t define(ContextClass kind, Word handle, Word comm, Identity identity, std::uint32_t parent,
                     std::uint32_t side, Procedure procedure, const char* name) {
  if (g_process.mode.load(std::memory_order_relaxed) != ProcessMode::recording) return 0;
  const std::uint32_t number = ++g_last_number;
  if (insert(kind, handle, identity, number) == nullptr) return 0;
  raw::ContextDefinition definition{};
  const bool inter = kind == ContextClass::communicator && ask::is_intercommunicator(comm);
  definition.context = number;
  definition.kind = kind == ContextClass::window ? raw::ContextKind::window
                    : kind == ContextClass::file ? raw::ContextKind::file
                    : inter                      ? raw::ContextKind::intercommunicator
                                                 : raw::ContextKind::communicator;
  definition.identity[0] = identity.words[0];
  definition.identity[1] = identity.words[1];
  definition.parent = parent;
  definition.rank = ask::comm_rank(comm);
  definition.size = ask::comm_size(comm);
  definition.remote_size = inter ? ask::remote_size(comm) : 0;
  definition.side = side;
  definition.procedure = static_cast<std::uint16_t>(procedure);
  definition.ticks = read_ticks();
  g_process.log.define(raw::DefinitionKind::context, {{&definition, sizeof definition}, {name, std::strlen(name) + 1}});
  return number;
}

// Leaders of both groups of an intercommunicator, the lower one first; side tells which is ours.
struct Leaders {
  int low, high;
  std::uint32_t side;
};
Leaders leaders_of(Word comm) {
  const Word local = ask::group_of(Procedure::MPI_Comm_group, comm);
  const Word remote = ask::group_of(Procedure::MPI_Comm_remote_group, comm);
  const int ours = leader_of(local), theirs = leader_of(remote);
  ask::free_group(local);
  ask::free_group(remote);
  if (static_cast<unsigned>(ours) <= static_cast<unsigned>(theirs)) return {ours, theirs, 0};
  return {theirs, ours, 1};
}

std::uint32_t define_communicator(Identity identity, Word created, std::uint32_t parent, Procedure procedure) {
  if (is_null(ContextClass::communicator, created)) return 0;
  std::uint32_t side = 0;
  if (ask::is_intercommunicator(created)) {
    const Leaders leaders = leaders_of(created);
    identity = combine(combine(identity, static_cast<unsigned>(leaders.low)), static_cast<unsigned>(leaders.high));
    side = leaders.side;
  } else {
    const Word group = ask::group_of(Procedure::MPI_Comm_group, created);
    identity = combine(identity, static_cast<unsigned>(leader_of(group)));
    ask::free_group(group);
  }
  return define(ContextClass::communicator, created, created, identity, parent, side, procedure, "");
}

std::uint32_t add_unknown(ContextClass kind, Word handle) {
  if (!g_process.mpi_usable) return 0;
  Word group = 0;
  if (kind == ContextClass::communicator) {
    if (g_world_group == 0) define_world();
    group = ask::group_of(Procedure::MPI_Comm_group, handle);
  } else {
    return 0;
  }
  Identity what = hash_members({{77, static_cast<std::uint64_t>(kind)}}, group);
  ask::free_group(group);
  what = combine(what, count_occurrence(what));
  return define_communicator(what, handle, 0, Procedure::none);
}

Registered* known(ContextClass kind, Word handle) {
  Registered* entry = find(kind, handle);
  if (entry != nullptr || is_null(kind, handle)) return entry;
  add_unknown(kind, handle);
  return find(kind, handle);
}

void define_predefined(Word handle, std::uint32_t number, Identity identity, int rank, int size, const char* name) {
  insert(ContextClass::communicator, handle, identity, number);
  raw::ContextDefinition definition{};
  definition.context = number;
  definition.kind = raw::ContextKind::communicator;
  definition.identity[0] = identity.words[0];
  definition.identity[1] = identity.words[1];
  definition.rank = rank;
  definition.size = size;
  definition.ticks = read_ticks();
  g_process.log.define(raw::DefinitionKind::context, {{&definition, sizeof definition}, {name, std::strlen(name) + 1}});
}

}  // namespace

void define_world() {
  const Abi& abi = g_process.abi;
  g_world_group = ask::group_of(Procedure::MPI_Comm_group, abi.comm_world);
  const int rank = ask::comm_rank(abi.comm_world), size = ask::comm_size(abi.comm_world);
  define_predefined(abi.comm_world, raw::kContextWorld, {{1, 0}}, rank, size, "MPI_COMM_WORLD");
  define_predefined(abi.comm_self, raw::kContextSelf, {{2, static_cast<std::uint64_t>(rank)}}, 0, 1, "MPI_COMM_SELF");
}

std::uint32_t context_number(ContextClass kind, Word handle) {
  if (kind == ContextClass::none) return 0;
  Locked lock;
  const Registered* entry = known(kind, handle);
  return entry == nullptr ? 0 : entry->number;
}

std::uint32_t add_communicator(Word parent, Word created, Procedure procedure) {
  Locked lock;
  Registered* entry = known(ContextClass::communicator, parent);
  const Identity from = entry == nullptr ? Identity{{3, 3}} : entry->identity;
  const std::uint32_t sequence = entry == nullptr ? count_occurrence({{3, 3}}) : entry->children++;
  return define_communicator(combine(from, sequence), created, entry == nullptr ? 0 : entry->number, procedure);
}

std::uint32_t add_group_communicator(Word parent, Word created, std::uint64_t tag, Procedure procedure) {
  Locked lock;
  if (is_null(ContextClass::communicator, created)) return 0;
  Registered* entry = is_null(ContextClass::communicator, parent) ? nullptr : known(ContextClass::communicator, parent);
  const Identity from = combine(entry == nullptr ? Identity{{4, 4}} : combine(entry->identity, 44), tag);
  Identity what;
  if (ask::is_intercommunicator(created)) {
    const Leaders leaders = leaders_of(created);
    what = combine(combine(from, static_cast<unsigned>(leaders.low)), static_cast<unsigned>(leaders.high));
  } else {
    const Word group = ask::group_of(Procedure::MPI_Comm_group, created);
    what = hash_members(from, group);
    ask::free_group(group);
  }
  what = combine(what, count_occurrence(what));
  return define_communicator(what, created, entry == nullptr ? 0 : entry->number, procedure);
}

std::uint32_t add_intercommunicator(Word parent, Word created, Procedure procedure) {
  Locked lock;
  if (is_null(ContextClass::communicator, created)) return 0;
  const Registered* entry = known(ContextClass::communicator, parent);
  const Leaders leaders = leaders_of(created);
  Identity what = combine(combine({{5, 5}}, static_cast<unsigned>(leaders.low)), static_cast<unsigned>(leaders.high));
  what = combine(what, count_occurrence(what));
  return define_communicator(what, created, entry == nullptr ? 0 : entry->number, procedure);
}

std::uint32_t add_window(Word comm, Word window, Procedure procedure) {
  Locked lock;
  Registered* entry = known(ContextClass::communicator, comm);
  if (entry == nullptr || is_null(ContextClass::window, window)) return 0;
  const Identity identity = combine(combine(entry->identity, entry->children++), 6);
  return define(ContextClass::window, window, comm, identity, entry->number, 0, procedure, "");
}

std::uint32_t add_file(Word comm, Word file, const char* name, Procedure procedure) {
  Locked lock;
  Registered* entry = known(ContextClass::communicator, comm);
  if (entry == nullptr || is_null(ContextClass::file, file)) return 0;
  const Identity identity = combine(combine(entry->identity, entry->children++), 7);
  return define(ContextClass::file, file, comm, identity, entry->number, 0, procedure, name == nullptr ? "" : name);
}

Word bury_context(ContextClass kind, Word handle) {
  Locked lock;
  Registered* entry = known(kind, handle);
  if (entry == nullptr || entry->number <= raw::kContextSelf) return handle;
  const Word buried = kBuried | entry->number;
  move_entry(entry, buried);
  for (ThreadRecorder* recorder = first_recorder(); recorder != nullptr; recorder = recorder->next)
    if (recorder->requests.rename_context(handle, buried)) entry->referenced = true;
  g_process.handle_generation.fetch_add(kContextGeneration, std::memory_order_release);
  return buried;
}

void forget_context(ContextClass kind, Word buried) {
  Locked lock;
  const Registered* entry = find(kind, buried);
  if (entry == nullptr || entry->number <= raw::kContextSelf) return;
  const std::uint32_t number = entry->number, padding = 0;
  const std::uint64_t ticks = read_ticks();
  g_process.log.define(raw::DefinitionKind::context_freed,
                       {{&number, sizeof number}, {&padding, sizeof padding}, {&ticks, sizeof ticks}});
  if (!entry->referenced) unlink_entry(kind, buried);
}

void revive_context(ContextClass kind, Word buried, Word handle) {
  Locked lock;
  Registered* entry = find(kind, buried);
  if (entry == nullptr || buried == handle) return;
  move_entry(entry, handle);
  for (ThreadRecorder* recorder = first_recorder(); recorder != nullptr; recorder = recorder->next)
    recorder->requests.rename_context(buried, handle);
  entry->referenced = false;
}

void rename_context(ContextClass kind, Word handle, const char* name) {
  Locked lock;
  const Registered* entry = known(kind, handle);
  if (entry == nullptr || name == nullptr) return;
  const std::uint32_t padding = 0;
  g_process.log.define(raw::DefinitionKind::context_name,
                       {{&entry->number, sizeof entry->number}, {&padding, sizeof padding},
                        {name, std::strlen(name) + 1}});
}

Neighborhood neighborhood(Word comm) {
  Locked lock;
  Registered* entry = known(ContextClass::communicator, comm);
  if (entry == nullptr) return {};
  if (entry->neighborhood_known) return entry->neighborhood;
  entry->neighborhood = ask_neighborhood(comm);
  entry->neighborhood_known = true;
  return entry->neighborhood;
}

}  // namespace tulkki
