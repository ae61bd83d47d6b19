// SPDX-License-Identifier: Apache-2.0
// The verdict table: for each metric and subject the launches of every series, their summary, and how each series
// differs from the baseline. Pure numbers; viewer/cli and the window only format it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "viewer/analysis/factors.h"
#include "viewer/analysis/launch_profile.h"
#include "viewer/analysis/metrics.h"
#include "viewer/analysis/statistics.h"

namespace tulkki {

enum class Verdict {
  faster,  // than the baseline; of metrics that have a better side
  slower,
  more,  // of metrics that have none: counts, bytes
  fewer,
  same,       // one value in all launches of both
  not_shown,  // "~": no difference was shown (that is not: there is none)
  too_few,    // launches: no test could have shown a difference
  absent,     // one side has no such calls
};
std::string_view verdict_text(Verdict verdict);  // "faster", "~", "too few" ...

// A series against the baseline.
struct Contrast {
  double difference = 0;                   // of the medians, series - baseline
  std::optional<double> ratio;             // of the medians, series / baseline; nothing where the baseline's is 0
  std::optional<Interval> ratio_interval;  // Hodges-Lehmann on logarithms
  Shift shift;                             // Hodges-Lehmann
  double cliffs_delta = 0;
  std::optional<double> p, p_holm;  // nothing where there was no test
  bool exact = true;
  double band = 0;  // differences up to here may be the recorder's; in the metric's unit
  Verdict verdict = Verdict::absent;
  // Launches of each series that would be needed besides those there are: for `too_few` so that a test can show
  // anything, for `not_shown` so that a difference as large as the observed one would be found in 4 of 5 studies.
  // Nothing where more would not help (the difference lies inside threshold or band).
  std::optional<std::size_t> more_launches;
};

struct ComparedSeries {
  std::vector<double> values;  // of the launches that have one, in their order
  Summary summary;             // count = 0: none has one
  double calls = 0;            // median over launches of the calls behind the value
  double band = 0;             // recorder_band(), greatest of the launches
};

struct ComparedRow {
  Metric metric = Metric::wall_time;
  Subject subject;
  std::string within;                  // values of ComparisonOptions::within, as "openmpi tcp"
  std::string family;                  // of the procedure
  std::vector<ComparedSeries> series;  // as in Comparison::series
  std::vector<Contrast> contrasts;     // the same; that of the baseline is of no meaning
};

struct ComparisonOptions {
  std::size_t baseline = 0;                  // index of a series
  double threshold = 0.02;                   // differences up to this share of the baseline do not matter to the user
  double alpha = 0.05;                       // after Holm's correction over all rows and series shown
  std::vector<Metric> metrics = {};          // empty: wall, MPI and compute time, and the time of each procedure
  std::vector<std::string> procedures = {};  // empty: all. Names as in MPI, with or without "MPI_"
  bool by_size = false;                      // one row for each size class instead of one a procedure
  std::size_t top = 0;                       // procedures with most time (greatest median of any series) only; 0: all
  // Factors: every row once for each combination of their values, of the launches with these values only.
  std::vector<std::string> within = {};
  QuantityFilter quantities = {};            // of Metric::measurement
};

struct Comparison {
  std::vector<Series> series;
  ComparisonOptions options;
  std::vector<ComparedRow> rows;        // whole run first, then what was measured, then procedures, most time first
  std::size_t tests = 0;                // in the family of Holm's correction
  std::size_t procedures_left_out = 0;  // by `top`
  std::vector<FactorDifference> differences;
  std::vector<std::string> warnings;  // one line each, for people
};

// Fails on a procedure that no launch called (naming those that were), on quantities that none measured (the same), and
// on a baseline that is none.
Result<Comparison> compare(const std::vector<SeriesProfile>& series, const std::vector<std::string>& under_test,
                           const ComparisonOptions& options);

// Every procedure that was called, by the greatest median of its time over the series, most first.
std::vector<std::string> procedures_by_time(const std::vector<SeriesProfile>& series);

// The numbers behind a figure: one metric of one subject over the launches of one series. Launches without a value
// are left out.
std::vector<double> observations(const SeriesProfile& series, Metric metric, const Subject& subject);

// A curve over sizes: one point for each size class that any launch has, ascending.
struct CurvePoint {
  std::int64_t size_class = 0;
  double bytes = 0;  // of one call, mean over calls and launches: the place on the axis
  Summary value;
  double band = 0;  // see recorder_band(), greatest of the launches
};
std::vector<CurvePoint> curve(const SeriesProfile& series, Metric metric, const std::string& procedure);
// The same of what programs measured: all sizes of the workload, name and unit of `quantity`. Size classes are 0.
std::vector<CurvePoint> curve(const SeriesProfile& series, const Quantity& quantity);

}  // namespace tulkki
