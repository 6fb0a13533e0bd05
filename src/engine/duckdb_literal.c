/* SPDX-License-Identifier: Apache-2.0
 *
 * Bound values written out as SQL literals of their types. Queries are always run with values bound; this is
 * for preparing the few whose columns DuckDB knows only once it has the values (`FROM range($1)`). */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "engine/duckdb_store.h"

enum { SQL_MAX = 16 * 1024 * 1024 };

static bool write_text(gy_buffer *out, gy_text text) {
  char *copy = strndup(text.data, text.length);
  char *quoted = copy != NULL ? gy_sql_literal(copy) : NULL;
  bool written = quoted != NULL && gy_buffer_printf(out, "CAST(%s AS VARCHAR)", quoted);
  free(quoted);
  free(copy);
  return written;
}

static bool write_literal(gy_buffer *out, const gy_value *value) {
  if (value->is_null) return gy_buffer_text(out, "NULL");
  long long integer = (long long)value->as.integer;
  switch (value->type) {
    case GY_TYPE_BOOL:
      return gy_buffer_text(out, value->as.boolean ? "true" : "false");
    case GY_TYPE_INT32:
      return gy_buffer_printf(out, "CAST(%lld AS INTEGER)", integer);
    case GY_TYPE_INT64:
      return gy_buffer_printf(out, "CAST(%lld AS BIGINT)", integer);
    case GY_TYPE_FLOAT:
      return gy_buffer_printf(out, "CAST('%.9g' AS FLOAT)", value->as.real);
    case GY_TYPE_DOUBLE:
      return gy_buffer_printf(out, "CAST('%.17g' AS DOUBLE)", value->as.real);
    case GY_TYPE_MONEY:
      return gy_buffer_printf(out, "CAST('%s%lld.%04lld' AS DECIMAL(18, 4))", integer < 0 ? "-" : "",
                              llabs(integer / GY_MONEY_SCALE), llabs(integer % GY_MONEY_SCALE));
    case GY_TYPE_TIMESTAMP:
      return gy_buffer_printf(out, "make_timestamp(%lld)", integer);
    case GY_TYPE_DATE:
      return gy_buffer_printf(out, "(DATE '1970-01-01' + CAST(%lld AS INTEGER))", integer);
    case GY_TYPE_UUID:
    case GY_TYPE_TEXT:
      return write_text(out, value->as.text);
  }
  return false;
}

gy_status store_literals(const char *sql, const gy_value *params, size_t n_params, char **literal_sql,
                         gy_error *err) {
  gy_buffer text;
  gy_buffer_init(&text, SQL_MAX);
  while (*sql != '\0') {
    char *end = NULL;
    unsigned long number = *sql == '$' && isdigit((unsigned char)sql[1]) ? strtoul(sql + 1, &end, 10) : 0;
    if (number >= 1 && number <= n_params) {
      write_literal(&text, &params[number - 1]);
      sql = end;
    } else {
      size_t length = gy_sql_token_length(sql);
      gy_buffer_append(&text, sql, length);
      sql += length;
    }
  }
  char *made = gy_buffer_take(&text);
  if (made == NULL) return gy_fail(err, GY_ENOMEM, "no memory to plan a query");
  *literal_sql = made;
  return GY_OK;
}
