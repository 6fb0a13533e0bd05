/* SPDX-License-Identifier: Apache-2.0
 *
 * Relatives of k-means on rows with one extreme customer.
 *
 * Prints:
 *   trimmed: labels 0 0 0 1 1 1 -1
 *   spherical: labels 1 0 1 1 1 1 0 */
#include <stdio.h>

#include <gyeol/kmeans_variants.h>

enum { N = 7 };

static void print(const char *method, const int32_t *labels) {
  printf("%s: labels", method);
  for (int i = 0; i < N; i++) printf(" %d", labels[i]);
  putchar('\n');
}

int main(void) {
  const float rows[] = {1, 1, 2, 1, 1, 2, 10, 10, 11, 10, 10, 11, 900, 2};
  int32_t labels[N];
  gy_matrix x = {rows, N, 2};
  gy_error err = {0};
  gy_trimmed_options trimmed_options = gy_trimmed_defaults(2, 0.15);
  gy_trimmed trimmed;
  gy_status status = gy_trimmed_fit(x, &trimmed_options, NULL, &trimmed, labels, &err);
  if (status == GY_OK) {
    print("trimmed", labels);
    gy_trimmed_clear(&trimmed);
    gy_kmeans_options options = gy_kmeans_defaults(2);
    gy_kmeans spherical;
    status = gy_spherical_fit(x, &options, NULL, &spherical, labels, &err);
    if (status == GY_OK) {
      print("spherical", labels);
      gy_kmeans_clear(&spherical);
    }
  }
  if (status != GY_OK) fprintf(stderr, "%s\n", err.text);
  return gy_status_exit_code(status);
}
