/* SPDX-License-Identifier: Apache-2.0
 *
 * Principal components against a plain covariance matrix and Jacobi's eigenvalues, and against their laws. */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/points.h"
#include "num/pca_work.h"
#include "support/alloc_fail.h"

/* Eigenvalues of a symmetric matrix by Jacobi's rotations (1846), largest first. `a` is lost. */
static void plain_eigenvalues(double *a, size_t d, double *values) {
  for (int sweep = 0; sweep < 60; sweep++) {
    for (size_t p = 0; p < d; p++) {
      for (size_t q = p + 1; q < d; q++) {
        if (a[p * d + q] == 0) continue;
        double angle = atan2(2 * a[p * d + q], a[q * d + q] - a[p * d + p]) / 2;
        double c = cos(angle), s = sin(angle);
        for (size_t j = 0; j < d; j++) {
          double x = a[p * d + j], y = a[q * d + j];
          a[p * d + j] = c * x - s * y;
          a[q * d + j] = s * x + c * y;
        }
        for (size_t j = 0; j < d; j++) {
          double x = a[j * d + p], y = a[j * d + q];
          a[j * d + p] = c * x - s * y;
          a[j * d + q] = s * x + c * y;
        }
      }
    }
  }
  for (size_t i = 0; i < d; i++) values[i] = a[i * d + i];
  for (size_t i = 0; i < d; i++)
    for (size_t j = i + 1; j < d; j++)
      if (values[j] > values[i]) {
        double kept = values[i];
        values[i] = values[j];
        values[j] = kept;
      }
}

static void plain_covariance(gy_matrix x, double *mean, double *cov) {
  size_t n = x.n_rows, d = x.n_columns;
  memset(mean, 0, d * sizeof *mean);
  memset(cov, 0, d * d * sizeof *cov);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < d; j++) mean[j] += (double)gy_matrix_row(x, i)[j] / (double)n;
  for (size_t i = 0; i < n; i++)
    for (size_t a = 0; a < d; a++)
      for (size_t b = 0; b < d; b++)
        cov[a * d + b] += ((double)gy_matrix_row(x, i)[a] - mean[a]) *
                          ((double)gy_matrix_row(x, i)[b] - mean[b]) / (double)(n - 1);
}

static gy_pca fit(gy_matrix x, int32_t k, gy_pca_method method, int threads) {
  gy_pca model;
  gy_error err = {0};
  gy_task task = {.n_threads = threads};
  gy_pca_options options = gy_pca_defaults(k);
  options.method = method;
  cr_assert_eq(gy_pca_fit(x, &options, &task, &model, &err), GY_OK, "%s", err.text);
  return model;
}

static void expect_orthonormal(const gy_pca *model, double tolerance, const char *name) {
  size_t d = model->n_columns, k = (size_t)model->n_components;
  for (size_t a = 0; a < k; a++) {
    for (size_t b = 0; b <= a; b++) {
      double dot = 0;
      for (size_t j = 0; j < d; j++) dot += model->components[a * d + j] * model->components[b * d + j];
      cr_expect_float_eq(dot, a == b ? 1 : 0, tolerance, "%s: components %zu, %zu: %g", name, a, b, dot);
    }
    size_t most = 0;
    for (size_t j = 1; j < d; j++)
      if (fabs(model->components[a * d + j]) > fabs(model->components[a * d + most])) most = j;
    cr_expect(model->components[a * d + most] > 0, "%s: sign of component %zu", name, a);
  }
}

