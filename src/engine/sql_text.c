/* SPDX-License-Identifier: Apache-2.0
 *
 * SQL as text: the embedded files, their templates, and quoting.
 *
 * A file under sql/ holds one query, opened by a comment that says what it takes and gives. `{{key}}` stands
 * for a fragment that the caller supplies: a type, an identifier quoted by gy_sql_identifier, an expression
 * of gyeol's own; never a user's text, which is bound as $1. A template says in its opening comment which
 * fragment stands for a key when the file is only prepared, as the test of all files does:
 *
 *   -- part order_filter: flags = 0
 *
 * and, where it reads a table or view that another file makes, which file that test is to run before:
 *
 *   -- after clean/order_lines
 *
 * The keys customer_id, order_id and product_id (types of ids) need no such line. The tables of
 * sql/schema/ are there for every file. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "engine/engine.h"
#include "engine/sql_files.h"

enum { SQL_MAX = 16 * 1024 * 1024 };

const char *gy_sql(const char *name) {
  size_t low = 0, high = GY_SQL_FILE_COUNT;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = strcmp(GY_SQL_FILES[middle].name, name);
    if (order == 0) return (const char *)GY_SQL_FILES[middle].text;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

const char *gy_sql_name(size_t i) { return i < GY_SQL_FILE_COUNT ? GY_SQL_FILES[i].name : NULL; }

static const char *fragment_of(const gy_sql_part *parts, size_t n_parts, const char *key, size_t length) {
  for (size_t i = 0; i < n_parts; i++)
    if (strlen(parts[i].key) == length && memcmp(parts[i].key, key, length) == 0) return parts[i].fragment;
  return NULL;
}

/* Copies the opening comment without its `-- part` and `-- after` lines, which speak to tests only; returns
 * what follows. */
static const char *skip_declarations(const char *sql, gy_buffer *out) {
  while (strncmp(sql, "--", 2) == 0) {
    const char *end = strchrnul(sql, '\n');
    end += *end == '\n';
    bool declares = strncmp(sql, "-- part ", 8) == 0 || strncmp(sql, "-- after ", 9) == 0;
    if (!declares) gy_buffer_append(out, sql, (size_t)(end - sql));
    sql = end;
  }
  return sql;
}

gy_status gy_sql_expand(const char *sql_template, const gy_sql_part *parts, size_t n_parts, char **sql,
                        gy_error *err) {
  gy_buffer text;
  gy_buffer_init(&text, SQL_MAX);
  gy_status status = GY_OK;
  const char *rest = skip_declarations(sql_template, &text);
  for (const char *open; (open = strstr(rest, "{{")) != NULL;) {
    const char *key = open + 2;
    const char *close = strstr(key, "}}");
    size_t length = close != NULL ? (size_t)(close - key) : strlen(key);
    const char *fragment = close != NULL ? fragment_of(parts, n_parts, key, length) : NULL;
    if (fragment == NULL) {
      status = gy_fail(err, GY_EINTERNAL, "SQL template: no fragment for {{%.*s}}", (int)(length & 63), key);
      goto done;
    }
    gy_buffer_append(&text, rest, (size_t)(open - rest));
    gy_buffer_text(&text, fragment);
    rest = close + 2;
  }
  gy_buffer_text(&text, rest);
  char *expanded = gy_buffer_take(&text);
  if (expanded != NULL)
    *sql = expanded;
  else
    status = gy_fail(err, GY_ENOMEM, "no memory to expand an SQL template");
done:
  gy_buffer_clear(&text);
  return status;
}

static char *quote(const char *text, char mark) {
  size_t length = strlen(text), n_marks = 0;
  for (size_t i = 0; i < length; i++) n_marks += text[i] == mark;
  char *quoted = malloc(length + n_marks + 3);
  if (quoted == NULL) return NULL;
  char *out = quoted;
  *out++ = mark;
  for (size_t i = 0; i < length; i++) {
    if (text[i] == mark) *out++ = mark;
    *out++ = text[i];
  }
  *out++ = mark;
  *out = '\0';
  return quoted;
}

char *gy_sql_identifier(const char *name) { return quote(name, '"'); }
char *gy_sql_literal(const char *text) { return quote(text, '\''); }

/* Bytes of the comment that starts at `sql`; 0: none does. */
static size_t comment_length(const char *sql) {
  if (sql[0] == '-' && sql[1] == '-') return strcspn(sql, "\n");
  if (sql[0] != '/' || sql[1] != '*') return 0;
  const char *end = strstr(sql + 2, "*/");
  return end != NULL ? (size_t)(end + 2 - sql) : strlen(sql);
}

size_t gy_sql_token_length(const char *sql) {
  size_t comment = comment_length(sql);
  if (comment > 0 || (*sql != '\'' && *sql != '"')) return comment > 0 ? comment : 1;
  const char *end = strchr(sql + 1, *sql);
  return end != NULL ? (size_t)(end + 1 - sql) : strlen(sql);
}

size_t gy_sql_body_length(const char *sql) {
  size_t length = 0;
  for (size_t at = 0; sql[at] != '\0';) {
    bool counts = comment_length(sql + at) == 0 && sql[at] != ';' && !isspace((unsigned char)sql[at]);
    at += gy_sql_token_length(sql + at);
    if (counts) length = at;
  }
  return length;
}
