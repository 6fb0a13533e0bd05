/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows that break their contract, out of a staged source and into the list of rejected rows, each with the
 * record that its file has, so that it can be repaired. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "data/import_record.h"
#include "data/reject_seal.h"
#include "study/relations.h"
#include "study/source_checks.h"

enum { MOST_DESCRIBED = 100000 };

static gy_status spent(const gy_staged_source *staged, gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory for the rejected rows of source %s", staged->source->name);
}

size_t gy_staged_file_of(const gy_staged_source *staged, int64_t row_no) {
  size_t found = 0;
  for (size_t i = 1; i < staged->result->n_files; i++) {
    uint64_t before = staged->result->files[i].lines_before;
    if (before < (uint64_t)row_no && before >= staged->result->files[found].lines_before) found = i;
  }
  return found;
}

/* ---- lists of rows as tables ---- */

typedef struct {
  const int64_t *row_nos;
  char *const *ids;
  size_t n, next;
} row_list;

static gy_status fill_list(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows,
                           gy_error *err) {
  (void)local;
  (void)err;
  row_list *list = shared;
  size_t row = 0;
  for (; row < GY_CHUNK_ROWS && list->next < list->n; row++, list->next++) {
    ((int64_t *)writer->data[0])[row] = list->row_nos[list->next];
    const char *id = list->ids != NULL ? list->ids[list->next] : NULL;
    if (id != NULL)
      gy_writer_text(writer, 1, row, id, strlen(id));
    else
      gy_writer_null(writer, 1, row);
  }
  *n_rows = row;
  return GY_OK;
}

gy_status gy_staged_list(gy_engine *engine, const char *name, const int64_t *row_nos, char *const *ids,
                         size_t n, gy_error *err) {
  static const gy_source_column COLUMNS[] = {{"row_no", GY_TYPE_INT64}, {"id", GY_TYPE_TEXT}};
  row_list list = {row_nos, ids, n, 0};
  gy_source source = {.shared = &list,
                      .columns = COLUMNS,
                      .n_columns = 2,
                      .expected_rows = n,
                      .max_threads = 1,
                      .fill = fill_list};
  gy_status status = gy_engine_publish(engine, "gyeol_rows", &source, err);
  return status == GY_OK
             ? gy_relation_execute(engine, "CREATE OR REPLACE TABLE {{name}} AS SELECT * FROM gyeol_rows()",
                                   name, name, NULL, err)
             : status;
}

gy_status gy_staged_materialise(gy_run_context *run, const gy_staged_source *staged, gy_error *err) {
  gy_engine *engine = run->project.engine;
  gy_relation_kind kind = GY_RELATION_NONE;
  gy_status status = gy_relation_find(engine, staged->staging, &kind, err);
  if (status != GY_OK || kind != GY_RELATION_VIEW) return status;
  static const char VIEW[] = "staging_view";
  gy_task_log(run->task, GY_LOG_INFO, "source %s is copied into the store, because rows of it are left out",
              staged->source->name);
  status = gy_relation_execute(engine, "ALTER VIEW {{name}} RENAME TO {{other}}", staged->staging, VIEW, NULL,
                               err);
  if (status == GY_OK)
    status = gy_relation_execute(engine, "CREATE TABLE {{name}} AS SELECT * FROM {{other}}", staged->staging,
                                 VIEW, run->task, err);
  return status == GY_OK ? gy_relation_drop(engine, VIEW, err) : status;
}

/* ---- describing ---- */

/* The id of a record's row, which no row that came back has. */
static void name_record(const gy_run_context *run, const gy_staged_source *staged, int64_t row_no,
                        const char *record, const json_t *restored, json_t *seen, char *id) {
  const gy_import_file *file = &staged->result->files[gy_staged_file_of(staged, row_no)];
  bool counts = gy_path_is_address(file->path) && record != NULL;
  do {
    uint64_t place = gy_record_place(seen, file->path, (uint64_t)row_no - file->lines_before, record);
    gy_reject_id(staged->source->name, gy_path_from(run->project.root, file->path), place, record, id);
  } while (counts && json_object_get(restored, id) != NULL);
}

