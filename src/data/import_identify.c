/* SPDX-License-Identifier: Apache-2.0
 *
 * Cells that say who somebody is, on their way into the store: written last, when it is known which rows
 * stay, so that no original of a rejected row goes to the vault. */
#include <string.h>

#include "data/convert.h"
#include "data/import_work.h"
#include "privacy/identifier_mask.h"

/* A value without a pseudonym is NULL, counted for what it was. */
static void write_none(import_thread *t, size_t column, size_t row, gy_normal normal,
                       gy_chunk_writer *writer) {
  gy_import_column_result *counts = &t->columns[column];
  counts->n_empty += normal == GY_NORMAL_EMPTY;
  counts->n_junk += normal == GY_NORMAL_JUNK;
  counts->n_invalid += normal == GY_NORMAL_INVALID;
  gy_writer_null(writer, column, row);
}

/* Cells on their way to pseudonyms, and the rows that they are of. */
typedef struct {
  size_t n;
  size_t rows[GY_IDENTIFIER_BATCH];
  gy_identifier_cell cells[GY_IDENTIFIER_BATCH];
} identifier_batch;

static gy_status write_batch(import_thread *t, size_t column, identifier_batch *b, gy_chunk_writer *writer,
                             gy_error *err) {
  gy_identifier kind = t->job->spec->columns[column].identifier;
  gy_status status = gy_pseudonym_worker_values(t->pseudonyms, kind, b->cells, b->n, err);
  for (size_t i = 0; i < b->n && status == GY_OK; i++) {
    if (b->cells[i].normal == GY_NORMAL_VALUE) {
      gy_writer_uuid(writer, column, b->rows[i], b->cells[i].pseudonym.bytes);
      t->columns[column].n_pseudonyms++;
    } else {
      write_none(t, column, b->rows[i], b->cells[i].normal, writer);
    }
  }
  b->n = 0;
  return status;
}

gy_status import_write_pseudonyms(import_thread *t, const gy_csv_batch *batch, size_t column,
                                  gy_chunk_writer *writer, gy_error *err) {
  const import_file *file = &t->job->files[t->file];
  const gy_csv_slice *cells = batch->fields + file->field_of_column[column];
  identifier_batch b;
  gy_status status = GY_OK;
  b.n = 0;
  for (size_t row = 0; row < batch->n_records && status == GY_OK; row++) {
    const gy_csv_slice *slice = &cells[row * file->n_fields];
    const char *text = batch->text + slice->begin;
    size_t length = slice->length;
    gy_text_trim(&text, &length);
    if (length == 0 || gy_text_is_empty(text, length)) {
      write_none(t, column, row, GY_NORMAL_EMPTY, writer);
      continue;
    }
    b.rows[b.n] = row;
    b.cells[b.n++] = (gy_identifier_cell){.text = text, .length = length};
    if (b.n == GY_IDENTIFIER_BATCH) status = write_batch(t, column, &b, writer, err);
  }
  return status == GY_OK && b.n > 0 ? write_batch(t, column, &b, writer, err) : status;
}

gy_status import_write_guarded_id(import_thread *t, size_t column, size_t row, const char *text,
                                  size_t length, gy_chunk_writer *writer, gy_error *err) {
  bool is_direct;
  gy_normal normal = GY_NORMAL_VALUE;
  gy_pseudonym pseudonym;
  gy_status status =
      gy_pseudonym_worker_id(t->pseudonyms, text, length, &is_direct, &normal, &pseudonym, err);
  if (status != GY_OK) return status;
  if (!is_direct) {
    gy_writer_text(writer, column, row, text, length);
  } else if (normal == GY_NORMAL_VALUE) {
    char uuid[GY_PSEUDONYM_CHARS + 1];
    gy_pseudonym_text(&pseudonym, uuid);
    gy_writer_text(writer, column, row, uuid, GY_PSEUDONYM_CHARS);
    t->columns[column].n_pseudonyms++;
  } else {
    write_none(t, column, row, normal, writer);
  }
  return GY_OK;
}

