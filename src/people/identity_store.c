/* SPDX-License-Identifier: Apache-2.0
 *
 * From memory into the store: who every key belongs to, the evidence, and the small tables that canonical
 * views join. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "people/identity_work.h"

/* ---- columns in ---- */

typedef struct {
  const gy_identity_work *work;
  atomic_size_t next;
} cursor;

static gy_status open_cursor(void *shared, void **local, gy_error *err) {
  (void)err;
  *local = shared;
  return GY_OK;
}

static size_t take_block(cursor *c, size_t n, size_t *first) {
  *first = atomic_fetch_add(&c->next, GY_CHUNK_ROWS);
  if (*first >= n) return 0;
  return n - *first < GY_CHUNK_ROWS ? n - *first : GY_CHUNK_ROWS;
}

static void put_person(gy_chunk_writer *writer, size_t column, size_t row, int32_t person, bool is_null) {
  ((int32_t *)writer->data[column])[row] = person;
  if (is_null) gy_writer_null(writer, column, row);
}

/* node, person, automatic, first_person; the last two only where they differ from the person. */
static gy_status fill_nodes(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows,
                            gy_error *err) {
  cursor *c = shared;
  const gy_identity_work *work = c->work;
  size_t first;
  (void)local;
  (void)err;
  *n_rows = take_block(c, work->graph.n_nodes, &first);
  for (size_t i = 0; i < *n_rows; i++) {
    size_t node = first + i;
    int32_t person = work->persons[node], automatic = work->automatic[node], before = work->first[node];
    if (before == GY_NO_PERSON) before = automatic;
    ((int32_t *)writer->data[0])[i] = (int32_t)node;
    put_person(writer, 1, i, person, person == GY_NO_PERSON);
    put_person(writer, 2, i, automatic, automatic == person || automatic == GY_NO_PERSON);
    put_person(writer, 3, i, before, before == person || before == GY_NO_PERSON);
  }
  return GY_OK;
}

/* a, b, state of links that are not used. */
static gy_status fill_unused(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows,
                             gy_error *err) {
  cursor *c = shared;
  const gy_identity_work *work = c->work;
  size_t n = 0;
  (void)local;
  (void)err;
  size_t at = atomic_load(&c->next);
  for (; at < work->graph.n_links && n < GY_CHUNK_ROWS; at++) {
    if (work->labels.states[at] == GY_LINK_USED) continue;
    ((int32_t *)writer->data[0])[n] = (int32_t)work->links[at].a;
    ((int32_t *)writer->data[1])[n] = (int32_t)work->links[at].b;
    ((int32_t *)writer->data[2])[n++] = work->labels.states[at];
  }
  atomic_store(&c->next, at);
  *n_rows = n;
  return GY_OK;
}

/* Runs `sql`, which reads `name`(). */
static gy_status read_from(const gy_identity_work *work, const char *name, gy_source *source, const char *sql,
                           gy_error *err) {
  gy_status status = gy_engine_publish(work->plan->engine, name, source, err);
  if (status != GY_OK) return status;
  return gy_engine_execute(work->plan->engine, sql, NULL, 0, "naming people", work->task, NULL, err);
}

static gy_status write_nodes(const gy_identity_work *work, gy_error *err) {
  static const gy_source_column COLUMNS[] = {{"node", GY_TYPE_INT32},
                                             {"person", GY_TYPE_INT32},
                                             {"automatic", GY_TYPE_INT32},
                                             {"first_person", GY_TYPE_INT32}};
  cursor c = {.work = work};
  gy_source source = {.shared = &c,
                      .columns = COLUMNS,
                      .n_columns = 4,
                      .expected_rows = work->graph.n_nodes,
                      .open = open_cursor,
                      .fill = fill_nodes};
  return read_from(work, "gy_identity_named", &source,
                   "CREATE OR REPLACE TEMP TABLE identity_result AS SELECT * FROM gy_identity_named()", err);
}

static gy_status write_unused(const gy_identity_work *work, gy_error *err) {
  static const gy_source_column COLUMNS[] = {
      {"a", GY_TYPE_INT32}, {"b", GY_TYPE_INT32}, {"state", GY_TYPE_INT32}};
  cursor c = {.work = work};
  gy_source source = {.shared = &c,
                      .columns = COLUMNS,
                      .n_columns = 3,
                      .max_threads = 1,
                      .open = open_cursor,
                      .fill = fill_unused};
  return read_from(work, "gy_identity_unused", &source,
                   "CREATE OR REPLACE TEMP TABLE identity_unused AS SELECT * FROM gy_identity_unused()", err);
}

/* ---- tables ---- */

