// SPDX-License-Identifier: GPL-3.0-or-later
// How the choices of a figure are written in figure.json.
#pragma once

#include "viewer/plot/figure_spec.h"
#include "viewer/plot/json_reader.h"

namespace tulkki::plot {

inline constexpr Names<Form, 10> kFormNames{{{Form::curve, "curve"},
                                            {Form::ratio, "ratio"},
                                            {Form::cdf, "cdf"},
                                            {Form::box, "box"},
                                            {Form::stacked, "stacked"},
                                            {Form::scaling, "scaling"},
                                            {Form::heatmap, "heatmap"},
                                            {Form::density, "density"},
                                            {Form::waterfall, "waterfall"},
                                            {Form::points, "points"}}};
inline constexpr Names<Scale, 4> kScaleNames{
    {{Scale::linear, "linear"}, {Scale::log10, "log10"}, {Scale::log2, "log2"}, {Scale::category, "category"}}};
inline constexpr Names<Quantity, 4> kQuantityNames{{{Quantity::number, "number"},
                                                    {Quantity::whole, "whole"},
                                                    {Quantity::bytes, "bytes"},
                                                    {Quantity::duration, "duration"}}};
inline constexpr Names<Legend, 7> kLegendNames{{{Legend::top, "top"},
                                                {Legend::bottom, "bottom"},
                                                {Legend::right, "right"},
                                                {Legend::inside_top_left, "inside-top-left"},
                                                {Legend::inside_top_right, "inside-top-right"},
                                                {Legend::inside_bottom_right, "inside-bottom-right"},
                                                {Legend::none, "none"}}};
inline constexpr Names<Theme, 3> kThemeNames{{{Theme::paper, "paper"}, {Theme::light, "light"}, {Theme::dark, "dark"}}};

}  // namespace tulkki::plot
