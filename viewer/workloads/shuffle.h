/* SPDX-License-Identifier: Apache-2.0
 * The order that CPython's random.seed(0); random.shuffle(list) gives, so that the message lists of `mix` are those of
 * the benchmark that they come from. */
#ifndef TULKKI_SHUFFLE_H
#define TULKKI_SHUFFLE_H

#include <stddef.h>

void shuffle_as_python(long long *values, size_t count);

#endif
