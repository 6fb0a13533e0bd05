/* SPDX-License-Identifier: Apache-2.0
 *
 * Aggregates in SQL. What an aggregate costs is mostly the rows that reach it: the engine asks its filter
 * about each. Nearly all filters begin with a window on the rows' time, so the aggregates of a table are put
 * into a few passes by how far back they look, and a pass reads no older rows than its furthest one. */
#include <inttypes.h>
#include <stdlib.h>

#include "rule/rule_sql.h"

enum { SURELY_SUMMED_BITS = 49, /* 2^49 is below 9e14 */ CLASSES = 4, FEW = 3 };

#define OUT(...) gy_buffer_printf(&sql->out, __VA_ARGS__)

static void put(rule_sql *sql, const char *text) { gy_buffer_text(&sql->out, text); }

static const char *relation_of(const gy_rule_table *table) {
  return table->relation != NULL ? table->relation : table->name;
}

void rule_sql_among(rule_sql *sql, const char *before, const char *alias, const char *id) {
  if (sql->among == NULL) return;
  OUT("%s%s.", before, alias);
  rule_sql_identifier(sql, id);
  put(sql, " IN (SELECT ");
  rule_sql_identifier(sql, sql->set->catalogue->customer_id);
  put(sql, " FROM ");
  rule_sql_identifier(sql, sql->among);
  put(sql, ")");
}

/* ---- windows in filters ---- */

static bool is_time(const gy_rule_set *set, int table, const rule_term *term) {
  return term->op == RULE_OP_COLUMN && term->scope == table &&
         term->integer == rule_time_column(&set->catalogue->tables[table]);
}

static bool compares_time(const gy_rule_set *set, int table, const rule_term *term) {
  return term->op >= RULE_OP_EQUAL && term->op <= RULE_OP_AT_LEAST && is_time(set, table, term->args[0]) &&
         rule_is_constant(term->args[1]) && !term->args[1]->is_null;
}

static bool ends_now(const gy_rule_set *set, int table, const rule_term *term) {
  return compares_time(set, table, term) && term->op == RULE_OP_AT_MOST &&
         term->args[1]->integer == set->clock.now_us;
}

/* Whether rows must be later than *low, or at it, for the filter to be true. */
static bool find_low(const gy_rule_set *set, int table, const rule_term *filter, int64_t *low) {
  bool found = false;
  if (filter == NULL) return false;
  if (filter->op == RULE_OP_AND) {
    for (uint32_t i = 0; i < filter->n; i++) {
      int64_t own = 0;
      if (!find_low(set, table, filter->args[i], &own)) continue;
      if (!found || own > *low) *low = own;
      found = true;
    }
    return found;
  }
  found = compares_time(set, table, filter) &&
          (filter->op == RULE_OP_GREATER || filter->op == RULE_OP_AT_LEAST || filter->op == RULE_OP_EQUAL);
  if (found) *low = filter->args[1]->integer;
  return found;
}

/* But those that all rows pass. */
static uint32_t count_times(const gy_rule_set *set, int table, const rule_term *filter) {
  uint32_t n = compares_time(set, table, filter) && !ends_now(set, table, filter);
  for (uint32_t i = 0; filter->op == RULE_OP_AND && i < filter->n; i++)
    n += count_times(set, table, filter->args[i]);
  return n;
}

static void put_conjuncts(rule_sql *sql, int table, const rule_term *filter, bool *any) {
  for (uint32_t i = 0; filter->op == RULE_OP_AND && i < filter->n; i++)
    put_conjuncts(sql, table, filter->args[i], any);
  if (filter->op == RULE_OP_AND || ends_now(sql->set, table, filter)) return;
  if (*any) put(sql, " AND ");
  *any = true;
  rule_sql_term(sql, filter);
}

/* All rows are up to now; that is not asked again where another comparison tells of an unknown time. */
static void put_condition(rule_sql *sql, int table, const rule_term *filter) {
  bool any = false;
  if (count_times(sql->set, table, filter) > 0)
    put_conjuncts(sql, table, filter, &any);
  else
    rule_sql_term(sql, filter);
}

/* ---- rows ---- */

static void put_name(rule_sql *sql, const gy_rule_column *column) {
  put(sql, "x.");
  rule_sql_identifier(sql, column->sql_name != NULL ? column->sql_name : column->name);
}

static void put_span(rule_sql *sql, const gy_rule_column *time, const int64_t *low) {
  put(sql, low != NULL ? " WHERE " : " WHERE (");
  put_name(sql, time);
  put(sql, " <= ");
  rule_sql_timestamp(sql, sql->set->clock.now_us);
  if (low == NULL) {
    put(sql, ") IS NOT FALSE");
    return;
  }
  put(sql, " AND ");
  put_name(sql, time);
  put(sql, " >= ");
  rule_sql_timestamp(sql, *low);
}

