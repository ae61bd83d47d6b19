// SPDX-License-Identifier: GPL-3.0-or-later
// One drawing for all formats, at the pixels of the screen: 96 of them are an inch.
#include "viewer/timeline/timeline_export.h"

#include <QBuffer>
#include <QFileInfo>
#include <QImage>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QSaveFile>
#include <QSvgGenerator>

#include "viewer/timeline/timeline_view.h"

namespace tulkki::timeline {

namespace {

constexpr int kPixelsPerInch = 96;
constexpr int kFineness = 3;  // pixels of the file for one of the screen
constexpr int kGap = 6;

class Sheet {
 public:
  Sheet(const TimelineView& view, QWidget& legend) : view_(view), legend_(legend) {}

  QSize size() const {
    const QSize below = legend_.sizeHint();
    return {std::max(view_.width(), below.width()), view_height() + kGap + below.height()};
  }
  void paint(QPaintDevice& device, double scale) const {
    QPainter painter(&device);
    painter.scale(scale, scale);
    painter.setFont(view_.font());
    view_.paint_picture(painter, kFineness);
    const int end = view_height();
    painter.fillRect(QRect(0, end, size().width(), std::max(view_.height(), size().height()) - end), view_.palette().window());
    legend_.resize(legend_.sizeHint());
    painter.translate(size().width() - legend_.width(), end + kGap);
    legend_.render(&painter, {}, {}, QWidget::DrawChildren);
  }

 private:
  // Without the empty room below few rows.
  int view_height() const {
    const double rows = view_.model().content_height() - view_.model().view().top;
    return std::min(view_.height(), static_cast<int>(TimelineView::kRuler + rows) + kGap);
  }
  const TimelineView& view_;
  QWidget& legend_;
};

void write_pdf(const Sheet& sheet, QBuffer& buffer) {
  QPdfWriter writer(&buffer);
  writer.setCreator("tulkki");
  writer.setResolution(kPixelsPerInch);
  const QSizeF inches = QSizeF(sheet.size()) / kPixelsPerInch;
  writer.setPageMargins(QMarginsF());
  writer.setPageSize(QPageSize(inches, QPageSize::Inch, QString(), QPageSize::ExactMatch));
  writer.setPageMargins(QMarginsF());
  sheet.paint(writer, 1);
}

void write_svg(const Sheet& sheet, QBuffer& buffer) {
  QSvgGenerator generator;
  generator.setOutputDevice(&buffer);
  generator.setResolution(kPixelsPerInch);
  generator.setSize(sheet.size());
  generator.setViewBox(QRect(QPoint(), sheet.size()));
  sheet.paint(generator, 1);
}

void write_png(const Sheet& sheet, QBuffer& buffer) {
  QImage image(sheet.size() * kFineness, QImage::Format_RGB32);
  const auto set_resolution = [&](int dots_per_inch) {
    image.setDotsPerMeterX(qRound(dots_per_inch / 0.0254));
    image.setDotsPerMeterY(qRound(dots_per_inch / 0.0254));
  };
  set_resolution(kPixelsPerInch);  // the painter scales; fonts in points must not be scaled twice
  sheet.paint(image, kFineness);
  set_resolution(kPixelsPerInch * kFineness);
  image.save(&buffer, "PNG");
}

}  // namespace

Result<void> export_view(const TimelineView& view, QWidget& legend, const QString& path) {
  const QString ending = QFileInfo(path).suffix().toLower();
  const auto write = ending == "pdf" ? write_pdf : ending == "svg" ? write_svg : ending == "png" ? write_png : nullptr;
  if (write == nullptr) {
    return Error{"cannot write " + path.toStdString() + ": a timeline is written as .pdf, .svg or .png"};
  }
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  write(Sheet(view, legend), buffer);
  QSaveFile file(path);
  if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit()) {
    return Error{"cannot write " + path.toStdString() + ": " + file.errorString().toStdString()};
  }
  return {};
}

}  // namespace tulkki::timeline
