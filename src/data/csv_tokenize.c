/* SPDX-License-Identifier: Apache-2.0
 *
 * The walk over the signs of a text. Records whose fields are plain or plainly quoted take a short loop that
 * only checks that each sign comes at the right place; everything else is done sign by sign. */
#include "data/csv_tokenize.h"

#include <stdlib.h>
#include <string.h>

#include "data/utf8.h"

/* Set in a slice's length while its field still holds quotes or escapes. */
static const uint32_t DIRTY = UINT32_C(1) << 31;
static const uint32_t NO_NEWLINE = UINT32_MAX;

struct gy_csv_tokenizer {
  gy_csv_dialect dialect;
  gy_csv_signs signs;
  size_t n_columns, max_records;
  uint32_t *places;
  size_t n_places, places_capacity;
  gy_csv_slice *fields;
  size_t fields_capacity;
  uint32_t *first_field;
  uint64_t *lines;
  gy_csv_fault *faults;
  /* the text being walked */
  char *text;
  uint32_t length, at; /* `at`: where the next record starts */
  size_t place;        /* the next sign not yet passed */
  uint32_t escaped_to; /* where the last escaped text ended */
  uint64_t line;
  gy_csv_sightings seen;
  bool must_check; /* some record holds a NUL or invalid UTF-8 */
};

gy_status gy_csv_tokenizer_create(const gy_csv_dialect *dialect, char newline, size_t n_columns,
                                  size_t max_records, gy_csv_tokenizer **tokenizer, gy_error *err) {
  gy_status status = gy_csv_dialect_check(dialect, err);
  if (status != GY_OK) return status;
  gy_csv_tokenizer *t = calloc(1, sizeof *t);
  if (t == NULL) return gy_fail(err, GY_ENOMEM, "out of memory for a CSV tokenizer");
  t->dialect = *dialect;
  if (t->dialect.escape == t->dialect.quote) t->dialect.escape = '\0'; /* that is doubling */
  t->signs = (gy_csv_signs){.delimiter = dialect->delimiter,
                            .newline = newline,
                            .quote = dialect->quote != '\0' ? dialect->quote : newline,
                            .escape = t->dialect.escape != '\0' ? t->dialect.escape : newline};
  t->n_columns = n_columns;
  t->max_records = max_records;
  t->fields_capacity = max_records * (n_columns > 0 ? n_columns : 16);
  t->fields = calloc(t->fields_capacity, sizeof *t->fields);
  t->first_field = calloc(max_records + 1, sizeof *t->first_field);
  t->lines = calloc(max_records, sizeof *t->lines);
  t->faults = calloc(max_records, sizeof *t->faults);
  if (t->fields == NULL || t->first_field == NULL || t->lines == NULL || t->faults == NULL) {
    gy_csv_tokenizer_destroy(t);
    return gy_fail(err, GY_ENOMEM, "out of memory for a CSV tokenizer of %zu columns", n_columns);
  }
  *tokenizer = t;
  return GY_OK;
}

void gy_csv_tokenizer_destroy(gy_csv_tokenizer *t) {
  if (t == NULL) return;
  free(t->places);
  free(t->fields);
  free(t->first_field);
  free(t->lines);
  free(t->faults);
  free(t);
}

static gy_status find_signs(gy_csv_tokenizer *t, const char *text, size_t length, gy_error *err) {
  if (length > INT32_MAX) return gy_fail(err, GY_ELIMIT, "a block of text over 2 GB cannot be read");
  if (length > t->places_capacity) {
    uint32_t *places = realloc(t->places, length * sizeof *places);
    if (places == NULL) return gy_fail(err, GY_ENOMEM, "out of memory for a text block of %zu bytes", length);
    t->places = places;
    t->places_capacity = length;
  }
  t->n_places = gy_csv_find(text, length, t->signs, t->places, &t->seen);
  t->length = (uint32_t)length;
  t->place = 0;
  t->escaped_to = 0;
  t->at = 0;
  return GY_OK;
}

gy_status gy_csv_tokenizer_start(gy_csv_tokenizer *t, char *text, size_t length, uint64_t first_line,
                                 gy_error *err) {
  gy_status status = find_signs(t, text, length, err);
  if (status != GY_OK) return status;
  t->text = text;
  t->line = first_line;
  t->must_check = t->seen.nul || (t->seen.high && gy_utf8_valid_prefix(text, length) != length);
  return GY_OK;
}

/* Where the next sign is; the end of the text counts as a newline. */
static uint32_t next_place(const gy_csv_tokenizer *t) {
  return t->place < t->n_places ? t->places[t->place] : t->length;
}

