/* SPDX-License-Identifier: Apache-2.0
 *
 * Where k-medoids begins.
 *
 * BUILD (Kaufman and Rousseeuw 1990): the first medoid has the smallest sum of dissimilarities; each next is
 * the row that lowers the cost most. Gains only shrink as medoids are added, so an old gain is an upper
 * bound: rows wait in a heap by their last known gain, and only those that come to its top are reckoned again
 * (Minoux 1978). The choice is the plain one's; the work is two sweeps and a little.
 *
 * LAB (Schubert and Rousseeuw 2021): each step looks at 10 + sqrt(n) random rows only, as candidates and as
 * those who would gain. */
#include "cluster/kmedoids_work.h"

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "num/threads.h"

static void approach(gy_kmedoids_work *work, size_t m) {
  for (size_t o = 0; o < work->n; o++)
    if (m == 0 || work->rows[m][o] < work->nearest[o]) work->nearest[o] = work->rows[m][o];
}

static void gains_of_batch(gy_kmedoids_work *work, size_t first, size_t count) {
  size_t rows[GY_READ_ROWS];
  const float *at[GY_READ_ROWS];
  for (size_t r = 0; r < count; r++) rows[r] = first + r;
  gy_dissimilarity_read(&work->reader, rows, count, work->buffers + gy_thread_number() * work->buffer_share,
                        at);
  for (size_t r = 0; r < count; r++)
    work->sums[first + r] = work->kernel->gain(at[r], work->nearest, work->n);
}

/* More gain first; of equals the lower row. */
static bool before(const gy_kmedoids_work *work, size_t a, size_t b) {
  if (work->sums[a] != work->sums[b]) return work->sums[a] > work->sums[b];
  return a < b;
}

static void sift_down(gy_kmedoids_work *work, size_t length, size_t at) {
  size_t *queue = work->queue;
  for (size_t child = 2 * at + 1; child < length; child = 2 * at + 1) {
    if (child + 1 < length && before(work, queue[child + 1], queue[child])) child++;
    if (!before(work, queue[child], queue[at])) return;
    size_t row = queue[at];
    queue[at] = queue[child];
    queue[child] = row;
    at = child;
  }
}

static size_t smallest_sum(const gy_kmedoids_work *work) {
  size_t best = 0;
  for (size_t i = 1; i < work->n; i++)
    if (work->sums[i] < work->sums[best]) best = i;
  return best;
}

/* All rows but the first medoid, with their gains after it. */
static size_t fill_queue(gy_kmedoids_work *work) {
  size_t n = work->n, length = 0;
#pragma omp parallel for schedule(dynamic) num_threads(work->n_threads) if (work->n_threads > 1)
  for (size_t first = 0; first < n; first += GY_READ_ROWS)
    if (!gy_task_cancelled(work->task))
      gains_of_batch(work, first, n - first < GY_READ_ROWS ? n - first : GY_READ_ROWS);
  for (size_t i = 0; i < n; i++) {
    work->stamps[i] = 1;
    if (!work->taken[i]) work->queue[length++] = i;
  }
  for (size_t i = length / 2; i-- > 0;) sift_down(work, length, i);
  return length;
}

gy_status gy_kmedoids_build(gy_kmedoids_work *work, gy_error *err) {
  gy_kmedoids_take_row(work, 0, smallest_sum(work));
  if (work->k == 1) return GY_OK;
  approach(work, 0);
  size_t length = fill_queue(work);
  gy_status status = gy_task_check(work->task, err);
  for (size_t m = 1; status == GY_OK && m < work->k; m++) {
    while (work->stamps[work->queue[0]] != m) {
      size_t row = work->queue[0];
      const float *at;
      gy_dissimilarity_read(&work->reader, &row, 1, work->buffers, &at);
      work->sums[row] = work->kernel->gain(at, work->nearest, work->n);
      work->stamps[row] = m;
      sift_down(work, length, 0);
    }
    gy_kmedoids_take_row(work, m, work->queue[0]);
    work->queue[0] = work->queue[--length];
    sift_down(work, length, 0);
    approach(work, m);
    status = gy_task_check(work->task, err);
  }
  return status;
}

/* A random sample of rows that are no medoids, at the front of the queue. */
static size_t draw(gy_kmedoids_work *work, gy_rng *rng, size_t wanted) {
  size_t length = 0;
  for (size_t i = 0; i < work->n; i++)
    if (!work->taken[i]) work->queue[length++] = i;
  if (wanted > length) wanted = length;
  for (size_t i = 0; i < wanted; i++) {
    size_t other = i + gy_rng_below(rng, length - i), row = work->queue[i];
    work->queue[i] = work->queue[other];
    work->queue[other] = row;
  }
  return wanted;
}

/* What the sampled rows lose if `row` becomes a medoid beside the m chosen (m = 0: what they then cost). */
static double sampled_change(const gy_kmedoids_work *work, size_t m, const float *row, size_t n_sample) {
  double change = 0;
  for (size_t s = 0; s < n_sample; s++) {
    size_t o = work->queue[s];
    if (m == 0) {
      change += (double)row[o];
    } else if (row[o] < work->nearest[o]) {
      change += (double)row[o] - (double)work->nearest[o];
    }
  }
  return change;
}

gy_status gy_kmedoids_lab(gy_kmedoids_work *work, uint64_t seed, gy_error *err) {
  gy_status status = GY_OK;
  gy_rng rng;
  gy_rng_init(&rng, seed, 0);
  for (size_t m = 0; status == GY_OK && m < work->k; m++) {
    size_t n_sample = draw(work, &rng, 10 + (size_t)ceil(sqrt((double)work->n))), best = work->queue[0];
    double least = INFINITY;
    for (size_t s = 0; s < n_sample; s++) {
      const float *at;
      gy_dissimilarity_read(&work->reader, work->queue + s, 1, work->buffers, &at);
      double change = sampled_change(work, m, at, n_sample);
      if (change >= least) continue;
      least = change;
      best = work->queue[s];
    }
    gy_kmedoids_take_row(work, m, best);
    approach(work, m);
    status = gy_task_check(work->task, err);
  }
  return status;
}
