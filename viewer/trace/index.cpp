// SPDX-License-Identifier: Apache-2.0
// Where the cache lies, whether it is good, and what to do when not.
#include "viewer/trace/index.h"

#include <unistd.h>
#include <xxhash.h>

#include <cstdlib>
#include <filesystem>

#include "viewer/trace/archive_key.h"
#include "viewer/trace/archive_reader.h"
#include "viewer/trace/cache_file.h"
#include "viewer/trace/indexer.h"

namespace tulkki::trace {

namespace fs = std::filesystem;

namespace {

constexpr char kSuffix[] = ".tulkki-timeline";

std::string beside(const std::string& anchor) { return fs::path(anchor).replace_extension(kSuffix).string(); }

// For archives in folders that one may not write to: a name of the archive's path.
std::string in_user_cache(const std::string& anchor) {
  std::error_code error;
  const char* set = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  fs::path folder = set != nullptr && *set == '/'      ? fs::path(set)
                    : home != nullptr && *home != '\0' ? fs::path(home) / ".cache"
                                                       : fs::temp_directory_path(error);
  folder /= "tulkki";
  fs::create_directories(folder, error);
  const std::string path = fs::absolute(anchor, error).lexically_normal().string();
  char name[32];
  std::snprintf(name, sizeof(name), "%016llx", static_cast<unsigned long long>(XXH3_64bits(path.data(), path.size())));
  return (folder / (std::string(name) + kSuffix)).string();
}

std::string cache_path_for(const std::string& anchor, const OpenOptions& options) {
  if (!options.cache_path.empty()) return options.cache_path;
  std::error_code error;
  const std::string near = beside(anchor);
  if (fs::exists(near, error) || access(fs::absolute(anchor, error).parent_path().c_str(), W_OK) == 0) return near;
  return in_user_cache(anchor);
}

// The store of a good cache; else why there is none.
Result<std::shared_ptr<const TraceStore>> open_good(const std::string& path, const std::vector<ArchiveFile>& files,
                                                    const OpenOptions& options) {
  Result<std::shared_ptr<const TraceStore>> store = TraceStore::open(path);
  if (!store) return store;
  const std::uint64_t state = state_key(files);
  const CacheHeader& header = (*store)->header();
  if (header.state_key == state) return store;
  std::uint64_t all = 0;
  for (const ArchiveFile& file : files)
    all += file.bytes;
  // Copied or touched, or changed: only the contents tell.
  const ContentKey key = content_key(files, [&](std::uint64_t bytes) {
    if (options.progress) options.progress({static_cast<double>(bytes) / static_cast<double>(all + 1), "comparing", 0});
    return options.cancel == nullptr || !options.cancel->load(std::memory_order_relaxed);
  });
  if (key.value[0] != header.content_key[0] || key.value[1] != header.content_key[1]) {
    return Error{path + ": belongs to an earlier state of the archive"};
  }
  renew_state_key(path, state);
  return store;
}

}  // namespace

Result<std::shared_ptr<const TraceStore>> open_trace(const std::string& archive, const OpenOptions& options,
                                                     OpenReport* report) {
  OpenReport unused;
  OpenReport& told = report == nullptr ? unused : *report;
  told = {};
  const Result<std::string> anchor = find_anchor(archive);
  if (!anchor) return anchor.error();
  std::vector<ArchiveFile> files = archive_files(*anchor);
  told.cache_path = cache_path_for(*anchor, options);
  std::error_code error;
  if (!options.rebuild && fs::exists(told.cache_path, error)) {
    Result<std::shared_ptr<const TraceStore>> store = open_good(told.cache_path, files, options);
    if (store) return store;
    told.why = store.message();
    if (options.cancel != nullptr && options.cancel->load()) return Error{*anchor + ": " + kCancelled};
  }
  told.built = true;
  if (const Result<void> made = Indexer(*anchor, std::move(files), options).run(told.cache_path); !made) {
    return made.error();
  }
  return TraceStore::open(told.cache_path);
}

}  // namespace tulkki::trace
