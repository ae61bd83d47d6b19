# SPDX-License-Identifier: Apache-2.0
"""C++ programs call the C interface."""

ranks = 2
sites = {"MPI_Allreduce": "cxx_program.cpp:"}


def profile(r):
    return {"MPI_Allreduce": (1, 80, 80)}


ignore = ["MPI_Initialized"]  # called by constructors that the header of Open MPI puts into the program
