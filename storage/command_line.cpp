// SPDX-License-Identifier: Apache-2.0
// Words of command lines, and which of them names the program that an interpreter runs.
#include "storage/command_line.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

namespace tulkki {
namespace {

namespace files = std::filesystem;

struct Interpreter {
  std::string_view stem;         // of the executable's name, before version numbers
  std::string_view with_value;   // one-letter options whose value is a word of its own
  std::string_view code;         // one-letter options whose value is the program itself
};

constexpr std::array kInterpreters{
    Interpreter{"python", "WXQ", "c"}, Interpreter{"pypy", "WXQ", "c"},     Interpreter{"perl", "I", "eE"},
    Interpreter{"bash", "oO", "c"},    Interpreter{"sh", "o", "c"},         Interpreter{"dash", "o", "c"},
    Interpreter{"ksh", "o", "c"},      Interpreter{"zsh", "o", "c"},        Interpreter{"julia", "ptLJCH", "eE"},
    Interpreter{"R", "g", "e"},        Interpreter{"Rscript", "", "e"},     Interpreter{"ruby", "IrCE", "e"},
};

// Modules of Python that run another program: what follows them is a command line of its own.
constexpr std::array kRunners{"mpi4py", "mpi4py.run", "mpi4py.futures", "cProfile", "profile", "pdb", "trace"};

const Interpreter* interpreter_of(const std::string& name) {
  const std::string stem = name.substr(0, name.find_first_of("0123456789.-"));
  const auto found = std::find_if(kInterpreters.begin(), kInterpreters.end(), [&](const Interpreter& one) { return one.stem == stem; });
  return found == kInterpreters.end() ? nullptr : &*found;
}

bool is_python(const Interpreter& interpreter) { return interpreter.stem == "python" || interpreter.stem == "pypy"; }

// Empty: it runs a text of its command line, or what comes from its input.
std::string script_of(const Interpreter& interpreter, const std::vector<std::string>& words) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i];
    const bool more = i + 1 < words.size();
    if (!word.starts_with("-")) return files::path(word).filename().string();
    if (word == "--" || word == "-f") return more ? files::path(words[i + 1]).filename().string() : "";
    if (word == "--args") return "";
    if (word == "-rc") {  // of mpi4py
      ++i;
      continue;
    }
    if (word.starts_with("--file=")) return files::path(word.substr(7)).filename().string();
    if (word.starts_with("--")) continue;
    // "-um pkg": flags may stand before the letter that counts.
    const std::size_t last = word.size() - 1;
    if (word.find_first_of(interpreter.code, 1) != std::string::npos) return "";
    if (is_python(interpreter) && word.find('m', 1) != std::string::npos) {
      const std::size_t at = word.find('m', 1);
      const std::string module = at < last ? word.substr(at + 1) : more ? words[i + 1] : "";
      const bool runs_another = std::find(kRunners.begin(), kRunners.end(), module) != kRunners.end();
      if (!runs_another) return module;
      const std::vector<std::string> rest(words.begin() + static_cast<std::ptrdiff_t>(std::min(i + (at < last ? 0 : 1), words.size())), words.end());
      Interpreter inner = interpreter;
      inner.with_value = "WXQos";  // -o FILE, -s ORDER of the profilers
      const std::string script = script_of(inner, rest);
      return script.empty() ? module : script;
    }
    if (interpreter.with_value.find(word[last]) != std::string_view::npos) ++i;
  }
  return "";
}

}  // namespace

Result<std::vector<std::string>> split_words(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  bool inside = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char letter = text[i];
    if (letter == '\\' && quote != '\'' && i + 1 < text.size()) {
      word += text[++i];
      inside = true;
    } else if (quote != 0) {
      if (letter == quote) quote = 0;
      else word += letter;
    } else if (letter == '\'' || letter == '"') {
      quote = letter;
      inside = true;
    } else if (letter == ' ' || letter == '\t' || letter == '\n') {
      if (inside) words.push_back(std::move(word));
      word.clear();
      inside = false;
    } else {
      word += letter;
      inside = true;
    }
  }
  if (quote != 0) return Error{std::string("the quotation mark ") + quote + " is not closed in: " + text};
  if (inside) words.push_back(word);
  return words;
}

std::string quote_word(const std::string& word) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%^";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char letter : word) {
    if (letter == '\'') quoted += "'\\''";
    else quoted += letter;
  }
  return quoted + "'";
}

std::string join_words(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty()) line += ' ';
    line += quote_word(word);
  }
  return line;
}

std::string program_name(const std::string& program, const std::string& arguments) {
  const std::string name = files::path(program).filename().string();
  const Interpreter* interpreter = interpreter_of(name);
  if (interpreter == nullptr) return name;
  const Result<std::vector<std::string>> words = split_words(arguments);
  const std::string script = words ? script_of(*interpreter, *words) : "";
  return script.empty() ? name : script;
}

}  // namespace tulkki
