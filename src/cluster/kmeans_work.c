/* SPDX-License-Identifier: Apache-2.0
 *
 * The storage of a k-means fit: one allocation, laid out by the same code that counts it, so that what
 * gy_kmeans_memory says is what is taken. */
#include "cluster/kmeans_work.h"

#include <math.h>
#include <stdlib.h>

#include "base/layout.h"
#include "num/simd.h"
#include "num/threads.h"

enum { MIN_BLOCK_ROWS = 2048 };

static gy_cluster_sums take_sums(gy_layout *at, size_t k, size_t d) {
  gy_cluster_sums sums;
  sums.sums = gy_layout_take(at, k * d, sizeof *sums.sums);
  sums.weights = gy_layout_take(at, k, sizeof *sums.weights);
  sums.counts = gy_layout_take(at, k, sizeof *sums.counts);
  return sums;
}

static void take_packed(gy_layout *at, gy_packed_centers *packed, size_t k, size_t d) {
  size_t n_groups = (k + GY_CENTERS_A_GROUP - 1) / GY_CENTERS_A_GROUP;
  packed->d = d;
  packed->k = k;
  packed->n_groups = n_groups;
  packed->offset = gy_layout_take(at, gy_round_up(d, GY_LANES_MAX), sizeof(float));
  packed->values = gy_layout_take(at, n_groups * d * GY_CENTERS_A_GROUP, sizeof(float));
  packed->bias = gy_layout_take(at, n_groups * GY_CENTERS_A_GROUP, sizeof(float));
}

/* Lays the work out behind `base`; NULL: only counts. Returns the bytes, or SIZE_MAX when they overflow. */
static size_t lay_out(gy_kmeans_work *work, unsigned char *base) {
  gy_layout at = {.base = base};
  size_t n = work->x.n_rows, d = work->x.n_columns, k = work->k;
  size_t centers;
  if (__builtin_mul_overflow(k + GY_CENTERS_A_GROUP, d + GY_LANES_MAX, &centers)) return SIZE_MAX;
  work->centers = gy_layout_take(&at, k * d, sizeof(float));
  take_packed(&at, &work->packed, k, d);
  work->labels = gy_layout_take(&at, n, sizeof(int32_t));
  work->totals = take_sums(&at, k, d);
  work->block_sums = gy_layout_take(&at, work->blocks.count, sizeof *work->block_sums);
  work->block_inertia = gy_layout_take(&at, work->blocks.count, sizeof(double));
  for (size_t b = 0; b < work->blocks.count; b++) {
    gy_cluster_sums sums = take_sums(&at, k, d);
    if (base != NULL) work->block_sums[b] = sums;
  }
  work->scratch_share = gy_kmeans_kernel_scratch(d);
  work->scratch = gy_layout_take(&at, work->scratch_share * (size_t)work->n_threads, sizeof(float));
  gy_kmeans_bounds_take(&work->bounds, &at, work->bounds.motion.n_sets, &work->blocks, d, k, work->n_threads);
  if (work->steps != GY_KMEANS_LABEL) work->nearest = gy_layout_take(&at, n, sizeof(float));
  if (work->n_trials > 0) {
    size_t padded = gy_round_up(work->n_trials, GY_CENTERS_A_GROUP);
    work->candidates = gy_layout_take(&at, padded * d, sizeof(float));
    work->potentials = gy_layout_take(&at, work->blocks.count * work->n_trials, sizeof(double));
  }
  return gy_layout_bytes(&at);
}

/* A pass of fewer multiply-adds than this a thread is over before the threads have met. */
enum { MIN_WORK_A_THREAD = 250000 };

static int useful_threads(gy_matrix x, size_t k, size_t n_blocks, int n_threads) {
  double share = (double)x.n_rows * (double)x.n_columns * (double)k / MIN_WORK_A_THREAD;
  size_t most = share < (double)n_blocks ? (size_t)share : n_blocks;
  if (most < 1) return 1;
  return (size_t)n_threads < most ? n_threads : (int)most;
}

/* What a fit holds at its peak: the work, and what becomes the result. */
static size_t bytes_kept(gy_kmeans_work *work) {
  size_t n = work->x.n_rows, d = work->x.n_columns, k = work->k;
  size_t bytes = lay_out(work, NULL);
  size_t kept = k * d * sizeof(float) + n * sizeof(int32_t) + k * sizeof(int64_t);
  return bytes > SIZE_MAX - kept ? SIZE_MAX : bytes + kept;
}

