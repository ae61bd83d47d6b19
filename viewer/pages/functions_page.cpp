// SPDX-License-Identifier: GPL-3.0-or-later
// Source files are read from where the debug information says that they are; on another machine they may be missing.
#include "viewer/pages/functions_page.h"

#include <QFile>
#include <QFileInfo>
#include <QFontDatabase>
#include <QRegularExpression>
#include <QTextStream>

namespace tulkki {
namespace {

constexpr int kLinesAround = 8;
constexpr qint64 kLongestFile = 20 << 20;

}  // namespace

SourcePlace source_of(const QString& stack) {
  static const QRegularExpression frame(QStringLiteral("^(?:.* )?(/.*):(\\d+)(?: \\(.*\\))?$"));
  for (const QString& line : stack.split('\n')) {
    const QRegularExpressionMatch match = frame.match(line);
    if (match.hasMatch() && QFileInfo(match.captured(1)).isFile()) return {match.captured(1), match.captured(2).toInt()};
  }
  return {};
}

QString source_text(const QString& stack) {
  const SourcePlace place = source_of(stack);
  if (place.file.isEmpty()) return QObject::tr("%1\n\nNo source: compile the program with -g and record it on this machine.").arg(stack);
  QFile file(place.file);
  if (!file.open(QIODevice::ReadOnly) || file.size() > kLongestFile) return QObject::tr("%1\n\ncannot be read.").arg(place.file);
  QString text = QStringLiteral("%1:%2\n\n").arg(place.file).arg(place.line);
  QTextStream lines(&file);
  for (int number = 1; number <= place.line + kLinesAround && !lines.atEnd(); ++number) {
    const QString line = lines.readLine();
    if (number < place.line - kLinesAround) continue;
    text += QStringLiteral("%1 %2  %3\n").arg(number == place.line ? QStringLiteral("▶") : QStringLiteral(" ")).arg(number, 5).arg(line);
  }
  return text;
}

FunctionsPage::FunctionsPage(Session& session, QWidget* parent) : ContentPage(session, "functions", functions_content, parent) {
  contender_ = new QComboBox;
  contender_->setMinimumContentsLength(18);
  add_control(tr("Baseline a&gainst"), contender_);
  source_ = new QPlainTextEdit;
  source_->setReadOnly(true);
  source_->setLineWrapMode(QPlainTextEdit::NoWrap);
  source_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  source_->setAccessibleName(tr("Source of the call site"));
  source_->hide();
  add_below_tables(source_);
  connect(contender_, &QComboBox::activated, this, [this](int index) {
    session_.change([&](ViewState& state) { state.contender = contender_->itemText(index).toStdString(); });
  });
}

void FunctionsPage::content_shown() {
  const QStringList others = to_strings(content().series).mid(1);
  fill_box(*contender_, others, QString::fromStdString(session_.state().contender));
  contender_->setEnabled(others.size() > 1);
}

void FunctionsPage::row_chosen(const std::string& table, const QString& key) {
  source_->setVisible(table == "sites");
  if (table == "sites") source_->setPlainText(source_text(key));
  else ContentPage::row_chosen(table, key);
}

void FunctionsPage::place_clicked(std::size_t, const plot::Place& place) {
  const plot::FigureSpec& figure = content().figures[0];
  if (place.index < 0 || static_cast<std::size_t>(place.index) >= figure.x.categories.size()) return;
  ContentPage::row_chosen("functions", QString::fromStdString(figure.x.categories[static_cast<std::size_t>(place.index)]));
}

}  // namespace tulkki
