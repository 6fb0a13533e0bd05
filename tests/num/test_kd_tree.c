/* SPDX-License-Identifier: Apache-2.0
 *
 * The kd-tree against plain double loops, on every instruction set, in shapes that include ties, duplicates
 * and values of very different size. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "cluster/points.h"
#include "num/kd_tree.h"
#include "support/alloc_fail.h"

typedef enum { GROUPS, WHOLE, EQUAL, EXTREME, N_KINDS } kind_of_points;

static gy_matrix make_points(kind_of_points kind, size_t n, size_t d, uint64_t seed) {
  gy_rng rng;
  gy_rng_init(&rng, seed, 1);
  gy_matrix x = make_groups(n, d, 5, 3, seed);
  float *values = (float *)x.values;
  for (size_t i = 0; i < n * d && kind != GROUPS; i++) {
    double u = gy_rng_uniform(&rng);
    values[i] = kind == WHOLE   ? (float)floor(5 * u)
                : kind == EQUAL ? 3
                                : (float)((u - 0.5) * pow(10, -44 + 59 * gy_rng_uniform(&rng)));
  }
  return x;
}

static const struct {
  kind_of_points kind;
  size_t n, d;
} CASES[] = {{GROUPS, 1, 1},     {GROUPS, 2, 3},    {GROUPS, 32, 2},   {GROUPS, 33, 2},   {GROUPS, 1000, 1},
             {GROUPS, 3000, 2},  {GROUPS, 2000, 5}, {GROUPS, 700, 17}, {GROUPS, 400, 70}, {GROUPS, 100, 200},
             {WHOLE, 1500, 2},   {WHOLE, 1000, 4},  {EQUAL, 500, 3},   {EXTREME, 900, 1}, {EXTREME, 900, 3},
             {EXTREME, 300, 90}, {GROUPS, 40, 2000}};
enum { N_CASES = sizeof CASES / sizeof *CASES };

static int nearer_first(const void *a, const void *b) {
  const gy_kd_neighbour *left = a, *right = b;
  if (left->square < right->square || left->square > right->square)
    return left->square < right->square ? -1 : 1;
  return (left->row > right->row) - (left->row < right->row);
}

/* All rows by distance from `query`, row `but` left out. */
static size_t plain_neighbours(gy_matrix x, const float *query, uint32_t but, gy_kd_neighbour *found) {
  size_t n = 0;
  for (uint32_t i = 0; i < x.n_rows; i++)
    if (i != but)
      found[n++] = (gy_kd_neighbour){gy_kd_square(query, 1, gy_matrix_row(x, i), 1, x.n_columns), i};
  qsort(found, n, sizeof *found, nearer_first);
  return n;
}

static gy_kd_tree build(const gy_kd_kernel *kernel, gy_matrix x, int n_threads) {
  gy_kd_tree tree;
  gy_error err = {0};
  gy_task task = {.n_threads = n_threads};
  cr_assert_eq(gy_kd_tree_build_with(kernel, x, &task, &tree, &err), GY_OK, "%s", err.text);
  return tree;
}

static void check_structure(const gy_kd_tree *tree, gy_matrix x, size_t c) {
  size_t d = x.n_columns, n_leaves = 0;
  char *seen = calloc(x.n_rows, 1);
  for (uint32_t i = 0; i < tree->n_nodes; i++) {
    gy_kd_node node = tree->nodes[i];
    cr_assert(node.first < node.end && node.end <= x.n_rows, "case %zu, node %u", c, i);
    uint32_t least = GY_KD_NONE;
    for (uint32_t p = node.first; p < node.end; p++) least = tree->rows[p] < least ? tree->rows[p] : least;
    cr_assert_eq(tree->least_rows[i], least);
    if (node.right == 0) {
      cr_assert_eq(node.first % GY_KD_LEAF, 0);
      cr_assert_eq(tree->leaf_nodes[node.first / GY_KD_LEAF], i);
      n_leaves++;
    } else {
      gy_kd_node left = tree->nodes[i + 1], right = tree->nodes[node.right];
      cr_assert(left.first == node.first && left.end == right.first && right.end == node.end);
      cr_assert(left.parent == i && right.parent == i);
    }
    for (size_t j = 0; j < d; j++) {
      float lower = INFINITY, upper = -INFINITY;
      for (uint32_t p = node.first; p < node.end; p++) {
        float value = gy_matrix_row(x, tree->rows[p])[j];
        cr_assert_eq(value, gy_kd_point(tree, p)[j * GY_KD_LEAF], "case %zu, place %u", c, p);
        lower = fminf(lower, value);
        upper = fmaxf(upper, value);
      }
      cr_assert(lower == gy_kd_lower(tree, i)[j] && upper == gy_kd_upper(tree, i)[j], "case %zu, node %u", c,
                i);
    }
  }
  for (size_t p = 0; p < x.n_rows; p++) seen[tree->rows[p]]++;
  for (size_t i = 0; i < x.n_rows; i++) cr_assert_eq(seen[i], 1, "case %zu, row %zu", c, i);
  cr_assert_eq(n_leaves, tree->n_leaves);
  free(seen);
}