/* Rows that a repair brought have its id; the others that of their record. */
static gy_status name_rows(const gy_run_context *run, const gy_staged_source *staged,
                           const gy_source_repairs *repairs, gy_source_moves *moves, gy_error *err) {
  json_t *by_row = json_object(), *seen = json_object();
  const char *id;
  json_t *row_no;
  char key[24];
  json_object_foreach(repairs->restored, id, row_no) {
    snprintf(key, sizeof key, "%lld", (long long)json_integer_value(row_no));
    json_object_set_new(by_row, key, json_string(id));
  }
  bool good = by_row != NULL;
  for (size_t i = 0; i < moves->n && good; i++) {
    snprintf(key, sizeof key, "%lld", (long long)moves->row_nos[i]);
    const char *known = json_string_value(json_object_get(by_row, key));
    char made[GY_REJECT_ID_CHARS + 1];
    if (known == NULL)
      name_record(run, staged, moves->row_nos[i], moves->records[i], repairs->restored, seen, made);
    moves->ids[i] = strdup(known != NULL ? known : made);
    good = moves->ids[i] != NULL;
  }
  json_decref(by_row);
  json_decref(seen);
  return good ? GY_OK : spent(staged, err);
}

gy_status gy_source_moves_describe(gy_run_context *run, const gy_staged_source *staged,
                                   const gy_source_repairs *repairs, const gy_contract_result *result,
                                   gy_source_moves *moves, gy_error *err) {
  size_t n = result->n_moves < MOST_DESCRIBED ? result->n_moves : MOST_DESCRIBED;
  gy_source_moves made = {.n = n, .n_all = result->n_moves};
  made.row_nos = calloc(n + 1, sizeof *made.row_nos);
  made.records = calloc(n + 1, sizeof *made.records);
  made.ids = calloc(n + 1, sizeof *made.ids);
  gy_status status =
      made.row_nos != NULL && made.records != NULL && made.ids != NULL ? GY_OK : spent(staged, err);
  for (size_t i = 0; i < n && status == GY_OK; i++) made.row_nos[i] = result->moves[i].row_no;
  if (status == GY_OK)
    status = gy_import_records(run->project.engine, &staged->plan->spec, staged->result, made.row_nos, n,
                               run->task, made.records, err);
  if (status == GY_OK) status = name_rows(run, staged, repairs, &made, err);
  if (status == GY_OK)
    *moves = made;
  else
    gy_source_moves_clear(&made);
  return status;
}

void gy_source_moves_clear(gy_source_moves *moves) {
  for (size_t i = 0; i < moves->n; i++) {
    if (moves->records != NULL) free(moves->records[i]);
    if (moves->ids != NULL) free(moves->ids[i]);
  }
  free(moves->row_nos);
  free(moves->records);
  free(moves->ids);
  *moves = (gy_source_moves){0};
}

/* ---- moving ---- */

typedef struct {
  const gy_staged_source *staged;
  const gy_source_repairs *repairs;
  const gy_contract_result *result;
  const gy_source_moves *moves;
  size_t next;
  gy_reject_seal seal;
} reject_list;

static void put(gy_chunk_writer *writer, size_t column, size_t row, const char *text) {
  if (text != NULL)
    gy_writer_text(writer, column, row, text, strlen(text));
  else
    gy_writer_null(writer, column, row);
}

static gy_status put_sealed(reject_list *list, gy_chunk_writer *writer, size_t column, size_t row,
                            const char *text, gy_error *err) {
  const char *stored;
  gy_status status = gy_reject_seal_text(&list->seal, text, &stored, err);
  if (status == GY_OK) put(writer, column, row, stored);
  return status;
}

/* The cell that broke the contract, shortened, as it is in `record`. */
static gy_status put_value(reject_list *list, gy_chunk_writer *writer, size_t row, const char *record,
                           const char *column, gy_error *err) {
  json_t *cells = record != NULL ? json_loads(record, JSON_DECODE_ANY, NULL) : NULL;
  const char *cell = column != NULL ? json_string_value(json_object_get(cells, column)) : NULL;
  size_t length = cell != NULL ? strlen(cell) : 0;
  if (length > CONTRACT_VALUE_MAX)
    for (length = CONTRACT_VALUE_MAX; (cell[length] & 0xC0) == 0x80;) length--;
  char *shown = cell != NULL ? strndup(cell, length) : NULL;
  gy_status status = put_sealed(list, writer, 4, row, shown, err);
  free(shown);
  json_decref(cells);
  return status;
}

