/* SPDX-License-Identifier: Apache-2.0 */
#include "link/link_blocks.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

typedef struct keyed {
  uint64_t key;
  uint32_t record;
  uint32_t side;
} keyed;

static size_t first_characters(const unsigned char *text, size_t n, size_t count) {
  size_t i = 0;
  while (i < n && count > 0) {
    i++;
    while (i < n && (text[i] & 0xC0) == 0x80) i++;
    count--;
  }
  return i;
}

static size_t last_characters(const unsigned char *text, size_t n, size_t count) {
  size_t i = n;
  while (i > 0 && count > 0) {
    i--;
    while (i > 0 && (text[i] & 0xC0) == 0x80) i--;
    count--;
  }
  return n - i;
}

/* The key of one part for one value; 0: none. */
static uint64_t part_key(const link_values *of, uint32_t code, int letters) {
  if (code == 0) return 0;
  const link_value *value = link_value_at(of, code);
  const unsigned char *text = of->texts.data + value->text_at;
  if (letters == GY_LINK_STEM) return value->stem;
  if (letters == 0) return code;
  size_t n = letters > 0 ? first_characters(text, value->n_text, (size_t)letters)
                         : last_characters(text, value->n_text, (size_t)-letters);
  return link_hash(letters > 0 ? text : text + value->n_text - n, n) | 1;
}

static uint64_t record_key(const link_lists *lists, const gy_link_rule *rule, int side, size_t record) {
  uint64_t keys[GY_LINK_PARTS_MAX];
  for (size_t p = 0; p < rule->n_parts; p++) {
    const link_values *of = &lists->fields[rule->parts[p].field];
    keys[p] = part_key(of, of->codes[side][record], rule->parts[p].letters);
    if (keys[p] == 0) return 0;
  }
  return link_hash(keys, rule->n_parts * sizeof *keys) | 1;
}

static int by_key(const void *a, const void *b) {
  const keyed *x = a, *y = b;
  if (x->key != y->key) return x->key < y->key ? -1 : 1;
  if (x->side != y->side) return x->side < y->side ? -1 : 1;
  return (x->record > y->record) - (x->record < y->record);
}

static size_t collect(const link_lists *lists, const gy_link_rule *rule, keyed *records) {
  size_t n = 0;
  for (uint32_t side = 0; side < (lists->is_one ? 1u : 2u); side++) {
    for (size_t i = 0; i < lists->n[side]; i++) {
      uint64_t key = record_key(lists, rule, (int)side, i);
      if (key != 0) records[n++] = (keyed){key, (uint32_t)i, side};
    }
  }
  qsort(records, n, sizeof *records, by_key);
  return n;
}

/* Cuts the sorted records into blocks; those with nothing to compare, or too much, are none. */
static void cut(const link_lists *lists, const keyed *records, size_t n, uint64_t most,
                link_rule_blocks *made, gy_link_rule_report *report) {
  uint64_t largest = 0;
  uint32_t at[2] = {0, 0};
  for (size_t first = 0, end; first < n; first = end) {
    uint32_t count[2] = {0, 0};
    for (end = first; end < n && records[end].key == records[first].key; end++) count[records[end].side]++;
    link_block block = {at[0], count[0], at[1], count[1]};
    uint64_t pairs = link_block_pairs(&block, lists->is_one);
    if (pairs > most) {
      report->n_oversized++;
      report->n_missed += pairs;
      if (pairs > largest) report->example = records[first].record;
      largest = pairs > largest ? pairs : largest;
    }
    if (pairs == 0 || pairs > most) continue;
    made->blocks[made->n_blocks++] = block;
    report->n_pairs += pairs;
    for (size_t i = first; i < end; i++) {
      made->records[records[i].side][at[records[i].side]++] = records[i].record;
      made->block_of[records[i].side][records[i].record] = (uint32_t)made->n_blocks;
    }
  }
  report->n_blocks = made->n_blocks;
}

gy_status link_blocks_make(const link_lists *lists, const gy_link_options *options, size_t rule,
                           link_rule_blocks *made, gy_link_rule_report *report, gy_error *err) {
  int n_sides = lists->is_one ? 1 : 2;
  size_t n = lists->n[0] + (lists->is_one ? 0 : lists->n[1]);
  link_rule_blocks blocks = {0};
  *report = (gy_link_rule_report){0};
  keyed *records = malloc((n + 1) * sizeof *records);
  blocks.blocks = malloc((n / 2 + 1) * sizeof *blocks.blocks);
  bool good = records != NULL && blocks.blocks != NULL;
  for (int side = 0; side < n_sides && good; side++) {
    blocks.block_of[side] = calloc(lists->n[side] + 1, sizeof(uint32_t));
    blocks.records[side] = malloc((lists->n[side] + 1) * sizeof(uint32_t));
    good = blocks.block_of[side] != NULL && blocks.records[side] != NULL;
  }
  if (good) {
    size_t n_keyed = collect(lists, &options->rules[rule], records);
    cut(lists, records, n_keyed, options->block_pairs_max, &blocks, report);
    *made = blocks;
  } else {
    link_blocks_clear(&blocks);
  }
  free(records);
  return good ? GY_OK : gy_fail(err, GY_ENOMEM, "linkage: no memory for blocks of %zu records", n);
}

void link_blocks_clear(link_rule_blocks *blocks) {
  for (int side = 0; side < 2; side++) {
    free(blocks->block_of[side]);
    free(blocks->records[side]);
  }
  free(blocks->blocks);
  *blocks = (link_rule_blocks){0};
}

size_t link_blocks_memory(const size_t n[2]) {
  size_t records = n[0] + n[1];
  return records * (2 * sizeof(uint32_t)) + records / 2 * sizeof(link_block);
}
