/* SPDX-License-Identifier: Apache-2.0
 *
 * One query for a set of rules:
 *
 *   people   the customers and what stands beside them
 *   t0, t1   one grouped pass over each table; a filter and window of its own for each aggregate
 *   s4, s7   one ordered pass for each sequence
 *   base     people with their aggregates
 *   ranked, centred, placed   functions over all customers, where there are any */
#include "rule/rule_sql.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SQL_BYTES_MAX = 64 << 20, SURELY_SUMMED_BITS = 49 }; /* 2^49 is below 9e14 */

#define OUT(...)     gy_buffer_printf(&sql->out, __VA_ARGS__)
#define INT64_BOUNDS "BETWEEN -9223372036854775807 AND 9223372036854775807"

static void put(rule_sql *sql, const char *text) { gy_buffer_text(&sql->out, text); }

static const char *relation_of(const gy_rule_table *table) {
  return table->relation != NULL ? table->relation : table->name;
}

/* `of`, a customer's id, is among those asked about. */
static void put_among(rule_sql *sql, const char *before, const char *alias, const char *id) {
  if (sql->among == NULL) return;
  OUT("%s%s.", before, alias);
  rule_sql_identifier(sql, id);
  put(sql, " IN (SELECT ");
  rule_sql_identifier(sql, sql->set->catalogue->customer_id);
  put(sql, " FROM ");
  rule_sql_identifier(sql, sql->among);
  put(sql, ")");
}

/* ---- people ---- */

