# SPDX-License-Identifier: Apache-2.0
"""Writes a database like that of the sweep in docs/compare.md: 24 launches of LAMMPS on two implementations and two
transports, with made-up numbers, so that the page's tables are made without the sweep.

Usage: melt_database.py SCHEMA DATABASE
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from fixture import INIT, SEND, Fixture, new_database  # noqa: E402

LAUNCHES, RANKS, SENDS = 24, 2, 400
SEND_NS = {("openmpi", "shm"): 9_000, ("openmpi", "tcp"): 12_000, ("mpich", "shm"): 9_000, ("mpich", "tcp"): 80_000}
LOOP_FACTOR = {("mpich", "shm"): 1.025}  # too little for six launches: the table asks for more


def launch(fixture, number, backend, transport):
    noise = 1 + 0.01 * (number * 7 % 5)
    wall_ns = round(1_900_000_000 * noise) + SENDS * SEND_NS[backend, transport] * 20
    fixture.run(number, label="melt", program="/usr/bin/lmp", arguments="lmp -in in.melt -log none", ranks=RANKS,
                backend=backend, backend_version="Open MPI v4.1.4" if backend == "openmpi" else "MPICH Version:\t4.0.2",
                front="openmpi", translated=int(backend == "mpich"), transport=transport, transport_verified=transport,
                wall_ns=wall_ns, repetition=1 + number // 4, started_at=f"2026-11-21T10:{number:02}:00.000Z")
    fixture.insert("measurement", run_id=number, workload="melt", bytes=0, metric="loop time", unit="s",
                   value=(wall_ns - 80_000_000) / 1e9 * LOOP_FACTOR.get((backend, transport), 1))
    for rank in range(RANKS):
        sends = fixture.durations(SENDS, SEND_NS[backend, transport] * noise * 20)
        fixture.call(number, rank, INIT, [20_000_000.0 * noise])
        fixture.call(number, rank, SEND, sends, peer=1 - rank, size=1024, sent=1024 * SENDS, messages_sent=SENDS)
        fixture.process(number, rank, wall_ns, round(sum(sends) + 20_000_000 * noise), SENDS + 1)


def main():
    database = new_database(*sys.argv[1:])
    fixture = Fixture(database)
    kinds = list(SEND_NS)
    for number in range(1, LAUNCHES + 1):
        launch(fixture, number, *kinds[number % 4])
    database.commit()
    database.close()


if __name__ == "__main__":
    main()
