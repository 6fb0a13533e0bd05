/* SPDX-License-Identifier: Apache-2.0
 *
 * HDBSCAN* against its definition carried out by recursion over components, and against its laws. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/hdbscan.h>
#include <gyeol/hierarchical.h>
#include <gyeol/agreement.h>

#include "cluster/mst.h"
#include "cluster/points.h"
#include "cluster/single_linkage.h"
#include "support/alloc_fail.h"

enum { MAX_ROWS = 600 };

static void fit(gy_matrix x, const gy_hdbscan_options *options, int threads, gy_hdbscan *model,
                int32_t *labels) {
  gy_error err = {0};
  gy_task task = {.n_threads = threads};
  cr_assert_eq(gy_hdbscan_fit(x, options, &task, model, labels, &err), GY_OK, "%s", err.text);
}

static double agreement(const int32_t *a, const int32_t *b, size_t n) {
  double ari;
  int32_t *left = malloc(n * sizeof *left), *right = malloc(n * sizeof *right);
  for (size_t i = 0; i < n; i++) {
    left[i] = a[i] + 1;
    right[i] = b[i] + 1;
  }
  cr_assert_eq(gy_adjusted_rand(left, (int32_t)n + 2, right, (int32_t)n + 2, n, &ari, NULL), GY_OK);
  free(left);
  free(right);
  return ari;
}

/* The definition, from the spanning tree's edges: a component loses its longest edges, equal ones at once. */
typedef struct {
  const gy_mst_edge *edges;
  size_t n, min_size;
  gy_hdbscan_options options;
  int32_t component[MAX_ROWS]; /* which component each row is in now */
  int32_t n_components;
  int32_t labels[MAX_ROWS];
  int32_t n_labels;
} plain;

static size_t size_of(const plain *p, int32_t component) {
  size_t size = 0;
  for (size_t i = 0; i < p->n; i++) size += p->component[i] == component;
  return size;
}

/* Weight of the longest edge inside a component; negative: none. */
static double longest(const plain *p, int32_t component) {
  double most = -1;
  for (size_t e = 0; e + 1 < p->n; e++)
    if (p->component[p->edges[e].a] == component && p->component[p->edges[e].b] == component)
      most = fmax(most, p->edges[e].weight);
  return most;
}

/* Cuts a component into what edges shorter than `weight` hold together; parts have new numbers from the
 * result on. */
static int32_t cut(plain *p, int32_t component, double weight) {
  int32_t first = p->n_components;
  bool within[MAX_ROWS];
  for (size_t i = 0; i < p->n; i++) {
    within[i] = p->component[i] == component;
    if (within[i]) p->component[i] = p->n_components++;
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t e = 0; e + 1 < p->n; e++) {
      int32_t *a = &p->component[p->edges[e].a], *b = &p->component[p->edges[e].b];
      if (!within[p->edges[e].a] || !within[p->edges[e].b] || p->edges[e].weight >= weight || *a == *b)
        continue;
      *a = *b = *a < *b ? *a : *b;
      changed = true;
    }
  }
  return first;
}

/* Returns the stability of the best choice in this cluster, and labels it. */
static double recurse(plain *p, int32_t component, double birth, bool root) {
  int32_t mine[MAX_ROWS];
  double stability = 0, below = 0, weight;
  memcpy(mine, p->component, sizeof mine);
  int32_t whole = component;
  while (component >= 0 && (weight = longest(p, component)) >= 0) {
    double lambda = 1 / weight;
    size_t before = size_of(p, component), n_large = 0, after = 0;
    int32_t first = cut(p, component, weight), end = p->n_components;
    component = -1;
    for (int32_t part = first; part < end; part++) {
      if (size_of(p, part) < p->min_size) continue;
      n_large++;
      component = part;
      after = size_of(p, part);
    }
    stability += (lambda - birth) * (double)(n_large == 1 ? before - after : before);
    if (n_large < 2) continue;
    for (int32_t part = first; part < end; part++)
      if (size_of(p, part) >= p->min_size) below += recurse(p, part, lambda, false);
    break;
  }
  if ((root && !p->options.allow_single_cluster) || below > stability) return below;
  for (size_t i = 0; i < p->n; i++)
    if (mine[i] == whole) p->labels[i] = p->n_labels;
  p->n_labels++;
  return stability;
}

