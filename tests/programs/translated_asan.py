# SPDX-License-Identifier: Apache-2.0
"""A program that is built with AddressSanitizer, which replaces malloc and refuses RTLD_DEEPBIND."""

from user_operation import *  # noqa: F403

how = "plain"
environment = {"ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"}
