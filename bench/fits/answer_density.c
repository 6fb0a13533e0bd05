/* SPDX-License-Identifier: Apache-2.0
 *
 * Labels and orders in full, for bench/peers_check_density.py to compare with its peers.
 *
 *   answer_density dbscan FILE ROWS COLUMNS EPS MIN_SAMPLES      a line a row: label, core
 *   answer_density optics FILE ROWS COLUMNS MAX_EPS MIN_SAMPLES XI
 *                   a line a row: row visited, its reachability, core distance, predecessor, label by xi */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/dbscan.h>
#include <gyeol/optics.h>

static gy_status answer_dbscan(gy_matrix x, double eps, int32_t min_samples, gy_error *err) {
  gy_dbscan result;
  gy_dbscan_options options = {eps, min_samples, GY_DBSCAN_BORDER_FIRST};
  int32_t *labels = malloc(x.n_rows * sizeof *labels);
  bool *core = malloc(x.n_rows);
  gy_status status = gy_dbscan_fit(x, &options, NULL, &result, labels, core, err);
  for (size_t i = 0; status == GY_OK && i < x.n_rows; i++) printf("%d %d\n", labels[i], core[i]);
  free(core);
  free(labels);
  return status;
}

static gy_status answer_optics(gy_matrix x, double max_eps, int32_t min_samples, double steepness,
                               gy_error *err) {
  gy_optics order;
  gy_optics_options options = {min_samples, max_eps};
  gy_optics_xi_options xi = gy_optics_xi_defaults(min_samples);
  gy_optics_valleys found;
  xi.xi = steepness;
  gy_status status = gy_optics_fit(x, &options, NULL, &order, err);
  if (status != GY_OK) return status;
  int32_t *labels = malloc(x.n_rows * sizeof *labels);
  status = gy_optics_xi(&order, &xi, &found, labels, err);
  for (size_t i = 0; status == GY_OK && i < x.n_rows; i++) {
    int32_t row = order.ordering[i];
    printf("%d %.17g %.17g %d %d\n", row, order.reachability[row], order.core_distances[row],
           order.predecessor[row], labels[row]);
  }
  if (status == GY_OK) gy_optics_valleys_clear(&found);
  gy_optics_clear(&order);
  free(labels);
  return status;
}

int main(int argc, char **argv) {
  if (argc < 7) {
    fputs("usage: answer_density dbscan|optics FILE ROWS COLUMNS EPS MIN_SAMPLES [XI]\n", stderr);
    return 2;
  }
  gy_matrix x = {.n_rows = strtoul(argv[3], NULL, 10), .n_columns = strtoul(argv[4], NULL, 10)};
  double eps = strtod(argv[5], NULL);
  int32_t min_samples = (int32_t)strtol(argv[6], NULL, 10);
  size_t n_values = x.n_rows * x.n_columns;
  float *values = malloc(n_values * sizeof *values + 1);
  FILE *file = fopen(argv[2], "rb");
  if (file == NULL || fread(values, sizeof *values, n_values, file) != n_values) {
    fprintf(stderr, "cannot read %s\n", argv[2]);
    return 1;
  }
  fclose(file);
  x.values = values;
  gy_error err = {0};
  gy_status status = strcmp(argv[1], "dbscan") == 0
                         ? answer_dbscan(x, eps, min_samples, &err)
                         : answer_optics(x, eps, min_samples, argc > 7 ? strtod(argv[7], NULL) : 0.05, &err);
  if (status != GY_OK) fprintf(stderr, "%s\n", err.text);
  free(values);
  return gy_status_exit_code(status);
}
