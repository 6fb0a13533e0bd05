/* SPDX-License-Identifier: Apache-2.0
 *
 * Density-based clustering validation (Moulavi et al. 2014). Rows are sorted by cluster; each cluster gives
 * its core distances (all_points_core.c), its spanning tree (Prim), its sparseness, and a kd-tree over its
 * inner rows. A pair of clusters is then searched from the inner rows of one in the tree of the other, within
 * the larger of the two separations found so far: what is farther would change neither. */
#include <gyeol/dbcv.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/all_points_core.h"
#include "cluster/mst_work.h"
#include "num/moments.h"

typedef struct {
  gy_matrix x;     /* its rows */
  gy_matrix inner; /* its inner rows, moved to the front of x */
  double *core;    /* squared, of the inner rows */
  gy_kd_tree tree;
  double sparseness, separation; /* squared */
} part;

typedef struct {
  const gy_task *task;
  size_t n, d;
  int32_t k;
  float *values;      /* rows sorted by cluster */
  double *core;       /* of the sorted rows */
  size_t *first;      /* k + 1: where each cluster's rows begin */
  gy_mst_edge *edges; /* of the cluster at hand */
  uint32_t *degrees;
  part *parts; /* k */
} judge;

size_t gy_dbcv_memory(size_t n, size_t d, int32_t n_clusters, const gy_task *task) {
  size_t values;
  if (n_clusters < 0 || n > SIZE_MAX / 1024 || d > SIZE_MAX / 1024 ||
      __builtin_mul_overflow(n, 64 * d, &values))
    return SIZE_MAX;
  size_t rows = n * (d * sizeof(float) + sizeof(double) + sizeof(gy_mst_edge) + sizeof(uint32_t));
  size_t core = gy_all_points_core_memory(n, d, task), tree = gy_mst_prim_memory(n, d);
  size_t kept =
      gy_kd_tree_memory(n, d) + (size_t)n_clusters * (sizeof(part) + sizeof(size_t) + 256 * d + 1024);
  return rows + kept + (core > tree ? core : tree);
}

static gy_status check(const gy_clustering *c, const gy_task *task, gy_error *err) {
  gy_status status = gy_mst_check(c->x, 1, "dbcv", task, err);
  if (status != GY_OK) return status;
  for (size_t i = 0; i < c->x.n_rows; i++)
    if (c->labels[i] < -1 || c->labels[i] >= c->n_clusters)
      return gy_fail(err, GY_EDATA, "dbcv: the label of row %zu is %d; labels are -1 (noise) or 0 to %d",
                     i + 1, c->labels[i], c->n_clusters - 1);
  size_t need = gy_dbcv_memory(c->x.n_rows, c->x.n_columns, c->n_clusters, task);
  if (need <= gy_task_memory(task)) return GY_OK;
  return gy_fail(err, GY_ELIMIT, "dbcv: %zu bytes are needed for %zu rows, and the budget is %zu", need,
                 c->x.n_rows, gy_task_memory(task));
}

static gy_status take(judge *j, const gy_clustering *c, gy_error *err) {
  size_t n = j->n, d = j->d, k = (size_t)j->k;
  j->values = malloc(n * d * sizeof *j->values);
  j->core = malloc(n * sizeof *j->core);
  j->first = calloc(k + 2, sizeof *j->first);
  j->edges = malloc(n * sizeof *j->edges);
  j->degrees = malloc(n * sizeof *j->degrees);
  j->parts = calloc(k + 1, sizeof *j->parts);
  if (j->values == NULL || j->core == NULL || j->first == NULL || j->edges == NULL || j->degrees == NULL ||
      j->parts == NULL)
    return gy_fail(err, GY_ENOMEM, "dbcv: out of memory for %zu rows", n);
  /* Counting sort; first[c + 1] runs through cluster c's places while they are filled. */
  for (size_t i = 0; i < n; i++)
    if (c->labels[i] >= 0) j->first[c->labels[i] + 2]++;
  for (size_t a = 2; a <= k; a++) j->first[a] += j->first[a - 1];
  for (size_t i = 0; i < n; i++) {
    if (c->labels[i] < 0) continue;
    size_t place = j->first[c->labels[i] + 1]++;
    memcpy(j->values + place * d, gy_matrix_row(c->x, i), d * sizeof *j->values);
  }
  return GY_OK;
}

/* Sparseness, and the inner rows: swapped to the front, with their core distances. */
static void find_inner(judge *j, part *p, size_t first) {
  size_t m = p->x.n_rows, n_inner = 0, d = j->d;
  double longest = 0, longest_inner = -1;
  memset(j->degrees, 0, m * sizeof *j->degrees);
  for (size_t e = 0; e + 1 < m; e++) {
    j->degrees[j->edges[e].a]++;
    j->degrees[j->edges[e].b]++;
    if (j->edges[e].weight > longest) longest = j->edges[e].weight;
  }
  for (size_t e = 0; e + 1 < m; e++)
    if (j->degrees[j->edges[e].a] > 1 && j->degrees[j->edges[e].b] > 1 && j->edges[e].weight > longest_inner)
      longest_inner = j->edges[e].weight;
  p->sparseness = longest_inner >= 0 ? longest_inner : longest;
  for (size_t i = 0; i < m; i++) {
    if (j->degrees[i] < 2) continue;
    memmove(j->values + (first + n_inner) * d, j->values + (first + i) * d, d * sizeof *j->values);
    p->core[n_inner++] = p->core[i];
  }
  p->inner = (gy_matrix){p->x.values, n_inner == 0 ? m : n_inner, d};
}

