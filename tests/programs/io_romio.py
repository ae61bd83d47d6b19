# SPDX-License-Identifier: Apache-2.0
"""Open MPI's ROMIO is a plug-in that is opened late and calls MPI itself: none of these calls may come to us."""

from io_collective import *  # noqa: F403

program = "io_collective"
environment = {"OMPI_MCA_io": "romio321"}
