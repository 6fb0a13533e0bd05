/* SPDX-License-Identifier: Apache-2.0
 *
 * From the store into memory: links, decisions by hand, and the ids that keys had. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "people/identity_work.h"

/* Chunks come from several threads; each is taken whole. */
typedef struct {
  gy_identity_work *work;
  size_t n, room;
  void (*take)(gy_identity_work *work, size_t at, const gy_chunk *chunk);
  pthread_mutex_t lock;
} collector;

static gy_status consume(void *shared, void *local, const gy_chunk *chunk, gy_error *err) {
  collector *c = shared;
  (void)local;
  pthread_mutex_lock(&c->lock);
  size_t at = c->n;
  bool fits = at + chunk->n_rows <= c->room;
  if (fits) c->n += chunk->n_rows;
  pthread_mutex_unlock(&c->lock);
  if (!fits) return gy_fail(err, GY_EINTERNAL, "identity: more rows than were counted");
  c->take(c->work, at, chunk);
  return GY_OK;
}

static gy_status collect(gy_identity_work *work, const char *sql, size_t room,
                         void (*take)(gy_identity_work *, size_t, const gy_chunk *), gy_error *err) {
  collector c = {.work = work, .room = room, .take = take, .lock = PTHREAD_MUTEX_INITIALIZER};
  gy_sink sink = {.shared = &c, .consume = consume};
  gy_status status =
      gy_engine_scan(work->plan->engine, sql, NULL, 0, &sink, "finding people", work->task, err);
  pthread_mutex_destroy(&c.lock);
  return status;
}

static gy_status count(const gy_identity_work *work, const char *sql, size_t *n, gy_error *err) {
  int64_t value = 0;
  gy_status status = gy_engine_int64(work->plan->engine, sql, NULL, 0, &value, err);
  if (status == GY_OK) *n = (size_t)value;
  return status;
}

static int32_t int_at(const gy_column *column, size_t row) {
  return gy_column_is_null(column, row) ? GY_NO_PERSON : ((const int32_t *)column->data)[row];
}

/* ---- links ---- */

static uint32_t rank_of(const gy_identity_work *work, uint32_t node) {
  for (size_t i = 0; i < work->n_order; i++)
    if (node >= work->graph.begin[work->order[i]] && node < work->graph.begin[work->order[i] + 1])
      return (uint32_t)i;
  return 0;
}

static void take_links(gy_identity_work *work, size_t at, const gy_chunk *chunk) {
  for (size_t i = 0; i < chunk->n_rows; i++) {
    int64_t rows = ((const int64_t *)chunk->columns[2].data)[i];
    gy_link link = {(uint32_t)int_at(&chunk->columns[0], i), (uint32_t)int_at(&chunk->columns[1], i)};
    bool is_fuzzy = int_at(&chunk->columns[3], i) != 0;
    work->links[at + i] = link;
    work->weights[at + i] = (gy_link_weight){is_fuzzy ? (uint32_t)work->n_order : rank_of(work, link.b),
                                             rows < UINT32_MAX ? (uint32_t)rows : UINT32_MAX};
  }
}

static gy_status load_links(gy_identity_work *work, gy_error *err) {
  size_t n = 0;
  gy_status status = count(work, "SELECT count(*) FROM identity_edges", &n, err);
  if (status != GY_OK) return status;
  work->links = malloc((n + 1) * sizeof *work->links);
  work->weights = malloc((n + 1) * sizeof *work->weights);
  work->labels.states = malloc(n + 1);
  if (work->links == NULL || work->weights == NULL || work->labels.states == NULL)
    return gy_fail(err, GY_ENOMEM, "no memory for %zu links between keys of people", n);
  work->graph.n_links = n;
  work->graph.n_ranks = (uint32_t)work->n_order + 1;
  return collect(work, "SELECT a, b, n, CAST(is_fuzzy AS INTEGER) FROM identity_edges", n, take_links, err);
}

/* ---- decisions ---- */

