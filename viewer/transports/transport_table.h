// SPDX-License-Identifier: Apache-2.0
// The transports that are known: those of scripts/mpi/transports.json, and the user's own lines in the same form.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "storage/result.h"

namespace tulkki {

// How one implementation is made to use one transport. docs/transports.md explains the fields.
struct Transport {
  std::string backend;  // openmpi | mpich | abi
  std::string device;   // "ch4:ucx": only for libraries that contain this text; empty: all
  std::string name;     // means the same for every backend
  std::string about;
  std::vector<std::pair<std::string, std::string>> variables;
  std::vector<std::string> needs;   // what must be on this machine
  std::vector<std::string> verify;  // what is checked in the running job
  std::string cannot;               // why it never works; empty: it may
};

// The user's file: `given`, else TULKKI_TRANSPORTS_FILE, else tulkki/transports.json below $XDG_CONFIG_HOME or ~/.config.
// Only the last may be missing. A line of the user's replaces ours of the same backend, device and name. Errors name
// file, line or entry, and field.
Result<std::vector<Transport>> load_transports(const std::string& given);

// Those that a library can have: of its backend, and of the device that it was built for.
std::vector<Transport> transports_of(const std::vector<Transport>& all, const std::string& backend,
                                     const std::string& library);

// Empty if nothing speaks against it here, else the reason. Looks at files only: whether messages really go that way is
// verified in each job. `library`: path of the MPI library.
std::string why_unavailable(const Transport& transport, const std::string& library);

}  // namespace tulkki
