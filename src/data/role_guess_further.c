/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables beyond orders, customers and products. Each kind is tried: its roles are assigned as if the table
 * were of it, and then the table must have what the kind cannot do without, at least one column whose name
 * only that kind would have, and none that would be out of place. Of the kinds that pass, the one for which
 * the most columns speak is taken. */
#include <math.h>

#include "data/role_guess_table.h"

#define R(role) GY_ROLE_BIT(GY_ROLE_##role)

typedef struct {
  gy_target target;
  gy_role_set who;    /* one of them by name */
  gy_role_set named;  /* one of them by name: what makes the kind */
  gy_role_set marks;  /* each speaks for it */
  gy_role_set absent; /* by name: none of them, as one of the shop's tables or of this kind */
} kind;

#define PEOPLE (R(GENDER) | R(BIRTH) | R(SIGNUP))
#define LINES  (R(QUANTITY) | R(UNIT_PRICE))

static const kind KINDS[] = {
    {GY_TARGET_EVENTS, R(CUSTOMER) | R(VISITOR) | R(SESSION) | R(DEVICE_ID), R(EVENT) | R(PAGE),
     R(EVENT) | R(PAGE) | R(SESSION) | R(VISITOR) | R(DEVICE_ID) | R(DEVICE) | R(TRAFFIC_SOURCE) | R(MEDIUM),
     PEOPLE},
    {GY_TARGET_ENGAGEMENTS, R(CUSTOMER), R(CAMPAIGN) | R(OPENED) | R(CLICKED),
     R(CAMPAIGN) | R(OPENED) | R(CLICKED) | R(CONVERTED) | R(VARIANT) | R(EVENT), PEOPLE | LINES | R(PAGE)},
    {GY_TARGET_REVIEWS, R(CUSTOMER) | R(ORDER) | R(PRODUCT) | R(TEXT), R(RATING) | R(TEXT),
     R(RATING) | R(TEXT) | R(TITLE), PEOPLE | LINES},
    {GY_TARGET_SURVEYS, R(CUSTOMER), R(NPS) | R(QUESTION) | R(ANSWER) | R(SURVEY),
     R(NPS) | R(QUESTION) | R(ANSWER) | R(SURVEY) | R(RATING) | R(TEXT), PEOPLE | LINES},
    {GY_TARGET_CONSENTS, R(CUSTOMER) | R(EMAIL) | R(PHONE), R(GRANTED),
     R(GRANTED) | R(PURPOSE) | R(TEXT_VERSION), PEOPLE | LINES},
    {GY_TARGET_REGIONS, R(REGION) | R(DISTRICT) | R(REGION_CODE),
     R(LATITUDE) | R(LONGITUDE) | R(POPULATION) | R(REGION_CODE),
     R(LATITUDE) | R(LONGITUDE) | R(POPULATION) | R(REGION_CODE),
     PEOPLE | LINES | R(CUSTOMER) | R(ORDER) | R(PRODUCT) | R(AMOUNT)},
    {GY_TARGET_MARKET, R(CATEGORY) | R(REGION) | R(REGION_CODE),
     R(MARKET_SIZE) | R(COMPETITOR) | R(COMPETITOR_SHARE) | R(GROWTH),
     R(MARKET_SIZE) | R(COMPETITOR) | R(COMPETITOR_SHARE) | R(GROWTH) | R(PERIOD),
     PEOPLE | LINES | R(CUSTOMER) | R(ORDER) | R(PRODUCT)},
};
enum { N_KINDS = sizeof KINDS / sizeof *KINDS };

#define NAMED 0.6

bool gy_guess_has_named(const gy_guess_table *table, gy_role role) {
  size_t column = gy_guess_column_of(table, role);
  return column != SIZE_MAX && table->evidence[column].name.roles[role] >= NAMED;
}

