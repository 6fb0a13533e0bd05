/* SPDX-License-Identifier: Apache-2.0
 *
 * The storage of a mixture fit, laid out by the same code that counts it; the frame that rows are brought
 * into, and the state as the kernels read it. */
#include "cluster/mixture_work.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/layout.h"
#include "cluster/mixture_factor.h"
#include "num/simd.h"
#include "num/threads.h"

enum { MIN_BLOCK_ROWS = 2048 };

size_t gy_covariance_count(gy_covariance covariance, size_t k) {
  return covariance == GY_COVARIANCE_TIED ? 1 : k;
}

size_t gy_covariance_length(gy_covariance covariance, size_t d) {
  if (covariance == GY_COVARIANCE_SPHERICAL) return 1;
  return covariance == GY_COVARIANCE_DIAGONAL ? d : d * d;
}

static bool is_diagonal(gy_covariance covariance) {
  return covariance == GY_COVARIANCE_DIAGONAL || covariance == GY_COVARIANCE_SPHERICAL;
}

static gy_mixture_sums take_sums(gy_layout *at, const gy_mixture_work *work) {
  size_t length = is_diagonal(work->covariance) ? work->d_padded : work->d_padded * work->d_padded;
  size_t count = gy_covariance_count(work->covariance, work->k);
  gy_mixture_sums sums = {0};
  sums.mass = gy_layout_take(at, work->k, sizeof(double));
  sums.first = gy_layout_take(at, work->k * work->d_padded, sizeof(double));
  sums.second = gy_layout_take(at, count * length, sizeof(double));
  sums.second_stride = count == work->k && work->covariance != GY_COVARIANCE_TIED ? length : 0;
  return sums;
}

/* Lays the work out behind `base`; NULL: only counts. */
static size_t lay_out(gy_mixture_work *work, void *base, bool fits) {
  gy_layout at = {.base = base};
  size_t k = work->k, d = work->x.n_columns;
  size_t n_covariances = gy_covariance_count(work->covariance, k);
  size_t n_shares = (size_t)work->n_threads;
  work->offset = gy_layout_take(&at, gy_round_up(d, GY_LANES_MAX), sizeof(float));
  work->scale = gy_layout_take(&at, gy_round_up(d, GY_LANES_MAX), sizeof(float));
  work->state.weights = gy_layout_take(&at, k, sizeof(double));
  work->state.means = gy_layout_take(&at, k * d, sizeof(double));
  work->state.covariances =
      gy_layout_take(&at, n_covariances * gy_covariance_length(work->covariance, d), sizeof(double));
  work->centers = gy_layout_take(&at, k * work->d_padded, sizeof(double));
  work->shifts = gy_layout_take(&at, k * work->d_padded, sizeof(double));
  work->factors = gy_layout_take(
      &at, n_covariances * gy_mixture_factor_length(d, is_diagonal(work->covariance)), sizeof(double));
  work->bias = gy_layout_take(&at, k, sizeof(double));
  work->log_determinants = gy_layout_take(&at, k, sizeof(double));
  work->collapsed = gy_layout_take(&at, k, sizeof(bool));
  work->amplification = gy_layout_take(&at, k, sizeof(double));
  if (fits) {
    work->totals = take_sums(&at, work);
    work->block_sums = gy_layout_take(&at, work->blocks.count, sizeof *work->block_sums);
    for (size_t b = 0; b < work->blocks.count; b++) {
      gy_mixture_sums sums = take_sums(&at, work);
      if (base != NULL) work->block_sums[b] = sums;
    }
  }
  work->block_judgements = gy_layout_take(&at, work->blocks.count, sizeof *work->block_judgements);
  work->scratch_share = gy_mixture_kernel_scratch(d, k, sizeof(double));
  work->scratch = gy_layout_take(&at, n_shares, work->scratch_share);
  work->factor_share = is_diagonal(work->covariance) ? 2 * d : d * d + d;
  work->factor_scratch = gy_layout_take(&at, n_shares * work->factor_share, sizeof(double));
  return gy_layout_bytes(&at);
}

/* A pass of fewer multiply-adds than this a thread is over before the threads have met. */
static const double MIN_WORK_A_THREAD = 250000;

