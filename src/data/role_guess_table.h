/* SPDX-License-Identifier: Apache-2.0
 *
 * One file while its roles are being found. Inside the data room only; role_guess.h is the outside. */
#ifndef GYEOL_DATA_ROLE_GUESS_TABLE_H
#define GYEOL_DATA_ROLE_GUESS_TABLE_H

#include "data/role_guess_names.h"
#include "data/sniff.h"

enum { GY_GUESS_REASON_MAX = 160 };

/* Below this a role is not worth its risk: the column stays an attribute. */
#define GY_GUESS_THRESHOLD 0.35

typedef struct gy_guess_evidence {
  gy_name_evidence name;
  double boost[GY_ROLE_COUNT];          /* from other columns and other files */
  const char *why_boost[GY_ROLE_COUNT]; /* NULL or a few words */
  bool is_echo;                         /* says the same as an earlier column */
} gy_guess_evidence;

typedef struct gy_guess_table {
  gy_sniff sniff;
  gy_guess_evidence *evidence; /* of each column */
  gy_target target;
  char note[GY_GUESS_REASON_MAX]; /* why it is left out, or a doubt; "" for none */
  gy_role *roles;                 /* of each column */
  double *confidence;
} gy_guess_table;

/* How well a column's values fit a role: 0..1, or below 0 when they cannot have it. */
double gy_role_value_score(const gy_guess_table *table, size_t column, gy_role role);

/* Stands for any of the shop's own tables: orders, their lines, customers, products. */
#define GY_GUESS_SHOP GY_TARGET_COUNT

/* Name, values and boosts together: 0..1, or below 0. `target` keeps out roles that it does not know. */
double gy_role_score(const gy_guess_table *table, size_t column, gy_role role, gy_target target);

/* What columns say about each other: quantity x price = amount, an order has one customer and one time, a
 * column that repeats another. */
void gy_role_relate(gy_guess_table *table);

/* Gives every column its role so that the sum of scores is greatest and no single role is used twice.
 * False when memory is spent. */
bool gy_role_assign(gy_guess_table *table, gy_target target);

/* The column with a role; SIZE_MAX when none has. */
size_t gy_guess_column_of(const gy_guess_table *table, gy_role role);

/* What the table is, from its roles as one of the shop's tables. */
gy_target gy_guess_target(const gy_guess_table *table, char note[GY_GUESS_REASON_MAX]);

/* Which of the tables beyond the shop's own it is; GY_TARGET_OTHER for none. `strength` tells how much of it
 * speaks for that: about 1 for each column that such a table alone has. Leaves its roles behind. False when
 * memory is spent. */
bool gy_guess_further_target(gy_guess_table *table, gy_target *target, double *strength);

/* Has its roles what a table of its target cannot do without? */
bool gy_guess_is_complete(const gy_guess_table *table);

/* "named": its name says so, not only its values. */
bool gy_guess_has_named(const gy_guess_table *table, gy_role role);

/* "named CustomerID; 4,372 distinct, repeats" */
void gy_guess_reason(const gy_guess_table *table, size_t column, char reason[GY_GUESS_REASON_MAX]);

bool gy_sniff_is_unique(const gy_sniff *sniff, size_t column);

#endif
