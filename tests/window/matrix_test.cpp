// SPDX-License-Identifier: Apache-2.0
// The matrix of nodes and of many ranks: whose cells they are, what a click on one shows, and how it stays marked.
#include <QFile>
#include <QTemporaryDir>

#include "tests/window/window_fixture.h"

namespace tulkki {
namespace {

void execute(const QString& path, const std::string& sql) {
  Result<Database> database = Database::open_or_create(path.toStdString());
  ASSERT_TRUE(database) << database.message();
  const Result<void> done = database->execute(sql);
  ASSERT_TRUE(done) << done.message();
}

class MatrixOfCopy : public Window {
 protected:
  void SetUp() override { ASSERT_TRUE(QFile::copy(study_path(), database())); }
  QString database() const { return folder_.filePath("study.db"); }
  QTemporaryDir folder_;
};

// Cells of a row of the table, by the names of its first two columns.
std::vector<TableCell> row_of(const TableData& table, const TableCell& from, const TableCell& to) {
  for (const TableRow& row : table.rows) {
    if (row.cells[0] == from && row.cells[1] == to) return row.cells;
  }
  return {};
}

TEST_F(MatrixOfCopy, NodesAreTheSameUnderBothSeriesWhateverTheirOrder) {
  execute(database(), "UPDATE process SET host = CASE WHEN rank < 2 THEN 'alpha' ELSE 'beta' END;"
                      "UPDATE process SET host = CASE WHEN rank < 1 THEN 'beta' ELSE 'alpha' END WHERE run_id IN "
                      "(SELECT run_id FROM run WHERE backend = 'mpich')");
  session_.change([](ViewState& state) {
    state.matrix_by_node = true;
    state.cell = {0, 0, 1};
  });
  open({database()});
  show_page("matrix");
  const PageContent& content = shell_.content_page()->content();
  ASSERT_EQ(content.tables.size(), 2U);
  const std::vector<TableCell> inside = row_of(content.tables[0], "alpha", "alpha");
  ASSERT_EQ(inside.size(), 8U);
  EXPECT_EQ(inside[3], TableCell(420.0));  // 0 to 1
  EXPECT_EQ(inside[6], TableCell(840.0));  // 1 to 2 and 2 to 3
  EXPECT_EQ(content.figures[0].x.categories, (std::vector<std::string>{"alpha", "beta"}));
  EXPECT_EQ(content.tables[1].title, "Calls of alpha → alpha");
  EXPECT_EQ(content.tables[1].rows.size(), 63U);  // of rank 0 under one of the two and of 1 and 2 under the other, 21 sizes each
}

plot::Place cell_at(int row, int column) {
  plot::Place place;
  place.panel = 0;
  place.row = row;
  place.column = column;
  return place;
}

// The four ranks become every 200th of 800, which the matrix draws as 400 blocks of two.
TEST_F(MatrixOfCopy, AClickOnABlockShowsTheCallsOfAllItsRanks) {
  execute(database(), "UPDATE run SET ranks = 800;"
                      "UPDATE matrix SET source = 200 * source, destination = 200 * destination + (destination % 2);"
                      "UPDATE call SET rank = 200 * rank + (rank % 2), peer = CASE WHEN peer > 0 THEN 200 * peer ELSE peer END");
  open({database()});
  show_page("matrix");
  const PageContent& content = shell_.content_page()->content();
  plot::PlotWidget* plot = shell_.content_page()->plots().front();
  ASSERT_EQ(content.figures[0].panels[0].matrix.columns, 400);
  emit plot->place_clicked(cell_at(100, 200));  // ranks 200 and 201 to 400 and 401
  settle();
  EXPECT_EQ(session_.state().cell, (MatrixCell{200, 400, 2}));
  ASSERT_EQ(content.tables.size(), 2U);
  EXPECT_EQ(content.tables[1].title, "Calls of ranks 200 – 201 → 400 – 401");
  EXPECT_EQ(shell_.content_page()->current_table()->table().title, content.tables[1].title);
  ASSERT_EQ(content.tables[1].rows.size(), 21U);  // one procedure, one site, 21 sizes
  EXPECT_EQ(content.tables[1].rows[0].cells[0], TableCell(std::int64_t{201}));
  EXPECT_EQ(plot->frame(), QRectF(QPointF(399.5, 199.5), QPointF(401.5, 201.5)));
  emit plot->place_clicked(cell_at(0, 0));  // where nothing was sent
  settle();
  EXPECT_TRUE(content.tables[1].rows.empty());
}

// Pixels near a place that the frame changes: their extent.
QRect changed_by_frame(plot::PlotWidget& plot, const QRect& near) {
  const std::optional<QRectF> frame = plot.frame();
  const QImage with = plot.grab().toImage();
  plot.set_frame(std::nullopt);
  const QImage without = plot.grab().toImage();
  plot.set_frame(frame);
  QRect changed;
  for (int y = near.top(); y <= near.bottom(); ++y) {
    for (int x = near.left(); x <= near.right(); ++x) {
      if (with.pixel(x, y) != without.pixel(x, y)) changed |= QRect(x, y, 1, 1);
    }
  }
  return changed;
}

TEST_F(MatrixOfCopy, TheChosenCellIsFramedUntilEscape) {
  open({database()});
  show_page("matrix");
  const QList<plot::PlotWidget*> plots = shell_.content_page()->plots();
  ASSERT_EQ(plots.size(), 2);
  for (const plot::PlotWidget* plot : plots) EXPECT_FALSE(plot->frame());
  emit plots[0]->place_clicked(cell_at(1, 2));
  settle();
  const QRectF cell(QPointF(1.5, 0.5), QPointF(2.5, 1.5));
  const auto expect_framed = [&](const char* when) {
    for (const plot::PlotWidget* plot : plots) EXPECT_EQ(plot->frame(), cell) << when;
  };
  expect_framed("at the click");
  const std::optional<QPointF> middle = plots[0]->position_of(cell_at(1, 2));
  const std::optional<QPointF> beside = plots[0]->position_of(cell_at(1, 3));
  ASSERT_TRUE(middle && beside);
  const QRect changed = changed_by_frame(*plots[0], QRectF(*middle - (*beside - *middle) - QPointF(0, 60), QSizeF(2 * (beside->x() - middle->x()), 120)).toRect());
  EXPECT_NEAR(changed.center().x(), middle->x(), 3);
  EXPECT_NEAR(changed.center().y(), middle->y(), 3);
  EXPECT_NEAR(changed.width(), beside->x() - middle->x(), 12);
  session_.reload();
  settle();
  expect_framed("after the file was read again");
  session_.change([](ViewState& state) { state.matrix_quantity = MatrixQuantity::time; });
  settle();
  expect_framed("with another quantity");
  QTest::keyClick(&shell_, Qt::Key_X);
  settle();
  expect_framed("with baseline and the other series swapped");
  emit plots[1]->place_clicked(cell_at(3, 0));  // in the picture of the quotient
  settle();
  for (const plot::PlotWidget* plot : plots) EXPECT_EQ(plot->frame(), QRectF(QPointF(-0.5, 2.5), QPointF(0.5, 3.5)));
  QTest::keyClick(&shell_, Qt::Key_Escape);
  settle();
  for (const plot::PlotWidget* plot : plots) EXPECT_FALSE(plot->frame());
}

TEST_F(MatrixOfCopy, AReceiveLiesWithTheReceiver) {
  execute(database(), "UPDATE call SET bytes_received = bytes_sent, messages_received = messages_sent, bytes_sent = 0, messages_sent = 0 "
                      "WHERE rank = 1 AND peer = 2");
  session_.change([](ViewState& state) { state.cell = {2, 1, 1}; });
  open({database()});
  show_page("matrix");
  const TableData& calls = shell_.content_page()->content().tables[1];
  ASSERT_EQ(calls.rows.size(), 21U);
  EXPECT_EQ(calls.rows[0].cells[0], TableCell(std::int64_t{1}));
  EXPECT_EQ(calls.rows[0].cells[1], TableCell("receiver"));
}

TEST_F(MatrixOfCopy, APairInsideOfABlockFramesTheBlock) {
  execute(database(), "UPDATE run SET ranks = 800");
  session_.change([](ViewState& state) { state.cell = {1, 2, 1}; });
  open({database()});
  show_page("matrix");
  EXPECT_EQ(shell_.content_page()->plots().front()->frame(), QRectF(QPointF(1.5, -0.5), QPointF(3.5, 1.5)));
  EXPECT_EQ(shell_.content_page()->content().tables[1].title, "Calls of 1 → 2");
}

}  // namespace
}  // namespace tulkki
