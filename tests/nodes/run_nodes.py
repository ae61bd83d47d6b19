# SPDX-License-Identifier: Apache-2.0
"""One machine plays two nodes (TULKKI_NODE): clocks are compared across them, logs collected, results are one run."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from launch import Tools, environment, preloaded_command, run  # noqa: E402
from profile_database import Profile  # noqa: E402

RANKS = 4
# Two ranks a node, and each node keeps its raw logs where the other cannot see them.
AS_NODE = """
rank=${OMPI_COMM_WORLD_RANK:-$PMI_RANK}
export TULKKI_NODE=node$((rank / 2)) TULKKI_DIR="$PWD/raw$((rank / 2))"
mkdir -p "$TULKKI_DIR"
exec "$0"
"""


def arguments():
    parser = argparse.ArgumentParser()
    for name in ("tulkki", "library", "yield-library", "mpi", "work", "program"):
        parser.add_argument("--" + name, required=True)
    return parser.parse_args()


def check_trace(tools, anchor):
    checked = subprocess.run([tools.tulkki, "check", anchor], capture_output=True, text=True, timeout=60, check=False)
    assert checked.returncode == 0, f"tulkki check found defects:\n{checked.stdout}{checked.stderr}"
    printed = subprocess.run(["otf2-print", "-G", anchor], capture_output=True, text=True, timeout=60, check=True)
    assert not printed.stderr, printed.stderr
    # The machine, and below it two nodes of the same name.
    assert printed.stdout.count("SYSTEM_TREE_NODE ") == 3, "the system tree does not have two nodes"


def main():
    given = arguments()
    tools = Tools(given.tulkki, given.library, given.mpi, given.yield_library)
    folder = tempfile.mkdtemp(prefix=f"nodes.{given.mpi}.", dir=given.work)
    env = environment(tools, {"TULKKI_TRACE": "1"})
    preload = tools.library + (":" + env.pop("LD_PRELOAD") if "LD_PRELOAD" in env else "")
    command = preloaded_command(tools, RANKS, ["sh", "-c", AS_NODE, given.program], preload)
    outcome = run(command, env, folder, 60)
    assert outcome.exit_code == 0 and not outcome.survivors, f"{outcome.exit_code}\n{outcome.stdout}{outcome.stderr}"
    profile = Profile(folder + "/tulkki.db")
    row = profile.only_run()
    assert row["nodes"] == 2 and row["ranks"] == RANKS and row["outcome"] == "finalized", row
    for rank in range(RANKS):
        assert profile.procedures(rank)["MPI_Send"][:3] == (100, 800, 0), profile.procedures(rank)
    check_trace(tools, row["trace_path"])
    left = [name for path, _, names in os.walk(folder) for name in names if name.endswith(".tulkki-raw")]
    assert not left, f"raw logs were left: {left}"
    shutil.rmtree(folder)
    print("passed")


if __name__ == "__main__":
    try:
        main()
    except AssertionError as problem:
        sys.exit(f"FAILED: {problem}")
