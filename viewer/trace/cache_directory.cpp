// SPDX-License-Identifier: Apache-2.0
// Both ways in one description of the fields, so that they cannot disagree.
#include "viewer/trace/cache_directory.h"

#include <cstring>
#include <type_traits>

namespace tulkki::trace {

namespace {

class Writer {
 public:
  template <class T>
  void number(T& value) {
    const auto at = bytes.size();
    bytes.resize(at + sizeof(T));
    std::memcpy(bytes.data() + at, &value, sizeof(T));
  }
  void text(std::string& value) {
    count(value);
    bytes.insert(bytes.end(), value.begin(), value.end());
  }
  template <class Container>
  void count(Container& container) {
    std::uint64_t size = container.size();
    number(size);
  }
  static constexpr bool failed = false;
  std::vector<std::uint8_t> bytes;
};

class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : rest(bytes) {}
  template <class T>
  void number(T& value) {
    if (rest.size() < sizeof(T)) {
      failed = true;
      return;
    }
    std::memcpy(&value, rest.data(), sizeof(T));
    rest = rest.subspan(sizeof(T));
  }
  void text(std::string& value) {
    count(value);
    if (failed) return;
    std::memcpy(value.data(), rest.data(), value.size());
    rest = rest.subspan(value.size());
  }
  // Every element takes a byte at least, so a count beyond the rest is damage and never a large allocation.
  template <class Container>
  void count(Container& container) {
    std::uint64_t size = 0;
    number(size);
    if (size > rest.size()) failed = true;
    if (!failed) container.resize(size);
  }
  bool failed = false;
  std::span<const std::uint8_t> rest;
};

template <class Archive, class T>
void visit_numbers(Archive& archive, std::vector<T>& numbers) {
  archive.count(numbers);
  for (T& number : numbers) {
    if (archive.failed) return;
    archive.number(number);
  }
}

template <class Archive>
void visit_flag(Archive& archive, bool& flag) {
  std::uint8_t value = flag ? 1 : 0;
  archive.number(value);
  flag = value != 0;
}

template <class Archive>
void visit(Archive& archive, Procedure& procedure) {
  archive.text(procedure.name);
  visit_flag(archive, procedure.mpi);
  visit_flag(archive, procedure.init);
  archive.number(procedure.calls);
  archive.number(procedure.time_ns);
  archive.number(procedure.longest_ns);
  archive.number(procedure.bytes_sent);
  archive.number(procedure.bytes_received);
  visit_numbers(archive, procedure.histogram);
}

template <class Archive>
void visit(Archive& archive, Context& context) {
  auto kind = static_cast<std::uint8_t>(context.kind);
  archive.number(kind);
  context.kind = kind > 2 ? ContextKind::communicator : static_cast<ContextKind>(kind);
  visit_flag(archive, context.self);
  archive.text(context.name);
  archive.number(context.group);
}

template <class Archive>
void visit(Archive& archive, Location& location) {
  archive.number(location.id);
  archive.text(location.name);
  archive.number(location.rank);
  archive.number(location.thread);
  archive.number(location.node);
  archive.number(location.calls);
  archive.number(location.halves);
  archive.number(location.first_ns);
  archive.number(location.last_ns);
}

template <class Archive>
void visit(Archive& archive, std::string& text) {
  archive.text(text);
}

template <class Archive>
void visit(Archive& archive, std::vector<std::uint32_t>& group) {
  visit_numbers(archive, group);
}

template <class Archive>
void visit(Archive& archive, BlockPlace& place) {
  archive.number(place.offset);
  archive.number(place.bytes);
  archive.number(place.first);
  archive.number(place.key);
}

template <class Archive>
void visit(Archive& archive, RowPlace& row) {
  archive.number(row.begin);
  archive.number(row.bucket_width);
  archive.number(row.buckets);
  archive.number(row.location);
  archive.number(row.cells_offset);
  archive.number(row.longest_offset);
  archive.number(row.longest_location_offset);
}

template <class Archive>
void visit(Archive& archive, RowGroup& group) {
  archive.text(group.name);
  archive.number(group.first_location);
  archive.number(group.last_location);
}

template <class Archive>
void visit(Archive& archive, LocationPlace& place);

template <class Archive, class T>
void visit_all(Archive& archive, std::vector<T>& elements) {
  archive.count(elements);
  for (T& element : elements) {
    if (archive.failed) return;
    visit(archive, element);
  }
}

template <class Archive>
void visit(Archive& archive, LocationPlace& place) {
  visit_all(archive, place.calls);
  visit_all(archive, place.halves);
  archive.number(place.first_half);
}

template <class Archive>
void visit(Archive& archive, Definitions& definitions) {
  archive.text(definitions.creator);
  archive.number(definitions.clock_resolution_hz);
  archive.number(definitions.realtime_ns);
  visit_all(archive, definitions.procedures);
  visit_all(archive, definitions.contexts);
  visit_all(archive, definitions.groups);
  visit_all(archive, definitions.nodes);
  visit_all(archive, definitions.sites);
  visit_all(archive, definitions.locations);
  archive.number(definitions.ranks);
  archive.number(definitions.calls);
  archive.number(definitions.halves);
  archive.number(definitions.matched);
  archive.number(definitions.first_ns);
  archive.number(definitions.last_ns);
  archive.number(definitions.first_communication_ns);
  visit_all(archive, definitions.notes);
}

template <class Archive>
void visit(Archive& archive, Directory& directory) {
  visit_flag(archive, directory.complete);
  archive.number(directory.indexed_locations);
  visit(archive, directory.definitions);
  visit_all(archive, directory.places);
  visit_all(archive, directory.rows);
  visit_all(archive, directory.step_rows);
  visit_all(archive, directory.groups);
  visit_all(archive, directory.group_rows);
}

// Blocks lie in order, which searches rely on.
bool in_order(const std::vector<BlockPlace>& blocks) {
  for (std::size_t n = 1; n < blocks.size(); ++n) {
    if (blocks[n].first <= blocks[n - 1].first || blocks[n].key < blocks[n - 1].key) return false;
  }
  return blocks.empty() || blocks.front().first == 0;
}

bool consistent(const Directory& directory) {
  const std::size_t locations = directory.definitions.locations.size();
  if (directory.places.size() != locations || directory.rows.size() != locations ||
      directory.step_rows.size() != locations || directory.group_rows.size() != directory.groups.size() ||
      directory.indexed_locations > locations) {
    return false;
  }
  std::uint64_t halves = 0;
  for (std::size_t n = 0; n < locations; ++n) {
    const LocationPlace& place = directory.places[n];
    if (!in_order(place.calls) || !in_order(place.halves) || place.first_half != halves) return false;
    halves += directory.definitions.locations[n].halves;
  }
  for (const RowGroup& group : directory.groups) {
    if (group.first_location > group.last_location || group.last_location > locations) return false;
  }
  return true;
}

}  // namespace

std::vector<std::uint8_t> encode(const Directory& directory) {
  Writer writer;
  visit(writer, const_cast<Directory&>(directory));  // the writer reads only
  return std::move(writer.bytes);
}

Result<Directory> decode(std::span<const std::uint8_t> bytes) {
  Reader reader(bytes);
  Directory directory;
  visit(reader, directory);
  if (reader.failed || !reader.rest.empty() || !consistent(directory)) return Error{"its directory is damaged"};
  return directory;
}

}  // namespace tulkki::trace
