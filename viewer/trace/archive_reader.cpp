// SPDX-License-Identifier: Apache-2.0
// Opening, and reading one location after the other.
#include "viewer/trace/archive_reader.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "viewer/trace/location_indexer.h"

namespace tulkki::trace {

namespace fs = std::filesystem;

namespace {

OTF2_ErrorCode keep_error(void* user, const char*, uint64_t, const char*, OTF2_ErrorCode code, const char* format,
                          va_list arguments) {
  char text[256] = "";
  if (format != nullptr && *format != '\0') std::vsnprintf(text, sizeof text, format, arguments);
  std::string& latest = *static_cast<std::string*>(user);
  latest = OTF2_Error_GetDescription(code);
  if (*text != '\0') latest += std::string(": ") + text;
  return code;
}

}  // namespace

Result<std::string> find_anchor(const std::string& archive) {
  std::error_code error;
  if (!fs::exists(archive, error)) return Error{archive + ": no such file or folder"};
  if (!fs::is_directory(archive, error)) return archive;
  std::string anchor;
  for (const fs::directory_entry& entry : fs::directory_iterator(archive, error)) {
    if (entry.path().extension() != ".otf2") continue;
    if (!anchor.empty()) return Error{archive + ": holds several *.otf2 files; name one of them"};
    anchor = entry.path().string();
  }
  if (error) return Error{archive + ": " + error.message()};
  if (anchor.empty()) return Error{archive + ": holds no *.otf2 file; name the anchor file of an OTF2 archive"};
  return anchor;
}

ArchiveReader::LatestError::LatestError() : previous(OTF2_Error_RegisterCallback(keep_error, &text)) {}
ArchiveReader::LatestError::~LatestError() { OTF2_Error_RegisterCallback(previous, nullptr); }

std::string ArchiveReader::LatestError::take() {
  std::string taken = text.empty() ? "the OTF2 library gave no reason" : text;
  text.clear();
  return taken;
}

Result<std::unique_ptr<ArchiveReader>> ArchiveReader::open(const std::string& anchor) {
  std::unique_ptr<ArchiveReader> self(new ArchiveReader);
  self->reader_ = OTF2_Reader_Open(anchor.c_str());
  if (self->reader_ == nullptr) {
    return Error{anchor + ": not a readable OTF2 archive (" + self->error_.take() +
                 "); give the anchor file *.otf2 that lies beside the archive's folder"};
  }
  OTF2_Reader_SetSerialCollectiveCallbacks(self->reader_);
  if (!self->definitions_.read(self->reader_)) {
    return Error{anchor + ": the definitions cannot be read (" + self->error_.take() +
                 "); the archive is incomplete or damaged"};
  }
  char* creator = nullptr;
  if (OTF2_Reader_GetCreator(self->reader_, &creator) == OTF2_SUCCESS && creator != nullptr) {
    self->definitions_.model.creator = creator;
    std::free(creator);
  }
  for (const std::uint64_t id : self->definitions_.location_ids)
    OTF2_Reader_SelectLocation(self->reader_, id);
  self->has_local_definitions_ = OTF2_Reader_OpenDefFiles(self->reader_) == OTF2_SUCCESS;
  if (OTF2_Reader_OpenEvtFiles(self->reader_) != OTF2_SUCCESS) {
    return Error{anchor + ": the event files cannot be opened (" + self->error_.take() +
                 "); the archive is incomplete or damaged"};
  }
  self->error_.text.clear();
  return self;
}

ArchiveReader::~ArchiveReader() {
  if (reader_ == nullptr) return;
  OTF2_Reader_CloseEvtFiles(reader_);
  if (has_local_definitions_) OTF2_Reader_CloseDefFiles(reader_);
  OTF2_Reader_Close(reader_);
}

void ArchiveReader::read_location(std::uint32_t location, LocationIndexer& indexer,
                                  const std::function<bool(std::uint64_t)>& go_on, std::string& note) {
  constexpr std::uint64_t kBatch = 1 << 18;
  const std::uint64_t id = definitions_.location_ids[location];
  const std::string& name = definitions_.model.locations[location].name;
  // Tables of local numbers and clock offsets: both are applied by the library once they were read.
  if (OTF2_DefReader* local = has_local_definitions_ ? OTF2_Reader_GetDefReader(reader_, id) : nullptr) {
    std::uint64_t number = 0;
    if (OTF2_Reader_ReadAllLocalDefinitions(reader_, local, &number) != OTF2_SUCCESS) {
      note = name + ": local definitions cannot be read (" + error_.take() + "); its clock may be off";
    }
    OTF2_Reader_CloseDefReader(reader_, local);
  }
  OTF2_EvtReader* events = OTF2_Reader_GetEvtReader(reader_, id);
  if (events == nullptr) {
    error_.text.clear();  // a location without events need not have a file
    return;
  }
  OTF2_EvtReader_ApplyMappingTables(events, true);
  OTF2_EvtReader_ApplyClockOffsets(events, true);
  const std::unique_ptr<OTF2_EvtReaderCallbacks, decltype(&OTF2_EvtReaderCallbacks_Delete)> callbacks(
      OTF2_EvtReaderCallbacks_New(), &OTF2_EvtReaderCallbacks_Delete);
  register_event_callbacks(callbacks.get());
  EventTarget target{&indexer, &definitions_};
  OTF2_Reader_RegisterEvtCallbacks(reader_, events, callbacks.get(), &target);
  std::uint64_t all = 0, number = 0;
  do {
    number = 0;
    const OTF2_ErrorCode code = OTF2_Reader_ReadLocalEvents(reader_, events, kBatch, &number);
    all += number;
    if (code != OTF2_SUCCESS) {
      note = name + ": only its first " + std::to_string(all) + " records can be read (" + error_.take() + ")";
      break;
    }
  } while (go_on(all) && number == kBatch);
  OTF2_Reader_CloseEvtReader(reader_, events);
  error_.text.clear();
}

}  // namespace tulkki::trace
