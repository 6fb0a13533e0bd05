/* SPDX-License-Identifier: Apache-2.0
 *
 * k-means against a Lloyd written down as simply as possible, and against its laws. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/kmeans.h>

#include "cluster/points.h"

static double squared(const float *a, const double *b, size_t d) {
  double sum = 0;
  for (size_t j = 0; j < d; j++) sum += ((double)a[j] - b[j]) * ((double)a[j] - b[j]);
  return sum;
}

static int nearest(const float *row, const double *centers, int k, size_t d) {
  int best = 0;
  for (int c = 1; c < k; c++)
    if (squared(row, centers + (size_t)c * d, d) < squared(row, centers + (size_t)best * d, d)) best = c;
  return best;
}

/* Lloyd until nothing changes, in double; returns the inertia. */
static double plain_lloyd(gy_matrix x, const float *weights, double *centers, int k, int *labels) {
  size_t n = x.n_rows, d = x.n_columns;
  double inertia = 0;
  double *sums = malloc((size_t)k * d * sizeof *sums), *mass = malloc((size_t)k * sizeof *mass);
  for (size_t i = 0; i < n; i++) labels[i] = -1;
  for (int changed = 1; changed;) {
    changed = 0;
    inertia = 0;
    memset(sums, 0, (size_t)k * d * sizeof *sums);
    memset(mass, 0, (size_t)k * sizeof *mass);
    for (size_t i = 0; i < n; i++) {
      int c = nearest(gy_matrix_row(x, i), centers, k, d);
      double w = weights == NULL ? 1 : (double)weights[i];
      changed += c != labels[i];
      labels[i] = c;
      inertia += w * squared(gy_matrix_row(x, i), centers + (size_t)c * d, d);
      mass[c] += w;
      for (size_t j = 0; j < d; j++) sums[(size_t)c * d + j] += w * (double)gy_matrix_row(x, i)[j];
    }
    for (size_t i = 0; i < (size_t)k * d; i++)
      if (mass[i / d] > 0) centers[i] = sums[i] / mass[i / d];
  }
  free(sums);
  free(mass);
  return inertia;
}

static void fit(gy_matrix x, const gy_kmeans_options *options, int threads, gy_kmeans *model,
                int32_t *labels) {
  gy_error err = {0};
  gy_task task = {.n_threads = threads};
  cr_assert_eq(gy_kmeans_fit(x, options, &task, model, labels, &err), GY_OK, "%s", err.text);
}

Test(kmeans, agrees_with_plain_lloyd_in_every_shape) {
  static const struct {
    size_t n, d;
    int k;
    bool weighted;
  } cases[] = {{1, 1, 1, false},    {7, 1, 3, false},     {100, 2, 4, true},    {1000, 3, 5, false},
               {999, 6, 7, true},   {2000, 15, 8, false}, {2049, 16, 8, true},  {5000, 17, 3, false},
               {777, 31, 9, false}, {3000, 64, 20, true}, {500, 200, 6, false}, {100000, 4, 5, false}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    size_t n = cases[i].n, d = cases[i].d, k = (size_t)cases[i].k;
    gy_matrix x = make_groups(n, d, cases[i].k, 4, i);
    float *weights = malloc(n * sizeof *weights);
    int32_t *labels = malloc(n * sizeof *labels);
    int *expected_labels = malloc(n * sizeof *expected_labels);
    double *centers = malloc(k * d * sizeof *centers);
    for (size_t r = 0; r < n; r++) weights[r] = (float)(1 + r % 4);
    for (size_t j = 0; j < k * d; j++) centers[j] = (double)x.values[j];
    gy_kmeans_options options = gy_kmeans_defaults(cases[i].k);
    options.initial_centers = x.values;
    options.tolerance = 0;
    options.weights = cases[i].weighted ? weights : NULL;
    gy_kmeans model;
    fit(x, &options, 2, &model, labels);
    double inertia = plain_lloyd(x, options.weights, centers, cases[i].k, expected_labels);
    cr_expect(model.converged, "case %zu", i);
    cr_expect(fabs(model.inertia - inertia) <= 1e-9 * inertia, "case %zu: inertia %.12g, expected %.12g", i,
              model.inertia, inertia);
    for (size_t r = 0; r < n; r++) cr_assert_eq(labels[r], expected_labels[r], "case %zu, row %zu", i, r);
    for (size_t j = 0; j < k * d; j++)
      cr_assert_float_eq((double)model.centers[j], centers[j], 1e-5, "case %zu", i);
    gy_kmeans_clear(&model);
    free(centers);
    free(expected_labels);
    free(labels);
    free(weights);
    free((void *)x.values);
  }
}

