// SPDX-License-Identifier: Apache-2.0
// A comparison for programs: basic units, nothing rounded.
#include <nlohmann/json.hpp>

#include "viewer/analysis/method_sentence.h"
#include "viewer/cli/compare.h"
#include "viewer/cli/json_text.h"

namespace tulkki {
namespace {

using Json = nlohmann::ordered_json;

template <class Value>
Json maybe(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json interval_object(const std::optional<Interval>& interval) {
  if (!interval) return nullptr;
  return {{"low", interval->low}, {"high", interval->high}, {"level", interval->level}};
}

Json summary_object(const Summary& summary) {
  if (summary.count == 0) return nullptr;
  return {{"launches", summary.count}, {"median", summary.median},   {"interval", interval_object(summary.interval)},
          {"mean", summary.mean},      {"minimum", summary.minimum}, {"maximum", summary.maximum},
          {"q05", summary.q05},        {"q25", summary.q25},         {"q75", summary.q75},
          {"q95", summary.q95},        {"q99", summary.q99}};
}

Json contrast_object(const Contrast& contrast) {
  Json object{{"verdict", verdict_text(contrast.verdict)}};
  if (contrast.verdict == Verdict::absent) return object;
  object["difference"] = contrast.difference;
  object["ratio"] = maybe(contrast.ratio);
  object["ratio_interval"] = interval_object(contrast.ratio_interval);
  object["shift"] = contrast.shift.estimate;
  object["shift_interval"] = interval_object(contrast.shift.interval);
  object["cliffs_delta"] = contrast.cliffs_delta;
  object["p"] = maybe(contrast.p);
  object["p_holm"] = maybe(contrast.p_holm);
  object["exact"] = contrast.exact;
  object["recorder_band"] = contrast.band;
  object["more_launches"] = maybe(contrast.more_launches);
  return object;
}

Json series_array(const Comparison& comparison) {
  Json array = Json::array();
  for (const Series& series : comparison.series) {
    Json runs = Json::array();
    for (const RunInfo& run : series.runs)
      runs.push_back(run.run_id);
    array.push_back({{"key", series.key}, {"name", series.name}, {"runs", runs}});
  }
  return array;
}

Json rows_array(const Comparison& comparison) {
  Json array = Json::array();
  for (const ComparedRow& row : comparison.rows) {
    Json object{{"metric", metric_name(row.metric, row.subject)}, {"unit", metric_unit(row.metric, row.subject)}};
    object["procedure"] = row.subject.procedure.empty() ? Json(nullptr) : Json(row.subject.procedure);
    object["size_class"] = maybe(row.subject.size_class);
    if (!row.within.empty()) object["within"] = row.within;
    if (const auto& quantity = row.subject.quantity) {
      object["workload"] = quantity->workload;
      object["bytes"] = quantity->bytes;
    }
    Json series = Json::array();
    for (std::size_t i = 0; i < row.series.size(); ++i) {
      Json one{{"series", comparison.series[i].key},
               {"values", row.series[i].values},
               {"summary", summary_object(row.series[i].summary)},
               {"calls", row.series[i].calls}};
      if (i != comparison.options.baseline) one["against_baseline"] = contrast_object(row.contrasts[i]);
      series.push_back(std::move(one));
    }
    object["series"] = std::move(series);
    array.push_back(std::move(object));
  }
  return array;
}

const char* kind_name(TermKind kind) {
  switch (kind) {
    case TermKind::compute:
      return "compute";
    case TermKind::procedure:
      return "procedure";
    case TermKind::overlap:
      return "overlap";
    case TermKind::skew:
      return "skew";
  }
  return "";
}

Json waterfall_object(const Comparison& comparison, const SeriesWaterfall& part) {
  const Waterfall& waterfall = part.waterfall;
  Json terms = Json::array();
  for (const WaterfallTerm& term : waterfall.terms) {
    Json object{{"kind", kind_name(term.kind)},
                {"name", term.name},
                {"before_ns", term.before_ns},
                {"after_ns", term.after_ns},
                {"change_ns", term.change_ns}};
    if (term.kind == TermKind::procedure) {
      object.update({{"calls_ns", term.calls_ns},
                     {"bytes_ns", term.bytes_ns},
                     {"speed_ns", term.speed_ns},
                     {"waiting_ns", term.waiting_ns}});
    }
    terms.push_back(std::move(object));
  }
  return {{"from", comparison.series[comparison.options.baseline].key},
          {"to", comparison.series[part.series].key},
          {"before_ns", waterfall.before_ns},
          {"after_ns", waterfall.after_ns},
          {"change_ns", waterfall.change_ns},
          {"before_runs", waterfall.before_runs},
          {"after_runs", waterfall.after_runs},
          {"terms", terms}};
}

Json paired_array(const std::vector<PairedContrast>& groups) {
  Json array = Json::array();
  for (const PairedContrast& group : groups) {
    array.push_back({{"procedure", group.procedure},
                     {"site", group.site.empty() ? Json(nullptr) : Json(group.site)},
                     {"pairs", group.pairs},
                     {"difference_ns", summary_object(group.difference_ns)},
                     {"total_difference_ns", summary_object(group.total_difference_ns)},
                     {"ratio", group.ratio}});
  }
  return array;
}

Json pairs_object(const Comparison& comparison, const PairedSeries& part) {
  Json couples = Json::array();
  for (std::size_t i = 0; i < part.couples.size(); ++i) {
    const PairingResult& couple = part.couples[i];
    couples.push_back({{"runs", {part.runs[i].first, part.runs[i].second}},
                       {"calls", {couple.first_calls, couple.second_calls}},
                       {"polling_calls", {couple.first_polling, couple.second_polling}},
                       {"pairs", couple.pairs},
                       {"matched_share", couple.matched_share()},
                       {"ranks_unpaired", couple.ranks_unpaired}});
  }
  return {{"from", comparison.series[comparison.options.baseline].key},
          {"to", comparison.series[part.series].key},
          {"couples", couples},
          {"procedures", paired_array(part.procedures)},
          {"sites", paired_array(part.sites)}};
}

}  // namespace

std::string compare_json(const CompareReport& report) {
  const Comparison& comparison = report.comparison;
  Json factors = Json::array();
  for (const FactorDifference& difference : comparison.differences) {
    factors.push_back({{"factor", difference.name},
                       {"values", difference.values},
                       {"mixed", difference.mixed},
                       {"under_test", difference.under_test},
                       {"implied", difference.implied}});
  }
  Json left_out = Json::array();
  for (const RunInfo& run : report.left_out)
    left_out.push_back(run.run_id);
  Json json{{"series", series_array(comparison)},
            {"baseline", comparison.series[comparison.options.baseline].key},
            {"threshold", comparison.options.threshold},
            {"alpha", comparison.options.alpha},
            {"tests", comparison.tests},
            {"left_out", left_out},
            {"factors_that_differ", factors},
            {"warnings", comparison.warnings},
            {"rows", rows_array(comparison)},
            {"waterfalls", Json::array()},
            {"pairs", Json::array()},
            {"method", method_sentence(comparison)}};
  for (const SeriesWaterfall& part : report.waterfalls)
    json["waterfalls"].push_back(waterfall_object(comparison, part));
  for (const PairedSeries& part : report.pairs)
    json["pairs"].push_back(pairs_object(comparison, part));
  return json_text(json);
}

}  // namespace tulkki
