/* SPDX-License-Identifier: Apache-2.0
 *
 * What was read beyond a block's last record end is carried over to the next block. */
#include "data/csv_file.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "data/csv_tokenize.h"

enum {
  FAULT_TEXT = 256, /* of an unreadable record, kept to show */
  COLUMNS_MAX = 10000,
};

struct gy_csv_file {
  char *path;
  gy_byte_stream *stream;
  gy_csv_dialect dialect;
  char newline;                /* '\0' until the first block is there */
  gy_csv_tokenizer *tokenizer; /* for the serial part and the header */
  gy_arena arena;              /* holds the names */
  const char **names;
  size_t n_columns, n_renamed;
  pthread_mutex_t lock; /* guards all below */
  char *carry;
  size_t carry_length, carry_capacity;
  bool ended;   /* nothing left in the stream */
  bool added;   /* and its last line got the newline that it lacked */
  bool settled; /* where the last whole record ends is known: */
  uint64_t end_line;
  uint64_t lines_behind; /* newlines that the file has behind it */
  bool skipping;         /* inside a record that was too long: drop everything up to a newline */
  uint64_t line;         /* of the carry's first byte */
};

static gy_status spent(const gy_csv_file *f, gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "out of memory while reading %s", f->path);
}

static bool grow(char **data, size_t *capacity, size_t need) {
  if (need + GY_CSV_PADDING <= *capacity) return true;
  char *grown = realloc(*data, need + GY_CSV_PADDING);
  if (grown == NULL) return false;
  memset(grown + need, 0, GY_CSV_PADDING);
  *data = grown;
  *capacity = need + GY_CSV_PADDING;
  return true;
}

void gy_csv_block_clear(gy_csv_block *block) {
  free(block->text);
  *block = (gy_csv_block){0};
}

/* A file without any '\n' at its beginning but with '\r' parts its lines with that, as Macs once did. */
static char newline_of(const char *text, size_t length) {
  bool old_mac = memchr(text, '\n', length) == NULL && memchr(text, '\r', length) != NULL;
  return old_mac ? '\r' : '\n';
}

/* Fills the block up to `size` bytes; at the end of the file the last line gets its newline. */
static gy_status fill(gy_csv_file *f, gy_csv_block *block, size_t size, gy_error *err) {
  if (!grow(&block->text, &block->capacity, size + 1)) return spent(f, err);
  bool ends = false;
  while (block->length + GY_BYTE_STREAM_LEAST <= size && !f->ended && !ends) {
    size_t got;
    gy_status status =
        gy_byte_stream_read(f->stream, block->text + block->length, size - block->length, &got, err);
    if (status != GY_OK) return status;
    block->length += got;
    ends = got == 0;
  }
  if (f->newline == '\0') f->newline = newline_of(block->text, block->length);
  if (!ends) return GY_OK;
  f->ended = true;
  bool open_line = block->length > 0 && block->text[block->length - 1] != f->newline;
  if (open_line) block->text[block->length++] = f->newline;
  f->added = open_line;
  return GY_OK;
}

static gy_status keep_rest(gy_csv_file *f, gy_csv_block *block, size_t used, gy_error *err) {
  size_t rest = block->length - used;
  if (!grow(&f->carry, &f->carry_capacity, rest)) return spent(f, err);
  memcpy(f->carry, block->text + used, rest);
  f->carry_length = rest;
  block->length = used;
  block->first_line = f->line;
  block->n_lines = gy_csv_count(block->text, used, f->newline);
  f->line += block->n_lines;
  return GY_OK;
}

static gy_status take_carry(gy_csv_file *f, gy_csv_block *block, gy_error *err) {
  block->fault = NULL;
  block->open = false;
  block->length = 0;
  if (!grow(&block->text, &block->capacity, f->carry_length + GY_CSV_BLOCK_BYTES)) return spent(f, err);
  if (f->carry_length > 0) memcpy(block->text, f->carry, f->carry_length);
  block->length = f->carry_length;
  f->carry_length = 0;
  return GY_OK;
}

