# SPDX-License-Identifier: Apache-2.0
"""Writes the database that the tests of the command line read: made from storage/schema.sql, the same bytes of
content every time, so that outputs can be compared with golden files.

Usage: fixture.py SCHEMA DATABASE
"""
import random
import sqlite3
import sys


def histogram(durations_ns):
    """The encoding of docs/formats.md: pairs of varints (index delta, count), 64 steps an octave of picoseconds."""
    counts = {}
    for duration in durations_ns:
        picoseconds = max(1, round(duration * 1000))
        octave = picoseconds.bit_length() - 1
        step = (picoseconds << 6 >> octave) & 63
        index = 0 if octave == 0 else octave * 64 + step
        counts[index] = counts.get(index, 0) + 1
    encoded, previous = bytearray(), 0
    for index in sorted(counts):
        for value in (index - previous, counts[index]):
            while value >= 128:
                encoded.append(value & 127 | 128)
                value >>= 7
            encoded.append(value)
        previous = index
    return bytes(encoded)


def new_database(schema, path):
    with open(schema, encoding="utf-8") as stream:
        script = stream.read()
    database = sqlite3.connect(path)
    database.executescript(script)
    return database


class Fixture:
    def __init__(self, database):
        self.database = database
        self.random = random.Random(20261121)
        self.procedures = {}

    def insert(self, table, **values):
        marks = ", ".join("?" * len(values))
        cursor = self.database.execute(
            f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", list(values.values()))
        return cursor.lastrowid

    def run(self, number, **values):
        row = dict(
            run_id=number, launch=f"launch-{number}", program="/opt/example/bin/solver", arguments="./solver -in input",
            working_directory="/home/user", backend="openmpi",
            backend_version="Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4, repo rev: v4.1.4, May 26, 2022",
            backend_library="/usr/lib/x86_64-linux-gnu/libmpi.so.40", front="openmpi", translated=0,
            transport="default", ranks=4, nodes=1, thread_level="single", kernel="6.1.0", cpu="Example CPU",
            started_at=f"2026-11-21T10:0{number}:00.123Z", wall_ns=2_000_000_000, outcome="finalized", exit_code=0,
            own_cost_ns=18.25, clock_resolution_ns=8.5, tulkki_version="0.1.0")
        row.update(values)
        self.insert("run", **row)

    def process(self, run, rank, wall_ns, mpi_ns, calls, **values):
        row = dict(run_id=run, rank=rank, host=f"node{rank // 64}", process_id=1000 + rank, state="closed",
                   wall_ns=wall_ns, mpi_ns=mpi_ns, peak_memory_bytes=50_000_000 + 1_000_000 * rank,
                   user_cpu_ns=wall_ns - 5_000_000, system_cpu_ns=5_000_000, threads=1, calls=calls)
        row.update(values)
        self.insert("process", **row)

    def procedure(self, name, family):
        if name not in self.procedures:
            self.procedures[name] = self.insert("procedure", name=name, family=family)
        return self.procedures[name]

    def call(self, run, rank, procedure, durations, site=None, context=None, peer=-1, size=0, **values):
        sent, received = values.pop("sent", 0), values.pop("received", 0)
        row = dict(run_id=run, rank=rank, thread=0, procedure_id=self.procedure(*procedure), site_id=site,
                   context_id=context, peer=peer, size_class=size.bit_length(), calls=len(durations), errors=0,
                   time_ns=float(sum(durations)), min_ns=min(durations, default=None),
                   max_ns=max(durations, default=None), bytes_sent=sent, bytes_received=received, messages_sent=0,
                   messages_received=0, histogram=histogram(durations) if durations else None)
        row.update(values)
        self.insert("call", **row)

    def durations(self, count, typical_ns):
        return [round(typical_ns * (0.5 + self.random.random()), 1) for _ in range(count)]


SEND = ("MPI_Send", "point-to-point")
ISEND = ("MPI_Isend", "point-to-point")
RECV = ("MPI_Recv", "point-to-point")
WAITALL = ("MPI_Waitall", "completion")
ALLREDUCE = ("MPI_Allreduce", "collective")
INIT = ("MPI_Init", "environment")
WRITE = ("MPI_File_write_at", "I/O")


def four_ranks(fixture):
    """Run 1: every part of a report has something to show."""
    fixture.run(1, label="melt, \"quoted\"", trace_path="/home/user/tulkki-traces/solver-1/traces.otf2", events=5000,
                events_dropped=12, loss="the trace limit of 1 MiB a rank was reached")
    world = fixture.insert("context", context_id=1, run_id=1, kind="communicator", name="MPI_COMM_WORLD", size=4,
                           members="0-3", created_by="")
    split = fixture.insert("context", run_id=1, kind="communicator", name="", size=2, members="0,2",
                           created_by="MPI_Comm_split", parent_id=world)
    file = fixture.insert("context", run_id=1, kind="file", name="/scratch/out.dat", size=4, members="0-3",
                          created_by="MPI_File_open")
    sites = [fixture.insert("call_site", run_id=1, stack=stack) for stack in (
        "exchange_halo /home/user/solver/src/halo.cpp:120\nstep /home/user/solver/src/main.cpp:44",
        "reduce_energy /home/user/solver/src/energy.cpp:33", "libsolver.so+0x1a2b")]
    for rank in range(4):
        fixture.process(1, rank, 2_000_000_000, 300_000_000 + 50_000_000 * rank, 461)
        fixture.call(1, rank, INIT, [30_000_000.0])
        right = (rank + 1) % 4
        fixture.call(1, rank, SEND, fixture.durations(100, 2_000), sites[0], world, right, 4096, sent=409_600,
                     messages_sent=100)
        fixture.call(1, rank, ISEND, fixture.durations(50, 800), sites[0], world, right, 1 << 20, sent=50 << 20,
                     messages_sent=50)
        fixture.call(1, rank, RECV, fixture.durations(100, 20_000), sites[0], world, (rank - 1) % 4, 4096,
                     received=409_600, messages_received=100)
        fixture.call(1, rank, WAITALL, fixture.durations(50, 400_000), sites[0], world)
        fixture.call(1, rank, ALLREDUCE, fixture.durations(150, 900_000), sites[1], (world, split)[rank % 2], size=8, sent=1200,
                     received=1200)
        fixture.call(1, rank, WRITE, fixture.durations(10, 3_000_000), sites[2], file, size=65536, sent=655_360,
                     errors=rank // 3)
        fixture.insert("matrix", run_id=1, source=rank, destination=right, kind="point-to-point", messages=150,
                       bytes=409_600 + (50 << 20), time_ns=300_000.0)
        fixture.insert("matrix", run_id=1, source=rank, destination=0, kind="rma", messages=rank + 1,
                       bytes=64 * (rank + 1), time_ns=4_000.0)


def other_runs(fixture):
    # Run 2: one rank, no call, died. Run 3: a thousand ranks. Run 4: names that are long and not nice.
    fixture.run(2, ranks=1, outcome="died", exit_code=139, wall_ns=0, transport="default", trace_path="")
    fixture.process(2, 0, 0, 0, 0, state="died", user_cpu_ns=0)
    fixture.run(3, ranks=1000, nodes=16, label="large", repetition=2, backend="mpich",
                backend_version="MPICH Version:\t4.0.2", front="mpich", wall_ns=60_000_000_000, thread_level="multiple")
    for rank in range(1000):
        fixture.process(3, rank, 60_000_000_000, 10_000_000_000 + 3_000_000 * rank, 20_000)
        fixture.call(3, rank, ALLREDUCE, [500_000.0] * 20, peer=-1, size=1 << 24, sent=20 << 24, received=20 << 24,
                     calls=20_000, time_ns=1e10)
    name = "namespace_of_the_solver::detail::" * 6
    fixture.run(4, ranks=2, program="/a/very/long/path/" * 8 + "söldner", label="\033[31mred\nlabel " + "x" * 60,
                arguments="'" + "/a/very/long/path/" * 8 + "söldner' --option=" + "y" * 200, exit_code=None,
                outcome="aborted", transport_verified="btl vader")
    long_site = fixture.insert("call_site", run_id=4, stack=f"{name}exchange<std::vector<double>> /src/{'d/' * 80}halo.cpp:7")
    for rank in range(1):  # the other rank left no log
        fixture.process(4, rank, 2_000_000_000, 1_999_999_999, 12_345_678_901)
        fixture.call(4, rank, ("MPI_Neighbor_alltoallw_init_with_a_very_long_name_that_nobody_has_c", "neighborhood"),
                     [1e9], long_site, size=1 << 40, sent=1 << 40, calls=12_345_678_901, time_ns=1.9e9)


def main():
    schema, path = sys.argv[1:]
    database = new_database(schema, path)
    fixture = Fixture(database)
    four_ranks(fixture)
    other_runs(fixture)
    database.commit()
    database.close()


if __name__ == "__main__":
    main()
