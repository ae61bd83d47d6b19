// SPDX-License-Identifier: Apache-2.0
// The enter/leave stack of each location.
#include "storage/check/stack_check.h"

#include <algorithm>
#include <cctype>

namespace tulkki::check {

namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char letter) { return std::tolower(letter); });
  while (!text.empty() && text.back() == '_')
    text.pop_back();  // Fortran names
  return text;
}

}  // namespace

StackCheck::StackCheck(Trace& trace) : trace_(trace) {
  trace_.definitions.regions.for_each([&](std::uint64_t id, const Region& region) {
    const std::string name = lower(region.name);
    if (name == "mpi_init" || name == "mpi_init_thread") roles_.insert(id, Role::init);
    if (name == "mpi_finalize") roles_.insert(id, Role::finalize);
  });
}

const std::string& StackCheck::region_name(std::uint64_t region) const {
  static const std::string kUnknown = "an undefined region";
  const Region* found = trace_.definitions.regions.find(region);
  return found ? found->name : kUnknown;
}

void StackCheck::enter(const Moment& at, std::uint64_t region) {
  trace_.check_defined(Table::region, region, at, "Enter");
  at.location.stack.push_back({region, at.time, at.location.events});
  const Role* role = roles_.find(region);
  if (role && *role == Role::init) trace_.processes[at.location.process].entered_init = true;
}

void StackCheck::leave(const Moment& at, std::uint64_t region) {
  trace_.check_defined(Table::region, region, at, "Leave");
  const Role* role = roles_.find(region);
  if (role && *role == Role::finalize) trace_.processes[at.location.process].left_finalize = true;
  std::vector<OpenRegion>& stack = at.location.stack;
  if (!stack.empty() && stack.back().region == region) [[likely]] {
    stack.pop_back();
    return;
  }
  if (at.location.tasks) return;
  auto match =
      std::find_if(stack.rbegin(), stack.rend(), [&](const OpenRegion& open) { return open.region == region; });
  if (match == stack.rend()) {
    trace_.report(Kind::leave_without_enter, at, [&] {
      return stack.empty()
                 ? fmt::format("leaves {}, and no region is open", region_name(region))
                 : fmt::format("leaves {}, but {} is open", region_name(region), region_name(stack.back().region));
    });
    return;
  }
  while (stack.back().region != region) {
    const OpenRegion open = stack.back();
    stack.pop_back();
    trace_.report_at(Kind::missing_leave, at.location.index, open.time, open.event, [&] {
      return fmt::format("{} entered here is still open when {} is left at event {}", region_name(open.region),
                         region_name(region), at.location.events);
    });
  }
  stack.pop_back();
}

void StackCheck::enter_context(const Moment& at, std::uint64_t calling_context) {
  if (!trace_.check_defined(Table::calling_context, calling_context, at, "CallingContextEnter")) return;
  enter(at, *trace_.definitions.calling_context_region.find(calling_context));
}

void StackCheck::leave_context(const Moment& at, std::uint64_t calling_context) {
  if (!trace_.check_defined(Table::calling_context, calling_context, at, "CallingContextLeave")) return;
  leave(at, *trace_.definitions.calling_context_region.find(calling_context));
}

void StackCheck::switch_task(const Moment& at) {
  if (at.location.tasks) return;
  at.location.tasks = true;
  trace_.report(Kind::not_checked, at,
                [] { return std::string("switches to another task: its stack is not checked any more"); });
}

std::uint64_t StackCheck::call_begin(const Moment& at, const char* event) {
  if (!at.location.stack.empty()) [[likely]]
    return at.location.stack.back().time;
  trace_.report(Kind::outside_region, at, [&] { return fmt::format("{} while no region is open", event); });
  return at.time;
}

void StackCheck::finish() {
  for (LocationState& location : trace_.locations) {
    if (location.tasks) continue;
    for (const OpenRegion& open : location.stack) {
      trace_.report_at(
          trace_.unless_cut(Kind::missing_leave, location.process), location.index, open.time, open.event,
          [&] { return fmt::format("{} entered here is still open at the end", region_name(open.region)); });
    }
  }
}

}  // namespace tulkki::check
