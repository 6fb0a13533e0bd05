/* SPDX-License-Identifier: Apache-2.0
 *
 * Which of the compiled kernels for centroids this processor can run. */
#include "cluster/centroids_kernel.h"

#include "num/simd_level.h"

extern const gy_centroids_kernel gy_centroids_default;

#ifdef __x86_64__
extern const gy_centroids_kernel gy_centroids_avx2, gy_centroids_avx512;
static const gy_centroids_kernel *const KERNELS[] = {&gy_centroids_avx512, &gy_centroids_avx2,
                                                     &gy_centroids_default};
#else
static const gy_centroids_kernel *const KERNELS[] = {&gy_centroids_default};
#endif

const gy_centroids_kernel *const *gy_centroids_kernels(size_t *count) {
  size_t skipped = gy_simd_unsupported();
  *count = sizeof KERNELS / sizeof *KERNELS - skipped;
  return KERNELS + skipped;
}