static double plain_hdbscan(gy_matrix x, const gy_hdbscan_options *options, int32_t *labels) {
  plain *p = calloc(1, sizeof *p);
  gy_mst_edge edges[MAX_ROWS];
  size_t min_samples = (size_t)(options->min_samples == 0 ? options->min_cluster_size : options->min_samples);
  cr_assert_eq(gy_mst_build(x, &(gy_mst_options){.min_samples = min_samples}, NULL, edges, NULL, NULL),
               GY_OK);
  *p = (plain){.edges = edges,
               .n = x.n_rows,
               .min_size = (size_t)options->min_cluster_size,
               .options = *options,
               .n_components = 1};
  for (size_t i = 0; i < p->n; i++) p->labels[i] = -1;
  double best = recurse(p, 0, 0, true);
  memcpy(labels, p->labels, x.n_rows * sizeof *labels);
  free(p);
  return best;
}

Test(hdbscan, follows_its_definition) {
  static const struct {
    size_t n, d;
    int32_t min_cluster_size, min_samples;
    double apart;
  } cases[] = {{100, 2, 5, 0, 4},  {300, 2, 5, 0, 2},  {300, 1, 8, 3, 3}, {500, 3, 10, 1, 2},
               {400, 5, 15, 5, 3}, {200, 20, 4, 2, 1}, {600, 2, 2, 2, 1}, {50, 2, 30, 4, 3}};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    int32_t labels[MAX_ROWS], expected[MAX_ROWS];
    gy_hdbscan model;
    gy_matrix x = make_groups(cases[c].n, cases[c].d, 4, cases[c].apart, c);
    gy_hdbscan_options options = gy_hdbscan_defaults();
    options.min_cluster_size = cases[c].min_cluster_size;
    options.min_samples = cases[c].min_samples;
    fit(x, &options, 2, &model, labels);
    double mass = plain_hdbscan(x, &options, expected), found = 0;
    for (int32_t k = 0; k < model.n_clusters; k++) found += model.stabilities[k];
    cr_expect_eq(agreement(labels, expected, x.n_rows), 1, "case %zu", c);
    cr_expect_float_eq(found, mass, 1e-9 * mass + 1e-12, "case %zu: mass %.12g, expected %.12g", c, found,
                       mass);
    gy_hdbscan_clear(&model);
    free((void *)x.values);
  }
}

Test(hdbscan, results_agree_with_each_other) {
  gy_matrix x = make_groups(3000, 3, 5, 3, 2);
  int32_t labels[3000];
  for (int selection = 0; selection < 2; selection++) {
    gy_hdbscan model;
    gy_hdbscan_options options = gy_hdbscan_defaults();
    options.min_cluster_size = 20;
    options.selection = selection == 0 ? GY_HDBSCAN_EOM : GY_HDBSCAN_LEAF;
    fit(x, &options, 2, &model, labels);
    int64_t counts[64] = {0}, noise = 0;
    for (size_t i = 0; i < x.n_rows; i++) {
      const gy_hdbscan_node *node = &model.nodes[model.row_nodes[i]];
      cr_assert_eq(node->label, labels[i]);
      cr_assert_geq(model.row_lambdas[i], node->birth);
      cr_assert_leq(model.row_lambdas[i], node->death);
      cr_assert(model.probabilities[i] >= 0 && model.probabilities[i] <= 1);
      cr_assert(model.outlier_scores[i] >= 0 && model.outlier_scores[i] <= 1);
      cr_assert_eq(model.probabilities[i] > 0, labels[i] >= 0);
      if (labels[i] >= 0)
        counts[labels[i]]++;
      else
        noise++;
    }
    cr_assert_eq(noise, model.n_noise);
    for (int32_t k = 0; k < model.n_clusters; k++) {
      cr_assert_eq(model.sizes[k], counts[k]);
      cr_assert_geq(counts[k], 20);
      cr_assert(k == 0 || counts[k] <= counts[k - 1]);
    }
    gy_hdbscan_clear(&model);
  }
  free((void *)x.values);
}

/* With min_samples 1 the tree is single linkage: an epsilon cuts leaves up to the components that a cut of
 * the dendrogram at that height gives, less those with too few rows. */
