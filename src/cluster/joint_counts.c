/* SPDX-License-Identifier: Apache-2.0
 *
 * Counting how often each pair of labels meets. */
#include "cluster/joint_counts.h"

#include <stdlib.h>

static int32_t first_label(const gy_labeling *labeling) { return labeling->noise == GY_NOISE_ZERO ? 1 : 0; }

/* Number of the label's cluster; -1: leave the row out; -2: no label of this labeling. */
static int64_t cluster_of(const gy_labeling *labeling, size_t row) {
  int64_t label = labeling->labels[row], first = first_label(labeling);
  if (label >= first && label < first + labeling->n_clusters) return label - first;
  if (labeling->noise == GY_NOISE_NONE || label != first - 1) return -2;
  return labeling->leave_out ? -1 : labeling->n_clusters;
}

static size_t count_clusters(const gy_labeling *labeling) {
  return (size_t)labeling->n_clusters + (labeling->noise != GY_NOISE_NONE && !labeling->leave_out);
}

static gy_status check(const gy_labeling *labeling, const char *which, gy_error *err) {
  if (labeling->n_clusters < (labeling->noise == GY_NOISE_NONE ? 1 : 0))
    return gy_fail(err, GY_EUSAGE, "agreement: the %s labeling has %d clusters; there must be 1 or more",
                   which, labeling->n_clusters);
  if (count_clusters(labeling) < 1)
    return gy_fail(err, GY_EDATA, "agreement: the %s labeling is nothing but noise that is left out", which);
  return GY_OK;
}

static gy_status refuse(const gy_labeling *labeling, const char *which, size_t row, gy_error *err) {
  int32_t first = first_label(labeling);
  return gy_fail(err, GY_EDATA, "agreement: row %zu has label %d in the %s labeling, outside %d..%d", row + 1,
                 labeling->labels[row], which, labeling->noise == GY_NOISE_NONE ? first : first - 1,
                 first + labeling->n_clusters - 1);
}

gy_status gy_joint_counts_of(const gy_labeling *a, const gy_labeling *b, size_t n, gy_joint_counts *counts,
                             gy_error *err) {
  gy_status status = check(a, "first", err);
  if (status == GY_OK) status = check(b, "second", err);
  if (status != GY_OK) return status;
  gy_joint_counts c = {.k_a = count_clusters(a), .k_b = count_clusters(b)};
  size_t n_cells = c.k_a * c.k_b;
  c.cells = calloc(n_cells + c.k_a + c.k_b, sizeof *c.cells);
  if (c.cells == NULL)
    return gy_fail(err, GY_ENOMEM, "agreement: out of memory for %zu x %zu clusters", c.k_a, c.k_b);
  c.rows = c.cells + n_cells;
  c.columns = c.rows + c.k_a;
  for (size_t i = 0; status == GY_OK && i < n; i++) {
    int64_t in_a = cluster_of(a, i), in_b = cluster_of(b, i);
    if (in_a == -2) status = refuse(a, "first", i, err);
    if (in_a != -2 && in_b == -2) status = refuse(b, "second", i, err);
    if (in_a < 0 || in_b < 0) continue;
    c.cells[(size_t)in_a * c.k_b + (size_t)in_b]++;
    c.rows[in_a]++;
    c.columns[in_b]++;
    c.n++;
  }
  if (status == GY_OK) {
    *counts = c;
  } else {
    gy_joint_counts_clear(&c);
  }
  return status;
}

void gy_joint_counts_clear(gy_joint_counts *counts) {
  free(counts->cells);
  *counts = (gy_joint_counts){0};
}
