/* SPDX-License-Identifier: Apache-2.0 */
#include "feature/row_partition.h"

#include <stdlib.h>
#include <string.h>

#include "base/simd.h"
#include "feature/row_hash.h"
#include "feature/row_words.h"

enum { TEXT_BLOCK_BYTES = 16 * 1024, SLAB_BYTES = GY_ROW_SLAB_BYTES, AHEAD_ROWS = 12 };

static const gy_row_role VALUE_ROLES[] = {GY_ROW_ORDER,    GY_ROW_PRODUCT,  GY_ROW_QUANTITY, GY_ROW_AMOUNT,
                                          GY_ROW_CATEGORY, GY_ROW_DISCOUNT, GY_ROW_EXTRA};
enum { N_VALUE_ROLES = sizeof VALUE_ROLES / sizeof *VALUE_ROLES };

void gy_row_layout_init(gy_row_layout *layout, const int column[GY_ROW_ROLES], bool customer_is_text) {
  *layout = (gy_row_layout){.customer_is_text = customer_is_text};
  for (int role = 0; role < GY_ROW_ROLES; role++) layout->word[role] = -1;
  layout->word[GY_ROW_TIME] = layout->word[GY_ROW_FLAGS] = 0;
  layout->word[GY_ROW_CUSTOMER] = 1;
  int n = layout->first_value = customer_is_text ? 3 : 2;
  for (int i = 0; i < N_VALUE_ROLES; i++) {
    bool derived = VALUE_ROLES[i] == GY_ROW_AMOUNT; /* where it is no column */
    if (column[VALUE_ROLES[i]] >= 0 || derived) layout->word[VALUE_ROLES[i]] = n++;
  }
  layout->n_words = n;
}

/* ---- a writer's life ---- */

static void forget_rows(gy_row_writer *writer) {
  size_t n_parts = (size_t)1 << writer->partition->part_bits;
  memset(writer->cursors, 0, n_parts * sizeof *writer->cursors);
  memset(writer->chains, 0, n_parts * sizeof *writer->chains);
  writer->totals = (gy_row_totals){.min_order_us = INT64_MAX, .max_order_us = INT64_MIN};
}

gy_status gy_row_writer_create(const gy_row_partition *partition, gy_row_writer **writer, gy_error *err) {
  gy_row_writer *made = calloc(1, sizeof *made);
  if (made == NULL) return gy_fail(err, GY_ENOMEM, "no memory to partition rows by customer");
  made->partition = partition;
  gy_page_pool_init(&made->blocks, partition->budget,
                    sizeof(gy_row_block) + partition->block_bytes + GY_PACK_SLACK, SLAB_BYTES);
  gy_page_pool_init(&made->texts, partition->budget, TEXT_BLOCK_BYTES, SLAB_BYTES);
  made->cursors = calloc((size_t)1 << partition->part_bits, sizeof *made->cursors);
  made->chains = calloc((size_t)1 << partition->part_bits, sizeof *made->chains);
  made->scratch = malloc(GY_SCRATCH_ARRAYS * GY_CHUNK_ROWS * sizeof(uint64_t));
  if (made->cursors == NULL || made->chains == NULL || made->scratch == NULL) {
    gy_row_writer_destroy(made);
    return gy_fail(err, GY_ENOMEM, "no memory to partition rows by customer");
  }
  forget_rows(made);
  *writer = made;
  return GY_OK;
}

void gy_row_writer_destroy(gy_row_writer *writer) {
  if (writer == NULL) return;
  gy_page_pool_clear(&writer->blocks);
  gy_page_pool_clear(&writer->texts);
  gy_id_map_clear(&writer->orders);
  free(writer->cursors);
  free(writer->chains);
  free(writer->scratch);
  free(writer);
}

void gy_row_writer_reset(gy_row_writer *writer) {
  gy_page_pool_reset(&writer->blocks);
  gy_page_pool_reset(&writer->texts);
  gy_id_map_clear(&writer->orders);
  forget_rows(writer);
}

/* ---- totals ---- */