Test(hdbscan, with_min_samples_one_it_is_single_linkage) {
  enum { N = 2000 };
  gy_matrix x = make_groups(N, 2, 6, 6, 4);
  gy_dendrogram tree;
  int32_t *cut = malloc(sizeof *cut * N), *labels = malloc(sizeof *labels * N), k;
  cr_assert_eq(gy_single_linkage(x, NULL, &tree, NULL), GY_OK);
  for (int i = 0; i < 5; i++) {
    gy_hdbscan model;
    double height = tree.merges[N - 3 - i * i].height * (1 - 1e-9);
    gy_hdbscan_options options = gy_hdbscan_defaults();
    options.min_samples = 1;
    options.min_cluster_size = 30;
    options.selection = GY_HDBSCAN_LEAF;
    options.cluster_selection_epsilon = height;
    fit(x, &options, 2, &model, labels);
    cr_assert_eq(gy_dendrogram_cut_at(&tree, height, cut, &k, NULL), GY_OK);
    int64_t *sizes = calloc((size_t)k, sizeof *sizes);
    for (size_t r = 0; r < N; r++) sizes[cut[r]]++;
    for (size_t r = 0; r < N; r++) {
      /* Every row of a large component is in the cluster that holds most of it; the rest fell out above. */
      cr_assert(sizes[cut[r]] < 30 || model.nodes[model.row_nodes[r]].label == labels[r]);
      for (size_t s = r + 1; s < N && s < r + 40; s++)
        if (sizes[cut[r]] >= 30 && sizes[cut[s]] >= 30)
          cr_assert_eq(cut[r] == cut[s], labels[r] == labels[s], "height %g, rows %zu and %zu", height, r, s);
    }
    free(sizes);
    gy_hdbscan_clear(&model);
  }
  gy_dendrogram_clear(&tree);
  free(cut);
  free(labels);
  free((void *)x.values);
}

Test(hdbscan, neither_rows_nor_threads_nor_place_matter) {
  enum { N = 4000, D = 3 };
  gy_matrix x = make_groups(N, D, 5, 2, 5);
  float *changed = malloc(sizeof *changed * N * D);
  int32_t *first = malloc(sizeof *first * N), *labels = malloc(sizeof *labels * N);
  gy_hdbscan model, other;
  gy_hdbscan_options options = gy_hdbscan_defaults();
  options.min_cluster_size = 25;
  for (size_t i = 0; i < N * D; i++) ((float *)x.values)[i] = roundf(x.values[i] * 1024) / 1024;
  fit(x, &options, 1, &model, first);
  for (int threads = 2; threads < 4; threads++) {
    fit(x, &options, threads, &other, labels);
    cr_expect_arr_eq(first, labels, sizeof *labels * N);
    cr_expect_arr_eq(model.row_lambdas, other.row_lambdas, sizeof(double) * N);
    cr_expect_arr_eq(model.outlier_scores, other.outlier_scores, sizeof(float) * N);
    gy_hdbscan_clear(&other);
  }
  for (size_t i = 0; i < N * D; i++) changed[i] = 4 * (x.values[i] + 64);
  fit((gy_matrix){changed, N, D}, &options, 2, &other, labels);
  cr_expect_arr_eq(first, labels, sizeof *labels * N);
  for (size_t i = 0; i < N; i++) cr_assert_eq(other.core_distances[i], 4 * model.core_distances[i]);
  gy_hdbscan_clear(&other);
  for (size_t i = 0; i < N; i++) memcpy(changed + i * D, gy_matrix_row(x, N - 1 - i), D * sizeof *changed);
  fit((gy_matrix){changed, N, D}, &options, 2, &other, labels);
  for (size_t i = 0; i < N; i++) {
    cr_assert_eq(first[i], labels[N - 1 - i], "row %zu", i);
    cr_assert_eq(model.row_lambdas[i], other.row_lambdas[N - 1 - i], "row %zu", i);
  }
  gy_hdbscan_clear(&other);
  gy_hdbscan_clear(&model);
  free(changed);
  free(first);
  free(labels);
  free((void *)x.values);
}

