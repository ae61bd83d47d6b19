# SPDX-License-Identifier: Apache-2.0
"""What a trace weighs and what its conversion costs: bytes a call in the raw log and in OTF2, time and memory of
`tulkki recover`."""
import os
import pathlib
import struct
import subprocess
import tempfile
import time

from launch import LaunchError, raw_log_parent

FILE_HEADER_BYTES = 4096
CHUNK_KINDS = ("none", "definitions", "events", "keys", "histograms")


def raw_bytes(path):
    """Bytes used of each kind of chunk (storage/raw_format.h), and events that the recorder had to drop."""
    used = dict.fromkeys(CHUNK_KINDS, 0)
    with open(path, "rb") as file:
        header = file.read(FILE_HEADER_BYTES)
        chunk_bytes, = struct.unpack_from("<Q", header, 24)
        dropped, = struct.unpack_from("<Q", header, 184)
        size = os.fstat(file.fileno()).st_size
        for offset in range(FILE_HEADER_BYTES, size - 63, chunk_bytes):
            file.seek(offset)
            kind, chunk_used = struct.unpack_from("<4xI8xQ", file.read(64))
            used[CHUNK_KINDS[kind]] += chunk_used
    return used, size, dropped


def tree_bytes(folder, pattern):
    return sum(path.stat().st_size for path in pathlib.Path(folder).rglob(pattern) if path.is_file())


def recover(tulkki, run_directory):
    """Converts in an empty folder; returns wall seconds, CPU seconds, peak memory in KiB, bytes of OTF2 and SQLite."""
    with tempfile.TemporaryDirectory(prefix="tulkki-benchmark-", dir=raw_log_parent()) as folder:
        begin = time.monotonic()
        with open(os.path.join(folder, "output"), "wb") as output:
            process = subprocess.Popen([tulkki, "recover", "--db", "tulkki.db", "--trace-dir", "traces", run_directory],
                                       cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall_s = time.monotonic() - begin
        if process.returncode != 0:
            raise LaunchError(f"tulkki recover: exit code {process.returncode}\n"
                              + pathlib.Path(folder, "output").read_text(encoding="utf-8", errors="replace"))
        otf2 = sum(tree_bytes(folder, pattern) for pattern in ("*.otf2", "*.evt", "*.def"))
        return {"wall_s": wall_s, "cpu_s": usage.ru_utime + usage.ru_stime, "peak_memory_kib": usage.ru_maxrss,
                "otf2_bytes": otf2, "sqlite_bytes": tree_bytes(folder, "*.db")}


def measure(programs, tulkki, program, arguments, ranks):
    """One recorded launch of a benchmark program, weighed and converted."""
    found = {}

    def look(run_directory):
        logs = sorted(pathlib.Path(run_directory).glob("*.tulkki-raw"))
        if len(logs) != ranks:
            raise LaunchError(f"{len(logs)} raw logs in place of {ranks} in {run_directory}")
        weights = [raw_bytes(log) for log in logs]
        found["event_bytes"] = sum(used["events"] for used, _, _ in weights)
        found["file_bytes"] = sum(size for _, size, _ in weights)
        found["dropped"] = sum(dropped for _, _, dropped in weights)
        found.update(recover(tulkki, run_directory))

    values = programs.run(program, arguments, "trace", ranks, keep=look)
    # Rank 0 says how many calls it made; in the program of two ranks the other one makes as many.
    found["calls"] = ranks * sum(calls for _, calls in values.values())
    return found
