// SPDX-License-Identifier: Apache-2.0
// Programs of the Mpich ABI on a backend of the Standard ABI.
#include "translator/pair_tables.h"

TULKKI_PAIR(Mpich, Standard)
