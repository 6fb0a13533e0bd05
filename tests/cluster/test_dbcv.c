/* SPDX-License-Identifier: Apache-2.0
 *
 * DBCV against the paper's formulas written down with loops over all pairs. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/dbcv.h>
#include <gyeol/hdbscan.h>

#include "cluster/points.h"
#include "support/alloc_fail.h"

enum { MAX_ROWS = 500 };

static double distance_of(gy_matrix x, size_t a, size_t b) {
  double sum = 0;
  for (size_t j = 0; j < x.n_columns; j++) {
    double difference = (double)gy_matrix_row(x, a)[j] - (double)gy_matrix_row(x, b)[j];
    sum += difference * difference;
  }
  return sqrt(sum);
}

typedef struct {
  gy_matrix x;
  const int32_t *labels;
  size_t n;
  double core[MAX_ROWS];
  int degree[MAX_ROWS];
  double sparseness[MAX_ROWS];
} plain;

static double reach(const plain *p, size_t a, size_t b) {
  return fmax(distance_of(p->x, a, b), fmax(p->core[a], p->core[b]));
}

static size_t count(const plain *p, int32_t cluster) {
  size_t m = 0;
  for (size_t i = 0; i < p->n; i++) m += p->labels[i] == cluster;
  return m;
}

static void plain_cores(plain *p) {
  double d = (double)p->x.n_columns;
  for (size_t a = 0; a < p->n; a++) {
    double sum = 0;
    for (size_t b = 0; b < p->n; b++)
      if (a != b && p->labels[a] == p->labels[b]) sum += pow(1 / distance_of(p->x, a, b), d);
    p->core[a] = pow(sum / (double)(count(p, p->labels[a]) - 1), -1 / d);
  }
}

/* Whether edge (a, b) comes before (c, d): by weight, then distance, then rows. Ties are common, since a core
 * distance is the weight of many edges, and which rows are inner depends on them. */
static bool before(const plain *p, size_t a, size_t b, size_t c, size_t d) {
  double one = reach(p, a, b), other = reach(p, c, d);
  if (one != other) return one < other;
  one = distance_of(p->x, a, b);
  other = distance_of(p->x, c, d);
  if (one != other) return one < other;
  size_t low = a < b ? a : b, other_low = c < d ? c : d;
  return low != other_low ? low < other_low : a + b < c + d;
}

/* Prim; leaves degrees, and the longest inner edge as sparseness. */
static void plain_tree(plain *p, int32_t cluster) {
  size_t from[MAX_ROWS], ends[2][MAX_ROWS], n_edges = 0, first = 0;
  double best[MAX_ROWS], weights[MAX_ROWS];
  bool in[MAX_ROWS] = {0};
  while (p->labels[first] != cluster) first++;
  for (size_t i = 0; i < p->n; i++) {
    best[i] = p->labels[i] == cluster && i != first ? reach(p, first, i) : INFINITY;
    from[i] = first;
  }
  in[first] = true;
  for (size_t m = count(p, cluster); n_edges + 1 < m; n_edges++) {
    size_t next = SIZE_MAX;
    for (size_t i = 0; i < p->n; i++)
      if (!in[i] && p->labels[i] == cluster && (next == SIZE_MAX || before(p, from[i], i, from[next], next)))
        next = i;
    in[next] = true;
    ends[0][n_edges] = from[next];
    ends[1][n_edges] = next;
    weights[n_edges] = best[next];
    p->degree[next]++;
    p->degree[from[next]]++;
    for (size_t i = 0; i < p->n; i++) {
      if (in[i] || p->labels[i] != cluster || !before(p, next, i, from[i], i)) continue;
      best[i] = reach(p, next, i);
      from[i] = next;
    }
  }
  double all = 0, inner = -1;
  for (size_t e = 0; e < n_edges; e++) {
    all = fmax(all, weights[e]);
    if (p->degree[ends[0][e]] > 1 && p->degree[ends[1][e]] > 1) inner = fmax(inner, weights[e]);
  }
  p->sparseness[cluster] = inner >= 0 ? inner : all;
}

