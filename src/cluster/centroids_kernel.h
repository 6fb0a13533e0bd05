/* SPDX-License-Identifier: Apache-2.0
 *
 * The nearest of many weighted points to one of them; compiled once an instruction set. */
#ifndef GYEOL_CLUSTER_CENTROIDS_KERNEL_H
#define GYEOL_CLUSTER_CENTROIDS_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GY_STRETCH = 64, GY_BOX_GROUP = 16 };

/* Points in slots. Each stretch of 64 slots keeps its features apart in single precision, to be looked
 * through quickly; the rows in double precision decide. */
typedef struct gy_centroids {
  size_t d;
  size_t n_slots;        /* in use or dead; the last stretch is filled up with dead ones */
  double *rows;          /* slot x d, relative to an offset of each column */
  double *weights;       /* slot; 0: dead */
  float *screen;         /* stretch x d x 64: scale * rows; dead slots: infinity */
  float *screen_weights; /* slot; 1 where weights do not count */
  float *boxes;          /* group of 16 stretches x d x {lower, upper} x 16: around the points of `screen` */
  float *lightest;       /* stretch: no slot of it weighs less; 1 where weights do not count */
  bool weighted; /* scores are 2 u v / (u + v) times the squared distance (Ward), else the latter alone */
  double scale;  /* makes every |scale * row| at most 1 */
  double absolute_error, relative_error; /* of a scaled distance computed in single precision */
} gy_centroids;

/* The best found so far: slot -1 and score infinity for none. */
typedef struct gy_nearest {
  int32_t slot;
  double score;
} gy_nearest;

typedef struct gy_centroids_kernel {
  const char *name;
  /* The nearest slot to `slot` among those of the groups of stretches first..end - 1, or `best` where none is
   * nearer; ties go to the lowest slot, but never against `best` (so begin with the preferred one). `query`
   * is scratch for d floats. */
  gy_nearest (*search)(const gy_centroids *c, int32_t slot, size_t first, size_t end, gy_nearest best,
                       float *query);
  /* The same in one stretch. */
  gy_nearest (*search_stretch)(const gy_centroids *c, int32_t slot, size_t stretch, gy_nearest best,
                               float *query);
  /* Squared scaled distances of every slot to `slot` in single precision, into `squares`: n_slots rounded up
   * to 64. */
  void (*squares)(const gy_centroids *c, int32_t slot, float *squares, float *query);
  /* The score of two slots; symmetric to the last bit. */
  double (*score)(const gy_centroids *c, int32_t a, int32_t b);
  /* The lowest of values[i] + penalties[i] (NULL: none), i < n; the first of equals; slot -1 where none is
   * finite. */
  gy_nearest (*lowest)(const double *values, const double *penalties, size_t n);
  /* Looks at row `number` of a matrix of distances: returns the lowest of its n values, as above, and enters
   * it in the columns' records: lowest value so far, and the row that had it first. */
  gy_nearest (*note)(const double *values, size_t n, int64_t number, double *column_lowest,
                     int64_t *column_row);
  /* Euclidean distances from the point `row` (d doubles) to the points 0..n-1, held in stretches of 64 slots,
   * features apart: points[stretch][feature][64]. Writes whole stretches. */
  void (*distances)(const double *points, const double *row, size_t d, size_t n, double *distances);
} gy_centroids_kernel;

/* The kernels this processor can run, fastest first; never empty. */
const gy_centroids_kernel *const *gy_centroids_kernels(size_t *count);

#endif
