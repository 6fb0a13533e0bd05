/* SPDX-License-Identifier: Apache-2.0
 *
 * Which of the compiled kernels this processor can run. */
#include "cluster/tsne_kernel.h"
#include "num/simd_level.h"

extern const gy_tsne_kernel gy_tsne_default;

#ifdef __x86_64__
extern const gy_tsne_kernel gy_tsne_avx2, gy_tsne_avx512;
static const gy_tsne_kernel *const TSNE[] = {&gy_tsne_avx512, &gy_tsne_avx2, &gy_tsne_default};
#else
static const gy_tsne_kernel *const TSNE[] = {&gy_tsne_default};
#endif

const gy_tsne_kernel *const *gy_tsne_kernels(size_t *count) {
  size_t skipped = gy_simd_unsupported();
  *count = sizeof TSNE / sizeof *TSNE - skipped;
  return TSNE + skipped;
}