static gy_status put_reject(reject_list *list, gy_chunk_writer *writer, size_t row, size_t i, gy_error *err) {
  const gy_staged_source *staged = list->staged;
  const gy_contract_config *config = &staged->source->contracts[list->result->moves[i].rule];
  const gy_import_file *file = &staged->result->files[gy_staged_file_of(staged, list->moves->row_nos[i])];
  const gy_column_role *column =
      config->column != NULL ? gy_source_config_column(staged->source, config->column, NULL) : NULL;
  const char *id = list->moves->ids[i], *record = list->moves->records[i];
  const json_t *failing = json_object_get(list->repairs->failing, id);
  bool repaired = json_object_get(list->repairs->records, id) != NULL;
  char what[GY_CONTRACT_REASON_MAX], reason[2 * GY_CONTRACT_REASON_MAX];
  char *as_repaired = repaired ? json_dumps(json_object_get(list->repairs->records, id), JSON_COMPACT) : NULL;
  if (as_repaired != NULL) record = as_repaired;
  gy_contract_reason(config, what);
  if (failing != NULL)
    snprintf(reason, sizeof reason, "repaired, but %s",
             json_string_value(json_object_get(failing, "reason")));
  else
    snprintf(reason, sizeof reason, "%s%s", repaired ? "repaired, but " : "", what);
  put(writer, 0, row, staged->source->name);
  put(writer, 1, row, file->path);
  ((int64_t *)writer->data[2])[row] = list->moves->row_nos[i] - (int64_t)file->lines_before;
  put(writer, 3, row, column != NULL ? column->column : NULL);
  gy_status status = put_value(list, writer, row, record, column != NULL ? column->column : NULL, err);
  put(writer, 5, row, reason);
  put(writer, 6, row, id);
  if (status == GY_OK) status = put_sealed(list, writer, 7, row, record, err);
  put(writer, 8, row, config->name);
  free(as_repaired);
  return status;
}

static gy_status fill_rejects(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows,
                              gy_error *err) {
  (void)local;
  reject_list *list = shared;
  gy_status status = GY_OK;
  size_t row = 0;
  for (; row < GY_CHUNK_ROWS && list->next < list->moves->n && status == GY_OK; row++, list->next++)
    status = put_reject(list, writer, row, list->next, err);
  *n_rows = row;
  return status;
}

static gy_status store_rejects(gy_run_context *run, reject_list *list, gy_error *err) {
  static const gy_source_column COLUMNS[] = {
      {"source", GY_TYPE_TEXT},      {"file", GY_TYPE_TEXT},   {"line", GY_TYPE_INT64},
      {"column_name", GY_TYPE_TEXT}, {"value", GY_TYPE_TEXT},  {"reason", GY_TYPE_TEXT},
      {"id", GY_TYPE_TEXT},          {"record", GY_TYPE_TEXT}, {"rule", GY_TYPE_TEXT}};
  gy_source source = {.shared = list,
                      .columns = COLUMNS,
                      .n_columns = sizeof COLUMNS / sizeof *COLUMNS,
                      .expected_rows = list->moves->n,
                      .max_threads = 1,
                      .fill = fill_rejects};
  gy_engine *engine = run->project.engine;
  gy_status status = gy_engine_publish(engine, "gyeol_moved", &source, err);
  return status == GY_OK
             ? gy_relation_execute(engine, "INSERT INTO {{name}} BY NAME SELECT * FROM gyeol_moved()",
                                   list->staged->rejects, list->staged->rejects, NULL, err)
             : status;
}

static void count_moves(gy_staged_source *staged, const gy_contract_result *result) {
  staged->result->n_accepted -= result->n_moves;
  staged->result->n_rejected += result->n_moves;
  for (size_t i = 0; i < result->n_moves; i++) {
    gy_import_file *file = &staged->result->files[gy_staged_file_of(staged, result->moves[i].row_no)];
    file->n_accepted--;
    file->n_rejected++;
  }
}

gy_status gy_source_moves_run(gy_run_context *run, gy_staged_source *staged, const gy_source_repairs *repairs,
                              const gy_contract_result *result, const gy_source_moves *moves, gy_error *err) {
  gy_engine *engine = run->project.engine;
  int64_t *row_nos = calloc(result->n_moves + 1, sizeof *row_nos);
  gy_status status = row_nos != NULL ? gy_staged_materialise(run, staged, err) : spent(staged, err);
  for (size_t i = 0; i < result->n_moves && row_nos != NULL; i++) row_nos[i] = result->moves[i].row_no;
  if (status == GY_OK) status = gy_staged_list(engine, "staging_moved", row_nos, NULL, result->n_moves, err);
  if (status == GY_OK)
    status = gy_relation_execute(engine, gy_sql("contract/moved_rows"), staged->staging, "staging_moved",
                                 run->task, err);
  reject_list list = {.staged = staged, .repairs = repairs, .result = result, .moves = moves};
  gy_reject_seal_init(&list.seal, &staged->plan->spec);
  if (status == GY_OK) status = store_rejects(run, &list, err);
  if (status == GY_OK) status = gy_relation_drop(engine, "staging_moved", err);
  if (status == GY_OK) count_moves(staged, result);
  gy_reject_seal_clear(&list.seal);
  free(row_nos);
  return status;
}
