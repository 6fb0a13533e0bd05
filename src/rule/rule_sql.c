/* SPDX-License-Identifier: Apache-2.0
 *
 * One query for a set of rules:
 *
 *   people   the customers and what stands beside them
 *   t0, t1   grouped passes over tables; a filter and window of its own for each aggregate (rule_sql_rows.c)
 *   s4, s7   one ordered pass for each sequence
 *   base     people with their aggregates
 *   ranked, centred, placed   functions over all customers, where there are any */
#include "rule/rule_sql.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SQL_BYTES_MAX = 64 << 20 };

#define OUT(...)     gy_buffer_printf(&sql->out, __VA_ARGS__)
#define INT64_BOUNDS "BETWEEN -9223372036854775807 AND 9223372036854775807"

static void put(rule_sql *sql, const char *text) { gy_buffer_text(&sql->out, text); }

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
  rule_sql_among(sql, " WHERE ", "x", catalogue->customer_id);
  put(sql, ")");
}

/* ---- base ---- */

/* What a customer without rows has: 0 rows, a sum of 0, nothing else. */
static void put_base(rule_sql *sql) {
  const gy_rule_set *set = sql->set;
  put(sql, ",\nbase AS (SELECT people.*");
  for (size_t i = 0; i < set->n_aggregates; i++) {
    const rule_aggregate *a = &set->aggregates[i];
    size_t t = sql->pass_of[i];
    if (!a->term->used) continue;
    if (a->kind == RULE_SUM)
      OUT(",\n    CASE WHEN t%zu.id IS NULL THEN 0 WHEN t%zu.g%zu " INT64_BOUNDS
          " THEN CAST(CAST(t%zu.g%zu AS BIGINT) AS DOUBLE PRECISION) / 10000.0 END AS g%zu",
          t, t, i, t, i, i);
    else if (a->sequence != RULE_ALONE)
      OUT(",\n    CAST(coalesce(s%zu.g%zu, 0) AS DOUBLE PRECISION) AS g%zu", i, i, i);
    else if (a->kind == RULE_COUNT || a->kind == RULE_DISTINCT)
      OUT(",\n    CAST(coalesce(t%zu.g%zu, 0) AS DOUBLE PRECISION) AS g%zu", t, i, i);
    else
      OUT(",\n    t%zu.g%zu", t, i);
  }
  put(sql, "\n  FROM people");
  for (size_t t = 0; t < sql->n_passes; t++) OUT(" LEFT JOIN t%zu ON t%zu.id = people.id", t, t);
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

/* Only what is compared goes through the windows. Gives the relation that has everything. */
static const char *put_populations(rule_sql *sql) {
  static const char *const STAGES[] = {"z0", "z1", "z2", "z3", "z4"};
  const gy_rule_set *set = sql->set;
  const char *from = "ranked";
  bool any = false;
  for (size_t i = 0; i < set->n_populations; i++) any |= set->populations[i].term->used;
  if (!any) return "base";
  put(sql, ",\nranked AS (SELECT id AS ranked_id");
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
  put(sql, ",\nplaced AS (SELECT ranked_id");
  for (size_t i = 0; i < set->n_populations; i++) {
    if (!set->populations[i].term->used) continue;
    put(sql, ",\n    ");
    put_place(sql, i);
    OUT(" AS p%zu", i);
  }
  OUT(" FROM %s)", from);
  return "base JOIN placed ON ranked_id = id";
}

/* Everything but the last SELECT; gives the relation it is from. */
static const char *put_relations(rule_sql *sql) {
  put(sql, "WITH ");
  put_people(sql);
  if (!rule_sql_rows(sql)) return "base";
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
  free(sql->pass_of);
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
  rule_sql_among(&sql, "\nWHERE ", "base", "id");
  return give(&sql, text, err);
}
