/* SPDX-License-Identifier: Apache-2.0
 *
 * Expectation-maximisation (Dempster, Laird and Rubin 1977). One pass over the rows computes the
 * responsibilities r and the sums that the next parameters follow from:
 *
 *   N = sum r,  s = sum r y,  S = sum r y y^T          y = x' - centre of the cluster
 *   weight N / sum N,  mean centre + s / N,  covariance S / N - (s / N)(s / N)^T + regularisation
 *
 * Blocks of rows are added in block order, so that the number of threads changes nothing. The iteration stops
 * when the mean log-likelihood of a row, which never falls, has changed by less than the tolerance. */
#include <math.h>
#include <string.h>

#include "cluster/mixture_work.h"
#include "num/simd.h"
#include "num/threads.h"

static void *scratch_of_thread(const gy_mixture_work *work) {
  return work->scratch + gy_thread_number() * work->scratch_share;
}

static size_t second_length(const gy_mixture_work *work) {
  const gy_mixture_sums *totals = &work->totals;
  if (totals->second_stride > 0) return work->k * totals->second_stride;
  return work->d_padded * work->d_padded;
}

static void add_up_blocks(gy_mixture_work *work) {
  gy_mixture_sums *totals = &work->totals;
  size_t length = second_length(work), k = work->k;
  totals->log_likelihood = 0;
  memset(totals->mass, 0, k * sizeof(double));
  memset(totals->first, 0, k * work->d_padded * sizeof(double));
  memset(totals->second, 0, length * sizeof(double));
  for (size_t b = 0; b < work->blocks.count; b++) {
    const gy_mixture_sums *block = &work->block_sums[b];
    totals->log_likelihood += block->log_likelihood;
    for (size_t c = 0; c < k; c++) totals->mass[c] += block->mass[c];
    for (size_t i = 0; i < k * work->d_padded; i++) totals->first[i] += block->first[i];
    for (size_t i = 0; i < length; i++) totals->second[i] += block->second[i];
  }
}

/* Sums of all rows into work->totals. */
static gy_status sum_rows(gy_mixture_work *work, const int32_t *labels, gy_error *err) {
#pragma omp parallel for schedule(dynamic) num_threads(work->n_threads) if (work->n_threads > 1)
  for (size_t b = 0; b < work->blocks.count; b++) {
    if (gy_task_cancelled(work->task)) continue;
    work->kernel->iterate(&work->pack, work->x, work->weights, labels, gy_block_first(&work->blocks, b),
                          gy_block_end(&work->blocks, b), &work->block_sums[b], scratch_of_thread(work));
  }
  gy_status status = gy_task_check(work->task, err);
  if (status == GY_OK) add_up_blocks(work);
  return status;
}

static double center_of(const gy_mixture_work *work, size_t c, size_t j) {
  size_t at = c * work->d_padded + j;
  if (work->kernel->real_bytes == sizeof(double)) return ((const double *)work->centers)[at];
  return (double)((const float *)work->centers)[at];
}

static double floor_of(const gy_mixture_work *work, size_t j) {
  return work->regularization * (double)work->scale[j] * (double)work->scale[j];
}

/* Sum of r (x'_i - mean_i)(x'_j - mean_j), i <= j, of cluster c, where s and N are its sums of r y and r. */
static double central_product(const gy_mixture_work *work, size_t c, size_t i, size_t j) {
  const double *s = work->totals.first + c * work->d_padded;
  return work->totals.second[c * work->totals.second_stride + i * work->d_padded + j] -
         s[i] * s[j] / work->totals.mass[c];
}

static void update_full(gy_mixture_work *work, size_t c) {
  size_t d = work->x.n_columns;
  double *covariance = work->state.covariances + c * d * d, mass = work->totals.mass[c];
  for (size_t i = 0; i < d; i++) {
    for (size_t j = i; j < d; j++) {
      double value = central_product(work, c, i, j) / mass + (i == j ? floor_of(work, j) : 0);
      covariance[i * d + j] = covariance[j * d + i] = value;
    }
  }
}

static void update_diagonal(gy_mixture_work *work, size_t c) {
  size_t d = work->x.n_columns;
  const double *s = work->totals.first + c * work->d_padded, *q = work->totals.second + c * work->d_padded;
  double mass = work->totals.mass[c], mean = 0;
  for (size_t j = 0; j < d; j++) {
    double variance = fmax(q[j] / mass - s[j] / mass * (s[j] / mass), 0) + floor_of(work, j);
    if (work->covariance == GY_COVARIANCE_DIAGONAL) work->state.covariances[c * d + j] = variance;
    mean += variance / (double)d;
  }
  if (work->covariance == GY_COVARIANCE_SPHERICAL) work->state.covariances[c] = mean;
}

/* The kernels have added all clusters' products up; what the means moved is taken off each. */
static void update_tied(gy_mixture_work *work, double total_mass) {
  size_t d = work->x.n_columns, d_padded = work->d_padded;
  for (size_t i = 0; i < d; i++) {
    for (size_t j = i; j < d; j++) {
      double sum = work->totals.second[i * d_padded + j];
      for (size_t c = 0; c < work->k; c++) {
        const double *s = work->totals.first + c * d_padded;
        if (work->totals.mass[c] > 0) sum -= s[i] * s[j] / work->totals.mass[c];
      }
      double value = sum / total_mass + (i == j ? floor_of(work, j) : 0);
      work->state.covariances[i * d + j] = work->state.covariances[j * d + i] = value;
    }
  }
}

