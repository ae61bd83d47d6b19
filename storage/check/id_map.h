// SPDX-License-Identifier: Apache-2.0
// Ids of one kind of definition, each with a value: direct lookup for small ids, which nearly all are, a hash
// table for the rest.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tulkki::check {

template <class Value>
class IdMap {
 public:
  // False if the id was there already; the first value is kept.
  bool insert(std::uint64_t id, Value value) {
    if (contains(id)) return false;
    if (id < kDenseIds) {
      if (id >= dense_.size()) dense_.resize(id + 1 + id / 2, kAbsent);
      dense_[id] = static_cast<std::uint32_t>(values_.size());
    } else {
      sparse_.emplace(id, static_cast<std::uint32_t>(values_.size()));
    }
    values_.push_back(std::move(value));
    ids_.push_back(id);
    return true;
  }

  Value* find(std::uint64_t id) {
    if (id < dense_.size()) return dense_[id] == kAbsent ? nullptr : &values_[dense_[id]];
    if (sparse_.empty()) return nullptr;
    auto found = sparse_.find(id);
    return found == sparse_.end() ? nullptr : &values_[found->second];
  }
  const Value* find(std::uint64_t id) const { return const_cast<IdMap*>(this)->find(id); }
  bool contains(std::uint64_t id) const { return find(id) != nullptr; }

  template <class Visit>
  void for_each(Visit&& visit) const {
    for (std::size_t index = 0; index < values_.size(); ++index)
      visit(ids_[index], values_[index]);
  }

  std::size_t size() const { return values_.size(); }
  std::vector<Value>& values() { return values_; }  // in order of insertion
  const std::vector<Value>& values() const { return values_; }

 private:
  static constexpr std::uint64_t kDenseIds = 1 << 22;
  static constexpr std::uint32_t kAbsent = ~std::uint32_t{0};
  std::vector<std::uint32_t> dense_;
  std::unordered_map<std::uint64_t, std::uint32_t> sparse_;
  std::vector<Value> values_;
  std::vector<std::uint64_t> ids_;
};

}  // namespace tulkki::check