/* Names of new guests go on from the highest that was ever given, and from what customers are called. */
static gy_status name_guests(const gy_identity_work *work, gy_error *err) {
  if (work->n_new == 0) return GY_OK;
  int64_t next = 1;
  gy_status status =
      gy_engine_int64(work->plan->engine, gy_sql("people/identity_next_guest"), NULL, 0, &next, err);
  for (size_t s = 0; s < work->plan->n_sources && status == GY_OK; s++) {
    const gy_identity_source *source = &work->plan->sources[s];
    const char *type = source->types[GY_KEY_CUSTOMER];
    if (type == NULL || strcmp(type, "VARCHAR") != 0) continue;
    char *relation = gy_sql_identifier(source->relation), *sql = NULL;
    int64_t taken = 0;
    if (relation == NULL ||
        asprintf(&sql,
                 "SELECT coalesce(max(TRY_CAST(substr(customer_id, 7) AS INTEGER)), 0) + 1 FROM "
                 "%s WHERE customer_id LIKE 'guest-%%'",
                 relation) < 0)
      status = gy_fail(err, GY_ENOMEM, "no memory to name guests");
    if (status == GY_OK) status = gy_engine_int64(work->plan->engine, sql, NULL, 0, &taken, err);
    next = taken > next ? taken : next;
    free(relation);
    free(sql);
  }
  if (status == GY_OK)
    status = gy_identity_execute(
        work, err,
        "INSERT INTO identity_people SELECT CAST(%zu + range AS INTEGER), 'guest-' || "
        "CAST(%lld + range AS VARCHAR) FROM range(%zu)",
        work->graph.begin[GY_KEY_CUSTOMER + 1] + work->n_others, (long long)next, work->n_new);
  if (status == GY_OK)
    status = gy_identity_execute(work, err,
                                 "DELETE FROM identity_sequence; INSERT INTO identity_sequence VALUES (%lld)",
                                 (long long)next + (long long)work->n_new);
  return status;
}

static gy_status store_keys(const gy_identity_work *work, gy_error *err) {
  gy_status status = write_nodes(work, err);
  if (status == GY_OK) status = write_unused(work, err);
  if (status == GY_OK) status = name_guests(work, err);
  if (status == GY_OK)
    status = gy_engine_execute(work->plan->engine, gy_sql("people/person_keys"), NULL, 0, NULL, work->task,
                               NULL, err);
  return status;
}

static gy_status store_blocked(const gy_identity_work *work, gy_error *err) {
  int64_t n = 0;
  gy_status status = gy_engine_int64(work->plan->engine,
                                     "SELECT (SELECT count(*) FROM identity_shared) + (SELECT count(*) FROM "
                                     "identity_unused)",
                                     NULL, 0, &n, err);
  const char *sql = n > 0 ? gy_sql("people/identity_blocked") : "DELETE FROM identity_blocked";
  if (status != GY_OK) return status;
  return gy_engine_execute(work->plan->engine, sql, NULL, 0, NULL, work->task, NULL, err);
}

static gy_status store_links(const gy_identity_work *work, gy_error *err) {
  gy_buffer sql;
  gy_buffer_init(&sql, GY_IDENTITY_SQL_MAX);
  gy_buffer_text(&sql, "CREATE OR REPLACE TEMP TABLE identity_sources AS SELECT * FROM (VALUES (-1, '')");
  for (size_t s = 0; s < work->plan->n_sources; s++) {
    char *name = gy_sql_literal(work->plan->sources[s].name);
    gy_buffer_printf(&sql, ", (%zu, %s)", s, name != NULL ? name : "NULL");
    if (name == NULL) sql.failed = true;
    free(name);
  }
  gy_buffer_printf(&sql, ", (%zu, 'hash of the address')) AS s(source, name)", work->plan->n_sources);
  gy_status status = gy_identity_execute_buffer(work, &sql, err);
  if (status == GY_OK)
    status = gy_engine_execute(work->plan->engine, gy_sql("people/identity_links"), NULL, 0, NULL, work->task,
                               NULL, err);
  if (status == GY_OK) status = store_blocked(work, err);
  return status;
}

