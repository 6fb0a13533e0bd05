/* SPDX-License-Identifier: Apache-2.0
 *
 * Contracts of gyeol.yaml: what each rule needs, that the columns it names are there, how it is written. */
#include "data/project_file_contracts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/contract_pattern.h"
#include "data/convert_time.h"
#include "data/project_file_schema.h"
#include "data/role_kinds.h"

/* ---- columns ---- */

const gy_column_role *gy_source_config_column(const gy_source_config *source, const char *name,
                                              const char **nearest) {
  if (nearest != NULL) *nearest = NULL;
  for (uint32_t i = 0; i < source->n_columns; i++)
    if (strcmp(source->columns[i].column, name) == 0) return &source->columns[i];
  for (uint32_t i = 0; i < source->n_columns; i++) {
    gy_role role = source->columns[i].role;
    if (gy_role_is_single(role) && strcmp(gy_role_name(role), name) == 0) return &source->columns[i];
  }
  if (nearest == NULL) return NULL;
  const char **names = calloc(2 * (size_t)source->n_columns + 1, sizeof *names);
  for (uint32_t i = 0; names != NULL && i < source->n_columns; i++) {
    names[2 * i] = source->columns[i].column;
    names[2 * i + 1] = gy_role_name(source->columns[i].role);
  }
  if (names != NULL) *nearest = gy_word_nearest(name, names, 2 * (size_t)source->n_columns);
  free(names);
  return NULL;
}

const char *gy_column_role_target(const gy_source_config *source, const gy_column_role *column) {
  const char *canonical = gy_role_column(column->role, source->target);
  return canonical != NULL ? canonical : column->own_name != NULL ? column->own_name : column->column;
}

bool gy_project_config_reference(const gy_project_config *config, const char *reference,
                                 const gy_source_config **source, const gy_column_role **column) {
  *source = NULL;
  *column = NULL;
  for (uint32_t i = 0; i < config->n_sources; i++) {
    const gy_source_config *each = &config->sources[i];
    size_t length = strlen(each->name);
    if (strncmp(reference, each->name, length) != 0 || reference[length] != '.') continue;
    *source = each;
    *column = gy_source_config_column(each, reference + length + 1, NULL);
    if (*column != NULL) return true;
  }
  return false;
}

/* ---- thresholds ---- */

/* "12", "0.5%": the number; NaN where it is none. */
static double read_number(const char *text, bool *is_percent) {
  char *end = NULL;
  bool starts = *text >= '0' && *text <= '9';
  double value = starts ? strtod(text, &end) : NAN;
  *is_percent = starts && *end == '%';
  if (*is_percent) end++;
  return starts && *end == '\0' && isfinite(value) ? value : NAN;
}

double gy_contract_threshold(const char *threshold, uint64_t n_rows) {
  if (threshold == NULL) return -1;
  bool is_percent;
  double value = read_number(threshold, &is_percent);
  return is_percent ? value / 100 * (double)n_rows : value;
}

/* ---- checks ---- */

typedef struct {
  gy_project_config *config;
  gy_yaml_tree *tree;
  gy_error *err;
  gy_source_config *source;
  gy_contract_config *contract;
  yaml_node_t *node; /* the contract's */
} contract_check;

static const char *rule_word(const contract_check *c) {
  return gy_word_of(&gy_rule_words, (int)c->contract->rule);
}

/* The line of the contract's `key`, else of the contract. */
static yaml_node_t *at(const contract_check *c, const char *key) {
  yaml_node_t *found = gy_yaml_tree_member(c->tree, c->node, key);
  return found != NULL ? found : c->node;
}

#define FAIL_AT(c, key, ...) gy_yaml_tree_fail((c)->tree, at(c, key), (c)->err, __VA_ARGS__)