/* Drops the rest of a line that was too long. */
static gy_status skip_line(gy_csv_file *f, gy_csv_block *block, gy_error *err) {
  while (f->skipping && (block->length > 0 || !f->ended)) {
    char *newline = memchr(block->text, f->newline, block->length);
    if (newline != NULL) {
      size_t used = (size_t)(newline - block->text) + 1;
      memmove(block->text, block->text + used, block->length - used);
      block->length -= used;
      f->line++;
      f->skipping = false;
    } else {
      block->length = 0;
      gy_status status = fill(f, block, GY_CSV_BLOCK_BYTES, err);
      if (status != GY_OK) return status;
    }
  }
  return GY_OK;
}

/* The record at the block's beginning has no end: gives its first line as a fault. */
static gy_status give_up_record(gy_csv_file *f, gy_csv_block *block, gy_error *err) {
  char *newline = memchr(block->text, f->newline, block->length);
  bool too_long = newline == NULL || block->length > GY_CSV_RECORD_MAX;
  size_t used = newline != NULL ? (size_t)(newline - block->text) + 1 : block->length;
  gy_status status = keep_rest(f, block, used, err);
  if (status != GY_OK) return status;
  f->skipping = newline == NULL;
  block->fault = too_long ? "record longer than 16 MB" : "a quote opens here and never closes";
  if (newline != NULL) block->length--;
  if (block->length > FAULT_TEXT) block->length = FAULT_TEXT;
  if (block->n_lines == 0) block->n_lines = 1;
  return GY_OK;
}

/* At the end of the file: the records that have their newline come first, in `*whole` bytes; what is left may
 * go on when the file grows. */
static gy_status settle_end(gy_csv_file *f, const gy_csv_block *block, size_t *whole, gy_error *err) {
  size_t length = block->length - (block->length > 0 && f->added);
  gy_status status = gy_csv_whole_records(f->tokenizer, block->text, length, whole, err);
  if (status != GY_OK) return status;
  f->settled = true;
  f->end_line = f->line + gy_csv_count(block->text, *whole, f->newline);
  f->lines_behind = gy_csv_count(block->text + *whole, length - *whole, f->newline);
  if (block->length == 0 && f->added) f->end_line = 0; /* a header or a record too long took the newline */
  return GY_OK;
}

static gy_status next_locked(gy_csv_file *f, gy_csv_block *block, gy_error *err) {
  gy_status status = take_carry(f, block, err);
  if (status == GY_OK) status = skip_line(f, block, err);
  /* What is longer has no end up to here; a fill may leave fewer bytes free than a read takes. */
  const size_t longest = (size_t)GY_CSV_RECORD_MAX + GY_BYTE_STREAM_LEAST;
  for (size_t size = GY_CSV_BLOCK_BYTES; status == GY_OK; size *= 2) {
    status = fill(f, block, size < longest ? size : longest, err);
    size_t whole = 0;
    if (status == GY_OK && f->ended && !f->settled) status = settle_end(f, block, &whole, err);
    if (status != GY_OK || block->length == 0) return status;
    if (whole > 0) return keep_rest(f, block, whole, err);
    block->open = f->settled;
    status = gy_csv_whole_records(f->tokenizer, block->text, block->length, &whole, err);
    if (status != GY_OK) return status;
    if (whole > 0) return keep_rest(f, block, whole, err);
    if (f->ended || block->length > GY_CSV_RECORD_MAX) return give_up_record(f, block, err);
  }
  return status;
}

gy_status gy_csv_file_next(gy_csv_file *f, gy_csv_block *block, gy_error *err) {
  pthread_mutex_lock(&f->lock);
  gy_status status = next_locked(f, block, err);
  pthread_mutex_unlock(&f->lock);
  return status;
}

static bool is_name_taken(const gy_csv_file *f, const char *name) {
  for (size_t i = 0; i < f->n_columns; i++) {
    if (strcmp(f->names[i], name) == 0) return true;
  }
  return false;
}

