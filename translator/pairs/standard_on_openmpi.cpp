// SPDX-License-Identifier: Apache-2.0
// Programs of the Standard ABI on a backend of the OpenMpi ABI.
#include "translator/pair_tables.h"

TULKKI_PAIR(Standard, OpenMpi)
