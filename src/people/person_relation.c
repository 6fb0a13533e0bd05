/* SPDX-License-Identifier: Apache-2.0 */
#include "people/person_relation.h"

#include <stdlib.h>

typedef struct {
  const gy_person_tables *tables;
  const gy_identity_config *config;
  const gy_identity_source *source;
  const char *person_type;
  bool attaches; /* cookies and devices too */
} relation;

static bool has(uint32_t set, gy_key_kind kind) { return (set >> kind & 1) != 0; }

static bool is_filled(const relation *r, gy_key_kind kind) {
  return kind != GY_KEY_CUSTOMER && r->source->types[kind] != NULL && has(r->tables->filled, kind) &&
         (gy_key_joins(kind) || r->attaches);
}

static bool is_timed(const relation *r, gy_key_kind kind) {
  return r->attaches && r->source->types[kind] != NULL && has(r->tables->timed, kind) &&
         r->source->time != NULL;
}

static void put_person(const relation *r, bool with_times, gy_buffer *sql) {
  bool knows_customer = r->source->types[GY_KEY_CUSTOMER] != NULL;
  gy_buffer_text(sql, "coalesce(");
  if (knows_customer && r->tables->has_alias) gy_buffer_text(sql, "alias.person, ");
  if (knows_customer) gy_buffer_printf(sql, "CAST(r.customer_id AS %s), ", r->person_type);
  for (uint32_t i = 0; i < r->config->n_keys; i++) {
    gy_key_kind kind = r->config->keys[i];
    if (is_filled(r, kind)) gy_buffer_printf(sql, "by_%s.person, ", gy_key_name(kind));
    if (with_times && is_timed(r, kind)) gy_buffer_printf(sql, "times_%s.person, ", gy_key_name(kind));
  }
  gy_buffer_printf(sql, "CAST(NULL AS %s))", r->person_type);
}

/* A row's key where it has no customer id, in the type that the key has in the project; else NULL. */
static void put_key(const relation *r, gy_key_kind kind, gy_buffer *sql) {
  if (r->source->types[GY_KEY_CUSTOMER] != NULL)
    gy_buffer_printf(sql, "(CASE WHEN r.customer_id IS NULL THEN CAST(r.%s AS %s) END)", gy_key_name(kind),
                     r->tables->types[kind]);
  else
    gy_buffer_printf(sql, "CAST(r.%s AS %s)", gy_key_name(kind), r->tables->types[kind]);
}

static void put_from(const relation *r, const char *name, bool with_times, gy_buffer *sql) {
  char *time = r->source->time != NULL ? gy_sql_identifier(r->source->time) : NULL;
  gy_buffer_printf(sql, " FROM %s AS r", name);
  if (r->source->types[GY_KEY_CUSTOMER] != NULL && r->tables->has_alias)
    gy_buffer_printf(sql,
                     " LEFT JOIN person_aliases AS alias ON alias.customer_id = CAST(r.customer_id AS %s)",
                     r->tables->types[GY_KEY_CUSTOMER]);
  for (uint32_t i = 0; i < r->config->n_keys; i++) {
    gy_key_kind kind = r->config->keys[i];
    const char *key = gy_key_name(kind);
    if (is_filled(r, kind)) {
      gy_buffer_printf(sql, " LEFT JOIN person_by_%s AS by_%s ON by_%s.key = ", key, key, key);
      put_key(r, kind, sql);
    }
    if (with_times && is_timed(r, kind)) {
      gy_buffer_printf(sql, " ASOF LEFT JOIN person_times_%s AS times_%s ON ", key, key);
      put_key(r, kind, sql);
      gy_buffer_printf(sql, " = times_%s.key AND r.%s >= times_%s.since", key, time != NULL ? time : "", key);
    }
  }
  if (r->source->time != NULL && time == NULL) sql->failed = true;
  free(time);
}

/* Rows whose cookie or device several people were known on. */
static void put_shared_condition(const relation *r, gy_buffer *sql) {
  const char *between = "";
  for (gy_key_kind kind = 0; kind < GY_KEY_COUNT; kind++) {
    if (!is_timed(r, kind)) continue;
    gy_buffer_printf(sql, "%scoalesce(", between);
    put_key(r, kind, sql);
    gy_buffer_printf(sql, " IN (SELECT key FROM person_times_%s), false)", gy_key_name(kind));
    between = " OR ";
  }
}

static void put_rows(const relation *r, const char *name, bool with_times, gy_buffer *sql) {
  if (r->source->types[GY_KEY_CUSTOMER] != NULL) {
    gy_buffer_text(sql, "SELECT r.* REPLACE (");
    put_person(r, with_times, sql);
    gy_buffer_text(sql, " AS customer_id)");
  } else {
    gy_buffer_text(sql, "SELECT r.*, ");
    put_person(r, with_times, sql);
    gy_buffer_text(sql, " AS customer_id");
  }
  put_from(r, name, with_times, sql);
}

static void put_sightings(const relation *r, const char *name, gy_key_kind key, gy_buffer *sql) {
  char *time = r->source->time != NULL ? gy_sql_identifier(r->source->time) : NULL;
  gy_buffer_printf(sql, "SELECT CAST(r.%s AS %s) AS key, %s%s AS seen_at, ", gy_key_name(key),
                   r->tables->types[key], time != NULL ? "r." : "",
                   time != NULL ? time : "CAST(NULL AS TIMESTAMP)");
  put_person(r, false, sql);
  gy_buffer_text(sql, " AS person");
  put_from(r, name, false, sql);
  gy_buffer_printf(sql, " WHERE r.%s IS NOT NULL", gy_key_name(key));
  free(time);
}

void gy_person_relation(const gy_person_tables *tables, const gy_identity_config *config,
                        const gy_identity_source *source, gy_key_kind key, gy_buffer *sql) {
  relation r = {tables, config, source, tables->is_text ? "VARCHAR" : "BIGINT", key == GY_KEY_COUNT};
  char *name = gy_sql_identifier(source->relation);
  bool any_timed = false;
  for (gy_key_kind kind = 0; kind < GY_KEY_COUNT; kind++) any_timed = any_timed || is_timed(&r, kind);
  if (name == NULL) {
    sql->failed = true;
  } else if (key != GY_KEY_COUNT) {
    put_sightings(&r, name, key, sql);
  } else {
    put_rows(&r, name, false, sql);
    if (any_timed) {
      gy_buffer_text(sql, " WHERE NOT (");
      put_shared_condition(&r, sql);
      gy_buffer_text(sql, ") UNION ALL ");
      put_rows(&r, name, true, sql);
      gy_buffer_text(sql, " WHERE ");
      put_shared_condition(&r, sql);
    }
  }
  free(name);
}

bool gy_person_relation_differs(const gy_person_tables *tables, const gy_identity_source *source) {
  if (!tables->active) return false;
  if (source->types[GY_KEY_CUSTOMER] != NULL && tables->has_alias) return true;
  for (gy_key_kind kind = 0; kind < GY_KEY_COUNT; kind++)
    if (source->types[kind] != NULL && (has(tables->filled, kind) || has(tables->timed, kind))) return true;
  return false;
}
