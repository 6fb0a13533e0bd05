/* SPDX-License-Identifier: Apache-2.0
 *
 * k-prototypes and k-modes against their definition. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/kprototypes.h>

#include "base/rng.h"
#include "support/alloc_fail.h"

/* n rows in `k` groups: p numbers around the group's middle, q categories that are the group's in most rows;
 * some missing. free both. */
static gy_mixed make_mixed(size_t n, size_t p, size_t q, size_t k, uint64_t seed) {
  gy_rng rng;
  gy_rng_init(&rng, seed, 0);
  float *numbers = malloc((n * p + 1) * sizeof *numbers);
  int32_t *codes = malloc((n * q + 1) * sizeof *codes);
  for (size_t i = 0; i < n * p; i++) numbers[i] = (float)(3.0 * (double)(i / p % k) + gy_rng_normal(&rng));
  for (size_t i = 0; i < n * q; i++) {
    double u = gy_rng_uniform(&rng);
    codes[i] = u < 0.05 ? -1 : u < 0.7 ? (int32_t)(i / q % k) : (int32_t)gy_rng_below(&rng, k + 2);
  }
  return (gy_mixed){n, numbers, p, codes, q};
}

static void clear_mixed(gy_mixed *x) {
  free((void *)x->numbers);
  free((void *)x->codes);
}

static double plain_distance(const gy_mixed *x, size_t row, const gy_kprototypes *m, size_t c) {
  double sum = 0;
  for (size_t j = 0; j < x->n_numbers; j++) {
    double difference = (double)x->numbers[row * x->n_numbers + j] - (double)m->centers[c * x->n_numbers + j];
    sum += difference * difference;
  }
  for (size_t j = 0; j < x->n_codes; j++) {
    int32_t code = x->codes[row * x->n_codes + j];
    if (code >= 0 && code != m->modes[c * x->n_codes + j]) sum += m->gamma;
  }
  return sum;
}

/* Mean and mode of what the labels say. */
static void check_prototypes(const gy_mixed *x, const gy_kprototypes *m, const int32_t *labels) {
  for (int32_t c = 0; c < m->n_clusters; c++) {
    if (m->sizes[c] == 0) continue;
    for (size_t j = 0; j < x->n_numbers; j++) {
      double sum = 0;
      for (size_t i = 0; i < x->n_rows; i++)
        sum += labels[i] == c ? (double)x->numbers[i * x->n_numbers + j] : 0;
      cr_assert_float_eq((double)m->centers[(size_t)c * x->n_numbers + j], sum / (double)m->sizes[c], 1e-5);
    }
    for (size_t j = 0; j < x->n_codes; j++) {
      int counts[64] = {0}, best = 0;
      for (size_t i = 0; i < x->n_rows; i++)
        if (labels[i] == c && x->codes[i * x->n_codes + j] >= 0) counts[x->codes[i * x->n_codes + j]]++;
      for (int level = 1; level < 64; level++) best = counts[level] > counts[best] ? level : best;
      cr_assert_eq(m->modes[(size_t)c * x->n_codes + j], counts[best] > 0 ? best : -1, "cluster %d", c);
    }
  }
}

Test(kprototypes, labels_costs_and_prototypes_agree_on_any_threads) {
  static const size_t shapes[][4] = {
      {200, 3, 2, 3}, {3000, 2, 0, 4}, {3000, 0, 5, 4}, {2500, 5, 3, 20}, {5, 1, 1, 5}};
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
    gy_mixed x = make_mixed(shapes[s][0], shapes[s][1], shapes[s][2], shapes[s][3], s);
    gy_kprototypes_options options = gy_kprototypes_defaults((int32_t)shapes[s][3]);
    int32_t *labels = malloc(x.n_rows * sizeof *labels), *again = malloc(x.n_rows * sizeof *again);
    double first_cost = 0;
    for (int threads = 1; threads <= 3; threads++) {
      gy_task task = {.n_threads = threads};
      gy_kprototypes model;
      gy_error err = {0};
      double cost = 0;
      cr_assert_eq(gy_kprototypes_fit(&x, &options, &task, &model, labels, &err), GY_OK, "%s", err.text);
      cr_assert(model.converged, "shape %zu", s);
      for (size_t i = 0; i < x.n_rows; i++) {
        double own = plain_distance(&x, i, &model, (size_t)labels[i]);
        cost += own;
        for (size_t c = 0; c < shapes[s][3]; c++)
          cr_assert_geq(plain_distance(&x, i, &model, c), own - 1e-4, "shape %zu, row %zu", s, i);
      }
      cr_assert_float_eq(model.cost, cost, 1e-5 * (1 + cost), "shape %zu: %g, not %g", s, model.cost, cost);
      check_prototypes(&x, &model, labels);
      if (threads == 1) first_cost = model.cost;
      cr_assert_eq(model.cost, first_cost, "shape %zu, %d threads", s, threads);
      cr_assert_eq(gy_kprototypes_predict(&model, &x, &task, again, NULL, NULL), GY_OK);
      cr_assert_arr_eq(labels, again, x.n_rows * sizeof *labels, "shape %zu", s);
      gy_kprototypes_clear(&model);
    }
    free(again);
    free(labels);
    clear_mixed(&x);
  }
}