/* Rounding must not eat the differences when the data lie far from zero. */
Test(kmeans, clusters_data_far_from_zero) {
  gy_matrix x = make_groups(4000, 5, 4, 6, 1);
  float *far = malloc(4000 * 5 * sizeof *far);
  int32_t near_labels[4000], far_labels[4000];
  for (size_t i = 0; i < 4000 * 5; i++) far[i] = roundf(x.values[i] * 16) / 16 + 50000;
  for (size_t i = 0; i < 4000 * 5; i++) ((float *)x.values)[i] = far[i] - 50000;
  gy_kmeans near_model, far_model;
  gy_kmeans_options options = gy_kmeans_defaults(4);
  fit(x, &options, 1, &near_model, near_labels);
  fit((gy_matrix){far, 4000, 5}, &options, 1, &far_model, far_labels);
  cr_assert_float_eq(far_model.inertia / near_model.inertia, 1, 1e-5);
  cr_assert_arr_eq(near_labels, far_labels, sizeof near_labels);
  gy_kmeans_clear(&near_model);
  gy_kmeans_clear(&far_model);
  free(far);
  free((void *)x.values);
}

Test(kmeans, gives_the_same_bytes_on_any_number_of_threads) {
  enum { N = 50000, D = 9, K = 11 };
  static const int threads[] = {1, 2, 3, 7};
  gy_matrix x = make_groups(N, D, K, 0.7, 4);
  float *weights = malloc(sizeof(float) * N);
  for (size_t i = 0; i < N; i++) weights[i] = 0.1f * (float)(i % 7);
  for (int weighted = 0; weighted < 2; weighted++) {
    gy_kmeans first = {0};
    int32_t *first_labels = malloc(sizeof(int32_t) * N), *labels = malloc(sizeof(int32_t) * N);
    for (size_t t = 0; t < 4; t++) {
      gy_kmeans model;
      gy_kmeans_options options = gy_kmeans_defaults(K);
      options.n_starts = 3;
      options.seed = 99;
      options.weights = weighted ? weights : NULL;
      fit(x, &options, threads[t], &model, t == 0 ? first_labels : labels);
      if (t == 0) {
        first = model;
        continue;
      }
      cr_assert_arr_eq(first.centers, model.centers, sizeof(float) * K * D, "%d threads: centres",
                       threads[t]);
      cr_assert_arr_eq(first_labels, labels, sizeof(int32_t) * N, "%d threads: labels", threads[t]);
      cr_assert_eq(memcmp(&first.inertia, &model.inertia, sizeof(double)), 0, "%d threads: inertia",
                   threads[t]);
      cr_assert_eq(first.iterations, model.iterations);
      gy_kmeans_clear(&model);
    }
    gy_kmeans_clear(&first);
    free(first_labels);
    free(labels);
  }
  free(weights);
  free((void *)x.values);
}

Test(kmeans, a_weight_of_two_is_a_row_twice) {
  gy_matrix x = make_groups(300, 3, 3, 5, 8);
  float *doubled = malloc(600 * 3 * sizeof *doubled), weights[300];
  size_t n = 0;
  for (size_t i = 0; i < 300; i++) {
    weights[i] = (float)(i % 3);
    for (size_t copy = 0; copy < i % 3; copy++)
      memcpy(doubled + 3 * n++, gy_matrix_row(x, i), 3 * sizeof *doubled);
  }
  gy_kmeans weighted, repeated;
  gy_kmeans_options options = gy_kmeans_defaults(3);
  options.initial_centers = x.values;
  fit((gy_matrix){doubled, n, 3}, &options, 1, &repeated, NULL);
  options.weights = weights;
  fit(x, &options, 1, &weighted, NULL);
  cr_assert_float_eq(weighted.inertia, repeated.inertia, 1e-9 * repeated.inertia);
  gy_kmeans_clear(&weighted);
  gy_kmeans_clear(&repeated);
  free(doubled);
  free((void *)x.values);
}

Test(kmeans, predict_gives_the_labels_of_the_fit) {
  gy_matrix x = make_groups(20000, 6, 5, 1, 3);
  int32_t *labels = malloc(sizeof(int32_t) * 20000), *again = malloc(sizeof(int32_t) * 20000);
  float *distances = malloc(sizeof(float) * 20000);
  gy_kmeans model;
  gy_kmeans_options options = gy_kmeans_defaults(5);
  options.n_starts = 1;
  for (int32_t limit = 2; limit <= 300; limit += 298) { /* stopped early, and converged */
    options.max_iterations = limit;
    fit(x, &options, 2, &model, labels);
    cr_assert_eq(model.converged, limit > 2);
    cr_assert_eq(gy_kmeans_predict(&model, x, NULL, again, distances, NULL), GY_OK);
    cr_assert_arr_eq(labels, again, sizeof(int32_t) * 20000);
    double inertia = 0;
    int64_t n_rows = 0;
    for (size_t i = 0; i < 20000; i++) inertia += (double)distances[i];
    for (int c = 0; c < 5; c++) n_rows += model.sizes[c];
    cr_assert_float_eq(inertia / model.inertia, 1, 1e-6);
    cr_assert_eq(n_rows, 20000);
    gy_kmeans_clear(&model);
  }
  free(distances);
  free(labels);
  free(again);
  free((void *)x.values);
}

