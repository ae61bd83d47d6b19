// SPDX-License-Identifier: Apache-2.0
#include "tests/timeline/generated_definitions.h"

#include <map>

namespace tulkki::test {

namespace {

constexpr const char* kNames[] = {"MPI_Init",
                                  "MPI_Isend",
                                  "MPI_Irecv",
                                  "MPI_Send",
                                  "MPI_Recv",
                                  "MPI_Wait",
                                  "MPI_Test",
                                  "MPI_Allreduce",
                                  "MPI_Bcast",
                                  "MPI_Finalize",
                                  "int main(int, char**)",
                                  "solve"};

// Offset of a node's clock; the reference is node 0's.
std::int64_t offset_of(const TraceShape& shape, std::uint32_t rank) {
  return shape.clock_offsets && rank / shape.ranks_per_node % 2 == 1 ? 3'000'000'007 : 0;
}

class Strings {
 public:
  explicit Strings(OTF2_GlobalDefWriter* writer) : writer_(writer) {}
  OTF2_StringRef operator()(const std::string& text) {
    const auto [found, is_new] = numbers_.try_emplace(text, static_cast<OTF2_StringRef>(numbers_.size()));
    if (is_new) OTF2_GlobalDefWriter_WriteString(writer_, found->second, text.c_str());
    return found->second;
  }