gy_status import_write_free_text(import_thread *t, size_t column, size_t row, const char *text, size_t length,
                                 gy_chunk_writer *writer, gy_error *err) {
  gy_identifier_span span;
  size_t found[GY_IDENTIFIER_COUNT] = {0};
  if (!gy_identifier_find(text, length, 0, &span)) {
    gy_writer_text(writer, column, row, text, length);
    return GY_OK;
  }
  t->masked.length = 0;
  if (!gy_buffer_reserve(&t->masked, GY_MASKED_MAX(length)))
    return gy_fail(err, GY_ENOMEM, "no memory to mask a text of %zu bytes", length);
  size_t n = gy_identifier_mask_text(text, length, t->masked.data, GY_MASKED_MAX(length), found);
  for (int kind = 0; kind < GY_IDENTIFIER_COUNT; kind++) t->columns[column].n_found[kind] += found[kind] > 0;
  bool keeps = t->job->spec->privacy->keeps_free_text;
  gy_writer_text(writer, column, row, keeps ? text : t->masked.data, keeps ? length : n);
  return GY_OK;
}

/* ---- people who were forgotten ---- */

static gy_status judge_column(import_thread *t, const gy_csv_batch *batch, size_t column, bool *any,
                              gy_error *err) {
  const gy_import_column *spec = &t->job->spec->columns[column];
  const import_file *file = &t->job->files[t->file];
  gy_status status = GY_OK;
  for (size_t row = 0; row < batch->n_records && status == GY_OK; row++) {
    const gy_csv_slice *slice = &batch->fields[row * file->n_fields + (size_t)file->field_of_column[column]];
    const char *text = batch->text + slice->begin;
    size_t length = slice->length;
    bool forgotten = false;
    gy_text_trim(&text, &length);
    if (spec->kind == GY_IMPORT_ID && gy_convert_text_id(text, length, &text, &length) != GY_FIELD_VALUE)
      continue;
    if (length > 0)
      status = gy_pseudonym_worker_forgotten(
          t->pseudonyms, spec->stands_for_person ? (int)GY_OF_ORDER : (int)spec->identifier, text, length,
          &forgotten, err);
    *any = *any || forgotten;
    t->bad[row] = t->bad[row] || forgotten;
  }
  return status;
}

static void count_forgotten(import_thread *t, size_t n) {
  import_file *file = &t->job->files[t->file];
  atomic_fetch_add(&file->n_forgotten, n);
  if (t->block.open) atomic_fetch_add(&file->n_open_forgotten, n);
}

gy_status import_pass_over(import_thread *t, gy_csv_batch *batch, gy_error *err) {
  const size_t width = t->job->files[t->file].n_fields;
  bool any = false;
  gy_status status = GY_OK;
  if (t->pseudonyms == NULL || !gy_import_forgets(t->job->spec->privacy)) return GY_OK;
  memset(t->bad, 0, batch->n_records);
  for (size_t c = 0; c < t->job->spec->n_columns && status == GY_OK; c++)
    if (t->job->spec->columns[c].is_of_person || t->job->spec->columns[c].stands_for_person)
      status = judge_column(t, batch, c, &any, err);
  if (status != GY_OK || !any) return status;
  size_t kept = 0;
  for (size_t row = 0; row < batch->n_records; row++) {
    if (t->bad[row]) continue;
    if (kept != row) {
      memcpy(batch->fields + kept * width, batch->fields + row * width, width * sizeof batch->fields[0]);
      batch->lines[kept] = batch->lines[row];
    }
    kept++;
  }
  count_forgotten(t, batch->n_records - kept);
  batch->n_records = kept;
  return GY_OK;
}

gy_status import_text_is_forgotten(import_thread *t, const char *text, size_t length, bool *forgotten,
                                   gy_error *err) {
  *forgotten = false;
  if (t->pseudonyms == NULL || !gy_import_forgets(t->job->spec->privacy)) return GY_OK;
  gy_status status = GY_OK;
  gy_identifier_span span;
  for (size_t from = 0; status == GY_OK && !*forgotten && gy_identifier_find(text, length, from, &span);
       from = span.end)
    status = gy_pseudonym_worker_forgotten(t->pseudonyms, span.kind, text + span.begin, span.end - span.begin,
                                           forgotten, err);
  if (*forgotten) count_forgotten(t, 1);
  return status;
}
