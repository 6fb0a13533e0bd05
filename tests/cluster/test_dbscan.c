/* SPDX-License-Identifier: Apache-2.0
 *
 * DBSCAN against its definition, written down as plain loops over all pairs; and its laws. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/dbscan.h>

#include "base/rng.h"
#include "cluster/battery.h"
#include "cluster/dbscan_work.h"
#include "cluster/density_reference.h"
#include "cluster/points.h"
#include "support/alloc_fail.h"

typedef enum { GROUPS, WHOLE, EQUAL, SMALL, N_KINDS } kind_of_points;

static gy_matrix make_points(kind_of_points kind, size_t n, size_t d, uint64_t seed) {
  gy_rng rng;
  gy_rng_init(&rng, seed, 1);
  gy_matrix x = make_groups(n, d, 4, 4, seed);
  float *values = (float *)x.values;
  for (size_t i = 0; i < n * d && kind != GROUPS; i++) {
    double u = gy_rng_uniform(&rng);
    values[i] = kind == WHOLE ? (float)floor(12 * u) : kind == EQUAL ? 3 : (float)(u * 1e-30);
  }
  return x;
}

static const struct {
  kind_of_points kind;
  size_t n, d;
  double eps;
  int32_t min_samples;
} CASES[] = {{GROUPS, 1, 1, 1, 1},
             {GROUPS, 1, 3, 0, 1},
             {GROUPS, 2, 2, 1, 2},
             {GROUPS, 33, 1, 0.3, 3},
             {GROUPS, 1000, 1, 0.02, 4},
             {GROUPS, 2000, 2, 0.2, 5},
             {GROUPS, 2000, 2, 0.5, 20},
             {GROUPS, 2000, 2, 3, 100},
             {GROUPS, 1500, 3, 0.6, 8},
             {GROUPS, 1500, 5, 1.2, 6},
             {GROUPS, 800, 12, 3.5, 10},
             {GROUPS, 300, 130, 15.6, 4},
             {GROUPS, 60, 2000, 62.5, 4},
             {WHOLE, 700, 2, 1, 6},
             {WHOLE, 700, 2, 1, 13},
             {WHOLE, 700, 3, 1, 3},
             {WHOLE, 900, 3, 1.5, 4},
             {WHOLE, 300, 2, 0, 3},
             {WHOLE, 500, 5, 2, 2},
             {EQUAL, 300, 2, 0, 5},
             {EQUAL, 300, 2, 1, 301},
             {SMALL, 400, 2, 4e-32, 5},
             {SMALL, 400, 1, 1e-33, 3},
             {GROUPS, 500, 3, INFINITY, 10},
             {GROUPS, 500, 3, INFINITY, 501},
             {GROUPS, 500, 3, 1e200, 10},
             {GROUPS, 500, 3, 1e-200, 1},
             {GROUPS, 500, 3, 1e-200, 2}};
enum { N_CASES = sizeof CASES / sizeof *CASES };

static gy_dbscan fit(const gy_kd_kernel *kernel, gy_matrix x, const gy_dbscan_options *options, int n_threads,
                     int32_t *labels, bool *core) {
  gy_dbscan result;
  gy_error err = {0};
  gy_task task = {.n_threads = n_threads};
  cr_assert_eq(gy_dbscan_fit_with(kernel, x, options, &task, &result, labels, core, &err), GY_OK, "%s",
               err.text);
  return result;
}

static void check_against_definition(const gy_kd_kernel *kernel, gy_matrix x,
                                     const gy_dbscan_options *options, size_t c) {
  size_t n = x.n_rows;
  int32_t *labels = malloc(n * sizeof *labels), *expected = malloc(n * sizeof *expected);
  bool *core = malloc(n), *expected_core = malloc(n);
  gy_dbscan result = fit(kernel, x, options, 2, labels, core);
  int32_t n_clusters = reference_dbscan(x, options, expected, expected_core);
  int64_t n_core = 0, n_noise = 0;
  for (size_t i = 0; i < n; i++) {
    cr_assert_eq(core[i], expected_core[i], "%s, case %zu: row %zu is%s core", kernel->name, c, i,
                 expected_core[i] ? "" : " not");
    cr_assert_eq(labels[i], expected[i], "%s, case %zu, border rule %d: row %zu has label %d, expected %d",
                 kernel->name, c, options->border, i, labels[i], expected[i]);
    n_core += core[i];
    n_noise += labels[i] < 0;
  }
  cr_assert(result.n_clusters == n_clusters && result.n_core == n_core && result.n_noise == n_noise &&
            result.n_border == (int64_t)n - n_core - n_noise);
  free(expected_core);
  free(core);
  free(expected);
  free(labels);
}

Test(dbscan, gives_the_clusters_of_its_definition) {
  size_t count;
  const gy_kd_kernel *const *kernels = gy_kd_kernels(&count);
  for (size_t c = 0; c < N_CASES; c++) {
    gy_matrix x = make_points(CASES[c].kind, CASES[c].n, CASES[c].d, c);
    for (size_t kernel = 0; kernel < count; kernel++) {
      for (gy_dbscan_border border = GY_DBSCAN_BORDER_NEAREST; border <= GY_DBSCAN_BORDER_NOISE; border++) {
        gy_dbscan_options options = {CASES[c].eps, CASES[c].min_samples, border};
        check_against_definition(kernels[kernel], x, &options, c);
      }
    }
    free((void *)x.values);
  }
}

/* eps is exactly the distance of two rows, or the next double below: one of them belongs, the other does not.
 */
