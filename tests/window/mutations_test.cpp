// SPDX-License-Identifier: Apache-2.0
// Damaged databases and figure.json files, the same ones every time: every page is asked for its content and every figure
// written, in a process of its own. The outcome is content or a message that names the file, never a crash or a hang.
// TULKKI_MUTATIONS sets how many. Archives and indexes of traces: tests/timeline.
#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "storage/database.h"
#include "viewer/model/page_content.h"
#include "viewer/plot/figure_csv.h"
#include "viewer/plot/figure_json.h"
#include "viewer/plot/figure_latex.h"

namespace tulkki {
namespace {

namespace fs = std::filesystem;

enum Outcome { kShown = 0, kRefused = 1, kUnclear = 2, kCrashed = 3, kHung = 4 };
constexpr const char* kOutcomes[] = {"shown", "refused", "unclear message", "crashed", "hung"};
constexpr unsigned kPatienceSeconds = 60;

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t below(std::uint64_t limit) {
    state_ = state_ * 6364136223846793005 + 1442695040888963407;
    return (state_ >> 24) % limit;
  }

 private:
  std::uint64_t state_;
};

int rounds(int usual) {
  const char* wanted = std::getenv("TULKKI_MUTATIONS");
  return wanted != nullptr ? std::atoi(wanted) : usual;
}

Outcome in_child(const std::function<Outcome()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(kPatienceSeconds);
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    try {
      _exit(work());
    } catch (const std::exception& error) {
      std::fprintf(stderr, "thrown: %s\n", error.what());
      _exit(kCrashed);
    }
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) return kHung;
  return WIFEXITED(status) && WEXITSTATUS(status) <= kUnclear ? static_cast<Outcome>(WEXITSTATUS(status)) : kCrashed;
}

std::string read_all(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Says what it did, for the message of a failure.
std::string damage(std::string& bytes, Random& random, int round) {
  if (round % 5 == 0) {
    bytes.resize(random.below(bytes.size()));
    return "cut to " + std::to_string(bytes.size());
  }
  if (round % 5 == 1) {  // a page of zeros: a disk that was full
    const std::size_t at = random.below(bytes.size()), length = std::min<std::size_t>(4096, bytes.size() - at);
    bytes.replace(at, length, std::string(length, '\0'));
    return "zeros at " + std::to_string(at);
  }
  std::string what;
  for (std::uint64_t n = random.below(round % 5 == 4 ? 400 : 8) + 1; n-- > 0;) {
    const std::size_t at = random.below(bytes.size());
    bytes[at] = static_cast<char>(random.below(256));
    what += " byte " + std::to_string(at);
  }
  return what;
}

// Sound files with contents that make no sense: what a reader must not trust either.
std::string damage_rows(const std::string& path, Random& random) {
  static const std::pair<const char*, const char*> kColumns[] = {
      {"run", "wall_ns"}, {"run", "ranks"}, {"run", "backend"}, {"run", "started_at"}, {"run", "own_cost_ns"}, {"run", "repetition"},
      {"process", "wall_ns"}, {"process", "mpi_ns"}, {"process", "host"}, {"call", "size_class"}, {"call", "calls"}, {"call", "time_ns"},
      {"call", "min_ns"}, {"call", "max_ns"}, {"call", "bytes_sent"}, {"call", "histogram"}, {"call", "peer"}, {"call", "rank"},
      {"call", "procedure_id"}, {"call", "context_id"}, {"matrix", "source"}, {"matrix", "destination"}, {"matrix", "bytes"}, {"matrix", "time_ns"},
      {"measurement", "bytes"}, {"measurement", "unit"}, {"measurement", "value"}, {"procedure", "name"}, {"procedure", "family"}, {"context", "name"}};
  static const char* const kValues[] = {"-1", "0", "1", "9223372036854775807", "-9223372036854775808", "1e308", "-1e-300", "9e999", "NULL", "''",
                                        "'words'", "x'00ff8001'", "x'ffffffffffffffffffff7f'", "zeroblob(70000)", "'MPI_File_write'", "char(0,10,34)", "4294967296"};
  Result<Database> database = Database::open_or_create(path);
  if (!database || !database->execute("PRAGMA synchronous = OFF")) return "";
  std::string what;
  for (std::uint64_t n = random.below(4) + 1; n-- > 0;) {
    const auto& [table, column] = kColumns[random.below(std::size(kColumns))];
    const char* value = kValues[random.below(std::size(kValues))];
    const std::string some = random.below(2) == 0 ? "" : " WHERE rowid % 3 = 0";  // some rows, or all
    const std::string sql = std::string("UPDATE OR IGNORE ") + table + " SET " + column + " = " + value + some;
    if (database->execute(sql)) what += sql + "; ";
  }
  return what;
}

// JSON that can still be parsed, mostly.
std::string damage_words(std::string& text, Random& random) {
  static constexpr std::string_view kDigits = "0123456789-.e";
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] >= '0' && text[i] <= '9') places.push_back(i);
  }
  std::string what;
  for (std::uint64_t n = random.below(6) + 1; n-- > 0 && !places.empty();) {
    const std::size_t at = places[random.below(places.size())];
    text[at] = kDigits[random.below(random.below(4) == 0 ? kDigits.size() : 10)];
    what += " digit " + std::to_string(at);
  }
  return what;
}

