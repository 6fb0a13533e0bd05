/* SPDX-License-Identifier: Apache-2.0 */
#include "data/xlsx_header.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/convert.h"

static int by_size(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

/* Cells that a row of the table has: three rows of four have no more. Titles and notes have fewer. */
static uint32_t typical_cells(const gy_xlsx_rows *rows) {
  uint32_t counts[GY_XLSX_ROWS_LOOKED_AT];
  size_t n = rows->n_rows < GY_XLSX_ROWS_LOOKED_AT ? rows->n_rows : GY_XLSX_ROWS_LOOKED_AT;
  for (size_t i = 0; i < n; i++) counts[i] = rows->rows[i].n_cells;
  if (n == 0) return 0;
  qsort(counts, n, sizeof *counts, by_size);
  return counts[n * 3 / 4];
}

static bool is_all_text(const gy_xlsx_rows *rows, size_t row) {
  const gy_xlsx_cell *cells = rows->cells + rows->rows[row].first_cell;
  for (size_t i = 0; i < rows->rows[row].n_cells; i++)
    if (cells[i].kind != GY_XLSX_CELL_TEXT) return false;
  return true;
}

/* Whether merged cells bind row `upper` to the one below: one that reaches down, or one over some columns. */
static bool is_bound(const gy_xlsx_rows *rows, size_t upper, const gy_xlsx_merges *merges) {
  if (upper + 1 >= rows->n_rows || !is_all_text(rows, upper) || !is_all_text(rows, upper + 1)) return false;
  const gy_xlsx_row *row = &rows->rows[upper], *next = &rows->rows[upper + 1];
  if (next->number != row->number + 1 || row->n_cells < 2) return false;
  for (size_t i = 0; i < merges->n && merges->list[i].first_row <= row->number; i++) {
    const gy_xlsx_merge *m = &merges->list[i];
    if (m->first_row != row->number) continue;
    if (m->last_row == next->number || (m->last_row == row->number && m->last_column > m->first_column))
      return true;
  }
  return false;
}

/* The first row with about as many cells as the rows have; the one above where only that one can hold names.
 */
static size_t find_first(const gy_xlsx_rows *rows) {
  uint32_t typical = typical_cells(rows);
  size_t at = 0;
  while (at + 1 < rows->n_rows && rows->rows[at].n_cells * 4 < typical * 3) at++;
  if (at == 0 || is_all_text(rows, at)) return at;
  const gy_xlsx_row *above = &rows->rows[at - 1];
  bool names = above->n_cells >= 2 && above->n_cells * 2 >= typical && is_all_text(rows, at - 1) &&
               above->number + 1 == rows->rows[at].number;
  return names ? at - 1 : at;
}

void gy_xlsx_header_find(const gy_xlsx_rows *rows, const gy_xlsx_merges *merges, gy_xlsx_header *header) {
  header->n_rows = 0;
  if (rows->n_rows == 0) return;
  size_t at = find_first(rows);
  if (is_all_text(rows, at)) {
    header->n_rows = 1;
    if (is_bound(rows, at, merges)) {
      header->n_rows = 2;
    } else if (at > 0 && is_bound(rows, at - 1, merges)) {
      header->n_rows = 2;
      at--;
    }
  }
  header->skip_lines = rows->rows[at].number - 1;
}

typedef struct {
  const gy_xlsx_rows *rows;
  const gy_xlsx_merges *merges;
  gy_arena *arena;
  gy_xlsx_header *header;
} naming;

static const gy_xlsx_cell *cell_at(const gy_xlsx_rows *rows, const gy_xlsx_row *row, uint32_t column) {
  for (size_t i = 0; i < row->n_cells; i++)
    if (rows->cells[row->first_cell + i].column == column) return &rows->cells[row->first_cell + i];
  return NULL;
}

static const gy_xlsx_row *row_at(const gy_xlsx_rows *rows, uint32_t number) {
  for (size_t i = 0; i < rows->n_rows; i++)
    if (rows->rows[i].number == number) return &rows->rows[i];
  return NULL;
}

/* The header's cell over a column, with those that are merged from the left. */
static const gy_xlsx_cell *name_cell(const naming *n, uint32_t number, uint32_t column) {
  const gy_xlsx_row *row = row_at(n->rows, number);
  const gy_xlsx_cell *cell = row != NULL ? cell_at(n->rows, row, column) : NULL;
  for (size_t i = 0; cell == NULL && row != NULL && i < n->merges->n; i++) {
    const gy_xlsx_merge *m = &n->merges->list[i];
    bool covers = m->first_row == number && m->first_column < column && column <= m->last_column;
    if (covers) cell = cell_at(n->rows, row, m->first_column);
  }
  return cell;
}

/* Appends a name with its blanks and line breaks as single spaces. */
static void add_words(gy_buffer *name, const char *text, size_t length) {
  gy_text_trim(&text, &length);
  if (name->length > 0 && length > 0) gy_buffer_text(name, " ");
  bool in_blank = false;
  for (size_t i = 0; i < length; i++) {
    bool is_blank = (unsigned char)text[i] <= ' ';
    if (!is_blank || !in_blank) gy_buffer_append(name, is_blank ? " " : text + i, 1);
    in_blank = is_blank;
  }
}

static bool has_values(const naming *n, uint32_t column) {
  for (size_t i = 0; i < n->rows->n_rows; i++)
    if (n->rows->rows[i].number > n->header->last_row && cell_at(n->rows, &n->rows->rows[i], column) != NULL)
      return true;
  return false;
}

static bool is_taken(const gy_xlsx_header *h, const char *name) {
  for (size_t i = 0; i < h->n_columns; i++)
    if (strcmp(h->columns[i].name, name) == 0) return true;
  return false;
}

/* Adds the column, the second of two equal names with the ending _2. */
static bool add_column(naming *n, uint32_t position, uint32_t first, gy_buffer *name) {
  gy_xlsx_header *h = n->header;
  if (name->length == 0) gy_buffer_printf(name, "column%u", position - first + 1);
  size_t length = name->length;
  bool is_renamed = false;
  for (unsigned ending = 2; !name->failed && is_taken(h, name->data); ending++) {
    is_renamed = true;
    name->length = length;
    gy_buffer_printf(name, "_%u", ending);
  }
  char *copy = name->failed ? NULL : gy_arena_strndup(n->arena, name->data, name->length);
  if (copy == NULL) return false;
  h->columns[h->n_columns++] = (gy_xlsx_column){copy, position, is_renamed};
  return true;
}

/* First and last column with a cell: of the header, or of all rows where there is none. */
static bool find_span(const naming *n, uint32_t *first, uint32_t *last) {
  const gy_xlsx_header *h = n->header;
  *first = UINT32_MAX;
  *last = 0;
  for (size_t i = 0; i < n->rows->n_rows; i++) {
    const gy_xlsx_row *row = &n->rows->rows[i];
    bool counts = row->number > h->skip_lines && (h->n_rows == 0 || row->number <= h->last_row);
    if (!counts || row->n_cells == 0) continue;
    const gy_xlsx_cell *cells = n->rows->cells + row->first_cell;
    if (cells[0].column < *first) *first = cells[0].column;
    if (cells[row->n_cells - 1].column > *last) *last = cells[row->n_cells - 1].column;
  }
  return *first <= *last;
}

static void settle_rows(naming *n) {
  gy_xlsx_header *h = n->header;
  size_t i = 0;
  while (i < n->rows->n_rows && n->rows->rows[i].number <= h->skip_lines) i++;
  if (h->n_rows > 0 && i < n->rows->n_rows)
    h->skip_lines = n->rows->rows[i].number - 1; /* blank rows before it */
  h->last_row = h->skip_lines + h->n_rows;
  while (i < n->rows->n_rows && n->rows->rows[i].number <= h->last_row) i++;
  h->has_rows = i < n->rows->n_rows;
}

bool gy_xlsx_header_read(const gy_xlsx_rows *rows, const gy_xlsx_merges *merges, gy_arena *arena,
                         gy_xlsx_header *header) {
  naming n = {rows, merges, arena, header};
  uint32_t first, last;
  settle_rows(&n);
  header->n_columns = 0;
  if (!find_span(&n, &first, &last)) return true;
  header->columns = gy_arena_calloc(arena, last - first + 1, sizeof *header->columns);
  gy_buffer name;
  gy_buffer_init(&name, 2 * GY_XLSX_CELL_BYTES_MAX + 64);
  bool good = header->columns != NULL;
  for (uint32_t column = first; column <= last && good; column++) {
    name.length = 0;
    const gy_xlsx_cell *upper = NULL;
    for (uint32_t r = 0; r < header->n_rows; r++) {
      const gy_xlsx_cell *cell = name_cell(&n, header->skip_lines + 1 + r, column);
      bool repeats = cell != NULL && upper != NULL && cell->length == upper->length &&
                     memcmp(rows->text.data + cell->begin, rows->text.data + upper->begin, cell->length) == 0;
      if (cell != NULL && !repeats) add_words(&name, rows->text.data + cell->begin, cell->length);
      if (cell != NULL) upper = cell;
    }
    if (name.length == 0 && !has_values(&n, column)) continue;
    good = add_column(&n, column, first, &name);
  }
  gy_buffer_clear(&name);
  return good;
}
