/* SPDX-License-Identifier: Apache-2.0
 *
 * libxlsxwriter in its constant-memory mode: rows go out as they come, texts beside their cells. It does not
 * say when the disk was full on the way, so the rows of the finished file are counted. */
#include "study/table_export_xlsx.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>
#include <xlsxwriter.h>

#include "base/buffer.h"
#include "base/civil.h"
#include "data/xlsx_sheet.h"

enum {
  WIDTH_LEAST = 8,
  WIDTH_MOST = 60,
  TEXT_WIDTH_CHARS = 200,
  DIGITS_EXACT = 15,
  TEXT_ROOM = 64 << 20,
  EPOCH_SERIAL = 25569, /* 1970-01-01 */
  FIRST_SERIAL = 61,    /* 1900-03-01: before it the days of a workbook are not those of the calendar */
  LAST_SERIAL = 2958465,
};
static const double DAY_US = 86400e6;

typedef struct {
  lxw_workbook *book;
  lxw_worksheet *sheet;
  lxw_format *bold, *date, *time;
  uint32_t *widths;  /* a column */
  uint32_t row;      /* the next one, from 0 */
  bool has_value;    /* this row */
  uint64_t n_filled; /* rows with a value, the header too */
  gy_buffer text;
  const char *path;
  const gy_result *rows;
} writer;

static gy_status spent(const writer *w, gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory to write %s", w->path);
}

static uint32_t text_width(const char *text, size_t length) {
  uint32_t width = 0;
  for (size_t at = 0; at < length && width < TEXT_WIDTH_CHARS;) {
    utf8proc_int32_t point;
    utf8proc_ssize_t n =
        utf8proc_iterate((const utf8proc_uint8_t *)text + at, (utf8proc_ssize_t)(length - at), &point);
    if (n <= 0) break;
    at += (size_t)n;
    width += (uint32_t)utf8proc_charwidth(point);
  }
  return width;
}

static void widen(writer *w, size_t column, uint32_t width) {
  w->has_value = true;
  if (width > w->widths[column]) w->widths[column] = width;
}

/* "_x0041_" would be read as "A": its first sign is written as an escape itself. */
static bool write_escaped(gy_buffer *out, const char *text, size_t length) {
  out->length = 0;
  bool good = true;
  for (size_t at = 0; at < length && good;) {
    const char *mark = memmem(text + at, length - at, "_x", 2);
    size_t plain = mark != NULL ? (size_t)(mark - text) - at : length - at;
    good = gy_buffer_append(out, text + at, plain);
    at += plain;
    if (mark != NULL) good = good && gy_buffer_text(out, "_x005F_x");
    if (mark != NULL) at += 2;
  }
  return good && gy_buffer_reserve(out, 0);
}

static gy_status fail_cell(const writer *w, size_t column, lxw_error code, gy_error *err) {
  if (code == LXW_ERROR_MEMORY_MALLOC_FAILED) return spent(w, err);
  return gy_fail(err, GY_ELIMIT, "cannot write %s: row %u, column %s: %s; write .csv or .parquet instead",
                 w->path, w->row, gy_result_column_name(w->rows, column), lxw_strerror(code));
}

static lxw_error put_text(writer *w, size_t column, const char *text, size_t length, lxw_format *format) {
  if (length == 0) return LXW_NO_ERROR;
  widen(w, column, text_width(text, length));
  if (!write_escaped(&w->text, text, length)) return LXW_ERROR_MEMORY_MALLOC_FAILED;
  return worksheet_write_string(w->sheet, w->row, (lxw_col_t)column, w->text.data, format);
}

static lxw_error put_number(writer *w, size_t column, double value) {
  char digits[40];
  if (!isfinite(value)) return LXW_NO_ERROR;
  widen(w, column, (uint32_t)snprintf(digits, sizeof digits, "%.*g", DIGITS_EXACT, value));
  return worksheet_write_number(w->sheet, w->row, (lxw_col_t)column, value, NULL);
}

/* The number of fewest digits that is this float: 38.42857 rather than 38.4285697937012. */
static double shortest(float value) {
  char digits[40];
  double found = (double)value;
  for (int n = 6; n <= 9 && isfinite(value); n++) {
    snprintf(digits, sizeof digits, "%.*g", n, (double)value);
    found = strtod(digits, NULL);
    if ((float)found == value) break;
  }
  return found;
}

