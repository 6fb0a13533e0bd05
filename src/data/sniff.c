/* SPDX-License-Identifier: Apache-2.0
 *
 * From a path to a gy_sniff. Text goes through the same stream, tokenizer and converters as import. */
#include "data/sniff.h"

#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "data/csv_file.h"
#include "data/csv_tokenize.h"
#include "data/sniff_column.h"
#include "data/sniff_dialect.h"
#include "data/sniff_table.h"
#include "data/sniff_xlsx.h"

enum { HEAD_BYTES = 256 << 10, PROBE_BYTES = 256 << 10, BATCH_RECORDS = 1024, PAIRED_CELLS = 1 << 23 };

static gy_status spent(const char *path, gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory to look at %s", path);
}

/* The beginning as UTF-8, with padding for the tokenizer. */
typedef struct {
  char *text;
  size_t length;
  bool is_cut;
} head;

static gy_status read_head(const char *path, gy_sniff *sniff, head *h, gy_error *err) {
  gy_byte_stream *stream = NULL;
  gy_status status = gy_byte_stream_open(path, GY_ENCODING_AUTO, &stream, err);
  if (status != GY_OK) return status;
  sniff->encoding = gy_byte_stream_encoding(stream);
  sniff->compression = gy_byte_stream_compression(stream);
  h->text = calloc(1, HEAD_BYTES + GY_CSV_PADDING);
  if (h->text == NULL) status = spent(path, err);
  size_t got = 1;
  while (status == GY_OK && got > 0 && HEAD_BYTES - h->length >= GY_BYTE_STREAM_LEAST) {
    status = gy_byte_stream_read(stream, h->text + h->length, HEAD_BYTES - h->length, &got, err);
    if (status == GY_OK) h->length += got;
  }
  h->is_cut = got > 0;
  gy_byte_stream_close(stream);
  return status;
}

typedef struct {
  gy_csv_tokenizer *tokenizer;
  gy_csv_batch batch;
} parsed;

static gy_status parse_head(const head *h, const gy_csv_dialect *dialect, char newline, char *copy, parsed *p,
                            gy_error *err) {
  memcpy(copy, h->text, h->length);
  size_t length = h->length;
  gy_status status = gy_csv_tokenizer_create(dialect, newline, 0, BATCH_RECORDS, &p->tokenizer, err);
  if (status == GY_OK && h->is_cut) status = gy_csv_whole_records(p->tokenizer, copy, length, &length, err);
  if (status == GY_OK) status = gy_csv_tokenizer_start(p->tokenizer, copy, length, 1, err);
  if (status == GY_OK) status = gy_csv_tokenizer_next(p->tokenizer, &p->batch, err);
  return status;
}

static size_t header_record(const gy_csv_batch *batch, uint32_t skip_lines) {
  size_t r = 0;
  while (r + 1 < batch->n_records && batch->lines[r] <= skip_lines) r++;
  return r;
}

static bool is_value(const char *text, size_t length) {
  int64_t number;
  gy_field field = gy_convert_number(text, length, GY_NUMBER_POINT, &number);
  if (field == GY_FIELD_VALUE || field == GY_FIELD_ROUNDED) return true;
  gy_time_evidence time = {0};
  gy_time_evidence_add(&time, text, length);
  return time.n_times > 0;
}

/* A header holds names: nothing in it is a number or a time, and not everything is empty. */
static bool has_header(const gy_csv_batch *batch, size_t first) {
  if (first >= batch->n_records) return true;
  size_t n_named = 0;
  for (uint32_t f = batch->first_field[first]; f < batch->first_field[first + 1]; f++) {
    const char *text = batch->text + batch->fields[f].begin;
    size_t length = batch->fields[f].length;
    gy_text_trim(&text, &length);
    if (is_value(text, length)) return false;
    n_named += length > 0;
  }
  return n_named > 0;
}

