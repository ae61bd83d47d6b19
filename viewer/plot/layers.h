// SPDX-License-Identifier: GPL-3.0-or-later
// What is drawn into the axes of a panel. Each layer clips in data coordinates (viewer/plot/clip.h), so that every kind
// of output shows the same.
#pragma once

#include <qcustomplot.h>

#include <functional>
#include <vector>

#include "viewer/plot/clip.h"
#include "viewer/plot/palette.h"

namespace tulkki::plot {

struct Drawing {
  Theme theme = Theme::paper;
  bool grey = false;
  bool markers = true;
  double unit = 1;  // pixels a point (1/72 in) of the paper
  QFont font;
};

class Layer : public QCPAbstractPlottable {
 public:
  Layer(QCPAxis* keys, QCPAxis* values, const Drawing& drawing) : QCPAbstractPlottable(keys, values), drawing_(drawing) {}
  double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }
  QCPRange getKeyRange(bool& found, QCP::SignDomain) const override { return none(found); }
  QCPRange getValueRange(bool& found, QCP::SignDomain, const QCPRange&) const override { return none(found); }

 protected:
  void drawLegendIcon(QCPPainter*, const QRectF&) const override {}
  // x along the axis of keys, wherever that is drawn.
  QPointF pixel(double key, double value) const { return coordsToPixels(key, value); }
  // The visible range, in keys and values.
  ClipBox visible() const;
  double pt(double points) const { return points * drawing_.unit; }
  // A rectangle in data coordinates, cut to what is visible; empty if nothing is left.
  QRectF rectangle(double key_low, double key_high, double value_low, double value_high) const;
  Drawing drawing_;

 private:
  static QCPRange none(bool& found) {
    found = false;
    return {};
  }
};

enum class Join { lines, steps };

class SeriesLayer : public Layer {
 public:
  SeriesLayer(QCPAxis* keys, QCPAxis* values, const Drawing& drawing, const Series& series, Look look, Join join,
              bool with_markers);

 protected:
  void draw(QCPPainter* painter) override;

 private:
  void draw_line(QCPPainter* painter, const ClipBox& box) const;
  void draw_intervals(QCPPainter* painter, const ClipBox& box) const;
  void draw_markers(QCPPainter* painter, const ClipBox& box) const;
  Series series_;
  Look look_;
  Join join_;
  bool with_markers_;
};

class BoxLayer : public Layer {
 public:
  BoxLayer(QCPAxis* keys, QCPAxis* values, const Drawing& drawing, const Series& series, Look look)
      : Layer(keys, values, drawing), series_(series), look_(look) {}

 protected:
  void draw(QCPPainter* painter) override;

 private:
  void draw_box(QCPPainter* painter, const Box& box) const;
  Series series_;
  Look look_;
};

struct Bar {
  double key, from, to;
  QColor colour;
  QString label;       // beside the bar
  bool hatched = false;
  bool connected = false;  // a thin line leads from its end to the next bar
};

class BarLayer : public Layer {
 public:
  BarLayer(QCPAxis* keys, QCPAxis* values, const Drawing& drawing, std::vector<Bar> bars)
      : Layer(keys, values, drawing), bars_(std::move(bars)) {}

 protected:
  void draw(QCPPainter* painter) override;

 private:
  void draw_label(QCPPainter* painter, const Bar& bar) const;
  std::vector<Bar> bars_;
};

class CellLayer : public Layer {
 public:
  using Colour = std::function<QColor(double)>;
  CellLayer(QCPAxis* keys, QCPAxis* values, const Drawing& drawing, const Matrix& matrix, Colour colour)
      : Layer(keys, values, drawing), matrix_(matrix), colour_(std::move(colour)) {}

 protected:
  void draw(QCPPainter* painter) override;

 private:
  Matrix matrix_;
  Colour colour_;
};

// Lines and bands across the whole panel, behind the data.
class MarkLayer : public Layer {
 public:
  MarkLayer(QCPAxis* keys, QCPAxis* values, const Drawing& drawing, std::vector<Reference> references,
            std::vector<Band> bands, const Panel& panel)
      : Layer(keys, values, drawing),
        references_(std::move(references)),
        bands_(std::move(bands)),
        marks_(panel.marks),
        doubts_(panel.doubts) {}

 protected:
  void draw(QCPPainter* painter) override;

 private:
  void draw_doubts(QCPPainter* painter) const;
  std::vector<Reference> references_;
  std::vector<Band> bands_;
  std::vector<double> marks_;
  std::vector<Doubt> doubts_;
};

}  // namespace tulkki::plot
