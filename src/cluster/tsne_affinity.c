/* SPDX-License-Identifier: Apache-2.0
 *
 * Neighbourhoods as probabilities (van der Maaten and Hinton 2008). Row i names its neighbour j with
 *
 *   p(j | i) = exp(-b_i d_ij^2) / sum over i's neighbours,     b_i such that 2^entropy = perplexity
 *
 * so that every row has as many neighbours that count, in crowds as in deserts. Then p_ij is the mean of p(j
 * | i) and p(i | j), divided by n: neighbours in either direction count, and all of it sums to 1. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/tsne_work.h"

enum { MAX_BISECTIONS = 100, ROWS_A_TURN = 256 };

size_t gy_tsne_neighbours(size_t n, double perplexity) {
  double wanted = floor(3 * perplexity);
  size_t most = n - 1;
  return wanted < (double)most ? (wanted < 1 ? 1 : (size_t)wanted) : most;
}

size_t gy_tsne_affinities_kept(size_t n, size_t k) {
  gy_layout at = {0};
  gy_layout_take(&at, n + 1, sizeof(size_t));
  gy_layout_take(&at, n, 2 * k * (sizeof(uint32_t) + sizeof(float)));
  return gy_layout_bytes(&at);
}

/* Neighbours with distances, then neighbours and their transpose, then also what is kept. */
size_t gy_tsne_affinities_peak(size_t n, size_t k, const gy_task *task) {
  gy_layout at = {0};
  size_t kept = gy_tsne_affinities_kept(n, k);
  gy_layout_take(&at, n, k * 2 * (sizeof(uint32_t) + sizeof(float)));
  gy_layout_take(&at, 2 * (n + 1), sizeof(size_t));
  gy_layout_take(&at, (size_t)gy_task_threads(task), 32 * k * 16);
  size_t bytes = gy_layout_bytes(&at);
  return kept > SIZE_MAX - bytes || bytes == SIZE_MAX ? SIZE_MAX : kept + bytes;
}

/* Fills `p` (k, summing to 1) from ascending squared distances. */
static void row_probabilities(const double *squares, size_t k, double perplexity, float *p) {
  double mean = 0, target = log(perplexity), low = 0, high = INFINITY, sum = 0;
  for (size_t j = 0; j < k; j++) mean += (squares[j] - squares[0]) / (double)k;
  double precision = mean > 0 ? 1 / mean : 0;
  for (int step = 0; step < MAX_BISECTIONS; step++) {
    double weighted = 0;
    sum = 0;
    for (size_t j = 0; j < k; j++) {
      double beyond = precision * (squares[j] - squares[0]), share = exp(-beyond);
      sum += share;
      weighted += share * beyond;
      p[j] = (float)share;
    }
    double entropy = log(sum) + weighted / sum;
    if (mean <= 0 || fabs(entropy - target) < 1e-5) break;
    if (entropy > target)
      low = precision;
    else
      high = precision;
    precision = isinf(high) ? 2 * precision : (low + high) / 2;
  }
  for (size_t j = 0; j < k; j++) p[j] /= (float)sum;
}

/* n rows of k entries, or of any number once `starts` is there. */
typedef struct {
  size_t n, k;
  size_t *starts; /* NULL: row i begins at i k */
  uint32_t *columns;
  float *values;
} sparse;

static size_t start_of(const sparse *m, size_t row) {
  return m->starts == NULL ? row * m->k : m->starts[row];
}

static void clear(sparse *m) {
  free(m->starts);
  free(m->columns);
  free(m->values);
  *m = (sparse){0};
}

static bool make(sparse *m, size_t n, size_t k, bool with_starts) {
  *m = (sparse){.n = n, .k = k};
  m->starts = with_starts ? calloc(n + 1, sizeof *m->starts) : NULL;
  m->columns = malloc(n * k * sizeof *m->columns);
  m->values = malloc(n * k * sizeof *m->values);
  return m->columns != NULL && m->values != NULL && (m->starts != NULL || !with_starts);
}

/* Ascending by column, few of them: Shell's sort. */
static void sort_row(uint32_t *columns, float *values, size_t n) {
  for (size_t step = n / 2; step > 0; step = step == 2 ? 1 : step * 5 / 11) {
    for (size_t i = step; i < n; i++) {
      uint32_t column = columns[i];
      float value = values[i];
      size_t j = i;
      for (; j >= step && columns[j - step] > column; j -= step) {
        columns[j] = columns[j - step];
        values[j] = values[j - step];
      }
      columns[j] = column;
      values[j] = value;
    }
  }
}

