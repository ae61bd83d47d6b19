// SPDX-License-Identifier: GPL-3.0-or-later
// figure.json without data: which page of which databases in which state. Paths are relative to the file.
#include <filesystem>
#include <map>

#include "viewer/analysis/factors.h"
#include "viewer/analysis/near_name.h"
#include "viewer/model/page_content.h"
#include "viewer/model/points_content.h"
#include "viewer/plot/json_reader.h"

namespace tulkki {
namespace {

struct Query {
  std::string page = "compare";
  int figure = 0;
  std::vector<std::string> databases{"tulkki.db"};
  PointsQuery points;  // of the page "points", which is in figures only
  ViewState state;
  std::map<std::string, std::string> names;  // words of series and rows, and what a paper calls them
};

void read_points(plot::JsonReader& reader, Query& query) {
  if (query.page != "points") return;
  reader.texts("rows", query.points.rows);
  reader.texts("workloads", query.points.workloads);
  for (const std::string& factor : query.points.rows) {
    if (!is_factor(factor)) reader.fail("rows", no_such("factor", factor, as_names(factor_names())));
  }
  if (query.points.rows.empty()) reader.fail("rows", "must name a factor");
}

void read_names(plot::JsonReader& reader, Query& query) {
  const nlohmann::json* names = reader.any("names");
  if (names == nullptr) return;
  if (!names->is_object()) return reader.fail("names", "must be an object { } that maps words to names");
  for (const auto& [word, name] : names->items()) {
    if (!name.is_string()) return reader.fail("names/" + word, "must be a string in quotes");
    query.names[word] = name.get<std::string>();
  }
}

// Word by word, so that "openmpi" in "openmpi tcp" is found and in "libopenmpi" is not.
std::string renamed(const std::string& text, const std::map<std::string, std::string>& names) {
  if (const auto whole = names.find(text); whole != names.end()) return whole->second;
  std::string result;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const auto name = names.find(text.substr(begin, end - begin));
    result += (begin > 0 ? " " : "") + (name != names.end() ? name->second : text.substr(begin, end - begin));
    begin = end + 1;
  }
  return result;
}

void rename_all(plot::FigureSpec& figure, const std::map<std::string, std::string>& names) {
  if (names.empty()) return;
  for (std::string& category : figure.x.categories) category = renamed(category, names);
  for (plot::Axis* axis : {&figure.x, &figure.y}) axis->label = renamed(axis->label, names);
  for (plot::Panel& panel : figure.panels) {
    panel.title = renamed(panel.title, names);
    for (plot::Series& series : panel.series) series.name = renamed(series.name, names);
  }
}

Result<PageContent> content_of(const Query& query, PageRequest& request) {
  if (query.page == "points") return points_content(request, query.points);
  for (const PageInfo& page : pages_with_content()) {
    if (page.name == query.page) return page.content(request);
  }
  std::vector<std::string> known{"points"};
  for (const PageInfo& page : pages_with_content()) known.emplace_back(page.name);
  return Error{"/query/page: " + no_such("page", query.page, known)};
}

Result<Query> parse_query(const std::string& text) {
  Query query;
  std::string error;
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  {
    plot::JsonReader reader(json, "/query", error);
    reader.text("page", query.page);
    reader.integer("figure", query.figure, 0, 9);
    reader.texts("databases", query.databases);
    if (const nlohmann::json* state = reader.any("state")) {
      Result<ViewState> parsed = state_from_json(state->dump(), "/query/state");
      if (!parsed) return parsed.error();
      query.state = *parsed;
    }
    read_points(reader, query);
    read_names(reader, query);
    std::string known = "points";
    bool found = query.page == "points";
    for (const PageInfo& page : pages_with_content()) {
      known += ", " + std::string(page.name);
      found |= page.name == query.page;
    }
    if (!found) reader.fail("page", "is \"" + query.page + "\"; it can be " + known);
  }
  if (!error.empty()) return Error{error};
  return query;
}

}  // namespace

Result<plot::FigureSpec> resolve_figure(plot::FigureSpec figure, const std::string& folder,
                                        const std::vector<std::string>& databases) {
  if (figure.query.empty() || !figure.panels.empty()) return figure;
  Result<Query> query = parse_query(figure.query);
  if (!query) return query.error();
  std::vector<std::string> paths = databases;
  if (paths.empty())
    for (const std::string& path : query->databases) paths.push_back((std::filesystem::path(folder) / path).lexically_normal().string());
  LaunchCache cache;
  PageRequest request{load_study(paths), query->state, {}, &cache};
  for (const Source& source : request.study.sources) {
    if (!source.problem.empty()) return Error{source.problem};
  }
  Result<PageContent> content = content_of(*query, request);
  if (!content) return content.error();
  const auto number = static_cast<std::size_t>(query->figure);
  if (number >= content->figures.size()) {
    return Error{content->message.empty() ? "/query/figure: the page has only " + std::to_string(content->figures.size()) +
                                                " figure(s), counted from 0"
                                          : content->message};
  }
  plot::FigureSpec drawn = std::move(content->figures[number]);
  drawn.style = figure.style;
  drawn.query = figure.query;
  rename_all(drawn, query->names);
  if (!figure.title.empty()) drawn.title = figure.title;
  return drawn;
}

std::string query_of(const std::string& page, std::size_t figure, const Study& study, const ViewState& state) {
  nlohmann::ordered_json json{{"page", page}};
  if (figure > 0) json["figure"] = figure;
  for (const Source& source : study.sources) json["databases"].push_back(source.path);
  json["state"] = nlohmann::ordered_json::parse(state_to_json(state), nullptr, false);
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace tulkki
