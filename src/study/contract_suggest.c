/* SPDX-License-Identifier: Apache-2.0 */
#include "study/contract_suggest.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/role_kinds.h"
#include "study/canonical_views.h"

enum {
  LEAST_ROWS = 20,       /* fewer say nothing */
  SET_MOST = 20,         /* values of a set */
  ROWS_A_VALUE = 25,     /* that each value of a set stands for at least, on average */
  VALUE_BYTES_MOST = 64, /* of a value of a set */
  FORMS_MOST = 64,
  FRESH_DAYS = 30, /* sources older than this are not kept up */
};
static const double SLACK = 1.5; /* of the span that nearly all numbers lie in, at both ends */
static const char THRESHOLD[] = "5%",
                  ROW_CHANGE[] = "50%"; /* a file that lost half of its rows, or doubled */

typedef struct {
  gy_engine *engine;
  const gy_project_config *project;
  const gy_source_config *source;
  int64_t now_us;
  const gy_task *task;
  gy_suggestions *made;
  char *relation; /* quoted */
  json_t *types;  /* target -> SQL type */
  int64_t n_rows;
} suggester;

/* One column while it is looked at. */
typedef struct {
  const gy_column_role *role;
  const char *type;
  char *quoted;
  int64_t present, distincts;
  bool is_unique;
} looked_at;

static gy_status spent(gy_error *err) { return gy_fail(err, GY_ENOMEM, "no memory to look for contracts"); }

static gy_status ask(const suggester *s, const char *query, const char *column, json_t **rows,
                     gy_error *err) {
  const gy_sql_part parts[] = {{"relation", s->relation}, {"column", column}};
  char *sql = NULL;
  gy_status status = gy_sql_expand(gy_sql(query), parts, 2, &sql, err);
  if (status == GY_OK) status = gy_engine_json(s->engine, sql, NULL, 0, s->task, rows, err);
  free(sql);
  return status;
}

/* ---- the list ---- */

static const gy_column_role *meant(const suggester *s, const char *name) {
  return name != NULL ? gy_source_config_column(s->source, name, NULL) : NULL;
}

static bool is_there(const suggester *s, const gy_contract_config *one) {
  for (uint32_t i = 0; i < s->source->n_contracts; i++) {
    const gy_contract_config *own = &s->source->contracts[i];
    bool same = own->rule == one->rule && own->n_columns == one->n_columns &&
                meant(s, own->column) == meant(s, one->column);
    for (uint32_t c = 0; c < one->n_columns && same; c++)
      same = meant(s, own->columns[c]) == meant(s, one->columns[c]);
    if (same) return true;
  }
  return false;
}

static char *keep(const suggester *s, const char *text) {
  return gy_arena_strndup(&s->made->arena, text, strlen(text));
}

static gy_status add(suggester *s, gy_contract_config one, gy_error *err) {
  gy_suggestions *made = s->made;
  if (is_there(s, &one) || made->n == GY_CONTRACTS_MAX) return GY_OK;
  if (gy_contract_is_of_rows(one.rule)) one.threshold = keep(s, THRESHOLD);
  one.severity = GY_SEVERITY_WARN;
  gy_contract_config *list = gy_arena_calloc(&made->arena, made->n + 1, sizeof *list);
  if (list == NULL) return spent(err);
  if (made->n > 0) memcpy(list, made->list, made->n * sizeof *list);
  list[made->n++] = one;
  made->list = list;
  return GY_OK;
}

/* ---- rules on one column ---- */

static gy_status suggest_unique(suggester *s, looked_at *c, gy_error *err) {
  /* The count of distinct values is off by up to a third now and then; whether they are unique is then
   * counted. */
  bool about = c->present >= LEAST_ROWS && (double)c->distincts > 0.5 * (double)c->present;
  char *present = NULL, *sql = NULL;
  int64_t doubles = 1;
  if (!about) return GY_OK;
  gy_status status = asprintf(&present, "%s IS NOT NULL", c->quoted) >= 0 ? GY_OK : spent(err);
  const gy_sql_part parts[] = {{"relation", s->relation}, {"columns", c->quoted}, {"present", present}};
  if (status == GY_OK) status = gy_sql_expand(gy_sql("contract/doubles_count"), parts, 3, &sql, err);
  if (status == GY_OK) status = gy_engine_int64(s->engine, sql, NULL, 0, &doubles, err);
  c->is_unique = status == GY_OK && doubles == 0;
  if (c->is_unique)
    status = add(s, (gy_contract_config){.rule = GY_RULE_UNIQUE, .column = c->role->column}, err);
  free(sql);
  free(present);
  return status;
}

