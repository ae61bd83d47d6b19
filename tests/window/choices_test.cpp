// SPDX-License-Identifier: Apache-2.0
// What a user chooses in the window: measurements, cells, files; what is opened by dropping, and what the next start knows.
#include <QClipboard>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFile>
#include <QMenu>
#include <QMenuBar>
#include <QMimeData>
#include <QSettings>
#include <QTemporaryDir>
#include <QUrl>

#include "tests/timeline/generated_trace.h"
#include "tests/window/window_fixture.h"
#include "viewer/timeline/timeline_page.h"

namespace tulkki {
namespace {

QComboBox* box_named(const QWidget* page, const QString& name) {
  for (QComboBox* box : page->findChildren<QComboBox*>()) {
    if (box->accessibleName() == name) return box;
  }
  return nullptr;
}

void choose(QComboBox* box, int index) {
  box->setCurrentIndex(index);
  emit box->activated(index);
}

TEST_F(Window, MeasurementsAreMetricsOfTheirWorkloads) {
  open({study_path()});
  QComboBox* metric = box_named(shell_.content_page(), "Metric");
  ASSERT_NE(metric, nullptr);
  const int latency = metric->findData("measured:latency");
  ASSERT_GE(latency, 0);
  EXPECT_EQ(metric->itemText(latency), "Latency (measured)");
  choose(metric, latency);
  settle();
  const PageContent& content = shell_.content_page()->content();
  ASSERT_EQ(content.figures.size(), 1U);
  EXPECT_EQ(content.figures[0].form, plot::Form::curve);
  EXPECT_EQ(content.figures[0].panels[0].series[0].points.size(), 3U);
  EXPECT_EQ(content.figures[0].y.label, "Latency (µs)");
  EXPECT_FALSE(box_named(shell_.content_page(), "Procedure")->isVisible());
  QComboBox* workload = box_named(shell_.content_page(), "Workload");
  EXPECT_TRUE(workload->isVisible());
  EXPECT_EQ(workload->currentText(), "latency");
  choose(metric, metric->findData("measured:throughput"));  // its workload has one size: boxes
  settle();
  EXPECT_EQ(shell_.content_page()->content().figures[0].form, plot::Form::box);
  EXPECT_EQ(workload->currentText(), "sync");
  EXPECT_TRUE(text_of_page().contains("slower")) << text_of_page().toStdString();
}

TEST_F(Window, AClickOnACellShowsItsCalls) {
  open({study_path()});
  show_page("matrix");
  plot::PlotWidget* plot = shell_.content_page()->plots().front();
  plot::Place cell;
  cell.panel = 0;
  cell.column = 2;
  cell.row = 1;
  const std::optional<QPointF> place = plot->position_of(cell);
  ASSERT_TRUE(place);
  emit plot->place_clicked(cell);
  settle();
  EXPECT_EQ(session_.state().cell, (MatrixCell{1, 2, 1}));
  const DataTable* table = shell_.content_page()->current_table();
  ASSERT_NE(table, nullptr);
  EXPECT_EQ(table->table().title, "Calls of 1 → 2");
  EXPECT_EQ(table->table().rows.size(), 21U);  // one procedure, one site, 21 sizes
  QTest::keyClick(&shell_, Qt::Key_Escape);
  settle();
  EXPECT_EQ(shell_.content_page()->content().tables.size(), 1U);
}

TEST_F(Window, OneFileOfMpiIo) {
  open({study_path()});
  show_page("io");
  QComboBox* file = box_named(shell_.content_page(), "File");
  ASSERT_NE(file, nullptr);
  ASSERT_EQ(file->count(), 2);
  choose(file, 1);
  settle();
  EXPECT_EQ(shell_.content_page()->content().figures[0].title, "results.bin");
  choose(box_named(shell_.content_page(), "Over"), 1);
  settle();
  EXPECT_TRUE(shell_.content_page()->plots().front()->message().contains("--trace"));
}

TEST_F(Window, RunsWithoutATraceSayHowToGetOne) {
  open({study_path()});
  show_page("pairs");
  EXPECT_TRUE(shell_.content_page()->plots().front()->message().contains("tulkki run --trace"));
  show_page("timeline");
  EXPECT_TRUE(text_of_page().contains("--trace")) << text_of_page().toStdString();
}

TEST_F(Window, ATraceWithoutAProfileHasItsTimeline) {
  QTemporaryDir folder;
  const std::string trace = folder.filePath("trace").toStdString();
  test::TraceShape shape;
  shape.calls_per_rank = 40;
  test::generate_trace(trace, shape, nullptr);
  open({QString::fromStdString(trace + "/traces.otf2")});
  EXPECT_TRUE(text_of_page().contains("key 6")) << text_of_page().toStdString();
  show_page("timeline");
  auto* page = shell_.page_widget("timeline")->findChild<timeline::TimelinePage*>();
  ASSERT_NE(page, nullptr);
  ASSERT_EQ(page->view().model().runs().size(), 1U);
  ASSERT_NE(page->view().model().runs()[0].store, nullptr);
  EXPECT_EQ(page->view().model().runs()[0].store->definitions().ranks, static_cast<std::uint32_t>(shape.ranks));
  QTest::keyClick(&shell_, Qt::Key_Slash);  // the search of this page, not that of tables
  auto* line = qobject_cast<QLineEdit*>(QApplication::focusWidget());
  ASSERT_NE(line, nullptr);
  EXPECT_EQ(line->accessibleName(), "Search for calls");
  QTest::keyClicks(line, "procedure ~ mpi");
  QTest::keyClick(line, Qt::Key_Return);
  ASSERT_TRUE(wait_for([&] { return !page->is_searching(); }));
  EXPECT_TRUE(page->search_answer().contains("calls")) << page->search_answer().toStdString();
  EXPECT_TRUE(page->view().selected().valid());
  page->view().setFocus();
  QTest::keyClick(&shell_, Qt::Key_C, Qt::ControlModifier);
  EXPECT_TRUE(QApplication::clipboard()->text().startsWith("Procedure\tMPI_")) << QApplication::clipboard()->text().toStdString();
}

TEST_F(Window, FilesThatAreDroppedAreOpenedBesideTheOthers) {
  QTemporaryDir folder;
  const QString other = folder.filePath("other.db");
  ASSERT_TRUE(QFile::copy(study_path(), other));
  open({study_path()});
  QMimeData data;
  data.setUrls({QUrl::fromLocalFile(other)});
  QDragEnterEvent enter({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(&shell_, &enter);
  EXPECT_TRUE(enter.isAccepted());
  QDropEvent drop({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(&shell_, &drop);
  settle();
  EXPECT_EQ(session_.study().sources.size(), 2U);
  EXPECT_EQ(session_.study().runs.size(), 24U);
}

TEST(Settings, ChoicesAndRecentFilesAreKeptForTheNextStart) {
  QTemporaryDir folder;
  QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, folder.path());
  QCoreApplication::setOrganizationName("tulkki-test");
  QCoreApplication::setApplicationName("tulkki-test");
  const QSize size(1111, 777);
  {
    Session session;
    Shell shell(session);
    shell.resize(size);
    shell.show();
    shell.open({study_path()});
    ASSERT_TRUE(QTest::qWaitFor([&] { return shell.is_settled(); }, 60'000));
    session.change([](ViewState& state) {
      state.series_by = {"backend"};
      state.add_filter("translated", "no");
      state.metric = "measured:latency";
      state.procedure = "MPI_Send";
    });
    shell.show_page("sizes");
    shell.close();
  }
  Session session;
  Shell shell(session);
  shell.restore();
  shell.recall({study_path()});
  EXPECT_EQ(shell.page(), "sizes");
  EXPECT_EQ(shell.size(), size);
  EXPECT_EQ(session.state().series_by, std::vector<std::string>{"backend"});
  ASSERT_EQ(session.state().filters.size(), 1U);
  EXPECT_EQ(session.state().filters[0].factor, "translated");
  EXPECT_EQ(session.state().metric, "measured:latency");
  EXPECT_EQ(session.state().procedure, "MPI_Send");
  bool found = false;
  for (const QMenu* menu : shell.menuBar()->findChildren<QMenu*>()) {
    for (const QAction* action : menu->actions()) found |= QFileInfo(action->text()) == QFileInfo(study_path());
  }
  EXPECT_TRUE(found) << "the file is in the list of recent ones";
  Session other;
  Shell another(other);
  another.recall({folder.filePath("never-seen.db")});
  EXPECT_EQ(other.state(), ViewState());
}

}  // namespace
}  // namespace tulkki
