/* SPDX-License-Identifier: Apache-2.0
 *
 * A person asks what is held on them. The log has the request before anything is opened. */
#include <stdlib.h>
#include <string.h>

#include <gyeol/subject.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/file.h"
#include "privacy/audit_log.h"
#include "study/consent_query.h"
#include "study/relations.h"
#include "study/store_vault.h"
#include "study/subject_file.h"

enum { SQL_MAX = 4 << 20 };

typedef struct request {
  gy_project project;
  gy_consent_shape shape;
  gy_person_reference who;
  const gy_task *task;
  json_t *keys, *tables, *file;
  gy_buffer list; /* the keys as a list of SQL */
} request;

static gy_status no_memory(gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory for what is held on a person");
}

static void put_literal(gy_buffer *sql, const char *before, const char *text) {
  char *literal = gy_sql_literal(text);
  if (literal == NULL) sql->failed = true;
  gy_buffer_printf(sql, "%s%s", before, literal != NULL ? literal : "''");
  free(literal);
}

static gy_status find_keys(request *r, gy_error *err) {
  gy_value person = gy_bind_text(r->who.person);
  size_t i;
  json_t *key;
  gy_status status =
      gy_engine_json(r->project.engine, gy_sql("people/subject_keys"), &person, 1, r->task, &r->keys, err);
  if (status == GY_OK && r->who.kind != GY_IDENTIFIER_CUSTOMER_ID && r->who.key[0] != '\0')
    json_array_append_new(
        r->keys, json_pack("{s:s, s:s}", "kind", gy_identifier_name(r->who.kind), "key", r->who.key));
  json_array_foreach(r->keys, i, key) {
    put_literal(&r->list, i > 0 ? ", " : "", json_string_value(json_object_get(key, "key")));
  }
  return status == GY_OK && r->list.failed ? no_memory(err) : status;
}

/* Where a row says its customer, that says whose it is: an address alone may be of two. */
static void put_condition(gy_buffer *sql, const char *columns, bool has_customer, const char *list) {
  char *copy = strdup(columns), *rest = NULL;
  if (copy == NULL) sql->failed = true;
  const char *between = has_customer ? "" : "false";
  if (has_customer) gy_buffer_printf(sql, "CAST(customer_id AS VARCHAR) IN (%s)", list);
  gy_buffer_text(sql, between);
  for (char *name = copy != NULL ? strtok_r(copy, " ", &rest) : NULL; name != NULL;
       name = strtok_r(NULL, " ", &rest)) {
    if (strcmp(name, "customer_id") == 0) continue;
    gy_buffer_printf(sql, " OR (%sCAST(%s AS VARCHAR) IN (%s))",
                     has_customer ? "customer_id IS NULL AND " : "", name, list);
  }
  free(copy);
}

static gy_status add_table(request *r, const json_t *relation, gy_error *err) {
  const char *name = json_string_value(json_object_get(relation, "relation"));
  char *quoted = gy_sql_identifier(name);
  gy_buffer sql;
  json_t *rows = NULL;
  gy_buffer_init(&sql, SQL_MAX);
  gy_buffer_printf(&sql, "SELECT * FROM %s WHERE ", quoted != NULL ? quoted : "");
  put_condition(&sql, json_string_value(json_object_get(relation, "columns")),
                json_is_true(json_object_get(relation, "has_customer")), r->list.data);
  gy_status status = sql.failed || quoted == NULL
                         ? no_memory(err)
                         : gy_engine_json(r->project.engine, sql.data, NULL, 0, r->task, &rows, err);
  if (status == GY_OK && json_array_size(rows) > 0) json_object_set(r->tables, name, rows);
  json_decref(rows);
  free(quoted);
  gy_buffer_clear(&sql);
  return status;
}

static gy_status add_tables(request *r, gy_error *err) {
  json_t *relations = NULL, *relation, *segments = NULL;
  gy_relation_kind scored = GY_RELATION_NONE;
  gy_value person = gy_bind_text(r->who.person);
  size_t i;
  r->tables = json_object();
  gy_status status = gy_engine_json(r->project.engine, gy_sql("people/subject_relations"), NULL, 0, r->task,
                                    &relations, err);
  json_array_foreach(relations, i, relation) {
    if (status == GY_OK) status = add_table(r, relation, err);
  }
  if (status == GY_OK) status = gy_relation_find(r->project.engine, "customer_clusters", &scored, err);
  if (status == GY_OK && scored == GY_RELATION_TABLE)
    status = gy_engine_json(r->project.engine, gy_sql("people/subject_segments"), &person, 1, NULL, &segments,
                            err);
  if (status == GY_OK && json_array_size(segments) > 0) json_object_set(r->tables, "segments", segments);
  json_decref(segments);
  json_decref(relations);
  return status;
}

