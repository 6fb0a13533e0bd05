/* SPDX-License-Identifier: Apache-2.0
 *
 * Records are told apart by their brackets, with strings passed over; a line of NDJSON by its newline, so
 * that a broken one spoils no other. */
#include "data/json_file.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "data/csv_index.h"

struct gy_json_file {
  char *path;
  gy_byte_stream *stream;
  bool has_lines;
  bool ended;
  char *carry;
  size_t carry_length, carry_capacity;
  uint64_t line;
};

static bool grow(char **data, size_t *capacity, size_t need) {
  if (need + GY_CSV_PADDING <= *capacity) return true;
  char *grown = realloc(*data, need + GY_CSV_PADDING);
  if (grown == NULL) return false;
  *data = grown;
  *capacity = need + GY_CSV_PADDING;
  return true;
}

static gy_status spent(const gy_json_file *f, gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "out of memory while reading %s", f->path);
}

/* Moves from a string's opening quote behind its closing one; false when it does not close. */
static bool pass_string(const char *text, size_t length, size_t *at) {
  for (++*at; *at < length && text[*at] != '"'; ++*at) {
    if (text[*at] == '\\') ++*at;
  }
  if (*at >= length) return false;
  ++*at;
  return true;
}

/* The place behind the value that begins at `at`; false when it does not end. */
static bool pass_value(const char *text, size_t length, size_t at, size_t *end) {
  size_t depth = 0;
  while (at < length) {
    char c = text[at];
    if (c == '"') {
      if (!pass_string(text, length, &at)) return false;
    } else {
      if (depth == 0 && strchr(",]} \t\r\n", c) != NULL) break;
      depth += c == '{' || c == '[';
      depth -= c == '}' || c == ']';
      at++;
    }
    if (depth == 0 && strchr("}]\"", text[at - 1]) != NULL) break;
  }
  *end = at;
  return depth == 0;
}

bool gy_json_record_next(const char *text, size_t length, bool has_lines, size_t *at, uint64_t *line,
                         gy_json_record *record) {
  while (*at < length && strchr(has_lines ? " \t\r\n" : " \t\r\n,[]", text[*at]) != NULL &&
         text[*at] != '\0') {
    *line += text[*at] == '\n';
    ++*at;
  }
  if (*at == length) return false;
  size_t end = length;
  *record = (gy_json_record){.text = text + *at, .line = *line};
  if (has_lines) {
    const char *newline = memchr(text + *at, '\n', length - *at);
    if (newline != NULL) end = (size_t)(newline - text);
  } else {
    record->unclosed = !pass_value(text, length, *at, &end);
    if (record->unclosed) end = length;
    if (end == *at) end++; /* a stray closing brace */
  }
  record->length = end - *at;
  *line += gy_csv_count(text + *at, end - *at, '\n');
  *at = end;
  return true;
}

/* Length of the whole records at the beginning of a text. */
static size_t whole_records(const gy_json_file *f, const char *text, size_t length) {
  if (f->has_lines) {
    const char *newline = memrchr(text, '\n', length);
    return newline != NULL ? (size_t)(newline - text) + 1 : 0;
  }
  size_t at = 0, whole = 0;
  uint64_t line = 0;
  gy_json_record record;
  while (gy_json_record_next(text, length, false, &at, &line, &record) && !record.unclosed && at < length)
    whole = at;
  return whole;
}

static gy_status fill(gy_json_file *f, gy_csv_block *block, size_t size, gy_error *err) {
  if (!grow(&block->text, &block->capacity, size)) return spent(f, err);
  while (block->length + GY_BYTE_STREAM_LEAST <= size && !f->ended) {
    size_t got;
    gy_status status =
        gy_byte_stream_read(f->stream, block->text + block->length, size - block->length, &got, err);
    if (status != GY_OK) return status;
    block->length += got;
    f->ended = got == 0;
  }
  return GY_OK;
}

static gy_status keep_rest(gy_json_file *f, gy_csv_block *block, size_t used, gy_error *err) {
  size_t rest = block->length - used;
  if (!grow(&f->carry, &f->carry_capacity, rest)) return spent(f, err);
  memcpy(f->carry, block->text + used, rest);
  f->carry_length = rest;
  block->length = used;
  block->first_line = f->line;
  block->n_lines = gy_csv_count(block->text, used, '\n');
  f->line += block->n_lines;
  return GY_OK;
}

gy_status gy_json_file_next(gy_json_file *f, gy_csv_block *block, gy_error *err) {
  block->fault = NULL;
  block->open = false;
  block->length = 0;
  if (!grow(&block->text, &block->capacity, f->carry_length + GY_CSV_BLOCK_BYTES)) return spent(f, err);
  if (f->carry_length > 0) memcpy(block->text, f->carry, f->carry_length);
  block->length = f->carry_length;
  f->carry_length = 0;
  for (size_t size = GY_CSV_BLOCK_BYTES;; size *= 2) {
    gy_status status = fill(f, block, size, err);
    if (status != GY_OK || block->length == 0) return status;
    if (f->ended) return keep_rest(f, block, block->length, err);
    size_t whole = whole_records(f, block->text, block->length);
    if (whole > 0) return keep_rest(f, block, whole, err);
    if (block->length > GY_CSV_RECORD_MAX) {
      return gy_fail(err, GY_EPARSE,
                     "%s, line %llu: a record longer than 16 MB, or a bracket that never closes", f->path,
                     (unsigned long long)f->line);
    }
  }
}

/* NDJSON when the first line is a whole object. */
static bool begins_with_line(const char *text, size_t length) {
  size_t at = 0;
  uint64_t line = 1;
  gy_json_record record;
  if (!gy_json_record_next(text, length, true, &at, &line, &record)) return false;
  if (record.text[0] != '{') return false;
  json_t *value = json_loadb(record.text, record.length, 0, NULL);
  bool whole = value != NULL;
  json_decref(value);
  return whole;
}

static gy_status look(gy_json_file *f, gy_error *err) {
  gy_csv_block head = {0};
  gy_status status = fill(f, &head, GY_CSV_BLOCK_BYTES, err);
  if (status == GY_OK) {
    f->has_lines = begins_with_line(head.text, head.length);
    status = keep_rest(f, &head, 0, err);
  }
  gy_csv_block_clear(&head);
  return status;
}

gy_status gy_json_file_open(const char *path, gy_encoding encoding, gy_json_file **file, gy_error *err) {
  gy_json_file *f = calloc(1, sizeof *f);
  if (f == NULL) return gy_fail(err, GY_ENOMEM, "out of memory while opening %s", path);
  f->line = 1;
  f->path = strdup(path);
  gy_status status =
      f->path != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "out of memory while opening %s", path);
  if (status == GY_OK) status = gy_byte_stream_open(path, encoding, &f->stream, err);
  if (status == GY_OK) status = look(f, err);
  if (status == GY_OK) {
    *file = f;
  } else {
    gy_json_file_close(f);
  }
  return status;
}

void gy_json_file_close(gy_json_file *f) {
  if (f == NULL) return;
  gy_byte_stream_close(f->stream);
  free(f->carry);
  free(f->path);
  free(f);
}

bool gy_json_file_has_lines(const gy_json_file *f) { return f->has_lines; }
const gy_byte_stream *gy_json_file_stream(const gy_json_file *f) { return f->stream; }
