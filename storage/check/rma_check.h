// SPDX-License-Identifier: Apache-2.0
// One-sided communication: windows exist while they are used, every operation completes, locks pair. Communicators
// with creation events live by the same rules, so their life is checked here too.
#pragma once

#include <map>
#include <set>
#include <tuple>

#include "storage/check/trace.h"

namespace tulkki::check {

enum class RmaCompletion : std::uint8_t { local, remote };

class RmaCheck {
 public:
  explicit RmaCheck(Trace& trace) : trace_(trace) {}
  void create_window(const Moment& at, std::uint32_t window);
  void destroy_window(const Moment& at, std::uint32_t window);
  void use_window(const Moment& at, std::uint32_t window, const char* event);
  void operation(const Moment& at, std::uint32_t window, std::uint32_t remote, std::uint64_t id, const char* event);
  void test(const Moment& at, std::uint32_t window, std::uint64_t id);
  void complete(const Moment& at, std::uint32_t window, std::uint64_t id, RmaCompletion completion);
  void request_lock(const Moment& at, std::uint32_t window, std::uint32_t remote, std::uint64_t lock);
  void acquire_lock(const Moment& at, std::uint32_t window, std::uint32_t remote, std::uint64_t lock);
  void release_lock(const Moment& at, std::uint32_t window, std::uint32_t remote, std::uint64_t lock);
  void create_communicator(const Moment& at, std::uint32_t comm);
  void destroy_communicator(const Moment& at, std::uint32_t comm);
  void use_communicator(const Moment& at, std::uint32_t comm, const char* event);
  void finish();

 private:
  enum class Life : std::uint8_t { unborn, alive, gone };
  struct Key {
    std::uint32_t location, window;
    std::uint64_t id;
    auto operator<=>(const Key&) const = default;
  };
  struct Started {
    std::uint64_t time, event;
    bool remote_done;  // complete at the target; the origin may still complete a request
  };
  using LockKey = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint64_t>;  // process window remote id

  std::map<Key, Started>::iterator find(const Moment& at, std::uint32_t window, std::uint64_t id);
  void report_open(const Key& key, const Started& started, Kind kind);

  Trace& trace_;
  std::unordered_map<std::uint64_t, Life> window_life_, comm_life_;  // per_process()
  std::map<Key, Started> started_;
  std::map<LockKey, std::pair<std::uint32_t, std::uint64_t>> locks_;  // value: location, time
};

}  // namespace tulkki::check