Test(kmeans, predict_refuses_other_columns_and_accepts_no_rows) {
  gy_matrix x = make_groups(50, 4, 2, 5, 3);
  gy_kmeans model;
  gy_kmeans_options options = gy_kmeans_defaults(2);
  gy_error err = {0};
  fit(x, &options, 1, &model, NULL);
  int32_t labels[50];
  cr_assert_eq(gy_kmeans_predict(&model, (gy_matrix){x.values, 50, 3}, NULL, labels, NULL, &err), GY_EDATA);
  cr_assert_not_null(strstr(err.text, "3 columns"), "%s", err.text);
  cr_assert_eq(gy_kmeans_predict(&model, (gy_matrix){x.values, 0, 4}, NULL, labels, NULL, &err), GY_OK);
  gy_kmeans_clear(&model);
  free((void *)x.values);
}

Test(kmeans, ties_go_to_the_lowest_cluster) {
  float x[] = {-1, 1, 0};
  float centers[] = {1, -1};
  int32_t labels[3];
  gy_kmeans model = {.n_clusters = 2, .n_columns = 1, .centers = centers};
  cr_assert_eq(gy_kmeans_predict(&model, (gy_matrix){x, 3, 1}, NULL, labels, NULL, NULL), GY_OK);
  cr_assert(labels[0] == 1 && labels[1] == 0 && labels[2] == 0);
}

Test(kmeans, an_empty_cluster_takes_the_farthest_row) {
  /* Both centres start on one side, the third far from everything: without repair it would keep no row. */
  float x[] = {0, 0.1f, 0.2f, 10, 10.1f, 30}, start[] = {0, 10, 1000};
  int32_t labels[6];
  gy_kmeans model;
  gy_kmeans_options options = gy_kmeans_defaults(3);
  options.initial_centers = start;
  fit((gy_matrix){x, 6, 1}, &options, 1, &model, labels);
  cr_assert_eq(model.n_empty, 0);
  cr_assert_float_eq((double)model.centers[2], 30, 1e-6);
  cr_assert_eq(labels[5], 2);
  gy_kmeans_clear(&model);
}

Test(kmeans, fewer_distinct_rows_than_clusters_leave_empty_clusters) {
  float x[100];
  for (int i = 0; i < 100; i++) x[i] = (float)(i % 3);
  int32_t labels[100];
  gy_kmeans model;
  gy_kmeans_options options = gy_kmeans_defaults(5);
  fit((gy_matrix){x, 100, 1}, &options, 2, &model, labels);
  cr_assert_eq(model.n_empty, 2, "%d empty", model.n_empty);
  cr_assert_eq(model.inertia, 0);
  cr_assert(model.converged);
  for (int i = 0; i < 100; i++) cr_assert_eq(labels[i], labels[i % 3]);
  gy_kmeans_clear(&model);
}

Test(kmeans, equal_rows_make_one_cluster_of_all) {
  float x[64 * 3];
  for (int i = 0; i < 64 * 3; i++) x[i] = 2.5f;
  gy_kmeans model;
  gy_kmeans_options options = gy_kmeans_defaults(4);
  fit((gy_matrix){x, 64, 3}, &options, 1, &model, NULL);
  cr_assert_eq(model.sizes[0], 64);
  cr_assert_eq(model.n_empty, 3);
  gy_kmeans_clear(&model);
}

