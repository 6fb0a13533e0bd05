/* SPDX-License-Identifier: Apache-2.0
 *
 *   <sheetData><row r="2"><c r="A2" s="1" t="s"><f>..</f><v>17</v></c> ...   (ECMA-376 part 1, 18.3.1)
 *
 * A cell's text gathers at the end of the batch's text and is there turned into its value. */
#include "data/xlsx_sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/xlsx_merges.h"
#include "data/xlsx_xml.h"

enum { TEXT_ROOM = 128 << 20, PLAIN_DIGITS = 15 };

typedef enum { TYPE_NUMBER, TYPE_SHARED, TYPE_TEXT, TYPE_INLINE, TYPE_BOOL, TYPE_ERROR, TYPE_DATE } cell_type;

struct gy_xlsx_sheet {
  gy_xlsx_book *book; /* lent */
  const char *name;   /* lent */
  gy_xlsx_xml *xml;
  gy_xlsx_rows *rows; /* of the batch being filled */
  size_t max_rows;
  bool in_cells, in_row, in_cell, in_inline, is_hidden, ended;
  bool has_formula, has_value;
  int in_phonetic;
  uint32_t row;    /* from 1; 0 before the first */
  uint32_t column; /* of the next cell that does not say */
  cell_type type;
  size_t style, begin;
};

static void spent(gy_xlsx_sheet *s) { gy_xlsx_xml_fail(s->xml, GY_ENOMEM, "no memory for its rows"); }

static bool grow(void **list, size_t n, size_t *capacity, size_t size) {
  if (n < *capacity) return true;
  size_t more = *capacity == 0 ? 1024 : 2 * *capacity;
  void *grown = realloc(*list, more * size);
  if (grown == NULL) return false;
  *list = grown;
  *capacity = more;
  return true;
}

static void start_row(gy_xlsx_sheet *s, const char **attributes) {
  unsigned long number = s->row + 1UL;
  s->is_hidden = false;
  for (const char **a = attributes; *a != NULL; a += 2) {
    if (strcmp(a[0], "r") == 0) number = strtoul(a[1], NULL, 10);
    if (strcmp(a[0], "hidden") == 0) s->is_hidden = a[1][0] == '1' || a[1][0] == 't';
  }
  if (number <= s->row || number > INT32_MAX) {
    gy_xlsx_xml_fail(s->xml, GY_EPARSE, "row %lu follows row %u; save the workbook again", number, s->row);
    return;
  }
  gy_xlsx_rows *r = s->rows;
  if (!grow((void **)&r->rows, r->n_rows, &r->row_capacity, sizeof *r->rows)) {
    spent(s);
    return;
  }
  s->row = (uint32_t)number;
  s->column = 0;
  s->in_row = true;
  r->rows[r->n_rows] = (gy_xlsx_row){.number = s->row, .first_cell = (uint32_t)r->n_cells};
}

static cell_type type_of(const char *word) {
  static const struct {
    const char *word;
    cell_type type;
  } TYPES[] = {{"s", TYPE_SHARED}, {"n", TYPE_NUMBER}, {"str", TYPE_TEXT}, {"inlineStr", TYPE_INLINE},
               {"b", TYPE_BOOL},   {"e", TYPE_ERROR},  {"d", TYPE_DATE}};
  for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
    if (strcmp(word, TYPES[i].word) == 0) return TYPES[i].type;
  return TYPE_TEXT;
}

static void start_cell(gy_xlsx_sheet *s, const char **attributes) {
  s->type = TYPE_NUMBER;
  s->style = 0;
  s->has_formula = s->has_value = false;
  uint32_t column = s->column, row;
  for (const char **a = attributes; *a != NULL; a += 2) {
    if (a[0][0] == '\0' || a[0][1] != '\0') continue;
    if (a[0][0] == 'r' && gy_xlsx_reference(a[1], &column, &row) == NULL) column = GY_XLSX_COLUMNS_MAX;
    if (a[0][0] == 's') s->style = strtoul(a[1], NULL, 10);
    if (a[0][0] == 't') s->type = type_of(a[1]);
  }
  if (column >= GY_XLSX_COLUMNS_MAX) {
    gy_xlsx_xml_fail(s->xml, GY_EPARSE, "row %u has a cell beyond column XFD", s->row);
    return;
  }
  if (column < s->column) {
    gy_xlsx_xml_fail(s->xml, GY_EPARSE, "the cells of row %u are out of order; save the workbook again",
                     s->row);
    return;
  }
  s->column = column;
  s->in_cell = true;
  s->begin = s->rows->text.length;
}

