/* SPDX-License-Identifier: Apache-2.0 */
#include "shop_fixture.h"

#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

char *make_folder(void) {
  char *folder = strdup("/tmp/gyeol-simulate-XXXXXX");
  cr_assert_not_null(mkdtemp(folder));
  return folder;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place) {
  (void)info, (void)kind, (void)place;
  return remove(path);
}

void remove_folder(char *folder) {
  nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
  free(folder);
}

char *simulate(const gy_shop_options *options, gy_shop_summary *summary) {
  char *folder = make_folder();
  gy_shop_summary ignored;
  MUST(gy_simulate_shop(options, folder, NULL, summary != NULL ? summary : &ignored, &err));
  return folder;
}

gy_shop_options shop_of(uint64_t customers) {
  gy_shop_options options;
  gy_shop_options_init(&options);
  options.customers = customers;
  return options;
}

char *read_file(const char *folder, const char *name, size_t *length) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "rb");
  cr_assert_not_null(file, "%s is not there", path);
  fseek(file, 0, SEEK_END);
  *length = (size_t)ftell(file);
  rewind(file);
  char *bytes = malloc(*length + 1);
  cr_assert_eq(fread(bytes, 1, *length, file), *length);
  bytes[*length] = '\0';
  fclose(file);
  return bytes;
}

/* Ends the field that begins at *at with a NUL, unquoted in place; `*last` tells that its row ends too. */
static char *take_field(char **at, bool *last) {
  char *field = *at, *from = *at, *to = *at;
  if (*from == '"') {
    for (from++; *from != '\0' && !(from[0] == '"' && from[1] != '"'); *to++ = *from++)
      if (from[0] == '"') from++;
    cr_assert_eq(*from, '"', "a quoted field does not end");
    from++;
  } else {
    for (; *from != ',' && *from != '\n' && *from != '\0'; *to++ = *from++)
      cr_assert(*from != '"' && *from != '\r', "a quote or carriage return in a bare field");
  }
  cr_assert(*from == ',' || *from == '\n', "a field ends with neither comma nor line feed");
  *last = *from == '\n';
  *at = from + 1;
  *to = '\0';
  return field;
}

csv_table read_csv(const char *folder, const char *name) {
  csv_table table = {0};
  size_t length, n_lines = 0, n_header = 1;
  table.bytes = read_file(folder, name, &length);
  for (size_t i = 0; i < length; i++) n_lines += table.bytes[i] == '\n';
  for (char *at = table.bytes; *at != '\n'; at++) n_header += *at == ',';
  char **cells = malloc((n_lines * n_header + 1) * sizeof *cells);
  size_t n = 0, row = 0;
  for (char *at = table.bytes; at < table.bytes + length; row++) {
    bool last = false;
    size_t first = n;
    while (!last && n - first <= n_header) cells[n++] = take_field(&at, &last);
    cr_assert_eq(n - first, n_header, "%s: row %zu has %zu fields, the header %zu", name, row, n - first,
                 n_header);
  }
  table.n_columns = n_header;
  table.n_rows = row - 1;
  table.names = cells;
  table.cells = cells + n_header;
  return table;
}

void free_csv(csv_table *table) {
  free(table->names);
  free(table->bytes);
}

size_t column_of(const csv_table *table, const char *name) {
  for (size_t c = 0; c < table->n_columns; c++)
    if (strcmp(table->names[c], name) == 0) return c;
  cr_assert_fail("no column %s", name);
  return 0;
}

const char *cell(const csv_table *table, size_t row, size_t column) {
  return table->cells[row * table->n_columns + column];
}

double number(const csv_table *table, size_t row, size_t column) {
  const char *text = cell(table, row, column);
  char *end;
  double value = strtod(text, &end);
  cr_assert(end != text && *end == '\0', "row %zu: %s is '%s'", row, table->names[column], text);
  return value;
}

int64_t seconds_of(const char *text) {
  struct tm parts = {0};
  char back[32];
  const char *end = strptime(text, "%Y-%m-%d %H:%M:%S", &parts);
  if (end == NULL || *end != '\0' || strlen(text) != 19) return -1;
  time_t seconds = timegm(&parts);
  gmtime_r(&seconds, &parts);
  strftime(back, sizeof back, "%Y-%m-%d %H:%M:%S", &parts);
  return strcmp(back, text) == 0 ? (int64_t)seconds : -1;
}

json_t *read_truth(const char *folder) {
  char path[512];
  json_error_t why;
  snprintf(path, sizeof path, "%s/truth.json", folder);
  json_t *truth = json_load_file(path, 0, &why);
  cr_assert_not_null(truth, "%s: %s", path, why.text);
  return truth;
}

void moments_add(moments *of, double x) {
  of->n++;
  of->sum += x;
  of->squares += x * x;
}

double moments_mean(const moments *of) { return of->sum / of->n; }

double moments_error(const moments *of) {
  double mean = moments_mean(of);
  return sqrt((of->squares / of->n - mean * mean) / of->n);
}
