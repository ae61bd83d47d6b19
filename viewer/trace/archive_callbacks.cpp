// SPDX-License-Identifier: Apache-2.0
// One callback for each kind of global definition that the index uses; they collect, resolving comes later, since
// tools write definitions in any order.
#include <memory>

#include "viewer/trace/archive_definitions.h"

namespace tulkki::trace {

struct DefinitionCallbacks {
  using Callbacks = OTF2_GlobalDefReaderCallbacks;
  static constexpr OTF2_CallbackCode kOk = OTF2_CALLBACK_SUCCESS;
  static ArchiveDefinitions& self_of(void* user) { return *static_cast<ArchiveDefinitions*>(user); }

  static void register_basics(Callbacks* callbacks) {
    OTF2_GlobalDefReaderCallbacks_SetClockPropertiesCallback(
        callbacks, [](void* user, uint64_t resolution, uint64_t offset, uint64_t length, uint64_t realtime_ns) {
          ArchiveDefinitions& self = self_of(user);
          self.ticks_per_second = resolution;
          self.origin_ticks = offset;
          self.length_ticks = length;
          self.model.realtime_ns = realtime_ns == OTF2_UNDEFINED_TIMESTAMP ? 0 : realtime_ns;
          return kOk;
        });
    OTF2_GlobalDefReaderCallbacks_SetStringCallback(callbacks, [](void* user, OTF2_StringRef self, const char* text) {
      self_of(user).strings_.insert(self, text == nullptr ? "" : text);
      return kOk;
    });
    OTF2_GlobalDefReaderCallbacks_SetAttributeCallback(
        callbacks, [](void* user, OTF2_AttributeRef self, OTF2_StringRef name, OTF2_StringRef, OTF2_Type) {
          self_of(user).attributes_.insert(self, name);
          return kOk;
        });
    OTF2_GlobalDefReaderCallbacks_SetRegionCallback(
        callbacks, [](void* user, OTF2_RegionRef self, OTF2_StringRef name, OTF2_StringRef, OTF2_StringRef,
                      OTF2_RegionRole, OTF2_Paradigm paradigm, OTF2_RegionFlag, OTF2_StringRef, uint32_t, uint32_t) {
          self_of(user).regions_.insert(self, {name, paradigm});
          return kOk;
        });
    OTF2_GlobalDefReaderCallbacks_SetCallingContextCallback(
        callbacks, [](void* user, OTF2_CallingContextRef self, OTF2_RegionRef region, OTF2_SourceCodeLocationRef,
                      OTF2_CallingContextRef) {
          self_of(user).calling_contexts_.insert(self, region);
          return kOk;
        });
  }

  static void register_places(Callbacks* callbacks) {
    OTF2_GlobalDefReaderCallbacks_SetSystemTreeNodeCallback(
        callbacks, [](void* user, OTF2_SystemTreeNodeRef self, OTF2_StringRef name, OTF2_StringRef,
                      OTF2_SystemTreeNodeRef parent) {
          self_of(user).tree_.insert(self, {name, parent});
          return kOk;
        });
    OTF2_GlobalDefReaderCallbacks_SetSystemTreeNodeDomainCallback(
        callbacks, [](void* user, OTF2_SystemTreeNodeRef node, OTF2_SystemTreeDomain domain) {
          ArchiveDefinitions::TreeNode* found = self_of(user).tree_.find(node);
          if (found != nullptr && domain == OTF2_SYSTEM_TREE_DOMAIN_SHARED_MEMORY) found->host = true;
          return kOk;
        });
    OTF2_GlobalDefReaderCallbacks_SetLocationGroupCallback(
        callbacks, [](void* user, OTF2_LocationGroupRef self, OTF2_StringRef name, OTF2_LocationGroupType,
                      OTF2_SystemTreeNodeRef node, OTF2_LocationGroupRef) {
          self_of(user).processes_.insert(self, {self, name, node});
          return kOk;
        });
    OTF2_GlobalDefReaderCallbacks_SetLocationCallback(
        callbacks, [](void* user, OTF2_LocationRef self, OTF2_StringRef name, OTF2_LocationType type, uint64_t,
                      OTF2_LocationGroupRef process) {
          // Metric locations hold no calls.
          if (type != OTF2_LOCATION_TYPE_METRIC) self_of(user).places_.push_back({self, name, process});
          return kOk;
        });
  }

