# SPDX-License-Identifier: Apache-2.0
"""Reads what the tests compare from a profile database: the contract views, and the tables behind them."""

import collections
import os
import sqlite3


class Profile:
    """One run of a database."""

    def __init__(self, path):
        if not os.path.exists(path):
            raise AssertionError(f"there is no database {path}")
        self.connection = sqlite3.connect(path)

    def query(self, text, *values):
        return self.connection.execute(text, values).fetchall()

    def only_run(self):
        """The one run that the database must hold, as a dictionary of its table's columns."""
        cursor = self.connection.execute("SELECT * FROM run")
        rows = [dict(zip((column[0] for column in cursor.description), row)) for row in cursor]
        assert len(rows) == 1, f"the database holds {len(rows)} runs, not one"
        return rows[0]

    def ranks(self):
        return sorted(rank for (rank,) in self.query("SELECT rank FROM process"))

    def procedures(self, rank):
        """{procedure: (calls, bytes sent, bytes received, errors)}; all but the errors from the contract view."""
        errors = dict(
            self.query(
                "SELECT name, SUM(errors) FROM call JOIN procedure USING (procedure_id) WHERE rank = ? GROUP BY name",
                rank,
            )
        )
        rows = self.query("SELECT procedure, calls, bytes_sent, bytes_received FROM profile WHERE rank = ?", rank)
        return {name: (calls, sent, received, errors[name]) for name, calls, sent, received in rows}

    def by_peer(self, rank, procedures):
        """{(procedure, peer): (calls, bytes sent, bytes received)} where the peer is a rank."""
        rows = self.query(
            "SELECT name, peer, SUM(calls), SUM(bytes_sent), SUM(bytes_received) FROM call"
            " JOIN procedure USING (procedure_id) WHERE rank = ? AND peer >= 0 GROUP BY name, peer",
            rank,
        )
        return {(name, peer): tuple(numbers) for name, peer, *numbers in rows if name in procedures}

    def received_from(self, rank):
        """{true source: (messages, bytes)} over all procedures."""
        rows = self.query(
            "SELECT peer, SUM(messages_received), SUM(bytes_received) FROM call"
            " WHERE rank = ? AND peer >= 0 AND messages_received > 0 GROUP BY peer",
            rank,
        )
        return {peer: (messages, size) for peer, messages, size in rows}

    def matrix(self, kind):
        rows = self.query("SELECT source, destination, messages, bytes FROM matrix WHERE kind = ?", kind)
        return {(source, destination): (messages, size) for source, destination, messages, size in rows}

    def contexts(self):
        """How many contexts of each kind and member list there are, MPI_COMM_WORLD and MPI_COMM_SELF left out."""
        rows = self.query(
            "SELECT kind, members FROM context WHERE name NOT IN ('MPI_COMM_WORLD', 'MPI_COMM_SELF')"
        )
        return dict(collections.Counter(rows))

    def context_names(self):
        return {name for (name,) in self.query("SELECT name FROM context")}

    def stacks(self, procedure):
        """Call sites of a procedure, frames innermost first."""
        rows = self.query(
            "SELECT DISTINCT stack FROM call JOIN procedure USING (procedure_id) JOIN call_site USING (site_id)"
            " WHERE procedure.name = ? AND calls > 0",
            procedure,
        )
        return [stack.split("\n") for (stack,) in rows]

    def threads(self, rank):
        return self.query("SELECT COUNT(DISTINCT thread) FROM call WHERE rank = ? AND calls > 0", rank)[0][0]
