/* SPDX-License-Identifier: Apache-2.0
 *
 * The driver interface to the analytical store. Everything above this room speaks SQL through it and
 * never sees the engine's own header; duckdb*.c are the embedded implementation.
 *
 * Columns move in blocks, both ways, on all threads and without a row-by-row detour:
 *   gy_engine_scan      query -> chunks -> a sink's consume(), in parallel
 *   gy_engine_publish   a source's fill() -> chunks -> `FROM name()` in SQL, in parallel
 *
 * Rows have no order but the one that ORDER BY gives: the store keeps none (preserve_insertion_order is
 * off), which is what lets CREATE TABLE AS and INSERT run on all threads. Whoever needs the order of a file
 * stores a row number.
 *
 * What a query gives is carried by the nearest gy_type: small integers as INT32; UBIGINT, HUGEINT and the sum
 * of integers as INT64; any DECIMAL as MONEY (rounded to 4 places); every timestamp as TIMESTAMP; lists,
 * structs, enums and the rest as TEXT. A value that does not fit fails the query.
 *
 * One gy_engine is one connection with its own transaction; it is used by one thread at a time, while
 * sinks and sources are called from the engine's worker threads. They must not use the engine that calls
 * them. A file is opened once in a process: the lock that keeps other processes out does not see a second
 * opening from within. */
#ifndef GYEOL_ENGINE_ENGINE_H
#define GYEOL_ENGINE_ENGINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gyeol/task.h>

typedef struct gy_engine gy_engine;

typedef enum gy_type {
  GY_TYPE_BOOL,      /* uint8_t 0 or 1 */
  GY_TYPE_INT32,     /* int32_t */
  GY_TYPE_INT64,     /* int64_t */
  GY_TYPE_FLOAT,     /* float */
  GY_TYPE_DOUBLE,    /* double */
  GY_TYPE_MONEY,     /* int64_t in 1/10000; DECIMAL(18, 4) in SQL */
  GY_TYPE_TIMESTAMP, /* int64_t microseconds since 1970-01-01 UTC; TIMESTAMP in SQL */
  GY_TYPE_DATE,      /* int32_t days since 1970-01-01 */
  GY_TYPE_TEXT,      /* gy_text; VARCHAR in SQL */
  GY_TYPE_UUID,      /* columns in only: written by gy_writer_uuid; UUID in SQL, carried out as its TEXT */
} gy_type;

enum { GY_MONEY_SCALE = 10000, GY_CHUNK_ROWS = 2048 };

/* UTF-8, not terminated; lent for as long as the chunk that holds it. */
typedef struct gy_text {
  const char *data;
  size_t length;
} gy_text;

typedef struct gy_column {
  gy_type type;
  const void *data;         /* n_rows values of the type's C form */
  const uint64_t *validity; /* bit i of word i/64 set: row i is not NULL; NULL pointer: no NULLs */
} gy_column;

typedef struct gy_chunk {
  size_t n_rows; /* at most GY_CHUNK_ROWS */
  size_t n_columns;
  const gy_column *columns;
} gy_chunk;

static inline bool gy_column_is_null(const gy_column *column, size_t row) {
  return column->validity != NULL && !(column->validity[row / 64] >> (row % 64) & 1);
}

/* ---- opening ---- */

typedef struct gy_engine_options {
  const char *path; /* database file; NULL: in memory */
  bool read_only;
  int n_threads;         /* 0: one per processor */
  size_t memory_bytes;   /* 0: the engine's default */
  const char *spill_dir; /* where out-of-core work goes; NULL: `path`.spill, or in $TMPDIR */
} gy_engine_options;

/* Opens or creates; read-only never creates (GY_ENOTFOUND). GY_EBUSY names the process that holds the
 * file; GY_ECORRUPT a damaged file or one from a newer version. */
GY_MUST_USE gy_status gy_engine_open(const gy_engine_options *options, gy_engine **engine, gy_error *err);
void gy_engine_close(gy_engine *engine); /* NULL-safe; rolls back an open transaction */

/* A failed commit rolls back. After a statement of a transaction failed, only rollback is of use. */
GY_MUST_USE gy_status gy_engine_begin(gy_engine *engine, gy_error *err);
GY_MUST_USE gy_status gy_engine_commit(gy_engine *engine, gy_error *err);
void gy_engine_rollback(gy_engine *engine);

/* ---- statements ---- */