/* Texts of projects that keep free text as it is (privacy.free_text: keep). */
static bool names_somebody(const char *text) {
  gy_identifier_span span;
  return gy_identifier_find(text, strlen(text), 0, &span);
}

static gy_status suggest_set(suggester *s, const looked_at *c, bool *found, gy_error *err) {
  json_t *rows = NULL, *row;
  *found = false;
  if (c->present < (int64_t)ROWS_A_VALUE * c->distincts || c->distincts > SET_MOST + 5) return GY_OK;
  gy_status status = ask(s, "contract/column_values", c->quoted, &rows, err);
  size_t n = json_array_size(rows), i;
  bool fits = status == GY_OK && n > 0 && n <= SET_MOST && c->present >= (int64_t)(ROWS_A_VALUE * n);
  char **values = fits ? gy_arena_calloc(&s->made->arena, n, sizeof *values) : NULL;
  json_array_foreach(rows, i, row) {
    const char *value = json_string_value(json_object_get(row, "value"));
    fits = fits && value != NULL && strlen(value) <= VALUE_BYTES_MOST && !names_somebody(value);
    if (fits && values != NULL) values[i] = keep(s, value);
  }
  if (fits && values == NULL) status = spent(err);
  if (status == GY_OK && fits) {
    *found = true;
    status =
        add(s,
            (gy_contract_config){
                .rule = GY_RULE_SET, .column = c->role->column, .values = values, .n_values = (uint32_t)n},
            err);
  }
  json_decref(rows);
  return status;
}

static gy_status suggest_pattern(suggester *s, const looked_at *c, gy_error *err) {
  json_t *rows = NULL, *row;
  gy_status status = ask(s, "contract/column_forms", c->quoted, &rows, err);
  const char *forms[FORMS_MOST + 1];
  size_t n = json_array_size(rows), i;
  json_array_foreach(rows, i, row) { forms[i] = json_string_value(json_object_get(row, "form")); }
  char *pattern = status == GY_OK && n > 0 && n <= FORMS_MOST ? gy_pattern_of_forms(forms, n) : NULL;
  if (pattern != NULL)
    status = add(
        s,
        (gy_contract_config){.rule = GY_RULE_PATTERN, .column = c->role->column, .pattern = keep(s, pattern)},
        err);
  free(pattern);
  json_decref(rows);
  return status;
}

/* Decimals kept as text; whole numbers may as well be codes, of which a form says more. */
static gy_status suggest_number(suggester *s, const looked_at *c, bool *found, gy_error *err) {
  json_t *rows = NULL;
  gy_status status = ask(s, "contract/column_numbers", c->quoted, &rows, err);
  const json_t *row = json_array_get(rows, 0);
  *found = status == GY_OK && json_integer_value(json_object_get(row, "others")) == 0 &&
           json_integer_value(json_object_get(row, "decimals")) > 0;
  json_decref(rows);
  if (!*found) return status;
  return add(
      s, (gy_contract_config){.rule = GY_RULE_TYPE, .column = c->role->column, .type = GY_RULE_TYPE_NUMBER},
      err);
}

/* To two digits, away from the middle. */
static double rounded(double value, bool up) {
  if (value == 0) return 0;
  double unit = pow(10, floor(log10(fabs(value))) - 1);
  if (unit < 0.01) unit = 0.01;
  return (up ? ceil(value / unit) : floor(value / unit)) * unit;
}

static char *number_text(const suggester *s, double value) {
  char text[64];
  snprintf(text, sizeof text, "%.2f", value);
  char *end = text + strlen(text);
  while (end[-1] == '0') *--end = '\0';
  if (end[-1] == '.') end[-1] = '\0';
  return keep(s, text);
}

static gy_status suggest_range(suggester *s, const looked_at *c, gy_error *err) {
  json_t *rows = NULL;
  gy_status status = ask(s, "contract/column_range", c->quoted, &rows, err);
  const json_t *row = json_array_get(rows, 0);
  double least = json_number_value(json_object_get(row, "least")),
         most = json_number_value(json_object_get(row, "most")),
         low = json_number_value(json_object_get(row, "low")),
         high = json_number_value(json_object_get(row, "high"));
  json_decref(rows);
  if (status != GY_OK || fabs(least) > 1e13 || fabs(most) > 1e13) return status;
  double slack = SLACK * (high - low), from = fmin(least, low - slack), to = fmax(most, high + slack);
  if (least >= 0 && from < 0) from = 0;
  if (least > 0 && from <= 0) from = fmin(least, 1);
  if (most <= 0 && to > 0) to = 0;
  gy_contract_config range = {.rule = GY_RULE_RANGE, .column = c->role->column};
  range.min = number_text(s, rounded(from, false));
  range.max = number_text(s, rounded(to, true));
  return range.min != NULL && range.max != NULL ? add(s, range, err) : spent(err);
}