/* Where commas are decimal marks, some numbers can be read in no other way: 12,5 and 1.234,56. */
static gy_decimal_mark decimal_mark(const gy_csv_batch *batch, size_t first) {
  size_t n_point = 0, n_comma = 0;
  for (uint32_t f = batch->first_field[first]; f < batch->first_field[batch->n_records]; f++) {
    const char *text = batch->text + batch->fields[f].begin;
    size_t length = batch->fields[f].length;
    if (length > 24 || (memchr(text, ',', length) == NULL && memchr(text, '.', length) == NULL)) continue;
    int64_t number;
    gy_field point = gy_convert_number(text, length, GY_NUMBER_POINT, &number);
    gy_field comma = gy_convert_number(text, length, GY_NUMBER_COMMA, &number);
    n_point += point != GY_FIELD_INVALID && comma == GY_FIELD_INVALID;
    n_comma += comma != GY_FIELD_INVALID && point == GY_FIELD_INVALID;
  }
  return n_comma > n_point ? GY_DECIMAL_COMMA : GY_DECIMAL_POINT;
}

static gy_status settle_dialect(const char *path, const head *h, gy_sniff *sniff, gy_error *err) {
  char newline = '\n';
  gy_status status = gy_sniff_dialect(h->text, h->length, h->is_cut, &sniff->dialect, &newline, err);
  if (status != GY_OK) return status;
  char *copy = calloc(1, h->length + GY_CSV_PADDING);
  if (copy == NULL) return spent(path, err);
  parsed p = {0};
  status = parse_head(h, &sniff->dialect, newline, copy, &p, err);
  if (status == GY_OK && p.batch.n_records > 0) {
    size_t first = header_record(&p.batch, sniff->dialect.skip_lines);
    sniff->dialect.has_header = gy_path_is_address(path) || has_header(&p.batch, first);
    sniff->decimal = decimal_mark(&p.batch, first);
  }
  gy_csv_tokenizer_destroy(p.tokenizer);
  free(copy);
  sniff->format = sniff->dialect.merged              ? GY_FORMAT_SPACES
                  : sniff->dialect.delimiter == '\t' ? GY_FORMAT_TSV
                                                     : GY_FORMAT_CSV;
  return status;
}

gy_status gy_sniff_table_init(gy_sniff *sniff, const char *const *names, size_t n, gy_arena *arena,
                              gy_error *err) {
  if (n > GY_SNIFF_COLUMNS_MAX) {
    return gy_fail(err, GY_ELIMIT, "%s has %zu columns; at most %d can be read", sniff->path, n,
                   GY_SNIFF_COLUMNS_MAX);
  }
  sniff->columns = gy_arena_calloc(arena, n, sizeof *sniff->columns);
  if (sniff->columns == NULL) return spent(sniff->path, err);
  sniff->n_columns = n;
  sniff->n_paired =
      n > 0 && PAIRED_CELLS / n < GY_SNIFF_PAIRED_ROWS ? PAIRED_CELLS / n : GY_SNIFF_PAIRED_ROWS;
  for (size_t i = 0; i < n; i++) {
    if (!gy_sniff_column_init(&sniff->columns[i], names[i], sniff->n_paired, arena))
      return spent(sniff->path, err);
  }
  return GY_OK;
}

static gy_status add_batch(gy_sniff *sniff, const gy_csv_batch *batch, gy_arena *arena, gy_error *err) {
  gy_number_form form = sniff->decimal == GY_DECIMAL_COMMA ? GY_NUMBER_COMMA : GY_NUMBER_POINT;
  for (size_t r = 0; r < batch->n_records; r++) {
    const gy_csv_slice *fields = batch->fields + batch->first_field[r];
    for (size_t c = 0; c < sniff->n_columns; c++) {
      bool fits = gy_sniff_column_add(&sniff->columns[c], batch->text + fields[c].begin, fields[c].length,
                                      form, sniff->n_rows, sniff->n_paired, arena);
      if (!fits) return spent(sniff->path, err);
    }
    sniff->n_rows++;
  }
  sniff->n_rows += batch->n_faults;
  sniff->n_faults += batch->n_faults;
  return GY_OK;
}

static gy_status add_text(gy_sniff *sniff, gy_csv_tokenizer *tokenizer, char *text, size_t length,
                          gy_arena *arena, gy_error *err) {
  gy_csv_batch batch;
  gy_status status = gy_csv_tokenizer_start(tokenizer, text, length, 1, err);
  while (status == GY_OK) {
    status = gy_csv_tokenizer_next(tokenizer, &batch, err);
    if (status != GY_OK || (batch.n_records == 0 && batch.n_faults == 0)) break;
    status = add_batch(sniff, &batch, arena, err);
  }
  return status;
}

