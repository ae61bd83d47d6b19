// SPDX-License-Identifier: Apache-2.0
// Opening and mapping of a cache file, and access to single calls and ends of messages.
#include "viewer/trace/store.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tulkki::trace {

namespace {

Error damaged(const std::string& path, const std::string& what) {
  return Error{path + ": " + what + "; remove it, and it is made again"};
}

}  // namespace

TraceStore::~TraceStore() {
  if (data_ != nullptr) munmap(const_cast<std::uint8_t*>(data_), mapped_bytes_);
}

Result<void> TraceStore::map(const std::string& path) {
  path_ = path;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Error{path + ": cannot be opened: " + std::strerror(errno)};
  struct stat status {};
  const bool known = fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  if (!known || status.st_size < static_cast<off_t>(sizeof(CacheHeader))) {
    ::close(file);
    return damaged(path, "is not an index of a trace, or is incomplete");
  }
  mapped_bytes_ = static_cast<std::uint64_t>(status.st_size);
  void* data = mmap(nullptr, mapped_bytes_, PROT_READ, MAP_SHARED, file, 0);
  const int reason = errno;
  ::close(file);
  if (data == MAP_FAILED) return Error{path + ": cannot be mapped: " + std::strerror(reason)};
  data_ = static_cast<const std::uint8_t*>(data);
  return {};
}

Result<void> TraceStore::read_directory() {
  std::memcpy(&header_, data_, sizeof(header_));
  if (std::memcmp(header_.magic, kCacheMagic, sizeof(kCacheMagic)) != 0)
    return damaged(path_, "is not an index of a trace");
  if (header_.version != kCacheVersion) {
    return damaged(path_, "is of format " + std::to_string(header_.version) + ", this program reads " +
                              std::to_string(kCacheVersion));
  }
  if (header_.header_hash != XXH3_64bits(&header_, offsetof(CacheHeader, header_hash)) || header_.complete != 1) {
    return damaged(path_, "is damaged or was not finished");
  }
  if (header_.file_bytes != mapped_bytes_) return damaged(path_, "does not have the size that it says: it was cut or changed");
  const std::uint8_t* bytes = segment(header_.directory_offset, header_.directory_bytes);
  if (bytes == nullptr || XXH3_64bits(bytes, header_.directory_bytes) != header_.directory_hash) {
    return damaged(path_, "has a damaged directory");
  }
  Result<Directory> directory = decode({bytes, header_.directory_bytes});
  if (!directory) return damaged(path_, directory.message());
  directory_ = std::move(*directory);
  return {};
}

Result<std::shared_ptr<const TraceStore>> TraceStore::open(const std::string& cache_path) {
  std::shared_ptr<TraceStore> store(new TraceStore);
  if (const Result<void> mapped = store->map(cache_path); !mapped) return mapped.error();
  if (const Result<void> read = store->read_directory(); !read) return read.error();
  store->resolve_rows();
  return std::shared_ptr<const TraceStore>(std::move(store));
}

Result<std::shared_ptr<const TraceStore>> TraceStore::open_partial(const std::string& path, Directory directory) {
  std::shared_ptr<TraceStore> store(new TraceStore);
  if (const Result<void> mapped = store->map(path); !mapped) return mapped.error();
  store->directory_ = std::move(directory);
  store->resolve_rows();
  return std::shared_ptr<const TraceStore>(std::move(store));
}

const std::uint8_t* TraceStore::segment(std::uint64_t offset, std::uint64_t bytes) const {
  if (offset % 8 != 0 || offset < sizeof(CacheHeader) || offset > mapped_bytes_ || bytes > mapped_bytes_ - offset) {
    return nullptr;
  }
  return data_ + offset;
}

std::uint32_t PyramidRow::levels() const {
  return buckets == 0 ? 0 : static_cast<std::uint32_t>(std::bit_width(buckets));
}

std::size_t PyramidRow::offset_of(std::uint32_t level) const {
  // buckets + buckets / 2 + ... : level n begins after 2 buckets - 2 buckets / 2^n
  return 2 * std::size_t{buckets} - (2 * std::size_t{buckets} >> level);
}

PyramidRow TraceStore::resolve(const RowPlace& place) const {
  PyramidRow row;
  if (place.buckets == 0 || !std::has_single_bit(place.buckets) || place.bucket_width == 0) return row;
  if (place.bucket_width > (std::uint64_t{1} << 63) / place.buckets) return row;
  const std::size_t all = 2 * std::size_t{place.buckets} - 1;
  const std::uint8_t* cells = segment(place.cells_offset, all * sizeof(Cell));
  const std::uint8_t* longest = segment(place.longest_offset, all * sizeof(std::uint32_t));
  if (cells == nullptr || longest == nullptr) return row;
  row.begin = place.begin;
  row.bucket_width = place.bucket_width;
  row.cells = {reinterpret_cast<const Cell*>(cells), all};
  row.longest = {reinterpret_cast<const std::uint32_t*>(longest), all};
  row.location = place.location;
  if (place.location == kNone) {
    const std::uint8_t* locations = segment(place.longest_location_offset, all * sizeof(std::uint32_t));
    if (locations == nullptr) return {};
    row.longest_location = {reinterpret_cast<const std::uint32_t*>(locations), all};
  }
  row.buckets = place.buckets;
  return row;
}

void TraceStore::resolve_rows() {
  const auto all = [&](const std::vector<RowPlace>& places, std::vector<PyramidRow>& rows) {
    for (const RowPlace& place : places)
      rows.push_back(resolve(place));
  };
  all(directory_.rows, rows_);
  all(directory_.step_rows, step_rows_);
  all(directory_.group_rows, group_rows_);
}

