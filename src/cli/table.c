/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables for terminals. Widths are counted in terminal columns (Hangul takes two); when a table is wider
 * than the terminal, the widest columns of words give way first, then those of numbers, and cut cells end in
 * an ellipsis. */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utf8proc.h>

#include "cli.h"

enum { GAP = 2, NARROWEST = 6, WIDEST_UNBOUND = 200 };

struct cli_table {
  const cli_column *columns;
  size_t n_columns;
  char **cells;
  size_t n_cells;
  size_t capacity;
};

cli_table *cli_table_create(const cli_column *columns, size_t n_columns) {
  cli_table *table = calloc(1, sizeof *table);
  if (table == NULL) return NULL;
  table->columns = columns;
  table->n_columns = n_columns;
  return table;
}

void cli_table_cell(cli_table *table, const char *format, ...) {
  if (table == NULL) return;
  if (table->n_cells == table->capacity) {
    size_t capacity = table->capacity ? 2 * table->capacity : 64;
    char **cells = realloc(table->cells, capacity * sizeof *cells);
    if (cells == NULL) return;
    table->cells = cells;
    table->capacity = capacity;
  }
  char *text = NULL;
  va_list args;
  va_start(args, format);
  if (vasprintf(&text, format, args) < 0) text = NULL;
  va_end(args);
  /* A line break or a control character in the data must not break the table. */
  for (char *c = text; c != NULL && *c != '\0'; c++)
    if ((unsigned char)*c < ' ' || *c == 127) *c = ' ';
  table->cells[table->n_cells++] = text;
}

/* Steps over one character; returns its width. Invalid bytes count as one column. */
static size_t character_width(const char **text) {
  utf8proc_int32_t code;
  utf8proc_ssize_t bytes = utf8proc_iterate((const utf8proc_uint8_t *)*text, -1, &code);
  if (bytes <= 0) {
    (*text)++;
    return 1;
  }
  *text += bytes;
  int width = utf8proc_charwidth(code);
  return width > 0 ? (size_t)width : 0;
}

size_t cli_text_width(const char *text) {
  size_t width = 0;
  while (*text != '\0') width += character_width(&text);
  return width;
}

size_t cli_terminal_width(void) {
  struct winsize size;
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20 ? size.ws_col : SIZE_MAX;
}

static size_t table_width(void) {
  size_t width = cli_terminal_width();
  return width < WIDEST_UNBOUND ? width : WIDEST_UNBOUND;
}

static void print_cell(const char *text, size_t width, cli_align align, bool last) {
  size_t own = cli_text_width(text);
  if (own <= width) {
    size_t pad = width - own;
    if (align == CLI_RIGHT) printf("%*s", (int)pad, "");
    fputs(text, stdout);
    if (align == CLI_LEFT && !last) printf("%*s", (int)pad, "");
    return;
  }
  size_t used = 0;
  for (const char *at = text;;) {
    const char *next = at;
    size_t step = character_width(&next);
    if (used + step + 1 > width) break;
    fwrite(at, 1, (size_t)(next - at), stdout);
    used += step;
    at = next;
  }
  fputs("…", stdout);
  if (!last) printf("%*s", (int)(width - used - 1), "");
}

/* The widest column of an alignment; n when all of them are narrow. */
static size_t widest_column(const size_t *widths, const cli_column *columns, size_t n, cli_align align) {
  size_t widest = n;
  for (size_t i = 0; i < n; i++)
    if (columns[i].align == align && widths[i] > (widest < n ? widths[widest] : NARROWEST)) widest = i;
  return widest;
}

/* Words give way before numbers: a cut number says nothing. */
static void fit_widths(size_t *widths, const cli_column *columns, size_t n, size_t available) {
  size_t total = GAP * (n - 1);
  for (size_t i = 0; i < n; i++) total += widths[i];
  for (; total > available; total--) {
    size_t widest = widest_column(widths, columns, n, CLI_LEFT);
    if (widest == n) widest = widest_column(widths, columns, n, CLI_RIGHT);
    if (widest == n) return;
    widths[widest]--;
  }
}

static const char *cell_text(const cli_table *table, size_t row, size_t column) {
  const char *text = table->cells[row * table->n_columns + column];
  return text != NULL ? text : "";
}

void cli_table_print(cli_table *table) {
  if (table == NULL) return;
  size_t n = table->n_columns, rows = table->n_cells / n;
  size_t *widths = calloc(n, sizeof *widths);
  for (size_t c = 0; widths != NULL && c < n; c++) {
    widths[c] = cli_text_width(table->columns[c].title);
    for (size_t r = 0; r < rows; r++) {
      size_t width = cli_text_width(cell_text(table, r, c));
      if (width > widths[c]) widths[c] = width;
    }
  }
  if (widths != NULL) {
    fit_widths(widths, table->columns, n, table_width());
    for (size_t r = 0; r <= rows; r++) {
      for (size_t c = 0; c < n; c++) {
        if (c > 0) printf("%*s", GAP, "");
        const char *text = r == 0 ? table->columns[c].title : cell_text(table, r - 1, c);
        print_cell(text, widths[c], table->columns[c].align, c + 1 == n);
      }
      putchar('\n');
    }
  }
  for (size_t i = 0; i < table->n_cells; i++) free(table->cells[i]);
  free(table->cells);
  free(widths);
  free(table);
}

/* Copies the digits of a whole number with a comma before every third from the right. */
static char *group_digits(const char *digits, size_t n, char *out) {
  for (size_t i = 0; i < n; i++) {
    if (i > 0 && (n - i) % 3 == 0) *out++ = ',';
    *out++ = digits[i];
  }
  *out = '\0';
  return out;
}

const char *cli_thousands(long long value, char *text) {
  char digits[24];
  snprintf(digits, sizeof digits, "%lld", value);
  bool negative = digits[0] == '-';
  if (negative) text[0] = '-';
  group_digits(digits + negative, strlen(digits) - negative, text + negative);
  return text;
}

const char *cli_money(const char *decimal, char *text) {
  bool negative = decimal[0] == '-';
  const char *digits = decimal + negative;
  size_t whole = strcspn(digits, ".");
  if (negative) text[0] = '-';
  if (whole > 30) whole = 30;
  char *end = group_digits(digits, whole, text + negative);
  /* Minor units only where there are any: won have none, pence do. */
  const char *fraction = digits[whole] == '.' ? digits + whole + 1 : "";
  if (strspn(fraction, "0") < strlen(fraction))
    snprintf(end, 4, ".%c%c", fraction[0], fraction[1] != '\0' ? fraction[1] : '0');
  return text;
}