/* Keys by which rows without a customer id are given to people. */
static gy_status store_fills(const gy_identity_work *work, gy_identity_result *result, gy_error *err) {
  gy_status status = GY_OK;
  const char *person = result->tables.is_text ? "VARCHAR" : "BIGINT";
  for (size_t i = 0; i < work->n_order && status == GY_OK; i++) {
    gy_key_kind kind = work->order[i];
    const char *name = gy_key_name(kind);
    if (kind == GY_KEY_CUSTOMER) continue;
    status = gy_identity_execute(work, err,
                                 "CREATE OR REPLACE TABLE person_by_%s AS SELECT k.key, CAST(p.name AS %s) "
                                 "AS person FROM identity_result AS r "
                                 "JOIN identity_nodes_%s AS k ON k.node = r.node JOIN identity_people AS p "
                                 "ON p.id = r.person WHERE k.key IN "
                                 "(SELECT %s FROM identity_rows WHERE customer_id IS NULL)",
                                 name, person, name, name);
    char sql[80];
    int64_t n = 0;
    snprintf(sql, sizeof sql, "SELECT count(*) FROM person_by_%s", name);
    if (status == GY_OK) status = gy_engine_int64(work->plan->engine, sql, NULL, 0, &n, err);
    if (n > 0) result->tables.filled |= 1u << kind;
  }
  return status;
}

static gy_status store_aliases(const gy_identity_work *work, gy_identity_result *result, gy_error *err) {
  const char *customer = work->types[GY_KEY_CUSTOMER];
  gy_value first = gy_bind_int64(work->graph.begin[GY_KEY_CUSTOMER + 1]);
  int64_t n_text = 0;
  gy_status status = GY_OK;
  result->tables.is_text = strcmp(customer, "VARCHAR") == 0;
  if (!result->tables.is_text)
    status = gy_engine_int64(work->plan->engine, gy_sql("people/identity_text_ids"), &first, 1, &n_text, err);
  result->tables.is_text = result->tables.is_text || n_text > 0;
  const char *person = result->tables.is_text ? "VARCHAR" : "BIGINT";
  if (status == GY_OK)
    status = gy_identity_execute(work, err,
                                 "CREATE OR REPLACE TABLE person_aliases AS SELECT c.key AS customer_id, "
                                 "CAST(p.name AS %s) AS person FROM "
                                 "identity_result AS r JOIN identity_nodes_customer_id AS c ON c.node = "
                                 "r.node JOIN identity_people AS p ON "
                                 "p.id = r.person WHERE r.person <> r.node",
                                 person);
  if (status == GY_OK)
    status = gy_engine_int64(work->plan->engine, "SELECT count(*) FROM person_aliases", NULL, 0,
                             &result->n_aliases, err);
  result->tables.has_alias = result->n_aliases > 0;
  return status;
}

/* Customer ids a person, and people that are guests. */
static gy_status count_people(const gy_identity_work *work, gy_identity_result *result, gy_error *err) {
  enum { KNOWN = 1, SEVERAL = 2 };
  size_t n_customers = work->graph.begin[GY_KEY_CUSTOMER + 1];
  size_t n_ids = n_customers + work->n_others + work->n_new;
  uint8_t *seen = calloc(n_ids + 1, 1), *customers = calloc(n_ids + 1, 1);
  if (seen == NULL || customers == NULL) {
    free(seen);
    free(customers);
    return gy_fail(err, GY_ENOMEM, "no memory to count %zu people", n_ids);
  }
  for (size_t i = 0; i < work->graph.n_nodes; i++) {
    int32_t person = work->persons[i];
    if (person == GY_NO_PERSON) continue;
    result->n_keys++;
    seen[person] = KNOWN;
    if (i < n_customers && customers[person] < SEVERAL) customers[person]++;
  }
  for (size_t id = 0; id < n_ids; id++) {
    bool is_new = id >= n_customers + work->n_others;
    result->n_people += seen[id];
    result->n_merged += customers[id] == SEVERAL;
    result->n_guests += seen[id] && id >= n_customers && (is_new || work->is_guest[id - n_customers] != 0);
  }
  free(seen);
  free(customers);
  return GY_OK;
}

static gy_status count_rest(const gy_identity_work *work, gy_identity_result *result, gy_error *err) {
  json_t *rows = NULL;
  gy_status status =
      gy_engine_json(work->plan->engine, gy_sql("people/identity_counts"), NULL, 0, work->task, &rows, err);
  const json_t *row = json_array_get(rows, 0);
  if (status == GY_OK) {
    result->n_shared = json_integer_value(json_object_get(row, "shared"));
    result->n_too_large = json_integer_value(json_object_get(row, "too_large"));
    result->n_by_hand = json_integer_value(json_object_get(row, "by_hand"));
  }
  json_decref(rows);
  return status == GY_OK ? count_people(work, result, err) : status;
}

gy_status gy_identity_store(gy_identity_work *work, gy_identity_result *result, gy_error *err) {
  gy_status status = store_keys(work, err);
  if (status == GY_OK) status = store_links(work, err);
  if (status == GY_OK) status = store_aliases(work, result, err);
  if (status == GY_OK) status = store_fills(work, result, err);
  return status == GY_OK ? count_rest(work, result, err) : status;
}
