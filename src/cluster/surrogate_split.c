/* SPDX-License-Identifier: Apache-2.0
 *
 * One pass over a sorted column finds the best split of every node of a level at once. Moving a row of class
 * c and weight w to the left changes the sums of squared class weights by w (2 L_c + w) and w (w - 2 R_c),
 * and the impurity that a split takes away is, but for a constant, sum L_c^2 / L + sum R_c^2 / R (Breiman et
 * al. 1984, chapter 4). Columns are shared among threads; each is summed in its own order by one thread. */
#include "cluster/surrogate_split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/layout.h"
#include "num/blocks.h"
#include "num/threads.h"

enum { NODES = 2 * GY_SPLIT_SLOTS, DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS, KEY_PASSES = 3 };

/* A gain below this share of the weight is rounding. */
static const double LEAST_GAIN = 1e-12;
static const float WHOLE_LIMIT = 0x1p24f;

static size_t lay_out(gy_split_work *w, void *base) {
  size_t n = w->x.n_rows, d = w->x.n_columns, threads = (size_t)w->n_threads, n_values = n;
  gy_layout at = {.base = base};
  if (__builtin_mul_overflow(n, d, &n_values)) return SIZE_MAX;
  w->sorted = gy_layout_take(&at, n_values, sizeof *w->sorted);
  w->spare = gy_layout_take(&at, threads * n, sizeof *w->spare);
  w->place = gy_layout_take(&at, n, sizeof *w->place);
  w->whole = gy_layout_take(&at, d, sizeof *w->whole);
  w->class_weights = gy_layout_take(&at, NODES * w->n_classes, sizeof *w->class_weights);
  w->left_weights = gy_layout_take(&at, threads * NODES * w->n_classes, sizeof *w->left_weights);
  w->found = gy_layout_take(&at, d * NODES, sizeof *w->found);
  return gy_layout_bytes(&at);
}

size_t gy_split_memory(size_t n, size_t d, size_t n_classes, int n_threads) {
  gy_split_work w = {.x = {NULL, n, d}, .n_classes = n_classes, .n_threads = n_threads};
  return lay_out(&w, NULL);
}

/* ---- sorting ---- */

/* Bits that ascend as the floats do, -0 as 0. */
static inline uint32_t sort_key(float value) {
  uint32_t bits;
  float positive = value == 0 ? 0 : value;
  memcpy(&bits, &positive, sizeof bits);
  return bits ^ ((uint32_t)((int32_t)bits >> 31) | 0x80000000u);
}

/* Least digit first and stable: equal values stay in the order of their rows. A digit that all keys share
 * moves nothing. */
static void sort_values(gy_sorted_value *values, gy_sorted_value *spare, size_t n) {
  gy_sorted_value *from = values, *to = spare;
  for (int pass = 0; pass < KEY_PASSES; pass++) {
    size_t starts[DIGITS] = {0}, sum = 0;
    int shift = pass * DIGIT_BITS;
    for (size_t i = 0; i < n; i++) starts[sort_key(from[i].value) >> shift & (DIGITS - 1)]++;
    if (starts[sort_key(from[0].value) >> shift & (DIGITS - 1)] == n) continue;
    for (size_t digit = 0; digit < DIGITS; digit++) {
      size_t count = starts[digit];
      starts[digit] = sum;
      sum += count;
    }
    for (size_t i = 0; i < n; i++) to[starts[sort_key(from[i].value) >> shift & (DIGITS - 1)]++] = from[i];
    gy_sorted_value *swap = from;
    from = to;
    to = swap;
  }
  if (from != values) memcpy(values, from, n * sizeof *values);
}

static void prepare_column(gy_split_work *w, size_t column, gy_sorted_value *spare) {
  size_t n = w->x.n_rows;
  gy_sorted_value *values = w->sorted + column * n;
  bool whole = true;
  for (size_t i = 0; i < n; i++) {
    float value = w->x.values[i * w->x.n_columns + column];
    whole = whole && fabsf(value) < WHOLE_LIMIT && value == truncf(value);
    values[i] = (gy_sorted_value){value, (uint32_t)i};
  }
  w->whole[column] = whole;
  sort_values(values, spare, n);
}

