/* SPDX-License-Identifier: Apache-2.0
 *
 * Cleaning is one SQL view, `order_lines` (sql/data/order_lines.sql), and one bit mask. The view says of
 * every line what is wrong with it; the mask, from `cleaning:` in gyeol.yaml, says which of that matters.
 *
 * `exclude` puts a rule's bit into the mask. `net` leaves cancelled lines and returns in: their amount
 * counts negative, whatever its sign in the source, and they never make an order. */
#ifndef GYEOL_DATA_CLEANING_RULES_H
#define GYEOL_DATA_CLEANING_RULES_H

#include <stdbool.h>

#include "data/line_rules.h"
#include "data/project_file.h"

/* bit, name in reports, meaning */
#define GY_LINE_FLAG_TABLE(X)                                            \
  X(GY_LINE_NO_CUSTOMER, 1, "no_customer", "no customer")                \
  X(GY_LINE_CANCELLED, 2, "cancelled", "cancelled")                      \
  X(GY_LINE_RETURN, 4, "return", "quantity of 0 or less, not cancelled") \
  X(GY_LINE_ZERO_PRICE, 8, "zero_price", "zero or no price")             \
  X(GY_LINE_NEGATIVE_PRICE, 16, "negative_price", "negative price")      \
  X(GY_LINE_NO_TIME, 32, "no_time", "no time")                           \
  X(GY_LINE_FUTURE, 64, "future", "after the as-of date")                \
  X(GY_LINE_DUPLICATE, 128, "duplicate", "equal to an earlier line")     \
  X(GY_LINE_NO_ANALYTICS, 256, "no_analytics", "its customer refused analytics: counts in totals only")

enum {
#define GY_LINE_FLAG_BIT(code, bit, name, meaning) code = bit,
  GY_LINE_FLAG_TABLE(GY_LINE_FLAG_BIT)
#undef GY_LINE_FLAG_BIT
      GY_LINE_FLAG_COUNT = 9,
  GY_LINE_MAKES_NO_ORDER = GY_LINE_CANCELLED | GY_LINE_RETURN,
};

typedef struct gy_line_flag {
  uint32_t bit;
  const char *name;
  const char *meaning;
} gy_line_flag;

extern const gy_line_flag gy_line_flags[GY_LINE_FLAG_COUNT];

/* What the store holds. A source of orders alone is stored as order_items, one line an order. */
typedef struct gy_cleaning_inputs {
  gy_role_set items;             /* roles that order_items has values for */
  gy_role_set orders;            /* roles of the table `orders`, joined by order_id; 0: no such table */
  bool order_id_is_integer;      /* BIGINT, so that no id has a letter in front */
  const char *const *attributes; /* further columns of order_items, for the comparison of duplicates */
  size_t n_attributes;
  bool has_as_of;
  int64_t as_of_us; /* lines later than this instant are future */
  /* SQL that holds where the customer s.customer_id refused analytics; NULL: nobody did. Such lines count in
   * totals, so the bit is in no mask; what is about single customers leaves them out by itself. */
  const char *refused;
} gy_cleaning_inputs;

typedef struct gy_cleaning_rules {
  char *view_sql;        /* CREATE OR REPLACE VIEW order_lines */
  uint32_t exclude_mask; /* a line counts when (flags & exclude_mask) = 0 */
  char counts_sql[48];   /* that, as an SQL condition on `flags` */
  char orders_sql[48];   /* condition for lines that make an order */
  /* The same for gy_line_rules_apply: a relation of the lines as they are, order ids filled in and with
   * gy_cancelled, from which amount and flags follow. */
  char *uncleaned_sql;
  gy_line_rules line;
} gy_cleaning_rules;

/* GY_ECONFIG when no column gives a customer, a time, or money. Clear the rules when it succeeded. */
GY_MUST_USE gy_status gy_cleaning_rules_build(const gy_cleaning_config *config,
                                              const gy_cleaning_inputs *inputs, gy_cleaning_rules *rules,
                                              gy_error *err);
void gy_cleaning_rules_clear(gy_cleaning_rules *rules); /* safe on a zeroed struct */

uint32_t gy_cleaning_exclude_mask(const gy_cleaning_config *config);

#endif