static bool next_is(const gy_csv_tokenizer *t, const char *text, uint32_t place, char sign) {
  return next_place(t) == place && place < t->length && text[place] == sign;
}

/* Passes an escape and what it makes ordinary, when that is a sign: the next character, or "\r\n". */
static void pass_escape(gy_csv_tokenizer *t, const char *text, uint32_t place) {
  uint32_t escaped = place + 1;
  t->place++;
  bool pair = escaped + 1 < t->length && text[escaped] == '\r' && text[escaped + 1] == '\n';
  if (pair && t->signs.newline == '\n') escaped++;
  t->escaped_to = escaped + 1;
  if (escaped >= t->length || next_place(t) != escaped) return;
  t->place++;
  if (text[escaped] == t->signs.newline) t->line++;
}

/* Passes a quoted field up to its closing quote; false when there is none. `begin` is the opening quote. */
static bool pass_quoted(gy_csv_tokenizer *t, const char *text, uint32_t *close, bool *dirty) {
  for (t->place++; t->place < t->n_places;) {
    uint32_t place = t->places[t->place];
    char sign = text[place];
    if (sign == t->dialect.escape && sign != '\0') {
      *dirty = true;
      pass_escape(t, text, place);
      continue;
    }
    t->place++;
    if (sign == t->signs.newline) t->line++;
    if (sign != t->dialect.quote) continue;
    if (!next_is(t, text, place + 1, t->dialect.quote)) {
      *close = place;
      return true;
    }
    t->place++;
    *dirty = true;
  }
  return false;
}

/* Passes everything up to a delimiter or newline and returns its place. */
static uint32_t pass_plain(gy_csv_tokenizer *t, const char *text, bool *dirty) {
  while (t->place < t->n_places) {
    uint32_t place = t->places[t->place];
    char sign = text[place];
    if (sign == t->signs.delimiter || sign == t->signs.newline) return place;
    if (sign == t->dialect.escape && sign != '\0') {
      *dirty = true;
      pass_escape(t, text, place);
    } else {
      t->place++;
    }
  }
  return t->length;
}

/* Passes one field that starts at `begin`; false when its quote never closes. `*end` is its delimiter's or
 * newline's place. */
static bool pass_field(gy_csv_tokenizer *t, const char *text, uint32_t begin, gy_csv_slice *slice,
                       uint32_t *end) {
  bool dirty = false;
  bool quoted = t->dialect.quote != '\0' && next_is(t, text, begin, t->dialect.quote);
  uint32_t close = 0;
  if (quoted && !pass_quoted(t, text, &close, &dirty)) return false;
  *end = pass_plain(t, text, &dirty);
  uint32_t stop = *end;
  bool at_newline = stop == t->length || text[stop] == t->signs.newline;
  bool crlf = at_newline && stop > begin && text[stop - 1] == '\r' && t->signs.newline == '\n';
  if (crlf && stop > t->escaped_to) stop--;
  if (quoted && stop != close + 1) dirty = true;
  if (dirty) {
    *slice = (gy_csv_slice){begin, (stop - begin) | DIRTY};
  } else if (quoted) {
    *slice = (gy_csv_slice){begin + 1, close - begin - 1};
  } else {
    *slice = (gy_csv_slice){begin, stop - begin};
  }
  return true;
}

/* Takes quotes and escapes out of a field, in place. */
static void clean_field(const gy_csv_tokenizer *t, char *text, gy_csv_slice *slice) {
  char *field = text + slice->begin, *out = field;
  uint32_t length = slice->length & ~DIRTY, i = 0;
  bool inside = t->dialect.quote != '\0' && length > 0 && field[0] == t->dialect.quote;
  if (inside) i = 1;
  for (; i < length; i++) {
    char c = field[i];
    if (c == t->dialect.escape && c != '\0' && i + 1 < length) {
      *out++ = field[++i];
    } else if (inside && c == t->dialect.quote) {
      if (i + 1 < length && field[i + 1] == c) {
        *out++ = c;
        i++;
      } else {
        inside = false;
      }
    } else {
      *out++ = c;
    }
  }
  slice->length = (uint32_t)(out - field);
}

static void skip_delimiters(gy_csv_tokenizer *t, const char *text) {
  while (next_is(t, text, t->at, t->signs.delimiter)) {
    t->at++;
    t->place++;
  }
}

/* The place of the newline that a line end at `at` has, `length` for the end of the text; NO_NEWLINE when no
 * line ends there. */
