/* SPDX-License-Identifier: Apache-2.0
 *
 * The surrogate tree: its splits against all splits there are, its figures against counting, its rules read
 * back by a small evaluator, and its laws. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/surrogate_tree.h>

#include "base/rng.h"
#include "base/short_number.h"
#include "cluster/battery.h"
#include "support/alloc_fail.h"

enum { D_MAX = 6, N_MAX = 400 };
static const char *const NAMES[D_MAX] = {"recency_days", "orders", "monetary", "items", "share", "gap"};

typedef struct {
  float x[N_MAX * D_MAX];
  int32_t labels[N_MAX];
  float weights[N_MAX];
  size_t n, d;
  int32_t k;
} sample;

static gy_matrix points_of(const sample *s) { return (gy_matrix){s->x, s->n, s->d}; }

/* Columns in turn: few whole numbers, many whole numbers, fractions, tiny, huge, negative. */
static sample draw(uint64_t seed) {
  sample s = {0};
  gy_rng rng;
  gy_rng_init(&rng, seed, 0);
  s.n = 2 + gy_rng_below(&rng, seed % 3 == 0 ? 30 : N_MAX - 2);
  s.d = 1 + gy_rng_below(&rng, D_MAX);
  s.k = (int32_t)(1 + gy_rng_below(&rng, 7));
  for (size_t i = 0; i < s.n; i++) {
    for (size_t j = 0; j < s.d; j++) {
      double u = gy_rng_uniform(&rng);
      double values[] = {floor(u * 5), floor(u * 1000), u * 100, u * 1e-20, u * 1e20, floor(u * 30) - 15};
      s.x[i * s.d + j] = (float)values[j];
    }
    const float *row = s.x + i * s.d;
    int32_t rule = (int32_t)row[0] + (s.d > 2 && row[2] > 40);
    s.labels[i] =
        gy_rng_below(&rng, 10) == 0 ? (int32_t)gy_rng_below(&rng, (uint64_t)s.k + 1) - 1 : rule % s.k;
    s.weights[i] = (float)gy_rng_below(&rng, 4) + (i == 0);
  }
  return s;
}

static gy_surrogate_tree fit(const sample *s, const gy_surrogate_options *options, int n_threads) {
  gy_surrogate_tree tree;
  gy_error err = {0};
  gy_task task = {.n_threads = n_threads};
  cr_assert_eq(gy_surrogate_tree_fit(points_of(s), s->labels, s->k, options, &task, &tree, &err), GY_OK, "%s",
               err.text);
  return tree;
}

/* ---- every split there is ---- */

/* Gini impurity times weight of the rows that are `in`. */
static double impurity(const sample *s, const bool *in, const float *weights, double *weight) {
  double sums[16] = {0}, squares = 0;
  *weight = 0;
  for (size_t i = 0; i < s->n; i++) {
    double w = !in[i] ? 0 : weights != NULL ? (double)weights[i] : 1;
    sums[s->labels[i] + 1] += w;
    *weight += w;
  }
  for (int c = 0; c < 16; c++) squares += sums[c] * sums[c];
  return *weight > 0 ? *weight - squares / *weight : 0;
}

static double gain_of(const sample *s, const bool *in, size_t column, double threshold, const float *weights,
                      double least) {
  bool left[N_MAX], right[N_MAX];
  double all, on_left, on_right, whole = impurity(s, in, weights, &all);
  for (size_t i = 0; i < s->n; i++) {
    left[i] = in[i] && (double)s->x[i * s->d + column] <= threshold;
    right[i] = in[i] && !left[i];
  }
  double parts = impurity(s, left, weights, &on_left) + impurity(s, right, weights, &on_right);
  return on_left <= 0 || on_right <= 0 || on_left < least || on_right < least ? 0 : whole - parts;
}

static double best_gain(const sample *s, const bool *in, const float *weights, double least) {
  double best = 0;
  for (size_t j = 0; j < s->d; j++)
    for (size_t i = 0; i < s->n; i++) {
      double gain = in[i] ? gain_of(s, in, j, (double)s->x[i * s->d + j], weights, least) : 0;
      if (gain > best) best = gain;
    }
  return best;
}

