/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "num/blocks.h"
#include "num/moments.h"

enum { ROWS = 30000, COLUMNS = 7 };

static float *random_rows(double offset) {
  gy_rng rng;
  gy_rng_init(&rng, 11, 0);
  float *x = malloc(sizeof(float) * ROWS * COLUMNS);
  for (int i = 0; i < ROWS * COLUMNS; i++) x[i] = (float)(offset + gy_rng_normal(&rng));
  return x;
}

Test(moments, agree_with_long_double_sums_far_from_zero) {
  float *x = random_rows(20111209);
  double mean[COLUMNS], variance[COLUMNS];
  cr_assert_eq(gy_column_moments((gy_matrix){x, ROWS, COLUMNS}, NULL, mean, variance, NULL), GY_OK);
  for (int j = 0; j < COLUMNS; j++) {
    long double sum = 0, squares = 0;
    for (int i = 0; i < ROWS; i++) sum += (long double)x[i * COLUMNS + j];
    for (int i = 0; i < ROWS; i++) {
      long double deviation = (long double)x[i * COLUMNS + j] - sum / ROWS;
      squares += deviation * deviation;
    }
    cr_assert_float_eq(mean[j], (double)(sum / ROWS), 1e-7, "column %d: mean %.17g", j, mean[j]);
    cr_assert_float_eq(variance[j] / (double)(squares / ROWS), 1, 1e-9, "column %d: variance %.17g", j,
                       variance[j]);
  }
  free(x);
}

Test(moments, are_the_same_bytes_on_any_number_of_threads) {
  float *x = random_rows(3);
  double first[2 * COLUMNS], again[2 * COLUMNS];
  for (int threads = 1; threads <= 7; threads += 2) {
    gy_task task = {.n_threads = threads};
    double *to = threads == 1 ? first : again;
    cr_assert_eq(gy_column_moments((gy_matrix){x, ROWS, COLUMNS}, &task, to, to + COLUMNS, NULL), GY_OK);
    if (threads > 1) cr_assert_arr_eq(first, again, sizeof first, "%d threads differ from one", threads);
  }
  free(x);
}

Test(moments, check_names_the_first_unusable_value) {
  static const struct {
    float value;
    const char *expected;
  } cases[] = {{NAN, "row 4001, column 3 is not a number"},
               {INFINITY, "row 4001, column 3 is inf"},
               {-2e9f, "row 4001, column 3 is -2e+09, beyond 1e+09"}};
  float *x = random_rows(0);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gy_error err = {0};
    x[4000 * COLUMNS + 2] = cases[i].value;
    x[20000 * COLUMNS] = NAN;
    cr_assert_eq(gy_matrix_check((gy_matrix){x, ROWS, COLUMNS}, 1e9f, NULL, &err), GY_EDATA);
    cr_assert_not_null(strstr(err.text, cases[i].expected), "case %zu: %s", i, err.text);
  }
  free(x);
}

Test(blocks, cover_every_row_once) {
  static const size_t sizes[] = {0, 1, 63, 64, 65, 2048, 2049, 1000000, 12345678};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    gy_blocks blocks = gy_blocks_of(sizes[i], 2048);
    size_t next = 0;
    for (size_t b = 0; b < blocks.count; b++) {
      cr_assert_eq(gy_block_first(&blocks, b), next, "%zu rows, block %zu", sizes[i], b);
      cr_assert(gy_block_end(&blocks, b) > next, "%zu rows: block %zu is empty", sizes[i], b);
      next = gy_block_end(&blocks, b);
    }
    cr_assert_eq(next, sizes[i]);
    cr_assert(blocks.count <= GY_BLOCKS_MAX, "%zu rows: %zu blocks", sizes[i], blocks.count);
  }
}
