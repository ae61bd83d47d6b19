// SPDX-License-Identifier: Apache-2.0
// Opening a raw log. Every offset and length in the file is checked against the file's real size before use.
#include "storage/process_log.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "storage/raw_decode.h"
#include "tulkki/procedures.h"

namespace tulkki {

struct ProcessLog::Mapping {
  void* address = nullptr;
  std::size_t bytes = 0;
  Mapping() = default;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() {
    if (address != nullptr) munmap(address, bytes);
  }
  const std::uint8_t* data() const { return static_cast<const std::uint8_t*>(address); }
};

ProcessLog::ProcessLog() : header{} {}
ProcessLog::ProcessLog(ProcessLog&&) noexcept = default;
ProcessLog& ProcessLog::operator=(ProcessLog&&) noexcept = default;
ProcessLog::~ProcessLog() = default;

namespace {

constexpr std::uint64_t kMaximumChunkBytes = std::uint64_t{1} << 32;

std::string check_header(const raw::FileHeader& header) {
  if (std::memcmp(header.magic, raw::kMagic, sizeof(raw::kMagic)) != 0) {
    return "is not a raw log of Tulkki; remove it from the directory";
  }
  if (header.format_version != raw::kFormatVersion) {
    return "has raw log format " + std::to_string(header.format_version) + ", this tulkki reads format " +
           std::to_string(raw::kFormatVersion) + "; recover it with the version that recorded it";
  }
  if (header.table_hash != kApiTableHash) {
    return "was recorded with another MPI procedure table; recover it with the tulkki that recorded it";
  }
  if (header.header_bytes != raw::kFileHeaderBytes || header.chunk_bytes <= sizeof(raw::ChunkHeader) ||
      header.chunk_bytes % 8 != 0 || header.chunk_bytes > kMaximumChunkBytes) {
    return "has a damaged header (impossible sizes); nothing can be read from it";
  }
  return {};
}

struct FoundChunk {
  raw::ChunkHeader header;
  std::span<const std::uint8_t> payload;
};

// Reads chunks of one file into a ProcessLog.
class LogReader {
 public:
  LogReader(ProcessLog& log, std::span<const std::uint8_t> file) : log_(log), file_(file) {}

  void read() {
    find_chunks();
    std::stable_sort(chunks_.begin(), chunks_.end(), [](const FoundChunk& a, const FoundChunk& b) {
      if (a.header.thread != b.header.thread) return a.header.thread < b.header.thread;
      return a.header.sequence < b.header.sequence;
    });
    for (const FoundChunk& chunk : chunks_) {
      if (chunk.header.kind == raw::ChunkKind::definitions) read_definitions(chunk.payload);
    }
    for (const FoundChunk& chunk : chunks_)
      read_thread_chunk(chunk);
    for (ThreadLog& thread : log_.threads)
      number_blocks(thread);
    std::sort(log_.threads.begin(), log_.threads.end(),
              [](const ThreadLog& a, const ThreadLog& b) { return a.index < b.index; });
    std::stable_sort(log_.clocks.begin(), log_.clocks.end(),
                     [](const raw::ClockDefinition& a, const raw::ClockDefinition& b) { return a.ticks < b.ticks; });
  }

 private:
  void warn(const std::string& text) { log_.warnings.push_back(log_.path + ": " + text); }

  void find_chunks() {
    const std::uint64_t chunk_bytes = log_.header.chunk_bytes;
    std::uint64_t damaged = 0;
    for (std::uint64_t at = raw::kFileHeaderBytes; at < file_.size(); at += chunk_bytes) {
      const auto rest = file_.subspan(at);
      if (rest.size() < sizeof(raw::ChunkHeader)) {
        warn("the file ends inside a chunk's header; everything before it is used");
        break;
      }
      FoundChunk chunk;
      std::memcpy(&chunk.header, rest.data(), sizeof(chunk.header));
      if (chunk.header.kind == raw::ChunkKind::none) continue;
      if (!plausible(chunk.header)) {
        ++damaged;
        continue;
      }
      const std::uint64_t capacity = chunk_bytes - sizeof(raw::ChunkHeader);
      const std::uint64_t there = std::min<std::uint64_t>(capacity, rest.size() - sizeof(raw::ChunkHeader));
      if (chunk.header.used > there) {
        warn("the file ends inside a chunk; " + std::to_string(chunk.header.used - there) + " bytes are lost");
      }
      chunk.payload = rest.subspan(sizeof(raw::ChunkHeader), std::min(chunk.header.used, there));
      chunks_.push_back(chunk);
    }
    if (damaged != 0) {
      warn(std::to_string(damaged) + " damaged chunk(s) of " + std::to_string(chunk_bytes) +
           " bytes were left out; calls recorded there are lost");
    }
  }