static uint32_t newline_at(const gy_csv_tokenizer *t, const char *text, uint32_t at) {
  bool return_first = at < t->length && text[at] == '\r' && t->signs.newline == '\n';
  if (return_first && (at + 1 == t->length || text[at + 1] == '\n')) at++;
  return at >= t->length || text[at] == t->signs.newline ? at : NO_NEWLINE;
}

/* Passes blank lines; false at the end of the text. */
static bool find_record(gy_csv_tokenizer *t, const char *text) {
  for (;;) {
    if (t->dialect.merged) skip_delimiters(t, text);
    uint32_t newline = newline_at(t, text, t->at);
    if (newline == NO_NEWLINE) return true;
    if (newline >= t->length) return false;
    t->at = newline + 1;
    t->place++;
    t->line++;
  }
}

static bool room_for_field(gy_csv_tokenizer *t, size_t n) {
  if (n < t->fields_capacity) return true;
  gy_csv_slice *fields = realloc(t->fields, 2 * n * sizeof *fields);
  if (fields == NULL) return false;
  t->fields = fields;
  t->fields_capacity = 2 * n;
  return true;
}

typedef struct walked {
  size_t n_fields; /* as the record has them; at most n_columns are stored */
  uint32_t begin, end;
  bool unclosed;
} walked;

/* Walks the record at t->at and stores its fields from `fields[first]` on; false when memory is spent. */
static bool walk_record(gy_csv_tokenizer *t, size_t first, walked *record) {
  *record = (walked){.begin = t->at};
  for (;;) {
    gy_csv_slice slice;
    uint32_t end;
    if (!pass_field(t, t->text, t->at, &slice, &end)) {
      record->unclosed = true;
      record->end = t->at = t->length;
      return true;
    }
    if (t->n_columns == 0 || record->n_fields < t->n_columns) {
      if (!room_for_field(t, first + record->n_fields)) return false;
      t->fields[first + record->n_fields] = slice;
    }
    record->n_fields++;
    t->at = end + (end < t->length);
    t->place += end < t->length;
    bool is_last = end == t->length || t->text[end] == t->signs.newline;
    if (!is_last && t->dialect.merged) {
      skip_delimiters(t, t->text);
      end = newline_at(t, t->text, t->at);
      is_last = end != NO_NEWLINE;
      if (is_last) {
        t->at = end + (end < t->length);
        t->place += end < t->length;
      }
    }
    if (is_last) {
      record->end = end;
      return true;
    }
  }
}

static bool find_fault(const gy_csv_tokenizer *t, const walked *record, gy_csv_fault_kind *kind) {
  const char *text = t->text + record->begin;
  size_t length = record->end - record->begin;
  if (record->unclosed) {
    *kind = GY_CSV_UNCLOSED;
  } else if (t->must_check && memchr(text, '\0', length) != NULL) {
    *kind = GY_CSV_NUL;
  } else if (t->must_check && gy_utf8_valid_prefix(text, length) != length) {
    *kind = GY_CSV_NOT_UTF8;
  } else if (t->n_columns != 0 && record->n_fields != t->n_columns) {
    *kind = record->n_fields < t->n_columns ? GY_CSV_TOO_FEW : GY_CSV_TOO_MANY;
  } else {
    return false;
  }
  return true;
}

/* A field that is quoted as it should be, without quotes or newlines inside: `*k` is the sign it begins with
 * and becomes the one that ends it. */
static inline bool usual_quoted(const gy_csv_tokenizer *t, size_t *k, gy_csv_slice *field) {
  const char *text = t->text;
  uint32_t begin = t->places[*k] + 1;
  size_t at = *k + 1;
  for (; at + 1 < t->n_places && text[t->places[at]] != t->signs.quote; at++) {
    if (text[t->places[at]] == t->signs.newline) return false;
  }
  if (at + 1 >= t->n_places) return false;
  uint32_t close = t->places[at], end = t->places[at + 1];
  bool crlf = end == close + 2 && text[close + 1] == '\r' && text[end] == '\n' && t->signs.newline == '\n';
  *field = (gy_csv_slice){begin, close - begin};
  *k = at + 1;
  return end == close + 1 || crlf;
}

/* Passes a field that begins at `*begin` and ends with the sign `end_sign`. */
static inline __attribute__((always_inline)) bool usual_field(const gy_csv_tokenizer *t, size_t *k,
                                                              char end_sign, const bool may_be_quoted,
                                                              uint32_t *begin, gy_csv_slice *field) {
  if (may_be_quoted && *k >= t->n_places) return false;
  if (may_be_quoted && t->text[*begin] == t->signs.quote) {
    if (!usual_quoted(t, k, field)) return false;
  } else {
    *field = (gy_csv_slice){*begin, t->places[*k] - *begin};
  }
  uint32_t end = t->places[(*k)++];
  *begin = end + 1;
  return t->text[end] == end_sign;
}

