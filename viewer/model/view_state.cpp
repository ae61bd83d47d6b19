// SPDX-License-Identifier: GPL-3.0-or-later
// The state as JSON: in figure.json as its query, and in the settings of the window.
#include "viewer/model/view_state.h"

#include <algorithm>

#include "viewer/analysis/factors.h"
#include "viewer/analysis/metrics.h"
#include "viewer/model/measured_content.h"
#include "viewer/plot/json_reader.h"

namespace tulkki {
namespace {

using plot::JsonReader;
constexpr plot::Names<CompareForm, 6> kForms{{{CompareForm::curve, "curve"},
                                              {CompareForm::ratio, "ratio"},
                                              {CompareForm::cdf, "cdf"},
                                              {CompareForm::box, "box"},
                                              {CompareForm::stacked, "stacked"},
                                              {CompareForm::scaling, "scaling"}}};
constexpr plot::Names<MatrixQuantity, 3> kQuantities{{{MatrixQuantity::bytes, "bytes"},
                                                      {MatrixQuantity::messages, "messages"},
                                                      {MatrixQuantity::time, "time"}}};

void check_factor(JsonReader& reader, const char* field, const std::string& name) {
  if (name.empty() || is_factor(name)) return;
  std::string known;
  for (const std::string_view factor : factor_names()) known += (known.empty() ? "" : ", ") + std::string(factor);
  reader.fail(field, "there is no factor '" + name + "'; the factors are " + known);
}

void read_filters(JsonReader& reader, ViewState& state) {
  reader.objects("filters", [&](JsonReader& entry) {
    Filter filter;
    entry.text("factor", filter.factor);
    entry.texts("values", filter.values);
    check_factor(entry, "factor", filter.factor);
    state.filters.push_back(std::move(filter));
  });
}

void read_marks(JsonReader& reader, ViewState& state) {
  int size_class = -1, sender = -1, receiver = -1, block = 1;
  reader.integer("size_class", size_class, -1, 64);
  if (size_class >= 0) state.size_class = size_class;
  reader.integer("sender", sender, -1, 100'000'000);
  reader.integer("receiver", receiver, -1, 100'000'000);
  reader.integer("block", block, 1, 100'000'000);
  if (sender >= 0 && receiver >= 0) state.cell = {sender, receiver, block};
  std::vector<double> hidden;
  reader.numbers("hidden_runs", hidden);
  for (const double run : hidden) state.hidden_runs.push_back(static_cast<std::int64_t>(run));
}

void read_metric(JsonReader& reader, ViewState& state) {
  reader.text("metric", state.metric);
  if (metric_named(state.metric) || is_measured(state.metric)) return;
  std::string known;
  for (const MetricInfo& info : metric_infos()) known += (known.empty() ? "" : ", ") + std::string(info.name);
  reader.fail("metric", "there is no metric '" + state.metric + "'; the metrics are " + known + ", and measured:NAME for what programs measured");
}

}  // namespace

void ViewState::add_filter(const std::string& factor, const std::string& value) {
  for (Filter& filter : filters) {
    if (filter.factor != factor) continue;
    if (std::find(filter.values.begin(), filter.values.end(), value) == filter.values.end()) filter.values.push_back(value);
    return;
  }
  filters.push_back({factor, {value}});
}

void ViewState::remove_filter(const std::string& factor) {
  std::erase_if(filters, [&](const Filter& filter) { return filter.factor == factor; });
}

std::string state_to_json(const ViewState& state) {
  const ViewState usual;
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  const auto put = [&](const char* name, const auto& value, const auto& common) {
    if (value != common) json[name] = value;
  };
  json["series"] = state.series_by;
  put("panels", state.panel_by, usual.panel_by);
  put("x", state.x, usual.x);
  for (const Filter& filter : state.filters) {
    json["filters"].push_back({{"factor", filter.factor}, {"values", filter.values}});
  }
  put("hidden_runs", state.hidden_runs, usual.hidden_runs);
  put("baseline", state.baseline, usual.baseline);
  put("contender", state.contender, usual.contender);
  json["metric"] = state.metric;
  json["form"] = plot::name_of(kForms, state.form);
  put("procedure", state.procedure, usual.procedure);
  put("workload", state.workload, usual.workload);
  if (state.size_class) json["size_class"] = *state.size_class;
  if (state.cell) {
    json["sender"] = state.cell->sender;
    json["receiver"] = state.cell->receiver;
    put("block", state.cell->block, 1);
  }
  if (state.matrix_quantity != usual.matrix_quantity) json["matrix"] = plot::name_of(kQuantities, state.matrix_quantity);
  put("by_node", state.matrix_by_node, usual.matrix_by_node);
  put("over_time", state.io_over_time, usual.io_over_time);
  put("file", state.file, usual.file);
  put("include_unfinished", state.include_unfinished, usual.include_unfinished);
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Result<ViewState> state_from_json(const std::string& text, const std::string& path) {
  ViewState state;
  std::string error;
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  {
    JsonReader reader(json, path, error);
    reader.texts("series", state.series_by);
    for (const std::string& factor : state.series_by) check_factor(reader, "series", factor);
    reader.text("panels", state.panel_by);
    check_factor(reader, "panels", state.panel_by);
    reader.text("x", state.x);
    check_factor(reader, "x", state.x);
    read_filters(reader, state);
    reader.text("baseline", state.baseline);
    reader.text("contender", state.contender);
    read_metric(reader, state);
    reader.choice("form", state.form, kForms);
    reader.text("procedure", state.procedure);
    reader.text("workload", state.workload);
    read_marks(reader, state);
    reader.choice("matrix", state.matrix_quantity, kQuantities);
    reader.boolean("by_node", state.matrix_by_node);
    reader.boolean("over_time", state.io_over_time);
    reader.text("file", state.file);
    reader.boolean("include_unfinished", state.include_unfinished);
  }
  if (!error.empty()) return Error{error};
  return state;
}

}  // namespace tulkki
