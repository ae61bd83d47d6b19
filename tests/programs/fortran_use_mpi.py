# SPDX-License-Identifier: Apache-2.0
"""Fortran with use mpi: each call once, under its MPI name, with the caller's source line."""

import fortran_sizes

ranks = 2
profile = fortran_sizes.profile
matrix = fortran_sizes.matrix
sites = fortran_sizes.sites("fortran_use_mpi.f90")
