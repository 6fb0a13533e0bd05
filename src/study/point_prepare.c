/* SPDX-License-Identifier: Apache-2.0 */
#include "study/point_prepare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/point_rules.h"

enum { PREPARATION_SEED = 1 };

typedef struct {
  gy_point_table *table;
  const gy_cluster_options *options;
  const gy_task *task;
  gy_point_preparation *made;
  gy_preparation_rule *rules;
  const char **new_levels;
  float *prepared; /* n x n_columns */
  int32_t *codes;  /* n x n_categories */
  uint8_t *states; /* n */
  size_t n_kept;
} preparing;

static gy_status spent(const preparing *p, gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory to prepare %zu rows", p->table->n);
}

static gy_attributes attributes_of(const gy_point_table *t) {
  return (gy_attributes){.n_rows = t->n,
                         .numbers = t->values,
                         .n_numbers = t->n_columns,
                         .codes = t->codes,
                         .n_categories = t->n_categories,
                         .n_levels = t->n_levels};
}

static gy_status allocate(preparing *p, gy_error *err) {
  const gy_point_table *t = p->table;
  size_t columns = t->n_columns + t->n_categories;
  p->rules = calloc(columns + 1, sizeof *p->rules);
  p->new_levels = calloc(t->n_categories + 1, sizeof *p->new_levels);
  p->prepared = malloc((t->n * t->n_columns + 1) * sizeof *p->prepared);
  p->codes = malloc((t->n * t->n_categories + 1) * sizeof *p->codes);
  p->states = malloc(t->n + 1);
  p->made->names = calloc(columns + 1, sizeof *p->made->names);
  p->made->indicators = calloc(columns + 1, sizeof *p->made->indicators);
  p->made->flags = calloc(2 * columns + 1, sizeof *p->made->flags);
  bool good = p->rules != NULL && p->new_levels != NULL && p->prepared != NULL && p->codes != NULL &&
              p->states != NULL && p->made->names != NULL && p->made->indicators != NULL &&
              p->made->flags != NULL;
  for (size_t j = 0; good && j < columns; j++) good = (p->made->names[j] = strdup(t->names[j])) != NULL;
  return good ? GY_OK : spent(p, err);
}

/* ---- what is written beside the labels ---- */

static bool is_flagged(const preparing *p, size_t row, size_t j, bool of_missing) {
  const gy_point_table *t = p->table;
  if (j >= t->n_columns) return t->codes[row * t->n_categories + j - t->n_columns] < 0;
  float value = t->values[row * t->n_columns + j];
  return of_missing ? isnan(value) : gy_preparation_is_outlier(&p->made->fitted.columns[j], value);
}

static gy_status add_flag(preparing *p, size_t j, bool of_missing, gy_error *err) {
  gy_point_flag *flag = &p->made->flags[p->made->n_flags];
  flag->values = malloc((p->table->n + 1) * sizeof *flag->values);
  if (asprintf(&flag->name, "%s_%s", p->made->names[j], of_missing ? "missing" : "outlier") < 0)
    flag->name = NULL;
  p->made->n_flags++;
  if (flag->values == NULL || flag->name == NULL) return spent(p, err);
  for (size_t i = 0; i < p->table->n; i++) flag->values[i] = is_flagged(p, i, j, of_missing);
  return GY_OK;
}

static gy_status add_flags(preparing *p, gy_error *err) {
  const gy_preparation *fitted = &p->made->fitted;
  gy_status status = GY_OK;
  for (size_t j = 0; j < fitted->n_numbers + fitted->n_categories && status == GY_OK; j++) {
    const gy_prepared_column *column = &fitted->columns[j];
    if (column->n_missing > 0) status = add_flag(p, j, true, err);
    if (status == GY_OK && column->n_low + column->n_high > 0) status = add_flag(p, j, false, err);
  }
  return status;
}

/* ---- the table afterwards ---- */

