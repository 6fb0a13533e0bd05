/* SPDX-License-Identifier: Apache-2.0
 *
 * What a table is, from the roles that its columns would have if everything were allowed. */
#include <stdio.h>

#include "data/role_guess_table.h"

enum { PEOPLE_COLUMNS = 2 };

bool gy_sniff_is_unique(const gy_sniff *sniff, size_t column) {
  const gy_sniff_column *c = &sniff->columns[column];
  double distinct = (double)gy_sniff_distinct(c), values = (double)c->n_values;
  return values >= 0.95 * (double)(sniff->n_rows - sniff->n_faults) && distinct >= 0.98 * values;
}

static bool has(const gy_guess_table *table, gy_role role) {
  return gy_guess_column_of(table, role) != SIZE_MAX;
}

static bool is_unique(const gy_guess_table *table, gy_role role) {
  size_t column = gy_guess_column_of(table, role);
  return column != SIZE_MAX && gy_sniff_is_unique(&table->sniff, column);
}

static bool is_about_people(const gy_guess_table *table) {
  int n = 0;
  for (size_t c = 0; c < table->sniff.n_columns; c++) n += table->evidence[c].name.person > 0.75;
  return n >= PEOPLE_COLUMNS;
}

static gy_target orders_or_lines(const gy_guess_table *table) {
  bool has_product = has(table, GY_ROLE_PRODUCT) || has(table, GY_ROLE_DESCRIPTION);
  bool order_repeats = has(table, GY_ROLE_ORDER) && !is_unique(table, GY_ROLE_ORDER);
  return has_product || order_repeats || has(table, GY_ROLE_UNIT_PRICE) ? GY_TARGET_ORDER_ITEMS
                                                                        : GY_TARGET_ORDERS;
}

static void say(char note[GY_GUESS_REASON_MAX], const char *text) {
  snprintf(note, GY_GUESS_REASON_MAX, "%s", text);
}

static gy_target left_out(const gy_guess_table *table, char note[GY_GUESS_REASON_MAX]) {
  if (!has(table, GY_ROLE_CUSTOMER) && !has(table, GY_ROLE_ORDER)) {
    say(note, has(table, GY_ROLE_PRODUCT) ? "no customer or order column, and products repeat"
                                          : "no customer, order or product column found");
  } else if (has(table, GY_ROLE_TIME)) {
    say(note, "customers and times, but no order and no money column");
  } else {
    say(note, "customers repeat, but there is no order, time or money column");
  }
  return GY_TARGET_OTHER;
}

gy_target gy_guess_target(const gy_guess_table *table, char note[GY_GUESS_REASON_MAX]) {
  bool money = has(table, GY_ROLE_AMOUNT) || has(table, GY_ROLE_UNIT_PRICE);
  bool customer = has(table, GY_ROLE_CUSTOMER), order = has(table, GY_ROLE_ORDER),
       time = has(table, GY_ROLE_TIME);
  bool product = has(table, GY_ROLE_PRODUCT);
  bool one_row_a_customer = is_unique(table, GY_ROLE_CUSTOMER) && !order && !product;
  say(note, "");
  if (time && customer && money && !(one_row_a_customer && is_about_people(table)))
    return orders_or_lines(table);
  if (time && customer && order) return orders_or_lines(table);
  if (order && (product || money) && (customer || time || has(table, GY_ROLE_QUANTITY)))
    return GY_TARGET_ORDER_ITEMS;
  if (is_unique(table, GY_ROLE_PRODUCT) && !order && !customer) return GY_TARGET_PRODUCTS;
  if (one_row_a_customer || (!order && is_about_people(table) && !(customer && time))) {
    if (!customer) {
      say(note,
          "no time or order column found: this looks like a customer table, but none of its columns names "
          "the customer");
    } else {
      say(note, "no time or order column found: this looks like a customer table");
    }
    return GY_TARGET_CUSTOMERS;
  }
  return left_out(table, note);
}
