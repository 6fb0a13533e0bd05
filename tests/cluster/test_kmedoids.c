/* SPDX-License-Identifier: Apache-2.0
 *
 * k-medoids against its definition: brute force over swaps, greedy choice, every form of dissimilarity. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "cluster/kmedoids_work.h"
#include "cluster/points.h"
#include "support/alloc_fail.h"

static double cost_of(const float *table, size_t n, const size_t *medoids, size_t k) {
  double cost = 0;
  for (size_t o = 0; o < n; o++) {
    float least = INFINITY;
    for (size_t m = 0; m < k; m++) least = fminf(least, table[medoids[m] * n + o]);
    cost += (double)least;
  }
  return cost;
}

static float *table_of(gy_matrix x, gy_metric metric) {
  float *table = malloc(x.n_rows * x.n_rows * sizeof *table);
  gy_dissimilarity of = gy_dissimilarity_rows(x, metric);
  cr_assert_eq(gy_dissimilarity_table(&of, NULL, table, NULL), GY_OK);
  return table;
}

static float *condense(const float *table, size_t n) {
  float *condensed = malloc((n * (n - 1) / 2 + 1) * sizeof *condensed);
  for (size_t i = 0, at = 0; i < n; i++)
    for (size_t j = i + 1; j < n; j++) condensed[at++] = table[i * n + j];
  return condensed;
}

/* Any numbers at all, of which some are equal: no triangle inequality. */
static float *odd_table(size_t n, uint64_t seed) {
  gy_rng rng;
  gy_rng_init(&rng, seed, 0);
  float *table = calloc(n * n, sizeof *table);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < i; j++)
      table[i * n + j] = table[j * n + i] =
          seed % 2 ? (float)gy_rng_below(&rng, 6) : (float)gy_rng_exponential(&rng, 1);
  return table;
}

static void check_result(const float *table, size_t n, const gy_kmedoids *model, const gy_medoid_rows *rows,
                         const char *name) {
  size_t k = (size_t)model->n_clusters;
  double cost = cost_of(table, n, model->medoids, k);
  cr_assert_float_eq(model->cost, cost, 1e-9 * (1 + cost), "%s: %g, not %g", name, model->cost, cost);
  int64_t counts[64] = {0};
  for (size_t o = 0; o < n; o++) {
    int32_t label = rows->labels[o];
    cr_assert(label >= 0 && (size_t)label < k, "%s", name);
    counts[label]++;
    cr_assert_eq(rows->distances[o], table[model->medoids[label] * n + o], "%s, row %zu", name, o);
    float next = INFINITY;
    for (size_t m = 0; m < k; m++) {
      cr_assert_geq(table[model->medoids[m] * n + o], rows->distances[o], "%s, row %zu", name, o);
      if ((int32_t)m != label) next = fminf(next, table[model->medoids[m] * n + o]);
    }
    cr_assert_eq(rows->next_distances[o], next, "%s, row %zu: %g, not %g", name, o,
                 (double)rows->next_distances[o], (double)next);
  }
  for (size_t m = 0; m < k; m++) {
    cr_assert_eq(rows->labels[model->medoids[m]], (int32_t)m, "%s: medoid %zu", name, m);
    cr_assert_eq(model->sizes[m], counts[m], "%s: size of %zu", name, m);
    if (m > 0) cr_assert_gt(model->medoids[m], model->medoids[m - 1], "%s", name);
  }
}

static void check_no_swap_helps(const float *table, size_t n, const gy_kmedoids *model, const char *name) {
  size_t k = (size_t)model->n_clusters, tried[64];
  for (size_t m = 0; m < k; m++) {
    for (size_t c = 0; c < n; c++) {
      memcpy(tried, model->medoids, k * sizeof *tried);
      tried[m] = c;
      double cost = cost_of(table, n, tried, k);
      cr_assert_geq(cost, model->cost - 1e-9 * (1 + model->cost), "%s: row %zu for medoid %zu: %g < %g", name,
                    c, m, cost, model->cost);
    }
  }
}

