// SPDX-License-Identifier: GPL-3.0-or-later
// A figure as plain data: what is drawn (panels of series, boxes or a matrix), its axes and its style. It knows neither
// Qt nor the plot library; viewer/plot draws it, and figure.json is its text form (viewer/plot/figure_json.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace tulkki::plot {

// What kind of figure it is: decides how series are drawn.
enum class Form {
  curve,      // lines with markers and error bars
  ratio,      // as curve, against a baseline: a line at 1
  cdf,        // cumulative share, steps without markers
  box,        // quartiles and whiskers, one box a point
  stacked,    // bars of shares, one bar a category, one series a part
  scaling,    // as curve, x is a number of ranks or nodes
  heatmap,    // a matrix in colours
  density,    // a matrix on numerical axes (size of message against time of call)
  waterfall,  // bars that lead from one total to another
  points,     // medians with intervals, one row a category, series beside each other
};

enum class Scale { linear, log10, log2, category };
// How ticks are written; durations are nanoseconds, between whole numbers (ranks) there are no ticks.
enum class Quantity { number, whole, bytes, duration };

struct Axis {
  std::string label;  // with its unit: "Bandwidth (GB/s)"
  Scale scale = Scale::linear;
  Quantity quantity = Quantity::number;
  std::optional<double> minimum, maximum;  // default: what the data need
  std::vector<std::string> categories;     // Scale::category: names of 0, 1, 2 ...
};

struct Point {
  double x = 0, y = 0;
  std::optional<double> low, high;  // interval of y
  int launches = 0;                 // 0: does not apply
  std::string note;                 // verdict, place in the source ... shown beside the numbers
};

struct Box {
  double x = 0;
  double minimum = 0, lower_quartile = 0, median = 0, upper_quartile = 0, maximum = 0;  // whiskers are the extremes
  std::vector<double> values;  // the launches themselves, drawn as points when there are few
};

struct Series {
  std::string name;
  int look = -1;  // number of colour, marker and dash; -1: its place in the figure
  bool baseline = false;
  std::vector<Point> points;
  std::vector<Box> boxes;
};

// Row-major from the bottom row; NaN: nothing there. Edges are given where the cells are not the integers.
struct Matrix {
  int columns = 0, rows = 0;
  std::vector<double> values;
  std::vector<double> column_edges, row_edges;  // columns + 1, rows + 1 numbers, or empty
  double at(int column, int row) const { return values[static_cast<std::size_t>(row) * columns + column]; }
};

// Around the data at x: differences inside are not meant seriously (cost of recording, resolution of the clock).
struct Doubt {
  double x = 0, low = 0, high = 0;
};

struct Panel {
  std::string title;
  std::vector<Series> series;
  Matrix matrix;
  std::vector<double> marks;  // vertical lines at these x: sizes at which a protocol changes
  std::vector<Doubt> doubts;  // ascending x
};

struct ColourScale {
  std::string label;
  bool logarithmic = false;
  bool diverging = false;  // centred on 0: blue below, orange above
  std::optional<double> minimum, maximum;
};

struct Reference {  // a line across the figure
  double y = 0;
  std::string label;
};

struct Band {  // differences in it are not meant seriously: resolution of the clock, cost of recording
  double low = 0, high = 0;
  std::string label;
};

enum class Legend { top, bottom, right, inside_top_left, inside_top_right, inside_bottom_right, none };
enum class Theme { paper, light, dark };

struct Style {
  double width_in = 3.5;  // a column of a two-column page; 7.16 for both
  double height_in = 2.4;
  std::string font = "Liberation Sans";
  double font_pt = 8;
  Legend legend = Legend::top;
  bool grey = false;     // as a printer without colours shows it
  bool markers = true;
  Theme theme = Theme::paper;
};

inline constexpr double kOneColumnInches = 3.5, kTwoColumnInches = 7.16, kSlideInches = 10;

struct FigureSpec {
  Form form = Form::curve;
  std::string metric;  // "bandwidth", "latency" ...: names the column of the CSV
  std::string unit;    // of y (of the colours where there is a matrix)
  std::string title;
  std::string query;   // JSON text: how the data were asked for, or empty (viewer/model/figure_query.h)
  Style style;
  Axis x, y;
  ColourScale colours;
  bool own_values = false;  // every panel has its own range of y, where the panels are not of one thing
  std::vector<Reference> references;
  std::vector<Band> bands;
  std::vector<Panel> panels;
};

// True when there is nothing to draw.
bool is_empty(const FigureSpec& figure);

// Least and greatest value of an axis over all panels, intervals included; positive ones only where it is logarithmic.
struct Extent {
  double minimum = 0, maximum = 0;
  bool valid = false;
};
Extent extent_x(const FigureSpec& figure);
Extent extent_y(const FigureSpec& figure);

}  // namespace tulkki::plot
