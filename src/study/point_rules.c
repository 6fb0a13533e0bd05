/* SPDX-License-Identifier: Apache-2.0 */
#include "study/point_rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "data/preparation_rule.h"

typedef struct {
  const gy_point_table *table;
  gy_preparation_rule *rules;
  const char *option; /* "--missing" */
  const char *text;   /* all of what was written */
  gy_error *err;
} reading;

static bool is_category(const reading *r, size_t j) { return j >= r->table->n_columns; }

/* The column that "COLUMN=WAY" names, and the way; SIZE_MAX: no column is named. A name may hold a '='. */
static size_t column_of(const reading *r, const char **way) {
  size_t n = r->table->n_columns + r->table->n_categories;
  for (const char *at = strchr(r->text, '='); at != NULL; at = strchr(at + 1, '=')) {
    size_t length = (size_t)(at - r->text);
    for (size_t j = 0; j < n; j++) {
      if (strlen(r->table->names[j]) != length || memcmp(r->table->names[j], r->text, length) != 0) continue;
      *way = at + 1;
      return j;
    }
  }
  *way = r->text;
  return SIZE_MAX;
}

static gy_status no_such_column(const reading *r) {
  gy_buffer names;
  gy_buffer_init(&names, 512);
  for (size_t j = 0; j < r->table->n_columns + r->table->n_categories; j++)
    gy_buffer_printf(&names, "%s%s", j > 0 ? ", " : "", r->table->names[j]);
  gy_status status = gy_fail(r->err, GY_EUSAGE, "%s %s: no such column is clustered by; there are %s",
                             r->option, r->text, names.data != NULL && !names.failed ? names.data : "others");
  gy_buffer_clear(&names);
  return status;
}

static gy_status misfit(const reading *r, size_t j, const char *why) {
  return gy_fail(r->err, GY_EUSAGE, "%s %s: '%s' is a %s, which has no %s", r->option, r->text,
                 r->table->names[j], is_category(r, j) ? "category" : "number", why);
}

/* ---- missing ---- */

static bool fits(const reading *r, size_t j, gy_missing_way way) {
  bool of_categories = way == GY_MISSING_OWN, of_numbers = way == GY_MISSING_MEAN || way == GY_MISSING_MEDIAN;
  return is_category(r, j) ? !of_numbers : !of_categories;
}

/* The code of a category's level; one more than there are for another. */
static int32_t code_of(const gy_point_table *table, size_t category, const char *level) {
  for (int32_t c = 0; c < table->n_levels[category]; c++)
    if (strcmp(table->levels[category][c], level) == 0) return c;
  return table->n_levels[category];
}

/* True when it could be set; a category's constant always can. */
static bool set_constant(const reading *r, size_t j, const char *constant) {
  gy_preparation_rule *rule = &r->rules[j];
  if (is_category(r, j)) {
    rule->constant = code_of(r->table, j - r->table->n_columns, constant);
    return true;
  }
  char *end;
  double value = strtod(constant, &end);
  bool good = end != constant && *end == '\0' && fabs(value) <= 3.4e38;
  if (good) rule->constant = value;
  return good;
}

static gy_status set_missing(const reading *r, size_t j, const gy_missing_text *missing, bool is_named) {
  if (!fits(r, j, missing->way))
    return is_named ? misfit(r, j,
                             is_category(r, j) ? "mean or median; use mode, own, constant:VALUE or predict"
                                               : "category of its own; use median, constant:VALUE or predict")
                    : GY_OK;
  if (missing->constant != NULL && !set_constant(r, j, missing->constant))
    return is_named
               ? gy_fail(r->err, GY_EUSAGE, "%s %s: '%s' is no number", r->option, r->text, missing->constant)
               : GY_OK;
  r->rules[j].missing = missing->way;
  return GY_OK;
}

