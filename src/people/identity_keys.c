/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys of all sources, numbered, and which of them stand on one row. A row links its most trusted key with
 * each of its others. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "people/identity_said.h"

gy_status gy_identity_execute_buffer(const gy_identity_work *work, gy_buffer *sql, gy_error *err) {
  gy_status status =
      sql->failed ? gy_fail(err, GY_ENOMEM, "no memory for the statements of identity") : GY_OK;
  if (status == GY_OK)
    status = gy_engine_execute(work->plan->engine, sql->data, NULL, 0, NULL, work->task, NULL, err);
  gy_buffer_clear(sql);
  return status;
}

gy_status gy_identity_execute(const gy_identity_work *work, gy_error *err, const char *format, ...) {
  char *text = NULL;
  va_list arguments;
  va_start(arguments, format);
  int length = vasprintf(&text, format, arguments);
  va_end(arguments);
  if (length < 0) return gy_fail(err, GY_ENOMEM, "no memory for the statements of identity");
  gy_status status = gy_engine_execute(work->plan->engine, text, NULL, 0, NULL, work->task, NULL, err);
  free(text);
  return status;
}

static bool has_strong_keys(const gy_identity_work *work, const gy_identity_source *source) {
  for (size_t i = 0; i < work->n_order; i++)
    if (work->order[i] != GY_KEY_CUSTOMER && source->types[work->order[i]] != NULL) return true;
  return false;
}

/* Rows of one source, one a set of keys. */
static void put_rows(const gy_identity_work *work, size_t index, gy_buffer *sql) {
  const gy_identity_source *source = &work->plan->sources[index];
  char *relation = gy_sql_identifier(source->relation), *time = NULL;
  if (source->time != NULL) time = gy_sql_identifier(source->time);
  gy_buffer_printf(sql, "SELECT CAST(%zu AS INTEGER) AS source", index);
  for (size_t i = 0; i < work->n_order; i++) {
    gy_key_kind kind = work->order[i];
    const char *name = gy_key_name(kind);
    gy_buffer_printf(sql, ", CAST(%s AS %s) AS %s", source->types[kind] != NULL ? name : "NULL",
                     work->types[kind], name);
  }
  gy_buffer_printf(sql, ", count(*) AS n, min(%s) AS first_at, max(%s) AS last_at FROM %s WHERE ",
                   time != NULL ? time : "CAST(NULL AS TIMESTAMP)",
                   time != NULL ? time : "CAST(NULL AS TIMESTAMP)", relation);
  const char *between = "";
  for (size_t i = 0; i < work->n_order; i++) {
    if (work->order[i] == GY_KEY_CUSTOMER || source->types[work->order[i]] == NULL) continue;
    gy_buffer_printf(sql, "%s%s IS NOT NULL", between, gy_key_name(work->order[i]));
    between = " OR ";
  }
  gy_buffer_text(sql, " GROUP BY ALL");
  if (relation == NULL || (source->time != NULL && time == NULL)) sql->failed = true;
  free(relation);
  free(time);
}

static gy_status collect_rows(const gy_identity_work *work, gy_error *err) {
  gy_buffer sql;
  gy_buffer_init(&sql, GY_IDENTITY_SQL_MAX);
  gy_buffer_text(&sql, "CREATE OR REPLACE TEMP TABLE identity_rows AS ");
  size_t n = 0;
  for (size_t s = 0; s < work->plan->n_sources; s++) {
    if (!has_strong_keys(work, &work->plan->sources[s])) continue;
    gy_buffer_text(&sql, n++ > 0 ? " UNION ALL " : "");
    put_rows(work, s, &sql);
  }
  if (n > 0) return gy_identity_execute_buffer(work, &sql, err);
  gy_buffer_text(&sql, "SELECT CAST(0 AS INTEGER) AS source");
  for (size_t i = 0; i < work->n_order; i++)
    gy_buffer_printf(&sql, ", CAST(NULL AS %s) AS %s", work->types[work->order[i]],
                     gy_key_name(work->order[i]));
  gy_buffer_text(&sql,
                 ", CAST(0 AS BIGINT) AS n, CAST(NULL AS TIMESTAMP) AS first_at, CAST(NULL AS TIMESTAMP) "
                 "AS last_at LIMIT 0");
  return gy_identity_execute_buffer(work, &sql, err);
}

