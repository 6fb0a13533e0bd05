/* SPDX-License-Identifier: Apache-2.0
 *
 * Ridge regression of one number on the terms of the others (Hoerl and Kennard 1970), by normal equations.
 *
 * One pass over the rows sums, for each of five folds, the Gram matrix G of v = (1, terms, y). All else
 * follows from these: the coefficients on any union of folds by Cholesky's factorisation, and the squared
 * error of coefficients b on any fold as c' G c with c = (b, -1). So choosing the penalty on four folds and
 * measuring on the fifth, five times over, costs no further pass.
 *
 * The sums do not depend on the number of threads: each entry is summed by one thread, in the order of rows.
 */
#include <math.h>
#include <string.h>

#include "cluster/preparation_work.h"

/* Penalties a row, of standardised terms; the strongest of equals is taken. */
static const double PENALTIES[] = {1, 0.1, 0.01, 1e-3, 1e-4};
enum { N_PENALTIES = sizeof PENALTIES / sizeof *PENALTIES, FOLDS = GY_PREPARATION_FOLDS, SHARES = 8 };

typedef struct {
  gy_preparation_work *work;
  size_t j, q;          /* the column; 1 + terms + 1 */
  double center, scale; /* of y */
} regression;

/* ---- sums ---- */

/* Terms of the column itself are 0: they get no weight. */
static void write_row(const regression *r, size_t row, double *v) {
  const gy_attributes *x = r->work->x;
  const gy_preparation *p = r->work->p;
  const float *numbers = x->numbers + row * x->n_numbers;
  const int32_t *codes = x->n_categories > 0 ? x->codes + row * x->n_categories : NULL;
  v[0] = 1;
  for (size_t t = 0; t < p->n_terms; t++)
    v[1 + t] = p->terms[t].column == r->j ? 0 : gy_preparation_term_of(p, &p->terms[t], numbers, codes);
  v[r->q - 1] = (gy_treat(&p->columns[r->j], (double)numbers[r->j]) - r->center) / r->scale;
}

/* Where share `g` of the upper triangle's rows begins: each of equal area. */
static size_t share_start(size_t q, size_t g) {
  return g == SHARES ? q : (size_t)((double)q * (1 - sqrt(1 - (double)g / SHARES)));
}

/* Rows `first`..end-1 of each fold's matrix, each from its diagonal on. */
static void add_products(const regression *r, size_t first, size_t end, size_t n_rows) {
  const gy_preparation_work *work = r->work;
  for (size_t i = 0; i < n_rows; i++) {
    const double *v = work->chunk + i * r->q;
    double *gram = work->grams + gy_preparation_fold(work->seed, work->chunk_rows[i]) * r->q * r->q;
    for (size_t a = first; a < end; a++) {
      double factor = v[a], *sums = gram + a * r->q;
      for (size_t b = a; factor != 0 && b < r->q; b++) sums[b] += factor * v[b];
    }
  }
}

/* The next rows that are kept and have a value. */
static size_t next_rows(const regression *r, size_t *at) {
  const gy_preparation_work *work = r->work;
  const gy_attributes *x = work->x;
  size_t n = 0;
  for (; *at < x->n_rows && n < work->chunk_room; (*at)++)
    if (work->states[*at] == GY_ROW_KEPT && !isnan(x->numbers[*at * x->n_numbers + r->j]))
      work->chunk_rows[n++] = *at;
  return n;
}

static gy_status sum_products(const regression *r, gy_error *err) {
  gy_preparation_work *work = r->work;
  memset(work->grams, 0, FOLDS * r->q * r->q * sizeof *work->grams);
  size_t at = 0;
  for (size_t n; (n = next_rows(r, &at)) > 0 && !gy_task_cancelled(work->task);) {
#pragma omp parallel num_threads(work->n_threads) if (n * r->q > 4096)
    {
#pragma omp for schedule(static)
      for (size_t i = 0; i < n; i++) write_row(r, work->chunk_rows[i], work->chunk + i * r->q);
#pragma omp for schedule(dynamic)
      for (size_t g = 0; g < SHARES; g++) add_products(r, share_start(r->q, g), share_start(r->q, g + 1), n);
    }
    gy_task_progress(work->task, "fitting predictions", at, work->x->n_rows, "rows");
  }
  return gy_task_check(work->task, err);
}

/* ---- coefficients from sums ---- */

/* All folds but those two; FOLDS: none. */
static void add_folds(const regression *r, unsigned but, unsigned and_but, double *sum) {
  size_t size = r->q * r->q;
  memset(sum, 0, size * sizeof *sum);
  for (unsigned f = 0; f < FOLDS; f++) {
    if (f == but || f == and_but) continue;
    const double *gram = r->work->grams + f * size;
    for (size_t i = 0; i < size; i++) sum[i] += gram[i];
  }
}

/* The upper factor U of A = U'U, in place; false when A is not positive definite. */
static bool factor(double *a, size_t n, size_t stride) {
  for (size_t k = 0; k < n; k++) {
    double *row = a + k * stride;
    if (!(row[k] > 0)) return false;
    double root = sqrt(row[k]);
    for (size_t j = k; j < n; j++) row[j] /= root;
    for (size_t i = k + 1; i < n; i++) {
      double times = row[i], *below = a + i * stride;
      for (size_t j = i; times != 0 && j < n; j++) below[j] -= times * row[j];
    }
  }
  return true;
}

