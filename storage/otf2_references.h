// SPDX-License-Identifier: Apache-2.0
// Numbers that events and definitions of one archive share: regions, strings, communicators, windows, files. They
// are global from the start, so no location needs a mapping table.
#pragma once

#include <otf2/otf2.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/communicators.h"
#include "tulkki/procedures.h"

namespace tulkki {

inline constexpr std::uint32_t kNoReference = OTF2_UNDEFINED_UINT32;

enum class TraceAttribute { call_site, repeated, error_code };

struct ContextReference {
  std::uint32_t reference = kNoReference;  // OTF2_CommRef, OTF2_RmaWinRef or OTF2_IoHandleRef by the context's kind
  bool created = false;                    // an event tells its creation ...
  bool destroyed = false;                  // ... or its end
};

class Otf2References {
 public:
  explicit Otf2References(const UnifiedContexts& contexts)
      : contexts_(contexts), regions_(procedure_count(), kNoReference) {
    for (const UnifiedContext& context : contexts.all()) {
      std::uint32_t& next = context.kind == raw::ContextKind::window ? windows_
                            : context.kind == raw::ContextKind::file ? files_
                                                                     : communicators_;
      references_.push_back({next++, false, false});
    }
  }

  const UnifiedContexts& contexts() const { return contexts_; }
  ContextReference& context(int unified) { return references_[unified]; }
  std::uint32_t communicators() const { return communicators_; }

  // Regions are numbered in the order of their first use: small numbers are short in the file.
  OTF2_RegionRef region(Procedure procedure) {
    OTF2_RegionRef& region = regions_[static_cast<std::size_t>(procedure)];
    if (region == kNoReference) {
      region = static_cast<OTF2_RegionRef>(used_.size());
      used_.push_back(procedure);
    }
    return region;
  }
  const std::vector<Procedure>& used_procedures() const { return used_; }

  OTF2_StringRef string(const std::string& text) {
    const auto [found, is_new] = string_numbers_.try_emplace(text, static_cast<OTF2_StringRef>(strings_.size()));
    if (is_new) strings_.push_back(&found->first);
    return found->second;
  }
  std::size_t string_count() const { return strings_.size(); }
  const std::string& string_at(std::size_t number) const { return *strings_[number]; }

  // Readers want attributes numbered without holes, so a number is given out at the first use.
  OTF2_AttributeRef attribute(TraceAttribute attribute) {
    const auto place = std::find(attributes_.begin(), attributes_.end(), attribute);
    if (place == attributes_.end()) {
      attributes_.push_back(attribute);
      return static_cast<OTF2_AttributeRef>(attributes_.size() - 1);
    }
    return static_cast<OTF2_AttributeRef>(place - attributes_.begin());
  }
  const std::vector<TraceAttribute>& used_attributes() const { return attributes_; }

 private:
  static std::size_t procedure_count() { return static_cast<std::size_t>(Procedure::count); }

  const UnifiedContexts& contexts_;
  std::vector<ContextReference> references_;
  std::uint32_t communicators_ = 0, windows_ = 0, files_ = 0;
  std::vector<OTF2_RegionRef> regions_;
  std::vector<Procedure> used_;
  std::vector<TraceAttribute> attributes_;
  std::unordered_map<std::string, OTF2_StringRef> string_numbers_;
  std::vector<const std::string*> strings_;
};

}  // namespace tulkki
