// SPDX-License-Identifier: Apache-2.0
// Grammar: either { "or" either }; either = part { "and" part }; part = "not" part | "(" search ")" | field op value.
#include "viewer/trace/search_expression.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace tulkki::trace {

namespace {

struct FieldName {
  const char* name;
  SearchField field;
  bool is_text;
};
constexpr std::array<FieldName, 16> kFields = {{{"procedure", SearchField::procedure, true},
                                                {"function", SearchField::procedure, true},
                                                {"site", SearchField::site, true},
                                                {"comm", SearchField::comm, true},
                                                {"communicator", SearchField::comm, true},
                                                {"duration", SearchField::duration, false},
                                                {"start", SearchField::start, false},
                                                {"bytes", SearchField::bytes, false},
                                                {"sent", SearchField::sent, false},
                                                {"received", SearchField::received, false},
                                                {"peer", SearchField::peer, false},
                                                {"rank", SearchField::rank, false},
                                                {"thread", SearchField::thread, false},
                                                {"tag", SearchField::tag, false},
                                                {"error", SearchField::error, false},
                                                {"repeated", SearchField::repeated, false}}};

struct Unit {
  const char* name;
  double factor;
};
constexpr std::array<Unit, 7> kTimes = {
    {{"ns", 1}, {"us", 1e3}, {"µs", 1e3}, {"μs", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"", 1}}};
constexpr std::array<Unit, 9> kSizes = {{{"b", 1},
                                         {"k", 1024},
                                         {"kib", 1024},
                                         {"m", 1024.0 * 1024},
                                         {"mib", 1024.0 * 1024},
                                         {"g", 1024.0 * 1024 * 1024},
                                         {"gib", 1024.0 * 1024 * 1024},
                                         {"kb", 1000},
                                         {"mb", 1e6}}};

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char at) { return static_cast<char>(std::tolower(at)); });
  return result;
}

