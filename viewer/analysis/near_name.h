// SPDX-License-Identifier: Apache-2.0
// "did you mean": the one mechanism for commands, options and values that were not typed as they are called.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tulkki {

// ASCII letters only.
std::string lower_case(std::string_view text);

// The one of `known` that was probably meant; empty if none is near enough to be a typing error.
std::string near_name(std::string_view name, const std::vector<std::string>& known);

// "; did you mean 'tcp'?", or nothing.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& known);

// "there is no transport 'tpc'; did you mean 'tcp'?", or the list of what there is.
std::string no_such(std::string_view kind, std::string_view name, const std::vector<std::string>& known);

// For lists of other kinds of text.
template <class Texts>
std::vector<std::string> as_names(const Texts& texts) {
  return {std::begin(texts), std::end(texts)};
}

}  // namespace tulkki
