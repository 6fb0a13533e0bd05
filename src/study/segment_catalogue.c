/* SPDX-License-Identifier: Apache-2.0 */
#include "study/segment_catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "study/customer_scores.h"
#include "study/lifecycle_view.h"
#include "study/relations.h"

enum {
  MODELS_MAX = 1000,
  COLUMNS_MAX = 4096,
  TABLES_MAX = 16,
  VIEW_BYTES_MAX = 4 << 20,
  CATALOGUE_BYTES_MAX = 64 << 20
};

typedef struct maker {
  const gy_run_context *run;
  gy_engine *engine;
  gy_segment_catalogue *catalogue;
  gy_rule_column *columns; /* of the customer */
  size_t n;
  gy_error *err;
} maker;

static gy_status no_memory(gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory for the names that rules know");
}

/* ---- types ---- */

typedef struct storage_rule {
  const char *type; /* of the store; with a star: the beginning of one */
  gy_rule_storage storage;
  const char *form; /* NULL: as it is */
} storage_rule;

static const storage_rule STORAGES[] = {
    {"BIGINT", GY_RULE_AS_INTEGER, NULL},
    {"INTEGER", GY_RULE_AS_INTEGER, NULL},
    {"SMALLINT", GY_RULE_AS_INTEGER, NULL},
    {"TINYINT", GY_RULE_AS_INTEGER, NULL},
    {"UINTEGER", GY_RULE_AS_INTEGER, NULL},
    {"USMALLINT", GY_RULE_AS_INTEGER, NULL},
    {"UTINYINT", GY_RULE_AS_INTEGER, NULL},
    {"UBIGINT", GY_RULE_AS_INTEGER, "TRY_CAST(%s AS BIGINT)"},
    {"HUGEINT", GY_RULE_AS_INTEGER, "TRY_CAST(%s AS BIGINT)"},
    {"DECIMAL(18,4)", GY_RULE_AS_EXACT, NULL},
    {"DECIMAL*", GY_RULE_AS_EXACT, "TRY_CAST(%s AS DECIMAL(18, 4))"},
    {"DOUBLE", GY_RULE_AS_REAL, NULL},
    {"FLOAT", GY_RULE_AS_REAL, "CAST(%s AS DOUBLE)"},
    {"VARCHAR", GY_RULE_AS_TEXT, NULL},
    {"ENUM*", GY_RULE_AS_TEXT, "CAST(%s AS VARCHAR)"},
    {"BOOLEAN", GY_RULE_AS_BOOL, NULL},
    {"DATE", GY_RULE_AS_DATE, NULL},
    {"TIMESTAMP", GY_RULE_AS_TIMESTAMP, NULL},
    {"TIMESTAMP WITH TIME ZONE", GY_RULE_AS_TIMESTAMP, "timezone('UTC', %s)"},
    {"TIMESTAMP_*", GY_RULE_AS_TIMESTAMP, "CAST(%s AS TIMESTAMP)"},
};

static const storage_rule *storage_of(const char *type) {
  for (size_t i = 0; i < sizeof STORAGES / sizeof *STORAGES; i++) {
    size_t n = strlen(STORAGES[i].type);
    bool begins = STORAGES[i].type[n - 1] == '*';
    if (begins ? strncmp(type, STORAGES[i].type, n - 1) == 0 : strcmp(type, STORAGES[i].type) == 0)
      return &STORAGES[i];
  }
  return NULL;
}

/* ---- columns ---- */

static gy_status load_columns(const maker *m, const char *relation, json_t **rows) {
  gy_value name = gy_bind_text(relation);
  return gy_engine_json(m->engine, gy_sql("study/relation_columns"), &name, 1, NULL, rows, m->err);
}

static const char *keep(const maker *m, const char *text) {
  return gy_arena_strndup(&m->catalogue->arena, text, strlen(text));
}

/* The name in form NFC, as rules write it. */
static const char *name_of(const maker *m, const char *column) {
  utf8proc_uint8_t *nfc = utf8proc_NFC((const utf8proc_uint8_t *)column);
  const char *name = keep(m, nfc != NULL ? (const char *)nfc : column);
  free(nfc);
  return name;
}

