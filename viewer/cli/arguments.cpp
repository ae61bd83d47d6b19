// SPDX-License-Identifier: Apache-2.0
// Reads a command line: spellings that mpirun users type, names that are nearly right, and what CLI11 says about
// mistakes in words for people.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/core.h>
#include <memory>
#include <string>
#include <vector>

#include "viewer/analysis/near_name.h"
#include "viewer/cli/command.h"

namespace tulkki {
namespace {

constexpr std::string_view kDigits = "0123456789";

struct WrongUse {
  std::string message;
};

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

// "N" of "N:INT in [1 - 64]": what a value may be is said by the description, or by the error.
std::string type_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  if (type.starts_with("{")) return "NAME";
  return type.substr(0, type.find(':'));
}

struct OptionWord {
  const CLI::Option* option = nullptr;
  std::string name;       // as CLI11 knows it
  std::string value;
  bool has_value = false;  // in the same word
};

// "--np=2", "-n2", and what launchers take as well: "-np", "-np=2", "-np2", "-n=2", "--n".
OptionWord read_option(const CLI::App& app, const std::string& word) {
  OptionWord result;
  const std::size_t equals = word.find('=');
  result.name = word.substr(0, equals);
  if (equals != std::string::npos) {
    result.value = word.substr(equals + 1);
    result.has_value = true;
  }
  const auto take = [&](const std::string& name) {
    result.option = app.get_option_no_throw(name);
    if (result.option != nullptr) result.name = name;
    return result.option != nullptr;
  };
  if (take(result.name)) return result;
  const bool is_long = word.starts_with("--");
  const std::string rest = result.name.substr(is_long ? 2 : 1);
  if (is_long && rest.size() == 1 && take("-" + rest)) return result;
  if (is_long) return result;
  if (rest.size() > 1 && take("--" + rest)) return result;
  const std::size_t letters = rest.find_last_not_of(kDigits) + 1;
  if (letters > 1 && letters < rest.size() && !result.has_value && take("--" + rest.substr(0, letters))) {
    result.value = rest.substr(letters);
    result.has_value = true;
    return result;
  }
  if (take(word.substr(0, 2))) {
    result.value = word.substr(2);
    result.has_value = true;
    if (result.option->get_items_expected_max() == 0) result.option = nullptr;  // "-hx"
  }
  return result;
}

bool is_option(const std::string& word) {
  return word.size() > 1 && word[0] == '-' && kDigits.find(word[1]) == std::string_view::npos;
}

// The words for CLI11, which takes them from the last to the first.
std::vector<std::string> plain_words(const CLI::App& app, int argc, char** argv) {
  std::vector<std::string> words;
  int i = 1;
  for (; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--") break;
    if (!is_option(word)) {
      if (app.get_prefix_command()) break;
      words.push_back(word);
      continue;
    }
    const OptionWord found = read_option(app, word);
    if (found.option == nullptr) {
      const std::string name = word.substr(0, word.find('='));
      throw WrongUse{fmt::format("there is no option {}{}", name, did_you_mean(name, option_names(app)))};
    }
    if (found.has_value) {
      words.push_back(found.name + (found.name.starts_with("--") ? "=" : "") + found.value);
      continue;
    }
    words.push_back(found.name);
    for (int values = found.option->get_items_expected_min(); values > 0; --values) {
      if (++i == argc) throw WrongUse{fmt::format("{0} needs a value: {0} {1}", word, type_of(*found.option))};
      words.push_back(argv[i]);
    }
  }
  for (; i < argc; ++i) words.push_back(argv[i]);
  std::reverse(words.begin(), words.end());
  return words;
}

// CLI11's help without what only programmers read, and not wider than a terminal.
class PlainHelp : public CLI::Formatter {
 public:
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
    std::string name = CLI::Formatter::make_option_name(option, is_positional);
    if (const std::size_t at = name.find("{false}"); at != std::string::npos) name.erase(at, 7);
    return name;
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    const bool takes_value = option->get_items_expected_max() > 0;
    return takes_value && !type_of(*option).empty() && !option->get_positional() ? " " + type_of(*option) : "";
  }
  std::string make_option_desc(const CLI::Option* option) const override {
    constexpr std::size_t kWidth = 68;
    std::string text = option->get_description(), wrapped, line;
    if (!option->get_envname().empty()) text += fmt::format(" [{}]", option->get_envname());
    for (const std::string& word : CLI::detail::split(text, ' ')) {
      if (!line.empty() && line.size() + 1 + word.size() > kWidth) {
        wrapped += line + "\n";
        line.clear();
      }
      line += (line.empty() ? "" : " ") + word;
    }
    return wrapped + line;
  }
};

