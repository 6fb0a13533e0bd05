/* SPDX-License-Identifier: Apache-2.0
 *
 * The few expressions that differ between the SQL engines that features and scores are written for, or that
 * are easy to get wrong in any of them. SQL that needs one takes it as a `{{part}}`. */
#ifndef GYEOL_ENGINE_DIALECT_H
#define GYEOL_ENGINE_DIALECT_H

typedef enum gy_dialect { GY_DIALECT_DUCKDB, GY_DIALECT_POSTGRES, GY_DIALECT_COUNT } gy_dialect;

/* a and b are SQL expressions of the types in brackets. */
typedef enum gy_sql_form {
  GY_SQL_LOCAL_TIME,      /* UTC timestamp [a] as wall-clock timestamp in the zone named by literal [b] */
  GY_SQL_LOCAL_DAY,       /* the same, as DATE */
  GY_SQL_LOCAL_HOUR,      /* the same, hour 0..23 as BIGINT */
  GY_SQL_LOCAL_WEEKDAY,   /* the same, Monday 1 .. Sunday 7 as BIGINT */
  GY_SQL_DAYS_BETWEEN,    /* whole days from timestamp [a] to timestamp [b], rounded down, as BIGINT */
  GY_SQL_QUANTILE,        /* aggregate: quantile [b] in 0..1 of number [a], interpolated, as DOUBLE */
  GY_SQL_APPROX_DISTINCT, /* aggregate: number of distinct [a]; estimated where the engine can; b unused */
  GY_SQL_FORM_COUNT
} gy_sql_form;

/* Gives the expression; NULL when memory is spent. `b` may be NULL where it is unused. */
char *gy_dialect_sql(gy_dialect dialect, gy_sql_form form, const char *a, const char *b);

#endif