static gy_status log_request(request *r, gy_error *err) {
  gy_key_ring *ring = NULL;
  if (!gy_project_has_vault(&r->project)) return GY_OK; /* nothing is under lock */
  char reference[GY_AUDIT_REFERENCE_CHARS + 1];
  gy_status status = gy_store_vault_check(&r->project, err);
  if (status == GY_OK) status = gy_project_ring(&r->project, false, &ring, err);
  if (status != GY_OK) return status;
  gy_audit_reference(ring, GY_IDENTIFIER_CUSTOMER_ID, r->who.person, strlen(r->who.person), reference);
  gy_audit_entry entry = {.action = "subject.export", .subject = reference};
  return gy_audit_append(ring, &entry, err);
}

static gy_status collect(request *r, const char *dir, const char *person, gy_error *err) {
  static const gy_consent_filter ALL = {-1, -1};
  json_t *consents = NULL, *originals = NULL, *rejects = NULL, *audit = NULL;
  char at[32];
  int64_t now_us = gy_clock_utc_us();
  gy_status status = gy_person_reference_read(&r->project, person, false, &r->who, err);
  if (status == GY_OK) status = gy_person_reference_find(r->project.engine, &r->shape, &r->who, err);
  if (status == GY_OK && r->who.person == NULL)
    status = gy_fail(err, GY_ENOTFOUND, "nothing is held in %s on anybody known by %s", dir, person);
  if (status == GY_OK) status = log_request(r, err);
  if (status == GY_OK) status = find_keys(r, err);
  if (status == GY_OK) status = add_tables(r, err);
  if (status == GY_OK)
    status = gy_consent_of_person(&r->project, &r->shape, &r->who, now_us, &ALL, &consents, err);
  if (status == GY_OK) status = gy_subject_originals(&r->project, r->tables, &originals, err);
  if (status == GY_OK) status = gy_subject_rejects(&r->project, r->keys, &rejects, err);
  if (status == GY_OK) status = gy_subject_audit(&r->project, r->keys, &audit, err);
  if (status == GY_OK) {
    gy_clock_rfc3339(now_us, at);
    r->file = json_pack("{s:s, s:s, s:s, s:O, s:O, s:O, s:O, s:O, s:O}", "project", r->project.config.name,
                        "person", r->who.person, "at", at, "known_by", r->keys, "originals", originals,
                        "consents", consents, "tables", r->tables, "rejected", rejects, "audit", audit);
    if (r->file == NULL) status = no_memory(err);
  }
  json_decref(consents);
  json_decref(originals);
  json_decref(rejects);
  json_decref(audit);
  return status;
}

static gy_status write_file(const request *r, const char *path, char **result, gy_error *err) {
  char *text = json_dumps(r->file, JSON_INDENT(1));
  json_t *counts = json_object(), *rows;
  const char *table;
  json_object_foreach(r->tables, table, rows) {
    json_object_set_new(counts, table, json_integer((json_int_t)json_array_size(rows)));
  }
  gy_status status = text != NULL ? gy_file_replace_private(path, text, strlen(text), err) : no_memory(err);
  json_t *told = json_pack("{s:s, s:s, s:i, s:i, s:i, s:o}", "file", path, "person", r->who.person,
                           "originals", (int)json_array_size(json_object_get(r->file, "originals")),
                           "rejected", (int)json_array_size(json_object_get(r->file, "rejected")), "audit",
                           (int)json_array_size(json_object_get(r->file, "audit")), "tables", counts);
  if (status == GY_OK) *result = json_dumps(told, JSON_COMPACT);
  if (status == GY_OK && *result == NULL) status = no_memory(err);
  json_decref(told);
  free(text);
  return status;
}

gy_status gy_project_subject_export(const char *dir, const char *person, const char *path,
                                    const gy_task *task, char **result, gy_error *err) {
  request r = {.task = task};
  gy_buffer_init(&r.list, SQL_MAX);
  gy_status status = gy_consent_ledger_open(dir, task, &r.project, &r.shape, err);
  if (status == GY_OK) status = collect(&r, dir, person, err);
  if (status == GY_OK && path != NULL) status = write_file(&r, path, result, err);
  if (status == GY_OK && path == NULL) {
    *result = json_dumps(r.file, JSON_COMPACT);
    if (*result == NULL) status = no_memory(err);
  }
  json_decref(r.file);
  json_decref(r.tables);
  json_decref(r.keys);
  gy_buffer_clear(&r.list);
  gy_person_reference_clear(&r.who);
  gy_project_clear(&r.project);
  return status;
}