enum {
  K_COLUMN = 1,
  K_COLUMNS = 2,
  K_TYPE = 4,
  K_MIN = 8,
  K_MAX = 16,
  K_VALUES = 32,
  K_PATTERN = 64,
  K_REFERENCES = 128,
  K_FROM = 256,
  K_TO = 512,
  K_DAYS = 1024,
  K_PERCENT = 2048,
};
static const char *const KEYS[] = {"column",  "columns",    "type", "min", "max",  "values",
                                   "pattern", "references", "from", "to",  "days", "percent"};
enum { N_KEYS = sizeof KEYS / sizeof *KEYS };

/* What a rule needs all of, and what it needs one of. */
static const struct {
  unsigned all, any;
} NEEDS[GY_RULE_COUNT] = {
    [GY_RULE_REQUIRED] = {K_COLUMN, 0},
    [GY_RULE_TYPE] = {K_COLUMN | K_TYPE, 0},
    [GY_RULE_RANGE] = {K_COLUMN, K_MIN | K_MAX},
    [GY_RULE_SET] = {K_COLUMN | K_VALUES, 0},
    [GY_RULE_PATTERN] = {K_COLUMN | K_PATTERN, 0},
    [GY_RULE_UNIQUE] = {0, K_COLUMN | K_COLUMNS},
    [GY_RULE_FOREIGN] = {K_COLUMN | K_REFERENCES, 0},
    [GY_RULE_WINDOW] = {K_COLUMN, K_FROM | K_TO},
    [GY_RULE_FRESH] = {K_COLUMN | K_DAYS, 0},
    [GY_RULE_CHANGE] = {K_PERCENT, 0},
};

static gy_status check_keys(const contract_check *c) {
  unsigned all = NEEDS[c->contract->rule].all, any = NEEDS[c->contract->rule].any, given = 0;
  char any_of[64] = "";
  for (size_t k = 0; k < N_KEYS; k++) {
    bool is_given = gy_yaml_tree_member(c->tree, c->node, KEYS[k]) != NULL;
    if (is_given) given |= 1u << k;
    if (is_given && !((all | any) >> k & 1))
      return FAIL_AT(c, KEYS[k], "a contract of rule %s takes no '%s'", rule_word(c), KEYS[k]);
    if (!is_given && (all >> k & 1))
      return FAIL_AT(c, "rule", "a contract of rule %s needs '%s'", rule_word(c), KEYS[k]);
    if (any >> k & 1)
      snprintf(any_of + strlen(any_of), sizeof any_of - strlen(any_of), "%s'%s'", *any_of ? " or " : "",
               KEYS[k]);
  }
  if (any != 0 && (given & any) == 0)
    return FAIL_AT(c, "rule", "a contract of rule %s needs %s", rule_word(c), any_of);
  if ((given & K_COLUMN) && (given & K_COLUMNS))
    return FAIL_AT(c, "columns", "name the key by 'column' or by 'columns', not by both");
  return GY_OK;
}

static bool is_time(gy_role role) { return gy_role_kind(role) == GY_IMPORT_TIME; }

static bool is_number(gy_role role) {
  gy_import_kind kind = gy_role_kind(role);
  return kind == GY_IMPORT_NUMBER || kind == GY_IMPORT_REAL;
}

/* Contracts see what is stored: of who a person is, equal values and missing ones. */
static bool holds_of_pseudonyms(gy_contract_kind rule) {
  return rule == GY_RULE_REQUIRED || rule == GY_RULE_UNIQUE || rule == GY_RULE_FOREIGN;
}

