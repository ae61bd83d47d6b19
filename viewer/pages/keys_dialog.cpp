// SPDX-License-Identifier: GPL-3.0-or-later
// One table for the window and for docs/viewer.md.
#include "viewer/pages/keys_dialog.h"

#include <QDialog>
#include <QDialogButtonBox>
#include <QLabel>
#include <QVBoxLayout>

namespace tulkki {
namespace {

struct Key {
  const char *keys, *meaning;
};
constexpr Key kKeys[] = {
    {"1 … 9", "pages"},
    {"/", "search in the table, or on the timeline"},
    {"Ctrl+E", "export the figure, or the timeline as it is in view"},
    {"Ctrl+C", "copy the table as TSV"},
    {"Ctrl+O", "open a database"},
    {"B", "make the series of the current run the baseline"},
    {"X", "swap baseline and the other series"},
    {"Ctrl+Z", "undo the last choice"},
    {"Esc", "stop reading traces; clear marked area and search"},
    {"F5", "read the files again"},
    {"wheel, W S", "zoom at the pointer"},
    {"A D, arrows", "move"},
    {"Shift + drag", "move"},
    {"drag", "select an area; double click zooms to it"},
    {"F", "show the whole figure"},
    {"Backspace", "back to the last view"},
    {", .", "previous and next point; Enter chooses it"},
    {"?", "show these keys"},
};

}  // namespace

void show_keys(QWidget* parent) {
  QDialog dialog(parent);
  dialog.setWindowTitle(QObject::tr("Keys"));
  QString text = QStringLiteral("<table cellpadding=3>");
  for (const Key& key : kKeys) {
    text += QStringLiteral("<tr><td><b>%1</b>&nbsp;&nbsp;</td><td>%2</td></tr>")
                .arg(QString::fromUtf8(key.keys).toHtmlEscaped(), QString::fromUtf8(key.meaning).toHtmlEscaped());
  }
  auto* layout = new QVBoxLayout(&dialog);
  layout->addWidget(new QLabel(text + QStringLiteral("</table>")));
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
  QObject::connect(buttons, &QDialogButtonBox::rejected, &dialog, &QDialog::reject);
  layout->addWidget(buttons);
  dialog.exec();
}

}  // namespace tulkki