/* A column that never lacked a value has an indicator that says nothing; one that drops has none left. */
static void choose_indicators(preparing *p) {
  const gy_preparation *fitted = &p->made->fitted;
  for (size_t j = 0; p->options->indicators && j < fitted->n_numbers + fitted->n_categories; j++)
    if (fitted->columns[j].n_missing > 0 && fitted->columns[j].rule.missing != GY_MISSING_DROP)
      p->made->indicators[p->made->n_indicators++] = j;
}

/* Names of the indicators between those of the numbers and of the categories. */
static gy_status name_indicators(preparing *p, gy_error *err) {
  gy_point_table *t = p->table;
  size_t d = t->n_columns, m = t->n_categories, added = p->made->n_indicators;
  char **names = calloc(d + m + added + 1, sizeof *names);
  if (names == NULL) return spent(p, err);
  memcpy(names, t->names, d * sizeof *names);
  memcpy(names + d + added, t->names + d, m * sizeof *names);
  free(t->names);
  t->names = names;
  t->n_columns = d + added;
  for (size_t i = 0; i < added; i++) {
    if (asprintf(&names[d + i], "%s_missing", p->made->names[p->made->indicators[i]]) >= 0) continue;
    names[d + i] = NULL;
    return spent(p, err);
  }
  return GY_OK;
}

static void write_row(const preparing *p, size_t from, float *values, uint8_t *filled) {
  const gy_point_table *t = p->table;
  size_t d = p->made->fitted.n_numbers, m = t->n_categories;
  for (size_t j = 0; j < d; j++) {
    values[j] = p->prepared[from * d + j];
    filled[j] = isnan(t->values[from * d + j]);
  }
  for (size_t i = 0; i < p->made->n_indicators; i++) {
    size_t j = p->made->indicators[i];
    values[d + i] = j < d ? isnan(t->values[from * d + j]) : t->codes[from * m + j - d] < 0;
    filled[d + i] = 0;
  }
}

/* The rows that are kept, in their order; the row numbers of all stay for what is written. */
static gy_status keep_rows(preparing *p, gy_error *err) {
  gy_point_table *t = p->table;
  size_t width = p->made->fitted.n_numbers + p->made->n_indicators, m = t->n_categories, kept = 0;
  float *values = malloc((p->n_kept * width + 1) * sizeof *values);
  t->filled = malloc(p->n_kept * width + 1);
  t->all_row_no = malloc((t->n + 1) * sizeof *t->all_row_no);
  if (values == NULL || t->filled == NULL || t->all_row_no == NULL) {
    free(values);
    return spent(p, err);
  }
  memcpy(t->all_row_no, t->row_no, t->n * sizeof *t->row_no);
  for (size_t i = 0; i < t->n; i++) {
    if (p->states[i] != GY_ROW_KEPT) continue;
    write_row(p, i, values + kept * width, t->filled + kept * width);
    for (size_t j = 0; j < m; j++) t->codes[kept * m + j] = p->codes[i * m + j];
    if (t->weights != NULL) t->weights[kept] = t->weights[i];
    t->row_no[kept++] = t->row_no[i];
  }
  free(t->values);
  t->values = values;
  t->states = p->states;
  p->states = NULL;
  t->n_all = t->n;
  t->n = kept;
  return name_indicators(p, err);
}

/* A category that took missing values and is in no row of the file. */
static gy_status add_levels(preparing *p, gy_error *err) {
  gy_point_table *t = p->table;
  for (size_t c = 0; c < t->n_categories; c++) {
    if (p->new_levels[c] == NULL || p->made->fitted.columns[p->made->fitted.n_numbers + c].n_missing == 0)
      continue;
    size_t n = (size_t)t->n_levels[c];
    char **longer = realloc(t->levels[c], (n + 2) * sizeof *longer);
    if (longer == NULL) return spent(p, err);
    t->levels[c] = longer;
    if ((longer[n] = strdup(p->new_levels[c])) == NULL) return spent(p, err);
    longer[n + 1] = NULL;
    t->n_levels[c]++;
  }
  return GY_OK;
}