static gy_status add_blocks(gy_sniff *sniff, gy_csv_file *file, gy_csv_tokenizer *tokenizer, gy_arena *arena,
                            gy_error *err) {
  gy_csv_block block = {0};
  gy_status status = GY_OK;
  size_t n_bytes = 0;
  while (n_bytes < GY_SNIFF_BYTES && sniff->n_rows < GY_SNIFF_ROWS) {
    status = gy_csv_file_next(file, &block, err);
    if (status != GY_OK) break;
    if (block.length == 0 && block.fault == NULL) {
      sniff->is_whole = true;
      break;
    }
    n_bytes += block.length;
    if (block.fault != NULL) {
      sniff->n_rows++;
      sniff->n_faults++;
      continue;
    }
    status = add_text(sniff, tokenizer, block.text, block.length, arena, err);
    if (status != GY_OK) break;
  }
  gy_csv_block_clear(&block);
  return status;
}

/* Records around `offset` of a plain UTF-8 file: from the next line break to the last whole record. */
static gy_status add_probe(gy_sniff *sniff, int fd, off_t offset, char newline, gy_csv_tokenizer *tokenizer,
                           char *text, gy_arena *arena, gy_error *err) {
  ssize_t got = pread(fd, text, PROBE_BYTES, offset);
  if (got <= 0) return GY_OK;
  char *begin = memchr(text, newline, (size_t)got);
  if (begin == NULL) return GY_OK;
  begin++;
  char *end = memrchr(begin, newline, (size_t)(text + got - begin));
  if (end == NULL) return GY_OK;
  size_t length = (size_t)(end + 1 - begin);
  memmove(text, begin, length);
  memset(text + length, 0, GY_CSV_PADDING);
  uint64_t n_faults = sniff->n_faults, n_rows = sniff->n_rows;
  gy_status status = add_text(sniff, tokenizer, text, length, arena, err);
  sniff->n_rows = n_rows + (sniff->n_rows - n_rows) - (sniff->n_faults - n_faults);
  sniff->n_faults = n_faults; /* a probe may begin inside a quoted field */
  return status;
}

