/* SPDX-License-Identifier: Apache-2.0
 *
 * Relations between columns, on the rows that were kept as codes and numbers. A column x determines y to
 * the degree distinct(x) / distinct(x, y): 1 where every x has one y (the strength of a soft functional
 * dependency; Ilyas et al., "CORDS", SIGMOD 2004). */
#include <math.h>

#include "data/role_guess_table.h"

enum { NUMERIC_MAX = 24, IDS_MAX = 16, ROWS_NEEDED = 20 };

static bool is_numeric(const gy_sniff_column *c) {
  return gy_sniff_number_share(c) > 0.9 && gy_sniff_share(c, c->n_leading_zero) < 0.05;
}

static bool is_whole(const gy_sniff_column *c) { return gy_sniff_share(c, c->n_integers) > 0.95; }

/* Share of rows where q x p = a, over rows where that is not trivial. */
static double product_share(const gy_sniff *s, const double *q, const double *p, const double *a) {
  size_t n = 0, n_equal = 0;
  for (size_t r = 0; r < s->n_paired; r++) {
    if (isnan(q[r]) || isnan(p[r]) || isnan(a[r]) || fabs(q[r]) == 1 || q[r] == 0 || p[r] == 0) continue;
    n++;
    n_equal += fabs(q[r] * p[r] - a[r]) <= 0.005 * fabs(a[r]) + 0.01;
  }
  return n >= ROWS_NEEDED ? (double)n_equal / (double)n : 0;
}

static void boost(gy_guess_table *table, size_t column, gy_role role, double by, const char *why) {
  gy_guess_evidence *e = &table->evidence[column];
  e->boost[role] += by;
  e->why_boost[role] = why;
}

static void relate_products(gy_guess_table *table) {
  const gy_sniff *s = &table->sniff;
  size_t numeric[NUMERIC_MAX], n = 0;
  for (size_t i = 0; i < s->n_columns && n < NUMERIC_MAX; i++) {
    if (is_numeric(&s->columns[i])) numeric[n++] = i;
  }
  for (size_t i = 0; i < n; i++) {
    const gy_sniff_column *q = &s->columns[numeric[i]];
    if (!is_whole(q)) continue;
    for (size_t j = 0; j < n; j++) {
      for (size_t k = 0; k < n; k++) {
        if (i == j || k == i || k == j) continue;
        const gy_sniff_column *p = &s->columns[numeric[j]], *a = &s->columns[numeric[k]];
        if (product_share(s, q->numbers, p->numbers, a->numbers) < 0.9) continue;
        if (is_whole(p) && fabs(p->sum) < fabs(q->sum))
          continue; /* of two whole factors the smaller counts pieces */
        boost(table, numeric[i], GY_ROLE_QUANTITY, 0.3, NULL);
        boost(table, numeric[j], GY_ROLE_UNIT_PRICE, 0.3, NULL);
        boost(table, numeric[k], GY_ROLE_AMOUNT, 0.3, "quantity x price");
        return;
      }
    }
  }
}

/* Distinct pairs relative to distinct x; 0 without rows. */
static double strength(const gy_sniff *s, size_t x, size_t y) {
  const uint64_t *a = s->columns[x].codes, *b = s->columns[y].codes;
  gy_distinct one = {0}, both = {0};
  bool fits = true;
  for (size_t r = 0; r < s->n_paired && fits; r++) {
    if (a[r] == 0 || b[r] == 0) continue;
    uint64_t pair[2] = {a[r], b[r]};
    fits = gy_distinct_add(&one, a[r]) &&
           gy_distinct_add(&both, gy_distinct_hash((const char *)pair, sizeof pair));
  }
  uint64_t n_one = gy_distinct_count(&one), n_both = gy_distinct_count(&both);
  gy_distinct_clear(&one);
  gy_distinct_clear(&both);
  return fits && n_both > 0 ? (double)n_one / (double)n_both : 0;
}

static size_t find_time(const gy_guess_table *table) {
  size_t best = SIZE_MAX;
  double most = 0;
  for (size_t i = 0; i < table->sniff.n_columns; i++) {
    double score = gy_role_score(table, i, GY_ROLE_TIME, GY_GUESS_SHOP);
    if (score > most) most = score, best = i;
  }
  return best;
}

