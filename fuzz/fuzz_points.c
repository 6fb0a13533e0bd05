/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz_points.h"

#include <string.h>

unsigned fuzz_below(fuzz_bytes *bytes, unsigned limit) {
  if (bytes->size == 0) return 0;
  bytes->size--;
  return *bytes->data++ % limit;
}

static float any_float(fuzz_bytes *bytes) {
  uint32_t bits = 0;
  for (int i = 0; i < 4; i++) bits = bits << 8 | fuzz_below(bytes, 256);
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

gy_matrix fuzz_points(fuzz_bytes *bytes, unsigned max_rows, unsigned max_columns) {
  enum { WHOLE, ANY, FRACTION, REPEATED, N_KINDS };
  unsigned kind = fuzz_below(bytes, N_KINDS);
  size_t n = fuzz_below(bytes, max_rows + 1), d = 1 + fuzz_below(bytes, max_columns);
  float *values = malloc(n * d * sizeof *values);
  must(n == 0 || values != NULL);
  for (size_t i = 0; i < n * d; i++) {
    if (kind == REPEATED && i >= 3 * d)
      values[i] = values[i - 3 * d];
    else if (kind == ANY)
      values[i] = any_float(bytes);
    else if (kind == FRACTION)
      values[i] = (float)((int)(fuzz_below(bytes, 256) << 8 | fuzz_below(bytes, 256)) - 32768) / 1024.0f;
    else
      values[i] = (float)((int)fuzz_below(bytes, 16) - 8);
  }
  return (gy_matrix){values, n, d};
}
