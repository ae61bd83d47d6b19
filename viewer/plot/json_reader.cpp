// SPDX-License-Identifier: GPL-3.0-or-later
// Messages name the field by its path: "/style/width: is 3; ...".
#include "viewer/plot/json_reader.h"

#include <cmath>
#include <limits>

namespace tulkki::plot {

JsonReader::JsonReader(const Json& object, std::string path, std::string& error)
    : path_(std::move(path)), error_(error) {
  if (object.is_object()) object_ = &object;
  else fail("", "must be an object { }");
}

JsonReader::~JsonReader() {
  if (object_ == nullptr || !error_.empty()) return;
  for (const auto& [name, value] : object_->items()) {
    if (known_.contains(name)) continue;
    std::string known;
    for (const std::string& other : known_) known += (known.empty() ? "" : ", ") + other;
    fail(name, "there is no such field; the fields here are " + known);
    return;
  }
}

void JsonReader::fail(const std::string& name, const std::string& reason) {
  if (!error_.empty()) return;
  const std::string path = name.empty() ? path_ : path_ + "/" + name;
  error_ = (path.empty() ? "/" : path) + ": " + reason;
}

const nlohmann::json* JsonReader::take(const char* name) {
  known_.insert(name);
  if (object_ == nullptr || !error_.empty()) return nullptr;
  const auto found = object_->find(name);
  return found == object_->end() ? nullptr : &*found;
}

const nlohmann::json* JsonReader::any(const char* name) { return take(name); }

void JsonReader::text(const char* name, std::string& value) {
  const Json* field = take(name);
  if (field == nullptr) return;
  if (field->is_string()) value = field->get<std::string>();
  else fail(name, "must be a string in quotes");
}

void JsonReader::texts(const char* name, std::vector<std::string>& values) {
  const Json* field = take(name);
  if (field == nullptr) return;
  values.clear();
  if (!field->is_array()) return fail(name, "must be a list of strings");
  for (const Json& entry : *field) {
    if (!entry.is_string()) return fail(name, "must be a list of strings; it holds " + entry.dump());
    values.push_back(entry.get<std::string>());
  }
}

void JsonReader::boolean(const char* name, bool& value) {
  const Json* field = take(name);
  if (field == nullptr) return;
  if (field->is_boolean()) value = field->get<bool>();
  else fail(name, "must be true or false");
}

void JsonReader::integer(const char* name, int& value, int least, int greatest) {
  const Json* field = take(name);
  if (field == nullptr) return;
  const std::string range = std::to_string(least) + " to " + std::to_string(greatest);
  if (!field->is_number_integer()) return fail(name, "must be a whole number, " + range);
  const auto number = field->get<std::int64_t>();
  if (number < least || number > greatest) return fail(name, "is " + field->dump() + "; it can be " + range);
  value = static_cast<int>(number);
}

bool JsonReader::read_number(const Json& field, double& value) {
  if (field.is_null()) value = std::numeric_limits<double>::quiet_NaN();
  else if (field.is_number()) value = field.get<double>();
  else return false;
  return true;
}

void JsonReader::number(const char* name, double& value) {
  const Json* field = take(name);
  if (field != nullptr && !read_number(*field, value)) fail(name, "must be a number");
}

void JsonReader::number(const char* name, double& value, double least, double greatest) {
  const Json* field = take(name);
  if (field == nullptr) return;
  double read = 0;
  if (!field->is_number() || !read_number(*field, read)) return fail(name, "must be a number");
  if (!(read >= least && read <= greatest)) {
    return fail(name, "is " + field->dump() + "; it can be " + Json(least).dump() + " to " + Json(greatest).dump());
  }
  value = read;
}

void JsonReader::number(const char* name, std::optional<double>& value) {
  const Json* field = take(name);
  if (field == nullptr || field->is_null()) return;
  double read = 0;
  if (read_number(*field, read)) value = read;
  else fail(name, "must be a number");
}

void JsonReader::numbers(const char* name, std::vector<double>& values) {
  const Json* field = take(name);
  if (field == nullptr) return;
  values.clear();
  if (!field->is_array()) return fail(name, "must be a list of numbers");
  for (const Json& entry : *field) {
    double read = 0;
    if (!read_number(entry, read)) return fail(name, "must be a list of numbers; it holds " + entry.dump());
    values.push_back(read);
  }
}

}  // namespace tulkki::plot