static void on_start(void *user, const char *name, const char **attributes) {
  gy_xlsx_sheet *s = user;
  if (!s->in_cells) {
    s->in_cells = strcmp(name, "sheetData") == 0;
    return;
  }
  if (!s->in_cell) {
    if (name[0] == 'c' && name[1] == '\0' && s->in_row) start_cell(s, attributes);
    if (strcmp(name, "row") == 0 && !s->in_row) start_row(s, attributes);
  } else if (name[0] == 'v' && name[1] == '\0') {
    s->has_value = true;
    gy_xlsx_xml_want_text(s->xml, s->type != TYPE_INLINE);
  } else if (name[0] == 'f' && name[1] == '\0') {
    s->has_formula = true;
  } else if (name[0] == 't' && name[1] == '\0') {
    if (s->in_inline && s->in_phonetic == 0) gy_xlsx_xml_want_text(s->xml, true);
  } else if (strcmp(name, "is") == 0) {
    s->in_inline = s->type == TYPE_INLINE;
  } else if (strcmp(name, "rPh") == 0) {
    s->in_phonetic++;
  }
}

static void too_long(gy_xlsx_sheet *s, size_t extra) {
  char limit[64];
  snprintf(limit, sizeof limit, "row %u holds more than %d MB", s->row, TEXT_ROOM >> 20);
  gy_xlsx_xml_fail_room(s->xml, &s->rows->text, extra, limit);
}

static void on_text(void *user, const char *text, int length) {
  gy_xlsx_sheet *s = user;
  if (s->rows->text.length - s->begin + (size_t)length > GY_XLSX_CELL_BYTES_MAX) {
    char letters[GY_XLSX_LETTERS];
    gy_xlsx_letters(s->column, letters);
    gy_xlsx_xml_fail(s->xml, GY_ELIMIT, "cell %s%u holds more than %d bytes", letters, s->row,
                     GY_XLSX_CELL_BYTES_MAX);
  } else if (!gy_buffer_append(&s->rows->text, text, (size_t)length)) {
    too_long(s, (size_t)length);
  }
}

/* Puts a text in the place of the one that has gathered. */
static void replace(gy_xlsx_sheet *s, const char *text, size_t length) {
  s->rows->text.length = s->begin;
  if (!gy_buffer_append(&s->rows->text, text, length)) too_long(s, length);
}

static void take_shared(gy_xlsx_sheet *s) {
  const char *text;
  size_t length;
  char *end = NULL;
  const char *digits = s->rows->text.data + s->begin;
  unsigned long index = strtoul(digits, &end, 10);
  if (end != digits && gy_xlsx_strings_get(&s->book->strings, index, &text, &length)) {
    replace(s, text, length);
    return;
  }
  char letters[GY_XLSX_LETTERS];
  gy_xlsx_letters(s->column, letters);
  gy_xlsx_xml_fail(s->xml, GY_EPARSE, "cell %s%u names a text that the workbook has not; save it again",
                   letters, s->row);
}

/* A number as it is shown: by its format a date, and never with more digits than it has. */
static gy_xlsx_kind take_number(gy_xlsx_sheet *s) {
  gy_xlsx_format format = gy_xlsx_styles_format(&s->book->styles, s->style);
  size_t length = s->rows->text.length - s->begin;
  if (format == GY_XLSX_NUMBER && length <= PLAIN_DIGITS) return GY_XLSX_CELL_NUMBER;
  char text[GY_XLSX_NUMBER_TEXT], *end = NULL;
  const char *digits = s->rows->text.data + s->begin;
  double value = strtod(digits, &end);
  if (end == digits || *end != '\0') return GY_XLSX_CELL_TEXT;
  if (format == GY_XLSX_NUMBER) {
    replace(s, text, gy_xlsx_number_text(value, text));
    return GY_XLSX_CELL_NUMBER;
  }
  replace(s, text, gy_xlsx_date_text(value, format, s->book->is_1904, text));
  return GY_XLSX_CELL_TIME;
}

static gy_xlsx_kind take_value(gy_xlsx_sheet *s) {
  gy_buffer *text = &s->rows->text;
  switch (s->type) {
    case TYPE_NUMBER:
      return take_number(s);
    case TYPE_SHARED:
      take_shared(s);
      return GY_XLSX_CELL_TEXT;
    case TYPE_BOOL: {
      bool is_true = text->data[s->begin] == '1' || text->data[s->begin] == 't';
      replace(s, is_true ? "true" : "false", is_true ? 4 : 5);
      return GY_XLSX_CELL_BOOL;
    }
    case TYPE_ERROR:
      return GY_XLSX_CELL_ERROR;
    case TYPE_DATE:
      return GY_XLSX_CELL_TIME;
    default:
      text->length = s->begin + gy_xlsx_unescape(text->data + s->begin, text->length - s->begin);
      return GY_XLSX_CELL_TEXT;
  }
}

