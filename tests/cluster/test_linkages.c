/* SPDX-License-Identifier: Apache-2.0
 *
 * Every linkage against the greedy algorithm written down as simply as possible (all distances, the nearest
 * pair first, the formula of Lance and Williams), and against the laws of trees. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/hierarchical.h>

#include "base/rng.h"
#include "cluster/linkage.h"
#include "cluster/points.h"

static gy_dendrogram fit(gy_matrix x, gy_linkage linkage, const float *weights, int threads) {
  gy_error err = {0};
  gy_dendrogram tree = {0};
  gy_task task = {.n_threads = threads};
  gy_hierarchical_options options = {.linkage = linkage, .weights = weights};
  cr_assert_eq(gy_hierarchical_fit(x, &options, &task, &tree, &err), GY_OK, "%s", err.text);
  return tree;
}

/* Squared where the formula works on squares. */
static int on_squares(gy_linkage linkage) {
  return linkage == GY_LINKAGE_WARD || linkage == GY_LINKAGE_CENTROID || linkage == GY_LINKAGE_MEDIAN;
}

/* Distance of k to the union of i and j (Lance and Williams 1967). */
static double lance_williams(gy_linkage linkage, double ik, double jk, double ij, double wi, double wj,
                             double wk) {
  double w = wi + wj;
  switch (linkage) {
    case GY_LINKAGE_WARD:
      return ((wi + wk) * ik + (wj + wk) * jk - wk * ij) / (w + wk);
    case GY_LINKAGE_AVERAGE:
      return (wi * ik + wj * jk) / w;
    case GY_LINKAGE_COMPLETE:
      return fmax(ik, jk);
    case GY_LINKAGE_SINGLE:
      return fmin(ik, jk);
    case GY_LINKAGE_WEIGHTED:
      return (ik + jk) / 2;
    case GY_LINKAGE_CENTROID:
      return (wi * ik + wj * jk) / w - wi * wj * ij / (w * w);
    default:
      return ik / 2 + jk / 2 - ij / 4;
  }
}

static void all_distances(gy_matrix x, gy_linkage linkage, const double *weights, double *distances) {
  size_t n = x.n_rows;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) {
      double sum = 0;
      for (size_t c = 0; c < x.n_columns; c++)
        sum += pow((double)gy_matrix_row(x, i)[c] - (double)gy_matrix_row(x, j)[c], 2);
      if (linkage == GY_LINKAGE_WARD) sum *= 2 * weights[i] * weights[j] / (weights[i] + weights[j]);
      distances[i * n + j] = on_squares(linkage) ? sum : sqrt(sum);
    }
}

/* Heights and sizes of the greedy algorithm, in O(n^3). */
static void plain_linkage(gy_matrix x, gy_linkage linkage, const float *weights, double *heights,
                          double *sizes) {
  size_t n = x.n_rows;
  double *distances = malloc(n * n * sizeof *distances), *w = malloc(n * sizeof *w);
  for (size_t i = 0; i < n; i++) w[i] = weights == NULL ? 1 : (double)weights[i];
  all_distances(x, linkage, w, distances);
  for (size_t step = 0; step + 1 < n; step++) {
    size_t a = 0, b = 0;
    double best = INFINITY;
    for (size_t i = 0; i < n; i++)
      for (size_t j = i + 1; j < n; j++)
        if (w[i] > 0 && w[j] > 0 && distances[i * n + j] < best) {
          a = i;
          b = j;
          best = distances[i * n + j];
        }
    for (size_t k = 0; k < n; k++) {
      if (w[k] <= 0 || k == a || k == b) continue;
      double united =
          lance_williams(linkage, distances[a * n + k], distances[b * n + k], best, w[a], w[b], w[k]);
      distances[b * n + k] = distances[k * n + b] = united;
    }
    heights[step] = on_squares(linkage) ? sqrt(fmax(best, 0)) : best;
    sizes[step] = w[a] + w[b];
    w[b] += w[a];
    w[a] = 0;
  }
  free(distances);
  free(w);
}

