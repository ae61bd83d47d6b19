// SPDX-License-Identifier: Apache-2.0
// The MPI calls of an OTF2 archive, one location at a time: what was called, what with, and how long it took. For
// comparing traces of the same program, so that what a call was asked for becomes one number that is equal in both.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "storage/result.h"

namespace tulkki {

struct TraceCall {
  // Procedure, communicator (window, file), peer or root, tag, bytes; of a nonblocking receive as it completed. Of
  // calls that complete requests only the procedure: what they complete depends on timing.
  std::uint64_t key = 0;
  std::uint32_t procedure = 0;  // index into TraceCallReader::procedures()
  std::uint32_t site = 0;       // index into TraceCallReader::sites(); 0: unknown
  std::uint64_t start_ticks = 0;
  std::uint64_t duration_ticks = 0;
};

struct CallLocation {
  std::uint64_t id = 0;
  std::uint32_t rank = 0;    // of MPI_COMM_WORLD
  std::uint32_t thread = 0;  // in order of the archive
  std::uint64_t events = 0;  // as its definition says; 0: not said
};

class TraceCallReader {
 public:
  // Fails with a message that names the file where it is no OTF2 archive or its definitions cannot be read.
  static Result<TraceCallReader> open(const std::string& anchor);
  TraceCallReader(TraceCallReader&&) noexcept;
  ~TraceCallReader();

  const std::vector<CallLocation>& locations() const;  // ascending rank and thread
  const std::vector<std::string>& procedures() const;   // "MPI_Send"; regions of other names are not calls
  const std::vector<std::string>& sites() const;        // the first is empty
  double ns_per_tick() const;

  // Calls in the order in which they began. Those that never returned are left out. `go_on` is asked now and then, with
  // the number of events that were read; where it says false this fails with a message that ends with "cancelled".
  Result<std::vector<TraceCall>> read(const CallLocation& location,
                                      const std::function<bool(std::uint64_t events)>& go_on = nullptr);

 private:
  struct State;
  explicit TraceCallReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace tulkki