static bool same_relation(const char *a, const char *b) {
  return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* The first column that is read from the same relation: its number names the join. */
static size_t join_of(const gy_rule_set *set, size_t column) {
  const gy_rule_column *columns = set->catalogue->columns;
  for (size_t i = 0; i < column; i++)
    if (same_relation(columns[i].relation, columns[column].relation) && gy_rule_set_reads_column(set, i))
      return i;
  return column;
}

static void put_people(rule_sql *sql) {
  const gy_rule_catalogue *catalogue = sql->set->catalogue;
  char alias[32];
  put(sql, "people AS (SELECT x.");
  rule_sql_identifier(sql, catalogue->customer_id);
  put(sql, " AS id");
  for (size_t i = 0; i < catalogue->n_columns; i++) {
    if (!gy_rule_set_reads_column(sql->set, i)) continue;
    gy_buffer name;
    gy_buffer_init(&name, sizeof alias);
    gy_buffer_printf(&name, catalogue->columns[i].relation != NULL ? "j%zu" : "x", join_of(sql->set, i));
    put(sql, ",\n    ");
    if (name.data != NULL) rule_sql_column(sql, &catalogue->columns[i], name.data);
    sql->out.failed |= name.data == NULL;
    gy_buffer_clear(&name);
    OUT(" AS a%zu", i);
  }
  put(sql, "\n  FROM ");
  rule_sql_identifier(sql, catalogue->relation);
  put(sql, " x");
  for (size_t i = 0; i < catalogue->n_columns; i++) {
    if (catalogue->columns[i].relation == NULL || !gy_rule_set_reads_column(sql->set, i) ||
        join_of(sql->set, i) != i)
      continue;
    put(sql, "\n  LEFT JOIN ");
    rule_sql_identifier(sql, catalogue->columns[i].relation);
    OUT(" j%zu ON j%zu.", i, i);
    rule_sql_identifier(sql, catalogue->customer_id);
    put(sql, " = x.");
    rule_sql_identifier(sql, catalogue->customer_id);
  }
  put_among(sql, " WHERE ", "x", catalogue->customer_id);
  put(sql, ")");
}

/* ---- rows ---- */

/* The rows of a table up to now, as (id, c0, c1, ...). */
static void put_rows(rule_sql *sql, int table) {
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
  if (time >= 0) {
    const gy_rule_column *column = &rows->columns[time];
    put(sql, " WHERE (x.");
    rule_sql_identifier(sql, column->sql_name != NULL ? column->sql_name : column->name);
    put(sql, " <= ");
    rule_sql_timestamp(sql, sql->set->clock.now_us);
    put(sql, ") IS NOT FALSE");
  }
  put_among(sql, time >= 0 ? " AND " : " WHERE ", "x", rows->customer_id);
  put(sql, ") r");
}

static void put_filter(rule_sql *sql, const rule_term *filter, const rule_term *known) {
  if (filter == NULL && known == NULL) return;
  put(sql, " FILTER (WHERE ");
  if (filter != NULL) rule_sql_term(sql, filter);
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
  put_filter(sql, a->filter, a->value);
  if (postgres) put(sql, ")[1]");
}

/* Sums are of ten-thousandths; base takes them back to numbers. What is known to fit is not asked whether it
 * does. */
static void put_sum(rule_sql *sql, const rule_aggregate *a) {
  bool fits = a->value->high <= SURELY_SUMMED_BITS;
  put(sql, "coalesce(sum(");
  if (!fits) {
    put(sql, "CASE WHEN abs(");
    rule_sql_term(sql, a->value);
    put(sql, ") <= 9e14 THEN ");
  }
  put(sql, "CAST(floor(");
  rule_sql_term(sql, a->value);
  put(sql, fits ? " * 10000.0 + 0.5) AS BIGINT))" : " * 10000.0 + 0.5) AS BIGINT) END)");
  put_filter(sql, a->filter, NULL);
  put(sql, ", 0)");
}

static void put_aggregate(rule_sql *sql, const rule_aggregate *a) {
  switch (a->kind) {
    case RULE_COUNT:
      put(sql, "count(*)");
      put_filter(sql, a->filter, NULL);
      break;
    case RULE_SUM:
      put_sum(sql, a);
      break;
    case RULE_FIRST:
    case RULE_LATEST:
      put_first(sql, a);
      break;
    default:
      put(sql, a->kind == RULE_MIN ? "min(" : a->kind == RULE_MAX ? "max(" : "count(DISTINCT ");
      rule_sql_term(sql, a->value);
      put(sql, a->value->type == GY_RULE_NUMBER ? " + 0.0)" : ")"); /* -0 is 0 */
      put_filter(sql, a->filter, NULL);
  }
}

static bool is_grouped(const rule_aggregate *a, size_t table) {
  return a->term->used && a->sequence == RULE_ALONE && a->table == (int)table;
}

static bool has_grouped(const gy_rule_set *set, size_t table) {
  bool any = false;
  for (size_t i = 0; i < set->n_aggregates && !any; i++) any = is_grouped(&set->aggregates[i], table);
  return any;
}

static void put_table(rule_sql *sql, size_t table) {
  OUT(",\nt%zu AS (SELECT id", table);
  for (size_t i = 0; i < sql->set->n_aggregates; i++) {
    if (!is_grouped(&sql->set->aggregates[i], table)) continue;
    put(sql, ",\n    ");
    put_aggregate(sql, &sql->set->aggregates[i]);
    OUT(" AS g%zu", i);
  }
  put(sql, "\n  FROM ");
  put_rows(sql, (int)table);
  put(sql, " GROUP BY id)");
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
  put_rows(sql, table);
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

/* ---- base ---- */

/* What a customer without rows has: 0 rows, a sum of 0, nothing else. */
static void put_base(rule_sql *sql) {
  const gy_rule_set *set = sql->set;
  put(sql, ",\nbase AS (SELECT people.*");
  for (size_t i = 0; i < set->n_aggregates; i++) {
    const rule_aggregate *a = &set->aggregates[i];
    if (!a->term->used) continue;
    if (a->kind == RULE_SUM)
      OUT(",\n    CASE WHEN t%d.id IS NULL THEN 0 WHEN t%d.g%zu " INT64_BOUNDS
          " THEN CAST(CAST(t%d.g%zu AS BIGINT) AS DOUBLE PRECISION) / 10000.0 END AS g%zu",
          a->table, a->table, i, a->table, i, i);
    else if (a->sequence != RULE_ALONE)
      OUT(",\n    CAST(coalesce(s%zu.g%zu, 0) AS DOUBLE PRECISION) AS g%zu", i, i, i);
    else if (a->kind == RULE_COUNT || a->kind == RULE_DISTINCT)
      OUT(",\n    CAST(coalesce(t%d.g%zu, 0) AS DOUBLE PRECISION) AS g%zu", a->table, i, i);
    else
      OUT(",\n    t%d.g%zu", a->table, i);
  }
  put(sql, "\n  FROM people");
  for (size_t t = 0; t < set->catalogue->n_tables; t++)
    if (has_grouped(set, t)) OUT(" LEFT JOIN t%zu ON t%zu.id = people.id", t, t);
  for (size_t i = 0; i < set->n_aggregates; i++)
    if (set->aggregates[i].term->used && set->aggregates[i].sequence != RULE_ALONE)
      OUT(" LEFT JOIN s%zu ON s%zu.id = people.id", i, i);
  put(sql, ")");
}

/* ---- functions over all customers ---- */

static void put_peers(rule_sql *sql, size_t i) {
  OUT(" OVER (PARTITION BY v%zu IS NULL", i);
  if (sql->set->populations[i].group != NULL) OUT(", k%zu", i);
}

static void put_size(rule_sql *sql, size_t i) {
  put(sql, "CAST(count(*)");
  put_peers(sql, i);
  put(sql, ") AS DOUBLE PRECISION)");
}

/* How many of the peers come before, as a number. */
static void put_rank(rule_sql *sql, size_t i, bool descending) {
  put(sql, "CAST(rank()");
  put_peers(sql, i);
  OUT(" ORDER BY v%zu%s) - 1 AS DOUBLE PRECISION)", i, descending ? " DESC" : "");
}

/* Deviations from near the mean are whole ten-thousandths, so that their squares add up exactly. */
static void put_zscore(rule_sql *sql, size_t i) {
  OUT("CASE WHEN w%zu > 0 THEN (CAST(d%zu AS DOUBLE PRECISION) - e%zu) / sqrt(w%zu) END", i, i, i, i);
}

static void put_place(rule_sql *sql, size_t i) {
  const rule_population *p = &sql->set->populations[i];
  if (p->kind == RULE_ZSCORE) {
    put_zscore(sql, i);
    return;
  }
  OUT("CASE WHEN v%zu IS NULL THEN NULL ", i);
  if (p->kind == RULE_PERCENTILE) {
    put(sql, "WHEN ");
    put_size(sql, i);
    put(sql, " = 1 THEN 0 ELSE ");
    put_rank(sql, i, false);
    put(sql, " * 100.0 / NULLIF(");
    put_size(sql, i);
    put(sql, " - 1, 0) END");
  } else if (p->kind == RULE_RANK) {
    put(sql, "ELSE ");
    put_rank(sql, i, true);
    put(sql, " + 1 END");
  } else {
    put(sql, "ELSE floor(");
    put_rank(sql, i, false);
    OUT(" * %" PRId64 " / ", p->tiles);
    put_size(sql, i);
    put(sql, ") + 1 END");
  }
}

/* Stages of a z-score: units u, their near-mean m, deviations d, their squares q and rest e, variance w. */
static void put_stage(rule_sql *sql, size_t i, int stage) {
  bool duckdb = sql->dialect == GY_RULE_DUCKDB;
  switch (stage) {
    case 0:
      OUT(", CASE WHEN abs(v%zu) <= 1e11 THEN CAST(floor(v%zu * 10000.0 + 0.5) AS BIGINT) END AS u%zu", i, i,
          i);
      break;
    case 1:
      for (int k = 0; k < 2; k++) {
        put(sql, k == 0 ? ", CASE WHEN sum(u" : " THEN CAST(floor(CAST(CAST(sum(u");
        OUT("%zu)", i);
        put_peers(sql, i);
        put(sql, k == 0 ? ") " INT64_BOUNDS : ") AS BIGINT) AS DOUBLE PRECISION) / ");
      }
      OUT("CAST(count(u%zu)", i);
      put_peers(sql, i);
      OUT(") AS DOUBLE PRECISION)) AS BIGINT) END AS m%zu", i);
      break;
    case 2:
      OUT(", u%zu - m%zu AS d%zu", i, i, i);
      break;
    case 3:
      OUT(", sum(CAST(d%zu AS %s) * d%zu)", i, duckdb ? "HUGEINT" : "NUMERIC", i);
      put_peers(sql, i);
      OUT(") AS q%zu, CAST(sum(d%zu)", i, i);
      put_peers(sql, i);
      OUT(") AS DOUBLE PRECISION) AS f%zu, CAST(count(d%zu)", i, i);
      put_peers(sql, i);
      OUT(") AS DOUBLE PRECISION) AS n%zu", i);
      break;
    case 4:
      OUT(duckdb ? ", (CAST(q%zu // 1000000000000000000 AS DOUBLE PRECISION) * 1e18 + CAST(q%zu %% "
                   "1000000000000000000 AS DOUBLE PRECISION)) / n%zu - (f%zu / n%zu) * (f%zu / n%zu) AS w%zu"
                 : ", (CAST(div(q%zu, 1000000000000000000) AS DOUBLE PRECISION) * CAST(1e18 AS DOUBLE "
                   "PRECISION) + CAST(mod(q%zu, 1000000000000000000) AS DOUBLE PRECISION)) / n%zu - (f%zu / "
                   "n%zu) * (f%zu / n%zu) AS w%zu",
          i, i, i, i, i, i, i, i);
      OUT(", f%zu / n%zu AS e%zu", i, i, i);
      break;
    default:
      break;
  }
}

static bool has_zscore(const gy_rule_set *set) {
  bool any = false;
  for (size_t i = 0; i < set->n_populations; i++)
    any |= set->populations[i].term->used && set->populations[i].kind == RULE_ZSCORE;
  return any;
}

/* Gives the relation that has everything. */
static const char *put_populations(rule_sql *sql) {
  static const char *const STAGES[] = {"z0", "z1", "z2", "z3", "z4"};
  const gy_rule_set *set = sql->set;
  const char *from = "ranked";
  bool any = false;
  for (size_t i = 0; i < set->n_populations; i++) any |= set->populations[i].term->used;
  if (!any) return "base";
  put(sql, ",\nranked AS (SELECT base.*");
  for (size_t i = 0; i < set->n_populations; i++) {
    const rule_population *p = &set->populations[i];
    if (!p->term->used) continue;
    put(sql, ",\n    ");
    rule_sql_term(sql, p->value);
    OUT(" + 0.0 AS v%zu", i);
    if (p->group == NULL) continue;
    put(sql, ", ");
    rule_sql_term(sql, p->group);
    OUT(" AS k%zu", i);
  }
  put(sql, " FROM base)");
  for (int stage = 0; stage < 5 && has_zscore(set); stage++) {
    OUT(",\n%s AS (SELECT %s.*", STAGES[stage], from);
    for (size_t i = 0; i < set->n_populations; i++)
      if (set->populations[i].term->used && set->populations[i].kind == RULE_ZSCORE) put_stage(sql, i, stage);
    OUT(" FROM %s)", from);
    from = STAGES[stage];
  }
  OUT(",\nplaced AS (SELECT %s.*", from);
  for (size_t i = 0; i < set->n_populations; i++) {
    if (!set->populations[i].term->used) continue;
    put(sql, ",\n    ");
    put_place(sql, i);
    OUT(" AS p%zu", i);
  }
  OUT(" FROM %s)", from);
  return "placed";
}

/* Everything but the last SELECT; gives the relation it is from. */
static const char *put_relations(rule_sql *sql) {
  const gy_rule_set *set = sql->set;
  put(sql, "WITH ");
  put_people(sql);
  for (size_t t = 0; t < set->catalogue->n_tables; t++)
    if (has_grouped(set, t)) put_table(sql, t);
  for (size_t i = 0; i < set->n_aggregates; i++)
    if (set->aggregates[i].term->used && set->aggregates[i].sequence != RULE_ALONE) put_sequence(sql, i);
  put_base(sql);
  const char *from = put_populations(sql);
  put(sql, "\nSELECT id AS customer_id");
  return from;
}

static void put_query(rule_sql *sql, bool members) {
  const gy_rule_set *set = sql->set;
  const char *from = put_relations(sql);
  for (size_t i = 0; i < set->n_rules && !members; i++) {
    put(sql, ",\n  ");
    rule_sql_term(sql, set->rules[i]);
    OUT(" AS r%zu", i);
  }
  OUT("\nFROM %s", from);
  if (!members) return;
  put(sql, "\nWHERE ");
  rule_sql_term(sql, set->rules[0]);
}

static gy_status give(rule_sql *sql, char **text, gy_error *err) {
  bool too_long = sql->out.failed && sql->out.capacity * 2 > SQL_BYTES_MAX;
  char *made = gy_buffer_take(&sql->out);
  gy_buffer_clear(&sql->out);
  if (made == NULL && too_long)
    return gy_fail(err, GY_ELIMIT,
                   "these rules would need more than %d MB of SQL; split the set, or repeat macros less",
                   SQL_BYTES_MAX >> 20);
  if (made == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the SQL of %zu rules", sql->set->n_rules);
  *text = made;
  return GY_OK;
}

gy_status gy_rule_set_sql_among(const gy_rule_set *set, gy_rule_dialect dialect, bool members,
                                const char *among, char **text, gy_error *err) {
  if (members && set->n_rules != 1)
    return gy_fail(err, GY_EUSAGE, "members are asked for of one rule, and this set has %zu", set->n_rules);
  if (among != NULL && gy_rule_set_populations(set) > 0)
    return gy_fail(err, GY_EUSAGE, "these rules compare all customers, so that all must be asked about");
  rule_sql sql = {.set = set, .dialect = dialect, .among = among};
  gy_buffer_init(&sql.out, SQL_BYTES_MAX);
  put_query(&sql, members);
  return give(&sql, text, err);
}

gy_status gy_rule_set_sql(const gy_rule_set *set, gy_rule_dialect dialect, bool members, char **text,
                          gy_error *err) {
  return gy_rule_set_sql_among(set, dialect, members, NULL, text, err);
}

gy_status gy_rule_set_population_sql(const gy_rule_set *set, gy_rule_dialect dialect, const char *among,
                                     char **text, gy_error *err) {
  rule_sql sql = {.set = set, .dialect = dialect};
  gy_buffer_init(&sql.out, SQL_BYTES_MAX);
  const char *from = put_relations(&sql);
  for (size_t i = 0; i < gy_rule_set_populations(set); i++)
    gy_buffer_printf(
        &sql.out, set->populations[i].term->used ? ", p%zu" : ", CAST(NULL AS DOUBLE PRECISION) AS p%zu", i);
  gy_buffer_printf(&sql.out, "\nFROM %s", from);
  sql.among = among;
  put_among(&sql, "\nWHERE ", from, "id");
  return give(&sql, text, err);
}
