/* SPDX-License-Identifier: Apache-2.0
 *
 * Which instruction set to run. Kernels are compiled once for each (meson.build: kernel_sets) and listed
 * fastest first: avx512, avx2, default; elsewhere than on x86-64 there is the default alone. */
#ifndef GYEOL_NUM_SIMD_LEVEL_H
#define GYEOL_NUM_SIMD_LEVEL_H

#include <stddef.h>

/* How many of the entries of such a list, from the front, this processor lacks: 0..2. */
static inline size_t gy_simd_unsupported(void) {
#ifdef __x86_64__
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return 2;
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") ? 0 : 1;
#else
  return 0;
#endif
}

/* Defines `const TYPE *const *FUNCTION(size_t *count)`: the kernels STEM_avx512, STEM_avx2, STEM_default that
 * this processor can run, fastest first; never empty. */
#ifdef __x86_64__
#define GY_KERNEL_LIST(type, stem, function)                                              \
  extern const type stem##_default, stem##_avx2, stem##_avx512;                           \
  const type *const *function(size_t *count) {                                            \
    static const type *const kernels[] = {&stem##_avx512, &stem##_avx2, &stem##_default}; \
    size_t skipped = gy_simd_unsupported();                                               \
    *count = sizeof kernels / sizeof *kernels - skipped;                                  \
    return kernels + skipped;                                                             \
  }
#else
#define GY_KERNEL_LIST(type, stem, function)                \
  extern const type stem##_default;                         \
  const type *const *function(size_t *count) {              \
    static const type *const kernels[] = {&stem##_default}; \
    *count = 1;                                             \
    return kernels;                                         \
  }
#endif

#endif
