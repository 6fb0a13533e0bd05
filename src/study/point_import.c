/* SPDX-License-Identifier: Apache-2.0 */
#include "study/point_import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "data/sniff.h"
#include "study/project_store.h"

typedef struct {
  gy_arena arena; /* of the sniff and of the names below */
  gy_sniff sniff;
  gy_import_column *columns;
  size_t n_columns;
} plan;

static gy_status spent(const char *path, gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory to read %s", path);
}

static gy_status open_memory(const gy_task *task, gy_engine **engine, gy_error *err) {
  gy_engine_options options = {.n_threads = gy_task_threads(task),
                               .memory_bytes = gy_project_engine_bytes(task)};
  gy_status status = gy_engine_open(&options, engine, err);
  if (status != GY_OK) return status;
  return gy_engine_execute(*engine, gy_sql("schema/0001_store"), NULL, 0, NULL, NULL, NULL, err);
}

/* Columns of nothing but numbers are what a file is clustered by when nobody says; but not one that merely
 * numbers the rows. */
static bool is_number_column(const gy_sniff_column *column) {
  uint64_t n_numbers = column->n_integers + column->n_fractions + column->n_reals;
  bool is_numbers = column->n_values > 0 && n_numbers == column->n_values && column->n_leading_zero == 0;
  bool counts_rows = column->is_rising && column->n_fractions == 0 && column->n_values > 2 &&
                     gy_sniff_distinct(column) == column->n_values;
  return is_numbers && !counts_rows;
}

/* Numbers for the most part, so that whoever named no columns may have meant it. */
static bool is_nearly_numbers(const gy_sniff_column *column) {
  uint64_t n_numbers = column->n_integers + column->n_fractions + column->n_reals;
  return n_numbers < column->n_values && n_numbers > column->n_values / 2;
}

static bool add_left_out(gy_point_table *table, const char *name) {
  char *longer = NULL;
  bool good = table->left_out != NULL ? asprintf(&longer, "%s, %s", table->left_out, name) >= 0
                                      : asprintf(&longer, "%s", name) >= 0;
  if (!good) return false;
  free(table->left_out);
  table->left_out = longer;
  return true;
}

static bool ends_with(const char *name, const char *ending) {
  size_t n = strlen(name), m = strlen(ending);
  return n >= m && strcasecmp(name + n - m, ending) == 0;
}

/* "id", "customer_id", "customerID", "고객번호": what rows are called by. "paid" is none. */
static bool is_called_an_id(const char *name) {
  static const char *const WHOLE[] = {"id", "no", "key", "uuid"};
  static const char *const ENDINGS[] = {"_id", " id", "-id", "_no", "_key", "_uuid", "번호", "아이디"};
  for (size_t i = 0; i < sizeof WHOLE / sizeof *WHOLE; i++)
    if (strcasecmp(name, WHOLE[i]) == 0) return true;
  for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS; i++)
    if (ends_with(name, ENDINGS[i])) return true;
  size_t n = strlen(name);
  bool is_camel = n > 2 && name[n - 2] == 'I' && (name[n - 1] == 'D' || name[n - 1] == 'd');
  return is_camel && name[n - 3] >= 'a' && name[n - 3] <= 'z';
}

/* As many values as rows, and no two of them alike, as far as can be told. */
static bool differs_by_row(const gy_sniff *sniff, const gy_sniff_column *column) {
  uint64_t n_rows = sniff->n_rows - sniff->n_faults, n = gy_sniff_distinct(column);
  bool is_exact = column->distinct.level == 0;
  return n_rows > 1 && column->n_values == n_rows &&
         (is_exact ? n == n_rows : (double)n > 0.97 * (double)n_rows);
}

static bool is_named(const char *name, const char *const *names, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (strcmp(names[i], name) == 0) return true;
  return false;
}

static bool is_other(const gy_point_spec *spec, const char *name) {
  return is_named(name, spec->categories, spec->n_categories) ||
         (spec->weight != NULL && strcmp(spec->weight, name) == 0) ||
         (spec->id != NULL && strcmp(spec->id, name) == 0);
}

/* The first column as the rows' name, where nobody says what to do with it. False when memory is spent. */
static bool find_own_id(const gy_point_spec *spec, const plan *p, gy_point_table *table) {
  if (p->sniff.n_columns < 2 || spec->id != NULL) return true;
  const gy_sniff_column *first = &p->sniff.columns[0];
  if (!is_called_an_id(first->name) || !differs_by_row(&p->sniff, first)) return true;
  if (is_other(spec, first->name) || is_named(first->name, spec->columns, spec->n_columns)) return true;
  table->own_id = strdup(first->name);
  table->id = table->own_id;
  return table->own_id != NULL;
}

/* The columns to cluster by: those named, or every one of numbers. */
static gy_status choose_columns(const gy_point_spec *spec, const plan *p, gy_point_table *table,
                                gy_error *err) {
  size_t most = spec->n_columns > 0 ? spec->n_columns : p->sniff.n_columns;
  table->names = calloc(most + spec->n_categories + 1, sizeof *table->names);
  if (table->names == NULL) return spent(spec->path, err);
  bool good = find_own_id(spec, p, table);
  for (size_t i = 0; i < spec->n_columns; i++)
    good = (table->names[table->n_columns++] = strdup(spec->columns[i])) != NULL && good;
  for (size_t i = 0; spec->n_columns == 0 && !spec->texts_only && i < p->sniff.n_columns; i++) {
    const gy_sniff_column *column = &p->sniff.columns[i];
    if (is_other(spec, column->name) || (i == 0 && table->own_id != NULL)) continue;
    if (is_nearly_numbers(column)) good = add_left_out(table, column->name) && good;
    if (!is_number_column(column)) continue;
    good = (table->names[table->n_columns++] = strdup(column->name)) != NULL && good;
  }
  for (size_t i = 0; i < spec->n_categories; i++)
    good = (table->names[table->n_columns + table->n_categories++] = strdup(spec->categories[i])) != NULL &&
           good;
  if (!good) return spent(spec->path, err);
  if (table->n_columns + table->n_categories > 0) return GY_OK;
  return gy_fail(err, GY_EDATA, "%s has no column of numbers; name columns with --columns or --categories",
                 spec->path);
}