static gy_status check_column(const contract_check *c, const char *key, const char *name) {
  const char *meant = NULL;
  const gy_column_role *column = gy_source_config_column(c->source, name, &meant);
  gy_contract_kind rule = c->contract->rule;
  if (column == NULL)
    return FAIL_AT(c, key, "contract on source '%s': there is no column or role '%s'%s%s%s", c->source->name,
                   name, meant != NULL ? "; did you mean '" : ", see its columns", meant != NULL ? meant : "",
                   meant != NULL ? "'?" : "");
  if (!gy_role_is_read(column->role))
    return FAIL_AT(c, key, "column '%s' is ignored, so nothing can be said of it; make it an attribute",
                   name);
  if (gy_role_is_direct(column->role) && !holds_of_pseudonyms(rule))
    return FAIL_AT(
        c, key,
        "rule %s looks at texts, and '%s' of source '%s' is kept as pseudonyms (%s); use required, "
        "unique or foreign_key",
        rule_word(c), name, c->source->name, gy_role_name(column->role));
  bool of_times = rule == GY_RULE_WINDOW || rule == GY_RULE_FRESH;
  if (of_times && (is_number(column->role) || gy_role_is_single(column->role)) && !is_time(column->role))
    return FAIL_AT(c, key, "rule %s is for times, and '%s' is the %s", rule_word(c), name,
                   gy_role_name(column->role));
  bool of_others = rule == GY_RULE_RANGE || rule == GY_RULE_SET || rule == GY_RULE_PATTERN;
  if (of_others && is_time(column->role))
    return FAIL_AT(c, key, "rule %s is not for times; use window for '%s'", rule_word(c), name);
  return GY_OK;
}

static gy_status check_bound(const contract_check *c, const char *key, const char *text) {
  int64_t value;
  if (text == NULL) return GY_OK;
  gy_field field = gy_convert_number(text, strlen(text), GY_NUMBER_POINT, &value);
  if (field == GY_FIELD_VALUE) return GY_OK;
  return FAIL_AT(c, key, "%s '%s' is no number with at most four decimals", key, text);
}

static gy_status check_moment(const contract_check *c, const char *key, const char *text) {
  gy_written_time time;
  if (text == NULL || strcmp(text, "now") == 0 || strcmp(text, "as_of") == 0) return GY_OK;
  if (gy_convert_written_time(text, strlen(text), GY_TIME_YEAR_FIRST, &time) == GY_FIELD_VALUE) return GY_OK;
  return FAIL_AT(c, key,
                 "%s '%s' is no date; write now, as_of, a date as in 2011-12-10, or 2011-12-10 12:50:00", key,
                 text);
}

static gy_status check_range(const contract_check *c) {
  const gy_contract_config *k = c->contract;
  gy_status status = check_bound(c, "min", k->min);
  if (status == GY_OK) status = check_bound(c, "max", k->max);
  if (status != GY_OK || k->min == NULL || k->max == NULL) return status;
  int64_t least = 0, most = 0;
  (void)gy_convert_number(k->min, strlen(k->min), GY_NUMBER_POINT, &least);
  (void)gy_convert_number(k->max, strlen(k->max), GY_NUMBER_POINT, &most);
  return least <= most ? GY_OK : FAIL_AT(c, "max", "max %s is below min %s", k->max, k->min);
}

static gy_status check_reference(const contract_check *c) {
  const gy_source_config *source = NULL;
  const gy_column_role *column = NULL;
  const char *text = c->contract->references, *meant = NULL;
  if (gy_project_config_reference(c->config, text, &source, &column) && gy_role_is_read(column->role))
    return GY_OK;
  if (source != NULL) {
    const char *name = text + strlen(source->name) + 1;
    (void)gy_source_config_column(source, name, &meant);
    return FAIL_AT(c, "references", "references '%s': source '%s' has no column '%s' that is read%s%s%s",
                   text, source->name, name, meant != NULL ? "; did you mean '" : "",
                   meant != NULL ? meant : "", meant != NULL ? "'?" : "");
  }
  const char *names[GY_PROJECT_SOURCES_MAX];
  char first[64];
  for (uint32_t i = 0; i < c->config->n_sources; i++) names[i] = c->config->sources[i].name;
  snprintf(first, sizeof first, "%.*s", (int)strcspn(text, "."), text);
  meant = gy_word_nearest(first, names, c->config->n_sources);
  return FAIL_AT(c, "references", "references '%s' names no source; write SOURCE.COLUMN%s%s%s", text,
                 meant != NULL ? "; did you mean '" : "", meant != NULL ? meant : "",
                 meant != NULL ? "'?" : "");
}

