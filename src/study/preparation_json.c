/* SPDX-License-Identifier: Apache-2.0 */
#include "study/preparation_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/preparation_rule.h"

static json_t *real_or_null(double value) { return isfinite(value) ? json_real(value) : json_null(); }

/* "winsorise:0.01" as it was written. */
static json_t *outliers_json(const gy_preparation_rule *rule) {
  char text[64];
  bool has_at = rule->outliers != GY_OUTLIERS_NONE && rule->outliers != GY_OUTLIERS_LOG;
  snprintf(text, sizeof text, has_at ? "%s:%g" : "%s", gy_outliers_name(rule->outliers), rule->at);
  return json_string(text);
}

/* ---- for people ---- */

static json_t *fill_json(const gy_prepared_column *column, char *const *levels) {
  if (!column->is_category) return real_or_null(gy_preparation_invert(column, column->fill));
  int32_t code = (int32_t)column->fill;
  if (code < 0) return json_null();
  return levels != NULL && code <= column->n_levels && levels[code] != NULL ? json_string(levels[code])
                                                                            : json_integer(code);
}

static void add_prediction(const gy_prepared_column *column, json_t *row) {
  if (column->rule.missing != GY_MISSING_PREDICT) return;
  json_object_set_new(row, "predicted", json_boolean(column->predicted));
  if (!column->predicted) return;
  bool is_log = column->rule.outliers == GY_OUTLIERS_LOG;
  json_object_set_new(row, "trained_on", json_integer(column->n_trained));
  json_object_set_new(row, "error", real_or_null(column->error));
  json_object_set_new(row, "baseline", real_or_null(column->baseline));
  json_object_set_new(row, "error_of",
                      json_string(column->is_category ? "share wrong"
                                  : is_log            ? "log"
                                                      : "value"));
}

static json_t *column_json(const gy_prepared_column *column, const char *name, char *const *levels) {
  json_t *row =
      json_pack("{s:s, s:s, s:s, s:I}", "column", name, "kind", column->is_category ? "category" : "number",
                "missing", gy_missing_name(column->rule.missing), "n_missing", (json_int_t)column->n_missing);
  json_object_set_new(row, "fill", fill_json(column, levels));
  add_prediction(column, row);
  if (column->is_category) return row;
  json_object_set_new(row, "outliers", outliers_json(&column->rule));
  json_object_set_new(row, "low", real_or_null(column->low));
  json_object_set_new(row, "high", real_or_null(column->high));
  json_object_set_new(row, "n_low", json_integer(column->n_low));
  json_object_set_new(row, "n_high", json_integer(column->n_high));
  return row;
}

json_t *gy_preparation_json(const gy_preparation *p, const char *const *names, char *const *const *levels) {
  json_t *columns = json_array();
  for (size_t j = 0; j < p->n_numbers + p->n_categories; j++)
    json_array_append_new(columns,
                          column_json(&p->columns[j], names[j],
                                      j >= p->n_numbers && levels != NULL ? levels[j - p->n_numbers] : NULL));
  return json_pack("{s:I, s:I, s:I, s:o}", "rows", (json_int_t)p->n_rows, "dropped", (json_int_t)p->n_dropped,
                   "aside", (json_int_t)p->n_aside, "columns", columns);
}

/* ---- for scoring ---- */

static json_t *scoring_column(const gy_preparation *p, const gy_prepared_column *column, const char *name) {
  json_t *row =
      json_pack("{s:s, s:s, s:s, s:f}", "column", name, "missing", gy_missing_name(column->rule.missing),
                "outliers", gy_outliers_name(column->rule.outliers), "at", column->rule.at);
  json_object_set_new(row, "low", real_or_null(column->low));
  json_object_set_new(row, "high", real_or_null(column->high));
  json_object_set_new(row, "fill", real_or_null(column->fill));
  if (!column->predicted) return row;
  json_t *weights = json_array();
  for (size_t t = 0; t < p->n_terms; t++) json_array_append_new(weights, json_real(column->weights[t]));
  json_object_set_new(row, "intercept", json_real(column->intercept));
  json_object_set_new(row, "least", json_real(column->least));
  json_object_set_new(row, "most", json_real(column->most));
  json_object_set_new(row, "weights", weights);
  return row;
}

json_t *gy_preparation_model_json(const gy_preparation *p, const char *const *names, const size_t *indicators,
                                  size_t n_indicators) {
  json_t *columns = json_array(), *terms = json_array(), *features = json_array();
  for (size_t j = 0; j < p->n_numbers; j++)
    json_array_append_new(columns, scoring_column(p, &p->columns[j], names[j]));
  for (size_t t = 0; t < p->n_terms; t++)
    json_array_append_new(terms, json_pack("{s:s, s:s, s:f, s:f}", "column", names[p->terms[t].column], "of",
                                           p->terms[t].kind == GY_TERM_MISSING ? "missing" : "value",
                                           "center", p->terms[t].center, "scale", p->terms[t].scale));
  for (size_t i = 0; i < n_indicators; i++)
    json_array_append_new(features, json_string(names[indicators[i]]));
  return json_pack("{s:o, s:o, s:o}", "columns", columns, "terms", terms, "indicators", features);
}

/* ---- and back ---- */

