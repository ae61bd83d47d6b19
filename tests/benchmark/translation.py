# SPDX-License-Identifier: Apache-2.0
"""What a translation costs, recording off: the same program compiled for another ABI, beside the one compiled for the
backend and started natively."""
import pathlib
import subprocess

import launch
import sandwich

THROUGH_ABI = ", through abi"
FRONTS = {"openmpi": "libmpi.so.40", "mpich": "libmpich.so.12", "abi": "libmpi_abi.so.1"}
LABELS = {   # and the budget in ns (docs/performance.md), where there is one
    "comm_rank": ("Comm_rank, MPI_COMM_WORLD", 2), "comm_rank_dup": ("Comm_rank, duplicate", 2),
    "type_size": ("Type_size, MPI_INT", 2), "type_size_vector": ("Type_size, vector", 2),
    "send_null": ("Send to PROC_NULL", 2.5), "recv_null": ("Recv from PROC_NULL, status", 4.5),
    "get_count": ("Get_count", None), "iprobe": ("Iprobe, no message", None), "isend_wait": ("Isend + Wait", 7),
    "waitall_ignore": ("Waitall of 64, ignore", 45), "waitall_statuses": ("Waitall of 64, statuses", 130),
    "allreduce_self": ("Allreduce 8 B, MPI_COMM_SELF", None), "reduce_local": ("Reduce_local, user's operation", None),
    "type_life": ("Type_contiguous + commit + free", None), "ping_pong": ("2 ranks: 8 B half round trip", None),
    "window": ("2 ranks: 8 B message, window 64", None), "allreduce": ("2 ranks: Allreduce 8 B", None),
    "process_cpu_ms": ("start-up, CPU ms", 5), "peak_memory_kib": ("peak memory, KiB", 4096),
}


class Translated:
    """The benchmark programs for one backend, compiled for every ABI."""

    def __init__(self, backend, build):
        self.backend, self.build = backend, pathlib.Path(build)
        self.folder = self.build / "benchmark" / "translation"
        self.launcher, self.pass_variable = launch.IMPLEMENTATIONS[backend]
        self.fronts = [front for front in FRONTS if front != backend and self._compile(front)]
        self._compile(backend)
        # With the standard ABI as the backend: our library of it, which translates once more.
        self.modes = self.fronts + [front + THROUGH_ABI for front in self.fronts if front != "abi"]

    def _compile(self, front):
        compiler = str(self.build / "bin/tulkki-mpicc") if front == "abi" else f"mpicc.{front}"
        if front != "abi" and not launch.Programs.installed(front):
            return False
        self.folder.mkdir(parents=True, exist_ok=True)
        for program in ("translate", "pair"):
            subprocess.run([compiler, "-O2", "-w", launch.SOURCES / f"{program}.c", "-o", self.folder / f"{program}.{front}"],
                           check=True)
        return True

    def run(self, program, arguments, mode, ranks=1):
        front = self.backend if mode == "native" else mode.removesuffix(THROUGH_ABI)
        backend = str(self.build / "lib" / FRONTS["abi"]) if mode.endswith(THROUGH_ABI) else self.backend
        command = [self.launcher, "-n", str(ranks)]
        if mode != "native":
            stub = self.build / "lib/tulkki" / front / FRONTS[front]
            for name, value in {"LD_PRELOAD": f"{self.build / 'lib/libtulkki.so'}:{stub}", "TULKKI_RECORD": "0",
                                "TULKKI_BACKEND": backend, "TULKKI_ABI_BACKEND": self.backend, "TULKKI_FRONT": front}.items():
                command += self.pass_variable(name, value)
        return launch.run_command(command + [str(self.folder / f"{program}.{front}"), *map(str, arguments)], str(self.folder))


def measure(backend, build, options, progress):
    programs = Translated(backend, build)
    batches, window_batches = (11, 60) if options.quick else (61, 240)

    def told(what):
        return lambda text: progress(f"translation, {what}, {text}")

    added = sandwich.measure(lambda mode: programs.run("translate", (batches, 20000), mode), programs.modes,
                             options.repeats, told("one rank"))
    added.update(sandwich.measure(lambda mode: programs.run("pair", (window_batches, 100), mode, 2), programs.modes,
                                  options.repeats, told("two ranks")))
    added.update(sandwich.measure(lambda mode: programs.run("translate", (0, 0), mode), programs.modes, options.repeats,
                                  told("start-up")))
    return added


def cell(case, result):
    if result is None or result["added"] is None:
        return "-"
    text, budget = f"{result['added']:+.1f}", LABELS[case][1]
    if case in ("ping_pong", "window", "allreduce"):
        text += f" ({result['native'] / (result['native'] + result['added']):.2f} of native)"
    return text if budget is None else f"{text} / {budget:g}{' !' if result['added'] > budget else ''}"


def table(title, backend, added):
    fronts = [front for front in FRONTS if front != backend]
    fronts += [front + THROUGH_ABI for front in fronts if front != "abi"]
    lines = [f"### Translated to {title}", "", "| added ns | native | " + " | ".join(f"from {front}" for front in fronts)
             + " | pairs kept |", "| --- | ---: |" + " ---: |" * (len(fronts) + 1)]
    for case, (label, _) in LABELS.items():
        modes = added.get(case)
        if not modes:
            continue
        native = next(iter(modes.values()))["native"]
        kept = f"{sum(m['accepted'] for m in modes.values())} of {sum(m['pairs'] for m in modes.values())}"
        lines.append(f"| {label} | {'-' if native is None else f'{native:.1f}'} | "
                     + " | ".join(cell(case, modes.get(front)) for front in fronts) + f" | {kept} |")
    return "\n".join(lines + ["", "Figures are added / budget, `!` is over it. Budget of the window: 0.93 of native."])