static bool has_name(const gy_rule_column *columns, size_t n, const char *name) {
  for (size_t i = 0; i < n; i++)
    if (columns[i].kind == GY_RULE_ATTRIBUTE && strcmp(columns[i].name, name) == 0) return true;
  return false;
}

/* Appends ", expression AS name" for a column of the store and describes it; columns of other types, and
 * those whose name is taken, are left out. */
static gy_status put_column(const maker *m, gy_buffer *sql, const char *alias, const json_t *row,
                            gy_rule_column *columns, size_t *n) {
  const char *column = json_string_value(json_object_get(row, "column"));
  const storage_rule *rule = storage_of(json_string_value(json_object_get(row, "type")));
  const char *name = name_of(m, column), *copy = keep(m, column);
  if (name == NULL || copy == NULL) return no_memory(m->err);
  if (rule == NULL || *n >= COLUMNS_MAX || has_name(columns, *n, name)) return GY_OK;
  char *quoted = gy_sql_identifier(column), *from = NULL;
  if (quoted == NULL || asprintf(&from, "%s.%s", alias, quoted) < 0) {
    free(quoted);
    return no_memory(m->err);
  }
  gy_buffer_text(sql, ", ");
  const char *mark = rule->form != NULL ? strstr(rule->form, "%s") : NULL;
  if (mark != NULL)
    gy_buffer_printf(sql, "%.*s%s%s", (int)(mark - rule->form), rule->form, from, mark + 2);
  else
    gy_buffer_text(sql, from);
  gy_buffer_printf(sql, " AS %s", quoted);
  free(quoted);
  free(from);
  columns[(*n)++] = (gy_rule_column){.name = name, .storage = rule->storage, .sql_name = copy};
  return sql->failed ? no_memory(m->err) : GY_OK;
}

static bool is_one_of(const char *word, const char *const *words) {
  for (; *words != NULL; words++)
    if (strcmp(word, *words) == 0) return true;
  return false;
}

/* All columns of a relation but those named. */
static gy_status put_columns(const maker *m, gy_buffer *sql, const char *relation, const char *alias,
                             const char *const *without, gy_rule_column *columns, size_t *n) {
  json_t *rows = NULL, *row;
  gy_status status = load_columns(m, relation, &rows);
  size_t i;
  json_array_foreach(rows, i, row) {
    if (status != GY_OK) break;
    if (is_one_of(json_string_value(json_object_get(row, "column")), without)) continue;
    status = put_column(m, sql, alias, row, columns, n);
  }
  json_decref(rows);
  return status;
}

/* ---- customers ---- */

/* "(VALUES (0, 'Champions', '챔피언'), ...) AS alias": names of what the steps numbered from `first` on. */
static gy_status put_names(const maker *m, gy_buffer *sql, const json_t *items, int first,
                           const char *columns, bool korean) {
  gy_buffer_text(sql, "(VALUES ");
  size_t i, n = json_array_size(items);
  json_t *item;
  json_array_foreach(items, i, item) {
    const json_t *name = json_object_get(item, "name");
    const char *en = json_string_value(json_object_get(name, "en")),
               *ko = json_string_value(json_object_get(name, "ko"));
    char *one = gy_sql_literal(en != NULL ? en : ""), *other = gy_sql_literal(ko != NULL ? ko : "");
    if (one == NULL || other == NULL) sql->failed = true;
    gy_buffer_printf(sql, "%s(%d, %s", i > 0 ? ", " : "", first + (int)i, one != NULL ? one : "");
    if (korean) gy_buffer_printf(sql, ", %s", other != NULL ? other : "");
    gy_buffer_text(sql, ")");
    free(one);
    free(other);
  }
  if (n == 0) gy_buffer_text(sql, korean ? "(-1, '', '')" : "(-1, '')");
  gy_buffer_printf(sql, ") AS %s", columns);
  return sql->failed ? no_memory(m->err) : GY_OK;
}

