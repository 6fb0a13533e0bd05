/* SPDX-License-Identifier: Apache-2.0
 *
 * Running statements. DuckDB's pending interface hands the calling thread one slice of work at a time (its
 * other threads work on by themselves); between slices progress is reported and cancellation noticed. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/duckdb_store.h"

enum { PROGRESS_MS = 100, NAP_US = 100, NAPS_MAX = 20 };

gy_status store_prepare(gy_engine *engine, const char *sql, duckdb_prepared_statement *prepared,
                        gy_error *err) {
  if (duckdb_prepare(engine->connection, sql, prepared) == DuckDBSuccess) return GY_OK;
  gy_status status = store_fail(engine->name, duckdb_prepare_error(*prepared), sql, err);
  duckdb_destroy_prepare(prepared);
  return status;
}

static duckdb_state bind_one(duckdb_prepared_statement prepared, idx_t at, const gy_value *value) {
  if (value->is_null) return duckdb_bind_null(prepared, at);
  int64_t integer = value->as.integer;
  switch (value->type) {
    case GY_TYPE_BOOL:
      return duckdb_bind_boolean(prepared, at, value->as.boolean);
    case GY_TYPE_INT32:
      return duckdb_bind_int32(prepared, at, (int32_t)integer);
    case GY_TYPE_INT64:
      return duckdb_bind_int64(prepared, at, integer);
    case GY_TYPE_FLOAT:
      return duckdb_bind_float(prepared, at, (float)value->as.real);
    case GY_TYPE_DOUBLE:
      return duckdb_bind_double(prepared, at, value->as.real);
    case GY_TYPE_MONEY: {
      duckdb_hugeint digits = {.lower = (uint64_t)integer, .upper = integer < 0 ? -1 : 0};
      return duckdb_bind_decimal(prepared, at, (duckdb_decimal){.width = 18, .scale = 4, .value = digits});
    }
    case GY_TYPE_TIMESTAMP:
      return duckdb_bind_timestamp(prepared, at, (duckdb_timestamp){integer});
    case GY_TYPE_DATE:
      return duckdb_bind_date(prepared, at, (duckdb_date){(int32_t)integer});
    case GY_TYPE_UUID:
    case GY_TYPE_TEXT:
      return duckdb_bind_varchar_length(prepared, at, value->as.text.data, value->as.text.length);
  }
  return DuckDBError;
}

gy_status store_bind(duckdb_prepared_statement prepared, const char *sql, const gy_value *params,
                     size_t n_params, gy_error *err) {
  if (duckdb_nparams(prepared) != n_params)
    return gy_fail(err, GY_EINTERNAL, "%zu parameters for a statement that takes %llu: %.120s", n_params,
                   (unsigned long long)duckdb_nparams(prepared), sql);
  for (size_t i = 0; i < n_params; i++)
    if (bind_one(prepared, i + 1, &params[i]) != DuckDBSuccess)
      return gy_fail(err, GY_EINTERNAL, "parameter $%zu cannot be bound: %.120s", i + 1, sql);
  return GY_OK;
}

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Rows where rows pass through a sink or source, else DuckDB's own estimate in percent. */
static void report(gy_engine *engine, const char *phase, const gy_task *task, int64_t *last_ms) {
  if (phase == NULL || task == NULL || task->progress == NULL) return;
  int64_t now = now_ms();
  if (now - *last_ms < PROGRESS_MS) return;
  *last_ms = now;
  double percent = duckdb_query_progress(engine->connection).percentage;
  uint64_t rows = atomic_load(&engine->moved_rows);
  if (rows > 0) {
    uint64_t total = atomic_load(&engine->expected_rows);
    if (total == 0 && percent > 1) total = (uint64_t)((double)rows * 100 / percent);
    gy_task_progress(task, phase, rows, total < rows ? 0 : total, "rows");
  } else if (percent >= 0) {
    gy_task_progress(task, phase, (uint64_t)percent, 100, "percent");
  }
}

/* Drives the statement until it is ready or has failed. */
static duckdb_pending_state drive(gy_engine *engine, duckdb_pending_result pending, const char *phase,
                                  const gy_task *task) {
  int64_t last_ms = now_ms();
  bool interrupted = false;
  int naps = 0;
  for (;;) {
    duckdb_pending_state state = duckdb_pending_execute_task(pending);
    if (state == DUCKDB_PENDING_ERROR || duckdb_pending_execution_is_finished(state)) return state;
    if (!interrupted && gy_task_cancelled(task)) {
      duckdb_interrupt(engine->connection);
      interrupted = true;
    }
    report(engine, phase, task, &last_ms);
    if (state != DUCKDB_PENDING_NO_TASKS_AVAILABLE) {
      naps = 0;
      continue;
    }
    /* Only the other threads have work: doze, longer as it lasts, without missing the end by much. */
    naps = naps < NAPS_MAX ? naps + 1 : naps;
    struct timespec nap = {.tv_nsec = (long)NAP_US * naps * 1000};
    nanosleep(&nap, NULL);
  }
}

