// SPDX-License-Identifier: GPL-3.0-or-later
// Who sends how much to whom, under two series.
#pragma once

#include <QCheckBox>

#include "viewer/pages/content_page.h"

namespace tulkki {

class MatrixPage : public ContentPage {
  Q_OBJECT

 public:
  explicit MatrixPage(Session& session, QWidget* parent = nullptr);

 protected:
  void content_shown() override;
  void place_clicked(std::size_t figure, const plot::Place& place) override;
  void row_chosen(const std::string& table, const QString& key) override;

 private:
  std::optional<MatrixCell> shown_cell_;
  bool row_was_chosen_ = false;  // in the table of pairs, which then stays on top
  QComboBox *quantity_, *contender_;
  QCheckBox* by_node_;
};

}  // namespace tulkki
