/* SPDX-License-Identifier: Apache-2.0
 *
 * The search for the number of clusters: sample, fit every k, measure, decide. The rule itself is decide().
 */
#include <gyeol/cluster_choice.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/kmeans.h>
#include <gyeol/validity.h>

#include "cluster/choice_rule.h"
#include "cluster/stability.h"
#include "num/moments.h"
#include "num/sample.h"

/* Random streams of the seed, and the numbers drawn from that of a k. */
enum { STREAM_SAMPLE, STREAM_FIRST_K };
enum { FOR_FIT, FOR_SILHOUETTE, FOR_RESAMPLES };

gy_k_choice_options gy_k_choice_defaults(void) {
  return (gy_k_choice_options){.k_min = 2,
                               .k_max = 12,
                               .n_starts = 10,
                               .n_resamples = 20,
                               .resample_starts = 3,
                               .sample_rows = 20000,
                               .silhouette_rows = 5000,
                               .resample_rows = 2000,
                               .min_stability = 0.8,
                               .min_share = 0.01};
}

static gy_status check_options(const gy_k_choice_options *o, gy_error *err) {
  if (o->k_min < 2 || o->k_min > o->k_max || o->k_max > GY_K_CHOICE_MAX)
    return gy_fail(err, GY_EUSAGE, "choosing k: the range is %d..%d; it must lie within 2..%d", o->k_min,
                   o->k_max, GY_K_CHOICE_MAX);
  if (o->n_starts < 1 || o->resample_starts < 1 || o->n_resamples < 0)
    return gy_fail(err, GY_EUSAGE, "choosing k: starts must be 1 or more, resamples 0 or more");
  if (o->sample_rows < 100 || o->silhouette_rows < 100 || o->resample_rows < 100)
    return gy_fail(err, GY_EUSAGE, "choosing k: samples below 100 rows say nothing");
  return GY_OK;
}

/* Copies the sampled rows; x itself where it is small enough. */
static gy_status take_sample(gy_matrix x, const gy_k_choice_options *options, gy_matrix *sample,
                             float **storage, gy_error *err) {
  size_t m = options->sample_rows, d = x.n_columns;
  *sample = x;
  if (x.n_rows <= m) return GY_OK;
  size_t *rows = malloc(m * sizeof *rows);
  *storage = malloc(m * d * sizeof **storage);
  if (rows == NULL || *storage == NULL) {
    free(rows);
    return gy_fail(err, GY_ENOMEM, "choosing k: out of memory for a sample of %zu rows", m);
  }
  gy_rng rng;
  gy_rng_init(&rng, options->seed, STREAM_SAMPLE);
  gy_sample_rows(&rng, x.n_rows, m, rows);
  for (size_t i = 0; i < m; i++) memcpy(*storage + i * d, gy_matrix_row(x, rows[i]), d * sizeof **storage);
  *sample = (gy_matrix){*storage, m, d};
  free(rows);
  return GY_OK;
}

static bool rows_equal(gy_matrix x, size_t a, size_t b) {
  const float *row_a = gy_matrix_row(x, a), *row_b = gy_matrix_row(x, b);
  for (size_t j = 0; j < x.n_columns; j++)
    if (row_a[j] != row_b[j]) return false; /* by value: 0 and -0 are equal */
  return true;
}

/* How many distinct rows there are, counted up to `limit` (at most GY_K_CHOICE_MAX + 1). */
static size_t count_distinct(gy_matrix x, size_t limit) {
  size_t first_of[GY_K_CHOICE_MAX + 1], n = 0;
  for (size_t i = 0; i < x.n_rows && n < limit; i++) {
    size_t seen = 0;
    while (seen < n && !rows_equal(x, i, first_of[seen])) seen++;
    if (seen == n) first_of[n++] = i;
  }
  return n;
}

/* The search in progress. Every k is fitted by one thread, then every resample of every k by one thread: the
 * work is many small fits, and threads that share one of them would wait for each other most of the time. */
typedef struct {
  gy_matrix x;
  const gy_k_choice_options *options;
  const gy_task *task;
  gy_task single; /* the task of one thread's work */
  size_t n_k, n_resamples, resample_rows;
  int32_t k_min;
  gy_k_evidence *evidence; /* n_k */
  int32_t *labels;         /* n_k x n */
  double *ari;             /* n_k x n_resamples */
  atomic_size_t n_done;
  gy_status status; /* the first failure, and its sentence */
  gy_error error;
} search;

