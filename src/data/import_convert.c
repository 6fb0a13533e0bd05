/* SPDX-License-Identifier: Apache-2.0
 *
 * Cells of a batch -> columns, one column at a time so that each loop does one thing. A cell that cannot be
 * converted rejects its row; since that is rare, the batch is then closed up and converted again. Texts are
 * written last, when it is known which rows stay. */
#include <string.h>

#include "data/consent_words.h"
#include "data/convert_real.h"
#include "data/import_work.h"

enum { NULL_WORDS = GY_CHUNK_ROWS / 64 };

typedef struct column_cells {
  const char *text;
  const gy_csv_slice *cells; /* of the first record */
  size_t stride, n;
} column_cells;

static inline const char *cell(const column_cells *c, size_t row, size_t *length) {
  const gy_csv_slice *slice = &c->cells[row * c->stride];
  *length = slice->length;
  return c->text + slice->begin;
}

static column_cells cells_of(const import_thread *t, const gy_csv_batch *batch, size_t column) {
  const import_file *file = &t->job->files[t->file];
  return (column_cells){batch->text, batch->fields + file->field_of_column[column], file->n_fields,
                        batch->n_records};
}

static void note(import_thread *t, size_t column, size_t row, gy_field field, bool *any_bad) {
  const gy_import_column *spec = &t->job->spec->columns[column];
  gy_import_column_result *counts = &t->batch_columns[column];
  if (field == GY_FIELD_EMPTY && !spec->required) {
    counts->n_empty++;
    t->nulls[column * NULL_WORDS + row / 64] |= UINT64_C(1) << (row % 64);
  } else if (field == GY_FIELD_ROUNDED) {
    counts->n_rounded++;
  } else {
    *any_bad = t->bad[row] = true;
  }
}

static void convert_ids(import_thread *t, size_t column, const column_cells *c, int64_t *out, bool *any_bad) {
  bool *widen = t->job->widen;
  for (size_t row = 0; row < c->n; row++) {
    size_t length;
    const char *text = cell(c, row, &length);
    gy_field field = gy_convert_integer_id(text, length, &out[row]);
    if (field == GY_FIELD_VALUE) continue;
    if (field == GY_FIELD_INVALID) {
      pthread_mutex_lock(&t->job->lock);
      widen[column] = true;
      pthread_mutex_unlock(&t->job->lock);
      atomic_store(&t->job->must_widen, true);
      return;
    }
    out[row] = 0;
    note(t, column, row, field, any_bad);
  }
}

static void convert_times(import_thread *t, size_t column, const column_cells *c, int64_t *out,
                          bool *any_bad) {
  gy_time_reader *reader = &t->times[column];
  for (size_t row = 0; row < c->n; row++) {
    size_t length;
    const char *text = cell(c, row, &length);
    gy_field field = gy_time_reader_convert(reader, text, length, &out[row]);
    if (field == GY_FIELD_VALUE) continue;
    out[row] = 0;
    note(t, column, row, field, any_bad);
  }
}

static void convert_numbers(import_thread *t, size_t column, const column_cells *c, int64_t *out,
                            bool *any_bad) {
  gy_number_form form = t->job->spec->columns[column].number_form;
  for (size_t row = 0; row < c->n; row++) {
    size_t length;
    const char *text = cell(c, row, &length);
    gy_field field = gy_convert_number(text, length, form, &out[row]);
    if (field == GY_FIELD_VALUE) continue;
    if (field != GY_FIELD_ROUNDED) out[row] = 0;
    note(t, column, row, field, any_bad);
  }
}

static void convert_reals(import_thread *t, size_t column, const column_cells *c, double *out,
                          bool *any_bad) {
  gy_number_form form = t->job->spec->columns[column].number_form;
  for (size_t row = 0; row < c->n; row++) {
    size_t length;
    const char *text = cell(c, row, &length);
    gy_field field = gy_convert_real(text, length, form, &out[row]);
    if (field == GY_FIELD_VALUE) continue;
    out[row] = 0;
    note(t, column, row, field, any_bad);
  }
}

static void convert_bools(import_thread *t, size_t column, const column_cells *c, uint8_t *out,
                          bool *any_bad) {
  for (size_t row = 0; row < c->n; row++) {
    size_t length;
    const char *text = cell(c, row, &length);
    bool value = false;
    gy_field field = gy_convert_bool(text, length, &value);
    out[row] = value;
    if (field != GY_FIELD_VALUE) note(t, column, row, field, any_bad);
  }
}

