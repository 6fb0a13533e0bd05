/* SPDX-License-Identifier: Apache-2.0 */
#include "link/link_values.h"

#include <stdlib.h>
#include <string.h>

#include <gyeol/name_similarity.h>

enum { NARROW_MAX = 64 };

/* Where the letters of one byte begin: initial jamo, vowels, finals, digits, letters, Latin-1 small ones. */
static const struct {
  uint32_t first, n;
} RANGES[] = {{0x1100, 19}, {0x1161, 21}, {0x11A8, 27}, {'0', 10}, {'a', 26}, {0xDF, 33}, {' ', 16}};
enum { N_RANGES = sizeof RANGES / sizeof *RANGES };

int link_narrow_letter(uint32_t letter) {
  uint32_t base = 0;
  for (size_t i = 0; i < N_RANGES; base += RANGES[i++].n)
    if (letter - RANGES[i].first < RANGES[i].n) return (int)(base + (letter - RANGES[i].first));
  return -1;
}

uint32_t link_wide_letter(uint8_t narrow) {
  uint32_t base = 0;
  for (size_t i = 0; i < N_RANGES; base += RANGES[i++].n)
    if (narrow - base < RANGES[i].n) return RANGES[i].first + (narrow - base);
  return 0;
}

static void *pool_take(link_pool *pool, size_t bytes) {
  if (pool->failed) return NULL;
  if (pool->data == NULL || pool->used + bytes > pool->capacity) {
    size_t capacity = pool->capacity > 0 ? pool->capacity * 2 : 4096;
    while (capacity < pool->used + bytes) capacity *= 2;
    unsigned char *data = realloc(pool->data, capacity);
    if (data == NULL) {
      pool->failed = true;
      return NULL;
    }
    pool->data = data;
    pool->capacity = capacity;
  }
  void *at = pool->data + pool->used;
  pool->used += bytes;
  return at;
}

static bool is_by_letters(gy_link_compare compare) {
  return compare == GY_LINK_NAME || compare == GY_LINK_TEXT || compare == GY_LINK_EMAIL ||
         compare == GY_LINK_PHONE || compare == GY_LINK_POSTCODE;
}

static bool put_wide(link_values *of, link_value *value, const uint32_t *items, size_t n) {
  value->is_wide = true;
  value->n_letters = (uint16_t)n;
  value->letters_at = of->wide.used / sizeof *items;
  uint32_t *to = pool_take(&of->wide, n * sizeof *items);
  if (to == NULL) return false;
  memcpy(to, items, n * sizeof *items);
  return true;
}

static bool put_letters(link_values *of, link_value *value, const link_text *text) {
  uint32_t letters[GY_NAME_LETTERS_MAX];
  uint8_t narrow[NARROW_MAX];
  if (of->compare == GY_LINK_ADDRESS) return put_wide(of, value, text->words, text->n_words);
  if (!is_by_letters(of->compare)) return true;
  size_t n = gy_hangul_letters(text->chars, text->n_chars, letters);
  bool fits = n <= NARROW_MAX;
  for (size_t i = 0; i < n && fits; i++) {
    int letter = link_narrow_letter(letters[i]);
    fits = letter >= 0;
    narrow[i] = (uint8_t)letter;
  }
  if (!fits) return put_wide(of, value, letters, n);
  value->n_letters = (uint16_t)n;
  value->letters_at = of->narrow.used;
  uint8_t *to = pool_take(&of->narrow, n);
  if (to == NULL && n > 0) return false;
  if (n > 0) memcpy(to, narrow, n);
  return true;
}

/* The code of a text, which gets a value of its own where there is none yet; 0 missing. */
static uint32_t intern(link_values *of, const link_text *text) {
  if (text->n_normal == 0) return 0;
  size_t slot = (size_t)link_hash(text->normal, text->n_normal) & (of->n_slots - 1);
  for (; of->slots[slot] != 0; slot = (slot + 1) & (of->n_slots - 1)) {
    const link_value *value = link_value_at(of, of->slots[slot]);
    if (value->n_text == text->n_normal &&
        memcmp(of->texts.data + value->text_at, text->normal, text->n_normal) == 0)
      return of->slots[slot];
  }
  link_value value = {.stem = text->stem, .text_at = of->texts.used, .n_text = (uint16_t)text->n_normal};
  char *kept = pool_take(&of->texts, text->n_normal);
  bool good = kept != NULL && put_letters(of, &value, text);
  link_value *to = good ? pool_take(&of->values, sizeof value) : NULL;
  if (to == NULL) {
    of->values.failed = true;
    return 0;
  }
  memcpy(kept, text->normal, text->n_normal);
  *to = value;
  return of->slots[slot] = (uint32_t)++of->n_values;
}

static size_t slots_for(size_t n) {
  size_t slots = 64;
  while (slots < 2 * n) slots *= 2;
  return slots;
}

bool link_values_read(link_values *of, gy_link_compare compare, const gy_link_column *columns[2],
                      const size_t n[2]) {
  link_text text;
  of->compare = compare;
  of->n_slots = slots_for(n[0] + n[1]);
  of->slots = calloc(of->n_slots, sizeof *of->slots);
  if (of->slots == NULL) return false;
  for (int side = 0; side < 2; side++) {
    of->codes[side] = calloc(n[side] + 1, sizeof *of->codes[side]);
    if (of->codes[side] == NULL) return false;
    for (size_t i = 0; i < n[side] && !of->values.failed; i++) {
      uint64_t from = columns[side]->offsets[i], end = columns[side]->offsets[i + 1];
      if (from == end) continue;
      link_text_read(compare, columns[side]->bytes + from, (size_t)(end - from), &text);
      uint32_t code = intern(of, &text);
      of->codes[side][i] = code;
      if (code == 0) continue;
      ((link_value *)(void *)of->values.data)[code - 1].counts[side]++;
      of->n_known[side]++;
    }
  }
  free(of->slots);
  of->slots = NULL;
  return !of->values.failed;
}

void link_values_clear(link_values *of) {
  free(of->codes[0]);
  free(of->codes[1]);
  free(of->slots);
  free(of->values.data);
  free(of->texts.data);
  free(of->narrow.data);
  free(of->wide.data);
  *of = (link_values){0};
}

/* Pools double, so each may hold twice what it needs; letters are at most as many bytes as their text, and
 * four times that where they are wide. */
size_t link_values_memory(const gy_link_column *columns[2], const size_t n[2]) {
  size_t records = n[0] + n[1], bytes = 0;
  for (int side = 0; side < 2; side++)
    if (n[side] > 0) bytes += (size_t)(columns[side]->offsets[n[side]] - columns[side]->offsets[0]);
  return slots_for(records) * sizeof(uint32_t) + records * (sizeof(uint32_t) + 2 * sizeof(link_value)) +
         6 * bytes;
}
