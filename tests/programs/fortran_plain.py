# SPDX-License-Identifier: Apache-2.0
"""Fortran under the user's own launcher."""

from fortran_use_mpi_f08 import *  # noqa: F403

program = "fortran_use_mpi_f08"
how = "plain"