Test(pca, agrees_with_jacobi_in_every_shape) {
  static const size_t shapes[][2] = {{2, 1},    {2, 5},     {5, 2},    {64, 3},  {65, 7},   {300, 8},
                                     {1000, 9}, {4099, 16}, {500, 33}, {40, 70}, {6000, 24}};
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
    size_t n = shapes[s][0], d = shapes[s][1], k = n < d ? n : d;
    gy_matrix x = make_groups(n, d, 3, 3, s);
    double *mean = malloc(d * sizeof *mean), *cov = malloc(d * d * sizeof *cov);
    double *values = malloc(d * sizeof *values);
    plain_covariance(x, mean, cov);
    plain_eigenvalues(cov, d, values);
    for (int method = GY_PCA_COVARIANCE; method <= GY_PCA_RANDOMISED; method++) {
      gy_pca model = fit(x, 0, (gy_pca_method)method, 2);
      double sum = 0, ratios = 0;
      cr_assert_eq((size_t)model.n_components, k);
      cr_expect_eq((int)model.method, method);
      for (size_t i = 0; i < k; i++) {
        cr_expect_float_eq(model.explained_variance[i], values[i], 1e-10 * values[0],
                           "%zu x %zu, method %d, variance %zu: %.15g, expected %.15g", n, d, method, i,
                           model.explained_variance[i], values[i]);
        sum += model.explained_variance[i];
        ratios += model.explained_variance_ratio[i];
      }
      for (size_t j = 0; j < d; j++) cr_expect_float_eq(model.mean[j], mean[j], 1e-10, "%zu x %zu", n, d);
      cr_expect_float_eq(sum / model.total_variance, 1, 1e-11, "%zu x %zu, method %d", n, d, method);
      cr_expect_float_eq(ratios, 1, 1e-11);
      expect_orthonormal(&model, 1e-10, method == GY_PCA_COVARIANCE ? "covariance" : "randomised");
      gy_pca_clear(&model);
    }
    free(mean);
    free(cov);
    free(values);
    free((void *)x.values);
  }
}

/* Groups in 12 dimensions seen through 300 columns, and a little noise. */
static gy_matrix make_wide(size_t n, size_t d) {
  gy_matrix inner = make_groups(n, 12, 5, 3, 1), mixing = make_groups(12, d, 1, 1, 2),
            noise = make_groups(n, d, 1, 1, 3);
  float *values = malloc(n * d * sizeof *values);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < d; j++) {
      float sum = 0.05f * gy_matrix_row(noise, i)[j];
      for (size_t l = 0; l < 12; l++) sum += gy_matrix_row(inner, i)[l] * gy_matrix_row(mixing, l)[j];
      values[i * d + j] = sum;
    }
  free((void *)inner.values);
  free((void *)mixing.values);
  free((void *)noise.values);
  return (gy_matrix){values, n, d};
}

Test(pca, randomised_finds_what_the_covariance_has) {
  gy_matrix x = make_wide(700, 300);
  gy_pca exact = fit(x, 8, GY_PCA_COVARIANCE, 2), random = fit(x, 8, GY_PCA_RANDOMISED, 2);
  expect_orthonormal(&random, 1e-12, "randomised");
  for (size_t i = 0; i < 8; i++) {
    double dot = 0;
    for (size_t j = 0; j < 300; j++) dot += exact.components[i * 300 + j] * random.components[i * 300 + j];
    cr_expect(dot > 1 - 1e-8, "component %zu: cosine %.12f", i, dot);
    cr_expect_float_eq(random.explained_variance[i] / exact.explained_variance[i], 1, 1e-9, "component %zu",
                       i);
    cr_expect_float_eq(random.explained_variance_ratio[i], exact.explained_variance_ratio[i], 1e-9);
  }
  gy_pca_clear(&exact);
  gy_pca_clear(&random);
  free((void *)x.values);
}

Test(pca, gives_the_same_bytes_on_any_number_of_threads) {
  static const int threads[] = {1, 2, 3, 7};
  static const size_t shapes[][2] = {{50000, 9}, {3000, 150}};
  for (size_t s = 0; s < 2; s++) {
    size_t n = shapes[s][0], d = shapes[s][1], k = 5;
    gy_matrix x = make_groups(n, d, 6, 2, s);
    float *first_scores = malloc(n * k * sizeof(float)), *scores = malloc(n * k * sizeof(float));
    for (int method = GY_PCA_COVARIANCE; method <= GY_PCA_RANDOMISED; method++) {
      gy_pca first = fit(x, (int32_t)k, (gy_pca_method)method, 1);
      for (size_t t = 0; t < 4; t++) {
        gy_task task = {.n_threads = threads[t]};
        gy_pca model = fit(x, (int32_t)k, (gy_pca_method)method, threads[t]);
        cr_assert_arr_eq(first.mean, model.mean, (d + k * d + 2 * k) * sizeof(double),
                         "%zu columns, method %d, %d threads", d, method, threads[t]);
        float *to = t == 0 ? first_scores : scores;
        cr_assert_eq(gy_pca_transform(&model, GY_PCA_SCORES, x, &task, to, NULL), GY_OK);
        cr_assert_arr_eq(first_scores, to, n * k * sizeof(float));
        gy_pca_clear(&model);
      }
      gy_pca_clear(&first);
    }
    free(first_scores);
    free(scores);
    free((void *)x.values);
  }
}

