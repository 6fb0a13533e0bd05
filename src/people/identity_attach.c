/* SPDX-License-Identifier: Apache-2.0
 *
 * Cookies and devices. Rows with one of them and a known person are sightings. A key that was only ever seen
 * with one person gives its anonymous rows to that one. With several people they go to the one who was seen
 * last before the row, else to the one seen next after it; of several at one moment to the one whose id comes
 * first. It never joins people, and a key of too many people gives its rows to nobody. */
#include <stdio.h>
#include <stdlib.h>

#include "people/identity_work.h"
#include "people/person_relation.h"

/* Sources whose rows show the key together with a person. */
static bool sees(const gy_identity_work *work, const gy_identity_source *source, gy_key_kind kind) {
  if (source->types[kind] == NULL) return false;
  for (size_t i = 0; i < work->n_order; i++)
    if (source->types[work->order[i]] != NULL) return true;
  return false;
}

static gy_status make_sightings(const gy_identity_work *work, const gy_identity_result *result,
                                gy_key_kind kind, gy_error *err) {
  gy_buffer sql;
  gy_buffer_init(&sql, GY_IDENTITY_SQL_MAX);
  gy_buffer_printf(
      &sql,
      "CREATE OR REPLACE TEMP VIEW identity_sightings AS SELECT CAST(NULL AS %s) AS key, CAST(NULL "
      "AS TIMESTAMP) AS seen_at, CAST(NULL AS %s) AS person WHERE false",
      work->types[kind], result->tables.is_text ? "VARCHAR" : "BIGINT");
  for (size_t s = 0; s < work->plan->n_sources; s++) {
    if (!sees(work, &work->plan->sources[s], kind)) continue;
    gy_buffer_text(&sql, " UNION ALL ");
    gy_person_relation(&result->tables, work->plan->config, &work->plan->sources[s], kind, &sql);
  }
  return gy_identity_execute_buffer(work, &sql, err);
}

/* Keys of several people, when who was seen, and those of too many. */
static gy_status make_times(const gy_identity_work *work, gy_key_kind kind, gy_error *err) {
  uint32_t most = work->plan->config->limits[kind].joins;
  const char *name = gy_key_name(kind);
  gy_status status = gy_engine_execute(work->plan->engine, gy_sql("people/identity_seen_counts"), NULL, 0,
                                       NULL, work->task, NULL, err);
  if (status == GY_OK)
    status = gy_engine_execute(work->plan->engine, gy_sql("people/identity_seen_times"), NULL, 0, NULL,
                               work->task, NULL, err);
  if (status == GY_OK && most > 0)
    status = gy_identity_execute(
        work, err,
        "INSERT INTO identity_blocked SELECT '%s', CAST(key AS VARCHAR), 'shared', n FROM "
        "identity_seen_counts WHERE n > %u; DELETE FROM identity_seen_times WHERE key IN "
        "(SELECT key FROM identity_seen_counts WHERE n > %u)",
        name, most, most);
  if (status == GY_OK)
    status = gy_identity_execute(
        work, err,
        "CREATE OR REPLACE TABLE person_times_%s AS SELECT key, CASE WHEN is_first "
        "THEN CAST('-infinity' AS TIMESTAMP) "
        "ELSE seen_at END AS since, person FROM (SELECT key, seen_at, person, lag(person) "
        "OVER w AS before, row_number() OVER w "
        "= 1 AS is_first FROM identity_seen_times WINDOW w AS (PARTITION BY key "
        "ORDER BY seen_at)) WHERE is_first OR person "
        "IS DISTINCT FROM before",
        name);
  return status;
}

static gy_status attach_kind(const gy_identity_work *work, gy_identity_result *result, gy_key_kind kind,
                             gy_error *err) {
  const char *name = gy_key_name(kind);
  int64_t n_single = 0, n_times = 0;
  char sql[80];
  gy_status status = make_sightings(work, result, kind, err);
  if (status == GY_OK)
    status = gy_engine_execute(work->plan->engine, gy_sql("people/identity_seen"), NULL, 0,
                               "finding visitors", work->task, NULL, err);
  if (status == GY_OK) status = make_times(work, kind, err);
  if (status == GY_OK)
    status =
        gy_identity_execute(work, err,
                            "CREATE OR REPLACE TABLE person_by_%s AS SELECT key, first_person AS person FROM "
                            "identity_seen WHERE first_person = last_person",
                            name);
  snprintf(sql, sizeof sql, "SELECT count(*) FROM person_by_%s", name);
  if (status == GY_OK) status = gy_engine_int64(work->plan->engine, sql, NULL, 0, &n_single, err);
  snprintf(sql, sizeof sql, "SELECT count(*) FROM person_times_%s", name);
  if (status == GY_OK) status = gy_engine_int64(work->plan->engine, sql, NULL, 0, &n_times, err);
  if (n_single > 0) result->tables.filled |= 1u << kind;
  if (n_times > 0) result->tables.timed |= 1u << kind;
  return status;
}

gy_status gy_identity_attach(gy_identity_work *work, gy_identity_result *result, gy_error *err) {
  gy_status status = GY_OK;
  for (gy_key_kind kind = 0; kind < GY_KEY_COUNT && status == GY_OK; kind++)
    if (!gy_key_joins(kind) && work->types[kind] != NULL) status = attach_kind(work, result, kind, err);
  return status;
}
