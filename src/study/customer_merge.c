/* SPDX-License-Identifier: Apache-2.0
 *
 * Every rule is the greatest of a struct that ends with the value, so that ties end the same whatever the
 * order of rows: of equally good values the greatest wins. */
#include "study/customer_merge.h"

#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"

gy_status gy_customer_merge_add(gy_customer_merge *merge, const char *column, gy_error *err) {
  for (size_t i = 0; i < merge->n_columns; i++)
    if (strcmp(merge->columns[i], column) == 0) return GY_OK;
  char **more = realloc(merge->columns, (merge->n_columns + 1) * sizeof *more);
  if (more != NULL) merge->columns = more;
  char *copy = strdup(column);
  if (more == NULL || copy == NULL) {
    free(copy);
    return gy_fail(err, GY_ENOMEM, "no memory for the columns of customers");
  }
  merge->columns[merge->n_columns++] = copy;
  return GY_OK;
}

static gy_merge_rule rule_of(const gy_customer_merge *merge, const char *column) {
  for (uint32_t i = 0; i < merge->config->merge.n_attributes; i++)
    if (strcmp(merge->config->merge.attributes[i].attribute, column) == 0)
      return merge->config->merge.attributes[i].rule;
  return merge->config->merge.rule;
}

static bool has_column(const gy_customer_merge *merge, const char *name) {
  for (size_t i = 0; i < merge->n_columns; i++)
    if (strcmp(merge->columns[i], name) == 0) return true;
  return false;
}

static void put_value(const char *column, const char *recent, gy_merge_rule rule, gy_buffer *sql) {
  switch (rule) {
    case GY_MERGE_SOURCE:
      gy_buffer_printf(
          sql,
          "max(CASE WHEN %s IS NOT NULL THEN {'s': -source_no, 'k': %s IS NOT NULL, 'r': %s, 'v': "
          "%s} END).v",
          column, recent, recent, column);
      break;
    case GY_MERGE_RECENT:
      gy_buffer_printf(
          sql,
          "max(CASE WHEN %s IS NOT NULL THEN {'k': %s IS NOT NULL, 'r': %s, 's': -source_no, 'v': "
          "%s} END).v",
          column, recent, recent, column);
      break;
    case GY_MERGE_FREQUENT:
      gy_buffer_printf(
          sql, "list_max(list_transform(map_entries(histogram(%s)), e -> {'n': e.value, 'v': e.key})).v",
          column);
      break;
    case GY_MERGE_LONGEST:
      gy_buffer_printf(sql,
                       "max(CASE WHEN %s IS NOT NULL THEN {'n': length(CAST(%s AS VARCHAR)), 'v': %s} END).v",
                       column, column, column);
      break;
  }
}

gy_status gy_customer_merge_put(const gy_customer_merge *merge, gy_buffer *sql, gy_error *err) {
  const char *by = merge->config->merge.recent_by;
  if (by[0] != '\0' && !has_column(merge, by))
    return gy_fail(err, GY_ECONFIG, "identity.merge.recent_by: customers have no column '%s'", by);
  if (by[0] == '\0' && has_column(merge, "signed_up_at")) by = "signed_up_at";
  char *recent = by[0] != '\0' ? gy_sql_identifier(by) : strdup("NULL");
  gy_buffer_text(sql, "SELECT customer_id");
  for (size_t i = 0; i < merge->n_columns; i++) {
    char *column = gy_sql_identifier(merge->columns[i]);
    if (column == NULL || recent == NULL) {
      free(column);
      free(recent);
      return gy_fail(err, GY_ENOMEM, "no memory for the columns of customers");
    }
    gy_buffer_text(sql, ", ");
    put_value(column, recent, rule_of(merge, merge->columns[i]), sql);
    gy_buffer_printf(sql, " AS %s", column);
    free(column);
  }
  gy_buffer_text(sql, " FROM (");
  free(recent);
  return GY_OK;
}

void gy_customer_merge_clear(gy_customer_merge *merge) {
  for (size_t i = 0; i < merge->n_columns; i++) free(merge->columns[i]);
  free(merge->columns);
  *merge = (gy_customer_merge){0};
}
