// SPDX-License-Identifier: GPL-3.0-or-later
// File operations are few among the calls of a trace and take 32 bytes each here.
#include "viewer/model/io_over_time.h"

#include <algorithm>
#include <cmath>

#include "viewer/trace/index.h"

namespace tulkki {
namespace {

constexpr double kIndexShare = 0.8;  // of the time that a trace takes which has none yet

Result<std::shared_ptr<const trace::TraceStore>> open_index(const std::string& archive, const Work& work) {
  trace::OpenOptions options;
  options.cancel = work.cancel;
  options.progress = [&](const trace::IndexProgress& now) { work.go_on(now.fraction, now.phase); };
  return trace::open_trace(archive, options);
}

}  // namespace

Result<IoTrace> IoTrace::open(const std::string& archive, const Work& work) {
  const auto store = open_index(archive, work.piece(0.0, kIndexShare));
  if (!store) return store.error();
  const Work reading = work.piece(kIndexShare, 1.0);
  const trace::Definitions& model = (*store)->definitions();
  IoTrace io;
  std::vector<bool> is_file;
  for (const trace::Procedure& procedure : model.procedures) is_file.push_back(procedure.name.starts_with("MPI_File_"));
  for (const trace::Context& context : model.contexts) io.files_.push_back(context.kind == trace::ContextKind::file ? context.name : "");
  io.files_.emplace_back();  // of calls whose file is not known
  const auto unknown = static_cast<std::uint32_t>(io.files_.size() - 1);
  for (std::uint32_t location = 0; location < model.locations.size(); ++location) {
    for (std::size_t number = 0; number < (*store)->block_count(location); ++number) {
      const double share = static_cast<double>(number) / static_cast<double>((*store)->block_count(location));
      if (!reading.go_on((location + share) / static_cast<double>(model.locations.size()), "looking for file operations")) {
        return Error{archive + ": " + kWorkCancelled};
      }
      const trace::CallBlock block = (*store)->block(location, number);
      for (std::uint32_t n = 0; n < block.size(); ++n) {
        const trace::CallDetail& detail = block.detail(n);
        const std::uint64_t bytes = detail.bytes_sent + detail.bytes_received;
        if (bytes == 0 || detail.procedure >= is_file.size() || !is_file[detail.procedure]) continue;
        io.operations_.push_back({block.start_ns(n), block.end_ns(n), bytes, std::min(detail.context, unknown)});
      }
    }
  }
  return io;
}

bool IoTrace::is_of(const Operation& operation, const std::string& file) const {
  return file.empty() || files_[operation.file] == file;
}

double IoTrace::span_ns(const std::string& file) const {
  std::uint64_t first = UINT64_MAX, last = 0;
  for (const Operation& operation : operations_) {
    if (!is_of(operation, file)) continue;
    first = std::min(first, operation.start_ns);
    last = std::max(last, operation.end_ns);
  }
  return first < last ? static_cast<double>(last - first) : 0;
}

IoHistory IoTrace::history(const std::string& file, double step_ns) const {
  IoHistory history{step_ns, {}};
  std::uint64_t origin = UINT64_MAX;
  for (const Operation& operation : operations_) {
    if (is_of(operation, file)) origin = std::min(origin, operation.start_ns);
  }
  const double span = span_ns(file);
  if (!(step_ns > 0) || !(span > 0)) return history;
  constexpr double kMostSteps = 100'000;
  history.steps.resize(static_cast<std::size_t>(std::min(kMostSteps, std::floor(span / step_ns) + 1)));
  const auto last = history.steps.size() - 1;
  const auto step_at = [&](double ns) { return std::min(last, static_cast<std::size_t>(ns / step_ns)); };
  for (const Operation& operation : operations_) {
    if (!is_of(operation, file)) continue;
    const auto begin = static_cast<double>(operation.start_ns - origin);
    const double length = static_cast<double>(operation.end_ns) - static_cast<double>(operation.start_ns);
    const double end = begin + std::max(length, 0.0);
    for (std::size_t step = step_at(begin); step <= step_at(end); ++step) {
      const double from = std::max(begin, static_cast<double>(step) * step_ns);
      const double to = step == last ? end : std::min(end, static_cast<double>(step + 1) * step_ns);
      const double share = length > 0 ? std::max(0.0, to - from) / length : 1;
      history.steps[step].bytes += share * static_cast<double>(operation.bytes);
      history.steps[step].operations += share;
    }
  }
  return history;
}

}  // namespace tulkki