static void add_totals(gy_row_totals *totals, const uint64_t *time_words, const uint64_t *amounts, size_t n,
                       int order_mask) {
  int64_t first = totals->min_order_us, last = totals->max_order_us;
  for (size_t i = 0; i < n; i++) {
    int flags = gy_row_flags(time_words[i]);
    int64_t t = gy_row_time(time_words[i]);
    totals->rows[flags]++;
    totals->amount[flags] += amounts[i] == GY_WORD_NULL ? 0 : (int64_t)amounts[i];
    bool makes_order = (flags & order_mask) == 0;
    if (makes_order && t < first) first = t;
    if (makes_order && t > last) last = t;
  }
  totals->min_order_us = first;
  totals->max_order_us = last;
}

static void add_orders(gy_id_map *map, const uint64_t *time_words, const uint64_t *orders, size_t n,
                       int order_mask) {
  uint64_t last = GY_WORD_NULL;
  for (size_t i = 0; i < n && !map->gave_up; i++) {
    if (orders[i] == last || orders[i] == GY_WORD_NULL || (gy_row_flags(time_words[i]) & order_mask) != 0)
      continue;
    last = orders[i];
    gy_id_map_add(map, last);
  }
}

/* Fails where 64 bits would not hold the sum of the absolute values, so that no sum later on can overflow. */
static gy_status add_magnitudes(gy_row_totals *totals, const gy_row_layout *layout,
                                const uint64_t *const *words, size_t n, gy_error *err) {
  static const gy_row_role ROLES[] = {GY_ROW_AMOUNT, GY_ROW_QUANTITY, GY_ROW_DISCOUNT};
  static const char *const NAMES[] = {"amounts", "quantities", "discounts"};
  for (int k = 0; k < 3; k++) {
    if (layout->word[ROLES[k]] < 0) continue;
    const uint64_t *values = words[layout->word[ROLES[k]]];
    int64_t sum = totals->magnitude[k];
    bool overflow = false;
    for (size_t i = 0; i < n; i++) {
      int64_t value = values[i] == GY_WORD_NULL ? 0 : (int64_t)values[i];
      overflow |= __builtin_add_overflow(sum, value < 0 ? -value : value, &sum);
    }
    if (overflow) {
      return gy_fail(err, GY_EDATA,
                     "the %s of the order lines add up to more than 900 trillion; check that column",
                     NAMES[k]);
    }
    totals->magnitude[k] = sum;
  }
  return GY_OK;
}

/* ---- rows to parts ---- */

static size_t max_row_bytes(const gy_row_layout *layout) {
  return gy_pack_header_bytes(layout->n_words) + (size_t)layout->n_words * sizeof(uint64_t);
}

static bool next_block(gy_row_writer *writer, size_t part) {
  gy_row_block *block = gy_page_pool_block(&writer->blocks);
  if (block == NULL) return false;
  gy_row_cursor *cursor = &writer->cursors[part];
  gy_row_chain *chain = &writer->chains[part];
  if (chain->newest != NULL) {
    chain->newest->n_bytes = (size_t)(cursor->next - chain->newest->rows);
    chain->newest->next = block;
  } else {
    chain->oldest = block;
  }
  block->next = NULL;
  chain->newest = block;
  cursor->next = block->rows;
  cursor->room = (int32_t)(writer->partition->block_bytes - max_row_bytes(&writer->partition->layout));
  return true;
}

/* All ones for rows that come right behind the one before them in the same part, else 0. */
GY_SIMD_CLONES
static void find_followers(const uint32_t *part, size_t n, uint64_t *follows) {
  follows[0] = 0;
  for (size_t i = 1; i < n; i++) follows[i] = part[i] == part[i - 1] ? UINT64_MAX : 0;
}

/* One more column: its codes' widths join the headers, 0 where a follower repeats the code before it. */
GY_SIMD_CLONES
static void add_widths(const uint64_t *codes, const uint64_t *follows, size_t n, int shift,
                       uint64_t *headers) {
  headers[0] |= gy_pack_width(codes[0]) << shift;
  for (size_t i = 1; i < n; i++) {
    uint64_t repeats = codes[i] == codes[i - 1] ? follows[i] : 0;
    headers[i] |= (gy_pack_width(codes[i]) & ~repeats) << shift;
  }
}

GY_SIMD_CLONES
static void code_column(const uint64_t *words, size_t n, uint64_t *codes) {
  for (size_t i = 0; i < n; i++) codes[i] = gy_pack_word(words[i]);
}