static bool is_inner(const plain *p, size_t row) {
  return p->degree[row] > 1 || count(p, p->labels[row]) == 2;
}

static double plain_dbcv(gy_matrix x, const int32_t *labels, int32_t k, double *values) {
  plain *p = calloc(1, sizeof *p);
  double total = 0;
  *p = (plain){.x = x, .labels = labels, .n = x.n_rows};
  plain_cores(p);
  for (int32_t c = 0; c < k; c++)
    if (count(p, c) > 1) plain_tree(p, c);
  for (int32_t c = 0; c < k; c++) {
    double separation = INFINITY;
    values[c] = NAN;
    if (count(p, c) < 2) continue;
    for (size_t a = 0; a < p->n; a++)
      for (size_t b = 0; b < p->n; b++)
        if (labels[a] == c && labels[b] >= 0 && labels[b] != c && count(p, labels[b]) > 1 && is_inner(p, a) &&
            is_inner(p, b))
          separation = fmin(separation, reach(p, a, b));
    values[c] = (separation - p->sparseness[c]) / fmax(separation, p->sparseness[c]);
    total += values[c] * (double)count(p, c) / (double)p->n;
  }
  free(p);
  return total;
}

static double fit(gy_matrix x, const int32_t *labels, int32_t k, int threads, double *values) {
  gy_dbcv result;
  gy_error err = {0};
  gy_task task = {.n_threads = threads};
  cr_assert_eq(gy_dbcv_of(&(gy_clustering){x, labels, k}, &task, &result, values, &err), GY_OK, "%s",
               err.text);
  return result.value;
}

Test(dbcv, agrees_with_the_formulas) {
  static const struct {
    size_t n, d;
    int32_t k;
    double apart;
  } cases[] = {{60, 1, 2, 4},  {300, 2, 4, 4}, {300, 3, 3, 1},
               {200, 5, 2, 3}, {400, 8, 6, 2}, {100, 30, 3, 3}};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    size_t n = cases[c].n;
    int32_t k = cases[c].k, labels[MAX_ROWS];
    double values[8], expected[8];
    gy_matrix x = make_groups(n, cases[c].d, k, cases[c].apart, c);
    for (size_t i = 0; i < n; i++) labels[i] = i % 11 == 10 ? -1 : (int32_t)(i % (size_t)k);
    labels[n - 1] = k; /* a cluster of one row, and one of two */
    labels[n - 2] = labels[n - 3] = k + 1;
    double value = fit(x, labels, k + 2, 2, values), plain_value = plain_dbcv(x, labels, k + 2, expected);
    cr_expect_float_eq(value, plain_value, 1e-9, "case %zu: %.12g, expected %.12g", c, value, plain_value);
    for (int32_t a = 0; a < k + 2; a++)
      cr_expect((isnan(values[a]) && isnan(expected[a])) || fabs(values[a] - expected[a]) < 1e-9,
                "case %zu, cluster %d: %.12g, expected %.12g", c, a, values[a], expected[a]);
    cr_expect(isnan(values[k]));
    free((void *)x.values);
  }
}

Test(dbcv, tells_good_from_bad) {
  enum { N = 2000 };
  gy_matrix x = make_groups(N, 2, 4, 20, 1);
  int32_t *good = malloc(sizeof *good * N), *bad = malloc(sizeof *bad * N);
  for (size_t i = 0; i < N; i++) {
    good[i] = (int32_t)(i % 4);
    bad[i] = (int32_t)(i / 4 % 4);
  }
  cr_expect_gt(fit(x, good, 4, 2, NULL), 0.5);
  cr_expect_lt(fit(x, bad, 4, 2, NULL), 0);
  free(good);
  free(bad);
  free((void *)x.values);
}