/* Adds the next column's name: trimmed, invented where there is none, and made different from the others. */
static bool add_name(gy_csv_file *f, const char *text, size_t length) {
  while (length > 0 && (unsigned char)text[0] <= ' ') text++, length--;
  while (length > 0 && (unsigned char)text[length - 1] <= ' ') length--;
  char invented[32];
  if (length == 0) {
    length = (size_t)snprintf(invented, sizeof invented, "column%zu", f->n_columns + 1);
    text = invented;
  }
  const size_t room_for_ending = 16;
  char *name = gy_arena_alloc(&f->arena, length + room_for_ending);
  if (name == NULL) return false;
  memcpy(name, text, length);
  name[length] = '\0';
  for (unsigned ending = 2; is_name_taken(f, name); ending++) {
    snprintf(name + length, room_for_ending, "_%u", ending);
    f->n_renamed += ending == 2;
  }
  f->names[f->n_columns++] = name;
  return true;
}

static gy_status take_names(gy_csv_file *f, const gy_csv_batch *batch, gy_error *err) {
  size_t n = batch->first_field[1];
  if (n > COLUMNS_MAX) return gy_fail(err, GY_ELIMIT, "%s: %zu columns, at most %d", f->path, n, COLUMNS_MAX);
  f->names = gy_arena_calloc(&f->arena, n, sizeof *f->names);
  if (f->names == NULL) return spent(f, err);
  for (size_t i = 0; i < n; i++) {
    const gy_csv_slice *field = &batch->fields[i];
    size_t length = f->dialect.has_header ? field->length : 0;
    if (!add_name(f, batch->text + field->begin, length)) return spent(f, err);
  }
  return GY_OK;
}

static gy_status header_fault(const gy_csv_file *f, const gy_csv_fault *fault, gy_error *err) {
  const char *why = fault->kind == GY_CSV_NUL        ? "holds a NUL byte"
                    : fault->kind == GY_CSV_NOT_UTF8 ? "is not valid in the file's encoding"
                                                     : "has a quote that never closes";
  return gy_fail(err, GY_EPARSE,
                 "%s, line %llu: the header %s; check the encoding (read as %s) and the quote", f->path,
                 (unsigned long long)fault->line, why, gy_encoding_name(gy_byte_stream_encoding(f->stream)));
}

static gy_status skip_titles(const gy_csv_file *f, const gy_csv_block *block, size_t *used, gy_error *err) {
  *used = 0;
  for (uint32_t i = 0; i < f->dialect.skip_lines; i++) {
    char *newline = memchr(block->text + *used, f->newline, block->length - *used);
    if (newline == NULL) {
      return gy_fail(err, GY_EDATA, "%s ends within the %u lines to skip", f->path, f->dialect.skip_lines);
    }
    *used = (size_t)(newline - block->text) + 1;
  }
  return GY_OK;
}

/* Takes the names from the first record of `text`, which cleaning may change; `*used` is its length. */
static gy_status parse_header(gy_csv_file *f, char *text, size_t length, size_t *used, gy_error *err) {
  gy_csv_batch batch;
  gy_status status = gy_csv_tokenizer_start(f->tokenizer, text, length, f->line + f->dialect.skip_lines, err);
  if (status == GY_OK) status = gy_csv_tokenizer_next(f->tokenizer, &batch, err);
  if (status != GY_OK) return status;
  if (batch.n_faults > 0) return header_fault(f, &batch.faults[0], err);
  if (batch.n_records == 0) {
    return gy_fail(err, GY_EDATA, "%s holds blank lines only; expected the names of the columns", f->path);
  }
  *used = f->dialect.has_header ? gy_csv_tokenizer_offset(f->tokenizer) : 0;
  return take_names(f, &batch, err);
}

/* Reads the first record for the names of the columns, or only for their number; everything behind the
 * header is carried over to the first block. */
