// SPDX-License-Identifier: Apache-2.0
// Included before the C++ sources of the test suite when they are compiled with Open MPI, whose MPI::Win has no
// NULL_COPY_FN: without the suite's helper for windows everything else can be compiled.
#if __has_include("mpitestconf.h")
#include "mpitestconf.h"
#undef HAVE_MPI_WIN_CREATE
#endif