/* Numbers the keys of a kind from begin[kind] on, numbers by value, texts by length and then by letters. */
static gy_status number_kind(gy_identity_work *work, gy_key_kind kind, gy_error *err) {
  const char *name = gy_key_name(kind), *type = work->types[kind];
  gy_status status = gy_identity_execute(
      work, err,
      "CREATE OR REPLACE TEMP TABLE identity_nodes_%s AS SELECT key, CAST(row_number() OVER (ORDER BY %s) - "
      "1 "
      "+ %u AS INTEGER) AS node FROM (SELECT DISTINCT %s AS key FROM identity_rows WHERE %s IS NOT NULL "
      "UNION "
      "SELECT TRY_CAST(key AS %s) FROM identity_named WHERE kind = '%s' AND TRY_CAST(key AS %s) IS NOT NULL)",
      name, strcmp(type, "VARCHAR") == 0 ? "length(key), key" : "key", work->graph.begin[kind], name, name,
      type, name, type);
  char count[96];
  int64_t n = 0;
  snprintf(count, sizeof count, "SELECT count(*) FROM identity_nodes_%s", name);
  if (status == GY_OK) status = gy_engine_int64(work->plan->engine, count, NULL, 0, &n, err);
  if (status == GY_OK && (uint64_t)n + work->graph.begin[kind] > GY_COMPONENT_NODES_MAX)
    status = gy_fail(err, GY_ELIMIT, "more than %d keys of people", GY_COMPONENT_NODES_MAX);
  if (status == GY_OK) work->graph.begin[kind + 1] = work->graph.begin[kind] + (uint32_t)n;
  return status;
}

static bool is_used(const gy_identity_work *work, gy_key_kind kind) {
  for (size_t i = 0; i < work->n_order; i++)
    if (work->order[i] == kind) return true;
  return false;
}

/* All keys by kind and text, for what names them that way. */
static gy_status name_keys(const gy_identity_work *work, gy_error *err) {
  gy_buffer sql;
  gy_buffer_init(&sql, GY_IDENTITY_SQL_MAX);
  gy_buffer_text(&sql, "CREATE OR REPLACE TEMP VIEW identity_keys AS ");
  for (size_t i = 0; i < work->n_order; i++) {
    const char *name = gy_key_name(work->order[i]);
    gy_buffer_printf(&sql, "%sSELECT '%s' AS kind, CAST(key AS VARCHAR) AS key, node FROM identity_nodes_%s",
                     i > 0 ? " UNION ALL " : "", name, name);
  }
  return gy_identity_execute_buffer(work, &sql, err);
}

static gy_status number_kinds(gy_identity_work *work, gy_error *err) {
  gy_status status = gy_engine_execute(work->plan->engine, gy_sql("people/identity_named"), NULL, 0, NULL,
                                       work->task, NULL, err);
  for (gy_key_kind kind = 0; kind < GY_KEY_COUNT && status == GY_OK; kind++) {
    if (is_used(work, kind))
      status = number_kind(work, kind, err);
    else
      work->graph.begin[kind + 1] = work->graph.begin[kind];
  }
  work->graph.n_nodes = work->graph.begin[GY_KEY_COUNT];
  return status == GY_OK ? name_keys(work, err) : status;
}

static gy_status number_rows(const gy_identity_work *work, gy_error *err) {
  gy_buffer sql;
  gy_buffer_init(&sql, GY_IDENTITY_SQL_MAX);
  gy_buffer_text(&sql,
                 "CREATE OR REPLACE TEMP TABLE identity_numbered AS SELECT source, n, first_at, last_at");
  for (size_t i = 0; i < work->n_order; i++) {
    const char *name = gy_key_name(work->order[i]);
    gy_buffer_printf(&sql, ", nodes_%s.node AS %s", name, name);
  }
  gy_buffer_text(&sql, " FROM identity_rows");
  for (size_t i = 0; i < work->n_order; i++) {
    const char *name = gy_key_name(work->order[i]);
    gy_buffer_printf(&sql, " LEFT JOIN identity_nodes_%s AS nodes_%s ON nodes_%s.key = identity_rows.%s",
                     name, name, name, name);
  }
  return gy_identity_execute_buffer(work, &sql, err);
}

