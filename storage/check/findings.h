// SPDX-License-Identifier: Apache-2.0
// What the trace validator found: the kinds of defects, their counts and the first few places of each.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tulkki::check {

enum class Kind : std::uint8_t {
  // the archive and its definitions
  unreadable,
  archive_count,
  missing_clock,
  missing_paradigm,
  missing_comm_locations,
  duplicate_definition,
  dangling_reference,
  definition_order,
  missing_value,
  bad_group,
  tree_cycle,
  clock_offset,
  extra_file,
  // each location by itself
  event_count,
  time_decreases,
  time_outside_epoch,
  missing_leave,
  leave_without_enter,
  outside_region,
  attribute_type,
  // messages and requests
  unmatched_send,
  unmatched_receive,
  receive_longer,
  receive_shorter,
  receive_before_send,
  ambiguous_order,
  rank_out_of_range,
  not_a_member,
  communicator_life,
  request_reused,
  request_not_live,
  request_wrong_kind,
  request_open,
  // collectives
  collective_unpaired,
  collective_missing_member,
  collective_operation,
  collective_root,
  collective_too_early,
  // windows and files
  window_life,
  rma_not_started,
  rma_not_completed,
  rma_id_reused,
  rma_lock,
  file_handle_life,
  file_handle_open,
  io_not_begun,
  io_not_completed,
  io_id_reused,
  // what explains other findings
  ends_inside,
  not_checked,
  count
};

enum class Severity : std::uint8_t { error, warning };

struct KindInfo {
  const char* name;  // as --ignore takes it
  Severity severity;
  const char* meaning;  // one sentence
};
const KindInfo& info(Kind kind);
bool kind_by_name(const std::string& name, Kind* kind);

struct Place {
  std::string location;  // name of the location; empty: in the definitions
  std::uint64_t time_ticks = 0;
  std::uint64_t event = 0;  // number in the location's event stream, from 1; 0: not at an event
};

struct Example {
  Place place;
  std::string text;
};

struct Finding {
  std::uint64_t count = 0;
  std::vector<Example> examples;
};

class Findings {
 public:
  explicit Findings(std::size_t max_examples) : max_examples_(max_examples), findings_(std::size_t(Kind::count)) {}

  // `describe` makes the Example; it is called for the first few only, so that a flood of defects costs nothing.
  template <class Describe>
  void add(Kind kind, Describe&& describe) {
    Finding& finding = findings_[std::size_t(kind)];
    if (finding.count++ < max_examples_) finding.examples.push_back(std::forward<Describe>(describe)());
  }

  const Finding& operator[](Kind kind) const { return findings_[std::size_t(kind)]; }
  std::vector<Finding> take() { return std::move(findings_); }

 private:
  std::size_t max_examples_;
  std::vector<Finding> findings_;
};

}  // namespace tulkki::check
