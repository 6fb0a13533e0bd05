/* SPDX-License-Identifier: Apache-2.0
 *
 * Customers described by a number and two categories: k-prototypes and latent classes.
 *
 * Prints:
 *   prototypes: spend 91 and 11, labels 1 1 1 0 0 0
 *   latent classes agree on 6 of 6 */
#include <stdio.h>

#include <gyeol/kprototypes.h>
#include <gyeol/latent_class.h>

enum { N = 6 };

static const float SPEND[N] = {10, 11, 12, 90, 91, 92};
static const int32_t CODES[2 * N] = {0, 1, 0, 1, 0, 0, 1, 2, 1, 2, 1, 2}; /* channel, region */

static gy_status by_prototypes(int32_t *labels, gy_error *err) {
  gy_mixed x = {.n_rows = N, .numbers = SPEND, .n_numbers = 1, .codes = CODES, .n_codes = 2};
  gy_kprototypes_options options = gy_kprototypes_defaults(2);
  gy_kprototypes model;
  gy_status status = gy_kprototypes_fit(&x, &options, NULL, &model, labels, err);
  if (status != GY_OK) return status;
  printf("prototypes: spend %.0f and %.0f, labels", (double)model.centers[0], (double)model.centers[1]);
  for (int i = 0; i < N; i++) printf(" %d", labels[i]);
  putchar('\n');
  gy_kprototypes_clear(&model);
  return GY_OK;
}

static gy_status by_classes(const int32_t *labels, gy_error *err) {
  static const int32_t n_levels[] = {2, 3};
  int32_t classes[N], n_equal = 0;
  gy_indicators x = {
      .n_rows = N, .n_categorical = 2, .codes = CODES, .n_levels = n_levels, .n_numeric = 1, .values = SPEND};
  gy_latent_class_options options = gy_latent_class_defaults(2);
  gy_latent_class_rows rows = {.labels = classes};
  gy_latent_class model;
  gy_status status = gy_latent_class_fit(&x, &options, NULL, &model, &rows, err);
  if (status != GY_OK) return status;
  for (int i = 0; i < N; i++) n_equal += (classes[i] == classes[0]) == (labels[i] == labels[0]);
  printf("latent classes agree on %d of %d\n", n_equal, N);
  gy_latent_class_clear(&model);
  return GY_OK;
}

int main(void) {
  int32_t labels[N];
  gy_error err = {0};
  gy_status status = by_prototypes(labels, &err);
  if (status == GY_OK) status = by_classes(labels, &err);
  if (status != GY_OK) fprintf(stderr, "%s\n", err.text);
  return gy_status_exit_code(status);
}