Test(kd_tree, holds_every_row_once_in_tight_boxes) {
  size_t count;
  for (size_t c = 0; c < N_CASES; c++) {
    gy_matrix x = make_points(CASES[c].kind, CASES[c].n, CASES[c].d, c);
    gy_kd_tree tree = build(gy_kd_kernels(&count)[0], x, 2);
    check_structure(&tree, x, c);
    uint32_t *places = malloc(x.n_rows * sizeof *places);
    gy_kd_tree_places(&tree, places);
    for (uint32_t i = 0; i < x.n_rows; i++) cr_assert_eq(tree.rows[places[i]], i);
    free(places);
    gy_kd_tree_clear(&tree);
    free((void *)x.values);
  }
}

static void check_nearest(const gy_kd_tree *tree, gy_matrix x, size_t k, size_t c) {
  size_t n = x.n_rows;
  uint32_t *rows = malloc(n * k * sizeof *rows);
  double *squares = malloc(n * k * sizeof *squares), *last = malloc(n * sizeof *last);
  gy_kd_neighbour *expected = malloc(n * sizeof *expected), *found = malloc(k * sizeof *found);
  cr_assert_eq(gy_kd_nearest_all(tree, k, NULL, rows, squares, last, NULL), GY_OK);
  for (size_t i = 0; i < n; i += n < 200 ? 1 : 37) {
    size_t n_others = plain_neighbours(x, gy_matrix_row(x, i), (uint32_t)i, expected);
    for (size_t j = 0; j < k; j++) {
      gy_kd_neighbour e = j < n_others ? expected[j] : (gy_kd_neighbour){INFINITY, GY_KD_NONE};
      cr_assert(e.row == rows[i * k + j] && e.square == squares[i * k + j],
                "%s, case %zu, row %zu: neighbour %zu of %zu is %u at %.17g, expected %u at %.17g",
                tree->kernel->name, c, i, j, k, rows[i * k + j], squares[i * k + j], e.row, e.square);
    }
    cr_assert_eq(last[i], squares[i * k + k - 1]);
    gy_kd_nearest(tree, gy_matrix_row(x, i), k, found);
    size_t n_all = plain_neighbours(x, gy_matrix_row(x, i), GY_KD_NONE, expected);
    for (size_t j = 0; j < k && j < n_all; j++)
      cr_assert(expected[j].row == found[j].row && expected[j].square == found[j].square);
  }
  free(found);
  free(expected);
  free(last);
  free(squares);
  free(rows);
}

Test(kd_tree, finds_the_nearest_neighbours_of_the_plain_loop) {
  static const size_t wanted[] = {1, 2, 10, 50};
  size_t count;
  const gy_kd_kernel *const *kernels = gy_kd_kernels(&count);
  for (size_t kernel = 0; kernel < count; kernel++) {
    for (size_t c = 0; c < N_CASES; c++) {
      gy_matrix x = make_points(CASES[c].kind, CASES[c].n, CASES[c].d, c);
      gy_kd_tree tree = build(kernels[kernel], x, 2);
      for (size_t k = 0; k < 4; k++) check_nearest(&tree, x, wanted[k], c);
      gy_kd_tree_clear(&tree);
      free((void *)x.values);
    }
  }
}

typedef struct {
  const gy_kd_tree *tree;
  gy_matrix x;
  const float *query;
  double radius;
  size_t n;
} visit;

static void count_visit(void *user, uint32_t place, double square) {
  visit *v = user;
  v->n++;
  cr_assert_eq(square,
               gy_kd_square(v->query, 1, gy_matrix_row(v->x, v->tree->rows[place]), 1, v->x.n_columns));
  cr_assert_leq(square, v->radius);
}

