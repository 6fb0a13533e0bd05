/* SPDX-License-Identifier: Apache-2.0
 *
 * A kd-tree (Bentley 1975; Friedman, Bentley and Finkel 1977) over the rows of a matrix: nearest neighbours,
 * neighbours within a radius, and the nodes themselves for searches that walk two trees at once.
 *
 * The tree puts the rows into an order; a row's position there is its "place". Places are cut into leaves of
 * GY_KD_LEAF, all full but the last, and a node holds a stretch of leaves:
 *
 *      node 0                 places 0 .. n-1
 *      node 1, node right     the two parts, split at a rank of the widest column
 *      ...                    the left child of node i is i + 1: nodes are in preorder
 *      leaf                   right == 0
 *
 * A leaf's rows are copied into a block, feature by feature, so that a vector holds one feature of many rows:
 *
 *      blocks[(leaf * d + j) * GY_KD_LEAF + i]    feature j of place leaf * GY_KD_LEAF + i; +inf past the end
 *
 * Distances: the squared distance of two rows is the sum over columns, in column order, of squared
 * differences, all in double (gy_kd_square). Floats only sort out, with a rigorous bound on their rounding,
 * what need not be computed so (gy_kd_band). Bounds of boxes are summed in the same order: rounding is
 * monotone, so they are never on the wrong side of a distance. Every answer is therefore the one of the plain
 * double loop, on any processor and any number of threads. Of rows equally near the lower row number comes
 * first. */
#ifndef GYEOL_NUM_KD_TREE_H
#define GYEOL_NUM_KD_TREE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gyeol/matrix.h>
#include <gyeol/task.h>

#include "num/kd_kernel.h"

/* No row, no node. */
#define GY_KD_NONE UINT32_MAX

/* Values beyond could overflow a float's sum of squares; callers refuse them (gy_matrix_check). */
#define GY_KD_VALUE_LIMIT 1e16f

typedef struct gy_kd_node {
  uint32_t first, end; /* its places: first .. end - 1 */
  uint32_t right;      /* right child; the left one is the next node; 0: a leaf */
  uint32_t parent;     /* GY_KD_NONE for the root */
} gy_kd_node;

typedef struct gy_kd_tree {
  size_t n, d;
  size_t n_leaves;
  size_t n_nodes;             /* 2 n_leaves - 1; node 0 is the root */
  const gy_kd_node *nodes;    /* n_nodes */
  const float *boxes;         /* n_nodes x 2 x d: least, then greatest value of each column */
  const uint32_t *rows;       /* place -> row; ascending within a leaf */
  const uint32_t *least_rows; /* node -> the lowest of its rows */
  const uint32_t *leaf_nodes; /* leaf -> its node */
  const float *blocks;        /* n_leaves x d x GY_KD_LEAF */
  const gy_kd_kernel *kernel;
  void *storage; /* all of the above in one allocation */
} gy_kd_tree;

/* Bytes that a build takes at its peak (8 n of them only until it is done); SIZE_MAX when that overflows. */
size_t gy_kd_tree_memory(size_t n, size_t d);

/* Builds over x (1 .. 2^32 - 2 rows, d >= 1, finite values within GY_KD_VALUE_LIMIT: the caller has checked).
 * x is not needed afterwards. On success *tree gives storage for gy_kd_tree_clear. O(n log n + n d). Errors:
 * GY_ELIMIT (too many rows), GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_kd_tree_build(gy_matrix x, const gy_task *task, gy_kd_tree *tree, gy_error *err);

/* The same with a kernel of one's choice. */
GY_MUST_USE gy_status gy_kd_tree_build_with(const gy_kd_kernel *kernel, gy_matrix x, const gy_task *task,
                                            gy_kd_tree *tree, gy_error *err);

/* NULL-safe, and safe on a zeroed tree. */
void gy_kd_tree_clear(gy_kd_tree *tree);

/* Row -> place, n long, the caller's. */
void gy_kd_tree_places(const gy_kd_tree *tree, uint32_t *places);

static inline const float *gy_kd_lower(const gy_kd_tree *tree, uint32_t node) {
  return tree->boxes + (size_t)node * 2 * tree->d;
}

static inline const float *gy_kd_upper(const gy_kd_tree *tree, uint32_t node) {
  return tree->boxes + ((size_t)node * 2 + 1) * tree->d;
}

/* The block of the leaf that `place` lies in. */
static inline const float *gy_kd_block(const gy_kd_tree *tree, uint32_t place) {
  return tree->blocks + (size_t)(place / GY_KD_LEAF) * tree->d * GY_KD_LEAF;
}

/* Feature 0 of a place; feature j is j * GY_KD_LEAF further. */
static inline const float *gy_kd_point(const gy_kd_tree *tree, uint32_t place) {
  return gy_kd_block(tree, place) + place % GY_KD_LEAF;
}

/* Squared distance of two points whose features are `a_step` and `b_step` apart (1 for a row of a matrix,
 * GY_KD_LEAF for gy_kd_point). */
static inline double gy_kd_square(const float *a, size_t a_step, const float *b, size_t b_step, size_t d) {
  double sum = 0;
  for (size_t j = 0; j < d; j++) {
    double difference = (double)a[j * a_step] - (double)b[j * b_step];
    sum += difference * difference;
  }
  return sum;
}