/* Each k has random streams of its own, so that its evidence does not depend on the range. */
static uint64_t seed_of(const search *s, int32_t k, int purpose) {
  gy_rng rng;
  gy_rng_init(&rng, s->options->seed, STREAM_FIRST_K + (uint64_t)k);
  for (int i = 0; i < purpose; i++) gy_rng_next(&rng);
  return gy_rng_next(&rng);
}

static void note(search *s, gy_status status, const gy_error *err) {
  size_t done = atomic_fetch_add(&s->n_done, 1) + 1;
  gy_task_progress(s->task, "choosing k", done, s->n_k * (1 + s->n_resamples), "fits");
  if (status == GY_OK) return;
#pragma omp critical(gy_k_choice_error)
  if (s->status == GY_OK) {
    s->status = status;
    s->error = *err;
  }
}

static double smallest_share(const gy_kmeans *model, size_t n) {
  int64_t smallest = model->sizes[0];
  for (int32_t c = 1; c < model->n_clusters; c++)
    if (model->sizes[c] < smallest) smallest = model->sizes[c];
  return (double)smallest / (double)n;
}

/* Fit and silhouette of the i-th k. */
static gy_status fit_one(search *s, size_t i, gy_error *err) {
  size_t n = s->x.n_rows;
  int32_t k = s->k_min + (int32_t)i, *labels = s->labels + i * n;
  gy_kmeans model;
  gy_kmeans_options fit = gy_kmeans_defaults(k);
  fit.n_starts = s->options->n_starts;
  fit.seed = seed_of(s, k, FOR_FIT);
  gy_status status = gy_kmeans_fit(s->x, &fit, &s->single, &model, labels, err);
  if (status != GY_OK) return status;
  gy_k_evidence found = {.k = k, .inertia = model.inertia / (double)n, .converged = model.converged};
  found.smallest_share = smallest_share(&model, n);
  gy_kmeans_clear(&model);
  gy_clustering clustering = {s->x, labels, k};
  gy_silhouette silhouette;
  status = gy_silhouette_sampled(&clustering, s->options->silhouette_rows, seed_of(s, k, FOR_SILHOUETTE),
                                 &s->single, &silhouette, NULL, err);
  if (status != GY_OK) return status;
  found.silhouette = silhouette.mean;
  found.silhouette_se = silhouette.standard_error;
  found.n_silhouette = silhouette.n_used;
  s->evidence[i] = found;
  return GY_OK;
}

static gy_status resample_one(search *s, size_t i, size_t number, gy_error *err) {
  gy_resampling resampling = {.n_clusters = s->k_min + (int32_t)i,
                              .n_starts = s->options->resample_starts,
                              .resample_rows = s->resample_rows,
                              .seed = seed_of(s, s->k_min + (int32_t)i, FOR_RESAMPLES)};
  return gy_kmeans_resample(s->x, s->labels + i * s->x.n_rows, &resampling, number, &s->single,
                            &s->ari[i * s->n_resamples + number], err);
}

/* The largest k, which takes longest, goes first. */
static void fit_every_k(search *s) {
#pragma omp parallel for schedule(dynamic) num_threads(gy_task_threads(s->task))
  for (size_t i = 0; i < s->n_k; i++) {
    gy_error err = {0};
    gy_status status = gy_task_check(s->task, &err);
    if (status == GY_OK) status = fit_one(s, s->n_k - 1 - i, &err);
    note(s, status, &err);
  }
}

static void resample_every_k(search *s) {
#pragma omp parallel for schedule(dynamic) num_threads(gy_task_threads(s->task))
  for (size_t job = 0; job < s->n_k * s->n_resamples; job++) {
    gy_error err = {0};
    gy_status status = gy_task_check(s->task, &err);
    if (status == GY_OK)
      status = resample_one(s, s->n_k - 1 - job / s->n_resamples, job % s->n_resamples, &err);
    note(s, status, &err);
  }
}