 private:
  OTF2_GlobalDefWriter* writer_;
  std::map<std::string, OTF2_StringRef> numbers_;
};

void write_places(OTF2_GlobalDefWriter* writer, Strings& string, const TraceShape& shape,
                  const std::vector<std::uint64_t>& records) {
  OTF2_GlobalDefWriter_WriteSystemTreeNode(writer, 0, string("cluster"), string("machine"),
                                           OTF2_UNDEFINED_SYSTEM_TREE_NODE);
  std::vector<std::uint64_t> mains;
  for (std::uint32_t rank = 0; rank < shape.ranks; ++rank) {
    const std::uint32_t node = 1 + rank / shape.ranks_per_node;
    if (rank % shape.ranks_per_node == 0) {
      OTF2_GlobalDefWriter_WriteSystemTreeNode(writer, node, string("node" + std::to_string(node - 1)), string("node"),
                                               0);
      OTF2_GlobalDefWriter_WriteSystemTreeNodeDomain(writer, node, OTF2_SYSTEM_TREE_DOMAIN_SHARED_MEMORY);
    }
    const std::string name = (shape.foreign ? "Process " : "MPI Rank ") + std::to_string(rank);
    OTF2_GlobalDefWriter_WriteLocationGroup(writer, rank, string(name), OTF2_LOCATION_GROUP_TYPE_PROCESS, node,
                                            OTF2_UNDEFINED_LOCATION_GROUP);
    for (std::uint32_t thread = 0; thread < (shape.foreign ? 2u : 1u); ++thread) {
      OTF2_GlobalDefWriter_WriteLocation(
          writer, generated_location(shape, rank, thread),
          string(shape.foreign ? (thread == 0 ? "Master thread" : "Worker thread " + std::to_string(thread))
                               : name + " main thread"),
          OTF2_LOCATION_TYPE_CPU_THREAD, thread == 0 ? records[rank] : 0, rank);
    }
    mains.push_back(generated_location(shape, rank, 0));
  }
  OTF2_GlobalDefWriter_WriteGroup(writer, 0, string(""), OTF2_GROUP_TYPE_COMM_LOCATIONS, OTF2_PARADIGM_MPI,
                                  OTF2_GROUP_FLAG_NONE, shape.ranks, mains.data());
}

void write_communicators(OTF2_GlobalDefWriter* writer, Strings& string, const TraceShape& shape) {
  std::vector<std::uint64_t> world, even;
  for (std::uint32_t rank = 0; rank < shape.ranks; ++rank) {
    world.push_back(rank);
    if (rank % 2 == 0) even.push_back(rank);
  }
  OTF2_GlobalDefWriter_WriteGroup(writer, 1, string(""), OTF2_GROUP_TYPE_COMM_GROUP, OTF2_PARADIGM_MPI,
                                  OTF2_GROUP_FLAG_NONE, shape.ranks, world.data());
  OTF2_GlobalDefWriter_WriteComm(writer, kGeneratedWorld, string(generated_context_name(shape, kGeneratedWorld)), 1,
                                 OTF2_UNDEFINED_COMM, OTF2_COMM_FLAG_NONE);
  if (!shape.foreign) return;
  OTF2_GlobalDefWriter_WriteGroup(writer, 2, string(""), OTF2_GROUP_TYPE_COMM_GROUP, OTF2_PARADIGM_MPI,
                                  OTF2_GROUP_FLAG_NONE, static_cast<std::uint32_t>(even.size()), even.data());
  OTF2_GlobalDefWriter_WriteComm(writer, kGeneratedEven, string(generated_context_name(shape, kGeneratedEven)), 2,
                                 kGeneratedWorld, OTF2_COMM_FLAG_NONE);
}

void write_offsets(OTF2_Archive* archive, const TraceShape& shape, std::uint64_t last_ticks) {
  OTF2_Archive_OpenDefFiles(archive);
  for (std::uint32_t rank = 0; rank < shape.ranks; ++rank) {
    OTF2_DefWriter* writer = OTF2_Archive_GetDefWriter(archive, generated_location(shape, rank, 0));
    if (shape.clock_offsets) {
      // A reader adds the offset to the local time.
      for (const std::uint64_t at : {std::uint64_t{0}, last_ticks}) {
        OTF2_DefWriter_WriteClockOffset(writer, generated_local_ticks(shape, rank, at), -offset_of(shape, rank), 0.0);
      }
    }
    OTF2_Archive_CloseDefWriter(archive, writer);
  }
  OTF2_Archive_CloseDefFiles(archive);
}

}  // namespace

const char* generated_region_name(const TraceShape&, GeneratedRegion region) { return kNames[region]; }

const char* generated_context_name(const TraceShape& shape, GeneratedComm comm) {
  if (comm == kGeneratedEven) return "even ranks";
  return shape.foreign ? "world" : "MPI_COMM_WORLD";
}

std::uint64_t generated_location(const TraceShape& shape, std::uint32_t rank, std::uint32_t thread) {
  return shape.foreign ? std::uint64_t{thread} << 32 | rank : rank;
}

std::uint64_t generated_local_ticks(const TraceShape& shape, std::uint32_t rank, std::uint64_t ticks) {
  return kGeneratedOrigin + ticks + static_cast<std::uint64_t>(offset_of(shape, rank));
}

void write_generated_definitions(OTF2_Archive* archive, const TraceShape& shape,
                                 const std::vector<std::uint64_t>& records, std::uint64_t last_ticks) {
  write_offsets(archive, shape, last_ticks);
  OTF2_GlobalDefWriter* writer = OTF2_Archive_GetGlobalDefWriter(archive);
  Strings string(writer);
  if (shape.clock_properties) {
    OTF2_GlobalDefWriter_WriteClockProperties(writer, shape.ticks_per_second, kGeneratedOrigin, last_ticks,
                                              1'700'000'000'000'000'000);
  }
  string("");
  OTF2_GlobalDefWriter_WriteParadigm(writer, OTF2_PARADIGM_MPI, string("MPI"), OTF2_PARADIGM_CLASS_PROCESS);
  write_places(writer, string, shape, records);
  for (std::uint32_t region = 0; region < kGeneratedRegions; ++region) {
    const bool user = region >= kRegionMain;
    if (user && !shape.foreign) continue;
    const OTF2_StringRef name = string(kNames[region]);
    OTF2_GlobalDefWriter_WriteRegion(writer, region, name, name, string(""), OTF2_REGION_ROLE_FUNCTION,
                                     user ? OTF2_PARADIGM_COMPILER : OTF2_PARADIGM_MPI, OTF2_REGION_FLAG_NONE,
                                     string(user ? "main.c" : "MPI"), 0, 0);
  }
  write_communicators(writer, string, shape);
  OTF2_Archive_CloseGlobalDefWriter(archive, writer);
}

}  // namespace tulkki::test
