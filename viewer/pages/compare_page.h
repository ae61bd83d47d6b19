// SPDX-License-Identifier: GPL-3.0-or-later
// The home page: which series wins, by how much, and whether that is certain.
#pragma once

#include "viewer/pages/content_page.h"

namespace tulkki {

class ComparePage : public ContentPage {
  Q_OBJECT

 public:
  explicit ComparePage(Session& session, QWidget* parent = nullptr);

 protected:
  void content_shown() override;
  void row_chosen(const std::string& table, const QString& key) override;
  void place_clicked(std::size_t figure, const plot::Place& place) override;

 private:
  void fill_metrics();
  QComboBox *metric_, *form_, *procedure_, *workload_;
  QLabel *procedure_label_, *workload_label_;
};

}  // namespace tulkki
