// SPDX-License-Identifier: Apache-2.0
// The window driven as a user does, offscreen: opening, marking, filtering, zooming, exporting, and files that are bad.
#include <gtest/gtest.h>

#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include "tests/window/window_fixture.h"
#include "viewer/pages/functions_page.h"
#include "viewer/pages/shell.h"
#include "viewer/plot/plot_widget.h"

namespace tulkki {
namespace {

TEST_F(Window, ShowsTheComparisonFirst) {
  open({study_path()});
  ASSERT_NE(shell_.content_page(), nullptr);
  const PageContent& content = shell_.content_page()->content();
  EXPECT_EQ(shell_.page(), "compare");
  EXPECT_EQ(content.series, (std::vector<std::string>{"openmpi native", "mpich translated"}));
  ASSERT_EQ(content.figures.size(), 1U);
  EXPECT_FALSE(plot::is_empty(content.figures[0]));
  EXPECT_EQ(shell_.content_page()->current_table()->model()->rowCount(), 2);
}

TEST_F(Window, KeysChangePages) {
  open({study_path()});
  for (int number = 0; number < 9; ++number) {
    QTest::keyClick(&shell_, static_cast<Qt::Key>(Qt::Key_1 + number));
    settle();
    EXPECT_EQ(shell_.page(), shell_.page_names()[number]);
  }
}

TEST_F(Window, SwapsTheBaseline) {
  open({study_path()});
  const std::string before = shell_.content_page()->content().series[0];
  QTest::keyClick(&shell_, Qt::Key_X);
  settle();
  EXPECT_NE(shell_.content_page()->content().series[0], before);
  QTest::keyClick(&shell_, Qt::Key_Z, Qt::ControlModifier);
  settle();
  EXPECT_EQ(shell_.content_page()->content().series[0], before);
}

TEST_F(Window, AMarkedProcedureIsMarkedOnAllPages) {
  open({study_path()});
  shell_.show_page("functions");
  settle();
  DataTable* table = shell_.content_page()->current_table();
  ASSERT_GT(table->model()->rowCount(), 2);
  table->selectRow(0);
  settle();
  EXPECT_EQ(session_.state().procedure, "MPI_Allreduce");
  shell_.show_page("sizes");
  settle();
  EXPECT_EQ(shell_.content_page()->content().figures[0].title, "MPI_Allreduce");
  QTest::keyClick(&shell_, Qt::Key_Escape);
  EXPECT_TRUE(session_.state().procedure.empty());
}

TEST_F(Window, AFilterReachesThePagesAndIsRemovedByItsChip) {
  open({study_path()});
  session_.change([](ViewState& state) { state.add_filter("backend", "mpich"); });
  settle();
  EXPECT_EQ(shell_.content_page()->content().series.size(), 1U);
  QToolButton* chip = nullptr;
  for (QToolButton* button : shell_.findChildren<QToolButton*>()) {
    if (button->text().startsWith("backend = mpich")) chip = button;
  }
  ASSERT_NE(chip, nullptr);
  QTest::mouseClick(chip, Qt::LeftButton);
  settle();
  EXPECT_EQ(shell_.content_page()->content().series.size(), 2U);
}

TEST_F(Window, ZoomsAtThePointerAndGoesBack) {
  open({study_path()});
  session_.change([](ViewState& state) {
    state.metric = "latency";
    state.form = CompareForm::curve;
    state.procedure = "MPI_Send";
  });
  settle();
  plot::PlotWidget* plot = shell_.content_page()->plots().front();
  EXPECT_EQ(plot->visible_part(), QRectF(0, 0, 1, 1));
  const std::optional<QPointF> point = plot->position_of({0, 0, 3, -1, -1});
  ASSERT_TRUE(point);
  plot->zoom_at(*point, 2);
  EXPECT_NEAR(plot->visible_part().width(), 0.5, 1e-6);
  const std::optional<QPointF> after = plot->position_of({0, 0, 3, -1, -1});
  ASSERT_TRUE(after);
  EXPECT_NEAR(after->x(), point->x(), 1.5);
  EXPECT_NEAR(after->y(), point->y(), 1.5);
  plot->setFocus();
  QTest::keyClick(plot, Qt::Key_D);
  EXPECT_GT(plot->visible_part().left(), 0);
  QTest::keyClick(plot, Qt::Key_Backspace);
  QTest::keyClick(plot, Qt::Key_Backspace);
  EXPECT_EQ(plot->visible_part(), QRectF(0, 0, 1, 1));
  QTest::keyClick(plot, Qt::Key_W);
  QTest::keyClick(plot, Qt::Key_F);
  EXPECT_EQ(plot->visible_part(), QRectF(0, 0, 1, 1));
}

TEST_F(Window, CopiesTheTableAsTsv) {
  open({study_path()});
  QTest::keyClick(&shell_, Qt::Key_C, Qt::ControlModifier);
  const QString text = QApplication::clipboard()->text();
  EXPECT_TRUE(text.startsWith("metric\tprocedure\tsize_class\tseries\tlaunches"));
  EXPECT_EQ(text.count('\n'), 3);
}

TEST_F(Window, SearchFindsRows) {
  open({study_path()});
  shell_.show_page("functions");
  settle();
  QTest::keyClick(&shell_, Qt::Key_Slash);
  QTest::keyClicks(QApplication::focusWidget(), "allred");
  EXPECT_EQ(shell_.content_page()->current_table()->model()->rowCount(), 1);
}

TEST_F(Window, TheFigurePageTakesTheFigureOfThePageBefore) {
  open({study_path()});
  shell_.show_page("figure");
  const auto* page = qobject_cast<FigurePage*>(shell_.page_widget("figure"));
  ASSERT_NE(page, nullptr);
  EXPECT_EQ(page->figure().form, plot::Form::box);
  EXPECT_FALSE(page->figure().query.empty());
}

TEST_F(Window, FollowsADatabaseThatGrows) {
  QTemporaryDir folder;
  const QString path = folder.filePath("growing.db");
  QFile empty(path);
  ASSERT_TRUE(empty.open(QIODevice::WriteOnly));
  empty.close();
  open({path});
  EXPECT_TRUE(text_of_page().contains("is empty"));
  QFile::remove(path);
  ASSERT_TRUE(QFile::copy(study_path(), path));
  EXPECT_TRUE(wait_for([this] { return session_.study().runs.size() == 12; }));
  QFile::remove(path);
  EXPECT_TRUE(wait_for([this] { return session_.study().runs.empty(); }));
  settle();
  EXPECT_TRUE(text_of_page().contains("growing.db")) << text_of_page().toStdString();
}

TEST_F(Window, BadFilesGetAMessage) {
  QTemporaryDir folder;
  QFile good(study_path());
  ASSERT_TRUE(good.open(QIODevice::ReadOnly));
  const QByteArray bytes = good.readAll();
  const auto write = [&](const char* name, const QByteArray& content) {
    QFile file(folder.filePath(name));
    EXPECT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(content);
    return folder.filePath(name);
  };
  QByteArray newer = bytes, cut = bytes.left(bytes.size() / 2), torn = bytes;
  newer.replace(60, 4, QByteArray("\x7f\x00\x00\x00", 4));  // user_version, big-endian
  for (qsizetype i = 4096; i < torn.size(); i += 97) torn[i] = static_cast<char>(torn[i] ^ 0x5a);
  for (const QString& path : {write("foreign.db", "this is no database at all, but a text"), write("newer.db", newer), write("cut.db", cut),
                              write("torn.db", torn), folder.filePath("missing.db"), folder.path()}) {
    for (const char* page : {"compare", "functions", "matrix", "setup"}) {
      shell_.show_page(page);
      open({path});
      const QString text = text_of_page();
      EXPECT_TRUE(text.contains(path) || path.endsWith("torn.db")) << path.toStdString() << "\n" << text.toStdString();
      EXPECT_TRUE(text.contains("newer") || !path.endsWith("newer.db")) << text.toStdString();
    }
  }
}

TEST(SourceText, OfAStack) {
  QTemporaryDir folder;
  QFile source(folder.filePath("solver.cpp"));
  ASSERT_TRUE(source.open(QIODevice::WriteOnly));
  source.write("one\ntwo\nthree\nfour\n");
  source.close();
  const QString stack = QStringLiteral("inner [object+0x12]\nouter(int) %1:3").arg(source.fileName());
  EXPECT_EQ(source_of(stack).line, 3);
  EXPECT_TRUE(source_text(stack).contains(QStringLiteral("▶     3  three")));
  EXPECT_TRUE(source_text("object+0x12").contains("No source"));
}

}  // namespace
}  // namespace tulkki

int main(int argc, char** argv) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  testing::InitGoogleTest(&argc, argv);
  QApplication application(argc, argv);
  tulkki::apply_theme(application, tulkki::WindowTheme::light);
  return RUN_ALL_TESTS();
}
