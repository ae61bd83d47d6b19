// SPDX-License-Identifier: GPL-3.0-or-later
// Reading figure.json; what it means together (a matrix with its edges, categories with their numbers) is checked here
// so that drawing need not.
#include "viewer/plot/figure_json.h"

#include <cmath>
#include <fstream>
#include <sstream>

#include "viewer/plot/figure_names.h"

namespace tulkki::plot {
namespace {

void read_axis(JsonReader& reader, Axis& axis) {
  reader.text("label", axis.label);
  reader.choice("scale", axis.scale, kScaleNames);
  reader.choice("quantity", axis.quantity, kQuantityNames);
  reader.number("min", axis.minimum);
  reader.number("max", axis.maximum);
  reader.texts("categories", axis.categories);
  const bool logarithmic = axis.scale == Scale::log10 || axis.scale == Scale::log2;
  if (logarithmic && axis.minimum && *axis.minimum <= 0) reader.fail("min", "must be greater than 0 on a logarithmic axis");
  if (axis.minimum && axis.maximum && !(*axis.minimum < *axis.maximum)) reader.fail("max", "must be greater than min");
}

void read_style(JsonReader& reader, Style& style) {
  if (const nlohmann::json* width = reader.any("width")) {
    if (*width == "one-column") style.width_in = kOneColumnInches;
    else if (*width == "two-column") style.width_in = kTwoColumnInches;
    else if (*width == "slide") style.width_in = kSlideInches;
    else reader.fail("width", "is " + width->dump() + "; it can be one-column, two-column, slide, or give width_in");
  }
  reader.number("width_in", style.width_in, 0.5, 40);
  reader.number("height_in", style.height_in, 0.5, 40);
  reader.text("font", style.font);
  reader.number("font_pt", style.font_pt, 4, 40);
  reader.choice("legend", style.legend, kLegendNames);
  reader.boolean("grey", style.grey);
  reader.boolean("markers", style.markers);
  reader.choice("theme", style.theme, kThemeNames);
}

void read_point(JsonReader& reader, Series& series) {
  Point point;
  reader.number("x", point.x);
  reader.number("y", point.y);
  reader.number("low", point.low);
  reader.number("high", point.high);
  reader.integer("launches", point.launches, 0, 1'000'000'000);
  reader.text("note", point.note);
  series.points.push_back(std::move(point));
}

void read_box(JsonReader& reader, Series& series) {
  Box box;
  reader.number("x", box.x);
  reader.number("min", box.minimum);
  reader.number("q25", box.lower_quartile);
  reader.number("median", box.median);
  reader.number("q75", box.upper_quartile);
  reader.number("max", box.maximum);
  reader.numbers("values", box.values);
  series.boxes.push_back(std::move(box));
}

void read_series(JsonReader& reader, Panel& panel) {
  Series series;
  reader.text("name", series.name);
  reader.integer("look", series.look, -1, 1000);
  reader.boolean("baseline", series.baseline);
  reader.objects("points", [&](JsonReader& point) { read_point(point, series); });
  reader.objects("boxes", [&](JsonReader& box) { read_box(box, series); });
  panel.series.push_back(std::move(series));
}

void read_matrix(JsonReader& reader, Matrix& matrix) {
  reader.integer("columns", matrix.columns, 0, 100'000);
  reader.integer("rows", matrix.rows, 0, 100'000);
  reader.numbers("values", matrix.values);
  reader.numbers("column_edges", matrix.column_edges);
  reader.numbers("row_edges", matrix.row_edges);
  const auto columns = static_cast<std::size_t>(matrix.columns), rows = static_cast<std::size_t>(matrix.rows);
  if (matrix.values.size() != columns * rows) reader.fail("values", "must have columns x rows numbers");
  if (!matrix.column_edges.empty() && matrix.column_edges.size() != columns + 1) {
    reader.fail("column_edges", "must have columns + 1 numbers");
  }
  if (!matrix.row_edges.empty() && matrix.row_edges.size() != rows + 1) {
    reader.fail("row_edges", "must have rows + 1 numbers");
  }
}

void read_panel(JsonReader& reader, FigureSpec& figure) {
  Panel panel;
  reader.text("title", panel.title);
  reader.objects("series", [&](JsonReader& series) { read_series(series, panel); });
  reader.object("matrix", [&](JsonReader& matrix) { read_matrix(matrix, panel.matrix); });
  reader.numbers("marks", panel.marks);
  reader.objects("doubts", [&](JsonReader& entry) {
    Doubt doubt;
    entry.number("x", doubt.x);
    entry.number("low", doubt.low);
    entry.number("high", doubt.high);
    panel.doubts.push_back(doubt);
  });
  figure.panels.push_back(std::move(panel));
}

void read_colours(JsonReader& reader, ColourScale& colours) {
  reader.text("label", colours.label);
  reader.boolean("logarithmic", colours.logarithmic);
  reader.boolean("diverging", colours.diverging);
  reader.number("min", colours.minimum);
  reader.number("max", colours.maximum);
}

void read_marks(JsonReader& reader, FigureSpec& figure) {
  reader.objects("references", [&](JsonReader& mark) {
    Reference reference;
    mark.number("y", reference.y);
    mark.text("label", reference.label);
    figure.references.push_back(std::move(reference));
  });
  reader.objects("bands", [&](JsonReader& mark) {
    Band band;
    mark.number("low", band.low);
    mark.number("high", band.high);
    mark.text("label", band.label);
    figure.bands.push_back(std::move(band));
  });
}

void read_all(JsonReader& reader, FigureSpec& figure) {
  int format = 0;
  if (!reader.has("tulkki_figure")) reader.fail("tulkki_figure", "is missing: this is not a figure of Tulkki");
  reader.integer("tulkki_figure", format, 0, 1'000'000);
  if (format > kFigureFormat) {
    reader.fail("tulkki_figure", "is format " + std::to_string(format) + "; this program reads up to " +
                                     std::to_string(kFigureFormat) + ": use a newer tulkki");
  }
  reader.choice("form", figure.form, kFormNames);
  reader.text("metric", figure.metric);
  reader.text("unit", figure.unit);
  reader.text("title", figure.title);
  if (const nlohmann::json* query = reader.any("query")) {
    if (query->is_object()) figure.query = query->dump();
    else reader.fail("query", "must be an object { }");
  }
  reader.object("style", [&](JsonReader& style) { read_style(style, figure.style); });
  reader.object("x", [&](JsonReader& axis) { read_axis(axis, figure.x); });
  reader.object("y", [&](JsonReader& axis) { read_axis(axis, figure.y); });
  reader.object("colours", [&](JsonReader& colours) { read_colours(colours, figure.colours); });
  reader.boolean("own_values", figure.own_values);
  read_marks(reader, figure);
  reader.objects("panels", [&](JsonReader& panel) { read_panel(panel, figure); });
}

}  // namespace

Result<FigureSpec> figure_from_json(const std::string& text) {
  FigureSpec figure;
  std::string error;
  try {
    const nlohmann::json json = nlohmann::json::parse(text);
    JsonReader reader(json, "", error);
    read_all(reader, figure);
  } catch (const nlohmann::json::exception& exception) {
    return Error{std::string("is not JSON: ") + exception.what()};
  }
  if (!error.empty()) return Error{error};
  return figure;
}

Result<FigureSpec> read_figure(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{"cannot read " + path + ": give a figure.json that exists"};
  std::ostringstream text;
  text << file.rdbuf();
  if (!file.good() && !file.eof()) return Error{"cannot read " + path + ": it is not an ordinary file"};
  Result<FigureSpec> figure = figure_from_json(text.str());
  if (!figure) return Error{path + ": " + figure.message()};
  return figure;
}

}  // namespace tulkki::plot
