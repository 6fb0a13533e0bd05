/* SPDX-License-Identifier: Apache-2.0
 *
 * One source for several instruction sets: a function marked GY_SIMD_CLONES is compiled once for each and
 * the fitting one is chosen when the program starts. Its helpers must be inlined into it. */
#ifndef GYEOL_BASE_SIMD_H
#define GYEOL_BASE_SIMD_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define GY_SIMD_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define GY_SIMD_CLONES
#endif

#endif
