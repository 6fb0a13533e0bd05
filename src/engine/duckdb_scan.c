/* SPDX-License-Identifier: Apache-2.0
 *
 * Columns out. A scan runs `SELECT max(gy_sink(c0, c1, ...)) FROM (query)`, where gy_sink is a volatile
 * scalar function of ours: DuckDB calls it on each of its threads with flat vectors of up to 2048 rows, and
 * the max() of its zeros is an order-free aggregate, so nothing in the plan forces rows into one thread. A
 * C aggregate function would look more natural, but without DuckDB's private "simple update" it is planned
 * as a hash aggregate and pays a probe a row.
 *
 * Local states are kept on a free list: a call takes one, feeds it, puts it back. There are never more of
 * them than threads, and one is used by one thread at a time. */
#include <stdlib.h>
#include <string.h>

#include "engine/duckdb_store.h"

typedef struct scan_local {
  void *local; /* the sink's */
  store_view view;
  struct scan_local *next_free;
  struct scan_local *next; /* of all */
} scan_local;

struct store_scan {
  const gy_sink *sink;
  const gy_task *task;
  const gy_type *types;
  size_t n_columns;
  pthread_mutex_t lock;
  scan_local *all;
  scan_local *free;
};

static gy_status make_local(store_scan *scan, scan_local **local, gy_error *err) {
  scan_local *made = calloc(1, sizeof *made);
  if (made == NULL || !store_view_init(&made->view, scan->types, scan->n_columns)) {
    if (made != NULL) store_view_clear(&made->view);
    free(made);
    return gy_fail(err, GY_ENOMEM, "no memory to read columns");
  }
  const gy_sink *sink = scan->sink;
  gy_status status = sink->open != NULL ? sink->open(sink->shared, &made->local, err) : GY_OK;
  if (status != GY_OK) {
    store_view_clear(&made->view);
    free(made);
    return status;
  }
  pthread_mutex_lock(&scan->lock);
  made->next = scan->all;
  scan->all = made;
  pthread_mutex_unlock(&scan->lock);
  *local = made;
  return GY_OK;
}

static gy_status take_local(store_scan *scan, scan_local **local, gy_error *err) {
  pthread_mutex_lock(&scan->lock);
  scan_local *taken = scan->free;
  if (taken != NULL) scan->free = taken->next_free;
  pthread_mutex_unlock(&scan->lock);
  if (taken == NULL) return make_local(scan, local, err);
  *local = taken;
  return GY_OK;
}

static void put_local(store_scan *scan, scan_local *local) {
  pthread_mutex_lock(&scan->lock);
  local->next_free = scan->free;
  scan->free = local;
  pthread_mutex_unlock(&scan->lock);
}

static gy_status feed(store_scan *scan, duckdb_data_chunk input, gy_error *err) {
  scan_local *local = NULL;
  gy_chunk chunk;
  gy_status status = gy_task_check(scan->task, err);
  if (status == GY_OK) status = take_local(scan, &local, err);
  if (status != GY_OK) return status;
  store_view_load(&local->view, input, &chunk);
  status = scan->sink->consume(scan->sink->shared, local->local, &chunk, err);
  put_local(scan, local);
  return status;
}

static void sink_function(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  gy_engine *engine = duckdb_scalar_function_get_extra_info(info);
  size_t n_rows = duckdb_data_chunk_get_size(input);
  memset(duckdb_vector_get_data(output), 0, n_rows);
  if (engine->scan == NULL || atomic_load_explicit(&engine->failed, memory_order_relaxed)) {
    duckdb_scalar_function_set_error(info, "the scan has stopped");
    return;
  }
  gy_error err = {0};
  gy_status status = feed(engine->scan, input, &err);
  if (status == GY_OK) {
    atomic_fetch_add_explicit(&engine->moved_rows, n_rows, memory_order_relaxed);
    return;
  }
  store_note_failure(engine, status, &err);
  duckdb_scalar_function_set_error(info, err.text);
}

gy_status store_scan_register(gy_engine *engine, gy_error *err) {
  duckdb_scalar_function function = duckdb_create_scalar_function();
  duckdb_logical_type any = duckdb_create_logical_type(DUCKDB_TYPE_ANY);
  duckdb_logical_type returns = duckdb_create_logical_type(DUCKDB_TYPE_UTINYINT);
  duckdb_scalar_function_set_name(function, "gy_sink");
  duckdb_scalar_function_set_varargs(function, any);
  duckdb_scalar_function_set_return_type(function, returns);
  duckdb_scalar_function_set_special_handling(function); /* rows with NULLs are rows too */
  duckdb_scalar_function_set_volatile(function);
  duckdb_scalar_function_set_extra_info(function, engine, NULL);
  duckdb_scalar_function_set_function(function, sink_function);
  duckdb_state state = duckdb_register_scalar_function(engine->connection, function);
  duckdb_destroy_scalar_function(&function);
  duckdb_destroy_logical_type(&any);
  duckdb_destroy_logical_type(&returns);
  if (state == DuckDBSuccess) return GY_OK;
  return gy_fail(err, GY_EINTERNAL, "%s: the scan function cannot be registered", engine->name);
}

/* Closes every local state; the first failure to close is what counts if all else went well. */
static gy_status close_locals(store_scan *scan, gy_status status, gy_error *err) {
  while (scan->all != NULL) {
    scan_local *local = scan->all;
    scan->all = local->next;
    if (scan->sink->close != NULL) {
      gy_status closed = scan->sink->close(scan->sink->shared, local->local, status != GY_OK,
                                           status == GY_OK ? err : NULL);
      if (status == GY_OK) status = closed;
    }
    store_view_clear(&local->view);
    free(local);
  }
  return status;
}

gy_status gy_engine_scan(gy_engine *engine, const char *sql, const gy_value *params, size_t n_params,
                         const gy_sink *sink, const char *phase, const gy_task *task, gy_error *err) {
  if (engine->scan != NULL) return gy_fail(err, GY_EINTERNAL, "a scan runs already on this connection");
  store_plan plan = {0};
  gy_status status = store_plan_make(engine, sql, STORE_FORM_NATIVE, "SELECT max(gy_sink(", "))", &plan, err);
  if (status != GY_OK) return status;
  store_scan scan = {.sink = sink, .task = task, .types = plan.types, .n_columns = plan.n_columns};
  duckdb_result result;
  pthread_mutex_init(&scan.lock, NULL);
  engine->scan = &scan;
  status = store_run_sql(engine, plan.sql, params, n_params, phase, task, &result, err);
  if (status == GY_OK) duckdb_destroy_result(&result);
  engine->scan = NULL;
  status = close_locals(&scan, status, err);
  pthread_mutex_destroy(&scan.lock);
  store_plan_clear(&plan);
  return status;
}
