/* SPDX-License-Identifier: Apache-2.0
 *
 * Addresses as sets of words. Words part at blanks and between digits and letters; endings of numbers (동,
 * 호, 번지) go, provinces and kinds of streets get their short forms: 서울특별시 is 서울, Street is st. */
#ifndef GYEOL_LINK_LINK_WORDS_H
#define GYEOL_LINK_LINK_WORDS_H

#include "link/link_text.h"

/* From chars to normal, words and stem. */
void link_words_read(link_text *text);

/* One hash of hashes in whatever order; sorts them. */
uint64_t link_words_hash(uint64_t *hashes, size_t n);

/* 2 x common / (n_a + n_b) of two ascending lists, and whether neither has a number the other lacks. */
double link_words_dice(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b, bool *same_numbers);

#endif
