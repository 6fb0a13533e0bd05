/* SPDX-License-Identifier: Apache-2.0 */
#include "num/null_model.h"

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"

static gy_status spent(size_t n, gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "null model: out of memory for %zu rows", n);
}

static gy_status fit_axes(gy_matrix x, const gy_task *task, gy_pca *axes, gy_error *err) {
  gy_pca_options options = gy_pca_defaults(0);
  options.method = GY_PCA_COVARIANCE;
  return gy_pca_fit(x, &options, task, axes, err);
}

/* ---- uniform ---- */

static gy_status find_extent(gy_matrix x, const gy_task *task, gy_null_model *model, float *scores,
                             gy_error *err) {
  size_t k = (size_t)model->axes.n_components;
  gy_status status = gy_pca_transform(&model->axes, GY_PCA_SCORES, x, task, scores, err);
  for (size_t a = 0; a < k && status == GY_OK; a++) {
    model->low[a] = model->high[a] = scores[a];
    for (size_t i = 1; i < x.n_rows; i++) {
      model->low[a] = fminf(model->low[a], scores[i * k + a]);
      model->high[a] = fmaxf(model->high[a], scores[i * k + a]);
    }
  }
  return status;
}

/* ---- unimodal ---- */

typedef struct {
  double value;
  size_t row;
} ranked;

static int by_value(const void *a, const void *b) {
  const ranked *x = a, *y = b;
  if (x->value != y->value) return x->value < y->value ? -1 : 1;
  return (x->row > y->row) - (x->row < y->row);
}

/* The standard normal quantile by Newton's method on erfc, from a logistic start. */
static double normal_quantile(double p) {
  double z = 0.5513 * log(p / (1 - p)); /* within 0.03 in the middle */
  for (int step = 0; step < 8; step++) {
    double density = exp(-z * z / 2) / sqrt(2 * M_PI);
    z -= (0.5 * erfc(-z / M_SQRT2) - p) / fmax(density, 1e-12);
    z = fmin(fmax(z, -6), 6);
  }
  return z;
}

/* Column j's distribution, and its normal scores (equal values share the middle of their ranks). */
static void rank_column(gy_matrix x, size_t j, ranked *order, double *sorted, gy_unimodal *fit,
                        float *scores) {
  size_t n = x.n_rows, d = x.n_columns;
  for (size_t i = 0; i < n; i++) order[i] = (ranked){(double)x.values[i * d + j], i};
  qsort(order, n, sizeof *order, by_value);
  for (size_t i = 0; i < n; i++) sorted[i] = order[i].value;
  gy_unimodal_fit(sorted, n, fit);
  for (size_t first = 0, end; first < n; first = end) {
    for (end = first + 1; end < n && sorted[end] == sorted[first]; end++) continue;
    float score = (float)normal_quantile((double)(first + end) / 2 / (double)n);
    for (size_t i = first; i < end; i++) scores[order[i].row * d + j] = score;
  }
}

static gy_status fit_columns(gy_matrix x, const gy_task *task, gy_null_model *model, float *scores,
                             gy_error *err) {
  ranked *order = malloc(x.n_rows * sizeof *order);
  double *sorted = malloc(x.n_rows * sizeof *sorted);
  gy_status status = order != NULL && sorted != NULL ? GY_OK : spent(x.n_rows, err);
  for (size_t j = 0; j < x.n_columns && status == GY_OK; j++)
    rank_column(x, j, order, sorted, &model->columns[j], scores);
  if (status == GY_OK)
    status = fit_axes((gy_matrix){scores, x.n_rows, x.n_columns}, task, &model->ranks, err);
  free(order);
  free(sorted);
  return status;
}

/* ---- both ---- */

gy_status gy_null_model_fit(gy_matrix x, const gy_task *task, gy_null_model *model, gy_error *err) {
  size_t d = x.n_columns;
  *model = (gy_null_model){0};
  float *scores = malloc((x.n_rows * d + 1) * sizeof *scores);
  model->low = malloc(d * sizeof *model->low);
  model->high = malloc(d * sizeof *model->high);
  model->columns = malloc(d * sizeof *model->columns);
  gy_status status = GY_OK;
  if (scores == NULL || model->low == NULL || model->high == NULL || model->columns == NULL)
    status = spent(x.n_rows, err);
  if (status == GY_OK) status = fit_axes(x, task, &model->axes, err);
  if (status == GY_OK) status = find_extent(x, task, model, scores, err);
  if (status == GY_OK) status = fit_columns(x, task, model, scores, err);
  free(scores);
  return status;
}

void gy_null_model_clear(gy_null_model *model) {
  gy_pca_clear(&model->axes);
  gy_pca_clear(&model->ranks);
  free(model->low);
  free(model->high);
  free(model->columns);
  *model = (gy_null_model){0};
}

/* Normal scores, a row of them at a time, become values of the columns. */
static void to_columns(const gy_null_model *model, size_t n, float *rows) {
  size_t d = model->ranks.n_columns;
  for (size_t j = 0; j < d; j++) {
    double variance = 0, mean = model->ranks.mean[j];
    for (int32_t a = 0; a < model->ranks.n_components; a++) {
      double along = model->ranks.components[(size_t)a * d + j];
      variance += along * along * fmax(model->ranks.explained_variance[a], 0);
    }
    double deviation = variance > 0 ? sqrt(variance) : 1;
    for (size_t i = 0; i < n; i++) {
      double z = ((double)rows[i * d + j] - mean) / deviation;
      rows[i * d + j] = (float)gy_unimodal_quantile(&model->columns[j], 0.5 * erfc(-z / M_SQRT2));
    }
  }
}

gy_status gy_null_model_draw(const gy_null_model *model, gy_null_kind kind, uint64_t seed, uint64_t stream,
                             size_t n, const gy_task *task, float *rows, gy_error *err) {
  const gy_pca *axes = kind == GY_NULL_UNIFORM ? &model->axes : &model->ranks;
  size_t k = (size_t)axes->n_components;
  float *scores = malloc((n * k + 1) * sizeof *scores);
  if (scores == NULL) return spent(n, err);
  gy_rng rng;
  gy_rng_init(&rng, seed, stream);
  for (size_t i = 0; i < n * k; i++) {
    size_t a = i % k;
    double within = (double)model->high[a] - (double)model->low[a];
    scores[i] = kind == GY_NULL_UNIFORM
                    ? (float)((double)model->low[a] + within * gy_rng_uniform(&rng))
                    : (float)(sqrt(fmax(axes->explained_variance[a], 0)) * gy_rng_normal(&rng));
  }
  gy_status status = gy_pca_inverse(axes, GY_PCA_SCORES, (gy_matrix){scores, n, k}, task, rows, err);
  if (status == GY_OK && kind == GY_NULL_UNIMODAL) to_columns(model, n, rows);
  free(scores);
  return status;
}