/* Marks the rows that come through node `at`. */
static void rows_of_node(const sample *s, const gy_surrogate_tree *tree, int32_t at, bool *in) {
  for (size_t i = 0; i < s->n; i++) {
    int32_t here = 0;
    const float *row = s->x + i * s->d;
    while (here != at && tree->nodes[here].column >= 0)
      here = (double)row[tree->nodes[here].column] <= tree->nodes[here].threshold ? tree->nodes[here].left
                                                                                  : tree->nodes[here].right;
    in[i] = here == at;
  }
}

static void check_nodes(const sample *s, const gy_surrogate_tree *tree, const float *weights, double least,
                        double total, uint64_t seed) {
  for (int32_t at = 0; at < tree->n_nodes; at++) {
    const gy_surrogate_node *node = &tree->nodes[at];
    bool in[N_MAX];
    double weight;
    int64_t rows = 0;
    rows_of_node(s, tree, at, in);
    for (size_t i = 0; i < s->n; i++) rows += in[i];
    impurity(s, in, weights, &weight);
    cr_assert_eq(node->n_rows, rows, "seed %d, node %d", (int)seed, at);
    cr_assert_float_eq(node->weight, weight, 1e-9, "seed %d, node %d", (int)seed, at);
    if (node->column < 0) continue;
    cr_assert_eq(node->left, at + 1, "seed %d, node %d", (int)seed, at);
    double gain = gain_of(s, in, (size_t)node->column, node->threshold, weights, least);
    cr_assert_float_eq(gain, best_gain(s, in, weights, least), 1e-9 * total, "seed %d, node %d: %g, best %g",
                       (int)seed, at, gain, best_gain(s, in, weights, least));
    cr_assert_float_eq(node->gain, gain / total, 1e-9, "seed %d, node %d", (int)seed, at);
  }
}

Test(surrogate_tree, no_split_is_better_than_those_taken) {
  for (uint64_t seed = 0; seed < 60; seed++) {
    sample s = draw(seed);
    gy_surrogate_options options = gy_surrogate_defaults();
    options.min_leaf_share = (double)(seed % 4) * 0.02;
    options.weights = seed % 2 == 1 ? s.weights : NULL;
    double total = 0;
    for (size_t i = 0; i < s.n; i++) total += options.weights != NULL ? (double)s.weights[i] : 1;
    gy_surrogate_tree tree = fit(&s, &options, 2);
    check_nodes(&s, &tree, options.weights, options.min_leaf_share * total, total, seed);
    gy_surrogate_tree_clear(&tree);
  }
}

Test(surrogate_tree, fidelity_precision_and_recall_are_counts) {
  for (uint64_t seed = 0; seed < 40; seed++) {
    sample s = draw(seed);
    gy_surrogate_options options = gy_surrogate_defaults();
    options.weights = seed % 2 == 1 ? s.weights : NULL;
    gy_surrogate_tree tree = fit(&s, &options, 1);
    double right = 0, all = 0, in[8] = {0}, said[8] = {0}, both[8] = {0};
    for (size_t i = 0; i < s.n; i++) {
      double w = options.weights != NULL ? (double)s.weights[i] : 1;
      int32_t says = tree.nodes[gy_surrogate_tree_leaf(&tree, s.x + i * s.d)].label;
      all += w;
      in[s.labels[i] + 1] += w;
      said[says + 1] += w;
      both[says + 1] += says == s.labels[i] ? w : 0;
      right += says == s.labels[i] ? w : 0;
    }
    cr_assert_eq(tree.fidelity, right / all, "seed %d", (int)seed);
    for (int32_t c = 0; c < s.k; c++) {
      cr_assert(said[c + 1] > 0 ? tree.precision[c] == both[c + 1] / said[c + 1] : isnan(tree.precision[c]));
      cr_assert(in[c + 1] > 0 ? tree.recall[c] == both[c + 1] / in[c + 1] : isnan(tree.recall[c]));
    }
    gy_surrogate_tree_clear(&tree);
  }
}

/* ---- rules, read back ---- */

/* One test such as `orders >= 3`; moves *at past it. */
static bool test_holds(const char **at, const sample *s, size_t row) {
  char name[32], sign[4];
  double bound;
  int used = 0;
  cr_assert_eq(sscanf(*at, "%31[a-z_] %3[<>=] %lf%n", name, sign, &bound, &used), 3, "%s", *at);
  *at += used;
  size_t j = 0;
  while (strcmp(NAMES[j], name) != 0) j++;
  double value = (double)s->x[row * s->d + j];
  return strcmp(sign, "<=") == 0   ? value <= bound
         : strcmp(sign, ">=") == 0 ? value >= bound
         : strcmp(sign, ">") == 0  ? value > bound
                                   : value == bound;
}

