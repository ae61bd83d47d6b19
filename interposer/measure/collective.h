// SPDX-License-Identifier: Apache-2.0
// Collectives. Bytes are what this rank puts in and what it gets out by its arguments, MPI_IN_PLACE making no
// difference (docs/report.md). Each shape says them; Collective adds blocking, nonblocking or persistent completion.
#pragma once

#include "interposer/ask.h"
#include "interposer/measure/requests.h"

namespace tulkki::measure {

struct Volume {
  std::int64_t sent = 0, received = 0;
};

// What a shape may ask about the communicator: cached, so that rooted collectives need no call into the library.
struct Group {
  Group(Call& call, Word comm_) : comm(abi().handle(comm_)), shape(cached_neighborhood(call, comm)) {}
  bool is_root(int root) const { return root == shape.rank && !shape.inter; }
  bool roots_here(int root) const { return is_root(root) || (shape.inter && root == abi().root); }
  // Takes part with data of its own: on an intercommunicator, the group without the root.
  bool is_leaf(int root) const { return !shape.inter ? true : root >= 0; }

  Word comm;
  Neighborhood shape;

 private:
  static Neighborhood cached_neighborhood(Call& call, Word comm) {
    ThreadRecorder::GroupSlot& slot = call.recorder.groups[(comm ^ comm >> 5 ^ comm >> 10) & 15];
    static_assert(ThreadRecorder::kGroupSlots == 16);
    if (slot.comm == comm && slot.known) [[likely]]
      return {slot.size, slot.rank, slot.inter, slot.indegree, slot.outdegree, slot.absent};
    const Neighborhood asked = neighborhood(comm);
    slot = {comm, asked.absent, asked.size, asked.rank, asked.indegree, asked.outdegree, asked.inter, true};
    return asked;
  }
};

// Elements for each rank: the same number for all, or an array of int or MPI_Count.
class Counts {
 public:
  Counts(int same) : same_(same) {}
  Counts(std::int64_t same) : same_(same) {}
  Counts(const int* each) : narrow_(each) {}
  Counts(const std::int64_t* each) : wide_(each) {}

  std::int64_t of(int rank) const { return narrow_ != nullptr ? narrow_[rank] : wide_ != nullptr ? wide_[rank] : same_; }
  std::int64_t sum(int ranks) const {
    if (narrow_ == nullptr && wide_ == nullptr) return same_ * ranks;
    std::int64_t total = 0;
    for (int i = 0; i < ranks; ++i) total += of(i);
    return total;
  }

