/* SPDX-License-Identifier: Apache-2.0
 *
 * The forces of t-SNE; compiled once an instruction set. Positions are pairs: x of point i at [2 i], y at
 * [2 i + 1]. */
#ifndef GYEOL_CLUSTER_TSNE_KERNEL_H
#define GYEOL_CLUSTER_TSNE_KERNEL_H

#include <stddef.h>
#include <stdint.h>

enum { GY_TSNE_GROUP = 64, GY_TSNE_SOURCES = 1024, GY_TSNE_LANES = 16 };

/* Points that feel the same sources; places past the last are padding. */
typedef struct gy_tsne_group {
  float x[GY_TSNE_GROUP], y[GY_TSNE_GROUP];
  float force_x[GY_TSNE_GROUP], force_y[GY_TSNE_GROUP];
  float sum[GY_TSNE_GROUP]; /* of 1 / (1 + distance^2) over sources, by weight */
  size_t n;
} gy_tsne_group;

/* Points and cells of points that push. */
typedef struct gy_tsne_sources {
  float x[GY_TSNE_SOURCES], y[GY_TSNE_SOURCES], weight[GY_TSNE_SOURCES];
  size_t n;
} gy_tsne_sources;

typedef struct gy_tsne_pull {
  float x, y;
} gy_tsne_pull;

typedef struct gy_tsne_kernel {
  const char *name;
  /* Adds the sources' repulsion to the group's forces and sums. */
  void (*push)(const gy_tsne_sources *sources, gy_tsne_group *group);
  /* Sum over j of values[j] (here - position[columns[j]]) / (1 + distance^2). */
  gy_tsne_pull (*pull)(const float *positions, const float here[2], const uint32_t *columns,
                       const float *values, size_t n);
} gy_tsne_kernel;

/* The kernels this processor can run, fastest first; never empty. */
const gy_tsne_kernel *const *gy_tsne_kernels(size_t *count);

#endif
