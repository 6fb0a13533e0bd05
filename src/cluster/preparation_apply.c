/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows are prepared by one function, whether they were fitted on or are scored years later. */
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "cluster/preparation_work.h"
#include "num/blocks.h"
#include "num/threads.h"

enum { ROWS_A_BLOCK = 2048 };

static const float *numbers_of(const gy_attributes *x, size_t row) {
  return x->n_numbers > 0 ? x->numbers + row * x->n_numbers : NULL;
}

static const int32_t *codes_of(const gy_attributes *x, size_t row) {
  return x->n_categories > 0 ? x->codes + row * x->n_categories : NULL;
}

gy_status gy_preparation_check_codes(const gy_attributes *x, gy_error *err) {
  size_t m = x->n_categories;
  for (size_t i = 0; i < x->n_rows * m; i++)
    if (x->codes[i] < -1 || x->codes[i] >= x->n_levels[i % m])
      return gy_fail(err, GY_EDATA, "preparation: row %zu, category %zu has code %d, outside -1..%d",
                     i / m + 1, i % m + 1, x->codes[i], x->n_levels[i % m] - 1);
  return GY_OK;
}

gy_status gy_preparation_fail_infinite(const gy_attributes *x, gy_error *err) {
  for (size_t i = 0; i < x->n_rows * x->n_numbers; i++)
    if (isinf(x->numbers[i]))
      return gy_fail(err, GY_EDATA,
                     "preparation: row %zu, column %zu is infinite; correct it or make it missing",
                     i / x->n_numbers + 1, i % x->n_numbers + 1);
  return gy_fail(err, GY_EINTERNAL, "preparation: an infinite value was seen and then not found");
}

bool gy_preparation_is_outlier(const gy_prepared_column *column, float x) {
  return (double)x < column->low || (double)x > column->high;
}

static gy_row_state state_of(const gy_preparation *p, const float *numbers, const int32_t *codes) {
  gy_row_state state = GY_ROW_KEPT;
  for (size_t j = 0; j < p->n_numbers; j++) {
    const gy_prepared_column *column = &p->columns[j];
    if (isnan(numbers[j]) && column->rule.missing == GY_MISSING_DROP) return GY_ROW_DROPPED;
    if (column->rule.outliers == GY_OUTLIERS_ISOLATE && gy_preparation_is_outlier(column, numbers[j]))
      state = GY_ROW_ASIDE;
  }
  for (size_t j = 0; j < p->n_categories; j++)
    if (codes[j] < 0 && p->columns[p->n_numbers + j].rule.missing == GY_MISSING_DROP) return GY_ROW_DROPPED;
  return state;
}

static double predict_number(const gy_preparation *p, const gy_prepared_column *column, const float *numbers,
                             const int32_t *codes) {
  double t = column->intercept;
  for (size_t i = 0; i < p->n_terms; i++)
    if (column->weights[i] != 0)
      t += column->weights[i] * gy_preparation_term_of(p, &p->terms[i], numbers, codes);
  return fmin(fmax(t, column->least), column->most);
}

static int32_t predict_category(const gy_preparation *p, const gy_prepared_column *column,
                                const float *numbers, const int32_t *codes) {
  const gy_surrogate_node *nodes = column->tree->nodes;
  int32_t at = 0;
  while (nodes[at].column >= 0) {
    float value = (float)gy_preparation_term_of(p, &p->terms[nodes[at].column], numbers, codes);
    at = (double)value <= nodes[at].threshold ? nodes[at].left : nodes[at].right;
  }
  return nodes[at].label;
}

gy_row_state gy_preparation_row(const gy_preparation *p, const float *numbers, const int32_t *codes,
                                double *prepared, int32_t *prepared_codes) {
  for (size_t j = 0; j < p->n_numbers; j++) {
    const gy_prepared_column *column = &p->columns[j];
    prepared[j] = !isnan(numbers[j])  ? gy_treat(column, (double)numbers[j])
                  : column->predicted ? predict_number(p, column, numbers, codes)
                                      : column->fill;
  }
  for (size_t j = 0; j < p->n_categories; j++) {
    const gy_prepared_column *column = &p->columns[p->n_numbers + j];
    prepared_codes[j] = codes[j] >= 0       ? codes[j]
                        : column->predicted ? predict_category(p, column, numbers, codes)
                                            : (int32_t)column->fill;
  }
  return state_of(p, numbers, codes);
}