 private:
  const int* narrow_ = nullptr;
  const std::int64_t* wide_ = nullptr;
  std::int64_t same_ = 0;
};

inline std::int64_t blocks(Call& call, const Counts& counts, Word datatype, int ranks) {
  return payload(call, counts.sum(ranks), datatype);
}

// Neighbours beyond the edge of a grid take no part.
inline bool is_absent(std::uint64_t absent, int neighbor) { return neighbor < 64 && (absent >> neighbor & 1) != 0; }

inline std::int64_t neighbor_blocks(Call& call, const Counts& counts, Word datatype, int degree, std::uint64_t absent) {
  std::int64_t elements = counts.sum(degree);
  for (; absent != 0; absent &= absent - 1) elements -= counts.of(__builtin_ctzll(absent));
  return payload(call, elements, datatype);
}

inline std::int64_t sum_typed(Call& call, const Counts& counts, const void* types, int n, std::uint64_t absent = 0) {
  std::int64_t total = 0;
  for (int i = 0; i < n; ++i)
    if (counts.of(i) > 0 && !is_absent(absent, i)) total += payload(call, counts.of(i), abi().load_handle(types, i));
  return total;
}

inline constexpr int kNoRoot = -1000000;

struct Barrier {
  Barrier(Word comm_) : comm(comm_) {}
  Volume volume(Call&, const Group&) const { return {}; }
  Word comm;
  int root = kNoRoot;
};

struct Bcast {
  Bcast(std::int64_t count_, Word datatype_, int root_, Word comm_)
      : count(count_), datatype(datatype_), comm(comm_), root(root_) {}
  Volume volume(Call& call, const Group& group) const {
    const std::int64_t bytes = payload(call, count, datatype);
    if (group.roots_here(root)) return {bytes, 0};
    return {0, group.is_leaf(root) ? bytes : 0};
  }
  std::int64_t count;
  Word datatype, comm;
  int root;
};

struct Gather {
  Gather(const void* sendbuf, std::int64_t sendcount_, Word sendtype_, Counts recvcount_, Word recvtype_, int root_,
         Word comm_)
      : sendcount(sendcount_), recvcount(recvcount_), sendtype(sendtype_), recvtype(recvtype_), comm(comm_),
        root(root_), in_place(abi().is_in_place(sendbuf)) {}
  Volume volume(Call& call, const Group& group) const {
    Volume result;
    if (group.roots_here(root)) {
      result.received = blocks(call, recvcount, recvtype, group.shape.size);
      if (group.shape.inter) return result;
      result.sent = in_place ? payload(call, recvcount.of(group.shape.rank), recvtype)
                             : payload(call, sendcount, sendtype);
    } else if (group.is_leaf(root)) {
      result.sent = payload(call, sendcount, sendtype);
    }
    return result;
  }
  std::int64_t sendcount;
  Counts recvcount;
  Word sendtype, recvtype, comm;
  int root;
  bool in_place;
};
using Gatherv = Gather;

struct Scatter {
  Scatter(Counts sendcount_, Word sendtype_, const void* recvbuf, std::int64_t recvcount_, Word recvtype_, int root_,
          Word comm_)
      : sendcount(sendcount_), recvcount(recvcount_), sendtype(sendtype_), recvtype(recvtype_), comm(comm_),
        root(root_), in_place(abi().is_in_place(recvbuf)) {}
  Volume volume(Call& call, const Group& group) const {
    Volume result;
    if (group.roots_here(root)) {
      result.sent = blocks(call, sendcount, sendtype, group.shape.size);
      if (group.shape.inter) return result;
      result.received = in_place ? payload(call, sendcount.of(group.shape.rank), sendtype)
                                 : payload(call, recvcount, recvtype);
    } else if (group.is_leaf(root)) {
      result.received = payload(call, recvcount, recvtype);
    }
    return result;
  }
  Counts sendcount;
  std::int64_t recvcount;
  Word sendtype, recvtype, comm;
  int root;
  bool in_place;
};
using Scatterv = Scatter;

struct Allgather {
  Allgather(const void* sendbuf, std::int64_t sendcount_, Word sendtype_, Counts recvcount_, Word recvtype_,
            Word comm_)
      : sendcount(sendcount_), recvcount(recvcount_), sendtype(sendtype_), recvtype(recvtype_), comm(comm_),
        in_place(abi().is_in_place(sendbuf)) {}
  Volume volume(Call& call, const Group& group) const {
    return {in_place ? payload(call, recvcount.of(group.shape.rank), recvtype)
                     : payload(call, sendcount, sendtype),
            blocks(call, recvcount, recvtype, group.shape.size)};
  }
  std::int64_t sendcount;
  Counts recvcount;
  Word sendtype, recvtype, comm;
  int root = kNoRoot;
  bool in_place;
};
using Allgatherv = Allgather;

struct Alltoall {
  Alltoall(const void* sendbuf, Counts sendcount_, Word sendtype_, Counts recvcount_, Word recvtype_, Word comm_)
      : sendcount(sendcount_), recvcount(recvcount_), sendtype(sendtype_), recvtype(recvtype_), comm(comm_),
        in_place(abi().is_in_place(sendbuf)) {}
  Volume volume(Call& call, const Group& group) const {
    const std::int64_t received = blocks(call, recvcount, recvtype, group.shape.size);
    return {in_place ? received : blocks(call, sendcount, sendtype, group.shape.size), received};
  }
  Counts sendcount;
  Counts recvcount;
  Word sendtype, recvtype, comm;
  int root = kNoRoot;
  bool in_place;
};
using Alltoallv = Alltoall;

struct Alltoallw {
  Alltoallw(const void* sendbuf, Counts sendcounts_, const void* sendtypes_, Counts recvcounts_, const void* recvtypes_,
            Word comm_)
      : sendcounts(sendcounts_), recvcounts(recvcounts_), sendtypes(sendtypes_), recvtypes(recvtypes_), comm(comm_),
        in_place(abi().is_in_place(sendbuf)) {}
  Volume volume(Call& call, const Group& group) const {
    const std::int64_t received = sum_typed(call, recvcounts, recvtypes, group.shape.size);
    return {in_place ? received : sum_typed(call, sendcounts, sendtypes, group.shape.size), received};
  }
  Counts sendcounts, recvcounts;
  const void *sendtypes, *recvtypes;
  Word comm;
  int root = kNoRoot;
  bool in_place;
};

struct Reduce {
  Reduce(std::int64_t count_, Word datatype_, int root_, Word comm_)
      : count(count_), datatype(datatype_), comm(comm_), root(root_) {}
  Volume volume(Call& call, const Group& group) const {
    const std::int64_t bytes = payload(call, count, datatype);
    if (group.shape.inter) return {group.is_leaf(root) ? bytes : 0, group.roots_here(root) ? bytes : 0};
    return {bytes, group.is_root(root) ? bytes : 0};
  }
  std::int64_t count;
  Word datatype, comm;
  int root;
};

struct Allreduce {
  Allreduce(std::int64_t count_, Word datatype_, Word comm_) : count(count_), datatype(datatype_), comm(comm_) {}
  Volume volume(Call& call, const Group&) const {
    const std::int64_t bytes = payload(call, count, datatype);
    return {bytes, bytes};
  }
  std::int64_t count;
  Word datatype, comm;
  int root = kNoRoot;
};
using Scan = Allreduce;

struct Exscan : Allreduce {
  using Allreduce::Allreduce;
  Volume volume(Call& call, const Group& group) const {
    const std::int64_t bytes = payload(call, count, datatype);
    return {bytes, group.shape.rank == 0 ? 0 : bytes};
  }
};

// On an intercommunicator every group reduces the other's vector, whose length the local group's counts give.
struct ReduceScatter {
  ReduceScatter(Counts recvcount_, Word datatype_, Word comm_)
      : recvcount(recvcount_), datatype(datatype_), comm(comm_) {}
  Volume volume(Call& call, const Group& group) const {
    const int ranks = group.shape.inter ? ask::comm_size(comm) : group.shape.size;
    return {blocks(call, recvcount, datatype, ranks), payload(call, recvcount.of(group.shape.rank), datatype)};
  }
  Counts recvcount;
  Word datatype, comm;
  int root = kNoRoot;
};
using ReduceScatterBlock = ReduceScatter;

struct NeighborAllgather {
  NeighborAllgather(std::int64_t sendcount_, Word sendtype_, Counts recvcount_, Word recvtype_, Word comm_)
      : sendcount(sendcount_), recvcount(recvcount_), sendtype(sendtype_), recvtype(recvtype_), comm(comm_) {}
  Volume volume(Call& call, const Group& group) const {
    const Neighborhood& shape = group.shape;
    return {neighbor_blocks(call, sendcount, sendtype, shape.outdegree, shape.absent),
            neighbor_blocks(call, recvcount, recvtype, shape.indegree, shape.absent)};
  }
  std::int64_t sendcount;
  Counts recvcount;
  Word sendtype, recvtype, comm;
  int root = kNoRoot;
};
using NeighborAllgatherv = NeighborAllgather;

struct NeighborAlltoall {
  NeighborAlltoall(Counts sendcount_, Word sendtype_, Counts recvcount_, Word recvtype_, Word comm_)
      : sendcount(sendcount_), recvcount(recvcount_), sendtype(sendtype_), recvtype(recvtype_), comm(comm_) {}
  Volume volume(Call& call, const Group& group) const {
    const Neighborhood& shape = group.shape;
    return {neighbor_blocks(call, sendcount, sendtype, shape.outdegree, shape.absent),
            neighbor_blocks(call, recvcount, recvtype, shape.indegree, shape.absent)};
  }
  Counts sendcount;
  Counts recvcount;
  Word sendtype, recvtype, comm;
  int root = kNoRoot;
};
using NeighborAlltoallv = NeighborAlltoall;

struct NeighborAlltoallw {
  NeighborAlltoallw(Counts sendcounts_, const void* sendtypes_, Counts recvcounts_, const void* recvtypes_, Word comm_)
      : sendcounts(sendcounts_), recvcounts(recvcounts_), sendtypes(sendtypes_), recvtypes(recvtypes_), comm(comm_) {}
  Volume volume(Call& call, const Group& group) const {
    const Neighborhood& shape = group.shape;
    return {sum_typed(call, sendcounts, sendtypes, shape.outdegree, shape.absent),
            sum_typed(call, recvcounts, recvtypes, shape.indegree, shape.absent)};
  }
  Counts sendcounts, recvcounts;
  const void *sendtypes, *recvtypes;
  Word comm;
  int root = kNoRoot;
};

enum class Mode { blocking, nonblocking, persistent };

template <class Shape, Mode kMode>
class Collective {
 public:
  template <class... Arguments>
    requires(kMode == Mode::blocking)
  explicit Collective(Call&, Arguments... arguments) : shape_(arguments...) {}
  template <class... Arguments>
    requires(kMode != Mode::blocking)
  Collective(Call&, const void* request, Arguments... arguments) : shape_(arguments...), request_(request) {}

  void finish(Call& call, int code) {
    const Word comm = abi().handle(shape_.comm);
    const std::int32_t peer = shape_.root == kNoRoot ? raw::kPeerNone : normal_peer(shape_.root);
    if (code != 0) [[unlikely]]
      return call.record_error(ContextClass::communicator, comm, peer, code);
    const Volume volume = shape_.volume(call, Group(call, comm));
    if constexpr (kMode != Mode::blocking) {
      const RequestSpec spec{raw::RequestKind::collective, ContextClass::communicator, comm, peer, raw::kTagNone,
                             volume.sent, volume.received};
      if constexpr (kMode == Mode::nonblocking) follow_request(call, abi().load_handle(request_), spec);
      else remember_persistent(call, abi().load_handle(request_), spec);
    }
    const bool moves = kMode != Mode::persistent;
    call.record(ContextClass::communicator, comm, peer, moves ? volume.sent : 0, moves ? volume.received : 0,
                raw::kTagNone);
  }

 private:
  Shape shape_;
  const void* request_ = nullptr;
};

}  // namespace tulkki::measure
