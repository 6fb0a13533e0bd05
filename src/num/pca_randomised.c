/* SPDX-License-Identifier: Apache-2.0
 *
 * Few components of wide data without a d x d matrix (Halko, Martinsson and Tropp 2011, algorithm 4.4): with
 * A the centred rows,
 *
 *   W = orthonormal basis of A' G, G random n x m;  then p times: W = basis of A' (A W)
 *
 * W soon spans nearly the m directions of largest variance, and A W, which is n x m, has their variances: its
 * small Gram matrix is solved exactly. A is read twice a pass and never stored in double. Images A W are
 * shared among threads by rows, products A' (A W) by stripes of columns, so that each sum has one owner and
 * one order. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "num/moments.h"
#include "num/pca_work.h"
#include "num/simd.h"
#include "num/threads.h"

enum { STRIPE = 64, CHUNK = 256, MAX_REFILLS = 8 };

void gy_pca_random_layout(gy_pca_random *work, gy_matrix x, size_t m, const gy_product_kernel *kernel,
                          const gy_task *task, gy_layout *at) {
  size_t d = x.n_columns, side = gy_round_up(m, GY_PANEL);
  *work = (gy_pca_random){.kernel = kernel, .task = task, .x = x, .m = m};
  work->n_padded = gy_round_up(x.n_rows, STRIPE);
  work->d_padded = gy_round_up(d, STRIPE);
  work->n_threads = gy_task_threads(task);
  work->widened_share = STRIPE * (work->d_padded > CHUNK ? work->d_padded : CHUNK);
  work->shift = gy_layout_take(at, work->d_padded, sizeof(double));
  work->basis = gy_layout_take(at, side, work->d_padded * sizeof(double));
  work->image = gy_layout_take(at, side, work->n_padded * sizeof(double));
  work->vectors = gy_layout_take(at, m, d * sizeof(double));
  work->gram = gy_layout_take(at, side, side * sizeof(double));
  work->small = gy_layout_take(at, m, m * sizeof(double));
  work->values = gy_layout_take(at, m, sizeof(double));
  work->variance = gy_layout_take(at, d, sizeof(double));
  work->widened = gy_layout_take(at, (size_t)work->n_threads, work->widened_share * sizeof(double));
  gy_eigen_layout(&work->eigen, m, at);
}

static double *my_chunk(const gy_pca_random *work) {
  return work->widened + gy_thread_number() * work->widened_share;
}

/* Standard normals, each stripe of rows from its own stream. */
static void fill_image(const gy_pca_random *work, uint64_t seed) {
#pragma omp parallel for schedule(static) num_threads(work->n_threads)
  for (size_t first = 0; first < work->n_padded; first += STRIPE) {
    gy_rng rng;
    gy_rng_init(&rng, seed, first / STRIPE);
    for (size_t i = first; i < first + STRIPE; i++)
      for (size_t j = 0; j < gy_round_up(work->m, GY_PANEL); j++)
        work->image[gy_panel_at(work->n_padded, i, j)] = j < work->m ? gy_rng_normal(&rng) : 0;
  }
}

/* image = A basis. */
static void project(const gy_pca_random *work) {
  size_t d = work->x.n_columns, stride = work->d_padded, n_panels = gy_panels_size(1, work->m) / GY_PANEL;
#pragma omp parallel for schedule(dynamic, 4) num_threads(work->n_threads)
  for (size_t first = 0; first < work->n_padded; first += STRIPE) {
    if (gy_task_cancelled(work->task)) continue;
    double *rows = my_chunk(work);
    size_t n = work->x.n_rows - first < STRIPE ? work->x.n_rows - first : STRIPE;
    work->kernel->widen(gy_matrix_row(work->x, first), n, d, d, work->shift, rows, stride);
    memset(rows + n * stride, 0, (STRIPE - n) * stride * sizeof *rows);
    for (size_t p = 0; p < n_panels; p++)
      memset(work->image + (p * work->n_padded + first) * GY_PANEL, 0, STRIPE * GY_PANEL * sizeof(double));
    gy_left_side left = {rows, .group = GY_PANEL * stride, .entry = stride, .step = 1};
    work->kernel->multiply(left, STRIPE, work->basis, work->d_padded, n_panels, d,
                           work->image + first * GY_PANEL, work->n_padded, false);
  }
}

/* basis = A' image, not yet orthonormal. */
static void project_back(const gy_pca_random *work) {
  size_t n = work->x.n_rows, d = work->x.n_columns, n_panels = gy_panels_size(1, work->m) / GY_PANEL;
  memset(work->basis, 0, gy_panels_size(work->d_padded, work->m) * sizeof *work->basis);
#pragma omp parallel for schedule(dynamic, 1) num_threads(work->n_threads)
  for (size_t column = 0; column < d; column += STRIPE) {
    double *chunk = my_chunk(work);
    size_t width = d - column < STRIPE ? d - column : STRIPE;
    for (size_t first = 0; first < n && !gy_task_cancelled(work->task); first += CHUNK) {
      size_t n_steps = n - first < CHUNK ? n - first : CHUNK;
      work->kernel->widen(gy_matrix_row(work->x, first) + column, n_steps, d, width, work->shift + column,
                          chunk, STRIPE);
      gy_left_side left = {chunk, .group = GY_PANEL, .entry = 1, .step = STRIPE};
      work->kernel->multiply(left, STRIPE, work->image + first * GY_PANEL, work->n_padded, n_panels, n_steps,
                             work->basis + column * GY_PANEL, work->d_padded, false);
    }
  }
}