/* Every cluster is used once, sizes add up, and n_inversions tells the truth. */
static void check_tree(const gy_dendrogram *tree, gy_linkage linkage, const char *name) {
  int32_t n = tree->n_leaves, inversions = 0;
  bool *used = calloc(2 * (size_t)n, sizeof *used);
  for (int32_t i = 0; i < n - 1; i++) {
    gy_merge m = tree->merges[i];
    cr_assert(m.a < m.b && m.a >= 0 && m.b < n + i && !used[m.a] && !used[m.b], "%s, merge %d", name, i);
    used[m.a] = used[m.b] = true;
    double below = m.a < n ? 0 : tree->merges[m.a - n].height;
    if (m.b >= n) below = fmax(below, tree->merges[m.b - n].height);
    inversions += m.height < below;
    double a = m.a >= n ? tree->merges[m.a - n].size : tree->leaf_sizes == NULL ? 1 : tree->leaf_sizes[m.a];
    double b = m.b >= n ? tree->merges[m.b - n].size : tree->leaf_sizes == NULL ? 1 : tree->leaf_sizes[m.b];
    cr_assert_float_eq(m.size, a + b, 1e-9 * m.size, "%s, merge %d", name, i);
  }
  cr_assert_eq(inversions, tree->n_inversions, "%s", name);
  if (linkage != GY_LINKAGE_CENTROID && linkage != GY_LINKAGE_MEDIAN) cr_assert_eq(inversions, 0, "%s", name);
  free(used);
}

static void compare(const gy_dendrogram *tree, const double *heights, const double *sizes, const char *name) {
  for (int32_t i = 0; i < tree->n_leaves - 1; i++) {
    cr_assert_float_eq(tree->merges[i].height, heights[i], 1e-9 * heights[i] + 1e-12,
                       "%s, merge %d: %.12g, %.12g", name, i, tree->merges[i].height, heights[i]);
    cr_assert_float_eq(tree->merges[i].size, sizes[i], 1e-9 * sizes[i], "%s, merge %d: size %g, expected %g",
                       name, i, tree->merges[i].size, sizes[i]);
  }
}

static float *some_weights(size_t n, uint64_t seed) {
  gy_rng rng;
  gy_rng_init(&rng, seed, 0);
  float *weights = malloc(n * sizeof *weights);
  for (size_t i = 0; i < n; i++) weights[i] = (float)(0.5 + 5 * gy_rng_uniform(&rng));
  return weights;
}

