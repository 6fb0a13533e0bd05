/* SPDX-License-Identifier: Apache-2.0
 *
 * Which of the compiled kernels of the kd-tree this processor can run. */
#include "num/kd_kernel.h"

#include "num/simd_level.h"

extern const gy_kd_kernel gy_kd_default;

#ifdef __x86_64__
extern const gy_kd_kernel gy_kd_avx2, gy_kd_avx512;
static const gy_kd_kernel *const KERNELS[] = {&gy_kd_avx512, &gy_kd_avx2, &gy_kd_default};
#else
static const gy_kd_kernel *const KERNELS[] = {&gy_kd_default};
#endif

const gy_kd_kernel *const *gy_kd_kernels(size_t *count) {
  size_t skipped = gy_simd_unsupported();
  *count = sizeof KERNELS / sizeof *KERNELS - skipped;
  return KERNELS + skipped;
}
