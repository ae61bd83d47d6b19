// SPDX-License-Identifier: Apache-2.0
// Opens an archive, reads its definitions and then its events in the order of time, and gathers what the checks found.
#include "storage/check/check.h"

#include <otf2/otf2.h>

#include <cstdarg>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "storage/check/event_callbacks.h"

namespace tulkki::check {

namespace {

namespace fs = std::filesystem;

// The library prints its errors unless told otherwise; here the latest one becomes part of a finding.
OTF2_ErrorCode keep_error(void* user, const char*, uint64_t, const char*, OTF2_ErrorCode code, const char* format,
                          va_list arguments) {
  char text[256] = "";
  if (format && *format) std::vsnprintf(text, sizeof text, format, arguments);
  std::string& latest = *static_cast<std::string*>(user);
  latest = OTF2_Error_GetDescription(code);
  if (*text) latest += std::string(": ") + text;
  return code;
}

class ErrorScope {
 public:
  ErrorScope() : previous_(OTF2_Error_RegisterCallback(keep_error, &text_)) {}
  ~ErrorScope() { OTF2_Error_RegisterCallback(previous_, nullptr); }
  std::string take() {
    std::string text = text_.empty() ? "the library gave no reason" : text_;
    text_.clear();
    return text;
  }

 private:
  std::string text_;
  OTF2_ErrorCallback previous_;
};

Result<std::string> find_anchor(const std::string& trace) {
  std::error_code error;
  if (!fs::exists(trace, error)) return Error{trace + ": no such file or directory"};
  if (!fs::is_directory(trace, error)) return trace;
  std::string anchor;
  for (const fs::directory_entry& entry : fs::directory_iterator(trace, error)) {
    if (entry.path().extension() != ".otf2") continue;
    if (!anchor.empty()) return Error{trace + ": holds several *.otf2 files; name the one to check"};
    anchor = entry.path().string();
  }
  if (error) return Error{trace + ": " + error.message()};
  if (anchor.empty()) return Error{trace + ": holds no *.otf2 file; is it the directory of an OTF2 archive?"};
  return anchor;
}

std::string text_property(OTF2_Reader* reader, OTF2_ErrorCode (*get)(OTF2_Reader*, char**)) {
  char* text = nullptr;
  if (get(reader, &text) != OTF2_SUCCESS || !text) return {};
  std::string copy = text;
  std::free(text);
  return copy;
}

class Check {
 public:
  Check(std::string anchor, const Options& options) : options_(options), findings_(options.max_examples) {
    report_.anchor = std::move(anchor);
  }
  ~Check() {
    if (reader_) OTF2_Reader_Close(reader_);
  }
  Result<Report> run();

 private:
  void unreadable(const std::string& location, const std::string& text) {
    all_read_ = false;
    findings_.add(Kind::unreadable, [&]() -> Example { return {{location}, text}; });
  }
  void compare_with_anchor();
  void find_extra_files();
  void open_locations();
  void read_events(EventChecks& checks);
  void name_damaged_locations();

  const Options& options_;
  Findings findings_;
  Definitions definitions_;
  Report report_;
  ErrorScope error_;
  OTF2_Reader* reader_ = nullptr;
  bool all_read_ = true;
};

void Check::compare_with_anchor() {
  const auto compare = [&](const char* what, std::uint64_t promised, std::uint64_t found) {
    if (promised == found) return;
    findings_.add(Kind::archive_count, [&]() -> Example {
      return {{}, fmt::format("the anchor file says {} {}, there are {}", promised, what, found)};
    });
  };
  std::uint64_t promised = 0;
  if (OTF2_Reader_GetNumberOfLocations(reader_, &promised) == OTF2_SUCCESS) {
    compare("locations", promised, definitions_.locations.size());
  }
  if (OTF2_Reader_GetNumberOfGlobalDefinitions(reader_, &promised) == OTF2_SUCCESS) {
    compare("global definitions", promised, definitions_.read);
  }
}

void Check::find_extra_files() {
  fs::path directory = report_.anchor;
  directory.replace_extension();
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, error)) {
    if (entry.path().extension() != ".evt") continue;
    const std::string stem = entry.path().stem().string();
    if (stem.empty() || stem.find_first_not_of("0123456789") != std::string::npos) continue;
    if (definitions_.locations.contains(std::strtoull(stem.c_str(), nullptr, 10))) continue;
    findings_.add(Kind::extra_file, [&]() -> Example { return {{}, entry.path().string()}; });
  }
}

