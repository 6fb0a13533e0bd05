/* SPDX-License-Identifier: Apache-2.0
 *
 * What values alone say about a role: most of it is what they rule out. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "data/convert.h"
#include "data/role_guess_table.h"

#define IMPOSSIBLE (-1.0)

typedef struct {
  const gy_sniff_column *c;
  double n; /* values */
  double distinct;
  double number, integer, fraction; /* shares */
  double time;                      /* share readable in the best form */
  bool is_date;                     /* times that are more than bare numbers */
  double mean_length;
} view;

static view look(const gy_sniff_column *c) {
  view v = {.c = c, .n = (double)c->n_values, .distinct = (double)gy_sniff_distinct(c)};
  bool is_ambiguous;
  gy_time_evidence_form(&c->times, &v.time, &is_ambiguous);
  v.number = gy_sniff_number_share(c);
  v.integer = gy_sniff_share(c, c->n_integers);
  v.fraction = gy_sniff_share(c, c->n_fractions);
  v.is_date = v.time > 0.8 && c->times.n_bare * 2 < c->times.n_tried;
  v.mean_length = v.n > 0 ? (double)c->sum_length / v.n : 0;
  return v;
}

static double id(const view *v) {
  if (v->fraction > 0.02 || v->is_date || v->mean_length > 64) return IMPOSSIBLE;
  if (v->distinct < 2) return 0;
  double unspaced = gy_sniff_share(v->c, v->c->n_unspaced);
  return unspaced < 0.9 ? 0.3 : 0.7;
}

static double customer(const view *v) {
  double score = id(v);
  if (score < 0) return score;
  bool repeats = v->distinct < 0.9 * v->n;
  return fmax(score + (repeats ? 0.2 : 0) + (v->distinct > 20 ? 0.1 : -0.3), 0);
}

static double order(const view *v) {
  double score = id(v);
  if (score < 0) return score;
  return score + 0.3 * v->distinct / v->n;
}

static double product(const view *v) {
  if (v->fraction > 0.3 || v->is_date) return IMPOSSIBLE;
  if (v->distinct < 2) return 0.4;
  return 0.5 + 0.3 * gy_sniff_share(v->c, v->c->n_unspaced) + (v->distinct < 0.9 * v->n ? 0.2 : 0);
}

static double moment(const view *v) {
  if (v->time < 0.3) return IMPOSSIBLE;
  if (v->time < 0.8) return 0.2;
  if (v->distinct < 2) return 0.3;
  bool is_bare = v->c->times.n_bare * 2 > v->c->times.n_tried;
  return is_bare ? 0.8 : v->c->times.n_clocks > 0 ? 1 : 0.9;
}

static double words(const view *v) {
  if (v->number > 0.5 || v->is_date) return IMPOSSIBLE;
  return v->mean_length >= 8 ? 0.9 : 0.6;
}

static double group(const view *v, double most) {
  if (v->is_date || v->fraction > 0 || v->distinct > most) return IMPOSSIBLE;
  if (v->n > 50 && v->distinct > 0.9 * v->n) return IMPOSSIBLE;
  return v->number > 0.9 ? 0.5 : 0.9;
}

/* A table of places names each once. */
static double place(const view *v) {
  if (v->is_date || v->fraction > 0 || v->distinct > 50000) return IMPOSSIBLE;
  if (v->n > 50 && v->distinct > 0.9 * v->n) return v->number > 0.5 ? IMPOSSIBLE : 0.5;
  return v->number > 0.9 ? 0.5 : 0.9;
}

static bool is_counting(const view *v) { /* 1, 2, 3, ...: a row number */
  return v->c->is_rising && v->distinct >= v->n && v->integer == 1 && v->n > 20;
}

static double quantity(const view *v) {
  bool is_code = gy_sniff_share(v->c, v->c->n_leading_zero) > 0.05;
  if (v->number < 0.9 || v->fraction > 0.3 || is_code || v->time > 0.8 || is_counting(v)) return IMPOSSIBLE;
  double mean = fabs(v->c->sum) / v->n;
  return mean < 100 ? 0.9 : mean < 10000 ? 0.6 : 0.2;
}

static double money(const view *v) {
  bool is_code = gy_sniff_share(v->c, v->c->n_leading_zero) > 0.05;
  if (v->number < 0.9 || is_code || v->time > 0.8 || is_counting(v)) return IMPOSSIBLE;
  double negative = gy_sniff_share(v->c, v->c->n_negative);
  return negative > 0.5 ? 0.3 : v->fraction > 0.1 || v->c->most >= 1000 ? 1 : 0.7;
}