static gy_status add_probes(gy_sniff *sniff, const gy_csv_file *file, gy_csv_tokenizer *tokenizer,
                            gy_arena *arena, gy_error *err) {
  bool is_plain = sniff->compression == GY_COMPRESSION_NONE && sniff->encoding == GY_ENCODING_UTF8;
  off_t size = (off_t)gy_byte_stream_size(gy_csv_file_stream(file));
  if (sniff->is_whole || !is_plain || size < GY_SNIFF_BYTES + 2 * PROBE_BYTES) return GY_OK;
  int fd = open(sniff->path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return gy_fail_errno(err, "open", sniff->path);
  char *text = calloc(1, PROBE_BYTES + GY_CSV_PADDING);
  gy_status status = text != NULL ? GY_OK : spent(sniff->path, err);
  const off_t offsets[] = {GY_SNIFF_BYTES + (size - GY_SNIFF_BYTES) / 2, size - PROBE_BYTES};
  for (size_t i = 0; i < 2 && status == GY_OK; i++) {
    status = add_probe(sniff, fd, offsets[i], gy_csv_file_newline(file), tokenizer, text, arena, err);
  }
  free(text);
  close(fd);
  return status;
}

/* The reader ends the second of two equal names with _2, _3, ... */
static bool is_renamed(const char *const *names, size_t i) {
  const char *ending = strrchr(names[i], '_');
  if (ending == NULL || ending[1] == '\0' || ending[1 + strspn(ending + 1, "0123456789")] != '\0')
    return false;
  size_t length = (size_t)(ending - names[i]);
  for (size_t j = 0; j < i; j++) {
    if (strncmp(names[j], names[i], length) == 0 && names[j][length] == '\0') return true;
  }
  return false;
}

static gy_status init_columns(gy_sniff *sniff, const gy_csv_file *file, gy_arena *arena, gy_error *err) {
  size_t n = gy_csv_file_column_count(file);
  const char **names = gy_arena_calloc(arena, n + 1, sizeof *names);
  if (names == NULL) return spent(sniff->path, err);
  for (size_t i = 0; i < n; i++) names[i] = gy_csv_file_column_name(file, i);
  gy_status status = gy_sniff_table_init(sniff, names, n, arena, err);
  bool any = gy_csv_file_renamed(file) > 0;
  for (size_t i = 0; i < n && status == GY_OK && any; i++)
    sniff->columns[i].is_duplicate = is_renamed(names, i);
  return status;
}

static gy_status sniff_values(gy_sniff *sniff, gy_arena *arena, gy_error *err) {
  gy_csv_file *file = NULL;
  gy_csv_tokenizer *tokenizer = NULL;
  gy_status status = gy_csv_file_open(sniff->path, sniff->encoding, &sniff->dialect, &file, err);
  if (status != GY_OK) return status;
  status = init_columns(sniff, file, arena, err);
  if (status == GY_OK) {
    status = gy_csv_tokenizer_create(&sniff->dialect, gy_csv_file_newline(file), sniff->n_columns,
                                     BATCH_RECORDS, &tokenizer, err);
  }
  if (status == GY_OK) status = add_blocks(sniff, file, tokenizer, arena, err);
  if (status == GY_OK) status = add_probes(sniff, file, tokenizer, arena, err);
  gy_csv_tokenizer_destroy(tokenizer);
  gy_csv_file_close(file);
  return status;
}

static bool is_parquet(const char *path) {
  char magic[4] = "";
  FILE *file = fopen(path, "rbe");
  if (file == NULL) return false;
  size_t got = fread(magic, 1, sizeof magic, file);
  fclose(file);
  return got == sizeof magic && memcmp(magic, "PAR1", sizeof magic) == 0;
}

/* An object in the first line that ends there: one a line. */
static gy_file_format json_kind(const head *h) {
  const char *text = h->text;
  size_t length = h->length;
  gy_text_trim(&text, &length);
  while (length > 0 && (*text == '\n' || *text == '\r')) text++, length--;
  if (length == 0 || (*text != '{' && *text != '[')) return GY_FORMAT_AUTO;
  if (*text == '[') return GY_FORMAT_JSON;
  const char *end = memchr(text, '\n', length);
  json_t *first = json_loadb(text, end != NULL ? (size_t)(end - text) : length, 0, NULL);
  json_decref(first);
  return first != NULL ? GY_FORMAT_NDJSON : GY_FORMAT_JSON;
}

static gy_status sniff_text(gy_sniff *sniff, gy_arena *arena, gy_error *err) {
  head h = {0};
  gy_status status = read_head(sniff->path, sniff, &h, err);
  if (status == GY_OK) sniff->format = json_kind(&h);
  if (status == GY_OK && sniff->format == GY_FORMAT_AUTO) {
    status = settle_dialect(sniff->path, &h, sniff, err);
    if (status == GY_OK) status = sniff_values(sniff, arena, err);
  } else if (status == GY_OK) {
    status = gy_sniff_table(sniff, arena, err);
  }
  free(h.text);
  return status;
}

gy_status gy_sniff_place(const char *path, const gy_xlsx_place *place, gy_arena *arena, gy_sniff *sniff,
                         gy_error *err) {
  gy_sniff made = {.path = gy_arena_strndup(arena, path, strlen(path))};
  if (made.path == NULL) return spent(path, err);
  gy_status status;
  if (is_parquet(path)) {
    made.format = GY_FORMAT_PARQUET;
    status = gy_sniff_table(&made, arena, err);
  } else if (gy_xlsx_is_archive(path)) {
    status = gy_sniff_xlsx(&made, place, arena, err);
  } else {
    status = sniff_text(&made, arena, err);
  }
  if (status == GY_OK && made.n_rows == made.n_faults) {
    status =
        gy_fail(err, GY_EDATA, "%s has no %srows below its header", path, made.n_faults > 0 ? "usable " : "");
  }
  if (status == GY_OK && made.n_paired > made.n_rows) made.n_paired = made.n_rows;
  *sniff = made;
  if (status != GY_OK) gy_sniff_clear(sniff);
  return status;
}

gy_status gy_sniff_file(const char *path, gy_arena *arena, gy_sniff *sniff, gy_error *err) {
  gy_xlsx_place place = {.sheet = gy_xlsx_path_sheet(path)};
  if (place.sheet == NULL) return gy_sniff_place(path, &place, arena, sniff, err);
  char *file = gy_arena_strndup(arena, path, (size_t)(place.sheet - path) - 1);
  return file != NULL ? gy_sniff_place(file, &place, arena, sniff, err) : spent(path, err);
}

void gy_sniff_clear(gy_sniff *sniff) {
  for (size_t i = 0; i < sniff->n_columns; i++) gy_distinct_clear(&sniff->columns[i].distinct);
  *sniff = (gy_sniff){0};
}
