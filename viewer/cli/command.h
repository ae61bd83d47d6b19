// SPDX-License-Identifier: Apache-2.0
// What every command of `tulkki` shares: its signature, how it reads its arguments, and how it fails.
// Exit codes everywhere: 0 done, 1 failed, 2 wrong use.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace tulkki {

// argv[0] is the name of the command itself.
using CommandFunction = int(int argc, char** argv);

CommandFunction run_command, env_command, runs_command, report_command, export_command, selftest_command;
CommandFunction view_command;     // viewer/cli/view.cpp
CommandFunction recover_command;  // viewer/cli/recover.cpp
CommandFunction compare_command;  // viewer/cli/compare.cpp
CommandFunction sweep_command;       // viewer/cli/sweep.cpp
CommandFunction bench_command;       // viewer/cli/bench.cpp
CommandFunction transports_command;  // viewer/cli/transports.cpp
CommandFunction check_command;    // viewer/cli/check.cpp
CommandFunction doctor_command;   // viewer/cli/doctor.cpp

inline constexpr int kExitFailed = 1;
inline constexpr int kExitWrongUse = 2;

// Parses (cli/arguments.cpp); the exit code if the command ends here (help was printed, or the arguments are wrong).
std::optional<int> parse_arguments(CLI::App& app, int argc, char** argv);

// "tulkki COMMAND: MESSAGE" on stderr; returns the exit code.
int failed(std::string_view command, std::string_view message);
int wrong_use(std::string_view command, std::string_view message);

// Database to work on: the option, else TULKKI_DB, else tulkki.db in the working directory.
std::string database_path(const std::string& option);

}  // namespace tulkki