static bool rule_holds(const char *rule, const sample *s, size_t row) {
  if (strcmp(rule, "true") == 0) return true;
  bool any = false, all = true;
  for (const char *at = rule; *at != '\0';) {
    if (*at == '(') at++;
    all = test_holds(&at, s, row) && all;
    if (*at == ')') at++;
    if (strncmp(at, " and ", 5) == 0) {
      at += 5;
      continue;
    }
    any = any || all;
    all = true;
    if (strncmp(at, " or ", 4) == 0) at += 4;
  }
  return any;
}

Test(surrogate_tree, rules_hold_for_the_rows_of_their_leaves_and_no_others) {
  for (uint64_t seed = 0; seed < 80; seed++) {
    sample s = draw(seed);
    gy_surrogate_options options = gy_surrogate_defaults();
    options.min_leaf_share = 0;
    gy_surrogate_tree tree = fit(&s, &options, 2);
    for (int32_t c = 0; c < s.k; c++) {
      char *rule = NULL;
      cr_assert_eq(gy_surrogate_tree_rule(&tree, c, NAMES, &rule, NULL), GY_OK);
      for (size_t i = 0; i < s.n; i++) {
        bool says = tree.nodes[gy_surrogate_tree_leaf(&tree, s.x + i * s.d)].label == c;
        cr_assert_eq(rule_holds(rule, &s, i), says, "seed %d, row %d, cluster %d: %s", (int)seed, (int)i, c,
                     rule);
      }
      free(rule);
    }
    gy_surrogate_tree_clear(&tree);
  }
}

static const struct {
  const char *what;
  float x[16];
  int32_t labels[8];
  size_t n;
  int32_t k;
  const char *rules[3];
} RULES[] = {
    {"whole numbers", {9, 1, 9, 2, 9, 3, 9, 4}, {0, 0, 1, 1}, 4, 2, {"orders <= 2", "orders >= 3"}},
    {"a round bound stays",
     {98, 0, 99, 0, 102, 0, 104, 0},
     {0, 0, 1, 1},
     4,
     2,
     {"recency_days <= 100", "recency_days > 100"}},
    {"one value",
     {1, 0, 2, 0, 3, 0, 4, 0},
     {0, 1, 0, 0},
     4,
     2,
     {"(recency_days <= 1) or (recency_days >= 3)", "recency_days = 2"}},
    {"both columns",
     {10, 1, 10, 9, 90, 1, 90, 9, 91, 9, 10, 9},
     {0, 1, 2, 2, 2, 1},
     6,
     3,
     {"recency_days <= 50 and orders <= 4", "recency_days <= 50 and orders >= 5", "recency_days > 50"}},
    {"fractions",
     {0.125f, 0, 0.1875f, 0, 0.25f, 0, 0.5f, 0},
     {0, 0, 1, 1},
     4,
     2,
     {"recency_days <= 0.2", "recency_days > 0.2"}},
    {"one cluster", {1, 2, 3, 4}, {0, 0}, 2, 1, {"true"}},
    {"nothing to tell apart by", {1, 2, 1, 2, 1, 2}, {0, 1, 1}, 3, 2, {"", "true"}},
};

Test(surrogate_tree, rules_read_as_people_write) {
  for (size_t i = 0; i < sizeof RULES / sizeof *RULES; i++) {
    gy_surrogate_options options = gy_surrogate_defaults();
    gy_surrogate_tree tree;
    cr_assert_eq(gy_surrogate_tree_fit((gy_matrix){RULES[i].x, RULES[i].n, 2}, RULES[i].labels, RULES[i].k,
                                       &options, NULL, &tree, NULL),
                 GY_OK);
    for (int32_t c = 0; c < RULES[i].k; c++) {
      char *rule = NULL;
      cr_assert_eq(gy_surrogate_tree_rule(&tree, c, NAMES, &rule, NULL), GY_OK);
      cr_expect_str_eq(rule, RULES[i].rules[c], "%s: %s", RULES[i].what, rule);
      free(rule);
    }
    gy_surrogate_tree_clear(&tree);
  }
}

