/* SPDX-License-Identifier: Apache-2.0
 *
 * The picture: forces against plain double loops, and what a picture owes the data. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/points.h"
#include "cluster/tsne_work.h"
#include "support/alloc_fail.h"

static gy_embedding draw(gy_matrix x, const gy_embedding_options *options, int threads, float *points) {
  gy_embedding result;
  gy_error err = {0};
  gy_task task = {.n_threads = threads};
  cr_assert_eq(gy_embedding_fit(x, options, &task, points, &result, &err), GY_OK, "%s", err.text);
  for (size_t i = 0; i < 2 * x.n_rows; i++) cr_assert(isfinite(points[i]), "point %zu", i / 2);
  cr_assert(result.kl_divergence >= 0, "%g", result.kl_divergence);
  return result;
}

/* Share of points whose nearest in the picture is of the same group (row i belongs to group i % k). */
static double agreement(const float *points, size_t n, size_t k) {
  size_t agree = 0;
  for (size_t i = 0; i < n; i++) {
    size_t nearest = i;
    double least = INFINITY;
    for (size_t j = 0; j < n; j++) {
      double right = (double)points[2 * i] - (double)points[2 * j];
      double up = (double)points[2 * i + 1] - (double)points[2 * j + 1];
      if (j == i || right * right + up * up >= least) continue;
      least = right * right + up * up;
      nearest = j;
    }
    agree += nearest % k == i % k;
  }
  return (double)agree / (double)n;
}

/* Repulsion by the tree against the sum over all pairs: `tolerance` for forces on the average, four times it
 * for the sum of any one point. */
static void compare_push(const float *positions, size_t n, double angle, double tolerance,
                         const gy_tsne_kernel *kernel, const char *name) {
  gy_quadtree tree;
  gy_layout count = {0};
  gy_quadtree_layout(&tree, n, &count);
  void *storage = aligned_alloc(GY_LAYOUT_ALIGNMENT, gy_layout_bytes(&count));
  gy_layout at = {.base = storage};
  gy_quadtree_layout(&tree, n, &at);
  gy_quadtree_build(&tree, positions);
  gy_tsne_sources *sources = malloc(sizeof *sources);
  gy_tsne_group *group = malloc(sizeof *group);
  size_t seen = 0;
  double off = 0, size = 0;
  for (size_t g = 0; g < tree.n_groups; g++) {
    gy_quadtree_push(&tree, g, angle, kernel, sources, group);
    for (size_t i = 0; i < group->n; i++, seen++) {
      const float *a = positions + 2 * (size_t)tree.rows[tree.groups[g].first + i];
      double force_x = 0, force_y = 0, sum = 0;
      for (size_t j = 0; j < n; j++) {
        double right = (double)a[0] - (double)positions[2 * j];
        double up = (double)a[1] - (double)positions[2 * j + 1];
        double w = 1 / (1 + right * right + up * up);
        sum += w;
        force_x += w * w * right;
        force_y += w * w * up;
      }
      cr_expect_float_eq((double)group->sum[i] / sum, 1, 4 * tolerance, "%s, %s: sum %g, not %g", name,
                         kernel->name, (double)group->sum[i], sum);
      off += hypot((double)group->force_x[i] - force_x, (double)group->force_y[i] - force_y);
      size += hypot(force_x, force_y);
    }
  }
  cr_expect_eq(seen, n, "%s: every point is in one group", name);
  cr_expect(off <= tolerance * size, "%s, %s: forces are off by %g of their size", name, kernel->name,
            off / size);
  free(sources);
  free(group);
  free(storage);
}

Test(embedding, repulsion_is_the_sum_over_all_pairs) {
  size_t count;
  const gy_tsne_kernel *const *kernels = gy_tsne_kernels(&count);
  for (size_t k = 0; k < count; k++) {
    gy_matrix spread = make_groups(3001, 2, 7, 8, 1), few = make_groups(5, 2, 1, 1, 2);
    compare_push(spread.values, 3001, 0, 1e-4, kernels[k], "exact");
    compare_push(spread.values, 3001, 0.5, 5e-3, kernels[k], "angle 0.5");
    compare_push(few.values, 5, 0.5, 5e-3, kernels[k], "five points");
    compare_push(few.values, 1, 0.5, 5e-3, kernels[k], "one point");
    /* Two places, each taken by many. */
    float twins[2 * 500];
    for (size_t i = 0; i < 500; i++) twins[2 * i] = twins[2 * i + 1] = i % 2 == 0 ? 0.25f : 3;
    compare_push(twins, 500, 0.5, 1e-4, kernels[k], "two places");
    /* One as far away as no picture is wide: crowded cells of the finest kind count as one. */
    ((float *)spread.values)[0] = 2000;
    compare_push(spread.values, 3001, 0.5, 2e-2, kernels[k], "one far away");
    free((void *)spread.values);
    free((void *)few.values);
  }
}