/* Pairs of a row's most trusted key (a) and each of its others (b), and all links. */
static gy_status make_pairs(const gy_identity_work *work, gy_error *err) {
  gy_buffer sql;
  gy_buffer_init(&sql, GY_IDENTITY_SQL_MAX);
  gy_buffer_text(&sql,
                 "CREATE OR REPLACE TEMP TABLE identity_pairs AS SELECT source, a, b, CAST(sum(n) AS BIGINT) "
                 "AS n, min(first_at) AS first_at, max(last_at) AS last_at FROM (SELECT CAST(0 AS INTEGER) "
                 "AS source, CAST(0 AS INTEGER) AS a, CAST(0 AS INTEGER) AS b, CAST(0 AS BIGINT) AS n, "
                 "CAST(NULL AS TIMESTAMP) AS first_at, CAST(NULL AS TIMESTAMP) AS last_at WHERE false");
  for (size_t i = 1; i < work->n_order; i++) {
    gy_buffer_text(&sql, " UNION ALL SELECT source, coalesce(");
    for (size_t j = 0; j < i; j++)
      gy_buffer_printf(&sql, "%s%s", j > 0 ? ", " : "", gy_key_name(work->order[j]));
    const char *name = gy_key_name(work->order[i]);
    gy_buffer_printf(
        &sql,
        ") AS a, %s AS b, n, first_at, last_at FROM identity_numbered WHERE a IS NOT NULL AND %s "
        "IS NOT NULL",
        name, name);
  }
  gy_buffer_text(&sql, ") GROUP BY source, a, b");
  return gy_identity_execute_buffer(work, &sql, err);
}

static gy_status make_edges(const gy_identity_work *work, gy_error *err) {
  const char *edges = gy_sql(work->n_fuzzy > 0 ? "people/identity_edges_fuzzy" : "people/identity_edges");
  return gy_engine_execute(work->plan->engine, edges, NULL, 0, NULL, work->task, NULL, err);
}

/* Values that more keys are linked with than one value may be; most: how many. */
static gy_status find_shared(const gy_identity_work *work, gy_error *err) {
  gy_buffer sql;
  gy_buffer_init(&sql, GY_IDENTITY_SQL_MAX);
  gy_buffer_text(&sql,
                 "CREATE OR REPLACE TEMP TABLE identity_shared AS SELECT node, n, most FROM (SELECT b AS "
                 "node, count(*) AS n, CASE WHEN false THEN 0");
  for (size_t i = 0; i < work->n_order; i++) {
    gy_key_kind kind = work->order[i];
    uint32_t most = work->plan->config->limits[kind].joins;
    if (most > 0 && kind != GY_KEY_CUSTOMER)
      gy_buffer_printf(&sql, " WHEN b >= %u AND b < %u THEN %u", work->graph.begin[kind],
                       work->graph.begin[kind + 1], most);
  }
  gy_buffer_text(&sql, " END AS most FROM identity_edges WHERE NOT is_fuzzy GROUP BY b) WHERE n > most");
  return gy_identity_execute_buffer(work, &sql, err);
}

static gy_status load_nodes(const gy_identity_work *work, const char *sql, uint32_t *nodes, size_t room,
                            size_t *n, gy_error *err) {
  gy_result *rows = NULL;
  gy_chunk chunk = {0};
  size_t found = 0;
  gy_status status = gy_engine_query(work->plan->engine, sql, NULL, 0, work->task, &rows, err);
  while (status == GY_OK && (status = gy_result_next(rows, &chunk, err)) == GY_OK && chunk.n_rows > 0)
    for (size_t i = 0; i < chunk.n_rows && found < room; i++)
      nodes[found++] = (uint32_t)((const int32_t *)chunk.columns[0].data)[i];
  gy_result_destroy(rows);
  *n = found;
  return status;
}

