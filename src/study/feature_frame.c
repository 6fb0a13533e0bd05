/* SPDX-License-Identifier: Apache-2.0 */
#include "study/feature_frame.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

enum { SELECT_MAX = 64 * 1024, LABEL_COLUMNS_MAX = 8 };

/* customer_no is a column of the chunk: where each row goes, whatever thread brings it. */
static gy_status position_of(const gy_chunk *chunk, size_t row, size_t n, size_t *at, gy_error *err) {
  int64_t no = ((const int32_t *)chunk->columns[0].data)[row];
  if (no < 0 || (size_t)no >= n)
    return gy_fail(err, GY_ECORRUPT,
                   "the store has customer number %lld but only %zu customers; run with --force",
                   (long long)no, n);
  *at = (size_t)no;
  return GY_OK;
}

static gy_status fill_frame(void *shared, void *local, const gy_chunk *chunk, gy_error *err) {
  (void)local;
  gy_feature_frame *frame = shared;
  for (size_t row = 0; row < chunk->n_rows; row++) {
    size_t at = 0;
    gy_status status = position_of(chunk, row, frame->n, &at, err);
    if (status != GY_OK) return status;
    for (size_t c = 0; c < frame->n_columns; c++) {
      const gy_column *column = &chunk->columns[c + 1];
      frame->columns[c][at] = gy_column_is_null(column, row) ? NAN : ((const float *)column->data)[row];
    }
  }
  return GY_OK;
}

static char *select_columns(const char *const *names, size_t n_names) {
  gy_buffer sql;
  gy_buffer_init(&sql, SELECT_MAX);
  gy_buffer_text(&sql, "SELECT customer_no");
  for (size_t i = 0; i < n_names; i++) {
    char *name = gy_sql_identifier(names[i]);
    gy_buffer_printf(&sql, ", CAST(%s AS FLOAT)", name != NULL ? name : "");
    sql.failed = sql.failed || name == NULL;
    free(name);
  }
  gy_buffer_text(&sql, " FROM customer_features");
  return gy_buffer_take(&sql);
}

static bool allocate(gy_feature_frame *frame, size_t n, size_t n_columns) {
  frame->n = n;
  frame->columns = calloc(n_columns > 0 ? n_columns : 1, sizeof *frame->columns);
  if (frame->columns == NULL) return false;
  for (frame->n_columns = 0; frame->n_columns < n_columns; frame->n_columns++) {
    frame->columns[frame->n_columns] = malloc((n > 0 ? n : 1) * sizeof(float));
    if (frame->columns[frame->n_columns] == NULL) return false;
  }
  return true;
}

gy_status gy_feature_frame_load(gy_engine *engine, const char *const *names, size_t n_names,
                                const gy_task *task, gy_feature_frame *frame, gy_error *err) {
  *frame = (gy_feature_frame){0};
  int64_t n = 0;
  gy_status status = gy_engine_int64(engine, "SELECT count(*) FROM customer_features", NULL, 0, &n, err);
  if (status != GY_OK) return status;
  char *sql = select_columns(names, n_names);
  if (sql == NULL || !allocate(frame, (size_t)n, n_names)) {
    status = gy_fail(err, GY_ENOMEM, "no memory for %zu features of %lld customers", n_names, (long long)n);
  } else {
    gy_sink sink = {.shared = frame, .consume = fill_frame};
    status = gy_engine_scan(engine, sql, NULL, 0, &sink, "reading features", task, err);
  }
  free(sql);
  return status;
}

void gy_feature_frame_clear(gy_feature_frame *frame) {
  for (size_t c = 0; c < frame->n_columns; c++) free(frame->columns[c]);
  free(frame->columns);
  *frame = (gy_feature_frame){0};
}

float *gy_feature_frame_rows(const gy_feature_frame *frame, const size_t *which, size_t n_which) {
  float *rows = malloc((frame->n * n_which > 0 ? frame->n * n_which : 1) * sizeof *rows);
  if (rows == NULL) return NULL;
  for (size_t j = 0; j < n_which; j++) {
    const float *column = frame->columns[which[j]];
    for (size_t i = 0; i < frame->n; i++) rows[i * n_which + j] = column[i];
  }
  return rows;
}

typedef struct {
  int32_t *values;
  size_t n;
} label_target;

static gy_status fill_labels(void *shared, void *local, const gy_chunk *chunk, gy_error *err) {
  (void)local;
  label_target *target = shared;
  for (size_t row = 0; row < chunk->n_rows; row++) {
    size_t at = 0;
    gy_status status = position_of(chunk, row, target->n, &at, err);
    if (status != GY_OK) return status;
    target->values[at] = ((const int32_t *)chunk->columns[1].data)[row];
  }
  return GY_OK;
}

gy_status gy_feature_labels_load(gy_engine *engine, const char *sql, size_t n, const gy_task *task,
                                 int32_t *values, gy_error *err) {
  label_target target = {values, n};
  gy_sink sink = {.shared = &target, .consume = fill_labels};
  return gy_engine_scan(engine, sql, NULL, 0, &sink, NULL, task, err);
}

typedef struct {
  const int32_t *const *columns;
  size_t n_columns;
  size_t n;
  atomic_size_t next;
} label_source;

static gy_status write_labels(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows,
                              gy_error *err) {
  (void)local, (void)err;
  label_source *source = shared;
  size_t start = atomic_fetch_add(&source->next, GY_CHUNK_ROWS);
  size_t end = start + GY_CHUNK_ROWS < source->n ? start + GY_CHUNK_ROWS : source->n;
  *n_rows = start < end ? end - start : 0;
  for (size_t row = 0; row < *n_rows; row++) ((int32_t *)writer->data[0])[row] = (int32_t)(start + row);
  for (size_t c = 0; c<source->n_columns && * n_rows> 0; c++)
    memcpy(writer->data[c + 1], source->columns[c] + start, *n_rows * sizeof(int32_t));
  return GY_OK;
}

gy_status gy_feature_labels_store(gy_engine *engine, const char *table, const char *const *names,
                                  const int32_t *const *columns, size_t n_columns, size_t n,
                                  const gy_task *task, gy_error *err) {
  if (n_columns > LABEL_COLUMNS_MAX)
    return gy_fail(err, GY_EINTERNAL, "%zu label columns are too many", n_columns);
  gy_source_column described[LABEL_COLUMNS_MAX + 1] = {{"customer_no", GY_TYPE_INT32}};
  for (size_t c = 0; c < n_columns; c++) described[c + 1] = (gy_source_column){names[c], GY_TYPE_INT32};
  label_source shared = {.columns = columns, .n_columns = n_columns, .n = n};
  gy_source source = {.shared = &shared,
                      .columns = described,
                      .n_columns = n_columns + 1,
                      .expected_rows = n,
                      .fill = write_labels};
  return gy_engine_store(engine, table, "gy_labels", &source, "storing labels", task, err);
}
