// SPDX-License-Identifier: Apache-2.0
// Calls of a block share their details: what does not concern time is decided once for each detail, and blocks without
// a fitting detail are skipped.
#include "viewer/trace/search.h"

#include <algorithm>
#include <cctype>
#include <limits>

#include "storage/histogram.h"
#include "viewer/trace/search_expression.h"

namespace tulkki::trace {

namespace {

enum class Truth : unsigned char { no, yes, depends };  // on start and duration

Truth negated(Truth truth) { return truth == Truth::depends ? truth : truth == Truth::yes ? Truth::no : Truth::yes; }

// `*` in the pattern stands for anything, and there is one at both ends.
bool like(std::string_view text, std::string_view pattern) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char at) { return static_cast<char>(std::tolower(at)); });
  std::size_t at = 0;
  while (!pattern.empty()) {
    const std::size_t star = pattern.find('*');
    const std::string_view piece = pattern.substr(0, star);
    at = lower.find(piece, at);
    if (at == std::string::npos) return false;
    at += piece.size();
    pattern = star == std::string_view::npos ? std::string_view() : pattern.substr(star + 1);
  }
  return true;
}

bool compares(SearchOperator compare, double left, double right) {
  switch (compare) {
    case SearchOperator::equal:
      return left == right;
    case SearchOperator::not_equal:
      return left != right;
    case SearchOperator::less:
      return left < right;
    case SearchOperator::less_equal:
      return left <= right;
    case SearchOperator::greater:
      return left > right;
    case SearchOperator::greater_equal:
      return left >= right;
    case SearchOperator::like:
      break;
  }
  return false;
}

// A search bound to a trace: names are numbers, percentiles are durations.
class Matcher {
 public:
  Matcher(const SearchNode& root, const TraceStore& store) : root_(root), model_(store.definitions()) {
    for (const Procedure& procedure : model_.procedures) {
      const Result<Histogram> histogram = Histogram::decode(procedure.histogram);
      histograms_.push_back(histogram ? *histogram : Histogram());
    }
  }

  void enter(const Location& location) { location_ = &location; }
  Truth of_detail(const CallDetail& detail) const { return evaluate(root_, detail, nullptr); }
  bool of_call(const CallDetail& detail, std::uint64_t start_ns, std::uint64_t duration_ns) const {
    const Times times{static_cast<double>(start_ns), static_cast<double>(duration_ns)};
    return evaluate(root_, detail, &times) == Truth::yes;
  }

 private:
  struct Times {
    double start, duration;
  };

  Truth evaluate(const SearchNode& node, const CallDetail& detail, const Times* times) const {
    switch (node.kind) {
      case SearchNode::Kind::negation:
        return negated(evaluate(*node.parts.front(), detail, times));
      case SearchNode::Kind::all:
      case SearchNode::Kind::any: {
        const Truth decides = node.kind == SearchNode::Kind::all ? Truth::no : Truth::yes;
        Truth result = negated(decides);
        for (const auto& part : node.parts) {
          const Truth truth = evaluate(*part, detail, times);
          if (truth == decides) return decides;
          if (truth == Truth::depends) result = Truth::depends;
        }
        return result;
      }
      case SearchNode::Kind::comparison:
        break;
    }
    if (node.field == SearchField::duration || node.field == SearchField::start) {
      if (times == nullptr) return Truth::depends;
      return of_times(node, detail, *times) ? Truth::yes : Truth::no;
    }
    return of_fields(node, detail) ? Truth::yes : Truth::no;
  }

  bool of_times(const SearchNode& node, const CallDetail& detail, const Times& times) const {
    if (node.field == SearchField::start) {
      return compares(node.compare, times.start - static_cast<double>(model_.first_ns), node.number);
    }
    const double bound = node.quantile < 0 ? node.number : quantile(detail.procedure, node.quantile);
    return compares(node.compare, times.duration, bound);
  }

  double quantile(std::uint32_t procedure, double share) const {
    if (procedure >= histograms_.size()) return 0;
    for (const auto& [number, asked, value] : quantiles_) {
      if (number == procedure && asked == share) return value;
    }
    quantiles_.emplace_back(procedure, share, histograms_[procedure].quantile_ns(share));
    return std::get<2>(quantiles_.back());
  }

  static bool of_text(const SearchNode& node, const std::string& text) {
    if (node.compare == SearchOperator::like) return like(text, node.text);
    return (text == node.text) == (node.compare == SearchOperator::equal);
  }