Test(pca, agrees_on_every_instruction_set) {
  size_t count;
  const gy_product_kernel *const *kernels = gy_product_kernels(&count);
  static const size_t columns[] = {1, 7, 8, 16, 17, 40, 129};
  for (size_t s = 0; s < sizeof columns / sizeof *columns; s++) {
    size_t d = columns[s], n = 777;
    gy_matrix x = make_groups(n, d, 4, 3, s);
    for (int method = GY_PCA_COVARIANCE; method <= GY_PCA_RANDOMISED; method++) {
      gy_pca first = {0};
      for (size_t k = 0; k < count; k++) {
        gy_pca model;
        gy_pca_options options = gy_pca_defaults(1);
        options.method = (gy_pca_method)method;
        options.power_iterations = 30;
        cr_assert_eq(gy_pca_fit_with(kernels[k], x, &options, NULL, &model, NULL), GY_OK);
        if (k == 0) first = model;
        cr_expect_float_eq(model.explained_variance[0] / first.explained_variance[0], 1, 1e-12,
                           "%s, %zu columns", kernels[k]->name, d);
        for (size_t j = 0; j < d; j++)
          cr_expect_float_eq(model.components[j], first.components[j], 1e-6, "%s, %zu columns, method %d",
                             kernels[k]->name, d, method);
        if (k > 0) gy_pca_clear(&model);
      }
      gy_pca_clear(&first);
    }
    free((void *)x.values);
  }
}

Test(pca, keeps_its_digits_far_from_zero) {
  gy_matrix x = make_groups(5000, 6, 4, 3, 1);
  for (size_t i = 0; i < 5000 * 6; i++)
    ((float *)x.values)[i] = roundf(x.values[i] * 16) / 16; /* so that adding 100,000 loses nothing */
  gy_pca near_model = fit(x, 0, GY_PCA_COVARIANCE, 2);
  for (size_t i = 0; i < 5000 * 6; i++) ((float *)x.values)[i] += 100000;
  gy_pca far_model = fit(x, 0, GY_PCA_COVARIANCE, 2);
  for (size_t i = 0; i < 6; i++)
    cr_expect_float_eq(far_model.explained_variance[i] / near_model.explained_variance[i], 1, 1e-12);
  gy_pca_clear(&near_model);
  gy_pca_clear(&far_model);
  free((void *)x.values);
}

Test(pca, inverse_is_the_identity_when_all_components_are_kept) {
  static const size_t columns[] = {1, 5, 16, 30};
  for (size_t s = 0; s < 4; s++) {
    size_t n = 400, d = columns[s];
    gy_matrix x = make_groups(n, d, 4, 3, s);
    gy_pca model = fit(x, 0, GY_PCA_AUTO, 2);
    float *z = malloc(n * d * sizeof *z), *back = malloc(n * d * sizeof *back);
    for (int view = GY_PCA_SCORES; view <= GY_PCA_ZCA; view++) {
      cr_assert_eq(gy_pca_transform(&model, (gy_pca_view)view, x, NULL, z, NULL), GY_OK);
      cr_assert_eq(gy_pca_inverse(&model, (gy_pca_view)view, (gy_matrix){z, n, d}, NULL, back, NULL), GY_OK);
      for (size_t i = 0; i < n * d; i++)
        cr_assert_float_eq((double)back[i], (double)x.values[i], 1e-5 * (1 + fabs((double)x.values[i])),
                           "%zu columns, view %d, value %zu", d, view, i);
      /* Scores have the components' variances; white rows have variance 1 and no covariance. */
      double *mean = malloc(d * sizeof *mean), *cov = malloc(d * d * sizeof *cov);
      plain_covariance((gy_matrix){z, n, d}, mean, cov);
      for (size_t a = 0; a < d; a++)
        for (size_t b = 0; b < d; b++) {
          double expected = view == GY_PCA_SCORES ? model.explained_variance[a] : 1;
          cr_expect_float_eq(cov[a * d + b], a == b ? expected : 0, 1e-5 * (1 + expected),
                             "%zu columns, view %d: (%zu, %zu) is %g", d, view, a, b, cov[a * d + b]);
        }
      free(mean);
      free(cov);
    }
    free(z);
    free(back);
    gy_pca_clear(&model);
    free((void *)x.values);
  }
}

