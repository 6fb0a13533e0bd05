/* SPDX-License-Identifier: Apache-2.0
 *
 * Some records of a source again, as they are in its files. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/import_record.h"
#include "data/import_work.h"

/* The first of `n` rising numbers that is not below `number`. */
static size_t lower_bound(const int64_t *numbers, size_t n, int64_t number) {
  size_t low = 0, high = n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (numbers[middle] < number)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Takes what is wanted of a batch. */
static void take_batch(const import_thread *t, const gy_csv_batch *batch, uint64_t before,
                       const int64_t *row_nos, size_t n, char **records) {
  size_t width = t->job->files[t->file].n_fields;
  for (size_t i = 0, k = 0; i < batch->n_records; i++) {
    int64_t row_no = (int64_t)(before + batch->lines[i]);
    if (i == 0) k = lower_bound(row_nos, n, row_no);
    while (k < n && row_nos[k] < row_no) k++;
    if (k == n) return;
    if (row_nos[k] == row_no && records[k] == NULL)
      records[k] = import_record_json(t, batch->fields + i * width, batch->text);
  }
}

static gy_status read_rows(const gy_import_spec *spec, const gy_import_result *result, const int64_t *row_nos,
                           size_t n, const gy_task *task, char **records, gy_error *err) {
  import_job job;
  void *thread = NULL;
  gy_status status = import_job_init(&job, spec, task, result, err);
  job.format = result->files[0].format;
  import_rejects_clear(&job.rejects);
  if (status == GY_OK) status = import_thread_open(&job, &thread, err);
  while (status == GY_OK) {
    gy_csv_batch batch;
    status = import_next_batch(thread, &batch, err);
    if (status != GY_OK || batch.n_records == 0) break;
    size_t file = ((import_thread *)thread)->file;
    take_batch(thread, &batch, result->files[file].lines_before, row_nos, n, records);
  }
  if (thread != NULL) import_thread_close(&job, thread);
  import_job_clear(&job);
  return status;
}

/* ---- Parquet ---- */

static gy_status list_numbers(const gy_import_file *file, uint64_t end, const int64_t *row_nos, size_t n,
                              gy_buffer *sql) {
  bool any = false;
  for (size_t i = lower_bound(row_nos, n, (int64_t)file->lines_before + 1); i < n; i++) {
    if ((uint64_t)row_nos[i] > end) break;
    gy_buffer_printf(sql, "%s%lld", any ? ", " : "",
                     (long long)row_nos[i] - (long long)file->lines_before - 1);
    any = true;
  }
  return any ? GY_OK : GY_ENOTFOUND;
}

static void take_row(json_t *row, uint64_t before, const int64_t *row_nos, size_t n, char **records) {
  int64_t row_no = json_integer_value(json_object_get(row, "file_row_number")) + (int64_t)before + 1;
  size_t k = lower_bound(row_nos, n, row_no);
  json_object_del(row, "file_row_number");
  const char *name;
  json_t *value;
  json_object_foreach(row, name, value) {
    if (json_is_null(value)) json_object_set_new(row, name, json_string(""));
  }
  if (k < n && row_nos[k] == row_no && records[k] == NULL) records[k] = json_dumps(row, JSON_COMPACT);
}

static gy_status read_parquet_file(gy_engine *engine, const gy_import_file *file, const int64_t *row_nos,
                                   size_t n, const gy_task *task, char **records, gy_error *err) {
  gy_buffer sql;
  gy_buffer_init(&sql, 64 << 20);
  char *path = gy_sql_literal(file->path);
  json_t *rows = NULL, *row;
  gy_buffer_printf(&sql,
                   "SELECT file_row_number, CAST(COLUMNS(* EXCLUDE (file_row_number)) AS VARCHAR) FROM "
                   "read_parquet(%s, file_row_number = true) WHERE file_row_number IN (",
                   path != NULL ? path : "''");
  bool any = list_numbers(file, file->lines_before + file->n_read, row_nos, n, &sql) == GY_OK;
  gy_buffer_text(&sql, ")");
  gy_status status =
      path != NULL && !sql.failed ? GY_OK : gy_fail(err, GY_ENOMEM, "out of memory for records");
  if (status == GY_OK && any) status = gy_engine_json(engine, sql.data, NULL, 0, task, &rows, err);
  size_t i;
  json_array_foreach(rows, i, row) take_row(row, file->lines_before, row_nos, n, records);
  json_decref(rows);
  free(path);
  gy_buffer_clear(&sql);
  return status;
}

gy_status gy_import_records(gy_engine *engine, const gy_import_spec *spec, const gy_import_result *result,
                            const int64_t *row_nos, size_t n, const gy_task *task, char **records,
                            gy_error *err) {
  memset(records, 0, n * sizeof *records);
  if (n == 0 || result->n_files == 0) return GY_OK;
  if (result->files[0].format != GY_IMPORT_PARQUET)
    return read_rows(spec, result, row_nos, n, task, records, err);
  gy_status status = GY_OK;
  for (size_t i = 0; i < result->n_files && status == GY_OK; i++)
    status = read_parquet_file(engine, &result->files[i], row_nos, n, task, records, err);
  return status;
}