  bool plausible(const raw::ChunkHeader& header) const {
    return header.magic == raw::kChunkMagic && header.kind <= raw::ChunkKind::histograms && header.sequence != 0 &&
           header.used <= log_.header.chunk_bytes - sizeof(raw::ChunkHeader);
  }

  ThreadLog& thread(std::uint32_t index) {
    for (ThreadLog& thread : log_.threads) {
      if (thread.index == index) return thread;
    }
    log_.threads.emplace_back().index = index;
    return log_.threads.back();
  }

  void read_thread_chunk(const FoundChunk& chunk) {
    if (chunk.header.kind == raw::ChunkKind::definitions) return;
    ThreadLog& owner = thread(chunk.header.thread);
    switch (chunk.header.kind) {
      case raw::ChunkKind::events:
        if (!owner.events.empty() && owner.events.back().header.sequence == chunk.header.sequence) {
          warn("two event chunks of thread " + std::to_string(owner.index) +
               " have the same number; the later one is left out");
        } else {
          owner.events.push_back({chunk.header, chunk.payload});
        }
        break;
      case raw::ChunkKind::keys:
        append(owner.keys, chunk, last_keys_[owner.index], "keys");
        break;
      case raw::ChunkKind::histograms:
        append(owner.histograms, chunk, last_histograms_[owner.index], "histograms");
        break;
      default:
        break;
    }
  }

  // In the file a chunk's header takes a number too; in ThreadLog blocks are numbered without holes.
  void number_blocks(ThreadLog& thread) const {
    const auto places = static_cast<std::uint32_t>(log_.header.chunk_bytes / sizeof(raw::HistogramBlock));
    for (raw::KeyRecord& key : thread.keys)
      for (std::uint32_t& block : key.octave_block)
        block -= block / places;
  }

  // Records are named by their number, so a lost chunk leaves a hole of empty records behind.
  template <class Record>
  void append(std::vector<Record>& records, const FoundChunk& chunk, std::uint32_t& last, const char* what) {
    const std::uint32_t sequence = chunk.header.sequence;
    if (sequence <= last) {
      warn(std::string("two chunks of ") + what + " have the same number; the later one is left out");
      return;
    }
    if (const std::uint64_t missing = sequence - last - 1; missing != 0) {
      warn(std::to_string(missing) + " chunk(s) of " + what + " of thread " + std::to_string(chunk.header.thread) +
           " are lost; the calls counted there are missing");
      // A number that the file cannot hold is damage, not a hole.
      if (missing > file_.size() / log_.header.chunk_bytes + chunks_.size()) return;
      const std::uint64_t capacity = (log_.header.chunk_bytes - sizeof(raw::ChunkHeader)) / sizeof(Record);
      records.resize(records.size() + missing * capacity);
    }
    last = sequence;
    const std::size_t count = chunk.payload.size() / sizeof(Record);
    const std::size_t first = records.size();
    records.resize(first + count);
    if (count != 0) std::memcpy(static_cast<void*>(&records[first]), chunk.payload.data(), count * sizeof(Record));
  }

  void read_definitions(std::span<const std::uint8_t> payload) {
    ByteCursor chunk(payload);
    while (chunk.left() >= sizeof(raw::DefinitionHeader)) {
      const auto head = chunk.fixed<raw::DefinitionHeader>();
      ByteCursor body(chunk.take(head.bytes));
      if (chunk.good()) read_definition(head.kind, body);
      if (!chunk.good() || !body.good()) {
        warn("a damaged definition; the rest of its chunk is left out");
        return;
      }
      chunk.take(std::min<std::size_t>(chunk.left(), (8 - head.bytes % 8) % 8));
    }
  }

