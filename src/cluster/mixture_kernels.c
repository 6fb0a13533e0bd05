/* SPDX-License-Identifier: Apache-2.0
 *
 * Which of the compiled mixture kernels this processor can run, and what they need. */
#include "cluster/mixture_kernel.h"
#include "num/simd.h"
#include "num/simd_level.h"

extern const gy_mixture_kernel gy_mixture_default, gy_mixture_double_default;

#ifdef __x86_64__
extern const gy_mixture_kernel gy_mixture_avx2, gy_mixture_avx512;
extern const gy_mixture_kernel gy_mixture_double_avx2, gy_mixture_double_avx512;
static const gy_mixture_kernels KERNELS[] = {{&gy_mixture_avx512, &gy_mixture_double_avx512},
                                             {&gy_mixture_avx2, &gy_mixture_double_avx2},
                                             {&gy_mixture_default, &gy_mixture_double_default}};
#else
static const gy_mixture_kernels KERNELS[] = {{&gy_mixture_default, &gy_mixture_double_default}};
#endif

const gy_mixture_kernels *gy_mixture_kernel_sets(size_t *count) {
  size_t skipped = gy_simd_unsupported();
  *count = sizeof KERNELS / sizeof *KERNELS - skipped;
  return KERNELS + skipped;
}

size_t gy_mixture_tile(size_t d) {
  size_t points = 4096 / d / 64 * 64;
  return points < 128 ? 128 : points > 512 ? 512 : points;
}

size_t gy_mixture_kernel_scratch(size_t d, size_t k, size_t real_bytes) {
  size_t tile = gy_mixture_tile(d), columns;
  if (__builtin_add_overflow(2 * gy_round_up(d, GY_LANES_MAX) + 2, k, &columns)) return SIZE_MAX;
  if (columns > SIZE_MAX / 16 / tile) return SIZE_MAX;
  size_t copied_rows = (GY_LANES_MAX + 1) * gy_round_up(d, GY_LANES_MAX) * sizeof(float);
  return gy_round_up(columns * tile * real_bytes + copied_rows, 64);
}

size_t gy_mixture_factor_length(size_t d, bool diagonal) {
  size_t d_padded = gy_round_up(d, GY_MIXTURE_SIDE), length = 0;
  if (diagonal) return d_padded;
  for (size_t b = 0; b < d_padded; b += GY_MIXTURE_SIDE)
    length += GY_MIXTURE_SIDE * (b + GY_MIXTURE_SIDE < d ? b + GY_MIXTURE_SIDE : d);
  return gy_round_up(length, GY_LANES_MAX);
}
