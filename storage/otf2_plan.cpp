// SPDX-License-Identifier: Apache-2.0
// The API table says almost everything; names decide only where it does not: which blocking calls send or receive,
// which collectives concern a part of their communicator, and the halves of split collectives.
#include "storage/otf2_plan.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace tulkki {

namespace {

std::string_view base_name(const char* name) {
  std::string_view base(name);
  if (base.ends_with("_c")) base.remove_suffix(2);
  return base;
}

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

TraceAction point_to_point_action(std::string_view name) {
  static constexpr std::array<std::string_view, 4> sends = {"MPI_Send", "MPI_Bsend", "MPI_Ssend", "MPI_Rsend"};
  static constexpr std::array<std::string_view, 2> receives = {"MPI_Recv", "MPI_Mrecv"};
  static constexpr std::array<std::string_view, 2> both = {"MPI_Sendrecv", "MPI_Sendrecv_replace"};
  if (is_one_of(name, sends)) return TraceAction::send;
  if (is_one_of(name, receives)) return TraceAction::receive;
  if (is_one_of(name, both)) return TraceAction::send_receive;
  return TraceAction::none;
}

// These involve a part of the communicator that they name, so a collective event on it would be false.
bool concerns_a_part(std::string_view name) {
  static constexpr std::array<std::string_view, 4> partial = {"MPI_Comm_create_group", "MPI_Comm_create_from_group",
                                                              "MPI_Intercomm_create_from_groups", "MPI_Comm_join"};
  return is_one_of(name, partial);
}

OTF2_CollectiveOp collective_op(CollectiveOp op) {
  switch (op) {
    case CollectiveOp::bcast:
      return OTF2_COLLECTIVE_OP_BCAST;
    case CollectiveOp::gather:
      return OTF2_COLLECTIVE_OP_GATHER;
    case CollectiveOp::gatherv:
      return OTF2_COLLECTIVE_OP_GATHERV;
    case CollectiveOp::scatter:
      return OTF2_COLLECTIVE_OP_SCATTER;
    case CollectiveOp::scatterv:
      return OTF2_COLLECTIVE_OP_SCATTERV;
    case CollectiveOp::allgather:
      return OTF2_COLLECTIVE_OP_ALLGATHER;
    case CollectiveOp::allgatherv:
      return OTF2_COLLECTIVE_OP_ALLGATHERV;
    case CollectiveOp::alltoall:
      return OTF2_COLLECTIVE_OP_ALLTOALL;
    case CollectiveOp::alltoallv:
      return OTF2_COLLECTIVE_OP_ALLTOALLV;
    case CollectiveOp::alltoallw:
      return OTF2_COLLECTIVE_OP_ALLTOALLW;
    case CollectiveOp::allreduce:
      return OTF2_COLLECTIVE_OP_ALLREDUCE;
    case CollectiveOp::reduce:
      return OTF2_COLLECTIVE_OP_REDUCE;
    case CollectiveOp::reduce_scatter:
      return OTF2_COLLECTIVE_OP_REDUCE_SCATTER;
    case CollectiveOp::reduce_scatter_block:
      return OTF2_COLLECTIVE_OP_REDUCE_SCATTER_BLOCK;
    case CollectiveOp::scan:
      return OTF2_COLLECTIVE_OP_SCAN;
    case CollectiveOp::exscan:
      return OTF2_COLLECTIVE_OP_EXSCAN;
    case CollectiveOp::create_handle:
      return OTF2_COLLECTIVE_OP_CREATE_HANDLE;
    case CollectiveOp::destroy_handle:
      return OTF2_COLLECTIVE_OP_DESTROY_HANDLE;
    case CollectiveOp::none:
    case CollectiveOp::barrier:
      break;
  }
  return OTF2_COLLECTIVE_OP_BARRIER;
}

OTF2_RegionRole collective_role(CollectiveOp op) {
  switch (op) {
    case CollectiveOp::barrier:
      return OTF2_REGION_ROLE_BARRIER;
    case CollectiveOp::bcast:
    case CollectiveOp::scatter:
    case CollectiveOp::scatterv:
      return OTF2_REGION_ROLE_COLL_ONE2ALL;
    case CollectiveOp::gather:
    case CollectiveOp::gatherv:
    case CollectiveOp::reduce:
      return OTF2_REGION_ROLE_COLL_ALL2ONE;
    case CollectiveOp::allgather:
    case CollectiveOp::allgatherv:
    case CollectiveOp::alltoall:
    case CollectiveOp::alltoallv:
    case CollectiveOp::alltoallw:
    case CollectiveOp::allreduce:
    case CollectiveOp::reduce_scatter:
    case CollectiveOp::reduce_scatter_block:
      return OTF2_REGION_ROLE_COLL_ALL2ALL;
    default:
      return OTF2_REGION_ROLE_COLL_OTHER;
  }
}

OTF2_RegionRole region_role(const ProcedureInfo& procedure) {
  switch (procedure.family) {
    case Family::point_to_point:
    case Family::completion:
    case Family::probe:
    case Family::persistent:
    case Family::partitioned:
      return OTF2_REGION_ROLE_POINT2POINT;
    case Family::collective:
    case Family::neighborhood:
      return collective_role(procedure.collective);
    case Family::rma:
      return OTF2_REGION_ROLE_RMA;
    case Family::io: {
      const bool data = procedure.io == IoOp::read || procedure.io == IoOp::write;
      return data ? OTF2_REGION_ROLE_FILE_IO : OTF2_REGION_ROLE_FILE_IO_METADATA;
    }
    default:
      break;
  }
  return procedure.collective == CollectiveOp::none ? OTF2_REGION_ROLE_FUNCTION : OTF2_REGION_ROLE_COLL_OTHER;
}

TraceAction rma_action(RmaOp op) {
  switch (op) {
    case RmaOp::put:
      return TraceAction::rma_put;
    case RmaOp::get:
      return TraceAction::rma_get;
    case RmaOp::accumulate:
    case RmaOp::get_accumulate:
    case RmaOp::fetch_and_op:
    case RmaOp::compare_and_swap:
      return TraceAction::rma_atomic;
    case RmaOp::fence:
      return TraceAction::rma_fence;
    case RmaOp::complete:
      return TraceAction::rma_complete;
    case RmaOp::lock:
      return TraceAction::rma_lock;
    case RmaOp::unlock:
    case RmaOp::unlock_all:
      return TraceAction::rma_unlock;
    case RmaOp::flush:
    case RmaOp::flush_all:
      return TraceAction::rma_flush;
    case RmaOp::flush_local:
    case RmaOp::flush_local_all:
      return TraceAction::rma_flush_local;
    case RmaOp::sync:
      return TraceAction::rma_sync;
    case RmaOp::create:
      return TraceAction::window_create;
    case RmaOp::free:
      return TraceAction::window_free;
    default:
      return TraceAction::none;  // post, start, wait, test: the log does not hold their groups
  }
}

OTF2_RmaAtomicType atomic_type(RmaOp op) {
  if (op == RmaOp::compare_and_swap) return OTF2_RMA_ATOMIC_TYPE_COMPARE_AND_SWAP;
  return op == RmaOp::accumulate ? OTF2_RMA_ATOMIC_TYPE_ACCUMULATE : OTF2_RMA_ATOMIC_TYPE_FETCH_AND_ACCUMULATE;
}

void plan_io(const ProcedureInfo& procedure, std::string_view name, ProcedurePlan& plan) {
  switch (procedure.io) {
    case IoOp::read:
      plan.io_mode = OTF2_IO_OPERATION_MODE_READ;
      break;
    case IoOp::write:
      plan.io_mode = OTF2_IO_OPERATION_MODE_WRITE;
      break;
    case IoOp::sync:
      plan.io_mode = OTF2_IO_OPERATION_MODE_FLUSH;
      break;
    case IoOp::close:
      plan.action = TraceAction::file_close;
      return;
    default:
      return;
  }
  // MPI_File_seek and its like count as neither reading nor writing whatever class they are given.
  if (name.find("seek") != std::string_view::npos || name.find("position") != std::string_view::npos) return;
  if (name.ends_with("_begin")) {
    plan.action = TraceAction::file_begin;
  } else if (name.ends_with("_end")) {
    plan.action = TraceAction::file_end;
  } else if (plan.starts == raw::RequestKind::none) {
    plan.action = TraceAction::file_transfer;
  }
  std::uint32_t flags = procedure.collective_io ? OTF2_IO_OPERATION_FLAG_COLLECTIVE : OTF2_IO_OPERATION_FLAG_NONE;
  if (plan.action != TraceAction::file_transfer) flags |= OTF2_IO_OPERATION_FLAG_NON_BLOCKING;
  plan.io_flags = static_cast<OTF2_IoOperationFlag>(flags);
}

ProcedurePlan make_plan(const ProcedureInfo& procedure) {
  const std::string_view name = base_name(procedure.name);
  ProcedurePlan plan;
  plan.role = region_role(procedure);
  plan.starts = procedure.starts;
  plan.collective = collective_op(procedure.collective);
  plan.atomic = atomic_type(procedure.rma);
  if (procedure.starts != raw::RequestKind::none) plan.action = TraceAction::start;
  if (procedure.family == Family::point_to_point && plan.action == TraceAction::none) {
    plan.action = point_to_point_action(name);
  }
  if (procedure.rma != RmaOp::none && plan.action == TraceAction::none) plan.action = rma_action(procedure.rma);
  if (procedure.io != IoOp::none) plan_io(procedure, name, plan);
  if (procedure.collective != CollectiveOp::none && plan.action == TraceAction::none && !concerns_a_part(name) &&
      procedure.family != Family::persistent && !name.ends_with("_init")) {
    plan.action = TraceAction::collective;
  }
  return plan;
}

}  // namespace

const std::vector<ProcedurePlan>& procedure_plans() {
  static const std::vector<ProcedurePlan> plans = [] {
    std::vector<ProcedurePlan> all(1);
    for (int number = 1; number < static_cast<int>(Procedure::count); ++number) {
      all.push_back(make_plan(info(static_cast<Procedure>(number))));
    }
    return all;
  }();
  return plans;
}

}  // namespace tulkki
