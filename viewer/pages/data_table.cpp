// SPDX-License-Identifier: GPL-3.0-or-later
// The order of the content is kept until the user sorts.
#include "viewer/pages/data_table.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QStyledItemDelegate>
#include <algorithm>

#include "viewer/plot/palette.h"

namespace tulkki {
namespace {

// The look of the row's series before its name; a verdict that is certain in bold.
class RowDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

 protected:
  void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
    QStyledItemDelegate::initStyleOption(option, index);
    const int look = index.data(TableModel::kLookRole).toInt();
    const QString title = index.model()->headerData(index.column(), Qt::Horizontal).toString();
    if (look >= 0 && title == "series") {
      const auto theme = option->palette.color(QPalette::Base).lightness() < 128 ? plot::Theme::dark : plot::Theme::light;
      const int height = option->fontMetrics.height();
      option->icon = QIcon(plot::swatch(look, theme, height, qApp->devicePixelRatio()));
      option->decorationSize = QSize(height * 2, height);
      option->features |= QStyleOptionViewItem::HasDecoration;
    }
    if (title == "verdict" && (option->text == "faster" || option->text == "slower")) option->font.setBold(true);
  }
};

}  // namespace

DataTable::DataTable(QWidget* parent) : QTableView(parent) {
  sorted_.setSourceModel(&model_);
  sorted_.setSortRole(TableModel::kSortRole);
  sorted_.setFilterKeyColumn(-1);
  sorted_.setFilterCaseSensitivity(Qt::CaseInsensitive);
  setModel(&sorted_);
  setItemDelegate(new RowDelegate(this));
  setSelectionBehavior(SelectRows);
  setAlternatingRowColors(true);
  setShowGrid(false);
  setWordWrap(false);
  setTextElideMode(Qt::ElideMiddle);  // of a path the name of the file is what tells
  setTabKeyNavigation(false);
  setHorizontalScrollMode(ScrollPerPixel);
  verticalHeader()->hide();
  verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 7);
  horizontalHeader()->setHighlightSections(false);
  horizontalHeader()->setSectionsMovable(true);
  connect(selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& now) {
    if (now.isValid()) emit row_chosen(now.data(TableModel::kKeyRole).toString());
  });
}

void DataTable::show_table(const TableData& table) {
  const bool same_columns = table.columns.size() == model_.table().columns.size();
  const QStringList selected = selected_keys();
  const QSignalBlocker quiet(selectionModel());
  model_.set_table(table);
  setAccessibleName(QString::fromStdString(table.title));
  setSortingEnabled(true);
  if (!same_columns) sortByColumn(-1, Qt::AscendingOrder);
  constexpr int kWidest = 260, kRoom = 6;
  resizeColumnsToContents();
  for (int column = 0; column < model_.columnCount(); ++column) {
    setColumnWidth(column, std::min(kWidest, columnWidth(column) + kRoom));
  }
  for (int column = 0; column < model_.columnCount(); ++column) setColumnHidden(column, is_idle(column));
  for (int row = 0; row < sorted_.rowCount(); ++row) {
    if (!selected.isEmpty() && selected.contains(sorted_.index(row, 0).data(TableModel::kKeyRole).toString())) {
      selectionModel()->select(sorted_.index(row, 0), QItemSelectionModel::Select | QItemSelectionModel::Rows);
    }
  }
}

bool DataTable::is_idle(int column) const {
  const TableData& table = model_.table();
  const auto number = static_cast<std::size_t>(column);
  const std::string& name = table.columns[number].name;
  const bool measured = std::any_of(table.columns.begin(), table.columns.end(), [](const TableColumn& one) { return one.name == "workload"; });
  if (name == "unit") return !measured;  // screens have the unit beside each number, but of those that programs print
  if (name == "bytes" && table.name == "compare") {  // of a workload without sizes
    return std::all_of(table.rows.begin(), table.rows.end(), [&](const TableRow& row) { return row.cells[number] == TableCell(std::int64_t{0}); });
  }
  const bool constant_is_idle = name == "metric" || name == "procedure" || name == "workload";
  return table.columns[number].written == Written::text && std::all_of(table.rows.begin(), table.rows.end(), [&](const TableRow& row) {
    const auto* text = std::get_if<std::string>(&row.cells[number]);
    return text == nullptr ? std::holds_alternative<std::monostate>(row.cells[number])
                           : text->empty() || (constant_is_idle && table.name == "compare" && row.cells[number] == table.rows.front().cells[number]);
  });
}

void DataTable::set_search(const QString& text) { sorted_.setFilterFixedString(text); }

QStringList DataTable::selected_keys() const {
  QStringList keys;
  for (const QModelIndex& index : selectionModel()->selectedRows()) keys << index.data(TableModel::kKeyRole).toString();
  keys.removeAll(QString());
  return keys;
}

TableData DataTable::as_shown() const {
  TableData shown = model_.table();
  shown.rows.clear();
  const bool some = selectionModel()->selectedRows().size() > 1;
  for (int row = 0; row < sorted_.rowCount(); ++row) {
    const QModelIndex index = sorted_.index(row, 0);
    if (some && !selectionModel()->isRowSelected(row)) continue;
    shown.rows.push_back(model_.table().rows[static_cast<std::size_t>(sorted_.mapToSource(index).row())]);
  }
  return shown;
}

QString DataTable::as_tsv() const { return QString::fromStdString(table_text(as_shown(), TableFormat::tsv)); }

void DataTable::copy() const { QApplication::clipboard()->setText(as_tsv()); }

void DataTable::keyPressEvent(QKeyEvent* event) {
  if (event->matches(QKeySequence::Copy)) return copy();
  // Letters are shortcuts of the window, not a search of the first column.
  if (event->modifiers() == Qt::NoModifier && event->text().size() == 1 && event->text()[0].isPrint()) return event->ignore();
  QTableView::keyPressEvent(event);
}

}  // namespace tulkki
