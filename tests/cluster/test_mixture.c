/* SPDX-License-Identifier: Apache-2.0
 *
 * Gaussian mixtures against an EM written down as simply as possible, and against its laws. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/mixture.h>
#include <gyeol/agreement.h>

#include "cluster/mixture_work.h"
#include "cluster/points.h"

enum { K_MAX = 8, D_MAX = 40 };

/* A mixture with one covariance matrix a cluster, whatever its type. */
typedef struct {
  size_t k, d;
  double weight[K_MAX], mean[K_MAX][D_MAX], covariance[K_MAX][D_MAX][D_MAX];
} plain;

/* ln N(x | mean, covariance) by elimination with the right-hand side. */
static double plain_log_density(const plain *m, size_t c, const float *x) {
  size_t d = m->d;
  static _Thread_local double a[D_MAX][D_MAX + 1];
  double log_determinant = 0, squared = 0;
  for (size_t i = 0; i < d; i++) {
    for (size_t j = 0; j < d; j++) a[i][j] = m->covariance[c][i][j];
    a[i][d] = (double)x[i] - m->mean[c][i];
  }
  for (size_t i = 0; i < d; i++) {
    log_determinant += log(a[i][i]);
    squared += a[i][d] * a[i][d] / a[i][i];
    for (size_t r = i + 1; r < d; r++) {
      double factor = a[r][i] / a[i][i];
      for (size_t j = i; j <= d; j++) a[r][j] -= factor * a[i][j];
    }
  }
  return -0.5 * (squared + log_determinant + (double)d * log(2 * acos(-1)));
}

/* Responsibilities (n x k) and the weighted log-likelihood. */
static double plain_expect(const plain *m, gy_matrix x, const float *weights, double *r) {
  double total = 0;
  for (size_t i = 0; i < x.n_rows; i++) {
    double *row = r + i * m->k, highest = -INFINITY, sum = 0;
    for (size_t c = 0; c < m->k; c++) {
      row[c] =
          m->weight[c] > 0 ? log(m->weight[c]) + plain_log_density(m, c, gy_matrix_row(x, i)) : -INFINITY;
      highest = fmax(highest, row[c]);
    }
    for (size_t c = 0; c < m->k; c++) sum += row[c] = exp(row[c] - highest);
    for (size_t c = 0; c < m->k; c++) row[c] /= sum;
    total += (weights == NULL ? 1 : (double)weights[i]) * (highest + log(sum));
  }
  return total;
}

static void plain_covariance(plain *m, gy_matrix x, const float *weights, const double *r, size_t c,
                             double mass) {
  for (size_t a = 0; a < m->d; a++) {
    for (size_t b = 0; b < m->d; b++) {
      double sum = 0;
      for (size_t i = 0; i < x.n_rows; i++) {
        const float *row = gy_matrix_row(x, i);
        sum += r[i * m->k + c] * (weights == NULL ? 1 : (double)weights[i]) *
               ((double)row[a] - m->mean[c][a]) * ((double)row[b] - m->mean[c][b]);
      }
      m->covariance[c][a][b] = sum / mass;
    }
  }
}

static void plain_restrict(plain *m, gy_covariance type, double regularization) {
  static _Thread_local double pooled[D_MAX][D_MAX];
  memset(pooled, 0, sizeof pooled);
  for (size_t c = 0; c < m->k; c++) {
    double trace = 0;
    for (size_t a = 0; a < m->d; a++) {
      trace += m->covariance[c][a][a];
      for (size_t b = 0; b < m->d; b++) {
        pooled[a][b] += m->weight[c] * m->covariance[c][a][b];
        if (a != b && type != GY_COVARIANCE_FULL) m->covariance[c][a][b] = 0;
      }
    }
    if (type == GY_COVARIANCE_SPHERICAL)
      for (size_t a = 0; a < m->d; a++) m->covariance[c][a][a] = trace / (double)m->d;
  }
  for (size_t c = 0; c < m->k; c++) {
    if (type == GY_COVARIANCE_TIED) memcpy(m->covariance[c], pooled, sizeof pooled);
    for (size_t a = 0; a < m->d; a++) m->covariance[c][a][a] += regularization;
  }
}

