/* SPDX-License-Identifier: Apache-2.0
 *
 * Does the picture lie? Trustworthiness (Venna and Kaski 2001) punishes rows that are near each other in the
 * picture and far apart in the data: of row i's k nearest in the picture, one that is only the r-th nearest
 * in the data costs r - k. Scaled so that the worst picture has 0 and a perfect one 1. Rows are judged one by
 * one against all others, so that a sample of them is an unbiased estimate. */
#include <gyeol/embedding.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "num/kd_tree.h"
#include "num/moments.h"
#include "num/sample.h"

typedef struct {
  gy_matrix x, points;
  size_t k;
} judged;

static void squares_from(gy_matrix x, size_t row, double *squares) {
  for (size_t j = 0; j < x.n_rows; j++)
    squares[j] = gy_kd_square(gy_matrix_row(x, row), 1, gy_matrix_row(x, j), 1, x.n_columns);
}

/* The k nearest others into `nearest`, nearest first; of equals the lower number. */
static void nearest_in_picture(const double *squares, size_t n, size_t row, size_t k, size_t *nearest) {
  size_t count = 0;
  for (size_t j = 0; j < n; j++) {
    if (j == row || (count == k && squares[j] >= squares[nearest[k - 1]])) continue;
    size_t at = count < k ? count++ : k - 1;
    for (; at > 0 && squares[nearest[at - 1]] > squares[j]; at--) nearest[at] = nearest[at - 1];
    nearest[at] = j;
  }
}

/* 1 for the nearest in the data. */
static size_t rank_in_data(const double *squares, size_t n, size_t row, size_t of) {
  size_t nearer = 0;
  double square = squares[of];
  for (size_t j = 0; j < of; j++) nearer += squares[j] <= square;
  for (size_t j = of; j < n; j++) nearer += squares[j] < square;
  /* The row itself is at distance 0, and is no neighbour. */
  return nearer + 1 - (row < of ? 0 <= square : 0 < square);
}

/* The penalties of one row, and how many of its neighbours were kept. */
static void judge_row(const judged *p, size_t row, double *squares, size_t *nearest, double *penalty,
                      double *kept) {
  squares_from(p->points, row, squares);
  nearest_in_picture(squares, p->points.n_rows, row, p->k, nearest);
  squares_from(p->x, row, squares);
  *penalty = *kept = 0;
  for (size_t j = 0; j < p->k; j++) {
    size_t rank = rank_in_data(squares, p->x.n_rows, row, nearest[j]);
    if (rank > p->k)
      *penalty += (double)(rank - p->k);
    else
      *kept += 1;
  }
}

static gy_status check(gy_matrix x, gy_matrix points, int32_t n_neighbors, size_t n_sample,
                       const gy_task *task, gy_error *err) {
  if (n_neighbors < 1 || n_sample < 1)
    return gy_fail(err, GY_EUSAGE, "embedding quality: n_neighbors (%d) and n_sample (%zu) must be 1 or more",
                   n_neighbors, n_sample);
  if (x.n_rows != points.n_rows || x.n_columns < 1 || points.n_columns < 1)
    return gy_fail(err, GY_EDATA, "embedding quality: %zu rows of data, %zu points of a picture", x.n_rows,
                   points.n_rows);
  gy_status status = gy_matrix_check(x, GY_KD_VALUE_LIMIT, task, err);
  if (status == GY_OK) status = gy_matrix_check(points, GY_KD_VALUE_LIMIT, task, err);
  if (status != GY_OK) gy_error_prefix(err, "embedding quality");
  return status;
}

/* Each sampled row's penalty and share kept into `scores` (m pairs). */
static gy_status judge_rows(const judged *p, const size_t *rows, size_t m, const gy_task *task,
                            double *scores, gy_error *err) {
  size_t n = p->x.n_rows, n_failed = 0;
#pragma omp parallel num_threads(gy_task_threads(task)) reduction(+ : n_failed)
  {
    double *squares = malloc(n * sizeof *squares);
    size_t *nearest = malloc(p->k * sizeof *nearest);
    if (squares == NULL || nearest == NULL) n_failed++;
#pragma omp for schedule(dynamic, 4)
    for (size_t i = 0; i < m; i++) {
      if (squares == NULL || nearest == NULL || gy_task_cancelled(task)) continue;
      judge_row(p, rows[i], squares, nearest, &scores[2 * i], &scores[2 * i + 1]);
    }
    free(squares);
    free(nearest);
  }
  if (n_failed > 0) return gy_fail(err, GY_ENOMEM, "embedding quality: out of memory for %zu rows", n);
  return gy_task_check(task, err);
}

gy_status gy_embedding_quality(gy_matrix x, gy_matrix points, int32_t n_neighbors, size_t n_sample,
                               uint64_t seed, const gy_task *task, gy_embedding_quality_result *result,
                               gy_error *err) {
  gy_status status = check(x, points, n_neighbors, n_sample, task, err);
  if (status != GY_OK) return status;
  size_t n = x.n_rows, m = n < n_sample ? n : n_sample, most = (n - 1) / 2;
  size_t k = (size_t)n_neighbors < most ? (size_t)n_neighbors : most;
  if (n < 4) {
    *result = (gy_embedding_quality_result){1, 1, (int32_t)(n > 0 ? k : 0), n};
    return GY_OK;
  }
  size_t *rows = malloc(m * sizeof *rows);
  double *scores = malloc(2 * m * sizeof *scores), penalty = 0, kept = 0;
  if (rows == NULL || scores == NULL) {
    status = gy_fail(err, GY_ENOMEM, "embedding quality: out of memory for %zu rows", m);
    goto done;
  }
  gy_rng rng;
  gy_rng_init(&rng, seed, 0);
  gy_sample_rows(&rng, n, m, rows);
  status = judge_rows(&(judged){x, points, k}, rows, m, task, scores, err);
  if (status != GY_OK) goto done;
  for (size_t i = 0; i < m; i++) {
    penalty += scores[2 * i];
    kept += scores[2 * i + 1];
  }
  double worst = (double)k * (2 * (double)n - 3 * (double)k - 1) / 2;
  *result = (gy_embedding_quality_result){.trustworthiness = 1 - penalty / ((double)m * worst),
                                          .neighbours_kept = kept / (double)(m * k),
                                          .n_neighbors = (int32_t)k,
                                          .n_used = m};
done:
  free(rows);
  free(scores);
  return status;
}