Test(kmedoids, no_swap_is_left_that_helps_in_any_table) {
  static const size_t sizes[] = {1, 2, 3, 7, 16, 17, 40, 97};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    for (uint64_t seed = 0; seed < 4; seed++) {
      size_t n = sizes[s];
      float *table = odd_table(n, seed), *distances = malloc(2 * n * sizeof *distances);
      int32_t *labels = malloc(n * sizeof *labels);
      gy_medoid_rows rows = {labels, distances, distances + n};
      for (int32_t k = 1; (size_t)k <= n && k <= 60; k += k < 5 ? 1 : 9) {
        for (int from = 0; from <= GY_MEDOIDS_LAB; from++) {
          char name[64];
          snprintf(name, sizeof name, "n %zu, seed %d, k %d, from %d", n, (int)seed, k, from);
          gy_kmedoids_options options = gy_kmedoids_defaults(k);
          options.from = (gy_medoids_from)from;
          options.seed = seed;
          gy_dissimilarity of = gy_dissimilarity_full(table, n);
          gy_kmedoids model;
          gy_error err = {0};
          cr_assert_eq(gy_kmedoids_fit(&of, &options, NULL, &model, &rows, &err), GY_OK, "%s: %s", name,
                       err.text);
          cr_assert(model.converged, "%s", name);
          check_result(table, n, &model, &rows, name);
          check_no_swap_helps(table, n, &model, name);
          gy_kmedoids_clear(&model);
        }
      }
      free(labels);
      free(distances);
      free(table);
    }
  }
}

/* The plain greedy choice. */
static void plain_build(const float *table, size_t n, size_t *medoids, size_t k) {
  for (size_t m = 0; m < k; m++) {
    double least = INFINITY;
    size_t best = 0;
    for (size_t c = 0; c < n; c++) {
      medoids[m] = c;
      double cost = cost_of(table, n, medoids, m + 1);
      bool taken = false;
      for (size_t i = 0; i < m; i++) taken |= medoids[i] == c;
      if (taken || cost >= least) continue;
      least = cost;
      best = c;
    }
    medoids[m] = best;
  }
}

Test(kmedoids, lazy_build_chooses_as_the_plain_one) {
  enum { N = 150, K = 12 };
  for (uint64_t seed = 1; seed < 12; seed += 2) { /* small whole numbers: sums are exact */
    float *table = odd_table(N, seed);
    gy_dissimilarity of = gy_dissimilarity_full(table, N);
    gy_kmedoids_work work;
    size_t expected[K];
    cr_assert_eq(gy_kmedoids_work_init(&work, NULL, NULL, &of, K, NULL, NULL), GY_OK);
    cr_assert_eq(gy_kmedoids_survey(&work, NULL), GY_OK);
    cr_assert_eq(gy_kmedoids_build(&work, NULL), GY_OK);
    plain_build(table, N, expected, K);
    for (size_t m = 0; m < K; m++)
      cr_assert_eq(work.medoids[m], expected[m], "seed %d, medoid %zu: %zu, not %zu", (int)seed, m,
                   work.medoids[m], expected[m]);
    gy_kmedoids_work_clear(&work);
    free(table);
  }
}

static double plain_distance(const float *a, const float *b, size_t d, gy_metric metric) {
  double squares = 0, absolutes = 0, product = 0, of_a = 0, of_b = 0;
  for (size_t j = 0; j < d; j++) {
    double difference = (double)a[j] - (double)b[j];
    squares += difference * difference;
    absolutes += fabs(difference);
    product += (double)a[j] * (double)b[j];
    of_a += (double)a[j] * (double)a[j];
    of_b += (double)b[j] * (double)b[j];
  }
  if (metric == GY_METRIC_EUCLIDEAN) return sqrt(squares);
  return metric == GY_METRIC_MANHATTAN ? absolutes : 1 - product / sqrt(of_a * of_b);
}