static gy_status check_pattern(const contract_check *c) {
  gy_pattern *pattern = NULL;
  gy_error why = {0};
  gy_status status = gy_pattern_create(c->contract->pattern, &pattern, &why);
  gy_pattern_destroy(pattern);
  if (status == GY_ECONFIG) return FAIL_AT(c, "pattern", "%s", why.text);
  return status == GY_OK ? GY_OK : gy_fail(c->err, status, "%s", why.text);
}

static gy_status check_rule(const contract_check *c) {
  const gy_contract_config *k = c->contract;
  bool is_percent;
  gy_status status;
  switch (k->rule) {
    case GY_RULE_RANGE:
      return check_range(c);
    case GY_RULE_SET:
      return k->n_values > 0 ? GY_OK : FAIL_AT(c, "values", "values is empty; nothing could be in it");
    case GY_RULE_PATTERN:
      return check_pattern(c);
    case GY_RULE_UNIQUE:
      return k->column != NULL || k->n_columns > 0 ? GY_OK : FAIL_AT(c, "columns", "columns is empty");
    case GY_RULE_FOREIGN:
      return check_reference(c);
    case GY_RULE_WINDOW:
      status = check_moment(c, "from", k->from);
      return status == GY_OK ? check_moment(c, "to", k->to) : status;
    case GY_RULE_FRESH:
      return k->days >= 1 && k->days <= 36500 ? GY_OK
                                              : FAIL_AT(c, "days", "days must lie between 1 and 36500");
    case GY_RULE_CHANGE:
      return read_number(k->percent, &is_percent) > 0
                 ? GY_OK
                 : FAIL_AT(c, "percent", "percent '%s' is no number above 0, as in 20%%", k->percent);
    default:
      return GY_OK;
  }
}

static gy_status check_severity(const contract_check *c) {
  const gy_contract_config *k = c->contract;
  bool is_percent;
  if (k->severity == GY_SEVERITY_QUARANTINE && !gy_contract_is_of_rows(k->rule))
    return FAIL_AT(c, "severity",
                   "rule %s is about the source as a whole, so no row can be moved for it; use "
                   "warn or stop",
                   rule_word(c));
  if (k->threshold == NULL) return GY_OK;
  if (!gy_contract_is_of_rows(k->rule))
    return FAIL_AT(c, "threshold", "rule %s holds or does not, so it takes no threshold", rule_word(c));
  double value = read_number(k->threshold, &is_percent);
  if (!isnan(value) && (!is_percent || value <= 100)) return GY_OK;
  return FAIL_AT(c, "threshold",
                 "threshold '%s' is neither a number of rows, as in 100, nor a share, as in 1%%",
                 k->threshold);
}

/* ---- names ---- */

static bool is_taken(const contract_check *c, const char *name) {
  for (const gy_contract_config *each = c->source->contracts; each < c->contract; each++)
    if (strcmp(each->name, name) == 0) return true;
  return false;
}

static gy_status name_contract(const contract_check *c) {
  gy_contract_config *k = c->contract;
  if (k->name != NULL) {
    k->is_named = true;
    if (k->name[0] == '\0') return FAIL_AT(c, "name", "the name of a contract is empty; leave it out");
    return !is_taken(c, k->name)
               ? GY_OK
               : FAIL_AT(c, "name", "two contracts of source '%s' are named '%s'; rename one",
                         c->source->name, k->name);
  }
  gy_buffer name;
  gy_buffer_init(&name, 8192);
  gy_buffer_printf(&name, "%s(%s", rule_word(c), k->column != NULL ? k->column : "");
  for (uint32_t i = 0; i < k->n_columns; i++)
    gy_buffer_printf(&name, "%s%s", i > 0 ? ", " : "", k->columns[i]);
  gy_buffer_text(&name, ")");
  size_t length = name.length;
  for (int n = 2; !name.failed && is_taken(c, name.data); n++) {
    name.length = length;
    gy_buffer_printf(&name, " %d", n);
  }
  if (!name.failed) k->name = gy_arena_strndup(&c->config->arena, name.data, name.length);
  gy_buffer_clear(&name);
  return k->name != NULL ? GY_OK : gy_fail(c->err, GY_ENOMEM, "no memory for the contracts of the project");
}

