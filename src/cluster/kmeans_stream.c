/* SPDX-License-Identifier: Apache-2.0
 *
 * Lloyd's iteration over a stream. Rows are copied into stretches of a fixed number, so that the sums do not
 * depend on how the source cuts its blocks; each stretch is one k-means work, assigned and summed by blocks
 * as in memory, and its sums are added to those of the pass. */
#include <gyeol/kmeans_stream.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/layout.h"
#include "base/rng.h"
#include "cluster/kmeans_work.h"
#include "num/moments.h"

enum { STRETCH_ROWS = 32768, DEFAULT_SAMPLE = 65536 };

gy_kmeans_stream_options gy_kmeans_stream_defaults(int32_t n_clusters) {
  gy_kmeans_stream_options options = {.kmeans = gy_kmeans_defaults(n_clusters),
                                      .sample_rows = DEFAULT_SAMPLE};
  options.kmeans.n_starts = 3;
  return options;
}

typedef struct {
  const gy_row_source *source;
  const gy_kmeans_stream_options *options;
  const gy_task *task;
  size_t d, k;
  gy_kmeans_work work; /* over the stretch */

  float *values;   /* the stretch */
  float *weights;  /* its weights */
  size_t n_here;   /* rows in it */
  size_t n_before; /* rows of this pass before it */
  size_t n_rows;   /* of the first pass */

  float *sample; /* sample_rows x d */
  float *sample_weights;
  size_t n_sampled, n_offered;
  gy_rng rng;
  double *mean, *squares; /* d: running moments, for the stopping rule */

  double *sums, *totals; /* of the pass: k x d, k */
  int64_t *sizes;        /* k: rows, of any weight */
  int64_t *counts;       /* k: rows of positive weight */
  float *farthest;       /* the row farthest from its centre */
  float farthest_distance;
  double inertia;
  void *storage;
} stream;

static size_t lay_out(stream *s, void *base) {
  gy_layout at = {.base = base};
  size_t d = s->d, k = s->k, m = s->options->sample_rows;
  s->values = gy_layout_take(&at, STRETCH_ROWS, d * sizeof(float));
  s->weights = gy_layout_take(&at, STRETCH_ROWS, sizeof(float));
  s->sample = gy_layout_take(&at, m, d * sizeof(float));
  s->sample_weights = gy_layout_take(&at, m, sizeof(float));
  s->mean = gy_layout_take(&at, d, sizeof(double));
  s->squares = gy_layout_take(&at, d, sizeof(double));
  s->sums = gy_layout_take(&at, k, d * sizeof(double));
  s->totals = gy_layout_take(&at, k, sizeof(double));
  s->sizes = gy_layout_take(&at, k, sizeof(int64_t));
  s->counts = gy_layout_take(&at, k, sizeof(int64_t));
  s->farthest = gy_layout_take(&at, d, sizeof(float));
  return gy_layout_bytes(&at);
}

/* What is done with each stretch of a pass. */
typedef gy_status (*stretch_step)(stream *s, gy_error *err);

static gy_status end_stretch(stream *s, stretch_step step, gy_error *err) {
  gy_status status = s->n_here > 0 ? step(s, err) : GY_OK;
  s->n_before += s->n_here;
  s->n_here = 0;
  return status == GY_OK ? gy_task_check(s->task, err) : status;
}

static gy_status take_block(stream *s, gy_matrix block, const float *weights, stretch_step step,
                            gy_error *err) {
  gy_status status = GY_OK;
  for (size_t i = 0; status == GY_OK && i < block.n_rows;) {
    size_t room = STRETCH_ROWS - s->n_here, n = block.n_rows - i < room ? block.n_rows - i : room;
    memcpy(s->values + s->n_here * s->d, gy_matrix_row(block, i), n * s->d * sizeof(float));
    if (weights != NULL) memcpy(s->weights + s->n_here, weights + i, n * sizeof(float));
    s->n_here += n;
    i += n;
    if (s->n_here == STRETCH_ROWS) status = end_stretch(s, step, err);
  }
  return status;
}