static void summarise(search *s) {
  for (size_t i = 0; i < s->n_k; i++) {
    gy_k_evidence *e = &s->evidence[i];
    gy_stability_summarise(s->ari + i * s->n_resamples, s->n_resamples, &e->stability, &e->stability_sd);
    e->qualified = !(e->stability < s->options->min_stability) && e->smallest_share >= s->options->min_share;
  }
}

/* k_max, or less where the rows do not carry it: k distinct rows, and one row more than k. */
static int32_t largest_k(gy_matrix x, size_t n_distinct, int32_t k_max) {
  size_t most = n_distinct < x.n_rows || x.n_rows <= 2 ? n_distinct : x.n_rows - 1;
  return (size_t)k_max < most ? k_max : (int32_t)most;
}

static gy_status measure(gy_matrix x, const gy_k_choice_options *options, const gy_task *task,
                         gy_k_choice *choice, gy_error *err) {
  int32_t k_max = largest_k(x, choice->n_distinct, options->k_max);
  int32_t k_min = options->k_min < k_max ? options->k_min : k_max;
  search s = {.x = x, .options = options, .task = task, .k_min = k_min, .evidence = choice->evidence};
  s.single = (gy_task){.n_threads = 1, .cancel = task == NULL ? NULL : task->cancel};
  s.n_k = (size_t)(k_max - k_min + 1);
  s.n_resamples = (size_t)options->n_resamples;
  s.resample_rows = choice->n_resampled;
  s.labels = malloc(s.n_k * x.n_rows * sizeof *s.labels);
  s.ari = calloc(s.n_k * s.n_resamples + 1, sizeof *s.ari);
  if (s.labels == NULL || s.ari == NULL) {
    s.status = gy_fail(&s.error, GY_ENOMEM, "choosing k: out of memory for %zu labellings of %zu rows", s.n_k,
                       x.n_rows);
    goto done;
  }
  fit_every_k(&s);
  if (s.status == GY_OK) resample_every_k(&s);
  if (s.status != GY_OK) goto done;
  summarise(&s);
  choice->n_evidence = (int32_t)s.n_k;
done:
  free(s.ari);
  free(s.labels);
  return s.status == GY_OK ? GY_OK : gy_fail(err, s.status, "%s", s.error.text);
}

/* All rows in one cluster: the inertia is the columns' variance. */
static gy_status measure_one(gy_matrix sample, const gy_task *task, gy_k_choice *found, gy_error *err) {
  double *moments = malloc(2 * sample.n_columns * sizeof *moments);
  if (moments == NULL) return gy_fail(err, GY_ENOMEM, "no memory to choose k");
  gy_status status = gy_column_moments(sample, task, moments, moments + sample.n_columns, err);
  for (size_t j = 0; j < sample.n_columns && status == GY_OK; j++)
    found->inertia_of_one += moments[sample.n_columns + j];
  free(moments);
  return status;
}

gy_status gy_k_choose(gy_matrix x, const gy_k_choice_options *options, const gy_task *task,
                      gy_k_choice *choice, gy_error *err) {
  float *storage = NULL;
  gy_matrix sample;
  gy_status status = check_options(options, err);
  if (status != GY_OK) return status;
  if (x.n_rows == 0 || x.n_columns == 0)
    return gy_fail(err, GY_EDATA, "choosing k: there are no rows to cluster");
  status = gy_matrix_check(x, GY_KMEANS_VALUE_LIMIT, task, err);
  if (status != GY_OK) return status;
  status = take_sample(x, options, &sample, &storage, err);
  if (status != GY_OK) goto done;
  gy_k_choice found = {.n_sampled = sample.n_rows};
  found.n_distinct = count_distinct(sample, (size_t)options->k_max + 1);
  found.n_resampled = options->resample_rows < sample.n_rows ? options->resample_rows : sample.n_rows;
  if (found.n_distinct < 2) {
    found.k = 1;
    found.reason = x.n_rows == 1 ? GY_K_ONE_ROW : GY_K_ALL_EQUAL;
  } else {
    status = measure(sample, options, task, &found, err);
    if (status != GY_OK) goto done;
    status = measure_one(sample, task, &found, err);
    if (status != GY_OK) goto done;
    gy_k_find_elbow(&found);
    gy_k_decide(&found, options->min_share);
  }
  *choice = found;
done:
  free(storage);
  return status;
}
