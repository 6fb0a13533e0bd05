/* SPDX-License-Identifier: Apache-2.0 */
#include "study/person_visitors.h"

#include "base/buffer.h"
#include "data/project_file_identity.h"

enum { SQL_MAX = 1 << 16 };

static bool has(const json_t *identity, const char *set, gy_key_kind kind) {
  return (json_integer_value(json_object_get(identity, set)) >> kind & 1) != 0;
}

static void put_own(const char *kind, gy_buffer *sql) {
  gy_buffer_printf(sql,
                   " UNION ALL SELECT '%s', CAST(key AS VARCHAR), false, NULL, NULL FROM person_by_%s WHERE "
                   "CAST(person AS VARCHAR) = $1",
                   kind, kind);
}

static void put_shared(const char *kind, gy_buffer *sql) {
  gy_buffer_printf(
      sql,
      " UNION ALL SELECT '%s', CAST(key AS VARCHAR), true, CASE WHEN isfinite(since) THEN since END, until "
      "FROM (SELECT key, person, since, lead(since) OVER (PARTITION BY key ORDER BY since) AS until FROM "
      "person_times_%s WHERE key IN (SELECT key FROM person_times_%s WHERE CAST(person AS VARCHAR) = $1)) "
      "WHERE CAST(person AS VARCHAR) = $1",
      kind, kind, kind);
}

gy_status gy_person_visitors(gy_engine *engine, const json_t *identity, const char *person, json_t **rows,
                             gy_error *err) {
  gy_value who = gy_bind_text(person);
  gy_buffer sql;
  gy_buffer_init(&sql, SQL_MAX);
  gy_buffer_text(
      &sql,
      "SELECT * FROM (SELECT '' AS kind, $1 AS key, false AS is_shared, CAST(NULL AS TIMESTAMP) AS "
      "since, CAST(NULL AS TIMESTAMP) AS until WHERE false");
  for (gy_key_kind kind = 0; kind < GY_KEY_COUNT; kind++) {
    if (gy_key_joins(kind)) continue;
    if (has(identity, "filled", kind)) put_own(gy_key_name(kind), &sql);
    if (has(identity, "timed", kind)) put_shared(gy_key_name(kind), &sql);
  }
  gy_buffer_printf(&sql, ") ORDER BY kind, length(key), key, since NULLS FIRST LIMIT %d",
                   GY_VISITORS_SHOWN_MOST);
  gy_status status = sql.failed ? gy_fail(err, GY_ENOMEM, "no memory for the visitors of a person")
                                : gy_engine_json(engine, sql.data, &who, 1, NULL, rows, err);
  gy_buffer_clear(&sql);
  return status;
}
