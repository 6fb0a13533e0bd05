/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/points.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/scaling.h>

#include "base/rng.h"

gy_matrix make_groups(size_t n, size_t d, int k, double apart, uint64_t seed) {
  gy_rng rng;
  gy_rng_init(&rng, seed, 0);
  float *x = malloc(n * d * sizeof *x + 1);
  double *middles = malloc((size_t)k * d * sizeof *middles);
  for (size_t i = 0; i < (size_t)k * d; i++) middles[i] = apart * gy_rng_normal(&rng);
  for (size_t i = 0; i < n * d; i++)
    x[i] = (float)(middles[i / d % (size_t)k * d + i % d] + gy_rng_normal(&rng));
  free(middles);
  return (gy_matrix){x, n, d};
}

static void standardise_columns(float *x, size_t n, size_t d) {
  gy_column_scaling columns[16] = {{0}};
  cr_assert_leq(d, 16);
  for (size_t j = 0; j < d; j++) columns[j].method = GY_SCALING_STANDARD;
  cr_assert_eq(gy_scaling_fit((gy_matrix){x, n, d}, NULL, columns, NULL), GY_OK);
  cr_assert_eq(gy_scaling_apply(columns, (gy_matrix){x, n, d}, NULL, x, NULL, NULL), GY_OK);
}

gy_matrix read_columns(const char *file, const int *columns, size_t n_columns, int standardise) {
  enum { MAX_ROWS = 1000, MAX_FIELDS = 16 };
  char path[1024], line[1024];
  const char *folder = getenv("GYEOL_DATA");
  snprintf(path, sizeof path, "%s/%s", folder == NULL ? "../shared/data" : folder, file);
  FILE *in = fopen(path, "r");
  if (in == NULL) cr_skip_test("no %s", path);
  float *x = malloc(sizeof(float) * MAX_ROWS * n_columns);
  size_t n = 0;
  cr_assert_not_null(fgets(line, sizeof line, in));
  while (n < MAX_ROWS && fgets(line, sizeof line, in) != NULL) {
    char *fields[MAX_FIELDS] = {line};
    for (int f = 1; f < MAX_FIELDS && fields[f - 1] != NULL; f++) {
      fields[f] = strchr(fields[f - 1], ',');
      if (fields[f] != NULL) fields[f]++;
    }
    for (size_t j = 0; j < n_columns; j++) x[n * n_columns + j] = strtof(fields[columns[j]], NULL);
    n++;
  }
  fclose(in);
  if (standardise) standardise_columns(x, n, n_columns);
  return (gy_matrix){x, n, n_columns};
}
