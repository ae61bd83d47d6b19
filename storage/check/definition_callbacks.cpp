// SPDX-License-Identifier: Apache-2.0
// One callback for each kind of global definition: says which id it defines and to which ids it refers.
#include "storage/check/definition_reader.h"

namespace tulkki::check {

namespace {

constexpr bool kRequired = true;

DefinitionReader& self_of(void* user) { return *static_cast<DefinitionReader*>(user); }

using Callbacks = OTF2_GlobalDefReaderCallbacks;
constexpr OTF2_CallbackCode kOk = OTF2_CALLBACK_SUCCESS;

void register_basics(Callbacks* callbacks) {
  OTF2_GlobalDefReaderCallbacks_SetClockPropertiesCallback(
      callbacks, [](void* user, uint64_t resolution, uint64_t offset, uint64_t length, uint64_t) {
        Definitions& definitions = self_of(user).definitions;
        definitions.has_clock = true;
        definitions.ticks_per_second = resolution;
        definitions.epoch_begin_ticks = offset;
        definitions.epoch_length_ticks = length;
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetParadigmCallback(
      callbacks, [](void* user, OTF2_Paradigm paradigm, OTF2_StringRef name, OTF2_ParadigmClass) {
        self_of(user).define("paradigm", Table::paradigm, paradigm);
        self_of(user).refer(Table::string, name, "name");
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetParadigmPropertyCallback(
      callbacks,
      [](void* user, OTF2_Paradigm paradigm, OTF2_ParadigmProperty, OTF2_Type type, OTF2_AttributeValue value) {
        self_of(user).annotate("paradigm property", Table::paradigm, paradigm);
        self_of(user).refer_value(type, value);
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetStringCallback(callbacks, [](void* user, OTF2_StringRef self, const char* text) {
    if (self_of(user).define("string", Table::string, self)) self_of(user).definitions.strings.insert(self, text);
    return kOk;
  });
  OTF2_GlobalDefReaderCallbacks_SetAttributeCallback(
      callbacks,
      [](void* user, OTF2_AttributeRef self, OTF2_StringRef name, OTF2_StringRef description, OTF2_Type type) {
        self_of(user).define("attribute", Table::attribute, self);
        self_of(user).refer(Table::string, name, "name");
        self_of(user).refer(Table::string, description, "description");
        self_of(user).definitions.attribute_type.insert(self, type);
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetParameterCallback(
      callbacks, [](void* user, OTF2_ParameterRef self, OTF2_StringRef name, OTF2_ParameterType) {
        self_of(user).define("parameter", Table::parameter, self);
        self_of(user).refer(Table::string, name, "name");
        return kOk;
      });
}

void register_system(Callbacks* callbacks) {
  OTF2_GlobalDefReaderCallbacks_SetSystemTreeNodeCallback(
      callbacks, [](void* user, OTF2_SystemTreeNodeRef self, OTF2_StringRef name, OTF2_StringRef class_name,
                    OTF2_SystemTreeNodeRef parent) {
        self_of(user).define("system tree node", Table::system_tree_node, self);
        self_of(user).refer(Table::string, name, "name", kRequired);
        self_of(user).refer(Table::string, class_name, "class name");
        self_of(user).refer(Table::system_tree_node, parent, "parent");
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetLocationGroupCallback(
      callbacks, [](void* user, OTF2_LocationGroupRef self, OTF2_StringRef name, OTF2_LocationGroupType,
                    OTF2_SystemTreeNodeRef node, OTF2_LocationGroupRef creator) {
        DefinitionReader& reader = self_of(user);
        if (reader.define("location group", Table::location_group, self)) {
          reader.definitions.processes.insert(self, {});
          reader.process_name.push_back(name);
        }
        reader.refer(Table::string, name, "name", kRequired);
        reader.refer(Table::system_tree_node, node, "system tree node", kRequired);
        reader.refer(Table::location_group, creator, "parent");
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetLocationCallback(
      callbacks, [](void* user, OTF2_LocationRef self, OTF2_StringRef name, OTF2_LocationType, uint64_t events,
                    OTF2_LocationGroupRef group) {
        DefinitionReader& reader = self_of(user);
        if (reader.define("location", Table::location, self)) {
          reader.definitions.locations.insert(self, {self, {}, events});
          reader.location_name.push_back(name);
          reader.location_group.push_back(group);
        }
        reader.refer(Table::string, name, "name", kRequired);
        reader.refer(Table::location_group, group, "location group", kRequired);
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetSystemTreeNodePropertyCallback(
      callbacks,
      [](void* user, OTF2_SystemTreeNodeRef node, OTF2_StringRef name, OTF2_Type type, OTF2_AttributeValue value) {
        self_of(user).annotate("system tree node property", Table::system_tree_node, node);
        self_of(user).refer(Table::string, name, "name", kRequired);
        self_of(user).refer_value(type, value);
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetSystemTreeNodeDomainCallback(
      callbacks, [](void* user, OTF2_SystemTreeNodeRef node, OTF2_SystemTreeDomain) {
        self_of(user).annotate("system tree node domain", Table::system_tree_node, node);
        return kOk;
      });
}

void register_properties(Callbacks* callbacks) {
  OTF2_GlobalDefReaderCallbacks_SetLocationGroupPropertyCallback(
      callbacks,
      [](void* user, OTF2_LocationGroupRef group, OTF2_StringRef name, OTF2_Type type, OTF2_AttributeValue value) {
        self_of(user).annotate("location group property", Table::location_group, group);
        self_of(user).refer(Table::string, name, "name", kRequired);
        self_of(user).refer_value(type, value);
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetLocationPropertyCallback(
      callbacks,
      [](void* user, OTF2_LocationRef location, OTF2_StringRef name, OTF2_Type type, OTF2_AttributeValue value) {
        self_of(user).annotate("location property", Table::location, location);
        self_of(user).refer(Table::string, name, "name", kRequired);
        self_of(user).refer_value(type, value);
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetCallingContextPropertyCallback(
      callbacks,
      [](void* user, OTF2_CallingContextRef context, OTF2_StringRef name, OTF2_Type type, OTF2_AttributeValue value) {
        self_of(user).annotate("calling context property", Table::calling_context, context);
        self_of(user).refer(Table::string, name, "name", kRequired);
        self_of(user).refer_value(type, value);
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetIoFilePropertyCallback(
      callbacks, [](void* user, OTF2_IoFileRef file, OTF2_StringRef name, OTF2_Type type, OTF2_AttributeValue value) {
        self_of(user).annotate("file property", Table::io_file, file);
        self_of(user).refer(Table::string, name, "name", kRequired);
        self_of(user).refer_value(type, value);
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetCallpathParameterCallback(
      callbacks, [](void* user, OTF2_CallpathRef callpath, OTF2_ParameterRef parameter, OTF2_Type type,
                    OTF2_AttributeValue value) {
        self_of(user).annotate("call path parameter", Table::callpath, callpath);
        self_of(user).refer(Table::parameter, parameter, "parameter", kRequired);
        self_of(user).refer_value(type, value);
        return kOk;
      });
}

void register_code(Callbacks* callbacks) {
  OTF2_GlobalDefReaderCallbacks_SetRegionCallback(
      callbacks,
      [](void* user, OTF2_RegionRef self, OTF2_StringRef name, OTF2_StringRef canonical, OTF2_StringRef description,
         OTF2_RegionRole, OTF2_Paradigm paradigm, OTF2_RegionFlag, OTF2_StringRef file, uint32_t, uint32_t) {
        DefinitionReader& reader = self_of(user);
        if (reader.define("region", Table::region, self)) reader.definitions.regions.insert(self, {name, {}});
        reader.refer(Table::string, name, "name", kRequired);
        reader.refer(Table::string, canonical, "canonical name");
        reader.refer(Table::string, description, "description");
        reader.refer(Table::string, file, "source file");
        reader.refer(Table::paradigm, paradigm, "paradigm");
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetCallsiteCallback(
      callbacks, [](void* user, OTF2_CallsiteRef self, OTF2_StringRef file, uint32_t, OTF2_RegionRef entered,
                    OTF2_RegionRef left) {
        self_of(user).define("call site", Table::callsite, self);
        self_of(user).refer(Table::string, file, "source file");
        self_of(user).refer(Table::region, entered, "entered region");
        self_of(user).refer(Table::region, left, "left region");
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetCallpathCallback(
      callbacks, [](void* user, OTF2_CallpathRef self, OTF2_CallpathRef parent, OTF2_RegionRef region) {
        self_of(user).define("call path", Table::callpath, self);
        self_of(user).refer(Table::callpath, parent, "parent");
        self_of(user).refer(Table::region, region, "region", kRequired);
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetSourceCodeLocationCallback(
      callbacks, [](void* user, OTF2_SourceCodeLocationRef self, OTF2_StringRef file, uint32_t) {
        self_of(user).define("source code location", Table::source_code_location, self);
        self_of(user).refer(Table::string, file, "file", kRequired);
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetCallingContextCallback(
      callbacks, [](void* user, OTF2_CallingContextRef self, OTF2_RegionRef region, OTF2_SourceCodeLocationRef code,
                    OTF2_CallingContextRef parent) {
        DefinitionReader& reader = self_of(user);
        reader.define("calling context", Table::calling_context, self);
        reader.definitions.calling_context_region.insert(self, region);
        reader.refer(Table::region, region, "region", kRequired);
        reader.refer(Table::source_code_location, code, "source code location");
        reader.refer(Table::calling_context, parent, "parent");
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetInterruptGeneratorCallback(
      callbacks, [](void* user, OTF2_InterruptGeneratorRef self, OTF2_StringRef name, OTF2_InterruptGeneratorMode,
                    OTF2_Base, int64_t, uint64_t) {
        self_of(user).define("interrupt generator", Table::interrupt_generator, self);
        self_of(user).refer(Table::string, name, "name");
        return kOk;
      });
}

void register_metrics(Callbacks* callbacks) {
  OTF2_GlobalDefReaderCallbacks_SetMetricMemberCallback(
      callbacks, [](void* user, OTF2_MetricMemberRef self, OTF2_StringRef name, OTF2_StringRef description,
                    OTF2_MetricType, OTF2_MetricMode, OTF2_Type, OTF2_Base, int64_t, OTF2_StringRef unit) {
        self_of(user).define("metric member", Table::metric_member, self);
        self_of(user).refer(Table::string, name, "name", kRequired);
        self_of(user).refer(Table::string, description, "description");
        self_of(user).refer(Table::string, unit, "unit");
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetMetricClassCallback(
      callbacks, [](void* user, OTF2_MetricRef self, uint8_t count, const OTF2_MetricMemberRef* members,
                    OTF2_MetricOccurrence, OTF2_RecorderKind) {
        self_of(user).define("metric class", Table::metric, self);
        for (uint8_t index = 0; index < count; ++index) {
          self_of(user).refer(Table::metric_member, members[index], "member", kRequired);
        }
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetMetricInstanceCallback(callbacks, [](void* user, OTF2_MetricRef self,
                                                                        OTF2_MetricRef metric_class,
                                                                        OTF2_LocationRef recorder,
                                                                        OTF2_MetricScope scope_kind, uint64_t scope) {
    static constexpr Table kScope[] = {Table::location, Table::location_group, Table::system_tree_node, Table::group};
    self_of(user).define("metric instance", Table::metric, self);
    self_of(user).refer(Table::metric, metric_class, "metric class", kRequired);
    self_of(user).refer(Table::location, recorder, "recorder");
    if (scope_kind < std::size(kScope)) self_of(user).refer(kScope[scope_kind], scope, "scope");
    return kOk;
  });
  OTF2_GlobalDefReaderCallbacks_SetMetricClassRecorderCallback(
      callbacks, [](void* user, OTF2_MetricRef metric, OTF2_LocationRef recorder) {
        self_of(user).annotate("metric class recorder", Table::metric, metric);
        self_of(user).refer(Table::location, recorder, "recorder", kRequired);
        return kOk;
      });
}

void register_communicators(Callbacks* callbacks) {
  OTF2_GlobalDefReaderCallbacks_SetGroupCallback(
      callbacks, [](void* user, OTF2_GroupRef self, OTF2_StringRef name, OTF2_GroupType type, OTF2_Paradigm paradigm,
                    OTF2_GroupFlag flags, uint32_t count, const uint64_t* members) {
        DefinitionReader& reader = self_of(user);
        const bool global_ranks = flags & OTF2_GROUP_FLAG_GLOBAL_MEMBERS;
        if (reader.define("group", Table::group, self)) {
          reader.definitions.groups.insert(
              self, {type, paradigm, global_ranks, std::vector<std::uint64_t>(members, members + count)});
        }
        reader.refer(Table::string, name, "name");
        reader.refer(Table::paradigm, paradigm, "paradigm");
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetCommCallback(
      callbacks, [](void* user, OTF2_CommRef self, OTF2_StringRef name, OTF2_GroupRef group, OTF2_CommRef parent,
                    OTF2_CommFlag flags) {
        DefinitionReader& reader = self_of(user);
        if (reader.define("communicator", Table::comm, self)) {
          Communicator comm{.id = self, .group_id = {group, OTF2_UNDEFINED_GROUP}};
          comm.has_life = flags & OTF2_COMM_FLAG_CREATE_DESTROY_EVENTS;
          reader.definitions.communicators.insert(self, std::move(comm));
          reader.comm_name.push_back(name);
        }
        reader.refer(Table::string, name, "name");
        reader.refer(Table::group, group, "group", kRequired);
        reader.refer(Table::comm, parent, "parent");
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetInterCommCallback(
      callbacks, [](void* user, OTF2_CommRef self, OTF2_StringRef name, OTF2_GroupRef first, OTF2_GroupRef second,
                    OTF2_CommRef common, OTF2_CommFlag flags) {
        DefinitionReader& reader = self_of(user);
        if (reader.define("intercommunicator", Table::comm, self)) {
          Communicator comm{.id = self, .inter = true, .group_id = {first, second}};
          comm.has_life = flags & OTF2_COMM_FLAG_CREATE_DESTROY_EVENTS;
          reader.definitions.communicators.insert(self, std::move(comm));
          reader.comm_name.push_back(name);
        }
        reader.refer(Table::string, name, "name");
        reader.refer(Table::group, first, "first group", kRequired);
        reader.refer(Table::group, second, "second group", kRequired);
        reader.refer(Table::comm, common, "parent");
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetRmaWinCallback(
      callbacks, [](void* user, OTF2_RmaWinRef self, OTF2_StringRef name, OTF2_CommRef comm, OTF2_RmaWinFlag flags) {
        DefinitionReader& reader = self_of(user);
        if (reader.define("window", Table::rma_win, self)) {
          const bool has_life = flags & OTF2_RMA_WIN_FLAG_CREATE_DESTROY_EVENTS;
          reader.definitions.windows.insert(self, {self, {}, comm, has_life});
          reader.window_name.push_back(name);
        }
        reader.refer(Table::string, name, "name");
        reader.refer(Table::comm, comm, "communicator", kRequired);
        return kOk;
      });
}

void register_topologies(Callbacks* callbacks) {
  OTF2_GlobalDefReaderCallbacks_SetCartDimensionCallback(
      callbacks, [](void* user, OTF2_CartDimensionRef self, OTF2_StringRef name, uint32_t, OTF2_CartPeriodicity) {
        self_of(user).define("Cartesian dimension", Table::cart_dimension, self);
        self_of(user).refer(Table::string, name, "name");
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetCartTopologyCallback(
      callbacks, [](void* user, OTF2_CartTopologyRef self, OTF2_StringRef name, OTF2_CommRef comm, uint8_t count,
                    const OTF2_CartDimensionRef* dimensions) {
        self_of(user).define("Cartesian topology", Table::cart_topology, self);
        self_of(user).refer(Table::string, name, "name");
        self_of(user).refer(Table::comm, comm, "communicator");
        for (uint8_t index = 0; index < count; ++index) {
          self_of(user).refer(Table::cart_dimension, dimensions[index], "dimension", kRequired);
        }
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetCartCoordinateCallback(
      callbacks, [](void* user, OTF2_CartTopologyRef topology, uint32_t, uint8_t, const uint32_t*) {
        self_of(user).annotate("Cartesian coordinate", Table::cart_topology, topology);
        return kOk;
      });
}

OTF2_CallbackCode define_file(void* user, OTF2_IoFileRef self, OTF2_StringRef name, OTF2_SystemTreeNodeRef scope) {
  self_of(user).define("file", Table::io_file, self);
  self_of(user).refer(Table::string, name, "name", kRequired);
  self_of(user).refer(Table::system_tree_node, scope, "scope");
  return kOk;
}

void register_files(Callbacks* callbacks) {
  OTF2_GlobalDefReaderCallbacks_SetIoRegularFileCallback(callbacks, define_file);
  OTF2_GlobalDefReaderCallbacks_SetIoDirectoryCallback(callbacks, define_file);
  OTF2_GlobalDefReaderCallbacks_SetIoParadigmCallback(
      callbacks, [](void* user, OTF2_IoParadigmRef self, OTF2_StringRef identification, OTF2_StringRef name,
                    OTF2_IoParadigmClass, OTF2_IoParadigmFlag, uint8_t count, const OTF2_IoParadigmProperty*,
                    const OTF2_Type* types, const OTF2_AttributeValue* values) {
        self_of(user).define("file paradigm", Table::io_paradigm, self);
        self_of(user).refer(Table::string, identification, "identification", kRequired);
        self_of(user).refer(Table::string, name, "name");
        for (uint8_t index = 0; index < count; ++index)
          self_of(user).refer_value(types[index], values[index]);
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetIoHandleCallback(
      callbacks, [](void* user, OTF2_IoHandleRef self, OTF2_StringRef name, OTF2_IoFileRef file,
                    OTF2_IoParadigmRef paradigm, OTF2_IoHandleFlag flags, OTF2_CommRef comm, OTF2_IoHandleRef parent) {
        DefinitionReader& reader = self_of(user);
        if (reader.define("file handle", Table::io_handle, self)) {
          const bool open_at_start = flags & OTF2_IO_HANDLE_FLAG_PRE_CREATED;
          reader.definitions.io_handles.insert(self, {self, {}, open_at_start});
          reader.handle_name.push_back(name);
        }
        reader.refer(Table::string, name, "name");
        reader.refer(Table::io_file, file, "file");
        reader.refer(Table::io_paradigm, paradigm, "file paradigm", kRequired);
        reader.refer(Table::comm, comm, "communicator");
        reader.refer(Table::io_handle, parent, "parent");
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetIoPreCreatedHandleStateCallback(
      callbacks, [](void* user, OTF2_IoHandleRef handle, OTF2_IoAccessMode, OTF2_IoStatusFlag) {
        self_of(user).annotate("pre-created handle state", Table::io_handle, handle);
        return kOk;
      });
}

}  // namespace

void register_definition_callbacks(OTF2_GlobalDefReaderCallbacks* callbacks) {
  register_basics(callbacks);
  register_system(callbacks);
  register_properties(callbacks);
  register_code(callbacks);
  register_metrics(callbacks);
  register_communicators(callbacks);
  register_topologies(callbacks);
  register_files(callbacks);
}

}  // namespace tulkki::check