/* A value is not shared where its customers are one who registered often: those that say the same name and
 * birth count as one. */
static gy_status hear_shared(gy_identity_work *work, gy_error *err) {
  size_t room = work->graph.begin[GY_KEY_CUSTOMER + 1], n = 0;
  uint32_t *nodes = malloc((room + 1) * sizeof *nodes);
  bool says = false;
  char sql[256];
  snprintf(sql, sizeof sql,
           "SELECT DISTINCT e.a FROM identity_edges AS e JOIN identity_shared AS s ON s.node = e.b WHERE "
           "e.a < %zu AND s.n <= %d",
           room, GY_IDENTITY_COMPARED_MOST);
  gy_status status = nodes != NULL ? load_nodes(work, sql, nodes, room, &n, err)
                                   : gy_fail(err, GY_ENOMEM, "no memory for %zu customers", room);
  if (status == GY_OK && n > 0) status = gy_identity_ask(work, nodes, n, &says, err);
  if (status == GY_OK && says) {
    gy_value most = gy_bind_int64(GY_IDENTITY_COMPARED_MOST);
    status = gy_engine_execute(work->plan->engine, gy_sql("people/identity_heard"), &most, 1, NULL,
                               work->task, NULL, err);
  }
  free(nodes);
  return status;
}

static gy_status count_shared(const gy_identity_work *work, int64_t *n, gy_error *err) {
  return gy_engine_int64(work->plan->engine, "SELECT count(*) FROM identity_shared", NULL, 0, n, err);
}

static gy_status leave_out_shared(const gy_identity_work *work, gy_error *err) {
  gy_status status = GY_OK;
  for (size_t i = 0; i < work->n_order && status == GY_OK; i++) {
    const char *name = gy_key_name(work->order[i]);
    status = gy_identity_execute(
        work, err, "UPDATE identity_numbered SET %s = NULL WHERE %s IN (SELECT node FROM identity_shared)",
        name, name);
  }
  if (status == GY_OK) status = make_pairs(work, err);
  return status == GY_OK ? make_edges(work, err) : status;
}

/* Most projects have neither, and nothing is joined to find that out. */
static gy_status count_decided(gy_identity_work *work, gy_error *err) {
  gy_engine *engine = work->plan->engine;
  gy_status status =
      gy_engine_int64(engine, "SELECT count(*) FROM identity_fuzzy_links WHERE decision = 'match'", NULL, 0,
                      &work->n_fuzzy, err);
  if (status != GY_OK) return status;
  return gy_engine_int64(
      engine,
      "SELECT (SELECT count(*) FROM identity_decisions WHERE undone_at IS NULL) + (SELECT count(*) FROM "
      "identity_fuzzy_links WHERE decision = 'non-match')",
      NULL, 0, &work->n_decided, err);
}

gy_status gy_identity_number_keys(gy_identity_work *work, gy_error *err) {
  int64_t n_shared = 0;
  bool has_hashes = false;
  gy_status status = count_decided(work, err);
  if (status == GY_OK) status = collect_rows(work, err);
  if (status == GY_OK) status = number_kinds(work, err);
  if (status == GY_OK) status = number_rows(work, err);
  if (status == GY_OK) status = make_pairs(work, err);
  if (status == GY_OK) status = make_edges(work, err);
  if (status == GY_OK) status = find_shared(work, err);
  if (status == GY_OK) status = count_shared(work, &n_shared, err);
  if (status == GY_OK && n_shared > 0 && work->plan->config->contradictions == GY_CONTRADICTIONS_KEEP_APART) {
    status = hear_shared(work, err);
    if (status == GY_OK) status = count_shared(work, &n_shared, err);
  }
  if (status == GY_OK && n_shared > 0) status = leave_out_shared(work, err);
  if (status == GY_OK) status = gy_identity_pair_hashes(work, &has_hashes, err);
  return status == GY_OK && has_hashes ? make_edges(work, err) : status;
}