/* The state from the totals. A cluster that no row belongs to any more stays as it is, with weight 0. */
static void maximise(gy_mixture_work *work) {
  static const double LEAST_MASS = 1e-12; /* of the mean mass of a cluster */
  size_t d = work->x.n_columns;
  double total = 0;
  for (size_t c = 0; c < work->k; c++) total += work->totals.mass[c];
  for (size_t c = 0; c < work->k; c++) {
    double mass = work->totals.mass[c];
    work->state.weights[c] = mass / total;
    if (mass <= LEAST_MASS * total / (double)work->k) continue;
    for (size_t j = 0; j < d; j++)
      work->state.means[c * d + j] =
          center_of(work, c, j) + work->totals.first[c * work->d_padded + j] / mass;
    if (work->covariance == GY_COVARIANCE_FULL) {
      update_full(work, c);
    } else if (work->covariance != GY_COVARIANCE_TIED) {
      update_diagonal(work, c);
    }
  }
  if (work->covariance == GY_COVARIANCE_TIED) update_tied(work, total);
}

/* Whether the means moved so far, in deviations, that S and s s^T / N cancel in single precision. */
static bool moved_too_far(const gy_mixture_work *work) {
  static const double MOST_SHARE = 1e3;
  if (work->kernel->real_bytes == sizeof(double)) return false;
  size_t d = work->x.n_columns;
  bool is_matrix = work->covariance == GY_COVARIANCE_FULL || work->covariance == GY_COVARIANCE_TIED;
  for (size_t c = 0; c < work->k; c++) {
    for (size_t j = 0; j < d; j++) {
      double mass = work->totals.mass[c], moved = work->totals.first[c * work->d_padded + j] / mass;
      size_t at = work->covariance == GY_COVARIANCE_SPHERICAL ? c : is_matrix ? j * d + j : c * d + j;
      if (work->covariance == GY_COVARIANCE_FULL) at += c * d * d;
      if (mass > 0 && moved * moved > MOST_SHARE * work->state.covariances[at]) return true;
    }
  }
  return false;
}

gy_status gy_mixture_start_from_labels(gy_mixture_work *work, const int32_t *labels, gy_error *err) {
  /* The covariances of this pack are not used: any will do. */
  size_t d = work->x.n_columns, count = gy_covariance_count(work->covariance, work->k);
  size_t length = gy_covariance_length(work->covariance, d);
  for (size_t f = 0; f < count; f++)
    for (size_t i = 0; i < length; i++)
      work->state.covariances[f * length + i] = length < d * d || i % (d + 1) == 0;
  gy_status status = gy_mixture_pack_state(work, err);
  if (status == GY_OK) status = sum_rows(work, labels, err);
  if (status == GY_OK) maximise(work);
  return status;
}

gy_status gy_mixture_run_em(gy_mixture_work *work, int32_t max_iterations, double tolerance,
                            gy_mixture_run *run, gy_error *err) {
  gy_mixture_run found = {.mean_log_likelihood = -INFINITY};
  bool in_float = work->kernel->real_bytes == sizeof(float);
  while (!found.converged && found.iterations < max_iterations) {
    double before = found.mean_log_likelihood, total = 0;
    gy_status status = gy_mixture_pack_state(work, err);
    if (status != GY_OK) return status;
    found.wants_double = in_float && gy_mixture_wants_double(work);
    if (found.wants_double) break;
    status = sum_rows(work, NULL, err);
    if (status != GY_OK) return status;
    for (size_t c = 0; c < work->k; c++) total += work->totals.mass[c];
    maximise(work);
    found.wants_double = moved_too_far(work);
    if (found.wants_double) break;
    found.iterations++;
    found.mean_log_likelihood = work->totals.log_likelihood / total + work->log_scale;
    found.converged = fabs(found.mean_log_likelihood - before) < tolerance;
  }
  *run = found;
  return GY_OK;
}

gy_status gy_mixture_judge_rows(gy_mixture_work *work, const gy_mixture_rows *rows,
                                gy_mixture_judgement *judgement, gy_error *err) {
#pragma omp parallel for schedule(dynamic) num_threads(work->n_threads) if (work->n_threads > 1)
  for (size_t b = 0; b < work->blocks.count; b++) {
    size_t first = gy_block_first(&work->blocks, b), end = gy_block_end(&work->blocks, b);
    if (gy_task_cancelled(work->task)) continue;
    work->block_judgements[b] =
        work->kernel->judge(&work->pack, work->x, work->weights, first, end, rows, scratch_of_thread(work));
    if (rows->log_density != NULL)
      for (size_t i = first; i < end; i++) rows->log_density[i] += (float)work->log_scale;
  }
  gy_status status = gy_task_check(work->task, err);
  if (status != GY_OK) return status;
  gy_mixture_judgement sum = {0};
  for (size_t b = 0; b < work->blocks.count; b++) {
    sum.log_likelihood += work->block_judgements[b].log_likelihood;
    sum.entropy += work->block_judgements[b].entropy;
  }
  *judgement = sum;
  return GY_OK;
}
