// SPDX-License-Identifier: Apache-2.0
// The transport that was asked for (TULKKI_TRANSPORT): sets it where the command has not, and verifies at the end that
// messages went that way. What it looks for stands in scripts/mpi/transports.json.
#pragma once

namespace tulkki {

// Before the program's MPI starts. The backend must be known; sets variables of the environment.
[[gnu::cold]] void ask_for_transport();

// While MPI is still up: writes the properties transport_seen, and transport_verified or transport_unverified.
[[gnu::cold]] void verify_transport();

}  // namespace tulkki
