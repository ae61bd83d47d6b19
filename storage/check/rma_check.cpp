// SPDX-License-Identifier: Apache-2.0
// Windows, one-sided operations, locks, and the life of communicators.
#include "storage/check/rma_check.h"

namespace tulkki::check {

void RmaCheck::create_window(const Moment& at, std::uint32_t window) {
  if (!trace_.communicator_of_window(window, at, "RmaWinCreate")) return;
  Life& life = window_life_[per_process(at.location.process, window)];
  if (life == Life::alive) {
    trace_.report(Kind::window_life, at,
                  [&] { return fmt::format("window {} is created again while it exists", window); });
  }
  life = Life::alive;
}

void RmaCheck::destroy_window(const Moment& at, std::uint32_t window) {
  use_window(at, window, "RmaWinDestroy");
  window_life_[per_process(at.location.process, window)] = Life::gone;
  for (std::uint32_t location : trace_.processes[at.location.process].locations) {
    auto entry = started_.lower_bound({location, window, 0});
    while (entry != started_.end() && entry->first.location == location && entry->first.window == window) {
      if (!entry->second.remote_done) report_open(entry->first, entry->second, Kind::rma_not_completed);
      entry = started_.erase(entry);
    }
  }
}

void RmaCheck::use_window(const Moment& at, std::uint32_t window, const char* event) {
  if (!trace_.communicator_of_window(window, at, event)) return;
  const Window& definition = *trace_.definitions.windows.find(window);
  if (!definition.has_life) return;
  const Life life = window_life_[per_process(at.location.process, window)];
  if (life == Life::alive) return;
  trace_.report(Kind::window_life, at, [&] {
    return fmt::format("{} on window \"{}\", which {}", event, definition.name,
                       life == Life::gone ? "is gone" : "does not exist yet");
  });
}

void RmaCheck::operation(const Moment& at, std::uint32_t window, std::uint32_t remote, std::uint64_t id,
                         const char* event) {
  use_window(at, window, event);
  if (const Communicator* comm = trace_.communicator_of_window(window, at, event))
    trace_.partner(*comm, remote, at, event);
  auto [present, added] =
      started_.try_emplace({at.location.index, window, id}, Started{at.time, at.location.events, false});
  if (added) return;
  // An operation complete at the target only may be all there is; its id is free again.
  if (!present->second.remote_done) {
    trace_.report(Kind::rma_id_reused, at, [&] {
      return fmt::format("{} uses matching id {}, which is live since event {}", event, id, present->second.event);
    });
  }
  present->second = {at.time, at.location.events, false};
}

std::map<RmaCheck::Key, RmaCheck::Started>::iterator RmaCheck::find(const Moment& at, std::uint32_t window,
                                                                    std::uint64_t id) {
  auto found = started_.find({at.location.index, window, id});
  if (found != started_.end()) return found;
  for (std::uint32_t location : trace_.processes[at.location.process].locations) {
    found = started_.find({location, window, id});
    if (found != started_.end()) return found;
  }
  return started_.end();
}

void RmaCheck::test(const Moment& at, std::uint32_t window, std::uint64_t id) {
  use_window(at, window, "RmaOpTest");
  if (find(at, window, id) != started_.end()) return;
  trace_.report(Kind::rma_not_started, at, [&] { return fmt::format("operation {} is tested, but not live", id); });
}

void RmaCheck::complete(const Moment& at, std::uint32_t window, std::uint64_t id, RmaCompletion completion) {
  use_window(at, window, "completion of an operation");
  auto found = find(at, window, id);
  if (found != started_.end()) {
    if (completion == RmaCompletion::local) {
      started_.erase(found);
    } else {
      found->second.remote_done = true;
    }
    return;
  }
  // The target may complete long after the origin did, when the operation is forgotten here.
  if (completion == RmaCompletion::remote) return;
  trace_.report(Kind::rma_not_started, at,
                [&] { return fmt::format("operation {} on window {} is completed, but not live", id, window); });
}

void RmaCheck::request_lock(const Moment& at, std::uint32_t window, std::uint32_t remote, std::uint64_t lock) {
  use_window(at, window, "RmaRequestLock");
  const LockKey key{at.location.process, window, remote, lock};
  if (locks_.try_emplace(key, at.location.index, at.time).second) return;
  trace_.report(Kind::rma_lock, at, [&] {
    return fmt::format("lock {} at rank {} is requested while it is held", lock, static_cast<int>(remote));
  });
}

void RmaCheck::acquire_lock(const Moment& at, std::uint32_t window, std::uint32_t remote, std::uint64_t lock) {
  use_window(at, window, "RmaAcquireLock");
  locks_.try_emplace({at.location.process, window, remote, lock}, at.location.index, at.time);  // or requested before
}

void RmaCheck::release_lock(const Moment& at, std::uint32_t window, std::uint32_t remote, std::uint64_t lock) {
  use_window(at, window, "RmaReleaseLock");
  if (locks_.erase({at.location.process, window, remote, lock})) return;
  trace_.report(Kind::rma_lock, at, [&] {
    return fmt::format("lock {} at rank {} is released, but not held", lock, static_cast<int>(remote));
  });
}

void RmaCheck::create_communicator(const Moment& at, std::uint32_t comm) {
  const Communicator* definition = trace_.communicator(comm, at, "CommCreate");
  if (!definition) return;
  Life& life = comm_life_[per_process(at.location.process, comm)];
  if (life == Life::alive && !definition->self) {
    trace_.report(Kind::communicator_life, at,
                  [&] { return fmt::format("\"{}\" is created while it exists", definition->name); });
  }
  life = Life::alive;
}

void RmaCheck::destroy_communicator(const Moment& at, std::uint32_t comm) {
  use_communicator(at, comm, "CommDestroy");
  comm_life_[per_process(at.location.process, comm)] = Life::gone;
}

void RmaCheck::use_communicator(const Moment& at, std::uint32_t comm, const char* event) {
  const Communicator* definition = trace_.communicator(comm, at, event);
  if (!definition || !definition->has_life) return;
  const Life life = comm_life_[per_process(at.location.process, comm)];
  if (life == Life::alive) return;
  trace_.report(Kind::communicator_life, at, [&] {
    return fmt::format("{} on \"{}\", which {}", event, definition->name,
                       life == Life::gone ? "is gone" : "does not exist yet");
  });
}

void RmaCheck::report_open(const Key& key, const Started& started, Kind kind) {
  trace_.report_at(kind, key.location, started.time, started.event, [&] {
    return fmt::format("operation {} on window {} started here never completes", key.id, key.window);
  });
}

void RmaCheck::finish() {
  for (const auto& [key, started] : started_) {
    const std::uint32_t process = trace_.locations[key.location].process;
    if (!started.remote_done) report_open(key, started, trace_.unless_cut(Kind::rma_not_completed, process));
  }
  for (const auto& [key, holder] : locks_) {
    const auto& [process, window, remote, lock] = key;
    trace_.report_at(trace_.unless_cut(Kind::rma_lock, process), holder.first, holder.second, 0,
                     [&, lock = lock, window = window] {
                       return fmt::format("lock {} of window {} is never released", lock, window);
                     });
  }
}

}  // namespace tulkki::check
