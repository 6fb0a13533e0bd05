/* SPDX-License-Identifier: Apache-2.0
 *
 * Bisecting k-means (Steinbach, Karypis and Kumar 2000): halve the cluster of the largest inertia until there
 * are k. A halving is k-means with k = 2 on the rows of that cluster alone, copied together, so that all of
 * them cost about n log k rather than n k. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/kmeans_variants.h>

#include "base/layout.h"
#include "cluster/kmeans_work.h"
#include "num/moments.h"
#include "num/row_weights.h"

gy_bisecting_options gy_bisecting_defaults(int32_t n_clusters) {
  gy_bisecting_options options = {gy_kmeans_defaults(n_clusters), true};
  options.kmeans.n_starts = 3;
  return options;
}

typedef struct {
  const gy_bisecting_options *options;
  const gy_task *task;
  gy_matrix x;
  size_t k;         /* clusters wanted */
  size_t n_found;   /* and so far */
  int32_t *labels;  /* n */
  double *centers;  /* k x d */
  double *inertia;  /* k; a cluster that cannot be halved: -1 */
  double *spread;   /* k: the inertia, kept */
  int64_t *sizes;   /* k */
  int32_t *node;    /* k: the tree's node that is this cluster now */
  int32_t *parents; /* 2 k - 1 */
  size_t *rows;     /* n: the rows of the cluster that is halved */
  float *values;    /* n x d: and their values */
  float *weights;   /* n */
  int32_t *side;    /* n: 0 or 1 */
  void *storage;
} bisection;

static size_t lay_out(bisection *b, void *base) {
  gy_layout at = {.base = base};
  size_t n = b->x.n_rows, d = b->x.n_columns, k = b->k;
  b->labels = gy_layout_take(&at, n, sizeof *b->labels);
  b->side = gy_layout_take(&at, n, sizeof *b->side);
  b->rows = gy_layout_take(&at, n, sizeof *b->rows);
  b->weights = gy_layout_take(&at, n, sizeof *b->weights);
  b->values = gy_layout_take(&at, n, d * sizeof *b->values);
  b->centers = gy_layout_take(&at, k, d * sizeof *b->centers);
  b->inertia = gy_layout_take(&at, k, sizeof *b->inertia);
  b->spread = gy_layout_take(&at, k, sizeof *b->spread);
  b->sizes = gy_layout_take(&at, k, sizeof *b->sizes);
  b->node = gy_layout_take(&at, k, sizeof *b->node);
  b->parents = gy_layout_take(&at, 2 * k, sizeof *b->parents);
  return gy_layout_bytes(&at);
}

static double weight_of(const bisection *b, size_t row) {
  return b->options->kmeans.weights == NULL ? 1.0 : (double)b->options->kmeans.weights[row];
}

/* Mean, size and inertia of cluster c, row by row. Where none of its rows weighs anything they count alike.
 */
static void describe_cluster(bisection *b, size_t c) {
  size_t d = b->x.n_columns;
  double total = 0, *center = b->centers + c * d;
  memset(center, 0, d * sizeof *center);
  b->sizes[c] = 0;
  b->inertia[c] = 0;
  for (size_t i = 0; i < b->x.n_rows; i++)
    if (b->labels[i] == (int32_t)c) total += weight_of(b, i);
  bool weightless = total <= 0;
  total = 0;
  for (size_t i = 0; i < b->x.n_rows; i++) {
    if (b->labels[i] != (int32_t)c) continue;
    double weight = weightless ? 1.0 : weight_of(b, i);
    for (size_t j = 0; j < d; j++) center[j] += weight * (double)gy_matrix_row(b->x, i)[j];
    total += weight;
    b->sizes[c]++;
  }
  for (size_t j = 0; total > 0 && j < d; j++) center[j] /= total;
  for (size_t i = 0; i < b->x.n_rows; i++) {
    if (b->labels[i] != (int32_t)c) continue;
    for (size_t j = 0; j < d; j++) {
      double difference = (double)gy_matrix_row(b->x, i)[j] - center[j];
      b->inertia[c] += weight_of(b, i) * difference * difference;
    }
  }
  b->spread[c] = b->inertia[c];
}