static bool describe(gy_mixture_work *work, gy_matrix x, size_t k, gy_covariance covariance,
                     const gy_task *task) {
  size_t n = x.n_rows, d = x.n_columns;
  /* Sizes below are products of these; nothing near this fits any machine. */
  if (d > (1u << 20) || (double)k * (double)d * (double)d > 1e15) return false;
  /* A block's sums take k d^2: keep them small beside the rows themselves. */
  size_t min_rows = is_diagonal(covariance) ? 4 * k : 4 * k * d;
  if (min_rows < MIN_BLOCK_ROWS) min_rows = MIN_BLOCK_ROWS;
  *work = (gy_mixture_work){.x = x, .k = k, .covariance = covariance, .task = task};
  work->d_padded = gy_round_up(d, GY_MIXTURE_SIDE);
  work->blocks = gy_blocks_of(n, min_rows);
  double share = (double)n * (double)d * (double)d * (double)k / MIN_WORK_A_THREAD;
  work->n_threads = gy_task_threads(task);
  if ((double)work->n_threads > share) work->n_threads = share < 1 ? 1 : (int)share;
  return true;
}

size_t gy_mixture_work_bytes(size_t n, size_t d, size_t k, gy_covariance covariance, gy_mixture_steps steps,
                             const gy_task *task) {
  gy_mixture_work work;
  gy_matrix x = {.n_rows = n, .n_columns = d};
  if (!describe(&work, x, k, covariance, task)) return SIZE_MAX;
  return lay_out(&work, NULL, steps == GY_MIXTURE_FIT);
}

gy_status gy_mixture_work_init(gy_mixture_work *work, gy_matrix x, size_t k, gy_covariance covariance,
                               gy_mixture_steps steps, const gy_task *task, gy_error *err) {
  size_t bytes = SIZE_MAX;
  if (describe(work, x, k, covariance, task)) bytes = lay_out(work, NULL, steps == GY_MIXTURE_FIT);
  work->storage = bytes == SIZE_MAX ? NULL : aligned_alloc(GY_LAYOUT_ALIGNMENT, bytes);
  if (work->storage == NULL)
    return gy_fail(err, GY_ENOMEM,
                   "mixture: out of memory; %zu bytes are needed for %zu rows, %zu columns, k = %zu", bytes,
                   x.n_rows, x.n_columns, k);
  lay_out(work, work->storage, steps == GY_MIXTURE_FIT);
  return GY_OK;
}

void gy_mixture_work_clear(gy_mixture_work *work) {
  free(work->storage);
  work->storage = NULL;
}

/* The power of two next to 1 / deviation; columns without spread keep their unit. */
static float scale_for(double variance) {
  if (!(variance > 0)) return 1;
  double exponent = round(-0.5 * log2(variance));
  return (float)exp2(fmin(fmax(exponent, -60), 60));
}

void gy_mixture_set_frame(gy_mixture_work *work, const double *means, const double *variances) {
  size_t d = work->x.n_columns;
  double widest = 0;
  for (size_t j = 0; j < d; j++) widest = fmax(widest, variances[j]);
  work->log_scale = 0;
  memset(work->offset, 0, gy_round_up(d, GY_LANES_MAX) * sizeof(float));
  memset(work->scale, 0, gy_round_up(d, GY_LANES_MAX) * sizeof(float));
  for (size_t j = 0; j < d; j++) {
    work->offset[j] = (float)means[j];
    work->scale[j] = scale_for(work->covariance == GY_COVARIANCE_SPHERICAL ? widest : variances[j]);
    work->log_scale += log((double)work->scale[j]);
  }
}

static void put_real(void *array, size_t i, double value, size_t real_bytes) {
  if (real_bytes == sizeof(double)) {
    ((double *)array)[i] = value;
  } else {
    ((float *)array)[i] = (float)value;
  }
}

/* Centre, and the shift that repairs its rounding, of cluster c; `inverse` as its covariance was factored. */
static void pack_center(gy_mixture_work *work, size_t c, const double *inverse, double *residual) {
  size_t d = work->x.n_columns, bytes = work->kernel->real_bytes, at = c * work->d_padded;
  const double *mean = work->state.means + c * d;
  for (size_t j = 0; j < work->d_padded; j++) {
    put_real(work->centers, at + j, j < d ? mean[j] : 0, bytes);
    put_real(work->shifts, at + j, 0, bytes);
  }
  for (size_t j = 0; j < d; j++)
    residual[j] = bytes == sizeof(double) ? 0 : mean[j] - (double)((float *)work->centers)[at + j];
  double most = 0;
  for (size_t j = 0; j < d; j++) {
    size_t i = is_diagonal(work->covariance) ? j : 0;
    const double *row = is_diagonal(work->covariance) ? inverse : inverse + j * d;
    double shift = 0, grown = 0;
    for (; i <= j; i++) {
      shift -= row[i] * residual[i];
      grown += row[i] * row[i] * (1 + mean[i] * mean[i]);
    }
    put_real(work->shifts, at + j, shift, bytes);
    most = fmax(most, grown);
  }
  work->amplification[c] = sqrt(most);
}

