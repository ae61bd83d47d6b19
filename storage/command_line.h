// SPDX-License-Identifier: Apache-2.0
// Command lines as text: split and quoted as a shell does, and the name by which people know the program in one.
#pragma once

#include <string>
#include <vector>

#include "storage/result.h"

namespace tulkki {

// Splits as a shell does: blanks, 'single', "double" quotes, backslash.
Result<std::vector<std::string>> split_words(const std::string& text);

// The reverse: quoted where a shell needs it.
std::string quote_word(const std::string& word);
std::string join_words(const std::vector<std::string>& words);

// Name of a program for lists and folders: the file name of the executable, of an interpreter's the script
// ("solver.py") or module ("python3 -m pkg" is "pkg"). `program`: path of the executable; `arguments`: its command line.
std::string program_name(const std::string& program, const std::string& arguments);

}  // namespace tulkki
