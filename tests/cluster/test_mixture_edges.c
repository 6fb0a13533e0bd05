/* SPDX-License-Identifier: Apache-2.0
 *
 * Gaussian mixtures where they are hard: data without spread, without number, without end. */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/mixture.h>

#include "cluster/mixture_work.h"
#include "cluster/points.h"
#include "support/alloc_fail.h"

static void expect_sane(const gy_mixture *m, const char *what) {
  size_t k = (size_t)m->n_clusters, d = m->n_columns;
  size_t length = gy_covariance_count(m->covariance, k) * gy_covariance_length(m->covariance, d);
  double sum = 0;
  int64_t n = 0;
  cr_expect(isfinite(m->log_likelihood) && isfinite(m->bic) && isfinite(m->icl), "%s: %g", what,
            m->log_likelihood);
  for (size_t c = 0; c < k; c++) sum += m->weights[c], n += m->sizes[c];
  cr_expect_float_eq(sum, 1, 1e-9, "%s: weights sum to %g", what, sum);
  cr_expect_eq((double)n, m->total_weight, "%s", what);
  for (size_t i = 0; i < k * d; i++) cr_expect(isfinite(m->means[i]), "%s: mean", what);
  for (size_t i = 0; i < length; i++) cr_expect(isfinite(m->covariances[i]), "%s: covariance", what);
}

static void try_all_types(gy_matrix x, int32_t k, double regularization, const char *what, bool collapses) {
  for (int type = 0; type < GY_COVARIANCE_COUNT; type++) {
    gy_error err = {0};
    gy_mixture model;
    gy_mixture_options options = gy_mixture_defaults(k);
    options.covariance = (gy_covariance)type;
    options.regularization = regularization;
    options.n_starts = 2;
    cr_assert_eq(gy_mixture_fit(x, &options, NULL, &model, NULL, &err), GY_OK, "%s: %s", what, err.text);
    expect_sane(&model, what);
    if (collapses)
      cr_expect(model.n_collapsed > 0, "%s, %s: no collapse reported", what, gy_covariance_name(type));
    gy_mixture_clear(&model);
  }
}

Test(mixture_edges, degenerate_data_give_finite_mixtures) {
  enum { N = 240, D = 4 };
  static float equal[N * D], few[N * D], constant[N * D], copied[N * D], huge[N * D], tiny[N * D],
      mixed[N * D];
  gy_matrix x = make_groups(N, D, 3, 3, 1);
  for (size_t i = 0; i < N * D; i++) {
    float value = x.values[i];
    equal[i] = 7;
    few[i] = (float)(i / D % 3 * (i % D));
    constant[i] = i % D == 1 ? 3 : value;
    copied[i] = i % D == 3 ? x.values[i - 3] : value;
    huge[i] = value * 1e15f;
    tiny[i] = value * FLT_MIN;
    mixed[i] = i % D == 0 ? value * 1e15f : i % D == 1 ? value * 1e-30f : value;
  }
  for (int r = 0; r < 2; r++) {
    double regularization = r == 0 ? 1e-6 : 0;
    try_all_types((gy_matrix){equal, N, D}, 3, regularization, "equal rows", true);
    try_all_types((gy_matrix){few, N, D}, 5, regularization, "few distinct rows", false);
    try_all_types((gy_matrix){few, N, D}, 3, regularization, "as many distinct rows as clusters", true);
    try_all_types((gy_matrix){constant, N, D}, 3, regularization, "a constant column", false);
    try_all_types((gy_matrix){copied, N, D}, 3, regularization, "a copied column", false);
    try_all_types((gy_matrix){huge, N, D}, 3, regularization, "huge", false);
    try_all_types((gy_matrix){tiny, N, D}, 3, regularization, "denormals", false);
    try_all_types((gy_matrix){mixed, N, D}, 3, regularization, "huge beside tiny", false);
    try_all_types((gy_matrix){x.values, 6, D}, 6, regularization, "k = n", true);
    try_all_types((gy_matrix){x.values, 1, D}, 1, regularization, "one row", true);
    try_all_types((gy_matrix){x.values, 50, 1}, 3, regularization, "one column", false);
  }
  free((void *)x.values);
}