static void plain_maximise(plain *m, gy_matrix x, const float *weights, const double *r, gy_covariance type,
                           double regularization) {
  double total = 0;
  for (size_t c = 0; c < m->k; c++) {
    double mass = 0;
    memset(m->mean[c], 0, sizeof m->mean[c]);
    for (size_t i = 0; i < x.n_rows; i++) {
      double share = r[i * m->k + c] * (weights == NULL ? 1 : (double)weights[i]);
      mass += share;
      for (size_t j = 0; j < m->d; j++) m->mean[c][j] += share * (double)gy_matrix_row(x, i)[j];
    }
    for (size_t j = 0; j < m->d; j++) m->mean[c][j] /= mass;
    plain_covariance(m, x, weights, r, c, mass);
    m->weight[c] = mass;
    total += mass;
  }
  for (size_t c = 0; c < m->k; c++) m->weight[c] /= total;
  plain_restrict(m, type, regularization);
}

static double covariance_of(const gy_mixture *m, size_t c, size_t a, size_t b) {
  size_t d = m->n_columns;
  if (m->covariance == GY_COVARIANCE_FULL) return m->covariances[(c * d + a) * d + b];
  if (m->covariance == GY_COVARIANCE_TIED) return m->covariances[a * d + b];
  if (a != b) return 0;
  return m->covariance == GY_COVARIANCE_DIAGONAL ? m->covariances[c * d + a] : m->covariances[c];
}

static void fit(gy_matrix x, const gy_mixture_options *options, int threads, gy_mixture *model,
                const gy_mixture_rows *rows) {
  gy_error err = {0};
  gy_task task = {.n_threads = threads};
  cr_assert_eq(gy_mixture_fit(x, options, &task, model, rows, &err), GY_OK, "%s", err.text);
}

/* Reference labels to start from: row i belongs to i % k, but for some. */
static int32_t *rough_labels(size_t n, int k) {
  int32_t *labels = malloc(n * sizeof *labels);
  for (size_t i = 0; i < n; i++) labels[i] = (int32_t)((i % 7 == 3 ? i / 7 : i) % (size_t)k);
  return labels;
}

static void expect_equal(const gy_mixture *model, const plain *m, const char *what) {
  for (size_t c = 0; c < m->k; c++) {
    cr_expect_float_eq(model->weights[c], m->weight[c], 2e-6, "%s: weight %zu: %.9g, expected %.9g", what, c,
                       model->weights[c], m->weight[c]);
    for (size_t a = 0; a < m->d; a++) {
      cr_expect_float_eq(model->means[c * m->d + a], m->mean[c][a], 2e-5, "%s: mean %zu, %zu", what, c, a);
      for (size_t b = 0; b < m->d; b++)
        cr_expect_float_eq(covariance_of(model, c, a, b), m->covariance[c][a][b], 2e-5,
                           "%s: covariance %zu, %zu, %zu: %.9g, expected %.9g", what, c, a, b,
                           covariance_of(model, c, a, b), m->covariance[c][a][b]);
    }
  }
}

Test(mixture, agrees_with_plain_em_in_every_shape) {
  static const struct {
    size_t n, d;
    int k;
    bool weighted;
  } cases[] = {{50, 1, 1, false},   {200, 1, 3, true},  {333, 2, 2, false}, {700, 3, 4, true},
               {1000, 4, 3, false}, {900, 5, 3, false}, {5000, 8, 6, true}, {600, 9, 2, false},
               {800, 17, 3, true},  {900, 33, 2, false}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    for (int type = 0; type < GY_COVARIANCE_COUNT; type++) {
      char what[96];
      size_t n = cases[i].n;
      plain *m = calloc(1, sizeof *m);
      *m = (plain){.k = (size_t)cases[i].k, .d = cases[i].d};
      gy_matrix x = make_groups(n, cases[i].d, cases[i].k, 2, i);
      int32_t *labels = rough_labels(n, cases[i].k);
      float *weights = malloc(n * sizeof *weights);
      double *r = calloc(n * m->k, sizeof *r), expected = 0;
      for (size_t row = 0; row < n; row++) {
        weights[row] = 0.5f * (float)(row % 4);
        r[row * m->k + (size_t)labels[row]] = 1;
      }
      gy_mixture_options options = gy_mixture_defaults(cases[i].k);
      options.covariance = (gy_covariance)type;
      options.initial_labels = labels;
      options.weights = cases[i].weighted ? weights : NULL;
      options.max_iterations = 6;
      options.tolerance = 0;
      gy_mixture model;
      fit(x, &options, 2, &model, NULL);
      plain_maximise(m, x, options.weights, r, options.covariance, options.regularization);
      for (int step = 0; step < 6; step++) {
        plain_expect(m, x, options.weights, r);
        plain_maximise(m, x, options.weights, r, options.covariance, options.regularization);
      }
      expected = plain_expect(m, x, options.weights, r);
      snprintf(what, sizeof what, "%zu x %zu, k = %d, %s", n, m->d, cases[i].k,
               gy_covariance_name(options.covariance));
      expect_equal(&model, m, what);
      cr_expect_float_eq(model.log_likelihood / expected, 1, 2e-7, "%s: %.9f, expected %.9f", what,
                         model.log_likelihood, expected);
      gy_mixture_clear(&model);
      free(r);
      free(weights);
      free(labels);
      free((void *)x.values);
      free(m);
    }
  }
}