static gy_status run_pass(stream *s, stretch_step step, gy_error *err) {
  s->n_here = s->n_before = 0;
  gy_status status = s->source->rewind(s->source->user, err);
  while (status == GY_OK) {
    gy_matrix block = {0};
    const float *weights = NULL;
    status = s->source->next(s->source->user, &block, &weights, err);
    if (status != GY_OK || block.n_rows == 0) break;
    if (block.n_columns != s->d || (s->source->has_weights && weights == NULL))
      return gy_fail(err, GY_EDATA,
                     "k-means of a stream: a block of %zu columns%s after %zu rows; %zu columns%s "
                     "were announced",
                     block.n_columns, weights == NULL ? "" : " with weights", s->n_before + s->n_here, s->d,
                     s->source->has_weights ? " with weights" : "");
    status = take_block(s, block, s->source->has_weights ? weights : NULL, step, err);
  }
  return status == GY_OK ? end_stretch(s, step, err) : status;
}

static gy_status check_weights(const stream *s, gy_error *err) {
  for (size_t i = 0; s->source->has_weights && i < s->n_here; i++)
    if (!(s->weights[i] >= 0) || isinf(s->weights[i]))
      return gy_fail(err, GY_EDATA, "the weight of row %zu is %g; weights are finite and not negative", i + 1,
                     (double)s->weights[i]);
  return GY_OK;
}

/* Puts row i of the stretch into the sample, or not: rows that weigh anything are equally likely to stay. */
static void sample_row(stream *s, size_t i) {
  float weight = s->source->has_weights ? s->weights[i] : 1;
  if (weight <= 0) return;
  size_t place = s->n_offered++;
  if (place >= s->options->sample_rows) place = (size_t)gy_rng_below(&s->rng, s->n_offered);
  if (place >= s->options->sample_rows) return;
  memcpy(s->sample + place * s->d, s->values + i * s->d, s->d * sizeof(float));
  s->sample_weights[place] = weight;
  if (s->n_sampled <= place) s->n_sampled = place + 1;
}

/* First pass: checks, moments (Welford 1962), and the sample. */
static gy_status look(stream *s, gy_error *err) {
  gy_matrix x = {s->values, s->n_here, s->d};
  gy_status status = gy_matrix_check(x, GY_KMEANS_VALUE_LIMIT, s->task, err);
  if (status == GY_OK) status = check_weights(s, err);
  if (status != GY_OK) {
    gy_error_prefix(err, "k-means of a stream, counting rows from %zu", s->n_before + 1);
    return status;
  }
  for (size_t i = 0; i < s->n_here; i++) {
    for (size_t j = 0; j < s->d; j++) {
      double delta = (double)s->values[i * s->d + j] - s->mean[j];
      s->mean[j] += delta / (double)(s->n_before + i + 1);
      s->squares[j] += delta * ((double)s->values[i * s->d + j] - s->mean[j]);
    }
    sample_row(s, i);
  }
  return GY_OK;
}

/* An iteration's part: assigns the stretch afresh and adds its sums. */
static gy_status assign_stretch(stream *s, gy_error *err) {
  gy_kmeans_work *work = &s->work;
  gy_matrix x = {s->values, s->n_here, s->d};
  gy_blocks blocks = work->blocks;
  const float *weights = s->source->has_weights ? s->weights : NULL;
  blocks.n_rows = s->n_here;
  blocks.count = (s->n_here + blocks.rows - 1) / blocks.rows;
#pragma omp parallel for schedule(dynamic) num_threads(work->n_threads) if (work->n_threads > 1)
  for (size_t b = 0; b < blocks.count; b++) {
    size_t first = gy_block_first(&blocks, b), end = gy_block_end(&blocks, b);
    work->kernel->assign(&work->packed, x, weights, first, end, work->labels, &work->block_sums[b], true,
                         gy_kmeans_work_scratch(work));
    work->block_inertia[b] =
        work->kernel->spread(work->centers, x, weights, first, end, work->labels, work->nearest);
  }
  for (size_t b = 0; b < blocks.count; b++) {
    const gy_cluster_sums *from = &work->block_sums[b];
    for (size_t i = 0; i < s->k * s->d; i++) s->sums[i] += from->sums[i];
    for (size_t c = 0; c < s->k; c++) {
      s->totals[c] += from->weights[c];
      s->counts[c] += from->counts[c];
    }
    s->inertia += work->block_inertia[b];
  }
  for (size_t i = 0; i < s->n_here; i++) {
    s->sizes[work->labels[i]]++;
    if (work->nearest[i] <= s->farthest_distance || (weights != NULL && weights[i] <= 0)) continue;
    s->farthest_distance = work->nearest[i];
    memcpy(s->farthest, s->values + i * s->d, s->d * sizeof(float));
  }
  return gy_task_check(s->task, err);
}