static gy_status judge_part(judge *j, int32_t cluster, gy_error *err) {
  part *p = &j->parts[cluster];
  size_t first = j->first[cluster], count, m = j->first[cluster + 1] - first;
  if (m < 2) return GY_OK;
  p->x = (gy_matrix){j->values + first * j->d, m, j->d};
  p->core = j->core + first;
  p->separation = INFINITY;
  gy_status status = gy_all_points_core(p->x, j->task, p->core, err);
  if (status != GY_OK) return status;
  gy_mst_points points = {.x = p->x, .n = m, .core = p->core, .mutual = true, .task = j->task};
  points.kernel = gy_prim_kernels(&count)[0];
  status = gy_mst_prim(&points, j->edges, err);
  if (status != GY_OK) return status;
  find_inner(j, p, first);
  return gy_kd_tree_build(p->inner, j->task, &p->tree, err);
}

/* Lowers `found` to the least squared distance under mutual reachability from `row` to the inner rows of `p`.
 */
static double nearest_in(const part *p, const float *row, double core, double found) {
  const gy_kd_tree *tree = &p->tree;
  const uint8_t only[] = {0};
  gy_kd_points query = {row, 1, only, 1};
  gy_kd_walk walk;
  if (core >= found) return found;
  gy_kd_walk_start(&walk, tree, row, row, GY_KD_NONE);
  for (uint32_t node; (node = gy_kd_walk_next(&walk, found, -1)) != GY_KD_NONE;) {
    float limit = gy_kd_band_of(found, tree->d).unsure;
    uint32_t within, first = tree->nodes[node].first;
    tree->kernel->near_points(gy_kd_block(tree, first), tree->d, &query, &limit, &within, NULL, NULL);
    for (; within != 0; within &= within - 1) {
      uint32_t place = first + (uint32_t)__builtin_ctz(within);
      double distance = gy_kd_square(row, 1, gy_kd_point(tree, place), GY_KD_LEAF, tree->d);
      double weight = gy_mst_weight(distance, core, p->core[tree->rows[place]]);
      if (weight < found) found = weight;
    }
  }
  return found;
}

static double box_distance(const part *a, const part *b, size_t d) {
  return gy_kd_box_least(gy_kd_lower(&a->tree, 0), gy_kd_upper(&a->tree, 0), gy_kd_lower(&b->tree, 0),
                         gy_kd_upper(&b->tree, 0), d, INFINITY);
}

/* The pair's least distance, where it is below the larger separation. Threads prune by what each has found
 * itself; the least of all is the same. */
static void separate(const judge *j, part *a, part *b) {
  double bound = a->separation > b->separation ? a->separation : b->separation, least = bound;
  const part *from = a->inner.n_rows <= b->inner.n_rows ? a : b, *to = from == a ? b : a;
  if (box_distance(a, b, j->d) >= bound) return;
#pragma omp parallel num_threads(gy_task_threads(j->task)) if (from->inner.n_rows > 256)
  {
    double found = bound;
#pragma omp for schedule(dynamic, 64)
    for (size_t i = 0; i < from->inner.n_rows; i++)
      found = nearest_in(to, gy_matrix_row(from->inner, i), from->core[i], found);
#pragma omp critical
    if (found < least) least = found;
  }
  if (least < a->separation) a->separation = least;
  if (least < b->separation) b->separation = least;
}

static gy_status separate_all(judge *j, gy_error *err) {
  for (int32_t a = 0; a < j->k; a++) {
    gy_status status = gy_task_check(j->task, err);
    if (status != GY_OK) return status;
    gy_task_progress(j->task, "dbcv", (uint64_t)a, (uint64_t)j->k, "clusters");
    for (int32_t b = a + 1; b < j->k; b++)
      if (j->parts[a].core != NULL && j->parts[b].core != NULL) separate(j, &j->parts[a], &j->parts[b]);
  }
  return GY_OK;
}

static void add_up(const judge *j, gy_dbcv *result, double *values) {
  *result = (gy_dbcv){.n_noise = j->n};
  for (int32_t c = 0; c < j->k; c++) {
    const part *p = &j->parts[c];
    if (values != NULL) values[c] = NAN;
    if (p->core == NULL) continue;
    double separation = sqrt(p->separation), sparseness = sqrt(p->sparseness);
    double most = separation > sparseness ? separation : sparseness;
    double value = most > 0 ? (separation - sparseness) / most : 0;
    if (values != NULL) values[c] = value;
    result->value += value * (double)p->x.n_rows / (double)j->n;
    result->n_noise -= p->x.n_rows;
    result->n_judged++;
  }
}

gy_status gy_dbcv_of(const gy_clustering *c, const gy_task *task, gy_dbcv *result, double *values,
                     gy_error *err) {
  gy_status status = check(c, task, err);
  if (status != GY_OK) return status;
  judge j = {.task = task, .n = c->x.n_rows, .d = c->x.n_columns, .k = c->n_clusters};
  int32_t n_judged = 0;
  status = take(&j, c, err);
  if (status != GY_OK) goto done;
  for (int32_t a = 0; a < j.k; a++) n_judged += j.first[a + 1] - j.first[a] > 1;
  if (n_judged < 2) {
    status =
        gy_fail(err, GY_EDATA, "dbcv: %d clusters of two rows or more; it compares two at least", n_judged);
    goto done;
  }
  for (int32_t a = 0; status == GY_OK && a < j.k; a++) status = judge_part(&j, a, err);
  if (status == GY_OK) status = separate_all(&j, err);
  if (status == GY_OK) add_up(&j, result, values);
done:
  for (int32_t a = 0; j.parts != NULL && a < j.k; a++) gy_kd_tree_clear(&j.parts[a].tree);
  free(j.values);
  free(j.core);
  free(j.first);
  free(j.edges);
  free(j.degrees);
  free(j.parts);
  return status;
}
