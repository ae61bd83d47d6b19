/* SPDX-License-Identifier: Apache-2.0
 * Prints numbers 0 .. N-1 in the order that the workloads' shuffle gives, to be compared with Python's own. */
#include <stdio.h>
#include <stdlib.h>

#include "viewer/workloads/shuffle.h"

int main(int count, char **words) {
  const size_t numbers = count > 1 ? strtoull(words[1], NULL, 10) : 0;
  long long *values = malloc((numbers + 1) * sizeof *values);
  for (size_t i = 0; i < numbers; ++i) values[i] = (long long)i;
  shuffle_as_python(values, numbers);
  for (size_t i = 0; i < numbers; ++i) printf("%lld\n", values[i]);
  free(values);
  return 0;
}
