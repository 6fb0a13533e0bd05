/* SPDX-License-Identifier: Apache-2.0
 *
 * Three columns that mostly move together: one component holds nearly all of it.
 *
 * Prints:
 *   the first of 3 components holds 98.8 % of the variance */
#include <stdio.h>

#include <gyeol/pca.h>

int main(void) {
  const float rows[] = {1, 2, 3, 2, 4, 7, 3, 7, 9, 4, 8, 11, 5, 10, 16};
  gy_pca_options options = gy_pca_defaults(0);
  gy_pca model;
  gy_error err = {0};
  if (gy_pca_fit((gy_matrix){rows, 5, 3}, &options, NULL, &model, &err) != GY_OK) {
    fprintf(stderr, "%s\n", err.text);
    return 1;
  }
  printf("the first of %d components holds %.1f %% of the variance\n", model.n_components,
         100 * model.explained_variance_ratio[0]);
  gy_pca_clear(&model);
  return 0;
}
