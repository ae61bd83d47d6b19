// SPDX-License-Identifier: GPL-3.0-or-later
// Procedures by series, where the difference comes from, and the source of call sites.
#pragma once

#include <QPlainTextEdit>

#include "viewer/pages/content_page.h"

namespace tulkki {

class FunctionsPage : public ContentPage {
  Q_OBJECT

 public:
  explicit FunctionsPage(Session& session, QWidget* parent = nullptr);

 protected:
  void content_shown() override;
  void row_chosen(const std::string& table, const QString& key) override;
  void place_clicked(std::size_t figure, const plot::Place& place) override;

 private:
  QComboBox* contender_;
  QPlainTextEdit* source_;
};

struct SourcePlace {
  QString file;
  int line = 0;
};
// The first frame of a stack that names a file that is there; else an empty file.
SourcePlace source_of(const QString& stack);
// The lines around it with their numbers, the line itself marked; or why there is no text.
QString source_text(const QString& stack);

}  // namespace tulkki
