/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of an SQL template, collected one by one; a failed allocation shows when it is expanded. */
#ifndef GYEOL_FEATURE_SQL_PARTS_H
#define GYEOL_FEATURE_SQL_PARTS_H

#include "base/buffer.h"
#include "engine/dialect.h"
#include "engine/engine.h"

enum { GY_SQL_MAX_PARTS = 32, GY_SQL_FRAGMENT_MAX = 256 * 1024 };

typedef struct gy_sql_parts {
  gy_sql_part part[GY_SQL_MAX_PARTS];
  size_t n;
  bool failed;
} gy_sql_parts;

/* Takes a malloc'd fragment; NULL counts as failed. */
void gy_sql_parts_take(gy_sql_parts *parts, const char *key, char *fragment);
/* Takes the buffer's text and clears it. */
void gy_sql_parts_take_buffer(gy_sql_parts *parts, const char *key, gy_buffer *buffer);
void gy_sql_parts_printf(gy_sql_parts *parts, const char *key, const char *format, ...) GY_PRINTF(3, 4);
void gy_sql_parts_form(gy_sql_parts *parts, const char *key, gy_dialect dialect, gy_sql_form form,
                       const char *a, const char *b);

/* Expands the embedded file `name` and frees the fragments, whatever the outcome. */
GY_MUST_USE gy_status gy_sql_parts_expand(gy_sql_parts *parts, const char *name, char **sql, gy_error *err);

#endif
