// SPDX-License-Identifier: GPL-3.0-or-later
// From the command line to files and the first state; and what is done without a display.
#pragma once

#include <QStringList>

#include "storage/result.h"
#include "viewer/model/view_state.h"
#include "viewer/options.h"

namespace tulkki {

// Exit codes. Says the reason on standard error and returns the code.
inline constexpr int kFailed = 1, kWrongUse = 2;
int failed(int code, const std::string& message);

class Session;

struct Start {
  QStringList paths;
  ViewState state;
  bool chosen = false;  // something on the command line says what to show: what was kept is not asked
};
// Fails on runs, factors and metrics that do not exist.
Result<Start> start_of(const ViewOptions& options);

// Each returns the exit code.
int write_table(const ViewOptions& options, const Start& start);    // needs no QApplication
int write_figure(const ViewOptions& options);
int write_screenshot(const ViewOptions& options, const Start& start);

}  // namespace tulkki
