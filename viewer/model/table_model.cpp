// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers to the right, words to the left; what is not there sorts below everything.
#include "viewer/model/table_model.h"

#include <limits>

namespace tulkki {
namespace {

bool is_text(const TableColumn& column) { return column.written == Written::text || column.written == Written::verdict; }

// Numbers end where the next column's words begin: some room between them.
QString padded(QString text, const TableColumn& column) {
  constexpr QChar kRoom(0x2002);
  return is_text(column) ? text : text.replace('\n', QString(kRoom) + '\n') + kRoom;
}

}  // namespace

void TableModel::set_table(TableData table) {
  beginResetModel();
  table_ = std::move(table);
  endResetModel();
}

int TableModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(table_.rows.size()); }
int TableModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(table_.columns.size()); }

QVariant TableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) return {};
  const TableColumn& column = table_.columns[static_cast<std::size_t>(section)];
  if (role == Qt::DisplayRole) return padded(QString::fromStdString(column.title), column);
  if (role == Qt::ToolTipRole) return QString::fromStdString(column.help.empty() ? column.name : column.help);
  if (role == Qt::TextAlignmentRole) {
    return static_cast<int>((is_text(column) ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignBottom);
  }
  return {};
}

QVariant TableModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) return {};
  const TableRow& row = table_.rows[static_cast<std::size_t>(index.row())];
  const auto number = static_cast<std::size_t>(index.column());
  if (number >= row.cells.size()) return {};
  const TableColumn& column = table_.columns[number];
  const TableCell& cell = row.cells[number];
  switch (role) {
    case Qt::DisplayRole: return padded(QString::fromStdString(cell_text(cell, column.written)), column);
    case Qt::ToolTipRole: return QString::fromStdString(cell_text(cell, column.written));
    case kSortRole:
      if (const auto* integer = std::get_if<std::int64_t>(&cell)) return static_cast<double>(*integer);
      if (const auto* real = std::get_if<double>(&cell)) return *real;
      if (const auto* text = std::get_if<std::string>(&cell)) return QString::fromStdString(*text);
      return -std::numeric_limits<double>::infinity();
    case Qt::TextAlignmentRole:
      return static_cast<int>((is_text(column) ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    case kLookRole: return row.look;
    case kKeyRole: return QString::fromStdString(row.key);
    default: return {};
  }
}

}  // namespace tulkki
