// SPDX-License-Identifier: Apache-2.0
// The order of work: events process by process (each with only its own buffers in memory), clock offsets of each
// location, then the definitions, which need the counts.
#include "storage/trace_writer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "storage/communicators.h"
#include "storage/otf2_archive.h"
#include "storage/otf2_clock.h"
#include "storage/otf2_definitions.h"
#include "storage/otf2_events.h"
#include "storage/otf2_references.h"

namespace tulkki {

namespace {

class TraceWriter {
 public:
  TraceWriter(Otf2Archive& archive, std::span<const ProcessLog> processes, const TraceOptions& options)
      : archive_(archive), processes_(processes), options_(options), contexts_(processes), references_(contexts_) {}

  Result<TraceSummary> write() {
    summary_.anchor = archive_.anchor();
    summary_.warnings = contexts_.warnings();
    place_locations();
    describe();
    if (!write_events() || !write_offsets() || !write_definitions()) return archive_.failure();
    if (const Result<void> finished = archive_.finish(); !finished) return finished.error();
    summary_.bytes = archive_.bytes();
    if (options_.progress) options_.progress(1.0);
    return summary_;
  }

 private:
  // Locations in the order of ranks; those of a process lie side by side, in the order of its threads.
  void place_locations() {
    std::vector<int> process_of_rank(contexts_.size(), -1);
    for (std::size_t process = 0; process < processes_.size(); ++process) {
      process_of_rank[contexts_.rank(process)] = static_cast<int>(process);
      for (const ThreadLog& thread : processes_[process].threads) {
        for (const EventChunk& chunk : thread.events)
          total_bytes_ += chunk.bytes.size();
      }
    }
    for (int rank = 0; rank < contexts_.size(); ++rank) {
      const int process = process_of_rank[rank];
      const std::size_t first = locations_.size();
      if (process >= 0) {
        if (reference_ < 0) reference_ = process;
        for (const ThreadLog& thread : processes_[process].threads) {
          locations_.push_back({rank, process, thread.index, locations_.size() == first, 0});
        }
      }
      if (locations_.size() == first) locations_.push_back({rank, process, 0, true, 0});
    }
    reference_ = std::max(reference_, 0);
  }

  // Nothing depends on these two, so a failure here is left to show up in what follows.
  void describe() {
    const ProcessLog& log = processes_[reference_];
    OTF2_Archive_SetMachineName(archive_.get(), log.header.host);
    if (const auto program = log.properties.find("program"); program != log.properties.end()) {
      OTF2_Archive_SetDescription(archive_.get(), program->second.c_str());
    }
  }

  bool write_events() {
    if (OTF2_Archive_OpenEvtFiles(archive_.get()) != OTF2_SUCCESS) return false;
    for (std::size_t first = 0; first < locations_.size();) {
      std::size_t last = first + 1;
      while (last < locations_.size() && !locations_[last].main_thread)
        ++last;
      if (!write_process(first, last)) return false;
      first = last;
    }
    return OTF2_Archive_CloseEvtFiles(archive_.get()) == OTF2_SUCCESS;
  }

  bool write_process(std::size_t first, std::size_t last) {
    std::vector<OTF2_EvtWriter*> writers;
    for (std::size_t location = first; location < last; ++location) {
      writers.push_back(OTF2_Archive_GetEvtWriter(archive_.get(), location));
      if (writers.back() == nullptr) return false;
    }
    if (locations_[first].process >= 0 && !write_log(static_cast<std::size_t>(locations_[first].process), writers)) {
      return false;
    }
    for (std::size_t location = first; location < last; ++location) {
      OTF2_EvtWriter* writer = writers[location - first];
      if (OTF2_EvtWriter_GetNumberOfEvents(writer, &locations_[location].events) != OTF2_SUCCESS ||
          OTF2_Archive_CloseEvtWriter(archive_.get(), writer) != OTF2_SUCCESS) {
        return false;
      }
      summary_.events += locations_[location].events;
    }
    return true;
  }

