/* SPDX-License-Identifier: Apache-2.0
 *
 * Which of the compiled kernels this processor can run. */
#include "cluster/dissimilarity_kernel.h"
#include "cluster/kmeans_bounds_kernel.h"
#include "cluster/kmeans_kernel.h"
#include "cluster/kmedoids_kernel.h"
#include "cluster/pairs_kernel.h"

#include "num/simd_level.h"
#include "num/tile.h"

size_t gy_kmeans_kernel_scratch(size_t d) {
  size_t zero_offset = gy_round_up(d, GY_LANES_MAX);
  return gy_round_up(gy_tile_floats(d) + zero_offset, GY_LANES_MAX);
}

extern const gy_dissimilarity_kernel gy_dissimilarity_default;
extern const gy_kmeans_kernel gy_kmeans_default;
extern const gy_kmedoids_kernel gy_kmedoids_default;
extern const gy_bounds_kernel gy_kmeans_bounds_default;
extern const gy_pairs_kernel gy_pairs_default;

#ifdef __x86_64__
extern const gy_dissimilarity_kernel gy_dissimilarity_avx2, gy_dissimilarity_avx512;
extern const gy_kmeans_kernel gy_kmeans_avx2, gy_kmeans_avx512;
extern const gy_kmedoids_kernel gy_kmedoids_avx2, gy_kmedoids_avx512;
extern const gy_bounds_kernel gy_kmeans_bounds_avx2, gy_kmeans_bounds_avx512;
extern const gy_pairs_kernel gy_pairs_avx2, gy_pairs_avx512;
static const gy_dissimilarity_kernel *const DISSIMILARITY[] = {
    &gy_dissimilarity_avx512, &gy_dissimilarity_avx2, &gy_dissimilarity_default};
static const gy_kmedoids_kernel *const KMEDOIDS[] = {&gy_kmedoids_avx512, &gy_kmedoids_avx2,
                                                     &gy_kmedoids_default};
static const gy_kmeans_kernel *const KMEANS[] = {&gy_kmeans_avx512, &gy_kmeans_avx2, &gy_kmeans_default};
static const gy_bounds_kernel *const BOUNDS[] = {&gy_kmeans_bounds_avx512, &gy_kmeans_bounds_avx2,
                                                 &gy_kmeans_bounds_default};
static const gy_pairs_kernel *const PAIRS[] = {&gy_pairs_avx512, &gy_pairs_avx2, &gy_pairs_default};
#else
static const gy_dissimilarity_kernel *const DISSIMILARITY[] = {&gy_dissimilarity_default};
static const gy_kmedoids_kernel *const KMEDOIDS[] = {&gy_kmedoids_default};
static const gy_kmeans_kernel *const KMEANS[] = {&gy_kmeans_default};
static const gy_bounds_kernel *const BOUNDS[] = {&gy_kmeans_bounds_default};
static const gy_pairs_kernel *const PAIRS[] = {&gy_pairs_default};
#endif

const gy_kmeans_kernel *const *gy_kmeans_kernels(size_t *count) {
  size_t skipped = gy_simd_unsupported();
  *count = sizeof KMEANS / sizeof *KMEANS - skipped;
  return KMEANS + skipped;
}

const gy_bounds_kernel *gy_bounds_kernel_beside(const gy_kmeans_kernel *kernel) {
  size_t i = 0;
  while (KMEANS[i] != kernel) i++;
  return BOUNDS[i];
}

const gy_pairs_kernel *const *gy_pairs_kernels(size_t *count) {
  size_t skipped = gy_simd_unsupported();
  *count = sizeof PAIRS / sizeof *PAIRS - skipped;
  return PAIRS + skipped;
}

const gy_dissimilarity_kernel *const *gy_dissimilarity_kernels(size_t *count) {
  size_t skipped = gy_simd_unsupported();
  *count = sizeof DISSIMILARITY / sizeof *DISSIMILARITY - skipped;
  return DISSIMILARITY + skipped;
}

const gy_kmedoids_kernel *const *gy_kmedoids_kernels(size_t *count) {
  size_t skipped = gy_simd_unsupported();
  *count = sizeof KMEDOIDS / sizeof *KMEDOIDS - skipped;
  return KMEDOIDS + skipped;
}
