/* SPDX-License-Identifier: Apache-2.0 */
#include "feature/row_words.h"

#include "feature/row_hash.h"

#define MAX_TIME_US ((int64_t)36000000000000000) /* within 55 bits: about 1,140 years either way */

static gy_status refuse_type(gy_error *err) {
  return gy_fail(err, GY_EINTERNAL, "a column of order lines has a type that the feature kernel cannot pack");
}

static void pack_int64(const gy_column *column, size_t n, uint64_t *out) {
  const uint64_t *values = column->data;
  for (size_t i = 0; i < n; i++) out[i] = gy_column_is_null(column, i) ? GY_WORD_NULL : values[i];
}

static void pack_int32(const gy_column *column, size_t n, uint64_t *out) {
  const int32_t *values = column->data;
  for (size_t i = 0; i < n; i++) {
    out[i] = gy_column_is_null(column, i) ? GY_WORD_NULL : (uint64_t)(int64_t)values[i];
  }
}

static void pack_text(const gy_column *column, size_t n, uint64_t *out) {
  const gy_text *values = column->data;
  for (size_t i = 0; i < n; i++) {
    out[i] = gy_column_is_null(column, i) ? GY_WORD_NULL : gy_text_word(values[i].data, values[i].length);
  }
}

/* The column's values as words: its own storage where it can be read in place, else `scratch`. */
static gy_status column_words(const gy_column *column, size_t n, uint64_t *scratch, const uint64_t **words,
                              gy_error *err) {
  *words = scratch;
  switch (column->type) {
    case GY_TYPE_INT64:
    case GY_TYPE_MONEY:
    case GY_TYPE_TIMESTAMP:
      if (column->validity == NULL)
        *words = column->data;
      else
        pack_int64(column, n, scratch);
      return GY_OK;
    case GY_TYPE_INT32:
    case GY_TYPE_DATE:
      pack_int32(column, n, scratch);
      return GY_OK;
    case GY_TYPE_TEXT:
      pack_text(column, n, scratch);
      return GY_OK;
    default:
      return refuse_type(err);
  }
}

static gy_status scale_whole(const uint64_t *words, size_t n, uint64_t *out, gy_error *err) {
  bool overflow = false;
  for (size_t i = 0; i < n; i++) {
    bool is_null = words[i] == GY_WORD_NULL;
    int64_t scaled;
    overflow |= __builtin_mul_overflow(is_null ? 0 : (int64_t)words[i], (int64_t)GY_MONEY_SCALE, &scaled);
    out[i] = is_null ? GY_WORD_NULL : (uint64_t)scaled;
  }
  if (!overflow) return GY_OK;
  return gy_fail(err, GY_EDATA, "a number of the order lines is above 900 trillion; check their columns");
}

/* As column_words, for numbers in 1/10000. */
static gy_status money_words(const gy_column *column, size_t n, uint64_t *scratch, const uint64_t **words,
                             gy_error *err) {
  gy_status status = column_words(column, n, scratch, words, err);
  if (status != GY_OK || column->type == GY_TYPE_MONEY) return status;
  if (column->type != GY_TYPE_INT64 && column->type != GY_TYPE_INT32) return refuse_type(err);
  const uint64_t *whole = *words;
  *words = scratch;
  return scale_whole(whole, n, scratch, err);
}

static bool is_money(int role) {
  return role == GY_ROW_QUANTITY || role == GY_ROW_AMOUNT || role == GY_ROW_DISCOUNT;
}

static const gy_column *column_of(const gy_row_partition *partition, const gy_chunk *chunk, int role) {
  return partition->column[role] >= 0 ? &chunk->columns[partition->column[role]] : NULL;
}

/* The words of all columns but the time. */
static gy_status load_words(const gy_row_partition *partition, const gy_chunk *chunk,
                            uint64_t *const *scratch, const uint64_t **words, gy_error *err) {
  gy_status status = GY_OK;
  for (int role = GY_ROW_TIME + 1; role <= GY_ROW_CUSTOMER && status == GY_OK; role++) {
    const gy_column *column = column_of(partition, chunk, role);
    int w = partition->layout.word[role];
    bool derived = role == GY_ROW_AMOUNT && partition->rules != NULL;
    if (w < 0 || column == NULL || derived) continue;
    status = (is_money(role) ? money_words : column_words)(column, chunk->n_rows, scratch[w], &words[w], err);
  }
  return status;
}

