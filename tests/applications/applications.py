# SPDX-License-Identifier: Apache-2.0
"""Programs of Debian 12 that nobody here wrote: how to start them, the figure that must come out, and what the profile
of a recorded run must at least contain."""

import dataclasses
import glob
import hashlib
import os
import re

SCALAPACK = "/usr/lib/x86_64-linux-gnu/scalapack/{mpi}-tests"
STARPU = "/usr/lib/x86_64-linux-gnu/starpu/mpi"


@dataclasses.dataclass
class Application:
    command: list
    ranks: int
    figure: object  # function(folder, stdout) -> what must be equal natively and recorded
    procedures: list  # that every rank must have called
    mpis: tuple = ("openmpi",)
    inputs: tuple = ()  # files to be copied into the working folder; {here} is the folder of the tests
    stdin: str = ""
    only_fortran: bool = False  # neither the program nor its libraries call the handle converters themselves
    tolerance: float = 0.0  # relative, for figures that are lists of numbers


def read(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
        return file.read()


def thermodynamics(folder, _):
    """All numbers of LAMMPS's table of thermodynamic quantities."""
    table = re.search(r"^ *Step .*\n((?: *\d.*\n)+)", read(folder, "log.lammps"), re.M)
    assert table, "log.lammps has no table"
    return [float(word) for word in table.group(1).split()]


def total_energies(folder, _):
    return [float(word) for word in read(folder, "TOTENERGY.OUT").split()]


def hpcc_success(folder, _):
    return re.findall(r"^Success=\d+", read(folder, "hpccoutf.txt"), re.M)


def mumps_solution(_, stdout):
    solution = re.search(r"Solution is((?:\s+[-+.\dE]+){5})", stdout)
    assert solution, "no solution was printed"
    numbers = [float(word) for word in solution.group(1).split()]
    assert all(abs(number - wanted) < 1e-9 for number, wanted in zip(numbers, (1, 2, 3, 4, 5))), numbers
    return numbers


def field_sums(folder, _):
    files = sorted(glob.glob(folder + "/ic_*") + glob.glob(folder + "/white*"))
    assert len(files) == 8, f"{len(files)} fields were written"
    sums = []
    for path in files:
        with open(path, "rb") as file:
            sums.append((os.path.basename(path), hashlib.md5(file.read()).hexdigest()))
    return sums


def residual_checks(_, stdout):
    """ScaLAPACK's testers: how many tests passed, failed or were skipped."""
    lines = re.findall(r"(\d+) tests (?:completed and (?:passed|failed)|skipped)[^.]*", stdout)
    assert lines, "no summary was printed"
    assert int(lines[0]) > 0, "no test passed"
    return re.findall(r"\d+ tests [^.]*", stdout)


def parallel_blas_checks(_, stdout):
    assert stdout.count("PASSED") > 0, "no test passed"
    return [stdout.count(word) for word in ("PASSED", "FAILED", "skipped")]


def nothing(_, stdout):
    return []


def python_greetings(_, stdout):
    return sorted(re.findall(r"Hello, World! I am process \d+ of \d+", stdout))


def scalapack(program, data, procedures, figure=residual_checks):
    return Application(
        [f"{SCALAPACK}/{program}"], 4, figure, procedures, ("openmpi", "mpich"), (f"{SCALAPACK}/{data}",)
    )


APPLICATIONS = {
    "lammps": Application(
        ["lmp", "-in", "in.melt"], 2, thermodynamics,
        ["MPI_Sendrecv", "MPI_Irecv", "MPI_Send", "MPI_Wait", "MPI_Allreduce"],
        inputs=("{here}/lammps/in.melt",), tolerance=1e-9,
    ),
    "elk": Application(
        ["elk-lapw"], 2, total_energies, ["MPI_Allreduce", "MPI_Bcast"], inputs=("{here}/elk/elk.in",),
        only_fortran=True, tolerance=2e-6,
    ),
    "hpcc": Application(
        ["hpcc"], 4, hpcc_success, ["MPI_Send", "MPI_Recv", "MPI_Alltoall"], inputs=("{here}/hpcc/hpccinf.txt",)
    ),
    "mumps": Application(
        ["/usr/lib/mumps/dsimpletest"], 3, mumps_solution, ["MPI_Bcast", "MPI_Comm_dup"],
        stdin="/usr/lib/mumps/input_simpletest_real", tolerance=1e-12,
    ),
    "mpgrafic": Application(
        ["mpgrafic", "--np=16"], 2, field_sums, ["MPI_Bcast", "MPI_Comm_rank"],
        stdin="/usr/share/doc/mpgrafic/examples/Input.stdin", only_fortran=True,
    ),
    "scalapack_pblas": scalapack(
        "PBLAS/dpb1tst", "PBLAS/PDBLAS1TST.dat", ["MPI_Isend", "MPI_Recv", "MPI_Comm_create"], parallel_blas_checks
    ),
    "scalapack_qr": scalapack("xzqr", "QR.dat", ["MPI_Send", "MPI_Recv", "MPI_Comm_create"]),
    "scalapack_inverse": scalapack("xsinv", "INV.dat", ["MPI_Send", "MPI_Recv"]),
    "starpu_ring": Application([STARPU + "/nf_basic_ring"], 2, nothing, ["MPI_Init_thread", "MPI_Isend", "MPI_Irecv"]),
    "starpu_product": Application([STARPU + "/mm"], 2, nothing, ["MPI_Init_thread", "MPI_Isend", "MPI_Test"]),
    "starpu_user_datatype": Application([STARPU + "/user_datatype"], 2, nothing, ["MPI_Init_thread", "MPI_Isend"]),
    "mpi4py": Application(
        ["/usr/bin/python3", "-m", "mpi4py.bench", "helloworld"], 3, python_greetings,
        ["MPI_Init_thread", "MPI_Comm_rank"],
    ),
}  # fmt: skip
