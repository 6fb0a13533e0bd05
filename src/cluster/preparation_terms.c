/* SPDX-License-Identifier: Apache-2.0
 *
 * What predictions see of a row: standardised values, indicators of what is missing, and of each category its
 * most frequent levels. A term that does not vary is left out. */
#include <math.h>

#include "cluster/preparation_work.h"

double gy_treat(const gy_prepared_column *column, double x) {
  switch (column->rule.outliers) {
    case GY_OUTLIERS_WINSORISE:
    case GY_OUTLIERS_ROBUST_Z:
      return fmin(fmax(x, column->low), column->high);
    case GY_OUTLIERS_LOG:
      return copysign(log1p(fabs(x)), x);
    case GY_OUTLIERS_NONE:
    case GY_OUTLIERS_FLAG:
    case GY_OUTLIERS_ISOLATE:
      break;
  }
  return x;
}

static size_t levels_shown(int32_t n_levels) {
  return n_levels < GY_PREDICTED_LEVELS_MAX ? (size_t)n_levels : GY_PREDICTED_LEVELS_MAX;
}

size_t gy_preparation_terms_most(const gy_attributes *x) {
  size_t most = 2 * x->n_numbers;
  for (size_t j = 0; j < x->n_categories; j++) most += 1 + levels_shown(x->n_levels[j]);
  return most;
}

static void add_term(gy_preparation *p, gy_term_kind kind, size_t column, int32_t level, double center,
                     double scale) {
  if (scale > 0) p->terms[p->n_terms++] = (gy_preparation_term){kind, column, level, center, scale};
}

static void add_share(gy_preparation *p, gy_term_kind kind, size_t column, int32_t level, int64_t n,
                      int64_t of) {
  double share = (double)n / (double)of;
  add_term(p, kind, column, level, share, n > 0 && n < of ? sqrt(share * (1 - share)) : 0);
}

/* The most frequent levels, the lower code of equals; counts are used up. */
static void add_levels(gy_preparation_work *work, size_t j, int64_t n_kept) {
  const gy_attributes *x = work->x;
  size_t column = x->n_numbers + j, n_levels = (size_t)x->n_levels[j];
  for (size_t l = 0; l < n_levels; l++) work->counts[l] = 0;
  for (size_t i = 0; i < x->n_rows; i++) {
    int32_t code = x->codes[i * x->n_categories + j];
    if (work->states[i] == GY_ROW_KEPT && code >= 0) work->counts[code]++;
  }
  for (size_t shown = 0; shown < levels_shown(x->n_levels[j]); shown++) {
    size_t most = 0;
    for (size_t l = 1; l < n_levels; l++)
      if (work->counts[l] > work->counts[most]) most = l;
    add_share(work->p, GY_TERM_LEVEL, column, (int32_t)most, work->counts[most], n_kept);
    work->counts[most] = -1;
  }
}

void gy_preparation_terms_make(gy_preparation_work *work) {
  gy_preparation *p = work->p;
  int64_t n_kept = p->n_rows - p->n_dropped - p->n_aside;
  for (size_t j = 0; j < p->n_numbers; j++)
    add_term(p, GY_TERM_VALUE, j, 0, work->centers[j],
             work->sds[j] > 1e-12 * fabs(work->centers[j]) ? work->sds[j] : 0);
  for (size_t j = 0; j < p->n_numbers + p->n_categories; j++)
    add_share(p, GY_TERM_MISSING, j, 0, n_kept - work->n_present[j], n_kept);
  for (size_t j = 0; j < p->n_categories; j++) add_levels(work, j, n_kept);
}

double gy_preparation_term_of(const gy_preparation *p, const gy_preparation_term *term, const float *numbers,
                              const int32_t *codes) {
  size_t j = term->column;
  bool is_category = j >= p->n_numbers;
  bool is_missing = is_category ? codes[j - p->n_numbers] < 0 : isnan(numbers[j]);
  double value = 0;
  switch (term->kind) {
    case GY_TERM_VALUE:
      if (is_missing) return 0;
      value = gy_treat(&p->columns[j], (double)numbers[j]);
      break;
    case GY_TERM_MISSING:
      value = is_missing;
      break;
    case GY_TERM_LEVEL:
      value = codes[j - p->n_numbers] == term->level;
      break;
  }
  return (value - term->center) / term->scale;
}

/* SplitMix64 of (seed, row): folds that no order of the rows can be in step with. */
unsigned gy_preparation_fold(uint64_t seed, size_t row) {
  uint64_t z = (seed + 1) * 0x9E3779B97F4A7C15u + (uint64_t)row * 0xD1B54A32D192ED03u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return (unsigned)((z ^ (z >> 31)) % GY_PREPARATION_FOLDS);
}