static gy_status complete_contract(const contract_check *c) {
  const gy_contract_config *k = c->contract;
  gy_status status = check_keys(c);
  if (status == GY_OK && k->column != NULL) status = check_column(c, "column", k->column);
  for (uint32_t i = 0; i < k->n_columns && status == GY_OK; i++)
    status = check_column(c, "columns", k->columns[i]);
  if (status == GY_OK) status = check_rule(c);
  if (status == GY_OK) status = check_severity(c);
  return status == GY_OK ? name_contract(c) : status;
}

gy_status gy_project_contracts_complete(gy_project_config *config, gy_yaml_tree *tree, gy_error *err) {
  for (uint32_t i = 0; i < config->n_sources; i++) {
    gy_source_config *source = &config->sources[i];
    char path[48];
    snprintf(path, sizeof path, "sources.%u.contracts", i);
    yaml_node_t *list = source->n_contracts > 0 ? gy_yaml_tree_find(tree, path) : NULL;
    for (uint32_t j = 0; j < source->n_contracts; j++) {
      contract_check c = {config, tree, err, source, &source->contracts[j], gy_yaml_tree_item(tree, list, j)};
      gy_status status = complete_contract(&c);
      if (status != GY_OK) return status;
    }
  }
  return GY_OK;
}

/* ---- writing ---- */

static bool put_pair(gy_buffer *out, const char *key, const char *text) {
  if (text == NULL) return true;
  gy_buffer_printf(out, ", %s: ", key);
  const char *digits = text + (*text == '-');
  bool is_figure = *digits >= '0' && *digits <= '9' && digits[strspn(digits, "0123456789.-%")] == '\0';
  if (!is_figure) return gy_yaml_put_text(out, text);
  gy_buffer_text(out, text);
  return true;
}

static bool put_list(gy_buffer *out, const char *key, char *const *texts, uint32_t n) {
  bool good = true;
  for (uint32_t i = 0; i < n; i++) {
    if (i == 0) gy_buffer_printf(out, ", %s: [", key);
    if (i > 0) gy_buffer_text(out, ", ");
    good = gy_yaml_put_text(out, texts[i]) && good;
    if (i + 1 == n) gy_buffer_text(out, "]");
  }
  return good;
}

bool gy_contract_emit(const gy_contract_config *k, const char *indent, gy_buffer *out) {
  gy_buffer_printf(out, "%s- {rule: %s", indent, gy_word_of(&gy_rule_words, (int)k->rule));
  bool good = put_pair(out, "column", k->column);
  good = put_list(out, "columns", k->columns, k->n_columns) && good;
  if (k->type != GY_RULE_TYPE_NONE)
    gy_buffer_printf(out, ", type: %s", gy_word_of(&gy_rule_type_words, (int)k->type));
  good = put_pair(out, "min", k->min) && good;
  good = put_pair(out, "max", k->max) && good;
  good = put_list(out, "values", k->values, k->n_values) && good;
  good = put_pair(out, "pattern", k->pattern) && good;
  good = put_pair(out, "references", k->references) && good;
  good = put_pair(out, "from", k->from) && good;
  good = put_pair(out, "to", k->to) && good;
  if (k->days > 0) gy_buffer_printf(out, ", days: %u", k->days);
  good = put_pair(out, "percent", k->percent) && good;
  gy_buffer_printf(out, ", severity: %s", gy_word_of(&gy_severity_words, (int)k->severity));
  good = put_pair(out, "threshold", k->threshold) && good;
  if (k->is_named) good = put_pair(out, "name", k->name) && good;
  gy_buffer_text(out, "}\n");
  return good;
}