/* The rows of a table up to now and, where `low` is not NULL, not before it, as (id, c0, c1, ...). */
static void put_rows(rule_sql *sql, int table, const int64_t *low) {
  const gy_rule_table *rows = &sql->set->catalogue->tables[table];
  int time = rule_time_column(rows);
  put(sql, "(SELECT x.");
  rule_sql_identifier(sql, rows->customer_id);
  put(sql, " AS id");
  for (size_t i = 0; i < rows->n_columns; i++) {
    if (!gy_rule_set_reads_table_column(sql->set, (size_t)table, i)) continue;
    put(sql, ", ");
    rule_sql_column(sql, &rows->columns[i], "x");
    OUT(" AS c%zu", i);
  }
  put(sql, " FROM ");
  rule_sql_identifier(sql, relation_of(rows));
  put(sql, " x");
  if (time >= 0) put_span(sql, &rows->columns[time], low);
  rule_sql_among(sql, time >= 0 ? " AND " : " WHERE ", "x", rows->customer_id);
  put(sql, ") r");
}

/* ---- aggregates ---- */

static void put_filter(rule_sql *sql, const rule_aggregate *a, const rule_term *known) {
  const rule_term *filter = a->filter;
  if (filter == NULL && known == NULL) return;
  put(sql, " FILTER (WHERE ");
  if (filter != NULL) put_condition(sql, a->table, filter);
  if (filter != NULL && known != NULL) put(sql, " AND ");
  if (known != NULL) {
    rule_sql_term(sql, known);
    put(sql, " IS NOT NULL");
  }
  put(sql, ")");
}

/* The value at the first or last time; of several at one time the least. */
static void put_first(rule_sql *sql, const rule_aggregate *a) {
  bool postgres = sql->dialect == GY_RULE_POSTGRES;
  int time = rule_time_column(&sql->set->catalogue->tables[a->table]);
  put(sql, postgres ? "(array_agg(" : "first(");
  rule_sql_term(sql, a->value);
  OUT(" ORDER BY c%d%s, ", time, a->kind == RULE_LATEST ? " DESC" : "");
  rule_sql_term(sql, a->value);
  put(sql, ")");
  put_filter(sql, a, a->value);
  if (postgres) put(sql, ")[1]");
}

/* Values that do not count become NULL, which no aggregate but count(*) takes: the engine copies all that it
 * aggregates for each FILTER, so that many of them cost the square of their number. */
static void put_case(rule_sql *sql, const rule_aggregate *a) {
  if (a->filter == NULL) return;
  put(sql, "CASE WHEN ");
  put_condition(sql, a->table, a->filter);
  put(sql, " THEN ");
}

static void put_end(rule_sql *sql, const rule_aggregate *a) { put(sql, a->filter != NULL ? " END)" : ")"); }

/* Sums are of ten-thousandths; base takes them back to numbers. What is known to fit is not asked whether it
 * does. */
static void put_sum(rule_sql *sql, const rule_aggregate *a) {
  bool fits = a->value->high <= SURELY_SUMMED_BITS;
  put(sql, "coalesce(sum(");
  put_case(sql, a);
  if (!fits) {
    put(sql, "CASE WHEN abs(");
    rule_sql_term(sql, a->value);
    put(sql, ") <= 9e14 THEN ");
  }
  put(sql, "CAST(floor(");
  rule_sql_term(sql, a->value);
  put(sql, fits ? " * 10000.0 + 0.5) AS BIGINT)" : " * 10000.0 + 0.5) AS BIGINT) END");
  put_end(sql, a);
  put(sql, ", 0)");
}

static void put_extreme(rule_sql *sql, const rule_aggregate *a) {
  put(sql, a->kind == RULE_MIN ? "min(" : a->kind == RULE_MAX ? "max(" : "count(DISTINCT ");
  put_case(sql, a);
  rule_sql_term(sql, a->value);
  if (a->value->type == GY_RULE_NUMBER) put(sql, " + 0.0"); /* -0 is 0 */
  put_end(sql, a);
}

static void put_aggregate(rule_sql *sql, const rule_aggregate *a) {
  switch (a->kind) {
    case RULE_COUNT:
      put(sql, "count(*)");
      put_filter(sql, a, NULL);
      break;
    case RULE_SUM:
      put_sum(sql, a);
      break;
    case RULE_FIRST:
    case RULE_LATEST:
      put_first(sql, a);
      break;
    default:
      put_extreme(sql, a);
  }
}

/* ---- passes ---- */

/* How far back: to 40, 200 and 1000 days, or further. */
static int class_of(const gy_rule_set *set, const rule_aggregate *a) {
  static const int DAYS[] = {40, 200, 1000};
  int64_t low = 0;
  int class = 0;
  if (!find_low(set, a->table, a->filter, &low)) return CLASSES - 1;
  while (class < CLASSES - 1 && set->clock.now_us - low > DAYS[class] * RULE_DAY_US) class ++;
  return class;
}

static bool is_alone(const rule_aggregate *a, size_t table) {
  return a->term->used && a->sequence == RULE_ALONE && a->table == (int)table;
}

