// SPDX-License-Identifier: Apache-2.0
// Self-measurement on a recorder of its own, so that no trace of it stays in the log.
#include "interposer/own_cost.h"

#include "interposer/memory.h"
#include "interposer/recorder.h"

namespace tulkki {
namespace {

constexpr int kBatches = 15, kCallsPerBatch = 200;
constexpr std::size_t kScratchBytes = 64 * 1024;

// Memory of the scratch recorder: event chunk, histogram chunk, key, caches and list.
struct Scratch {
  alignas(64) ThreadRecorder recorder;
  alignas(64) raw::KeyRecord key;
  KeySlot slots[ThreadRecorder::kKeySlots];
  ThreadRecorder::TypeSlot types[ThreadRecorder::kTypeSlots];
  std::uint8_t list[64];
  alignas(64) raw::ChunkHeader events;
  std::uint8_t payload[kScratchBytes];
  alignas(64) raw::ChunkHeader histograms;
  raw::HistogramBlock blocks[raw::kOctaves];
};

void prepare(Scratch& scratch) {
  ThreadRecorder& recorder = scratch.recorder;
  recorder = ThreadRecorder{};
  recorder.events = &scratch.events;
  recorder.keys = scratch.slots;
  recorder.types = scratch.types;
  recorder.list = recorder.list_cursor = scratch.list;
  recorder.histograms = reinterpret_cast<std::uint8_t*>(&scratch.histograms);
  recorder.chunk_sequence = 1;
  recorder.seen_generation = g_process.handle_generation.load();
  for (int octave = 0; octave < raw::kOctaves; ++octave)
    scratch.key.octave_block[octave] = static_cast<std::uint32_t>(octave) + 1;
  const std::uint64_t rest = key_rest(Procedure::MPI_Comm_rank, raw::kPeerNone, 0, 0);
  scratch.slots[mix_key(&scratch, 0, rest) >> (64 - 10)] = {&scratch, 0, rest, &scratch.key, 1};
}

[[gnu::noinline]] void record_one(ThreadRecorder& recorder, const void* site) {
  Call call(recorder, Procedure::MPI_Comm_rank, site);
  call.start();
  call.stop();
  call.record(ContextClass::none, 0, raw::kPeerNone, 0, 0, raw::kTagNone);
}

void sort(double* values, int count) {
  for (int i = 1; i < count; ++i)
    for (int j = i; j > 0 && values[j] < values[j - 1]; --j) {
      const double swapped = values[j];
      values[j] = values[j - 1];
      values[j - 1] = swapped;
    }
}

}  // namespace

void measure_own_cost(raw::FileHeader& header) {
  auto* scratch = static_cast<Scratch*>(map_memory(sizeof(Scratch)));
  if (scratch == nullptr) return;
  prepare(*scratch);
  // Stacks are not unwound here: their cost depends on where the program calls from.
  const int depth = g_process.options.stack_depth;
  g_process.options.stack_depth = 1;
  double costs[kBatches];
  for (double& cost : costs) {
    scratch->recorder.cursor = g_process.options.trace ? scratch->payload : nullptr;
    scratch->recorder.limit = scratch->payload + kScratchBytes - kMaxRecordBytes;
    scratch->recorder.previous_end = read_ticks();
    const std::uint64_t begin = read_ticks();
    for (int i = 0; i < kCallsPerBatch; ++i) record_one(scratch->recorder, scratch);
    cost = static_cast<double>(read_ticks() - begin) / kCallsPerBatch;
  }
  g_process.options.stack_depth = depth;
  sort(costs, kBatches);
  header.own_cost_ticks = costs[kBatches / 2];
  unmap_memory(scratch, sizeof(Scratch));
}

}  // namespace tulkki
