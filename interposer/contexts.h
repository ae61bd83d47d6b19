// SPDX-License-Identifier: Apache-2.0
// Communicators, windows and files of this process, by handle. Each gets an identity that is equal on all members
// without a message: parent's identity, how many were made from it before, and who leads it. Cold code; every function
// takes g_process.mutex itself.
#pragma once

#include <cstdint>

#include "interposer/neighborhood.h"
#include "interposer/recorder.h"

namespace tulkki {

// Registers MPI_COMM_WORLD and MPI_COMM_SELF; call once, after MPI_Init.
[[gnu::cold]] void define_world();

// Number of a context in this process; 0 for null handles. An unknown handle (made by a procedure outside the
// standard, say) is registered on the spot.
[[gnu::cold]] std::uint32_t context_number(ContextClass kind, Word handle);

// A communicator was made from `parent` by all its members (a null `created` counts too: this process is in none).
[[gnu::cold]] std::uint32_t add_communicator(Word parent, Word created, Procedure procedure);
// One that only the members of the new group made, or two groups each without a parent; `tag` tells it from others that
// they make at the same time.
[[gnu::cold]] std::uint32_t add_group_communicator(Word parent, Word created, std::uint64_t tag, Procedure procedure);
// An intercommunicator with a group that `parent` does not hold.
[[gnu::cold]] std::uint32_t add_intercommunicator(Word parent, Word created, Procedure procedure);
[[gnu::cold]] std::uint32_t add_window(Word comm, Word window, Procedure procedure);
[[gnu::cold]] std::uint32_t add_file(Word comm, Word file, const char* name, Procedure procedure);

// To be called before the library frees the object: it may give the handle to another thread's new object at once. From
// here on the context, also in the requests that are under way on it, goes by the handle that is returned.
[[gnu::cold]] Word bury_context(ContextClass kind, Word handle);
// The library has freed the object, or refused to.
[[gnu::cold]] void forget_context(ContextClass kind, Word buried);
[[gnu::cold]] void revive_context(ContextClass kind, Word buried, Word handle);
[[gnu::cold]] void rename_context(ContextClass kind, Word handle, const char* name);

// Asked once for each communicator.
[[gnu::cold]] Neighborhood neighborhood(Word comm);

}  // namespace tulkki
