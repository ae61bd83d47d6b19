# SPDX-License-Identifier: Apache-2.0
"""TULKKI_STACK_DEPTH=8: whole stacks; MPI_Init is called by begin(), which main() calls."""

from ring import *  # noqa: F403

program = "ring"
environment = {"TULKKI_STACK_DEPTH": "8"}
deep_sites = {"MPI_Comm_rank": "main"}