static size_t find_ids(const gy_guess_table *table, size_t ids[IDS_MAX]) {
  const gy_sniff *s = &table->sniff;
  size_t n = 0;
  for (size_t i = 0; i < s->n_columns && n < IDS_MAX; i++) {
    const gy_sniff_column *c = &s->columns[i];
    double time;
    bool is_ambiguous;
    gy_time_evidence_form(&c->times, &time, &is_ambiguous);
    bool is_id =
        gy_role_value_score(table, i, GY_ROLE_CUSTOMER) > 0 && time < 0.8 && gy_sniff_distinct(c) > 20;
    bool is_quantity = c->n_negative > 0 || (c->n_zero > 0 && c->n_leading_zero == 0);
    if (is_id && !is_quantity) ids[n++] = i;
  }
  return n;
}

/* Two ids that stand for each other: the one with the weaker name says nothing new. */
static void find_echoes(gy_guess_table *table, const size_t *ids, size_t n) {
  for (size_t j = 1; j < n; j++) {
    for (size_t i = 0; i < j; i++) {
      bool is_same =
          strength(&table->sniff, ids[i], ids[j]) > 0.99 && strength(&table->sniff, ids[j], ids[i]) > 0.99;
      bool repeats = !gy_sniff_is_unique(&table->sniff, ids[i]);
      if (is_same && repeats) table->evidence[ids[j]].is_echo = true;
    }
  }
}

/* Every order has one time and one customer; a customer has many times. */
static void relate_orders(gy_guess_table *table, const size_t *ids, size_t n, size_t time) {
  const gy_sniff *s = &table->sniff;
  for (size_t i = 0; i < n; i++) {
    if (gy_sniff_is_unique(s, ids[i])) continue;
    double to_time = strength(s, ids[i], time);
    if (to_time > 0.95) {
      boost(table, ids[i], GY_ROLE_ORDER, 0.1, "each at one time");
      boost(table, ids[i], GY_ROLE_CUSTOMER, -0.3, NULL);
    } else if (to_time < 0.8) {
      boost(table, ids[i], GY_ROLE_ORDER, -0.4, NULL);
      boost(table, ids[i], GY_ROLE_CUSTOMER, 0.05, NULL);
    }
  }
}

/* Money that grows with the pieces is what the line cost, not what a piece costs. */
static double correlation(const gy_sniff *s, const double *x, const double *y) {
  double n = 0, mx = 0, my = 0, sxx = 0, syy = 0, sxy = 0;
  for (size_t r = 0; r < s->n_paired; r++) {
    if (isnan(x[r]) || isnan(y[r])) continue;
    n++;
    double dx = x[r] - mx, dy = y[r] - my;
    mx += dx / n;
    my += dy / n;
    sxx += dx * (x[r] - mx);
    syy += dy * (y[r] - my);
    sxy += dx * (y[r] - my);
  }
  return n >= ROWS_NEEDED && sxx > 0 && syy > 0 ? sxy / sqrt(sxx * syy) : 0;
}

static void relate_money(gy_guess_table *table) {
  const gy_sniff *s = &table->sniff;
  for (size_t i = 0; i < s->n_columns; i++) {
    if (gy_role_value_score(table, i, GY_ROLE_QUANTITY) < 0.6 || !is_whole(&s->columns[i])) continue;
    for (size_t j = 0; j < s->n_columns; j++) {
      bool is_money =
          j != i && gy_role_value_score(table, j, GY_ROLE_AMOUNT) > 0.9 && !is_whole(&s->columns[j]);
      if (!is_money || correlation(s, s->columns[i].numbers, s->columns[j].numbers) < 0.5) continue;
      boost(table, j, GY_ROLE_AMOUNT, 0.1, "grows with the quantity");
      boost(table, i, GY_ROLE_AMOUNT, -0.2, NULL);
      return;
    }
  }
}

void gy_role_relate(gy_guess_table *table) {
  size_t ids[IDS_MAX];
  size_t n = find_ids(table, ids), time = find_time(table);
  relate_products(table);
  find_echoes(table, ids, n);
  if (time != SIZE_MAX) relate_orders(table, ids, n, time);
  if (table->sniff.format < GY_FORMAT_JSON && !table->sniff.dialect.has_header) relate_money(table);
}
