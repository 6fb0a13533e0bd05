/* SPDX-License-Identifier: Apache-2.0
 *
 * How often a slow test repeats itself: all its rounds in a plain build, the first quarter of them under the
 * sanitizers, which take five times as long for each and see the same code in every one. */
#ifndef GYEOL_TESTS_ROUNDS_H
#define GYEOL_TESTS_ROUNDS_H

#ifdef __SANITIZE_ADDRESS__
#define ROUNDS(n) (((n) + 3) / 4)
#else
#define ROUNDS(n) (n)
#endif

#endif
