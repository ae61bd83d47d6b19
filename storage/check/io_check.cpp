// SPDX-License-Identifier: Apache-2.0
// Life of file handles and of operations on them.
#include "storage/check/io_check.h"

#include <algorithm>

namespace tulkki::check {

IoCheck::Handle& IoCheck::handle_of(const Moment& at, std::uint32_t handle) {
  auto [entry, added] = handles_.try_emplace(per_process(at.location.process, handle));
  const IoHandle* definition = added ? trace_.definitions.io_handles.find(handle) : nullptr;
  if (definition && definition->open_at_start) entry->second.life = Life::open;
  return entry->second;
}

void IoCheck::open(const Moment& at, std::uint32_t handle, const char* event) {
  if (!trace_.check_defined(Table::io_handle, handle, at, event)) return;
  Handle& state = handle_of(at, handle);
  if (state.life == Life::open) {
    trace_.report(Kind::file_handle_life, at, [&] {
      return fmt::format("{} of \"{}\", which is open already", event,
                         trace_.definitions.io_handles.find(handle)->name);
    });
  }
  state = {Life::open, at.location.index, at.time, at.location.events};
}

void IoCheck::close(const Moment& at, std::uint32_t handle) {
  use(at, handle, "IoDestroyHandle");
  handle_of(at, handle).life = Life::closed;
}

void IoCheck::use(const Moment& at, std::uint32_t handle, const char* event) {
  if (!trace_.check_defined(Table::io_handle, handle, at, event)) return;
  const Life life = handle_of(at, handle).life;
  if (life == Life::open) return;
  trace_.report(Kind::file_handle_life, at, [&] {
    return fmt::format("{} of \"{}\", which is {}", event, trace_.definitions.io_handles.find(handle)->name,
                       life == Life::closed ? "closed" : "not open yet");
  });
}

void IoCheck::begin(const Moment& at, std::uint32_t handle, std::uint64_t id) {
  use(at, handle, "IoOperationBegin");
  auto [present, added] = begun_.try_emplace({at.location.index, handle, id}, at.time, at.location.events);
  if (added) return;
  trace_.report(Kind::io_id_reused, at, [&] {
    return fmt::format("an operation begins with matching id {}, which is live since event {}", id,
                       present->second.second);
  });
  present->second = {at.time, at.location.events};
}

IoCheck::Begun::iterator IoCheck::find(const Moment& at, std::uint32_t handle, std::uint64_t id, const char* event) {
  use(at, handle, event);
  auto found = begun_.find({at.location.index, handle, id});
  if (found != begun_.end()) return found;
  for (std::uint32_t location : trace_.processes[at.location.process].locations) {
    found = begun_.find({location, handle, id});
    if (found != begun_.end()) return found;
  }
  trace_.report(Kind::io_not_begun, at,
                [&] { return fmt::format("{} of operation {}, which is not live", event, id); });
  return begun_.end();
}

void IoCheck::progress(const Moment& at, std::uint32_t handle, std::uint64_t id, const char* event) {
  find(at, handle, id, event);
}

void IoCheck::end(const Moment& at, std::uint32_t handle, std::uint64_t id, const char* event) {
  auto found = find(at, handle, id, event);
  if (found != begun_.end()) begun_.erase(found);
}

void IoCheck::finish() {
  for (const auto& [key, begin] : begun_) {
    const Kind kind = trace_.unless_cut(Kind::io_not_completed, trace_.locations[key.location].process);
    trace_.report_at(kind, key.location, begin.first, begin.second,
                     [&, id = key.id] { return fmt::format("operation {} begun here never completes", id); });
  }
  std::vector<std::pair<std::uint64_t, const Handle*>> open;
  for (const auto& [key, handle] : handles_) {
    if (handle.life == Life::open && handle.event != 0) open.emplace_back(key, &handle);
  }
  std::sort(open.begin(), open.end());
  for (const auto& [key, handle] : open) {
    const std::uint32_t process = static_cast<std::uint32_t>(key >> 32);
    const IoHandle* definition = trace_.definitions.io_handles.find(key & 0xffffffffu);
    trace_.report_at(
        trace_.unless_cut(Kind::file_handle_open, process), handle->location, handle->time, handle->event,
        [&] { return fmt::format("\"{}\" opened here is never closed", definition ? definition->name : "?"); });
  }
}

}  // namespace tulkki::check
