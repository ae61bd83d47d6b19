# SPDX-License-Identifier: Apache-2.0
"""Builds programs of the MPICH test suite with one MPI, by the suite's own configure and make, outside its sources."""

import dataclasses
import os
import re
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
# The suite tests procedures of MPI-1 that Open MPI's mpi.h hides, and passes arguments of many types to one procedure.
OPENMPI_FLAGS = "-DOMPI_OMIT_MPI1_COMPAT_DECLS=0 -DOMPI_REMOVED_USE_STATIC_ASSERT=0"
C_FLAGS = "-O1 -w"
FORTRAN_FLAGS = "-O1 -w -fallow-argument-mismatch"


@dataclasses.dataclass(frozen=True)
class Compilers:
    c: str
    cxx: str
    fortran: str
    c_flags: str = C_FLAGS
    cxx_flags: str = C_FLAGS


COMPILERS = {
    "openmpi": Compilers(
        "mpicc.openmpi",
        "mpicxx.openmpi",
        "mpifort.openmpi",
        f"{C_FLAGS} {OPENMPI_FLAGS}",
        f"{C_FLAGS} -include {os.path.join(HERE, 'openmpi_cxx.h')}",
    ),
    "mpich": Compilers("mpicc.mpich", "mpicxx.mpich", "mpifort.mpich"),
}


class BuildError(Exception):
    """The suite cannot be configured or its helper libraries cannot be built."""


def folder_of(work, mpi):
    return os.path.join(work, "programs", mpi)


def missing_compilers(mpi):
    compilers = COMPILERS[mpi]
    return [name for name in (compilers.c, compilers.cxx, compilers.fortran, "make") if shutil.which(name) is None]


def logged(command, folder, log):
    with open(log, "ab") as file:
        return subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=file, stderr=file, check=False
        ).returncode


def want_fortran_2008(folder):
    """The suite's configure allows these tests only as a part of MPICH's own; they need nothing else of it."""
    path = os.path.join(folder, "config.status")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for name, value in (("HAS_F08_TRUE", ""), ("HAS_F08_FALSE", "#"), ("f08dir", "f08")):
        text, count = re.subn(rf'^S\["{name}"\]=".*"$', f'S["{name}"]="{value}"', text, flags=re.MULTILINE)
        if count != 1:
            return False
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return True


def configure(work, suite, mpi):
    """Configures once and builds the libraries that all tests share."""
    folder = folder_of(work, mpi)
    done = os.path.join(folder, "configured")
    if os.path.exists(done):
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    log = os.path.join(folder, "build.log")
    compilers = COMPILERS[mpi]
    variables = {
        "CC": compilers.c,
        "CXX": compilers.cxx,
        "F77": compilers.fortran,
        "FC": compilers.fortran,
        "CFLAGS": compilers.c_flags,
        "CXXFLAGS": compilers.cxx_flags,
        "FFLAGS": FORTRAN_FLAGS,
        "FCFLAGS": FORTRAN_FLAGS,
        "MPICC": compilers.c,
        "MPICXX": compilers.cxx,
        "MPIF77": compilers.fortran,
        "MPIFC": compilers.fortran,
        "MPIEXEC": "false",
    }
    options = ["--quiet", "--disable-dependency-tracking", "--disable-shared", "--enable-threads=multiple"]
    command = [os.path.join(suite, "configure"), f"--srcdir={suite}", "--no-create", *options]
    configured = logged([*command, *(f"{name}={value}" for name, value in variables.items())], folder, log) == 0
    if not configured or not want_fortran_2008(folder) or logged(["./config.status", "--quiet"], folder, log) != 0:
        raise BuildError(f"the suite cannot be configured for {mpi}, see {log}")
    for part in ("util", "dtpools"):
        if logged(["make", "-s", "-C", part], folder, log) != 0:
            raise BuildError(f"the suite's {part} cannot be built for {mpi}, see {log}")
    with open(done, "w", encoding="utf-8"):
        return folder


def build(work, mpi, tests, jobs, say):
    """Builds the programs of `tests` that are not there yet; those that cannot be built stay away."""
    folder = folder_of(work, mpi)
    log = os.path.join(folder, "build.log")
    failed = os.path.join(folder, "not_built")
    known = set()
    if os.path.exists(failed):
        with open(failed, encoding="utf-8") as file:
            known = set(file.read().split())
    by_group = {}
    for test in tests:
        path = os.path.join(test.group, test.program)
        if path not in known and not os.path.exists(os.path.join(folder, path)):
            by_group.setdefault(test.group, set()).add(test.program)
    if by_group:
        say(f"building {sum(map(len, by_group.values()))} programs with {mpi}")
    for group, programs in by_group.items():
        logged(["make", "-s", "-k", f"-j{jobs}", "-C", group, *sorted(programs)], folder, log)
        with open(failed, "a", encoding="utf-8") as file:
            for program in sorted(programs):
                if not os.path.exists(os.path.join(folder, group, program)):
                    file.write(f"{group}/{program}\n")