static void add_column(plan *p, const char *source, const char *prefix, size_t number, gy_import_kind kind) {
  char target[32];
  snprintf(target, sizeof target, number == SIZE_MAX ? "%s" : "%s%zu", prefix, number);
  gy_import_column *column = &p->columns[p->n_columns++];
  *column = (gy_import_column){
      .source = source,
      .target = gy_arena_strndup(&p->arena, target, strlen(target)),
      .kind = kind,
      .number_form = p->sniff.decimal == GY_DECIMAL_COMMA ? GY_NUMBER_COMMA : GY_NUMBER_POINT};
}

static gy_import_format format_of(gy_file_format format) {
  if (format == GY_FORMAT_PARQUET) return GY_IMPORT_PARQUET;
  if (format == GY_FORMAT_XLSX) return GY_IMPORT_XLSX;
  return format == GY_FORMAT_JSON || format == GY_FORMAT_NDJSON ? GY_IMPORT_JSON : GY_IMPORT_CSV;
}

/* The sniff's path is without the sheet of a workbook. */
static gy_status read_file(const char *path, const plan *p, const gy_task *task, gy_point_table *table,
                           gy_error *err) {
  for (size_t i = 0; i < p->n_columns; i++)
    if (p->columns[i].target == NULL) return spent(path, err);
  gy_status status = open_memory(task, &table->engine, err);
  if (status != GY_OK) return status;
  gy_import_spec spec = {.source = gy_path_name(path),
                         .table = "points",
                         .paths = &p->sniff.path,
                         .n_paths = 1,
                         .format = format_of(p->sniff.format),
                         .encoding = p->sniff.encoding,
                         .dialect = p->sniff.dialect,
                         .place = {.sheet = p->sniff.sheet,
                                   .is_known = true,
                                   .skip_lines = p->sniff.dialect.skip_lines,
                                   .header_rows = p->sniff.header_rows},
                         .columns = p->columns,
                         .n_columns = p->n_columns,
                         .numbered = true};
  gy_import_result result = {0};
  status = gy_import_run(table->engine, &spec, task, &result, err);
  table->n_rejected = result.n_rejected;
  gy_import_result_clear(&result);
  return status;
}

static void plan_clear(plan *p) {
  gy_sniff_clear(&p->sniff);
  gy_arena_clear(&p->arena);
  free(p->columns);
}

gy_status gy_point_import(const gy_point_spec *spec, const gy_task *task, gy_point_table *table,
                          gy_error *err) {
  plan p = {0};
  gy_arena_init(&p.arena, 0, 0);
  gy_status status = gy_sniff_file(spec->path, &p.arena, &p.sniff, err);
  if (status == GY_OK) status = choose_columns(spec, &p, table, err);
  if (status == GY_OK) {
    p.columns = calloc(table->n_columns + table->n_categories + 2, sizeof *p.columns);
    if (p.columns == NULL) status = spent(spec->path, err);
  }
  if (status == GY_OK) {
    size_t d = table->n_columns;
    for (size_t j = 0; j < d; j++) add_column(&p, table->names[j], "c", j, GY_IMPORT_REAL);
    for (size_t j = 0; j < table->n_categories; j++)
      add_column(&p, table->names[d + j], "t", j, GY_IMPORT_TEXT);
    if (spec->weight != NULL) add_column(&p, spec->weight, "w", SIZE_MAX, GY_IMPORT_REAL);
    if (table->id != NULL) add_column(&p, table->id, "id", SIZE_MAX, GY_IMPORT_TEXT);
    status = read_file(spec->path, &p, task, table, err);
  }
  plan_clear(&p);
  return status;
}

static const char *label_column(const gy_sniff *sniff, const char *name) {
  static const char *const USUAL[] = {"label", "cluster", "labels", "segment", "truth", "class"};
  if (name != NULL) return name;
  if (sniff->n_columns == 1) return sniff->columns[0].name;
  for (size_t u = 0; u < sizeof USUAL / sizeof *USUAL; u++)
    for (size_t c = 0; c < sniff->n_columns; c++)
      if (strcmp(sniff->columns[c].name, USUAL[u]) == 0) return USUAL[u];
  return NULL;
}

gy_status gy_label_import(const char *path, const char *name, const gy_task *task, gy_point_table *table,
                          gy_error *err) {
  plan p = {0};
  gy_arena_init(&p.arena, 0, 0);
  gy_status status = gy_sniff_file(path, &p.arena, &p.sniff, err);
  const char *column = status == GY_OK ? label_column(&p.sniff, name) : NULL;
  if (status == GY_OK && column == NULL)
    status = gy_fail(err, GY_EUSAGE, "%s has %zu columns and none is called label; name one as FILE:COLUMN",
                     path, p.sniff.n_columns);
  p.columns = calloc(1, sizeof *p.columns);
  if (status == GY_OK && p.columns == NULL) status = spent(path, err);
  if (status == GY_OK) {
    add_column(&p, column, "t", 0, GY_IMPORT_TEXT);
    status = read_file(path, &p, task, table, err);
  }
  plan_clear(&p);
  return status;
}
