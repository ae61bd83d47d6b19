// SPDX-License-Identifier: Apache-2.0
// Computes statistics of samples for a test in another language. Standard input: one problem a line, "two A... | B..."
// or "one A..." or "holm P..."; standard output: one line of numbers each, "nan" where there is no result.
#include <cmath>
#include <cstdio>
#include <iostream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "viewer/analysis/statistics.h"

using namespace tulkki;

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

std::vector<double> numbers(std::istringstream& words) {
  std::vector<double> result;
  for (std::string word; words >> word && word != "|";)
    result.push_back(std::stod(word));
  return result;
}

void print(std::initializer_list<double> values) {
  for (const double value : values)
    std::printf("%.17g ", value);
  std::printf("\n");
}

void two_samples(std::istringstream& words) {
  const std::vector<double> first = numbers(words), second = numbers(words);
  const RankTest test = mann_whitney(first, second);
  const Shift shift = hodges_lehmann(first, second);
  const auto ratio = hodges_lehmann_ratio(first, second);
  print({test.u, test.p, test.exact ? 1.0 : 0.0, cliffs_delta(first, second), shift.estimate,
         shift.interval ? shift.interval->low : kNone, shift.interval ? shift.interval->high : kNone,
         shift.interval ? shift.interval->level : kNone, ratio ? ratio->estimate : kNone});
}

void one_sample(std::istringstream& words) {
  const Summary summary = summarize(numbers(words));
  const auto& interval = summary.interval;
  print({summary.median, summary.mean, summary.q05, summary.q25, summary.q75, summary.q95, summary.q99,
         interval ? interval->low : kNone, interval ? interval->high : kNone, interval ? interval->level : kNone});
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string kind;
    words >> kind;
    if (kind == "two")
      two_samples(words);
    else if (kind == "one")
      one_sample(words);
    else if (kind == "holm") {
      for (const double p : holm(numbers(words)))
        std::printf("%.17g ", p);
      std::printf("\n");
    } else
      return 2;
  }
}