std::size_t TraceStore::block_count(std::uint32_t location) const {
  return location < directory_.places.size() ? directory_.places[location].calls.size() : 0;
}

CallBlock TraceStore::block(std::uint32_t location, std::size_t number) const {
  CallBlock block;
  if (number >= block_count(location)) return block;
  const BlockPlace& place = directory_.places[location].calls[number];
  const std::uint8_t* at = segment(place.offset, place.bytes);
  if (at == nullptr || place.bytes < sizeof(CallBlockHeader)) return block;
  CallBlockHeader header;
  std::memcpy(&header, at, sizeof(header));
  const bool wide_starts = (header.flags & kWideStarts) != 0, wide_durations = (header.flags & kWideDurations) != 0;
  const std::uint64_t calls = header.calls;
  const std::uint64_t reaches_at = sizeof(header) + std::uint64_t{header.details} * sizeof(CallDetail);
  const std::uint64_t starts_at = reaches_at + (calls + kReachCalls - 1) / kReachCalls * 8;
  const std::uint64_t durations_at = starts_at + (calls * (wide_starts ? 8 : 4) + 7) / 8 * 8;
  const std::uint64_t open_at = durations_at + (calls * (wide_durations ? 8 : 4) + 7) / 8 * 8;
  const std::uint64_t numbers_at = open_at + std::uint64_t{header.open_calls} * 4;
  if (calls > kBlockCalls || header.details == 0 || numbers_at + calls * 2 > place.bytes) return block;
  block.first_ = place.first;
  block.size_ = header.calls;
  block.base_ns_ = header.base_ns;
  block.wide_starts_ = wide_starts;
  block.wide_durations_ = wide_durations;
  block.details_ = {reinterpret_cast<const CallDetail*>(at + sizeof(header)), header.details};
  block.reaches_ = reinterpret_cast<const std::uint64_t*>(at + reaches_at);
  block.starts32_ = reinterpret_cast<const std::uint32_t*>(at + starts_at);
  block.starts64_ = reinterpret_cast<const std::uint64_t*>(at + starts_at);
  block.durations32_ = reinterpret_cast<const std::uint32_t*>(at + durations_at);
  block.durations64_ = reinterpret_cast<const std::uint64_t*>(at + durations_at);
  block.open_calls_ = {reinterpret_cast<const std::uint32_t*>(at + open_at), header.open_calls};
  block.detail_of_ = reinterpret_cast<const std::uint16_t*>(at + numbers_at);
  return block;
}

std::uint32_t CallBlock::lower_bound(std::uint64_t time_ns) const {
  std::uint32_t low = 0, high = size_;
  while (low < high) {
    const std::uint32_t middle = (low + high) / 2;
    if (start_ns(middle) < time_ns) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

std::size_t TraceStore::block_of_call(std::uint32_t location, std::uint64_t call) const {
  if (location >= directory_.places.size() || call >= directory_.definitions.locations[location].calls) {
    return block_count(location);
  }
  const std::vector<BlockPlace>& blocks = directory_.places[location].calls;
  const auto after = std::upper_bound(blocks.begin(), blocks.end(), call,
                                      [](std::uint64_t number, const BlockPlace& at) { return number < at.first; });
  return after == blocks.begin() ? blocks.size() : static_cast<std::size_t>(after - blocks.begin() - 1);
}

std::size_t TraceStore::block_of_time(std::uint32_t location, std::uint64_t time_ns) const {
  if (location >= directory_.places.size()) return 0;
  const std::vector<BlockPlace>& blocks = directory_.places[location].calls;
  // Of several blocks that begin at this very time the first can hold calls of that time at its end.
  const auto after = std::lower_bound(blocks.begin(), blocks.end(), time_ns,
                                      [](const BlockPlace& at, std::uint64_t time) { return at.key < time; });
  return after == blocks.begin() ? 0 : static_cast<std::size_t>(after - blocks.begin() - 1);
}

Call TraceStore::call(CallRef ref) const {
  Call call;
  const std::size_t number = block_of_call(ref.location, ref.call);
  if (number >= block_count(ref.location)) return call;
  const CallBlock at = block(ref.location, number);
  const std::uint64_t n = ref.call - at.first();
  if (n >= at.size()) return call;
  const auto index = static_cast<std::uint32_t>(n);
  const CallDetail& detail = at.detail(index);
  call.start_ns = at.start_ns(index);
  call.duration_ns = at.duration_ns(index);
  call.procedure = detail.procedure < directory_.definitions.procedures.size() ? detail.procedure : 0;
  call.context = detail.context < directory_.definitions.contexts.size() ? detail.context : kNone;
  call.peer = detail.peer;
  call.tag = detail.tag;
  call.bytes_sent = detail.bytes_sent;
  call.bytes_received = detail.bytes_received;
  call.site = detail.site < directory_.definitions.sites.size() ? detail.site : kNone;
  call.repeated = detail.repeated;
  call.error = detail.error;
  call.messages = detail.messages;
  return call;
}

std::uint64_t TraceStore::calls_before(std::uint32_t location, std::uint64_t time_ns) const {
  const std::size_t count = block_count(location);
  if (count == 0) return 0;
  const CallBlock at = block(location, block_of_time(location, time_ns));
  return at.first() + at.lower_bound(time_ns);
}

}  // namespace tulkki::trace