/* Every name that a text can have, so that a misspelt one is refused. */
static void set_values(const maker *m, gy_rule_column *column, const json_t *items, const char *language) {
  size_t n = json_array_size(items), i, kept = 0;
  const char **values = gy_arena_calloc(&m->catalogue->arena, n + 1, sizeof *values);
  json_t *item;
  json_array_foreach(items, i, item) {
    const char *name = json_string_value(json_object_get(json_object_get(item, "name"), language));
    if (values == NULL || name == NULL || (values[kept] = name_of(m, name)) == NULL) return;
    kept++;
  }
  column->values = values;
  column->n_values = kept;
  column->is_nfc = true;
}

static gy_status describe_scores(maker *m, gy_buffer *sql) {
  static const char *const SCORES[] = {"recency_score", "frequency_score", "monetary_score"};
  const json_t *rfm = json_object_get(m->run->rfm, "segments"),
               *clusters = json_object_get(m->run->clusters, "clusters");
  for (size_t i = 0; i < 3; i++) {
    gy_buffer_printf(sql, ", r.%s", SCORES[i]);
    m->columns[m->n++] = (gy_rule_column){.name = SCORES[i], .storage = GY_RULE_AS_INTEGER};
  }
  gy_buffer_text(sql, ", r.rfm, r.rfm_ko, k.cluster_name");
  gy_rule_column *rfm_en = &m->columns[m->n++], *rfm_ko = &m->columns[m->n++], *cluster = &m->columns[m->n++];
  *rfm_en = (gy_rule_column){.name = "rfm", .storage = GY_RULE_AS_TEXT};
  *rfm_ko = (gy_rule_column){.name = "rfm_ko", .storage = GY_RULE_AS_TEXT};
  *cluster = (gy_rule_column){
      .name = "clusters", .kind = GY_RULE_CLUSTER, .storage = GY_RULE_AS_TEXT, .sql_name = "cluster_name"};
  set_values(m, rfm_en, rfm, "en");
  set_values(m, rfm_ko, rfm, "ko");
  set_values(m, cluster, clusters, "en");
  return sql->failed ? no_memory(m->err) : GY_OK;
}

static gy_status make_customers(maker *m) {
  static const char *const WITHOUT[] = {"customer_id", "customer_no", NULL};
  gy_buffer columns, rfm, clusters;
  gy_buffer_init(&columns, VIEW_BYTES_MAX);
  gy_buffer_init(&rfm, VIEW_BYTES_MAX);
  gy_buffer_init(&clusters, VIEW_BYTES_MAX);
  char *sql = NULL;
  gy_buffer_text(&columns, "f.customer_id");
  gy_status status = put_columns(m, &columns, "customer_features", "f", WITHOUT, m->columns, &m->n);
  if (status == GY_OK) status = describe_scores(m, &columns);
  if (status == GY_OK)
    status =
        put_names(m, &rfm, json_object_get(m->run->rfm, "segments"), 0, "n(segment, name, name_ko)", true);
  if (status == GY_OK)
    status =
        put_names(m, &clusters, json_object_get(m->run->clusters, "clusters"), 1, "c(cluster, name)", false);
  if (status == GY_OK) {
    const gy_sql_part parts[] = {
        {"columns", columns.data}, {"rfm_names", rfm.data}, {"cluster_names", clusters.data}};
    status = gy_sql_expand(gy_sql("segment/customers"), parts, 3, &sql, m->err);
  }
  if (status == GY_OK) status = gy_engine_execute(m->engine, sql, NULL, 0, NULL, NULL, NULL, m->err);
  gy_buffer_clear(&columns);
  gy_buffer_clear(&rfm);
  gy_buffer_clear(&clusters);
  free(sql);
  return status;
}