static gy_status assign_and_tell(stream *s, gy_error *err) {
  gy_status status = assign_stretch(s, err);
  if (status != GY_OK || s->options->labelled == NULL) return status;
  return s->options->labelled(s->options->user, s->n_before, s->work.labels, s->n_here, err);
}

static gy_status iterate(stream *s, stretch_step step, gy_error *err) {
  gy_kmeans_pack(&s->work);
  memset(s->sums, 0, s->k * s->d * sizeof *s->sums);
  memset(s->totals, 0, s->k * sizeof *s->totals);
  memset(s->sizes, 0, s->k * sizeof *s->sizes);
  memset(s->counts, 0, s->k * sizeof *s->counts);
  s->farthest_distance = 0;
  s->inertia = 0;
  gy_status status = run_pass(s, step, err);
  if (status == GY_OK && s->n_before != s->n_rows)
    return gy_fail(err, GY_EDATA, "k-means of a stream: a pass gave %zu rows, the first %zu", s->n_before,
                   s->n_rows);
  return status;
}

/* Moves the centres; one that is empty goes to the farthest row. Returns the summed squared shift. */
static double move_centers(stream *s) {
  double shift = 0;
  for (size_t c = 0; c < s->k; c++) {
    bool jumps = s->counts[c] == 0 && s->farthest_distance > 0;
    for (size_t j = 0; j < s->d; j++) {
      float *center = &s->work.centers[c * s->d + j], before = *center;
      if (s->counts[c] > 0)
        *center = (float)(s->sums[c * s->d + j] / s->totals[c]);
      else if (jumps)
        *center = s->farthest[j];
      shift += ((double)*center - (double)before) * ((double)*center - (double)before);
    }
    if (jumps) s->farthest_distance = 0;
  }
  return shift;
}

static gy_status seed(stream *s, gy_error *err) {
  size_t bytes = s->k * s->d * sizeof(float);
  gy_kmeans_options options = s->options->kmeans;
  gy_kmeans model;
  gy_task within = gy_kmeans_task_within(s->task);
  if (s->n_rows < s->k)
    return gy_fail(err, GY_EDATA, "k-means of a stream: %zu rows cannot make %zu clusters; ask for fewer",
                   s->n_rows, s->k);
  if (options.initial_centers != NULL) {
    memcpy(s->work.centers, options.initial_centers, bytes);
    return GY_OK;
  }
  options.weights = s->source->has_weights ? s->sample_weights : NULL;
  options.seeding = GY_KMEANS_SEEDING_GREEDY;
  gy_status status =
      gy_kmeans_fit((gy_matrix){s->sample, s->n_sampled, s->d}, &options, &within, &model, NULL, err);
  if (status != GY_OK) return status;
  memcpy(s->work.centers, model.centers, bytes);
  gy_kmeans_clear(&model);
  return GY_OK;
}

static gy_status run(stream *s, gy_kmeans *found, gy_error *err) {
  double limit = 0;
  gy_status status = run_pass(s, look, err);
  s->n_rows = s->n_before;
  if (status == GY_OK) status = seed(s, err);
  for (size_t j = 0; j < s->d; j++)
    limit += s->options->kmeans.tolerance * s->squares[j] / (double)(s->n_rows + 1) / (double)s->d;
  while (status == GY_OK && !found->converged && found->iterations < s->options->kmeans.max_iterations) {
    status = iterate(s, assign_stretch, err);
    found->iterations++;
    if (status == GY_OK) found->converged = move_centers(s) <= limit;
    gy_task_progress(s->task, "k-means of a stream", (uint64_t)found->iterations, 0, "passes");
  }
  if (status == GY_OK) status = iterate(s, assign_and_tell, err);
  return status;
}

