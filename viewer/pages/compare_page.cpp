// SPDX-License-Identifier: GPL-3.0-or-later
// Metric, form and procedure; a click on a point marks its procedure and series everywhere.
#include "viewer/pages/compare_page.h"

#include <cmath>

#include "viewer/analysis/metrics.h"
#include "viewer/model/measured_content.h"
#include "viewer/model/units.h"

namespace tulkki {
namespace {

const QStringList kForms{"Curve over sizes", "Ratio to the baseline", "CDF", "Box", "Stacked shares", "Scaling"};

// What is drawn: a metric of a whole run, or a workload of one size, has no curve.
CompareForm shown_form(plot::Form drawn, CompareForm chosen) {
  switch (drawn) {
    case plot::Form::curve: return CompareForm::curve;
    case plot::Form::ratio: return CompareForm::ratio;
    case plot::Form::cdf: return CompareForm::cdf;
    case plot::Form::box: return CompareForm::box;
    case plot::Form::stacked: return CompareForm::stacked;
    case plot::Form::scaling: return CompareForm::scaling;
    default: return chosen;
  }
}

}  // namespace

ComparePage::ComparePage(Session& session, QWidget* parent) : ContentPage(session, "compare", compare_content, parent) {
  metric_ = new QComboBox;
  metric_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  fill_metrics();
  form_ = new QComboBox;
  form_->addItems(kForms);
  procedure_ = new QComboBox;
  procedure_->setMinimumContentsLength(16);
  procedure_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  add_control(tr("&Metric"), metric_);
  add_control(tr("F&orm"), form_);
  workload_ = new QComboBox;
  workload_->setMinimumContentsLength(16);
  procedure_label_ = add_control(tr("&Procedure"), procedure_);
  workload_label_ = add_control(tr("Work&load"), workload_);
  workload_label_->hide();
  workload_->hide();
  connect(metric_, &QComboBox::activated, this, [this](int index) {
    const std::string name = metric_->itemData(index).toString().toStdString();
    session_.change([&](ViewState& state) {
      state.metric = name;
      if (is_measured(name)) {
        state.form = CompareForm::curve;  // a box where the workload has one size
        return;
      }
      const MetricInfo& info = metric_info(metric_named(name).value_or(Metric::wall_time));
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
  connect(workload_, &QComboBox::activated, this, [this](int index) {
    session_.change([&](ViewState& state) { state.workload = workload_->itemText(index).toStdString(); });
  });
}

void ComparePage::fill_metrics() {
  const QSignalBlocker quiet(metric_);
  metric_->clear();
  for (const MetricInfo& info : metric_infos()) {
    metric_->addItem(QString::fromStdString(metric_title(info)), QString::fromUtf8(info.name.data(), static_cast<qsizetype>(info.name.size())));
  }
  if (content().measured.empty()) return;
  metric_->insertSeparator(metric_->count());
  for (const std::string& name : content().measured) metric_->addItem(QString::fromStdString(measured_title(name)), QString::fromStdString(name));
}

void ComparePage::content_shown() {
  const ViewState& state = session_.state();
  fill_metrics();
  const bool measured = is_measured(state.metric);
  const QString metric = QString::fromStdString(state.metric);
  for (int i = 0; i < metric_->count(); ++i) {
    const QString name = metric_->itemData(i).toString();
    if (name == metric || (measured && name.startsWith(metric + ":"))) metric_->setCurrentIndex(i);
  }
  procedure_label_->setVisible(!measured);
  procedure_->setVisible(!measured);
  workload_label_->setVisible(measured);
  workload_->setVisible(measured);
  fill_box(*workload_, to_strings(content().workloads), QString::fromStdString(content().workload));
  form_->setCurrentIndex(static_cast<int>(content().figures.empty() ? state.form : shown_form(content().figures[0].form, state.form)));
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
