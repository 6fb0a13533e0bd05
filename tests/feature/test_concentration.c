/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "feature/concentration.h"
#include "feature_fixture.h"

/* Half the mean absolute difference over the mean: Gini's own definition. */
static double gini_by_pairs(const int64_t *x, size_t n) {
  double differences = 0, sum = 0;
  for (size_t i = 0; i < n; i++) {
    sum += (double)x[i];
    for (size_t j = 0; j < n; j++) differences += fabs((double)(x[i] - x[j]));
  }
  return differences / (2 * (double)n * sum);
}

Test(concentration, small_cases) {
  double gini, top, curve[4];
  static const int64_t EQUAL[] = {7, 7, 7, 7};
  MUST(gy_concentration(EQUAL, 4, 0.5, &gini, &top, curve, 4, err));
  cr_assert_float_eq(gini, 0, 1e-15);
  cr_assert_float_eq(top, 0.5, 1e-15);
  for (int i = 0; i < 4; i++) cr_assert_float_eq(curve[i], 0.25 * (i + 1), 1e-15);
  static const int64_t ONE[] = {0, 0, 9, -3};
  MUST(gy_concentration(ONE, 4, 0.2, &gini, &top, curve, 4, err));
  cr_assert_float_eq(gini, 0.75, 1e-15);
  cr_assert_float_eq(top, 1, 1e-15);
  cr_assert_float_eq(curve[0], 1, 1e-15);
  static const int64_t MIXED[] = {1, 50, 3, 900, 12, 12, 7, 0, 44, 2};
  MUST(gy_concentration(MIXED, 10, 0.2, &gini, &top, curve, 4, err));
  cr_assert_float_eq(gini, gini_by_pairs(MIXED, 10), 1e-14);
  cr_assert_float_eq(top, 950.0 / 1031, 1e-15);
  cr_assert_float_eq(curve[0], (900 + 50 + 0.5 * 44) / 1031, 1e-15);
  MUST(gy_concentration(NULL, 0, 0.2, &gini, &top, curve, 4, err));
  cr_assert_eq(gini, 0);
  cr_assert_eq(curve[3], 0);
}