/* Two dense groups, a bridge, and a row far away, worked out by hand. */
Test(hdbscan, two_groups_on_a_line_by_hand) {
  float x[] = {0, 1, 2, 3, 10, 11, 12, 13, 30};
  int32_t labels[9];
  gy_hdbscan model;
  gy_hdbscan_options options = gy_hdbscan_defaults();
  options.min_cluster_size = 3;
  options.min_samples = 1;
  fit((gy_matrix){x, 9, 1}, &options, 1, &model, labels);
  cr_assert_arr_eq(labels, ((int32_t[]){0, 0, 0, 0, 1, 1, 1, 1, -1}), sizeof labels);
  cr_assert_eq(model.n_nodes, 3);
  cr_assert_float_eq(model.row_lambdas[8], 1.0 / 17, 1e-12);
  cr_assert_float_eq(model.nodes[1].birth, 1.0 / 7, 1e-12);
  cr_assert_float_eq(model.stabilities[0], 4 * (1 - 1.0 / 7), 1e-12);
  cr_assert_float_eq((double)model.outlier_scores[8], 1 - 1.0 / 17, 1e-6);
  cr_assert_eq(model.outlier_scores[0], 0);
  options.cluster_selection_epsilon = 8;
  options.allow_single_cluster = true;
  gy_hdbscan_clear(&model);
  fit((gy_matrix){x, 9, 1}, &options, 1, &model, labels);
  cr_assert_arr_eq(labels, ((int32_t[]){0, 0, 0, 0, 0, 0, 0, 0, -1}), sizeof labels);
  gy_hdbscan_clear(&model);
}

Test(hdbscan, one_cloud_is_one_cluster_where_that_is_allowed) {
  gy_matrix x = make_groups(1000, 2, 1, 0, 6);
  int32_t labels[1000];
  gy_hdbscan model;
  gy_hdbscan_options options = gy_hdbscan_defaults();
  options.min_cluster_size = 50;
  options.allow_single_cluster = true;
  fit(x, &options, 2, &model, labels);
  cr_assert_eq(model.n_clusters, 1);
  cr_assert_geq(model.sizes[0], 50);
  gy_hdbscan_clear(&model);
  free((void *)x.values);
}

/* All rows as one cluster, within an epsilon that none of them reaches, are none. */
Test(hdbscan, a_cluster_without_rows_is_none) {
  float x[] = {0, 10, 20, 30, 41};
  int32_t labels[5];
  gy_hdbscan model;
  gy_hdbscan_options options = gy_hdbscan_defaults();
  options.allow_single_cluster = true;
  options.min_samples = 1;
  options.min_cluster_size = 3;
  for (int i = 0; i < 2; i++) {
    options.cluster_selection_epsilon = i == 0 ? 0.5 : 10.5;
    fit((gy_matrix){x, 5, 1}, &options, 1, &model, labels);
    cr_expect_eq(model.n_clusters, i);
    cr_expect_eq(model.n_noise, i == 0 ? 5 : 1);
    gy_hdbscan_clear(&model);
  }
}

Test(hdbscan, predict_joins_new_rows) {
  enum { N = 2000, M = 500 };
  gy_matrix x = make_groups(N + M, 3, 4, 15, 7);
  gy_matrix fitted = {x.values, N, 3}, fresh = {x.values + N * 3, M, 3};
  int32_t labels[N], predicted[N], new_labels[M];
  float probabilities[N];
  gy_hdbscan model;
  gy_hdbscan_options options = gy_hdbscan_defaults();
  options.min_cluster_size = 50;
  options.min_samples = 10;
  fit(fitted, &options, 2, &model, labels);
  cr_assert_eq(model.n_clusters, 4);
  int n_differ = 0, n_wrong = 0;
  cr_assert_eq(gy_hdbscan_predict(&model, fitted, fitted, NULL, predicted, probabilities, NULL), GY_OK);
  for (size_t i = 0; i < N; i++) n_differ += predicted[i] != labels[i];
  cr_expect_leq(n_differ, N / 20, "%d of %d rows of the fit differ", n_differ, N);
  cr_assert_eq(gy_hdbscan_predict(&model, fitted, fresh, NULL, new_labels, NULL, NULL), GY_OK);
  for (size_t i = 0; i < M; i++) /* row N + i belongs to group i % 4, as row i does */
    for (size_t j = i % 4; new_labels[i] >= 0 && j < N; j += 4)
      if (labels[j] >= 0) n_wrong += labels[j] != new_labels[i];
  cr_expect_eq(n_wrong, 0);
  float far[] = {1e6f, 0, 0};
  cr_assert_eq(gy_hdbscan_predict(&model, fitted, (gy_matrix){far, 1, 3}, NULL, new_labels, NULL, NULL),
               GY_OK);
  cr_expect_eq(new_labels[0], -1);
  gy_error err = {0};
  cr_expect_eq(gy_hdbscan_predict(&model, fresh, fresh, NULL, new_labels, NULL, &err), GY_EDATA);
  cr_expect_not_null(strstr(err.text, "fitted on 2000 rows"), "%s", err.text);
  gy_hdbscan_clear(&model);
  free((void *)x.values);
}