  void read_definition(raw::DefinitionKind kind, ByteCursor& body) {
    switch (kind) {
      case raw::DefinitionKind::property: {
        std::string name = body.text();
        log_.properties[std::move(name)] = body.text();
        return;
      }
      case raw::DefinitionKind::thread: {
        const auto definition = body.fixed<raw::ThreadDefinition>();
        if (body.good()) thread(definition.thread).system_id = definition.system_id;
        return;
      }
      case raw::DefinitionKind::module:
        return read_module(body);
      case raw::DefinitionKind::site:
        return read_site(body);
      case raw::DefinitionKind::context:
        return read_context(body);
      case raw::DefinitionKind::context_name: {
        const auto context = body.fixed<std::uint32_t>();
        body.fixed<std::uint32_t>();
        if (auto found = log_.contexts.find(context); found != log_.contexts.end()) found->second.name = body.text();
        return;
      }
      case raw::DefinitionKind::context_freed: {
        const auto context = body.fixed<std::uint32_t>();
        body.fixed<std::uint32_t>();
        const auto ticks = body.fixed<std::uint64_t>();
        if (auto found = log_.contexts.find(context); found != log_.contexts.end()) found->second.freed_ticks = ticks;
        return;
      }
      case raw::DefinitionKind::clock: {
        const auto clock = body.fixed<raw::ClockDefinition>();
        if (body.good()) log_.clocks.push_back(clock);
        return;
      }
      case raw::DefinitionKind::topology:
        return read_topology(body);
    }
    warn("a definition of unknown kind " + std::to_string(static_cast<unsigned>(kind)) + " was left out");
  }

  void read_module(ByteCursor& body) {
    const auto definition = body.fixed<raw::ModuleDefinition>();
    if (!body.good()) return;
    Module& module = log_.modules[definition.module];
    const std::size_t id_bytes = std::min<std::size_t>(definition.build_id_bytes, sizeof(definition.build_id));
    module.build_id.assign(definition.build_id, definition.build_id + id_bytes);
    module.load_base = definition.load_base;
    module.text_begin = definition.text_begin;
    module.text_end = definition.text_end;
    module.path = body.text();
  }

  void read_site(ByteCursor& body) {
    const auto definition = body.fixed<raw::SiteDefinition>();
    std::vector<Frame> frames;
    for (std::uint32_t n = 0; n < definition.depth && body.good(); ++n) {
      const auto frame = body.fixed<raw::FrameDefinition>();
      if (body.good()) frames.push_back({frame.module, frame.address});
    }
    log_.sites[definition.site] = std::move(frames);
  }

  void read_context(ByteCursor& body) {
    const auto definition = body.fixed<raw::ContextDefinition>();
    if (!body.good()) return;
    Context& context = log_.contexts[definition.context];
    context.definition = definition;
    context.name = body.text();
  }

  void read_topology(ByteCursor& body) {
    const auto context = body.fixed<std::uint32_t>();
    const auto dimensions = body.fixed<std::uint32_t>();
    std::vector<std::pair<int, bool>> sizes;
    for (std::uint32_t n = 0; n < dimensions && body.good(); ++n) {
      const auto size = body.fixed<std::int32_t>();
      const auto periodic = body.fixed<std::int32_t>();
      if (body.good()) sizes.emplace_back(size, periodic != 0);
    }
    if (auto found = log_.contexts.find(context); found != log_.contexts.end()) {
      found->second.dimensions = std::move(sizes);
    }
  }

  ProcessLog& log_;
  std::span<const std::uint8_t> file_;
  std::vector<FoundChunk> chunks_;
  std::map<std::uint32_t, std::uint32_t> last_keys_;
  std::map<std::uint32_t, std::uint32_t> last_histograms_;
};

}  // namespace

Result<ProcessLog> ProcessLog::open(const std::string& path) {
  const auto failed = [&](const std::string& what) { return Error{path + ": cannot be read: " + what}; };
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return failed(std::strerror(errno));
  struct stat status {};
  const bool known = fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  if (!known || status.st_size < static_cast<off_t>(sizeof(raw::FileHeader))) {
    ::close(file);
    if (!known) return failed("not a regular file");
    return Error{path + ": is too short for a raw log (" + std::to_string(status.st_size) +
                 " bytes): the process ended before anything was recorded"};
  }
  ProcessLog log;
  log.path = path;
  log.mapping_ = std::make_unique<Mapping>();
  const auto bytes = static_cast<std::size_t>(status.st_size);
  void* address = mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, file, 0);
  const int mapping_error = errno;
  ::close(file);
  if (address == MAP_FAILED) return failed(std::strerror(mapping_error));
  log.mapping_->address = address;
  log.mapping_->bytes = bytes;

  std::memcpy(&log.header, address, sizeof(raw::FileHeader));
  if (const std::string defect = check_header(log.header); !defect.empty()) return Error{path + ": " + defect};
  log.header.run_id[sizeof(log.header.run_id) - 1] = '\0';
  log.header.host[sizeof(log.header.host) - 1] = '\0';
  LogReader(log, {log.mapping_->data(), bytes}).read();
  return log;
}

}  // namespace tulkki
