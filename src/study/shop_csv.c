/* SPDX-License-Identifier: Apache-2.0
 *
 * Integers are written two digits at a time from a table; a date is written once and copied while the
 * day stays the same, which in a file ordered by time is nearly always. */
#include "study/shop_csv.h"

#include <string.h>

static const char digit_pairs[201] =
    "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
    "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

enum { INTEGER_BYTES = 20, TIME_BYTES = 19, CELL_BYTES = 24 };

static char *put_pair(char *at, unsigned value) {
  memcpy(at, digit_pairs + 2 * value, 2);
  return at + 2;
}

static char *put_unsigned(char *at, uint64_t value) {
  char digits[INTEGER_BYTES];
  char *from = digits + INTEGER_BYTES;
  while (value >= 100) {
    uint64_t rest = value / 100;
    from -= 2;
    put_pair(from, (unsigned)(value - rest * 100));
    value = rest;
  }
  if (value >= 10) {
    from -= 2;
    put_pair(from, (unsigned)value);
  } else {
    *--from = (char)('0' + value);
  }
  size_t length = (size_t)(digits + INTEGER_BYTES - from);
  memcpy(at, from, length);
  return at + length;
}

static char *put_integer(char *at, int64_t value) {
  if (value >= 0) return put_unsigned(at, (uint64_t)value);
  *at++ = '-';
  return put_unsigned(at, -(uint64_t)value);
}

static char *put_decimal(char *at, int64_t value, unsigned decimals) {
  uint64_t scale = 1, size = value < 0 ? -(uint64_t)value : (uint64_t)value;
  for (unsigned i = 0; i < decimals; i++) scale *= 10;
  if (value < 0) *at++ = '-';
  at = put_unsigned(at, size / scale);
  if (decimals == 0) return at;
  *at++ = '.';
  uint64_t fraction = size % scale;
  for (unsigned i = decimals; i-- > 0; fraction /= 10) at[i] = (char)('0' + fraction % 10);
  return at + decimals;
}

typedef struct date_cache {
  int64_t day;
  char text[11]; /* with the blank behind it */
} date_cache;

static char *put_time(char *at, int64_t seconds, date_cache *cache) {
  int64_t day = seconds >= 0 ? seconds / 86400 : -((86399 - seconds) / 86400);
  unsigned rest = (unsigned)(seconds - day * 86400);
  if (day != cache->day) {
    int year, month, day_of_month;
    gy_shop_date((int32_t)day, &year, &month, &day_of_month);
    put_pair(put_pair(cache->text, (unsigned)year / 100), (unsigned)year % 100);
    cache->text[4] = cache->text[7] = '-';
    put_pair(cache->text + 5, (unsigned)month);
    put_pair(cache->text + 8, (unsigned)day_of_month);
    cache->text[10] = ' ';
    cache->day = day;
  }
  memcpy(at, cache->text, sizeof cache->text);
  at = put_pair(at + sizeof cache->text, rest / 3600);
  *at++ = ':';
  at = put_pair(at, rest / 60 % 60);
  *at++ = ':';
  return put_pair(at, rest % 60);
}

static char *put_text(char *at, gy_shop_text text) {
  bool quoted = false;
  for (size_t i = 0; i < text.length && !quoted; i++)
    quoted = text.data[i] == ',' || text.data[i] == '"' || text.data[i] == '\n' || text.data[i] == '\r';
  if (!quoted) {
    if (text.length > 0) memcpy(at, text.data, text.length);
    return at + text.length;
  }
  *at++ = '"';
  for (size_t i = 0; i < text.length; i++) {
    if (text.data[i] == '"') *at++ = '"';
    *at++ = text.data[i];
  }
  *at++ = '"';
  return at;
}

static char *put_cell(char *at, const gy_shop_field *field, const gy_shop_block *block, size_t column,
                      size_t row, date_cache *cache) {
  if (field->kind == GY_SHOP_TEXT) return put_text(at, block->texts[column][row]);
  int64_t value = block->values[column][row];
  if (value == GY_SHOP_NULL) return at;
  switch (field->kind) {
    case GY_SHOP_TIME:
      return put_time(at, value, cache);
    case GY_SHOP_DECIMAL:
      return put_decimal(at, value, field->decimals);
    default:
      return put_integer(at, value);
  }
}

/* Forms of nonsense seen in exports; which one a row gets follows from its order. */
static const char *const bad_dates[4] = {"2025-02-30 25:61:00", "0000-00-00 00:00:00", "unknown",
                                         "#########"};
static const char *const bad_numbers[4] = {"두 개", "1개", "n/a", "-"};

/* The columns of orders that defects fall into. */
enum { ORDER_ID = 0, CUSTOMER_ID = 1, ORDERED_AT = 2, QUANTITY = 4 };

static char *put_spoilt_cell(char *at, const gy_shop_field *field, const gy_shop_block *block, size_t column,
                             size_t row, date_cache *cache) {
  gy_shop_defect defect = (gy_shop_defect)(block->defects[row] - 1);
  size_t form = (size_t)block->values[ORDER_ID][row] % 4;
  if (defect == GY_SHOP_BAD_DATE && column == ORDERED_AT)
    return put_text(at, (gy_shop_text){bad_dates[form], strlen(bad_dates[form])});
  if (defect == GY_SHOP_TEXT_NUMBER && column == QUANTITY)
    return put_text(at, (gy_shop_text){bad_numbers[form], strlen(bad_numbers[form])});
  bool spaced = defect == GY_SHOP_WHITESPACE && (column == CUSTOMER_ID || column == ORDERED_AT);
  if (spaced) *at++ = ' ';
  at = put_cell(at, field, block, column, row, cache);
  if (spaced) {
    *at++ = ' ';
    *at++ = ' ';
  }
  return at;
}

static size_t bytes_at_most(const gy_shop_field *fields, const gy_shop_block *block) {
  size_t bytes = block->n_rows * (block->n_columns * (CELL_BYTES + 1) + 8);
  for (size_t c = 0; c < block->n_columns; c++) {
    if (fields[c].kind != GY_SHOP_TEXT) continue;
    for (size_t row = 0; row < block->n_rows; row++) bytes += 2 * block->texts[c][row].length + 2;
  }
  return bytes;
}

bool gy_shop_csv_header(const gy_shop *shop, const gy_shop_field *fields, size_t n_fields, gy_buffer *out) {
  for (size_t c = 0; c < n_fields; c++) {
    gy_buffer_text(out, c > 0 ? "," : "");
    gy_buffer_text(out, gy_shop_field_name(shop, &fields[c]));
  }
  gy_buffer_text(out, "\n");
  return !out->failed;
}

bool gy_shop_csv_rows(const gy_shop_field *fields, const gy_shop_block *block, gy_buffer *out) {
  date_cache caches[GY_SHOP_COLUMNS_MAX];
  for (size_t c = 0; c < GY_SHOP_COLUMNS_MAX; c++) caches[c].day = INT64_MIN;
  if (!gy_buffer_reserve(out, bytes_at_most(fields, block))) return false;
  char *at = out->data + out->length;
  for (size_t row = 0; row < block->n_rows; row++) {
    bool spoilt = block->defects[row] != 0;
    for (size_t c = 0; c < block->n_columns; c++) {
      at = spoilt ? put_spoilt_cell(at, &fields[c], block, c, row, &caches[c])
                  : put_cell(at, &fields[c], block, c, row, &caches[c]);
      *at++ = ',';
    }
    at[-1] = '\n';
  }
  out->length = (size_t)(at - out->data);
  out->data[out->length] = '\0';
  return true;
}