/* A word of consents as gyeol writes it. */
static gy_field consent_value(gy_import_kind kind, const char **text, size_t *length) {
  const char *trimmed = *text;
  size_t trimmed_length = *length;
  gy_text_trim(&trimmed, &trimmed_length);
  if (gy_text_is_empty(trimmed, trimmed_length)) return GY_FIELD_EMPTY;
  gy_purpose purpose;
  gy_channel channel;
  if (kind == GY_IMPORT_PURPOSE && gy_purpose_read(trimmed, trimmed_length, &purpose))
    *text = gy_purpose_name(purpose);
  else if (kind == GY_IMPORT_CHANNEL && gy_channel_read(trimmed, trimmed_length, &channel))
    *text = gy_channel_name(channel);
  else
    return GY_FIELD_INVALID;
  *length = strlen(*text);
  return GY_FIELD_VALUE;
}

static gy_field text_value(const import_thread *t, size_t column, const char **text, size_t *length) {
  gy_import_kind kind = t->job->spec->columns[column].kind;
  if (kind == GY_IMPORT_ID) return gy_convert_text_id(*text, *length, text, length);
  if (kind == GY_IMPORT_PURPOSE || kind == GY_IMPORT_CHANNEL) return consent_value(kind, text, length);
  bool nothing = *length == 0 || (*length == 2 && memcmp(*text, "\\N", 2) == 0) ||
                 (*length == 4 && memcmp(*text, "NULL", 4) == 0);
  return nothing ? GY_FIELD_EMPTY : GY_FIELD_VALUE;
}

static bool is_text(const import_thread *t, size_t column) {
  gy_import_kind kind = t->job->spec->columns[column].kind;
  return kind == GY_IMPORT_TEXT || kind == GY_IMPORT_PURPOSE || kind == GY_IMPORT_CHANNEL ||
         (kind == GY_IMPORT_ID && t->job->is_text[column]);
}

/* Whether the file has an id that is no integer: with none, a reading of it alone would give integers. */
static void look_for_text_ids(import_thread *t, size_t column, const column_cells *c) {
  atomic_bool *seen = &t->job->files[t->file].text_seen[column];
  if (t->job->spec->columns[column].kind != GY_IMPORT_ID) return;
  for (size_t row = 0; row < c->n && !atomic_load_explicit(seen, memory_order_relaxed); row++) {
    size_t length;
    int64_t id;
    const char *text = cell(c, row, &length);
    if (gy_convert_integer_id(text, length, &id) == GY_FIELD_INVALID)
      atomic_store_explicit(seen, true, memory_order_relaxed);
  }
}

/* Only which texts are missing; they are written when all is settled. */
static void check_texts(import_thread *t, size_t column, const column_cells *c, bool *any_bad) {
  for (size_t row = 0; row < c->n; row++) {
    size_t length;
    const char *text = cell(c, row, &length);
    gy_field field = text_value(t, column, &text, &length);
    if (field != GY_FIELD_VALUE) note(t, column, row, field, any_bad);
  }
}

static gy_status write_texts(import_thread *t, size_t column, const column_cells *c, gy_chunk_writer *writer,
                             gy_error *err) {
  gy_import_guard guard = t->job->spec->columns[column].guard;
  gy_status status = GY_OK;
  for (size_t row = 0; row < c->n && status == GY_OK; row++) {
    size_t length;
    const char *text = cell(c, row, &length);
    if (text_value(t, column, &text, &length) != GY_FIELD_VALUE) continue;
    if (guard == GY_IMPORT_UNGUARDED)
      gy_writer_text(writer, column, row, text, length);
    else if (guard != GY_IMPORT_KEY)
      status = import_write_free_text(t, column, row, text, length, writer, err);
    else
      status = import_write_guarded_id(t, column, row, text, length, writer, err);
  }
  return status;
}

static void write_nulls(const import_thread *t, size_t column, gy_chunk_writer *writer) {
  for (size_t w = 0; w < NULL_WORDS; w++) {
    for (uint64_t bits = t->nulls[column * NULL_WORDS + w]; bits != 0; bits &= bits - 1) {
      gy_writer_null(writer, column, w * 64 + (size_t)__builtin_ctzll(bits));
    }
  }
}

static const char *reason_of(const gy_import_column *column, const char *text, size_t length) {
  if (gy_text_is_empty(text, length)) return "empty";
  switch (column->kind) {
    case GY_IMPORT_TIME:
      return "not a time in the stated form";
    case GY_IMPORT_NUMBER:
    case GY_IMPORT_REAL:
      return "not a number";
    case GY_IMPORT_BOOL:
      return "neither true nor false";
    case GY_IMPORT_PURPOSE:
      return gy_purpose_complaint(text, length);
    case GY_IMPORT_CHANNEL:
      return gy_channel_complaint(text, length);
    default:
      return "not usable";
  }
}

/* Rejects record `row` for `column`; once a row. */
static gy_status reject_cell(import_thread *t, const gy_csv_batch *batch, size_t column, size_t row,
                             gy_error *err) {
  const gy_import_column *spec = &t->job->spec->columns[column];
  column_cells c = cells_of(t, batch, column);
  size_t length;
  const char *text = cell(&c, row, &length);
  const char *trimmed = text;
  size_t trimmed_length = length;
  gy_text_trim(&trimmed, &trimmed_length);
  const gy_csv_slice *cells = batch->fields + row * t->job->files[t->file].n_fields;
  return import_reject(t, batch->lines[row], spec->source, text, length,
                       reason_of(spec, trimmed, trimmed_length), cells, batch->text, err);
}

