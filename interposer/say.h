// SPDX-License-Identifier: Apache-2.0
// The one way in which the recorder speaks inside the host program: single lines on stderr, never stdout.
#pragma once

namespace tulkki {

// Writes "tulkki: [host, rank r] ..." and a newline with one write(2); printf format without %f. Never fails.
[[gnu::cold, gnu::format(printf, 1, 2)]] void say(const char* format, ...);

}  // namespace tulkki
