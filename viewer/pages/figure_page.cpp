// SPDX-License-Identifier: GPL-3.0-or-later
// The picture on screen is the PNG that would be written: what is seen is what is printed.
#include "viewer/pages/figure_page.h"

#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QMessageBox>
#include <QPushButton>

#include "viewer/plot/export.h"

namespace tulkki {
namespace {

struct Width {
  const char* name;
  double inches;
};
constexpr Width kWidths[] = {{"one column, 3.5 in", plot::kOneColumnInches},
                             {"two columns, 7.16 in", plot::kTwoColumnInches},
                             {"slide, 10 in", plot::kSlideInches}};

}  // namespace

FigurePage::FigurePage(QWidget* parent) : QWidget(parent) {
  auto* layout = new QHBoxLayout(this);
  auto* form = new QFormLayout;
  width_ = new QComboBox;
  for (const Width& width : kWidths) width_->addItem(tr(width.name));
  height_ = new QDoubleSpinBox;
  height_->setRange(1, 12);
  height_->setSingleStep(0.1);
  height_->setValue(style_.height_in);
  height_->setSuffix(" in");
  font_ = new QFontComboBox;
  font_->setCurrentFont(QFont(QString::fromStdString(style_.font)));
  points_ = new QDoubleSpinBox;
  points_->setRange(5, 24);
  points_->setSingleStep(0.5);
  points_->setValue(style_.font_pt);
  points_->setSuffix(" pt");
  legend_ = new QComboBox;
  legend_->addItems({tr("above"), tr("below"), tr("right"), tr("inside, top left"), tr("inside, top right"), tr("inside, bottom right"), tr("none")});
  markers_ = new QCheckBox(tr("&Markers"));
  markers_->setChecked(true);
  grey_ = new QCheckBox(tr("&Grey check"));
  grey_->setToolTip(tr("What it looks like without colours"));
  title_ = new QLineEdit;
  title_->setPlaceholderText(tr("none: leave it to the caption"));
  auto* save = new QPushButton(tr("&Export … (Ctrl+E)"));
  form->addRow(tr("&Width"), width_);
  form->addRow(tr("&Height"), height_);
  form->addRow(tr("&Font"), font_);
  form->addRow(tr("&Size"), points_);
  form->addRow(tr("&Legend"), legend_);
  form->addRow(tr("&Title"), title_);
  form->addRow(markers_);
  form->addRow(grey_);
  form->addRow(save);
  auto* note = new QLabel(tr("PDF embeds its fonts. figure.json keeps the choices, not the data:\n`tulkki view --figure f.json --out f.pdf` draws it again."));
  note->setWordWrap(true);
  form->addRow(note);
  auto* side = new QWidget;
  side->setLayout(form);
  side->setFixedWidth(300);
  paper_ = new QLabel;
  paper_->setAlignment(Qt::AlignCenter);
  scroll_ = new QScrollArea;
  scroll_->setWidget(paper_);
  scroll_->setWidgetResizable(true);
  scroll_->setAlignment(Qt::AlignCenter);
  layout->addWidget(side);
  layout->addWidget(scroll_, 1);
  const auto changed = [this] { read_controls(); };
  connect(width_, &QComboBox::currentIndexChanged, this, changed);
  connect(legend_, &QComboBox::currentIndexChanged, this, changed);
  connect(height_, &QDoubleSpinBox::valueChanged, this, changed);
  connect(points_, &QDoubleSpinBox::valueChanged, this, changed);
  connect(font_, &QFontComboBox::currentFontChanged, this, changed);
  connect(markers_, &QCheckBox::toggled, this, changed);
  connect(grey_, &QCheckBox::toggled, this, changed);
  connect(title_, &QLineEdit::textChanged, this, changed);
  connect(save, &QPushButton::clicked, this, &FigurePage::export_with_dialog);
}

void FigurePage::set_figure(const plot::FigureSpec& figure) {
  figure_ = figure;
  const QSignalBlocker quiet(title_);
  title_->setText(QString::fromStdString(figure.title));
  read_controls();
}

void FigurePage::read_controls() {
  style_.width_in = kWidths[std::max(0, width_->currentIndex())].inches;
  style_.height_in = height_->value();
  style_.font = font_->currentFont().family().toStdString();
  style_.font_pt = points_->value();
  style_.legend = static_cast<plot::Legend>(std::max(0, legend_->currentIndex()));
  style_.markers = markers_->isChecked();
  style_.grey = grey_->isChecked();
  figure_.style = style_;
  figure_.title = title_->text().toStdString();
  draw();
}

void FigurePage::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  draw();
}

void FigurePage::draw() {
  if (plot::is_empty(figure_)) {
    paper_->setText(tr("No figure yet: choose one on another page, then come here."));
    return;
  }
  // As large as fits, so that small print can be judged.
  const double room = std::max(200, scroll_->viewport()->width() - 40), high = std::max(150, scroll_->viewport()->height() - 40);
  const double dpi = std::min(room / style_.width_in, high / style_.height_in) * devicePixelRatioF();
  QPixmap picture;
  picture.loadFromData(plot::figure_png(figure_, dpi), "PNG");
  picture.setDevicePixelRatio(devicePixelRatioF());
  paper_->setPixmap(picture);
  paper_->setAccessibleName(tr("The figure as it will be printed"));
}

void FigurePage::export_with_dialog() {
  if (plot::is_empty(figure_)) {
    emit status(tr("There is no figure to export here."));
    return;
  }
  const QString path = QFileDialog::getSaveFileName(
      this, tr("Export figure"), QStringLiteral("figure.pdf"),
      tr("PDF (*.pdf);;SVG (*.svg);;PNG (*.png);;Data as CSV (*.csv);;Table for LaTeX (*.tex);;figure.json (*.json)"));
  if (path.isEmpty()) return;
  const Result<void> done = plot::export_figure(figure_, path.toStdString());
  if (!done) QMessageBox::warning(this, tr("Export"), QString::fromStdString(done.message()));
  else emit status(tr("Wrote %1").arg(path));
}

}  // namespace tulkki
