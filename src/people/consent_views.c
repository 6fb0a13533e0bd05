/* SPDX-License-Identifier: Apache-2.0 */
#include "people/consent_views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

enum { SQL_MAX = 4 << 20, PEOPLE_TABLES = 3 };

typedef struct maker {
  gy_engine *engine;
  const gy_project_config *config;
  json_t **columns;              /* of each source's relation; an empty list: there is none yet */
  json_t *people[PEOPLE_TABLES]; /* columns of the tables of identity, where there are such */
  gy_consent_shape shape;
} maker;

static gy_status no_memory(gy_error *err) { return gy_fail(err, GY_ENOMEM, "no memory for the consents"); }

static const char *member(const json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

static const char *type_of(const json_t *columns, const char *name) {
  size_t i;
  json_t *column;
  json_array_foreach(columns, i, column) {
    if (strcasecmp(member(column, "column"), name) == 0) return member(column, "type");
  }
  return NULL;
}

static bool is_key(const json_t *columns, const char *name) {
  const char *type = type_of(columns, name);
  return type != NULL && strcmp(type, "UUID") == 0;
}

static void put_name(gy_buffer *sql, const char *before, const char *name) {
  char *quoted = gy_sql_identifier(name);
  if (quoted == NULL) sql->failed = true;
  gy_buffer_printf(sql, "%s%s", before, quoted != NULL ? quoted : "");
  free(quoted);
}

static void put_relation(gy_buffer *sql, const char *source) {
  char relation[512];
  snprintf(relation, sizeof relation, "source_%s", source);
  put_name(sql, " FROM ", relation);
}

static void put_literal(gy_buffer *sql, const char *text) {
  char *literal = gy_sql_literal(text);
  if (literal == NULL) sql->failed = true;
  gy_buffer_text(sql, literal != NULL ? literal : "''");
  free(literal);
}

/* A column of the relation, or NULL of its type. */
static void put_column(gy_buffer *sql, const json_t *columns, const char *name, const char *type,
                       const char *as) {
  const char *own = type_of(columns, name);
  if (own != NULL && strcmp(own, type) == 0)
    gy_buffer_printf(sql, ", %s AS %s", name, as);
  else
    gy_buffer_printf(sql, ", CAST(%s AS %s) AS %s", own != NULL ? name : "NULL", type, as);
}

static void put_customer(const maker *m, gy_buffer *sql, const json_t *columns) {
  const char *own = type_of(columns, "customer_id"), *type = m->shape.ids_are_integers ? "BIGINT" : "VARCHAR";
  if (own != NULL && strcmp(own, type) == 0)
    gy_buffer_text(sql, "SELECT customer_id");
  else
    gy_buffer_printf(sql, "SELECT CAST(%s AS %s) AS customer_id", own != NULL ? "customer_id" : "NULL", type);
}

static void put_key(gy_buffer *sql, const json_t *columns, const char *name) {
  gy_buffer_printf(sql, ", %s AS %s", is_key(columns, name) ? name : "CAST(NULL AS UUID)", name);
}

/* A source of consents. Without a purpose its rows are about marketing, which is what lists without one are
 * kept for; analytics knows no channels. */
static void put_ledger(const maker *m, gy_buffer *sql, uint32_t source) {
  const json_t *columns = m->columns[source];
  bool has_purpose = type_of(columns, "purpose") != NULL, has_channel = type_of(columns, "channel") != NULL;
  put_customer(m, sql, columns);
  put_key(sql, columns, "email");
  put_key(sql, columns, "phone");
  gy_buffer_printf(sql, ", %s AS purpose", has_purpose ? "purpose" : "'marketing'");
  if (!has_channel)
    gy_buffer_text(sql, ", '*' AS channel");
  else
    gy_buffer_printf(sql, ", CASE WHEN %s channel IS NULL THEN '*' ELSE channel END AS channel",
                     has_purpose ? "purpose = 'analytics' OR" : "");
  put_column(sql, columns, "granted", "BOOLEAN", "granted");
  put_column(sql, columns, "decided_at", "TIMESTAMP", "decided_at");
  put_column(sql, columns, "source", "VARCHAR", "source");
  put_column(sql, columns, "text_version", "VARCHAR", "text_version");
  gy_buffer_text(sql, ", ");
  put_literal(sql, m->config->sources[source].name);
  gy_buffer_text(sql, " AS origin");
  put_relation(sql, m->config->sources[source].name);
}

/* One column of customers that is a consent; it was given when the customer joined, if that is known. */
static void put_wide(const maker *m, gy_buffer *sql, uint32_t source, const gy_column_role *column) {
  const gy_source_config *config = &m->config->sources[source];
  const json_t *columns = m->columns[source];
  bool is_any = column->purpose == GY_PURPOSE_ANALYTICS;
  put_customer(m, sql, columns);
  gy_buffer_printf(
      sql, ", CAST(NULL AS UUID) AS email, CAST(NULL AS UUID) AS phone, '%s' AS purpose, '%s' AS channel",
      gy_purpose_name(column->purpose), gy_channel_name(is_any ? GY_CHANNEL_ANY : column->channel));
  put_name(sql, ", CAST(", gy_column_role_target(config, column));
  gy_buffer_text(sql, " AS BOOLEAN) AS granted");
  put_column(sql, columns, "signed_up_at", "TIMESTAMP", "decided_at");
  gy_buffer_text(sql, ", CAST(NULL AS VARCHAR) AS source, CAST(NULL AS VARCHAR) AS text_version, ");
  put_literal(sql, config->name);
  gy_buffer_text(sql, " AS origin");
  put_relation(sql, config->name);
  put_name(sql, " WHERE ", gy_column_role_target(config, column));
  gy_buffer_text(sql, " IS NOT NULL");
}

static void put_rows(maker *m, gy_buffer *sql) {
  for (uint32_t i = 0; i < m->config->n_sources; i++) {
    const gy_source_config *source = &m->config->sources[i];
    const json_t *columns = m->columns[i];
    if (source->target == GY_TARGET_CONSENTS && type_of(columns, "granted") != NULL) {
      put_ledger(m, sql, i);
      gy_buffer_text(sql, " UNION ALL ");
      m->shape.has_rows = true;
      m->shape.has_keys = m->shape.has_keys || is_key(columns, "email") || is_key(columns, "phone");
    }
    for (uint32_t c = 0; c < source->n_columns; c++) {
      const char *name = gy_column_role_target(source, &source->columns[c]);
      if (source->columns[c].role != GY_ROLE_CONSENT || type_of(columns, name) == NULL) continue;
      put_wide(m, sql, i, &source->columns[c]);
      gy_buffer_text(sql, " UNION ALL ");
      m->shape.has_rows = true;
    }
  }
  gy_buffer_printf(
      sql,
      "SELECT %s AS customer_id, email, phone, purpose, CASE WHEN purpose = 'analytics' THEN '*' ELSE "
      "channel END AS channel, granted, decided_at, source, text_version, origin FROM consent_ledger",
      m->shape.ids_are_integers ? "TRY_CAST(customer_id AS BIGINT)" : "customer_id");
}

/* Whose address or number: what sources say that know both it and the customer. */
static void put_keys(maker *m, gy_buffer *sql) {
  static const char *const KINDS[] = {"email", "phone"};
  for (uint32_t i = 0; i < m->config->n_sources; i++) {
    const json_t *columns = m->columns[i];
    if (type_of(columns, "customer_id") == NULL) continue;
    for (int k = 0; k < 2; k++) {
      if (!is_key(columns, KINDS[k])) continue;
      gy_buffer_printf(sql, "SELECT '%s' AS kind, %s AS key, customer_id FROM (", KINDS[k], KINDS[k]);
      put_customer(m, sql, columns);
      gy_buffer_printf(sql, ", %s", KINDS[k]);
      put_relation(sql, m->config->sources[i].name);
      gy_buffer_printf(sql, ") WHERE %s IS NOT NULL AND customer_id IS NOT NULL UNION ALL ", KINDS[k]);
    }
  }
  for (int k = 0; k < 2; k++) /* guests too, whom no customer id tells */
    if (type_of(m->people[1 + k], "person") != NULL)
      gy_buffer_printf(
          sql,
          "SELECT '%s' AS kind, CAST(key AS UUID) AS key, CAST(person AS %s) AS customer_id FROM "
          "person_by_%s WHERE person IS NOT NULL UNION ALL ",
          KINDS[k], m->shape.ids_are_integers ? "BIGINT" : "VARCHAR", KINDS[k]);
  gy_buffer_printf(
      sql, "SELECT 'email' AS kind, CAST(NULL AS UUID) AS key, CAST(NULL AS %s) AS customer_id WHERE false",
      m->shape.ids_are_integers ? "BIGINT" : "VARCHAR");
}

static gy_status create(maker *m, const char *view, void (*put)(maker *, gy_buffer *), gy_error *err) {
  gy_buffer sql;
  gy_buffer_init(&sql, SQL_MAX);
  gy_buffer_printf(&sql, "CREATE OR REPLACE VIEW %s AS ", view);
  put(m, &sql);
  gy_status status =
      sql.failed ? no_memory(err) : gy_engine_execute(m->engine, sql.data, NULL, 0, NULL, NULL, NULL, err);
  gy_buffer_clear(&sql);
  return status;
}

static gy_status count_ledger(maker *m, gy_error *err) {
  int64_t n_rows = 0, n_keys = 0;
  gy_status status = gy_engine_int64(m->engine, "SELECT count(*) FROM consent_ledger", NULL, 0, &n_rows, err);
  if (status == GY_OK)
    status = gy_engine_int64(m->engine, "SELECT count(coalesce(email, phone)) FROM consent_ledger", NULL, 0,
                             &n_keys, err);
  m->shape.has_rows = n_rows > 0;
  m->shape.has_keys = n_keys > 0;
  return status;
}

/* What identity found: who has several customer ids, and whose addresses and numbers are known. */
static gy_status describe_people(maker *m, gy_error *err) {
  static const char *const TABLES[PEOPLE_TABLES] = {"person_aliases", "person_by_email", "person_by_phone"};
  gy_status status = GY_OK;
  for (int i = 0; i < PEOPLE_TABLES && status == GY_OK; i++) {
    gy_value name = gy_bind_text(TABLES[i]);
    status = gy_engine_json(m->engine, gy_sql("study/relation_columns"), &name, 1, NULL, &m->people[i], err);
    const char *type = type_of(m->people[i], "person");
    if (type != NULL && strcmp(type, "BIGINT") != 0) m->shape.ids_are_integers = false;
  }
  int64_t n_aliases = 0;
  if (status == GY_OK && type_of(m->people[0], "person") != NULL)
    status = gy_engine_int64(m->engine, "SELECT count(*) FROM person_aliases", NULL, 0, &n_aliases, err);
  m->shape.has_aliases = n_aliases > 0;
  return status;
}

static gy_status describe(maker *m, gy_error *err) {
  m->shape.ids_are_integers = true;
  for (uint32_t i = 0; i < m->config->n_sources; i++) {
    char relation[512];
    snprintf(relation, sizeof relation, "source_%s", m->config->sources[i].name);
    gy_value name = gy_bind_text(relation);
    gy_status status =
        gy_engine_json(m->engine, gy_sql("study/relation_columns"), &name, 1, NULL, &m->columns[i], err);
    if (status != GY_OK) return status;
    const char *type = type_of(m->columns[i], "customer_id");
    if (type != NULL && strcmp(type, "BIGINT") != 0) m->shape.ids_are_integers = false;
  }
  gy_status status = describe_people(m, err);
  return status == GY_OK ? count_ledger(m, err) : status;
}

const char *gy_consent_person_sql(const gy_consent_shape *shape, bool of_key) {
#define PERSON_OF(column)                                                                                 \
  "coalesce((SELECT any_value(a.person) FROM person_aliases AS a WHERE CAST(a.customer_id AS VARCHAR) = " \
  "CAST(" column " AS VARCHAR)), " column ")"
  if (!shape->has_aliases) return of_key ? "k.customer_id" : "r.customer_id";
  return of_key ? PERSON_OF("k.customer_id") : PERSON_OF("r.customer_id");
#undef PERSON_OF
}

const char *gy_consent_moment_sql(int64_t at_us, char out[GY_CONSENT_MOMENT_MAX]) {
  snprintf(out, GY_CONSENT_MOMENT_MAX, "make_timestamp(%lld)", (long long)at_us);
  return out;
}

static gy_status execute_each(gy_engine *engine, const char *const *files, int n, const gy_task *task,
                              gy_error *err) {
  gy_status status = GY_OK;
  for (int i = 0; i < n && status == GY_OK; i++)
    status = gy_engine_execute(engine, gy_sql(files[i]), NULL, 0, NULL, task, NULL, err);
  return status;
}

static gy_status create_states(const maker *m, const gy_task *task, gy_error *err) {
  const gy_consent_shape *shape = &m->shape;
  bool is_plain = !shape->has_keys && !shape->has_aliases;
  const char *type = shape->ids_are_integers ? "BIGINT" : "VARCHAR";
  char shared[256] = "SELECT customer_id FROM consent_keys WHERE false";
  if (shape->has_aliases)
    snprintf(shared, sizeof shared,
             "SELECT CAST(customer_id AS %s) FROM person_aliases UNION SELECT CAST(person AS %s) FROM "
             "person_aliases",
             type, type);
  gy_sql_part parts[] = {{"person", gy_consent_person_sql(shape, false)},
                         {"key_person", gy_consent_person_sql(shape, true)},
                         {"shared", shared}};
  char *sql = NULL;
  static const char *const WEIGHTS[] = {"people/consent_weighed", "people/consent_unweighed"};
  gy_status status = execute_each(m->engine, WEIGHTS, 2, task, err);
  if (status == GY_OK)
    status = gy_sql_expand(gy_sql(is_plain ? "people/consent_states" : "people/consent_states_of_keys"),
                           parts, 3, &sql, err);
  if (status == GY_OK) status = gy_engine_execute(m->engine, sql, NULL, 0, NULL, task, NULL, err);
  free(sql);
  static const char *const VIEWS[] = {"people/consent_at", "people/consent_now"};
  return status == GY_OK ? execute_each(m->engine, VIEWS, 2, task, err) : status;
}

static gy_status maker_init(maker *m, gy_engine *engine, const gy_project_config *config, gy_error *err) {
  *m = (maker){
      .engine = engine, .config = config, .columns = calloc(config->n_sources + 1, sizeof *m->columns)};
  return m->columns != NULL ? describe(m, err) : no_memory(err);
}

static void maker_clear(maker *m) {
  for (uint32_t i = 0; m->columns != NULL && i < m->config->n_sources; i++) json_decref(m->columns[i]);
  free(m->columns);
  for (int i = 0; i < PEOPLE_TABLES; i++) json_decref(m->people[i]);
}

gy_status gy_consent_shape_read(gy_engine *engine, const gy_project_config *config, gy_consent_shape *shape,
                                gy_error *err) {
  maker m;
  gy_status status = maker_init(&m, engine, config, err);
  if (status == GY_OK) *shape = m.shape;
  maker_clear(&m);
  return status;
}

gy_status gy_consent_views_create(gy_engine *engine, const gy_project_config *config, const gy_task *task,
                                  gy_consent_shape *shape, gy_error *err) {
  maker m;
  gy_status status = maker_init(&m, engine, config, err);
  if (status == GY_OK) status = gy_task_check(task, err);
  if (status == GY_OK) status = create(&m, "consent_rows", put_rows, err);
  if (status == GY_OK) status = create(&m, "consent_keys", put_keys, err);
  if (status == GY_OK) status = create_states(&m, task, err);
  if (status == GY_OK) *shape = m.shape;
  maker_clear(&m);
  return status;
}
