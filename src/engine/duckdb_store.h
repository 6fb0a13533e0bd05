/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the DuckDB driver share. Only duckdb*.c include this, as only they may see duckdb.h. */
#ifndef GYEOL_ENGINE_DUCKDB_STORE_H
#define GYEOL_ENGINE_DUCKDB_STORE_H

#include <duckdb.h>
#include <pthread.h>
#include <stdatomic.h>

#include "engine/engine.h"

typedef struct store_scan store_scan;
typedef struct store_publication store_publication;
typedef struct store_function store_function;

struct gy_engine {
  duckdb_database database;
  duckdb_connection connection;
  char *name; /* the path, or "the in-memory store" */
  int n_threads;
  bool in_transaction;
  /* The first failure of a sink or source, which DuckDB would reduce to a text. */
  pthread_mutex_t failure_lock;
  atomic_bool failed;
  gy_error failure;
  store_scan *scan;                /* the scan that runs now */
  store_publication *publications; /* every name ever published */
  store_function *functions;       /* every name ever defined */
  atomic_uint_fast64_t moved_rows; /* through sinks or sources in this statement */
  atomic_uint_fast64_t expected_rows;
};

/* ---- errors: duckdb_error.c ---- */

/* Turns DuckDB's message about `sql` (may be NULL) into a status and a sentence. */
gy_status store_fail(const char *store, const char *message, const char *sql, gy_error *err);
/* Remembers what a callback returned; the first failure wins. Any thread. */
void store_note_failure(gy_engine *engine, gy_status status, const gy_error *why);

/* ---- a store that is new: duckdb_create.c ---- */

/* Makes the file of a store that is not there yet, whole or not at all. */
GY_MUST_USE gy_status store_create(const char *path, gy_error *err);

/* ---- statements: duckdb_statement.c ---- */

/* The form that a query's columns are asked for in. */
typedef enum store_form {
  STORE_FORM_NATIVE, /* the nearest gy_type */
  STORE_FORM_JSON,   /* as native, but decimals as their digits */
  STORE_FORM_INT64,  /* everything cast */
  STORE_FORM_DOUBLE,
  STORE_FORM_TEXT,
} store_form;

typedef struct store_plan {
  char *sql; /* the text to run, columns cast where they needed it */
  size_t n_columns;
  gy_type *types;
  char **names;
} store_plan;

/* Gives `sql` with $1..$n written out as literals, for learning what a query has whose parameters DuckDB
 * cannot type; never for running it. */
gy_status store_literals(const char *sql, const gy_value *params, size_t n_params, char **literal_sql,
                         gy_error *err);

/* Prepares `sql` to learn its columns, then writes `head` + casts + `tail` + FROM (sql) around it; with
 * NULL `head`, a plain SELECT that keeps the column names. */
gy_status store_plan_make(gy_engine *engine, const char *sql, const gy_value *params, size_t n_params,
                          store_form form, const char *head, const char *tail, store_plan *plan,
                          gy_error *err);
void store_plan_clear(store_plan *plan);

gy_status store_prepare(gy_engine *engine, const char *sql, duckdb_prepared_statement *prepared,
                        gy_error *err);
gy_status store_bind(duckdb_prepared_statement prepared, const char *sql, const gy_value *params,
                     size_t n_params, gy_error *err);
/* Runs to the end with progress and cancellation; `result` is the caller's to destroy on success. */
gy_status store_run(gy_engine *engine, duckdb_prepared_statement prepared, const char *sql, const char *phase,
                    const gy_task *task, duckdb_result *result, gy_error *err);
/* Prepare, bind, run. */
gy_status store_run_sql(gy_engine *engine, const char *sql, const gy_value *params, size_t n_params,
                        const char *phase, const gy_task *task, duckdb_result *result, gy_error *err);

gy_status store_query(gy_engine *engine, const char *sql, const gy_value *params, size_t n_params,
                      store_form form, const gy_task *task, gy_result **result, gy_error *err);

/* ---- vectors: duckdb_vector.c ---- */

/* A DuckDB chunk seen as gy_columns; text columns are rewritten into scratch of the view. */
typedef struct store_view {
  size_t n_columns;
  const gy_type *types; /* lent */
  gy_column *columns;
  gy_text *texts; /* GY_CHUNK_ROWS per column of text */
} store_view;

/* False when memory is spent; store_view_clear is then still to be called. */
bool store_view_init(store_view *view, const gy_type *types, size_t n_columns);
void store_view_clear(store_view *view);
/* Whether the chunk's vectors are of the types that the view takes them for. */
bool store_view_fits(const store_view *view, duckdb_data_chunk source);
void store_view_load(store_view *view, duckdb_data_chunk source, gy_chunk *chunk);

/* The engine's type for a gy_type, to be destroyed. */
duckdb_logical_type store_logical_type(gy_type type);
/* The gy_type that carries a DuckDB type, and the SQL type to cast it to (NULL: carried as it is). */
gy_type store_carrier(duckdb_logical_type logical, const char **cast);

/* ---- columns out and in ---- */

/* What a gy_chunk_writer writes into; its engine_state. */
typedef struct store_output {
  duckdb_vector *vectors;
  uint64_t **validity; /* NULL until the column's first NULL of the chunk */
  duckdb_string_t **strings;
  void **data;
} store_output;

/* Takes a vector for what column `column` is written into. */
void store_output_aim(store_output *output, size_t column, gy_type type, duckdb_vector vector);

void store_functions_rolled_back(gy_engine *engine);
void store_functions_committed(gy_engine *engine);
void store_functions_destroy(gy_engine *engine);

gy_status store_scan_register(gy_engine *engine, gy_error *err);
void store_publications_rolled_back(gy_engine *engine);
void store_publications_committed(gy_engine *engine);
void store_publications_destroy(gy_engine *engine);

#endif