static gy_role_set named_roles(const gy_guess_table *table) {
  gy_role_set roles = 0;
  for (gy_role role = 0; role < GY_ROLE_COUNT; role++)
    if (gy_guess_has_named(table, role)) roles |= GY_ROLE_BIT(role);
  return roles;
}

/* Roles that columns' names mean at least so much, and that their values do not rule out. */
static gy_role_set meant_roles(const gy_guess_table *table, double least) {
  gy_role_set roles = 0;
  for (size_t c = 0; c < table->sniff.n_columns; c++)
    for (gy_role role = 0; role < GY_ROLE_COUNT; role++)
      if (table->evidence[c].name.roles[role] >= least && gy_role_value_score(table, c, role) >= 0)
        roles |= GY_ROLE_BIT(role);
  return roles;
}

static gy_role_set assigned_roles(const gy_guess_table *table) {
  gy_role_set roles = 0;
  for (size_t c = 0; c < table->sniff.n_columns; c++) roles |= GY_ROLE_BIT(table->roles[c]);
  return roles;
}

/* A consent is for something, through something, or since some time; a row of people with a yes or no is
 * none. */
static bool is_plausible(const gy_guess_table *table, const kind *k, gy_role_set assigned) {
  switch (k->target) {
    case GY_TARGET_CONSENTS:
      return (assigned & (R(PURPOSE) | R(CHANNEL) | R(TIME) | R(TEXT_VERSION))) != 0;
    case GY_TARGET_REGIONS: /* a place of its own in every row */
      for (size_t c = 0; c < table->sniff.n_columns; c++) {
        bool is_place = ((R(REGION) | R(DISTRICT) | R(REGION_CODE)) & GY_ROLE_BIT(table->roles[c])) != 0;
        if (is_place && (gy_sniff_is_unique(&table->sniff, c) || (assigned & R(DISTRICT)) != 0)) return true;
      }
      return false;
    case GY_TARGET_REVIEWS: /* a rating alone could be one of anything */
      return (assigned & (R(TEXT) | R(TITLE))) != 0 ||
             ((assigned & R(RATING)) != 0 && (assigned & (R(PRODUCT) | R(ORDER) | R(TIME))) != 0);
    default:
      return true;
  }
}

bool gy_guess_is_complete(const gy_guess_table *table) {
  gy_role_set any, needs = gy_target_needs(table->target, &any), assigned = assigned_roles(table);
  return (needs & ~assigned) == 0 && (any == 0 || (any & assigned) != 0);
}

static bool try_kind(gy_guess_table *table, const kind *k, gy_role_set meant, double *strength) {
  *strength = 0;
  if (!gy_role_assign(table, k->target)) return false;
  gy_role_set any, needs = gy_target_needs(k->target, &any), assigned = assigned_roles(table),
                   named = named_roles(table);
  bool complete = (needs & ~assigned) == 0 && (any == 0 || (any & assigned) != 0);
  bool speaks = (k->who & named) != 0 && (k->named & named) != 0;
  bool in_place = (k->absent & meant) == 0 && is_plausible(table, k, assigned);
  if (!complete || !speaks || !in_place) return true;
  for (size_t c = 0; c < table->sniff.n_columns; c++)
    if ((k->marks & GY_ROLE_BIT(table->roles[c])) != 0)
      *strength += table->evidence[c].name.roles[table->roles[c]];
  return true;
}

bool gy_guess_further_target(gy_guess_table *table, gy_target *target, double *strength) {
  gy_role_set meant = meant_roles(table, 0.9), possible = meant_roles(table, NAMED);
  *target = GY_TARGET_OTHER;
  *strength = 0;
  for (size_t i = 0; i < N_KINDS; i++) {
    double found;
    bool may_speak = (KINDS[i].who & possible) != 0 && (KINDS[i].named & possible) != 0;
    if (!may_speak) continue;
    if (!try_kind(table, &KINDS[i], meant, &found)) return false;
    if (found <= *strength) continue;
    *strength = found;
    *target = KINDS[i].target;
  }
  return gy_role_assign(table, *target);
}
