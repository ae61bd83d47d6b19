// SPDX-License-Identifier: Apache-2.0
// The parsed form of a search, and its parser.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/result.h"

namespace tulkki::trace {

enum class SearchField : unsigned char {
  procedure,
  site,
  comm,
  duration,
  start,
  bytes,
  sent,
  received,
  peer,
  rank,
  thread,
  tag,
  error,
  repeated
};
enum class SearchOperator : unsigned char { equal, not_equal, less, less_equal, greater, greater_equal, like };

struct SearchNode {
  enum class Kind : unsigned char { comparison, all, any, negation } kind = Kind::comparison;
  std::vector<std::unique_ptr<SearchNode>> parts;  // of all, any and negation
  SearchField field = SearchField::procedure;
  SearchOperator compare = SearchOperator::equal;
  std::string text;      // of fields that are names; lower case for `like`
  double number = 0;     // of the others: ns, bytes, ranks ...
  double quantile = -1;  // of duration: p99 is 0.99; -1: none
};

Result<std::unique_ptr<SearchNode>> parse_search(std::string_view text);

}  // namespace tulkki::trace
