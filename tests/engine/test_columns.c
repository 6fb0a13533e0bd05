/* SPDX-License-Identifier: Apache-2.0
 *
 * Scans and sources: on all threads, nothing lost, failures with their own status. */
#include "engine_fixture.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { N_ROWS = 3000000, LOCALS_MAX = 64 };

/* A sink that adds up two columns and can be told to fail. */
typedef struct {
  atomic_int n_open, n_closed, n_closed_failed;
  atomic_uint_fast64_t rows;
  uint64_t fail_after; /* 0: never */
  bool fail_open, fail_close;
  int64_t sum;
  size_t n_locals;
  uint64_t local_rows[LOCALS_MAX];
} adding_sink;

typedef struct {
  int64_t sum;
  uint64_t rows;
  atomic_bool busy;
} adding_local;

static gy_status add_open(void *shared, void **local, gy_error *err) {
  adding_sink *sink = shared;
  if (sink->fail_open) return gy_fail(err, GY_ELIMIT, "no room in the sink");
  *local = calloc(1, sizeof(adding_local));
  if (*local == NULL) return gy_fail(err, GY_ENOMEM, "no memory");
  atomic_fetch_add(&sink->n_open, 1);
  return GY_OK;
}

static gy_status add_consume(void *shared, void *local, const gy_chunk *chunk, gy_error *err) {
  adding_sink *sink = shared;
  adding_local *mine = local;
  if (atomic_exchange(&mine->busy, true)) return gy_fail(err, GY_EINTERNAL, "two threads in one local state");
  uint64_t before = atomic_fetch_add(&sink->rows, chunk->n_rows);
  if (sink->fail_after > 0 && before + chunk->n_rows > sink->fail_after)
    return gy_fail(err, GY_EDATA, "row %llu is too much", (unsigned long long)sink->fail_after);
  for (size_t c = 0; c < chunk->n_columns; c++) {
    const int64_t *values = chunk->columns[c].data;
    for (size_t row = 0; row < chunk->n_rows; row++)
      if (!gy_column_is_null(&chunk->columns[c], row)) mine->sum += values[row];
  }
  mine->rows += chunk->n_rows;
  atomic_store(&mine->busy, false);
  return GY_OK;
}

static gy_status add_close(void *shared, void *local, bool failed, gy_error *err) {
  adding_sink *sink = shared;
  adding_local *mine = local;
  sink->n_closed++;
  sink->n_closed_failed += failed;
  sink->sum += mine->sum;
  if (sink->n_locals < LOCALS_MAX) sink->local_rows[sink->n_locals++] = mine->rows;
  free(mine);
  return sink->fail_close ? gy_fail(err, GY_EIO, "the sink cannot be closed") : GY_OK;
}

static gy_sink sink_of(adding_sink *shared) {
  return (gy_sink){.shared = shared, .open = add_open, .consume = add_consume, .close = add_close};
}

static void make_numbers(gy_engine *engine) {
  char sql[300];
  snprintf(sql, sizeof sql,
           "CREATE OR REPLACE TABLE t AS SELECT CASE WHEN range %% 7 = 3 THEN NULL ELSE range END "
           "AS a, CAST(hash(range) %% 1000000 AS BIGINT) AS b FROM range(%d)",
           N_ROWS);
  run_sql(engine, sql);
}

