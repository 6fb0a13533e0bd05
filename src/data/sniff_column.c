/* SPDX-License-Identifier: Apache-2.0
 *
 * One value updates every statistic of its column. What a value is, number or time or neither, is decided
 * by the converters that will read it later, so that a guess never promises what import refuses. */
#include "data/sniff_column.h"

#include <math.h>
#include <string.h>

#include "data/convert_real.h"
#include "data/utf8.h"
#include "engine/engine.h"
#include "privacy/identifier.h"

enum {
  SAMPLE_BYTES = 48,
  TIMES_TRIED = 500,
  TIMES_ALL = 20000,
  TIMES_STRIDE = 8,
  HASH_DIGITS = 64,
  LOOK_MAX = 320
};

double gy_sniff_share(const gy_sniff_column *column, uint64_t n) {
  return column->n_values > 0 ? (double)n / (double)column->n_values : 0;
}

uint64_t gy_sniff_distinct(const gy_sniff_column *column) {
  uint64_t n = gy_distinct_count(&column->distinct);
  return n < column->n_values ? n : column->n_values;
}

bool gy_sniff_column_init(gy_sniff_column *column, const char *name, size_t n_paired, gy_arena *arena) {
  *column =
      (gy_sniff_column){.least = INFINITY, .most = -INFINITY, .min_length = SIZE_MAX, .is_rising = true};
  column->name = gy_arena_strndup(arena, name, strlen(name));
  column->codes = gy_arena_calloc(arena, n_paired + 1, sizeof *column->codes);
  column->numbers = gy_arena_calloc(arena, n_paired + 1, sizeof *column->numbers);
  for (int i = 0; i < GY_SNIFF_SAMPLES; i++) column->samples[i] = "";
  return column->name != NULL && column->codes != NULL && column->numbers != NULL;
}

static bool is_digits(const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (text[i] < '0' || text[i] > '9') return false;
  }
  return length > 0;
}

/* Hangul syllables are U+AC00 to U+D7A3: EA B0 80 to ED 9E A3. */
static bool has_hangul(const char *text, size_t length) {
  for (size_t i = 0; i + 2 < length; i++) {
    unsigned char byte = (unsigned char)text[i], next = (unsigned char)text[i + 1];
    if ((byte == 0xEA && next >= 0xB0) || byte == 0xEB || byte == 0xEC || (byte == 0xED && next < 0x9F))
      return true;
  }
  return false;
}

/* 64 hexadecimal digits with a letter among them: SHA-256 of something. */
static bool is_hash(const char *text, size_t length) {
  bool has_letter = false;
  for (size_t i = 0; i < length && length == HASH_DIGITS; i++) {
    char lower = (char)(text[i] | 0x20);
    bool is_letter = lower >= 'a' && lower <= 'f';
    if (!is_letter && (text[i] < '0' || text[i] > '9')) return false;
    has_letter = has_letter || is_letter;
  }
  return has_letter;
}

static void add_looks(gy_sniff_column *column, const char *text, size_t length) {
  gy_identifier kind;
  column->n_hashes += is_hash(text, length);
  if (length > LOOK_MAX || !gy_identifier_look(text, length, &kind)) return;
  column->n_email += kind == GY_IDENTIFIER_EMAIL;
  column->n_phone += kind == GY_IDENTIFIER_PHONE;
  column->n_resident += kind == GY_IDENTIFIER_RESIDENT_NUMBER;
  column->n_card += kind == GY_IDENTIFIER_CARD_NUMBER;
}

/* Reading times in every form is dear; many values of a column say the same. */
static bool is_tried(uint64_t n_values) { return n_values <= TIMES_ALL || n_values % TIMES_STRIDE == 0; }

static bool keep_sample(gy_sniff_column *column, const char *text, size_t length, gy_arena *arena) {
  size_t shown = length > SAMPLE_BYTES ? gy_utf8_cut(text, SAMPLE_BYTES) : length;
  for (int i = 0; i < GY_SNIFF_SAMPLES; i++) {
    if (column->samples[i][0] == '\0') {
      const char *copy = gy_arena_strndup(arena, text, shown);
      if (copy != NULL) column->samples[i] = copy;
      return copy != NULL;
    }
    if (strlen(column->samples[i]) == shown && memcmp(column->samples[i], text, shown) == 0) return true;
  }
  return true;
}

/* What was rounded has further decimals, 1e-30 too. */
static void add_number(gy_sniff_column *column, int64_t scaled, bool is_rounded) {
  double value = (double)scaled / GY_MONEY_SCALE;
  if (scaled % GY_MONEY_SCALE == 0 && !is_rounded) {
    column->n_integers++;
  } else {
    column->n_fractions++;
  }
  column->n_negative += scaled < 0;
  column->n_zero += scaled == 0;
  if (column->is_rising && value < column->most) column->is_rising = false;
  if (value < column->least) column->least = value;
  if (value > column->most) column->most = value;
  column->sum += value;
}

static void add_lengths(gy_sniff_column *column, size_t length) {
  if (length < column->min_length) column->min_length = length;
  if (length > column->max_length) column->max_length = length;
  column->sum_length += length;
}

bool gy_sniff_column_add(gy_sniff_column *column, const char *text, size_t length, gy_number_form form,
                         uint64_t row, size_t n_paired, gy_arena *arena) {
  gy_text_trim(&text, &length);
  int64_t scaled = 0;
  gy_field field = gy_convert_number(text, length, form, &scaled);
  bool is_paired = row < n_paired;
  if (is_paired) column->numbers[row] = NAN;
  if (field == GY_FIELD_EMPTY) return true;
  bool is_number = field == GY_FIELD_VALUE || field == GY_FIELD_ROUNDED;
  const char *id = text;
  size_t id_length = length;
  if (gy_convert_text_id(text, length, &id, &id_length) != GY_FIELD_VALUE) id_length = length, id = text;
  uint64_t code = gy_distinct_hash(id, id_length);
  column->n_repeats += column->n_values > 0 && column->last_code == code;
  column->last_code = code;
  column->n_values++;
  if (is_number) {
    add_number(column, scaled, field == GY_FIELD_ROUNDED);
  } else {
    double real;
    column->n_reals += gy_convert_real(text, length, form, &real) == GY_FIELD_VALUE;
    column->is_rising = false;
  }
  if (is_paired) {
    column->codes[row] = code;
    if (is_number) column->numbers[row] = (double)scaled / GY_MONEY_SCALE;
  }
  add_lengths(column, length);
  column->n_leading_zero += length > 1 && text[0] == '0' && is_digits(text, length);
  bool is_lettered = (text[0] | 0x20) >= 'a' && (text[0] | 0x20) <= 'z' && is_digits(text + 1, length - 1);
  if (is_lettered) column->n_lettered[(text[0] | 0x20) - 'a']++;
  column->n_hangul += has_hangul(text, length);
  column->n_unspaced += memchr(text, ' ', length) == NULL;
  add_looks(column, text, length);
  bool may_be_time =
      column->n_values <= TIMES_TRIED || (column->times.n_times > 0 && is_tried(column->n_values));
  if (may_be_time) gy_time_evidence_add(&column->times, text, length);
  bool needs_sample = column->samples[GY_SNIFF_SAMPLES - 1][0] == '\0';
  if (needs_sample && length > 0 && !keep_sample(column, text, length, arena)) return false;
  return gy_distinct_add(&column->distinct, code);
}
