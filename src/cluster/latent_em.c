/* SPDX-License-Identifier: Apache-2.0
 *
 * EM for latent classes (Goodman 1974). Given its class, a row's indicators are independent, so its log
 * density in class c is
 *
 *   ln weight_c + sum over categories seen: ln p_c(level) + sum over numbers seen: ln N(x | mean_c,
 * variance_c)
 *
 * and what is missing is simply not in the sums (marginalised out). Its posteriors are these, exponentiated
 * and normalised. The new weight, level shares, mean and variance of a class are those of all rows, each
 * counted with its posterior. Numbers are summed relative to the current mean, so that no digits cancel. */
#include "cluster/latent_em.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/layout.h"
#include "num/threads.h"

enum { MIN_BLOCK_ROWS = 2048, MIN_WORK_A_THREAD = 20000 };

static gy_latent_sums take_sums(gy_layout *at, const gy_latent_work *work) {
  size_t k = work->k, p = work->x.n_numeric;
  gy_latent_sums sums = {0};
  sums.mass = gy_layout_take(at, k, sizeof(double));
  sums.levels = gy_layout_take(at, work->n_levels_all * k, sizeof(double));
  sums.present = gy_layout_take(at, p * k, sizeof(double));
  sums.first = gy_layout_take(at, p * k, sizeof(double));
  sums.second = gy_layout_take(at, p * k, sizeof(double));
  return sums;
}

static size_t lay_out(gy_latent_work *work, void *base) {
  gy_layout at = {.base = base};
  size_t k = work->k, p = work->x.n_numeric, levels = work->n_levels_all;
  work->weights = gy_layout_take(&at, k, sizeof(double));
  work->probabilities = gy_layout_take(&at, levels * k, sizeof(double));
  work->means = gy_layout_take(&at, p * k, sizeof(double));
  work->variances = gy_layout_take(&at, p * k, sizeof(double));
  work->base = gy_layout_take(&at, k, sizeof(double));
  work->log_levels = gy_layout_take(&at, levels * k, sizeof(double));
  work->log_peaks = gy_layout_take(&at, p * k, sizeof(double));
  work->steepness = gy_layout_take(&at, p * k, sizeof(double));
  work->level_shares = gy_layout_take(&at, levels, sizeof(double));
  work->column_means = gy_layout_take(&at, p, sizeof(double));
  work->column_variances = gy_layout_take(&at, p, sizeof(double));
  work->scratch = gy_layout_take(&at, k * (size_t)work->n_threads, sizeof(double));
  work->totals = take_sums(&at, work);
  work->block_sums = gy_layout_take(&at, work->blocks.count, sizeof *work->block_sums);
  for (size_t b = 0; b < work->blocks.count; b++) {
    gy_latent_sums sums = take_sums(&at, work);
    if (base != NULL) work->block_sums[b] = sums;
  }
  return gy_layout_bytes(&at);
}

static bool describe(gy_latent_work *work, const gy_indicators *x, size_t k, size_t n_levels_all,
                     const gy_task *task) {
  *work = (gy_latent_work){.x = *x, .k = k, .n_levels_all = n_levels_all, .task = task};
  if (((double)n_levels_all + (double)x->n_numeric) * (double)k > 1e15) return false;
  size_t min_rows = (n_levels_all + 3 * x->n_numeric) / (x->n_categorical + x->n_numeric) * k * 4;
  work->blocks = gy_blocks_of(x->n_rows, min_rows < MIN_BLOCK_ROWS ? MIN_BLOCK_ROWS : min_rows);
  size_t useful = x->n_rows * k / MIN_WORK_A_THREAD;
  work->n_threads = gy_task_threads(task);
  if ((size_t)work->n_threads > useful) work->n_threads = useful < 1 ? 1 : (int)useful;
  return true;
}

size_t gy_latent_work_bytes(const gy_indicators *x, size_t k, size_t n_levels_all, const gy_task *task) {
  gy_latent_work work;
  return describe(&work, x, k, n_levels_all, task) ? lay_out(&work, NULL) : SIZE_MAX;
}

gy_status gy_latent_work_init(gy_latent_work *work, const gy_indicators *x, size_t k,
                              const int32_t *first_level, const gy_task *task, gy_error *err) {
  size_t levels = (size_t)first_level[x->n_categorical], bytes = SIZE_MAX;
  if (describe(work, x, k, levels, task)) bytes = lay_out(work, NULL);
  work->storage = bytes == SIZE_MAX ? NULL : aligned_alloc(GY_LAYOUT_ALIGNMENT, bytes);
  if (work->storage == NULL)
    return gy_fail(err, GY_ENOMEM, "latent classes: out of memory; %zu bytes are needed for k = %zu", bytes,
                   k);
  lay_out(work, work->storage);
  work->first_level = first_level;
  return GY_OK;
}

void gy_latent_work_clear(gy_latent_work *work) {
  free(work->storage);
  work->storage = NULL;
}