static gy_status find_neighbours(const gy_kd_tree *tree, double perplexity, const gy_task *task, sparse *m,
                                 gy_error *err) {
  size_t n = m->n, k = m->k;
  double *squares = malloc(n * k * sizeof *squares);
  if (squares == NULL)
    return gy_fail(err, GY_ENOMEM, "embedding: out of memory for %zu x %zu neighbours", n, k);
  gy_status status = gy_kd_nearest_all(tree, k, task, m->columns, squares, NULL, err);
  if (status == GY_OK) {
#pragma omp parallel for schedule(dynamic, ROWS_A_TURN) num_threads(gy_task_threads(task))
    for (size_t i = 0; i < n; i++) {
      row_probabilities(squares + i * k, k, perplexity, m->values + i * k);
      sort_row(m->columns + i * k, m->values + i * k, k);
    }
  }
  free(squares);
  return status;
}

/* `t`, of the same size, becomes the transpose; its columns ascend. */
static void transpose(const sparse *m, sparse *t) {
  for (size_t e = 0; e < m->n * m->k; e++) t->starts[m->columns[e] + 1]++;
  for (size_t i = 0; i < m->n; i++) t->starts[i + 1] += t->starts[i];
  for (size_t i = 0; i < m->n; i++) {
    for (size_t e = i * m->k; e < (i + 1) * m->k; e++) {
      size_t to = t->starts[m->columns[e]]++;
      t->columns[to] = (uint32_t)i;
      t->values[to] = m->values[e];
    }
  }
  for (size_t i = m->n; i > 0; i--) t->starts[i] = t->starts[i - 1];
  t->starts[0] = 0;
}

/* Row i of (a + b) / (2 n) into `columns` and `values`, which may be NULL: returns how many entries. */
static size_t merge_row(const sparse *a, const sparse *b, size_t i, uint32_t *columns, float *values) {
  size_t at_a = start_of(a, i), end_a = start_of(a, i + 1), at_b = start_of(b, i), end_b = start_of(b, i + 1);
  size_t count = 0;
  float scale = 0.5f / (float)a->n;
  for (; at_a < end_a || at_b < end_b; count++) {
    bool use_a = at_a < end_a && (at_b == end_b || a->columns[at_a] <= b->columns[at_b]);
    bool use_b = at_b < end_b && (at_a == end_a || b->columns[at_b] <= a->columns[at_a]);
    if (columns != NULL) {
      columns[count] = use_a ? a->columns[at_a] : b->columns[at_b];
      values[count] = scale * ((use_a ? a->values[at_a] : 0) + (use_b ? b->values[at_b] : 0));
    }
    at_a += use_a;
    at_b += use_b;
  }
  return count;
}

static gy_status merge(const sparse *a, const sparse *b, const gy_task *task, gy_affinities *p,
                       gy_error *err) {
  size_t n = a->n;
  *p = (gy_affinities){.n = n, .starts = calloc(n + 1, sizeof *p->starts)};
  if (p->starts == NULL) return gy_fail(err, GY_ENOMEM, "embedding: out of memory for %zu rows", n);
#pragma omp parallel for schedule(dynamic, ROWS_A_TURN) num_threads(gy_task_threads(task))
  for (size_t i = 0; i < n; i++) p->starts[i + 1] = merge_row(a, b, i, NULL, NULL);
  for (size_t i = 0; i < n; i++) p->starts[i + 1] += p->starts[i];
  p->columns = malloc(p->starts[n] * sizeof *p->columns);
  p->values = malloc(p->starts[n] * sizeof *p->values);
  if (p->columns == NULL || p->values == NULL) {
    gy_affinities_clear(p);
    return gy_fail(err, GY_ENOMEM, "embedding: out of memory for the affinities of %zu rows", n);
  }
#pragma omp parallel for schedule(dynamic, ROWS_A_TURN) num_threads(gy_task_threads(task))
  for (size_t i = 0; i < n; i++) merge_row(a, b, i, p->columns + p->starts[i], p->values + p->starts[i]);
  return GY_OK;
}

gy_status gy_tsne_affinities(const gy_kd_tree *tree, double perplexity, const gy_task *task, gy_affinities *p,
                             gy_error *err) {
  size_t n = tree->n, k = gy_tsne_neighbours(n, perplexity);
  sparse directed = {0}, reversed = {0};
  gy_status status = GY_OK;
  if (!make(&directed, n, k, false))
    status = gy_fail(err, GY_ENOMEM, "embedding: out of memory for %zu x %zu neighbours", n, k);
  if (status == GY_OK) status = find_neighbours(tree, perplexity, task, &directed, err);
  if (status == GY_OK && !make(&reversed, n, k, true))
    status = gy_fail(err, GY_ENOMEM, "embedding: out of memory for %zu x %zu neighbours", n, k);
  if (status == GY_OK) {
    transpose(&directed, &reversed);
    status = merge(&directed, &reversed, task, p, err);
  }
  clear(&directed);
  clear(&reversed);
  return status;
}

void gy_affinities_clear(gy_affinities *p) {
  free(p->starts);
  free(p->columns);
  free(p->values);
  *p = (gy_affinities){0};
}