Test(embedding, attraction_is_the_sum_over_neighbours) {
  size_t count;
  const gy_tsne_kernel *const *kernels = gy_tsne_kernels(&count);
  static const size_t sizes[] = {0, 1, 15, 16, 17, 90, 256, 257, 700};
  gy_matrix y = make_groups(1000, 2, 5, 3, 1), p = make_groups(700, 1, 1, 1, 2);
  uint32_t columns[700];
  for (size_t i = 0; i < 700; i++) columns[i] = (uint32_t)(i * 37 % 1000);
  for (size_t k = 0; k < count; k++) {
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
      double force[2] = {0};
      for (size_t e = 0; e < sizes[s]; e++) {
        double right = (double)y.values[0] - (double)y.values[2 * columns[e]];
        double up = (double)y.values[1] - (double)y.values[2 * columns[e] + 1];
        double share = (double)p.values[e] / (1 + right * right + up * up);
        force[0] += share * right;
        force[1] += share * up;
      }
      gy_tsne_pull pull = kernels[k]->pull(y.values, y.values, columns, p.values, sizes[s]);
      cr_expect_float_eq((double)pull.x, force[0], 1e-4, "%s, %zu", kernels[k]->name, sizes[s]);
      cr_expect_float_eq((double)pull.y, force[1], 1e-4, "%s, %zu", kernels[k]->name, sizes[s]);
    }
  }
  free((void *)y.values);
  free((void *)p.values);
}

Test(embedding, affinities_are_symmetric_sum_to_one_and_have_the_perplexity) {
  static const struct {
    size_t n, d;
    double perplexity;
  } cases[] = {{2, 1, 1}, {10, 3, 3}, {500, 5, 30}, {900, 2, 10}};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    size_t n = cases[c].n;
    gy_matrix x = make_groups(n, cases[c].d, 3, 3, c);
    gy_kd_tree tree;
    gy_affinities p;
    cr_assert_eq(gy_kd_tree_build(x, NULL, &tree, NULL), GY_OK);
    cr_assert_eq(gy_tsne_affinities(&tree, cases[c].perplexity, NULL, &p, NULL), GY_OK);
    double *dense = calloc(n * n, sizeof *dense), sum = 0;
    for (size_t i = 0; i < n; i++) {
      for (size_t e = p.starts[i]; e < p.starts[i + 1]; e++) {
        cr_assert(e == p.starts[i] || p.columns[e] > p.columns[e - 1], "row %zu ascends", i);
        cr_assert_neq(p.columns[e], i);
        dense[i * n + p.columns[e]] = (double)p.values[e];
        sum += (double)p.values[e];
      }
    }
    cr_expect_float_eq(sum, 1, 1e-5, "case %zu: sum %g", c, sum);
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j < i; j++) cr_assert_eq(dense[i * n + j], dense[j * n + i]);
    free(dense);
    gy_affinities_clear(&p);
    gy_kd_tree_clear(&tree);
    free((void *)x.values);
  }
}

Test(embedding, separated_groups_stay_separated) {
  static const struct {
    size_t n, d, k;
  } cases[] = {{600, 2, 3}, {1500, 20, 10}, {1000, 200, 5}, {300, 1, 2}};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    size_t n = cases[c].n;
    gy_matrix x = make_groups(n, cases[c].d, (int)cases[c].k, cases[c].d == 1 ? 100 : 25, 40 + c);
    gy_embedding_options options = gy_embedding_defaults();
    options.iterations = 400;
    float *points = malloc(2 * n * sizeof *points);
    gy_embedding result = draw(x, &options, 2, points);
    double same = agreement(points, n, cases[c].k);
    cr_expect(same >= 0.99, "%zu x %zu: %g of the neighbours are of the same group", n, cases[c].d, same);
    cr_expect_eq(result.n_embedded, n);
    gy_embedding_quality_result quality;
    cr_assert_eq(gy_embedding_quality(x, (gy_matrix){points, n, 2}, 12, 400, 1, NULL, &quality, NULL), GY_OK);
    cr_expect(quality.trustworthiness > 0.9, "%zu x %zu: trustworthiness %g", n, cases[c].d,
              quality.trustworthiness);
    free(points);
    free((void *)x.values);
  }
}

