/* SPDX-License-Identifier: Apache-2.0
 *
 * One row a form, one column a dialect; {{a}} and {{b}} are the operands. timezone(zone, x) is common to
 * both: it turns a wall-clock time in the zone into an instant, and an instant into a wall-clock time. */
#include "engine/dialect.h"

#include "engine/engine.h"

#define LOCAL "timezone({{b}}, timezone('UTC', {{a}}))"

static const char *const FORMS[GY_SQL_FORM_COUNT][GY_DIALECT_COUNT] = {
    [GY_SQL_LOCAL_TIME] = {LOCAL, LOCAL},
    [GY_SQL_LOCAL_DAY] = {"CAST(" LOCAL " AS DATE)", "CAST(" LOCAL " AS DATE)"},
    [GY_SQL_LOCAL_HOUR] = {"extract('hour' FROM " LOCAL ")", "CAST(extract(hour FROM " LOCAL ") AS BIGINT)"},
    [GY_SQL_LOCAL_WEEKDAY] = {"extract('isodow' FROM " LOCAL ")",
                              "CAST(extract(isodow FROM " LOCAL ") AS BIGINT)"},
    [GY_SQL_DAYS_BETWEEN] = {"CAST(floor((epoch_us({{b}}) - epoch_us({{a}})) / 86400000000.0) AS BIGINT)",
                             "CAST(floor(extract(epoch FROM (({{b}}) - ({{a}}))) / 86400) AS BIGINT)"},
    [GY_SQL_QUANTILE] = {"CAST(quantile_cont({{a}}, {{b}}) AS DOUBLE)",
                         "CAST(percentile_cont({{b}}) WITHIN GROUP (ORDER BY {{a}}) AS DOUBLE PRECISION)"},
    [GY_SQL_APPROX_DISTINCT] = {"approx_count_distinct({{a}})", "count(DISTINCT {{a}})"},
};

char *gy_dialect_sql(gy_dialect dialect, gy_sql_form form, const char *a, const char *b) {
  const gy_sql_part parts[] = {{"a", a}, {"b", b}};
  char *sql = NULL;
  gy_status status = gy_sql_expand(FORMS[form][dialect], parts, 2, &sql, NULL);
  return status == GY_OK ? sql : NULL;
}