Test(dbcv, neither_threads_nor_scale_nor_column_number_matter) {
  enum { N = 1200, D = 40 };
  gy_matrix x = make_groups(N, D, 3, 2, 3);
  float *scaled = malloc(sizeof *scaled * N * D);
  int32_t labels[N];
  for (size_t i = 0; i < N; i++) labels[i] = (int32_t)(i % 3);
  for (size_t i = 0; i < (size_t)N * D; i++) scaled[i] = 0x1p-20f * x.values[i];
  double one = fit(x, labels, 3, 1, NULL);
  cr_expect_eq(one, fit(x, labels, 3, 3, NULL));
  cr_expect_float_eq(one, fit((gy_matrix){scaled, N, D}, labels, 3, 2, NULL), 1e-9);
  /* 800 columns of 60 rows: powers of 800 must neither overflow nor vanish. */
  double wide = fit((gy_matrix){x.values, 60, 800}, labels, 3, 2, NULL);
  cr_expect(wide > -1 && wide < 1, "%g", wide);
  free(scaled);
  free((void *)x.values);
}

Test(dbcv, equal_rows_are_infinitely_dense) {
  float x[40];
  int32_t labels[40];
  double values[2];
  for (int i = 0; i < 40; i++) {
    x[i] = (float)(i % 2);
    labels[i] = i % 2;
  }
  cr_expect_eq(fit((gy_matrix){x, 40, 1}, labels, 2, 1, values), 1);
  for (int i = 0; i < 40; i++) x[i] = 7;
  cr_expect_eq(fit((gy_matrix){x, 40, 1}, labels, 2, 1, values), 0);
}

Test(dbcv, refuses_with_a_sentence) {
  float good[] = {0, 1, 5, 6}, bad[] = {0, 1, NAN, 6};
  int32_t two[] = {0, 0, 1, 1}, one[] = {0, 0, 0, 0}, noise[] = {-1, -1, -1, -1}, single[] = {0, 0, 0, 1},
          out[] = {0, 0, 1, 2}, below[] = {0, -2, 1, 1};
  const struct {
    const float *x;
    const int32_t *labels;
    size_t memory;
    gy_status status;
    const char *expected;
  } cases[] = {{bad, two, 0, GY_EDATA, "row 3, column 1 is not a number"},
               {good, one, 0, GY_EDATA, "dbcv: 1 clusters of two rows"},
               {good, noise, 0, GY_EDATA, "dbcv: 0 clusters"},
               {good, single, 0, GY_EDATA, "dbcv: 1 clusters"},
               {good, out, 0, GY_EDATA, "the label of row 4 is 2"},
               {good, below, 0, GY_EDATA, "the label of row 2 is -2"},
               {good, two, 50, GY_ELIMIT, "the budget is 50"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gy_error err = {0};
    gy_dbcv result = {.n_judged = -7};
    gy_task task = {.memory_bytes = cases[i].memory};
    gy_clustering c = {{cases[i].x, 4, 1}, cases[i].labels, 2};
    cr_expect_eq(gy_dbcv_of(&c, &task, &result, NULL, &err), cases[i].status, "case %zu", i);
    cr_expect_not_null(strstr(err.text, cases[i].expected), "case %zu: %s", i, err.text);
    cr_expect_eq(result.n_judged, -7, "case %zu: the result was touched", i);
  }
}

static gy_status judge_once(void *user, gy_error *err) {
  const gy_matrix *x = user;
  int32_t labels[150];
  gy_dbcv result;
  gy_task task = {.n_threads = 2};
  for (int32_t i = 0; i < 150; i++) labels[i] = i % 3 - (i % 50 == 0);
  return gy_dbcv_of(&(gy_clustering){*x, labels, 3}, &task, &result, NULL, err);
}

Test(dbcv, every_failed_allocation_is_an_error_and_leaks_nothing) {
  gy_matrix x = make_groups(150, 2, 3, 3, 1);
  cr_assert_geq(alloc_fail_each("gy_dbcv_of", judge_once, &x), 18);
  free((void *)x.values);
}