static gy_status load_decisions(gy_identity_work *work, gy_error *err) {
  size_t n = 0;
  json_t *rows = NULL, *row;
  if (work->n_decided == 0) return GY_OK;
  gy_status status =
      gy_engine_json(work->plan->engine, gy_sql("people/identity_decided"), NULL, 0, work->task, &rows, err);
  if (status == GY_OK) n = json_array_size(rows);
  work->joins = malloc((n + 1) * sizeof *work->joins);
  work->parts = malloc((n + 1) * sizeof *work->parts);
  work->pins = malloc((n + 1) * sizeof *work->pins);
  if (status == GY_OK && (work->joins == NULL || work->parts == NULL || work->pins == NULL))
    status = gy_fail(err, GY_ENOMEM, "no memory for %zu decisions", n);
  size_t i;
  json_array_foreach(rows, i, row) {
    if (status != GY_OK) break;
    const char *action = json_string_value(json_object_get(row, "action"));
    gy_link link = {(uint32_t)json_integer_value(json_object_get(row, "a")),
                    (uint32_t)json_integer_value(json_object_get(row, "b"))};
    if (strcmp(action, "merge") == 0) work->joins[work->graph.n_joins++] = link;
    if (strcmp(action, "unmerge") == 0) work->parts[work->graph.n_parts++] = link;
    if (strcmp(action, "pin") == 0) work->pins[work->graph.n_pins++] = link;
  }
  json_decref(rows);
  return status;
}

/* ---- ids that keys had ---- */

static void take_others(gy_identity_work *work, size_t at, const gy_chunk *chunk) {
  size_t n_customers = work->graph.begin[GY_KEY_CUSTOMER + 1];
  (void)at;
  for (size_t i = 0; i < chunk->n_rows; i++) {
    size_t other = (size_t)int_at(&chunk->columns[0], i) - n_customers;
    work->is_guest[other] = ((const uint8_t *)chunk->columns[1].data)[i];
    work->usable[other] = ((const uint8_t *)chunk->columns[2].data)[i];
  }
}

static void take_before(gy_identity_work *work, size_t at, const gy_chunk *chunk) {
  (void)at;
  for (size_t i = 0; i < chunk->n_rows; i++) {
    size_t node = (size_t)int_at(&chunk->columns[0], i);
    work->held[node] = int_at(&chunk->columns[1], i);
    work->before[node] = int_at(&chunk->columns[2], i);
    work->first[node] = int_at(&chunk->columns[3], i);
  }
}