Test(kmedoids, every_metric_agrees_with_its_definition_on_every_instruction_set) {
  static const size_t shapes[][2] = {{1, 1}, {5, 3}, {16, 8}, {33, 40}, {70, 2000}};
  size_t count;
  const gy_dissimilarity_kernel *const *kernels = gy_dissimilarity_kernels(&count);
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
    size_t n = shapes[s][0], d = shapes[s][1], floats = gy_point_blocks_floats(n, d);
    gy_matrix x = make_groups(n, d, 3, 2, s);
    float *table = malloc(n * n * sizeof *table), *blocks = malloc(floats * sizeof *blocks);
    for (int metric = 0; metric <= GY_METRIC_COSINE; metric++) {
      gy_dissimilarity of = gy_dissimilarity_rows(x, (gy_metric)metric);
      float *buffer = malloc(gy_dissimilarity_buffer(&of) * sizeof *buffer);
      for (size_t set = 0; set < count; set++) {
        gy_task task = {.n_threads = 1};
        gy_dissimilarity_reader reader;
        gy_dissimilarity_open(&reader, &of, kernels[set], blocks);
        cr_assert_eq(gy_dissimilarity_write(&reader, &task, buffer, table, NULL), GY_OK);
        for (size_t i = 0; i < n * n; i++) {
          double expected =
              plain_distance(gy_matrix_row(x, i / n), gy_matrix_row(x, i % n), d, (gy_metric)metric);
          cr_assert_float_eq((double)table[i], expected, 1e-6 * (1 + expected) * (2 + (double)d / 200),
                             "%s, %zu x %zu, pair %zu %zu", kernels[set]->name, n, d, i / n, i % n);
        }
      }
      free(buffer);
    }
    free(blocks);
    free(table);
    free((void *)x.values);
  }
}

Test(kmedoids, is_the_same_from_any_form_on_any_threads_and_instruction_set) {
  enum { N = 700, K = 9 };
  gy_matrix x = make_groups(N, 5, K, 2, 3);
  size_t n_kernels, n_compare, scarce = 400000;
  const gy_kmedoids_kernel *const *kernels = gy_kmedoids_kernels(&n_kernels);
  const gy_dissimilarity_kernel *const *compare = gy_dissimilarity_kernels(&n_compare);
  float *table = table_of(x, GY_METRIC_EUCLIDEAN), *condensed = condense(table, N);
  gy_dissimilarity forms[] = {gy_dissimilarity_full(table, N), gy_dissimilarity_condensed(condensed, N),
                              gy_dissimilarity_rows(x, GY_METRIC_EUCLIDEAN)};
  gy_kmedoids_options options = gy_kmedoids_defaults(K);
  gy_kmedoids first = {0};
  for (int round = 0; round < 3 * 2 * 4; round++) {
    size_t set = (size_t)round % n_kernels;
    const gy_dissimilarity *form = &forms[round / 8];
    gy_task task = {.n_threads = 1 + round % 4, .memory_bytes = round / 4 % 2 ? scarce : 0};
    gy_kmedoids model;
    gy_error err = {0};
    cr_assert_eq(gy_kmedoids_fit_with(kernels[set], compare[0], form, &options, &task, &model, NULL, &err),
                 GY_OK, "round %d: %s", round, err.text);
    cr_assert_eq(model.recomputed, round / 4 == 5, "round %d", round);
    if (round == 0) {
      first = model;
      continue;
    }
    cr_assert_arr_eq(first.medoids, model.medoids, K * sizeof(size_t), "round %d", round);
    cr_assert_eq(first.cost, model.cost, "round %d: %.17g, not %.17g", round, model.cost, first.cost);
    cr_assert_eq(first.n_swaps, model.n_swaps, "round %d", round);
    gy_kmedoids_clear(&model);
  }
  gy_kmedoids_clear(&first);
  free(condensed);
  free(table);
  free((void *)x.values);
}