/* ---- the whole ---- */

static gy_status fit(preparing *p, gy_error *err) {
  gy_attributes x = attributes_of(p->table);
  gy_preparation *fitted = &p->made->fitted;
  gy_status status = gy_points_refuse_infinite(p->table, err);
  if (status == GY_OK) status = gy_preparation_fit(&x, p->rules, PREPARATION_SEED, p->task, fitted, err);
  if (status == GY_OK)
    status = gy_preparation_apply(fitted, &x, p->task, p->prepared, p->codes, p->states, err);
  for (size_t i = 0; status == GY_OK && i < p->table->n; i++) p->n_kept += p->states[i] == GY_ROW_KEPT;
  return status;
}

gy_status gy_points_prepare(gy_point_table *table, const gy_cluster_options *options, const gy_task *task,
                            gy_point_preparation *preparation, gy_error *err) {
  *preparation = (gy_point_preparation){0};
  if (options->n_missing == 0 && options->n_outliers == 0 && !options->indicators) return GY_OK;
  preparing p = {.table = table, .options = options, .task = task, .made = preparation};
  gy_status status = allocate(&p, err);
  if (status == GY_OK) status = gy_point_rules(table, options, p.rules, p.new_levels, err);
  if (status == GY_OK) status = fit(&p, err);
  if (status == GY_OK) status = add_flags(&p, err);
  if (status == GY_OK) choose_indicators(&p);
  if (status == GY_OK) status = keep_rows(&p, err);
  if (status == GY_OK) status = add_levels(&p, err);
  preparation->is_done = status == GY_OK;
  free(p.rules);
  free(p.new_levels);
  free(p.prepared);
  free(p.codes);
  free(p.states);
  return status;
}

void gy_point_preparation_clear(gy_point_preparation *p) {
  for (size_t j = 0; p->names != NULL && p->names[j] != NULL; j++) free(p->names[j]);
  for (size_t i = 0; i < p->n_flags; i++) {
    free(p->flags[i].name);
    free(p->flags[i].values);
  }
  free(p->names);
  free(p->indicators);
  free(p->flags);
  gy_preparation_clear(&p->fitted);
  *p = (gy_point_preparation){0};
}

gy_status gy_points_spread_labels(const gy_point_table *table, int32_t **labels, gy_error *err) {
  if (table->n_all == 0) return GY_OK;
  int32_t *all = malloc((table->n_all + 1) * sizeof *all);
  if (all == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu labels", table->n_all);
  for (size_t i = 0, kept = 0; i < table->n_all; i++)
    all[i] = table->states[i] == GY_ROW_KEPT    ? (*labels)[kept++]
             : table->states[i] == GY_ROW_ASIDE ? -1
                                                : GY_LABEL_NONE;
  free(*labels);
  *labels = all;
  return GY_OK;
}

gy_status gy_points_spread_reals(const gy_point_table *table, float **reals, gy_error *err) {
  if (table->n_all == 0 || *reals == NULL) return GY_OK;
  float *all = malloc((table->n_all + 1) * sizeof *all);
  if (all == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu rows", table->n_all);
  for (size_t i = 0, kept = 0; i < table->n_all; i++)
    all[i] = table->states[i] == GY_ROW_KEPT ? (*reals)[kept++] : NAN;
  free(*reals);
  *reals = all;
  return GY_OK;
}

gy_status gy_points_refuse_missing(const gy_point_table *table, const char *method, gy_error *err) {
  size_t d = table->n_columns;
  for (size_t i = 0; i < table->n * d; i++) {
    if (!isnan(table->values[i])) continue;
    return gy_fail(err, GY_EUSAGE,
                   "line %lld: column '%s' is missing, and %s computes with every value; fill it, as with "
                   "--missing '%s=median', or take latent or kmedoids --metric gower",
                   (long long)table->row_no[i / d], table->names[i % d], method, table->names[i % d]);
  }
  return GY_OK;
}