/* A bound parameter; make one with the gy_bind_* helpers. */
typedef struct gy_value {
  gy_type type;
  bool is_null;
  union {
    bool boolean;
    int64_t integer; /* INT32, INT64, MONEY, TIMESTAMP, DATE */
    double real;     /* FLOAT, DOUBLE */
    gy_text text;
  } as;
} gy_value;

gy_value gy_bind_null(void);
gy_value gy_bind_bool(bool value);
gy_value gy_bind_int64(int64_t value);
gy_value gy_bind_double(double value);
gy_value gy_bind_timestamp(int64_t micros);
gy_value gy_bind_text(const char *text); /* NULL binds NULL; lends */

/* Runs SQL for its effect: several statements when there are no parameters, else exactly one, with
 * $1..$n bound. `changed` (may be NULL) receives the row count of the last one. Reports progress as
 * `phase` (may be NULL) and stops with GY_ECANCELLED when the task says so. */
GY_MUST_USE gy_status gy_engine_execute(gy_engine *engine, const char *sql, const gy_value *params,
                                        size_t n_params, const char *phase, const gy_task *task,
                                        uint64_t *changed, gy_error *err);

/* Prepares every statement of `sql` and runs none; the error is what running it would have met. */
GY_MUST_USE gy_status gy_engine_check(gy_engine *engine, const char *sql, gy_error *err);

/* Runs a query and steps through its chunks in order. The result is complete at once, so other statements
 * may run while it is read; it is for results of modest size, big ones go through gy_engine_scan. */
typedef struct gy_result gy_result;
GY_MUST_USE gy_status gy_engine_query(gy_engine *engine, const char *sql, const gy_value *params,
                                      size_t n_params, const gy_task *task, gy_result **result,
                                      gy_error *err);
size_t gy_result_column_count(const gy_result *result);
const char *gy_result_column_name(const gy_result *result, size_t column);
gy_type gy_result_column_type(const gy_result *result, size_t column);
/* `chunk` is lent until the next call; it has no rows at the end. */
GY_MUST_USE gy_status gy_result_next(gy_result *result, gy_chunk *chunk, gy_error *err);
void gy_result_destroy(gy_result *result); /* NULL-safe */

/* The first column of the first row, cast; GY_ENOTFOUND when there is none or it is NULL. */
GY_MUST_USE gy_status gy_engine_int64(gy_engine *engine, const char *sql, const gy_value *params,
                                      size_t n_params, int64_t *value, gy_error *err);
GY_MUST_USE gy_status gy_engine_double(gy_engine *engine, const char *sql, const gy_value *params,
                                       size_t n_params, double *value, gy_error *err);
/* Gives a malloc'd text. */
GY_MUST_USE gy_status gy_engine_text(gy_engine *engine, const char *sql, const gy_value *params,
                                     size_t n_params, char **value, gy_error *err);

/* All rows as a JSON array of objects; gives a new reference. MONEY and wider decimals become strings
 * with their exact digits, TIMESTAMP "YYYY-MM-DDTHH:MM:SSZ", DATE "YYYY-MM-DD", NaN null. */
GY_MUST_USE gy_status gy_engine_json(gy_engine *engine, const char *sql, const gy_value *params,
                                     size_t n_params, const gy_task *task, json_t **rows, gy_error *err);

/* ---- columns out ---- */

/* Receives a query's rows as chunks, on several threads at once. The order in which chunks arrive, and
 * which thread gets which, is not defined. */
typedef struct gy_sink {
  void *shared;
  /* Makes one more local state, at most one per thread, on a worker thread; NULL: there is none. A local
   * state serves one thread at a time, but not always the same one. */
  gy_status (*open)(void *shared, void **local, gy_error *err);
  gy_status (*consume)(void *shared, void *local, const gy_chunk *chunk, gy_error *err);
  /* Once per opened local state, also after a failure, one at a time on the calling thread. */
  gy_status (*close)(void *shared, void *local, bool failed, gy_error *err);
} gy_sink;

/* Runs `sql` (one SELECT; parameters as above) and feeds its rows to the sink. What open, consume or close
 * returns, with its sentence, is what the scan returns. */
GY_MUST_USE gy_status gy_engine_scan(gy_engine *engine, const char *sql, const gy_value *params,
                                     size_t n_params, const gy_sink *sink, const char *phase,
                                     const gy_task *task, gy_error *err);

/* ---- columns in ---- */