/* Squared distance of two places. */
static inline double gy_kd_square_of(const gy_kd_tree *tree, uint32_t a, uint32_t b) {
  return gy_kd_square(gy_kd_point(tree, a), GY_KD_LEAF, gy_kd_point(tree, b), GY_KD_LEAF, tree->d);
}

/* Least squared distance of two boxes (a point is a box of no extent); stops adding once beyond `enough`. */
static inline double gy_kd_box_least(const float *a_lower, const float *a_upper, const float *b_lower,
                                     const float *b_upper, size_t d, double enough) {
  double sum = 0;
  for (size_t j = 0; j < d && sum <= enough; j++) {
    double above = (double)b_lower[j] - (double)a_upper[j], below = (double)a_lower[j] - (double)b_upper[j];
    double gap = above > below ? above : below;
    if (gap > 0) sum += gap * gap;
  }
  return sum;
}

/* Greatest squared distance of points of two boxes; stops adding once beyond `enough`. */
static inline double gy_kd_box_greatest(const float *a_lower, const float *a_upper, const float *b_lower,
                                        const float *b_upper, size_t d, double enough) {
  double sum = 0;
  for (size_t j = 0; j < d && sum <= enough; j++) {
    double above = (double)b_upper[j] - (double)a_lower[j], below = (double)a_upper[j] - (double)b_lower[j];
    double reach = above > below ? above : below;
    sum += reach * reach;
  }
  return sum;
}

/* What a squared distance in float says about one in double: at most `sure` it is surely at most `square`,
 * above `unsure` surely not; between them it must be computed. */
typedef struct gy_kd_band {
  float sure, unsure;
} gy_kd_band;

gy_kd_band gy_kd_band_of(double square, size_t d);

/* A walk over the nodes near a box, near parts of the tree first.
 *
 *   gy_kd_walk walk;
 *   gy_kd_walk_start(&walk, tree, lower, upper, home);
 *   for (uint32_t node; (node = gy_kd_walk_next(&walk, least, greatest)) != GY_KD_NONE;) ...
 *
 * gives each leaf whose least squared distance to the box is at most `least` (which may fall during the
 * walk), and instead of leaves, where it can, largest nodes whose greatest squared distance is at most
 * `greatest` (negative: none); these are `whole`. `home`, the node of a leaf, is given first; or GY_KD_NONE.
 *
 * Where `skip` is set after the start, nodes for which it is true are left out with all that is in them; it
 * is told the least squared distance. Searches that break ties by row number need it: rows that are all equal
 * would else be looked at by each of them. */
typedef struct gy_kd_walk {
  const gy_kd_tree *tree;
  const float *lower, *upper;
  bool whole; /* the node just given lies wholly within `greatest` */
  bool (*skip)(const void *user, uint32_t node, double least);
  const void *user;
  size_t n_waiting;
  struct {
    uint32_t node;
    double least; /* negative: not computed yet */
  } waiting[96];
} gy_kd_walk;

void gy_kd_walk_start(gy_kd_walk *walk, const gy_kd_tree *tree, const float *lower, const float *upper,
                      uint32_t home);
uint32_t gy_kd_walk_next(gy_kd_walk *walk, double least, double greatest);

/* A row near another. */
typedef struct gy_kd_neighbour {
  double square; /* squared distance; INFINITY where there are fewer rows */
  uint32_t row;  /* GY_KD_NONE there */
} gy_kd_neighbour;

/* The k rows nearest to `query` (d floats), nearest first, into `found` (k). A row equal to the query is one
 * of them. */
void gy_kd_nearest(const gy_kd_tree *tree, const float *query, size_t k, gy_kd_neighbour *found);

/* The same among rows within `square` of the query. */
void gy_kd_nearest_within(const gy_kd_tree *tree, const float *query, double square, size_t k,
                          gy_kd_neighbour *found);

/* The k other rows nearest to each row (a row is not its own neighbour, its duplicates are): `rows` and
 * `squares`, n x k in row order, the caller's; either may be NULL. `last` (n, may be NULL): the k-th squared
 * distance alone. GY_KD_NONE and INFINITY where there are fewer rows. Scratch: 32 k x 16 bytes a thread. The
 * result does not depend on the number of threads. k >= 1. Errors: GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_kd_nearest_all(const gy_kd_tree *tree, size_t k, const gy_task *task, uint32_t *rows,
                                        double *squares, double *last, gy_error *err);

/* A radius, as leaves are compared with it. */
typedef struct gy_kd_radius {
  double square;
  float sure[GY_KD_LEAF], unsure[GY_KD_LEAF]; /* the band, once a point */
} gy_kd_radius;

gy_kd_radius gy_kd_radius_of(double square, size_t d);

/* Bit i of within[q]: place i of the leaf `node` is within the radius of the q-th of `points`. */
void gy_kd_leaf_within(const gy_kd_tree *tree, uint32_t node, const gy_kd_points *points,
                       const gy_kd_radius *radius, uint32_t *within);

/* How many rows lie within `square` (squared distance at most that) of `query`; counting may stop once it has
 * reached `enough`, and then the result is `enough` or more. */
size_t gy_kd_count(const gy_kd_tree *tree, const float *query, double square, size_t enough);

/* Calls `see` for each row within `square` of `query`, in no stated but always the same order. */
void gy_kd_visit(const gy_kd_tree *tree, const float *query, double square,
                 void (*see)(void *user, uint32_t place, double square), void *user);

#endif