/* Every column it fits, or the one that is named. */
static gy_status read_missing(const reading *r, bool named_ones) {
  const char *way;
  size_t column = column_of(r, &way), n = r->table->n_columns + r->table->n_categories;
  if (named_ones != (column != SIZE_MAX)) return GY_OK;
  gy_missing_text missing;
  gy_error why = {0};
  gy_status status = gy_missing_parse(way, &missing, &why);
  if (status != GY_OK && column == SIZE_MAX && strchr(r->text, '=') != NULL) return no_such_column(r);
  if (status != GY_OK) return gy_fail(r->err, status, "%s %s: %s", r->option, r->text, why.text);
  if (column != SIZE_MAX) return set_missing(r, column, &missing, true);
  for (size_t j = 0; j < n && status == GY_OK; j++) status = set_missing(r, j, &missing, false);
  return status;
}

/* ---- outliers ---- */

static gy_status read_outliers(const reading *r, bool named_ones) {
  const char *way;
  size_t column = column_of(r, &way);
  if (named_ones != (column != SIZE_MAX)) return GY_OK;
  gy_preparation_rule rule = {0};
  gy_error why = {0};
  gy_status status = gy_outliers_parse(way, &rule, &why);
  if (status != GY_OK && column == SIZE_MAX && strchr(r->text, '=') != NULL) return no_such_column(r);
  if (status != GY_OK) return gy_fail(r->err, status, "%s %s: %s", r->option, r->text, why.text);
  if (column != SIZE_MAX && is_category(r, column)) return misfit(r, column, "outliers");
  for (size_t j = 0; j < r->table->n_columns; j++) {
    if (column != SIZE_MAX && column != j) continue;
    r->rules[j].outliers = rule.outliers;
    r->rules[j].at = rule.at;
  }
  return GY_OK;
}

/* ---- levels that rules add ---- */

/* What the column's constant was written as: the last that is for it. */
static const char *constant_of(const reading *r, const gy_cluster_options *options, size_t j) {
  const char *found = NULL;
  for (int named = 0; named < 2; named++)
    for (size_t i = 0; i < options->n_missing; i++) {
      reading one = *r;
      one.text = options->missing[i];
      const char *way;
      size_t column = column_of(&one, &way);
      gy_missing_text missing;
      if ((column == SIZE_MAX) == (named == 1) || (named == 1 && column != j)) continue;
      if (gy_missing_parse(way, &missing, NULL) == GY_OK && missing.constant != NULL)
        found = missing.constant;
    }
  return found;
}

/* What the code n_levels is called where a rule fills with it; NULL: none does. */
static const char *new_level(const reading *r, const gy_cluster_options *options, size_t j) {
  const gy_preparation_rule *rule = &r->rules[j];
  if (rule->missing == GY_MISSING_OWN) return "(missing)";
  bool is_new =
      rule->missing == GY_MISSING_CONSTANT && rule->constant == r->table->n_levels[j - r->table->n_columns];
  return is_new ? constant_of(r, options, j) : NULL;
}

gy_status gy_point_rules(const gy_point_table *table, const gy_cluster_options *options,
                         gy_preparation_rule *rules, const char **new_levels, gy_error *err) {
  size_t d = table->n_columns, n = d + table->n_categories;
  reading r = {.table = table, .rules = rules, .err = err};
  gy_status status = GY_OK;
  for (size_t j = 0; j < n; j++) rules[j] = gy_preparation_default(j >= d);
  for (int named = 0; named < 2 && status == GY_OK; named++) {
    r.option = "--missing";
    for (size_t i = 0; i < options->n_missing && status == GY_OK; i++) {
      r.text = options->missing[i];
      status = read_missing(&r, named == 1);
    }
    r.option = "--outliers";
    for (size_t i = 0; i < options->n_outliers && status == GY_OK; i++) {
      r.text = options->outliers[i];
      status = read_outliers(&r, named == 1);
    }
  }
  for (size_t j = d; j < n && status == GY_OK; j++) new_levels[j - d] = new_level(&r, options, j);
  return status;
}
