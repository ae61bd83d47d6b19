// SPDX-License-Identifier: GPL-3.0-or-later
// Writing figure.json: what equals its default is left out, so that the file stays small and its changes readable.
#include <cmath>

#include "viewer/plot/figure_json.h"
#include "viewer/plot/figure_names.h"

namespace tulkki::plot {
namespace {

using Json = nlohmann::ordered_json;

Json json_number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json numbers(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(json_number(value));
  return list;
}

void put(Json& json, const char* name, const std::string& text) {
  if (!text.empty()) json[name] = text;
}
void put(Json& json, const char* name, const std::optional<double>& value) {
  if (value) json[name] = json_number(*value);
}

Json axis_json(const Axis& axis) {
  Json json = Json::object();
  put(json, "label", axis.label);
  json["scale"] = name_of(kScaleNames, axis.scale);
  if (axis.quantity != Quantity::number) json["quantity"] = name_of(kQuantityNames, axis.quantity);
  put(json, "min", axis.minimum);
  put(json, "max", axis.maximum);
  if (!axis.categories.empty()) json["categories"] = axis.categories;
  return json;
}

Json style_json(const Style& style) {
  Json json = Json::object();
  if (style.width_in == kOneColumnInches) json["width"] = "one-column";
  else if (style.width_in == kTwoColumnInches) json["width"] = "two-column";
  else if (style.width_in == kSlideInches) json["width"] = "slide";
  else json["width_in"] = style.width_in;
  json["height_in"] = style.height_in;
  json["font"] = style.font;
  json["font_pt"] = style.font_pt;
  json["legend"] = name_of(kLegendNames, style.legend);
  if (style.grey) json["grey"] = true;
  if (!style.markers) json["markers"] = false;
  if (style.theme != Theme::paper) json["theme"] = name_of(kThemeNames, style.theme);
  return json;
}

Json series_json(const Series& series) {
  Json json = Json::object();
  put(json, "name", series.name);
  if (series.look >= 0) json["look"] = series.look;
  if (series.baseline) json["baseline"] = true;
  for (const Point& point : series.points) {
    Json entry{{"x", json_number(point.x)}, {"y", json_number(point.y)}};
    put(entry, "low", point.low);
    put(entry, "high", point.high);
    if (point.launches > 0) entry["launches"] = point.launches;
    put(entry, "note", point.note);
    json["points"].push_back(std::move(entry));
  }
  for (const Box& box : series.boxes) {
    Json entry{{"x", json_number(box.x)},
               {"min", json_number(box.minimum)},
               {"q25", json_number(box.lower_quartile)},
               {"median", json_number(box.median)},
               {"q75", json_number(box.upper_quartile)},
               {"max", json_number(box.maximum)}};
    if (!box.values.empty()) entry["values"] = numbers(box.values);
    json["boxes"].push_back(std::move(entry));
  }
  return json;
}

Json panel_json(const Panel& panel) {
  Json json = Json::object();
  put(json, "title", panel.title);
  for (const Series& series : panel.series) json["series"].push_back(series_json(series));
  if (!panel.matrix.values.empty()) {
    Json matrix{{"columns", panel.matrix.columns}, {"rows", panel.matrix.rows}};
    matrix["values"] = numbers(panel.matrix.values);
    if (!panel.matrix.column_edges.empty()) matrix["column_edges"] = numbers(panel.matrix.column_edges);
    if (!panel.matrix.row_edges.empty()) matrix["row_edges"] = numbers(panel.matrix.row_edges);
    json["matrix"] = std::move(matrix);
  }
  if (!panel.marks.empty()) json["marks"] = numbers(panel.marks);
  for (const Doubt& doubt : panel.doubts) {
    json["doubts"].push_back({{"x", json_number(doubt.x)}, {"low", json_number(doubt.low)}, {"high", json_number(doubt.high)}});
  }
  return json;
}

void put_data(Json& json, const FigureSpec& figure) {
  json["x"] = axis_json(figure.x);
  json["y"] = axis_json(figure.y);
  const ColourScale& colours = figure.colours;
  Json scale = Json::object();
  put(scale, "label", colours.label);
  if (colours.logarithmic) scale["logarithmic"] = true;
  if (colours.diverging) scale["diverging"] = true;
  put(scale, "min", colours.minimum);
  put(scale, "max", colours.maximum);
  if (!scale.empty()) json["colours"] = std::move(scale);
  for (const Reference& mark : figure.references) {
    Json entry{{"y", json_number(mark.y)}};
    put(entry, "label", mark.label);
    json["references"].push_back(std::move(entry));
  }
  for (const Band& mark : figure.bands) {
    Json entry{{"low", json_number(mark.low)}, {"high", json_number(mark.high)}};
    put(entry, "label", mark.label);
    json["bands"].push_back(std::move(entry));
  }
  if (figure.own_values) json["own_values"] = true;
  for (const Panel& panel : figure.panels) json["panels"].push_back(panel_json(panel));
}

}  // namespace

std::string figure_to_json(const FigureSpec& figure, bool with_data) {
  Json json{{"tulkki_figure", kFigureFormat}, {"form", name_of(kFormNames, figure.form)}};
  put(json, "metric", figure.metric);
  put(json, "title", figure.title);
  if (!figure.query.empty()) json["query"] = Json::parse(figure.query, nullptr, false);
  json["style"] = style_json(figure.style);
  if (with_data || figure.query.empty()) {
    put(json, "unit", figure.unit);
    put_data(json, figure);
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tulkki::plot
