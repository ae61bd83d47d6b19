// SPDX-License-Identifier: GPL-3.0-or-later
// The runs of the study as a table with a column for each factor; a tick hides a run from all pages.
#pragma once

#include <QAbstractTableModel>

#include "viewer/model/session.h"

namespace tulkki {

class RunTableModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  static constexpr int kRunColumn = 0, kWallColumn = 1;
  enum Roles { kSortRole = Qt::UserRole, kLookRole, kRunRole };
  explicit RunTableModel(Session& session, QObject* parent = nullptr);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;

  // Name of the factor of a column; empty for columns that are none.
  static std::string factor_of(int column);
  std::string series_of(const RunInfo& run) const;

 private:
  void rebuild();
  Session& session_;
  std::map<std::int64_t, std::string> series_;  // of each run
};

}  // namespace tulkki
