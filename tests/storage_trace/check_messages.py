# SPDX-License-Identifier: Apache-2.0
"""Opens a trace with python3-otf2 and pairs its messages: prints unmatched ones, exit 1 if there are any.

Sends and receives of one communicator, source, destination and tag pair in order. The number after the file, if
given, is how many unmatched sends are expected (a receiver that was lost)."""
import collections
import sys
import warnings

import otf2

warnings.simplefilter("error")


def ranks(trace):
    """World rank of each location group."""
    for group in trace.definitions.groups:
        if group.group_type == otf2.GroupType.COMM_LOCATIONS:
            return {member.group: rank for rank, member in enumerate(group.members)}
    raise SystemExit("no COMM_LOCATIONS group")


def members(comm, own_rank, rank_of):
    """World ranks of a communicator, by rank in it, as `own_rank` sees it."""
    if comm.group.group_type == otf2.GroupType.COMM_SELF:
        return [own_rank]
    return [rank_of[member.group] for member in comm.group.members]


def main(path, expected):
    balance = collections.Counter()
    sent_bytes = collections.Counter()
    with otf2.reader.open(path) as trace:
        rank_of = ranks(trace)
        for location, event in trace.events:
            here = rank_of[location.group]
            kind = type(event).__name__
            if kind in ("MpiSend", "MpiIsend"):
                peer = members(event.communicator, here, rank_of)[event.receiver]
                key = (event.communicator.name, here, peer, event.msg_tag)
                balance[key] += 1
                sent_bytes[key] += event.msg_length
            elif kind in ("MpiRecv", "MpiIrecv"):
                peer = members(event.communicator, here, rank_of)[event.sender]
                key = (event.communicator.name, peer, here, event.msg_tag)
                balance[key] -= 1
                sent_bytes[key] -= event.msg_length
        locations = len(list(trace.definitions.locations))
    unmatched = {key: count for key, count in balance.items() if count != 0}
    short = {key: count for key, count in sent_bytes.items() if count != 0 and key not in unmatched}
    if short:
        print(f"bytes sent minus bytes received: {short}")
        return 1
    print(f"{locations} locations, {len(balance)} channels, {len(unmatched)} unmatched: {unmatched}")
    return 0 if sum(abs(count) for count in unmatched.values()) == expected else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0))
