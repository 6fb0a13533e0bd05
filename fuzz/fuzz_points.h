/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes as options and a small matrix, for the fuzzers of kernels. */
#ifndef FUZZ_POINTS_H
#define FUZZ_POINTS_H

#include <gyeol/matrix.h>

#include "fuzz_file.h"

typedef struct fuzz_bytes {
  const uint8_t *data;
  size_t size;
} fuzz_bytes;

/* The next byte, below `limit` (1..256); 0 when none is left. */
unsigned fuzz_below(fuzz_bytes *bytes, unsigned limit);

/* A matrix of 0..max_rows x 1..max_columns, of its exact size, so that a read beyond shows; free((void
 * *)values). The first of the bytes decide its shape and kind: small whole numbers (many duplicates and
 * ties), any float at all (NaN, infinities, denormals), ordinary fractions, or rows repeated. */
gy_matrix fuzz_points(fuzz_bytes *bytes, unsigned max_rows, unsigned max_columns);

#endif
