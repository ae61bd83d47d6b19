// SPDX-License-Identifier: Apache-2.0
// Shared by the two halves of reading global definitions: the callbacks collect records and references, the check
// resolves them when all are known.
#pragma once

#include <vector>

#include "storage/check/definitions.h"

namespace tulkki::check {

struct Reference {
  const char* owner_name;  // kind of the definition that refers
  Table owner_table;
  Table target;
  bool required;
  std::uint32_t sequence;  // position of the owner in the file
  std::uint64_t owner_id;
  std::uint64_t id;
  const char* field;
};

class DefinitionReader {
 public:
  DefinitionReader(Definitions& definitions, Findings& findings) : definitions(definitions), findings(findings) {}

  // Begins a definition with an id of its own; the refer() calls that follow belong to it.
  bool define(const char* owner_name, Table table, std::uint64_t id);
  // Begins a record that adds something to the definition `id`.
  void annotate(const char* owner_name, Table table, std::uint64_t id);
  void refer(Table target, std::uint64_t id, const char* field, bool required = false);
  void refer_value(OTF2_Type type, const OTF2_AttributeValue& value);

  // After the last record.
  void resolve();

  Definitions& definitions;
  Findings& findings;
  std::vector<std::uint64_t> location_name, location_group, process_name, comm_name, window_name, handle_name;

 private:
  void begin(const char* owner_name, Table table, std::uint64_t id);
  void check_references();
  void check_cycles();
  void resolve_names();
  void resolve_locations();
  void resolve_communicators();
  void check_group(std::uint64_t id, const Group& group);
  std::string text_of(std::uint64_t string_id, const char* fallback, std::uint64_t id) const;

  const char* owner_name_ = "";
  Table owner_table_ = Table::count;
  std::uint64_t owner_id_ = 0;
  std::uint32_t sequence_ = 0;
  std::vector<Reference> references_;
};

// Registers callbacks for every kind of definition; the user data is the DefinitionReader.
void register_definition_callbacks(OTF2_GlobalDefReaderCallbacks* callbacks);

}  // namespace tulkki::check
