/* SPDX-License-Identifier: Apache-2.0
 *
 * A source as a table. Left alone, the engine tries every compression on every segment of a column, which
 * costs more than the writing; our columns are known well enough to name one. */
#include <stdlib.h>

#include "base/buffer.h"
#include "engine/engine.h"

enum { STATEMENT_MAX = 1 << 20 };

typedef struct {
  const char *type;
  const char *compression; /* NULL: the engine's choice */
} stored_form;

static stored_form form_of(gy_type type) {
  switch (type) {
    case GY_TYPE_BOOL:
      return (stored_form){"BOOLEAN", NULL};
    case GY_TYPE_INT32:
      return (stored_form){"INTEGER", "bitpacking"};
    case GY_TYPE_INT64:
      return (stored_form){"BIGINT", "bitpacking"};
    case GY_TYPE_FLOAT:
      return (stored_form){"FLOAT", "uncompressed"};
    case GY_TYPE_DOUBLE:
      return (stored_form){"DOUBLE", "uncompressed"};
    case GY_TYPE_MONEY:
      return (stored_form){"DECIMAL(18, 4)", "bitpacking"};
    case GY_TYPE_TIMESTAMP:
      return (stored_form){"TIMESTAMP", "bitpacking"};
    case GY_TYPE_DATE:
      return (stored_form){"DATE", "bitpacking"};
    case GY_TYPE_UUID:
      return (stored_form){"UUID", "uncompressed"};
    default:
      return (stored_form){"VARCHAR", NULL};
  }
}

static void put_columns(gy_buffer *sql, const gy_source *source) {
  for (size_t c = 0; c < source->n_columns; c++) {
    stored_form form = form_of(source->columns[c].type);
    char *name = gy_sql_identifier(source->columns[c].name);
    if (name == NULL) sql->failed = true;
    gy_buffer_printf(sql, "%s%s %s", c > 0 ? ", " : "", name != NULL ? name : "", form.type);
    if (form.compression != NULL) gy_buffer_printf(sql, " USING COMPRESSION %s", form.compression);
    free(name);
  }
}

static gy_status create_table(gy_engine *engine, const char *table, const gy_source *source, gy_error *err) {
  gy_buffer sql;
  gy_buffer_init(&sql, STATEMENT_MAX);
  gy_buffer_printf(&sql, "CREATE OR REPLACE TABLE %s (", table);
  put_columns(&sql, source);
  gy_buffer_text(&sql, ")");
  gy_status status = sql.failed ? gy_fail(err, GY_ENOMEM, "no memory to store the table %s", table)
                                : gy_engine_execute(engine, sql.data, NULL, 0, NULL, NULL, NULL, err);
  gy_buffer_clear(&sql);
  return status;
}

gy_status gy_engine_append(gy_engine *engine, const char *table, const char *name, const gy_source *source,
                           const char *phase, const gy_task *task, gy_error *err) {
  gy_status status = gy_engine_publish(engine, name, source, err);
  if (status != GY_OK) return status;
  gy_buffer sql;
  gy_buffer_init(&sql, STATEMENT_MAX);
  gy_buffer_printf(&sql, "INSERT INTO %s SELECT * FROM %s()", table, name);
  status = sql.failed ? gy_fail(err, GY_ENOMEM, "no memory to store the table %s", table)
                      : gy_engine_execute(engine, sql.data, NULL, 0, phase, task, NULL, err);
  gy_buffer_clear(&sql);
  return status;
}

gy_status gy_engine_store(gy_engine *engine, const char *table, const char *name, const gy_source *source,
                          const char *phase, const gy_task *task, gy_error *err) {
  gy_status status = create_table(engine, table, source, err);
  return status == GY_OK ? gy_engine_append(engine, table, name, source, phase, task, err) : status;
}
