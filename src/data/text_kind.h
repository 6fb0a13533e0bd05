/* SPDX-License-Identifier: Apache-2.0
 *
 * What a file's bytes can be: text, and in which encoding, or something else that has a name. */
#ifndef GYEOL_DATA_TEXT_KIND_H
#define GYEOL_DATA_TEXT_KIND_H

#include "data/byte_stream.h"

/* The encoding that a byte order mark names and the mark's length; GY_ENCODING_AUTO and 0 without one. */
gy_encoding gy_bom_encoding(const char *data, size_t length, size_t *bom_length);

/* What a file that is not text seems to be ("an Excel workbook"); NULL for text. Stray NUL bytes in text
 * are still text: the rows that hold them are turned away later. */
const char *gy_not_text(const char *data, size_t length);

/* How well samples of one file fit each encoding. Zero-initialise. */
typedef struct gy_encoding_score {
  uint64_t high_bytes;          /* beyond ASCII */
  uint64_t utf8_good, utf8_bad; /* multi-byte sequences */
  uint64_t cp949_good, cp949_bad;
  uint64_t nul_even, nul_odd; /* NUL bytes by their place: UTF-16's other halves */
  uint64_t bytes;
} gy_encoding_score;

/* Adds a sample. One that may begin inside a character is `cut_start`; every sample may end inside one. */
void gy_encoding_score_add(gy_encoding_score *score, const char *data, size_t length, bool cut_start);

/* The encoding that fits best; UTF-8 where all is ASCII. */
gy_encoding gy_encoding_score_best(const gy_encoding_score *score);

#endif
