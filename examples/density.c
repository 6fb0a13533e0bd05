/* SPDX-License-Identifier: Apache-2.0
 *
 * Two dense groups and a stranger, by DBSCAN, OPTICS and HDBSCAN*.
 *
 * Prints:
 *   dbscan: 2 clusters, labels 0 0 0 1 1 1 -1
 *   optics: 2 clusters, labels 0 0 0 1 1 1 -1
 *   hdbscan: 2 clusters, labels 0 0 0 1 1 1 -1 */
#include <stdio.h>

#include <gyeol/dbscan.h>
#include <gyeol/hdbscan.h>
#include <gyeol/optics.h>

enum { N = 7 };

static void print(const char *method, int32_t k, const int32_t *labels) {
  printf("%s: %d clusters, labels", method, k);
  for (int i = 0; i < N; i++) printf(" %d", labels[i]);
  putchar('\n');
}

static gy_status by_dbscan(gy_matrix x, int32_t *labels, gy_error *err) {
  gy_dbscan_options options = gy_dbscan_defaults(1.5);
  options.min_samples = 3;
  gy_dbscan result;
  gy_status status = gy_dbscan_fit(x, &options, NULL, &result, labels, NULL, err);
  if (status == GY_OK) print("dbscan", result.n_clusters, labels);
  return status;
}

static gy_status by_optics(gy_matrix x, int32_t *labels, gy_error *err) {
  gy_optics_options options = gy_optics_defaults();
  options.min_samples = 3;
  gy_optics order;
  gy_status status = gy_optics_fit(x, &options, NULL, &order, err);
  if (status != GY_OK) return status;
  print("optics", gy_optics_cut(&order, 1.5, labels), labels);
  gy_optics_clear(&order);
  return GY_OK;
}

static gy_status by_hdbscan(gy_matrix x, int32_t *labels, gy_error *err) {
  gy_hdbscan_options options = gy_hdbscan_defaults();
  options.min_cluster_size = 3;
  options.min_samples = 2;
  gy_hdbscan model;
  gy_status status = gy_hdbscan_fit(x, &options, NULL, &model, labels, err);
  if (status != GY_OK) return status;
  print("hdbscan", model.n_clusters, labels);
  gy_hdbscan_clear(&model);
  return GY_OK;
}

int main(void) {
  const float rows[] = {0, 0, 1, 0, 0, 1, 10, 10, 11, 10, 10, 11, 5, 30};
  int32_t labels[N];
  gy_matrix x = {rows, N, 2};
  gy_error err = {0};
  gy_status status = by_dbscan(x, labels, &err);
  if (status == GY_OK) status = by_optics(x, labels, &err);
  if (status == GY_OK) status = by_hdbscan(x, labels, &err);
  if (status != GY_OK) fprintf(stderr, "%s\n", err.text);
  return gy_status_exit_code(status);
}