static double weight_of(const gy_latent_work *work, size_t row) {
  return work->row_weights == NULL ? 1 : (double)work->row_weights[row];
}

static void describe_levels(gy_latent_work *work) {
  const gy_indicators *x = &work->x;
  for (size_t j = 0; j < x->n_categorical; j++) {
    double *shares = work->level_shares + work->first_level[j], total = 0;
    size_t n_levels = (size_t)(work->first_level[j + 1] - work->first_level[j]);
    memset(shares, 0, n_levels * sizeof *shares);
    for (size_t i = 0; i < x->n_rows; i++) {
      int32_t code = x->codes[i * x->n_categorical + j];
      if (code >= 0) shares[code] += weight_of(work, i), total += weight_of(work, i);
    }
    for (size_t l = 0; l < n_levels; l++) shares[l] = total > 0 ? shares[l] / total : 1 / (double)n_levels;
  }
}

void gy_latent_describe_columns(gy_latent_work *work, double regularization) {
  const gy_indicators *x = &work->x;
  describe_levels(work);
  for (size_t j = 0; j < x->n_numeric; j++) {
    double total = 0, mean = 0, squares = 0;
    for (size_t i = 0; i < x->n_rows; i++) {
      double value = (double)x->values[i * x->n_numeric + j], weight = weight_of(work, i);
      if (isnan(value) || weight <= 0) continue;
      total += weight;
      double away = value - mean;
      mean += away * weight / total;
      squares += weight * away * (value - mean);
    }
    work->column_means[j] = mean;
    work->column_variances[j] = (total > 0 ? squares / total : 1) + regularization;
  }
}

/* The parameters as a row's sum wants them. Nothing is impossible, only less likely than e^-700. */
static void take_logarithms(gy_latent_work *work) {
  static const double TWO_PI = 6.28318530717958647692, LEAST = 1e-304;
  size_t k = work->k;
  for (size_t c = 0; c < k; c++) work->base[c] = log(fmax(work->weights[c], LEAST));
  for (size_t i = 0; i < work->n_levels_all * k; i++)
    work->log_levels[i] = log(fmax(work->probabilities[i], LEAST));
  for (size_t i = 0; i < work->x.n_numeric * k; i++) {
    double variance = fmax(work->variances[i], LEAST);
    work->log_peaks[i] = -0.5 * log(TWO_PI * variance);
    work->steepness[i] = 0.5 / variance;
  }
}

/* Log densities of a row in each class, with the class's weight. */
static void measure_row(const gy_latent_work *work, size_t row, double *restrict log_density) {
  const gy_indicators *x = &work->x;
  size_t k = work->k;
  memcpy(log_density, work->base, k * sizeof *log_density);
  for (size_t j = 0; j < x->n_categorical; j++) {
    int32_t code = x->codes[row * x->n_categorical + j];
    if (code < 0) continue;
    const double *restrict from = work->log_levels + (size_t)(work->first_level[j] + code) * k;
    for (size_t c = 0; c < k; c++) log_density[c] += from[c];
  }
  for (size_t j = 0; j < x->n_numeric; j++) {
    double value = (double)x->values[row * x->n_numeric + j];
    if (isnan(value)) continue;
    const double *restrict mean = work->means + j * k, *restrict steep = work->steepness + j * k;
    const double *restrict peak = work->log_peaks + j * k;
    for (size_t c = 0; c < k; c++)
      log_density[c] += peak[c] - fmin(steep[c] * (value - mean[c]) * (value - mean[c]), 1e30);
  }
}

/* Log densities to posteriors; returns the log of their sum, and the entropy. */
static double normalise_row(double *restrict p, size_t k, double *entropy) {
  double highest = p[0], sum = 0, spread = 0;
  for (size_t c = 1; c < k; c++) highest = fmax(highest, p[c]);
  for (size_t c = 0; c < k; c++) {
    double below = p[c] - highest;
    p[c] = exp(below);
    sum += p[c];
    if (p[c] > 0) spread += p[c] * below;
  }
  for (size_t c = 0; c < k; c++) p[c] /= sum;
  *entropy = log(sum) - spread / sum;
  return highest + log(sum);
}

static void add_row(const gy_latent_work *work, size_t row, const double *restrict r, gy_latent_sums *sums) {
  const gy_indicators *x = &work->x;
  size_t k = work->k;
  for (size_t c = 0; c < k; c++) sums->mass[c] += r[c];
  for (size_t j = 0; j < x->n_categorical; j++) {
    int32_t code = x->codes[row * x->n_categorical + j];
    if (code < 0) continue;
    double *restrict to = sums->levels + (size_t)(work->first_level[j] + code) * k;
    for (size_t c = 0; c < k; c++) to[c] += r[c];
  }
  for (size_t j = 0; j < x->n_numeric; j++) {
    double value = (double)x->values[row * x->n_numeric + j];
    if (isnan(value)) continue;
    const double *restrict mean = work->means + j * k;
    double *restrict present = sums->present + j * k, *restrict first = sums->first + j * k;
    double *restrict second = sums->second + j * k;
    for (size_t c = 0; c < k; c++) {
      double away = value - mean[c];
      present[c] += r[c];
      first[c] += r[c] * away;
      second[c] += r[c] * away * away;
    }
  }
}