/* The record at t->at when it is `n_columns` fields of the usual kinds; false otherwise, with nothing
 * passed. */
static inline __attribute__((always_inline)) bool usual_record(gy_csv_tokenizer *t, gy_csv_slice *fields,
                                                               const bool may_be_quoted) {
  const size_t n_columns = t->n_columns;
  const char *text = t->text;
  const char newline = t->signs.newline, delimiter = t->signs.delimiter;
  uint32_t begin = t->at;
  size_t k = t->place;
  if (t->n_places - k < n_columns || text[begin] == newline || text[begin] == '\r') return false;
  for (size_t c = 0; c + 1 < n_columns; c++) {
    if (!usual_field(t, &k, delimiter, may_be_quoted, &begin, &fields[c])) return false;
  }
  gy_csv_slice *last = &fields[n_columns - 1];
  if (!usual_field(t, &k, newline, may_be_quoted, &begin, last)) return false;
  uint32_t stop = last->begin + last->length;
  bool crlf = stop + 1 == begin && last->length > 0 && text[stop - 1] == '\r' && newline == '\n';
  last->length -= crlf;
  t->at = begin;
  t->place = k;
  t->line++;
  return true;
}

gy_status gy_csv_tokenizer_next(gy_csv_tokenizer *t, gy_csv_batch *batch, gy_error *err) {
  size_t n_records = 0, n_faults = 0, n_fields = 0;
  const bool usual = t->n_columns > 0 && !t->dialect.merged && !t->must_check && t->dialect.escape == '\0';
  const bool plain = usual && !t->seen.guards;
  t->first_field[0] = 0;
  while (n_records < t->max_records && n_faults < t->max_records) {
    uint64_t line = t->line;
    gy_csv_slice *fields = t->fields + n_fields;
    bool done = t->at < t->length && ((plain && usual_record(t, fields, false)) ||
                                      (!plain && usual && usual_record(t, fields, true)));
    if (done) {
      n_fields += t->n_columns;
    } else {
      if (!find_record(t, t->text)) break;
      line = t->line;
      walked record;
      if (!walk_record(t, n_fields, &record)) {
        return gy_fail(err, GY_ENOMEM, "out of memory for a record of %zu fields on line %llu",
                       record.n_fields, (unsigned long long)line);
      }
      t->line++;
      gy_csv_fault_kind kind;
      if (find_fault(t, &record, &kind)) {
        t->faults[n_faults++] =
            (gy_csv_fault){kind, line, record.n_fields, {record.begin, record.end - record.begin}};
        continue;
      }
      for (size_t i = n_fields; i < n_fields + record.n_fields; i++) {
        if ((t->fields[i].length & DIRTY) != 0) clean_field(t, t->text, &t->fields[i]);
      }
      n_fields += record.n_fields;
    }
    t->lines[n_records++] = line;
    t->first_field[n_records] = (uint32_t)n_fields;
  }
  *batch = (gy_csv_batch){t->text, n_records, t->fields, t->first_field, t->lines, n_faults, t->faults};
  return GY_OK;
}

size_t gy_csv_tokenizer_offset(const gy_csv_tokenizer *t) { return t->at; }

gy_status gy_csv_whole_records(gy_csv_tokenizer *t, const char *text, size_t length, size_t *whole,
                               gy_error *err) {
  *whole = 0;
  bool guarded = (t->dialect.quote != '\0' && memchr(text, t->dialect.quote, length) != NULL) ||
                 (t->dialect.escape != '\0' && memchr(text, t->dialect.escape, length) != NULL);
  if (!guarded) {
    const char *last = memrchr(text, t->signs.newline, length);
    if (last != NULL) *whole = (size_t)(last - text) + 1;
    return GY_OK;
  }
  if (t->dialect.escape == '\0' && gy_csv_last_end(text, length, t->signs, whole)) return GY_OK;
  *whole = 0;
  gy_status status = find_signs(t, text, length, err);
  if (status != GY_OK) return status;
  gy_csv_slice ignored;
  for (uint32_t end; t->at < t->length && pass_field(t, text, t->at, &ignored, &end) && end < t->length;) {
    t->at = end + 1;
    t->place++;
    if (text[end] == t->signs.newline) *whole = t->at;
    if (t->dialect.merged) skip_delimiters(t, text);
  }
  return GY_OK;
}