Test(kmeans, refuses_with_a_sentence) {
  float x[20] = {0}, bad[20] = {0}, huge[20] = {0}, weights[10] = {0}, negative[10] = {1, -1};
  bad[7] = NAN;
  huge[9] = 1e18f;
  gy_matrix good = {x, 10, 2};
  gy_kmeans_options two = gy_kmeans_defaults(2), zero = gy_kmeans_defaults(0),
                    eleven = gy_kmeans_defaults(11);
  gy_kmeans_options unweighted = two, below_zero = two, from_nan = two, no_starts = two, backwards = two;
  unweighted.weights = weights;
  below_zero.weights = negative;
  from_nan.initial_centers = bad + 6;
  no_starts.n_starts = 0;
  backwards.tolerance = -1;
  const struct {
    gy_matrix x;
    const gy_kmeans_options *options;
    gy_status status;
    const char *expected;
  } cases[] = {{{bad, 10, 2}, &two, GY_EDATA, "row 4, column 2 is not a number"},
               {{huge, 10, 2}, &two, GY_EDATA, "row 5, column 2 is 1e+18"},
               {good, &zero, GY_EUSAGE, "n_clusters is 0"},
               {good, &eleven, GY_EDATA, "10 rows cannot make 11 clusters"},
               {good, &unweighted, GY_EDATA, "all weights are zero"},
               {good, &below_zero, GY_EDATA, "weight of row 2 is -1"},
               {good, &from_nan, GY_EDATA, "initial centres: row 1, column 2"},
               {good, &no_starts, GY_EUSAGE, "n_starts"},
               {good, &backwards, GY_EUSAGE, "tolerance is -1"},
               {{x, 0, 2}, &two, GY_EDATA, "0 rows"},
               {{x, 10, 0}, &two, GY_EUSAGE, "no columns"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gy_error err = {0};
    gy_kmeans model = {.n_clusters = -7};
    cr_expect_eq(gy_kmeans_fit(cases[i].x, cases[i].options, NULL, &model, NULL, &err), cases[i].status,
                 "case %zu", i);
    cr_expect_not_null(strstr(err.text, cases[i].expected), "case %zu: %s", i, err.text);
    cr_expect_eq(model.n_clusters, -7, "case %zu: the model was touched", i);
  }
}

Test(kmeans, keeps_to_its_memory_budget) {
  gy_matrix x = make_groups(5000, 4, 3, 3, 1);
  gy_kmeans_options options = gy_kmeans_defaults(3);
  gy_task task = {.n_threads = 2};
  gy_kmeans model;
  gy_error err = {0};
  size_t need = gy_kmeans_memory(5000, 4, &options, &task);
  task.memory_bytes = need - 1;
  cr_assert_eq(gy_kmeans_fit(x, &options, &task, &model, NULL, &err), GY_ELIMIT);
  task.memory_bytes = need;
  cr_assert_eq(gy_kmeans_fit(x, &options, &task, &model, NULL, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_kmeans_memory(SIZE_MAX / 2, 100, &options, &task), SIZE_MAX);
  gy_kmeans_clear(&model);
  free((void *)x.values);
}

static atomic_bool stop;
static int n_progress;

static void stop_after_two(void *user, const char *phase, uint64_t done, uint64_t total, const char *unit) {
  (void)user, (void)unit;
  cr_assert_str_eq(phase, "k-means");
  cr_assert_eq(total, 10);
  n_progress++;
  if (done == 2) atomic_store(&stop, true);
}

Test(kmeans, reports_progress_and_can_be_cancelled) {
  gy_matrix x = make_groups(5000, 4, 3, 1, 1);
  gy_kmeans_options options = gy_kmeans_defaults(3);
  gy_task task = {.n_threads = 2, .cancel = &stop, .progress = stop_after_two};
  gy_kmeans model;
  cr_assert_eq(gy_kmeans_fit(x, &options, &task, &model, NULL, NULL), GY_ECANCELLED);
  cr_assert_eq(n_progress, 2);
  free((void *)x.values);
}

Test(kmeans, clusters_are_put_in_order) {
  float centers[] = {1, 2, 3, 4};
  int64_t sizes[] = {5, 9, 9, 1};
  int32_t order[4], labels[] = {0, 1, 2, 3};
  gy_kmeans model = {.n_clusters = 4, .n_columns = 1, .centers = centers, .sizes = sizes};
  gy_kmeans_order_by_size(&model, order);
  cr_assert_arr_eq(order, ((int32_t[]){1, 2, 0, 3}), sizeof order);
  cr_assert_eq(gy_kmeans_reorder(&model, order, labels, 4, NULL), GY_OK);
  cr_assert_arr_eq(labels, ((int32_t[]){2, 0, 1, 3}), sizeof labels);
  cr_assert_arr_eq(centers, ((float[]){2, 3, 1, 4}), sizeof centers);
  cr_assert_arr_eq(sizes, ((int64_t[]){9, 9, 5, 1}), sizeof sizes);
  cr_assert_eq(gy_kmeans_reorder(&model, (int32_t[]){0, 1, 1, 2}, labels, 4, NULL), GY_EUSAGE);
  cr_assert_eq(gy_kmeans_reorder(&model, (int32_t[]){0, 1, 4, 2}, labels, 4, NULL), GY_EUSAGE);
}
