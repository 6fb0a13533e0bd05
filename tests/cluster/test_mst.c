/* SPDX-License-Identifier: Apache-2.0
 *
 * Spanning trees against the textbook's Prim in double, which the total order of edges makes comparable edge
 * by edge, and by way of each other: brute force, kd-tree, every instruction set, any number of threads. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "cluster/mst.h"
#include "cluster/points.h"
#include "cluster/single_linkage.h"
#include "num/kd_tree.h"
#include "support/alloc_fail.h"

static int by_value(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

static void plain_cores(gy_matrix x, size_t min_samples, double *core) {
  double *distances = malloc(x.n_rows * sizeof *distances);
  for (size_t i = 0; i < x.n_rows; i++) {
    for (size_t j = 0; j < x.n_rows; j++)
      distances[j] = sqrt(gy_kd_square(gy_matrix_row(x, i), 1, gy_matrix_row(x, j), 1, x.n_columns));
    qsort(distances, x.n_rows, sizeof *distances, by_value);
    core[i] = distances[min_samples - 1];
  }
  free(distances);
}

static bool before(const gy_mst_edge *a, const gy_mst_edge *b) {
  if (a->weight != b->weight) return a->weight < b->weight;
  if (a->distance != b->distance) return a->distance < b->distance;
  return a->a != b->a ? a->a < b->a : a->b < b->b;
}

static int by_order(const void *left, const void *right) {
  return before(left, right) ? -1 : before(right, left);
}

static gy_mst_edge edge_of(gy_matrix x, const double *core, uint32_t a, uint32_t b) {
  double distance = sqrt(gy_kd_square(gy_matrix_row(x, a), 1, gy_matrix_row(x, b), 1, x.n_columns));
  return (gy_mst_edge){fmax(distance, fmax(core[a], core[b])), distance, a < b ? a : b, a < b ? b : a};
}

static void plain_tree(gy_matrix x, const double *core, gy_mst_edge *edges) {
  gy_mst_edge *best = malloc(x.n_rows * sizeof *best);
  bool *in = calloc(x.n_rows, sizeof *in);
  uint32_t newest = 0;
  for (size_t i = 0; i < x.n_rows; i++) best[i].weight = INFINITY;
  for (size_t e = 0; e + 1 < x.n_rows; e++) {
    uint32_t next = UINT32_MAX;
    in[newest] = true;
    for (uint32_t i = 0; i < x.n_rows; i++) {
      if (in[i]) continue;
      gy_mst_edge edge = edge_of(x, core, newest, i);
      if (before(&edge, &best[i])) best[i] = edge;
      if (next == UINT32_MAX || before(&best[i], &best[next])) next = i;
    }
    edges[e] = best[next];
    newest = next;
  }
  qsort(edges, x.n_rows - 1, sizeof *edges, by_order);
  free(best);
  free(in);
}

static void build(gy_matrix x, gy_mst_options options, int threads, gy_mst_edge *edges, double *core) {
  gy_error err = {0};
  gy_task task = {.n_threads = threads};
  cr_assert_eq(gy_mst_build(x, &options, &task, edges, core, &err), GY_OK, "%s", err.text);
}

/* Equal edge by edge; the squares are compared before their roots are taken, so equal roots may stand in
 * another order here. */
static void check_tree(gy_matrix x, size_t min_samples, gy_mst_method method, const gy_mst_edge *expected,
                       const double *expected_core, const char *what) {
  size_t n = x.n_rows;
  gy_mst_edge *edges = malloc(n * sizeof *edges);
  double *core = malloc(n * sizeof *core);
  build(x, (gy_mst_options){.min_samples = min_samples, .method = method}, 2, edges, core);
  qsort(edges, n - 1, sizeof *edges, by_order);
  for (size_t i = 0; i < n; i++)
    cr_assert_eq(core[i], expected_core[i], "%s, min_samples %zu, method %d: core distance of row %zu", what,
                 min_samples, method, i);
  for (size_t e = 0; e + 1 < n; e++)
    cr_assert(by_order(&edges[e], &expected[e]) == 0,
              "%s, min_samples %zu, method %d: edge %zu is %u-%u at %.17g, not %u-%u at %.17g", what,
              min_samples, method, e, edges[e].a, edges[e].b, edges[e].weight, expected[e].a, expected[e].b,
              expected[e].weight);
  free(edges);
  free(core);
}