  bool write_log(std::size_t process, const std::vector<OTF2_EvtWriter*>& writers) {
    const ProcessLog& log = processes_[process];
    ProcessEvents events(log, process, references_, options_);
    const bool good = events.write(writers, [&](std::uint64_t bytes) { report(finished_bytes_ + bytes); });
    for (const ThreadLog& thread : log.threads) {
      for (const EventChunk& chunk : thread.events)
        finished_bytes_ += chunk.bytes.size();
    }
    report(finished_bytes_);
    summary_.calls += events.calls();
    summary_.warnings.insert(summary_.warnings.end(), events.warnings().begin(), events.warnings().end());
    const bool any = events.first_ticks() <= events.last_ticks();
    const ProcessClock clock(processes_, process, static_cast<std::size_t>(reference_));
    const std::uint64_t begin = clock.to_reference(any ? events.first_ticks() : log.header.start_ticks);
    const std::uint64_t end = clock.to_reference(any ? events.last_ticks() : log.header.start_ticks);
    // Processes without events must not stretch the epoch: their header may be anything.
    if (any) {
      begin_ = std::min(begin_, begin);
      end_ = std::max(end_, end);
    }
    return good;
  }

  void report(std::uint64_t bytes) const {
    if (!options_.progress || total_bytes_ == 0) return;
    options_.progress(0.99 * std::min(1.0, static_cast<double>(bytes) / static_cast<double>(total_bytes_)));
  }

  bool write_offsets() {
    if (OTF2_Archive_OpenDefFiles(archive_.get()) != OTF2_SUCCESS) return false;
    for (std::size_t location = 0; location < locations_.size(); ++location) {
      OTF2_DefWriter* writer = OTF2_Archive_GetDefWriter(archive_.get(), location);
      if (writer == nullptr) return false;
      if (locations_[location].process >= 0) {
        const ProcessClock clock(processes_, static_cast<std::size_t>(locations_[location].process),
                                 static_cast<std::size_t>(reference_));
        for (const raw::ClockDefinition& offset : clock.offsets()) {
          if (OTF2_DefWriter_WriteClockOffset(writer, offset.ticks, offset.offset_ticks, offset.deviation_ticks) !=
              OTF2_SUCCESS) {
            return false;
          }
        }
      }
      if (OTF2_Archive_CloseDefWriter(archive_.get(), writer) != OTF2_SUCCESS) return false;
    }
    return OTF2_Archive_CloseDefFiles(archive_.get()) == OTF2_SUCCESS;
  }

  TraceClock epoch() const {
    const raw::FileHeader& reference = processes_[reference_].header;
    const double rate = ticks_per_second(reference);
    TraceClock clock;
    clock.ticks_per_second = static_cast<std::uint64_t>(std::llround(rate));
    clock.begin = begin_ <= end_ ? begin_ : reference.start_ticks;
    clock.length = begin_ <= end_ ? end_ - begin_ : 0;
    const double since_start = static_cast<double>(static_cast<std::int64_t>(clock.begin - reference.start_ticks));
    clock.realtime_ns = static_cast<std::uint64_t>(reference.start_realtime_ns) +
                        static_cast<std::uint64_t>(static_cast<std::int64_t>(since_start / rate * 1e9));
    return clock;
  }

  bool write_definitions() {
    OTF2_GlobalDefWriter* writer = OTF2_Archive_GetGlobalDefWriter(archive_.get());
    if (writer == nullptr) return false;
    Otf2Definitions definitions(writer, references_, processes_, locations_, options_.inter_comm_definitions);
    return definitions.write(epoch()) && OTF2_Archive_CloseGlobalDefWriter(archive_.get(), writer) == OTF2_SUCCESS;
  }

  Otf2Archive& archive_;
  std::span<const ProcessLog> processes_;
  const TraceOptions& options_;
  UnifiedContexts contexts_;
  Otf2References references_;
  std::vector<TraceLocation> locations_;
  int reference_ = -1;  // process whose clock is the trace's: that of the lowest rank with a log
  std::uint64_t total_bytes_ = 0;
  std::uint64_t finished_bytes_ = 0;
  std::uint64_t begin_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t end_ = 0;
  TraceSummary summary_;
};

}  // namespace

Result<TraceSummary> write_trace(const std::string& directory, std::span<const ProcessLog> processes,
                                 const TraceOptions& options) {
  if (processes.empty()) return Error{directory + ": no trace to write: there is no raw log that can be read"};
  Result<Otf2Archive> archive = Otf2Archive::create(directory, options.creator);
  if (!archive) return archive.error();
  // On the way out of an error the archive's destructor removes what was written.
  return TraceWriter(*archive, processes, options).write();
}

}  // namespace tulkki
