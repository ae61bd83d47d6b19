// SPDX-License-Identifier: Apache-2.0
// Files: a handle is open while it is used, and every operation that begins completes.
#pragma once

#include <map>

#include "storage/check/trace.h"

namespace tulkki::check {

class IoCheck {
 public:
  explicit IoCheck(Trace& trace) : trace_(trace) {}
  void open(const Moment& at, std::uint32_t handle, const char* event);
  void close(const Moment& at, std::uint32_t handle);
  void use(const Moment& at, std::uint32_t handle, const char* event);
  void begin(const Moment& at, std::uint32_t handle, std::uint64_t id);
  void progress(const Moment& at, std::uint32_t handle, std::uint64_t id, const char* event);  // tested, issued
  void end(const Moment& at, std::uint32_t handle, std::uint64_t id, const char* event);
  void finish();

 private:
  enum class Life : std::uint8_t { unborn, open, closed };
  struct Key {
    std::uint32_t location, handle;
    std::uint64_t id;
    auto operator<=>(const Key&) const = default;
  };
  struct Handle {
    Life life = Life::unborn;
    std::uint32_t location = 0;
    std::uint64_t time = 0, event = 0;
  };
  using Begun = std::map<Key, std::pair<std::uint64_t, std::uint64_t>>;  // value: time, event

  Handle& handle_of(const Moment& at, std::uint32_t handle);
  Begun::iterator find(const Moment& at, std::uint32_t handle, std::uint64_t id, const char* event);

  Trace& trace_;
  std::unordered_map<std::uint64_t, Handle> handles_;  // per_process()
  Begun begun_;
};

}  // namespace tulkki::check