gy_status gy_split_init(gy_split_work *w, const int32_t *labels, gy_error *err) {
  size_t n = w->x.n_rows, d = w->x.n_columns, bytes = lay_out(w, NULL);
  w->storage = bytes < SIZE_MAX ? aligned_alloc(GY_LAYOUT_ALIGNMENT, bytes) : NULL;
  if (w->storage == NULL)
    return gy_fail(err, GY_ENOMEM, "surrogate tree: out of memory for %zu rows of %zu columns", n, d);
  lay_out(w, w->storage);
  for (size_t i = 0; i < n; i++)
    w->place[i] = (labels[i] < 0 ? (uint32_t)w->n_classes - 1 : (uint32_t)labels[i]) * NODES;
#pragma omp parallel for schedule(dynamic) num_threads(w->n_threads) if (w->n_threads > 1)
  for (size_t j = 0; j < d; j++)
    if (!gy_task_cancelled(w->task)) prepare_column(w, j, w->spare + gy_thread_number() * n);
  return gy_task_check(w->task, err);
}

void gy_split_clear(gy_split_work *w) {
  free(w->storage);
  w->storage = NULL;
}

/* ---- searching ---- */

void gy_split_weigh(gy_split_work *w, size_t n_nodes) {
  memset(w->class_weights, 0, n_nodes * w->n_classes * sizeof *w->class_weights);
  for (size_t i = 0; i < w->x.n_rows; i++)
    w->class_weights[w->place[i] % NODES * w->n_classes + w->place[i] / NODES] +=
        w->weights != NULL ? (double)w->weights[i] : 1;
  for (size_t node = 0; node < n_nodes; node++) {
    gy_split_slot *slot = &w->slots[node];
    *slot = (gy_split_slot){0};
    for (size_t c = 0; c < w->n_classes; c++) {
      double weight = w->class_weights[node * w->n_classes + c];
      slot->weight += weight;
      slot->squares += weight * weight;
    }
  }
}

/* Considers the cut between the side's last value and `above`. */
static inline void consider(const gy_split_work *w, const gy_split_slot *slot, const gy_split_side *side,
                            float above, gy_split *best) {
  double right = slot->weight - side->left;
  if (side->left < w->min_leaf || right < w->min_leaf || side->left <= 0 || right <= 0) return;
  double gain = side->left_squares / side->left + side->right_squares / right - slot->squares / slot->weight;
  if (gain > best->gain) *best = (gy_split){gain, side->last, above};
}

static void search_column(const gy_split_work *w, const gy_sorted_value *values, double *left_weights,
                          gy_split *best) {
  size_t k = w->n_classes;
  gy_split_side sides[NODES] = {0};
  for (size_t node = 0; node < NODES; node++) {
    sides[node].right_squares = w->slots[node].squares;
    best[node] = (gy_split){.gain = LEAST_GAIN * w->slots[node].weight};
  }
  memset(left_weights, 0, NODES * k * sizeof *left_weights);
  for (size_t i = 0; i < w->x.n_rows; i++) {
    uint32_t place = w->place[values[i].row];
    size_t node = place % NODES, at = node * k + place / NODES;
    if (!w->slots[node].open) continue;
    gy_split_side *side = &sides[node];
    if (side->begun && values[i].value > side->last)
      consider(w, &w->slots[node], side, values[i].value, &best[node]);
    double weight = w->weights != NULL ? (double)w->weights[values[i].row] : 1, left = left_weights[at];
    side->left_squares += weight * (2 * left + weight);
    side->right_squares += weight * (weight - 2 * (w->class_weights[at] - left));
    side->left += weight;
    left_weights[at] = left + weight;
    side->last = values[i].value;
    side->begun = true;
  }
}

gy_status gy_split_search(gy_split_work *w, gy_split best[GY_SPLIT_SLOTS], int32_t columns[GY_SPLIT_SLOTS],
                          gy_error *err) {
  size_t n = w->x.n_rows, d = w->x.n_columns;
#pragma omp parallel for schedule(dynamic) num_threads(w->n_threads) if (w->n_threads > 1)
  for (size_t j = 0; j < d; j++)
    if (!gy_task_cancelled(w->task))
      search_column(w, w->sorted + j * n, w->left_weights + gy_thread_number() * NODES * w->n_classes,
                    w->found + j * NODES);
  for (size_t node = 0; node < GY_SPLIT_SLOTS; node++) {
    columns[node] = -1;
    best[node] = (gy_split){.gain = LEAST_GAIN * w->slots[node].weight};
    for (size_t j = 0; w->slots[node].open && j < d; j++) {
      if (w->found[j * NODES + node].gain <= best[node].gain) continue;
      best[node] = w->found[j * NODES + node];
      columns[node] = (int32_t)j;
    }
  }
  return gy_task_check(w->task, err);
}
