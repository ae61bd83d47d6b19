// SPDX-License-Identifier: GPL-3.0-or-later
// What pages ask the databases of a series' launches themselves, where no function of viewer/analysis answers it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "storage/database.h"
#include "storage/result.h"
#include "viewer/analysis/selection.h"
#include "viewer/model/study.h"

namespace tulkki {

// Calls `ask` for each launch of the series, with its database open and its number there. A launch that the study does not
// have any more is left out. The first error ends it.
using AskLaunch = std::function<Result<void>(Database& database, std::int64_t run_id)>;
Result<void> for_each_launch(const Study& study, const Series& series, const AskLaunch& ask);

// Calls `take` for each row of a query whose parameters are `values`.
template <class... Values>
Result<void> for_each_row(Database& database, std::string_view sql, const std::function<void(const Statement&)>& take,
                          const Values&... values) {
  Result<Statement> query = database.prepare(sql);
  if (!query) return query.error();
  query->bind(values...);
  for (;;) {
    const Result<bool> row = query->step();
    if (!row) return row.error();
    if (!*row) return {};
    take(*query);
  }
}

// Node of each rank of a run.
Result<std::map<int, std::string>> hosts_of(Database& database, std::int64_t run_id);

}  // namespace tulkki
