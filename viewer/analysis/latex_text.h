// SPDX-License-Identifier: Apache-2.0
// Words in a LaTeX document.
#pragma once

#include <string>
#include <string_view>

namespace tulkki {

// What LaTeX would take as its own, made plain.
std::string latex_text(std::string_view words);

}  // namespace tulkki