/* The clock moves them without any row of the customer changing. */
static gy_status make_lifecycle(maker *m, int64_t now_us) {
  static const struct {
    const char *name, *const *values;
  } COLUMNS[] = {{"lifecycle", GY_LIFECYCLE_NAMES}, {"lifecycle_ko", GY_LIFECYCLE_NAMES_KO}};
  for (size_t i = 0; i < 2; i++)
    m->columns[m->n++] = (gy_rule_column){.name = COLUMNS[i].name,
                                          .storage = GY_RULE_AS_TEXT,
                                          .relation = "segment_lifecycle",
                                          .values = COLUMNS[i].values,
                                          .n_values = GY_LIFECYCLE_STAGES,
                                          .is_nfc = true};
  return gy_lifecycle_show(m->run, now_us, m->err);
}

static gy_status make_scores(maker *m) {
  json_t *models = NULL, *row;
  gy_status status = gy_scores_list(m->engine, &models, m->err);
  size_t i;
  json_array_foreach(models, i, row) {
    if (status != GY_OK || i >= MODELS_MAX) break;
    char relation[40];
    const char *model = json_string_value(json_object_get(row, "model"));
    snprintf(relation, sizeof relation, "segment_scores_%zu", i);
    gy_rule_column *column = &m->columns[m->n++];
    *column = (gy_rule_column){.name = name_of(m, model),
                               .kind = GY_RULE_SCORE,
                               .storage = GY_RULE_AS_REAL,
                               .relation = keep(m, relation),
                               .sql_name = "score"};
    status = column->name != NULL && column->relation != NULL
                 ? gy_scores_show(m->engine, model, relation, m->err)
                 : no_memory(m->err);
  }
  json_decref(models);
  return status;
}

/* Columns of the table customers, which may say several things of one customer: then the least counts. */
static gy_status make_attributes(maker *m) {
  static const char *const WITHOUT[] = {"customer_id", NULL};
  int64_t repeated = 0;
  size_t first = m->n;
  gy_buffer sql;
  gy_buffer_init(&sql, VIEW_BYTES_MAX);
  gy_status status =
      gy_engine_int64(m->engine, "SELECT count(customer_id) - count(DISTINCT customer_id) FROM customers",
                      NULL, 0, &repeated, m->err);
  gy_buffer_text(&sql, "CREATE OR REPLACE TEMP VIEW segment_attributes AS SELECT c.customer_id");
  if (status == GY_OK) status = put_columns(m, &sql, "customers", "c", WITHOUT, m->columns, &m->n);
  gy_buffer_text(&sql, " FROM customers AS c WHERE c.customer_id IS NOT NULL");
  for (size_t i = first; i < m->n; i++) m->columns[i].relation = "segment_attributes";
  if (repeated > 0)
    gy_buffer_text(&sql, " QUALIFY row_number() OVER (PARTITION BY c.customer_id ORDER BY c) = 1");
  if (status == GY_OK && sql.failed) status = no_memory(m->err);
  if (status == GY_OK && m->n > first)
    status = gy_engine_execute(m->engine, sql.data, NULL, 0, NULL, NULL, NULL, m->err);
  gy_buffer_clear(&sql);
  return status;
}

/* ---- tables ---- */

typedef struct table_rule {
  const char *name, *relation, *source, *time, *condition;
} table_rule;

static gy_status make_orders(const gy_run_context *run, const char *lines, gy_error *err) {
  const gy_sql_part parts[] = {{"orders", run->orders_sql}, {"lines", lines}};
  char *sql = NULL;
  gy_status status = gy_sql_expand(gy_sql("segment/orders"), parts, 2, &sql, err);
  if (status == GY_OK) status = gy_engine_execute(run->project.engine, sql, NULL, 0, NULL, NULL, NULL, err);
  free(sql);
  return status;
}

