/* SPDX-License-Identifier: Apache-2.0 */
#include "data/xlsx_table.h"

#include <stdlib.h>
#include <string.h>

enum { RECORD_TEXT_MAX = 256 << 20 };

/* A field while records are read. */
struct gy_xlsx_field {
  bool fills;
  uint32_t until; /* the last row that a merged cell's value holds for; 0: none does */
  gy_buffer value;
};

static gy_status spent(const gy_xlsx_table *t, gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory to read %s", gy_xlsx_book_path(t->book));
}

/* ---- which sheet, and where in it ---- */

/* Looks at the beginning of a sheet and names its columns. */
static gy_status look(gy_xlsx_table *t, size_t index, const gy_xlsx_place *place, gy_error *err) {
  t->sheet = index;
  t->header = (gy_xlsx_header){.skip_lines = place->skip_lines, .n_rows = place->header_rows};
  gy_xlsx_merges_clear(&t->merges);
  gy_xlsx_rows rows = {0};
  gy_xlsx_sheet *cells = NULL;
  gy_status status = gy_xlsx_merges_read(t->book->archive, t->book->sheets[index].part, &t->merges, err);
  if (status == GY_OK) status = gy_xlsx_sheet_open(t->book, index, &cells, err);
  if (status == GY_OK)
    status = gy_xlsx_sheet_next(cells, GY_XLSX_ROWS_LOOKED_AT + place->skip_lines, &rows, err);
  if (status == GY_OK && !place->is_known) gy_xlsx_header_find(&rows, &t->merges, &t->header);
  if (status == GY_OK && !gy_xlsx_header_read(&rows, &t->merges, &t->arena, &t->header))
    status = spent(t, err);
  gy_xlsx_sheet_close(cells);
  gy_xlsx_rows_clear(&rows);
  return status;
}

static bool is_table(const gy_xlsx_table *t, size_t least_columns) {
  return t->header.n_columns >= least_columns && t->header.has_rows;
}

/* The first sheet with a table of two columns or more; else the first with a column of rows. */
static gy_status choose(gy_xlsx_table *t, const gy_xlsx_place *place, gy_error *err) {
  size_t narrow = SIZE_MAX, n = t->book->n_sheets;
  for (size_t pass = 0; pass < 2; pass++) {
    for (size_t i = 0; i < n; i++) {
      const gy_xlsx_sheet_info *sheet = &t->book->sheets[i];
      if (sheet->part == NULL || sheet->is_hidden != (pass == 1)) continue;
      gy_status status = look(t, i, place, err);
      if (status != GY_OK || is_table(t, 2)) return status;
      if (narrow == SIZE_MAX && is_table(t, 1)) narrow = i;
    }
    if (narrow != SIZE_MAX) return look(t, narrow, place, err);
  }
  return gy_fail(err, GY_EDATA, "%s: none of its %zu sheets has a table (a row of names with rows below it)",
                 gy_xlsx_book_path(t->book), n);
}

static gy_status open_place(gy_xlsx_table *t, const gy_xlsx_place *place, gy_error *err) {
  size_t index;
  if (place->sheet == NULL || place->sheet[0] == '\0') return choose(t, place, err);
  gy_status status = gy_xlsx_book_find(t->book, place->sheet, &index, err);
  if (status == GY_OK) status = look(t, index, place, err);
  if (status != GY_OK || is_table(t, 1)) return status;
  return gy_fail(err, GY_EDATA, "%s: sheet '%s' has no rows below a header%s", gy_xlsx_book_path(t->book),
                 gy_xlsx_table_sheet(t), place->is_known ? "; see its skip_lines and header_rows" : "");
}

gy_status gy_xlsx_table_open(gy_xlsx_book *book, const gy_xlsx_place *place, gy_xlsx_table **table,
                             gy_error *err) {
  gy_xlsx_table *t = calloc(1, sizeof *t);
  if (t == NULL) return gy_fail(err, GY_ENOMEM, "no memory to read %s", gy_xlsx_book_path(book));
  t->book = book;
  gy_arena_init(&t->arena, 0, 0);
  gy_status status = open_place(t, place, err);
  if (status == GY_OK) {
    *table = t;
  } else {
    gy_xlsx_table_close(t);
  }
  return status;
}

