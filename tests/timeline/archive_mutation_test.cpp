// SPDX-License-Identifier: Apache-2.0
// Damaged archives: each is opened in a process of its own, since it is the OTF2 library that reads them.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/timeline/support.h"
#include "viewer/trace/picture.h"

namespace tulkki::test {
namespace {

namespace fs = std::filesystem;

enum Outcome { kOpened = 0, kRefused = 1, kUnclear = 2, kCrashed = 3 };

Outcome open_in_child(const std::string& archive) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    const auto store = trace::open_trace(archive, {.rebuild = true});
    if (!store) _exit(store.message().find(archive) != std::string::npos ? kRefused : kUnclear);
    for (std::uint32_t n = 0; n < (*store)->definitions().locations.size(); ++n) {
      std::vector<trace::Cell> cells(50);
      trace::draw_calls(**store, n, {0, static_cast<double>((*store)->definitions().last_ns) + 1}, cells);
    }
    _exit(kOpened);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? static_cast<Outcome>(WEXITSTATUS(status)) : kCrashed;
}

TEST(ArchiveMutations, AreOpenedOrRefusedClearly) {
  TemporaryDirectory directory;
  TraceShape shape;
  shape.calls_per_rank = 60;
  shape.foreign = true;
  shape.clock_offsets = true;
  const std::string good = directory.file("good"), bad = directory.file("bad");
  generate_trace(good, shape, nullptr);
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(good)) {
    if (entry.is_regular_file()) files.push_back(fs::relative(entry.path(), good).string());
  }
  std::sort(files.begin(), files.end());
  std::uint64_t state = 4242;
  const auto random = [&](std::uint64_t below) {
    state = state * 6364136223846793005 + 1442695040888963407;
    return (state >> 24) % below;
  };
  int counts[4] = {};
  const char* wanted = std::getenv("TULKKI_MUTATIONS");
  const int rounds = wanted != nullptr ? std::atoi(wanted) : 150;
  for (int round = 0; round < rounds; ++round) {
    fs::remove_all(bad);
    fs::copy(good, bad, fs::copy_options::recursive);
    const std::string file = files[random(files.size())];
    const std::string path = bad + "/" + file;
    const std::uint64_t size = fs::file_size(path);
    std::string what;
    if (round % 5 == 0 || size == 0) {
      fs::remove(path);
      what = "removed";
    } else if (round % 5 == 1) {
      const std::uint64_t left = random(size);
      fs::resize_file(path, left);
      what = "cut to " + std::to_string(left);
    } else {
      std::fstream stream(path, std::ios::binary | std::ios::in | std::ios::out);
      for (std::uint64_t n = random(4) + 1; n-- > 0;) {
        const std::uint64_t at = random(size);
        stream.seekp(static_cast<std::streamoff>(at));
        stream.put(static_cast<char>(random(256)));
        what += " byte " + std::to_string(at);
      }
    }
    const Outcome outcome = open_in_child(bad);
    ++counts[outcome];
    EXPECT_LT(outcome, kUnclear) << file << " " << what << ", round " << round
                                 << (outcome == kCrashed ? ": crashed" : ": unclear message");
  }
  RecordProperty("opened", counts[kOpened]);
  RecordProperty("refused", counts[kRefused]);
  std::printf("opened %d, refused %d, unclear %d, crashed %d\n", counts[0], counts[1], counts[2], counts[3]);
}

}  // namespace
}  // namespace tulkki::test
