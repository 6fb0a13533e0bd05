/* SPDX-License-Identifier: Apache-2.0
 *
 * Which of the compiled kernels this processor can run. */
#include "num/product_kernel.h"
#include "num/simd_level.h"

extern const gy_product_kernel gy_product_default;

#ifdef __x86_64__
extern const gy_product_kernel gy_product_avx2, gy_product_avx512;
static const gy_product_kernel *const PRODUCT[] = {&gy_product_avx512, &gy_product_avx2, &gy_product_default};
#else
static const gy_product_kernel *const PRODUCT[] = {&gy_product_default};
#endif

const gy_product_kernel *const *gy_product_kernels(size_t *count) {
  size_t skipped = gy_simd_unsupported();
  *count = sizeof PRODUCT / sizeof *PRODUCT - skipped;
  return PRODUCT + skipped;
}
