/* SPDX-License-Identifier: Apache-2.0
 *
 * Every candidate dialect reads the same beginning with the real tokenizer; the one under which most
 * records have the same number of fields, and more than one, is right (after van den Burg, Nazabal and
 * Sutton, "Wrangling messy CSV files by detecting row and type patterns", 2019, without the types). */
#include "data/sniff_dialect.h"

#include <stdlib.h>
#include <string.h>

#include "data/csv_tokenize.h"

enum { RECORDS = 2000, FIELDS_MAX = 4096, TITLES_MAX = 20 };

/* Best first where two fit alike: in files with semicolons, commas are decimal marks. */
static const char DELIMITERS[] = {'\t', ';', '|', ',', '^', '~', ' '};
static const char QUOTES[] = {'"', '\'', '\0'};

typedef struct {
  gy_csv_dialect dialect;
  size_t n_fields;     /* of most records */
  double share;        /* of records with that many */
  uint32_t first_line; /* of the first of them */
  size_t n_records;
} fit;

typedef struct {
  const char *text;
  size_t length;
  char newline;
  char *copy; /* tokenizing changes the text */
} sample;

static size_t most_frequent(const uint32_t *counts) {
  size_t best = 1;
  for (size_t i = 2; i <= FIELDS_MAX; i++) {
    if (counts[i] >= counts[best] && counts[i] > 0) best = i;
  }
  return best;
}

static void count_fields(const gy_csv_batch *batch, uint32_t *counts) {
  for (size_t r = 0; r < batch->n_records; r++) {
    size_t n = batch->first_field[r + 1] - batch->first_field[r];
    counts[n <= FIELDS_MAX ? n : FIELDS_MAX]++;
  }
}

static uint32_t line_of_first(const gy_csv_batch *batch, size_t n_fields) {
  for (size_t r = 0; r < batch->n_records && r <= TITLES_MAX; r++) {
    if (batch->first_field[r + 1] - batch->first_field[r] == n_fields) return (uint32_t)batch->lines[r];
  }
  return 1;
}

static gy_status try_dialect(const sample *s, fit *f, gy_error *err) {
  gy_csv_tokenizer *tokenizer = NULL;
  gy_csv_batch batch;
  uint32_t *counts = NULL;
  memcpy(s->copy, s->text, s->length);
  gy_status status = gy_csv_tokenizer_create(&f->dialect, s->newline, 0, RECORDS, &tokenizer, err);
  if (status == GY_OK) status = gy_csv_tokenizer_start(tokenizer, s->copy, s->length, 1, err);
  if (status == GY_OK) status = gy_csv_tokenizer_next(tokenizer, &batch, err);
  if (status != GY_OK) goto done;
  counts = calloc(FIELDS_MAX + 1, sizeof *counts);
  if (counts == NULL) {
    status = gy_fail(err, GY_ENOMEM, "no memory to look at a file");
    goto done;
  }
  count_fields(&batch, counts);
  f->n_fields = most_frequent(counts);
  f->n_records = batch.n_records;
  size_t n_all = batch.n_records + batch.n_faults;
  f->share = n_all > 0 ? (double)counts[f->n_fields] / (double)n_all : 0;
  f->first_line = line_of_first(&batch, f->n_fields);
done:
  free(counts);
  gy_csv_tokenizer_destroy(tokenizer);
  return status;
}

/* Steps rather than a weighted sum: a file that is read whole beats one that is read mostly, and only
 * then do more columns beat fewer. */
static int grade(const fit *f) {
  if (f->n_fields < 2) return 0;
  return f->share >= 0.98 ? 3 : f->share >= 0.9 ? 2 : f->share >= 0.7 ? 1 : 0;
}

static bool is_better(const fit *a, const fit *b) {
  if (grade(a) != grade(b)) return grade(a) > grade(b);
  if (b->dialect.merged != a->dialect.merged)
    return b->dialect.merged; /* words in a sentence are no columns */
  bool same_delimiter = a->dialect.delimiter == b->dialect.delimiter;
  if (same_delimiter && a->n_fields != b->n_fields)
    return a->n_fields < b->n_fields; /* a quote guards delimiters */
  return grade(a) > 0 && a->n_fields > b->n_fields;
}

/* A quote that guards nothing is no quote but an apostrophe. */
static bool opens_fields(const sample *s, char quote, char delimiter) {
  const char *end = s->text + s->length;
  for (const char *at = s->text; at < end && (at = memchr(at, quote, (size_t)(end - at))) != NULL; at++) {
    bool opens = at == s->text || at[-1] == delimiter || at[-1] == '\n' || at[-1] == '\r';
    if (opens) return true;
  }
  return false;
}

static gy_status find_best(const sample *s, fit *best, gy_error *err) {
  *best = (fit){.dialect = gy_csv_dialect_default(), .n_fields = 1, .first_line = 1};
  gy_status status = GY_OK;
  for (size_t d = 0; d < sizeof DELIMITERS && status == GY_OK; d++) {
    for (size_t q = 0; q < sizeof QUOTES && status == GY_OK; q++) {
      if (QUOTES[q] == '\'' && !opens_fields(s, '\'', DELIMITERS[d])) continue;
      fit f = {.dialect = {.delimiter = DELIMITERS[d], .quote = QUOTES[q], .merged = DELIMITERS[d] == ' '}};
      status = try_dialect(s, &f, err);
      if (status == GY_OK && is_better(&f, best)) *best = f;
    }
  }
  return status;
}

gy_status gy_sniff_dialect(const char *text, size_t length, bool is_cut, gy_csv_dialect *dialect,
                           char *newline, gy_error *err) {
  sample s = {.text = text, .newline = memchr(text, '\n', length) != NULL ? '\n' : '\r'};
  const char *end = is_cut ? memrchr(text, s.newline, length) : NULL;
  s.length = end != NULL ? (size_t)(end + 1 - text) : length;
  s.copy = calloc(1, s.length + GY_CSV_PADDING);
  if (s.copy == NULL) return gy_fail(err, GY_ENOMEM, "no memory to look at a file");
  fit best = {0};
  gy_status status = find_best(&s, &best, err);
  free(s.copy);
  if (status != GY_OK) return status;
  best.dialect.has_header = true;
  best.dialect.skip_lines = best.first_line - 1;
  *dialect = best.dialect;
  *newline = s.newline;
  return GY_OK;
}
