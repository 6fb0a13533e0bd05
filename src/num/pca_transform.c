/* SPDX-License-Identifier: Apache-2.0
 *
 * Every view of rows along components, and the way back, is one map: y = (x - shift) W + offset. Whitening
 * divides what goes along a component by its deviation; ZCA (zero-phase component analysis; Kessy, Lewin and
 * Strimmer 2018) then turns back: W = V' diag(1 / s) V, with V the components. */
#include <gyeol/pca.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/layout.h"
#include "num/moments.h"
#include "num/product_kernel.h"
#include "num/simd.h"
#include "num/threads.h"

enum { ROWS = 64 };

typedef struct {
  size_t d_in, d_out, stride;
  double *shift;   /* stride */
  double *map;     /* d_in x d_out, in panels */
  double *offset;  /* d_out, rounded up */
  double *scratch; /* a chunk of rows and one of results, a thread */
  size_t share;
  void *storage;
} affine;

static gy_status affine_init(affine *f, size_t d_in, size_t d_out, int n_threads, gy_error *err) {
  *f = (affine){.d_in = d_in, .d_out = d_out, .stride = gy_round_up(d_in, GY_PANEL)};
  f->share = ROWS * (f->stride + gy_round_up(d_out, GY_PANEL));
  for (int pass = 0; pass < 2; pass++) {
    gy_layout at = {.base = f->storage};
    f->shift = gy_layout_take(&at, f->stride, sizeof(double));
    f->map = gy_layout_take(&at, gy_panels_size(d_in, d_out), sizeof(double));
    f->offset = gy_layout_take(&at, gy_round_up(d_out, GY_PANEL), sizeof(double));
    f->scratch = gy_layout_take(&at, f->share * (size_t)n_threads, sizeof(double));
    size_t bytes = gy_layout_bytes(&at);
    if (pass == 0 && bytes != SIZE_MAX) f->storage = aligned_alloc(GY_LAYOUT_ALIGNMENT, bytes);
    if (f->storage == NULL)
      return gy_fail(err, GY_ENOMEM, "PCA: out of memory; a map from %zu to %zu columns takes %zu bytes",
                     d_in, d_out, bytes);
    if (pass == 0) memset(f->storage, 0, bytes);
  }
  return GY_OK;
}

static void map_rows(const affine *f, const gy_product_kernel *kernel, const float *rows, size_t n,
                     float *out) {
  double *wide = f->scratch + gy_thread_number() * f->share, *to = wide + ROWS * f->stride;
  size_t n_panels = gy_panels_size(1, f->d_out) / GY_PANEL;
  kernel->widen(rows, n, f->d_in, f->d_in, f->shift, wide, f->stride);
  for (size_t j = 0; j < n_panels * GY_PANEL; j++)
    for (size_t i = 0; i < ROWS; i++) to[gy_panel_at(ROWS, i, j)] = f->offset[j];
  gy_left_side left = {wide, .group = GY_PANEL * f->stride, .entry = f->stride, .step = 1};
  kernel->multiply(left, gy_round_up(n, GY_PANEL), f->map, f->d_in, n_panels, f->d_in, to, ROWS, false);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < f->d_out; j++) out[i * f->d_out + j] = (float)to[gy_panel_at(ROWS, i, j)];
}

static gy_status map_all(const affine *f, gy_matrix x, const gy_task *task, float *out, gy_error *err) {
  size_t count;
  const gy_product_kernel *kernel = gy_product_kernels(&count)[0];
#pragma omp parallel for schedule(static) num_threads(gy_task_threads(task)) if (x.n_rows > 16 * ROWS)
  for (size_t first = 0; first < x.n_rows; first += ROWS) {
    if (gy_task_cancelled(task)) continue;
    size_t n = x.n_rows - first < ROWS ? x.n_rows - first : ROWS;
    map_rows(f, kernel, gy_matrix_row(x, first), n, out + first * f->d_out);
  }
  return gy_task_check(task, err);
}

/* The deviation along component i; 0 when it is only rounding. */
static double deviation(const gy_pca *model, size_t i) {
  double s = sqrt(model->explained_variance[i]);
  return s > 1e-7 * sqrt(model->explained_variance[0]) ? s : 0;
}

/* What component i is multiplied by: `power` 1 to whiten, -1 to undo it. */
static double factor(const gy_pca *model, gy_pca_view view, size_t i, int power) {
  double s = deviation(model, i);
  if (view == GY_PCA_SCORES) return 1;
  if (power < 0) return s;
  return s > 0 ? 1 / s : 0;
}

/* Fills the map: d x k or its transpose, or d x d for ZCA. */
static void fill_map(const gy_pca *model, gy_pca_view view, int power, affine *f) {
  size_t d = model->n_columns, k = (size_t)model->n_components;
  for (size_t i = 0; i < k; i++) {
    const double *v = model->components + i * d;
    double by = factor(model, view, i, power);
    for (size_t j = 0; j < d; j++) {
      if (view == GY_PCA_ZCA) {
        for (size_t l = 0; l < d; l++) f->map[gy_panel_at(d, j, l)] += by * v[j] * v[l];
      } else if (power > 0) {
        f->map[gy_panel_at(d, j, i)] = by * v[j];
      } else {
        f->map[gy_panel_at(k, i, j)] = by * v[j];
      }
    }
  }
}

size_t gy_pca_view_columns(const gy_pca *model, gy_pca_view view) {
  return view == GY_PCA_ZCA ? model->n_columns : (size_t)model->n_components;
}

static gy_status run(const gy_pca *model, gy_pca_view view, int power, gy_matrix x, const gy_task *task,
                     float *out, gy_error *err) {
  size_t d = model->n_columns, k = gy_pca_view_columns(model, view);
  size_t d_in = power > 0 ? d : k, d_out = power > 0 ? k : d;
  affine f = {0};
  if ((unsigned)view > GY_PCA_ZCA) return gy_fail(err, GY_EUSAGE, "PCA: there is no view %d", (int)view);
  if (x.n_columns != d_in)
    return gy_fail(err, GY_EDATA, "PCA: these rows have %zu columns; the model expects %zu", x.n_columns,
                   d_in);
  gy_status status = gy_matrix_check(x, FLT_MAX, task, err);
  if (status != GY_OK) {
    gy_error_prefix(err, "PCA");
    return status;
  }
  status = affine_init(&f, d_in, d_out, gy_task_threads(task), err);
  if (status != GY_OK) return status;
  memcpy(power > 0 ? f.shift : f.offset, model->mean, d * sizeof *model->mean);
  fill_map(model, view, power, &f);
  status = map_all(&f, x, task, out, err);
  free(f.storage);
  return status;
}

gy_status gy_pca_transform(const gy_pca *model, gy_pca_view view, gy_matrix x, const gy_task *task,
                           float *out, gy_error *err) {
  return run(model, view, 1, x, task, out, err);
}

gy_status gy_pca_inverse(const gy_pca *model, gy_pca_view view, gy_matrix z, const gy_task *task, float *out,
                         gy_error *err) {
  return run(model, view, -1, z, task, out, err);
}
