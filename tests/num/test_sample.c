/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <math.h>

#include "num/sample.h"

Test(sample, is_ascending_and_draws_every_row_equally_often) {
  enum { N = 20, M = 7, DRAWS = 20000 };
  int drawn[N] = {0};
  gy_rng rng;
  gy_rng_init(&rng, 3, 0);
  for (int draw = 0; draw < DRAWS; draw++) {
    size_t rows[M];
    gy_sample_rows(&rng, N, M, rows);
    for (int i = 0; i < M; i++) {
      cr_assert(rows[i] < N && (i == 0 || rows[i] > rows[i - 1]), "draw %d", draw);
      drawn[rows[i]]++;
    }
  }
  double p = (double)M / N, error = sqrt(DRAWS * p * (1 - p));
  for (int i = 0; i < N; i++)
    cr_assert(fabs(drawn[i] - DRAWS * p) < 5 * error, "row %d drawn %d times", i, drawn[i]);
}

Test(sample, takes_all_rows_or_none) {
  size_t rows[5];
  gy_rng rng;
  gy_rng_init(&rng, 3, 0);
  gy_sample_rows(&rng, 5, 0, rows);
  gy_sample_rows(&rng, 5, 5, rows);
  for (size_t i = 0; i < 5; i++) cr_assert_eq(rows[i], i);
}
