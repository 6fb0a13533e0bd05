/* SPDX-License-Identifier: Apache-2.0 */
#include "feature/customer_rows.h"

#include <stdlib.h>
#include <string.h>

#include "feature/row_hash.h"

enum { MIN_SLOT_BITS = 8, RUN_ROWS = 16, FEW_ROWS = 8 };

void gy_part_rows_clear(gy_part_rows *part) {
  free(part->groups);
  free(part->ranked);
  free(part->rows);
  free(part->group_of);
  free(part->keys);
  free(part->spare_keys);
  free(part->slots);
  *part = (gy_part_rows){0};
}

static gy_status out_of_memory(gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory to group order lines by customer");
}

/* Replaces *storage by one of n items; its contents are lost. */
static bool replace(void *storage, size_t n, size_t size) {
  void **pointer = storage;
  free(*pointer);
  *pointer = aligned_alloc(64, (n * size + 63) / 64 * 64);
  return *pointer != NULL;
}

static bool reserve_rows(gy_part_rows *part, size_t n) {
  if (n <= part->row_capacity) return true;
  size_t capacity = n + n / 8 + 64;
  part->row_capacity = 0;
  if (!replace(&part->rows, capacity, (size_t)part->partition->layout.n_words * sizeof(uint64_t)))
    return false;
  if (!replace(&part->group_of, capacity, sizeof *part->group_of)) return false;
  part->row_capacity = capacity;
  return true;
}

/* ---- the table from customer to group ---- */

static inline size_t slot_of(const gy_part_rows *part, uint64_t hash) {
  return (size_t)(hash << part->partition->part_bits >> (64 - part->slot_bits));
}

static bool grow(gy_part_rows *part) {
  int bits = part->slot_bits == 0 ? MIN_SLOT_BITS : part->slot_bits + 1;
  size_t groups = (size_t)1 << bits >> 1;
  gy_row_slot *slots = aligned_alloc(64, sizeof *slots << bits);
  if (slots == NULL) return false;
  free(part->slots);
  part->slots = slots;
  gy_customer_group *larger = realloc(part->groups, groups * sizeof *larger);
  if (larger == NULL) return false;
  part->groups = larger;
  part->group_capacity = groups;
  part->slot_bits = bits;
  memset(slots, 0, sizeof *slots << bits);
  size_t mask = ((size_t)1 << bits) - 1;
  for (size_t g = 0; g < part->n_groups; g++) {
    if (g == part->no_customer) continue;
    size_t slot = slot_of(part, larger[g].hash);
    while (slots[slot].group != 0) slot = (slot + 1) & mask;
    slots[slot] = (gy_row_slot){.key = larger[g].key, .group = g + 1};
  }
  return true;
}

static bool same_text(const gy_row_text *a, const gy_row_text *b) {
  return a == b || (a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0);
}

static size_t add_group(gy_part_rows *part, uint64_t hash, uint64_t key, const gy_row_text *text) {
  part->groups[part->n_groups] = (gy_customer_group){.hash = hash, .key = key, .text = text};
  return part->n_groups++;
}

static inline size_t find_group(gy_part_rows *part, uint64_t key, const gy_row_text *text) {
  if (key == GY_WORD_NULL) {
    if (part->no_customer == SIZE_MAX) part->no_customer = add_group(part, UINT64_MAX, key, NULL);
    return part->no_customer;
  }
  bool is_text = part->partition->layout.customer_is_text;
  uint64_t hash = is_text ? key : gy_hash_word(key);
  size_t mask = ((size_t)1 << part->slot_bits) - 1;
  size_t slot = slot_of(part, hash);
  for (; part->slots[slot].group != 0; slot = (slot + 1) & mask) {
    if (part->slots[slot].key != key) continue;
    size_t group = part->slots[slot].group - 1;
    if (!is_text || same_text(part->groups[group].text, text)) return group;
  }
  size_t group = add_group(part, hash, key, text);
  part->slots[slot] = (gy_row_slot){.key = key, .group = group + 1};
  return group;
}

/* Reads time, customer and text of each packed row, and skips the rest. A row that repeats the customer of
 * the one before it is in its group. */