Test(surrogate_tree, short_numbers_separate) {
  static const struct {
    double a, b;
    bool whole;
    const char *text;
  } CASES[] = {{28, 91, true, "60"},
               {2, 3, true, "2"},
               {0, 5, true, "0"},
               {-3, 5, true, "0"},
               {-9, -4, true, "-7"},
               {98, 104, true, "100"},
               {0.19, 0.31, false, "0.2"},
               {1e-30, 3e-30, false, "2e-30"},
               {1e20, 4e20, false, "2e+20"},
               {129174, 129176, false, "129175"},
               {99.5, 100, false, "99.8"},
               {-0.5, 0.5, false, "0"}};
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    char text[GY_SHORT_TEXT];
    double t = gy_short_between(CASES[i].a, CASES[i].b, CASES[i].whole);
    cr_expect_str_eq(gy_short_text(t, text), CASES[i].text, "%g..%g: %s", CASES[i].a, CASES[i].b, text);
  }
  gy_rng rng;
  gy_rng_init(&rng, 5, 0);
  for (int i = 0; i < 20000; i++) {
    float a = (float)ldexp(gy_rng_uniform(&rng) - 0.5, (int)gy_rng_below(&rng, 250) - 140);
    float b = i % 2 ? nextafterf(a, INFINITY) : a + fabsf(a) * (float)gy_rng_uniform(&rng);
    char text[GY_SHORT_TEXT];
    if (!(a < b)) continue;
    double t = gy_short_between((double)a, (double)b, false);
    cr_assert(t >= (double)a && t < (double)b, "%.9g..%.9g: %.17g", (double)a, (double)b, t);
    cr_assert_eq(strtod(gy_short_text(t, text), NULL), t, "%s", text);
  }
}

/* ---- laws ---- */

static bool same_tree(const gy_surrogate_tree *a, const gy_surrogate_tree *b) {
  if (a->n_nodes != b->n_nodes || a->fidelity != b->fidelity) return false;
  for (int32_t i = 0; i < a->n_nodes; i++) {
    const gy_surrogate_node *p = &a->nodes[i], *q = &b->nodes[i];
    if (p->column != q->column || p->threshold != q->threshold || p->label != q->label ||
        p->n_rows != q->n_rows || p->gain != q->gain || p->left != q->left || p->right != q->right)
      return false;
  }
  return true;
}

Test(surrogate_tree, threads_and_the_order_of_rows_change_nothing) {
  for (uint64_t seed = 0; seed < 20; seed++) {
    sample s = draw(seed), turned = s;
    for (size_t i = 0; i < s.n; i++) {
      memcpy(turned.x + i * s.d, s.x + (s.n - 1 - i) * s.d, s.d * sizeof(float));
      turned.labels[i] = s.labels[s.n - 1 - i];
    }
    gy_surrogate_options options = gy_surrogate_defaults();
    gy_surrogate_tree one = fit(&s, &options, 1), three = fit(&s, &options, 3),
                      other = fit(&turned, &options, 2);
    cr_assert(same_tree(&one, &three), "seed %d", (int)seed);
    cr_assert(same_tree(&one, &other), "seed %d", (int)seed);
    gy_surrogate_tree_clear(&one);
    gy_surrogate_tree_clear(&three);
    gy_surrogate_tree_clear(&other);
  }
}

Test(surrogate_tree, deeper_is_never_worse_and_weights_are_repeated_rows) {
  for (uint64_t seed = 0; seed < 20; seed++) {
    sample s = draw(3 * seed), repeated = s;
    gy_surrogate_options options = {.max_depth = 0, .min_leaf_share = 0};
    double last = 0;
    for (; options.max_depth <= GY_SURROGATE_DEPTH_MAX; options.max_depth++) {
      gy_surrogate_tree tree = fit(&s, &options, 1);
      cr_assert_geq(tree.fidelity, last - 1e-12, "seed %d, depth %d", (int)seed, options.max_depth);
      last = tree.fidelity;
      gy_surrogate_tree_clear(&tree);
    }
    options = (gy_surrogate_options){.max_depth = 3, .weights = s.weights};
    repeated.n = 0;
    for (size_t i = 0; i < s.n; i++)
      for (int times = 0; times < (int)s.weights[i]; times++, repeated.n++) {
        memcpy(repeated.x + repeated.n * s.d, s.x + i * s.d, s.d * sizeof(float));
        repeated.labels[repeated.n] = s.labels[i];
      }
    gy_surrogate_options plain = {.max_depth = 3};
    gy_surrogate_tree weighted = fit(&s, &options, 1), counted = fit(&repeated, &plain, 1);
    cr_assert_eq(weighted.n_nodes, counted.n_nodes, "seed %d", (int)seed);
    cr_assert_float_eq(weighted.fidelity, counted.fidelity, 1e-12, "seed %d", (int)seed);
    gy_surrogate_tree_clear(&weighted);
    gy_surrogate_tree_clear(&counted);
  }
}

