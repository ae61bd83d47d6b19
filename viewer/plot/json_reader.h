// SPDX-License-Identifier: GPL-3.0-or-later
// Reads an object of a JSON file field by field. The first thing that is wrong is kept, with the path of its field;
// fields that nobody asked for are wrong, since they are typing errors.
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tulkki::plot {

template <class Value, std::size_t size>
using Names = std::array<std::pair<Value, std::string_view>, size>;

template <class Value, std::size_t size>
std::string name_of(const Names<Value, size>& names, Value value) {
  for (const auto& [known, name] : names) {
    if (known == value) return std::string(name);
  }
  return {};
}

class JsonReader {
 public:
  using Json = nlohmann::json;

  // `error` takes the first message; empty while all is well.
  JsonReader(const Json& object, std::string path, std::string& error);
  // Complains about fields that were not read.
  ~JsonReader();
  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;

  bool has(const char* name) const { return object_ != nullptr && object_->contains(name); }
  void text(const char* name, std::string& value);
  void texts(const char* name, std::vector<std::string>& values);
  void boolean(const char* name, bool& value);
  void integer(const char* name, int& value, int least, int greatest);
  void number(const char* name, double& value);  // null: NaN
  void number(const char* name, double& value, double least, double greatest);
  void number(const char* name, std::optional<double>& value);
  void numbers(const char* name, std::vector<double>& values);
  const Json* any(const char* name);  // nullptr: not there

  template <class Value, std::size_t size>
  void choice(const char* name, Value& value, const Names<Value, size>& names) {
    const Json* field = take(name);
    if (field == nullptr) return;
    std::string known;
    for (const auto& [candidate, candidate_name] : names) {
      if (field->is_string() && field->get_ref<const std::string&>() == candidate_name) {
        value = candidate;
        return;
      }
      known += (known.empty() ? "" : ", ") + std::string(candidate_name);
    }
    fail(name, "is " + field->dump() + "; it can be " + known);
  }

  // `read(JsonReader&)` for the object in a field, or for each object of an array.
  template <class Read>
  void object(const char* name, Read read) {
    if (const Json* field = take(name)) {
      JsonReader reader(*field, path_ + "/" + name, error_);
      read(reader);
    }
  }
  template <class Read>
  void objects(const char* name, Read read) {
    const Json* field = take(name);
    if (field == nullptr) return;
    if (!field->is_array()) return fail(name, "must be a list");
    for (std::size_t index = 0; index < field->size() && error_.empty(); ++index) {
      JsonReader reader((*field)[index], path_ + "/" + name + "/" + std::to_string(index), error_);
      read(reader);
    }
  }
  void fail(const std::string& name, const std::string& reason);

 private:
  const Json* take(const char* name);
  static bool read_number(const Json& field, double& value);
  const Json* object_ = nullptr;
  std::string path_;
  std::string& error_;
  std::set<std::string> known_;
};

}  // namespace tulkki::plot