static void pack_columns(const gy_row_layout *layout, const uint64_t *const *words, const uint64_t *follows,
                         size_t n, uint64_t *const *codes, uint64_t *headers) {
  memset(headers, 0, n * sizeof *headers);
  for (size_t i = 0; i < n; i++) codes[0][i] = gy_pack_time(words[0][i]);
  for (int w = 1; w < layout->n_words; w++) code_column(words[w], n, codes[w]);
  for (int w = 0; w < layout->n_words; w++) add_widths(codes[w], follows, n, w * GY_PACK_WIDTH_BITS, headers);
}

/* Appends packed rows to their parts; `n_words` is a constant where this is inlined. */
static inline __attribute__((always_inline)) bool scatter(gy_row_writer *writer, uint64_t *const *codes,
                                                          const uint64_t *headers, const uint32_t *part,
                                                          size_t n, int n_words) {
  size_t header_bytes = gy_pack_header_bytes(n_words);
  for (size_t i = 0; i < n; i++) {
    if (i + AHEAD_ROWS < n && part[i + AHEAD_ROWS] != UINT32_MAX)
      __builtin_prefetch(writer->cursors[part[i + AHEAD_ROWS]].next, 1);
    if (part[i] == UINT32_MAX) continue;
    gy_row_cursor *cursor = &writer->cursors[part[i]];
    if (cursor->room <= 0 && !next_block(writer, part[i])) return false;
    unsigned char *at = cursor->next;
    uint32_t header = (uint32_t)headers[i];
    memcpy(at, &header, sizeof header);
    at += header_bytes;
    for (int w = 0; w < n_words; w++, header >>= GY_PACK_WIDTH_BITS) {
      memcpy(at, &codes[w][i], sizeof(uint64_t));
      at += gy_pack_bytes(header & 7);
    }
    cursor->room -= (int32_t)(at - cursor->next);
    cursor->next = at;
    cursor->n_rows++;
  }
  return true;
}

static bool scatter_any(gy_row_writer *writer, uint64_t *const *codes, const uint64_t *headers,
                        const uint32_t *part, size_t n) {
  switch (writer->partition->layout.n_words) {
    case 3:
      return scatter(writer, codes, headers, part, n, 3);
    case 4:
      return scatter(writer, codes, headers, part, n, 4);
    case 5:
      return scatter(writer, codes, headers, part, n, 5);
    case 6:
      return scatter(writer, codes, headers, part, n, 6);
    case 7:
      return scatter(writer, codes, headers, part, n, 7);
    case 8:
      return scatter(writer, codes, headers, part, n, 8);
    case 9:
      return scatter(writer, codes, headers, part, n, 9);
    default:
      return scatter(writer, codes, headers, part, n, GY_ROW_MAX_WORDS);
  }
}

static uint64_t hash_values(const gy_row_layout *layout, const uint64_t *const *words, size_t row) {
  uint64_t hash = gy_hash_word(words[0][row]);
  for (int w = layout->first_value; w < layout->n_words; w++) hash = gy_hash_word(hash + words[w][row]);
  return hash;
}

static void choose_parts(const gy_row_partition *partition, const uint64_t *const *words, size_t n,
                         uint32_t *part) {
  const gy_row_layout *layout = &partition->layout;
  const uint64_t *customers = words[layout->word[GY_ROW_CUSTOMER]];
  int shift = 63 - partition->part_bits;
  for (size_t i = 0; i < n; i++) {
    uint64_t hash = layout->customer_is_text ? customers[i] : gy_hash_word(customers[i]);
    part[i] = (uint32_t)(hash >> shift >> 1);
  }
  for (size_t i = 0; i < n; i++) {
    if (customers[i] != GY_WORD_NULL) continue;
    part[i] = (uint32_t)(hash_values(layout, words, i) >> shift >> 1);
  }
  if (partition->first_part == 0 && partition->end_part == (size_t)1 << partition->part_bits) return;
  for (size_t i = 0; i < n; i++) {
    if (part[i] < partition->first_part || part[i] >= partition->end_part) part[i] = UINT32_MAX;
  }
}

