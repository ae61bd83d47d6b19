// SPDX-License-Identifier: Apache-2.0
// From `--transport NAME` to the variables of a launch.
#pragma once

#include <string>
#include <vector>

#include "storage/result.h"
#include "viewer/cli/backend.h"
#include "viewer/cli/child.h"
#include "viewer/transports/transport_table.h"

namespace tulkki {

struct TransportChoice {
  std::string name = "default";
  Variables variables;       // of the implementation, TULKKI_TRANSPORT and TULKKI_TRANSPORT_CHECKS
  std::string obstacle;      // it exists, but not here: why; else empty
};

// Fails when this backend has no transport of that name, and says which it has.
Result<TransportChoice> choose_transport(const std::vector<Transport>& all, const std::string& name, const std::string& backend,
                                         const std::string& library);

// The library that messages end in: that of `backend` or the one below it by path, else the program's, else where one of this ABI is installed.
std::string library_of(const BackendChoice& backend, const ProgramFront& front);

}  // namespace tulkki