typedef struct chain_place {
  uint32_t *out; /* the next row's group */
  int flags;
  uint64_t key;
  const gy_row_text *text;
  size_t group;
} chain_place;

static bool group_block(gy_part_rows *part, const gy_row_block *block, chain_place *place) {
  const gy_row_layout *layout = &part->partition->layout;
  size_t header_bytes = gy_pack_header_bytes(layout->n_words);
  uint32_t id_widths = layout->customer_is_text ? 0770 : 070;
  int order_mask = part->partition->order_mask;
  const unsigned char *row = block->rows, *end = block->rows + block->n_bytes;
  while (row < end) {
    if (part->n_groups == part->group_capacity && !grow(part)) return false;
    uint32_t header = gy_pack_load_header(row, header_bytes);
    const unsigned char *at = row + header_bytes;
    if (header & 7) place->flags = *at >> 1;
    at += gy_pack_bytes(header & 7);
    if (header & id_widths) {
      unsigned width = header >> 3 & 7, text_width = header >> 6 & 7;
      if (width > 0) place->key = gy_unpack_word(gy_pack_load(at, width));
      at += gy_pack_bytes(width);
      if (layout->customer_is_text && text_width > 0)
        place->text = (const gy_row_text *)(uintptr_t)gy_unpack_word(gy_pack_load(at, text_width));
      place->group = find_group(part, place->key, place->text);
    }
    gy_customer_group *group = &part->groups[place->group];
    group->n_rows++;
    group->n_ordered += (place->flags & order_mask) == 0;
    *place->out++ = (uint32_t)place->group;
    row += header_bytes + gy_pack_sum_bytes(header);
  }
  return true;
}

/* ---- customers in order ---- */

static bool comes_before(const gy_customer_group *a, const gy_customer_group *b) {
  if (a->hash != b->hash || a->text == NULL || b->text == NULL) return a->hash < b->hash;
  size_t common = a->text->length < b->text->length ? a->text->length : b->text->length;
  int order = memcmp(a->text->bytes, b->text->bytes, common);
  return order != 0 ? order < 0 : a->text->length < b->text->length;
}

/* Slots follow the hash, so that walking them gives the order but for neighbours of a collision and
 * what wrapped round the table's end. */
static bool rank_groups(gy_part_rows *part) {
  if (!replace(&part->ranked, part->n_groups + 1, sizeof *part->ranked)) return false;
  uint32_t *ranked = part->ranked;
  size_t n = 0;
  for (int ordered = 1; ordered >= 0; ordered--) {
    size_t first = n;
    for (size_t slot = 0; slot < (size_t)1 << part->slot_bits; slot++) {
      if (part->slots[slot].group == 0) continue;
      size_t group = part->slots[slot].group - 1;
      if ((part->groups[group].n_ordered > 0) != ordered) continue;
      size_t at = n++;
      for (; at > first && comes_before(&part->groups[group], &part->groups[ranked[at - 1]]); at--) {
        ranked[at] = ranked[at - 1];
      }
      ranked[at] = (uint32_t)group;
    }
    if (ordered) part->n_customers = n;
  }
  if (part->no_customer != SIZE_MAX) ranked[n] = (uint32_t)part->no_customer;
  return true;
}

gy_status gy_part_rows_group(gy_part_rows *part, const gy_row_partition *partition, gy_row_writer *writers,
                             size_t index, gy_error *err) {
  part->partition = partition;
  part->n_rows = part->n_groups = 0;
  part->no_customer = SIZE_MAX;
  for (gy_row_writer *writer = writers; writer != NULL; writer = writer->next) {
    part->n_rows += writer->cursors[index].n_rows;
  }
  if (!reserve_rows(part, part->n_rows)) return out_of_memory(err);
  if (part->slots == NULL) {
    if (!grow(part)) return out_of_memory(err);
  } else {
    memset(part->slots, 0, sizeof *part->slots << part->slot_bits);
  }
  chain_place place = {.out = part->group_of};
  for (gy_row_writer *writer = writers; writer != NULL; writer = writer->next) {
    for (gy_row_block *block = writer->chains[index].oldest; block != NULL; block = block->next) {
      if (!group_block(part, block, &place)) return out_of_memory(err);
    }
  }
  return rank_groups(part) ? GY_OK : out_of_memory(err);
}