static gy_status make_table(const maker *m, const table_rule *rule, gy_rule_table *table) {
  static const char *const WITHOUT[] = {"customer_id", "row_no", "flags", "gy_file", NULL};
  gy_rule_column *columns = gy_arena_calloc(&m->catalogue->arena, COLUMNS_MAX, sizeof *columns);
  if (columns == NULL) return no_memory(m->err);
  size_t n = 0;
  gy_buffer sql;
  gy_buffer_init(&sql, VIEW_BYTES_MAX);
  gy_buffer_printf(&sql, "CREATE OR REPLACE TEMP VIEW %s AS SELECT x.customer_id", rule->relation);
  gy_status status = put_columns(m, &sql, rule->source, "x", WITHOUT, columns, &n);
  gy_buffer_printf(&sql, " FROM %s AS x WHERE x.customer_id IS NOT NULL%s%s", rule->source,
                   rule->condition[0] != '\0' ? " AND " : "", rule->condition);
  if (status == GY_OK && sql.failed) status = no_memory(m->err);
  if (status == GY_OK) status = gy_engine_execute(m->engine, sql.data, NULL, 0, NULL, NULL, NULL, m->err);
  gy_buffer_clear(&sql);
  if (status != GY_OK) return status;
  *table = (gy_rule_table){.name = rule->name,
                           .relation = rule->relation,
                           .customer_id = "customer_id",
                           .time = has_name(columns, n, rule->time) ? rule->time : NULL,
                           .columns = columns,
                           .n_columns = n};
  return GY_OK;
}

static gy_status make_tables(const maker *m) {
  const table_rule RULES[] = {
      {"orders", "segment_table_orders", "segment_orders", "ordered_at", ""},
      {"order_lines", "segment_table_order_lines", "order_lines", "ordered_at", m->run->counts_sql},
      {"events", "segment_table_events", "events", "occurred_at", ""},
      {"engagements", "segment_table_engagements", "engagements", "occurred_at", ""},
      {"reviews", "segment_table_reviews", "reviews", "reviewed_at", ""},
      {"surveys", "segment_table_surveys", "surveys", "answered_at", ""},
      {"consents", "segment_table_consents", "consents", "decided_at", ""},
  };
  gy_rule_table *tables = gy_arena_calloc(&m->catalogue->arena, TABLES_MAX, sizeof *tables);
  size_t n = 0;
  gy_status status = tables != NULL ? make_orders(m->run, "order_lines", m->err) : no_memory(m->err);
  for (size_t i = 0; i < sizeof RULES / sizeof *RULES && status == GY_OK; i++) {
    json_t *rows = NULL;
    status = load_columns(m, RULES[i].source, &rows);
    bool is_there = json_array_size(rows) > 0;
    json_decref(rows);
    if (status == GY_OK && is_there) status = make_table(m, &RULES[i], &tables[n++]);
  }
  m->catalogue->rule.tables = tables;
  m->catalogue->rule.n_tables = n;
  return status;
}

/* ---- segments and macros ---- */

static gy_status list_segments(maker *m, const gy_segment_folder *folder) {
  m->catalogue->n_own = m->n;
  for (size_t i = 0; i < folder->n; i++) {
    char relation[40];
    snprintf(relation, sizeof relation, "segment_now_%zu", i);
    gy_rule_column *column = &m->columns[m->n++];
    *column = (gy_rule_column){.name = folder->entries[i].name,
                               .kind = GY_RULE_SEGMENT,
                               .storage = GY_RULE_AS_BOOL,
                               .relation = keep(m, relation),
                               .sql_name = "member"};
    if (column->relation == NULL) return no_memory(m->err);
  }
  gy_rule_macro *macros = gy_arena_calloc(&m->catalogue->arena, folder->macros.n_macros + 1, sizeof *macros);
  if (macros == NULL) return no_memory(m->err);
  for (uint32_t i = 0; i < folder->macros.n_macros; i++)
    macros[i] = (gy_rule_macro){folder->macros.macros[i].name, folder->macros.macros[i].rule};
  m->catalogue->rule.macros = macros;
  m->catalogue->rule.n_macros = folder->macros.n_macros;
  return GY_OK;
}

int64_t gy_segment_as_of(const gy_run_context *run) {
  return json_integer_value(json_object_get(run->totals, "as_of_us"));
}