/* An id that is a customer's somewhere in the data belongs to nobody else. */
static gy_status find_taken(const gy_identity_work *work, gy_error *err) {
  size_t n = 0;
  gy_status status = count(work, "SELECT count(*) FROM identity_others WHERE NOT is_guest", &n, err);
  for (size_t s = 0; s < work->plan->n_sources && status == GY_OK && n > 0; s++) {
    const gy_identity_source *source = &work->plan->sources[s];
    if (source->types[GY_KEY_CUSTOMER] == NULL) continue;
    char *relation = gy_sql_identifier(source->relation);
    if (relation == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the statements of identity");
    status = gy_identity_execute(work, err,
                                 "UPDATE identity_others SET usable = false WHERE NOT is_guest AND name IN "
                                 "(SELECT CAST(customer_id AS VARCHAR) FROM %s)",
                                 relation);
    free(relation);
  }
  return status;
}

static gy_status number_others(gy_identity_work *work, gy_error *err) {
  gy_status status = gy_identity_execute(
      work, err,
      "CREATE OR REPLACE TEMP TABLE identity_others AS SELECT name, CAST(row_number() OVER (ORDER BY "
      "length(name), name) - 1 + %u AS INTEGER) AS id, regexp_full_match(name, 'guest-[0-9]+') AS is_guest, "
      "true "
      "AS usable FROM (SELECT DISTINCT name FROM (SELECT person AS name FROM person_keys UNION ALL SELECT "
      "automatic FROM person_keys WHERE automatic IS NOT NULL UNION ALL SELECT first_person FROM person_keys "
      "WHERE first_person IS NOT NULL) AS known WHERE name IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
      "identity_nodes_customer_id AS c WHERE c.key = TRY_CAST(known.name AS %s)))",
      work->graph.begin[GY_KEY_CUSTOMER + 1], work->types[GY_KEY_CUSTOMER]);
  if (status == GY_OK) status = count(work, "SELECT count(*) FROM identity_others", &work->n_others, err);
  return status == GY_OK ? find_taken(work, err) : status;
}

/* Every known id as a number; only those of few people are looked up by name. */
static void put_ids(const gy_identity_work *work, gy_buffer *sql) {
  gy_buffer_text(sql, "CREATE OR REPLACE TEMP TABLE identity_before AS WITH known AS (");
  for (size_t i = 0; i < work->n_order; i++) {
    const char *name = gy_key_name(work->order[i]);
    gy_buffer_printf(
        sql,
        "%sSELECT node, person, automatic, first_person FROM person_keys JOIN identity_nodes_%s AS n "
        "ON n.key = TRY_CAST(person_keys.key AS %s) WHERE kind = '%s'",
        i > 0 ? " UNION ALL " : "", name, work->types[work->order[i]], name);
  }
  gy_buffer_printf(
      sql,
      "), held AS (SELECT k.node, coalesce(c.node, o.id) AS person, k.automatic, k.first_person FROM known "
      "AS k LEFT JOIN identity_nodes_customer_id AS c ON c.key = TRY_CAST(k.person AS %s) LEFT JOIN "
      "identity_others AS o ON o.name = k.person), names AS (SELECT name, id FROM identity_people WHERE name "
      "IN (SELECT automatic FROM person_keys UNION SELECT first_person FROM person_keys)) SELECT h.node, "
      "h.person, coalesce(a.id, h.person) AS automatic, coalesce(f.id, h.person) AS first_person FROM held "
      "AS h LEFT JOIN names AS a ON a.name = h.automatic LEFT JOIN names AS f ON f.name = h.first_person "
      "WHERE h.person IS NOT NULL",
      work->types[GY_KEY_CUSTOMER]);
}

static gy_status load_before(gy_identity_work *work, gy_error *err) {
  size_t n = work->graph.n_nodes, n_known = 0;
  work->before = malloc((n + 1) * sizeof *work->before);
  work->first = malloc((n + 1) * sizeof *work->first);
  work->held = malloc((n + 1) * sizeof *work->held);
  if (work->before == NULL || work->first == NULL || work->held == NULL)
    return gy_fail(err, GY_ENOMEM, "no memory for %zu keys of people", n);
  for (size_t i = 0; i < n; i++) work->before[i] = work->first[i] = work->held[i] = GY_NO_PERSON;
  gy_status status = number_others(work, err);
  if (status == GY_OK)
    status =
        gy_identity_execute(work, err,
                            "CREATE OR REPLACE TEMP TABLE identity_people AS SELECT node AS id, CAST(key AS "
                            "VARCHAR) AS name FROM identity_nodes_customer_id UNION ALL SELECT id, name FROM "
                            "identity_others");
  if (status == GY_OK) status = count(work, "SELECT count(*) FROM person_keys", &n_known, err);
  work->usable = malloc(work->n_others + n + 1);
  work->is_guest = malloc(work->n_others + n + 1);
  if (status == GY_OK && (work->usable == NULL || work->is_guest == NULL))
    status = gy_fail(err, GY_ENOMEM, "no memory for %zu ids of people", work->n_others);
  if (status != GY_OK || n_known == 0) return status;
  gy_buffer sql;
  gy_buffer_init(&sql, GY_IDENTITY_SQL_MAX);
  put_ids(work, &sql);
  status = gy_identity_execute_buffer(work, &sql, err);
  if (status == GY_OK)
    status =
        collect(work, "SELECT id, is_guest, usable FROM identity_others", work->n_others, take_others, err);
  return status == GY_OK ? collect(work, "SELECT node, person, automatic, first_person FROM identity_before",
                                   n, take_before, err)
                         : status;
}

gy_status gy_identity_load(gy_identity_work *work, gy_error *err) {
  gy_status status = load_links(work, err);
  if (status == GY_OK) status = load_decisions(work, err);
  if (status == GY_OK) status = load_before(work, err);
  work->graph.links = work->links;
  work->graph.weights = work->weights;
  work->graph.joins = work->joins;
  work->graph.parts = work->parts;
  work->graph.pins = work->pins;
  return status;
}
