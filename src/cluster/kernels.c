/* SPDX-License-Identifier: Apache-2.0
 *
 * Which of the compiled kernels this processor can run. */
#include "cluster/kmeans_kernel.h"
#include "cluster/pairs_kernel.h"

#include "num/simd.h"

size_t gy_kmeans_kernel_scratch(size_t d) {
  size_t tile = gy_round_up(d, GY_LANES_MAX) * GY_TILE_MAX;
  size_t padded_copy = d * GY_TILE_MAX + GY_LANES_MAX;
  size_t zero_offset = gy_round_up(d, GY_LANES_MAX);
  return gy_round_up(tile + padded_copy + zero_offset, GY_LANES_MAX);
}

extern const gy_kmeans_kernel gy_kmeans_default;
extern const gy_pairs_kernel gy_pairs_default;

#ifdef __x86_64__
extern const gy_kmeans_kernel gy_kmeans_avx2, gy_kmeans_avx512;
extern const gy_pairs_kernel gy_pairs_avx2, gy_pairs_avx512;
static const gy_kmeans_kernel *const KMEANS[] = {&gy_kmeans_avx512, &gy_kmeans_avx2, &gy_kmeans_default};
static const gy_pairs_kernel *const PAIRS[] = {&gy_pairs_avx512, &gy_pairs_avx2, &gy_pairs_default};

/* How many of the entries above, from the front, this processor lacks. */
static size_t n_unsupported(void) {
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return 2;
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") ? 0 : 1;
}
#else
static const gy_kmeans_kernel *const KMEANS[] = {&gy_kmeans_default};
static const gy_pairs_kernel *const PAIRS[] = {&gy_pairs_default};

static size_t n_unsupported(void) { return 0; }
#endif

const gy_kmeans_kernel *const *gy_kmeans_kernels(size_t *count) {
  size_t skipped = n_unsupported();
  *count = sizeof KMEANS / sizeof *KMEANS - skipped;
  return KMEANS + skipped;
}

const gy_pairs_kernel *const *gy_pairs_kernels(size_t *count) {
  size_t skipped = n_unsupported();
  *count = sizeof PAIRS / sizeof *PAIRS - skipped;
  return PAIRS + skipped;
}