/* What a row's arrays say, and the criteria, from their definitions. */
Test(mixture, rows_and_criteria_follow_from_the_model) {
  enum { N = 1500, D = 3, K = 4 };
  gy_matrix x = make_groups(N, D, K, 1.5, 5);
  plain *m = calloc(1, sizeof *m);
  int32_t labels[N];
  float *responsibilities = malloc(sizeof(float) * N * K), *log_density = malloc(sizeof(float) * N);
  double *r = malloc(sizeof(double) * N * K), entropy = 0;
  gy_mixture_rows rows = {labels, responsibilities, log_density};
  gy_mixture_options options = gy_mixture_defaults(K);
  gy_mixture model;
  fit(x, &options, 2, &model, &rows);
  *m = (plain){.k = K, .d = D};
  for (size_t c = 0; c < K; c++) {
    m->weight[c] = model.weights[c];
    for (size_t a = 0; a < D; a++) {
      m->mean[c][a] = model.means[c * D + a];
      for (size_t b = 0; b < D; b++) m->covariance[c][a][b] = covariance_of(&model, c, a, b);
    }
  }
  double log_likelihood = plain_expect(m, x, NULL, r), sum = 0;
  int64_t sizes[K] = {0};
  for (size_t i = 0; i < N; i++) {
    double whole = 0, densest = 0;
    sizes[labels[i]]++;
    for (size_t c = 0; c < K; c++) {
      whole += (double)responsibilities[i * K + c];
      densest = fmax(densest, r[i * K + c]);
      cr_assert_float_eq((double)responsibilities[i * K + c], r[i * K + c], 5e-6);
      if (r[i * K + c] > 0) entropy -= r[i * K + c] * log(r[i * K + c]);
    }
    cr_assert_float_eq(whole, 1, 1e-6);
    cr_assert(r[i * K + (size_t)labels[i]] > densest - 1e-5, "row %zu", i);
    sum += (double)log_density[i];
  }
  double parameters = 3 + 4 * 3 + 4 * 6;
  cr_assert_arr_eq(sizes, model.sizes, sizeof sizes);
  cr_assert_float_eq(model.log_likelihood / log_likelihood, 1, 1e-7);
  cr_assert_float_eq(sum / log_likelihood, 1, 1e-7);
  cr_assert_float_eq(model.entropy / entropy, 1, 1e-5, "%.9g, expected %.9g", model.entropy, entropy);
  cr_assert_eq(model.n_parameters, parameters);
  cr_assert_float_eq(model.bic, -2 * model.log_likelihood + parameters * log(N), 1e-9);
  cr_assert_float_eq(model.aic, -2 * model.log_likelihood + 2 * parameters, 1e-9);
  cr_assert_float_eq(model.icl, model.bic + 2 * model.entropy, 1e-9);
  cr_assert_eq(model.n_collapsed, 0);
  gy_mixture_clear(&model);
  free(r);
  free(log_density);
  free(responsibilities);
  free(m);
  free((void *)x.values);
}