/* Unpacks each row into its group's next place; returns where the next block's rows are listed. `last` is the
 * chain's row before. */
static inline __attribute__((always_inline)) const uint32_t *gather_block(gy_part_rows *part,
                                                                          const gy_row_block *block,
                                                                          const uint32_t *group_of,
                                                                          uint64_t *last, int n_words) {
  size_t header_bytes = gy_pack_header_bytes(n_words);
  const unsigned char *at = block->rows, *end = block->rows + block->n_bytes;
  while (at < end) {
    uint32_t header = gy_pack_load_header(at, header_bytes);
    uint64_t *row = part->rows + part->groups[*group_of++].offset++ * (size_t)n_words;
    at += header_bytes;
    if (header & 7) last[0] = gy_unpack_time(gy_pack_load(at, header & 7));
    row[0] = last[0];
    for (int w = 1; w < n_words; w++) {
      at += gy_pack_bytes(header & 7);
      header >>= GY_PACK_WIDTH_BITS;
      if (header & 7) last[w] = gy_unpack_word(gy_pack_load(at, header & 7));
      row[w] = last[w];
    }
    at += gy_pack_bytes(header & 7);
  }
  return group_of;
}

static const uint32_t *gather_any(gy_part_rows *part, const gy_row_block *block, const uint32_t *group_of,
                                  uint64_t *last) {
  switch (part->partition->layout.n_words) {
    case 6:
      return gather_block(part, block, group_of, last, 6);
    case 7:
      return gather_block(part, block, group_of, last, 7);
    case 8:
      return gather_block(part, block, group_of, last, 8);
    case 9:
      return gather_block(part, block, group_of, last, 9);
    default:
      return gather_block(part, block, group_of, last, part->partition->layout.n_words);
  }
}

gy_status gy_part_rows_gather(gy_part_rows *part, gy_row_writer *writers, size_t index, gy_error *err) {
  size_t offset = 0, largest = 0;
  for (size_t k = 0; k < part->n_groups; k++) {
    gy_customer_group *group = &part->groups[part->ranked[k]];
    group->offset = offset;
    offset += group->n_rows;
    if (group->n_rows > largest) largest = group->n_rows;
  }
  if (largest > part->key_capacity) {
    part->key_capacity = 0;
    if (!replace(&part->keys, 2 * largest, sizeof *part->keys)) return out_of_memory(err);
    if (!replace(&part->spare_keys, 2 * largest, sizeof *part->spare_keys)) return out_of_memory(err);
    part->key_capacity = 2 * largest;
  }
  const uint32_t *group_of = part->group_of;
  uint64_t last[GY_ROW_MAX_WORDS] = {0};
  for (gy_row_writer *writer = writers; writer != NULL; writer = writer->next) {
    for (gy_row_block *block = writer->chains[index].oldest; block != NULL; block = block->next) {
      group_of = gather_any(part, block, group_of, last);
    }
  }
  for (size_t g = 0; g < part->n_groups; g++) part->groups[g].offset -= part->groups[g].n_rows;
  return GY_OK;
}

/* ---- a customer's rows in order ---- */

static inline bool key_before(const gy_part_rows *part, const gy_row_key *a, const gy_row_key *b) {
  if (a->word0 != b->word0) return a->word0 < b->word0;
  const uint64_t *x = gy_part_row(part, a), *y = gy_part_row(part, b);
  const gy_row_layout *layout = &part->partition->layout;
  for (int w = layout->first_value; w < layout->n_words; w++) {
    if (x[w] != y[w]) return x[w] < y[w];
  }
  return false;
}

static void insert_run(const gy_part_rows *part, gy_row_key *keys, size_t n) {
  for (size_t i = 1; i < n; i++) {
    gy_row_key key = keys[i];
    size_t at = i;
    for (; at > 0 && key_before(part, &key, &keys[at - 1]); at--) keys[at] = keys[at - 1];
    keys[at] = key;
  }
}

