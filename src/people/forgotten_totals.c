/* SPDX-License-Identifier: Apache-2.0 */
#include "people/forgotten_totals.h"

#include <string.h>

gy_status gy_forgotten_totals_load(gy_engine *engine, json_t **sums, gy_error *err) {
  return gy_engine_json(engine, gy_sql("people/forgotten_totals"), NULL, 0, NULL, sums, err);
}

static bool is(const json_t *row, const char *member, const char *text) {
  const char *found = json_string_value(json_object_get(row, member));
  return found != NULL && strcmp(found, text) == 0;
}

const json_t *gy_forgotten_totals_find(const json_t *sums, const char *scope, const char *item) {
  size_t i;
  json_t *row;
  json_array_foreach(sums, i, row) {
    if (is(row, "scope", scope) && is(row, "item", item)) return row;
  }
  return NULL;
}

int64_t gy_forgotten_totals_sum(const json_t *row, const char *member) {
  return json_integer_value(json_object_get(row, member));
}