Test(embedding, gives_the_same_bytes_on_any_number_of_threads) {
  static const int threads[] = {1, 2, 3, 7};
  size_t n = 1500;
  gy_matrix x = make_groups(n, 6, 5, 3, 1);
  gy_embedding_options options = gy_embedding_defaults();
  options.iterations = 300;
  options.max_points = 1200; /* the others are placed */
  float *first = malloc(2 * n * sizeof *first), *points = malloc(2 * n * sizeof *points);
  gy_embedding expected = draw(x, &options, 1, first);
  cr_expect_eq(expected.n_embedded, 1200);
  for (size_t t = 1; t < 4; t++) {
    gy_embedding result = draw(x, &options, threads[t], points);
    cr_assert_arr_eq(first, points, 2 * n * sizeof *points, "%d threads", threads[t]);
    cr_assert_eq(memcmp(&expected.kl_divergence, &result.kl_divergence, sizeof(double)), 0);
  }
  options.seed = 1;
  draw(x, &options, 2, points);
  cr_expect(memcmp(first, points, 2 * n * sizeof *points) != 0, "another seed, another picture");
  free(first);
  free(points);
  free((void *)x.values);
}

Test(embedding, rows_beyond_the_sample_go_to_their_groups) {
  size_t n = 3000;
  gy_matrix x = make_groups(n, 8, 6, 25, 1);
  gy_embedding_options options = gy_embedding_defaults();
  options.max_points = 1000;
  options.iterations = 400;
  float *points = malloc(2 * n * sizeof *points);
  gy_embedding result = draw(x, &options, 2, points);
  cr_expect_eq(result.n_embedded, 1000);
  double same = agreement(points, n, 6);
  cr_expect(same >= 0.99, "%g", same);
  free(points);
  free((void *)x.values);
}

Test(embedding, odd_data_are_drawn_all_the_same) {
  static const struct {
    const char *name;
    size_t n, d;
    float values[12];
  } cases[] = {{"one row", 1, 3, {1, 2, 3}},
               {"two rows", 2, 2, {1, 2, 3, 4}},
               {"three rows", 3, 1, {1, 5, 6}},
               {"all rows equal", 6, 2, {3, 4, 3, 4, 3, 4, 3, 4, 3, 4, 3, 4}},
               {"a constant column", 4, 2, {5, 1, 5, 2, 5, 3, 5, 5}},
               {"huge beside tiny", 4, 2, {1e16f, 1e-30f, -1e16f, 2e-30f, 3e15f, 5e-30f, 0, 0}},
               {"denormals", 3, 2, {1e-44f, 0, 2e-44f, 3e-45f, 0, 1e-42f}}};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    float points[24];
    gy_embedding_options options = gy_embedding_defaults();
    draw((gy_matrix){cases[c].values, cases[c].n, cases[c].d}, &options, 1, points);
  }
  /* Many rows at few places. */
  float values[800], points[1600];
  for (size_t i = 0; i < 800; i++) values[i] = (float)(i % 3);
  gy_embedding_options options = gy_embedding_defaults();
  draw((gy_matrix){values, 800, 1}, &options, 2, points);
  /* Wide rows. */
  gy_matrix wide = make_groups(30, 2000, 3, 3, 1);
  draw(wide, &options, 2, points);
  free((void *)wide.values);
}

Test(embedding, quality_is_the_definition) {
  size_t n = 150, k = 7;
  gy_matrix x = make_groups(n, 5, 3, 2, 1), y = make_groups(n, 2, 3, 2, 2);
  double penalty = 0, kept = 0;
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < n; j++) {
      if (i == j) continue;
      size_t rank_x = 1, rank_y = 1;
      for (size_t l = 0; l < n; l++) {
        if (l == i || l == j) continue;
        double to_j = gy_kd_square(gy_matrix_row(x, i), 1, gy_matrix_row(x, j), 1, 5);
        rank_x += gy_kd_square(gy_matrix_row(x, i), 1, gy_matrix_row(x, l), 1, 5) < to_j;
        to_j = gy_kd_square(gy_matrix_row(y, i), 1, gy_matrix_row(y, j), 1, 2);
        rank_y += gy_kd_square(gy_matrix_row(y, i), 1, gy_matrix_row(y, l), 1, 2) < to_j;
      }
      if (rank_y > k) continue;
      penalty += rank_x > k ? (double)(rank_x - k) : 0;
      kept += rank_x <= k;
    }
  }
  double expected = 1 - penalty * 2 / (double)(n * k * (2 * n - 3 * k - 1));
  gy_embedding_quality_result quality;
  cr_assert_eq(gy_embedding_quality(x, y, (int32_t)k, n, 0, NULL, &quality, NULL), GY_OK);
  cr_expect_float_eq(quality.trustworthiness, expected, 1e-12);
  cr_expect_float_eq(quality.neighbours_kept, kept / (double)(n * k), 1e-12);
  cr_assert_eq(gy_embedding_quality(x, x, (int32_t)k, 50, 3, NULL, &quality, NULL), GY_OK);
  cr_expect_float_eq(quality.trustworthiness, 1, 1e-12, "data are a perfect picture of themselves");
  cr_expect_float_eq(quality.neighbours_kept, 1, 1e-12);
  cr_expect_eq(quality.n_used, 50);
  free((void *)x.values);
  free((void *)y.values);
}