Test(kmedoids, meets_odd_data_with_a_right_result) {
  static const float same[6] = {3, 3, 3, 3, 3, 3}, far[6] = {1e-30f, 2e-30f, 1e16f, 1.1e16f, 1e-38f, 0};
  const struct {
    const char *name;
    gy_matrix x;
    int32_t k;
    double cost;
  } cases[] = {{"one row", {same, 1, 1}, 1, 0},
               {"all equal", {same, 6, 1}, 3, 0},
               {"k = n", {far, 6, 1}, 6, 0},
               {"wide apart", {far, 6, 1}, 2, (double)(1.1e16f - 1e16f)}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gy_kmedoids_options options = gy_kmedoids_defaults(cases[i].k);
    gy_dissimilarity of = gy_dissimilarity_rows(cases[i].x, GY_METRIC_EUCLIDEAN);
    gy_kmedoids model;
    gy_error err = {0};
    cr_assert_eq(gy_kmedoids_fit(&of, &options, NULL, &model, NULL, &err), GY_OK, "%s: %s", cases[i].name,
                 err.text);
    cr_assert_float_eq(model.cost, cases[i].cost, 1e-6 * cases[i].cost, "%s: %g", cases[i].name, model.cost);
    cr_assert(model.converged, "%s", cases[i].name);
    gy_kmedoids_clear(&model);
  }
}

