# SPDX-License-Identifier: Apache-2.0
"""Runs every_entry, compiled for the ABI of --mpi, on --backend, and the same program natively on the backend: an entry
that the backend has gives the same class of error (or none) translated; one that it lacks works all the same, or is
refused with MPI_ERR_UNSUPPORTED_OPERATION through the error handler. On the program's own MPI there is what there is
natively.

    run_every_entry.py --tulkki FILE --mpi FRONT --backend BACKEND --programs DIR
"""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts" / "mpi"))

import run_conformance as conformance  # noqa: E402
from generate_abi_data import read_sets  # noqa: E402

COLUMN = {"abi": 1, "openmpi": 2, "mpich": 3}
# What differs on MPICH for a reason, when it is another front that asks.
DIFFERENT = {
    "MPIX_Grequest_start": "an extension with callbacks of its own: refused",
    "MPIX_Grequest_class_create": "an extension with callbacks of its own: refused",
    "MPI_T_event_handle_alloc": "events are refused: MPICH 4.0 has none",
}
# What an emulated procedure says of the null handle, or of the class that is no code, that it is given here.
EMULATED = {"MPI_Remove_error_code": {"MPI_ERR_OTHER"}, "MPI_Pready": {"MPI_ERR_REQUEST"},
            "MPI_Pready_range": {"MPI_ERR_REQUEST"}, "MPI_Pready_list": {"MPI_ERR_REQUEST"},
            "MPI_Abi_set_fortran_info": {"MPI_ERR_ABI", "MPI_ERR_OTHER"},
            "MPI_Abi_set_fortran_booleans": {"MPI_ERR_ABI", "MPI_ERR_OTHER"}}


def classes(abi):
    """{number of the ABI: name}"""
    rows = next(rows for name, _, rows in read_sets() if name == "error_class")
    return {int(row[COLUMN[abi]]): row[0] for row in rows if row[COLUMN[abi]] != "-"}


def results(outcome, abi):
    """{entry: (what, class name, times that the error handler was called)}"""
    names = classes(abi)
    found = {}
    for line in outcome.stdout.splitlines():
        words = line.split()
        if not words or words[0] != "ENTRY":
            continue
        entry = words[1].removeprefix("P") if words[1].startswith("PMPI") else words[1]
        number = int(words[3]) if words[2] in ("class", "unasked") else -1
        handled = int(words[4]) if len(words) > 4 and words[2] == "class" else 0
        found[entry] = (words[2], names.get(number, str(number)), handled)
    return found


def compare(entry, translated, native_results, same):
    """A problem as text, or None. `native_results`: on the backend. `same`: it is the program's own MPI."""
    what, error, handled = translated
    native = native_results.get(entry)
    if same and native is not None and "absent" in (what, native[0]):
        return None if what == native[0] else f"{entry}: {what}, natively {native[0]}"
    if what in ("absent", "DIED"):
        return f"{entry}: {what}"
    if what == "unasked" or native is None or native[0] == "unasked":
        return None
    if native[0] == "absent":
        if error == "MPI_SUCCESS" or (error == "MPI_ERR_UNSUPPORTED_OPERATION" and (handled > 0 or "_T_" in entry)):
            return None
        if handled > 0 and error in EMULATED.get(entry, ()):
            return None
        if entry.endswith("_c") and error == native_results.get(entry[:-2], ("", ""))[1]:
            return None   # as its twin
        return f"{entry}: the backend lacks it; {error}, error handler called {handled} times"
    if error != native[1]:
        return f"{entry}: {error}, natively {native[1]}"
    if handled != native[2]:
        return f"{entry}: error handler called {handled} times, natively {native[2]}"
    return None


def main():
    arguments = conformance.parse()
    problems = []
    native_arguments = conformance.argparse.Namespace(**{**vars(arguments), "mpi": arguments.implementation, "native": True})
    with conformance.working_folder(native_arguments) as folder:
        native_outcome = conformance.start(native_arguments, folder)
        problems += conformance.problems_of(native_arguments, native_outcome, folder)
    native = results(native_outcome, arguments.implementation)
    if native.get("MPI_T_event_get_num", ("absent",))[0] == "absent":
        arguments.env.append("EVERY_ENTRY_EVENTS=1")
    with conformance.working_folder(arguments) as folder:
        outcome = conformance.start(arguments, folder)
        problems += conformance.problems_of(arguments, outcome, folder)
    translated = results(outcome, arguments.mpi)
    if len(translated) < 680:
        problems.append(f"only {len(translated)} entries were called")
    for entry, result in translated.items():
        problem = compare(entry, result, native, arguments.mpi == arguments.backend and arguments.mpi != "abi")
        listed = arguments.implementation == "mpich" and arguments.mpi != "mpich"
        reason = DIFFERENT.get(entry) if listed else None
        if problem and not reason:
            problems.append(problem)
        if reason and not problem:
            problems.append(f"{entry}: listed as different, but is not")
    lacking = [entry for entry, result in native.items() if result[0] == "absent"]
    refused = [entry for entry in lacking if translated.get(entry, ("", ""))[1] == "MPI_ERR_UNSUPPORTED_OPERATION"]
    print(f"{len(translated)} entries; the backend lacks {len(lacking)}, of which {len(refused)} are refused: {refused}")
    if problems:
        print("\n".join(problems), "\n---- stderr\n" + outcome.stderr[-3000:] + native_outcome.stderr[-1000:])
    print("FAILED" if problems else "passed")
    return 1 if problems else 0


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C")
    sys.exit(main())
