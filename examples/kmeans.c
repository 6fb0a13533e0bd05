/* SPDX-License-Identifier: Apache-2.0
 *
 * Two customers who buy often, two who do not: k-means in ten lines, and a new customer scored.
 *
 * Prints:
 *   labels 1 1 0 0, inertia 0.0350
 *   a new customer of 9 orders, spend 4: cluster 1 */
#include <stdio.h>

#include <gyeol/kmeans.h>

int main(void) {
  const float rows[] = {8.0f, 5.0f, 8.1f, 5.2f, 1.0f, 0.5f, 1.1f, 0.6f}; /* orders, spend */
  const float fresh[] = {9.0f, 4.0f};
  int32_t labels[4], label;
  gy_matrix x = {rows, 4, 2};
  gy_kmeans_options options = gy_kmeans_defaults(2);
  gy_kmeans model;
  gy_error err = {0};
  if (gy_kmeans_fit(x, &options, NULL, &model, labels, &err) != GY_OK) {
    fprintf(stderr, "%s\n", err.text);
    return 1;
  }
  printf("labels %d %d %d %d, inertia %.4f\n", labels[0], labels[1], labels[2], labels[3], model.inertia);
  gy_status status = gy_kmeans_predict(&model, (gy_matrix){fresh, 1, 2}, NULL, &label, NULL, &err);
  if (status == GY_OK) printf("a new customer of 9 orders, spend 4: cluster %d\n", label);
  gy_kmeans_clear(&model);
  return gy_status_exit_code(status);
}