/* Keeps the bytes of text ids, once for each run of equal ids in a part. */
static gy_status keep_texts(gy_row_writer *writer, const gy_column *customers, const uint32_t *part, size_t n,
                            uint64_t *out, gy_error *err) {
  const gy_text *texts = customers->data;
  for (size_t i = 0; i < n; i++) {
    out[i] = 0;
    if (part[i] == UINT32_MAX || gy_column_is_null(customers, i)) continue;
    gy_row_chain *chain = &writer->chains[part[i]];
    const gy_row_text *last = chain->last_text;
    if (last == NULL || last->length != texts[i].length ||
        memcmp(last->bytes, texts[i].data, texts[i].length) != 0) {
      if (texts[i].length > GY_CUSTOMER_TEXT_MAX) {
        return gy_fail(err, GY_ELIMIT,
                       "a customer id has %zu bytes and at most %d fit; is this the id column?",
                       texts[i].length, GY_CUSTOMER_TEXT_MAX);
      }
      size_t bytes = (sizeof(gy_row_text) + texts[i].length + 7) / 8 * 8;
      if ((size_t)(chain->text_end - chain->text_next) < bytes) {
        chain->text_next = gy_page_pool_block(&writer->texts);
        if (chain->text_next == NULL)
          return gy_fail(err, GY_ELIMIT, "customer ids outgrew the memory budget");
        chain->text_end = chain->text_next + TEXT_BLOCK_BYTES;
      }
      gy_row_text *kept = (gy_row_text *)chain->text_next;
      kept->length = (uint32_t)texts[i].length;
      if (kept->length > 0) memcpy(kept->bytes, texts[i].data, kept->length);
      chain->text_next += bytes;
      chain->last_text = last = kept;
    }
    out[i] = (uint64_t)(uintptr_t)last;
  }
  return GY_OK;
}

gy_status gy_row_writer_add(gy_row_writer *writer, const gy_chunk *chunk, gy_error *err) {
  const gy_row_partition *partition = writer->partition;
  const gy_row_layout *layout = &partition->layout;
  size_t n = chunk->n_rows;
  const uint64_t *words[GY_ROW_MAX_WORDS];
  uint64_t *scratch[GY_SCRATCH_ARRAYS];
  for (int w = 0; w < GY_SCRATCH_ARRAYS; w++) scratch[w] = writer->scratch + (size_t)w * GY_CHUNK_ROWS;

  gy_status status = gy_row_words_load(partition, chunk, scratch, words, err);
  if (status != GY_OK) return status;
  if (partition->count_totals) {
    status = add_magnitudes(&writer->totals, layout, words, n, err);
    if (status != GY_OK) return status;
    if (layout->word[GY_ROW_ORDER] >= 0)
      add_orders(&writer->orders, words[0], words[layout->word[GY_ROW_ORDER]], n, partition->order_mask);
    add_totals(&writer->totals, words[0], words[layout->word[GY_ROW_AMOUNT]], n, partition->order_mask);
  }
  uint32_t *part = (uint32_t *)scratch[GY_SCRATCH_PARTS];
  choose_parts(partition, words, n, part);
  if (layout->customer_is_text) {
    int w = layout->word[GY_ROW_CUSTOMER] + 1;
    const gy_column *column = &chunk->columns[partition->column[GY_ROW_CUSTOMER]];
    status = keep_texts(writer, column, part, n, scratch[w], err);
    if (status != GY_OK) return status;
    words[w] = scratch[w];
  }
  uint64_t *headers = scratch[GY_SCRATCH_HEADERS], *follows = scratch[GY_SCRATCH_FOLLOWS];
  find_followers(part, n, follows);
  pack_columns(layout, words, follows, n, scratch, headers);
  if (!scatter_any(writer, scratch, headers, part, n)) {
    return gy_fail(err, GY_ELIMIT,
                   "order lines outgrew the memory budget; more or wider ones came than were announced");
  }
  return GY_OK;
}

size_t gy_row_writer_seal(gy_row_writer *writer) {
  size_t n_parts = (size_t)1 << writer->partition->part_bits, bytes = 0;
  for (size_t part = 0; part < n_parts; part++) {
    gy_row_block *newest = writer->chains[part].newest;
    if (newest != NULL) newest->n_bytes = (size_t)(writer->cursors[part].next - newest->rows);
    for (const gy_row_block *block = writer->chains[part].oldest; block != NULL; block = block->next)
      bytes += block->n_bytes;
  }
  return bytes;
}
