// SPDX-License-Identifier: GPL-3.0-or-later
// Metric, form and procedure; a click on a point marks its procedure and series everywhere.
#include "viewer/pages/compare_page.h"

#include <cmath>

#include "viewer/analysis/metrics.h"
#include "viewer/model/units.h"

namespace tulkki {
namespace {

const QStringList kForms{"Curve over sizes", "Ratio to the baseline", "CDF", "Box", "Stacked shares", "Scaling"};

}  // namespace

ComparePage::ComparePage(Session& session, QWidget* parent) : ContentPage(session, "compare", compare_content, parent) {
  metric_ = new QComboBox;
  for (const MetricInfo& info : metric_infos()) metric_->addItem(QString::fromStdString(metric_title(info)));
  form_ = new QComboBox;
  form_->addItems(kForms);
  procedure_ = new QComboBox;
  procedure_->setMinimumContentsLength(16);
  procedure_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  add_control(tr("&Metric"), metric_);
  add_control(tr("F&orm"), form_);
  add_control(tr("&Procedure"), procedure_);
  connect(metric_, &QComboBox::activated, this, [this](int index) {
    const MetricInfo& info = metric_infos()[static_cast<std::size_t>(index)];
    session_.change([&](ViewState& state) {
      state.metric = info.name;
      // What a metric is usually looked at as; the form can be changed afterwards.
      if (!info.of_run || info.metric == Metric::throughput) state.form = CompareForm::curve;
      else if (!info.of_procedure && state.form == CompareForm::curve) state.form = CompareForm::box;
    });
  });
  connect(form_, &QComboBox::activated, this, [this](int index) {
    session_.change([&](ViewState& state) { state.form = static_cast<CompareForm>(index); });
  });
  connect(procedure_, &QComboBox::activated, this, [this](int index) {
    const std::string name = index == 0 ? "" : procedure_->itemText(index).toStdString();
    session_.change([&](ViewState& state) { state.procedure = name; });
  });
}

void ComparePage::content_shown() {
  const ViewState& state = session_.state();
  for (std::size_t i = 0; i < metric_infos().size(); ++i) {
    if (metric_infos()[i].name == state.metric) metric_->setCurrentIndex(static_cast<int>(i));
  }
  form_->setCurrentIndex(static_cast<int>(state.form));
  fill_box(*procedure_, QStringList{tr("whole run")} + to_strings(content().procedures),
           QString::fromStdString(content().figures.empty() || content().figures[0].title.empty() ? state.procedure : content().figures[0].title));
}

void ComparePage::place_clicked(std::size_t, const plot::Place& place) {
  const plot::FigureSpec& figure = content().figures[0];
  if (place.panel < 0 || place.series < 0) return;
  const plot::Series& series = figure.panels[static_cast<std::size_t>(place.panel)].series[static_cast<std::size_t>(place.series)];
  session_.change([&](ViewState& state) {
    if (figure.form == plot::Form::stacked) state.procedure = series.name.starts_with("MPI_") ? series.name : "";
    else if (!series.baseline && !series.name.empty()) state.contender = series.name;
    if (figure.form == plot::Form::curve && static_cast<std::size_t>(place.index) < series.points.size()) {
      state.size_class = static_cast<std::int64_t>(std::floor(std::log2(std::max(1.0, series.points[static_cast<std::size_t>(place.index)].x)))) + 1;
    }
  });
}

// The table is of what is chosen: a row chooses nothing new.
void ComparePage::row_chosen(const std::string&, const QString&) {}

}  // namespace tulkki
