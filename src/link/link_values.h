/* SPDX-License-Identifier: Apache-2.0
 *
 * Each distinct value of a field once, with all that comparing it needs: records hold numbers, and what is
 * equal is seen without looking at letters. */
#ifndef GYEOL_LINK_LINK_VALUES_H
#define GYEOL_LINK_LINK_VALUES_H

#include "link/link_text.h"

/* Letters of most names fit one byte: Hangul jamo, a to z, digits and Latin-1. A value with others is wide.
 */
typedef struct link_value {
  uint64_t stem;
  uint64_t text_at;    /* in texts */
  uint64_t letters_at; /* in narrow (bytes), or wide and words (uint32_t) */
  uint32_t counts[2];  /* records of each list that have it */
  uint16_t n_text, n_letters;
  bool is_wide;
} link_value;

/* A pool that grows; failed stays set. */
typedef struct link_pool {
  unsigned char *data;
  size_t used, capacity;
  bool failed;
} link_pool;

typedef struct link_values {
  gy_link_compare compare;
  uint32_t *codes[2]; /* of each record of a list: 0 missing, else 1 + number of its value */
  link_pool values, texts, narrow, wide;
  uint32_t *slots; /* open addressing by hash of the normal form; 0 free, else 1 + value */
  size_t n_slots, n_values;
  uint64_t n_known[2];
} link_values;

static inline const link_value *link_value_at(const link_values *of, uint32_t code) {
  return (const link_value *)(const void *)of->values.data + (code - 1);
}

/* Fills in both lists' texts of a field; `lists[1]` NULL: there is but one. False when memory is spent. */
bool link_values_read(link_values *of, gy_link_compare compare, const gy_link_column *columns[2],
                      const size_t n[2]);
void link_values_clear(link_values *of);

size_t link_values_memory(const gy_link_column *columns[2], const size_t n[2]);

/* One byte for a letter of gy_hangul_letters; -1: it has none. */
int link_narrow_letter(uint32_t letter);
uint32_t link_wide_letter(uint8_t narrow);

#endif