/* U of covariance f, as mixture_kernel.h lays it out. */
static void pack_factor(gy_mixture_work *work, size_t f, const double *inverse) {
  size_t d = work->x.n_columns, bytes = work->kernel->real_bytes;
  size_t at = f * gy_mixture_factor_length(d, is_diagonal(work->covariance));
  if (is_diagonal(work->covariance)) {
    for (size_t j = 0; j < work->d_padded; j++)
      put_real(work->factors, at + j, j < d ? inverse[j] : 0, bytes);
    return;
  }
  for (size_t b = 0; b < work->d_padded; b += GY_MIXTURE_SIDE) {
    size_t n_rows = b + GY_MIXTURE_SIDE < d ? b + GY_MIXTURE_SIDE : d;
    for (size_t i = 0; i < n_rows; i++)
      for (size_t j = b; j < b + GY_MIXTURE_SIDE; j++)
        put_real(work->factors, at++, j < d && i <= j ? inverse[j * d + i] : 0, bytes);
  }
}

/* Of U as the kernels have it, rounded: the density is then that of a covariance that differs in the last
 * bit, and not one whose factor and determinant disagree, which would add up over the rows. */
static double log_determinant(const gy_mixture_work *work, const double *inverse) {
  size_t d = work->x.n_columns, step = is_diagonal(work->covariance) ? 1 : d + 1;
  double sum = 0;
  for (size_t j = 0; j < d; j++) {
    double value = inverse[j * step];
    sum += log(work->kernel->real_bytes == sizeof(double) ? value : (double)(float)value);
  }
  return sum;
}

/* Factors and packs covariance f with the clusters that it belongs to. */
static void factor_one(gy_mixture_work *work, size_t f) {
  size_t d = work->x.n_columns;
  double *floors = work->factor_scratch + gy_thread_number() * work->factor_share;
  double *inverse = floors + d;
  double *covariance = work->state.covariances + f * gy_covariance_length(work->covariance, d);
  gy_factoring factoring;
  for (size_t j = 0; j < d; j++)
    floors[j] = fmax(work->regularization * (double)work->scale[j] * (double)work->scale[j], 1e-24);
  if (work->covariance == GY_COVARIANCE_SPHERICAL) {
    factoring = gy_factor_variances(covariance, 1, floors, inverse);
    for (size_t j = 1; j < d; j++) inverse[j] = inverse[0];
  } else if (work->covariance == GY_COVARIANCE_DIAGONAL) {
    factoring = gy_factor_variances(covariance, d, floors, inverse);
  } else {
    factoring = gy_factor_covariance(covariance, d, floors, inverse);
  }
  pack_factor(work, f, inverse);
  size_t first = work->covariance == GY_COVARIANCE_TIED ? 0 : f;
  size_t end = work->covariance == GY_COVARIANCE_TIED ? work->k : f + 1;
  for (size_t c = first; c < end; c++) {
    pack_center(work, c, inverse, floors);
    work->log_determinants[c] = log_determinant(work, inverse);
    work->collapsed[c] = factoring.was_lifted || factoring.least_variance <= 2;
  }
}

gy_status gy_mixture_pack_state(gy_mixture_work *work, gy_error *err) {
  static const double LOG_2_PI = 1.83787706640934548356, WITHOUT_WEIGHT = -1e30;
  size_t d = work->x.n_columns, n_factors = gy_covariance_count(work->covariance, work->k);
#pragma omp parallel for schedule(dynamic) num_threads(work->n_threads) if (d > 32 && work->n_threads > 1)
  for (size_t f = 0; f < n_factors; f++)
    if (!gy_task_cancelled(work->task)) factor_one(work, f);
  for (size_t c = 0; c < work->k; c++) {
    double weight = work->state.weights[c];
    work->bias[c] =
        weight > 0 ? log(weight) + work->log_determinants[c] - 0.5 * LOG_2_PI * (double)d : WITHOUT_WEIGHT;
  }
  bool diagonal = is_diagonal(work->covariance);
  work->pack = (gy_mixture_pack){
      .d = d,
      .d_padded = work->d_padded,
      .k = work->k,
      .diagonal = diagonal,
      .offset = work->offset,
      .scale = work->scale,
      .centers = work->centers,
      .shifts = work->shifts,
      .factors = work->factors,
      .factor_stride = work->covariance == GY_COVARIANCE_TIED ? 0 : gy_mixture_factor_length(d, diagonal),
      .bias = work->bias};
  return gy_task_check(work->task, err);
}

bool gy_mixture_wants_double(const gy_mixture_work *work) {
  static const double MOST_AMPLIFICATION = 1000; /* leaves a relative error of about 6e-5 in z */
  for (size_t c = 0; c < work->k; c++)
    if (work->amplification[c] > MOST_AMPLIFICATION) return true;
  return false;
}
