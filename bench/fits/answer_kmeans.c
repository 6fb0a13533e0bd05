/* SPDX-License-Identifier: Apache-2.0
 *
 * A k-means fit of a file of raw floats, for comparisons with other programs: its inertia, then its labels.
 *
 *   answer_kmeans FILE ROWS COLUMNS CLUSTERS STARTS SEED */
#include <stdio.h>
#include <stdlib.h>

#include <gyeol/kmeans.h>

int main(int argc, char **argv) {
  if (argc != 7) {
    fputs("usage: answer_kmeans FILE ROWS COLUMNS CLUSTERS STARTS SEED\n", stderr);
    return 2;
  }
  gy_matrix x = {.n_rows = strtoul(argv[2], NULL, 10), .n_columns = strtoul(argv[3], NULL, 10)};
  gy_kmeans_options options = gy_kmeans_defaults((int32_t)strtol(argv[4], NULL, 10));
  options.n_starts = (int32_t)strtol(argv[5], NULL, 10);
  options.seed = strtoul(argv[6], NULL, 10);
  size_t n_values = x.n_rows * x.n_columns;
  float *values = malloc(n_values * sizeof *values + 1);
  int32_t *labels = malloc(x.n_rows * sizeof *labels + 1);
  FILE *file = fopen(argv[1], "rb");
  if (values == NULL || labels == NULL || file == NULL ||
      fread(values, sizeof *values, n_values, file) != n_values) {
    fprintf(stderr, "cannot read %zu floats from %s\n", n_values, argv[1]);
    return 1;
  }
  fclose(file);
  x.values = values;
  gy_kmeans model;
  gy_error err = {0};
  if (gy_kmeans_fit(x, &options, NULL, &model, labels, &err) != GY_OK) {
    fprintf(stderr, "%s\n", err.text);
    return 1;
  }
  printf("%.17g\n", model.inertia);
  for (size_t i = 0; i < x.n_rows; i++) printf("%d\n", labels[i]);
  gy_kmeans_clear(&model);
  free(labels);
  free(values);
  return 0;
}