/* Radii that are exactly the distance of some pair, and their neighbours in double. */
Test(kd_tree, counts_what_lies_exactly_within_a_radius) {
  size_t count;
  const gy_kd_kernel *const *kernels = gy_kd_kernels(&count);
  for (size_t kernel = 0; kernel < count; kernel++) {
    for (size_t c = 0; c < N_CASES; c++) {
      gy_matrix x = make_points(CASES[c].kind, CASES[c].n, CASES[c].d, c);
      gy_kd_tree tree = build(kernels[kernel], x, 1);
      gy_kd_neighbour *all = malloc(x.n_rows * sizeof *all);
      for (size_t i = 0; i < x.n_rows; i += 1 + x.n_rows / 10) {
        const float *query = gy_matrix_row(x, i);
        size_t n = plain_neighbours(x, query, GY_KD_NONE, all);
        for (size_t r = 0; r < 12; r++) {
          double exact = all[r / 3 * (n - 1) / 3].square;
          double radius = r % 3 == 0 ? exact : nextafter(exact, r % 3 == 1 ? -1 : INFINITY);
          size_t expected = 0;
          while (expected < n && all[expected].square <= radius) expected++;
          visit v = {&tree, x, query, radius, 0};
          gy_kd_visit(&tree, query, radius, count_visit, &v);
          cr_assert_eq(v.n, expected, "%s, case %zu, row %zu, %.17g: %zu, expected %zu",
                       kernels[kernel]->name, c, i, radius, v.n, expected);
          cr_assert_eq(gy_kd_count(&tree, query, radius, SIZE_MAX), expected);
          cr_assert_geq(gy_kd_count(&tree, query, radius, 3), expected < 3 ? expected : 3);
        }
        cr_assert_eq(gy_kd_count(&tree, query, INFINITY, SIZE_MAX), n);
      }
      free(all);
      gy_kd_tree_clear(&tree);
      free((void *)x.values);
    }
  }
}

Test(kd_tree, is_the_same_on_any_number_of_threads) {
  gy_matrix x = make_groups(60000, 3, 7, 3, 1);
  size_t count;
  gy_kd_tree one = build(gy_kd_kernels(&count)[0], x, 1), four = build(gy_kd_kernels(&count)[0], x, 4);
  cr_assert_arr_eq(one.rows, four.rows, x.n_rows * sizeof *one.rows);
  cr_assert_arr_eq(one.boxes, four.boxes, one.n_nodes * 6 * sizeof *one.boxes);
  gy_kd_tree_clear(&one);
  gy_kd_tree_clear(&four);
  free((void *)x.values);
}

/* Equal rows must not each look at all rows that are equal. */
Test(kd_tree, breaks_ties_among_millions_of_duplicates, .timeout = 60) {
  enum { N = 1000000, K = 4 };
  float *values = malloc(2 * sizeof(float) * N);
  uint32_t *rows = malloc(K * sizeof *rows * N);
  for (uint32_t i = 0; i < N; i++) {
    values[2 * i] = (float)(i % 5);
    values[2 * i + 1] = (float)(i % 3);
  }
  size_t count;
  gy_kd_tree tree = build(gy_kd_kernels(&count)[0], (gy_matrix){values, N, 2}, 2);
  cr_assert_eq(gy_kd_nearest_all(&tree, K, NULL, rows, NULL, NULL, NULL), GY_OK);
  for (uint32_t i = 0; i < N; i++) /* the lowest rows of the same rest by 15, its own left out */
    for (uint32_t j = 0; j < K; j++)
      cr_assert_eq(rows[(size_t)i * K + j], i % 15 + 15 * (j + (i <= i % 15 + 15 * j)), "row %u", i);
  gy_kd_tree_clear(&tree);
  free(rows);
  free(values);
}

static gy_status build_and_seek(void *user, gy_error *err) {
  gy_matrix *x = user;
  gy_kd_tree tree;
  gy_task task = {.n_threads = 2};
  double last[500];
  gy_status status = gy_kd_tree_build(*x, &task, &tree, err);
  if (status != GY_OK) return status;
  status = gy_kd_nearest_all(&tree, 3, &task, NULL, NULL, last, err);
  gy_kd_tree_clear(&tree);
  return status;
}

Test(kd_tree, says_when_memory_runs_out_or_work_is_cancelled) {
  gy_matrix x = make_groups(500, 3, 2, 3, 1);
  cr_assert_geq(alloc_fail_each("kd_tree", build_and_seek, &x), 4);
  atomic_bool cancel = true;
  gy_task task = {.cancel = &cancel};
  gy_kd_tree tree;
  cr_assert_eq(gy_kd_tree_build(x, &task, &tree, NULL), GY_ECANCELLED);
  cr_assert_eq(gy_kd_tree_memory(SIZE_MAX / 2, 3), SIZE_MAX);
  cr_assert_gt(gy_kd_tree_memory(1000000, 8), 32 * 1000000);
  free((void *)x.values);
}
