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
    state.cell = {0, 0};
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

}  // namespace
}  // namespace tulkki
