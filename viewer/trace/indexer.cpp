// SPDX-License-Identifier: Apache-2.0
// The order of work, and what is told on the way.
#include "viewer/trace/indexer.h"

#include <algorithm>
#include <bit>
#include <filesystem>
#include <unordered_map>

#include "viewer/trace/message_matcher.h"

namespace tulkki::trace {

namespace {

constexpr std::uint32_t kMostBuckets = 1 << 20;  // of a location: 48 MiB while it is indexed
constexpr std::uint32_t kMostGroupBuckets = 1 << 17;
constexpr std::uint32_t kFewestBuckets = 256;
constexpr std::uint64_t kBytesOfBucket = 256;  // some 5 to 10 calls
constexpr std::size_t kMostUngrouped = 128;    // locations that a picture shows without groups
constexpr auto kPartialInterval = std::chrono::milliseconds(400);
constexpr double kReading = 0.8, kMatching = 0.15;  // shares of the whole

std::uint32_t buckets_for(std::uint64_t bytes, std::uint32_t most) {
  return static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>(std::bit_ceil(bytes / kBytesOfBucket + 1), kFewestBuckets, most));
}

}  // namespace

bool Indexer::go_on(double fraction, const char* phase, std::uint64_t calls) {
  if (options_.cancel != nullptr && options_.cancel->load(std::memory_order_relaxed)) cancelled_ = true;
  if (!cancelled_ && options_.progress) options_.progress({fraction, phase, calls});
  return !cancelled_;
}

// Rows for little room: nodes where there are several, else runs of ranks.
void Indexer::plan_groups() {
  const Definitions& model = directory_.definitions;
  const auto count = static_cast<std::uint32_t>(model.locations.size());
  if (model.nodes.size() > 1 && model.nodes.size() < count) {
    for (std::uint32_t first = 0; first < count;) {
      std::uint32_t last = first;
      while (last < count && model.locations[last].node == model.locations[first].node)
        ++last;
      const std::uint32_t node = model.locations[first].node;
      directory_.groups.push_back({node < model.nodes.size() ? model.nodes[node] : "no node", first, last});
      first = last;
    }
  } else if (count > kMostUngrouped) {
    const auto size = static_cast<std::uint32_t>(std::bit_ceil(count / 64));
    for (std::uint32_t first = 0; first < count; first += size) {
      const std::uint32_t last = std::min(count, first + size);
      directory_.groups.push_back({"ranks " + std::to_string(model.locations[first].rank) + " - " +
                                       std::to_string(model.locations[last - 1].rank),
                                   first, last});
    }
  }
  directory_.group_rows.resize(directory_.groups.size());
}

Result<void> Indexer::run(const std::string& target) {
  Result<std::unique_ptr<ArchiveReader>> reader = ArchiveReader::open(anchor_);
  if (!reader) return reader.error();
  reader_ = std::move(*reader);
  ArchiveDefinitions& archive = reader_->definitions();
  archive.model.clock_resolution_hz = archive.ticks_per_second;
  directory_.definitions = archive.model;
  Definitions& model = directory_.definitions;
  if (archive.ticks_per_second == 0) {
    model.notes.push_back("the archive gives no clock resolution: times are shown as if a tick were a nanosecond");
    archive.ticks_per_second = 1'000'000'000;
  }
  directory_.places.resize(model.locations.size());
  directory_.rows.resize(model.locations.size());
  directory_.step_rows.resize(model.locations.size());
  std::unordered_map<std::string, std::uint64_t> bytes_of_name;
  for (const ArchiveFile& file : files_)
    bytes_of_name[std::filesystem::path(file.path).filename().string()] = file.bytes;
  for (const Location& location : model.locations) {
    const auto found = bytes_of_name.find(std::to_string(location.id) + ".evt");
    event_bytes_.push_back(found == bytes_of_name.end() ? 0 : found->second);
    all_bytes_ += event_bytes_.back();
  }
  plan_groups();
  Result<std::unique_ptr<CacheFile>> file = CacheFile::create(target);
  if (!file) return file.error();
  if (const Result<void> read = read_events(**file); !read) return read.error();
  sum_up();
  const Result<MatchResult> matches = match_messages(**file, directory_, [&](double fraction) {
    return go_on(kReading + kMatching * fraction, "matching messages", calls_);
  });
  if (!matches) return matches.error();
  model.matched = matches->matched;
  if (matches->unmatched != 0) {
    model.notes.push_back(std::to_string(matches->unmatched) + " of " + std::to_string(model.halves) +
                          " ends of messages have no other end in the trace");
  }
  tell_oddities();
  const ContentKey key = cancelled_ ? ContentKey{} : content_key(files_, [&](std::uint64_t bytes) {
    const double fraction = static_cast<double>(bytes) / static_cast<double>(std::max<std::uint64_t>(1, all_bytes_));
    return go_on(std::min(1.0, kReading + kMatching + (1 - kReading - kMatching) * fraction), "finishing", calls_);
  });
  if (cancelled_) return Error{anchor_ + ": " + kCancelled};
  if (state_key(archive_files(anchor_)) != state_key(files_)) {
    return Error{anchor_ + ": the archive changed while it was read; open it again when it is complete"};
  }
  directory_.complete = true;
  return (*file)->finish(directory_, key.value, state_key(files_));
}