Test(dbscan, takes_eps_to_the_last_bit) {
  size_t count;
  const gy_kd_kernel *kernel = gy_kd_kernels(&count)[0];
  for (size_t seed = 0; seed < 60; seed++) {
    gy_matrix x = make_points(GROUPS, 300, 1 + seed % 4, seed);
    double square = gy_kd_square(gy_matrix_row(x, seed), 1, gy_matrix_row(x, 100 + seed), 1, x.n_columns);
    double eps = sqrt(square);
    for (int step = 0; step < 3; step++) {
      gy_dbscan_options options =
          gy_dbscan_defaults(step == 0 ? eps : nextafter(eps, step == 1 ? 0 : INFINITY));
      options.min_samples = 2;
      check_against_definition(kernel, x, &options, seed);
    }
    free((void *)x.values);
  }
}

Test(dbscan, is_the_same_on_any_number_of_threads) {
  enum { N = 60000 };
  gy_matrix x = make_groups(N, 3, 40, 6, 5);
  size_t count;
  const gy_kd_kernel *kernel = gy_kd_kernels(&count)[0];
  gy_dbscan_options options = {0.35, 12, GY_DBSCAN_BORDER_NEAREST};
  int32_t *one = malloc(N * sizeof *one), *many = malloc(N * sizeof *many);
  gy_dbscan result = fit(kernel, x, &options, 1, one, NULL);
  cr_assert(result.n_clusters > 5 && result.n_border > 100 && result.n_noise > 100);
  for (int n_threads = 2; n_threads <= 7; n_threads++) {
    fit(kernel, x, &options, n_threads, many, NULL);
    cr_assert_arr_eq(one, many, N * sizeof *one, "%d threads", n_threads);
  }
  free(many);
  free(one);
  free((void *)x.values);
}

