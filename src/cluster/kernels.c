/* SPDX-License-Identifier: Apache-2.0
 *
 * This room's kernels, each compiled once an instruction set (mixture_kernels.c has two precisions of its
 * own). */
#include "cluster/centroids_kernel.h"
#include "cluster/dissimilarity_kernel.h"
#include "cluster/kmeans_bounds_kernel.h"
#include "cluster/kmeans_kernel.h"
#include "cluster/kmedoids_kernel.h"
#include "cluster/pairs_kernel.h"
#include "cluster/prim_kernel.h"
#include "cluster/tsne_kernel.h"

#include "num/simd_level.h"
#include "num/tile.h"

GY_KERNEL_LIST(gy_centroids_kernel, gy_centroids, gy_centroids_kernels)
GY_KERNEL_LIST(gy_dissimilarity_kernel, gy_dissimilarity, gy_dissimilarity_kernels)
GY_KERNEL_LIST(gy_kmeans_kernel, gy_kmeans, gy_kmeans_kernels)
GY_KERNEL_LIST(gy_bounds_kernel, gy_kmeans_bounds, gy_bounds_kernels)
GY_KERNEL_LIST(gy_kmedoids_kernel, gy_kmedoids, gy_kmedoids_kernels)
GY_KERNEL_LIST(gy_pairs_kernel, gy_pairs, gy_pairs_kernels)
GY_KERNEL_LIST(gy_prim_kernel, gy_prim, gy_prim_kernels)
GY_KERNEL_LIST(gy_tsne_kernel, gy_tsne, gy_tsne_kernels)

size_t gy_kmeans_kernel_scratch(size_t d) {
  size_t zero_offset = gy_round_up(d, GY_LANES_MAX);
  return gy_round_up(gy_tile_floats(d) + zero_offset, GY_LANES_MAX);
}

const gy_bounds_kernel *gy_bounds_kernel_beside(const gy_kmeans_kernel *kernel) {
  size_t n, i = 0;
  const gy_kmeans_kernel *const *kernels = gy_kmeans_kernels(&n);
  while (kernels[i] != kernel) i++;
  return gy_bounds_kernels(&n)[i];
}