static double dot(const double *a, const double *b, size_t n) {
  double sums[8] = {0}, sum = 0;
  size_t j = 0;
  for (; j + 8 <= n; j += 8)
    for (size_t l = 0; l < 8; l++) sums[l] += a[j + l] * b[j + l];
  for (; j < n; j++) sum += a[j] * b[j];
  for (size_t l = 0; l < 8; l++) sum += sums[l];
  return sum;
}

/* Makes vector i of `vectors` orthogonal to those before it and of length 1; false when nothing is left of
 * it. Projecting twice is enough (Giraud, Langou and Rozloznik 2005). */
static bool orthogonalise(double *vectors, size_t i, size_t d) {
  double *v = vectors + i * d;
  double before = sqrt(dot(v, v, d));
  for (int twice = 0; twice < 2; twice++) {
    for (size_t j = 0; j < i; j++) {
      double along = dot(v, vectors + j * d, d);
      for (size_t c = 0; c < d; c++) v[c] -= along * vectors[j * d + c];
    }
  }
  double length = sqrt(dot(v, v, d));
  if (!(length > 1e-12 * before)) return false;
  for (size_t c = 0; c < d; c++) v[c] /= length;
  return true;
}

/* Orthonormal columns for the basis. Where the data have fewer dimensions, random ones take the places. */
static void orthonormalise(const gy_pca_random *work, gy_rng *rng) {
  size_t d = work->x.n_columns;
  for (size_t i = 0; i < work->m; i++) {
    double *v = work->vectors + i * d;
    for (size_t c = 0; c < d; c++) v[c] = work->basis[gy_panel_at(work->d_padded, c, i)];
    for (int t = 0; !orthogonalise(work->vectors, i, d) && t < MAX_REFILLS; t++)
      for (size_t c = 0; c < d; c++) v[c] = gy_rng_normal(rng);
    for (size_t c = 0; c < d; c++) work->basis[gy_panel_at(work->d_padded, c, i)] = v[c];
  }
}

/* small = image' image. */
static void square_image(const gy_pca_random *work) {
  size_t side = gy_round_up(work->m, GY_PANEL), n_panels = side / GY_PANEL;
  memset(work->gram, 0, side * side * sizeof *work->gram);
#pragma omp parallel for schedule(dynamic, 1) num_threads(work->n_threads)
  for (size_t p = 0; p < n_panels; p++) {
    gy_left_side left = {work->image + p * work->n_padded * GY_PANEL, .entry = 1, .step = GY_PANEL};
    work->kernel->multiply(left, GY_PANEL, work->image, work->n_padded, n_panels, work->x.n_rows,
                           work->gram + p * GY_PANEL * GY_PANEL, side, false);
  }
  for (size_t i = 0; i < work->m; i++)
    for (size_t j = 0; j < work->m; j++) work->small[i * work->m + j] = work->gram[gy_panel_at(side, i, j)];
}

/* Components from the small problem's eigenvectors: combinations of the basis. */
static void combine(const gy_pca_random *work, gy_pca *model) {
  size_t d = model->n_columns, m = work->m;
  for (size_t i = 0; i < (size_t)model->n_components; i++) {
    double *component = model->components + i * d;
    for (size_t j = 0; j < m; j++)
      for (size_t c = 0; c < d; c++) component[c] += work->small[i * m + j] * work->vectors[j * d + c];
    gy_fix_sign(component, d);
    model->explained_variance[i] = work->values[i] / (double)(work->x.n_rows - 1);
  }
}

static gy_status centre(const gy_pca_random *work, gy_pca *model, gy_error *err) {
  size_t n = work->x.n_rows, d = work->x.n_columns;
  gy_status status = gy_matrix_check(work->x, FLT_MAX, work->task, err);
  if (status == GY_OK) status = gy_column_moments(work->x, work->task, model->mean, work->variance, err);
  if (status != GY_OK) return status;
  memset(work->shift, 0, work->d_padded * sizeof *work->shift);
  memcpy(work->shift, model->mean, d * sizeof *work->shift);
  for (size_t j = 0; j < d; j++) model->total_variance += work->variance[j] * ((double)n / (double)(n - 1));
  return GY_OK;
}

gy_status gy_pca_random_fit(const gy_pca_random *work, const gy_pca_options *options, gy_pca *model,
                            gy_error *err) {
  gy_status status = centre(work, model, err);
  if (status != GY_OK) return status;
  gy_rng refills;
  gy_rng_init(&refills, options->seed, UINT64_MAX);
  fill_image(work, options->seed);
  for (int32_t pass = 0; pass <= options->power_iterations; pass++) {
    if (pass > 0) project(work);
    project_back(work);
    status = gy_task_check(work->task, err);
    if (status != GY_OK) return status;
    orthonormalise(work, &refills);
    gy_task_progress(work->task, "PCA", (uint64_t)pass + 1, (uint64_t)options->power_iterations + 1,
                     "passes");
  }
  project(work);
  status = gy_task_check(work->task, err);
  if (status != GY_OK) return status;
  square_image(work);
  status = gy_symmetric_eigen(work->small, work->m, work->values, &work->eigen, err);
  if (status == GY_OK) combine(work, model);
  return status;
}
