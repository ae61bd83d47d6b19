# SPDX-License-Identifier: Apache-2.0
"""Reads an OTF2 archive with the Python reader and with otf2-print, and counts what is in it by rank."""

import collections
import subprocess

import otf2
from otf2 import events as kinds
from otf2.enums import GroupType


class Trace:
    """Enters, point-to-point messages and collectives of an archive."""

    def __init__(self, anchor):
        self.enters = collections.Counter()  # (rank, region)
        self.sends = collections.Counter()  # (communicator, source, destination, tag, bytes)
        self.receives = collections.Counter()
        self.collective_bytes = collections.defaultdict(lambda: [0, 0])  # rank: sent, received
        self.events = 0
        self.depth = collections.Counter()
        with otf2.reader.open(anchor) as trace:
            self._find_ranks(trace.definitions)
            for location, event in trace.events:
                self.events += 1
                self._add(location, event)

    def _find_ranks(self, definitions):
        world = [group for group in definitions.groups if group.group_type == GroupType.COMM_LOCATIONS]
        assert len(world) == 1, f"{len(world)} groups of all locations, not one"
        self._rank_of_process = {location.group: rank for rank, location in enumerate(world[0].members)}

    def _rank(self, location):
        return self._rank_of_process[location.group]

    def _partner(self, location, communicator, number):
        """World rank of a member named by its number in the (other) group of a communicator."""
        if hasattr(communicator, "group"):
            group = communicator.group
        else:
            mine = self._rank(location)
            in_first = mine in (self._rank(member) for member in communicator.group_a.members)
            group = communicator.group_b if in_first else communicator.group_a
        if group.group_type == GroupType.COMM_SELF:
            assert number == 0, f"partner {number} on a communicator of one"
            return self._rank(location)
        return self._rank(group.members[number])

    def _add(self, location, event):
        rank = self._rank(location)
        if isinstance(event, kinds.Enter):
            self.enters[(rank, event.region.name)] += 1
            self.depth[location] += 1
        elif isinstance(event, kinds.Leave):
            self.depth[location] -= 1
        elif isinstance(event, (kinds.MpiSend, kinds.MpiIsend)):
            partner = self._partner(location, event.communicator, event.receiver)
            self.sends[(event.communicator, rank, partner, event.msg_tag, event.msg_length)] += 1
        elif isinstance(event, (kinds.MpiRecv, kinds.MpiIrecv)):
            partner = self._partner(location, event.communicator, event.sender)
            self.receives[(event.communicator, partner, rank, event.msg_tag, event.msg_length)] += 1
        elif isinstance(event, (kinds.MpiCollectiveEnd, kinds.NonBlockingCollectiveComplete)):
            self.collective_bytes[rank][0] += event.size_sent
            self.collective_bytes[rank][1] += event.size_received

    def unmatched(self):
        """Sends without a receive and receives without a send: source, destination, tag, bytes."""
        def describe(messages):
            return [(*key[1:], count) for key, count in messages.items()]

        return describe(self.sends - self.receives), describe(self.receives - self.sends)

    def matrix(self):
        cells = collections.defaultdict(lambda: [0, 0])
        for (_, source, destination, _, size), count in self.sends.items():
            cells[(source, destination)][0] += count
            cells[(source, destination)][1] += count * size
        return {pair: tuple(cell) for pair, cell in cells.items()}


def complaints(anchor):
    """What otf2-print has to say against the archive; empty if nothing."""
    process = subprocess.run(
        ["otf2-print", "-A", anchor],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        timeout=300,
        check=False,
    )
    code = f"otf2-print ended with exit code {process.returncode}\n" if process.returncode else ""
    return code + process.stderr.strip()
