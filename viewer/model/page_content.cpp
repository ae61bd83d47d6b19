// SPDX-License-Identifier: GPL-3.0-or-later
// What all pages share.
#include "viewer/model/page_content.h"

#include <fmt/format.h>

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

PageContent without_traces(PageContent content) {
  content.figures.clear();
  content.headline.clear();
  content.cancelled = true;
  content.message = "Reading the traces was cancelled, so nothing is shown.";
  return content;
}

}  // namespace tulkki
