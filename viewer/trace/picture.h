// SPDX-License-Identifier: Apache-2.0
// What a picture of a part of the trace shows, pixel by pixel: cells from the calls themselves where few are in view,
// from the pyramid where many are. No painting here.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "viewer/trace/store.h"

namespace tulkki::trace {

// Part of the x axis: [begin, end) in nanoseconds, or in numbers of calls when `steps`.
struct Window {
  double begin = 0, end = 1;
  bool steps = false;
};

// The cells of one row of pixels; `cells.size()` is the width. Cost: that of the calls in view, or of the width.
void draw_calls(const TraceStore& store, std::uint32_t location, const Window& window, std::span<Cell> cells);
void draw_calls(const TraceStore& store, const RowGroup& group, const Window& window, std::span<Cell> cells);
void draw_pyramid(const PyramidRow& row, const Window& window, std::span<Cell> cells);

// Calls in the window over these locations.
std::uint64_t calls_in(const TraceStore& store, std::uint32_t first_location, std::uint32_t last_location,
                       const Window& window);

// The innermost call at this moment, or with `slack` the nearest one not farther away than that; none: not valid().
CallRef call_at(const TraceStore& store, std::uint32_t location, double at, double slack, bool steps);
// The longest MPI call of a row between two moments, as the pyramid knows it.
CallRef longest_call(const TraceStore& store, const PyramidRow& row, double begin, double end);

}  // namespace tulkki::trace
