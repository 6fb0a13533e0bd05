/* SPDX-License-Identifier: Apache-2.0
 *
 * The engine puts the structures of all records together; its answer, {"a": {"b": "VARCHAR"}, "c":
 * ["BIGINT"]}, is walked for paths, and each becomes a column that is taken out by its JSON pointer (RFC
 * 6901). */
#include "data/sniff_nested.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

enum { SQL_MAX = 8 << 20, PATH_MAX_BYTES = 512, DEPTH_MAX = 6, KEYS_MAX = 256 };

typedef struct walker {
  gy_buffer *sql;
  size_t n_columns;
  bool is_nested;
} walker;

static void put_owned(gy_buffer *sql, char *quoted) {
  if (quoted == NULL || !gy_buffer_text(sql, quoted)) sql->failed = true;
  free(quoted);
}

/* "~" and "/" of a key are written ~0 and ~1. False: the path is too long. */
static bool add_key(char path[PATH_MAX_BYTES], char pointer[2 * PATH_MAX_BYTES], const char *key) {
  size_t n = strlen(path), m = strlen(pointer);
  if (n + strlen(key) + 2 > PATH_MAX_BYTES) return false;
  if (n > 0) path[n++] = '.';
  memcpy(path + n, key, strlen(key) + 1);
  pointer[m++] = '/';
  for (; *key != '\0'; key++) {
    if (*key == '~' || *key == '/') {
      pointer[m++] = '~';
      pointer[m++] = *key == '~' ? '0' : '1';
    } else {
      pointer[m++] = *key;
    }
  }
  pointer[m] = '\0';
  return true;
}

static void put_column(walker *w, const char *path, const char *pointer) {
  gy_buffer_text(w->sql, w->n_columns++ > 0 ? ", json_extract_string(json, " : "json_extract_string(json, ");
  put_owned(w->sql, gy_sql_literal(pointer));
  gy_buffer_text(w->sql, ") AS ");
  put_owned(w->sql, gy_sql_identifier(path));
}

static void walk(walker *w, json_t *structure, const char *path, const char *pointer, int depth) {
  const char *key;
  json_t *value;
  json_object_foreach(structure, key, value) {
    char own[PATH_MAX_BYTES], at[2 * PATH_MAX_BYTES];
    memcpy(own, path, strlen(path) + 1);
    memcpy(at, pointer, strlen(pointer) + 1);
    if (*key == '\0' || !add_key(own, at, key)) continue;
    size_t n_keys = json_object_size(value);
    bool is_object = n_keys > 0 && n_keys <= KEYS_MAX && depth < DEPTH_MAX;
    w->is_nested = w->is_nested || is_object;
    if (is_object)
      walk(w, value, own, at, depth + 1);
    else
      put_column(w, own, at);
  }
}

static bool put_records(gy_buffer *sql, const gy_sniff *sniff, int most) {
  gy_buffer_text(sql, " FROM (SELECT json FROM read_json_objects(");
  put_owned(sql, gy_sql_literal(sniff->path));
  return gy_buffer_printf(sql, ", format = '%s') LIMIT %d) AS records",
                          sniff->format == GY_FORMAT_NDJSON ? "newline_delimited" : "auto", most) &&
         !sql->failed;
}

static gy_status read_structure(gy_engine *engine, const gy_sniff *sniff, int most, json_t **structure,
                                gy_error *err) {
  gy_buffer sql;
  json_t *rows = NULL;
  gy_buffer_init(&sql, SQL_MAX);
  gy_buffer_text(&sql, "SELECT CAST(json_group_structure(json) AS VARCHAR) AS structure");
  gy_status status = put_records(&sql, sniff, most)
                         ? GY_OK
                         : gy_fail(err, GY_ENOMEM, "no memory to look at %s", sniff->path);
  if (status == GY_OK) status = gy_engine_json(engine, sql.data, NULL, 0, NULL, &rows, err);
  const char *text = json_string_value(json_object_get(json_array_get(rows, 0), "structure"));
  if (status == GY_OK) *structure = text != NULL ? json_loads(text, 0, NULL) : NULL;
  json_decref(rows);
  gy_buffer_clear(&sql);
  return status;
}

gy_status gy_sniff_nested(gy_engine *engine, const gy_sniff *sniff, int most, char **sql, gy_error *err) {
  json_t *structure = NULL;
  gy_buffer made;
  walker w = {.sql = &made};
  *sql = NULL;
  gy_status status = read_structure(engine, sniff, most, &structure, err);
  if (status != GY_OK) return status;
  gy_buffer_init(&made, SQL_MAX);
  gy_buffer_text(&made, "SELECT ");
  walk(&w, structure, "", "", 0);
  bool good = put_records(&made, sniff, most);
  if (w.is_nested && good && w.n_columns > 0) *sql = gy_buffer_take(&made);
  if (w.is_nested && w.n_columns > 0 && *sql == NULL)
    status = gy_fail(err, GY_ENOMEM, "no memory to look at %s", sniff->path);
  gy_buffer_clear(&made);
  json_decref(structure);
  return status;
}