Test(surrogate_tree, cutting_back_costs_what_it_may_and_no_cluster_its_rule) {
  size_t n_cut = 0;
  for (uint64_t seed = 0; seed < 60; seed++) {
    sample s = draw(seed);
    gy_surrogate_options options = {.max_depth = 4};
    gy_surrogate_tree whole = fit(&s, &options, 1);
    options.min_leaf_gain = 0.01 * (double)(1 + seed % 5);
    gy_surrogate_tree cut = fit(&s, &options, 1);
    int32_t fewer = (whole.n_nodes - cut.n_nodes) / 2;
    bool says_whole[8] = {0}, says_cut[8] = {0};
    for (int32_t i = 0; i < whole.n_nodes; i++)
      says_whole[whole.nodes[i].label + 1] |= whole.nodes[i].column < 0;
    for (int32_t i = 0; i < cut.n_nodes; i++) says_cut[cut.nodes[i].label + 1] |= cut.nodes[i].column < 0;
    cr_assert_geq(cut.fidelity, whole.fidelity - options.min_leaf_gain * fewer - 1e-12, "seed %d", (int)seed);
    cr_assert_arr_eq(says_cut, says_whole, sizeof says_cut, "seed %d", (int)seed);
    n_cut += fewer > 0;
    gy_surrogate_tree_clear(&whole);
    gy_surrogate_tree_clear(&cut);
  }
  cr_assert_gt(n_cut, 20);
}

Test(surrogate_tree, other_rows_can_be_measured) {
  sample s = draw(4), half = s;
  half.n = s.n / 2;
  gy_surrogate_options options = gy_surrogate_defaults();
  gy_surrogate_tree tree = fit(&half, &options, 1), whole = fit(&s, &options, 1);
  double fidelity = tree.fidelity;
  cr_assert_eq(gy_surrogate_tree_measure(&tree, points_of(&half), half.labels, NULL, NULL, NULL), GY_OK);
  cr_assert_eq(tree.fidelity, fidelity);
  cr_assert_eq(gy_surrogate_tree_measure(&tree, points_of(&s), s.labels, NULL, NULL, NULL), GY_OK);
  cr_assert(tree.fidelity > 0 && tree.fidelity <= 1);
  cr_assert_eq(gy_surrogate_tree_measure(&tree, (gy_matrix){s.x, 4, s.d + 1}, s.labels, NULL, NULL, NULL),
               GY_EDATA);
  gy_surrogate_tree_clear(&tree);
  gy_surrogate_tree_clear(&whole);
}

Test(surrogate_tree, separated_clusters_are_told_apart) {
  static const char *const SETS[] = {"lsun", "twodiamonds"};
  for (size_t i = 0; i < sizeof SETS / sizeof *SETS; i++) {
    int32_t k = 0;
    gy_matrix x = read_battery_points("fcps", SETS[i]);
    int32_t *labels = read_battery_labels("fcps", SETS[i], 0, x.n_rows, &k);
    for (size_t row = 0; row < x.n_rows; row++) labels[row]--;
    gy_surrogate_options options = gy_surrogate_defaults();
    gy_surrogate_tree tree;
    cr_assert_eq(gy_surrogate_tree_fit(x, labels, k, &options, NULL, &tree, NULL), GY_OK);
    cr_expect_geq(tree.fidelity, 0.96, "%s: %g", SETS[i], tree.fidelity);
    gy_surrogate_tree_clear(&tree);
    free(labels);
    free((void *)x.values);
  }
}