/* ---- reading ---- */

static void stop_reading(gy_xlsx_table *t) {
  gy_xlsx_sheet_close(t->cells);
  for (size_t f = 0; f < t->n_fields && t->fields != NULL; f++) gy_buffer_clear(&t->fields[f].value);
  free(t->fields);
  free(t->field_of);
  t->cells = NULL;
  t->fields = NULL;
  t->field_of = NULL;
  t->n_fields = t->next_merge = 0;
}

void gy_xlsx_table_close(gy_xlsx_table *t) {
  if (t == NULL) return;
  stop_reading(t);
  gy_xlsx_rows_clear(&t->rows);
  gy_xlsx_merges_clear(&t->merges);
  gy_arena_clear(&t->arena);
  free(t);
}

static uint32_t last_position(const gy_xlsx_table *t) {
  return t->header.columns[t->header.n_columns - 1].position;
}

enum { NOT_WANTED = -1, NO_COLUMN = -2 };

gy_status gy_xlsx_table_start(gy_xlsx_table *t, const size_t *columns, const bool *fills, size_t n,
                              gy_error *err) {
  stop_reading(t);
  size_t n_positions = last_position(t) + 1;
  t->fields = calloc(n + 1, sizeof *t->fields);
  t->field_of = malloc(n_positions * sizeof *t->field_of);
  if (t->fields == NULL || t->field_of == NULL) return spent(t, err);
  for (size_t i = 0; i < n_positions; i++) t->field_of[i] = NO_COLUMN;
  for (size_t c = 0; c < t->header.n_columns; c++) t->field_of[t->header.columns[c].position] = NOT_WANTED;
  t->n_fields = n;
  for (size_t f = 0; f < n; f++) {
    t->fields[f].fills = fills[f];
    gy_buffer_init(&t->fields[f].value, GY_XLSX_CELL_BYTES_MAX + 16);
    t->field_of[t->header.columns[columns[f]].position] = (int)f;
  }
  return gy_xlsx_sheet_open(t->book, t->sheet, &t->cells, err);
}

static bool make_room(const gy_xlsx_table *t, size_t max, gy_xlsx_records *r) {
  if (r->text.max == 0) gy_buffer_init(&r->text, RECORD_TEXT_MAX);
  r->text.length = 0;
  r->text.failed = false;
  if (r->capacity >= max) return gy_buffer_reserve(&r->text, 1);
  gy_csv_slice *fields = realloc(r->fields, max * (t->n_fields + 1) * sizeof *fields);
  if (fields != NULL) r->fields = fields;
  uint64_t *lines = realloc(r->lines, max * sizeof *lines);
  if (lines != NULL) r->lines = lines;
  if (fields == NULL || lines == NULL) return false;
  r->capacity = max;
  return gy_buffer_reserve(&r->text, 1);
}

static bool add_fault(gy_xlsx_records *r, size_t field, gy_csv_slice text) {
  if (r->n_faults == r->fault_capacity) {
    size_t capacity = r->fault_capacity == 0 ? 64 : 2 * r->fault_capacity;
    gy_xlsx_fault *grown = realloc(r->faults, capacity * sizeof *grown);
    if (grown == NULL) return false;
    r->faults = grown;
    r->fault_capacity = capacity;
  }
  r->faults[r->n_faults++] = (gy_xlsx_fault){(uint32_t)r->n, (uint32_t)field, text};
  return true;
}

static bool write_cell(gy_xlsx_records *r, const char *text, size_t length, gy_csv_slice *slice) {
  *slice = (gy_csv_slice){(uint32_t)r->text.length, (uint32_t)length};
  return gy_buffer_append(&r->text, text, length);
}