Result<void> Indexer::read_events(CacheFile& file) {
  const std::uint32_t count = static_cast<std::uint32_t>(directory_.places.size());
  std::size_t group = 0;
  std::unique_ptr<PyramidBuilder> group_row;
  const ArchiveDefinitions& archive = reader_->definitions();
  const double length_ns = static_cast<double>(archive.length_ticks) * 1e9 /
                           static_cast<double>(std::max<std::uint64_t>(1, archive.ticks_per_second));
  for (std::uint32_t location = 0; location < count && !cancelled_; ++location) {
    if (group < directory_.groups.size() && directory_.groups[group].first_location == location) {
      std::uint64_t bytes = 0;
      for (std::uint32_t n = location; n < directory_.groups[group].last_location; ++n)
        bytes += event_bytes_[n];
      const std::uint32_t buckets = buckets_for(bytes, kMostGroupBuckets);
      const double width = length_ns > 0 && length_ns < 1e18 ? length_ns / buckets + 1 : 1024;
      group_row = std::make_unique<PyramidBuilder>(0, static_cast<std::uint64_t>(width), buckets,
                                                   directory_.groups[group].last_location - location);
    }
    read_location(file, location, group_row.get());
    if (file.failed()) return file.error();
    if (group < directory_.groups.size() && directory_.groups[group].last_location == location + 1) {
      if (!group_row->empty()) directory_.group_rows[group] = write_row(file, group_row->finish(), kNone);
      group_row.reset();
      ++group;
    }
  }
  if (cancelled_) return Error{anchor_ + ": " + kCancelled};
  return {};
}

void Indexer::read_location(CacheFile& file, std::uint32_t location, PyramidBuilder* group_row) {
  LocationIndexer indexer(file, reader_->definitions(), location, buckets_for(event_bytes_[location], kMostBuckets),
                          group_row, statistics_, oddities_);
  std::string note;
  reader_->read_location(
      location, indexer,
      [&](std::uint64_t records) {
        // Some 10 bytes a record: a guess, but the bar only has to move.
        const double here = std::min(static_cast<double>(records) * 10, static_cast<double>(event_bytes_[location]));
        const double all = static_cast<double>(std::max<std::uint64_t>(1, all_bytes_));
        show_partial(file, location, indexer);
        return !file.failed() && go_on(kReading * (static_cast<double>(done_bytes_) + here) / all, "reading events",
                                       calls_ + indexer.calls());
      },
      note);
  indexer.finish();
  if (!note.empty()) directory_.definitions.notes.push_back(note);
  Location& into = directory_.definitions.locations[location];
  indexer.take(into, directory_.places[location], directory_.rows[location], directory_.step_rows[location]);
  directory_.places[location].first_half = directory_.definitions.halves;
  directory_.definitions.halves += into.halves;
  calls_ += into.calls;
  done_bytes_ += event_bytes_[location];
  first_communication_ns_ = std::min(first_communication_ns_, indexer.first_communication_ns());
  directory_.indexed_locations = location + 1;
}

void Indexer::show_partial(const CacheFile& file, std::uint32_t current, const LocationIndexer& indexer) {
  const auto now = std::chrono::steady_clock::now();
  if (!options_.partial || now - last_partial_ < kPartialInterval) return;
  Directory copy = directory_;
  indexer.snapshot(copy.definitions.locations[current], copy.places[current], copy.rows[current]);
  Definitions& model = copy.definitions;
  model.first_ns = UINT64_MAX;
  for (const Location& location : model.locations) {
    if (location.calls == 0) continue;
    model.calls += location.calls;
    model.first_ns = std::min(model.first_ns, location.first_ns);
    model.last_ns = std::max(model.last_ns, location.last_ns);
  }
  if (model.calls == 0) return;
  model.first_communication_ns = std::min(std::max(model.first_ns, first_communication_ns_), model.last_ns);
  statistics_.store(model.procedures);
  model.sites = reader_->definitions().model.sites;
  if (Result<std::shared_ptr<const TraceStore>> store = TraceStore::open_partial(file.path(), std::move(copy))) {
    options_.partial(*store);
  }
  last_partial_ = std::chrono::steady_clock::now();
}

void Indexer::sum_up() {
  Definitions& model = directory_.definitions;
  model.sites = reader_->definitions().model.sites;
  statistics_.store(model.procedures);
  model.calls = calls_;
  model.first_ns = UINT64_MAX;
  for (const Location& location : model.locations) {
    if (location.calls == 0) continue;
    model.first_ns = std::min(model.first_ns, location.first_ns);
    model.last_ns = std::max(model.last_ns, location.last_ns);
  }
  if (model.first_ns == UINT64_MAX) model.first_ns = 0;
  model.first_communication_ns = first_communication_ns_ == UINT64_MAX ? model.first_ns : first_communication_ns_;
}

void Indexer::tell_oddities() {
  std::vector<std::string>& notes = directory_.definitions.notes;
  const auto tell = [&](std::uint64_t count, const char* text) {
    if (count != 0) notes.push_back(std::to_string(count) + text);
  };
  tell(oddities_.outside_region, " events lie outside all MPI calls; each is shown as a call without duration");
  tell(oddities_.unbalanced, " regions were left without having been entered");
  tell(oddities_.unfinished, " regions were never left; they are shown up to the end of what encloses them");
  tell(oddities_.backward, " events are earlier than the one before; they are shown at that one's time");
  tell(oddities_.too_many_channels, " locations have more channels than can be followed; some messages have no line");
}

}  // namespace tulkki::trace
