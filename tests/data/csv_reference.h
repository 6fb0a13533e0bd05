/* SPDX-License-Identifier: Apache-2.0
 *
 * A CSV parser that reads one character after the other and is easy to believe: the reference for the
 * tokenizer. */
#ifndef TEST_CSV_REFERENCE_H
#define TEST_CSV_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "data/csv_dialect.h"

enum { REFERENCE_FIELDS = 4096, REFERENCE_TEXT = 1 << 16 };

typedef struct reference_record {
  uint64_t line;
  bool unclosed;
  size_t n_fields, first_field;
} reference_record;

typedef struct reference_parse {
  size_t n_records, n_fields, n_text;
  reference_record records[REFERENCE_FIELDS];
  size_t begin[REFERENCE_FIELDS], length[REFERENCE_FIELDS]; /* in `text` */
  char text[REFERENCE_TEXT];
} reference_parse;

typedef struct reference_cursor {
  const char *text;
  size_t length, at;
  uint64_t line;
  char newline;
} reference_cursor;

static bool reference_at_newline(const reference_cursor *c) {
  if (c->at >= c->length) return true;
  if (c->text[c->at] == c->newline) return true;
  return c->newline == '\n' && c->text[c->at] == '\r' &&
         (c->at + 1 == c->length || c->text[c->at + 1] == '\n');
}

static void reference_pass_newline(reference_cursor *c) {
  if (c->at < c->length && c->text[c->at] == '\r' && c->newline == '\n') c->at++;
  if (c->at < c->length) c->at++;
  c->line++;
}

/* One field; false when its quote never closes. */
static bool reference_field(reference_cursor *c, const gy_csv_dialect *d, reference_parse *out) {
  out->begin[out->n_fields] = out->n_text;
  bool inside = false;
  if (d->quote != '\0' && c->at < c->length && c->text[c->at] == d->quote) {
    inside = true;
    c->at++;
  }
  while (inside || (!reference_at_newline(c) && c->text[c->at] != d->delimiter)) {
    if (c->at >= c->length) return false;
    char ch = c->text[c->at];
    bool more = c->at + 1 < c->length;
    if (d->escape != '\0' && d->escape != d->quote && ch == d->escape && more) {
      ch = c->text[++c->at];
      if (c->newline == '\n' && ch == '\r' && c->at + 1 < c->length && c->text[c->at + 1] == '\n') {
        out->text[out->n_text++] = ch;
        ch = c->text[++c->at];
      }
      if (ch == c->newline) c->line++;
    } else if (inside && ch == d->quote) {
      c->at++;
      if (!more || c->text[c->at] != d->quote) {
        inside = false;
        continue;
      }
    } else if (ch == c->newline) {
      c->line++;
    }
    out->text[out->n_text++] = ch;
    c->at++;
  }
  out->length[out->n_fields] = out->n_text - out->begin[out->n_fields];
  out->n_fields++;
  return true;
}

static void reference_skip(reference_cursor *c, const gy_csv_dialect *d) {
  while (d->merged && c->at < c->length && c->text[c->at] == d->delimiter) c->at++;
}

static void reference_read(const char *text, size_t length, char newline, const gy_csv_dialect *d,
                           reference_parse *out) {
  reference_cursor c = {text, length, 0, 1, newline};
  out->n_records = out->n_fields = out->n_text = 0;
  for (;;) {
    reference_skip(&c, d);
    if (c.at >= length) return;
    if (reference_at_newline(&c)) {
      reference_pass_newline(&c);
      continue;
    }
    reference_record *record = &out->records[out->n_records++];
    *record = (reference_record){.line = c.line, .first_field = out->n_fields};
    for (;;) {
      if (!reference_field(&c, d, out)) {
        record->unclosed = true;
        return;
      }
      record->n_fields++;
      if (reference_at_newline(&c)) break;
      c.at++; /* the delimiter */
      reference_skip(&c, d);
      if (d->merged && reference_at_newline(&c)) break;
    }
    reference_pass_newline(&c);
  }
}

#endif
