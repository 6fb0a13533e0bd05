/* SPDX-License-Identifier: Apache-2.0
 *
 * The vault as users see it: what is in it, a fresh key for it, and one person's originals. Whatever opens or
 * changes it is in the audit log before it happens. */
#include <gyeol/privacy.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "privacy/audit_log.h"
#include "privacy/tombstones.h"
#include "study/project_privacy.h"
#include "study/result_text.h"
#include "study/store_vault.h"

enum { REASON_MOST = 1000 };

/* ---- status ---- */

static json_t *state_json(const gy_vault_state *state) {
  json_t *kinds = json_object();
  for (int kind = 0; kind < GY_IDENTIFIER_COUNT; kind++)
    if (state->records[kind] > 0)
      json_object_set_new(kinds, gy_identifier_name((gy_identifier)kind),
                          json_integer((json_int_t)state->records[kind]));
  return json_pack("{s:b, s:o, s:I, s:I, s:I, s:I, s:I}", "vault", true, "records", kinds, "n_records",
                   (json_int_t)state->n_records, "files", (json_int_t)state->n_segments, "bytes",
                   (json_int_t)state->bytes, "generation", (json_int_t)state->generation, "key_number",
                   (json_int_t)state->key_number);
}

/* Whether the store beside the vault is its own; one that a run holds right now is. */
static gy_status check_store(gy_project *project, const gy_task *task, gy_error *err) {
  char *path = gy_path_join(project->state_dir, "store.duckdb");
  gy_status status = path != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to check the vault");
  if (status == GY_OK && gy_path_exists(path)) {
    status = gy_project_open_store(project, GY_STORE_READ, task, err);
    if (status == GY_OK) status = gy_store_vault_check(project, err);
    if (status == GY_EBUSY) status = GY_OK;
  }
  free(path);
  return status;
}

static gy_status status_json(gy_project *project, bool check, const gy_task *task, json_t **made,
                             gy_error *err) {
  gy_vault *vault = NULL;
  gy_tombstones *tombstones = NULL;
  gy_status status = gy_project_vault(project, false, &vault, err);
  if (status == GY_OK && check) status = gy_vault_check(vault, err);
  if (status == GY_OK && check) status = check_store(project, task, err);
  if (status == GY_OK) status = gy_tombstones_load(project->ring, &tombstones, err);
  if (status == GY_OK) {
    gy_vault_state state = gy_vault_look(vault);
    *made = state_json(&state);
    json_object_set_new(*made, "key", json_string(gy_key_ring_source(project->ring)));
    json_object_set_new(*made, "forgotten", json_integer((json_int_t)gy_tombstones_count(tombstones)));
    json_object_set_new(*made, "checked", json_boolean(check));
  }
  gy_tombstones_destroy(tombstones);
  return status;
}

gy_status gy_project_vault_status(const char *dir, bool check, const gy_task *task, char **result,
                                  gy_error *err) {
  gy_project project;
  json_t *made = NULL;
  gy_status status = gy_project_load(dir, &project, err);
  if (status == GY_OK && !gy_project_has_vault(&project)) {
    /* What is missing beside a vault's files is no project without one. */
    gy_key_ring *ring = NULL;
    status = gy_project_ring(&project, false, &ring, err);
    if (status == GY_ENOTFOUND) status = GY_OK;
    made = json_pack("{s:b}", "vault", false);
  } else if (status == GY_OK) {
    status = status_json(&project, check, task, &made, err);
  }
  if (status == GY_OK)
    status = gy_result_text(made, result, err);
  else
    json_decref(made);
  gy_project_clear(&project);
  return status;
}

/* ---- rotation ---- */

gy_status gy_project_vault_rotate(const char *dir, const gy_task *task, char **result, gy_error *err) {
  (void)task;
  gy_project project;
  gy_vault *vault = NULL;
  const gy_audit_entry entry = {.action = "vault.rotate"};
  gy_status status = gy_project_load(dir, &project, err);
  if (status == GY_OK) status = gy_project_vault(&project, false, &vault, err);
  if (status == GY_OK) status = gy_audit_append(project.ring, &entry, err);
  if (status == GY_OK) status = gy_vault_rotate(vault, err);
  if (status == GY_OK) {
    gy_vault_state state = gy_vault_look(vault);
    status = gy_result_text(state_json(&state), result, err);
  }
  gy_project_clear(&project);
  return status;
}

/* ---- opening ---- */

static gy_status log_opening(gy_key_ring *ring, const char *id, const char *reason, gy_error *err) {
  char subject[GY_AUDIT_REFERENCE_CHARS + 1];
  gy_pseudonym pseudonym;
  bool is_pseudonym = gy_pseudonym_parse(id, strlen(id), &pseudonym);
  gy_audit_reference(ring, GY_IDENTIFIER_CUSTOMER_ID, id, strlen(id), subject);
  json_t *detail = json_pack("{s:s, s:s}", "by", is_pseudonym ? "pseudonym" : "customer", "reason", reason);
  if (detail == NULL) return gy_fail(err, GY_EUSAGE, "the reason is not UTF-8");
  const gy_audit_entry entry = {.action = "vault.open", .subject = subject, .detail = detail};
  gy_status status = gy_audit_append(ring, &entry, err);
  json_decref(detail);
  return status;
}

