// SPDX-License-Identifier: Apache-2.0
// The table of defect kinds: name, severity and meaning of each.
#include "storage/check/findings.h"

namespace tulkki::check {

namespace {

constexpr Severity kError = Severity::error;
constexpr Severity kWarning = Severity::warning;

// In the order of Kind.
constexpr KindInfo kKinds[] = {
    {"unreadable", kError, "the OTF2 library could not read a part of the archive; what follows it was not checked"},
    {"archive-count", kError, "the numbers of locations or definitions in the anchor file are wrong"},
    {"missing-clock", kError, "no usable ClockProperties: times cannot be turned into seconds"},
    {"missing-paradigm", kError, "a paradigm (such as MPI) is used that no Paradigm record declares"},
    {"missing-comm-locations", kError, "communicator groups without the list of locations that they index"},
    {"duplicate-definition", kError, "two definitions have the same id: which one a reader uses is unclear"},
    {"dangling-reference", kError, "an id is used that no definition has"},
    {"definition-order", kWarning, "a definition refers to a later one; some readers warn or fail"},
    {"missing-value", kError, "a name or another required field of a definition is undefined"},
    {"bad-group", kError, "a group is of the wrong type, or its members lie outside what it indexes, or repeat"},
    {"tree-cycle", kError, "a parent chain of definitions leads back to itself"},
    {"clock-offset", kWarning, "clock offsets of a location are not in ascending order of time"},
    {"extra-file", kWarning, "an event file belongs to no defined location: its events are invisible"},
    {"event-count", kError, "a location does not hold as many events as its definition says"},
    {"time-decreases", kError, "an event is earlier than the one before it on the same location"},
    {"time-outside-epoch", kError, "an event lies outside the time range of ClockProperties"},
    {"missing-leave", kError, "a region was entered and never left"},
    {"leave-without-enter", kError, "a region is left that is not open"},
    {"outside-region", kWarning, "a communication event lies outside every region: no call can be blamed for it"},
    {"attribute-type", kError, "the type of an event's attribute differs from its definition"},
    {"unmatched-send", kError, "a message was sent and never received"},
    {"unmatched-receive", kError, "a message was received that nobody sent"},
    {"receive-longer", kError, "a receive got more bytes than its send gave"},
    {"receive-shorter", kWarning, "a receive got fewer bytes than its send gave (truncated?)"},
    {"receive-before-send", kError, "a receive completed before its send was called: clocks or matching are wrong"},
    {"ambiguous-order", kWarning,
     "a length or order defect where several threads share a channel, so pairs are a guess"},
    {"rank-out-of-range", kError, "a rank is not below the size of the communicator or window"},
    {"not-a-member", kError, "a process uses a communicator or window that it is not a member of"},
    {"communicator-life", kError, "a communicator with creation events is used before it exists or after it is gone"},
    {"request-reused", kError, "a request id is started again while it is live"},
    {"request-not-live", kError, "a request is completed, tested or cancelled that is not live"},
    {"request-wrong-kind", kError, "a request is completed as a different kind than it was started as"},
    {"request-open", kWarning, "a request was started and never completed, cancelled or freed"},
    {"collective-unpaired", kError, "begin and end of a collective do not alternate on a location"},
    {"collective-missing-member", kError, "a collective lacks some members of its communicator"},
    {"collective-operation", kError,
     "members disagree on which operation comes next; the rest of that communicator "
     "is not compared"},
    {"collective-root", kError, "members of one collective name different roots"},
    {"collective-too-early", kError, "a collective ended on one member before another one began that it depends on"},
    {"window-life", kError, "a window with creation events is used before it exists or after it is gone"},
    {"rma-not-started", kError, "a one-sided operation is completed that is not live"},
    {"rma-not-completed", kError, "a one-sided operation was never completed"},
    {"rma-id-reused", kError, "a matching id of a one-sided operation is used again while it is live"},
    {"rma-lock", kError, "locks and unlocks of a window do not pair"},
    {"file-handle-life", kError, "a file handle is used before it is opened or after it is closed"},
    {"file-handle-open", kWarning, "a file handle was opened and never closed"},
    {"io-not-begun", kError, "a file operation is completed that is not live"},
    {"io-not-completed", kError, "a file operation was begun and never completed"},
    {"io-id-reused", kError, "a matching id of a file operation is used again while it is live"},
    {"ends-inside", kWarning,
     "a process never reached MPI_Finalize or was recorded in part; what it left open is "
     "counted here, not as a defect"},
    {"not-checked", kWarning, "a part of the trace could not be checked, for the reason given"},
};
static_assert(std::size(kKinds) == std::size_t(Kind::count));

}  // namespace

const KindInfo& info(Kind kind) { return kKinds[std::size_t(kind)]; }

bool kind_by_name(const std::string& name, Kind* kind) {
  for (std::size_t index = 0; index < std::size(kKinds); ++index) {
    if (name == kKinds[index].name) {
      *kind = Kind(index);
      return true;
    }
  }
  return false;
}

}  // namespace tulkki::check
