/* SPDX-License-Identifier: Apache-2.0 */
#include "study/restore_forgotten.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "people/trace_tables.h"
#include "privacy/box.h"
#include "privacy/tombstones.h"
#include "study/forgetting_keys.h"
#include "study/project_privacy.h"
#include "study/store_vault.h"

enum { FILE_MAX = 1 << 30 };

/* ---- who has a tombstone ---- */

typedef struct {
  const gy_forgetting_keys *keys;
  const gy_tombstones *tombstones;
  json_t *given;
} finder;

/* Is it the key of somebody forgotten? Ids may be pseudonyms as text. */
static bool is_forgotten(const finder *f, const gy_trace_column *column, const char *value) {
  gy_identifier kind;
  gy_vault_key key;
  bool is_visitor = strcmp(column->name, "anonymous_id") == 0;
  if (column->role == GY_TRACE_ID) kind = GY_IDENTIFIER_CUSTOMER_ID;
  if (is_visitor) kind = GY_IDENTIFIER_COOKIE;
  if (column->role != GY_TRACE_ID && !is_visitor && !gy_identifier_from_name(column->name, &kind))
    return false;
  bool is_pseudonym = gy_pseudonym_parse(value, strlen(value), &key.pseudonym);
  for (key.kind = 0; is_pseudonym && key.kind < GY_IDENTIFIER_COUNT; key.kind++)
    if (gy_identifier_is_direct(key.kind) && (key.kind == kind || column->role == GY_TRACE_ID) &&
        gy_tombstones_contains(f->tombstones, &key))
      return true;
  key.kind = kind;
  return !gy_identifier_is_direct(kind) && gy_forgetting_pseudonym(f->keys, kind, value, &key.pseudonym) &&
         gy_tombstones_contains(f->tombstones, &key);
}

static gy_status look_at_column(finder *f, gy_engine *engine, const gy_trace_table *table,
                                const gy_trace_column *column, gy_error *err) {
  char *relation = gy_sql_identifier(table->name), *name = gy_sql_identifier(column->name), *sql = NULL;
  gy_result *result = NULL;
  gy_chunk chunk = {0};
  if (relation == NULL || name == NULL ||
      asprintf(&sql, "SELECT DISTINCT CAST(%s AS VARCHAR) FROM %s WHERE %s IS NOT NULL", name, relation,
               name) < 0)
    sql = NULL;
  gy_status status = sql != NULL ? gy_engine_query(engine, sql, NULL, 0, NULL, &result, err)
                                 : gy_fail(err, GY_ENOMEM, "no memory to look for people");
  const char *kind = column->role == GY_TRACE_ID ? "customer_id" : column->name;
  while (status == GY_OK) {
    status = gy_result_next(result, &chunk, err);
    if (status != GY_OK || chunk.n_rows == 0) break;
    const gy_text *texts = chunk.columns[0].data;
    for (size_t row = 0; row < chunk.n_rows && status == GY_OK; row++) {
      char *value = strndup(texts[row].data, texts[row].length);
      if (value == NULL) status = gy_fail(err, GY_ENOMEM, "no memory to look for people");
      if (value != NULL && is_forgotten(f, column, value))
        json_array_append_new(
            f->given, json_pack("{s:I, s:s, s:s}", "n", (json_int_t)json_array_size(f->given), "kind", kind,
                                "value", value));
      free(value);
    }
  }
  gy_result_destroy(result);
  free(relation);
  free(name);
  free(sql);
  return status;
}

static bool may_be_a_name(const gy_trace_column *column) {
  return column->role == GY_TRACE_ID || column->role == GY_TRACE_PSEUDONYM || column->role == GY_TRACE_KEY;
}

static gy_status find_forgotten(gy_project *project, const gy_tombstones *tombstones, json_t **given,
                                gy_error *err) {
  gy_trace_tables tables = {0};
  gy_forgetting_keys keys = {0};
  finder f = {.keys = &keys, .tombstones = tombstones, .given = json_array()};
  gy_status status = gy_forgetting_keys_open(project, &keys, err);
  if (status == GY_OK) status = gy_trace_tables_list(project->engine, &tables, err);
  for (size_t t = 0; t < tables.n && status == GY_OK; t++)
    for (size_t c = 0; c < tables.items[t].n_columns && status == GY_OK; c++) {
      const gy_trace_table *table = &tables.items[t];
      if (!may_be_a_name(&table->columns[c])) continue;
      if (!table->is_view)
        status = look_at_column(&f, project->engine, table, &table->columns[c], err);
      else /* whose file is gone shows nobody */
        (void)!look_at_column(&f, project->engine, table, &table->columns[c], NULL);
    }
  gy_trace_tables_clear(&tables);
  if (status == GY_OK)
    *given = f.given;
  else
    json_decref(f.given);
  return status;
}

/* ---- files that the backup does not have ---- */