static void check_both(gy_matrix x, const char *what) {
  static const size_t min_samples[] = {1, 2, 5, 40};
  size_t n = x.n_rows;
  gy_mst_edge *expected = malloc(n * sizeof *expected);
  double *core = malloc(n * sizeof *core);
  for (size_t m = 0; m < sizeof min_samples / sizeof *min_samples && min_samples[m] <= n; m++) {
    plain_cores(x, min_samples[m], core);
    plain_tree(x, core, expected);
    check_tree(x, min_samples[m], GY_MST_PRIM, expected, core, what);
    check_tree(x, min_samples[m], GY_MST_BORUVKA, expected, core, what);
  }
  free(expected);
  free(core);
}

Test(mst, agrees_with_plain_prim_in_every_shape) {
  static const struct {
    size_t n, d;
  } cases[] = {{1, 1}, {2, 3}, {31, 2}, {33, 1}, {500, 1}, {700, 2}, {900, 3}, {600, 5}, {300, 9}, {200, 40}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char what[32];
    gy_matrix x = make_groups(cases[i].n, cases[i].d, 5, 3, i);
    snprintf(what, sizeof what, "%zu x %zu", cases[i].n, cases[i].d);
    check_both(x, what);
    free((void *)x.values);
  }
}

/* Small whole numbers: many equal rows, and nearly all distances tied. */
Test(mst, agrees_where_rows_and_distances_are_equal) {
  for (size_t d = 1; d <= 4; d++) {
    gy_rng rng;
    gy_rng_init(&rng, d, 0);
    float *values = malloc(400 * d * sizeof *values);
    for (size_t i = 0; i < 400 * d; i++)
      values[i] = (float)gy_rng_below(&rng, 20 / d + 2) * (i % 3 == 0 ? -1 : 1);
    for (size_t i = 0; i < 400 * d; i++) values[i] = values[i] == 0 && i % 2 ? -0.0f : values[i];
    check_both((gy_matrix){values, 400, d}, "whole numbers");
    free(values);
  }
}

Test(mst, agrees_at_the_ends_of_the_number_line) {
  static const float scales[] = {1e-44f, 1e-30f, 1e-20f, 1e8f, 1e15f};
  gy_matrix x = make_groups(300, 3, 4, 3, 9);
  for (size_t s = 0; s < sizeof scales / sizeof *scales; s++) {
    float *scaled = malloc(900 * sizeof *scaled);
    for (size_t i = 0; i < 900; i++) scaled[i] = x.values[i] * (i < 450 ? scales[s] : 1);
    check_both((gy_matrix){scaled, 300, 3}, "scaled by halves");
    free(scaled);
  }
  free((void *)x.values);
}

Test(mst, gives_the_same_bytes_on_any_number_of_threads_and_instruction_set) {
  enum { N = 3000 }; /* of 400 columns: enough for the threads to share the first steps */
  size_t n_kernels;
  const gy_prim_kernel *const *kernels = gy_prim_kernels(&n_kernels);
  static const size_t columns[] = {2, 5, 400};
  gy_mst_edge *first = calloc(N, sizeof *first), *edges = calloc(N, sizeof *edges);
  for (size_t c = 0; c < 3; c++) {
    gy_matrix x = make_groups(N, columns[c], 6, 2, c);
    build(x, (gy_mst_options){.min_samples = 7}, 1, first, NULL);
    for (int threads = 1; threads <= 3; threads++) {
      for (size_t k = 0; k < n_kernels; k++) {
        build(x, (gy_mst_options){7, GY_MST_PRIM, kernels[k]}, threads, edges, NULL);
        cr_assert_arr_eq(first, edges, N * sizeof *edges, "%s, %d threads", kernels[k]->name, threads);
      }
      build(x, (gy_mst_options){.min_samples = 7, .method = GY_MST_BORUVKA}, threads, edges, NULL);
      cr_assert_arr_eq(first, edges, N * sizeof *edges, "kd-tree, %d threads", threads);
    }
    free((void *)x.values);
  }
  free(first);
  free(edges);
}

/* Equal rows must not cost more than a look at each. */
Test(mst, a_million_equal_rows_are_quick, .timeout = 20) {
  enum { N = 1000000 };
  float *values = malloc(sizeof *values * N * 2);
  gy_mst_edge *edges = malloc(sizeof *edges * N);
  static const size_t distinct[] = {1, 3, 5000};
  for (size_t c = 0; c < 3; c++) {
    for (size_t i = 0; i < N; i++) {
      values[2 * i] = (float)(i % distinct[c]);
      values[2 * i + 1] = (float)(i % distinct[c] % 7);
    }
    build((gy_matrix){values, N, 2}, (gy_mst_options){.min_samples = 10}, 2, edges, NULL);
    size_t n_zero = 0;
    for (size_t e = 0; e + 1 < N; e++) n_zero += edges[e].weight == 0;
    cr_assert_eq(n_zero, N - distinct[c]);
  }
  free(values);
  free(edges);
}

