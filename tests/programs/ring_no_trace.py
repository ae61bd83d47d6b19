# SPDX-License-Identifier: Apache-2.0
"""TULKKI_TRACE=0: the profile alone."""

from ring import *  # noqa: F403

program = "ring"
environment = {"TULKKI_TRACE": "0"}
trace = False
