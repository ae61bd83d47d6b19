// SPDX-License-Identifier: Apache-2.0
// Works on a shared writable mapping of the file: what is changed there is the system's to write out.
#include "viewer/trace/message_matcher.h"

#include <sys/mman.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <tuple>
#include <unordered_set>
#include <vector>

#include "viewer/trace/store.h"

namespace tulkki::trace {

namespace {

constexpr std::uint64_t kSliceHalves = 1 << 21;
constexpr std::size_t kMostPending = 1 << 25;  // 512 MiB; ends beyond that stay without a partner

struct Half {
  std::uint32_t call, post, number;
  const Channel* channel;
  std::uint32_t* partner;
};

// A writable file in memory, and the halves in it.
class HalfMap {
 public:
  HalfMap(CacheFile& file, const Directory& directory) : directory_(directory), bytes_(file.bytes()) {
    void* data = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, file.descriptor(), 0);
    if (data != MAP_FAILED) data_ = static_cast<std::uint8_t*>(data);
  }
  ~HalfMap() {
    if (data_ != nullptr) munmap(data_, bytes_);
  }
  HalfMap(const HalfMap&) = delete;
  HalfMap& operator=(const HalfMap&) = delete;
  bool good() const { return data_ != nullptr; }

  // visit(number in the location, half) for halves [first, last).
  template <class Visit>
  void for_each(std::uint32_t location, std::uint64_t first, std::uint64_t last, Visit&& visit) const {
    const std::vector<BlockPlace>& blocks = directory_.places[location].halves;
    auto block = std::upper_bound(blocks.begin(), blocks.end(), first,
                                  [](std::uint64_t value, const BlockPlace& at) { return value < at.first; });
    if (block != blocks.begin()) --block;
    for (; block != blocks.end() && block->first < last; ++block) {
      std::uint8_t* at = data_ + block->offset;
      HalfBlockHeader header;
      std::memcpy(&header, at, sizeof(header));
      const auto* channels = reinterpret_cast<const Channel*>(at + sizeof(header));
      auto* partners = reinterpret_cast<std::uint32_t*>(at + sizeof(header) + header.channels * sizeof(Channel));
      const std::uint32_t* calls = partners + header.halves;
      const std::uint32_t* posts = calls + header.halves;
      const auto* numbers = reinterpret_cast<const std::uint16_t*>(posts + header.halves);
      const std::uint64_t end = std::min<std::uint64_t>(header.halves, last - block->first);
      for (std::uint64_t n = first > block->first ? first - block->first : 0; n < end; ++n) {
        visit(block->first + n, Half{calls[n], posts[n], partners[n], channels + numbers[n], partners + n});
      }
    }
  }
  // Where the partner of a half is written, if it is a half of the other kind than `receive`.
  std::uint32_t* partner_of_other(std::uint32_t location, std::uint64_t half, bool receive) const {
    std::uint32_t* found = nullptr;
    for_each(location, half, half + 1, [&](std::uint64_t, const Half& at) {
      if ((at.channel->receive != 0) != receive) found = at.partner;
    });
    return found;
  }

 private:
  const Directory& directory_;
  std::uint64_t bytes_;
  std::uint8_t* data_ = nullptr;
};

// Ends whose partner was not seen yet: open addressing with a 64-bit hash for the key. That two keys of the messages
// under way share one is less likely than a fault of the machine.
class PendingEnds {
 public:
  PendingEnds() : slots_(1 << 16) {}

  // The end that was put there under this key, or kNone after putting `half` there.
  std::uint32_t exchange(std::uint64_t key, std::uint32_t half) {
    key = key == 0 ? 1 : key;
    std::size_t slot = key & (slots_.size() - 1);
    for (; slots_[slot].key != 0; slot = (slot + 1) & (slots_.size() - 1)) {
      if (slots_[slot].key != key) continue;
      const std::uint32_t found = slots_[slot].half;
      erase(slot);
      return found;
    }
    if (used_ < kMostPending) {
      slots_[slot] = {key, half};
      if (++used_ * 2 > slots_.size()) grow();
    }
    return kNone;
  }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t half = 0;
  };
  void erase(std::size_t slot) {
    const std::size_t mask = slots_.size() - 1;
    --used_;
    for (std::size_t next = (slot + 1) & mask; slots_[next].key != 0; next = (next + 1) & mask) {
      const std::size_t home = slots_[next].key & mask;
      if (((next - home) & mask) < ((next - slot) & mask)) continue;
      slots_[slot] = slots_[next];
      slot = next;
    }
    slots_[slot] = {};
  }
  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& at : old) {
      if (at.key == 0) continue;
      std::size_t slot = at.key & (slots_.size() - 1);
      while (slots_[slot].key != 0)
        slot = (slot + 1) & (slots_.size() - 1);
      slots_[slot] = at;
    }
  }
  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

class Matcher {
 public:
  Matcher(const HalfMap& map, const TraceStore& store, const Directory& directory,
          const std::function<bool(double)>& go_on)
      : map_(map), store_(store), directory_(directory), go_on_(go_on) {}

  bool run(MatchResult& result) {
    const std::vector<Location>& locations = directory_.definitions.locations;
    for (std::uint32_t n = 0; n < locations.size(); ++n) {
      total_ += locations[n].halves;
      if (locations[n].calls != 0) has_calls_.insert(locations[n].rank);
      if (n + 1 < locations.size() && locations[n + 1].rank == locations[n].rank) renumber_rank(locations[n].rank);
    }
    done_.assign(locations.size(), 0);
    const bool good = total_ == 0 || slice(directory_.definitions.first_ns, directory_.definitions.last_ns + 1);
    result.matched = matched_;
    result.unmatched = total_ - 2 * matched_;
    return good;
  }