/* Heights of scipy 1.10 linkage(x, "single") for x[i] = (i * i % 31, i * 7 % 17), i = 0..11. */
Test(mst, single_linkage_has_the_heights_of_scipy) {
  float values[24];
  gy_dendrogram tree;
  gy_error err = {0};
  for (int i = 0; i < 12; i++) {
    values[2 * i] = (float)(i * i % 31);
    values[2 * i + 1] = (float)(i * 7 % 17);
  }
  static const double heights[] = {2.23606797749979,   2.8284271247461903, 3.1622776601683795,
                                   3.1622776601683795, 4.123105625617661,  5.385164807134504,
                                   5.656854249492381,  6.082762530298219,  8.54400374531753,
                                   9.486832980505138,  9.899494936611665};
  cr_assert_eq(gy_single_linkage((gy_matrix){values, 12, 2}, NULL, &tree, &err), GY_OK, "%s", err.text);
  for (int i = 0; i < 11; i++)
    cr_expect(fabs(tree.merges[i].height - heights[i]) <= 1e-9 * heights[i], "merge %d: %.15g, scipy %.15g",
              i, tree.merges[i].height, heights[i]);
  gy_dendrogram_clear(&tree);
}

Test(mst, single_linkage_refuses_with_a_sentence) {
  float bad[] = {0, 1, NAN, 2}, huge[] = {0, 1, 2, 1e20f}, good[] = {0, 1, 2, 3};
  const struct {
    gy_matrix x;
    size_t memory;
    gy_status status;
    const char *expected;
  } cases[] = {{{bad, 2, 2}, 0, GY_EDATA, "single linkage: row 2, column 1 is not a number"},
               {{huge, 2, 2}, 0, GY_EDATA, "single linkage: row 2, column 2 is 1e+20"},
               {{good, 0, 2}, 0, GY_EDATA, "no rows"},
               {{good, 4, 0}, 0, GY_EUSAGE, "no columns"},
               {{good, 2, 2}, 10, GY_ELIMIT, "the budget is 10"},
               {{good, (size_t)1 << 40, 2}, 0, GY_ELIMIT, "can be numbered"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gy_error err = {0};
    gy_dendrogram tree = {.n_leaves = -7};
    gy_task task = {.memory_bytes = cases[i].memory};
    cr_expect_eq(gy_single_linkage(cases[i].x, &task, &tree, &err), cases[i].status, "case %zu", i);
    cr_expect_not_null(strstr(err.text, cases[i].expected), "case %zu: %s", i, err.text);
    cr_expect_eq(tree.n_leaves, -7, "case %zu: the tree was touched", i);
  }
}

static void cancel_at_once(void *user, const char *phase, uint64_t done, uint64_t total, const char *unit) {
  (void)phase, (void)total, (void)unit;
  if (done > 0) atomic_store((atomic_bool *)user, true);
}

Test(mst, can_be_cancelled) {
  gy_matrix x = make_groups(20000, 3, 3, 1, 1);
  gy_mst_edge *edges = malloc(20000 * sizeof *edges);
  for (gy_mst_method method = GY_MST_PRIM; method <= GY_MST_BORUVKA; method++) {
    atomic_bool stop = false;
    gy_task task = {.n_threads = 2, .cancel = &stop, .user = &stop, .progress = cancel_at_once};
    gy_mst_options options = {.min_samples = 3, .method = method};
    cr_expect_eq(gy_mst_build(x, &options, &task, edges, NULL, NULL), GY_ECANCELLED, "method %d", method);
  }
  free(edges);
  free((void *)x.values);
}

static gy_status build_once(void *user, gy_error *err) {
  const gy_matrix *x = user;
  gy_task task = {.n_threads = 2};
  gy_mst_edge edges[200];
  gy_dendrogram tree;
  for (gy_mst_method method = GY_MST_PRIM; method <= GY_MST_BORUVKA; method++) {
    gy_status status =
        gy_mst_build(*x, &(gy_mst_options){.min_samples = 4, .method = method}, &task, edges, NULL, err);
    if (status != GY_OK) return status;
  }
  gy_status status = gy_single_linkage(*x, &task, &tree, err);
  if (status == GY_OK) gy_dendrogram_clear(&tree);
  return status;
}

Test(mst, every_failed_allocation_is_an_error_and_leaks_nothing) {
  gy_matrix x = make_groups(200, 3, 3, 1, 1);
  cr_assert_geq(alloc_fail_each("distinct rows", build_once, &x), 15);
  memcpy((float *)x.values, x.values + 30, 30 * sizeof(float));
  cr_assert_geq(alloc_fail_each("equal rows", build_once, &x), 18);
  free((void *)x.values);
}
