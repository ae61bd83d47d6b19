// SPDX-License-Identifier: GPL-3.0-or-later
// What is in no slot and no filter is repetition: the bar says how many launches a series has.
#include "viewer/pages/slots_bar.h"

#include <QDragEnterEvent>
#include <QMenu>
#include <QMimeData>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <set>
#include <tuple>

#include "viewer/analysis/factors.h"
#include "viewer/pages/runs_dock.h"

namespace tulkki {
namespace {

void clear_layout(QLayout& layout) {
  while (QLayoutItem* item = layout.takeAt(0)) {
    if (item->widget() != nullptr) {
      item->widget()->hide();  // it lives until the event loop runs again: a button may be in its own click
      item->widget()->deleteLater();
    }
    delete item;
  }
}

QToolButton* chip(const QString& text, const QString& help, QWidget* parent, std::function<void()> remove) {
  auto* button = new QToolButton(parent);
  button->setText(text + QStringLiteral("  ✕"));
  button->setToolTip(help);
  button->setAccessibleName(help);
  button->setFocusPolicy(Qt::StrongFocus);
  QObject::connect(button, &QToolButton::clicked, parent, std::move(remove));
  return button;
}

QString spoken(const QString& factor) { return QString(factor).replace('_', ' '); }

}  // namespace

FactorSlot::FactorSlot(const QString& title, bool several, QWidget* parent) : QFrame(parent), several_(several), title_(title) {
  setAcceptDrops(true);
  setFrameShape(StyledPanel);
  layout_ = new QHBoxLayout(this);
  layout_->setContentsMargins(6, 1, 2, 1);
  layout_->setSpacing(3);
  setToolTip(tr("Drop the header of a column of Runs here"));
  show_factors({});
}

void FactorSlot::show_factors(const QStringList& factors) {
  factors_ = factors;
  clear_layout(*layout_);
  layout_->addWidget(new QLabel(title_, this));
  for (const QString& factor : factors_) {
    layout_->addWidget(chip(spoken(factor), tr("Take %1 out of %2").arg(spoken(factor), title_), this, [this, factor] {
      QStringList rest = factors_;
      rest.removeAll(factor);
      emit changed(rest);
    }));
  }
  auto* more = new QToolButton(this);
  more->setText(QStringLiteral("+"));
  more->setAccessibleName(tr("Put a factor into %1").arg(title_));
  more->setToolTip(more->accessibleName());
  more->setFocusPolicy(Qt::StrongFocus);
  more->setPopupMode(QToolButton::InstantPopup);
  auto* menu = new QMenu(more);
  for (const std::string_view name : factor_names()) {
    const QString factor = QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
    if (!factors_.contains(factor)) menu->addAction(spoken(factor), this, [this, factor] { add(factor); });
  }
  more->setMenu(menu);
  layout_->addWidget(more);
}

void FactorSlot::add(const QString& factor) {
  QStringList next = several_ ? factors_ : QStringList();
  if (!next.contains(factor)) next << factor;
  emit changed(next);
}

void FactorSlot::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasFormat(kFactorMimeType)) event->acceptProposedAction();
}

void FactorSlot::dropEvent(QDropEvent* event) {
  add(QString::fromUtf8(event->mimeData()->data(kFactorMimeType)));
  event->acceptProposedAction();
}

SlotsBar::SlotsBar(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
  auto* rows = new QVBoxLayout(this);
  rows->setContentsMargins(8, 6, 8, 0);
  rows->setSpacing(4);
  auto* row = new QHBoxLayout;
  series_ = new FactorSlot(tr("Series"), true, this);
  panels_ = new FactorSlot(tr("Panels"), false, this);
  x_ = new FactorSlot(tr("X"), false, this);
  repeat_ = new QLabel(this);
  repeat_->setToolTip(tr("Launches that differ in none of the factors in the slots are repetitions of each other"));
  for (QWidget* widget : std::initializer_list<QWidget*>{series_, panels_, x_}) row->addWidget(widget);
  row->addWidget(repeat_);
  row->addStretch(1);
  rows->addLayout(row);
  chips_row_ = new QWidget(this);
  chips_ = new QHBoxLayout(chips_row_);
  chips_->setContentsMargins(0, 0, 0, 0);
  rows->addWidget(chips_row_);
  connect(series_, &FactorSlot::changed, this, [this](const QStringList& factors) {
    session_.change([&](ViewState& state) {
      state.series_by.clear();
      for (const QString& factor : factors) state.series_by.push_back(factor.toStdString());
    });
  });
  connect(panels_, &FactorSlot::changed, this, [this](const QStringList& factors) {
    session_.change([&](ViewState& state) { state.panel_by = factors.isEmpty() ? "" : factors[0].toStdString(); });
  });
  connect(x_, &FactorSlot::changed, this, [this](const QStringList& factors) {
    session_.change([&](ViewState& state) {
      state.x = factors.isEmpty() ? "" : factors[0].toStdString();
      if (!factors.isEmpty()) state.form = CompareForm::scaling;
    });
  });
  connect(&session, &Session::state_changed, this, &SlotsBar::refresh);
  connect(&session, &Session::study_changed, this, &SlotsBar::refresh);
  refresh();
}