struct Token {
  enum class Kind : unsigned char { word, quoted, symbol, end } kind = Kind::end;
  std::string text;
  std::size_t at = 0;
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) { advance(); }

  Result<std::unique_ptr<SearchNode>> parse() {
    if (next_.kind == Token::Kind::end)
      return Error{"nothing to search for; try: procedure = MPI_Wait and duration > p99"};
    std::unique_ptr<SearchNode> root = either(0);
    if (error_.empty() && next_.kind != Token::Kind::end) fail("expected \"and\", \"or\" or the end");
    if (!error_.empty()) return Error{error_};
    return root;
  }

 private:
  static constexpr int kDeepest = 64;

  std::unique_ptr<SearchNode> either(int depth) { return list(depth, "or", SearchNode::Kind::any); }

  std::unique_ptr<SearchNode> list(int depth, const char* word, SearchNode::Kind kind) {
    auto node = std::make_unique<SearchNode>();
    node->kind = kind;
    do {
      node->parts.push_back(kind == SearchNode::Kind::any ? list(depth, "and", SearchNode::Kind::all) : part(depth));
    } while (error_.empty() && accept(word));
    return node->parts.size() == 1 ? std::move(node->parts.front()) : std::move(node);
  }

  std::unique_ptr<SearchNode> part(int depth) {
    auto node = std::make_unique<SearchNode>();
    if (depth > kDeepest) return fail("nested too deeply"), std::move(node);
    if (accept("not")) {
      node->kind = SearchNode::Kind::negation;
      node->parts.push_back(part(depth + 1));
      return node;
    }
    if (accept("(")) {
      node = either(depth + 1);
      if (error_.empty() && !accept(")")) fail("expected \")\"");
      return node;
    }
    comparison(*node);
    return node;
  }

  void comparison(SearchNode& node) {
    const std::string name = lower(next_.text);
    const auto field =
        std::find_if(kFields.begin(), kFields.end(), [&](const FieldName& at) { return at.name == name; });
    if (next_.kind != Token::Kind::word || field == kFields.end()) {
      return fail(
          "expected a field: procedure, duration, start, bytes, sent, received, peer, rank, thread, tag, comm, site, "
          "error, repeated");
    }
    node.field = field->field;
    advance();
    static constexpr std::array<std::pair<const char*, SearchOperator>, 8> kOperators = {
        {{"=", SearchOperator::equal},
         {"==", SearchOperator::equal},
         {"!=", SearchOperator::not_equal},
         {"<", SearchOperator::less},
         {"<=", SearchOperator::less_equal},
         {">", SearchOperator::greater},
         {">=", SearchOperator::greater_equal},
         {"~", SearchOperator::like}}};
    const auto found = std::find_if(kOperators.begin(), kOperators.end(), [&](const auto& at) {
      return next_.kind == Token::Kind::symbol && next_.text == at.first;
    });
    if (found == kOperators.end()) return fail("expected =, !=, <, <=, >, >= or ~");
    node.compare = found->second;
    const bool order = node.compare != SearchOperator::equal && node.compare != SearchOperator::not_equal;
    if (field->is_text && order && node.compare != SearchOperator::like)
      return fail("names have no order: use =, != or ~");
    if (!field->is_text && node.compare == SearchOperator::like)
      return fail("~ is for names: use =, !=, <, <=, > or >=");
    advance();
    value(node, field->is_text);
  }

  void value(SearchNode& node, bool is_text) {
    if (next_.kind != Token::Kind::word && next_.kind != Token::Kind::quoted) return fail("expected a value");
    if (is_text) {
      node.text = node.compare == SearchOperator::like ? lower(next_.text) : next_.text;
    } else if (!number(node)) {
      return;
    }
    advance();
  }

  bool number(SearchNode& node) {
    const std::string word = lower(next_.text);
    const bool time = node.field == SearchField::duration || node.field == SearchField::start;
    const bool size =
        node.field == SearchField::bytes || node.field == SearchField::sent || node.field == SearchField::received;
    const bool quantile = word.size() > 1 && word[0] == 'p' && std::isdigit(static_cast<unsigned char>(word[1])) != 0;
    const char* begin = word.data() + (quantile ? 1 : 0);
    const char* end = word.data() + word.size();
    double value = 0;
    const auto [rest, code] = std::from_chars(begin, end, value, std::chars_format::fixed);
    if (code != std::errc() || value < -1e18 || value > 1e18) return fail("expected a number"), false;
    const std::string unit(rest, static_cast<std::size_t>(end - rest));
    if (quantile) {
      if (node.field != SearchField::duration) return fail("percentiles (p99) are for duration only"), false;
      if (!unit.empty() || value < 0 || value > 100) return fail("expected a percentile from p0 to p100"), false;
      node.quantile = value / 100;
      return true;
    }
    node.number = value;
    if (unit.empty()) return true;
    const auto scale = [&](const auto& units, const char* expected) {
      const auto found = std::find_if(units.begin(), units.end(), [&](const Unit& at) { return unit == at.name; });
      if (found == units.end()) return fail(expected), false;
      node.number = value * found->factor;
      return true;
    };
    if (time) return scale(kTimes, "expected a time: 20us, 1.5ms, 2s, a number of ns, or p99");
    if (size) return scale(kSizes, "expected a size: 64, 8KiB, 1MiB, 1MB");
    return fail("expected a plain number"), false;
  }

  bool accept(const char* word) {
    if (next_.kind == Token::Kind::quoted || lower(next_.text) != word || next_.kind == Token::Kind::end) return false;
    advance();
    return true;
  }

  void fail(const char* what) {
    if (!error_.empty()) return;
    error_ = "at character " + std::to_string(next_.at + 1) +
             (next_.kind == Token::Kind::end ? " (the end)" : " (\"" + next_.text + "\")") + ": " + what;
  }

  static bool is_word(unsigned char at) {
    return std::isalnum(at) != 0 || at == '_' || at == '.' || at == ':' || at == '-' || at == '+' || at == '/' ||
           at == '*' || at >= 0x80;
  }

  void advance() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0)
      ++at_;
    next_ = {Token::Kind::end, "", at_};
    if (at_ == text_.size()) return;
    const char first = text_[at_];
    if (first == '"' || first == '\'') {
      const std::size_t close = text_.find(first, at_ + 1);
      if (close == std::string_view::npos) {
        fail("a quotation mark is not closed");
        at_ = text_.size();
        return;
      }
      next_ = {Token::Kind::quoted, std::string(text_.substr(at_ + 1, close - at_ - 1)), at_};
      at_ = close + 1;
      return;
    }
    std::size_t end = at_;
    if (is_word(static_cast<unsigned char>(first))) {
      while (end < text_.size() && is_word(static_cast<unsigned char>(text_[end])))
        ++end;
      next_ = {Token::Kind::word, std::string(text_.substr(at_, end - at_)), at_};
    } else {
      end = at_ + 1;
      if (end < text_.size() && text_[end] == '=') ++end;
      next_ = {Token::Kind::symbol, std::string(text_.substr(at_, end - at_)), at_};
    }
    at_ = end;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Token next_;
  std::string error_;
};

}  // namespace

Result<std::unique_ptr<SearchNode>> parse_search(std::string_view text) { return Parser(text).parse(); }

}  // namespace tulkki::trace