Test(mixture_edges, a_row_far_out_is_someones) {
  gy_matrix x = make_groups(500, 3, 2, 5, 1);
  float far[] = {1e17f, -1e17f, 1e17f};
  float responsibilities[2], log_density;
  int32_t label = -1;
  for (int type = 0; type < GY_COVARIANCE_COUNT; type++) {
    gy_mixture model;
    gy_mixture_options options = gy_mixture_defaults(2);
    options.covariance = (gy_covariance)type;
    cr_assert_eq(gy_mixture_fit(x, &options, NULL, &model, NULL, NULL), GY_OK);
    gy_mixture_rows rows = {&label, responsibilities, &log_density};
    cr_assert_eq(gy_mixture_predict(&model, (gy_matrix){far, 1, 3}, NULL, &rows, NULL), GY_OK);
    cr_assert(label == 0 || label == 1);
    cr_assert_float_eq((double)(responsibilities[0] + responsibilities[1]), 1, 1e-6);
    cr_assert(isfinite(log_density) && log_density < -1e20f, "%g", (double)log_density);
    gy_mixture_clear(&model);
  }
  free((void *)x.values);
}

/* Wide rows: more columns than a tile keeps in the first-level cache, more columns than rows. */
Test(mixture_edges, many_columns) {
  gy_matrix x = make_groups(90, 150, 2, 1, 1);
  try_all_types(x, 2, 0.1, "150 columns", false);
  free((void *)x.values);
  x = make_groups(24, 2000, 2, 1, 1);
  gy_mixture_options options = gy_mixture_defaults(2);
  options.n_starts = 1;
  options.max_iterations = 2;
  options.regularization = 0.1;
  gy_mixture model;
  int32_t labels[24];
  cr_assert_eq(gy_mixture_fit(x, &options, NULL, &model, &(gy_mixture_rows){.labels = labels}, NULL), GY_OK);
  expect_sane(&model, "2000 columns");
  for (int i = 0; i < 24; i++) cr_expect_eq(labels[i], labels[i % 2], "row %d", i);
  gy_mixture_clear(&model);
  free((void *)x.values);
}