static void end_cell(gy_xlsx_sheet *s) {
  gy_xlsx_rows *r = s->rows;
  s->in_cell = s->in_inline = false;
  s->in_phonetic = 0;
  gy_xlsx_kind kind = GY_XLSX_CELL_ERROR;
  if (r->text.length > s->begin) {
    kind = take_value(s);
  } else if (s->has_formula && (!s->has_value || s->type != TYPE_TEXT)) {
    r->n_uncomputed++;
    replace(s, "not calculated", 14);
  }
  if (r->text.length > s->begin) {
    if (!grow((void **)&r->cells, r->n_cells, &r->cell_capacity, sizeof *r->cells)) {
      spent(s);
      return;
    }
    r->cells[r->n_cells++] =
        (gy_xlsx_cell){s->column, (uint32_t)s->begin, (uint32_t)(r->text.length - s->begin), kind};
  }
  s->column++;
}

static void end_row(gy_xlsx_sheet *s) {
  gy_xlsx_rows *r = s->rows;
  gy_xlsx_row *row = &r->rows[r->n_rows];
  s->in_row = false;
  row->n_cells = (uint32_t)r->n_cells - row->first_cell;
  if (row->n_cells == 0) return;
  r->n_rows++;
  r->n_hidden += s->is_hidden;
  bool is_full =
      r->n_rows >= s->max_rows || r->text.length >= GY_XLSX_BATCH_BYTES || r->n_cells >= GY_XLSX_BATCH_CELLS;
  if (is_full) gy_xlsx_xml_pause(s->xml);
}

static void on_end(void *user, const char *name) {
  gy_xlsx_sheet *s = user;
  if (s->in_cell) {
    bool is_text = name[1] == '\0' && (name[0] == 'v' || name[0] == 't');
    if (is_text) gy_xlsx_xml_want_text(s->xml, false);
    if (name[0] == 'c' && name[1] == '\0') end_cell(s);
    if (strcmp(name, "is") == 0) s->in_inline = false;
    if (strcmp(name, "rPh") == 0 && s->in_phonetic > 0) s->in_phonetic--;
  } else if (s->in_row) {
    if (strcmp(name, "row") == 0) end_row(s);
  } else if (s->in_cells) {
    if (strcmp(name, "sheetData") == 0) s->in_cells = false;
  }
}

gy_status gy_xlsx_sheet_open(gy_xlsx_book *book, size_t index, gy_xlsx_sheet **sheet, gy_error *err) {
  static const gy_xlsx_handlers HANDLERS = {on_start, on_end, on_text};
  gy_xlsx_sheet *s = calloc(1, sizeof *s);
  if (s == NULL) return gy_fail(err, GY_ENOMEM, "no memory to read %s", gy_xlsx_book_path(book));
  s->book = book;
  s->name = book->sheets[index].name;
  gy_status status = gy_xlsx_xml_open(book->archive, book->sheets[index].part, &HANDLERS, s, &s->xml, err);
  if (status == GY_OK) {
    *sheet = s;
  } else {
    gy_xlsx_sheet_close(s);
  }
  return status;
}

void gy_xlsx_sheet_close(gy_xlsx_sheet *s) {
  if (s == NULL) return;
  gy_xlsx_xml_close(s->xml);
  free(s);
}

gy_status gy_xlsx_sheet_next(gy_xlsx_sheet *s, size_t max_rows, gy_xlsx_rows *rows, gy_error *err) {
  if (rows->text.max == 0) gy_buffer_init(&rows->text, TEXT_ROOM);
  rows->text.length = 0;
  rows->text.failed = false;
  rows->n_rows = rows->n_cells = 0;
  rows->n_hidden = rows->n_uncomputed = 0;
  s->rows = rows;
  s->max_rows = max_rows;
  while (!s->ended && rows->n_rows == 0) {
    gy_status status = gy_xlsx_xml_run(s->xml, &s->ended, err);
    if (status != GY_OK) return status;
  }
  return GY_OK;
}

void gy_xlsx_rows_clear(gy_xlsx_rows *rows) {
  gy_buffer_clear(&rows->text);
  free(rows->cells);
  free(rows->rows);
  *rows = (gy_xlsx_rows){0};
}

double gy_xlsx_sheet_progress(const gy_xlsx_sheet *s) { return gy_xlsx_xml_progress(s->xml); }
