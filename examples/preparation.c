/* SPDX-License-Identifier: Apache-2.0
 *
 * Missing values filled from the other columns, far values capped, and the same done to a row of next month.
 *
 * Prints:
 *   income: 12 of 60 missing, predicted with an error of 1.8 (the mean's: 37.1)
 *   spend: 1 above 131
 *   next month: income 100 for a spend of 50 */
#include <math.h>
#include <stdio.h>

#include <gyeol/preparation.h>

enum { N = 60, INCOME = 0, SPEND = 1, D = 2 };

/* Income is twice the spend, give or take 2; every fifth is missing, and one customer spends like a company.
 */
static void write_rows(float *rows) {
  for (int i = 0; i < N; i++) {
    int spend = 20 + i * 37 % N;
    rows[i * D + SPEND] = (float)(i == 7 ? 5000 : spend);
    rows[i * D + INCOME] = i % 5 == 2 ? NAN : (float)(2 * spend + i % 3 * 2 - 2);
  }
}

static gy_status run(gy_error *err) {
  float rows[N * D];
  write_rows(rows);
  gy_attributes x = {.n_rows = N, .numbers = rows, .n_numbers = D};
  gy_preparation_rule rules[D] = {
      [INCOME] = {.missing = GY_MISSING_PREDICT},
      [SPEND] = {.missing = GY_MISSING_MEDIAN, .outliers = GY_OUTLIERS_ROBUST_Z, .at = 3.5}};
  gy_preparation preparation;
  gy_status status = gy_preparation_fit(&x, rules, 1, NULL, &preparation, err);
  if (status != GY_OK) return status;
  const gy_prepared_column *income = &preparation.columns[INCOME], *spend = &preparation.columns[SPEND];
  printf("income: %d of %d missing, predicted with an error of %.1f (the mean's: %.1f)\n",
         (int)income->n_missing, N, income->error, income->baseline);
  printf("spend: %d above %.0f\n", (int)spend->n_high, spend->high);
  double prepared[D];
  gy_preparation_row(&preparation, (const float[]){NAN, 50}, NULL, prepared, NULL);
  printf("next month: income %.0f for a spend of 50\n", prepared[INCOME]);
  gy_preparation_clear(&preparation);
  return GY_OK;
}

int main(void) {
  gy_error err = {0};
  gy_status status = run(&err);
  if (status != GY_OK) fprintf(stderr, "%s\n", err.text);
  return gy_status_exit_code(status);
}
