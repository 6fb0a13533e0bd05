/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the characters are that mean something in delimited text: the first, vectorised half of a
 * tokenizer, after Langdale and Lemire, "Parsing gigabytes of JSON per second", 2019. Sixty-four bytes are
 * compared at once and become a bit mask; the walk over the positions is ordinary code. */
#ifndef GYEOL_DATA_CSV_INDEX_H
#define GYEOL_DATA_CSV_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that must be readable behind every text given to these functions. */
enum { GY_CSV_PADDING = 64 };

/* Unused ones equal `newline`. */
typedef struct gy_csv_signs {
  char delimiter, newline, quote, escape;
} gy_csv_signs;

/* What else was seen. */
typedef struct gy_csv_sightings {
  bool guards; /* a quote or an escape */
  bool nul;
  bool high; /* a byte beyond ASCII */
} gy_csv_sightings;

/* Writes the places of all signs in ascending order (room for `length` of them) and returns their number. */
size_t gy_csv_find(const char *text, size_t length, gy_csv_signs signs, uint32_t *places,
                   gy_csv_sightings *seen);

/* Where the last record of a text ends that has its newline (0: none does), by the parity of the quotes
 * before each newline. False when some quote stands where a well-formed field has none: then parity proves
 * nothing. For signs without an escape. */
bool gy_csv_last_end(const char *text, size_t length, gy_csv_signs signs, size_t *end);

/* How often a byte occurs. */
size_t gy_csv_count(const char *text, size_t length, char byte);

#endif