  static void register_contexts(Callbacks* callbacks) {
    OTF2_GlobalDefReaderCallbacks_SetGroupCallback(
        callbacks, [](void* user, OTF2_GroupRef self, OTF2_StringRef, OTF2_GroupType type, OTF2_Paradigm paradigm,
                      OTF2_GroupFlag flags, uint32_t count, const uint64_t* members) {
          self_of(user).groups_.insert(self, {type, paradigm, (flags & OTF2_GROUP_FLAG_GLOBAL_MEMBERS) != 0,
                                              std::vector<std::uint64_t>(members, members + count)});
          return kOk;
        });
    OTF2_GlobalDefReaderCallbacks_SetCommCallback(callbacks, [](void* user, OTF2_CommRef self, OTF2_StringRef name,
                                                                OTF2_GroupRef group, OTF2_CommRef, OTF2_CommFlag) {
      self_of(user).context_definitions_.push_back(
          {self, name, ContextKind::communicator, group, OTF2_UNDEFINED_GROUP, OTF2_UNDEFINED_COMM});
      return kOk;
    });
    OTF2_GlobalDefReaderCallbacks_SetInterCommCallback(
        callbacks, [](void* user, OTF2_CommRef self, OTF2_StringRef name, OTF2_GroupRef first, OTF2_GroupRef second,
                      OTF2_CommRef, OTF2_CommFlag) {
          self_of(user).context_definitions_.push_back(
              {self, name, ContextKind::communicator, first, second, OTF2_UNDEFINED_COMM});
          return kOk;
        });
    OTF2_GlobalDefReaderCallbacks_SetRmaWinCallback(
        callbacks, [](void* user, OTF2_RmaWinRef self, OTF2_StringRef name, OTF2_CommRef comm, OTF2_RmaWinFlag) {
          self_of(user).context_definitions_.push_back(
              {self, name, ContextKind::window, OTF2_UNDEFINED_GROUP, OTF2_UNDEFINED_GROUP, comm});
          return kOk;
        });
    OTF2_GlobalDefReaderCallbacks_SetIoHandleCallback(
        callbacks, [](void* user, OTF2_IoHandleRef self, OTF2_StringRef name, OTF2_IoFileRef, OTF2_IoParadigmRef,
                      OTF2_IoHandleFlag, OTF2_CommRef comm, OTF2_IoHandleRef) {
          self_of(user).context_definitions_.push_back(
              {self, name, ContextKind::file, OTF2_UNDEFINED_GROUP, OTF2_UNDEFINED_GROUP, comm});
          return kOk;
        });
  }
};

bool ArchiveDefinitions::read(OTF2_Reader* reader) {
  OTF2_GlobalDefReader* file = OTF2_Reader_GetGlobalDefReader(reader);
  if (file == nullptr) return false;
  const std::unique_ptr<OTF2_GlobalDefReaderCallbacks, decltype(&OTF2_GlobalDefReaderCallbacks_Delete)> callbacks(
      OTF2_GlobalDefReaderCallbacks_New(), &OTF2_GlobalDefReaderCallbacks_Delete);
  DefinitionCallbacks::register_basics(callbacks.get());
  DefinitionCallbacks::register_places(callbacks.get());
  DefinitionCallbacks::register_contexts(callbacks.get());
  OTF2_Reader_RegisterGlobalDefCallbacks(reader, file, callbacks.get(), this);
  std::uint64_t number = 0;
  const bool good = OTF2_Reader_ReadAllGlobalDefinitions(reader, file, &number) == OTF2_SUCCESS;
  OTF2_Reader_CloseGlobalDefReader(reader, file);
  if (!good) return false;
  resolve_regions();
  resolve_ranks();
  resolve_locations();
  resolve_contexts();
  return true;
}

}  // namespace tulkki::trace