static void put_pass(rule_sql *sql, size_t pass) {
  const gy_rule_set *set = sql->set;
  int table = -1;
  int64_t low = 0, own = 0;
  bool bounded = true;
  OUT(",\nt%zu AS (SELECT id", pass);
  for (size_t i = 0; i < set->n_aggregates; i++) {
    const rule_aggregate *a = &set->aggregates[i];
    if (sql->pass_of[i] != pass) continue;
    put(sql, ",\n    ");
    put_aggregate(sql, a);
    OUT(" AS g%zu", i);
    bounded = bounded && find_low(set, a->table, a->filter, &own);
    if (bounded && (table < 0 || own < low)) low = own;
    table = a->table;
  }
  put(sql, "\n  FROM ");
  put_rows(sql, table, bounded ? &low : NULL);
  put(sql, " GROUP BY id)");
}

/* A class of few joins the next. */
static void put_table(rule_sql *sql, size_t table) {
  const gy_rule_set *set = sql->set;
  size_t n[CLASSES] = {0};
  int joins[CLASSES] = {0, 1, 2, 3};
  for (size_t i = 0; i < set->n_aggregates; i++)
    if (is_alone(&set->aggregates[i], table)) n[class_of(set, &set->aggregates[i])]++;
  for (int class = 0; class < CLASSES - 1; class ++) {
    bool more = false;
    for (int next = class + 1; next < CLASSES; next++) more |= n[next] > 0;
    if (n[class] >= FEW || !more) continue;
    for (int k = 0; k <= class; k++)
      if (joins[k] == class) joins[k] = class + 1;
    n[class + 1] += n[class];
    n[class] = 0;
  }
  for (int class = 0; class < CLASSES; class ++) {
    if (n[class] == 0) continue;
    for (size_t i = 0; i < set->n_aggregates; i++)
      if (is_alone(&set->aggregates[i], table) && joins[class_of(set, &set->aggregates[i])] == class)
        sql->pass_of[i] = sql->n_passes;
    put_pass(sql, sql->n_passes++);
  }
}

/* ---- sequences ---- */

static void put_truth(rule_sql *sql, const rule_term *filter) {
  put(sql, "(");
  if (filter != NULL) {
    rule_sql_term(sql, filter);
    put(sql, ") IS TRUE");
  } else {
    put(sql, "TRUE)");
  }
}

/* One arm: (id, us, a, b) of the rows that are a, b or both. */
static void put_arm(rule_sql *sql, const rule_aggregate *s, bool is_a, bool is_b) {
  int table = is_a ? s->table : s->table_b, time = rule_time_column(&sql->set->catalogue->tables[table]);
  OUT(sql->dialect == GY_RULE_DUCKDB ? "SELECT id, epoch_us(c%d) AS us, "
                                     : "SELECT id, CAST(extract(epoch FROM c%d) * 1000000 AS BIGINT) AS us, ",
      time);
  if (is_a) put_truth(sql, s->filter);
  put(sql, is_a ? " AS a, " : "FALSE AS a, ");
  if (is_b) put_truth(sql, s->filter_b);
  put(sql, is_b ? " AS b FROM " : "FALSE AS b FROM ");
  put_rows(sql, table, NULL);
  put(sql, " WHERE ");
  if (is_a) put_truth(sql, s->filter);
  if (is_a && is_b) put(sql, " OR ");
  if (is_b) put_truth(sql, s->filter_b);
}

static void put_sequence(rule_sql *sql, size_t i) {
  const rule_aggregate *s = &sql->set->aggregates[i];
  OUT(",\ns%zu AS (SELECT id, count(*) AS g%zu FROM (\n    SELECT id, a, max(CASE WHEN b THEN 1 END) OVER "
      "(PARTITION BY id ORDER BY us"
      " RANGE BETWEEN 1 FOLLOWING AND %" PRId64 " FOLLOWING) AS followed FROM (\n      ",
      i, i, s->within_us);
  if (s->table == s->table_b) {
    put_arm(sql, s, true, true);
  } else {
    put_arm(sql, s, true, false);
    put(sql, "\n      UNION ALL ");
    put_arm(sql, s, false, true);
  }
  OUT(") u) v WHERE a AND followed IS %s GROUP BY id)", s->sequence == RULE_THEN ? "NOT NULL" : "NULL");
}

bool rule_sql_rows(rule_sql *sql) {
  const gy_rule_set *set = sql->set;
  sql->pass_of = malloc((set->n_aggregates + 1) * sizeof *sql->pass_of);
  if (sql->pass_of == NULL) {
    sql->out.failed = true;
    return false;
  }
  for (size_t i = 0; i < set->n_aggregates; i++) sql->pass_of[i] = SIZE_MAX;
  for (size_t t = 0; t < set->catalogue->n_tables; t++) put_table(sql, t);
  for (size_t i = 0; i < set->n_aggregates; i++)
    if (set->aggregates[i].term->used && set->aggregates[i].sequence != RULE_ALONE) put_sequence(sql, i);
  return true;
}
