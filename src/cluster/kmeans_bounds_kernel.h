/* SPDX-License-Identifier: Apache-2.0
 *
 * Lloyd's assignment that skips what the triangle inequality rules out; compiled once an instruction set. */
#ifndef GYEOL_CLUSTER_KMEANS_BOUNDS_KERNEL_H
#define GYEOL_CLUSTER_KMEANS_BOUNDS_KERNEL_H

#include "cluster/kmeans_kernel.h"

enum { GY_BOUNDS_CHUNK = 2048 /* rows looked at together */ };

/* How the centres have moved, and what rounding may hide. */
typedef struct gy_bounds_motion {
  bool known;        /* false: there are no bounds yet */
  size_t set_groups; /* groups of four centres in a set */
  size_t n_sets;
  const float *shifts;     /* k: how far each centre has moved, rounded up */
  const float *set_shifts; /* the most in each set */
  float reach;             /* the longest centre, from the offset */
} gy_bounds_motion;

/* Of one block of rows. */
typedef struct gy_row_bounds {
  size_t stride; /* rows of the block, rounded up to GY_LANES_MAX */
  float *upper;  /* stride: a row is at most this far from its centre */
  float *lower;  /* n_sets x stride: and at least this far from every other centre of the set */
} gy_row_bounds;

/* What comparing a row has found so far. */
typedef struct gy_bounds_winner {
  float score;
  float upper;           /* its centre is at most this far */
  float lower_of_others; /* and the others of its set at least this */
  int32_t label;         /* -1: the row was not compared */
} gy_bounds_winner;

/* Scratch of one thread. */
typedef struct gy_bounds_scratch {
  float *tile;               /* gy_kmeans_kernel_scratch */
  uint16_t *queue;           /* n_sets x chunk: rows that must be compared with the set */
  size_t *n_queued;          /* n_sets */
  gy_bounds_winner *winners; /* chunk */
} gy_bounds_scratch;

typedef struct gy_bounds_kernel {
  const char *name;
  /* As gy_kmeans_kernel's assign, with `centers` also plain (k x d), and to the same bytes. */
  size_t (*assign)(const gy_packed_centers *packed, const float *centers, const gy_bounds_motion *motion,
                   gy_matrix x, const float *weights, size_t first, size_t end, int32_t *labels,
                   const gy_row_bounds *bounds, gy_cluster_sums *totals, bool fresh,
                   const gy_bounds_scratch *scratch);
} gy_bounds_kernel;

/* The kernels this processor can run, fastest first; never empty. */
const gy_bounds_kernel *const *gy_bounds_kernels(size_t *count);

/* The one for the same instruction set. */
const gy_bounds_kernel *gy_bounds_kernel_beside(const gy_kmeans_kernel *kernel);

#endif
