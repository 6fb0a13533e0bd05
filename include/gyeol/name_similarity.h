/* SPDX-License-Identifier: Apache-2.0
 *
 * How alike two names or addresses are, 0 to 1: Jaro's similarity (JASA 84, 1989) with Winkler's weight on a
 * common beginning (1990), on characters or on Hangul letters.
 *
 * A Hangul syllable is one code point that holds two or three letters, so 김 and 긴 are as different as 김
 * and A to a comparison of characters. Taken apart into letters (jamo) they share two of three, which is how
 * they are typed and mistyped.
 *
 * Texts are code points, case-folded and normalised by the caller. Only their first
 * GY_NAME_LETTERS_MAX letters count. Cost: O(length) for up to 64 letters, O(length * window) beyond;
 * no memory is taken. */
#ifndef GYEOL_NAME_SIMILARITY_H
#define GYEOL_NAME_SIMILARITY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { GY_NAME_LETTERS_MAX = 256 };

/* Letters of a text: syllables U+AC00..U+D7A3 become their two or three conjoining jamo, the compatibility
 * jamo U+3131..U+3163 the vowels or initial consonants they show, everything else stays. Writes at most
 * GY_NAME_LETTERS_MAX into `letters` and gives their number. */
size_t gy_hangul_letters(const uint32_t *text, size_t length, uint32_t *letters);

/* Jaro: with m letters in common (equal, and no farther apart than half the longer text) and t half the
 * number of those that are out of order, the mean of m / |a|, m / |b| and (m - t) / m. 1 for two empty texts,
 * 0 where one is empty. Symmetric. */
double gy_jaro(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b);

/* Jaro, and a tenth of what is missing to 1 for each of the first four letters that are alike. */
double gy_jaro_winkler(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b);

/* The same over Hangul letters. */
double gy_jaro_winkler_hangul(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b);

#ifdef __cplusplus
}
#endif
#endif
