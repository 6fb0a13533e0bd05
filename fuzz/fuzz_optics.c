/* SPDX-License-Identifier: Apache-2.0
 *
 * OPTICS on any small matrix with any options: an order in which every row comes once, always the nearest of
 * the rest, and valleys within it; or a sentence. */
#include <math.h>
#include <string.h>

#include <gyeol/optics.h>

#include "fuzz_points.h"

static void check_order(const gy_optics *order) {
  char seen[256] = {0};
  int32_t at[256];
  for (size_t i = 0; i < order->n; i++) {
    int32_t row = order->ordering[i], from;
    must(row >= 0 && (size_t)row < order->n && !seen[row]);
    seen[row] = 1;
    at[row] = (int32_t)i;
    from = order->predecessor[row];
    must((from < 0) == isinf(order->reachability[row]));
    if (from >= 0) must(seen[from] && order->reachability[row] >= order->core_distances[from]);
  }
  for (size_t i = 0; i < order->n; i++) /* a later row whose predecessor was there was no nearer */
    for (size_t j = i + 1; j < order->n; j++) {
      int32_t from = order->predecessor[order->ordering[j]];
      if (from >= 0 && at[from] < (int32_t)i)
        must(order->reachability[order->ordering[j]] >= order->reachability[order->ordering[i]]);
    }
}

static void check_valleys(const gy_optics *order, const gy_optics_xi_options *xi) {
  int32_t labels[256];
  gy_optics_valleys found;
  gy_status status = gy_optics_xi(order, xi, &found, labels, NULL);
  must((status == GY_OK) == (xi->xi > 0 && xi->xi < 1 && xi->min_samples >= 1 && xi->min_cluster_size >= 2));
  if (status != GY_OK) return;
  for (size_t v = 0; v < found.n_valleys; v++) {
    gy_optics_valley valley = found.valleys[v];
    must(valley.first >= 0 && valley.first <= valley.last && (size_t)valley.last < order->n);
    must(valley.last - valley.first + 1 >= xi->min_cluster_size);
  }
  for (size_t i = 0; i < order->n; i++) must(labels[i] >= -1 && labels[i] < found.n_clusters);
  gy_optics_valleys_clear(&found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const double eps[] = {INFINITY, 0, 1, 1.5, 0.25, 3, 100, 1e-20, 1e30, -1, NAN};
  fuzz_bytes bytes = {data, size};
  gy_optics_options options = {(int32_t)fuzz_below(&bytes, 40),
                               eps[fuzz_below(&bytes, sizeof eps / sizeof *eps)]};
  gy_optics_xi_options xi = {(double)fuzz_below(&bytes, 100) / 99, (int32_t)fuzz_below(&bytes, 20),
                             (int32_t)fuzz_below(&bytes, 20), fuzz_below(&bytes, 2)};
  gy_matrix x = fuzz_points(&bytes, 120, 40);
  gy_optics order;
  gy_error err = {0};
  gy_status status = gy_optics_fit(x, &options, NULL, &order, &err);
  must((status == GY_OK) == (err.text[0] == '\0'));
  if (status == GY_OK) {
    int32_t labels[256];
    check_order(&order);
    check_valleys(&order, &xi);
    int32_t n_clusters = gy_optics_cut(&order, 1.5, labels);
    for (size_t i = 0; i < order.n; i++) must(labels[i] >= -1 && labels[i] < n_clusters);
    gy_optics_clear(&order);
  }
  free((void *)x.values);
  return 0;
}
