/* SPDX-License-Identifier: Apache-2.0
 *
 * Fitting k-medoids: checks, a beginning (kmedoids_begin.c), swaps (kmedoids_swap.c), and the result in a
 * fixed order. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/kmedoids_work.h"

gy_kmedoids_options gy_kmedoids_defaults(int32_t n_clusters) {
  return (gy_kmedoids_options){.n_clusters = n_clusters, .from = GY_MEDOIDS_BUILD, .max_iterations = 100};
}

static size_t kept_bytes(size_t k) { return k * (sizeof(size_t) + sizeof(int64_t)); }

size_t gy_kmedoids_memory(const gy_dissimilarity *of, const gy_kmedoids_options *options,
                          const gy_task *task) {
  size_t k = (size_t)options->n_clusters, bytes = gy_kmedoids_work_bytes(of, k, task);
  return bytes > SIZE_MAX - kept_bytes(k) ? SIZE_MAX : bytes + kept_bytes(k);
}

static gy_status check_options(const gy_dissimilarity *of, const gy_kmedoids_options *options,
                               gy_error *err) {
  if (options->n_clusters < 1)
    return gy_fail(err, GY_EUSAGE, "k-medoids: n_clusters is %d; it must be 1 or more", options->n_clusters);
  if (options->max_iterations < 1)
    return gy_fail(err, GY_EUSAGE, "k-medoids: max_iterations is %d; it must be 1 or more",
                   options->max_iterations);
  if (of->form == GY_DISSIMILARITY_ROWS && of->n != of->x.n_rows)
    return gy_fail(err, GY_EUSAGE, "k-medoids: %zu things, but %zu rows", of->n, of->x.n_rows);
  if (of->n < (size_t)options->n_clusters)
    return gy_fail(err, GY_EDATA, "k-medoids: %zu rows cannot make %d clusters; ask for fewer", of->n,
                   options->n_clusters);
  return GY_OK;
}

static gy_status check_memory(const gy_dissimilarity *of, const gy_kmedoids_options *options,
                              const gy_task *task, gy_error *err) {
  size_t need = gy_kmedoids_memory(of, options, task);
  if (need <= gy_task_memory(task)) return GY_OK;
  return gy_fail(err, GY_ELIMIT,
                 "k-medoids: %zu bytes are needed for %zu rows, and the budget is %zu; cluster a sample",
                 need, of->n, gy_task_memory(task));
}

static gy_status take_initial(gy_kmedoids_work *work, const size_t *medoids, gy_error *err) {
  for (size_t m = 0; m < work->k; m++) {
    if (medoids[m] >= work->n || work->taken[medoids[m]])
      return gy_fail(err, GY_EUSAGE,
                     "k-medoids: initial medoid %zu is row %zu: named twice, or not among %zu", m + 1,
                     medoids[m] + 1, work->n);
    gy_kmedoids_take_row(work, m, medoids[m]);
  }
  return GY_OK;
}

static gy_status begin(gy_kmedoids_work *work, const gy_kmedoids_options *options, gy_error *err) {
  gy_status status = gy_kmedoids_survey(work, err);
  if (status != GY_OK) return status;
  if (work->k == 1) return gy_kmedoids_build(work, err); /* exact then, whatever was asked for */
  if (options->initial_medoids != NULL) return take_initial(work, options->initial_medoids, err);
  return options->from == GY_MEDOIDS_LAB ? gy_kmedoids_lab(work, options->seed, err)
                                         : gy_kmedoids_build(work, err);
}

static int by_row(const void *a, const void *b) {
  size_t first = *(const size_t *)a, second = *(const size_t *)b;
  return (first > second) - (first < second);
}

/* Clusters in the order of their medoids' rows, and each medoid in its own, also beside a twin. */
static void settle(gy_kmedoids_work *work, gy_kmedoids *model) {
  memcpy(model->medoids, work->medoids, work->k * sizeof *model->medoids);
  qsort(model->medoids, work->k, sizeof *model->medoids, by_row);
  for (size_t m = 0; m < work->k; m++) gy_kmedoids_take_row(work, m, model->medoids[m]);
  gy_kmedoids_place(work);
  for (size_t m = 0; m < work->k; m++) {
    gy_medoid_place *place = work->places + model->medoids[m];
    if (place->nearest == (int32_t)m) continue;
    place->next = place->nearest;
    place->nearest = (int32_t)m;
  }
  model->cost = work->cost;
  for (size_t o = 0; o < work->n; o++) model->sizes[work->places[o].nearest]++;
}

static void tell_rows(const gy_kmedoids_work *work, const gy_medoid_rows *rows) {
  for (size_t o = 0; rows != NULL && o < work->n; o++) {
    const gy_medoid_place *place = work->places + o;
    if (rows->labels != NULL) rows->labels[o] = place->nearest;
    if (rows->distances != NULL) rows->distances[o] = place->nearest_distance;
    if (rows->next_distances != NULL) rows->next_distances[o] = place->next_distance;
  }
}

gy_status gy_kmedoids_fit_with(const gy_kmedoids_kernel *kernel, const gy_dissimilarity_kernel *compare,
                               const gy_dissimilarity *of, const gy_kmedoids_options *options,
                               const gy_task *task, gy_kmedoids *model, const gy_medoid_rows *rows,
                               gy_error *err) {
  gy_kmedoids_work work = {0};
  gy_status status = check_options(of, options, err);
  if (status == GY_OK) status = check_memory(of, options, task, err);
  if (status == GY_OK) status = gy_dissimilarity_check(of, "k-medoids", task, err);
  if (status != GY_OK) return status;
  size_t k = (size_t)options->n_clusters;
  gy_kmedoids found = {.n_clusters = options->n_clusters};
  found.medoids = malloc(k * sizeof *found.medoids);
  found.sizes = calloc(k, sizeof *found.sizes);
  if (found.medoids == NULL || found.sizes == NULL) {
    status = gy_fail(err, GY_ENOMEM, "k-medoids: out of memory for %zu medoids", k);
    goto done;
  }
  status = gy_kmedoids_work_init(&work, kernel, compare, of, k, task, err);
  if (status == GY_OK) status = begin(&work, options, err);
  if (status != GY_OK) goto done;
  gy_kmedoids_place(&work);
  status = gy_kmedoids_swap(&work, options->max_iterations, &found, err);
  if (status != GY_OK) goto done;
  settle(&work, &found);
  tell_rows(&work, rows);
  found.recomputed = of->form == GY_DISSIMILARITY_ROWS && !work.tabled;
  *model = found;
  found = (gy_kmedoids){0};
done:
  gy_kmedoids_work_clear(&work);
  gy_kmedoids_clear(&found);
  return status;
}

gy_status gy_kmedoids_fit(const gy_dissimilarity *of, const gy_kmedoids_options *options, const gy_task *task,
                          gy_kmedoids *model, const gy_medoid_rows *rows, gy_error *err) {
  return gy_kmedoids_fit_with(NULL, NULL, of, options, task, model, rows, err);
}

void gy_kmedoids_clear(gy_kmedoids *model) {
  if (model == NULL) return;
  free(model->medoids);
  free(model->sizes);
  *model = (gy_kmedoids){0};
}