Test(linkages, agree_with_the_greedy_algorithm_in_every_shape) {
  static const struct {
    size_t n, d;
    int k;
    double apart;
    bool weighted;
  } cases[] = {{1, 1, 1, 1, false},    {2, 3, 1, 1, true},    {3, 1, 1, 1, false},   {64, 2, 3, 4, false},
               {65, 2, 3, 4, true},    {130, 1, 5, 3, false}, {200, 5, 4, 2, false}, {200, 7, 4, 2, true},
               {300, 17, 6, 1, false}, {150, 70, 2, 0, true}, {257, 3, 10, 8, true}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    for (gy_linkage linkage = 0; linkage < GY_LINKAGE_COUNT; linkage++) {
      size_t n = cases[i].n;
      char name[64];
      gy_matrix x = make_groups(n, cases[i].d, cases[i].k, cases[i].apart, i + 1);
      float *weights = some_weights(n, i);
      double *heights = malloc(n * sizeof *heights), *sizes = malloc(n * sizeof *sizes);
      snprintf(name, sizeof name, "case %zu, %s", i, gy_linkage_name(linkage));
      gy_dendrogram tree = fit(x, linkage, cases[i].weighted ? weights : NULL, 2);
      plain_linkage(x, linkage, cases[i].weighted ? weights : NULL, heights, sizes);
      check_tree(&tree, linkage, name);
      compare(&tree, heights, sizes, name);
      gy_dendrogram_clear(&tree);
      free(heights);
      free(sizes);
      free(weights);
      free((void *)x.values);
    }
}

static void expect_equal(const gy_dendrogram *a, const gy_dendrogram *b, double tolerance, const char *name) {
  for (int32_t i = 0; i < a->n_leaves - 1; i++) {
    gy_merge p = a->merges[i], q = b->merges[i];
    cr_assert(p.a == q.a && p.b == q.b && p.size == q.size, "%s, merge %d: %d %d, %d %d", name, i, p.a, p.b,
              q.a, q.b);
    cr_assert(fabs(p.height - q.height) <= tolerance * p.height, "%s, merge %d: %.17g %.17g", name, i,
              p.height, q.height);
  }
}

Test(linkages, give_the_same_bytes_on_any_number_of_threads) {
  gy_matrix x = make_groups(5000, 60, 20, 1, 3); /* wide enough for a search to be shared */
  for (gy_linkage linkage = 0; linkage < GY_LINKAGE_COUNT; linkage++) {
    x.n_rows = linkage == GY_LINKAGE_WARD ? 5000 : 1500;
    gy_dendrogram one = fit(x, linkage, NULL, 1);
    for (int threads = 2; threads <= 5; threads += 3) {
      gy_dendrogram many = fit(x, linkage, NULL, threads);
      expect_equal(&one, &many, 0, gy_linkage_name(linkage));
      gy_dendrogram_clear(&many);
    }
    gy_dendrogram_clear(&one);
  }
  free((void *)x.values);
}

Test(linkages, give_the_same_tree_with_every_instruction_set) {
  size_t count;
  const gy_centroids_kernel *const *kernels = gy_centroids_kernels(&count);
  gy_matrix x = make_groups(700, 11, 5, 2, 9);
  for (gy_linkage linkage = 0; linkage < GY_LINKAGE_COUNT; linkage++) {
    gy_dendrogram first = fit(x, linkage, NULL, 2);
    for (size_t k = 1; k < count; k++) {
      gy_dendrogram other = {0};
      gy_hierarchical_options options = gy_hierarchical_defaults(linkage);
      cr_assert_eq(gy_hierarchical_fit_with(kernels[k], x, &options, NULL, &other, NULL), GY_OK);
      expect_equal(&first, &other, 1e-13, kernels[k]->name);
      gy_dendrogram_clear(&other);
    }
    gy_dendrogram_clear(&first);
  }
  free((void *)x.values);
}

Test(linkages, ignore_the_order_of_rows_and_where_zero_is) {
  enum { N = 400, D = 4 };
  gy_matrix x = make_groups(N, D, 5, 2, 12);
  float *moved = malloc(sizeof(float) * N * D), *reversed = malloc(sizeof(float) * N * D);
  for (size_t i = 0; i < N * D; i++) ((float *)x.values)[i] = roundf(x.values[i] * 4096) / 4096;
  for (size_t i = 0; i < N * D; i++) moved[i] = x.values[i] + 512;
  for (size_t i = 0; i < N * D; i++) ((float *)x.values)[i] = moved[i] - 512;
  for (size_t i = 0; i < N; i++) memcpy(reversed + i * D, gy_matrix_row(x, N - 1 - i), D * sizeof *reversed);
  for (gy_linkage linkage = 0; linkage < GY_LINKAGE_COUNT; linkage++) {
    gy_dendrogram plain = fit(x, linkage, NULL, 1), far = fit((gy_matrix){moved, N, D}, linkage, NULL, 1),
                  back = fit((gy_matrix){reversed, N, D}, linkage, NULL, 1);
    expect_equal(&plain, &far, 1e-9, gy_linkage_name(linkage));
    for (int32_t i = 0; i < N - 1; i++)
      cr_assert_float_eq(plain.merges[i].height, back.merges[i].height, 1e-9 * plain.merges[i].height,
                         "%s, merge %d", gy_linkage_name(linkage), i);
    gy_dendrogram_clear(&plain);
    gy_dendrogram_clear(&far);
    gy_dendrogram_clear(&back);
  }
  free(moved);
  free(reversed);
  free((void *)x.values);
}

Test(linkages, a_row_given_twice_is_a_weight_of_two) {
  enum { N = 90, D = 3 };
  gy_matrix x = make_groups(N, D, 3, 5, 8);
  float *doubled = malloc(sizeof(float) * 2 * N * D), weights[N];
  for (size_t i = 0; i < N; i++) {
    weights[i] = 2;
    memcpy(doubled + 2 * i * D, gy_matrix_row(x, i), D * sizeof *doubled);
    memcpy(doubled + (2 * i + 1) * D, gy_matrix_row(x, i), D * sizeof *doubled);
  }
  for (gy_linkage linkage = 0; linkage < GY_LINKAGE_COUNT; linkage++) {
    gy_dendrogram light = fit(x, linkage, weights, 1),
                  heavy = fit((gy_matrix){doubled, 2 * N, D}, linkage, NULL, 1);
    for (int32_t i = 0; i < N; i++) cr_assert_eq(heavy.merges[i].height, 0);
    for (int32_t i = 0; i < N - 1; i++)
      cr_assert_float_eq(light.merges[i].height, heavy.merges[N + i].height, 1e-9 * light.merges[i].height,
                         "%s, merge %d", gy_linkage_name(linkage), i);
    gy_dendrogram_clear(&light);
    gy_dendrogram_clear(&heavy);
  }
  free(doubled);
  free((void *)x.values);
}

/* Points that make one cluster swallow the others one at a time: rounds must give way to the chain. */
Test(linkages, chains_of_growing_gaps) {
  enum { N = 600 };
  float *x = malloc(sizeof(float) * N);
  double heights[N], sizes[N];
  x[0] = 0;
  for (size_t i = 1; i < N; i++) x[i] = x[i - 1] + 1 + (float)i;
  for (gy_linkage linkage = 0; linkage < GY_LINKAGE_COUNT; linkage++) {
    gy_dendrogram tree = fit((gy_matrix){x, N, 1}, linkage, NULL, 2);
    if (linkage == GY_LINKAGE_SINGLE || linkage == GY_LINKAGE_AVERAGE) {
      plain_linkage((gy_matrix){x, N, 1}, linkage, NULL, heights, sizes);
      compare(&tree, heights, sizes, gy_linkage_name(linkage));
    }
    check_tree(&tree, linkage, gy_linkage_name(linkage));
    gy_dendrogram_clear(&tree);
  }
  free(x);
}

Test(linkages, rounds_and_the_chain_alone_agree) {
  gy_matrix x = make_groups(900, 4, 6, 2, 21);
  static const gy_linkage linkages[] = {GY_LINKAGE_AVERAGE, GY_LINKAGE_COMPLETE, GY_LINKAGE_WEIGHTED};
  for (size_t l = 0; l < 3; l++) {
    gy_hierarchical_options options = gy_hierarchical_defaults(linkages[l]);
    gy_task task = {.n_threads = 2, .memory_bytes = SIZE_MAX};
    size_t roomy = gy_hierarchical_memory(900, 4, &options, &task);
    task.memory_bytes = roomy - 1;
    size_t tight = gy_hierarchical_memory(900, 4, &options, &task);
    cr_assert_lt(tight, roomy);
    gy_dendrogram rounds = fit(x, linkages[l], NULL, 2), chain = {0};
    cr_assert_eq(gy_hierarchical_fit(x, &options, &task, &chain, NULL), GY_OK);
    expect_equal(&rounds, &chain, 1e-12, gy_linkage_name(linkages[l]));
    gy_dendrogram_clear(&rounds);
    gy_dendrogram_clear(&chain);
  }
  free((void *)x.values);
}