Test(mixture, predict_gives_the_rows_of_the_fit) {
  enum { N = 5000, D = 5, K = 3 };
  for (int type = 0; type < GY_COVARIANCE_COUNT; type++) {
    gy_matrix x = make_groups(N, D, K, 1, 7);
    int32_t *labels = malloc(sizeof(int32_t) * N), *again = malloc(sizeof(int32_t) * N);
    float *log_density = malloc(sizeof(float) * N), *density_again = malloc(sizeof(float) * N);
    gy_mixture_options options = gy_mixture_defaults(K);
    options.covariance = (gy_covariance)type;
    options.n_starts = 2;
    gy_mixture model;
    fit(x, &options, 2, &model, &(gy_mixture_rows){.labels = labels, .log_density = log_density});
    gy_mixture_rows rows = {.labels = again, .log_density = density_again};
    cr_assert_eq(gy_mixture_predict(&model, x, NULL, &rows, NULL), GY_OK);
    cr_assert_arr_eq(labels, again, sizeof(int32_t) * N);
    cr_assert_arr_eq(log_density, density_again, sizeof(float) * N);
    cr_assert_eq(gy_mixture_predict(&model, (gy_matrix){x.values, 0, D}, NULL, &rows, NULL), GY_OK);
    gy_error err = {0};
    cr_assert_eq(gy_mixture_predict(&model, (gy_matrix){x.values, N, D - 1}, NULL, &rows, &err), GY_EDATA);
    cr_assert_not_null(strstr(err.text, "4 columns"), "%s", err.text);
    gy_mixture_clear(&model);
    free(labels);
    free(again);
    free(log_density);
    free(density_again);
    free((void *)x.values);
  }
}

Test(mixture, the_likelihood_never_falls) {
  for (int type = 0; type < GY_COVARIANCE_COUNT; type++) {
    for (uint64_t seed = 0; seed < 3; seed++) {
      gy_matrix x = make_groups(3000, 4, 5, 0.8, seed);
      int32_t *labels = rough_labels(3000, 4);
      gy_mixture_options options = gy_mixture_defaults(4);
      double before = -INFINITY;
      options.covariance = (gy_covariance)type;
      options.initial_labels = labels;
      options.tolerance = options.regularization = 0;
      for (options.max_iterations = 1; options.max_iterations < 60;
           options.max_iterations += options.max_iterations < 12 ? 1 : 6) {
        gy_mixture model;
        fit(x, &options, 1, &model, NULL);
        cr_expect(model.log_likelihood > before - 1e-8 * fabs(before),
                  "%s, seed %d, iteration %d: %.9f after %.9f", gy_covariance_name(options.covariance),
                  (int)seed, options.max_iterations, model.log_likelihood, before);
        before = model.log_likelihood;
        gy_mixture_clear(&model);
      }
      free(labels);
      free((void *)x.values);
    }
  }
}

Test(mixture, gives_the_same_bytes_on_any_number_of_threads) {
  enum { N = 30000, D = 7, K = 5 };
  static const int threads[] = {1, 2, 3, 7};
  gy_matrix x = make_groups(N, D, K, 0.7, 4);
  float *weights = malloc(sizeof(float) * N);
  for (size_t i = 0; i < N; i++) weights[i] = 0.1f * (float)(i % 7);
  for (int type = 0; type < GY_COVARIANCE_COUNT; type++) {
    gy_mixture first = {0};
    for (size_t t = 0; t < 4; t++) {
      gy_mixture_options options = gy_mixture_defaults(K);
      gy_mixture model;
      options.covariance = (gy_covariance)type;
      options.n_starts = 2;
      options.max_iterations = 20;
      options.weights = weights;
      fit(x, &options, threads[t], &model, NULL);
      if (t == 0) {
        first = model;
        continue;
      }
      size_t length = gy_covariance_count(model.covariance, K) * gy_covariance_length(model.covariance, D);
      cr_assert_arr_eq(first.means, model.means, sizeof(double) * K * D, "%d threads", threads[t]);
      cr_assert_arr_eq(first.weights, model.weights, sizeof(double) * K, "%d threads", threads[t]);
      cr_assert_arr_eq(first.covariances, model.covariances, sizeof(double) * length, "%d threads",
                       threads[t]);
      cr_assert_eq(memcmp(&first.bic, &model.bic, sizeof(double)), 0, "%d threads", threads[t]);
      gy_mixture_clear(&model);
    }
    gy_mixture_clear(&first);
  }
  free(weights);
  free((void *)x.values);
}

