// SPDX-License-Identifier: GPL-3.0-or-later
// What all pages share.
#include "viewer/model/page_content.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

#include "viewer/analysis/comparison.h"

namespace tulkki {

const std::vector<PageInfo>& pages_with_content() {
  static const std::vector<PageInfo> pages{{"compare", "Compare", compare_content},
                                           {"functions", "Functions", functions_content},
                                           {"sizes", "Sizes", sizes_content},
                                           {"matrix", "Matrix", matrix_content},
                                           {"pairs", "Pairs", pairs_content},
                                           {"io", "I/O", io_content},
                                           {"setup", "Setup", setup_content}};
  return pages;
}

Result<Loaded> load_series(PageRequest& request, PageContent& content) {
  Result<SeriesChoice> choice = choose_series(chosen_runs(request.study, request.state), request.state);
  if (!choice) return choice.error();
  Result<std::vector<SeriesProfile>> profiles = request.cache->read(request.study, choice->series);
  if (!profiles) return profiles.error();
  if (!choice->left_out.empty()) {
    content.warnings.push_back(fmt::format("{} launch{} did not finish and {} left out.", choice->left_out.size(),
                                           choice->left_out.size() == 1 ? "" : "es",
                                           choice->left_out.size() == 1 ? "is" : "are"));
  }
  for (const Series& series : choice->series) {
    content.series.push_back(series.name);
    request.looks.look_of(series.name);
  }
  content.procedures = procedures_by_time(*profiles);
  return Loaded{std::move(*choice), std::move(*profiles)};
}

std::size_t contender_of(const Loaded& loaded, const ViewState& state) {
  for (std::size_t i = 1; i < loaded.profiles.size(); ++i) {
    if (loaded.profiles[i].series.name == state.contender) return i;
  }
  return loaded.profiles.size() > 1 ? 1 : 0;
}

std::vector<std::string> procedures_by_time(const std::vector<SeriesProfile>& profiles) {
  std::map<std::string, double> times;
  for (const SeriesProfile& series : profiles) {
    std::set<std::string> names;
    for (const LaunchProfile& launch : series.launches) {
      for (const auto& [name, totals] : launch.procedures) names.insert(name);
    }
    for (const std::string& name : names) {
      const std::vector<double> values = observations(series, Metric::time, {name, std::nullopt});
      double& most = times[name];
      if (!values.empty()) most = std::max(most, median(values));
    }
  }
  std::vector<std::string> names;
  for (const auto& [name, time] : times) names.push_back(name);
  std::stable_sort(names.begin(), names.end(),
                   [&](const std::string& left, const std::string& right) { return times[left] > times[right]; });
  return names;
}

}  // namespace tulkki
