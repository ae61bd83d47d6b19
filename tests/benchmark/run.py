# SPDX-License-Identifier: Apache-2.0
"""Measures what Tulkki costs and prints it beside budget and floor. Started by scripts/benchmark."""
import argparse
import json
import os
import pathlib
import platform
import sys

import launch
import sandwich
import tables
import translation
import volume

TITLES = {"openmpi": "Open MPI", "mpich": "MPICH"}


def arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark", description=__doc__,
        epilog="Example: scripts/benchmark --quick --mpi openmpi. A quiet machine and two idle cores are needed.")
    parser.add_argument("--quick", action="store_true", help="few repeats: to see that it works, not to cite")
    parser.add_argument("--json", action="store_true", help="everything measured, as JSON on standard output")
    parser.add_argument("--mpi", action="append", choices=sorted(TITLES), help="only this one (default: all installed)")
    parser.add_argument("--repeats", type=int, help="sandwiches for each mode (default 11; with --quick 3)")
    parser.add_argument("--build", default="build", help="build folder with lib/libtulkki.so and bin/tulkki")
    parser.add_argument("--translation", action="store_true", help="only the cost of running on another MPI, recording off")
    parser.add_argument("--floor-only", action="store_true", help="only the forward-only preload, without Tulkki")
    return parser.parse_args()


def measure_costs(programs, modes, options, progress):
    batches, window_batches = (11, 60) if options.quick else (61, 240)
    floors = []

    def calls(mode):
        values = programs.run("calls", (batches, 20000), mode)
        floors.append(values.pop("floor")[0])
        return {case: value for case, value in values.items() if case in tables.LABELS}

    def pair(mode):
        return programs.run("pair", (window_batches, 100), mode, ranks=2)

    added = sandwich.measure(calls, modes, options.repeats, lambda text: progress(f"one rank, {text}"))
    added.update(sandwich.measure(pair, modes, options.repeats, lambda text: progress(f"two ranks, {text}")))
    return added, sorted(floors)[len(floors) // 2]


def measure_start_up(programs, options, progress):
    def empty(mode):
        return programs.run("calls", (0, 0), mode)

    measured = sandwich.measure(empty, ["off", "trace"], options.repeats, lambda text: progress(f"start-up, {text}"))
    return {mode: (measured["process_cpu_ms"][mode], measured["peak_memory_kib"][mode]) for mode in ("off", "trace")}


def measure_volume(programs, tulkki, options, progress):
    rows = {}
    iterations = 20000
    for batches in ((5,) if options.quick else (6, 62)):
        progress(f"recording and converting {batches + 1} x {iterations} iterations")
        row = volume.measure(programs, tulkki, "calls", (batches, iterations), 1)
        rows[f"1 rank, all cases, {row['calls'] / 1e6:.1f} M calls"] = row
    row = volume.measure(programs, tulkki, "pair", (240, 100), 2)
    rows["2 ranks, messages of 8 B"] = row
    return rows


def measure_one(mpi, build, options):
    def progress(text):
        print(f"benchmark: {TITLES[mpi]}: {text}", file=sys.stderr, flush=True)

    if options.translation:
        return {"translation": translation.measure(mpi, build, options, progress)}
    programs = launch.Programs(mpi, build / "benchmark" / mpi, build / "lib" / "libtulkki.so")
    if options.floor_only:
        added, floor_ns = measure_costs(programs, ["forward"], options, progress)
        return {"added_ns": added, "floor_ns": floor_ns}
    added, floor_ns = measure_costs(programs, list(tables.COLUMNS), options, progress)
    return {"added_ns": added, "floor_ns": floor_ns, "start_up": measure_start_up(programs, options, progress),
            "volume": measure_volume(programs, build / "bin" / "tulkki", options, progress)}


def print_tables(results):
    for mpi, result in results["mpi"].items():
        if "translation" in result:
            print(translation.table(TITLES[mpi], mpi, result["translation"]), end="\n\n")
        else:
            print(tables.costs(TITLES[mpi], result["added_ns"], result["floor_ns"]), end="\n\n")
    complete = {mpi: result for mpi, result in results["mpi"].items() if "volume" in result}
    if complete:
        print(tables.volume({f"{TITLES[mpi]}, {title}": row for mpi, result in complete.items()
                             for title, row in result["volume"].items()}), end="\n\n")
        print(tables.start_up({f"{TITLES[mpi]}, {mode}": figures for mpi, result in complete.items()
                               for mode, figures in result["start_up"].items()}), end="\n\n")
    print(f"{results['repeats']} sandwiches a mode; {results['machine']}; load {results['load']}")


def cpu_model():
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as lines:
            return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown processor"


def main():
    options = arguments()
    options.repeats = options.repeats or (3 if options.quick else 11)
    build = pathlib.Path(options.build).resolve()
    missing = [path for path in (build / "lib/libtulkki.so", build / "bin/tulkki") if not path.exists()]
    if missing and not options.floor_only:
        sys.exit(f"scripts/benchmark: {missing[0]} is not there; run scripts/setup, or name the build with --build")
    chosen = [mpi for mpi in options.mpi or TITLES if launch.Programs.installed(mpi)]
    if not chosen:
        sys.exit("scripts/benchmark: no MPI with compiler and launcher found; run scripts/setup")
    results = {"machine": f"{os.cpu_count()} CPUs, {cpu_model()}, Linux {platform.release()}",
               "load": "/".join(f"{load:.1f}" for load in os.getloadavg()), "repeats": options.repeats, "mpi": {}}
    try:
        for mpi in chosen:
            results["mpi"][mpi] = measure_one(mpi, build, options)
    except launch.LaunchError as error:
        sys.exit(f"scripts/benchmark: {error}")
    if options.json:
        json.dump(results, sys.stdout, indent=2)
        print()
    else:
        print_tables(results)


main()