/* Merged areas that begin in this row: their value is that of the first cell, until their last row. */
static bool begin_merges(gy_xlsx_table *t, uint32_t number, const gy_xlsx_records *r,
                         const gy_csv_slice *fields) {
  bool good = true;
  for (; t->next_merge < t->merges.n && t->merges.list[t->next_merge].first_row <= number; t->next_merge++) {
    const gy_xlsx_merge *m = &t->merges.list[t->next_merge];
    if (m->first_row != number || m->last_row == number || m->first_column > last_position(t)) continue;
    int f = t->field_of[m->first_column];
    if (f < 0 || !t->fields[f].fills) continue;
    t->fields[f].until = m->last_row;
    t->fields[f].value.length = 0;
    good = good && gy_buffer_append(&t->fields[f].value, r->text.data + fields[f].begin, fields[f].length);
  }
  return good;
}

static bool fill_merged(gy_xlsx_table *t, uint32_t number, gy_xlsx_records *r, gy_csv_slice *fields) {
  bool good = true;
  for (size_t f = 0; f < t->n_fields; f++) {
    const struct gy_xlsx_field *field = &t->fields[f];
    if (number > field->until || fields[f].length > 0) continue;
    good = good && write_cell(r, field->value.data, field->value.length, &fields[f]);
  }
  return good;
}

/* One row as a record, unless it is of the header or empty. False when memory is spent. */
static bool add_row(gy_xlsx_table *t, const gy_xlsx_row *row, gy_xlsx_records *r) {
  r->last_line = row->number;
  if (row->number <= t->header.last_row) return true;
  gy_csv_slice *fields = r->fields + r->n * t->n_fields;
  size_t n_faults = r->n_faults, length = r->text.length;
  uint32_t last = last_position(t);
  bool any = false, good = true;
  for (size_t f = 0; f < t->n_fields; f++) fields[f] = (gy_csv_slice){(uint32_t)length, 0};
  for (size_t i = 0; i < row->n_cells && good; i++) {
    const gy_xlsx_cell *cell = &t->rows.cells[row->first_cell + i];
    int f = cell->column <= last ? t->field_of[cell->column] : NO_COLUMN;
    any = any || f != NO_COLUMN;
    if (f < 0) continue;
    gy_csv_slice slice;
    good = write_cell(r, t->rows.text.data + cell->begin, cell->length, &slice);
    if (cell->kind == GY_XLSX_CELL_ERROR) {
      good = good && add_fault(r, (size_t)f, slice);
    } else {
      fields[f] = slice;
    }
  }
  if (!any) {
    r->n_faults = n_faults;
    r->text.length = length;
    return good;
  }
  good = good && fill_merged(t, row->number, r, fields) && begin_merges(t, row->number, r, fields);
  r->lines[r->n++] = row->number;
  return good;
}

gy_status gy_xlsx_table_next(gy_xlsx_table *t, size_t max, gy_xlsx_records *r, gy_error *err) {
  r->n = r->n_faults = 0;
  r->n_hidden = r->n_uncomputed = 0;
  if (!make_room(t, max, r)) return spent(t, err);
  while (r->n == 0) {
    gy_status status = gy_xlsx_sheet_next(t->cells, max, &t->rows, err);
    if (status != GY_OK || t->rows.n_rows == 0) return status;
    r->n_hidden += t->rows.n_hidden;
    r->n_uncomputed += t->rows.n_uncomputed;
    for (size_t i = 0; i < t->rows.n_rows; i++)
      if (!add_row(t, &t->rows.rows[i], r)) return spent(t, err);
  }
  return GY_OK;
}

void gy_xlsx_records_clear(gy_xlsx_records *r) {
  gy_buffer_clear(&r->text);
  free(r->fields);
  free(r->lines);
  free(r->faults);
  *r = (gy_xlsx_records){0};
}

double gy_xlsx_table_progress(const gy_xlsx_table *t) {
  return t->cells != NULL ? gy_xlsx_sheet_progress(t->cells) : 0;
}