Test(mixture_edges, refuses_with_a_sentence) {
  float x[20] = {0}, bad[20] = {0}, huge[20] = {0}, weights[10] = {0}, negative[10] = {1, -1};
  int32_t outside[10] = {0, 1, 2};
  double means[4] = {0}, covariances[8] = {1, 0, 0, 1, 1, 0, 0, -1}, halves[2] = {0.5, 0.5};
  gy_mixture other = {.n_clusters = 3}, flat = {.n_clusters = 2, .n_columns = 2, .weights = halves};
  flat.means = means;
  flat.covariances = covariances;
  bad[7] = NAN;
  huge[9] = 1e18f;
  gy_matrix good = {x, 10, 2};
  gy_mixture_options two = gy_mixture_defaults(2), zero = gy_mixture_defaults(0),
                     eleven = gy_mixture_defaults(11);
  gy_mixture_options unweighted = two, below_zero = two, no_starts = two, backwards = two, odd = two,
                     unregular = two, labelled = two, reshaped = two, both = two, from_flat = two;
  unweighted.weights = weights;
  below_zero.weights = negative;
  no_starts.n_starts = 0;
  backwards.tolerance = -1;
  odd.covariance = (gy_covariance)9;
  unregular.regularization = NAN;
  labelled.initial_labels = both.initial_labels = outside;
  reshaped.initial = both.initial = &other;
  from_flat.initial = &flat;
  const struct {
    gy_matrix x;
    const gy_mixture_options *options;
    gy_status status;
    const char *expected;
  } cases[] = {{{bad, 10, 2}, &two, GY_EDATA, "row 4, column 2 is not a number"},
               {{huge, 10, 2}, &two, GY_EDATA, "row 5, column 2 is 1e+18"},
               {good, &zero, GY_EUSAGE, "n_clusters is 0"},
               {good, &eleven, GY_EDATA, "10 rows cannot make 11 clusters"},
               {good, &unweighted, GY_EDATA, "all weights are zero"},
               {good, &below_zero, GY_EDATA, "weight of row 2 is -1"},
               {good, &no_starts, GY_EUSAGE, "n_starts"},
               {good, &backwards, GY_EUSAGE, "tolerance is -1"},
               {good, &odd, GY_EUSAGE, "no covariance type 9"},
               {good, &unregular, GY_EUSAGE, "regularization is nan"},
               {good, &labelled, GY_EDATA, "row 3"},
               {good, &reshaped, GY_EUSAGE, "another shape"},
               {good, &both, GY_EUSAGE, "not from both"},
               {good, &from_flat, GY_EDATA, "covariance 3 of matrix 1 is -1"},
               {{x, 0, 2}, &two, GY_EDATA, "0 rows"},
               {{x, 10, 0}, &two, GY_EUSAGE, "no columns"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gy_error err = {0};
    gy_mixture model = {.n_clusters = -7};
    cr_expect_eq(gy_mixture_fit(cases[i].x, cases[i].options, NULL, &model, NULL, &err), cases[i].status,
                 "case %zu: %s", i, err.text);
    cr_expect_not_null(strstr(err.text, cases[i].expected), "case %zu: %s", i, err.text);
    cr_expect_eq(model.n_clusters, -7, "case %zu: the model was touched", i);
  }
}

Test(mixture_edges, keeps_to_its_memory_budget) {
  gy_matrix x = make_groups(5000, 4, 3, 3, 1);
  gy_mixture_options options = gy_mixture_defaults(3);
  gy_task task = {.n_threads = 2};
  gy_mixture model;
  gy_error err = {0};
  size_t need = gy_mixture_memory(5000, 4, &options, &task);
  task.memory_bytes = need - 1;
  cr_assert_eq(gy_mixture_fit(x, &options, &task, &model, NULL, &err), GY_ELIMIT);
  task.memory_bytes = need;
  cr_assert_eq(gy_mixture_fit(x, &options, &task, &model, NULL, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_mixture_memory(SIZE_MAX / 2, 100, &options, &task), SIZE_MAX);
  cr_assert_eq(gy_mixture_memory(100, SIZE_MAX / 2, &options, &task), SIZE_MAX);
  cr_assert_lt(gy_mixture_memory(50000000, 8, &options, &task), 1500000000);
  gy_mixture_clear(&model);
  free((void *)x.values);
}

static atomic_bool stop;
static int n_progress;

static void stop_after_two(void *user, const char *phase, uint64_t done, uint64_t total, const char *unit) {
  (void)user, (void)unit;
  cr_assert_str_eq(phase, "mixture");
  cr_assert_eq(total, 10);
  n_progress++;
  if (done == 2) atomic_store(&stop, true);
}

Test(mixture_edges, reports_progress_and_can_be_cancelled) {
  gy_matrix x = make_groups(5000, 4, 3, 1, 1);
  gy_mixture_options options = gy_mixture_defaults(3);
  gy_task task = {.n_threads = 2, .cancel = &stop, .progress = stop_after_two};
  gy_mixture model;
  cr_assert_eq(gy_mixture_fit(x, &options, &task, &model, NULL, NULL), GY_ECANCELLED);
  cr_assert_eq(n_progress, 2);
  free((void *)x.values);
}

/* Errors in units of the last place, over the whole range that EM meets. */
Test(mixture_edges, exponentials_and_logarithms_are_right) {
  enum { N = 1 << 16 };
  size_t count;
  double *x = malloc(sizeof(double) * N), *e = malloc(sizeof(double) * N), *ln = malloc(sizeof(double) * N);
  const gy_mixture_kernels *sets = gy_mixture_kernel_sets(&count);
  for (size_t s = 0; s < 2 * count; s++) {
    const gy_mixture_kernel *kernel = s % 2 == 0 ? sets[s / 2].in_float : sets[s / 2].in_double;
    bool in_float = kernel->real_bytes == sizeof(float);
    double unit = in_float ? FLT_EPSILON : DBL_EPSILON, worst_e = 0, worst_ln = 0;
    for (size_t i = 0; i < N; i++) {
      double t = ((double)i + 0.5) / N;
      x[i] = i % 2 == 0 ? -t * (in_float ? 86.9 : 707) : exp(t * 12) - t * 1e-3;
      if (in_float) x[i] = (double)(float)x[i];
    }
    kernel->exp_log(x, N, e, ln);
    for (size_t i = 0; i < N; i++) {
      if (x[i] <= 0) worst_e = fmax(worst_e, fabs(e[i] / exp(x[i]) - 1) / unit);
      if (x[i] >= 1) worst_ln = fmax(worst_ln, fabs(ln[i] - log(x[i])) / unit / fmax(log(x[i]), 0.5));
    }
    cr_expect(worst_e <= 2, "%s: exp is wrong by %.2f units", kernel->name, worst_e);
    cr_expect(worst_ln <= 3, "%s: ln is wrong by %.2f units", kernel->name, worst_ln);
    x[0] = -1e30, x[1] = -800, x[2] = 0;
    kernel->exp_log(x, 16, e, ln);
    cr_expect(e[0] == 0 && e[1] == 0 && e[2] == 1, "%s: %g %g %g", kernel->name, e[0], e[1], e[2]);
  }
  free(x);
  free(e);
  free(ln);
}

Test(mixture_edges, every_instruction_set_and_precision_agrees) {
  static const size_t columns[] = {1, 2, 4, 7, 8, 9, 16, 20, 40, 130};
  size_t count, n = 1501;
  const gy_task task = {.n_threads = 1};
  const gy_mixture_kernels *sets = gy_mixture_kernel_sets(&count);
  for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
    size_t d = columns[i];
    gy_matrix x = make_groups(n, d, 4, 2, i);
    int32_t *start = malloc(n * sizeof *start);
    for (size_t row = 0; row < n; row++) start[row] = (int32_t)((row + (row % 5 == 0)) % 4);
    for (int type = 0; type < GY_COVARIANCE_COUNT; type++) {
      gy_mixture first = {0};
      gy_mixture_options options = gy_mixture_defaults(4);
      options.covariance = (gy_covariance)type;
      options.initial_labels = start;
      options.max_iterations = 4;
      for (size_t s = 0; s < 2 * count; s++) {
        gy_mixture model;
        gy_error err = {0};
        gy_mixture_kernels kernels = sets[s / 2];
        if (s % 2 == 0) kernels.in_float = kernels.in_double;
        gy_status status = gy_mixture_fit_with(&kernels, x, &options, &task, &model, NULL, &err);
        cr_assert_eq(status, GY_OK, "%s", err.text);
        cr_expect_eq(model.used_double, s % 2 == 0);
        if (s == 0) {
          first = model;
          continue;
        }
        cr_expect_float_eq(model.log_likelihood / first.log_likelihood, 1, s % 2 == 0 ? 1e-12 : 3e-7,
                           "%s, %s, %zu columns: %.12g, not %.12g", kernels.in_float->name,
                           gy_covariance_name(options.covariance), d, model.log_likelihood,
                           first.log_likelihood);
        gy_mixture_clear(&model);
      }
      gy_mixture_clear(&first);
    }
    free(start);
    free((void *)x.values);
  }
}

typedef struct {
  gy_matrix x;
  gy_mixture model;
} material;

static gy_status fit(void *user, gy_error *err) {
  material *m = user;
  gy_mixture model;
  gy_mixture_options options = gy_mixture_defaults(3);
  gy_task task = {.n_threads = 2};
  options.n_starts = 2;
  gy_status status = gy_mixture_fit(m->x, &options, &task, &model, NULL, err);
  if (status == GY_OK) gy_mixture_clear(&model);
  return status;
}

static gy_status predict(void *user, gy_error *err) {
  material *m = user;
  int32_t labels[300];
  return gy_mixture_predict(&m->model, m->x, NULL, &(gy_mixture_rows){.labels = labels}, err);
}

Test(mixture_edges, every_failed_allocation_is_an_error_and_leaks_nothing) {
  material m = {.x = make_groups(300, 3, 3, 4, 1)};
  gy_mixture_options options = gy_mixture_defaults(3);
  cr_assert_geq(alloc_fail_each("gy_mixture_fit", fit, &m), 8);
  cr_assert_eq(gy_mixture_fit(m.x, &options, NULL, &m.model, NULL, NULL), GY_OK);
  cr_assert_geq(alloc_fail_each("gy_mixture_predict", predict, &m), 2);
  gy_mixture_clear(&m.model);
  free((void *)m.x.values);
}
