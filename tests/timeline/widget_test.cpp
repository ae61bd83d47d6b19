// SPDX-License-Identifier: GPL-3.0-or-later
// The page, driven as a user would, without a display; and its pictures against golden ones, with a tolerance.
// TULKKI_REFRESH=1 widget_test writes the golden pictures anew.
#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QImage>
#include <QLineEdit>
#include <QMouseEvent>
#include <QPushButton>
#include <QSignalSpy>
#include <QStyleFactory>
#include <QTableWidget>
#include <QTest>
#include <fstream>

#include "tests/timeline/generated_trace.h"
#include "tests/storage_trace/temporary_directory.h"
#include "viewer/timeline/timeline_page.h"
#include "viewer/trace/index.h"

namespace tulkki::test {

using timeline::AxisMode;
using timeline::Place;
using timeline::TimelinePage;
using timeline::TimelineView;

class WidgetTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void cleanupTestCase() { page_.reset(); }
  void init();
  void opens();
  void zoomsWithTheWheelAtThePointer();
  void wheelKeepsTheDirectionOfItsGesture();
  void dragSelectsAnAreaAndDoubleClickShowsIt();
  void clickSelectsTheCallUnderThePointer();
  void keysReachEverything();
  void searchFindsAndComplains();
  void messagesAreLinesWhenFewAndBundlesWhenMany();
  void picturesAreCoarseWhileTheViewMovesAndSharpAtRest();
  void viewIsExported();
  void errorsAreSaid();
  void cancelEndsTheOpening();
  void goldenPictures();

 private:
  void send(TimelineView& view, QPoint at, QPoint delta, Qt::KeyboardModifiers modifiers, Qt::ScrollPhase phase);
  QString detail(const QString& name) const;
  void compare(const QString& name, const QImage& picture);

  TemporaryDirectory directory_;
  std::unique_ptr<TimelinePage> page_;
  TimelineView* view_ = nullptr;
};

