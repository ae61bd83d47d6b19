# SPDX-License-Identifier: Apache-2.0
"""Writes the database that the tests of `tulkki compare` read: seven launches each of one program on Open MPI over
shared memory, on Open MPI over tcp and on MPICH, in random order; two launches that did not end well; and three
launches of another program.

Usage: compare_fixture.py SCHEMA DATABASE
"""
import random
import sys

from fixture import ALLREDUCE, INIT, RECV, SEND, WAITALL, Fixture, new_database

MPICH = dict(backend="mpich", backend_version="MPICH Version:\t4.0.2", front="openmpi", translated=1)
SERIES = {"shm": dict(transport="shm", transport_verified="btl vader"),
          "tcp": dict(transport="tcp", transport_verified="btl tcp"),
          "mpich": dict(transport="shm", transport_verified="posix segment", **MPICH)}
# Typical ns of a call, number of calls a rank.
COST = {"shm": (2_000, 60_000, 400), "tcp": (22_000, 250_000, 400), "mpich": (2_050, 62_000, 400)}


def launch(fixture, number, kind, noise):
    send_ns, allreduce_ns, calls = COST[kind]
    compute_ns = round(80_000_000 * noise)
    totals = []
    for rank in range(2):
        sends, large = fixture.durations(calls, send_ns * noise), fixture.durations(20, send_ns * noise * 30)
        receives = fixture.durations(calls, send_ns * noise * 1.5)
        reductions = fixture.durations(calls, allreduce_ns * noise)
        waits = fixture.durations(calls, 900 * noise)
        start = [20_000_000.0 * noise + rank * 100_000]
        fixture.call(number, rank, INIT, start)
        fixture.call(number, rank, SEND, sends, peer=1 - rank, size=1024, sent=1024 * calls, messages_sent=calls)
        fixture.call(number, rank, SEND, large, peer=1 - rank, size=1 << 20, sent=20 << 20, messages_sent=20)
        fixture.call(number, rank, RECV, receives, peer=1 - rank, size=1024, received=1024 * calls)
        fixture.call(number, rank, ALLREDUCE, reductions, size=8, sent=8 * calls, received=8 * calls)
        fixture.call(number, rank, WAITALL, waits)
        mpi_ns = sum(sends) + sum(large) + sum(receives) + sum(reductions) + sum(waits) + start[0]
        totals.append((round(compute_ns + mpi_ns), round(mpi_ns)))
    wall_ns = max(wall for wall, _ in totals) + 50_000
    fixture.run(number, label=kind, wall_ns=wall_ns, ranks=2, repetition=number, **SERIES[kind])
    fixture.database.execute("UPDATE run SET started_at = ? WHERE run_id = ?",
                             (f"2026-11-21T10:{number:02}:00.000Z", number))
    for rank, (wall, mpi) in enumerate(totals):
        fixture.process(number, rank, wall, mpi, 4 * calls + 21)


def main():
    schema, path = sys.argv[1:]
    database = new_database(schema, path)
    fixture = Fixture(database)
    order = [kind for kind in SERIES for _ in range(7)]
    random.Random(7).shuffle(order)
    for number, kind in enumerate(order, 1):
        launch(fixture, number, kind, 1 + fixture.random.random() * 0.01)
    fixture.run(22, label="shm", outcome="died", exit_code=139, ranks=2, **SERIES["shm"])
    fixture.run(23, label="tcp", outcome="finalized", exit_code=1, ranks=2, **SERIES["tcp"])
    for number in (24, 25, 26):
        fixture.run(number, label=f"other {number % 2}", program="/opt/other", arguments="other", ranks=2, wall_ns=10 ** 9 + number)
    database.commit()
    database.close()


if __name__ == "__main__":
    main()