/* Where a source writes up to GY_CHUNK_ROWS rows. */
typedef struct gy_chunk_writer {
  size_t n_columns;
  void *const *data; /* per column: room for GY_CHUNK_ROWS values of its C form; NULL for TEXT */
  void *engine_state;
} gy_chunk_writer;

void gy_writer_null(gy_chunk_writer *writer, size_t column, size_t row);
/* Copies; the text must be valid UTF-8 (the engine does not check). */
void gy_writer_text(gy_chunk_writer *writer, size_t column, size_t row, const char *data, size_t length);
/* The bytes in the order in which a UUID is written. */
void gy_writer_uuid(gy_chunk_writer *writer, size_t column, size_t row, const uint8_t bytes[16]);

typedef struct gy_source_column {
  const char *name;
  gy_type type;
} gy_source_column;

typedef struct gy_source {
  void *shared;
  const gy_source_column *columns; /* must outlive the publication */
  size_t n_columns;
  uint64_t expected_rows;                                       /* 0: unknown */
  int max_threads;                                              /* 0: as many as the engine has */
  gy_status (*open)(void *shared, void **local, gy_error *err); /* NULL: no local state */
  /* Fills the next rows; 0 rows: this thread is done. */
  gy_status (*fill)(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows, gy_error *err);
  void (*close)(void *shared, void *local); /* NULL: nothing to close; may run on any thread */
} gy_source;

/* Makes `FROM name()` read from the source until the engine closes, `name` is published again or the
 * transaction it was first published in is rolled back. Each reading opens the source anew and always fills
 * all columns. What open or fill returns, with its sentence, is what the statement returns. The source
 * struct is copied; what it points to is lent. */
GY_MUST_USE gy_status gy_engine_publish(gy_engine *engine, const char *name, const gy_source *source,
                                        gy_error *err);

/* Replaces table `table` (an unquoted identifier) by all rows of the source, published under `name`. Each
 * column is stored in the one form that suits its type, rather than in the best of many tried: integers
 * packed, floats as they are. */
GY_MUST_USE gy_status gy_engine_store(gy_engine *engine, const char *table, const char *name,
                                      const gy_source *source, const char *phase, const gy_task *task,
                                      gy_error *err);

/* Adds the rows to the table that gy_engine_store made of a source with the same columns. */
GY_MUST_USE gy_status gy_engine_append(gy_engine *engine, const char *table, const char *name,
                                       const gy_source *source, const char *phase, const gy_task *task,
                                       gy_error *err);

/* A function of texts, on all threads at once. */
typedef struct gy_function {
  void *shared;       /* lent until the engine closes */
  size_t n_arguments; /* TEXT each */
  gy_type result;
  /* Writes column 0 of `writer` for every row of the arguments; rows in which an argument is NULL are NULL
   * whatever it writes. The same arguments must give the same result. */
  gy_status (*apply)(void *shared, const gy_chunk *arguments, gy_chunk_writer *writer, gy_error *err);
} gy_function;

/* Lets SQL call `name(text, ...)` until the engine closes or the name is defined again, which only replaces
 * what it calls. What apply returns, with its sentence, is what the statement returns. */
GY_MUST_USE gy_status gy_engine_define(gy_engine *engine, const char *name, const gy_function *function,
                                       gy_error *err);

/* ---- SQL text ---- */

/* An embedded .sql file by its path under sql/ without the ending ("feature/customer_features");
 * NULL when there is none. */
const char *gy_sql(const char *name);
/* The i-th embedded file's name; NULL past the end. */
const char *gy_sql_name(size_t i);

/* `{{key}}` in a template is replaced by its fragment. */
typedef struct gy_sql_part {
  const char *key;
  const char *fragment;
} gy_sql_part;

/* Gives the template with every `{{key}}` replaced; GY_EINTERNAL for a key without a fragment. */
GY_MUST_USE gy_status gy_sql_expand(const char *sql_template, const gy_sql_part *parts, size_t n_parts,
                                    char **sql, gy_error *err);

/* Bytes of the comment, quoted text or single character that `sql`, which is not empty, starts with. */
size_t gy_sql_token_length(const char *sql);

/* Bytes of a statement without the semicolons, comments and space at its end. */
size_t gy_sql_body_length(const char *sql);

/* Gives `name` as a quoted identifier, or `text` as a quoted literal; NULL when memory is spent. */
char *gy_sql_identifier(const char *name);
char *gy_sql_literal(const char *text);

#endif
