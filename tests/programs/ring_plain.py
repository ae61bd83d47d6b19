# SPDX-License-Identifier: Apache-2.0
"""The user's own launcher and LD_PRELOAD, without the command."""

from ring import *  # noqa: F403

program = "ring"
how = "plain"