static void merge_values(const gy_part_rows *part, const gy_row_key *a, size_t n_a, const gy_row_key *b,
                         size_t n_b, gy_row_key *out) {
  while (n_a > 0 && n_b > 0) {
    if (key_before(part, b, a)) {
      *out++ = *b++;
      n_b--;
    } else {
      *out++ = *a++;
      n_a--;
    }
  }
  memcpy(out, a, n_a * sizeof *a);
  memcpy(out + n_a, b, n_b * sizeof *b);
}

/* Sorts keys by all values of their rows: runs by insertion, then merges. */
static void sort_values(const gy_part_rows *part, gy_row_key *keys, gy_row_key *spare, size_t n) {
  gy_row_key *from = keys, *to = spare;
  for (size_t i = 0; i < n; i += RUN_ROWS) insert_run(part, from + i, n - i < RUN_ROWS ? n - i : RUN_ROWS);
  for (size_t run = RUN_ROWS; run < n; run *= 2) {
    for (size_t i = 0; i < n; i += 2 * run) {
      size_t n_a = n - i < run ? n - i : run;
      size_t n_b = n - i - n_a < run ? n - i - n_a : run;
      merge_values(part, from + i, n_a, from + i + n_a, n_b, to + i);
    }
    gy_row_key *swap = from;
    from = to;
    to = swap;
  }
  if (from != keys) memcpy(keys, from, n * sizeof *keys);
}

/* The end of the run of ascending times that begins at `i`. */
static inline size_t run_end(const gy_row_key *keys, size_t i, size_t n) {
  while (++i < n && keys[i].word0 >= keys[i - 1].word0) continue;
  return i;
}

/* Which of two runs goes on is a coin toss, so no branch depends on it. */
static void merge_times(const gy_row_key *a, const gy_row_key *a_end, const gy_row_key *b,
                        const gy_row_key *b_end, gy_row_key *out) {
  while (a < a_end && b < b_end) {
    bool from_b = b->word0 < a->word0;
    *out++ = *(from_b ? b : a);
    b += from_b;
    a += !from_b;
  }
  memcpy(out, a, (size_t)(a_end - a) * sizeof *a);
  memcpy(out + (a_end - a), b, (size_t)(b_end - b) * sizeof *b);
}

/* Sorts keys by time alone, merging the runs that are there; returns where they are. */
static gy_row_key *sort_times(gy_row_key *keys, gy_row_key *spare, size_t n) {
  gy_row_key *from = keys, *to = spare;
  while (run_end(from, 0, n) < n) {
    for (size_t i = 0; i < n;) {
      size_t middle = run_end(from, i, n), end = middle < n ? run_end(from, middle, n) : n;
      merge_times(from + i, from + middle, from + middle, from + end, to + i);
      i = end;
    }
    gy_row_key *swap = from;
    from = to;
    to = swap;
  }
  return from;
}

/* Lines of one order differ in their products: that they do is sooner seen than which comes first. */
static bool all_differ(const gy_part_rows *part, const gy_row_key *keys, size_t n) {
  if (n > FEW_ROWS) return false;
  for (size_t i = 1; i < n; i++) {
    const uint64_t *row = gy_part_row(part, &keys[i]);
    for (size_t j = 0; j < i; j++)
      if (gy_rows_equal(&part->partition->layout, row, gy_part_row(part, &keys[j]))) return false;
  }
  return true;
}

const gy_row_key *gy_part_rows_sort(gy_part_rows *part, const gy_customer_group *group) {
  size_t n = group->n_rows, n_words = (size_t)part->partition->layout.n_words;
  const uint64_t *row = part->rows + group->offset * n_words;
  for (size_t i = 0; i < n; i++, row += n_words)
    part->keys[i] = (gy_row_key){.word0 = (int64_t)*row, .row = group->offset + i};
  gy_row_key *keys = sort_times(part->keys, part->spare_keys, n);
  gy_row_key *spare = keys == part->keys ? part->spare_keys : part->keys;
  for (size_t i = 0; i < n;) {
    size_t end = i + 1;
    while (end < n && keys[end].word0 == keys[i].word0) end++;
    if (!all_differ(part, keys + i, end - i)) sort_values(part, keys + i, spare + i, end - i);
    i = end;
  }
  return keys;
}