static gy_status copy_file(const char *from, const char *to, gy_error *err) {
  gy_buffer text;
  gy_buffer_init(&text, FILE_MAX);
  gy_status status = gy_file_read(from, &text, err);
  if (status == GY_OK)
    status = gy_file_replace_private(to, text.data != NULL ? text.data : "", text.length, err);
  gy_buffer_wipe(&text);
  return status;
}

/* Copies the plain files of a folder that the other one lacks. */
static gy_status copy_missing(const char *from, const char *to, gy_error *err) {
  DIR *list = opendir(from);
  gy_status status = list != NULL ? gy_dir_create(to, err) : GY_OK;
  for (struct dirent *entry; list != NULL && status == GY_OK && (entry = readdir(list)) != NULL;) {
    char *old = gy_path_join(from, entry->d_name), *new = gy_path_join(to, entry->d_name);
    if (old == NULL || new == NULL) status = gy_fail(err, GY_ENOMEM, "no memory to restore %s", to);
    if (status == GY_OK && entry->d_name[0] != '.' && !gy_path_exists(new)) status = copy_file(old, new, err);
    free(old);
    free(new);
  }
  if (list != NULL) closedir(list);
  return status;
}

static gy_status copy_part(const gy_project *before, const gy_project *made, const char *name, bool is_folder,
                           gy_error *err) {
  char *from = gy_path_join(before->state_dir, name), *to = gy_path_join(made->state_dir, name);
  gy_status status =
      from != NULL && to != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to restore %s", made->dir);
  if (status == GY_OK && is_folder)
    status = copy_missing(from, to, err);
  else if (status == GY_OK && gy_path_exists(from) && !gy_path_exists(to))
    status = copy_file(from, to, err);
  free(from);
  free(to);
  return status;
}

/* A backup from before there were keys takes those that were made since: they are what tombstones are read
 * with. */
static gy_status copy_keys(const gy_project *before, const gy_project *made, gy_error *err) {
  if (gy_key_ring_exists(made->state_dir)) return GY_OK;
  gy_status status = copy_part(before, made, "vault", true, err);
  if (status == GY_OK) status = copy_part(before, made, "vault.key", false, err);
  return status == GY_OK ? copy_part(before, made, "audit.log", false, err) : status;
}

/* ---- both projects ---- */

static gy_status check_same(gy_key_ring *before, gy_key_ring *made, const char *dir, gy_error *err) {
  const uint8_t *a = gy_key_ring_vault_id(before), *b = gy_key_ring_vault_id(made);
  if (memcmp(a, b, GY_VAULT_ID_BYTES) == 0) return GY_OK;
  return gy_fail(err, GY_EUSAGE,
                 "%s is another project than the backup's, and people were forgotten in it; restore into a "
                 "folder of its "
                 "own",
                 dir);
}

static gy_status forget_in(gy_project *before, gy_project *made, gy_tombstones *old, const gy_task *task,
                           json_int_t *forgotten, gy_error *err) {
  gy_key_ring *ring = NULL;
  gy_tombstones *own = NULL;
  json_t *given = NULL;
  int64_t people = 0;
  gy_status status = gy_project_ring(made, true, &ring, err);
  if (status == GY_OK) status = check_same(before->ring, ring, before->dir, err);
  if (status == GY_OK) status = gy_tombstones_load(ring, &own, err);
  if (status == GY_OK) status = gy_tombstones_merge(own, old, err);
  if (status == GY_OK) status = gy_tombstones_save(own, err);
  if (status == GY_OK) status = gy_project_open_store(made, GY_STORE_WRITE, task, err);
  if (status == GY_OK) status = find_forgotten(made, old, &given, err);
  if (status == GY_OK && json_array_size(given) > 0)
    status = gy_forget_given(made, given, task, &people, err);
  else if (status == GY_OK)
    status = gy_store_vault_note(made, err);
  *forgotten = (json_int_t)people;
  json_decref(given);
  gy_tombstones_destroy(own);
  return status;
}

gy_status gy_restore_forgotten(gy_project *before, const char *beside, const gy_task *task,
                               json_int_t *forgotten, gy_error *err) {
  gy_project made = {0};
  gy_key_ring *ring = NULL;
  gy_tombstones *old = NULL;
  *forgotten = 0;
  if (!gy_key_ring_exists(before->state_dir)) return GY_OK;
  gy_status status = gy_project_ring(before, false, &ring, err);
  if (status == GY_OK) status = gy_tombstones_load(ring, &old, err);
  if (status != GY_OK)
    gy_error_prefix(err, "who was forgotten in %s cannot be read, so that they might come back", before->dir);
  if (status == GY_OK) status = gy_project_load(beside, &made, err);
  if (status == GY_OK && gy_tombstones_count(old) > 0) status = copy_keys(before, &made, err);
  if (status == GY_OK && gy_tombstones_count(old) > 0)
    status = forget_in(before, &made, old, task, forgotten, err);
  if (status == GY_OK) status = copy_part(before, &made, "receipts", true, err);
  gy_tombstones_destroy(old);
  gy_project_clear(&made);
  return status;
}