static gy_status give(stream *s, gy_kmeans *found, gy_error *err) {
  found->centers = malloc(s->k * s->d * sizeof *found->centers);
  found->sizes = malloc(s->k * sizeof *found->sizes);
  if (found->centers == NULL || found->sizes == NULL)
    return gy_fail(err, GY_ENOMEM, "k-means of a stream: out of memory for %zu centres", s->k);
  memcpy(found->centers, s->work.centers, s->k * s->d * sizeof *found->centers);
  memcpy(found->sizes, s->sizes, s->k * sizeof *found->sizes);
  found->inertia = s->inertia;
  for (size_t c = 0; c < s->k; c++) found->n_empty += s->sizes[c] == 0;
  return GY_OK;
}

size_t gy_kmeans_stream_memory(size_t d, const gy_kmeans_stream_options *options, const gy_task *task) {
  stream s = {.options = options, .d = d, .k = (size_t)options->kmeans.n_clusters};
  gy_kmeans_options on_sample = options->kmeans;
  gy_task within = gy_kmeans_task_within(task);
  on_sample.seeding = GY_KMEANS_SEEDING_GREEDY;
  size_t row, own, work, fit;
  if (__builtin_mul_overflow(d, sizeof(double), &row)) return SIZE_MAX;
  own = lay_out(&s, NULL);
  work = gy_kmeans_work_bytes(STRETCH_ROWS, d, s.k, GY_KMEANS_SEED, &within);
  fit = gy_kmeans_memory(options->sample_rows, d, &on_sample, &within);
  return own > SIZE_MAX / 4 || work > SIZE_MAX / 4 || fit > SIZE_MAX / 4 ? SIZE_MAX : own + work + fit;
}

static gy_status check(const gy_row_source *source, const gy_kmeans_stream_options *options,
                       const gy_task *task, gy_error *err) {
  gy_matrix shape = {.n_rows = options->sample_rows, .n_columns = source->n_columns};
  gy_status status = gy_kmeans_check_options(shape, &options->kmeans, err);
  if (status != GY_OK) return status;
  if (options->kmeans.initial_centers != NULL) {
    gy_matrix given = {options->kmeans.initial_centers, (size_t)options->kmeans.n_clusters,
                       source->n_columns};
    status = gy_matrix_check(given, GY_KMEANS_VALUE_LIMIT, task, err);
    if (status != GY_OK) gy_error_prefix(err, "k-means of a stream: initial centres");
    if (status != GY_OK) return status;
  }
  size_t need = gy_kmeans_stream_memory(source->n_columns, options, task);
  if (need > gy_task_memory(task))
    return gy_fail(err, GY_ELIMIT,
                   "k-means of a stream: %zu bytes are needed, and the budget is %zu; a smaller "
                   "sample needs less",
                   need, gy_task_memory(task));
  return GY_OK;
}

gy_status gy_kmeans_stream_fit(const gy_row_source *source, const gy_kmeans_stream_options *options,
                               const gy_task *task, gy_kmeans *model, gy_error *err) {
  size_t count;
  gy_status status = check(source, options, task, err);
  if (status != GY_OK) return status;
  stream s = {.source = source,
              .options = options,
              .task = task,
              .d = source->n_columns,
              .k = (size_t)options->kmeans.n_clusters};
  gy_task within = gy_kmeans_task_within(task);
  gy_kmeans found = {.n_clusters = options->kmeans.n_clusters, .n_columns = s.d};
  size_t bytes = lay_out(&s, NULL);
  s.storage = aligned_alloc(GY_LAYOUT_ALIGNMENT, bytes);
  if (s.storage == NULL)
    return gy_fail(err, GY_ENOMEM, "k-means of a stream: out of memory; %zu bytes are needed", bytes);
  lay_out(&s, s.storage);
  memset(s.mean, 0, s.d * sizeof *s.mean);
  memset(s.squares, 0, s.d * sizeof *s.squares);
  gy_rng_init(&s.rng, options->kmeans.seed, 0);
  status = gy_kmeans_work_init(&s.work, (gy_matrix){s.values, STRETCH_ROWS, s.d}, s.k, GY_KMEANS_SEED,
                               gy_kmeans_kernels(&count)[0], &within, err);
  if (status == GY_OK) status = run(&s, &found, err);
  if (status == GY_OK) status = give(&s, &found, err);
  if (status == GY_OK)
    *model = found;
  else
    gy_kmeans_clear(&found);
  gy_kmeans_work_clear(&s.work);
  free(s.storage);
  return status;
}
