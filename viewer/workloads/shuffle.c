/* SPDX-License-Identifier: Apache-2.0
 * MT19937 (Matsumoto and Nishimura, "Mersenne Twister", ACM TOMACS 8(1), 1998) with initialisation by array, as CPython
 * seeds it, and CPython's way from 32-bit numbers to an index below n: take as many bits as n has, draw again while too
 * large. */
#include "viewer/workloads/shuffle.h"

#include <stdint.h>

enum { kWords = 624, kShift = 397 };

struct twister {
  uint32_t word[kWords];
  int next;
};

static void seed(struct twister *t, uint32_t key) {
  t->word[0] = 19650218u;
  for (uint32_t i = 1; i < kWords; ++i) t->word[i] = 1812433253u * (t->word[i - 1] ^ (t->word[i - 1] >> 30)) + i;
  int i = 1;
  for (int k = 0; k < kWords; ++k) {
    t->word[i] = (t->word[i] ^ ((t->word[i - 1] ^ (t->word[i - 1] >> 30)) * 1664525u)) + key;
    if (++i == kWords) t->word[0] = t->word[kWords - 1], i = 1;
  }
  for (int k = 0; k < kWords - 1; ++k) {
    t->word[i] = (t->word[i] ^ ((t->word[i - 1] ^ (t->word[i - 1] >> 30)) * 1566083941u)) - (uint32_t)i;
    if (++i == kWords) t->word[0] = t->word[kWords - 1], i = 1;
  }
  t->word[0] = 0x80000000u;
  t->next = kWords;
}

static void refill(struct twister *t) {
  for (int i = 0; i < kWords; ++i) {
    const uint32_t joined = (t->word[i] & 0x80000000u) | (t->word[(i + 1) % kWords] & 0x7fffffffu);
    t->word[i] = t->word[(i + kShift) % kWords] ^ (joined >> 1) ^ (joined & 1 ? 0x9908b0dfu : 0);
  }
  t->next = 0;
}

static uint32_t draw(struct twister *t) {
  if (t->next == kWords) refill(t);
  uint32_t value = t->word[t->next++];
  value ^= value >> 11;
  value ^= (value << 7) & 0x9d2c5680u;
  value ^= (value << 15) & 0xefc60000u;
  return value ^ (value >> 18);
}

static uint32_t below(struct twister *t, uint32_t limit) {
  int bits = 0;
  while (bits < 32 && limit >> bits != 0) ++bits;
  uint32_t value = 0;
  do value = draw(t) >> (32 - bits);
  while (value >= limit);
  return value;
}

void shuffle_as_python(long long *values, size_t count) {
  struct twister twister;
  seed(&twister, 0);
  for (size_t i = count; i-- > 1;) {
    const size_t other = below(&twister, (uint32_t)i + 1);
    const long long value = values[i];
    values[i] = values[other];
    values[other] = value;
  }
}
