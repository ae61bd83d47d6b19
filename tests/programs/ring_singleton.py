# SPDX-License-Identifier: Apache-2.0
"""No launcher at all: one process, which sends to itself."""

from ring import *  # noqa: F403

program = "ring"
how = "singleton"
ranks = 1
