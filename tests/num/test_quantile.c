/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "num/quantile.h"

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Shapes that trouble selection: ties, order, reverse order, organ pipes. */
static double shaped(int shape, size_t i, size_t n, gy_rng *rng) {
  switch (shape) {
    case 0:
      return gy_rng_normal(rng);
    case 1:
      return (double)gy_rng_below(rng, 3);
    case 2:
      return (double)i;
    case 3:
      return -(double)i;
    case 4:
      return (double)(i < n / 2 ? i : n - i);
    default:
      return 7;
  }
}

Test(quantile, select_agrees_with_sorting) {
  static const size_t sizes[] = {1, 2, 3, 10, 599, 601, 1000, 20011};
  gy_rng rng;
  gy_rng_init(&rng, 5, 0);
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    for (int shape = 0; shape < 6; shape++) {
      size_t n = sizes[s];
      double *values = malloc(n * sizeof *values), *sorted = malloc(n * sizeof *sorted);
      for (size_t i = 0; i < n; i++) sorted[i] = values[i] = shaped(shape, i, n, &rng);
      qsort(sorted, n, sizeof *sorted, ascending);
      for (int draw = 0; draw < 20; draw++) {
        size_t k = draw == 0 ? 0 : draw == 1 ? n - 1 : (size_t)gy_rng_below(&rng, n);
        cr_assert_eq(gy_select(values, n, k), sorted[k], "n %zu, shape %d, k %zu", n, shape, k);
        for (size_t i = 0; i < n; i++)
          cr_assert(i < k ? values[i] <= values[k] : values[i] >= values[k], "n %zu, shape %d: place %zu", n,
                    shape, i);
      }
      free(values);
      free(sorted);
    }
  }
}

/* R: quantile(c(7, 1, 3, 15, 8), c(0, .1, .25, .5, .9, 1)) and of smaller vectors; type 7. */
Test(quantile, type_7_as_in_R) {
  static const double probs[] = {0, 0.1, 0.25, 0.5, 0.9, 1};
  static const struct {
    size_t n;
    double values[5], expected[6];
  } cases[] = {{5, {7, 1, 3, 15, 8}, {1, 1.8, 3, 7, 12.2, 15}},
               {1, {4}, {4, 4, 4, 4, 4, 4}},
               {2, {10, 0}, {0, 1, 2.5, 5, 9, 10}}};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    double values[5], found[6];
    memcpy(values, cases[c].values, sizeof values);
    gy_quantiles(values, cases[c].n, probs, 6, found);
    for (int q = 0; q < 6; q++)
      cr_assert_float_eq(found[q], cases[c].expected[q], 1e-12, "case %zu, p %g: %g", c, probs[q], found[q]);
  }
}