/* U'U b = b, in place. */
static void substitute(const double *u, size_t n, size_t stride, double *b) {
  for (size_t i = 0; i < n; i++) {
    b[i] /= u[i * stride + i];
    for (size_t j = i + 1; j < n; j++) b[j] -= u[i * stride + j] * b[i];
  }
  for (size_t i = n; i-- > 0;) {
    for (size_t j = i + 1; j < n; j++) b[i] -= u[i * stride + j] * b[j];
    b[i] /= u[i * stride + i];
  }
}

/* Coefficients (b, -1) of the rows summed in `train`. */
static bool solve(const regression *r, const double *train, double penalty, double *c) {
  size_t q = r->q, n = q - 1;
  double *a = r->work->system;
  memcpy(a, train, q * q * sizeof *a);
  for (size_t i = 0; i < n; i++) {
    c[i] = train[i * q + n];
    if (i > 0) a[i * q + i] += penalty * train[0];
  }
  c[n] = -1;
  if (!factor(a, n, q)) return false;
  substitute(a, n, q, c);
  return true;
}

/* c' G c: the squared error on the rows summed in `gram`. */
static double squared_error(const regression *r, const double *gram, const double *c) {
  double sum = 0;
  for (size_t a = 0; a < r->q; a++) {
    double of_row = gram[a * r->q + a] * c[a];
    for (size_t b = a + 1; b < r->q; b++) of_row += 2 * gram[a * r->q + b] * c[b];
    sum += c[a] * of_row;
  }
  return fmax(sum, 0);
}

/* The penalty of the least squared error over the folds but `left_out`, each predicted from the others. */
static double best_penalty(const regression *r, unsigned left_out) {
  double least = INFINITY, best = PENALTIES[0];
  double errors[N_PENALTIES] = {0};
  for (unsigned f = 0; f < FOLDS; f++) {
    if (f == left_out) continue;
    add_folds(r, left_out, f, r->work->inner);
    for (size_t l = 0; l < N_PENALTIES; l++) {
      bool solved = solve(r, r->work->inner, PENALTIES[l], r->work->solution);
      errors[l] += solved ? squared_error(r, r->work->grams + f * r->q * r->q, r->work->solution) : INFINITY;
    }
  }
  for (size_t l = 0; l < N_PENALTIES; l++) {
    if (!(errors[l] < least)) continue;
    least = errors[l];
    best = PENALTIES[l];
  }
  return best;
}

/* ---- the whole ---- */

/* Root mean squares over rows that took no part in their fit: of the regression, and of the mean. */
static void measure(const regression *r, gy_prepared_column *column) {
  size_t q = r->q;
  double error = 0, baseline = 0, n = 0, *c = r->work->solution;
  for (unsigned f = 0; f < FOLDS; f++) {
    const double *gram = r->work->grams + f * q * q;
    double penalty = best_penalty(r, f);
    add_folds(r, f, FOLDS, r->work->train);
    if (!solve(r, r->work->train, penalty, c)) continue;
    error += squared_error(r, gram, c);
    memset(c, 0, q * sizeof *c);
    c[0] = r->work->train[q - 1] / r->work->train[0];
    c[q - 1] = -1;
    baseline += squared_error(r, gram, c);
    n += gram[0];
  }
  column->error = n > 0 ? r->scale * sqrt(error / n) : NAN;
  column->baseline = n > 0 ? r->scale * sqrt(baseline / n) : NAN;
}

static void find_range(const regression *r, gy_prepared_column *column) {
  const gy_attributes *x = r->work->x;
  column->least = INFINITY;
  column->most = -INFINITY;
  for (size_t i = 0; i < x->n_rows; i++) {
    float value = x->numbers[i * x->n_numbers + r->j];
    if (r->work->states[i] != GY_ROW_KEPT || isnan(value)) continue;
    double t = gy_treat(column, (double)value);
    column->least = fmin(column->least, t);
    column->most = fmax(column->most, t);
  }
}

gy_status gy_preparation_ridge(gy_preparation_work *work, size_t j, gy_error *err) {
  gy_preparation *p = work->p;
  gy_prepared_column *column = &p->columns[j];
  regression r = {
      .work = work, .j = j, .q = p->n_terms + 2, .center = work->centers[j], .scale = work->sds[j]};
  gy_status status = sum_products(&r, err);
  if (status != GY_OK) return status;
  measure(&r, column);
  column->penalty = best_penalty(&r, FOLDS);
  add_folds(&r, FOLDS, FOLDS, work->train);
  if (!solve(&r, work->train, column->penalty, work->solution)) return GY_OK;
  for (size_t t = 0; t < p->n_terms; t++) column->weights[t] = r.scale * work->solution[1 + t];
  column->intercept = r.center + r.scale * work->solution[0];
  column->n_trained = (int64_t)work->train[0];
  find_range(&r, column);
  column->predicted = true;
  return GY_OK;
}
