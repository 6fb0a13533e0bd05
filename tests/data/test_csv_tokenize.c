/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "csv_reference.h"
#include "data/csv_tokenize.h"

enum { TEXT_MAX = 600 };

static const gy_csv_dialect DIALECTS[] = {
    {.delimiter = ',', .quote = '"'},
    {.delimiter = '\t', .quote = '\0'},
    {.delimiter = ';', .quote = '\''},
    {.delimiter = '|', .quote = '"', .escape = '\\'},
    {.delimiter = ',', .quote = '\0', .escape = '\\'},
    {.delimiter = ' ', .quote = '"', .merged = true},
};
enum { N_DIALECTS = sizeof DIALECTS / sizeof DIALECTS[0] };

/* Random text in which the signs of the dialect are common. */
static size_t random_text(gy_rng *rng, const gy_csv_dialect *dialect, char newline, char *text) {
  size_t length = gy_rng_below(rng, TEXT_MAX);
  bool crlf = newline == '\n' && gy_rng_below(rng, 2) == 0;
  uint64_t signs = 1 + gy_rng_below(rng, 12);
  for (size_t i = 0; i < length; i++) {
    uint64_t kind = gy_rng_below(rng, 6 + signs);
    char c = (char)('a' + gy_rng_below(rng, 26));
    if (kind == 0) c = newline;
    if (kind == 1 && dialect->quote != '\0') c = dialect->quote;
    if (kind == 2 && dialect->escape != '\0' && gy_rng_below(rng, 3) == 0) c = dialect->escape;
    if (kind == 3 || kind == 4) c = dialect->delimiter;
    if (kind == 5 && i > 0 && text[i - 1] == dialect->delimiter && dialect->quote != '\0') c = dialect->quote;
    if (kind == 0 && newline == '\r' && gy_rng_below(rng, 2) == 0) c = '\n';
    text[i] = c;
    if (c == newline && crlf && i + 1 < length) {
      text[i] = '\r';
      text[++i] = '\n';
    }
  }
  memset(text + length, '#', GY_CSV_PADDING);
  return length;
}

static size_t add(char *text, size_t at, char c, bool often, gy_rng *rng) {
  text[at++] = c;
  if (often && c != '"' && c != '\'' && gy_rng_below(rng, 2) == 0) text[at++] = c;
  return at;
}

/* Random records as a careful program writes them: quoted where needed, quotes inside doubled. */
static size_t well_formed_text(gy_rng *rng, const gy_csv_dialect *dialect, char newline, char *text) {
  size_t at = 0, most = gy_rng_below(rng, TEXT_MAX - 40), n_columns = 1 + gy_rng_below(rng, 4);
  bool crlf = newline == '\n' && gy_rng_below(rng, 2) == 0;
  while (at < most) {
    for (size_t c = 0; c < n_columns && at < most; c++) {
      bool quoted = dialect->quote != '\0' && gy_rng_below(rng, 2) == 0;
      if (c > 0) at = add(text, at, dialect->delimiter, dialect->merged, rng);
      if (quoted) text[at++] = dialect->quote;
      for (uint64_t n = gy_rng_below(rng, 6); n > 0; n--) {
        uint64_t kind = quoted ? gy_rng_below(rng, 10) : 9;
        if (kind == 0) text[at++] = newline;
        if (kind == 1) text[at++] = dialect->delimiter;
        if (kind == 2) text[at++] = dialect->quote, text[at++] = dialect->quote;
        if (kind > 2) text[at++] = (char)('a' + gy_rng_below(rng, 26));
      }
      if (quoted) text[at++] = dialect->quote;
    }
    if (crlf) text[at++] = '\r';
    text[at++] = newline;
  }
  memset(text + at, '#', GY_CSV_PADDING);
  return at;
}

static size_t any_text(gy_rng *rng, const gy_csv_dialect *dialect, char newline, char *text) {
  bool well_formed = gy_rng_below(rng, 2) == 0;
  return well_formed ? well_formed_text(rng, dialect, newline, text)
                     : random_text(rng, dialect, newline, text);
}