static gy_status read_header(gy_csv_file *f, gy_csv_block *block, gy_error *err) {
  gy_status status = fill(f, block, GY_CSV_BLOCK_BYTES, err);
  if (status == GY_OK) status = gy_csv_tokenizer_create(&f->dialect, f->newline, 0, 1, &f->tokenizer, err);
  size_t titles = 0, whole = 0, used = 0;
  if (status == GY_OK) status = skip_titles(f, block, &titles, err);
  if (status != GY_OK) return status;
  char *text = block->text + titles;
  status = gy_csv_whole_records(f->tokenizer, text, block->length - titles, &whole, err);
  if (status != GY_OK) return status;
  if (whole == 0 && block->length > titles) {
    return gy_fail(err, GY_EPARSE,
                   "%s, line %u: the header line has no end in %d KB, or a quote in it never closes", f->path,
                   f->dialect.skip_lines + 1, GY_CSV_BLOCK_BYTES >> 10);
  }
  char *copy = calloc(1, whole + GY_CSV_PADDING);
  if (copy == NULL) return spent(f, err);
  memcpy(copy, text, whole);
  status = parse_header(f, copy, whole, &used, err);
  free(copy);
  return status == GY_OK ? keep_rest(f, block, titles + used, err) : status;
}

gy_status gy_csv_file_open(const char *path, gy_encoding encoding, const gy_csv_dialect *dialect,
                           gy_csv_file **file, gy_error *err) {
  gy_csv_file *f = calloc(1, sizeof *f);
  if (f == NULL) return gy_fail(err, GY_ENOMEM, "out of memory while opening %s", path);
  pthread_mutex_init(&f->lock, NULL);
  gy_arena_init(&f->arena, 0, 0);
  f->dialect = *dialect;
  f->line = 1;
  f->path = gy_arena_strndup(&f->arena, path, strlen(path));
  gy_csv_block block = {0};
  gy_status status =
      f->path != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "out of memory while opening %s", path);
  if (status == GY_OK) status = gy_csv_dialect_check(dialect, err);
  if (status == GY_OK) status = gy_byte_stream_open(path, encoding, &f->stream, err);
  if (status == GY_OK) status = read_header(f, &block, err);
  gy_csv_block_clear(&block);
  if (status == GY_OK) {
    *file = f;
  } else {
    gy_csv_file_close(f);
  }
  return status;
}

void gy_csv_file_close(gy_csv_file *f) {
  if (f == NULL) return;
  gy_byte_stream_close(f->stream);
  gy_csv_tokenizer_destroy(f->tokenizer);
  pthread_mutex_destroy(&f->lock);
  gy_arena_clear(&f->arena);
  free(f->carry);
  free(f);
}

gy_csv_end gy_csv_file_end(const gy_csv_file *f) {
  gy_csv_end end = {.line = f->end_line, .newline = f->newline};
  bool known = f->settled && f->end_line > 0 && !f->skipping &&
               gy_byte_stream_line_from_end(f->stream, f->newline, f->lines_behind, &end.offset);
  return known ? end : (gy_csv_end){0};
}

bool gy_csv_file_resume(gy_csv_file *f, const gy_csv_end *end) {
  if (end->offset == 0 || end->newline != f->newline) return false;
  if (end->offset > gy_byte_stream_size(f->stream) || !gy_byte_stream_seek(f->stream, end->offset))
    return false;
  f->carry_length = 0;
  f->ended = f->added = f->settled = f->skipping = false;
  f->line = end->line;
  return true;
}

size_t gy_csv_file_column_count(const gy_csv_file *f) { return f->n_columns; }
const char *gy_csv_file_column_name(const gy_csv_file *f, size_t column) { return f->names[column]; }
size_t gy_csv_file_renamed(const gy_csv_file *f) { return f->n_renamed; }
const gy_csv_dialect *gy_csv_file_dialect(const gy_csv_file *f) { return &f->dialect; }
char gy_csv_file_newline(const gy_csv_file *f) { return f->newline; }
const gy_byte_stream *gy_csv_file_stream(const gy_csv_file *f) { return f->stream; }
