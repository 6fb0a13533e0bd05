/* SPDX-License-Identifier: Apache-2.0
 *
 * A matrix of distances between clusters, below the diagonal: row i holds the distances to 0..i-1. Beside it
 * each cluster's nearest neighbour, which is noted while rows are written: the lowest of the row itself, and
 * for every column the lowest so far, by thread. */
#ifndef GYEOL_CLUSTER_DISTANCE_MATRIX_H
#define GYEOL_CLUSTER_DISTANCE_MATRIX_H

#include "cluster/linkage.h"

/* A cluster of the next round: one of now (gone = grown), or two. */
typedef struct gy_joined {
  int32_t gone, grown; /* gone < grown */
  double share;        /* of `gone` in their mean */
} gy_joined;

typedef struct gy_distance_matrix {
  gy_linkage linkage;
  const gy_centroids_kernel *kernel;
  const gy_task *task;
  int n_threads;
  size_t n_start, d;  /* points, and their columns */
  const double *rows; /* n_start x d */
  size_t n;           /* slots now */
  size_t n_live;
  double *cells;       /* NULL before the first round */
  double *weights;     /* slot */
  double *heights;     /* slot: of the last merge */
  double *penalties;   /* slot: infinity for a dead one, else 0 */
  int32_t *leaves;     /* slot: the last leaf of the cluster; ascending */
  gy_nearest *nearest; /* slot */
  gy_joined *joined;   /* clusters of the next round */
  int32_t *chain;
  bool *on_chain;
  double *points;        /* the points, in stretches of 64, features apart */
  double *column_lowest; /* thread x n_start */
  int64_t *column_row;   /* thread x n_start */
  double *scratch;       /* thread x 2 x n_start */
  void *storage;         /* all but `cells` */
} gy_distance_matrix;

/* Cells before row `row`. */
static inline size_t gy_triangle_cells(size_t row) { return row * (row - (row > 0)) / 2; }

/* Takes storage, but not the cells. */
GY_MUST_USE gy_status gy_distance_matrix_init(gy_distance_matrix *m, const gy_linkage_input *input,
                                              gy_error *err);
void gy_distance_matrix_clear(gy_distance_matrix *m);

/* Bytes of the above, without the cells; SIZE_MAX when they overflow. */
size_t gy_distance_matrix_memory(const gy_linkage_input *input);

/* Room for the cells of n rows; NULL when there is none. */
double *gy_triangle_alloc(size_t n);
size_t gy_triangle_bytes(size_t n);

/* Forgets what was noted; then rows are noted, each by one thread (0: alone) and by any thread in ascending
 * order; then m->nearest of the `n` rows is put together. */
void gy_nearest_reset(gy_distance_matrix *m);
void gy_nearest_note(gy_distance_matrix *m, size_t thread, size_t row, const double *values);
void gy_nearest_collect(gy_distance_matrix *m, size_t n);

#endif
