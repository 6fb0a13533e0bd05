/* SPDX-License-Identifier: Apache-2.0
 *
 * One category from the terms of the other attributes, by a tree of at most four levels, grown on at most
 * GY_PREDICTED_TREE_ROWS rows that are drawn at random (Knuth's algorithm S). The error is of five folds,
 * each told by the tree of the other four. */
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "cluster/preparation_work.h"

enum { FOLDS = GY_PREPARATION_FOLDS };

static bool takes_part(const gy_preparation_work *work, size_t row, size_t category) {
  const gy_attributes *x = work->x;
  return work->states[row] == GY_ROW_KEPT && x->codes[row * x->n_categories + category] >= 0;
}

/* Terms of the column itself are 0: no split can use them. Returns how many rows were taken. */
static size_t draw_rows(gy_preparation_work *work, size_t j) {
  const gy_attributes *x = work->x;
  const gy_preparation *p = work->p;
  size_t category = j - p->n_numbers, left = (size_t)work->n_present[j], taken = 0;
  size_t wanted = left < work->n_tree_rows ? left : work->n_tree_rows;
  gy_rng rng;
  gy_rng_init(&rng, work->seed, j);
  for (size_t i = 0; i < x->n_rows && taken < wanted; i++) {
    if (!takes_part(work, i, category)) continue;
    if (gy_rng_uniform(&rng) * (double)left-- >= (double)(wanted - taken)) continue;
    const float *numbers = x->n_numbers > 0 ? x->numbers + i * x->n_numbers : NULL;
    const int32_t *codes = x->codes + i * x->n_categories;
    float *row = work->tree_rows + taken * p->n_terms;
    for (size_t t = 0; t < p->n_terms; t++)
      row[t] = p->terms[t].column == j ? 0 : (float)gy_preparation_term_of(p, &p->terms[t], numbers, codes);
    work->tree_labels[taken] = codes[category];
    work->tree_folds[taken++] = (uint8_t)gy_preparation_fold(work->seed, i);
  }
  return taken;
}

/* The rows that are not in fold `f` into part_rows, part_labels. */
static size_t take_part(gy_preparation_work *work, size_t n, unsigned f) {
  size_t d = work->p->n_terms, m = 0;
  for (size_t i = 0; i < n; i++) {
    if (work->tree_folds[i] == f) continue;
    memcpy(work->part_rows + m * d, work->tree_rows + i * d, d * sizeof *work->part_rows);
    work->part_labels[m++] = work->tree_labels[i];
  }
  return m;
}

static int32_t most_frequent(gy_preparation_work *work, int32_t n_levels, size_t n) {
  for (int32_t l = 0; l < n_levels; l++) work->counts[l] = 0;
  for (size_t i = 0; i < n; i++) work->counts[work->part_labels[i]]++;
  int32_t most = 0;
  for (int32_t l = 1; l < n_levels; l++)
    if (work->counts[l] > work->counts[most]) most = l;
  return most;
}

static gy_status measure(gy_preparation_work *work, gy_prepared_column *column, size_t n, gy_error *err) {
  gy_surrogate_options options = gy_surrogate_defaults();
  size_t d = work->p->n_terms, n_wrong = 0, n_wrong_mode = 0;
  for (unsigned f = 0; f < FOLDS; f++) {
    size_t m = take_part(work, n, f);
    if (m == 0) continue;
    gy_surrogate_tree tree;
    gy_status status = gy_surrogate_tree_fit((gy_matrix){work->part_rows, m, d}, work->part_labels,
                                             column->n_levels, &options, work->task, &tree, err);
    if (status != GY_OK) return status;
    int32_t mode = most_frequent(work, column->n_levels, m);
    for (size_t i = 0; i < n; i++) {
      if (work->tree_folds[i] != f) continue;
      int32_t says = tree.nodes[gy_surrogate_tree_leaf(&tree, work->tree_rows + i * d)].label;
      n_wrong += says != work->tree_labels[i];
      n_wrong_mode += mode != work->tree_labels[i];
    }
    gy_surrogate_tree_clear(&tree);
  }
  column->error = (double)n_wrong / (double)n;
  column->baseline = (double)n_wrong_mode / (double)n;
  return GY_OK;
}

gy_status gy_preparation_tree(gy_preparation_work *work, size_t j, gy_error *err) {
  gy_prepared_column *column = &work->p->columns[j];
  gy_surrogate_options options = gy_surrogate_defaults();
  size_t n = draw_rows(work, j);
  gy_status status = measure(work, column, n, err);
  if (status == GY_OK)
    status = gy_surrogate_tree_fit((gy_matrix){work->tree_rows, n, work->p->n_terms}, work->tree_labels,
                                   column->n_levels, &options, work->task, column->tree, err);
  if (status != GY_OK) return status;
  column->n_trained = (int64_t)n;
  column->predicted = true;
  return GY_OK;
}
