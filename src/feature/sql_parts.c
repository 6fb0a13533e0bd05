/* SPDX-License-Identifier: Apache-2.0 */
#include "feature/sql_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void gy_sql_parts_take(gy_sql_parts *parts, const char *key, char *fragment) {
  if (fragment == NULL || parts->n == GY_SQL_MAX_PARTS) {
    free(fragment);
    parts->failed = true;
    return;
  }
  parts->part[parts->n++] = (gy_sql_part){key, fragment};
}

void gy_sql_parts_take_buffer(gy_sql_parts *parts, const char *key, gy_buffer *buffer) {
  gy_sql_parts_take(parts, key, gy_buffer_take(buffer));
  gy_buffer_clear(buffer);
}

void gy_sql_parts_printf(gy_sql_parts *parts, const char *key, const char *format, ...) {
  char *text = NULL;
  va_list args;
  va_start(args, format);
  int length = vasprintf(&text, format, args);
  va_end(args);
  gy_sql_parts_take(parts, key, length < 0 ? NULL : text);
}

void gy_sql_parts_form(gy_sql_parts *parts, const char *key, gy_dialect dialect, gy_sql_form form,
                       const char *a, const char *b) {
  gy_sql_parts_take(parts, key, gy_dialect_sql(dialect, form, a, b));
}

gy_status gy_sql_parts_expand(gy_sql_parts *parts, const char *name, char **sql, gy_error *err) {
  gy_status status = parts->failed ? gy_fail(err, GY_ENOMEM, "no memory for the SQL of %s", name)
                                   : gy_sql_expand(gy_sql(name), parts->part, parts->n, sql, err);
  for (size_t i = 0; i < parts->n; i++) free((char *)(uintptr_t)parts->part[i].fragment);
  parts->n = 0;
  return status;
}
