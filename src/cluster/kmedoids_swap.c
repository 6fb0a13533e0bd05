/* SPDX-License-Identifier: Apache-2.0
 *
 * FasterPAM (Schubert and Rousseeuw 2021): go through the rows; as soon as one can replace a medoid so that
 * the cost falls, replace the medoid for which it falls most, and go on from there. When a whole round found
 * nothing, no swap of one medoid with one row helps: the same optimum as PAM's, in far fewer sweeps.
 *
 * Threads judge a stretch of candidates ahead; if one of them is swapped in, what was judged beyond it is
 * thrown away. The swaps are thus those of one thread. Stretches grow while nothing is found. */
#include "cluster/kmedoids_work.h"

#include <math.h>
#include <string.h>

#include "num/threads.h"

/* A stretch of fewer comparisons than this is judged before a second thread has come. */
enum { CANDIDATES_MIN = 32, MIN_WORK_OF_THREADS = 1 << 20 };

/* The nearest and next nearest medoid of row o. */
static gy_medoid_place place_of(const gy_kmedoids_work *work, size_t o) {
  gy_medoid_place place = {INFINITY, INFINITY, 0, 0};
  for (size_t m = 0; m < work->k; m++) {
    float d = work->rows[m][o];
    if (d < place.nearest_distance) {
      place.next_distance = place.nearest_distance;
      place.next = place.nearest;
      place.nearest_distance = d;
      place.nearest = (int32_t)m;
    } else if (d < place.next_distance) {
      place.next_distance = d;
      place.next = (int32_t)m;
    }
  }
  return place;
}

/* Cost, and what the loss of each medoid would add to it. */
static void reckon(gy_kmedoids_work *work) {
  work->cost = work->next_sum = 0;
  memset(work->removal, 0, work->k * sizeof *work->removal);
  for (size_t o = 0; o < work->n; o++) {
    const gy_medoid_place *place = work->places + o;
    double nearest = (double)place->nearest_distance, next = (double)place->next_distance;
    work->cost += nearest;
    work->next_sum += next;
    work->removal[place->nearest] += next - nearest;
    work->next[o] = place->next_distance;
  }
}

void gy_kmedoids_place(gy_kmedoids_work *work) {
#pragma omp parallel for schedule(static) num_threads(work->n_threads) if (work->n_threads > 1)
  for (size_t o = 0; o < work->n; o++) work->places[o] = place_of(work, o);
  reckon(work);
}

/* Medoid m has just been replaced; its row is d from row o. */
static void update_place(const gy_kmedoids_work *work, size_t o, int32_t m, float d) {
  gy_medoid_place *place = work->places + o;
  if (place->nearest == m) {
    if (d <= place->next_distance) {
      place->nearest_distance = d;
    } else {
      *place = place_of(work, o);
    }
  } else if (place->next == m) {
    *place = place_of(work, o);
  } else if (d < place->nearest_distance) {
    *place = (gy_medoid_place){d, place->nearest_distance, m, place->nearest};
  } else if (d < place->next_distance) {
    place->next_distance = d;
    place->next = m;
  }
}

static void make_swap(gy_kmedoids_work *work, size_t candidate, int32_t m) {
  work->taken[work->medoids[m]] = 0;
  gy_kmedoids_take_row(work, (size_t)m, candidate);
  const float *row = work->rows[m];
  for (size_t o = 0; o < work->n; o++) update_place(work, o, m, row[o]);
  reckon(work);
}

static gy_medoid_swap best_swap(const gy_kmedoids_work *work, const float *row, double *change) {
  gy_medoid_swap best = {INFINITY, 0};
  memcpy(change, work->removal, work->k * sizeof *change);
  double for_all = work->kernel->judge(row, work->places, work->next, work->n, change);
  for (size_t m = 0; m < work->k; m++)
    if (change[m] < best.change) best = (gy_medoid_swap){change[m], (int32_t)m};
  best.change += for_all;
  return best;
}

/* Judges `count` <= 16 candidates from row `first` on. */
static void judge_batch(gy_kmedoids_work *work, size_t first, size_t count, gy_medoid_swap *swaps) {
  size_t thread = gy_thread_number(), rows[GY_READ_ROWS], n_rows = 0, next = 0;
  const float *at[GY_READ_ROWS];
  for (size_t r = 0; r < count; r++)
    if (!work->taken[first + r]) rows[n_rows++] = first + r;
  gy_dissimilarity_read(&work->reader, rows, n_rows, work->buffers + thread * work->buffer_share, at);
  for (size_t r = 0; r < count; r++) {
    if (work->taken[first + r]) {
      swaps[r] = (gy_medoid_swap){0, 0};
    } else {
      swaps[r] = best_swap(work, at[next++], work->changes + thread * work->k);
    }
  }
}

/* The first of `count` candidates from row `first` on that helps; `count` where none does. */
static size_t first_helpful(gy_kmedoids_work *work, size_t first, size_t count) {
  /* What rounding could feign. */
  double least = -(1e-12 * work->cost + 1e-15 * work->next_sum);
#pragma omp parallel for schedule(dynamic) \
    num_threads(work->n_threads) if (count * work->n > MIN_WORK_OF_THREADS)
  for (size_t at = 0; at < count; at += GY_READ_ROWS)
    judge_batch(work, first + at, count - at < GY_READ_ROWS ? count - at : GY_READ_ROWS, work->swaps + at);
  size_t found = 0;
  while (found < count && !(work->swaps[found].change < least)) found++;
  return found;
}

gy_status gy_kmedoids_swap(gy_kmedoids_work *work, int32_t max_iterations, gy_kmedoids *model,
                           gy_error *err) {
  size_t n = work->n, at = 0, idle = 0, stretch = CANDIDATES_MIN;
  model->iterations = 0;
  model->n_swaps = 0;
  model->converged = work->k == 1;
  while (!model->converged) {
    if (at == 0) {
      if (model->iterations == max_iterations) break;
      model->iterations++;
      gy_task_progress(work->task, "k-medoids", (uint64_t)model->n_swaps, 0, "swaps");
    }
    gy_status status = gy_task_check(work->task, err);
    if (status != GY_OK) return status;
    size_t count = stretch < n - at ? stretch : n - at;
    size_t found = first_helpful(work, at, count);
    if (found < count) {
      make_swap(work, at + found, work->swaps[found].medoid);
      model->n_swaps++;
      idle = 0;
      stretch = CANDIDATES_MIN;
      at += found + 1;
    } else {
      idle += count;
      at += count;
      if (stretch < GY_CANDIDATES_MAX) stretch *= 2;
    }
    if (at == n) at = 0;
    model->converged = idle >= n;
  }
  return GY_OK;
}