static double discount(const view *v) {
  double score = money(v);
  return score < 0 ? score : gy_sniff_share(v->c, v->c->n_zero) > 0.2 ? 1 : 0.7;
}

static double gender(const view *v) {
  static const char *const WORDS[] = {"m",  "f",  "male", "female", "man",  "woman",
                                      "남", "여", "남자", "여자",   "남성", "여성"};
  if (v->distinct > 6) return IMPOSSIBLE;
  size_t n = sizeof WORDS / sizeof WORDS[0];
  for (int s = 0; s < GY_SNIFF_SAMPLES && v->c->samples[s][0] != '\0'; s++) {
    for (size_t i = 0; i < n; i++) {
      if (strcasecmp(v->c->samples[s], WORDS[i]) == 0) return 1;
    }
  }
  return 0.5;
}

static double birth(const view *v) {
  bool is_year = v->integer > 0.8 && v->c->least >= 1900 && v->c->most <= 2100;
  bool is_short = v->integer > 0.8 && v->c->min_length == 6 && v->c->max_length == 6;
  return v->time > 0.8 || is_year || is_short ? 0.9 : IMPOSSIBLE;
}

static double between(const view *v, double least, double most) {
  return v->number >= 0.9 && v->c->least >= least && v->c->most <= most ? 0.9 : IMPOSSIBLE;
}

/* Yes or no, or the moment since which it is yes. */
static double outcome(const view *v) { return v->time > 0.8 || v->distinct <= 4 ? 0.9 : IMPOSSIBLE; }

/* One word that is none among others: its row will be rejected. */
static double granted(const view *v) {
  if (v->distinct > 6) return IMPOSSIBLE;
  int n_words = 0, n_other = 0;
  for (int s = 0; s < GY_SNIFF_SAMPLES && v->c->samples[s][0] != '\0'; s++) {
    bool value;
    const char *sample = v->c->samples[s];
    bool is_word = gy_convert_bool(sample, strlen(sample), &value) != GY_FIELD_INVALID;
    n_words += is_word;
    n_other += !is_word;
  }
  return n_other > 0 && n_other >= n_words ? IMPOSSIBLE : 1;
}

static double period(const view *v) {
  bool is_year = v->integer > 0.9 && v->c->least >= 1900 && v->c->most <= 210012;
  return v->time > 0.8 || is_year || v->mean_length <= 12 ? 0.9 : IMPOSSIBLE;
}

/* Roles of the tables beyond orders, customers and products. */
static double further_score(const view *v, gy_role role) {
  switch (role) {
    case GY_ROLE_DISTRICT:
      return v->number > 0.5 ? IMPOSSIBLE : place(v);
    case GY_ROLE_EVENT:
      return v->number > 0.5 ? IMPOSSIBLE : group(v, 2000);
    case GY_ROLE_HASHED_EMAIL:
      return gy_sniff_share(v->c, v->c->n_hashes) > 0.5 ? 0.9 : IMPOSSIBLE;
    case GY_ROLE_LOYALTY_CARD:
    case GY_ROLE_DEVICE_ID:
    case GY_ROLE_VISITOR:
    case GY_ROLE_SESSION:
    case GY_ROLE_MESSAGE:
    case GY_ROLE_SURVEY:
    case GY_ROLE_REGION_CODE:
      return id(v);
    case GY_ROLE_PAGE:
    case GY_ROLE_TITLE:
    case GY_ROLE_TEXT:
      return words(v);
    case GY_ROLE_CAMPAIGN:
    case GY_ROLE_TRAFFIC_SOURCE:
    case GY_ROLE_QUESTION:
      return group(v, 20000);
    case GY_ROLE_DEVICE:
    case GY_ROLE_MEDIUM:
    case GY_ROLE_PURPOSE:
    case GY_ROLE_TEXT_VERSION:
      return group(v, 1000);
    case GY_ROLE_VARIANT:
      return group(v, 20);
    case GY_ROLE_OPENED:
    case GY_ROLE_CLICKED:
    case GY_ROLE_CONVERTED:
      return outcome(v);
    case GY_ROLE_RATING:
      return between(v, 0, 100);
    case GY_ROLE_NPS:
      return v->fraction > 0 ? IMPOSSIBLE : between(v, 0, 10);
    case GY_ROLE_ANSWER:
      return v->is_date ? IMPOSSIBLE : 0.9;
    case GY_ROLE_GRANTED:
      return granted(v);
    case GY_ROLE_LATITUDE:
      return between(v, -90, 90);
    case GY_ROLE_LONGITUDE:
      return between(v, -180, 180);
    case GY_ROLE_POPULATION:
      return v->fraction > 0.1 ? IMPOSSIBLE : between(v, 0, 1e10);
    case GY_ROLE_PERIOD:
      return period(v);
    case GY_ROLE_MARKET_SIZE:
      return money(v);
    case GY_ROLE_GROWTH:
      return between(v, -100, 1000);
    case GY_ROLE_COMPETITOR:
      return v->number > 0.5 ? IMPOSSIBLE : group(v, 20000);
    case GY_ROLE_COMPETITOR_SHARE:
      return between(v, 0, 100);
    default:
      return 0;
  }
}

