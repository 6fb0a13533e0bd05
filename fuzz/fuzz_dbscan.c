/* SPDX-License-Identifier: Apache-2.0
 *
 * DBSCAN on any small matrix with any options: the core rows of the definition and labels that fit them, or a
 * sentence. */
#include <math.h>

#include <gyeol/dbscan.h>

#include "fuzz_points.h"

static double square(gy_matrix x, size_t a, size_t b) {
  double sum = 0;
  for (size_t j = 0; j < x.n_columns; j++) {
    double difference = (double)gy_matrix_row(x, a)[j] - (double)gy_matrix_row(x, b)[j];
    sum += difference * difference;
  }
  return sum;
}

static void check_row(gy_matrix x, const gy_dbscan_options *options, const int32_t *labels, const bool *core,
                      size_t row) {
  int32_t n_near = 0;
  bool near_own = false, near_any = false;
  for (size_t i = 0; i < x.n_rows; i++) {
    if (square(x, row, i) > options->eps * options->eps) continue;
    n_near++;
    if (!core[i]) continue;
    near_any = true;
    near_own |= labels[i] == labels[row];
    must(!core[row] || labels[i] == labels[row]);
  }
  must(core[row] == (n_near >= options->min_samples));
  if (options->border == GY_DBSCAN_BORDER_NOISE && !core[row])
    must(labels[row] == -1);
  else
    must(labels[row] < 0 ? !near_any : near_own);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const double eps[] = {0, 1, 1.5, 0.25, 3, 100, 1e-20, 1e30, INFINITY, 2, 0.001, -1, NAN};
  fuzz_bytes bytes = {data, size};
  gy_dbscan_options options = gy_dbscan_defaults(eps[fuzz_below(&bytes, sizeof eps / sizeof *eps)]);
  options.min_samples = (int32_t)fuzz_below(&bytes, 140);
  options.border = (gy_dbscan_border)fuzz_below(&bytes, 3);
  gy_task task = {.n_threads = 1 + (int)fuzz_below(&bytes, 2)};
  gy_matrix x = fuzz_points(&bytes, 120, 40);
  int32_t *labels = malloc((x.n_rows + 1) * sizeof *labels);
  bool *core = malloc(x.n_rows + 1);
  must(labels != NULL && core != NULL);
  gy_dbscan result;
  gy_eps_suggestion suggestion;
  gy_error err = {0};
  gy_status status = gy_dbscan_fit(x, &options, &task, &result, labels, core, &err);
  must((status == GY_OK) == (err.text[0] == '\0'));
  for (size_t i = 0; status == GY_OK && i < x.n_rows; i++) {
    must(labels[i] >= -1 && labels[i] < result.n_clusters);
    check_row(x, &options, labels, core, i);
  }
  if (gy_dbscan_suggest_eps(x, options.min_samples, &task, &suggestion, NULL) == GY_OK)
    must(suggestion.eps >= 0 && isfinite(suggestion.eps));
  free(core);
  free(labels);
  free((void *)x.values);
  return 0;
}