/* Halves cluster c; where that is impossible (equal rows, or one of weight) marks it as final. */
static gy_status halve(bisection *b, size_t c, gy_error *err) {
  size_t n = 0, d = b->x.n_columns;
  double total = 0;
  for (size_t i = 0; i < b->x.n_rows; i++) {
    if (b->labels[i] != (int32_t)c) continue;
    memcpy(b->values + n * d, gy_matrix_row(b->x, i), d * sizeof *b->values);
    b->weights[n] = (float)weight_of(b, i);
    total += weight_of(b, i);
    b->rows[n++] = i;
  }
  b->inertia[c] = -1;
  if (n < 2 || total <= 0) return GY_OK;
  gy_kmeans halves;
  gy_kmeans_options options = b->options->kmeans;
  gy_task task = gy_kmeans_task_within(b->task);
  options.n_clusters = 2;
  options.seed += b->n_found;
  options.weights = options.weights == NULL ? NULL : b->weights;
  gy_status status = gy_kmeans_fit((gy_matrix){b->values, n, d}, &options, &task, &halves, b->side, err);
  if (status != GY_OK) return status;
  bool halved = halves.n_empty == 0;
  gy_kmeans_clear(&halves);
  if (!halved) return GY_OK;
  int32_t parent = (int32_t)(b->k + b->n_found - 1);
  b->parents[parent] = b->node[c];
  for (size_t i = 0; i < n; i++)
    if (b->side[i] == 1) b->labels[b->rows[i]] = (int32_t)b->n_found;
  b->node[c] = b->node[b->n_found] = parent;
  describe_cluster(b, c);
  describe_cluster(b, b->n_found++);
  return GY_OK;
}

static gy_status bisect(bisection *b, gy_error *err) {
  memset(b->labels, 0, b->x.n_rows * sizeof *b->labels);
  memset(b->parents, -1, 2 * b->k * sizeof *b->parents);
  memset(b->centers, 0, b->k * b->x.n_columns * sizeof *b->centers);
  memset(b->spread, 0, b->k * sizeof *b->spread);
  memset(b->sizes, 0, b->k * sizeof *b->sizes);
  b->node[0] = -1;
  describe_cluster(b, 0);
  b->n_found = 1;
  while (b->n_found < b->k) {
    size_t largest = 0;
    for (size_t c = 1; c < b->n_found; c++)
      if (b->inertia[c] > b->inertia[largest]) largest = c;
    if (b->inertia[largest] <= 0) break; /* nothing left to halve: the rest stay empty */
    gy_status status = halve(b, largest, err);
    if (status == GY_OK) status = gy_task_check(b->task, err);
    if (status != GY_OK) return status;
    gy_task_progress(b->task, "bisecting k-means", b->n_found, b->k, "clusters");
  }
  for (size_t c = 0; c < b->n_found; c++) b->parents[c] = b->node[c];
  return GY_OK;
}

static gy_status become_model(const bisection *b, gy_kmeans *model, gy_error *err) {
  size_t d = b->x.n_columns;
  gy_kmeans found = {.n_clusters = (int32_t)b->k,
                     .n_columns = d,
                     .iterations = (int32_t)b->n_found - 1,
                     .converged = true,
                     .n_empty = (int32_t)(b->k - b->n_found)};
  found.centers = malloc(b->k * d * sizeof *found.centers);
  found.sizes = malloc(b->k * sizeof *found.sizes);
  if (found.centers == NULL || found.sizes == NULL) {
    gy_kmeans_clear(&found);
    return gy_fail(err, GY_ENOMEM, "bisecting k-means: out of memory for %zu centres", b->k);
  }
  /* An empty cluster repeats the first centre. */
  for (size_t i = 0; i < b->k * d; i++) found.centers[i] = (float)b->centers[i / d < b->n_found ? i : i % d];
  memcpy(found.sizes, b->sizes, b->k * sizeof *found.sizes);
  for (size_t c = 0; c < b->n_found; c++) found.inertia += b->spread[c];
  *model = found;
  return GY_OK;
}

