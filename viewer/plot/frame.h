// SPDX-License-Identifier: GPL-3.0-or-later
// A frame around cells that were chosen, to be seen on every colour and at every zoom.
#pragma once

#include <QRectF>

#include "viewer/plot/layers.h"

namespace tulkki::plot {

class FrameLayer : public Layer {
 public:
  FrameLayer(QCPAxis* keys, QCPAxis* values, const Drawing& drawing, const QRectF& part)
      : Layer(keys, values, drawing), part_(part) {}

 protected:
  void draw(QCPPainter* painter) override;

 private:
  QRectF part_;
};

}  // namespace tulkki::plot