/* Clusters are sets of rows: shuffled rows, moved or scaled points have the same. */
Test(dbscan, does_not_depend_on_row_order_or_scale) {
  enum { N = 3000, D = 3 };
  gy_matrix x = make_groups(N, D, 6, 5, 9);
  size_t count;
  const gy_kd_kernel *kernel = gy_kd_kernels(&count)[0];
  gy_dbscan_options options = {0.7, 9, GY_DBSCAN_BORDER_NEAREST};
  float *other = malloc(sizeof(float) * N * D);
  int32_t labels[N], changed[N], renamed[N];
  fit(kernel, x, &options, 2, labels, NULL);
  for (size_t i = 0; i < N * D; i++) other[i] = 16 * x.values[i];
  options.eps *= 16;
  fit(kernel, (gy_matrix){other, N, D}, &options, 2, changed, NULL);
  cr_assert_arr_eq(labels, changed, sizeof labels);
  options.eps /= 16;
  for (size_t i = 0; i < N; i++) /* 1301 and N have no common divisor */
    memcpy(other + i * D, gy_matrix_row(x, i * 1301 % N), D * sizeof *other);
  fit(kernel, (gy_matrix){other, N, D}, &options, 2, changed, NULL);
  memset(renamed, -1, sizeof renamed);
  for (size_t i = 0; i < N; i++) {
    int32_t was = labels[i * 1301 % N];
    cr_assert_eq(was < 0, changed[i] < 0, "row %zu", i);
    if (was < 0) continue;
    if (renamed[was] < 0) renamed[was] = changed[i];
    cr_assert_eq(renamed[was], changed[i], "row %zu", i);
  }
  free(other);
  free((void *)x.values);
}

/* Cells of equal rows, and cells next to each other: neither may cost pairs. */
Test(dbscan, is_not_slowed_by_millions_of_duplicates, .timeout = 60) {
#ifdef __SANITIZE_ADDRESS__
  enum { N = 200000 };
#else
  enum { N = 2000000 };
#endif
  float *values = malloc(2 * sizeof(float) * N);
  int32_t *labels = malloc(N * sizeof *labels);
  for (size_t i = 0; i < N; i++) {
    values[2 * i] = (float)(i % 3);
    values[2 * i + 1] = 0;
  }
  static const struct {
    double eps;
    int32_t min_samples, n_clusters;
    bool noise;
  } cases[] = {{0, 10, 3, false},         {0.5, N / 10 * 3, 3, false}, {0.5, N / 20 * 7, 0, true},
               {1, 10, 1, false},         {1, N / 10 * 7, 1, false},   {INFINITY, N, 1, false},
               {INFINITY, N + 1, 0, true}};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    gy_dbscan_options options = {cases[c].eps, cases[c].min_samples, GY_DBSCAN_BORDER_NEAREST};
    gy_dbscan result;
    gy_error err = {0};
    cr_assert_eq(gy_dbscan_fit((gy_matrix){values, N, 2}, &options, NULL, &result, labels, NULL, &err),
                 GY_OK);
    cr_assert_eq(result.n_clusters, cases[c].n_clusters, "case %zu: %d clusters", c, result.n_clusters);
    cr_assert_eq(result.n_noise, cases[c].noise ? N : 0, "case %zu", c);
  }
  free(labels);
  free(values);
}

Test(dbscan, predicts_the_cluster_of_the_nearest_core_row) {
  enum { N = 2500, D = 3, NEW = 400 };
  gy_matrix x = make_groups(N, D, 6, 5, 3), fresh = make_groups(NEW, D, 6, 5, 3);
  for (size_t i = 0; i < NEW * D; i++) ((float *)fresh.values)[i] += (float)(i % 7) * 0.11f;
  int32_t labels[N], predicted[N];
  bool core[N];
  double distances[NEW];
  gy_dbscan result;
  gy_dbscan_options options = {0.75, 9, GY_DBSCAN_BORDER_NEAREST};
  cr_assert_eq(gy_dbscan_fit(x, &options, NULL, &result, labels, core, NULL), GY_OK);
  gy_dbscan_fitted fitted = {x, labels, core, options.eps};
  cr_assert_eq(gy_dbscan_predict(&fitted, x, NULL, predicted, NULL, NULL), GY_OK);
  cr_assert_arr_eq(labels, predicted, sizeof labels);
  cr_assert_eq(gy_dbscan_predict(&fitted, fresh, NULL, predicted, distances, NULL), GY_OK);
  size_t n_noise = 0;
  for (size_t i = 0; i < NEW; i++) {
    double nearest = INFINITY;
    int32_t label = -1;
    for (size_t j = 0; j < N; j++) {
      double square = gy_kd_square(gy_matrix_row(fresh, i), 1, gy_matrix_row(x, j), 1, D);
      if (!core[j] || square > options.eps * options.eps || square >= nearest) continue;
      nearest = square;
      label = labels[j];
    }
    cr_assert_eq(predicted[i], label, "row %zu: %d, expected %d", i, predicted[i], label);
    cr_assert(distances[i] == sqrt(nearest));
    n_noise += label < 0;
  }
  cr_assert(n_noise > 20 && n_noise < NEW - 20);
  memset(core, 0, sizeof core);
  cr_assert_eq(gy_dbscan_predict(&fitted, fresh, NULL, predicted, distances, NULL), GY_OK);
  cr_assert(predicted[7] == -1 && isinf(distances[7]));
  free((void *)fresh.values);
  free((void *)x.values);
}