 private:
  // Halves of each location that happen in calls which start before `time_ns`.
  std::vector<std::uint64_t> halves_before(std::uint64_t time_ns) const {
    std::vector<std::uint64_t> counts(done_.size());
    for (std::uint32_t n = 0; n < counts.size(); ++n) {
      const std::uint64_t all = directory_.definitions.locations[n].halves;
      if (all != 0) counts[n] = std::min(all, store_.halves_before(n, store_.calls_before(n, time_ns)));
    }
    return counts;
  }

  bool slice(std::uint64_t begin_ns, std::uint64_t end_ns) {
    const bool last = end_ns > directory_.definitions.last_ns;
    std::vector<std::uint64_t> until = halves_before(end_ns);
    std::uint64_t count = 0;
    for (std::size_t n = 0; n < until.size(); ++n) {
      if (last) until[n] = directory_.definitions.locations[n].halves;
      count += until[n] - std::min(until[n], done_[n]);
    }
    if (count > kSliceHalves && end_ns - begin_ns > 1) {
      const std::uint64_t middle = begin_ns + (end_ns - begin_ns) / 2;
      return slice(begin_ns, middle) && slice(middle, end_ns);
    }
    for (std::uint32_t n = 0; n < until.size(); ++n) {
      if (until[n] > done_[n]) match(n, done_[n], until[n]);
      done_[n] = std::max(done_[n], until[n]);
    }
    seen_ += count;
    return go_on_(static_cast<double>(seen_) / static_cast<double>(std::max<std::uint64_t>(1, total_)));
  }

  void match(std::uint32_t location, std::uint64_t first, std::uint64_t last) {
    const std::uint32_t rank = directory_.definitions.locations[location].rank;
    const std::uint64_t base = directory_.places[location].first_half;
    map_.for_each(location, first, last, [&](std::uint64_t number, const Half& half) {
      const std::uint32_t in_channel = half.number;
      *half.partner = kNoPartner;
      // A rank that left no events will never show up: its messages must not fill the table.
      if (in_channel == kNoPartner || base + number >= kNoPartner || !has_calls_.contains(half.channel->peer)) return;
      const bool receive = half.channel->receive != 0;
      const std::uint32_t key[5] = {half.channel->context, receive ? half.channel->peer : rank,
                                    receive ? rank : half.channel->peer, static_cast<std::uint32_t>(half.channel->tag),
                                    in_channel};
      // Sends and receives of a channel have the same numbers, so the table of a message to oneself needs no more.
      const std::uint64_t hash = XXH3_64bits(key, sizeof(key));
      const auto own = static_cast<std::uint32_t>(base + number);
      const std::uint32_t other = pending_.exchange(hash, own);
      if (other == kNone) return;
      const auto [other_location, other_number] = store_.half_place(other);
      std::uint32_t* partner = map_.partner_of_other(other_location, other_number, receive);
      if (partner == nullptr) return;
      *half.partner = other;
      *partner = own;
      ++matched_;
    });
  }

  // Threads of one rank share its channels: their halves are numbered again, together, in the order of time.
  void renumber_rank(std::uint32_t rank) {
    if (!renumbered_.insert(rank).second) return;
    struct Entry {
      Channel channel;
      std::uint64_t time_ns;
      std::uint32_t location;
      std::uint32_t* number;
      auto key() const { return std::tuple(channel.context, channel.peer, channel.tag, channel.receive); }
    };
    std::vector<Entry> entries;
    const std::vector<Location>& locations = directory_.definitions.locations;
    std::uint32_t threads_with_messages = 0;
    for (const Location& location : locations)
      threads_with_messages += location.rank == rank && location.halves != 0 ? 1 : 0;
    if (threads_with_messages < 2) return;
    for (std::uint32_t n = 0; n < locations.size(); ++n) {
      if (locations[n].rank != rank) continue;
      map_.for_each(n, 0, locations[n].halves, [&](std::uint64_t, const Half& half) {
        if (half.number == kNoPartner) return;
        entries.push_back({*half.channel, store_.call({n, half.post}).start_ns, n, half.partner});
      });
    }
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return std::tuple(a.key(), a.time_ns) < std::tuple(b.key(), b.time_ns);
    });
    std::uint32_t next = 0;
    for (std::size_t n = 0; n < entries.size(); ++n) {
      if (n > 0 && entries[n].key() != entries[n - 1].key()) next = 0;
      *entries[n].number = next++;
    }
  }

  const HalfMap& map_;
  const TraceStore& store_;
  const Directory& directory_;
  const std::function<bool(double)>& go_on_;
  PendingEnds pending_;
  std::unordered_set<std::uint32_t> has_calls_, renumbered_;
  std::vector<std::uint64_t> done_;
  std::uint64_t total_ = 0, seen_ = 0, matched_ = 0;
};

}  // namespace

Result<MatchResult> match_messages(CacheFile& file, const Directory& directory,
                                   const std::function<bool(double)>& go_on) {
  const HalfMap map(file, directory);
  if (!map.good()) return Error{file.path() + ": cannot be mapped: " + std::strerror(errno)};
  const Result<std::shared_ptr<const TraceStore>> store = TraceStore::open_partial(file.path(), directory);
  if (!store) return store.error();
  MatchResult result;
  Matcher(map, **store, directory, go_on).run(result);
  return result;
}

}  // namespace tulkki::trace
