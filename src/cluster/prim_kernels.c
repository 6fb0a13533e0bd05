/* SPDX-License-Identifier: Apache-2.0
 *
 * Which of the compiled kernels of Prim's algorithm this processor can run. */
#include "cluster/prim_kernel.h"

#include "num/simd_level.h"

extern const gy_prim_kernel gy_prim_default;

#ifdef __x86_64__
extern const gy_prim_kernel gy_prim_avx2, gy_prim_avx512;
static const gy_prim_kernel *const KERNELS[] = {&gy_prim_avx512, &gy_prim_avx2, &gy_prim_default};
#else
static const gy_prim_kernel *const KERNELS[] = {&gy_prim_default};
#endif

const gy_prim_kernel *const *gy_prim_kernels(size_t *count) {
  size_t skipped = gy_simd_unsupported();
  *count = sizeof KERNELS / sizeof *KERNELS - skipped;
  return KERNELS + skipped;
}
