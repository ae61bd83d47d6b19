// SPDX-License-Identifier: GPL-3.0-or-later
// Columns whose value is the same in all runs are left out, unless they are in a slot: they tell nothing.
#include "viewer/pages/runs_dock.h"

#include <QApplication>
#include <QDrag>
#include <QMenu>
#include <QMimeData>
#include <QMouseEvent>
#include <QStyledItemDelegate>
#include <algorithm>
#include <set>

#include "viewer/analysis/factors.h"
#include "viewer/plot/palette.h"

namespace tulkki {
namespace {

class LookDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

 protected:
  void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
    QStyledItemDelegate::initStyleOption(option, index);
    const int look = index.data(RunTableModel::kLookRole).toInt();
    if (look < 0) option->palette.setColor(QPalette::Text, option->palette.color(QPalette::PlaceholderText));
    if (index.column() != 0 || look < 0) return;
    const auto theme = option->palette.color(QPalette::Base).lightness() < 128 ? plot::Theme::dark : plot::Theme::light;
    const int height = option->fontMetrics.height();
    option->icon = QIcon(plot::swatch(look, theme, height, qApp->devicePixelRatio()));
    option->decorationSize = QSize(height * 2, height);
    option->features |= QStyleOptionViewItem::HasDecoration;
  }
};

// What most studies differ in stands first, long texts last.
void put_columns_in_order(QHeaderView& header) {
  constexpr std::string_view kFirst[] = {"backend", "transport", "translated", "ranks"};
  int place = 1;  // after the number of the run
  for (const std::string_view name : kFirst) {
    for (int column = 0; column < header.count(); ++column) {
      if (RunTableModel::factor_of(column) == name) header.moveSection(header.visualIndex(column), place++);
    }
  }
  header.moveSection(header.visualIndex(RunTableModel::kWallColumn), place);
  constexpr std::string_view kLast[] = {"backend_version", "kernel", "cpu", "program", "arguments"};
  for (const std::string_view name : kLast) {
    for (int column = 0; column < header.count(); ++column) {
      if (RunTableModel::factor_of(column) == name) header.moveSection(header.visualIndex(column), header.count() - 1);
    }
  }
}

}  // namespace

FactorHeader::FactorHeader(QWidget* parent) : QHeaderView(Qt::Horizontal, parent) {
  setSectionsClickable(true);
  setHighlightSections(false);
  setStretchLastSection(true);
}

void FactorHeader::mousePressEvent(QMouseEvent* event) {
  pressed_ = event->position().toPoint();
  QHeaderView::mousePressEvent(event);
}

void FactorHeader::mouseMoveEvent(QMouseEvent* event) {
  const QPoint now = event->position().toPoint();
  const int column = logicalIndexAt(pressed_);
  const std::string factor = RunTableModel::factor_of(column);
  const bool resizing = cursor().shape() == Qt::SplitHCursor;
  if (!(event->buttons() & Qt::LeftButton) || factor.empty() || resizing ||
      (now - pressed_).manhattanLength() < QApplication::startDragDistance()) {
    return QHeaderView::mouseMoveEvent(event);
  }
  auto* drag = new QDrag(this);
  auto* data = new QMimeData;
  data->setData(kFactorMimeType, QByteArray::fromStdString(factor));
  drag->setMimeData(data);
  drag->exec(Qt::CopyAction);
}

RunsDock::RunsDock(Session& session, QWidget* parent) : QDockWidget(tr("Runs"), parent), session_(session), model_(session) {
  setObjectName("runs");
  table_ = new QTableView(this);
  table_->setHorizontalHeader(new FactorHeader(table_));
  sorted_.setSourceModel(&model_);
  sorted_.setSortRole(RunTableModel::kSortRole);
  table_->setModel(&sorted_);
  table_->setItemDelegate(new LookDelegate(table_));
  table_->setSelectionBehavior(QTableView::SelectRows);
  table_->setSortingEnabled(true);
  table_->sortByColumn(0, Qt::AscendingOrder);
  table_->setShowGrid(false);
  table_->setWordWrap(false);
  table_->setTabKeyNavigation(false);
  table_->setAccessibleName(tr("Runs"));
  table_->verticalHeader()->hide();
  table_->verticalHeader()->setDefaultSectionSize(table_->fontMetrics().height() + 6);
  table_->setContextMenuPolicy(Qt::CustomContextMenu);
  setWidget(table_);
  connect(table_, &QWidget::customContextMenuRequested, this, &RunsDock::show_menu);
  const auto tidy = [this] {
    const auto& runs = session_.study().runs;
    for (int column = 0; column < model_.columnCount(); ++column) {
      const std::string factor = RunTableModel::factor_of(column);
      if (factor.empty()) continue;
      std::set<std::string> values;
      for (const StudyRun& run : runs) values.insert(factor_value(run.info, factor).value_or(""));
      const auto& by = session_.state().series_by;
      const bool in_slot = std::find(by.begin(), by.end(), factor) != by.end() || factor == session_.state().panel_by;
      const bool always = factor == "backend" || factor == "transport" || factor == "ranks";
      table_->setColumnHidden(column, values.size() < 2 && !in_slot && !always);
    }
    put_columns_in_order(*table_->horizontalHeader());
    table_->resizeColumnsToContents();
    for (int column = 0; column < model_.columnCount(); ++column) {
      constexpr int kWidest = 150;
      if (table_->columnWidth(column) > kWidest) table_->setColumnWidth(column, kWidest);
    }
  };
  connect(&session, &Session::study_changed, this, tidy);
}

void RunsDock::make_baseline() {
  const qlonglong run = table_->currentIndex().data(RunTableModel::kRunRole).toLongLong();
  const StudyRun* found = session_.study().find(run);
  if (found == nullptr) return;
  const std::string series = model_.series_of(found->info);
  if (!series.empty()) session_.change([&](ViewState& state) { state.baseline = series; });
}

void RunsDock::show_menu(const QPoint& position) {
  const QModelIndex index = table_->indexAt(position);
  if (!index.isValid()) return;
  const std::string factor = RunTableModel::factor_of(sorted_.mapToSource(index).column());
  const QString value = index.data().toString();
  QMenu menu;
  menu.addAction(tr("Make its series the &baseline"), this, &RunsDock::make_baseline);
  if (!factor.empty()) {
    menu.addAction(tr("Show only %1 = %2").arg(QString::fromStdString(factor), value), this, [this, factor, value] {
      session_.change([&](ViewState& state) { state.add_filter(factor, value.toStdString()); });
    });
  }
  menu.exec(table_->viewport()->mapToGlobal(position));
}

}  // namespace tulkki