/* With min_samples 1 the nearest row of a row of the fit is itself, at no distance. */
Test(hdbscan, predict_knows_the_rows_of_the_fit) {
  gy_matrix x = make_groups(1500, 2, 4, 3, 8);
  int32_t labels[1500], predicted[1500];
  gy_hdbscan model;
  gy_hdbscan_options options = gy_hdbscan_defaults();
  options.min_samples = 1;
  options.min_cluster_size = 15;
  for (int copies = 0; copies < 2; copies++) {
    if (copies) memcpy((float *)x.values, x.values + 1000, 1000 * sizeof(float));
    fit(x, &options, 2, &model, labels);
    cr_assert_eq(gy_hdbscan_predict(&model, x, x, NULL, predicted, NULL, NULL), GY_OK);
    cr_expect_arr_eq(labels, predicted, sizeof labels);
    gy_hdbscan_clear(&model);
  }
  free((void *)x.values);
}

Test(hdbscan, odd_data_give_a_right_answer) {
  enum { N = 200 };
  static float equal[2 * N], pairs[2 * N], mixed[2 * N], wide[40 * 2000];
  for (size_t i = 0; i < N; i++) {
    equal[2 * i] = equal[2 * i + 1] = 3;
    pairs[2 * i] = i % 2 ? 5 : -5;
    mixed[2 * i] = i % 2 ? 1e16f : 1e-30f * (float)i;
    mixed[2 * i + 1] = 1e-42f * (float)i;
  }
  for (size_t i = 0; i < 40 * 2000; i++)
    wide[i] = (float)((i * 2654435761u >> 7) % 100) + (i / 2000 % 2 ? 500 : 0);
  const struct {
    gy_matrix x;
    int32_t min_samples, n_clusters, n_noise;
  } cases[] = {{{equal, N, 2}, 0, 0, N},   {{equal, 1, 2}, 1, 0, 1},    {{equal, 2, 2}, 2, 0, 2},
               {{pairs, N, 2}, 0, 2, 0},   {{pairs, N, 2}, N, 0, N},    {{pairs, N, 2}, N / 2 + 1, 0, N},
               {{mixed, N, 2}, 5, -1, -1}, {{wide, 40, 2000}, 0, 2, 0}, {{wide, 2000, 40}, 0, -1, -1}};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    static int32_t labels[2000];
    gy_hdbscan model;
    gy_hdbscan_options options = gy_hdbscan_defaults();
    options.min_samples = cases[c].min_samples;
    fit(cases[c].x, &options, 2, &model, labels);
    if (cases[c].n_clusters >= 0) {
      cr_expect_eq(model.n_clusters, cases[c].n_clusters, "case %zu: %d clusters", c, model.n_clusters);
      cr_expect_eq(model.n_noise, cases[c].n_noise, "case %zu: %d noise", c, (int)model.n_noise);
    }
    for (size_t i = 0; i < cases[c].x.n_rows; i++)
      cr_expect(isfinite(model.row_lambdas[i]) && model.probabilities[i] >= 0 && model.outlier_scores[i] >= 0,
                "case %zu", c);
    gy_hdbscan_clear(&model);
  }
}

Test(hdbscan, millions_of_equal_rows_are_quick, .timeout = 30) {
  enum { N = 2000000 };
  float *values = malloc(sizeof *values * N);
  int32_t *labels = malloc(sizeof *labels * N);
  gy_hdbscan model;
  gy_hdbscan_options options = gy_hdbscan_defaults();
  for (size_t i = 0; i < N; i++) values[i] = (float)(i % 3);
  fit((gy_matrix){values, N, 1}, &options, 2, &model, labels);
  cr_assert_eq(model.n_clusters, 3);
  cr_assert_eq(model.n_noise, 0);
  gy_hdbscan_clear(&model);
  free(values);
  free(labels);
}

