# SPDX-License-Identifier: Apache-2.0
"""Budgets (docs/performance.md) and the printed tables: each measured figure beside its budget and its floor."""

LABELS = {
    "comm_rank": "Comm_rank",
    "send_recv_null": "Send, Recv to PROC_NULL",
    "isend_irecv_waitall": "Isend, Irecv, Waitall self",
    "allreduce_self": "Allreduce on COMM_SELF",
    "test_false": "Test, false",
    "ping_pong": "8 B half round trip",
    "window": "8 B message, window 64",
    "allreduce": "8 B Allreduce",
}
NONBLOCKING = {"isend_irecv_waitall", "test_false"}
TWO_RANKS = {"ping_pong": 20, "window": 25, "allreduce": 20}
COLUMNS = ("forward", "off", "profile", "trace", "stacks")


def budget_ns(case, mode):
    """What a call may cost more than natively; None where nothing was promised."""
    if case in TWO_RANKS:
        return TWO_RANKS[case] if mode == "trace" else None
    trace = 30 if case in NONBLOCKING else 25
    return {"off": 2, "profile": trace - 5, "trace": trace, "stacks": trace + 90}.get(mode)


def cell(case, mode, result):
    if result is None or result["added"] is None:
        return "-"
    budget = budget_ns(case, mode)
    if budget is None:
        return f"{result['added']:+.1f}"
    return f"{result['added']:+.1f} / {budget}{' !' if result['added'] > budget else ''}"


def costs(title, added, floor_ns):
    """One line a case; `forward` is the floor of `off`, the pair of time stamps with a store that of the others."""
    lines = [f"### {title}", "", "| added ns | native ns | " + " | ".join(COLUMNS) + " | pairs kept |",
             "| --- | ---: |" + " ---: |" * (len(COLUMNS) + 1)]
    for case, label in LABELS.items():
        modes = added.get(case)
        if not modes:
            continue
        first = next(iter(modes.values()))
        native = "-" if first["native"] is None else f"{first['native']:.1f}"
        kept = f"{sum(m['accepted'] for m in modes.values())} of {sum(m['pairs'] for m in modes.values())}"
        cells = [cell(case, mode, modes.get(mode)) for mode in COLUMNS]
        lines.append(f"| {label} | {native} | " + " | ".join(cells) + f" | {kept} |")
    lines += ["", f"Figures are added / budget, `!` is over it. Floor of off: forward. Floor of the others: a pair of "
              f"rdtsc and a 32-byte store, {floor_ns:.1f} ns here."]
    return "\n".join(lines)


def volume(rows):
    lines = ["| recorded | calls | raw log B/call (10) | OTF2 B/call (34) | SQLite KiB | recover M calls/s (10) "
             "| s per M calls, wall | peak memory MiB | dropped |", "| --- |" + " ---: |" * 8]
    for title, row in rows.items():
        calls = row["calls"]
        lines.append(f"| {title} | {calls} | {row['event_bytes'] / calls:.1f} | {row['otf2_bytes'] / calls:.1f} "
                     f"| {row['sqlite_bytes'] / 1024:.0f} | {calls / row['cpu_s'] / 1e6:.2f} "
                     f"| {row['wall_s'] / calls * 1e6:.3f} | {row['peak_memory_kib'] / 1024:.0f} | {row['dropped']} |")
    return "\n".join(lines)


def start_up(rows):
    lines = ["| start to end of an empty program | native CPU ms | added CPU ms (5) | added memory MiB (4) |",
             "| --- |" + " ---: |" * 3]
    for title, (cpu, memory) in rows.items():
        if cpu["added"] is None or memory["added"] is None:
            lines.append(f"| {title} | - | - | - |")
            continue
        lines.append(f"| {title} | {cpu['native']:.1f} | {cpu['added']:+.2f} | {memory['added'] / 1024:+.2f} |")
    return "\n".join(lines)
