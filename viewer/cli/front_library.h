// SPDX-License-Identifier: Apache-2.0
// What is preloaded in the place of the MPI library that a translated program was linked to.
#pragma once

#include <string>
#include <vector>

#include "viewer/cli/program_front.h"

namespace tulkki {

// Paths of libraries that have the very names that the program needs: those that are installed beside `tulkki`
// (libtulkki.so), or copies of one that were given another name. A name for which there can be none is left out: the
// program then loads its own library, which is only slower.
std::vector<std::string> front_libraries(const std::string& tulkki, const ProgramFront& front);

}  // namespace tulkki