Test(scan, sums_equal_sql_on_any_number_of_threads) {
  static const char *const QUERIES[] = {
      "SELECT a, b FROM t",
      "SELECT a, b FROM t WHERE b < 1000;",
      "SELECT sum(a) AS a, b FROM t GROUP BY b",
      "SELECT a, b FROM t ORDER BY b, a LIMIT 100000",
      "SELECT 5 AS a, NULL::BIGINT AS b FROM t",
      "SELECT CAST(1 AS BIGINT) AS a, CAST(2 AS BIGINT) AS b",
      "SELECT a, b FROM t WHERE false",
      "SELECT a, b FROM t UNION ALL SELECT b, a FROM t",
  };
  for (int n_threads = 1; n_threads <= 5; n_threads += 2) {
    gy_engine *engine = memory_store(n_threads);
    make_numbers(engine);
    for (size_t q = 0; q < sizeof QUERIES / sizeof *QUERIES; q++) {
      adding_sink sums = {0};
      gy_sink sink = sink_of(&sums);
      char sql[400];
      /* CAST makes constants as wide as the sink expects */
      snprintf(sql, sizeof sql, "SELECT CAST(a AS BIGINT) AS a, b FROM (%.*s)",
               (int)gy_sql_body_length(QUERIES[q]), QUERIES[q]);
      MUST(gy_engine_scan(engine, sql, NULL, 0, &sink, NULL, NULL, &err));
      char check[500];
      snprintf(check, sizeof check, "SELECT coalesce(sum(a), 0) + coalesce(sum(b), 0) FROM (%s)", sql);
      cr_assert_eq(sums.sum, int_of(engine, check), "%d threads: %s", n_threads, QUERIES[q]);
      snprintf(check, sizeof check, "SELECT count(*) FROM (%s)", sql);
      cr_assert_eq((int64_t)sums.rows, int_of(engine, check), "%d threads: %s", n_threads, QUERIES[q]);
      cr_assert(sums.n_open <= n_threads && sums.n_open == sums.n_closed && sums.n_closed_failed == 0,
                "%d threads: %d states", n_threads, sums.n_open);
    }
    gy_engine_close(engine);
  }
}

static gy_status slow_consume(void *shared, void *local, const gy_chunk *chunk, gy_error *err) {
  struct timespec nap = {.tv_nsec = 50000};
  nanosleep(&nap, NULL);
  return add_consume(shared, local, chunk, err);
}

Test(scan, all_threads_take_part) {
  gy_engine *engine = memory_store(4);
  make_numbers(engine);
  adding_sink sums = {0};
  gy_sink sink = sink_of(&sums);
  sink.consume = slow_consume;
  MUST(gy_engine_scan(engine, "SELECT a, b FROM t", NULL, 0, &sink, NULL, NULL, &err));
  cr_assert_eq(sums.n_locals, 4u);
  for (size_t i = 0; i < 4; i++)
    cr_assert(sums.local_rows[i] > N_ROWS / 40, "state %zu saw %lu rows", i,
              (unsigned long)sums.local_rows[i]);
  gy_engine_close(engine);
}

Test(scan, parameters_and_a_sink_without_states) {
  gy_engine *engine = memory_store(2);
  make_numbers(engine);
  adding_sink sums = {0};
  gy_sink sink = sink_of(&sums);
  gy_value bound[] = {gy_bind_int64(10), gy_bind_int64(20)};
  MUST(
      gy_engine_scan(engine, "SELECT b FROM t WHERE a BETWEEN $1 AND $2", bound, 2, &sink, NULL, NULL, &err));
  cr_assert_eq(sums.rows, 9u);
  gy_engine_close(engine);
}

