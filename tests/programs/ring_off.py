# SPDX-License-Identifier: Apache-2.0
"""TULKKI_RECORD=0: preloaded, but nothing is recorded or written."""

from ring import *  # noqa: F403

program = "ring"
environment = {"TULKKI_RECORD": "0"}
recorded = False
