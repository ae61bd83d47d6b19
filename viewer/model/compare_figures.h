// SPDX-License-Identifier: GPL-3.0-or-later
// The forms of the Compare page, each from the launches of the series.
#pragma once

#include "viewer/analysis/comparison.h"
#include "viewer/model/page_content.h"

namespace tulkki {

struct FigureInput {
  const std::vector<SeriesProfile>& profiles;
  const ViewState& state;
  SeriesLooks& looks;
  const Comparison& comparison;  // of the chosen metric and subject, by size where the form is over sizes
};

// What figures of measurements have in common with these.
plot::Axis size_axis();
void scale_ratios(plot::FigureSpec& figure);  // logarithmic where they are far apart: half and double look alike
plot::Point point_of(double x, const Summary& summary, double factor);
plot::Box box_of(double x, const Summary& summary, std::vector<double> values, double factor);
std::vector<plot::Point> steps_of(std::vector<double> values);  // distribution of few values

plot::FigureSpec curve_figure(const FigureInput& input);
plot::FigureSpec ratio_figure(const FigureInput& input);
plot::FigureSpec cdf_figure(const FigureInput& input);
plot::FigureSpec box_figure(const FigureInput& input);
plot::FigureSpec stacked_figure(const FigureInput& input);
plot::FigureSpec scaling_figure(const FigureInput& input);

}  // namespace tulkki
