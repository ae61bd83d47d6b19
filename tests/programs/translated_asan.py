# SPDX-License-Identifier: Apache-2.0
"""A program that is built with AddressSanitizer, which replaces malloc and refuses RTLD_DEEPBIND."""

from user_operation import *  # noqa: F403

how = "plain"
# OpenCL of Mesa, which hwloc asks for devices where it is installed, throws C++ exceptions; the sanitizer stops C programs at
# these, natively too.
environment = {"ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0", "HWLOC_COMPONENTS": "-opencl"}
