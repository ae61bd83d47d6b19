// SPDX-License-Identifier: GPL-3.0-or-later
// The table below a plot: sorts, searches, copies as TSV; for screen readers it is the plot.
#pragma once

#include <QSortFilterProxyModel>
#include <QTableView>

#include "viewer/model/table_model.h"

namespace tulkki {

class DataTable : public QTableView {
  Q_OBJECT

 public:
  explicit DataTable(QWidget* parent = nullptr);
  void show_table(const TableData& table);
  const TableData& table() const { return model_.table(); }
  // Rows that hold the text somewhere; empty: all.
  void set_search(const QString& text);
  // What is selected, or all rows, as shown and in the order shown; values as in files.
  QString as_tsv() const;
  TableData as_shown() const;
  QStringList selected_keys() const;

 public slots:
  void copy() const;

 signals:
  void row_chosen(const QString& key);

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  // Columns that say nothing on screen; in files they are there.
  bool is_idle(int column) const;
  TableModel model_;
  QSortFilterProxyModel sorted_;
};

}  // namespace tulkki