static gy_status suggest_times(suggester *s, const looked_at *c, gy_error *err) {
  json_t *rows = NULL;
  gy_status status = ask(s, "contract/column_times", c->quoted, &rows, err);
  const json_t *row = json_array_get(rows, 0);
  int64_t newest = json_integer_value(json_object_get(row, "newest_us")), day_us = INT64_C(86400000000);
  char from[32];
  snprintf(from, sizeof from, "%04lld-01-01",
           (long long)json_integer_value(json_object_get(row, "year")) - 1);
  gy_contract_config window = {.rule = GY_RULE_WINDOW, .column = c->role->column, .from = keep(s, from)};
  if (newest <= s->now_us) window.to = keep(s, "now");
  if (status == GY_OK) status = add(s, window, err);
  bool is_kept_up = newest <= s->now_us && newest > s->now_us - FRESH_DAYS * day_us;
  if (status == GY_OK && is_kept_up)
    status = add(
        s, (gy_contract_config){.rule = GY_RULE_FRESH, .column = c->role->column, .days = FRESH_DAYS}, err);
  json_decref(rows);
  return status;
}

/* ---- keys of other sources ---- */

static bool is_joining(gy_role role) {
  return role == GY_ROLE_CUSTOMER || role == GY_ROLE_ORDER || role == GY_ROLE_PRODUCT;
}

/* The table that a joining role is the key of. */
static gy_target table_of(gy_role role) {
  return role == GY_ROLE_CUSTOMER  ? GY_TARGET_CUSTOMERS
         : role == GY_ROLE_PRODUCT ? GY_TARGET_PRODUCTS
                                   : GY_TARGET_ORDERS;
}

static gy_status count_orphans(const suggester *s, const looked_at *c, const gy_source_config *other,
                               const gy_column_role *key, int64_t *orphans, gy_error *err) {
  char *name = gy_source_relation(other->name), *relation = name != NULL ? gy_sql_identifier(name) : NULL;
  char *quoted = gy_sql_identifier(gy_column_role_target(other, key)), *cast = NULL, *sql = NULL;
  if (quoted == NULL || asprintf(&cast, "CAST(%s AS VARCHAR)", quoted) < 0) cast = NULL;
  const gy_sql_part parts[] = {
      {"relation", s->relation}, {"column", c->quoted}, {"other", relation}, {"key", cast}};
  gy_status status = relation != NULL && cast != NULL
                         ? gy_sql_expand(gy_sql("contract/orphans_count"), parts, 4, &sql, err)
                         : spent(err);
  if (status == GY_OK) status = gy_engine_int64(s->engine, sql, NULL, 0, orphans, err);
  free(name);
  free(relation);
  free(quoted);
  free(cast);
  free(sql);
  return status;
}

static gy_status suggest_foreign(suggester *s, const looked_at *c, gy_error *err) {
  gy_role role = c->role->role;
  gy_status status = GY_OK;
  if (!is_joining(role) || s->source->target == table_of(role)) return GY_OK;
  for (uint32_t i = 0; i < s->project->n_sources && status == GY_OK; i++) {
    const gy_source_config *other = &s->project->sources[i];
    const gy_column_role *key = gy_source_config_column(other, gy_role_name(role), NULL);
    int64_t orphans = 1;
    if (other->target != table_of(role) || key == NULL || key->role != role) continue;
    status = count_orphans(s, c, other, key, &orphans, err);
    if (status != GY_OK || orphans > 0) continue;
    char references[512];
    snprintf(references, sizeof references, "%s.%s", other->name, key->column);
    return add(s,
               (gy_contract_config){
                   .rule = GY_RULE_FOREIGN, .column = c->role->column, .references = keep(s, references)},
               err);
  }
  return status;
}

/* ---- a column, a source ---- */

static bool is_text(const looked_at *c) { return strcmp(c->type, "VARCHAR") == 0; }

/* Values that say who somebody is are in no rule, not even as pseudonyms. */
static bool is_of_person(gy_role role) {
  gy_identifier kind;
  return gy_role_identifier(role, &kind);
}

