/* SPDX-License-Identifier: Apache-2.0
 *
 * Random samples of row numbers. */
#ifndef GYEOL_NUM_SAMPLE_H
#define GYEOL_NUM_SAMPLE_H

#include <stddef.h>

#include "base/rng.h"

/* `m` different numbers of 0..n-1, ascending, each subset as likely as any other; m <= n. Selection sampling
 * (Knuth, TAOCP 2, algorithm 3.4.2 S): O(n) time, no memory. */
void gy_sample_rows(gy_rng *rng, size_t n, size_t m, size_t *rows);

#endif