/* Every set of the battery that plain loops manage, at eps from its own curve. */
Test(dbscan, gives_the_clusters_of_its_definition_on_the_battery, .timeout = 120) {
  enum { MOST_ROWS = 3200 };
  size_t count;
  const gy_kd_kernel *kernel = gy_kd_kernels(&count)[0];
  for (size_t s = 0; BATTERY_SETS[s].name != NULL; s++) {
    gy_matrix x = read_battery_points(BATTERY_SETS[s].battery, BATTERY_SETS[s].name);
    gy_eps_suggestion suggestion;
    gy_error err = {0};
    cr_assert_eq(gy_dbscan_suggest_eps(x, 5, NULL, &suggestion, &err), GY_OK, "%s", err.text);
    cr_assert(suggestion.eps > 0 && suggestion.core_share > 0.3, "%s: eps %g, %g core", BATTERY_SETS[s].name,
              suggestion.eps, suggestion.core_share);
    for (double scale = 0.5; scale < 3 && x.n_rows <= MOST_ROWS; scale *= 2) {
      gy_dbscan_options options = {scale * suggestion.eps, 5, GY_DBSCAN_BORDER_FIRST};
      check_against_definition(kernel, x, &options, s);
    }
    free((void *)x.values);
  }
}

static double plain_k_distance(gy_matrix x, size_t row, size_t k) {
  double nearest[16];
  size_t n = 0;
  for (size_t i = 0; i < x.n_rows; i++) {
    double square = reference_square(x, row, i);
    size_t place = n < k ? n++ : k;
    for (; place > 0 && nearest[place - 1] > square; place--)
      if (place < k) nearest[place] = nearest[place - 1];
    if (place < k) nearest[place] = square;
  }
  return sqrt(nearest[k - 1]);
}

Test(dbscan, suggests_eps_at_the_knee_of_the_distances) {
  gy_matrix x = make_groups(3000, 2, 5, 12, 3);
  float *values = (float *)x.values;
  for (size_t i = 0; i < 2 * 200; i++) values[i] *= 40; /* 200 rows far out */
  gy_eps_suggestion found, again;
  gy_task one = {.n_threads = 1}, three = {.n_threads = 3};
  cr_assert_eq(gy_dbscan_suggest_eps(x, 6, &one, &found, NULL), GY_OK);
  cr_assert_eq(gy_dbscan_suggest_eps(x, 6, &three, &again, NULL), GY_OK);
  cr_assert_arr_eq(&found, &again, sizeof found);
  cr_assert(found.has_knee && found.n_rows == 3000);
  cr_assert(found.core_share > 0.85 && found.core_share < 0.97, "%g of rows at eps %g", found.core_share,
            found.eps);
  double least = INFINITY, greatest = 0;
  for (size_t i = 0; i < x.n_rows; i++) {
    double distance = plain_k_distance(x, i, 6);
    least = fmin(least, distance);
    greatest = fmax(greatest, distance);
  }
  cr_assert_eq(found.curve[0], greatest);
  cr_assert_eq(found.curve[GY_EPS_CURVE_POINTS - 1], least);
  for (size_t i = 1; i < GY_EPS_CURVE_POINTS; i++) cr_assert_leq(found.curve[i], found.curve[i - 1]);
  for (size_t i = 0; i < 2 * 3000; i++) values[i] = 7;
  cr_assert_eq(gy_dbscan_suggest_eps(x, 6, NULL, &found, NULL), GY_OK);
  cr_assert(!found.has_knee && found.eps == 0 && found.core_share == 1);
  gy_error err = {0};
  cr_assert_eq(gy_dbscan_suggest_eps(x, 3001, NULL, &found, &err), GY_EDATA);
  cr_assert_not_null(strstr(err.text, "lower min_samples"));
  free(values);
}