static void describe(gy_kmeans_work *work, gy_matrix x, size_t k, gy_kmeans_steps steps,
                     const gy_task *task) {
  /* A block's sums take k x d; blocks of at least 4 k rows keep them small beside the rows themselves. */
  size_t min_rows = k > MIN_BLOCK_ROWS / 4 ? 4 * k : MIN_BLOCK_ROWS;
  *work = (gy_kmeans_work){.x = x, .k = k, .task = task, .steps = steps};
  work->blocks = gy_blocks_of(x.n_rows, min_rows);
  work->n_threads = useful_threads(x, k, work->blocks.count, gy_task_threads(task));
  work->n_trials =
      steps == GY_KMEANS_SEED || steps == GY_KMEANS_SEED_AND_LLOYD ? 2 + (size_t)log((double)k) : 0;
  if (steps == GY_KMEANS_LABEL || steps == GY_KMEANS_SEED) return;
  /* Bounds are left out where they do not fit the budget: they change the time, not the result. */
  work->bounds.motion.n_sets = gy_kmeans_bounds_sets(x.n_columns, k);
  if (bytes_kept(work) > gy_task_memory(task)) work->bounds.motion.n_sets = 0;
}

size_t gy_kmeans_work_bytes(size_t n, size_t d, size_t k, gy_kmeans_steps steps, const gy_task *task) {
  gy_kmeans_work work;
  describe(&work, (gy_matrix){.n_rows = n, .n_columns = d}, k, steps, task);
  return bytes_kept(&work);
}

gy_status gy_kmeans_work_init(gy_kmeans_work *work, gy_matrix x, size_t k, gy_kmeans_steps steps,
                              const gy_kmeans_kernel *kernel, const gy_task *task, gy_error *err) {
  describe(work, x, k, steps, task);
  work->kernel = kernel;
  size_t bytes = lay_out(work, NULL);
  work->storage = bytes == SIZE_MAX ? NULL : aligned_alloc(GY_LAYOUT_ALIGNMENT, bytes);
  if (work->storage == NULL)
    return gy_fail(err, GY_ENOMEM, "k-means: out of memory; %zu bytes are needed for %zu rows, k = %zu",
                   bytes, x.n_rows, k);
  lay_out(work, work->storage);
  return GY_OK;
}

void gy_kmeans_work_clear(gy_kmeans_work *work) {
  free(work->storage);
  work->storage = NULL;
}

float *gy_kmeans_work_scratch(const gy_kmeans_work *work) {
  return work->scratch + gy_thread_number() * work->scratch_share;
}

void gy_pack_groups(const float *const *rows, size_t n_rows, size_t d, const float *offset, float *to) {
  for (size_t r = 0; r < gy_round_up(n_rows, GY_CENTERS_A_GROUP); r++) {
    float *group = to + r / GY_CENTERS_A_GROUP * GY_CENTERS_A_GROUP * d + r % GY_CENTERS_A_GROUP;
    for (size_t j = 0; j < d; j++) {
      float shift = offset == NULL ? 0 : offset[j];
      group[j * GY_CENTERS_A_GROUP] = r < n_rows ? rows[r][j] - shift : 0;
    }
  }
}

static void mean_of_centers(const gy_kmeans_work *work, float *mean) {
  size_t d = work->x.n_columns;
  for (size_t j = 0; j < gy_round_up(d, GY_LANES_MAX); j++) mean[j] = 0;
  for (size_t j = 0; j < d; j++) {
    double sum = 0;
    for (size_t c = 0; c < work->k; c++) sum += (double)work->centers[c * d + j];
    mean[j] = (float)(sum / (double)work->k);
  }
}

void gy_kmeans_pack(gy_kmeans_work *work) {
  gy_packed_centers *packed = &work->packed;
  size_t d = packed->d;
  mean_of_centers(work, packed->offset);
  for (size_t c = 0; c < packed->n_groups * GY_CENTERS_A_GROUP; c++) {
    float *group = packed->values + c / GY_CENTERS_A_GROUP * GY_CENTERS_A_GROUP * d + c % GY_CENTERS_A_GROUP;
    double norm = 0;
    for (size_t j = 0; j < d; j++) {
      float value = c < work->k ? work->centers[c * d + j] - packed->offset[j] : 0;
      group[j * GY_CENTERS_A_GROUP] = value;
      norm += (double)value * (double)value;
    }
    packed->bias[c] = c < work->k ? (float)(-norm / 2) : -INFINITY;
  }
}
