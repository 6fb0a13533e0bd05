/* SPDX-License-Identifier: Apache-2.0
 *
 * Repairs applied to a source that was just read: the repaired records go through the same conversion as the
 * files, and take the place (row_no) of the record that they repair. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "data/reject_seal.h"
#include "study/reject_open.h"
#include "study/relations.h"
#include "study/repairs.h"
#include "study/source_checks.h"

#define REPAIR_REJECTS "staging_repair_rejects"
enum { MOST_REPAIRS = 10000000 };

static gy_status spent(const gy_source_repairs *r, gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory for the repairs of source %s", r->staged->source->name);
}

/* ---- conversion ---- */

static gy_status types_of(gy_engine *engine, const char *relation, json_t **types, gy_error *err) {
  gy_value name = gy_bind_text(relation);
  json_t *rows = NULL, *row, *made = json_object();
  gy_status status = gy_engine_json(engine, gy_sql("study/relation_columns"), &name, 1, NULL, &rows, err);
  size_t i;
  json_array_foreach(rows, i, row) {
    json_object_set(made, json_string_value(json_object_get(row, "column")), json_object_get(row, "type"));
  }
  json_decref(rows);
  *types = made;
  return status;
}

static bool is_type(const json_t *types, const char *column, const char *type) {
  const char *own = json_string_value(json_object_get(types, column));
  return own != NULL && strcmp(own, type) == 0;
}

static gy_status import_repairs(gy_source_repairs *r, const char *path, const json_t *types, gy_error *err) {
  const gy_import_spec *from = &r->staged->plan->spec;
  gy_import_column *columns = calloc(from->n_columns + 1, sizeof *columns);
  if (columns == NULL) return spent(r, err);
  memcpy(columns, from->columns, from->n_columns * sizeof *columns);
  for (size_t i = 0; i < from->n_columns; i++)
    columns[i].text_id = columns[i].text_id || is_type(types, columns[i].target, "VARCHAR");
  columns[from->n_columns] = (gy_import_column){
      .source = GY_REPAIR_ID, .target = GY_REPAIR_ID, .kind = GY_IMPORT_TEXT, .required = true};
  gy_import_spec spec = {.source = from->source,
                         .table = r->table,
                         .rejects = REPAIR_REJECTS,
                         .paths = &path,
                         .n_paths = 1,
                         .format = GY_IMPORT_CSV,
                         .encoding = GY_ENCODING_UTF8,
                         .dialect = gy_csv_dialect_default(),
                         .columns = columns,
                         .n_columns = from->n_columns + 1,
                         .zone = from->zone,
                         .privacy = from->privacy,
                         .rejects_stored = MOST_REPAIRS};
  gy_import_result result = {0};
  gy_status status = gy_import_run(r->run->project.engine, &spec, r->run->task, &result, err);
  gy_import_result_clear(&result);
  free(columns);
  return status;
}

/* Repaired records that cannot be read either: id -> {column, value, reason}. */
static gy_status list_failing(gy_source_repairs *r, gy_error *err) {
  json_t *rows = NULL, *row;
  gy_status status = gy_engine_json(
      r->run->project.engine, "SELECT record, column_name AS \"column\", value, reason FROM " REPAIR_REJECTS,
      NULL, 0, r->run->task, &rows, err);
  if (status == GY_OK) status = gy_rejects_open(&r->run->project, rows, NULL, err);
  size_t i;
  json_array_foreach(rows, i, row) {
    const char *text = json_string_value(json_object_get(row, "record"));
    json_t *record = text != NULL ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
    const char *id = json_string_value(json_object_get(record, GY_REPAIR_ID));
    json_object_del(row, "record");
    if (id != NULL) json_object_set(r->failing, id, row);
    json_decref(record);
  }
  json_decref(rows);
  return status;
}

/* Ids that became texts by a repair are texts in the whole source, and so on. */
static gy_status widen_types(gy_source_repairs *r, const json_t *types, gy_error *err) {
  gy_engine *engine = r->run->project.engine;
  json_t *own = NULL, *type;
  const char *column;
  gy_status status = types_of(engine, r->table, &own, err);
  json_object_foreach(own, column, type) {
    const char *name = json_string_value(type);
    bool wider = is_type(types, column, "BIGINT") &&
                 (strcmp(name, "VARCHAR") == 0 || strcmp(name, "DECIMAL(18,4)") == 0);
    char *sql = NULL;
    if (status != GY_OK || !wider) continue;
    if (asprintf(&sql, "ALTER TABLE {{name}} ALTER {{other}} TYPE %s", name) < 0) sql = NULL;
    status = sql != NULL ? gy_relation_execute(engine, sql, r->staged->staging, column, r->run->task, err)
                         : spent(r, err);
    free(sql);
  }
  json_decref(own);
  return status;
}

