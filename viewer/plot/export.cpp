// SPDX-License-Identifier: GPL-3.0-or-later
// All picture formats go through one painter at a fixed number of pixels a point, so that a figure looks the same in each
// and on every machine, whatever its screen.
#include "viewer/plot/export.h"

#include <qcustomplot.h>

#include <QFile>
#include <QFileInfo>
#include <QImage>
#include <QPageSize>
#include <QPdfWriter>
#include <QSaveFile>
#include <QSvgGenerator>
#include <cmath>

#include "viewer/plot/builder.h"
#include "viewer/plot/figure_csv.h"
#include "viewer/plot/figure_json.h"
#include "viewer/plot/figure_latex.h"

namespace tulkki::plot {
namespace {

constexpr double kPointsPerInch = 72;
constexpr double kUnit = 8;  // pixels a point while laying out: QCustomPlot places its elements on whole pixels

class Sheet {
 public:
  explicit Sheet(const FigureSpec& figure)
      : width_(static_cast<int>(std::lround(figure.style.width_in * kPointsPerInch * kUnit))),
        height_(static_cast<int>(std::lround(figure.style.height_in * kPointsPerInch * kUnit))) {
    Drawing drawing;
    drawing.theme = figure.style.theme;
    drawing.grey = figure.style.grey;
    drawing.markers = figure.style.markers;
    drawing.unit = kUnit;
    drawing.font = QFont(QString::fromStdString(figure.style.font));
    drawing.font.setStyleHint(QFont::SansSerif);
    drawing.font.setPixelSize(std::max(1, static_cast<int>(std::lround(figure.style.font_pt * kUnit))));
    drawing.font.setHintingPreference(QFont::PreferNoHinting);
    plot_.setAttribute(Qt::WA_DontShowOnScreen);
    plot_.setBufferDevicePixelRatio(1);
    build(plot_, figure, drawing, QSizeF(width_, height_));
    background_ = surface_of(drawing.theme).background;
  }

  // `scale`: device pixels for a pixel of the layout.
  void paint(QPaintDevice& device, double scale, bool vector) {
    QCPPainter painter;
    painter.begin(&device);
    if (vector) painter.setMode(QCPPainter::pmVectorized);
    painter.setMode(QCPPainter::pmNoCaching);
    painter.scale(scale, scale);
    if (background_ != QColor(Qt::white)) painter.fillRect(QRectF(0, 0, width_, height_), background_);
    plot_.toPainter(&painter, width_, height_);
    painter.end();
  }
  QSizeF inches() const { return QSizeF(width_, height_) / (kPointsPerInch * kUnit); }

 private:
  QCustomPlot plot_;
  int width_, height_;
  QColor background_;
};

Error unwritable(const std::string& path, const QString& reason) {
  return Error{"cannot write " + path + ": " + reason.toStdString()};
}

Result<void> save_bytes(const std::string& path, const QByteArray& bytes) {
  if (path == "-") {
    QFile output;
    if (output.open(stdout, QIODevice::WriteOnly) && output.write(bytes) == bytes.size() && output.flush()) return {};
    return unwritable("standard output", output.errorString());
  }
  const QString name = QString::fromStdString(path);
  if (QFileInfo info(name); info.exists() && !info.isFile()) {  // a pipe or device cannot be replaced
    QFile file(name);
    if (file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size()) return {};
    return unwritable(path, file.errorString());
  }
  QSaveFile file(name);
  if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit()) {
    return unwritable(path, file.errorString());
  }
  return {};
}

QByteArray as_pdf(const FigureSpec& figure) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  {
    Sheet sheet(figure);
    QPdfWriter writer(&buffer);
    writer.setCreator("tulkki");
    writer.setTitle(QString::fromStdString(figure.title.empty() ? figure.metric : figure.title));
    writer.setResolution(static_cast<int>(kPointsPerInch * kUnit));
    writer.setPageMargins(QMarginsF());
    writer.setPageSize(QPageSize(sheet.inches(), QPageSize::Inch, QString(), QPageSize::ExactMatch));
    writer.setPageMargins(QMarginsF());
    sheet.paint(writer, 1, true);
  }
  return bytes;
}

QByteArray as_svg(const FigureSpec& figure) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  Sheet sheet(figure);
  QSvgGenerator generator;
  generator.setOutputDevice(&buffer);
  const QSizeF points = sheet.inches() * kPointsPerInch;
  generator.setResolution(static_cast<int>(kPointsPerInch));
  generator.setSize(points.toSize());
  generator.setViewBox(QRectF(QPointF(), points));
  generator.setTitle(QString::fromStdString(figure.title.empty() ? figure.metric : figure.title));
  sheet.paint(generator, 1 / kUnit, true);
  return bytes;
}

QByteArray as_png(const FigureSpec& figure, double dpi) {
  Sheet sheet(figure);
  const QSizeF pixels = sheet.inches() * dpi;
  QImage image(static_cast<int>(std::lround(pixels.width())), static_cast<int>(std::lround(pixels.height())),
               QImage::Format_RGB32);
  image.fill(Qt::white);
  image.setDotsPerMeterX(static_cast<int>(std::lround(dpi / 0.0254)));
  image.setDotsPerMeterY(static_cast<int>(std::lround(dpi / 0.0254)));
  sheet.paint(image, dpi / (kPointsPerInch * kUnit), false);
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  image.save(&buffer, "PNG");
  return bytes;
}

}  // namespace

QByteArray figure_png(const FigureSpec& figure, double dpi) { return as_png(figure, dpi); }

std::string export_endings() { return ".pdf, .svg, .png, .csv, .tex or .json"; }

Result<void> export_figure(const FigureSpec& figure, const std::string& path, double png_dpi) {
  const QString ending = QFileInfo(QString::fromStdString(path)).suffix().toLower();
  if (ending == "csv") return save_bytes(path, QByteArray::fromStdString(figure_csv(figure)));
  if (ending == "json") return save_bytes(path, QByteArray::fromStdString(figure_to_json(figure, figure.query.empty())));
  if (is_empty(figure)) return Error{"there is nothing to draw, so " + path + " was not written"};
  if (ending == "tex") {
    const std::string table = figure_latex(figure);
    if (table.empty()) return Error{"a figure of cells cannot be written as a table to " + path + ": write it as .csv"};
    return save_bytes(path, QByteArray::fromStdString(table));
  }
  if (ending == "pdf") return save_bytes(path, as_pdf(figure));
  if (ending == "svg") return save_bytes(path, as_svg(figure));
  if (ending == "png") return save_bytes(path, as_png(figure, png_dpi));
  return Error{"cannot tell the format of " + path + ": its name must end in " + export_endings()};
}

}  // namespace tulkki::plot
