# SPDX-License-Identifier: Apache-2.0
"""Builds the benchmark programs for each MPI that is installed and starts them natively, with the forward-only preload
or with Tulkki's library in one of its modes."""
import os
import pathlib
import shutil
import subprocess
import tempfile

SOURCES = pathlib.Path(__file__).resolve().parent
IMPLEMENTATIONS = {
    # suffix of Debian's compiler wrapper and launcher: how to pass a variable to the ranks only
    "openmpi": ("mpirun.openmpi", lambda name, value: ["-x", f"{name}={value}"]),
    "mpich": ("mpiexec.mpich", lambda name, value: ["-genv", name, value]),
}
# mode: variables of the recorder. `native` loads nothing, `forward` loads the floor.
MODES = {
    "native": None,
    "forward": None,
    "off": {"TULKKI_RECORD": "0"},
    "profile": {"TULKKI_TRACE": "0"},
    "trace": {"TULKKI_TRACE": "1"},
    "stacks": {"TULKKI_TRACE": "1", "TULKKI_STACK_DEPTH": "8"},
}
LAUNCH_TIMEOUT_S = 300


class LaunchError(Exception):
    """A benchmark program did not end well; says which and what it printed."""


class Programs:
    """The compiled programs of one MPI implementation."""

    def __init__(self, mpi, folder, library):
        self.mpi, self.folder, self.library = mpi, pathlib.Path(folder), library
        self.launcher, self.pass_variable = IMPLEMENTATIONS[mpi]
        self.version = ""
        self._build()

    @staticmethod
    def installed(mpi):
        return bool(shutil.which(f"mpicc.{mpi}") and shutil.which(IMPLEMENTATIONS[mpi][0]))

    def _build(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        # MPICH's declarations make gcc 12 believe that MPI_STATUSES_IGNORE is written to.
        compiler = [f"mpicc.{self.mpi}", "-O2", "-Wall", "-Wextra", "-Wno-stringop-overflow"]
        for program in ("calls", "pair"):
            subprocess.run(compiler + [SOURCES / f"{program}.c", "-o", self.folder / program], check=True)
        subprocess.run(compiler + ["-shared", "-fPIC", "-fvisibility=hidden", SOURCES / "forward.c", "-o",
                                   self.folder / "forward.so", "-ldl"], check=True)

    def command(self, ranks, mode, run_directory):
        """The launcher's command line up to the program; only the ranks get the preload, never the launcher."""
        command = [self.launcher, "-n", str(ranks)]
        preload = {"native": None, "forward": self.folder / "forward.so"}.get(mode, self.library)
        if preload:
            command += self.pass_variable("LD_PRELOAD", preload)
        variables = dict(MODES[mode] or {})
        if variables:
            variables["TULKKI_RUN_DIR"] = run_directory
        for name, value in variables.items():
            command += self.pass_variable(name, value)
        return command

    def run(self, program, arguments, mode, ranks=1, keep=None):
        """Runs it; returns {case: (value, calls)}. `keep(run_directory)` may look at the raw logs before they go."""
        with tempfile.TemporaryDirectory(prefix="tulkki-benchmark-", dir=raw_log_parent()) as run_directory:
            command = self.command(ranks, mode, run_directory)
            command += [str(self.folder / program), *map(str, arguments)]
            values = run_command(command, run_directory)
            if keep:
                keep(run_directory)
        return values


def run_command(command, folder):
    """{case: (value, calls)} from the lines that a benchmark program prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TULKKI_")}
    environment.pop("LD_PRELOAD", None)
    environment.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                       OMPI_MCA_rmaps_base_oversubscribe="1", OMPI_MCA_btl_vader_single_copy_mechanism="none")
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True,
                          timeout=LAUNCH_TIMEOUT_S, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise LaunchError(f"exit code {done.returncode}: {' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    rows = (line.split() for line in done.stdout.splitlines())
    return {row[0]: (float(row[1]), int(row[2])) for row in rows if len(row) == 3}


def raw_log_parent():
    """Where the recorder puts its logs by default too: node-local memory."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
