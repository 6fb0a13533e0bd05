/* SPDX-License-Identifier: Apache-2.0
 *
 * Normal forms of the values that records are compared by: what remains of a text once everything is gone
 * that two ways of writing the same thing differ in. */
#ifndef GYEOL_LINK_LINK_TEXT_H
#define GYEOL_LINK_LINK_TEXT_H

#include <gyeol/linkage.h>

enum { LINK_CHARS_MAX = 256, LINK_NORMAL_MAX = 4 * LINK_CHARS_MAX, LINK_WORDS_MAX = 32 };

typedef struct link_text {
  char normal[LINK_NORMAL_MAX];   /* UTF-8; values are equal if these are */
  size_t n_normal;                /* 0: missing */
  uint32_t chars[LINK_CHARS_MAX]; /* what is compared letter by letter */
  size_t n_chars;
  uint32_t words[LINK_WORDS_MAX]; /* of an address: hashes, ascending, each once; odd ones are numbers */
  size_t n_words;
  uint64_t stem; /* a hash as GY_LINK_STEM says; of a date year << 16 | month << 8 | day, 0 if it is none */
} link_text;

void link_text_read(gy_link_compare compare, const char *text, size_t n, link_text *out);

/* Folds a text: NFKC, case. Letters, marks and digits stay; with `all` everything does but blanks at the
 * ends; otherwise each run of other things becomes one blank. Gives the number of characters. */
size_t link_fold(const char *text, size_t n, bool all, uint32_t *chars);

uint64_t link_hash(const void *bytes, size_t n);

#endif