static gy_status misfit(const char *what, gy_error *err) {
  return gy_fail(err, GY_EPARSE, "this is no record of a preparation: %s is missing or has another form",
                 what);
}

static double number_or(const json_t *object, const char *key, double otherwise) {
  const json_t *value = json_object_get(object, key);
  return json_is_number(value) ? json_number_value(value) : otherwise;
}

static bool read_rule(const json_t *object, gy_preparation_rule *rule) {
  const char *missing = json_string_value(json_object_get(object, "missing"));
  const char *outliers = json_string_value(json_object_get(object, "outliers"));
  gy_missing_text way = {.way = GY_MISSING_CONSTANT};
  if (missing == NULL || outliers == NULL) return false;
  if (strcmp(missing, gy_missing_name(GY_MISSING_CONSTANT)) != 0 &&
      gy_missing_parse(missing, &way, NULL) != GY_OK)
    return false;
  if (gy_outliers_parse(outliers, rule, NULL) != GY_OK) return false;
  rule->missing = way.way;
  rule->at = number_or(object, "at", 0);
  return true;
}

static bool read_weights(const json_t *object, size_t n_terms, gy_prepared_column *column) {
  const json_t *weights = json_object_get(object, "weights");
  column->fill = number_or(object, "fill", NAN);
  column->low = number_or(object, "low", -INFINITY);
  column->high = number_or(object, "high", INFINITY);
  if (weights == NULL) return true;
  if (json_array_size(weights) != n_terms) return false;
  column->weights = calloc(n_terms + 1, sizeof *column->weights);
  if (column->weights == NULL) return false;
  for (size_t t = 0; t < n_terms; t++) column->weights[t] = json_number_value(json_array_get(weights, t));
  column->intercept = number_or(object, "intercept", NAN);
  column->least = number_or(object, "least", NAN);
  column->most = number_or(object, "most", NAN);
  column->predicted = true;
  return isfinite(column->intercept) && isfinite(column->least) && isfinite(column->most);
}

static bool find_column(const gy_preparation *p, char *const *names, const char *name, size_t *column) {
  for (size_t j = 0; name != NULL && j < p->n_numbers; j++) {
    if (strcmp(names[j], name) != 0) continue;
    *column = j;
    return true;
  }
  return false;
}

static bool read_term(const json_t *object, const gy_preparation *p, char *const *names,
                      gy_preparation_term *term) {
  const char *of = json_string_value(json_object_get(object, "of"));
  if (of == NULL ||
      !find_column(p, names, json_string_value(json_object_get(object, "column")), &term->column))
    return false;
  term->kind = strcmp(of, "missing") == 0 ? GY_TERM_MISSING : GY_TERM_VALUE;
  term->center = number_or(object, "center", NAN);
  term->scale = number_or(object, "scale", NAN);
  return isfinite(term->center) && term->scale > 0;
}

static bool read_columns(const json_t *columns, gy_preparation *p, char **names) {
  for (size_t j = 0; j < p->n_numbers; j++) {
    const json_t *object = json_array_get(columns, j);
    const char *name = json_string_value(json_object_get(object, "column"));
    if (name == NULL || !read_rule(object, &p->columns[j].rule) ||
        !read_weights(object, p->n_terms, &p->columns[j]) || (names[j] = strdup(name)) == NULL)
      return false;
  }
  return true;
}

gy_status gy_preparation_read(const json_t *object, gy_preparation *p, char ***names, size_t **indicators,
                              size_t *n_indicators, gy_error *err) {
  *p = (gy_preparation){0};
  const json_t *columns = json_object_get(object, "columns"), *terms = json_object_get(object, "terms");
  const json_t *features = json_object_get(object, "indicators");
  size_t n = json_array_size(columns), n_terms = json_array_size(terms),
         n_features = json_array_size(features);
  if (n == 0) return misfit("columns", err);
  char **read_names = calloc(n, sizeof *read_names);
  size_t *read_indicators = calloc(n_features + 1, sizeof *read_indicators);
  p->columns = calloc(n, sizeof *p->columns);
  p->terms = calloc(n_terms + 1, sizeof *p->terms);
  gy_status status = GY_OK;
  if (read_names == NULL || read_indicators == NULL || p->columns == NULL || p->terms == NULL) {
    status = gy_fail(err, GY_ENOMEM, "no memory for a preparation");
    goto done;
  }
  p->n_numbers = n;
  p->n_terms = n_terms;
  if (!read_columns(columns, p, read_names)) status = misfit("columns", err);
  for (size_t t = 0; t < n_terms && status == GY_OK; t++)
    if (!read_term(json_array_get(terms, t), p, read_names, &p->terms[t])) status = misfit("terms", err);
  for (size_t i = 0; i < n_features && status == GY_OK; i++)
    if (!find_column(p, read_names, json_string_value(json_array_get(features, i)), &read_indicators[i]))
      status = misfit("indicators", err);
done:
  if (status == GY_OK) {
    *names = read_names;
    *indicators = read_indicators;
    *n_indicators = n_features;
    return GY_OK;
  }
  for (size_t j = 0; read_names != NULL && j < n; j++) free(read_names[j]);
  free(read_names);
  free(read_indicators);
  return status;
}