Test(hdbscan, refuses_with_a_sentence) {
  float bad[] = {0, NAN, 1, 2}, good[] = {0, 1, 2, 3};
  gy_hdbscan_options plain_options = gy_hdbscan_defaults(), one = plain_options, many = plain_options,
                     below = plain_options, epsilon = plain_options, way = plain_options;
  one.min_cluster_size = 1;
  many.min_samples = 5;
  below.min_samples = -1;
  epsilon.cluster_selection_epsilon = (double)NAN;
  way.selection = (gy_hdbscan_selection)7;
  const struct {
    gy_matrix x;
    const gy_hdbscan_options *options;
    size_t memory;
    gy_status status;
    const char *expected;
  } cases[] = {{{bad, 4, 1}, &plain_options, 0, GY_EDATA, "hdbscan: row 2, column 1 is not a number"},
               {{good, 4, 1}, &many, 0, GY_EDATA, "min_samples is 5, but there are only 4 rows"},
               {{good, 4, 1}, &one, 0, GY_EUSAGE, "min_cluster_size is 1"},
               {{good, 4, 1}, &below, 0, GY_EUSAGE, "min_samples is -1"},
               {{good, 4, 1}, &epsilon, 0, GY_EUSAGE, "cluster_selection_epsilon"},
               {{good, 4, 1}, &way, 0, GY_EUSAGE, "no way 7"},
               {{good, 0, 1}, &plain_options, 0, GY_EDATA, "no rows"},
               {{good, 4, 0}, &plain_options, 0, GY_EUSAGE, "no columns"},
               {{good, 4, 1}, &plain_options, 100, GY_ELIMIT, "the budget is 100"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gy_error err = {0};
    gy_hdbscan model = {.n_clusters = -7};
    int32_t labels[4];
    gy_task task = {.memory_bytes = cases[i].memory};
    cr_expect_eq(gy_hdbscan_fit(cases[i].x, cases[i].options, &task, &model, labels, &err), cases[i].status,
                 "case %zu", i);
    cr_expect_not_null(strstr(err.text, cases[i].expected), "case %zu: %s", i, err.text);
    cr_expect_eq(model.n_clusters, -7, "case %zu: the model was touched", i);
  }
  gy_task budget = {.n_threads = 2, .memory_bytes = 1000000000};
  cr_expect_gt(gy_hdbscan_memory(50000000, 5, &plain_options, &budget), budget.memory_bytes);
  cr_expect_lt(gy_hdbscan_memory(200000, 5, &plain_options, &budget), budget.memory_bytes / 10);
  cr_expect_eq(gy_hdbscan_memory(SIZE_MAX / 2, 5, &plain_options, &budget), SIZE_MAX);
}

typedef struct {
  gy_matrix x;
  gy_hdbscan model;
} material;

static gy_status fit_once(void *user, gy_error *err) {
  material *m = user;
  gy_task task = {.n_threads = 2};
  gy_hdbscan model;
  gy_hdbscan_options options = gy_hdbscan_defaults();
  gy_status status = gy_hdbscan_fit(m->x, &options, &task, &model, NULL, err);
  if (status == GY_OK) gy_hdbscan_clear(&model);
  return status;
}

static gy_status predict_once(void *user, gy_error *err) {
  material *m = user;
  gy_task task = {.n_threads = 2};
  int32_t labels[150];
  return gy_hdbscan_predict(&m->model, m->x, m->x, &task, labels, NULL, err);
}

Test(hdbscan, every_failed_allocation_is_an_error_and_leaks_nothing) {
  material m = {.x = make_groups(150, 2, 3, 3, 1)};
  gy_hdbscan_options options = gy_hdbscan_defaults();
  memcpy((float *)m.x.values, m.x.values + 30, 30 * sizeof(float));
  fit(m.x, &options, 2, &m.model, NULL);
  cr_assert_geq(alloc_fail_each("gy_hdbscan_fit", fit_once, &m), 25);
  cr_assert_geq(alloc_fail_each("gy_hdbscan_predict", predict_once, &m), 5);
  gy_hdbscan_clear(&m.model);
  free((void *)m.x.values);
}
