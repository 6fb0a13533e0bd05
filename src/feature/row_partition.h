/* SPDX-License-Identifier: Apache-2.0
 *
 * Order lines, packed into narrow rows and radix-partitioned by a hash of their customer.
 *
 * A row is a few 64-bit words; columns that the source lacks take no space:
 *
 *   word 0     time (microseconds UTC) << 8 | flags
 *   word 1     customer id, or the hash of its text; then word 2 is the pointer to the text
 *   the rest   order, product, quantity, amount, category, discount, extra   (those mapped)
 *
 * Blocks hold them packed (row_pack.h).
 *
 * The top bits of the customer's hash choose the part. Every writer (one a thread) keeps its own chain
 * of blocks per part, so writing needs no lock; a part is the union of its chains, in no defined
 * order. Rows without customer are spread by a hash of their values, so that equal rows meet. */
#ifndef GYEOL_FEATURE_ROW_PARTITION_H
#define GYEOL_FEATURE_ROW_PARTITION_H

#include <stdbool.h>
#include <stdint.h>

#include "data/cleaning_rules.h"
#include "engine/engine.h"
#include "feature/id_map.h"
#include "feature/page_pool.h"
#include "feature/row_pack.h"

typedef enum gy_row_role {
  GY_ROW_TIME,      /* TIMESTAMP or INT64: microseconds UTC, years 830..3110 */
  GY_ROW_ORDER,     /* BIGINT or TEXT; absent: each distinct time of a customer is an order */
  GY_ROW_PRODUCT,   /* BIGINT or TEXT */
  GY_ROW_QUANTITY,  /* MONEY (1/10000); INT32 or INT64: whole numbers; as all money */
  GY_ROW_AMOUNT,    /* MONEY */
  GY_ROW_CATEGORY,  /* BIGINT or TEXT */
  GY_ROW_DISCOUNT,  /* MONEY */
  GY_ROW_EXTRA,     /* INT64: a hash of further columns that tell duplicates apart */
  GY_ROW_CUSTOMER,  /* BIGINT or TEXT */
  GY_ROW_FLAGS,     /* INT32: GY_LINE_* bits */
  GY_ROW_PRICE,     /* MONEY; for the rules only, as is */
  GY_ROW_CANCELLED, /* BOOL */
  GY_ROW_ROLES
} gy_row_role;

/* Flags are those of data/cleaning_rules.h but for GY_LINE_DUPLICATE, which is found here, whatever the
 * column says. */
enum {
  GY_FLAG_COMBINATIONS = 128,
  GY_ROW_MAX_WORDS = GY_PACK_MAX_WORDS,
  GY_CUSTOMER_TEXT_MAX = 8192,
  GY_ROW_SLAB_BYTES = 2 << 20
};

typedef struct gy_row_layout {
  int word[GY_ROW_ROLES]; /* its word in a row; -1: absent; FLAGS shares TIME's */
  int first_value;        /* words 0 and from here on make a row's value; those between, its customer */
  int n_words;
  bool customer_is_text; /* word[CUSTOMER] is the hash, the one after it a const gy_row_text * */
} gy_row_layout;

typedef struct gy_row_text {
  uint32_t length;
  char bytes[];
} gy_row_text;

typedef struct gy_row_block {
  struct gy_row_block *next;
  size_t n_bytes;
  unsigned char rows[]; /* packed; room for GY_PACK_SLACK more */
} gy_row_block;

/* Sums over rows that need no grouping. */
typedef struct gy_row_totals {
  uint64_t rows[GY_FLAG_COMBINATIONS];
  int64_t amount[GY_FLAG_COMBINATIONS];
  int64_t magnitude[3]; /* sum of |amount|, |quantity|, |discount|: no sum of a few of them can overflow */
  int64_t min_order_us; /* over lines that make orders; INT64_MAX, INT64_MIN when there are none */
  int64_t max_order_us;
} gy_row_totals;

typedef struct gy_row_partition {
  int column[GY_ROW_ROLES]; /* position in the chunk; -1: absent */
  gy_row_layout layout;
  int part_bits;
  size_t first_part, end_part; /* what this pass keeps */
  size_t block_bytes;          /* for packed rows */
  const gy_line_rules *rules;  /* lent; NULL: AMOUNT and FLAGS are columns */
  int exclude_mask;            /* lines with any of these count for nothing */
  int order_mask;              /* lines with any of these make no order */
  bool has_as_of;
  int64_t as_of_us;
  bool count_totals; /* in the first pass only */
  gy_page_budget *budget;
} gy_row_partition;

/* Where a part's next row goes. All of a writer's cursors fit the first-level cache. */
typedef struct gy_row_cursor {
  unsigned char *next;
  int32_t room; /* bytes in which a row may begin */
  uint32_t n_rows;
} gy_row_cursor;

/* A part's blocks, in order of writing, and the texts of its customers. */
typedef struct gy_row_chain {
  gy_row_block *oldest, *newest;
  char *text_next, *text_end;
  const gy_row_text *last_text;
} gy_row_chain;

typedef struct gy_row_writer {
  const gy_row_partition *partition;
  gy_page_pool blocks, texts;
  gy_row_cursor *cursors; /* one a part */
  gy_row_chain *chains;   /* one a part */
  uint64_t *scratch;      /* arrays of GY_CHUNK_ROWS words, listed in row_words.h */
  gy_row_totals totals;
  gy_id_map orders; /* ids of kept orders; not where there is no order column */
  struct gy_row_writer *next;
} gy_row_writer;

void gy_row_layout_init(gy_row_layout *layout, const int column[GY_ROW_ROLES], bool customer_is_text);

GY_MUST_USE gy_status gy_row_writer_create(const gy_row_partition *partition, gy_row_writer **writer,
                                           gy_error *err);
void gy_row_writer_destroy(gy_row_writer *writer); /* NULL-safe */
/* Forgets the rows and totals, keeps the memory. */
void gy_row_writer_reset(gy_row_writer *writer);

/* Adds a chunk's rows. A NULL customer sets GY_LINE_NO_CUSTOMER, a missing or absurd time
 * GY_LINE_NO_TIME, one after the stated as-of GY_LINE_FUTURE. GY_ELIMIT: the budget is spent. */
GY_MUST_USE gy_status gy_row_writer_add(gy_row_writer *writer, const gy_chunk *chunk, gy_error *err);

/* Makes every block's n_bytes true, and gives their sum; call before reading the parts. */
size_t gy_row_writer_seal(gy_row_writer *writer);

static inline int64_t gy_row_time(uint64_t word0) { return (int64_t)word0 >> 8; }
static inline int gy_row_flags(uint64_t word0) { return (int)(word0 & 0x7f); }

#endif