Test(mixture, a_weight_of_two_is_a_row_twice) {
  gy_matrix x = make_groups(300, 3, 3, 4, 8);
  float *doubled = malloc(600 * 3 * sizeof *doubled), weights[300];
  int32_t labels[300], doubled_labels[600];
  size_t n = 0;
  for (size_t i = 0; i < 300; i++) {
    weights[i] = (float)(i % 3);
    labels[i] = (int32_t)(i / 3 % 3);
    for (size_t copy = 0; copy < i % 3; copy++) {
      doubled_labels[n] = labels[i];
      memcpy(doubled + 3 * n++, gy_matrix_row(x, i), 3 * sizeof *doubled);
    }
  }
  gy_mixture weighted, repeated;
  gy_mixture_options options = gy_mixture_defaults(3);
  options.initial_labels = doubled_labels;
  fit((gy_matrix){doubled, n, 3}, &options, 1, &repeated, NULL);
  options.initial_labels = labels;
  options.weights = weights;
  fit(x, &options, 1, &weighted, NULL);
  cr_assert_float_eq(weighted.log_likelihood / repeated.log_likelihood, 1, 1e-7);
  cr_assert_float_eq(weighted.bic / repeated.bic, 1, 1e-7);
  gy_mixture_clear(&weighted);
  gy_mixture_clear(&repeated);
  free(doubled);
  free((void *)x.values);
}

/* Moving and stretching the columns moves and stretches the mixture, and costs no digits. */
Test(mixture, follows_translation_and_scaling) {
  enum { N = 2000, D = 3, K = 3 };
  static const double stretch[D] = {1024, 0x1p-20, 3};
  gy_matrix x = make_groups(N, D, K, 3, 2);
  float *far = malloc(sizeof(float) * N * D);
  int32_t *start = rough_labels(N, K), *labels = malloc(sizeof(int32_t) * N),
          *moved = malloc(sizeof(int32_t) * N);
  for (size_t i = 0; i < N * D; i++) ((float *)x.values)[i] = roundf(x.values[i] * 64) / 64;
  for (size_t i = 0; i < N * D; i++)
    far[i] = (float)(((double)x.values[i] + (i % D == 2 ? 5000 : 0)) * stretch[i % D]);
  gy_mixture_options options = gy_mixture_defaults(K);
  options.initial_labels = start;
  options.regularization = 0;
  for (int type = GY_COVARIANCE_FULL; type < GY_COVARIANCE_SPHERICAL; type++) {
    gy_mixture model, far_model;
    options.covariance = (gy_covariance)type;
    fit(x, &options, 1, &model, &(gy_mixture_rows){.labels = labels});
    fit((gy_matrix){far, N, D}, &options, 1, &far_model, &(gy_mixture_rows){.labels = moved});
    double shift = -N * log(stretch[0] * stretch[1] * stretch[2]);
    cr_expect_float_eq((far_model.log_likelihood - shift) / model.log_likelihood, 1, 1e-7);
    cr_expect_arr_eq(labels, moved, sizeof(int32_t) * N);
    gy_mixture_clear(&model);
    gy_mixture_clear(&far_model);
  }
  free(far);
  free(start);
  free(labels);
  free(moved);
  free((void *)x.values);
}

Test(mixture, finds_groups_of_different_shape) {
  enum { N = 9000 };
  gy_matrix x = make_groups(N, 2, 1, 0, 3);
  float *values = (float *)x.values;
  int32_t *truth = malloc(sizeof(int32_t) * N), *labels = malloc(sizeof(int32_t) * N);
  for (size_t i = 0; i < N; i++) {
    truth[i] = (int32_t)(i % 3);
    if (i % 3 == 0) values[2 * i] *= 20; /* a long one */
    if (i % 3 == 1) values[2 * i + 1] += 12;
    if (i % 3 == 2) values[2 * i] = 0.1f * values[2 * i], values[2 * i + 1] -= 12;
  }
  gy_mixture_options options = gy_mixture_defaults(3);
  gy_mixture model;
  double ari;
  fit(x, &options, 2, &model, &(gy_mixture_rows){.labels = labels});
  cr_assert_eq(gy_adjusted_rand(labels, 3, truth, 3, N, &ari, NULL), GY_OK);
  cr_assert_gt(ari, 0.99);
  gy_mixture_clear(&model);
  free(truth);
  free(labels);
  free(values);
}
