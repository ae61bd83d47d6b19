// SPDX-License-Identifier: GPL-3.0-or-later
// The list of launches with all their factors. Headers of columns are dragged into the slots above the pages.
#pragma once

#include <QDockWidget>
#include <QHeaderView>
#include <QSortFilterProxyModel>
#include <QTableView>

#include "viewer/model/run_table_model.h"

namespace tulkki {

inline constexpr const char* kFactorMimeType = "application/x-tulkki-factor";

// A header whose columns can be dragged out.
class FactorHeader : public QHeaderView {
  Q_OBJECT

 public:
  explicit FactorHeader(QWidget* parent = nullptr);

 protected:
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;

 private:
  QPoint pressed_;
};

class RunsDock : public QDockWidget {
  Q_OBJECT

 public:
  explicit RunsDock(Session& session, QWidget* parent = nullptr);
  QTableView* table() const { return table_; }
  // The make the series of the current run the baseline.
  void make_baseline();

 private:
  void show_menu(const QPoint& position);
  Session& session_;
  RunTableModel model_;
  QSortFilterProxyModel sorted_;
  QTableView* table_;
};

}  // namespace tulkki