Outcome show_study(const std::string& path) {
  bool refused = false;
  ViewState state;
  state.cell = {0, 1, 1};
  state.metric = "latency";
  for (const CompareForm form : {CompareForm::curve, CompareForm::ratio, CompareForm::cdf, CompareForm::box, CompareForm::stacked, CompareForm::scaling}) {
    state.form = form;
    LaunchCache cache;
    PageRequest request{load_study({path}), state, {}, &cache};
    if (!request.study.sources[0].problem.empty()) {
      return request.study.sources[0].problem.find(path) == std::string::npos ? kUnclear : kRefused;
    }
    for (const PageInfo& page : pages_with_content()) {
      if (form != CompareForm::curve && page.name != "compare") continue;
      const Result<PageContent> content = page.content(request);
      if (!content && content.message().empty()) return kUnclear;
      refused |= !content;
      if (!content) continue;
      for (const plot::FigureSpec& figure : content->figures) {
        const std::string text = plot::figure_to_json(figure, true) + plot::figure_csv(figure) + plot::figure_latex(figure);
        if (text.empty()) return kUnclear;
      }
      for (const TableData& table : content->tables) {
        for (const TableFormat format : {TableFormat::csv, TableFormat::json, TableFormat::markdown, TableFormat::latex}) {
          if (table_text(table, format).empty()) return kUnclear;
        }
      }
    }
  }
  return refused ? kRefused : kShown;
}

Outcome draw_figure(const std::string& path) {
  const Result<plot::FigureSpec> figure = plot::read_figure(path);
  if (!figure) return figure.message().find(path) == std::string::npos ? kUnclear : kRefused;
  plot::extent_x(*figure);
  plot::extent_y(*figure);
  const std::string text = plot::figure_to_json(*figure, true);
  if (!plot::figure_from_json(text)) return kUnclear;  // what was written must be readable
  return plot::figure_csv(*figure).empty() || (plot::figure_latex(*figure) + "%").empty() ? kUnclear : kShown;
}

class Mutations : public testing::Test {
 protected:
  Mutations() {
    std::string name = (fs::temp_directory_path() / "tulkki-mutations-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~Mutations() override { fs::remove_all(folder_); }

  // Every second round `sensible` makes the damage, where a file stays what it is and only says other things.
  void run(const std::vector<std::string>& good, const std::string& ending, int count, Outcome (*show)(const std::string&),
           const std::function<std::string(const std::string& path, std::string& bytes, Random& random)>& sensible) {
    Random random(20261121);
    int counts[5] = {};
    const std::string path = (folder_ / ("damaged" + ending)).string();
    for (int round = 0; round < count; ++round) {
      std::string bytes = good[static_cast<std::size_t>(round) % good.size()];
      fs::remove(path);  // a file that is cut and written again is flushed by some file systems: slow
      const int turn = round / static_cast<int>(good.size());
      std::string what = turn % 2 == 0 ? sensible(path, bytes, random) : damage(bytes, random, turn / 2);
      if (turn % 2 == 1 || ending == ".json") std::ofstream(path, std::ios::binary | std::ios::trunc).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
      const Outcome outcome = in_child([&] { return show(path); });
      ++counts[outcome];
      EXPECT_LT(outcome, kUnclear) << kOutcomes[outcome] << " in round " << round << ": " << what;
    }
    for (int i = 0; i < 5; ++i) std::printf("%s %d\n", kOutcomes[i], counts[i]);
  }
  fs::path folder_;
};

TEST_F(Mutations, Databases) {
  const char* study = std::getenv("TULKKI_TEST_STUDY");
  ASSERT_NE(study, nullptr);
  const std::string good = read_all(study);
  ASSERT_FALSE(good.empty());
  ASSERT_EQ(in_child([&] { return show_study(study); }), kShown) << "the sound file must be shown";
  run({good}, ".db", rounds(400), show_study, [](const std::string& path, std::string& bytes, Random& random) {
    std::ofstream(path, std::ios::binary | std::ios::trunc).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return damage_rows(path, random);
  });
}

TEST_F(Mutations, Figures) {
  std::vector<std::string> good;
  for (const auto& entry : fs::directory_iterator(TULKKI_TEST_FIGURES)) {
    if (entry.path().extension() == ".json") good.push_back(read_all(entry.path().string()));
  }
  std::sort(good.begin(), good.end());  // the same files in the same rounds, whatever the order in the folder
  ASSERT_GT(good.size(), 5U);
  run(good, ".json", rounds(800), draw_figure,
      [](const std::string&, std::string& bytes, Random& random) { return damage_words(bytes, random); });
}

}  // namespace
}  // namespace tulkki