/* scikit-learn 1.2.1, StandardScaler and PCA on the same columns, to six digits. */
Test(pca, wholesale_shares_are_the_published_ones) {
  static const double shares[] = {.440829, .283764, .123344, .093955, .047613, .010495};
  gy_matrix x = read_columns("wholesale/Wholesale_customers_data.csv", (int[]){2, 3, 4, 5, 6, 7}, 6, 1);
  gy_pca model = fit(x, 0, GY_PCA_AUTO, 2);
  for (size_t i = 0; i < 6; i++)
    cr_expect_float_eq(model.explained_variance_ratio[i], shares[i], 6e-7, "share %zu: %.7f", i,
                       model.explained_variance_ratio[i]);
  gy_pca_clear(&model);
  free((void *)x.values);
}

typedef struct {
  const char *name;
  size_t n, d;
  float values[12];
} bad_case;

/* Whatever is finite has components; they are finite and orthonormal. */
Test(pca, odd_data_have_components_all_the_same) {
  static const bad_case cases[] = {
      {"all rows equal", 4, 3, {.1f, 7, -3, .1f, 7, -3, .1f, 7, -3, .1f, 7, -3}},
      {"zeros", 3, 4, {0}},
      {"a constant column", 4, 2, {5, 1, 5, 2, 5, 3, 5, 5}},
      {"huge beside tiny", 3, 2, {1e30f, 1e-30f, -1e30f, 2e-30f, 3e30f, 5e-30f}},
      {"the largest floats", 2, 2, {FLT_MAX, -FLT_MAX, -FLT_MAX, FLT_MAX}},
      {"denormals", 3, 2, {1e-44f, 0, 2e-44f, 3e-45f, 0, 1e-42f}},
      {"fewer rows than columns", 2, 6, {1, 2, 3, 4, 5, 6, 6, 5, 4, 3, 2, 2}},
  };
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    gy_matrix x = {cases[c].values, cases[c].n, cases[c].d};
    for (int method = GY_PCA_COVARIANCE; method <= GY_PCA_RANDOMISED; method++) {
      gy_pca model = fit(x, 0, (gy_pca_method)method, 1);
      float z[36];
      expect_orthonormal(&model, 1e-9, cases[c].name);
      for (int32_t i = 0; i < model.n_components; i++)
        cr_expect(isfinite(model.explained_variance[i]) && model.explained_variance[i] >= 0 &&
                      model.explained_variance_ratio[i] <= 1 + 1e-9,
                  "%s: variance %g", cases[c].name, model.explained_variance[i]);
      for (int view = GY_PCA_SCORES; view <= GY_PCA_ZCA; view++) {
        cr_assert_eq(gy_pca_transform(&model, (gy_pca_view)view, x, NULL, z, NULL), GY_OK);
        size_t k = gy_pca_view_columns(&model, (gy_pca_view)view);
        for (size_t i = 0; i < x.n_rows * k; i++)
          cr_expect(isfinite(z[i]) || c == 4, "%s, view %d: %g", cases[c].name, view, (double)z[i]);
      }
      gy_pca_clear(&model);
    }
  }
}