Test(scan, failures_of_the_sink_are_the_scans) {
  gy_engine *engine = memory_store(3);
  make_numbers(engine);
  static const struct {
    adding_sink sink;
    gy_status status;
    const char *words;
  } CASES[] = {
      {{.fail_after = 1}, GY_EDATA, "row 1 is too much"},
      {{.fail_after = N_ROWS / 2}, GY_EDATA, "is too much"},
      {{.fail_open = true}, GY_ELIMIT, "no room in the sink"},
      {{.fail_close = true}, GY_EIO, "the sink cannot be closed"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    adding_sink sums = CASES[i].sink;
    gy_sink sink = sink_of(&sums);
    MUST_FAIL(gy_engine_scan(engine, "SELECT a, b FROM t", NULL, 0, &sink, NULL, NULL, &err), CASES[i].status,
              CASES[i].words);
    cr_assert_eq(sums.n_open, sums.n_closed, "case %zu", i);
    if (!sums.fail_close) cr_assert_eq(sums.n_closed_failed, sums.n_closed, "case %zu", i);
    cr_assert_eq(int_of(engine, "SELECT 1"), 1);
  }
  adding_sink sums = {0};
  gy_sink sink = sink_of(&sums);
  MUST_FAIL(gy_engine_scan(engine, "SELECT nothing FROM t", NULL, 0, &sink, NULL, NULL, &err), GY_EENGINE,
            "nothing");
  MUST_FAIL(
      gy_engine_scan(engine, "SELECT CAST('x' || a AS BIGINT) FROM t", NULL, 0, &sink, NULL, NULL, &err),
      GY_EENGINE, "Could not convert");
  gy_engine_close(engine);
}

static gy_status cancelling_consume(void *shared, void *local, const gy_chunk *chunk, gy_error *err) {
  (void)local, (void)chunk, (void)err;
  atomic_store((atomic_bool *)shared, true);
  return GY_OK;
}

Test(scan, cancelled_from_within) {
  gy_engine *engine = memory_store(2);
  make_numbers(engine);
  atomic_bool cancel = false;
  gy_task task = {.cancel = &cancel};
  gy_sink sink = {.shared = &cancel, .consume = cancelling_consume};
  MUST_FAIL(gy_engine_scan(engine, "SELECT a, b FROM t", NULL, 0, &sink, "reading", &task, &err),
            GY_ECANCELLED, "stopped");
  cr_assert_eq(int_of(engine, "SELECT 1"), 1);
  gy_engine_close(engine);
}

/* A source of the numbers from..to-1 and, as text, their decimal digits. */
typedef struct {
  atomic_int_fast64_t next;
  int64_t end;
  int64_t fail_at; /* 0: never */
  bool fail_open;
  gy_status status;
  atomic_int n_open, n_closed;
  bool slow;
} counting_source;

static const gy_source_column COUNTING[] = {{"number", GY_TYPE_INT64}, {"digits", GY_TYPE_TEXT}};

static gy_status count_open(void *shared, void **local, gy_error *err) {
  counting_source *source = shared;
  *local = NULL;
  if (source->fail_open) return gy_fail(err, GY_EIO, "orders.csv: cannot be opened");
  atomic_fetch_add(&source->n_open, 1);
  return GY_OK;
}

static gy_status count_fill(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows,
                            gy_error *err) {
  (void)local;
  counting_source *source = shared;
  int64_t from = atomic_fetch_add(&source->next, GY_CHUNK_ROWS);
  int64_t n = source->end - from;
  if (n > GY_CHUNK_ROWS) n = GY_CHUNK_ROWS;
  if (source->fail_at > 0 && from + n >= source->fail_at)
    return gy_fail(err, source->status, "orders.csv: line %lld: bad", (long long)source->fail_at);
  struct timespec nap = {.tv_nsec = 50000};
  if (source->slow) nanosleep(&nap, NULL);
  int64_t *numbers = writer->data[0];
  for (int64_t i = 0; i < n; i++) {
    char digits[32];
    numbers[i] = from + i;
    gy_writer_text(writer, 1, (size_t)i, digits,
                   (size_t)snprintf(digits, sizeof digits, "%lld", (long long)(from + i)));
  }
  *n_rows = n > 0 ? (size_t)n : 0;
  return GY_OK;
}

static void count_close(void *shared, void *local) {
  (void)local;
  atomic_fetch_add(&((counting_source *)shared)->n_closed, 1);
}

static gy_source source_of(counting_source *shared) {
  return (gy_source){.shared = shared,
                     .columns = COUNTING,
                     .n_columns = 2,
                     .expected_rows = (uint64_t)shared->end,
                     .open = count_open,
                     .fill = count_fill,
                     .close = count_close};
}

Test(source, becomes_a_table_on_all_threads) {
  gy_engine *engine = memory_store(4);
  counting_source numbers = {.end = 1000003, .slow = true};
  gy_source source = source_of(&numbers);
  uint64_t changed = 0;
  MUST(gy_engine_publish(engine, "import", &source, &err));
  MUST(gy_engine_begin(engine, &err));
  MUST(gy_engine_execute(engine, "CREATE TABLE t AS SELECT * FROM import()", NULL, 0, NULL, NULL, &changed,
                         &err));
  MUST(gy_engine_commit(engine, &err));
  cr_assert_eq(changed, 1000003u);
  cr_assert_eq(numbers.n_open, 4, "%d threads took part", numbers.n_open);
  cr_assert_eq(numbers.n_closed, numbers.n_open);
  cr_assert_eq(int_of(engine, "SELECT count(DISTINCT number) FROM t"), 1000003);
  cr_assert_eq(int_of(engine, "SELECT count(*) FROM t WHERE CAST(number AS VARCHAR) = digits"), 1000003);
  gy_engine_close(engine);
}

Test(source, max_threads_is_kept) {
  gy_engine *engine = memory_store(4);
  counting_source numbers = {.end = 300000, .slow = true};
  gy_source source = source_of(&numbers);
  source.max_threads = 1;
  MUST(gy_engine_publish(engine, "import", &source, &err));
  cr_assert_eq(int_of(engine, "SELECT count(*) FROM import()"), 300000);
  cr_assert_eq(numbers.n_open, 1);
  gy_engine_close(engine);
}

Test(source, published_again_and_after_rollback) {
  gy_engine *engine = memory_store(2);
  counting_source first = {.end = 10}, second = {.end = 20}, third = {.end = 30};
  gy_source sources[] = {source_of(&first), source_of(&second), source_of(&third)};
  MUST(gy_engine_begin(engine, &err));
  MUST(gy_engine_publish(engine, "import", &sources[0], &err));
  cr_assert_eq(int_of(engine, "SELECT count(*) FROM import()"), 10);
  gy_engine_rollback(engine);
  MUST(gy_engine_publish(engine, "import", &sources[1], &err));
  cr_assert_eq(int_of(engine, "SELECT count(*) FROM import()"), 20);
  sources[2].columns = (const gy_source_column[]){{"n", GY_TYPE_INT64}, {"d", GY_TYPE_TEXT}};
  MUST(gy_engine_begin(engine, &err));
  MUST(gy_engine_publish(engine, "IMPORT", &sources[2], &err));
  cr_assert_eq(int_of(engine, "SELECT sum(n) FROM import()"), 435);
  MUST(gy_engine_commit(engine, &err));
  third.next = 0;
  cr_assert_eq(int_of(engine, "SELECT sum(n) FROM import()"), 435);
  gy_engine_close(engine);
}

Test(source, failures_are_the_statements) {
  gy_engine *engine = memory_store(3);
  counting_source cases[] = {
      {.end = 1000000, .fail_at = 1, .status = GY_EPARSE},
      {.end = 1000000, .fail_at = 500000, .status = GY_EDATA},
      {.end = 1000000, .fail_open = true, .status = GY_EIO},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gy_source source = source_of(&cases[i]);
    MUST(gy_engine_publish(engine, "import", &source, &err));
    MUST(gy_engine_begin(engine, &err));
    MUST_FAIL(gy_engine_execute(engine, "CREATE TABLE t AS SELECT * FROM import()", NULL, 0, NULL, NULL, NULL,
                                &err),
              cases[i].status, "orders.csv: ");
    gy_engine_rollback(engine);
    cr_assert_eq(cases[i].n_open, cases[i].n_closed, "case %zu", i);
    cr_assert_eq(int_of(engine, "SELECT count(*) FROM duckdb_tables()"), 0);
  }
  gy_engine_close(engine);
}

static void cancel_at_first_progress(void *user, const char *phase, uint64_t done, uint64_t total,
                                     const char *unit) {
  (void)phase, (void)done, (void)total, (void)unit;
  atomic_store((atomic_bool *)user, true);
}

Test(source, endless_source_can_be_cancelled) {
  gy_engine *engine = memory_store(2);
  counting_source numbers = {.end = INT64_MAX};
  gy_source source = source_of(&numbers);
  source.expected_rows = 0;
  atomic_bool cancel = false;
  gy_task task = {.cancel = &cancel, .user = &cancel, .progress = cancel_at_first_progress};
  MUST(gy_engine_publish(engine, "import", &source, &err));
  MUST_FAIL(
      gy_engine_execute(engine, "SELECT sum(number) FROM import()", NULL, 0, "reading", &task, NULL, &err),
      GY_ECANCELLED, "stopped");
  cr_assert_eq(numbers.n_open, numbers.n_closed);
  gy_engine_close(engine);
}