/* Every partition of seven rows into two clusters. */
Test(kprototypes, reaches_the_best_of_all_partitions_of_few_rows) {
  int missed = 0;
  for (uint64_t seed = 0; seed < 20; seed++) {
    gy_mixed x = make_mixed(7, 1, 2, 2, seed);
    gy_kprototypes_options options = gy_kprototypes_defaults(2);
    options.n_starts = 20;
    gy_kprototypes model, trial;
    cr_assert_eq(gy_kprototypes_fit(&x, &options, NULL, &model, NULL, NULL), GY_OK);
    double best = INFINITY;
    for (unsigned split = 1; split < 127; split++) {
      int32_t modes[4];
      float centers[2];
      double cost = 0;
      trial = (gy_kprototypes){.n_clusters = 2, .modes = modes, .centers = centers, .gamma = model.gamma};
      for (unsigned c = 0; c < 2; c++) {
        double sum = 0, size = 0;
        for (unsigned i = 0; i < 7; i++)
          if ((split >> i & 1) == c) sum += (double)x.numbers[i], size++;
        centers[c] = (float)(sum / size);
        for (unsigned j = 0; j < 2; j++) {
          int counts[8] = {0}, most = 0;
          for (unsigned i = 0; i < 7; i++)
            if ((split >> i & 1) == c && x.codes[i * 2 + j] >= 0) counts[x.codes[i * 2 + j]]++;
          for (int level = 1; level < 8; level++) most = counts[level] > counts[most] ? level : most;
          modes[c * 2 + j] = most;
        }
      }
      for (unsigned i = 0; i < 7; i++) cost += plain_distance(&x, i, &trial, split >> i & 1);
      best = fmin(best, cost);
    }
    cr_assert_geq(model.cost, best - 1e-4, "seed %d", (int)seed);
    missed += model.cost > best + 1e-4;
    gy_kprototypes_clear(&model);
    clear_mixed(&x);
  }
  cr_assert_leq(missed, 2, "%d of 20 optima missed", missed);
}

Test(kprototypes, gamma_is_half_the_mean_deviation) {
  static const float numbers[] = {0, 0, 2, 6, 0, 6, 2, 0};
  static const int32_t codes[] = {0, 0, 1, 1};
  gy_mixed x = {4, numbers, 2, codes, 1}, modes = {4, NULL, 0, codes, 1};
  gy_kprototypes_options options = gy_kprototypes_defaults(2);
  gy_kprototypes model;
  cr_assert_eq(gy_kprototypes_fit(&x, &options, NULL, &model, NULL, NULL), GY_OK);
  cr_assert_float_eq(model.gamma, (1.0 + 3.0) / 4, 1e-9);
  gy_kprototypes_clear(&model);
  cr_assert_eq(gy_kprototypes_fit(&modes, &options, NULL, &model, NULL, NULL), GY_OK);
  cr_assert_float_eq(model.gamma, 1, 1e-9);
  cr_assert_float_eq(model.cost, 0, 1e-9);
  gy_kprototypes_clear(&model);
}

Test(kprototypes, meets_odd_data_with_a_result_or_a_sentence) {
  static const float same[] = {1, 1, 1, 1}, bad[] = {1, (float)NAN, 1, 1};
  static const int32_t unknown[] = {-1, -1, -1, -1}, levels[] = {0, 7, 0, 16777215}, out[] = {0, -2, 0, 0};
  const struct {
    gy_mixed x;
    int32_t k;
    double gamma;
    size_t budget;
    gy_status status;
    const char *part;
  } cases[] = {{{4, same, 1, unknown, 1}, 3, 0, 0, GY_OK, ""},
               {{4, NULL, 0, unknown, 1}, 2, 0, 0, GY_OK, ""},
               {{4, NULL, 0, levels, 1}, 2, 0, 0, GY_OK, ""},
               {{4, NULL, 0, levels, 1}, 2, 0, 1000000, GY_ELIMIT, "budget"},
               {{4, bad, 1, NULL, 0}, 2, 0, 0, GY_EDATA, "row 2, column 1"},
               {{4, NULL, 0, out, 1}, 2, 0, 0, GY_EDATA, "row 2, category 1 has code -2"},
               {{4, same, 1, NULL, 0}, 5, 0, 0, GY_EDATA, "fewer"},
               {{4, same, 1, NULL, 0}, 0, 0, 0, GY_EUSAGE, "n_clusters (0)"},
               {{4, same, 1, NULL, 0}, 1, -1, 0, GY_EUSAGE, "gamma is -1"},
               {{4, NULL, 0, NULL, 0}, 1, 0, 0, GY_EUSAGE, "no columns"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gy_task task = {.memory_bytes = cases[i].budget};
    gy_kprototypes_options options = gy_kprototypes_defaults(cases[i].k);
    gy_kprototypes model;
    gy_error err = {0};
    options.gamma = cases[i].gamma;
    cr_assert_eq(gy_kprototypes_fit(&cases[i].x, &options, &task, &model, NULL, &err), cases[i].status,
                 "case %zu: %s", i, err.text);
    cr_assert_not_null(strstr(err.text, cases[i].part), "case %zu: %s", i, err.text);
    if (cases[i].status == GY_OK) gy_kprototypes_clear(&model);
  }
}

static gy_status fit(void *user, gy_error *err) {
  gy_kprototypes_options options = gy_kprototypes_defaults(3);
  gy_kprototypes model;
  int32_t labels[100];
  gy_status status = gy_kprototypes_fit(user, &options, NULL, &model, labels, err);
  if (status != GY_OK) return status;
  status = gy_kprototypes_predict(&model, user, NULL, labels, NULL, err);
  gy_kprototypes_clear(&model);
  return status;
}

Test(kprototypes, every_failed_allocation_is_an_error_and_leaks_nothing) {
  gy_mixed x = make_mixed(100, 2, 2, 3, 1);
  cr_assert_geq(alloc_fail_each("gy_kprototypes_fit", fit, &x), 7);
  clear_mixed(&x);
}