static void print_case(const char *text, size_t length, size_t dialect) {
  fprintf(stderr, "dialect %zu, text of %zu bytes:\n", dialect, length);
  for (size_t i = 0; i < length; i++) {
    fprintf(stderr, text[i] == '\n' ? "\\n\n" : text[i] == '\r' ? "\\r" : "%c", text[i]);
  }
  fprintf(stderr, "|\n");
}

/* Compares one batch with the reference from record `*at` on; false at the first difference. */
static bool batch_agrees(const gy_csv_batch *batch, const reference_parse *expected, size_t *at) {
  size_t fault = 0, record = 0;
  for (; record + fault < batch->n_records + batch->n_faults; ++*at) {
    if (*at >= expected->n_records) return false;
    const reference_record *want = &expected->records[*at];
    bool is_fault = record == batch->n_records ||
                    (fault < batch->n_faults && batch->faults[fault].line < batch->lines[record]);
    if (is_fault) {
      const gy_csv_fault *got = &batch->faults[fault++];
      if (got->line != want->line || (got->kind == GY_CSV_UNCLOSED) != want->unclosed) return false;
      if (!want->unclosed && got->n_fields != want->n_fields) return false;
      continue;
    }
    const gy_csv_slice *fields = batch->fields + batch->first_field[record];
    size_t n_fields = batch->first_field[record + 1] - batch->first_field[record];
    if (batch->lines[record++] != want->line || n_fields != want->n_fields || want->unclosed) return false;
    for (size_t i = 0; i < n_fields; i++) {
      size_t field = want->first_field + i;
      if (fields[i].length != expected->length[field] ||
          memcmp(batch->text + fields[i].begin, expected->text + expected->begin[field], fields[i].length) !=
              0) {
        return false;
      }
    }
  }
  return true;
}

static bool tokenizes_as_expected(gy_csv_tokenizer *tokenizer, char *text, size_t length,
                                  const reference_parse *expected) {
  gy_error err = {0};
  gy_csv_batch batch;
  size_t at = 0;
  if (gy_csv_tokenizer_start(tokenizer, text, length, 1, &err) != GY_OK) return false;
  do {
    if (gy_csv_tokenizer_next(tokenizer, &batch, &err) != GY_OK) return false;
    if (!batch_agrees(&batch, expected, &at)) return false;
  } while (batch.n_records + batch.n_faults > 0);
  return at == expected->n_records;
}

static gy_csv_tokenizer *new_tokenizer(size_t dialect, char newline, size_t n_columns, size_t max_records) {
  gy_csv_tokenizer *tokenizer = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_csv_tokenizer_create(&DIALECTS[dialect], newline, n_columns, max_records, &tokenizer, &err),
               GY_OK, "%s", err.text);
  return tokenizer;
}

Test(csv_tokenize, random_text_reads_as_the_reference_reads_it) {
  gy_rng rng;
  gy_rng_init(&rng, 7, 0);
  static reference_parse expected;
  char text[TEXT_MAX + GY_CSV_PADDING], copy[TEXT_MAX + GY_CSV_PADDING];
  for (int round = 0; round < 40000; round++) {
    size_t dialect = gy_rng_below(&rng, N_DIALECTS);
    char newline = gy_rng_below(&rng, 4) == 0 ? '\r' : '\n';
    size_t n_columns = gy_rng_below(&rng, 5);
    gy_csv_tokenizer *tokenizer = new_tokenizer(dialect, newline, n_columns, 1 + gy_rng_below(&rng, 9));
    size_t length = any_text(&rng, &DIALECTS[dialect], newline, text);
    reference_read(text, length, newline, &DIALECTS[dialect], &expected);
    memcpy(copy, text, sizeof text);
    bool same = tokenizes_as_expected(tokenizer, copy, length, &expected);
    if (!same) print_case(text, length, dialect);
    cr_assert(same, "round %d, %zu columns wanted", round, n_columns);
    gy_csv_tokenizer_destroy(tokenizer);
  }
}

