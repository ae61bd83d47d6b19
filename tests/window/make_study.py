# SPDX-License-Identifier: Apache-2.0
"""Writes the database that the tests of the window read: six launches of a solver on each of two implementations, the
second slower in MPI_Allreduce, with sizes, call sites, a matrix and file operations; the same numbers every time.

Usage: make_study.py SCHEMA DATABASE
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
from fixture import Fixture, new_database  # noqa: E402

LAUNCHES, RANKS = 6, 4
SEND, WAITALL = ("MPI_Send", "point-to-point"), ("MPI_Waitall", "completion")
ALLREDUCE, WRITE = ("MPI_Allreduce", "collective"), ("MPI_File_write_at", "I/O")
SIZES = (8, 1024, 65_536)


def measurements(fixture, number, factors, slow):
    """As `tulkki bench` stores them: a workload with sizes, and one without."""
    wobble = 1 + 0.01 * ((number * 5) % 7)
    for size in SIZES:
        fixture.insert("measurement", run_id=number, workload="latency", bytes=size, metric="latency", unit="us",
                       value=(0.4 + size / 8000) * slow * wobble)
    fixture.insert("measurement", run_id=number, workload="sync", bytes=0, metric="throughput", unit="Mbit/s",
                   value=5000 / slow * wobble)
    fixture.insert("sweep_point", sweep_id=1, factors=factors, state="done", run_id=number)


def launch(fixture, number, backend, repetition):
    slow = 1.6 if backend == "mpich" else 1.0
    wobble = 1 + 0.01 * ((repetition * 7) % 5)
    factors = f'{{"backend":"{backend}","repetition":{repetition}}}'
    wall_ns = int((2_000_000_000 if backend == "openmpi" else 2_400_000_000) * wobble)
    version = "Open MPI v4.1.4" if backend == "openmpi" else "MPICH Version:\t4.0.2"
    fixture.run(number, label="study", backend=backend, backend_version=version, translated=int(backend == "mpich"),
                repetition=repetition, wall_ns=wall_ns, ranks=RANKS, trace_path="",
                started_at=f"2026-11-21T10:{number:02d}:00.000Z")
    measurements(fixture, number, factors, slow)
    site = fixture.insert("call_site", run_id=number, stack="exchange /nowhere/solver/halo.cpp:42\nmain /nowhere/solver/main.cpp:7")
    file = fixture.insert("context", run_id=number, kind="file", name="results.bin", created_by="MPI_File_open", size=RANKS,
                          members="0-3")
    for rank in range(RANKS):
        mpi_ns = int(wall_ns * (0.3 if backend == "openmpi" else 0.42))
        fixture.process(number, rank, wall_ns, mpi_ns, 1000)
        for power in range(21):
            size = 1 << power
            # Rendezvous from 64 KiB on.
            each = (400 + 0.3 * size / 8 + (20_000 if power >= 16 else 0)) * slow * wobble
            fixture.call(number, rank, SEND, [each * (1 + 0.05 * i) for i in range(20)], site, peer=(rank + 1) % RANKS,
                         size=size, sent=20 * size)
        fixture.call(number, rank, ALLREDUCE, [9_000_000 * slow * wobble] * 20, peer=-1, size=1024, sent=20_480, received=20_480)
        fixture.call(number, rank, WAITALL, [1_500_000 * wobble] * 40, site, peer=-1, size=0)
        fixture.call(number, rank, WRITE, [2_000_000 * wobble] * 10, site, file, peer=-1, size=65_536, sent=655_360)
        fixture.insert("matrix", run_id=number, source=rank, destination=(rank + 1) % RANKS, kind="point-to-point",
                       messages=420, bytes=20 * sum(1 << power for power in range(21)), time_ns=3_000_000.0 * slow)


def main():
    schema, path = sys.argv[1:]
    if os.path.exists(path):
        os.remove(path)
    database = new_database(schema, path)
    fixture = Fixture(database)
    fixture.insert("sweep", sweep_id=1, name="bench", seed=7, created_at="2026-11-21T10:00:00Z")
    number = 1
    for repetition in range(1, LAUNCHES + 1):
        for backend in ("openmpi", "mpich"):
            launch(fixture, number, backend, repetition)
            number += 1
    database.commit()
    database.close()


if __name__ == "__main__":
    main()