Test(dbscan, refuses_what_it_cannot_use_with_a_sentence) {
  float values[12] = {0};
  int32_t labels[6];
  atomic_bool cancel = true;
  gy_task small = {.memory_bytes = 100}, cancelled = {.cancel = &cancel};
  const struct {
    float bad;
    size_t n, d;
    double eps;
    int32_t min_samples;
    const gy_task *task;
    gy_status status;
    const char *says;
  } cases[] = {{0, 6, 2, -1, 5, NULL, GY_EUSAGE, "eps is -1"},
               {0, 6, 2, NAN, 5, NULL, GY_EUSAGE, "eps is"},
               {0, 6, 2, 1, 0, NULL, GY_EUSAGE, "min_samples is 0"},
               {0, 0, 2, 1, 5, NULL, GY_EDATA, "no rows"},
               {0, 6, 0, 1, 5, NULL, GY_EUSAGE, "no columns"},
               {NAN, 6, 2, 1, 5, NULL, GY_EDATA, "row 3, column 2"},
               {INFINITY, 6, 2, 1, 5, NULL, GY_EDATA, "row 3, column 2"},
               {1e30f, 6, 2, 1, 5, NULL, GY_EDATA, "scale the column"},
               {0, 6, 2, 1, 5, &small, GY_ELIMIT, "budget is 100"},
               {0, (size_t)1 << 40, 2, 1, 5, NULL, GY_ELIMIT, "more than"},
               {0, 6, 2, 1, 5, &cancelled, GY_ECANCELLED, ""}};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    gy_error err = {0};
    gy_dbscan result;
    gy_dbscan_options options = {cases[c].eps, cases[c].min_samples, GY_DBSCAN_BORDER_NEAREST};
    values[5] = cases[c].bad;
    gy_matrix x = {values, cases[c].n, cases[c].d};
    gy_status status = gy_dbscan_fit(x, &options, cases[c].task, &result, labels, NULL, &err);
    cr_assert_eq(status, cases[c].status, "case %zu: %s", c, err.text);
    cr_assert_not_null(strstr(err.text, cases[c].says), "case %zu: %s", c, err.text);
  }
  /* 50 million rows under a budget of 1 GB are refused before anything is taken. */
  gy_task gigabyte = {.memory_bytes = 1000000000};
  gy_dbscan_options options = gy_dbscan_defaults(1);
  gy_matrix large = {values, 50000000, 8};
  cr_assert_eq(gy_dbscan_fit(large, &options, &gigabyte, NULL, labels, NULL, NULL), GY_ELIMIT);
}

typedef struct {
  gy_matrix x;
  int32_t labels[300];
  bool core[300];
} material;

static gy_status fit_and_predict(void *user, gy_error *err) {
  material *m = user;
  gy_task task = {.n_threads = 2};
  gy_dbscan result;
  gy_dbscan_options options = gy_dbscan_defaults(1);
  gy_status status = gy_dbscan_fit(m->x, &options, &task, &result, m->labels, m->core, err);
  if (status != GY_OK) return status;
  gy_dbscan_fitted fitted = {m->x, m->labels, m->core, 1};
  gy_eps_suggestion suggestion;
  status = gy_dbscan_suggest_eps(m->x, 5, &task, &suggestion, err);
  if (status != GY_OK) return status;
  return gy_dbscan_predict(&fitted, m->x, &task, m->labels, NULL, err);
}

Test(dbscan, every_failed_allocation_is_an_error_and_leaks_nothing) {
  material m = {.x = make_groups(300, 2, 3, 4, 1)};
  cr_assert_geq(alloc_fail_each("dbscan", fit_and_predict, &m), 16);
  free((void *)m.x.values);
}
