/* SPDX-License-Identifier: Apache-2.0
 *
 * A quadtree over points in the plane, built anew each iteration, for sums over all pairs.
 *
 * Points are sorted along a Z-shaped curve (Morton 1966): the bits of their cell's column and row,
 * interleaved. A cell of any level is then a stretch of places, and its four parts are stretches of it. Nodes
 * are in preorder, and each knows where its subtree ends, so that a walk needs no stack. */
#ifndef GYEOL_CLUSTER_QUADTREE_H
#define GYEOL_CLUSTER_QUADTREE_H

#include <stddef.h>
#include <stdint.h>

#include "base/layout.h"
#include "cluster/tsne_kernel.h"

typedef struct gy_quad_node {
  float x, y;   /* mean of its points */
  float weight; /* how many */
  float size;   /* side of the smallest square around them */
  float low[2], high[2];
  uint32_t first, end; /* places */
  uint32_t next;       /* the node after its subtree */
} gy_quad_node;

typedef struct gy_quad_group {
  uint32_t first, end; /* places: at most GY_TSNE_GROUP of them, near each other */
} gy_quad_group;

typedef struct gy_quadtree {
  size_t n, n_nodes, n_groups;
  uint32_t *rows;        /* place -> row */
  uint32_t *keys;        /* place -> key */
  float *places;         /* n pairs: positions in order of places */
  gy_quad_node *nodes;   /* room for gy_quad_nodes_max */
  gy_quad_group *groups; /* room for n */
  uint32_t *other_rows, *other_keys;
} gy_quadtree;

/* Takes the storage of a tree over n < 2^31 points. */
void gy_quadtree_layout(gy_quadtree *tree, size_t n, gy_layout *at);

/* Builds over n pairs, all finite. */
void gy_quadtree_build(gy_quadtree *tree, const float *positions);

/* Repulsion on the points of a group: fills `group` with their positions, forces and sums (which count each
 * point itself, as 1). A node counts as one when its size is below `angle` times its distance from the group,
 * and so does a cell of 1 / 65,536 of the square around all points that holds more points than a leaf. */
void gy_quadtree_push(const gy_quadtree *tree, size_t which, double angle, const gy_tsne_kernel *kernel,
                      gy_tsne_sources *sources, gy_tsne_group *group);

#endif