void Check::open_locations() {
  for (const Location& location : definitions_.locations.values())
    OTF2_Reader_SelectLocation(reader_, location.id);
  // Archives without local definitions have no such files; that is no defect.
  if (OTF2_Reader_OpenDefFiles(reader_) == OTF2_SUCCESS) {
    for (Location& location : definitions_.locations.values()) {
      if (!read_local_definitions(reader_, location, definitions_, findings_)) {
        unreadable(location.name, "local definitions: " + error_.take());
      }
    }
    OTF2_Reader_CloseDefFiles(reader_);
  }
  error_.take();
  if (OTF2_Reader_OpenEvtFiles(reader_) != OTF2_SUCCESS) unreadable({}, "event files: " + error_.take());
  for (const Location& location : definitions_.locations.values()) {
    if (!OTF2_Reader_GetEvtReader(reader_, location.id) && location.number_of_events != 0) {
      unreadable(location.name, fmt::format("event file of location {}: {}", location.id, error_.take()));
    }
  }
}

void Check::read_events(EventChecks& checks) {
  OTF2_GlobalEvtReader* events = OTF2_Reader_GetGlobalEvtReader(reader_);
  if (!events) return unreadable({}, "events: " + error_.take());
  std::unique_ptr<OTF2_GlobalEvtReaderCallbacks, decltype(&OTF2_GlobalEvtReaderCallbacks_Delete)> callbacks(
      OTF2_GlobalEvtReaderCallbacks_New(), &OTF2_GlobalEvtReaderCallbacks_Delete);
  register_event_callbacks(callbacks.get());
  OTF2_Reader_RegisterGlobalEvtCallbacks(reader_, events, callbacks.get(), &checks);
  constexpr std::uint64_t kBatch = 1 << 20;
  std::uint64_t read = 0;
  do {
    if (OTF2_Reader_ReadGlobalEvents(reader_, events, kBatch, &read) != OTF2_SUCCESS) {
      unreadable({}, fmt::format("events, after {} of them: {}", checks.events, error_.take()));
      name_damaged_locations();
      break;
    }
    if (options_.progress) options_.progress(checks.events);
  } while (read == kBatch);
  OTF2_Reader_CloseGlobalEvtReader(reader_, events);
}

// The global reader does not say which file it stumbled over: read each by itself.
void Check::name_damaged_locations() {
  std::unique_ptr<OTF2_EvtReaderCallbacks, decltype(&OTF2_EvtReaderCallbacks_Delete)> callbacks(
      OTF2_EvtReaderCallbacks_New(), &OTF2_EvtReaderCallbacks_Delete);
  for (const Location& location : definitions_.locations.values()) {
    OTF2_EvtReader* events = OTF2_Reader_GetEvtReader(reader_, location.id);
    if (!events) continue;
    OTF2_Reader_RegisterEvtCallbacks(reader_, events, callbacks.get(), nullptr);
    std::uint64_t read = 0;
    if (OTF2_Reader_ReadAllLocalEvents(reader_, events, &read) == OTF2_SUCCESS) continue;
    unreadable(location.name, fmt::format("event file of location {}: {}", location.id, error_.take()));
  }
}

Result<Report> Check::run() {
  reader_ = OTF2_Reader_Open(report_.anchor.c_str());
  if (!reader_) {
    return Error{report_.anchor + ": not a readable OTF2 archive (" + error_.take() +
                 "); give the anchor file *.otf2 that lies beside the archive's directory"};
  }
  OTF2_Reader_SetSerialCollectiveCallbacks(reader_);
  report_.creator = text_property(reader_, OTF2_Reader_GetCreator);
  if (!read_global_definitions(reader_, definitions_, findings_)) {
    return Error{report_.anchor + ": global definitions cannot be read (" + error_.take() +
                 "); the archive is incomplete or damaged"};
  }
  compare_with_anchor();
  find_extra_files();
  open_locations();
  EventChecks checks(definitions_, findings_);
  if (definitions_.locations.size() != 0) read_events(checks);
  checks.finish(all_read_);
  report_.locations = definitions_.locations.size();
  report_.definitions = definitions_.read;
  report_.events = checks.events;
  report_.messages = checks.messages.matched();
  report_.collectives = checks.collectives.complete();
  report_.ticks_per_second = definitions_.ticks_per_second;
  report_.epoch_begin_ticks = definitions_.epoch_begin_ticks;
  report_.findings = findings_.take();
  return std::move(report_);
}

}  // namespace

Result<Report> check_trace(const std::string& trace, const Options& options) {
  Result<std::string> anchor = find_anchor(trace);
  if (!anchor) return anchor.error();
  return Check(*anchor, options).run();
}

}  // namespace tulkki::check
