/* SPDX-License-Identifier: Apache-2.0 */
#include "data/sniff_xlsx.h"

#include <stdlib.h>
#include <string.h>

#include "data/sniff_column.h"
#include "data/sniff_table.h"
#include "data/xlsx_table.h"

enum { SHEET_ROWS = 100000, BATCH_RECORDS = 1024 };

static gy_status spent(const char *path, gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory to look at %s", path);
}

static gy_status add_records(gy_sniff *sniff, const gy_xlsx_records *records, gy_arena *arena,
                             gy_error *err) {
  for (size_t r = 0; r < records->n; r++) {
    const gy_csv_slice *fields = records->fields + r * sniff->n_columns;
    for (size_t c = 0; c < sniff->n_columns; c++) {
      bool fits =
          gy_sniff_column_add(&sniff->columns[c], records->text.data + fields[c].begin, fields[c].length,
                              GY_NUMBER_POINT, sniff->n_rows, sniff->n_paired, arena);
      if (!fits) return spent(sniff->path, err);
    }
    sniff->n_rows++;
  }
  return GY_OK;
}

static gy_status add_rows(gy_sniff *sniff, gy_xlsx_table *table, gy_arena *arena, gy_error *err) {
  gy_xlsx_records records = {0};
  gy_status status = GY_OK;
  while (status == GY_OK && sniff->n_rows < SHEET_ROWS) {
    status = gy_xlsx_table_next(table, BATCH_RECORDS, &records, err);
    if (status != GY_OK || records.n == 0) break;
    status = add_records(sniff, &records, arena, err);
  }
  sniff->is_whole = sniff->n_rows < SHEET_ROWS;
  gy_xlsx_records_clear(&records);
  return status;
}

static gy_status sniff_table(gy_sniff *sniff, gy_xlsx_table *table, gy_arena *arena, gy_error *err) {
  const gy_xlsx_header *header = &table->header;
  size_t n = header->n_columns;
  const char **names = gy_arena_calloc(arena, n + 1, sizeof *names);
  size_t *columns = gy_arena_calloc(arena, n + 1, sizeof *columns);
  bool *fills = gy_arena_calloc(arena, n + 1, sizeof *fills);
  const char *sheet = gy_xlsx_table_sheet(table);
  sniff->format = GY_FORMAT_XLSX;
  sniff->encoding = GY_ENCODING_AUTO;
  sniff->dialect = gy_csv_dialect_default();
  sniff->dialect.has_header = header->n_rows > 0;
  sniff->dialect.skip_lines = header->skip_lines;
  sniff->header_rows = header->n_rows;
  sniff->sheet = gy_arena_strndup(arena, sheet, strlen(sheet));
  if (names == NULL || columns == NULL || fills == NULL || sniff->sheet == NULL)
    return spent(sniff->path, err);
  for (size_t c = 0; c < n; c++) {
    names[c] = gy_arena_strndup(arena, header->columns[c].name, strlen(header->columns[c].name));
    if (names[c] == NULL) return spent(sniff->path, err);
    columns[c] = c;
  }
  gy_status status = gy_sniff_table_init(sniff, names, n, arena, err);
  for (size_t c = 0; c < n && status == GY_OK; c++)
    sniff->columns[c].is_duplicate = header->columns[c].is_renamed;
  if (status == GY_OK) status = gy_xlsx_table_start(table, columns, fills, n, err);
  return status == GY_OK ? add_rows(sniff, table, arena, err) : status;
}

gy_status gy_sniff_xlsx(gy_sniff *sniff, const gy_xlsx_place *place, gy_arena *arena, gy_error *err) {
  gy_xlsx_book *book = NULL;
  gy_xlsx_table *table = NULL;
  gy_status status = gy_xlsx_book_open(sniff->path, 0, &book, err);
  if (status == GY_OK) status = gy_xlsx_table_open(book, place, &table, err);
  if (status == GY_OK) status = sniff_table(sniff, table, arena, err);
  gy_xlsx_table_close(table);
  gy_xlsx_book_close(book);
  return status;
}

gy_status gy_sniff_xlsx_sheets(const char *path, gy_arena *arena, const char ***names, size_t *n,
                               gy_error *err) {
  gy_xlsx_book *book = NULL;
  gy_status status = gy_xlsx_book_open(path, 0, &book, err);
  if (status != GY_OK) return status;
  const char **made = gy_arena_calloc(arena, book->n_sheets, sizeof *made);
  size_t n_made = 0;
  if (made == NULL) status = spent(path, err);
  for (size_t i = 0; i < book->n_sheets && status == GY_OK; i++) {
    if (book->sheets[i].is_hidden || book->sheets[i].part == NULL) continue;
    gy_xlsx_table *table = NULL;
    gy_xlsx_place place = {.sheet = book->sheets[i].name};
    status = gy_xlsx_table_open(book, &place, &table, err);
    bool is_table = status == GY_OK && table->header.n_columns >= 2;
    gy_xlsx_table_close(table);
    if (status == GY_EDATA) status = GY_OK;
    if (!is_table) continue;
    made[n_made++] = gy_arena_strndup(arena, place.sheet, strlen(place.sheet));
    if (made[n_made - 1] == NULL) status = spent(path, err);
  }
  if (status == GY_OK && n_made == 0)
    status =
        gy_fail(err, GY_EDATA, "%s: none of its %zu sheets has a table (a row of names with rows below it)",
                path, book->n_sheets);
  gy_xlsx_book_close(book);
  if (status != GY_OK) return status;
  if (err != NULL) *err = (gy_error){0};
  *names = made;
  *n = n_made;
  return GY_OK;
}