Test(pca, refuses_in_a_sentence) {
  float values[] = {1, 2, 3, 4, 5, NAN, 7, 8, INFINITY};
  static const struct {
    size_t n, d, skip;
    int32_t k;
    gy_status status;
    const char *says;
  } cases[] = {{1, 3, 0, 0, GY_EDATA, "1 rows have no variance"},
               {0, 3, 0, 0, GY_EDATA, "0 rows"},
               {2, 0, 0, 0, GY_EUSAGE, "no columns"},
               {2, 2, 0, 3, GY_EDATA, "at most 2 components, not 3"},
               {2, 2, 0, -1, GY_EUSAGE, "n_components is -1"},
               {2, 3, 0, 0, GY_EDATA, "row 2, column 3 is not a number"},
               {3, 1, 6, 0, GY_EDATA, "row 3, column 1 is inf"}};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    for (int method = GY_PCA_COVARIANCE; method <= GY_PCA_RANDOMISED; method++) {
      gy_error err = {0};
      gy_pca model;
      gy_pca_options options = gy_pca_defaults(cases[c].k);
      options.method = (gy_pca_method)method;
      gy_matrix x = {values + cases[c].skip, cases[c].n, cases[c].d};
      cr_expect_eq(gy_pca_fit(x, &options, NULL, &model, &err), cases[c].status, "case %zu", c);
      cr_expect(strstr(err.text, cases[c].says) != NULL, "case %zu: %s", c, err.text);
    }
  }
}

Test(pca, keeps_to_its_memory_budget_or_refuses) {
  gy_pca_options options = gy_pca_defaults(4);
  gy_task task = {.n_threads = 2, .memory_bytes = 64u << 20};
  /* Wide data of which a square matrix would not fit: the randomised way does. */
  gy_matrix x = make_groups(300, 3000, 3, 2, 1);
  options.power_iterations = 1000; /* so slow that by cost alone the covariance would be chosen */
  gy_pca model;
  gy_error err = {0};
  cr_assert_leq(gy_pca_memory(300, 3000, &options, &task), task.memory_bytes);
  options.method = GY_PCA_COVARIANCE;
  cr_assert_eq(gy_pca_fit(x, &options, &task, &model, &err), GY_ELIMIT);
  cr_expect(strstr(err.text, "bytes are needed") != NULL, "%s", err.text);
  options = gy_pca_defaults(4);
  cr_assert_eq(gy_pca_fit(x, &options, &task, &model, &err), GY_OK, "%s", err.text);
  cr_expect_eq(model.method, GY_PCA_RANDOMISED);
  gy_pca_clear(&model);
  /* Refused by arithmetic alone. */
  options.method = GY_PCA_RANDOMISED;
  cr_expect_eq(gy_pca_fit((gy_matrix){NULL, 50000000, 2000}, &options, &task, &model, &err), GY_ELIMIT);
  cr_expect_eq(gy_pca_memory(SIZE_MAX / 2, SIZE_MAX / 2, &options, &task), SIZE_MAX);
  free((void *)x.values);
}

Test(pca, can_be_cancelled) {
  gy_matrix x = make_groups(20000, 8, 3, 2, 1);
  atomic_bool cancel = true;
  gy_task task = {.n_threads = 2, .cancel = &cancel};
  for (int method = GY_PCA_COVARIANCE; method <= GY_PCA_RANDOMISED; method++) {
    gy_pca model;
    gy_pca_options options = gy_pca_defaults(2);
    options.method = (gy_pca_method)method;
    cr_expect_eq(gy_pca_fit(x, &options, &task, &model, NULL), GY_ECANCELLED);
  }
  free((void *)x.values);
}

static gy_status fit_both(void *user, gy_error *err) {
  const gy_matrix *x = user;
  gy_status status = GY_OK;
  for (int method = GY_PCA_COVARIANCE; status == GY_OK && method <= GY_PCA_RANDOMISED; method++) {
    gy_pca model;
    gy_pca_options options = gy_pca_defaults(3);
    options.method = (gy_pca_method)method;
    status = gy_pca_fit(*x, &options, NULL, &model, err);
    if (status != GY_OK) break;
    float *z = malloc(x->n_rows * 3 * sizeof *z);
    double loadings[3 * 20];
    gy_varimax_result result;
    status = z == NULL ? gy_fail(err, GY_ENOMEM, "no memory for scores")
                       : gy_pca_transform(&model, GY_PCA_WHITE, *x, NULL, z, err);
    gy_pca_loadings(&model, loadings);
    if (status == GY_OK) status = gy_varimax(loadings, 20, 3, true, NULL, NULL, &result, err);
    free(z);
    gy_pca_clear(&model);
  }
  return status;
}

Test(pca, every_failed_allocation_is_an_error_and_leaks_nothing) {
  gy_matrix x = make_groups(300, 20, 3, 2, 1);
  cr_assert_geq(alloc_fail_each("PCA", fit_both, &x), 10);
  free((void *)x.values);
}
