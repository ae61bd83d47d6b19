# SPDX-License-Identifier: Apache-2.0
"""A PMPI tool that the loader finds before the recorder: both see each call once."""

import ring

program = "ring"
ranks = 2
how = "plain"
preload_before = "libpmpi_tool.{mpi}.so"
matrix = ring.matrix


def profile(r):
    calls = ring.profile(r)
    assert r.printed == {"tool_send": 100, "tool_recv": 100, "tool_allreduce": 1}, r.printed
    # The tool asks for the rank once; a PMPI call is recorded when it comes from outside the MPI library.
    return calls | {"MPI_Comm_rank": 2}
