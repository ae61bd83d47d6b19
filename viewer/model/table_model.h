// SPDX-License-Identifier: GPL-3.0-or-later
// A table of a page for Qt's views: sorted by values, shown as text.
#pragma once

#include <QAbstractTableModel>

#include "viewer/model/table_data.h"

namespace tulkki {

class TableModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Roles { kSortRole = Qt::UserRole, kLookRole, kKeyRole };
  using QAbstractTableModel::QAbstractTableModel;

  void set_table(TableData table);
  const TableData& table() const { return table_; }

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  TableData table_;
};

}  // namespace tulkki
