// SPDX-License-Identifier: Apache-2.0
// Golden pictures: one figure of each form, compared with a tolerance for other versions of the font renderer.
#include <gtest/gtest.h>

#include <QApplication>
#include <QDir>
#include <QImage>
#include <cstdlib>

#include "viewer/plot/export.h"
#include "viewer/plot/figure_json.h"

namespace tulkki::plot {
namespace {

constexpr double kDpi = 100;
constexpr double kMostDifferent = 0.01;  // share of pixels
constexpr int kVisible = 60;             // of 255, of a channel

double different_share(const QImage& first, const QImage& second) {
  if (first.size() != second.size()) return 1;
  int different = 0;
  for (int y = 0; y < first.height(); ++y) {
    for (int x = 0; x < first.width(); ++x) {
      const QColor a = first.pixelColor(x, y), b = second.pixelColor(x, y);
      const int most = std::max({std::abs(a.red() - b.red()), std::abs(a.green() - b.green()), std::abs(a.blue() - b.blue())});
      different += most > kVisible ? 1 : 0;
    }
  }
  return static_cast<double>(different) / (first.width() * first.height());
}

class Pictures : public testing::TestWithParam<const char*> {};

TEST_P(Pictures, LookAsBefore) {
  const std::string name = GetParam();
  const Result<FigureSpec> figure = read_figure(std::string(TULKKI_TEST_FIGURES) + "/" + name + ".json");
  ASSERT_TRUE(figure) << figure.message();
  QImage drawn;
  ASSERT_TRUE(drawn.loadFromData(figure_png(*figure, kDpi), "PNG"));
  const QString golden = QString::fromStdString(std::string(TULKKI_TEST_GOLDEN) + "/" + name + ".png");
  if (qEnvironmentVariable("UPDATE_GOLDEN") == "1") ASSERT_TRUE(drawn.convertToFormat(QImage::Format_RGB32).save(golden));
  const QImage expected(golden);
  ASSERT_FALSE(expected.isNull()) << "no " << golden.toStdString() << ": make it with UPDATE_GOLDEN=1";
  const double share = different_share(drawn.convertToFormat(QImage::Format_RGB32), expected.convertToFormat(QImage::Format_RGB32));
  if (share > kMostDifferent) drawn.save(QString::fromStdString(name) + "-now.png");
  EXPECT_LE(share, kMostDifferent) << "see " << name << "-now.png";
}

INSTANTIATE_TEST_SUITE_P(Forms, Pictures,
                         testing::Values("bandwidth", "zoomed", "ratio", "cdf", "box", "stacked", "points", "waterfall", "scaling", "heatmap",
                                         "density", "panels"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace tulkki::plot

int main(int argc, char** argv) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  testing::InitGoogleTest(&argc, argv);
  QApplication application(argc, argv);
  return RUN_ALL_TESTS();
}
