/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <gyeol/kmeans.h>
#include <gyeol/kmeans_variants.h>

#include "cluster/kmeans_work.h"
#include "fits/fit.h"

/* 20 iterations from the first k rows. */
static gy_status lloyd(gy_matrix x, int32_t k, const gy_task *task, double *quality, gy_error *err) {
  gy_kmeans_options options = gy_kmeans_defaults(k);
  options.initial_centers = x.values;
  options.max_iterations = 20;
  options.tolerance = 0;
  int32_t *labels = malloc(x.n_rows * sizeof *labels);
  gy_kmeans model;
  gy_status status = gy_kmeans_fit(x, &options, task, &model, labels, err);
  free(labels);
  if (status != GY_OK) return status;
  *quality = model.inertia;
  gy_kmeans_clear(&model);
  return GY_OK;
}

static gy_status lloyd_k5(gy_matrix x, void *none, const gy_task *task, double *quality, gy_error *err) {
  (void)none;
  return lloyd(x, 5, task, quality, err);
}

static gy_status lloyd_k8(gy_matrix x, void *none, const gy_task *task, double *quality, gy_error *err) {
  (void)none;
  return lloyd(x, 8, task, quality, err);
}

static gy_status lloyd_k50(gy_matrix x, void *none, const gy_task *task, double *quality, gy_error *err) {
  (void)none;
  return lloyd(x, 50, task, quality, err);
}

/* Seeding alone; its quality is the inertia that the last step measured for the best of its candidates. */
static gy_status seed_k8(gy_matrix x, void *none, const gy_task *task, double *quality, gy_error *err) {
  (void)none;
  size_t count;
  gy_kmeans_work work;
  gy_status status =
      gy_kmeans_work_init(&work, x, 8, GY_KMEANS_SEED_AND_LLOYD, gy_kmeans_kernels(&count)[0], task, err);
  if (status == GY_OK) status = gy_kmeans_seed(&work, 1, 0, err);
  for (size_t t = 0; status == GY_OK && t < work.n_trials; t++) {
    double inertia = 0;
    for (size_t b = 0; b < work.blocks.count; b++) inertia += work.potentials[b * work.n_trials + t];
    if (t == 0 || inertia < *quality) *quality = inertia;
  }
  gy_kmeans_work_clear(&work);
  return status;
}

/* A whole fit with the defaults, but one start. */
static gy_status whole_k50(gy_matrix x, void *none, const gy_task *task, double *quality, gy_error *err) {
  (void)none;
  gy_kmeans_options options = gy_kmeans_defaults(50);
  options.n_starts = 1;
  gy_kmeans model;
  gy_status status = gy_kmeans_fit(x, &options, task, &model, NULL, err);
  if (status != GY_OK) return status;
  *quality = model.inertia;
  gy_kmeans_clear(&model);
  return GY_OK;
}

/* Mini-batch, which in memory chooses the full iteration from the centres of a sample. */
static gy_status minibatch_k8(gy_matrix x, void *none, const gy_task *task, double *quality, gy_error *err) {
  (void)none;
  gy_minibatch_options options = gy_minibatch_defaults(8);
  gy_minibatch model;
  int32_t *labels = malloc(x.n_rows * sizeof *labels);
  gy_status status = gy_minibatch_fit(x, &options, task, &model, labels, err);
  free(labels);
  if (status != GY_OK) return status;
  *quality = model.kmeans.inertia;
  gy_minibatch_clear(&model);
  return GY_OK;
}

int main(int argc, char **argv) {
  static const fit_case cases[] = {{"lloyd_k5", NULL, lloyd_k5},   {"lloyd_k8", NULL, lloyd_k8},
                                   {"lloyd_k50", NULL, lloyd_k50}, {"seed_k8", NULL, seed_k8},
                                   {"whole_k50", NULL, whole_k50}, {"minibatch_k8", NULL, minibatch_k8}};
  return fit_main(argc, argv, cases, sizeof cases / sizeof *cases);
}