/* Two people may have a name or a home in common. */
static bool is_shared(gy_role role) { return role == GY_ROLE_PERSON_NAME || role == GY_ROLE_ADDRESS; }

static gy_status suggest_for(suggester *s, looked_at *c, gy_error *err) {
  bool is_set = false, is_time = strcmp(c->type, "TIMESTAMP") == 0;
  bool is_key = is_joining(c->role->role) || is_of_person(c->role->role),
       is_number = strcmp(c->type, "DECIMAL(18,4)") == 0;
  gy_status status = GY_OK;
  if (c->present == s->n_rows)
    status = add(s, (gy_contract_config){.rule = GY_RULE_REQUIRED, .column = c->role->column}, err);
  if (c->present < LEAST_ROWS) return status;
  bool may_be_unique = (is_key || is_text(c)) && !is_shared(c->role->role);
  if (status == GY_OK && may_be_unique) status = suggest_unique(s, c, err);
  if (status == GY_OK && is_text(c) && !c->is_unique && !is_key) status = suggest_set(s, c, &is_set, err);
  bool is_decimal = false;
  if (status == GY_OK && is_text(c) && !is_set) status = suggest_number(s, c, &is_decimal, err);
  if (status == GY_OK && is_text(c) && !is_set && !is_decimal) status = suggest_pattern(s, c, err);
  bool ranges = is_number || (!is_key && strcmp(c->type, "BIGINT") == 0);
  if (status == GY_OK && ranges) status = suggest_range(s, c, err);
  if (status == GY_OK && is_time) status = suggest_times(s, c, err);
  return status == GY_OK ? suggest_foreign(s, c, err) : status;
}

static gy_status look_at(suggester *s, const gy_column_role *role, gy_error *err) {
  const char *target = gy_column_role_target(s->source, role);
  looked_at c = {.role = role,
                 .type = json_string_value(json_object_get(s->types, target)),
                 .quoted = gy_sql_identifier(target)};
  json_t *rows = NULL;
  if (role->role == GY_ROLE_IGNORE || c.type == NULL) {
    free(c.quoted);
    return GY_OK;
  }
  gy_status status = c.quoted != NULL ? ask(s, "contract/column_profile", c.quoted, &rows, err) : spent(err);
  const json_t *row = json_array_get(rows, 0);
  s->n_rows = json_integer_value(json_object_get(row, "n"));
  c.present = json_integer_value(json_object_get(row, "present"));
  c.distincts = json_integer_value(json_object_get(row, "distincts"));
  json_decref(rows);
  if (status == GY_OK && s->n_rows >= LEAST_ROWS) status = suggest_for(s, &c, err);
  free(c.quoted);
  return status;
}

static gy_status load_types(suggester *s, const char *relation, gy_error *err) {
  gy_value name = gy_bind_text(relation);
  json_t *rows = NULL, *row;
  gy_status status =
      gy_engine_json(s->engine, gy_sql("study/relation_columns"), &name, 1, s->task, &rows, err);
  size_t i;
  s->types = json_object();
  json_array_foreach(rows, i, row) {
    json_object_set(s->types, json_string_value(json_object_get(row, "column")),
                    json_object_get(row, "type"));
  }
  json_decref(rows);
  return status;
}

gy_status gy_contracts_suggest(gy_engine *engine, const gy_project_config *project,
                               const gy_source_config *source, int64_t now_us, const gy_task *task,
                               gy_suggestions *suggestions, gy_error *err) {
  suggester s = {.engine = engine,
                 .project = project,
                 .source = source,
                 .now_us = now_us,
                 .task = task,
                 .made = suggestions};
  *suggestions = (gy_suggestions){0};
  gy_arena_init(&suggestions->arena, 0, 0);
  char *relation = gy_source_relation(source->name);
  s.relation = relation != NULL ? gy_sql_identifier(relation) : NULL;
  gy_status status = s.relation != NULL ? load_types(&s, relation, err) : spent(err);
  for (uint32_t i = 0; i < source->n_columns && status == GY_OK; i++)
    status = look_at(&s, &source->columns[i], err);
  if (status == GY_OK && s.n_rows >= LEAST_ROWS)
    status = add(&s, (gy_contract_config){.rule = GY_RULE_CHANGE, .percent = keep(&s, ROW_CHANGE)}, err);
  json_decref(s.types);
  free(s.relation);
  free(relation);
  return status;
}

void gy_suggestions_clear(gy_suggestions *suggestions) {
  gy_arena_clear(&suggestions->arena);
  *suggestions = (gy_suggestions){0};
}