double gy_role_value_score(const gy_guess_table *table, size_t column, gy_role role) {
  const gy_sniff_column *c = &table->sniff.columns[column];
  if (c->n_values == 0) return 0; /* the name alone decides */
  view v = look(c);
  switch (role) {
    case GY_ROLE_CUSTOMER:
      return customer(&v);
    case GY_ROLE_ORDER:
      return order(&v);
    case GY_ROLE_TIME:
    case GY_ROLE_SIGNUP:
      return moment(&v);
    case GY_ROLE_PRODUCT:
      return product(&v);
    case GY_ROLE_DESCRIPTION:
      return words(&v);
    case GY_ROLE_CATEGORY:
      return group(&v, 5000);
    case GY_ROLE_BRAND:
      return group(&v, 20000);
    case GY_ROLE_QUANTITY:
      return quantity(&v);
    case GY_ROLE_UNIT_PRICE:
    case GY_ROLE_AMOUNT:
      return money(&v);
    case GY_ROLE_DISCOUNT:
      return discount(&v);
    case GY_ROLE_STATUS:
      return group(&v, 50);
    case GY_ROLE_COUPON:
      return group(&v, 1e9);
    case GY_ROLE_CHANNEL:
      return group(&v, 500);
    case GY_ROLE_COUNTRY:
      return v.number > 0.5 ? IMPOSSIBLE : group(&v, 300);
    case GY_ROLE_REGION:
      return place(&v);
    case GY_ROLE_GENDER:
      return gender(&v);
    case GY_ROLE_BIRTH:
      return birth(&v);
    default:
      return further_score(&v, role);
  }
}

/* How far values alone carry a role. A time is hardly anything else; a small number can be a hundred things.
 */
static double value_weight(gy_role role, bool has_header) {
  switch (role) {
    case GY_ROLE_TIME:
      return has_header ? 0.45 : 0.9;
    case GY_ROLE_CUSTOMER:
    case GY_ROLE_ORDER:
    case GY_ROLE_QUANTITY:
    case GY_ROLE_UNIT_PRICE:
    case GY_ROLE_AMOUNT:
      return has_header ? 0.25 : 0.7;
    case GY_ROLE_PRODUCT:
    case GY_ROLE_DESCRIPTION:
      return has_header ? 0.2 : 0.5;
    default:
      return 0;
  }
}

static bool may_have(gy_role role, gy_target target) {
  if (target != GY_GUESS_SHOP) return gy_role_fits(role, target);
  for (gy_target shop = 0; gy_target_is_shop(shop); shop++)
    if (gy_role_fits(role, shop)) return true;
  return false;
}

double gy_role_score(const gy_guess_table *table, size_t column, gy_role role, gy_target target) {
  const gy_guess_evidence *e = &table->evidence[column];
  if (!may_have(role, target)) return IMPOSSIBLE;
  double values = gy_role_value_score(table, column, role);
  if (values < 0) return values;
  bool has_header = table->sniff.format >= GY_FORMAT_JSON || table->sniff.dialect.has_header;
  double name = e->name.roles[role];
  bool is_of_orders = e->name.roles[GY_ROLE_ORDER] > 0; /* the first order is no sign-up */
  if (role == GY_ROLE_SIGNUP && target == GY_TARGET_CUSTOMERS && !is_of_orders)
    name = fmax(name, 0.7 * e->name.roles[GY_ROLE_TIME]);
  bool is_further = target != GY_GUESS_SHOP && !gy_target_is_shop(target);
  if (role == GY_ROLE_TIME && is_further) name = fmax(name, e->name.moment);
  double named = name * (0.6 + 0.4 * values), unnamed = value_weight(role, has_header) * values;
  if (e->is_echo && name == 0) return 0;
  bool is_canonical = strcasecmp(table->sniff.columns[column].name, gy_role_name(role)) == 0;
  double score = fmax(named, unnamed) + e->boost[role] + (is_canonical ? 0.005 : 0);
  return fmin(fmax(score, 0), 0.99);
}