// Different programs, arguments or numbers of ranks: repetitions of these are not one sample.
static std::size_t most_workloads(const std::vector<Series>& all) {
  std::size_t most = 0;
  for (const Series& series : all) {
    std::set<std::tuple<std::string, std::string, std::int64_t>> workloads;
    for (const RunInfo& run : series.runs) workloads.emplace(run.program, run.compared_arguments, run.ranks);
    most = std::max(most, workloads.size());
  }
  return most;
}

void SlotsBar::refresh() {
  const ViewState& state = session_.state();
  QStringList by;
  for (const std::string& factor : state.series_by) by << QString::fromStdString(factor);
  series_->show_factors(by);
  panels_->show_factors(state.panel_by.empty() ? QStringList() : QStringList(QString::fromStdString(state.panel_by)));
  x_->show_factors(state.x.empty() ? QStringList() : QStringList(QString::fromStdString(state.x)));
  const Result<SeriesChoice> choice = choose_series(chosen_runs(session_.study(), state), state);
  QString baseline;
  if (choice) {
    std::size_t least = choice->series.front().runs.size(), most = least;
    for (const Series& series : choice->series) {
      least = std::min(least, series.runs.size());
      most = std::max(most, series.runs.size());
    }
    baseline = QString::fromStdString(choice->series.front().name);
    const std::size_t workloads = most_workloads(choice->series);
    repeat_->setText(tr("Repeat: %1 launches").arg(least == most ? QString::number(least) : tr("%1 to %2").arg(least).arg(most)) +
                     (workloads > 1 ? tr(" of %1 workloads").arg(workloads) : QString()));
  } else {
    repeat_->clear();
  }
  clear_layout(*chips_);
  if (!baseline.isEmpty() && choice->series.size() > 1) {
    auto* label = new QLabel(tr("Baseline: <b>%1</b>").arg(baseline.toHtmlEscaped()), chips_row_);
    label->setToolTip(tr("B: series of the current run; X: swap with the other one"));
    chips_->addWidget(label);
  }
  const auto add_chip = [&](const QString& text, auto change) {
    chips_->addWidget(chip(text, tr("Remove: %1").arg(text), chips_row_, [this, change] { session_.change(change); }));
  };
  for (const Filter& filter : state.filters) {
    QStringList values;
    for (const std::string& value : filter.values) values << QString::fromStdString(value);
    add_chip(spoken(QString::fromStdString(filter.factor)) + " = " + values.join(tr(" or ")),
             [factor = filter.factor](ViewState& next) { next.remove_filter(factor); });
  }
  if (!state.hidden_runs.empty()) {
    add_chip(tr("%1 runs hidden").arg(state.hidden_runs.size()), [](ViewState& next) { next.hidden_runs.clear(); });
  }
  if (!state.procedure.empty()) {
    add_chip(QString::fromStdString(state.procedure), [](ViewState& next) { next.procedure.clear(); });
  }
  if (state.size_class) {
    add_chip(tr("size %1").arg(QString::fromStdString(size_class_name(*state.size_class))), [](ViewState& next) { next.size_class.reset(); });
  }
  if (state.cell) {
    const auto side = [&](int first) {
      return state.cell->block == 1 ? QString::number(first) : tr("%1 – %2").arg(first).arg(first + state.cell->block - 1);
    };
    add_chip(tr("%1 → %2").arg(side(state.cell->sender), side(state.cell->receiver)), [](ViewState& next) { next.cell.reset(); });
  }
  chips_row_->setVisible(chips_->count() > 0);
  chips_->addStretch(1);
}

}  // namespace tulkki