/* Adds what the vault holds under a pseudonym, of whatever kind, to `found`, once. */
static gy_status open_pseudonym(gy_vault *vault, const char *text, json_t *found, gy_error *err) {
  gy_vault_key key;
  if (!gy_pseudonym_parse(text, strlen(text), &key.pseudonym)) return GY_OK;
  gy_status status = GY_OK;
  for (int kind = 0; kind < GY_IDENTIFIER_COUNT && status == GY_OK; kind++) {
    gy_buffer original;
    gy_buffer_init(&original, 2 * GY_VAULT_TEXT_MOST);
    bool is_there = false;
    key.kind = (gy_identifier)kind;
    status = gy_vault_get(vault, &key, &original, &is_there, err);
    if (status == GY_OK && is_there) {
      json_t *one = json_pack("{s:s, s:s%, s:s}", "kind", gy_identifier_name(key.kind), "value",
                              original.data, original.length, "pseudonym", text);
      json_object_set_new(found, text, one);
    }
    gy_buffer_clear(&original);
  }
  return status;
}

/* Pseudonyms that a relation's rows of a customer have in a column. */
static gy_status open_column(gy_project *project, const json_t *column, const char *id, json_t *found,
                             gy_error *err) {
  const char *relation = json_string_value(json_object_get(column, "relation")),
             *name = json_string_value(json_object_get(column, "name"));
  char *from = gy_sql_identifier(relation), *what = gy_sql_identifier(name), *sql = NULL;
  json_t *rows = NULL, *row;
  size_t i;
  gy_value value = gy_bind_text(id);
  gy_status status = GY_OK;
  if (from == NULL || what == NULL ||
      asprintf(
          &sql,
          "SELECT DISTINCT CAST(%s AS VARCHAR) AS pseudonym FROM %s WHERE CAST(customer_id AS VARCHAR) = $1 "
          "AND %s IS NOT NULL",
          what, from, what) < 0) {
    sql = NULL;
    status = gy_fail(err, GY_ENOMEM, "no memory to look for a customer");
  }
  if (status == GY_OK) status = gy_engine_json(project->engine, sql, &value, 1, NULL, &rows, err);
  json_array_foreach(rows, i, row) {
    const char *pseudonym = json_string_value(json_object_get(row, "pseudonym"));
    if (status == GY_OK) status = open_pseudonym(project->vault, pseudonym, found, err);
  }
  json_decref(rows);
  free(sql);
  free(from);
  free(what);
  return status;
}

/* Whatever the rows of a customer have, in any relation. */
static gy_status open_customer(gy_project *project, const char *id, const gy_task *task, json_t *found,
                               gy_error *err) {
  json_t *columns = NULL, *column;
  size_t i;
  gy_status status = gy_project_open_store(project, GY_STORE_READ, task, err);
  if (status == GY_OK) status = gy_store_vault_check(project, err);
  if (status == GY_OK)
    status = gy_engine_json(project->engine, gy_sql("study/pseudonym_columns"), NULL, 0, task, &columns, err);
  json_array_foreach(columns, i, column) {
    if (status == GY_OK) status = open_column(project, column, id, found, err);
  }
  json_decref(columns);
  return status;
}

static gy_status check_opening(const char *id, const char *reason, gy_error *err) {
  if (id == NULL || *id == '\0')
    return gy_fail(err, GY_EUSAGE, "say whose: gyeol vault open ID --reason TEXT");
  if (reason == NULL || reason[strspn(reason, " \t\n")] == '\0')
    return gy_fail(err, GY_EUSAGE,
                   "say why with --reason TEXT: every opening of the vault is logged with its reason");
  if (strlen(reason) > REASON_MOST)
    return gy_fail(err, GY_EUSAGE, "the reason has %zu bytes; at most %d are kept", strlen(reason),
                   REASON_MOST);
  gy_identifier_span span;
  if (gy_identifier_find(reason, strlen(reason), 0, &span))
    return gy_fail(err, GY_EUSAGE,
                   "the reason holds what looks like an identifier (%s); it would stand in the log for ever: "
                   "say it without",
                   gy_identifier_name(span.kind));
  return GY_OK;
}

static json_t *values_of(const json_t *found) {
  json_t *list = json_array(), *one;
  const char *pseudonym;
  json_object_foreach((json_t *)(uintptr_t)found, pseudonym, one) { json_array_append(list, one); }
  return list;
}

gy_status gy_project_vault_open(const char *dir, const char *id, const char *reason, const gy_task *task,
                                char **result, gy_error *err) {
  gy_project project;
  gy_vault *vault = NULL;
  gy_pseudonym pseudonym;
  json_t *found = json_object();
  gy_status status = check_opening(id, reason, err);
  if (status == GY_OK) {
    status = gy_project_load(dir, &project, err);
    if (status == GY_OK) status = gy_project_vault(&project, false, &vault, err);
    if (status == GY_OK) status = log_opening(project.ring, id, reason, err);
    if (status == GY_OK) status = open_pseudonym(vault, id, found, err);
    if (status == GY_OK && !gy_pseudonym_parse(id, strlen(id), &pseudonym))
      status = open_customer(&project, id, task, found, err);
    if (status == GY_OK && json_object_size(found) == 0)
      status = gy_fail(
          err, GY_ENOTFOUND,
          "the vault holds nothing for %s, which is neither a pseudonym nor the id of a customer with "
          "any",
          id);
    gy_project_clear(&project);
  }
  if (status == GY_OK)
    status = gy_result_text(json_pack("{s:s, s:o}", "id", id, "identifiers", values_of(found)), result, err);
  json_decref(found);
  return status;
}
