# SPDX-License-Identifier: Apache-2.0
"""No launcher at all: one process, which talks to itself."""

from comm_self import *  # noqa: F403

program = "comm_self"
how = "singleton"
ranks = 1