  bool of_fields(const SearchNode& node, const CallDetail& detail) const {
    static const std::string kNothing;
    constexpr double kAbsent = std::numeric_limits<double>::quiet_NaN();  // compares unequal to all there is
    const auto number = [&](double value) { return compares(node.compare, value, node.number); };
    switch (node.field) {
      case SearchField::procedure:
        return of_text(
            node, detail.procedure < model_.procedures.size() ? model_.procedures[detail.procedure].name : kNothing);
      case SearchField::site:
        return of_text(node, detail.site < model_.sites.size() ? model_.sites[detail.site] : kNothing);
      case SearchField::comm:
        return of_text(node, detail.context < model_.contexts.size() ? model_.contexts[detail.context].name : kNothing);
      case SearchField::bytes:
        return number(static_cast<double>(std::max(detail.bytes_sent, detail.bytes_received)));
      case SearchField::sent:
        return number(static_cast<double>(detail.bytes_sent));
      case SearchField::received:
        return number(static_cast<double>(detail.bytes_received));
      case SearchField::peer:
        return number(detail.peer == kNone ? kAbsent : detail.peer);
      case SearchField::rank:
        return number(location_->rank);
      case SearchField::thread:
        return number(location_->thread);
      case SearchField::tag:
        return number(detail.tag == kNoTag ? kAbsent : detail.tag);
      case SearchField::error:
        return number(detail.error);
      case SearchField::repeated:
        return number(detail.repeated);
      case SearchField::duration:
      case SearchField::start:
        break;
    }
    return false;
  }

  const SearchNode& root_;
  const Definitions& model_;
  const Location* location_ = nullptr;
  std::vector<Histogram> histograms_;
  mutable std::vector<std::tuple<std::uint32_t, double, double>> quantiles_;
};

// visit(n) for each hit of the block, in order or backwards; ends when it returns false. False if it was ended.
template <class Visit>
bool visit_hits(const Matcher& matcher, const CallBlock& block, bool forward, Visit&& visit) {
  std::vector<Truth> of_detail;
  of_detail.reserve(block.details().size());
  bool any = false;
  for (const CallDetail& detail : block.details()) {
    of_detail.push_back(matcher.of_detail(detail));
    any |= of_detail.back() != Truth::no;
  }
  if (!any) return true;
  for (std::uint32_t k = 0; k < block.size(); ++k) {
    const std::uint32_t n = forward ? k : block.size() - 1 - k;
    const Truth truth = of_detail[block.detail_of(n)];
    if (truth == Truth::no) continue;
    if (truth == Truth::depends && !matcher.of_call(block.detail(n), block.start_ns(n), block.duration_ns(n))) continue;
    if (!visit(n)) return false;
  }
  return true;
}

}  // namespace

Search::Search(std::unique_ptr<SearchNode> root) : root_(std::move(root)) {}
Search::Search(Search&&) noexcept = default;
Search& Search::operator=(Search&&) noexcept = default;
Search::~Search() = default;

Result<Search> Search::parse(std::string_view text) {
  Result<std::unique_ptr<SearchNode>> root = parse_search(text);
  if (!root) return root.error();
  return Search(std::move(*root));
}

Search::Hits Search::run(const TraceStore& store, std::size_t most, const std::atomic<bool>* cancel) const {
  Hits hits;
  Matcher matcher(*root_, store);
  for (std::uint32_t location = 0; location < store.definitions().locations.size(); ++location) {
    matcher.enter(store.definitions().locations[location]);
    for (std::size_t number = 0; number < store.block_count(location); ++number) {
      if (cancel != nullptr && cancel->load(std::memory_order_relaxed)) return hits;
      const CallBlock block = store.block(location, number);
      visit_hits(matcher, block, true, [&](std::uint32_t n) {
        ++hits.count;
        hits.time_ns += block.duration_ns(n);
        if (hits.calls.size() < most) hits.calls.push_back({location, block.first() + n});
        return true;
      });
    }
  }
  return hits;
}

// Start, then location, then number: an order of all calls in which a walk forward meets each of them once.
CallRef Search::next(const TraceStore& store, CallRef from, bool forward, const std::atomic<bool>* cancel) const {
  Matcher matcher(*root_, store);
  const auto key = [&](CallRef ref) { return std::tuple(store.call(ref).start_ns, ref.location, ref.call); };
  const std::uint64_t origin = from.valid() ? store.call(from).start_ns : forward ? 0 : UINT64_MAX;
  const auto after = [&](CallRef a, CallRef b) { return forward ? key(a) > key(b) : key(a) < key(b); };
  CallRef best;
  for (std::uint32_t location = 0; location < store.definitions().locations.size(); ++location) {
    matcher.enter(store.definitions().locations[location]);
    const std::size_t count = store.block_count(location);
    std::size_t number = store.block_of_time(location, origin);
    // Calls that start at this very moment may continue in the blocks that follow.
    if (!forward && count != 0) {
      number = std::min(count - 1, store.block_of_time(location, origin == UINT64_MAX ? origin : origin + 1));
    }
    for (bool go_on = true; go_on && number < count; number += forward ? 1 : static_cast<std::size_t>(-1)) {
      if (cancel != nullptr && cancel->load(std::memory_order_relaxed)) return {};
      const CallBlock block = store.block(location, number);
      if (best.valid() && block.size() > 0) {
        const std::uint64_t start = store.call(best).start_ns;
        if (forward ? block.start_ns(0) > start : block.start_ns(block.size() - 1) < start) break;
      }
      go_on = visit_hits(matcher, block, forward, [&](std::uint32_t n) {
        const CallRef hit{location, block.first() + n};
        if (from.valid() && !after(hit, from)) return true;
        if (!best.valid() || after(best, hit)) best = hit;
        return false;
      });
    }
  }
  return best;
}

}  // namespace tulkki::trace