void prepare_help(CLI::App& app) {
  const auto formatter = std::make_shared<PlainHelp>();
  formatter->label("Positionals", "Arguments");
  formatter->column_width(30);
  app.formatter(formatter);
  if (CLI::Option* help = app.get_help_ptr(); help != nullptr) help->description("print this help and exit");
}

struct Parts {
  std::string before, after;
};

Parts split_at(const std::string& text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  if (at == std::string::npos) return {text, ""};
  return {text.substr(0, at), text.substr(at + mark.size())};
}

// "--np: Value 0 not in range 1 to 64", "--theme: drak not in {dark,light}"
std::string invalid_value(const std::string& text) {
  const auto [option, what] = split_at(text, ": ");
  if (const auto [value, range] = split_at(what, " not in range "); !range.empty()) {
    const std::string given = value.starts_with("Value ") ? value.substr(6) : value;
    return fmt::format("{} {}: it must be a number from {}", option, given, range);
  }
  const auto [value, set] = split_at(what, " not in {");
  if (set.empty()) return text;
  std::vector<std::string> names = CLI::detail::split(set.substr(0, set.find('}')), ',');
  return fmt::format("{}: {}", option, no_such("value", value, names));
}

std::string in_words(const CLI::ParseError& error) {
  const std::string text = error.what(), kind = error.get_name();
  if (kind == "ValidationError") return invalid_value(text);
  if (kind == "ConversionError") {
    const auto [option, value] = split_at(split_at(text, "Could not convert: ").after, " = ");
    if (!value.empty()) return fmt::format("{} {}: it must be a number", option, value);
  }
  if (kind == "RequiredError") return split_at(text, " is required").before + " is missing";
  if (kind == "RequiresError") return split_at(text, " requires ").before + " needs " + split_at(text, " requires ").after;
  if (kind == "ExcludesError") {
    return fmt::format("{} and {} cannot be given together", split_at(text, " excludes ").before,
                       split_at(text, " excludes ").after);
  }
  if (text.starts_with("The following argument"))  // its kind is the name of the command
    return fmt::format("'{}' is one word too many", split_at(text, "expected: ").after);
  if (kind == "ArgumentMismatch") {
    const auto [option, rest] = split_at(text, ": ");
    if (rest.starts_with("At Most 1 ")) return option + " was given more than once";
    if (rest.find("required") != std::string::npos) return option + " needs a value";
  }
  return text;
}

}  // namespace

std::optional<int> parse_arguments(CLI::App& app, int argc, char** argv) {
  const std::string command = app.get_name().substr(std::string_view("tulkki ").size());
  prepare_help(app);
  try {
    app.parse(plain_words(app, argc, argv));
    return std::nullopt;
  } catch (const CLI::CallForHelp&) {
    // CLI11 does not know that a prefix command takes another command line.
    std::string text = app.help();
    const std::size_t at = text.find("[OPTIONS]");
    if (app.get_prefix_command() && at != std::string::npos) text.insert(at + 9, " [--] PROGRAM [ARGUMENTS...]");
    fmt::print("{}", text);
    return 0;
  } catch (const WrongUse& error) {
    return wrong_use(command, error.message);
  } catch (const CLI::ParseError& error) {
    return wrong_use(command, in_words(error));
  }
}

}  // namespace tulkki
