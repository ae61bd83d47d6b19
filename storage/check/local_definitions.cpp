// SPDX-License-Identifier: Apache-2.0
// Reads what each location defines for itself: tables that map its ids to global ones, and the offsets of its clock.
#include <fmt/format.h>

#include <memory>

#include "storage/check/definitions.h"

namespace tulkki::check {

namespace {

struct LocalReader {
  Location& location;
  const Definitions& definitions;
  Findings& findings;
  OTF2_MappingType mapping = 0;
  std::uint64_t last_time = 0;
};

void check_mapping(std::uint64_t local, std::uint64_t global, void* user) {
  static constexpr Table kTables[] = {Table::string,
                                      Table::attribute,
                                      Table::location,
                                      Table::region,
                                      Table::group,
                                      Table::metric,
                                      Table::comm,
                                      Table::parameter,
                                      Table::rma_win,
                                      Table::source_code_location,
                                      Table::calling_context,
                                      Table::interrupt_generator,
                                      Table::io_file,
                                      Table::io_handle,
                                      Table::location_group};
  LocalReader& self = *static_cast<LocalReader*>(user);
  if (self.mapping >= std::size(kTables)) return;
  const Table table = kTables[self.mapping];
  if (global == undefined_id(table) || self.definitions.has(table, global)) return;
  self.findings.add(Kind::dangling_reference, [&]() -> Example {
    return {{self.location.name},
            fmt::format("the mapping table turns {} {} into {}, which is not defined", name(table), local, global)};
  });
}

}  // namespace

bool read_local_definitions(OTF2_Reader* reader, Location& location, const Definitions& definitions,
                            Findings& findings) {
  OTF2_DefReader* file = OTF2_Reader_GetDefReader(reader, location.id);
  if (!file) return false;
  LocalReader local{location, definitions, findings};
  std::unique_ptr<OTF2_DefReaderCallbacks, decltype(&OTF2_DefReaderCallbacks_Delete)> callbacks(
      OTF2_DefReaderCallbacks_New(), &OTF2_DefReaderCallbacks_Delete);
  OTF2_DefReaderCallbacks_SetMappingTableCallback(
      callbacks.get(), [](void* user, OTF2_MappingType type, const OTF2_IdMap* map) -> OTF2_CallbackCode {
        static_cast<LocalReader*>(user)->mapping = type;
        OTF2_IdMap_Traverse(map, check_mapping, user);
        return OTF2_CALLBACK_SUCCESS;
      });
  OTF2_DefReaderCallbacks_SetClockOffsetCallback(
      callbacks.get(), [](void* user, OTF2_TimeStamp time, int64_t, double deviation_ticks) -> OTF2_CallbackCode {
        LocalReader& self = *static_cast<LocalReader*>(user);
        if (time < self.last_time) {
          self.findings.add(Kind::clock_offset, [&]() -> Example {
            return {{self.location.name, time}, "its clock offsets are not in order"};
          });
        }
        self.last_time = time;
        if (deviation_ticks > self.location.clock_deviation_ticks)
          self.location.clock_deviation_ticks = deviation_ticks;
        return OTF2_CALLBACK_SUCCESS;
      });
  OTF2_Reader_RegisterDefCallbacks(reader, file, callbacks.get(), &local);
  std::uint64_t read = 0;
  const OTF2_ErrorCode code = OTF2_Reader_ReadAllLocalDefinitions(reader, file, &read);
  OTF2_Reader_CloseDefReader(reader, file);
  return code == OTF2_SUCCESS;
}

}  // namespace tulkki::check