/* ---- bringing rows back ---- */

/* Puts the converted repairs of these ids into the source, at these places. */
static gy_status restore(gy_source_repairs *r, const int64_t *row_nos, char *const *ids, size_t n,
                         gy_error *err) {
  gy_engine *engine = r->run->project.engine;
  gy_status status = gy_staged_list(engine, "staging_restored", row_nos, ids, n, err);
  if (status == GY_OK)
    status = gy_relation_execute(engine, gy_sql("contract/restored_rows"), r->staged->staging, r->table,
                                 r->run->task, err);
  for (size_t i = 0; i < n && status == GY_OK; i++)
    json_object_set_new(r->restored, ids[i], json_integer(row_nos[i]));
  return status;
}

static gy_status forget_rejects(const gy_source_repairs *r, gy_error *err) {
  gy_value source = gy_bind_text(r->staged->source->name);
  char *name = gy_sql_identifier(r->staged->rejects), *sql = NULL;
  gy_sql_part part = {"name", name};
  gy_status status =
      name != NULL ? gy_sql_expand(gy_sql("contract/restored_rejects"), &part, 1, &sql, err) : spent(r, err);
  if (status == GY_OK)
    status = gy_engine_execute(r->run->project.engine, sql, &source, 1, NULL, NULL, NULL, err);
  free(name);
  free(sql);
  return status;
}

/* A text as it is stored among the rejected rows; given. */
static gy_status seal(const gy_source_repairs *r, const char *text, char **stored, gy_error *err) {
  gy_reject_seal seal;
  const char *lent = NULL;
  *stored = NULL;
  gy_reject_seal_init(&seal, &r->staged->plan->spec);
  gy_status status = gy_reject_seal_text(&seal, text, &lent, err);
  if (status == GY_OK && lent != NULL && (*stored = strdup(lent)) == NULL) status = spent(r, err);
  gy_reject_seal_clear(&seal);
  return status;
}

static gy_status note_failure(const gy_source_repairs *r, const char *id, const json_t *failing,
                              gy_error *err) {
  char reason[256];
  snprintf(reason, sizeof reason, "repaired, but %s", json_string_value(json_object_get(failing, "reason")));
  char *record = json_dumps(json_object_get(r->records, id), JSON_COMPACT), *sealed = NULL, *value = NULL;
  char *name = gy_sql_identifier(r->staged->rejects), *sql = NULL;
  gy_sql_part part = {"name", name};
  gy_status status = name != NULL && record != NULL ? seal(r, record, &sealed, err) : spent(r, err);
  if (status == GY_OK) status = seal(r, json_string_value(json_object_get(failing, "value")), &value, err);
  gy_value values[] = {gy_bind_text(r->staged->source->name),
                       gy_bind_text(id),
                       gy_bind_text(json_string_value(json_object_get(failing, "column"))),
                       gy_bind_text(value),
                       gy_bind_text(reason),
                       gy_bind_text(sealed)};
  if (status == GY_OK) status = gy_sql_expand(gy_sql("contract/failed_repair"), &part, 1, &sql, err);
  if (status == GY_OK)
    status = gy_engine_execute(r->run->project.engine, sql, values, 6, NULL, NULL, NULL, err);
  free(record);
  free(sealed);
  free(value);
  free(name);
  free(sql);
  return status;
}

static const gy_import_file *file_named(const gy_staged_source *staged, const char *path) {
  for (size_t i = 0; i < staged->result->n_files; i++)
    if (strcmp(staged->result->files[i].path, path) == 0) return &staged->result->files[i];
  return NULL;
}

/* Goes through the rows that could not be read: a repair that can be comes back, one that cannot says why. */
static gy_status match_rejects(gy_source_repairs *r, const json_t *rejects, gy_error *err) {
  size_t n_all = json_array_size(rejects), n = 0, i;
  int64_t *row_nos = calloc(n_all + 1, sizeof *row_nos);
  char **ids = calloc(n_all + 1, sizeof *ids);
  gy_status status = row_nos != NULL && ids != NULL ? GY_OK : spent(r, err);
  json_t *reject;
  json_array_foreach(rejects, i, reject) {
    const char *id = json_string_value(json_object_get(reject, "id"));
    const gy_import_file *file = file_named(r->staged, json_string_value(json_object_get(reject, "file")));
    if (status != GY_OK || id == NULL || file == NULL || json_object_get(r->records, id) == NULL) continue;
    const json_t *failing = json_object_get(r->failing, id);
    if (failing != NULL) {
      status = note_failure(r, id, failing, err);
      continue;
    }
    ids[n] = (char *)id;
    row_nos[n++] = (int64_t)file->lines_before + json_integer_value(json_object_get(reject, "line"));
    ((gy_import_file *)file)->n_rejected--;
    ((gy_import_file *)file)->n_accepted++;
  }
  if (status == GY_OK && n > 0) status = restore(r, row_nos, ids, n, err);
  if (status == GY_OK && n > 0) status = forget_rejects(r, err);
  if (status == GY_OK) {
    r->staged->result->n_accepted += n;
    r->staged->result->n_rejected -= n;
  }
  free(row_nos);
  free(ids);
  return status;
}