/* Whole numbers beyond 15 digits would lose their last ones: they are written as text. */
static lxw_error put_integer(writer *w, size_t column, int64_t value) {
  char digits[24];
  if (value > -INT64_C(1000000000000000) && value < INT64_C(1000000000000000))
    return put_number(w, column, (double)value);
  int length = snprintf(digits, sizeof digits, "%lld", (long long)value);
  return put_text(w, column, digits, (size_t)length, NULL);
}

static lxw_error put_time(writer *w, size_t column, int64_t us, bool is_date) {
  double serial = (double)us / DAY_US + EPOCH_SERIAL;
  if (serial >= FIRST_SERIAL && serial < LAST_SERIAL + 1) {
    widen(w, column, is_date ? 10 : 19);
    return worksheet_write_number(w->sheet, w->row, (lxw_col_t)column, serial, is_date ? w->date : w->time);
  }
  int64_t year, days = (int64_t)floor((double)us / DAY_US), second = us / 1000000 - days * 86400;
  int month, day;
  char text[64];
  gy_civil_date(days, &year, &month, &day);
  int length = is_date
                   ? snprintf(text, sizeof text, "%04lld-%02d-%02d", (long long)year, month, day)
                   : snprintf(text, sizeof text, "%04lld-%02d-%02d %02d:%02d:%02d", (long long)year, month,
                              day, (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
  return put_text(w, column, text, (size_t)length, NULL);
}

static lxw_error put_cell(writer *w, size_t c, const gy_column *column, size_t row) {
  if (gy_column_is_null(column, row)) return LXW_NO_ERROR;
  switch (column->type) {
    case GY_TYPE_BOOL:
      widen(w, c, 5);
      return worksheet_write_boolean(w->sheet, w->row, (lxw_col_t)c, ((const uint8_t *)column->data)[row],
                                     NULL);
    case GY_TYPE_INT32:
      return put_integer(w, c, ((const int32_t *)column->data)[row]);
    case GY_TYPE_INT64:
      return put_integer(w, c, ((const int64_t *)column->data)[row]);
    case GY_TYPE_FLOAT:
      return put_number(w, c, shortest(((const float *)column->data)[row]));
    case GY_TYPE_DOUBLE:
      return put_number(w, c, ((const double *)column->data)[row]);
    case GY_TYPE_MONEY:
      return put_number(w, c, (double)((const int64_t *)column->data)[row] / GY_MONEY_SCALE);
    case GY_TYPE_TIMESTAMP:
      return put_time(w, c, ((const int64_t *)column->data)[row], false);
    case GY_TYPE_DATE:
      return put_time(w, c, ((const int32_t *)column->data)[row] * INT64_C(86400000000), true);
    default: {
      const gy_text *text = &((const gy_text *)column->data)[row];
      return put_text(w, c, text->data, text->length, NULL);
    }
  }
}

static gy_status put_header(writer *w, gy_error *err) {
  size_t n = gy_result_column_count(w->rows);
  for (size_t c = 0; c < n; c++) {
    const char *name = gy_result_column_name(w->rows, c);
    lxw_error code = put_text(w, c, name, strlen(name), w->bold);
    if (code != LXW_NO_ERROR) return fail_cell(w, c, code, err);
  }
  w->row = 1;
  w->n_filled = w->has_value;
  worksheet_freeze_panes(w->sheet, 1, 0);
  return GY_OK;
}

static gy_status put_rows(writer *w, gy_result *rows, const gy_task *task, gy_error *err) {
  gy_chunk chunk;
  gy_status status;
  while ((status = gy_result_next(rows, &chunk, err)) == GY_OK && chunk.n_rows > 0) {
    if (w->row + chunk.n_rows > GY_XLSX_EXPORT_ROWS_MAX + 1)
      return gy_fail(err, GY_ELIMIT,
                     "cannot write %s: a sheet takes %d rows below its header and there are more; write .csv "
                     "or .parquet "
                     "instead",
                     w->path, GY_XLSX_EXPORT_ROWS_MAX);
    for (size_t r = 0; r < chunk.n_rows; r++, w->row++) {
      w->has_value = false;
      for (size_t c = 0; c < chunk.n_columns; c++) {
        lxw_error code = put_cell(w, c, &chunk.columns[c], r);
        if (code != LXW_NO_ERROR) return fail_cell(w, c, code, err);
      }
      w->n_filled += w->has_value;
    }
    gy_task_progress(task, "writing", w->row - 1, 0, "rows");
    status = gy_task_check(task, err);
    if (status != GY_OK) break;
  }
  return status;
}

static void set_widths(writer *w) {
  size_t n = gy_result_column_count(w->rows);
  for (size_t c = 0; c < n; c++) {
    uint32_t width = w->widths[c] + 2;
    width = width < WIDTH_LEAST ? WIDTH_LEAST : width > WIDTH_MOST ? WIDTH_MOST : width;
    worksheet_set_column(w->sheet, (lxw_col_t)c, (lxw_col_t)c, width, NULL);
  }
}

static gy_status open_book(writer *w, gy_error *err) {
  char folder[4096];
  const char *slash = strrchr(w->path, '/');
  snprintf(folder, sizeof folder, "%.*s", slash != NULL ? (int)(slash - w->path) : 1,
           slash != NULL ? w->path : ".");
  lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = folder, .use_zip64 = LXW_TRUE};
  w->book = workbook_new_opt(w->path, &options);
  w->sheet = w->book != NULL ? workbook_add_worksheet(w->book, NULL) : NULL;
  w->widths = calloc(gy_result_column_count(w->rows) + 1, sizeof *w->widths);
  if (w->sheet == NULL || w->widths == NULL) return spent(w, err);
  w->bold = workbook_add_format(w->book);
  w->date = workbook_add_format(w->book);
  w->time = workbook_add_format(w->book);
  if (w->bold == NULL || w->date == NULL || w->time == NULL) return spent(w, err);
  format_set_bold(w->bold);
  format_set_num_format(w->date, "yyyy-mm-dd");
  format_set_num_format(w->time, "yyyy-mm-dd hh:mm:ss");
  return GY_OK;
}

/* The rows with a value that a reader finds in the file must be those that were written. */
static gy_status read_back(const writer *w, gy_error *err) {
  gy_xlsx_book *book = NULL;
  gy_xlsx_sheet *sheet = NULL;
  gy_xlsx_rows rows = {0};
  uint64_t found = 0;
  gy_status status = gy_xlsx_book_open(w->path, 0, &book, err);
  if (status == GY_OK) status = gy_xlsx_sheet_open(book, 0, &sheet, err);
  do {
    if (status == GY_OK) status = gy_xlsx_sheet_next(sheet, GY_CHUNK_ROWS, &rows, err);
    found += status == GY_OK ? rows.n_rows : 0;
  } while (status == GY_OK && rows.n_rows > 0);
  if (status == GY_OK && found != w->n_filled)
    status = gy_fail(err, GY_EIO, "cannot write %s: %llu of %llu rows are in the file; is its disk full?",
                     w->path, (unsigned long long)found, (unsigned long long)w->n_filled);
  gy_xlsx_rows_clear(&rows);
  gy_xlsx_sheet_close(sheet);
  gy_xlsx_book_close(book);
  return status;
}

static gy_status close_book(writer *w, gy_error *err) {
  lxw_error code = workbook_close(w->book);
  w->book = NULL;
  if (code == LXW_NO_ERROR) return read_back(w, err);
  return gy_fail(err, GY_EIO, "cannot write %s: %s", w->path, lxw_strerror(code));
}

gy_status gy_table_export_xlsx(gy_engine *engine, const char *select, const char *path, const gy_task *task,
                               uint64_t *n_rows, gy_error *err) {
  writer w = {.path = path};
  gy_result *rows = NULL;
  gy_buffer_init(&w.text, TEXT_ROOM);
  gy_status status = gy_engine_query(engine, select, NULL, 0, task, &rows, err);
  w.rows = rows;
  if (status == GY_OK && gy_result_column_count(rows) > GY_XLSX_COLUMNS_MAX)
    status = gy_fail(err, GY_ELIMIT,
                     "cannot write %s: a sheet has at most %d columns; write .csv or .parquet instead", path,
                     GY_XLSX_COLUMNS_MAX);
  if (status == GY_OK) status = open_book(&w, err);
  if (status == GY_OK) status = put_header(&w, err);
  if (status == GY_OK) status = put_rows(&w, rows, task, err);
  if (status == GY_OK) set_widths(&w);
  if (status == GY_OK) status = close_book(&w, err);
  if (status == GY_OK && n_rows != NULL) *n_rows = w.row - 1;
  if (w.book != NULL) lxw_workbook_free(w.book);
  gy_result_destroy(rows);
  gy_buffer_clear(&w.text);
  free(w.widths);
  return status;
}
