/* SPDX-License-Identifier: Apache-2.0
 *
 * The tokenizer against the reference that reads one character after the other, on any bytes in any dialect;
 * and cutting at whole records, which must change nothing. */
#include <stdlib.h>

#include "data/csv_tokenize.h"
#include "../tests/data/csv_reference.h"
#include "fuzz_file.h"

static const gy_csv_dialect DIALECTS[] = {
    {.delimiter = ',', .quote = '"'},
    {.delimiter = '\t', .quote = '\0'},
    {.delimiter = ';', .quote = '\''},
    {.delimiter = '|', .quote = '"', .escape = '\\'},
    {.delimiter = ',', .quote = '\0', .escape = '\\'},
    {.delimiter = ' ', .quote = '"', .merged = true},
};

static void check_record(const gy_csv_batch *batch, size_t record, const reference_parse *expected,
                         size_t at) {
  const reference_record *want = &expected->records[at];
  must(batch->lines[record] == want->line);
  must(batch->first_field[record + 1] - batch->first_field[record] == want->n_fields);
  for (size_t i = 0; i < want->n_fields; i++) {
    const gy_csv_slice *got = &batch->fields[batch->first_field[record] + i];
    size_t field = want->first_field + i;
    must(got->length == expected->length[field]);
    must(memcmp(batch->text + got->begin, expected->text + expected->begin[field], got->length) == 0);
  }
}

/* Faults other than an open quote depend on the width and on UTF-8, which the reference does not know. */
static void check_text(gy_csv_tokenizer *tokenizer, char *text, size_t length,
                       const reference_parse *expected) {
  gy_csv_batch batch;
  size_t at = 0;
  must(gy_csv_tokenizer_start(tokenizer, text, length, 1, NULL) == GY_OK);
  do {
    must(gy_csv_tokenizer_next(tokenizer, &batch, NULL) == GY_OK);
    size_t fault = 0;
    for (size_t record = 0; record < batch.n_records || fault < batch.n_faults; at++) {
      must(at < expected->n_records);
      bool is_fault = record == batch.n_records ||
                      (fault < batch.n_faults && batch.faults[fault].line < batch.lines[record]);
      if (is_fault) {
        must(batch.faults[fault].line == expected->records[at].line);
        must((batch.faults[fault].kind == GY_CSV_UNCLOSED) == expected->records[at].unclosed);
        fault++;
      } else {
        check_record(&batch, record++, expected, at);
      }
    }
  } while (batch.n_records + batch.n_faults > 0);
  must(at == expected->n_records);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 3 || size > REFERENCE_FIELDS / 2) return 0;
  const gy_csv_dialect *dialect = &DIALECTS[data[0] % (sizeof DIALECTS / sizeof DIALECTS[0])];
  char newline = data[1] % 4 == 0 ? '\r' : '\n';
  size_t n_columns = data[1] / 4 % 6, length = size - 2, whole = 0;
  char *text = calloc(1, length + GY_CSV_PADDING);
  reference_parse *expected = malloc(sizeof *expected);
  gy_csv_tokenizer *tokenizer = NULL;
  must(text != NULL && expected != NULL);
  memcpy(text, data + 2, length);
  must(gy_csv_tokenizer_create(dialect, newline, n_columns, 1 + data[1] % 7, &tokenizer, NULL) == GY_OK);
  must(gy_csv_whole_records(tokenizer, text, length, &whole, NULL) == GY_OK && whole <= length);
  must(whole == 0 || text[whole - 1] == newline);
  reference_read(text, length, newline, dialect, expected);
  check_text(tokenizer, text, length, expected);
  gy_csv_tokenizer_destroy(tokenizer);
  free(expected);
  free(text);
  return 0;
}