Test(surrogate_tree, hard_values_give_a_tree_or_a_sentence) {
  static const struct {
    const char *what;
    float x[6];
    int32_t labels[3];
    size_t n, d;
    int32_t k, depth;
    double share;
    gy_status status;
  } CASES[] = {{"one row", {1}, {0}, 1, 1, 1, 4, 0.002, GY_OK},
               {"all equal", {1, 1, 1}, {0, 1, 0}, 3, 1, 2, 4, 0, GY_OK},
               {"noise only", {1, 2, 3}, {-1, -1, -1}, 3, 1, 2, 4, 0, GY_OK},
               {"0 and -0", {0.0f, -0.0f, 1}, {0, 1, 1}, 3, 1, 2, 4, 0, GY_OK},
               {"denormals", {1e-45f, 3e-45f, 0}, {0, 1, 1}, 3, 1, 2, 4, 0, GY_OK},
               {"far apart", {1e-30f, 1e30f, -1e30f}, {0, 1, 1}, 3, 1, 2, 4, 0, GY_OK},
               {"more clusters than rows", {1, 2, 3}, {0, 1, 2}, 3, 1, 50, 4, 0, GY_OK},
               {"NaN", {1, NAN, 3}, {0, 1, 0}, 3, 1, 2, 4, 0, GY_EDATA},
               {"infinite", {1, INFINITY, 3}, {0, 1, 0}, 3, 1, 2, 4, 0, GY_EDATA},
               {"label outside", {1, 2, 3}, {0, 2, 0}, 3, 1, 2, 4, 0, GY_EDATA},
               {"label below", {1, 2, 3}, {0, -2, 0}, 3, 1, 2, 4, 0, GY_EDATA},
               {"no rows", {0}, {0}, 0, 1, 2, 4, 0, GY_EDATA},
               {"no columns", {0}, {0}, 3, 0, 2, 4, 0, GY_EDATA},
               {"no clusters", {1, 2, 3}, {0, 0, 0}, 3, 1, 0, 4, 0, GY_EUSAGE},
               {"too deep", {1, 2, 3}, {0, 0, 0}, 3, 1, 1, 5, 0, GY_EUSAGE},
               {"share", {1, 2, 3}, {0, 0, 0}, 3, 1, 1, 4, 0.6, GY_EUSAGE},
               {"share NaN", {1, 2, 3}, {0, 0, 0}, 3, 1, 1, 4, NAN, GY_EUSAGE}};
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    gy_surrogate_options options = {.max_depth = CASES[i].depth, .min_leaf_share = CASES[i].share};
    gy_surrogate_tree tree = {.n_clusters = -7};
    gy_error err = {0};
    gy_status status = gy_surrogate_tree_fit((gy_matrix){CASES[i].x, CASES[i].n, CASES[i].d}, CASES[i].labels,
                                             CASES[i].k, &options, NULL, &tree, &err);
    cr_expect_eq(status, CASES[i].status, "%s: %s", CASES[i].what, err.text);
    cr_expect_eq(status == GY_OK, err.text[0] == '\0', "%s", CASES[i].what);
    if (status == GY_OK)
      gy_surrogate_tree_clear(&tree);
    else
      cr_expect_eq(tree.n_clusters, -7, "%s", CASES[i].what);
  }
}

Test(surrogate_tree, a_budget_is_kept) {
  sample s = draw(1);
  gy_task task = {.n_threads = 2,
                  .memory_bytes = gy_surrogate_tree_memory(s.n, s.d, s.k, &(gy_task){.n_threads = 2})};
  gy_surrogate_options options = gy_surrogate_defaults();
  gy_surrogate_tree tree;
  gy_error err = {0};
  cr_assert_eq(gy_surrogate_tree_fit(points_of(&s), s.labels, s.k, &options, &task, &tree, &err), GY_OK);
  gy_surrogate_tree_clear(&tree);
  task.memory_bytes--;
  cr_assert_eq(gy_surrogate_tree_fit(points_of(&s), s.labels, s.k, &options, &task, &tree, &err), GY_ELIMIT);
  cr_assert_eq(gy_surrogate_tree_memory(SIZE_MAX / 2, 9, 3, NULL), SIZE_MAX);
}

static gy_status fit_and_tell(void *user, gy_error *err) {
  const sample *s = user;
  gy_surrogate_options options = gy_surrogate_defaults();
  gy_surrogate_tree tree = {0};
  char *rule = NULL;
  gy_status status = gy_surrogate_tree_fit(points_of(s), s->labels, s->k, &options, NULL, &tree, err);
  if (status == GY_OK) status = gy_surrogate_tree_measure(&tree, points_of(s), s->labels, NULL, NULL, err);
  if (status == GY_OK) status = gy_surrogate_tree_rule(&tree, 0, NAMES, &rule, err);
  free(rule);
  gy_surrogate_tree_clear(&tree);
  return status;
}

Test(surrogate_tree, every_failed_allocation_is_an_error_and_leaks_nothing) {
  sample s = draw(7);
  cr_assert_geq(alloc_fail_each("surrogate tree", fit_and_tell, &s), 6);
}