/* What a sink or source said counts more than DuckDB's rendering of it. */
static gy_status run_failure(gy_engine *engine, const char *message, const char *sql, gy_error *err) {
  if (!atomic_load(&engine->failed)) return store_fail(engine->name, message, sql, err);
  if (err != NULL) *err = engine->failure;
  return engine->failure.code;
}

gy_status store_run(gy_engine *engine, duckdb_prepared_statement prepared, const char *sql, const char *phase,
                    const gy_task *task, duckdb_result *result, gy_error *err) {
  gy_status status = gy_task_check(task, err);
  if (status != GY_OK) return status;
  duckdb_pending_result pending = NULL;
  duckdb_result made = {0};
  atomic_store(&engine->failed, false);
  atomic_store(&engine->moved_rows, 0);
  atomic_store(&engine->expected_rows, 0);
  if (duckdb_pending_prepared(prepared, &pending) != DuckDBSuccess ||
      drive(engine, pending, phase, task) == DUCKDB_PENDING_ERROR) {
    status = run_failure(engine, duckdb_pending_error(pending), sql, err);
  } else if (duckdb_execute_pending(pending, &made) != DuckDBSuccess) {
    status = run_failure(engine, duckdb_result_error(&made), sql, err);
    duckdb_destroy_result(&made);
  } else {
    *result = made;
  }
  duckdb_destroy_pending(&pending);
  return status;
}

gy_status store_run_sql(gy_engine *engine, const char *sql, const gy_value *params, size_t n_params,
                        const char *phase, const gy_task *task, duckdb_result *result, gy_error *err) {
  duckdb_prepared_statement prepared = NULL;
  gy_status status = store_prepare(engine, sql, &prepared, err);
  if (status != GY_OK) return status;
  status = store_bind(prepared, sql, params, n_params, err);
  if (status == GY_OK) status = store_run(engine, prepared, sql, phase, task, result, err);
  duckdb_destroy_prepare(&prepared);
  return status;
}

/* CREATE TABLE AS tells its rows as a result of one value, the others as a number of changes. */
static uint64_t changed_rows(duckdb_result *result) {
  uint64_t changed = duckdb_rows_changed(result);
  if (duckdb_result_statement_type(*result) != DUCKDB_STATEMENT_TYPE_CREATE) return changed;
  if (duckdb_column_count(result) != 1 || duckdb_column_type(result, 0) != DUCKDB_TYPE_BIGINT) return changed;
  duckdb_data_chunk chunk = duckdb_fetch_chunk(*result);
  if (chunk != NULL && duckdb_data_chunk_get_size(chunk) == 1) {
    const int64_t *count = duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 0));
    changed = (uint64_t)*count;
  }
  duckdb_destroy_data_chunk(&chunk);
  return changed;
}

/* What is done with each statement of a text. */
typedef struct statement_run {
  bool check_only;
  const char *phase;
  const gy_task *task;
  uint64_t changed; /* by the last one */
} statement_run;

static gy_status run_nth(gy_engine *engine, duckdb_extracted_statements statements, idx_t n, const char *sql,
                         statement_run *run, gy_error *err) {
  duckdb_prepared_statement prepared = NULL;
  duckdb_result result;
  gy_status status = GY_OK;
  if (duckdb_prepare_extracted_statement(engine->connection, statements, n, &prepared) != DuckDBSuccess)
    status = store_fail(engine->name, duckdb_prepare_error(prepared), sql, err);
  else if (!run->check_only)
    status = store_run(engine, prepared, sql, run->phase, run->task, &result, err);
  if (status == GY_OK && !run->check_only) {
    run->changed = changed_rows(&result);
    duckdb_destroy_result(&result);
  }
  duckdb_destroy_prepare(&prepared);
  return status;
}

static gy_status run_all(gy_engine *engine, const char *sql, statement_run *run, gy_error *err) {
  duckdb_extracted_statements statements = NULL;
  gy_status status = GY_OK;
  idx_t n = duckdb_extract_statements(engine->connection, sql, &statements);
  const char *why = n == 0 ? duckdb_extract_statements_error(statements) : NULL;
  if (why != NULL) status = store_fail(engine->name, why, sql, err);
  for (idx_t i = 0; i < n && status == GY_OK; i++) status = run_nth(engine, statements, i, sql, run, err);
  duckdb_destroy_extracted(&statements);
  return status;
}

gy_status gy_engine_check(gy_engine *engine, const char *sql, gy_error *err) {
  return run_all(engine, sql, &(statement_run){.check_only = true}, err);
}

gy_status gy_engine_execute(gy_engine *engine, const char *sql, const gy_value *params, size_t n_params,
                            const char *phase, const gy_task *task, uint64_t *changed, gy_error *err) {
  statement_run run = {.phase = phase, .task = task};
  gy_status status;
  if (n_params == 0) {
    status = run_all(engine, sql, &run, err);
  } else {
    duckdb_result result;
    status = store_run_sql(engine, sql, params, n_params, phase, task, &result, err);
    if (status == GY_OK) {
      run.changed = changed_rows(&result);
      duckdb_destroy_result(&result);
    }
  }
  if (status == GY_OK && changed != NULL) *changed = run.changed;
  return status;
}