/* Finds amounts and flags by the rules; the amounts take the place of those that the source states. */
static gy_status apply_rules(const gy_row_partition *partition, const gy_chunk *chunk,
                             uint64_t *const *scratch, const uint64_t **words, gy_error *err) {
  const int *word = partition->layout.word;
  const gy_column *price = column_of(partition, chunk, GY_ROW_PRICE),
                  *stated = column_of(partition, chunk, GY_ROW_AMOUNT),
                  *cancelled = column_of(partition, chunk, GY_ROW_CANCELLED);
  const uint64_t *prices = NULL, *amounts = NULL;
  gy_status status = GY_OK;
  if (price != NULL) status = money_words(price, chunk->n_rows, scratch[GY_SCRATCH_PRICES], &prices, err);
  if (status == GY_OK && stated != NULL)
    status = money_words(stated, chunk->n_rows, scratch[GY_SCRATCH_STATED], &amounts, err);
  if (status == GY_OK && cancelled != NULL && cancelled->type != GY_TYPE_BOOL) status = refuse_type(err);
  if (status != GY_OK) return status;
  gy_line_columns columns = {
      .price = (const int64_t *)prices,
      .amount = (const int64_t *)amounts,
      .quantity = word[GY_ROW_QUANTITY] >= 0 ? (const int64_t *)words[word[GY_ROW_QUANTITY]] : NULL,
      .discount = word[GY_ROW_DISCOUNT] >= 0 ? (const int64_t *)words[word[GY_ROW_DISCOUNT]] : NULL,
      .cancelled = cancelled != NULL ? cancelled->data : NULL};
  words[word[GY_ROW_AMOUNT]] = scratch[word[GY_ROW_AMOUNT]];
  return gy_line_rules_apply(partition->rules, &columns, chunk->n_rows,
                             (int64_t *)scratch[word[GY_ROW_AMOUNT]], (int32_t *)scratch[GY_SCRATCH_FLAGS],
                             err);
}

/* The flags that came with the rows. */
static gy_status load_flags(const gy_column *column, size_t n, int32_t *flags, gy_error *err) {
  if (column != NULL && column->type != GY_TYPE_INT32) return refuse_type(err);
  const int32_t *bits = column != NULL ? column->data : NULL;
  for (size_t i = 0; i < n; i++)
    flags[i] = bits == NULL || gy_column_is_null(column, i) ? 0 : bits[i] & (GY_FLAG_COMBINATIONS - 1);
  return GY_OK;
}

/* Word 0 of every row: time and flags, with the flags that the kernel itself knows. */
static gy_status pack_time(const gy_row_partition *partition, const gy_chunk *chunk,
                           const uint64_t *customers, const int32_t *flags, uint64_t *out, gy_error *err) {
  const uint64_t *times;
  gy_status status = column_words(column_of(partition, chunk, GY_ROW_TIME), chunk->n_rows, out, &times, err);
  if (status != GY_OK) return status;
  int64_t as_of = partition->has_as_of ? partition->as_of_us : INT64_MAX;
  for (size_t i = 0; i < chunk->n_rows; i++) {
    int64_t t = (int64_t)times[i];
    int mask = flags[i];
    bool absurd = t < -MAX_TIME_US || t > MAX_TIME_US;
    mask |= customers[i] == GY_WORD_NULL ? GY_LINE_NO_CUSTOMER : 0;
    mask |= absurd ? GY_LINE_NO_TIME : t > as_of ? GY_LINE_FUTURE : 0;
    out[i] = (uint64_t)(absurd ? -MAX_TIME_US : t) << 8 | (uint64_t)mask;
  }
  return GY_OK;
}

gy_status gy_row_words_load(const gy_row_partition *partition, const gy_chunk *chunk,
                            uint64_t *const *scratch, const uint64_t **words, gy_error *err) {
  const gy_row_layout *layout = &partition->layout;
  int32_t *flags = (int32_t *)scratch[GY_SCRATCH_FLAGS];
  bool text = column_of(partition, chunk, GY_ROW_CUSTOMER)->type == GY_TYPE_TEXT;
  if (text != layout->customer_is_text) return refuse_type(err);
  gy_status status = load_words(partition, chunk, scratch, words, err);
  if (status == GY_OK)
    status = partition->rules != NULL
                 ? apply_rules(partition, chunk, scratch, words, err)
                 : load_flags(column_of(partition, chunk, GY_ROW_FLAGS), chunk->n_rows, flags, err);
  if (status != GY_OK) return status;
  words[0] = scratch[0];
  return pack_time(partition, chunk, words[layout->word[GY_ROW_CUSTOMER]], flags, scratch[0], err);
}