Test(kmedoids, refuses_what_it_cannot_use_with_a_sentence) {
  static const float rows[6] = {0, 0, 1, 2, (float)NAN, 1};
  float negative[] = {0, -1, -1, 0}, diagonal[] = {0, 1, 1, 2}, unknown[] = {0, (float)NAN, (float)NAN, 0},
        endless[] = {0, (float)INFINITY, (float)INFINITY, 0};
  const size_t twice[2] = {1, 1}, outside[2] = {0, 7};
  const struct {
    gy_dissimilarity of;
    gy_kmedoids_options options;
    size_t budget;
    gy_status status;
    const char *part;
  } cases[] = {
      {gy_dissimilarity_full(negative, 2),
       {1, GY_MEDOIDS_BUILD, NULL, 1, 0},
       0,
       GY_EDATA,
       "rows 1 and 2 is -1"},
      {gy_dissimilarity_full(diagonal, 2), {1, GY_MEDOIDS_LAB, NULL, 1, 0}, 0, GY_EDATA, "diagonal"},
      {gy_dissimilarity_full(unknown, 2),
       {2, GY_MEDOIDS_BUILD, NULL, 1, 0},
       0,
       GY_EDATA,
       "rows 1 and 2 is nan"},
      {gy_dissimilarity_condensed(endless + 1, 2), {1, GY_MEDOIDS_BUILD, NULL, 1, 0}, 0, GY_EDATA, "inf"},
      {gy_dissimilarity_full(rows, 2), {3, GY_MEDOIDS_BUILD, NULL, 1, 0}, 0, GY_EDATA, "fewer"},
      {gy_dissimilarity_full(rows, 2), {0, GY_MEDOIDS_BUILD, NULL, 1, 0}, 0, GY_EUSAGE, "n_clusters is 0"},
      {gy_dissimilarity_full(rows, 2), {1, GY_MEDOIDS_BUILD, NULL, 0, 0}, 0, GY_EUSAGE, "max_iterations"},
      {gy_dissimilarity_rows((gy_matrix){rows, 3, 2}, GY_METRIC_MANHATTAN),
       {1, GY_MEDOIDS_BUILD, NULL, 1, 0},
       0,
       GY_EDATA,
       "row 3, column 1"},
      {gy_dissimilarity_rows((gy_matrix){rows, 2, 2}, GY_METRIC_COSINE),
       {1, GY_MEDOIDS_BUILD, NULL, 1, 0},
       0,
       GY_EDATA,
       "row 1 is all zero"},
      {gy_dissimilarity_rows((gy_matrix){rows, 2, 2}, GY_METRIC_EUCLIDEAN),
       {2, GY_MEDOIDS_BUILD, twice, 1, 0},
       0,
       GY_EUSAGE,
       "initial medoid 2"},
      {gy_dissimilarity_rows((gy_matrix){rows, 2, 2}, GY_METRIC_EUCLIDEAN),
       {2, GY_MEDOIDS_BUILD, outside, 1, 0},
       0,
       GY_EUSAGE,
       "row 8"},
      {gy_dissimilarity_rows((gy_matrix){NULL, 50000000, 8}, GY_METRIC_EUCLIDEAN),
       {8, GY_MEDOIDS_BUILD, NULL, 1, 0},
       1000000000,
       GY_ELIMIT,
       "budget is 1000000000"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gy_task task = {.memory_bytes = cases[i].budget};
    gy_kmedoids model;
    gy_error err = {0};
    cr_assert_eq(gy_kmedoids_fit(&cases[i].of, &cases[i].options, &task, &model, NULL, &err), cases[i].status,
                 "case %zu: %s", i, err.text);
    cr_assert_not_null(strstr(err.text, cases[i].part), "case %zu: %s", i, err.text);
  }
}

Test(kmedoids, begins_where_it_is_told_and_stops_when_cancelled) {
  gy_matrix x = make_groups(300, 3, 4, 5, 2);
  atomic_bool cancel = true;
  gy_task task = {.cancel = &cancel};
  gy_dissimilarity of = gy_dissimilarity_rows(x, GY_METRIC_MANHATTAN);
  gy_kmedoids_options options = gy_kmedoids_defaults(4);
  gy_kmedoids built, told, model;
  cr_assert_eq(gy_kmedoids_fit(&of, &options, &task, &model, NULL, NULL), GY_ECANCELLED);
  cr_assert_eq(gy_kmedoids_fit(&of, &options, NULL, &built, NULL, NULL), GY_OK);
  options.initial_medoids = built.medoids;
  cr_assert_eq(gy_kmedoids_fit(&of, &options, NULL, &told, NULL, NULL), GY_OK);
  cr_assert_eq(told.n_swaps, 0);
  cr_assert_eq(told.cost, built.cost);
  gy_kmedoids_clear(&built);
  gy_kmedoids_clear(&told);
  free((void *)x.values);
}

Test(kmedoids, sampled_costs_and_labels_are_of_all_rows_on_any_threads) {
  enum { N = 6000, K = 5 };
  gy_matrix x = make_groups(N, 4, K, 3, 11);
  gy_dissimilarity of = gy_dissimilarity_rows(x, GY_METRIC_MANHATTAN);
  gy_kmedoids_options options = gy_kmedoids_defaults(K);
  gy_kmedoids_sampling sampling = {.n_samples = 4, .sample_rows = 200};
  int32_t labels[N];
  float distances[N], next[N];
  gy_medoid_rows rows = {labels, distances, next};
  double first_cost = 0;
  for (int threads = 1; threads <= 3; threads++) {
    gy_task task = {.n_threads = threads};
    gy_kmedoids model;
    gy_kmedoids_quality quality;
    gy_error err = {0};
    cr_assert_eq(gy_kmedoids_fit_sampled(&of, &options, &sampling, &task, &model, &quality, &rows, &err),
                 GY_OK, "%s", err.text);
    if (threads == 1) first_cost = model.cost;
    cr_assert_eq(model.cost, first_cost, "%d threads", threads);
    double cost = 0;
    int64_t counts[K] = {0};
    for (size_t i = 0; i < N; i++) {
      double least = INFINITY;
      for (size_t m = 0; m < K; m++)
        least = fmin(least, plain_distance(gy_matrix_row(x, i), gy_matrix_row(x, model.medoids[m]), 4,
                                           GY_METRIC_MANHATTAN));
      cr_assert_float_eq((double)distances[i], least, 1e-5, "row %zu", i);
      cr_assert_geq(next[i], distances[i]);
      counts[labels[i]]++;
      cost += least;
    }
    cr_assert_float_eq(model.cost, cost, 1e-6 * cost);
    for (size_t m = 0; m < K; m++) {
      cr_assert_eq(model.sizes[m], counts[m]);
      cr_assert_eq(labels[model.medoids[m]], (int32_t)m);
    }
    cr_assert_eq(quality.n_samples, 4);
    cr_assert_eq(quality.sample_rows, 200);
    cr_assert(model.cost <= quality.mean_cost && quality.mean_cost <= quality.worst_cost);
    cr_assert(quality.cost_deviation > 0 && quality.hopeful_error > 0);
    cr_assert(quality.gap >= 0 && quality.gap < 0.2, "gap %g", quality.gap);
    gy_kmedoids_clear(&model);
  }
  free((void *)x.values);
}

/* The optimum of all rows must lie between the hopeful cost and the cost, within the errors. */
Test(kmedoids, sampled_cost_is_near_the_exact_one) {
  enum { N = 3000, K = 4 };
  for (uint64_t seed = 0; seed < 4; seed++) {
    gy_matrix x = make_groups(N, 3, K, 4, seed);
    gy_dissimilarity of = gy_dissimilarity_rows(x, GY_METRIC_EUCLIDEAN);
    gy_kmedoids_options options = gy_kmedoids_defaults(K);
    gy_kmedoids_sampling sampling = {.n_samples = 6, .sample_rows = 400};
    gy_kmedoids exact, sampled;
    gy_kmedoids_quality quality;
    options.seed = seed;
    cr_assert_eq(gy_kmedoids_fit(&of, &options, NULL, &exact, NULL, NULL), GY_OK);
    cr_assert_eq(gy_kmedoids_fit_sampled(&of, &options, &sampling, NULL, &sampled, &quality, NULL, NULL),
                 GY_OK);
    cr_assert(sampled.cost < 1.05 * exact.cost, "seed %d: %g, exact %g", (int)seed, sampled.cost, exact.cost);
    cr_assert(quality.hopeful_cost - 4 * quality.hopeful_error < exact.cost, "seed %d: %g +- %g, exact %g",
              (int)seed, quality.hopeful_cost, quality.hopeful_error, exact.cost);
    gy_kmedoids_clear(&sampled);
    sampling.sample_rows = N;
    cr_assert_eq(gy_kmedoids_fit_sampled(&of, &options, &sampling, NULL, &sampled, &quality, NULL, NULL),
                 GY_OK);
    cr_assert_eq(sampled.cost, exact.cost);
    cr_assert_eq(quality.gap, 0);
    gy_kmedoids_clear(&exact);
    gy_kmedoids_clear(&sampled);
    free((void *)x.values);
  }
}

Test(kmedoids, sampled_refuses_before_it_begins) {
  float few[8] = {0, 1, 2, 3, 4, 5, 6, 7};
  gy_dissimilarity rows = gy_dissimilarity_rows((gy_matrix){few, 8, 1}, GY_METRIC_EUCLIDEAN),
                   table = gy_dissimilarity_condensed(few, 3),
                   many = gy_dissimilarity_rows((gy_matrix){NULL, 50000000, 8}, GY_METRIC_EUCLIDEAN);
  const struct {
    gy_dissimilarity of;
    int32_t k;
    gy_kmedoids_sampling sampling;
    size_t budget;
    gy_status status;
    const char *part;
  } cases[] = {{table, 1, {2, 2}, 0, GY_EUSAGE, "not of a table"},
               {rows, 1, {0, 2}, 0, GY_EUSAGE, "n_samples (0)"},
               {rows, 3, {2, 5}, 0, GY_EUSAGE, "take 6"},
               {many, 8, {8, 100000}, 10000000, GY_ELIMIT, "the budget is 10000000"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gy_task task = {.memory_bytes = cases[i].budget};
    gy_kmedoids_options options = gy_kmedoids_defaults(cases[i].k);
    gy_kmedoids model;
    gy_kmedoids_quality quality;
    gy_error err = {0};
    cr_assert_eq(gy_kmedoids_fit_sampled(&cases[i].of, &options, &cases[i].sampling, &task, &model, &quality,
                                         NULL, &err),
                 cases[i].status, "case %zu: %s", i, err.text);
    cr_assert_not_null(strstr(err.text, cases[i].part), "case %zu: %s", i, err.text);
  }
}

Test(kmedoids, predict_gives_the_labels_of_the_fit) {
  enum { N = 500, K = 6, D = 3 };
  gy_matrix x = make_groups(N, D, K, 3, 4);
  for (int metric = 0; metric <= GY_METRIC_COSINE; metric++) {
    gy_dissimilarity of = gy_dissimilarity_rows(x, (gy_metric)metric);
    gy_kmedoids_options options = gy_kmedoids_defaults(K);
    int32_t labels[N], again[N];
    float medoids[K * D];
    double cost;
    gy_kmedoids model;
    cr_assert_eq(gy_kmedoids_fit(&of, &options, NULL, &model, &(gy_medoid_rows){.labels = labels}, NULL),
                 GY_OK);
    for (size_t m = 0; m < K; m++)
      memcpy(medoids + m * D, gy_matrix_row(x, model.medoids[m]), D * sizeof(float));
    gy_dissimilarity rows = gy_dissimilarity_rows((gy_matrix){medoids, K, D}, (gy_metric)metric);
    cr_assert_eq(gy_kmedoids_predict(&rows, x, NULL, &(gy_medoid_rows){.labels = again}, &cost, NULL), GY_OK);
    cr_assert_arr_eq(labels, again, sizeof labels, "%s", gy_metric_name((gy_metric)metric));
    cr_assert_float_eq(cost, model.cost, 1e-6 * cost);
    gy_kmedoids_clear(&model);
  }
  free((void *)x.values);
}

typedef struct {
  gy_dissimilarity of;
  gy_kmedoids_options options;
} material;

static gy_status fit(void *user, gy_error *err) {
  const material *m = user;
  gy_task task = {.n_threads = 2};
  gy_kmedoids model;
  gy_status status = gy_kmedoids_fit(&m->of, &m->options, &task, &model, NULL, err);
  if (status == GY_OK) gy_kmedoids_clear(&model);
  return status;
}

static gy_status fit_sampled(void *user, gy_error *err) {
  const material *m = user;
  gy_task task = {.n_threads = 2};
  gy_kmedoids_sampling sampling = {.n_samples = 2, .sample_rows = 50};
  gy_kmedoids model;
  gy_kmedoids_quality quality;
  gy_status status =
      gy_kmedoids_fit_sampled(&m->of, &m->options, &sampling, &task, &model, &quality, NULL, err);
  if (status == GY_OK) gy_kmedoids_clear(&model);
  return status;
}

static gy_status predict(void *user, gy_error *err) {
  const material *m = user;
  return gy_kmedoids_predict(&m->of, m->of.x, NULL, NULL, NULL, err);
}

static gy_status encode(void *user, gy_error *err) {
  const material *m = user;
  gy_gower_column columns[] = {{GY_GOWER_ORDERED, 1}, {GY_GOWER_ORDERED, 1}, {GY_GOWER_NUMBER, 1}};
  return gy_gower_encode(m->of.x, columns, NULL, (float *)m->of.x.values, err);
}

static gy_status tabulate(void *user, gy_error *err) {
  const material *m = user;
  static float table[300 * 300];
  return gy_dissimilarity_table(&m->of, NULL, table, err);
}

Test(kmedoids, every_failed_allocation_is_an_error_and_leaks_nothing) {
  static const struct {
    const char *name;
    gy_status (*body)(void *user, gy_error *err);
    int at_least;
  } cases[] = {{"gy_kmedoids_fit", fit, 3},
               {"gy_kmedoids_fit_sampled", fit_sampled, 12},
               {"gy_kmedoids_predict", predict, 3},
               {"gy_dissimilarity_table", tabulate, 2},
               {"gy_gower_encode", encode, 1}};
  material m = {.options = gy_kmedoids_defaults(4)};
  m.of = gy_dissimilarity_rows(make_groups(300, 3, 4, 5, 2), GY_METRIC_EUCLIDEAN);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    cr_assert_geq(alloc_fail_each(cases[i].name, cases[i].body, &m), cases[i].at_least, "%s", cases[i].name);
  free((void *)m.of.x.values);
}