Test(embedding, refuses_in_a_sentence) {
  float values[] = {1, 2, 3, NAN, 2e16f, 6}, points[12];
  static const struct {
    size_t n, skip;
    double perplexity, angle;
    gy_status status;
    const char *says;
  } cases[] = {{0, 0, 30, 0.5, GY_EDATA, "no rows"},
               {4, 0, 30, 0.5, GY_EDATA, "row 4, column 1 is not a number"},
               {2, 4, 30, 0.5, GY_EDATA, "row 1, column 1 is 2e+16"},
               {3, 0, 0.5, 0.5, GY_EUSAGE, "perplexity is 0.5"},
               {3, 0, NAN, 0.5, GY_EUSAGE, "perplexity is nan"},
               {3, 0, 30, 7, GY_EUSAGE, "angle (7)"}};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    gy_error err = {0};
    gy_embedding result;
    gy_embedding_options options = gy_embedding_defaults();
    options.perplexity = cases[c].perplexity;
    options.angle = cases[c].angle;
    gy_matrix x = {values + cases[c].skip, cases[c].n, 1};
    cr_expect_eq(gy_embedding_fit(x, &options, NULL, points, &result, &err), cases[c].status, "case %zu", c);
    cr_expect(strstr(err.text, cases[c].says) != NULL, "case %zu: %s", c, err.text);
  }
}

Test(embedding, keeps_to_its_memory_budget_or_refuses) {
  gy_embedding_options options = gy_embedding_defaults();
  gy_task task = {.n_threads = 2, .memory_bytes = 1000000000};
  size_t full = gy_embedding_memory(100000, 20, &options, NULL);
  cr_expect(full > 100u << 20 && full < 1u << 30, "%zu bytes for 100,000 rows", full);
  cr_expect_leq(gy_embedding_memory(50000000, 20, &options, &task), task.memory_bytes);
  /* A smaller sample, and the result says so. */
  gy_matrix x = make_groups(4000, 4, 3, 10, 1);
  float *points = malloc(2 * 4000 * sizeof *points);
  task.memory_bytes = gy_embedding_memory(4000, 4, &options, &task) * 2 / 3;
  options.iterations = 50;
  gy_embedding result;
  gy_error err = {0};
  cr_assert_eq(gy_embedding_fit(x, &options, &task, points, &result, &err), GY_OK, "%s", err.text);
  cr_expect(result.n_embedded < 4000 && result.n_embedded >= 1000, "%zu", result.n_embedded);
  task.memory_bytes = 100000;
  cr_expect_eq(gy_embedding_fit(x, &options, &task, points, &result, &err), GY_ELIMIT);
  cr_expect(strstr(err.text, "the budget is 100000") != NULL, "%s", err.text);
  free(points);
  free((void *)x.values);
}

Test(embedding, can_be_cancelled) {
  gy_matrix x = make_groups(500, 4, 3, 10, 1);
  float points[1000];
  atomic_bool cancel = true;
  gy_task task = {.n_threads = 2, .cancel = &cancel};
  gy_embedding_options options = gy_embedding_defaults();
  gy_embedding result;
  cr_expect_eq(gy_embedding_fit(x, &options, &task, points, &result, NULL), GY_ECANCELLED);
  gy_embedding_quality_result quality;
  cr_expect_eq(gy_embedding_quality(x, x, 5, 100, 0, &task, &quality, NULL), GY_ECANCELLED);
  free((void *)x.values);
}

static gy_status draw_and_judge(void *user, gy_error *err) {
  const gy_matrix *x = user;
  static float points[2 * 300];
  gy_task task = {.n_threads = 2};
  gy_embedding_options options = gy_embedding_defaults();
  options.iterations = 5;
  options.max_points = 200;
  gy_embedding result;
  gy_embedding_quality_result quality;
  gy_status status = gy_embedding_fit(*x, &options, &task, points, &result, err);
  if (status != GY_OK) return status;
  return gy_embedding_quality(*x, (gy_matrix){points, x->n_rows, 2}, 5, 50, 0, &task, &quality, err);
}

Test(embedding, every_failed_allocation_is_an_error_and_leaks_nothing) {
  gy_matrix x = make_groups(300, 3, 3, 5, 1);
  cr_assert_geq(alloc_fail_each("embedding", draw_and_judge, &x), 15);
  free((void *)x.values);
}
