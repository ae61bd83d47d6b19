// SPDX-License-Identifier: Apache-2.0
// Pages that read traces: progress, cancelling and reading again. A page waits in the middle of its work for as long as the
// test reads an archive itself.
#include <QFile>
#include <QProgressBar>
#include <QPushButton>
#include <QTemporaryDir>
#include <filesystem>

#include "storage/trace_calls.h"
#include "tests/timeline/generated_trace.h"
#include "tests/window/window_fixture.h"
#include "viewer/trace/archive_turn.h"

namespace tulkki {
namespace {

void set_traces(const std::string& path, const std::string& trace) {
  Result<Database> database = Database::open_or_create(path);
  ASSERT_TRUE(database) << database.message();
  const Result<void> done = database->execute("UPDATE run SET trace_path = '" + trace + "'");
  ASSERT_TRUE(done) << done.message();
}

class Reading : public Window {
 protected:
  void SetUp() override {
    test::TraceShape shape;
    shape.calls_per_rank = 40;
    const std::string trace = folder_.filePath("trace").toStdString();
    test::generate_trace(trace, shape, nullptr);
    ASSERT_TRUE(QFile::copy(study_path(), database()));
    set_traces(database().toStdString(), trace + "/traces.otf2");
    open({database()});
  }
  QString database() const { return folder_.filePath("study.db"); }
  void read_elsewhere() {
    elsewhere_ = trace::wait_for_turn([] { return true; });
    ASSERT_TRUE(elsewhere_);
  }
  void show_waiting_page(const QString& name) {
    shell_.show_page(name);
    ASSERT_TRUE(wait_for([this] { return bar() != nullptr; }));
  }
  template <class Widget>
  Widget* visible(const std::function<bool(const Widget&)>& is_it) {
    for (Widget* widget : shell_.content_page()->findChildren<Widget*>()) {
      if (widget->isVisible() && is_it(*widget)) return widget;
    }
    return nullptr;
  }
  QProgressBar* bar() {
    return visible<QProgressBar>([](const QProgressBar&) { return true; });
  }
  QPushButton* button(const QString& text) {
    return visible<QPushButton>([&](const QPushButton& one) { return one.text() == text; });
  }
  QTemporaryDir folder_;
  std::unique_lock<std::timed_mutex> elsewhere_;
};

TEST_F(Reading, EscapeStopsItAndAButtonReadsAgain) {
  session_.change([](ViewState& state) { state.procedure = "MPI_Send"; });
  read_elsewhere();
  show_waiting_page("pairs");
  EXPECT_EQ(bar()->format(), "couple 1 of 6: waiting for another trace (%p %)");
  EXPECT_TRUE(text_of_page().contains("Reading the traces"));
  EXPECT_EQ(shell_.content_page()->findChild<QComboBox*>()->currentText(), "mpich translated");  // can be chosen meanwhile
  QTest::keyClick(&shell_, Qt::Key_Escape);
  settle();
  EXPECT_EQ(session_.state().procedure, "MPI_Send");  // marks are for the next Escape
  EXPECT_EQ(bar(), nullptr);
  EXPECT_TRUE(text_of_page().contains("was cancelled")) << text_of_page().toStdString();
  EXPECT_TRUE(shell_.content_page()->content().figures.empty());
  EXPECT_TRUE(shell_.content_page()->content().tables.empty());
  elsewhere_.unlock();
  ASSERT_NE(button("Read again"), nullptr);
  QTest::mouseClick(button("Read again"), Qt::LeftButton);
  settle();
  const PageContent& content = shell_.content_page()->content();
  EXPECT_EQ(content.headline, "6 pairs of launches; 100.0 % of the calls have a partner");
  EXPECT_EQ(content.figures.size(), 2U);
  EXPECT_EQ(button("Read again"), nullptr);
  EXPECT_FALSE(text_of_page().contains("cancelled")) << text_of_page().toStdString();
}

TEST_F(Reading, AFileThatGrowsDoesNotStartAgainWhatWasCancelled) {
  read_elsewhere();
  show_waiting_page("pairs");
  ASSERT_NE(button("Cancel"), nullptr);
  QTest::mouseClick(button("Cancel"), Qt::LeftButton);
  settle();
  elsewhere_.unlock();
  session_.reload();
  settle();
  EXPECT_NE(button("Read again"), nullptr);
  session_.change([](ViewState& state) { state.procedure = "MPI_Send"; });  // another question
  settle();
  EXPECT_EQ(shell_.content_page()->content().figures.size(), 2U);
}

TEST_F(Reading, AChoiceMadeWhileAFileIsReadAgainIsNotLost) {
  read_elsewhere();
  show_waiting_page("pairs");
  QTest::keyClick(&shell_, Qt::Key_Escape);
  settle();
  session_.reload();
  session_.change([](ViewState& state) { state.procedure = "MPI_Send"; });
  ASSERT_TRUE(wait_for([this] { return bar() != nullptr; }));
  EXPECT_TRUE(text_of_page().contains("Reading the traces")) << text_of_page().toStdString();
  EXPECT_EQ(button("Read again"), nullptr);
  elsewhere_.unlock();
  settle();
  ASSERT_EQ(shell_.content_page()->content().figures.size(), 2U);
  EXPECT_EQ(shell_.content_page()->content().figures[0].title, "MPI_Send");
}

TEST_F(Reading, AnotherChoiceStopsIt) {
  read_elsewhere();
  show_waiting_page("pairs");
  session_.change([](ViewState& state) { state.add_filter("backend", "mpich"); });
  settle();  // while the archive is still busy
  ASSERT_FALSE(shell_.content_page()->plots().isEmpty());
  EXPECT_TRUE(shell_.content_page()->plots().front()->message().contains("There is only one series"));
  EXPECT_EQ(bar(), nullptr);
}

TEST_F(Reading, APageThatIsNotLookedAtKeepsNobodyWaiting) {
  read_elsewhere();
  show_waiting_page("pairs");
  show_page("functions");  // on the same worker, while the archive is still busy
  EXPECT_FALSE(shell_.content_page()->content().tables.empty());
  elsewhere_.unlock();
  show_page("pairs");
  EXPECT_EQ(shell_.content_page()->content().figures.size(), 2U);
}

TEST_F(Reading, OtherFilesStopIt) {
  read_elsewhere();
  show_waiting_page("pairs");
  open({study_path()});
  ASSERT_FALSE(shell_.content_page()->plots().isEmpty());
  EXPECT_TRUE(shell_.content_page()->plots().front()->message().contains("--trace"));
}

TEST_F(Reading, TakesThePlaceOfAMessage) {
  read_elsewhere();
  show_waiting_page("pairs");
  QTest::keyClick(&shell_, Qt::Key_Escape);
  settle();
  open({});
  EXPECT_TRUE(text_of_page().contains("Nothing is open"));
  EXPECT_FALSE(text_of_page().contains("cancelled"));
  shell_.open({database()});
  ASSERT_TRUE(wait_for([this] { return bar() != nullptr; }));
  EXPECT_TRUE(text_of_page().contains("Reading the traces")) << text_of_page().toStdString();
  EXPECT_FALSE(text_of_page().contains("Nothing is open"));
}

TEST_F(Reading, OfFileOperationsLeavesWhatNeedsNoTrace) {
  session_.change([](ViewState& state) { state.io_over_time = true; });
  read_elsewhere();
  show_waiting_page("io");
  EXPECT_EQ(bar()->format(), "trace 1 of 2: waiting for another trace (%p %)");
  ASSERT_NE(button("Cancel"), nullptr);
  QTest::mouseClick(button("Cancel"), Qt::LeftButton);
  settle();
  EXPECT_TRUE(text_of_page().contains("was cancelled")) << text_of_page().toStdString();
  EXPECT_TRUE(shell_.content_page()->content().figures.empty());
  ASSERT_EQ(shell_.content_page()->content().tables.size(), 1U);
  EXPECT_EQ(shell_.content_page()->content().tables[0].name, "io");
  EXPECT_TRUE(shell_.content_page()->current_table()->isVisible());
  elsewhere_.unlock();
  ASSERT_NE(button("Read again"), nullptr);
  QTest::mouseClick(button("Read again"), Qt::LeftButton);
  settle();
  EXPECT_TRUE(shell_.content_page()->plots().front()->message().contains("No trace of these runs has file operations"));
}

// Several batches a rank. Returns its anchor file.
std::string long_trace(const QTemporaryDir& folder) {
  const std::string trace = folder.filePath("trace").toStdString();
  test::TraceShape shape;
  shape.calls_per_rank = 200'000;
  test::generate_trace(trace, shape, nullptr);
  return trace + "/traces.otf2";
}

TEST(CallsOfATrace, AreReadNoFartherThanWanted) {
  QTemporaryDir folder;
  const std::string anchor = long_trace(folder);
  Result<TraceCallReader> reader = TraceCallReader::open(anchor);
  ASSERT_TRUE(reader) << reader.message();
  const CallLocation& location = reader->locations().front();
  std::vector<std::uint64_t> events;
  const auto calls = reader->read(location, [&](std::uint64_t now) {
    events.push_back(now);
    return events.size() < 2;
  });
  ASSERT_FALSE(calls);
  EXPECT_TRUE(calls.message().ends_with("cancelled")) << calls.message();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_LT(events[1], location.events);
}

TEST(FileOperations, OfATraceThatIsCancelledAreNotKept) {
  QTemporaryDir folder;
  const std::string anchor = long_trace(folder);
  std::atomic<bool> cancel = false;
  std::vector<double> fractions;
  Work work;
  work.cancel = &cancel;
  work.progress = [&](double fraction, const std::string&) {
    fractions.push_back(fraction);
    cancel = true;
  };
  LaunchCache cache;
  const auto cancelled = cache.file_operations(anchor, work);
  ASSERT_FALSE(cancelled);
  EXPECT_TRUE(cancelled.message().ends_with(kWorkCancelled)) << cancelled.message();
  ASSERT_EQ(fractions.size(), 1U);
  EXPECT_LT(fractions[0], 0.25);
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(anchor).parent_path())) {
    EXPECT_EQ(entry.path().filename().string().find("timeline"), std::string::npos) << entry.path();
  }
  cancel = false;
  work.progress = [&](double fraction, const std::string&) { fractions.push_back(fraction); };
  EXPECT_TRUE(cache.file_operations(anchor, work));
  EXPECT_GT(fractions.size(), 8U);
  EXPECT_TRUE(std::is_sorted(fractions.begin(), fractions.end()));
  const std::size_t told = fractions.size();
  EXPECT_TRUE(cache.file_operations(anchor, work));
  EXPECT_EQ(fractions.size(), told);  // known
}

}  // namespace
}  // namespace tulkki
