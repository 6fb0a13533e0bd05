/* SPDX-License-Identifier: Apache-2.0
 *
 * Every instruction set that this processor has must give the same clustering. Those with fused multiply-add
 * give the same bytes; the baseline rounds twice and may differ in the last ones. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/kmeans_work.h"
#include "cluster/points.h"
#include "cluster/silhouette.h"

static bool is_baseline(const char *name) { return strstr(name, "default") != NULL; }

Test(kernels, kmeans_agrees_on_every_instruction_set) {
  static const size_t columns[] = {1, 2, 6, 8, 16, 17, 40, 129};
  size_t count, n = 3001;
  const gy_kmeans_kernel *const *kernels = gy_kmeans_kernels(&count);
  cr_assert_geq(count, 1);
  for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
    size_t d = columns[i];
    gy_matrix x = make_groups(n, d, 6, 5, i);
    gy_kmeans first = {0};
    int32_t *first_labels = malloc(n * sizeof *first_labels), *labels = malloc(n * sizeof *labels);
    for (size_t k = 0; k < count; k++) {
      gy_kmeans model;
      gy_error err = {0};
      gy_kmeans_options options = gy_kmeans_defaults(6);
      gy_status status = gy_kmeans_fit_with(kernels[k], x, &options, false, NULL, &model,
                                            k == 0 ? first_labels : labels, &err);
      cr_assert_eq(status, GY_OK, "%s: %s", kernels[k]->name, err.text);
      if (k == 0) {
        first = model;
        continue;
      }
      cr_assert_arr_eq(first_labels, labels, n * sizeof *labels, "%s, %zu columns", kernels[k]->name, d);
      cr_assert(fabs(first.inertia - model.inertia) <= 1e-6 * first.inertia,
                "%s, %zu columns: %.12g, not %.12g", kernels[k]->name, d, model.inertia, first.inertia);
      if (!is_baseline(kernels[k]->name))
        cr_assert_arr_eq(first.centers, model.centers, 6 * d * sizeof(float), "%s, %zu columns",
                         kernels[k]->name, d);
      gy_kmeans_clear(&model);
    }
    gy_kmeans_clear(&first);
    free(first_labels);
    free(labels);
    free((void *)x.values);
  }
}

/* Bounds are left out where the budget is a byte short of them: the fit must be the same to the last byte. */
Test(kernels, bounds_change_no_byte_on_any_instruction_set) {
  static const struct {
    size_t n, d;
    int k;
    double apart;
    float scale;
    bool weighted;
  } cases[] = {{6000, 64, 40, 1, 1, false},        {9001, 32, 70, 0.5, 1, true},
               {5000, 130, 17, 0.2, 1e15f, false}, {4000, 21, 300, 1, 1, false},
               {3000, 2000, 3, 0.1, 1, true},      {5000, 40, 60, 1, 1e-22f, false},
               {20000, 33, 64, 0.3, 1, false}};
  size_t count;
  const gy_kmeans_kernel *const *kernels = gy_kmeans_kernels(&count);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    size_t n = cases[i].n, d = cases[i].d, k = (size_t)cases[i].k;
    gy_matrix x = make_groups(n, d, cases[i].k, cases[i].apart, i);
    float *values = (float *)x.values, *weights = malloc(n * sizeof *weights);
    int32_t *labels[2] = {malloc(n * sizeof(int32_t)), malloc(n * sizeof(int32_t))};
    for (size_t j = 0; j < n * d; j++) values[j] = values[j] * cases[i].scale + 3 * cases[i].scale;
    for (size_t j = 10 * d; j < 200 * d; j++) values[j] = values[j % (10 * d)]; /* ties */
    for (size_t r = 0; r < n; r++) weights[r] = (float)(r % 3);
    gy_kmeans_options options = gy_kmeans_defaults(cases[i].k);
    options.initial_centers = x.values;
    options.tolerance = 0;
    options.max_iterations = 60;
    options.weights = cases[i].weighted ? weights : NULL;
    cr_assert_gt(gy_kmeans_bounds_sets(d, k), 0, "case %zu is too small for bounds", i);
    for (size_t set = 0; set < count; set++) {
      gy_kmeans models[2];
      for (int plain = 0; plain < 2; plain++) {
        gy_error err = {0};
        gy_task task = {.n_threads = 2};
        if (plain) task.memory_bytes = gy_kmeans_memory(n, d, &options, &task) - 1;
        gy_status status =
            gy_kmeans_fit_with(kernels[set], x, &options, false, &task, &models[plain], labels[plain], &err);
        cr_assert_eq(status, GY_OK, "case %zu: %s", i, err.text);
      }
      cr_expect_eq(models[0].iterations, models[1].iterations, "case %zu, %s", i, kernels[set]->name);
      cr_expect_arr_eq(labels[0], labels[1], n * sizeof(int32_t), "case %zu, %s", i, kernels[set]->name);
      cr_expect_arr_eq(models[0].centers, models[1].centers, k * d * sizeof(float), "case %zu, %s", i,
                       kernels[set]->name);
      gy_kmeans_clear(&models[0]);
      gy_kmeans_clear(&models[1]);
    }
    free(labels[0]);
    free(labels[1]);
    free(weights);
    free(values);
  }
}

Test(kernels, silhouette_agrees_on_every_instruction_set) {
  size_t count, n = 997;
  const gy_pairs_kernel *const *kernels = gy_pairs_kernels(&count);
  for (size_t d = 1; d < 40; d += 6) {
    gy_matrix x = make_groups(n, d, 5, 2, d);
    int32_t *labels = malloc(n * sizeof *labels);
    float *first = malloc(n * sizeof *first), *values = malloc(n * sizeof *values);
    for (size_t i = 0; i < n; i++) labels[i] = (int32_t)(i % 5);
    gy_clustering clustering = {x, labels, 5};
    for (size_t k = 0; k < count; k++) {
      gy_silhouette result;
      cr_assert_eq(gy_silhouette_judge(kernels[k], &clustering, NULL, NULL, &result, k == 0 ? first : values,
                                       NULL, NULL),
                   GY_OK);
      for (size_t i = 0; k > 0 && i < n; i++)
        cr_assert_float_eq((double)first[i], (double)values[i], 2e-6, "%s, %zu columns, row %zu",
                           kernels[k]->name, d, i);
    }
    free(labels);
    free(first);
    free(values);
    free((void *)x.values);
  }
}