void WidgetTest::initTestCase() {
  TraceShape own, foreign;
  own.calls_per_rank = 3000;
  own.ranks = 8;
  own.long_calls = 6;
  foreign.foreign = true;
  foreign.calls_per_rank = 600;
  generate_trace(directory_.file("own"), own, nullptr);
  generate_trace(directory_.file("foreign"), foreign, nullptr);
  page_ = std::make_unique<TimelinePage>();
  page_->resize(1000, 700);
  page_->set_sources({{"one", QString::fromStdString(directory_.file("own"))},
                      {"other tool", QString::fromStdString(directory_.file("foreign"))}});
  page_->show();
  view_ = &page_->view();
  QTRY_VERIFY_WITH_TIMEOUT(!page_->loading(), 120'000);
}

void WidgetTest::init() {
  if (view_ == nullptr) return;
  view_->set_mode(AxisMode::first_communication);
  view_->select({}, false);
  view_->set_show_messages(true);
  QTest::keyClick(view_, Qt::Key_Escape);
  view_->fit();
}

void WidgetTest::opens() {
  QCOMPARE(page_->message(), QString());
  QCOMPARE(view_->model().runs().size(), std::size_t{2});
  QVERIFY(view_->model().runs()[0].store->complete());
  QCOMPARE(view_->model().rows().size(), std::size_t{2 + 8 + 4});
  view_->grab();
  QVERIFY(view_->last_paint().calls > 10'000);
}

void WidgetTest::send(TimelineView& view, QPoint at, QPoint delta, Qt::KeyboardModifiers modifiers, Qt::ScrollPhase phase) {
  QWheelEvent event(at, view.mapToGlobal(at), {}, delta, Qt::NoButton, modifiers, phase, false);
  QCoreApplication::sendEvent(&view, &event);
}

void WidgetTest::zoomsWithTheWheelAtThePointer() {
  const QPoint at(400, 200);
  const double before = view_->model().to_axis(at.x() - TimelineView::kGutter);
  const double width = view_->model().view().end - view_->model().view().begin;
  send(*view_, at, {0, 120}, Qt::ControlModifier, Qt::ScrollBegin);
  QVERIFY(view_->model().view().end - view_->model().view().begin < width);
  QVERIFY(std::abs(view_->model().to_axis(at.x() - TimelineView::kGutter) - before) < 1);
  QTest::keyClick(view_, Qt::Key_Backspace);
  QCOMPARE(view_->model().view().end - view_->model().view().begin, width);
}

void WidgetTest::wheelKeepsTheDirectionOfItsGesture() {
  QTest::keyClick(view_, Qt::Key_W);
  const double begin = view_->model().view().begin;
  send(*view_, {400, 200}, {0, -120}, {}, Qt::ScrollBegin);
  // The fingers wander to the side: still scrolling.
  send(*view_, {400, 200}, {-240, -10}, {}, Qt::ScrollUpdate);
  QCOMPARE(view_->model().view().begin, begin);
  send(*view_, {400, 200}, {0, 0}, {}, Qt::ScrollEnd);
  send(*view_, {400, 200}, {-240, -10}, {}, Qt::ScrollBegin);
  QVERIFY(view_->model().view().begin > begin);
  send(*view_, {400, 200}, {0, 0}, {}, Qt::ScrollEnd);
}

void WidgetTest::dragSelectsAnAreaAndDoubleClickShowsIt() {
  QTest::mousePress(view_, Qt::LeftButton, {}, {300, 60});
  QTest::mouseMove(view_, {400, 100});
  QTest::mouseMove(view_, {500, 150});
  QTest::mouseRelease(view_, Qt::LeftButton, {}, {500, 150});
  QVERIFY(view_->area().has_value());
  const timeline::Area area = *view_->area();
  QVERIFY(!detail("Calls that begin there").isEmpty());
  QTest::mouseDClick(view_, Qt::LeftButton, {}, {400, 100});
  QVERIFY(!view_->area().has_value());
  QVERIFY(std::abs(view_->model().view().begin - area.begin) < 1);
  QVERIFY(std::abs(view_->model().view().end - area.end) < 1);
}

QString WidgetTest::detail(const QString& name) const {
  const auto* table = page_->findChild<QTableWidget*>();
  for (int n = 0; n < table->rowCount(); ++n) {
    if (table->item(n, 0)->text() == name) return table->item(n, 1)->text();
  }
  return {};
}

void WidgetTest::clickSelectsTheCallUnderThePointer() {
  const trace::TraceStore& store = *view_->model().runs()[0].store;
  const trace::CallRef wanted{3, 200};
  const trace::Call call = store.call(wanted);
  const double origin = view_->model().origin(0);
  view_->model().show(static_cast<double>(call.start_ns) - origin - 2000, static_cast<double>(call.start_ns) - origin + 8000);
  const timeline::Row* row = view_->model().row_of(0, 3);
  const double middle = static_cast<double>(call.start_ns + call.duration_ns / 2) - origin;
  const QPoint at(TimelineView::kGutter + static_cast<int>(view_->model().to_pixel(middle)),
                  TimelineView::kRuler + static_cast<int>(row->y + row->height / 2 - view_->model().view().top));
  QSignalSpy hovered(view_, &TimelineView::hovered);
  QMouseEvent move(QEvent::MouseMove, at, view_->mapToGlobal(at), Qt::NoButton, Qt::NoButton, {});
  QCoreApplication::sendEvent(view_, &move);
  const QString name = QString::fromStdString(store.definitions().procedures[call.procedure].name);
  QVERIFY(!hovered.isEmpty());
  QVERIFY(hovered.last().first().toString().contains(name));
  QTest::mouseClick(view_, Qt::LeftButton, {}, at);
  QCOMPARE(view_->selected().call.call, wanted.call);
  QCOMPARE(detail("Procedure"), name);
  QVERIFY(view_->accessibleDescription().contains(name));
}

void WidgetTest::keysReachEverything() {
  QTest::keyClick(view_, Qt::Key_Period);
  QVERIFY(view_->selected().valid());
  const Place first = view_->selected();
  QTest::keyClick(view_, Qt::Key_Period);
  QCOMPARE(view_->selected().call.call, first.call.call + 1);
  QTest::keyClick(view_, Qt::Key_Comma);
  QVERIFY(view_->selected() == first);
  QTest::keyClick(view_, Qt::Key_Down);
  QCOMPARE(view_->selected().call.location, first.call.location + 1);
  QTest::keyClick(view_, Qt::Key_Up);
  QCOMPARE(view_->selected().call.location, first.call.location);
  for (int n = 0; n < 8; ++n)
    QTest::keyClick(view_, Qt::Key_W);
  const double begin = view_->model().view().begin;
  QTest::keyClick(view_, Qt::Key_D);
  QVERIFY(view_->model().view().begin > begin);
  QTest::keyClick(view_, Qt::Key_Left);
  QVERIFY(std::abs(view_->model().view().begin - begin) < 1);
  QTest::keyClick(view_, Qt::Key_End);
  QVERIFY(std::abs(view_->model().view().end - view_->model().last()) < 1);
  QTest::keyClick(view_, Qt::Key_F);
  QVERIFY(view_->model().view().end >= view_->model().last());
  const double height = view_->model().rows()[1].height;
  QTest::keyClick(view_, Qt::Key_Plus);
  QVERIFY(view_->model().rows()[1].height > height);
  QTest::keyClick(view_, Qt::Key_M);
  QVERIFY(!view_->show_messages());
  QSignalSpy search(view_, &TimelineView::search_wanted);
  QTest::keyClick(view_, Qt::Key_Slash);
  QCOMPARE(search.count(), 1);
  QTest::keyClick(view_, Qt::Key_Escape);
  QVERIFY(!view_->selected().valid());
}

void WidgetTest::searchFindsAndComplains() {
  page_->search("procedure = MPI_Wait and rank = 2");
  QTRY_VERIFY(page_->search_answer().contains("calls,"));
  QTRY_VERIFY(view_->selected().valid());
  QCOMPARE(view_->selected().call.location, 2u);
  QCOMPARE(detail("Procedure"), QString("MPI_Wait"));
  const Place first = view_->selected();
  page_->search("procedure = MPI_Wait and rank = 2");
  QTRY_VERIFY(view_->selected().call.call > first.call.call);
  page_->search("procedure = MPI_Nothing");
  QTRY_COMPARE(page_->search_answer(), QString("no call matches"));
  page_->search("procedure == ");
  QVERIFY(page_->search_answer().contains("expected a value"));
}

void WidgetTest::messagesAreLinesWhenFewAndBundlesWhenMany() {
  view_->model().show(1e6, 1.1e6);
  view_->set_show_messages(true);
  QTRY_VERIFY(!view_->messages(0).lines.empty());
  QVERIFY(!view_->messages(0).bundled);
  view_->fit();
  QTRY_VERIFY(view_->messages(0).bundled);
  QVERIFY(!view_->messages(0).bundles.empty());
}

void WidgetTest::picturesAreCoarseWhileTheViewMovesAndSharpAtRest() {
  TraceShape shape;
  shape.calls_per_rank = 8000;
  shape.ranks = 8;
  generate_trace(directory_.file("coarse"), shape, nullptr);
  const auto store = trace::open_trace(directory_.file("coarse"));
  QVERIFY(store);
  TimelineView view;
  view.resize(800, 400);
  view.show();
  view.set_show_messages(false);  // their coming paints too
  view.set_runs({{"coarse", *store}});
  view.fit();
  view.grab();
  QVERIFY(!view.last_paint().exact);
  QTRY_VERIFY(view.last_paint().exact);
  QVERIFY2(view.last_paint().calls >= 30'000, std::to_string(view.last_paint().calls).c_str());
}

void WidgetTest::viewIsExported() {
  for (const QString ending : {"png", "svg", "pdf"}) {
    const QString path = QString::fromStdString(directory_.file("view." + ending.toStdString()));
    QVERIFY(page_->export_picture(path));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray bytes = file.readAll();
    if (ending == "svg") QVERIFY(bytes.contains(">rank 1<") && bytes.contains("collective"));
    if (ending == "pdf") QVERIFY(bytes.startsWith("%PDF") && bytes.contains("FontFile"));
    if (ending == "png") QCOMPARE(QImage::fromData(bytes).width(), 3 * view_->width());
  }
  const Result<void> foreign = page_->export_picture("view.gif");
  QVERIFY(!foreign && foreign.message().find(".pdf, .svg or .png") != std::string::npos);
  QVERIFY(!page_->export_picture("/nowhere/view.png"));
}

void WidgetTest::errorsAreSaid() {
  TimelinePage page;
  const std::string junk = directory_.file("junk.otf2");
  std::ofstream(junk) << "no archive";
  page.set_sources({{"missing", "/nowhere/traces.otf2"}, {"junk", QString::fromStdString(junk)}});
  QTRY_VERIFY_WITH_TIMEOUT(!page.loading(), 60'000);
  page.show();
  QVERIFY(page.message().contains("/nowhere/traces.otf2: no such file"));
  QVERIFY(page.message().contains("junk.otf2: not a readable OTF2 archive"));
  page.grab();
  TimelinePage empty;
  empty.set_sources({});
  QVERIFY(empty.message().contains("No chosen run has a trace"));
}

void WidgetTest::cancelEndsTheOpening() {
  TraceShape shape;
  shape.calls_per_rank = 200'000;
  const std::string archive = directory_.file("long");
  generate_trace(archive, shape, nullptr);
  {
    TimelinePage page;
    page.set_sources({{"long", QString::fromStdString(archive)}});
    page.show();
  }  // closed while it opens: must neither hang nor crash
  QCOMPARE(QDir(QString::fromStdString(archive)).entryList({"*timeline*"}, QDir::Files).size(), 0);
  TimelinePage page;
  page.set_sources({{"long", QString::fromStdString(archive)}});
  page.show();
  const auto button = [&](const QString& text) {
    for (QPushButton* each : page.findChildren<QPushButton*>()) {
      if (each->text() == text) return each;
    }
    return static_cast<QPushButton*>(nullptr);
  };
  QVERIFY(button("Cancel")->isVisible() && !button("Open again")->isVisible());
  button("Cancel")->click();
  QTRY_VERIFY_WITH_TIMEOUT(!page.loading(), 120'000);
  QVERIFY2(page.message().contains("cancelled"), qPrintable(page.message()));
  QVERIFY(button("Open again")->isVisible());
  button("Open again")->click();
  QTRY_VERIFY_WITH_TIMEOUT(!page.loading(), 120'000);
  QVERIFY(page.message().isEmpty() && !button("Open again")->isVisible());
  QCOMPARE(page.view().model().runs()[0].store->complete(), true);
}

void WidgetTest::compare(const QString& name, const QImage& picture) {
  const QString path = QString(GOLDEN_DIRECTORY) + "/" + name;
  if (qEnvironmentVariableIsSet("TULKKI_REFRESH")) QVERIFY(picture.save(path));
  const QImage golden = QImage(path).convertToFormat(QImage::Format_RGB32);
  QVERIFY2(!golden.isNull(), qPrintable(path));
  QCOMPARE(picture.size(), golden.size());
  // Strips only, no text: fonts differ from machine to machine. A pixel may be off where rounding differs.
  qint64 different = 0;
  for (int y = 0; y < golden.height(); ++y) {
    for (int x = 0; x < golden.width(); ++x) {
      const QRgb a = picture.pixel(x, y), b = golden.pixel(x, y);
      different += std::abs(qRed(a) - qRed(b)) + std::abs(qGreen(a) - qGreen(b)) + std::abs(qBlue(a) - qBlue(b)) > 48 ? 1 : 0;
    }
  }
  QVERIFY2(different * 200 <= qint64{golden.width()} * golden.height(), qPrintable(QString("%1: %2 pixels differ").arg(name).arg(different)));
}

void WidgetTest::goldenPictures() {
  struct Case {
    const char* name;
    bool dark, steps;
    double begin, end, height;
  };
  const Case cases[] = {{"whole.png", false, false, -1e5, 8e6, 260},
                        {"dark.png", true, false, 1e6, 1.08e6, 260},
                        {"nodes.png", false, false, -1e5, 8e6, 40},
                        {"steps.png", false, true, 0, 120, 260}};
  for (const Case& at : cases) {
    timeline::TimelineModel model;
    model.set_runs({view_->model().runs()[0], view_->model().runs()[1]});
    model.set_mode(at.steps ? AxisMode::step : AxisMode::first_communication);
    model.set_view_size(500, at.height);
    model.show(at.begin, at.end);
    QPalette palette;
    palette.setColor(QPalette::Base, at.dark ? QColor(26, 27, 30) : Qt::white);
    QImage picture(500, static_cast<int>(at.height), QImage::Format_RGB32);
    timeline::StripPainter painter;
    painter.paint(picture, model, palette, 1);
    compare(at.name, picture);
    // With twice the pixels the picture must be the same one, only sharper.
    QImage sharp(1000, static_cast<int>(at.height) * 2, QImage::Format_RGB32);
    painter.paint(sharp, model, palette, 2);
    const QImage small = sharp.scaled(500, static_cast<int>(at.height), Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    double difference = 0;
    for (int y = 0; y < small.height(); ++y) {
      for (int x = 0; x < small.width(); ++x)
        difference += std::abs(qGray(small.pixel(x, y)) - qGray(picture.pixel(x, y)));
    }
    difference /= small.width() * small.height();
    QVERIFY2(difference < 20, qPrintable(QString("%1 at twice the scale: %2").arg(at.name).arg(difference)));
  }
}

}  // namespace tulkki::test

int main(int count, char** arguments) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  QApplication app(count, arguments);
  app.setStyle(QStyleFactory::create("Fusion"));
  tulkki::test::WidgetTest test;
  return QTest::qExec(&test, count, arguments);
}

#include "widget_test.moc"
