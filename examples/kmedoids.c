/* SPDX-License-Identifier: Apache-2.0
 *
 * Customers described by numbers and a category, clustered around two of themselves by Gower's dissimilarity.
 *
 * Prints:
 *   medoids 0 and 3; labels 0 0 1 1 1 */
#include <stdio.h>

#include <gyeol/kmedoids.h>

int main(void) {
  /* age, spend, channel (0 shop, 1 web) */
  const float rows[] = {31, 20, 0, 33, 22, 0, 58, 90, 1, 55, 85, 1, 52, 88, 1};
  const gy_gower_column columns[] = {{GY_GOWER_NUMBER, 1}, {GY_GOWER_NUMBER, 1}, {GY_GOWER_CATEGORY, 1}};
  float encoded[15];
  int32_t labels[5];
  gy_matrix x = {rows, 5, 3};
  gy_kmedoids model;
  gy_error err = {0};
  gy_status status = gy_gower_encode(x, columns, NULL, encoded, &err);
  if (status == GY_OK) {
    gy_dissimilarity of = gy_dissimilarity_gower((gy_matrix){encoded, 5, 3}, columns);
    gy_kmedoids_options options = gy_kmedoids_defaults(2);
    gy_medoid_rows wanted = {.labels = labels};
    status = gy_kmedoids_fit(&of, &options, NULL, &model, &wanted, &err);
  }
  if (status != GY_OK) {
    fprintf(stderr, "%s\n", err.text);
    return gy_status_exit_code(status);
  }
  printf("medoids %zu and %zu; labels", model.medoids[0], model.medoids[1]);
  for (int i = 0; i < 5; i++) printf(" %d", labels[i]);
  putchar('\n');
  gy_kmedoids_clear(&model);
  return 0;
}
