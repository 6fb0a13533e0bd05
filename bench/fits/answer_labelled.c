/* SPDX-License-Identifier: Apache-2.0
 *
 * What gyeol says of given clusters of a file of raw floats, for comparisons with other programs: their mean
 * silhouette, and the log-likelihood of a mixture of full normal distributions that begins with them, after
 * so many iterations without regularization.
 *
 *   answer_labelled FILE LABELS ROWS COLUMNS CLUSTERS ITERATIONS      LABELS: raw int32, 0 .. CLUSTERS - 1 */
#include <stdio.h>
#include <stdlib.h>

#include <gyeol/mixture.h>
#include <gyeol/validity.h>

static void *read_all(const char *path, size_t size) {
  void *bytes = malloc(size + 1);
  FILE *file = fopen(path, "rb");
  if (bytes == NULL || file == NULL || fread(bytes, 1, size, file) != size) {
    fprintf(stderr, "cannot read %zu bytes from %s\n", size, path);
    exit(1);
  }
  fclose(file);
  return bytes;
}

int main(int argc, char **argv) {
  if (argc != 7) {
    fputs("usage: answer_labelled FILE LABELS ROWS COLUMNS CLUSTERS ITERATIONS\n", stderr);
    return 2;
  }
  size_t n = strtoul(argv[3], NULL, 10), d = strtoul(argv[4], NULL, 10);
  int32_t k = (int32_t)strtol(argv[5], NULL, 10);
  float *values = read_all(argv[1], n * d * sizeof *values);
  int32_t *labels = read_all(argv[2], n * sizeof *labels);
  gy_clustering clustering = {{values, n, d}, labels, k};
  gy_mixture_options options = gy_mixture_defaults(k);
  options.initial_labels = labels;
  options.max_iterations = (int32_t)strtol(argv[6], NULL, 10);
  options.tolerance = options.regularization = 0;
  gy_silhouette silhouette;
  gy_mixture model;
  gy_error err = {0};
  if (gy_silhouette_exact(&clustering, NULL, &silhouette, NULL, NULL, &err) != GY_OK ||
      gy_mixture_fit(clustering.x, &options, NULL, &model, NULL, &err) != GY_OK) {
    fprintf(stderr, "%s\n", err.text);
    return 1;
  }
  printf("%.17g %.17g\n", silhouette.mean, model.log_likelihood);
  gy_mixture_clear(&model);
  free(labels);
  free(values);
  return 0;
}