static void write_row(const double *p, size_t k, size_t row, const gy_latent_class_rows *rows) {
  size_t best = 0;
  for (size_t c = 1; c < k; c++)
    if (p[c] > p[best]) best = c;
  if (rows->labels != NULL) rows->labels[row] = (int32_t)best;
  if (rows->posteriors != NULL)
    for (size_t c = 0; c < k; c++) rows->posteriors[row * k + c] = (float)p[c];
}

static void clear_sums(const gy_latent_work *work, gy_latent_sums *sums) {
  size_t k = work->k, p = work->x.n_numeric;
  sums->log_likelihood = sums->entropy = 0;
  memset(sums->mass, 0, k * sizeof(double));
  memset(sums->levels, 0, work->n_levels_all * k * sizeof(double));
  memset(sums->present, 0, p * k * sizeof(double));
  memset(sums->first, 0, p * k * sizeof(double));
  memset(sums->second, 0, p * k * sizeof(double));
}

static void expect_block(const gy_latent_work *work, size_t block, bool gather,
                         const gy_latent_class_rows *rows) {
  gy_latent_sums *sums = &work->block_sums[block];
  double *p = work->scratch + gy_thread_number() * work->k, log_likelihood = 0, entropies = 0;
  clear_sums(work, sums);
  for (size_t row = gy_block_first(&work->blocks, block); row < gy_block_end(&work->blocks, block); row++) {
    double weight = weight_of(work, row), entropy;
    measure_row(work, row, p);
    log_likelihood += weight * normalise_row(p, work->k, &entropy);
    entropies += weight * entropy;
    if (rows != NULL) write_row(p, work->k, row, rows);
    if (!gather) continue;
    for (size_t c = 0; c < work->k; c++) p[c] *= weight;
    add_row(work, row, p, sums);
  }
  sums->log_likelihood = log_likelihood;
  sums->entropy = entropies;
}

static void add_up(double *to, const double *from, size_t n) {
  for (size_t i = 0; i < n; i++) to[i] += from[i];
}

gy_status gy_latent_expect(gy_latent_work *work, bool gather, const gy_latent_class_rows *rows,
                           gy_error *err) {
  take_logarithms(work);
#pragma omp parallel for schedule(dynamic) num_threads(work->n_threads) if (work->n_threads > 1)
  for (size_t b = 0; b < work->blocks.count; b++)
    if (!gy_task_cancelled(work->task)) expect_block(work, b, gather, rows);
  gy_status status = gy_task_check(work->task, err);
  if (status != GY_OK) return status;
  gy_latent_sums *totals = &work->totals;
  size_t k = work->k, p = work->x.n_numeric;
  clear_sums(work, totals);
  for (size_t b = 0; b < work->blocks.count; b++) {
    const gy_latent_sums *block = &work->block_sums[b];
    totals->log_likelihood += block->log_likelihood;
    totals->entropy += block->entropy;
    add_up(totals->mass, block->mass, k);
    add_up(totals->levels, block->levels, work->n_levels_all * k);
    add_up(totals->present, block->present, p * k);
    add_up(totals->first, block->first, p * k);
    add_up(totals->second, block->second, p * k);
  }
  return GY_OK;
}

/* Level shares of column j in class c; a class that saw none of its levels keeps its old ones. */
static void maximise_levels(gy_latent_work *work, size_t j, size_t c, double smoothing) {
  size_t k = work->k, first = (size_t)work->first_level[j], end = (size_t)work->first_level[j + 1];
  double total = smoothing;
  for (size_t l = first; l < end; l++) total += work->totals.levels[l * k + c];
  if (total <= 0) return;
  for (size_t l = first; l < end; l++)
    work->probabilities[l * k + c] =
        (work->totals.levels[l * k + c] + smoothing * work->level_shares[l]) / total;
}

void gy_latent_maximise(gy_latent_work *work, double smoothing, double regularization) {
  size_t k = work->k;
  double total = 0;
  for (size_t c = 0; c < k; c++) total += work->totals.mass[c];
  for (size_t c = 0; c < k; c++) work->weights[c] = work->totals.mass[c] / total;
  for (size_t j = 0; j < work->x.n_categorical; j++)
    for (size_t c = 0; c < k; c++) maximise_levels(work, j, c, smoothing);
  for (size_t i = 0; i < work->x.n_numeric * k; i++) {
    double mass = work->totals.present[i];
    if (mass <= 1e-12 * total / (double)k) continue;
    double moved = work->totals.first[i] / mass;
    work->means[i] += moved;
    work->variances[i] = fmax(work->totals.second[i] / mass - moved * moved, 0) + regularization;
  }
}