/* Cutting a text at whole records, wherever the first read ended, changes nothing. */
Test(csv_tokenize, whole_records_end_where_the_reference_ends_them) {
  gy_rng rng;
  gy_rng_init(&rng, 8, 0);
  static reference_parse all, head, tail;
  char text[TEXT_MAX + GY_CSV_PADDING];
  for (int round = 0; round < 300; round++) {
    size_t dialect = gy_rng_below(&rng, N_DIALECTS);
    gy_csv_tokenizer *tokenizer = new_tokenizer(dialect, '\n', 0, 4);
    size_t length = any_text(&rng, &DIALECTS[dialect], '\n', text);
    reference_read(text, length, '\n', &DIALECTS[dialect], &all);
    for (size_t cut = 0; cut <= length; cut++) {
      size_t whole = 99999;
      gy_error err = {0};
      cr_assert_eq(gy_csv_whole_records(tokenizer, text, cut, &whole, &err), GY_OK);
      cr_assert_leq(whole, cut);
      reference_read(text, whole, '\n', &DIALECTS[dialect], &head);
      reference_read(text + whole, length - whole, '\n', &DIALECTS[dialect], &tail);
      bool same = head.n_records + tail.n_records == all.n_records &&
                  head.n_text + tail.n_text == all.n_text && memcmp(head.text, all.text, head.n_text) == 0;
      if (!same) print_case(text, length, dialect);
      cr_assert(same, "cut at %zu gives whole records up to %zu", cut, whole);
    }
    gy_csv_tokenizer_destroy(tokenizer);
  }
}

typedef struct fault_case {
  const char *text;
  size_t length, n_columns;
  gy_csv_fault_kind kind;
  uint64_t line;
} fault_case;

#define TEXT(literal) literal, sizeof literal - 1

Test(csv_tokenize, faults_name_their_line_and_spare_the_rest) {
  const fault_case CASES[] = {
      {TEXT("a,b\nc\nd,e\n"), 2, GY_CSV_TOO_FEW, 2},
      {TEXT("a,b\nc,d,e\nd,e\n"), 2, GY_CSV_TOO_MANY, 2},
      {TEXT("a,b\n\"x\ny\",1\n\nc,\0\nd,e\n"), 2, GY_CSV_NUL, 5},
      {TEXT("a,b\r\n\xEA\xB0\x80,\xFF\r\n"), 2, GY_CSV_NOT_UTF8, 2},
      {TEXT("a,b\n\"c,d\ne,f\n"), 2, GY_CSV_UNCLOSED, 2},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    gy_csv_tokenizer *tokenizer = new_tokenizer(0, '\n', CASES[i].n_columns, 100);
    char text[256];
    memcpy(text, CASES[i].text, CASES[i].length);
    gy_error err = {0};
    gy_csv_batch batch;
    cr_assert_eq(gy_csv_tokenizer_start(tokenizer, text, CASES[i].length, 1, &err), GY_OK);
    cr_assert_eq(gy_csv_tokenizer_next(tokenizer, &batch, &err), GY_OK);
    cr_assert_eq(batch.n_faults, 1, "case %zu", i);
    cr_assert_eq(batch.faults[0].kind, CASES[i].kind, "case %zu: kind %d", i, (int)batch.faults[0].kind);
    cr_assert_eq(batch.faults[0].line, CASES[i].line, "case %zu: line %llu", i,
                 (unsigned long long)batch.faults[0].line);
    cr_assert_geq(batch.n_records, 1, "case %zu", i);
    gy_csv_tokenizer_destroy(tokenizer);
  }
}

Test(csv_tokenize, counts_bytes_in_texts_of_every_length) {
  static char text[20000 + GY_CSV_PADDING];
  gy_rng rng;
  gy_rng_init(&rng, 9, 0);
  for (size_t i = 0; i < sizeof text; i++) text[i] = gy_rng_below(&rng, 3) == 0 ? '\n' : 'x';
  for (size_t length = 0; length < 20000; length = length * 9 / 8 + 1) {
    size_t expected = 0;
    for (size_t i = 0; i < length; i++) expected += text[i] == '\n';
    cr_assert_eq(gy_csv_count(text, length, '\n'), expected, "length %zu", length);
  }
}
