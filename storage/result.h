// SPDX-License-Identifier: Apache-2.0
// A value or a message for the user. Errors below are values; they become an exit code or a dialog only on top.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace tulkki {

// What went wrong, where, and what to do about it, in one line.
struct Error {
  std::string message;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}
  Result(Error error) : state_(std::move(error)) {}

  explicit operator bool() const { return std::holds_alternative<T>(state_); }
  T& operator*() { return std::get<T>(state_); }
  const T& operator*() const { return std::get<T>(state_); }
  T* operator->() { return &std::get<T>(state_); }
  const T* operator->() const { return &std::get<T>(state_); }
  const std::string& message() const { return std::get<Error>(state_).message; }
  Error error() const { return std::get<Error>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  explicit operator bool() const { return !error_; }
  const std::string& message() const { return error_->message; }
  Error error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace tulkki