gy_row_state gy_preparation_state_of(const gy_preparation *p, const gy_attributes *x, size_t row) {
  return state_of(p, numbers_of(x, row), codes_of(x, row));
}

double gy_preparation_invert(const gy_prepared_column *column, double t) {
  return column->rule.outliers == GY_OUTLIERS_LOG ? copysign(expm1(fabs(t)), t) : t;
}

typedef struct {
  const gy_preparation *p;
  const gy_attributes *x;
  float *numbers;
  int32_t *codes;
  uint8_t *states;
} application;

/* A row's own numbers may be where its prepared ones go, so each goes through `row`, `row_codes`. */
static void apply_row(const application *a, size_t i, double *row, int32_t *row_codes) {
  size_t d = a->p->n_numbers, m = a->p->n_categories;
  gy_row_state state = gy_preparation_row(a->p, numbers_of(a->x, i), codes_of(a->x, i), row, row_codes);
  for (size_t j = 0; j < d; j++) a->numbers[i * d + j] = (float)row[j];
  for (size_t j = 0; j < m; j++) a->codes[i * m + j] = row_codes[j];
  if (a->states != NULL) a->states[i] = (uint8_t)state;
}

static bool has_infinite(const gy_attributes *x, size_t i) {
  for (size_t j = 0; j < x->n_numbers; j++)
    if (isinf(x->numbers[i * x->n_numbers + j])) return true;
  return false;
}

static gy_status check_columns(const gy_preparation *p, const gy_attributes *x, gy_error *err) {
  bool same = p->n_numbers == x->n_numbers && p->n_categories == x->n_categories;
  for (size_t j = 0; same && j < x->n_categories; j++)
    same = x->n_levels[j] == p->columns[p->n_numbers + j].n_levels;
  if (!same)
    return gy_fail(err, GY_EDATA,
                   "preparation: %zu numbers and %zu categories, fitted on %zu and %zu, or other levels",
                   x->n_numbers, x->n_categories, p->n_numbers, p->n_categories);
  return gy_preparation_check_codes(x, err);
}

gy_status gy_preparation_apply(const gy_preparation *p, const gy_attributes *x, const gy_task *task,
                               float *numbers, int32_t *codes, uint8_t *states, gy_error *err) {
  gy_status status = check_columns(p, x, err);
  if (status != GY_OK) return status;
  int n_threads = gy_task_threads(task);
  size_t d = p->n_numbers + 1, m = p->n_categories + 1;
  double *rows = malloc((size_t)n_threads * d * sizeof *rows);
  int32_t *row_codes = malloc((size_t)n_threads * m * sizeof *row_codes);
  application a = {p, x, numbers, codes, states};
  atomic_bool infinite = false;
  gy_blocks blocks = gy_blocks_of(x->n_rows, ROWS_A_BLOCK);
  if (rows == NULL || row_codes == NULL) {
    status = gy_fail(err, GY_ENOMEM, "preparation: no memory for %d rows", n_threads);
    goto done;
  }
#pragma omp parallel for schedule(static) num_threads(n_threads)
  for (size_t b = 0; b < blocks.count; b++) {
    if (gy_task_cancelled(task)) continue;
    for (size_t i = gy_block_first(&blocks, b); i < gy_block_end(&blocks, b); i++) {
      if (has_infinite(x, i)) {
        atomic_store_explicit(&infinite, true, memory_order_relaxed);
        break;
      }
      apply_row(&a, i, rows + gy_thread_number() * d, row_codes + gy_thread_number() * m);
    }
  }
  status = gy_task_check(task, err);
  if (status == GY_OK && infinite) status = gy_preparation_fail_infinite(x, err);
done:
  free(rows);
  free(row_codes);
  return status;
}
