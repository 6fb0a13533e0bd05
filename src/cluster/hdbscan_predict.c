/* SPDX-License-Identifier: Apache-2.0
 *
 * New rows in a fitted HDBSCAN* tree. A row added to the data would hang on the spanning tree by its best
 * edge, the one to the fitted row that is nearest under mutual reachability; it would therefore be wherever
 * that row is, at densities lower than this edge's lambda. So: start at the node that the neighbour falls out
 * of, and, while a node appears only at a density that the new row does not reach, go up. */
#include <math.h>
#include <stdlib.h>

#include "cluster/condensed_tree.h"
#include "cluster/mst.h"
#include "cluster/mst_work.h"
#include "num/moments.h"
#include "num/threads.h"

typedef struct {
  const gy_hdbscan *model;
  gy_distinct_rows distinct;
  gy_matrix points; /* the distinct fitted rows */
  float *copy;
  gy_kd_tree tree;
  double *core;           /* place -> squared core distance */
  gy_kd_neighbour *found; /* min_samples a thread */
  double *deaths;         /* of clusters */
} predictor;

static gy_status no_memory(size_t n, gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "hdbscan: out of memory for a search among %zu rows", n);
}

static gy_status prepare(predictor *p, gy_matrix fitted, const gy_task *task, gy_error *err) {
  size_t k = (size_t)p->model->n_clusters, share = (size_t)p->model->min_samples;
  gy_status status = gy_distinct_matrix(fitted, &p->distinct, &p->copy, &p->points, err);
  if (status == GY_OK) status = gy_kd_tree_build(p->points, task, &p->tree, err);
  if (status != GY_OK) return status;
  p->core = malloc(p->points.n_rows * sizeof *p->core);
  p->found = malloc((size_t)gy_task_threads(task) * share * sizeof *p->found);
  p->deaths = malloc((k + 1) * sizeof *p->deaths);
  if (p->core == NULL || p->found == NULL || p->deaths == NULL) return no_memory(fitted.n_rows, err);
  for (size_t i = 0; i < p->points.n_rows; i++) {
    double core = p->model->core_distances[p->distinct.first[p->tree.rows[i]]];
    p->core[i] = core * core;
  }
  gy_condensed_deaths(p->model, p->deaths);
  return GY_OK;
}

static void clear(predictor *p) {
  gy_distinct_rows_clear(&p->distinct);
  gy_kd_tree_clear(&p->tree);
  free(p->copy);
  free(p->core);
  free(p->found);
  free(p->deaths);
}

/* Squared core distance of a new row, itself counted as the first. */
static double new_core(const predictor *p, const float *row) {
  size_t wanted = (size_t)p->model->min_samples - 1, reached = 0;
  if (wanted == 0) return 0;
  gy_kd_neighbour *found = p->found + gy_thread_number() * (wanted + 1);
  size_t k = wanted < p->points.n_rows ? wanted : p->points.n_rows;
  gy_kd_nearest(&p->tree, row, k, found);
  for (size_t i = 0; i < k; i++) {
    reached += p->distinct.counts[found[i].row];
    if (reached >= wanted) return found[i].square;
  }
  return found[k - 1].square;
}

typedef struct {
  double weight, distance;
  uint32_t point; /* GY_KD_NONE: none yet */
} hanging;

/* The least of (weight, distance, row) over all fitted rows. */
static hanging hang(const predictor *p, const float *row) {
  const gy_kd_tree *tree = &p->tree;
  const uint8_t only[] = {0};
  double core = new_core(p, row), reach = INFINITY;
  hanging best = {INFINITY, INFINITY, GY_KD_NONE};
  gy_kd_points query = {row, 1, only, 1};
  gy_kd_walk walk;
  gy_kd_walk_start(&walk, tree, row, row, GY_KD_NONE);
  for (uint32_t node; (node = gy_kd_walk_next(&walk, reach, -1)) != GY_KD_NONE;) {
    float limit = gy_kd_band_of(reach, tree->d).unsure;
    uint32_t within, first = tree->nodes[node].first;
    tree->kernel->near_points(gy_kd_block(tree, first), tree->d, &query, &limit, &within, NULL, NULL);
    for (; within != 0; within &= within - 1) {
      uint32_t place = first + (uint32_t)__builtin_ctz(within), point = tree->rows[place];
      double distance = gy_kd_square(row, 1, gy_kd_point(tree, place), GY_KD_LEAF, tree->d);
      double weight = gy_mst_weight(distance, core, p->core[place]);
      if (gy_mst_before(weight, distance, 0, point, best.weight, best.distance, 0, best.point))
        best = (hanging){weight, distance, point};
    }
    /* No weight is below the row's own core distance: then only nearer rows are better. */
    reach = best.weight > core ? best.weight : best.distance;
  }
  return best;
}

static int32_t label_of(const predictor *p, const float *row, float *probability) {
  const gy_hdbscan *model = p->model;
  hanging best = hang(p, row);
  double weight = sqrt(best.weight);
  double lambda = 1 / (weight > model->least_distance ? weight : model->least_distance);
  uint32_t neighbour = p->distinct.first[best.point];
  int32_t node = model->row_nodes[neighbour];
  bool earlier = lambda < model->row_lambdas[neighbour];
  while (earlier && node > 0 && model->nodes[node].birth >= lambda) node = model->nodes[node].parent;
  return gy_condensed_label(model, p->deaths, node, lambda, probability);
}

gy_status gy_hdbscan_predict(const gy_hdbscan *model, gy_matrix fitted, gy_matrix x, const gy_task *task,
                             int32_t *labels, float *probabilities, gy_error *err) {
  if (fitted.n_rows != model->n_rows || fitted.n_columns != model->n_columns ||
      x.n_columns != model->n_columns)
    return gy_fail(
        err, GY_EDATA,
        "hdbscan: the model was fitted on %zu rows of %zu columns; given are %zu of %zu, and new ones of %zu",
        model->n_rows, model->n_columns, fitted.n_rows, fitted.n_columns, x.n_columns);
  if (x.n_rows == 0) return GY_OK;
  predictor p = {.model = model};
  gy_status status = gy_matrix_check(fitted, GY_KD_VALUE_LIMIT, task, err);
  if (status == GY_OK) status = gy_matrix_check(x, GY_KD_VALUE_LIMIT, task, err);
  if (status != GY_OK) {
    gy_error_prefix(err, "hdbscan");
    return status;
  }
  status = prepare(&p, fitted, task, err);
  if (status == GY_OK) {
#pragma omp parallel for schedule(dynamic, 64) num_threads(gy_task_threads(task))
    for (size_t i = 0; i < x.n_rows; i++) {
      float probability;
      if (gy_task_cancelled(task)) continue;
      labels[i] = label_of(&p, gy_matrix_row(x, i), &probability);
      if (probabilities != NULL) probabilities[i] = probability;
    }
    status = gy_task_check(task, err);
  }
  clear(&p);
  return status;
}
