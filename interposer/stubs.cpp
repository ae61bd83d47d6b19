// SPDX-License-Identifier: Apache-2.0
// The exported entry points: generated from the API table, one recording body for each procedure.
#include "interposer/measure/collective.h"
#include "interposer/measure/completion.h"
#include "interposer/measure/environment.h"
#include "interposer/measure/objects.h"
#include "interposer/measure/point_to_point.h"
#include "interposer/measure/rma_io.h"

namespace tulkki {
namespace {
using measure::Mode;
}

#include "tulkki/stubs.inc"

}  // namespace tulkki