static gy_status restore_rejects(gy_source_repairs *r, gy_error *err) {
  gy_value source = gy_bind_text(r->staged->source->name);
  char *name = gy_sql_identifier(r->staged->rejects), *sql = NULL;
  gy_sql_part part = {"name", name};
  json_t *rejects = NULL;
  gy_status status = name != NULL ? gy_sql_expand("SELECT id, file, line FROM {{name}} WHERE source = $1",
                                                  &part, 1, &sql, err)
                                  : spent(r, err);
  if (status == GY_OK)
    status = gy_engine_json(r->run->project.engine, sql, &source, 1, r->run->task, &rejects, err);
  if (status == GY_OK) status = match_rejects(r, rejects, err);
  json_decref(rejects);
  free(name);
  free(sql);
  return status;
}

gy_status gy_source_repairs_open(gy_run_context *run, gy_staged_source *staged, gy_source_repairs *repairs,
                                 gy_error *err) {
  gy_engine *engine = run->project.engine;
  *repairs =
      (gy_source_repairs){.run = run, .staged = staged, .failing = json_object(), .restored = json_object()};
  char *path = gy_repairs_path(run->project.root, staged->source->name);
  json_t *types = NULL;
  bool good = path != NULL && asprintf(&repairs->table, "staging_repairs_%s", staged->source->name) >= 0;
  gy_status status = good ? gy_repairs_read(path, false, &repairs->records, err) : spent(repairs, err);
  bool any = json_object_size(repairs->records) > 0;
  if (status == GY_OK && any) status = gy_staged_materialise(run, staged, err);
  if (status == GY_OK && any)
    status =
        gy_relation_execute(engine, "CREATE OR REPLACE TABLE {{name}} AS SELECT * FROM {{other}} LIMIT 0",
                            REPAIR_REJECTS, staged->rejects, NULL, err);
  if (status == GY_OK && any) status = types_of(engine, staged->staging, &types, err);
  if (status == GY_OK && any) status = import_repairs(repairs, path, types, err);
  if (status == GY_OK && any) status = list_failing(repairs, err);
  if (status == GY_OK && any) status = widen_types(repairs, types, err);
  if (status == GY_OK && any) status = restore_rejects(repairs, err);
  json_decref(types);
  free(path);
  return status;
}

gy_status gy_source_repairs_replace(gy_source_repairs *r, const int64_t *row_nos, char *const *ids,
                                    size_t n_rows, size_t *n, gy_error *err) {
  int64_t *found_nos = calloc(n_rows + 1, sizeof *found_nos);
  char **found_ids = calloc(n_rows + 1, sizeof *found_ids);
  gy_status status = found_nos != NULL && found_ids != NULL ? GY_OK : spent(r, err);
  size_t found = 0;
  for (size_t i = 0; i < n_rows && status == GY_OK; i++) {
    bool has = json_object_get(r->records, ids[i]) != NULL && json_object_get(r->failing, ids[i]) == NULL;
    if (!has || json_object_get(r->restored, ids[i]) != NULL) continue;
    found_nos[found] = row_nos[i];
    found_ids[found++] = ids[i];
  }
  gy_engine *engine = r->run->project.engine;
  if (status == GY_OK && found > 0)
    status = gy_staged_list(engine, "staging_restored", found_nos, found_ids, found, err);
  if (status == GY_OK && found > 0)
    status = gy_relation_execute(engine, gy_sql("contract/moved_rows"), r->staged->staging,
                                 "staging_restored", r->run->task, err);
  if (status == GY_OK && found > 0) status = restore(r, found_nos, found_ids, found, err);
  if (status == GY_OK) *n = found;
  free(found_nos);
  free(found_ids);
  return status;
}

void gy_source_repairs_clear(gy_source_repairs *r) {
  if (r->run != NULL && r->run->project.engine != NULL && json_object_size(r->records) > 0) {
    static const char *const TABLES[] = {REPAIR_REJECTS, "staging_restored"};
    for (size_t i = 0; i < 2; i++) (void)!gy_relation_drop(r->run->project.engine, TABLES[i], NULL);
    if (r->table != NULL) (void)!gy_relation_drop(r->run->project.engine, r->table, NULL);
  }
  json_decref(r->records);
  json_decref(r->failing);
  json_decref(r->restored);
  free(r->table);
  *r = (gy_source_repairs){0};
}