gy_status gy_segment_catalogue_make(const gy_run_context *run, const gy_segment_folder *folder,
                                    int64_t now_us, gy_segment_catalogue *catalogue, gy_error *err) {
  *catalogue = (gy_segment_catalogue){0};
  gy_arena_init(&catalogue->arena, 0, CATALOGUE_BYTES_MAX);
  maker m = {.run = run, .engine = run->project.engine, .catalogue = catalogue, .err = err};
  m.columns =
      gy_arena_calloc(&catalogue->arena, 2 * COLUMNS_MAX + MODELS_MAX + 16 + folder->n, sizeof *m.columns);
  gy_status status = m.columns != NULL ? GY_OK : no_memory(err);
  if (status == GY_OK) status = gy_zone_load(run->project.config.timezone, &catalogue->zone, err);
  if (status == GY_OK) status = make_customers(&m);
  if (status == GY_OK) status = make_lifecycle(&m, now_us);
  if (status == GY_OK) status = make_scores(&m);
  if (status == GY_OK) status = make_attributes(&m);
  if (status == GY_OK) status = make_tables(&m);
  if (status == GY_OK) status = list_segments(&m, folder);
  if (status != GY_OK) return status;
  catalogue->rule.relation = "segment_customers";
  catalogue->rule.customer_id = "customer_id";
  catalogue->rule.columns = m.columns;
  catalogue->rule.n_columns = m.n;
  catalogue->clock.now_us = now_us;
  catalogue->clock.zone = catalogue->zone;
  return GY_OK;
}

/* The columns that the rules read, of x. */
static bool put_read(const gy_rule_set *set, size_t table, const gy_rule_table *t, gy_buffer *columns) {
  for (size_t i = 0; i < t->n_columns; i++) {
    bool is_time = t->time != NULL && strcmp(t->columns[i].name, t->time) == 0;
    if (!is_time && !gy_rule_set_reads_table_column(set, table, i)) continue;
    char *name =
        gy_sql_identifier(t->columns[i].sql_name != NULL ? t->columns[i].sql_name : t->columns[i].name);
    if (name == NULL) columns->failed = true;
    gy_buffer_printf(columns, "%sx.%s", columns->length > 0 ? ", " : "", name != NULL ? name : "");
    free(name);
  }
  if (columns->length == 0) gy_buffer_text(columns, "1 AS one");
  return !columns->failed;
}

static gy_status narrow_table(const gy_run_context *run, const gy_rule_set *set, size_t table,
                              const gy_rule_table *t, gy_error *err) {
  char few[40], *sql = NULL, *view = NULL;
  gy_buffer columns;
  snprintf(few, sizeof few, "segment_few_%zu", table);
  gy_buffer_init(&columns, VIEW_BYTES_MAX);
  gy_status status = put_read(set, table, t, &columns) ? GY_OK : no_memory(err);
  const gy_sql_part parts[] = {{"few", few}, {"columns", columns.data}, {"relation", t->relation}};
  if (status == GY_OK) status = gy_sql_expand(gy_sql("segment/rows_of_some"), parts, 3, &sql, err);
  if (status == GY_OK)
    status = gy_engine_execute(run->project.engine, sql, NULL, 0, NULL, run->task, NULL, err);
  if (status == GY_OK && asprintf(&view, "CREATE OR REPLACE TEMP VIEW %s AS FROM %s", t->relation, few) < 0) {
    view = NULL;
    status = no_memory(err);
  }
  if (status == GY_OK) status = gy_engine_execute(run->project.engine, view, NULL, 0, NULL, NULL, NULL, err);
  gy_buffer_clear(&columns);
  free(sql);
  free(view);
  return status;
}

gy_status gy_segment_catalogue_narrow(const gy_run_context *run, const gy_segment_catalogue *catalogue,
                                      const gy_rule_set *set, gy_error *err) {
  gy_status status =
      make_orders(run, "(SELECT * FROM order_lines SEMI JOIN segment_among USING (customer_id))", err);
  for (size_t t = 0; t < catalogue->rule.n_tables && status == GY_OK; t++)
    if (gy_rule_set_reads_table(set, t)) status = narrow_table(run, set, t, &catalogue->rule.tables[t], err);
  return status;
}

void gy_segment_catalogue_clear(gy_segment_catalogue *catalogue) {
  gy_zone_destroy(catalogue->zone);
  gy_arena_clear(&catalogue->arena);
  *catalogue = (gy_segment_catalogue){0};
}