size_t gy_bisecting_memory(size_t n, size_t d, const gy_bisecting_options *options, const gy_task *task) {
  bisection b = {.x = {.n_rows = n, .n_columns = d}, .k = (size_t)options->kmeans.n_clusters};
  gy_kmeans_options halving = options->kmeans;
  gy_task within = gy_kmeans_task_within(task);
  size_t row;
  if (__builtin_mul_overflow(d, sizeof(double), &row)) return SIZE_MAX;
  halving.n_clusters = 2;
  size_t own = lay_out(&b, NULL), fit = gy_kmeans_memory(n, d, &halving, &within);
  halving = options->kmeans;
  halving.initial_centers = (const float *)&row; /* any: refining seeds nothing */
  size_t refine = options->refine ? gy_kmeans_memory(n, d, &halving, &within) : 0;
  if (refine > fit) fit = refine;
  return own > SIZE_MAX - fit ? SIZE_MAX : own + fit;
}

static gy_status check(gy_matrix x, const gy_bisecting_options *options, const gy_task *task, gy_error *err) {
  double total;
  gy_status status = gy_kmeans_check_options(x, &options->kmeans, err);
  if (status != GY_OK) return status;
  if (options->kmeans.initial_centers != NULL)
    return gy_fail(err, GY_EUSAGE, "bisecting k-means: it takes no initial centres");
  size_t need = gy_bisecting_memory(x.n_rows, x.n_columns, options, task);
  if (need > gy_task_memory(task))
    return gy_fail(err, GY_ELIMIT,
                   "bisecting k-means: %zu bytes are needed for %zu rows, and the budget is %zu", need,
                   x.n_rows, gy_task_memory(task));
  status = gy_matrix_check(x, GY_KMEANS_VALUE_LIMIT, task, err);
  if (status == GY_OK) status = gy_row_weights_check(options->kmeans.weights, x.n_rows, &total, err);
  if (status != GY_OK) gy_error_prefix(err, "bisecting k-means");
  return status;
}

gy_status gy_bisecting_fit(gy_matrix x, const gy_bisecting_options *options, const gy_task *task,
                           gy_kmeans *model, int32_t *parents, int32_t *labels, gy_error *err) {
  gy_kmeans halved = {0}, refined;
  gy_status status = check(x, options, task, err);
  if (status != GY_OK) return status;
  bisection b = {.options = options, .task = task, .x = x, .k = (size_t)options->kmeans.n_clusters};
  size_t bytes = lay_out(&b, NULL);
  b.storage = bytes == SIZE_MAX ? NULL : aligned_alloc(GY_LAYOUT_ALIGNMENT, bytes);
  if (b.storage == NULL)
    return gy_fail(err, GY_ENOMEM, "bisecting k-means: out of memory; %zu bytes are needed", bytes);
  lay_out(&b, b.storage);
  status = bisect(&b, err);
  if (status == GY_OK) status = become_model(&b, &halved, err);
  if (status != GY_OK) goto done;
  if (options->refine) {
    gy_kmeans_options lloyd = options->kmeans;
    gy_task within = gy_kmeans_task_within(task);
    lloyd.initial_centers = halved.centers;
    status = gy_kmeans_fit(x, &lloyd, &within, &refined, labels, err);
    if (status != GY_OK) goto done;
    *model = refined;
  } else {
    if (labels != NULL) memcpy(labels, b.labels, x.n_rows * sizeof *labels);
    *model = halved;
    halved = (gy_kmeans){0};
  }
  if (parents != NULL) memcpy(parents, b.parents, (2 * b.k - 1) * sizeof *parents);
done:
  gy_kmeans_clear(&halved);
  free(b.storage);
  return status;
}
