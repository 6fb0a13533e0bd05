/* SPDX-License-Identifier: Apache-2.0
 *
 * The embedded store: opening a DuckDB file, its settings and its transactions. Statements, scans and
 * sources are in duckdb_statement.c, duckdb_scan.c and duckdb_source.c.
 *
 * Settings that everything above relies on:
 *   preserve_insertion_order=false  CREATE TABLE AS runs on all threads; rows have no order but ORDER BY
 *   TimeZone=UTC                    TIMESTAMPTZ and TIMESTAMP convert alike on every machine
 *   no extension is ever fetched    nothing leaves the machine; ICU, JSON and Parquet are linked in
 * DuckDB itself keeps spilled data below 90 % of the free space of the disk it spills to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/duckdb_store.h"

static bool set_option(duckdb_config config, const char *name, const char *value) {
  return duckdb_set_config(config, name, value) == DuckDBSuccess;
}

/* Spilled data goes beside the file; a store in memory has no place of its own and uses $TMPDIR. */
static char *spill_folder(const gy_engine_options *options) {
  char *folder = NULL;
  int written;
  if (options->spill_dir != NULL) return strdup(options->spill_dir);
  if (options->path != NULL) {
    written = asprintf(&folder, "%s.spill", options->path);
  } else {
    const char *temporary = getenv("TMPDIR");
    if (temporary == NULL || *temporary == '\0') temporary = "/tmp";
    written = asprintf(&folder, "%s/gyeol-%ld.spill", temporary, (long)getpid());
  }
  return written < 0 ? NULL : folder;
}

static gy_status make_config(const gy_engine_options *options, int n_threads, duckdb_config *config,
                             gy_error *err) {
  char threads[32], memory[32];
  snprintf(threads, sizeof threads, "%d", n_threads);
  snprintf(memory, sizeof memory, "%zuKiB", options->memory_bytes / 1024 + 1);
  char *spill = spill_folder(options);
  *config = NULL;
  if (spill == NULL || duckdb_create_config(config) != DuckDBSuccess) {
    free(spill);
    return gy_fail(err, GY_ENOMEM, "no memory to open the store");
  }
  bool set = set_option(*config, "access_mode", options->read_only ? "READ_ONLY" : "AUTOMATIC") &&
             set_option(*config, "threads", threads) && set_option(*config, "temp_directory", spill) &&
             set_option(*config, "preserve_insertion_order", "false") &&
             set_option(*config, "autoinstall_known_extensions", "false") &&
             set_option(*config, "autoload_known_extensions", "false") &&
             set_option(*config, "allow_community_extensions", "false") &&
             (options->memory_bytes == 0 || set_option(*config, "memory_limit", memory));
  free(spill);
  return set ? GY_OK : gy_fail(err, GY_EINTERNAL, "the engine does not know one of its settings");
}

static gy_status open_database(gy_engine *engine, const gy_engine_options *options, gy_error *err) {
  duckdb_config config = NULL;
  char *why = NULL;
  gy_status status = make_config(options, engine->n_threads, &config, err);
  if (status == GY_OK && options->path != NULL && !options->read_only)
    status = store_create(options->path, err);
  if (status == GY_OK && duckdb_open_ext(options->path, &engine->database, config, &why) != DuckDBSuccess)
    status = store_fail(engine->name, why, NULL, err);
  if (status == GY_OK && duckdb_connect(engine->database, &engine->connection) != DuckDBSuccess)
    status = gy_fail(err, GY_EENGINE, "%s: no connection to it could be made", engine->name);
  duckdb_free(why);
  duckdb_destroy_config(&config);
  return status;
}

/* A process that was killed just after a commit leaves a log beside the file. Replaying it may write to the
 * file, which a reader cannot; so the store is opened for writing once. Whatever hinders that, the reader's
 * own attempt will say. */
static void replay_log(const gy_engine_options *options) {
  char *log = NULL;
  if (options->path == NULL || asprintf(&log, "%s.wal", options->path) < 0) return;
  bool is_left = access(log, F_OK) == 0;
  free(log);
  if (!is_left) return;
  gy_engine_options writing = *options;
  gy_engine *engine = NULL;
  writing.read_only = false;
  if (gy_engine_open(&writing, &engine, NULL) == GY_OK) gy_engine_close(engine);
}

gy_status gy_engine_open(const gy_engine_options *options, gy_engine **engine_out, gy_error *err) {
  if (duckdb_vector_size() != GY_CHUNK_ROWS)
    return gy_fail(err, GY_EINTERNAL, "libduckdb moves %llu rows a chunk, gyeol was built for %d",
                   (unsigned long long)duckdb_vector_size(), GY_CHUNK_ROWS);
  if (options->read_only) replay_log(options);
  gy_engine *engine = calloc(1, sizeof *engine);
  if (engine == NULL) return gy_fail(err, GY_ENOMEM, "no memory to open the store");
  pthread_mutex_init(&engine->failure_lock, NULL);
  const gy_task threads = {.n_threads = options->n_threads};
  engine->n_threads = gy_task_threads(&threads);
  engine->name = strdup(options->path != NULL ? options->path : "the store in memory");
  gy_status status = GY_ENOMEM;
  if (engine->name == NULL)
    gy_fail(err, status, "no memory to open the store");
  else
    status = open_database(engine, options, err);
  if (status == GY_OK)
    status = gy_engine_execute(engine,
                               "SET TimeZone = 'UTC'; SET enable_progress_bar = true;"
                               "SET enable_progress_bar_print = false",
                               NULL, 0, NULL, NULL, NULL, err);
  if (status == GY_OK) status = store_scan_register(engine, err);
  if (status == GY_OK)
    *engine_out = engine;
  else
    gy_engine_close(engine);
  return status;
}

void gy_engine_close(gy_engine *engine) {
  if (engine == NULL) return;
  gy_engine_rollback(engine);
  duckdb_disconnect(&engine->connection);
  duckdb_close(&engine->database);
  store_publications_destroy(engine);
  store_functions_destroy(engine);
  pthread_mutex_destroy(&engine->failure_lock);
  free(engine->name);
  free(engine);
}

gy_status gy_engine_begin(gy_engine *engine, gy_error *err) {
  if (engine->in_transaction) return gy_fail(err, GY_EINTERNAL, "a transaction is open already");
  gy_status status = gy_engine_execute(engine, "BEGIN TRANSACTION", NULL, 0, NULL, NULL, NULL, err);
  if (status == GY_OK) engine->in_transaction = true;
  return status;
}

gy_status gy_engine_commit(gy_engine *engine, gy_error *err) {
  if (!engine->in_transaction) return gy_fail(err, GY_EINTERNAL, "no transaction is open");
  gy_status status = gy_engine_execute(engine, "COMMIT", NULL, 0, NULL, NULL, NULL, err);
  if (status != GY_OK) {
    gy_engine_rollback(engine);
    return status;
  }
  engine->in_transaction = false;
  store_publications_committed(engine);
  store_functions_committed(engine);
  return GY_OK;
}

void gy_engine_rollback(gy_engine *engine) {
  if (engine == NULL || !engine->in_transaction) return;
  engine->in_transaction = false;
  duckdb_result result;
  /* A transaction that failed to commit is gone already; then this has nothing to do. */
  duckdb_query(engine->connection, "ROLLBACK", &result);
  duckdb_destroy_result(&result);
  store_publications_rolled_back(engine);
  store_functions_rolled_back(engine);
}
