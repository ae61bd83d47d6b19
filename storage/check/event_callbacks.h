// SPDX-License-Identifier: Apache-2.0
// The dispatcher of events: one callback for each kind of event in OTF2 3.0, each hands over to the checks.
#pragma once

#include "storage/check/collective_check.h"
#include "storage/check/io_check.h"
#include "storage/check/message_check.h"
#include "storage/check/rma_check.h"
#include "storage/check/stack_check.h"

namespace tulkki::check {

struct EventChecks {
  EventChecks(const Definitions& definitions, Findings& findings)
      : trace(definitions, findings),
        stack(trace),
        requests(trace),
        messages(trace, stack, requests),
        collectives(trace, stack, requests),
        rma(trace),
        io(trace) {}

  // What every event is checked for; called once for each, before anything else.
  Moment begin_event(OTF2_LocationRef location, OTF2_TimeStamp time, const OTF2_AttributeList* attributes);
  // After the last event. `all_read`: nothing is known to be missing.
  void finish(bool all_read);

  Trace trace;
  StackCheck stack;
  RequestCheck requests;
  MessageCheck messages;
  CollectiveCheck collectives;
  RmaCheck rma;
  IoCheck io;
  std::uint64_t events = 0;

 private:
  void check_time(const Moment& at);
  void check_attributes(const Moment& at, const OTF2_AttributeList* attributes);
};

// The user data is the EventChecks.
void register_event_callbacks(OTF2_GlobalEvtReaderCallbacks* callbacks);

}  // namespace tulkki::check