/* Takes the records marked bad by `column` out of the batch. */
static gy_status close_up(import_thread *t, gy_csv_batch *batch, size_t column, gy_error *err) {
  const size_t width = t->job->files[t->file].n_fields;
  size_t kept = 0;
  for (size_t row = 0; row < batch->n_records; row++) {
    if (t->bad[row]) {
      gy_status status = reject_cell(t, batch, column, row, err);
      if (status != GY_OK) return status;
      continue;
    }
    if (kept != row) {
      memcpy(batch->fields + kept * width, batch->fields + row * width, width * sizeof batch->fields[0]);
      batch->lines[kept] = batch->lines[row];
    }
    kept++;
  }
  batch->n_records = kept;
  return GY_OK;
}

/* Converts one column; true when it marked rows as bad. */
static bool convert_column(import_thread *t, const gy_csv_batch *batch, size_t column, void *out) {
  column_cells c = cells_of(t, batch, column);
  bool any_bad = false;
  memset(t->bad, 0, batch->n_records);
  memset(t->nulls + column * NULL_WORDS, 0, NULL_WORDS * sizeof t->nulls[0]);
  t->batch_columns[column] = (gy_import_column_result){0};
  if (t->job->spec->columns[column].kind == GY_IMPORT_PSEUDONYM)
    return false; /* written when all is settled */
  if (is_text(t, column)) {
    look_for_text_ids(t, column, &c);
    check_texts(t, column, &c, &any_bad);
    return any_bad;
  }
  switch (t->job->spec->columns[column].kind) {
    case GY_IMPORT_ID:
      convert_ids(t, column, &c, out, &any_bad);
      break;
    case GY_IMPORT_TIME:
      convert_times(t, column, &c, out, &any_bad);
      break;
    case GY_IMPORT_NUMBER:
      convert_numbers(t, column, &c, out, &any_bad);
      break;
    case GY_IMPORT_REAL:
      convert_reals(t, column, &c, out, &any_bad);
      break;
    default:
      convert_bools(t, column, &c, out, &any_bad);
      break;
  }
  return any_bad;
}

static void write_row_numbers(const import_thread *t, const gy_csv_batch *batch, int64_t *out) {
  uint64_t before = t->job->files[t->file].lines_before;
  for (size_t row = 0; row < batch->n_records; row++) out[row] = (int64_t)(before + batch->lines[row]);
}

static void write_file_numbers(const import_thread *t, const gy_csv_batch *batch, int32_t *out) {
  int32_t number = (int32_t)(2 * t->job->files[t->file].number + t->block.open);
  for (size_t row = 0; row < batch->n_records; row++) out[row] = number;
}

gy_status import_convert(import_thread *t, gy_csv_batch *batch, gy_chunk_writer *writer, size_t *n_rows,
                         gy_error *err) {
  const size_t n_columns = t->job->spec->n_columns;
  gy_status passed = import_pass_over(t, batch, err);
  if (passed != GY_OK) return passed;
  size_t n_clean = 0; /* columns converted since a row was last taken out */
  for (size_t column = 0; n_clean < n_columns; column = (column + 1) % n_columns) {
    bool any_bad = convert_column(t, batch, column, writer->data[column]);
    if (atomic_load_explicit(&t->job->must_widen, memory_order_relaxed)) {
      *n_rows = 0;
      return GY_OK;
    }
    n_clean++;
    if (!any_bad) continue;
    gy_status status = close_up(t, batch, column, err);
    if (status != GY_OK) return status;
    n_clean = 0;
  }
  for (size_t column = 0; column < n_columns; column++) {
    column_cells c = cells_of(t, batch, column);
    bool is_pseudonym = t->job->spec->columns[column].kind == GY_IMPORT_PSEUDONYM;
    gy_status status = is_pseudonym         ? import_write_pseudonyms(t, batch, column, writer, err)
                       : is_text(t, column) ? write_texts(t, column, &c, writer, err)
                                            : GY_OK;
    if (status != GY_OK) return status;
    write_nulls(t, column, writer);
    t->columns[column].n_empty += t->batch_columns[column].n_empty;
    t->columns[column].n_rounded += t->batch_columns[column].n_rounded;
  }
  if (t->job->spec->numbered) write_row_numbers(t, batch, writer->data[n_columns]);
  if (t->job->spec->inputs != NULL) write_file_numbers(t, batch, writer->data[writer->n_columns - 1]);
  t->n_accepted += batch->n_records;
  *n_rows = batch->n_records;
  return GY_OK;
}
