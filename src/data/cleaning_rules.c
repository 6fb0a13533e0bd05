/* SPDX-License-Identifier: Apache-2.0
 *
 * The fragments of the view. What a source does not say is derived: the amount from quantity and price,
 * the sign of the price from the amount, an order for every line where orders have no ids. */
#include "data/cleaning_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/engine.h"

const gy_line_flag gy_line_flags[GY_LINE_FLAG_COUNT] = {
#define GY_LINE_FLAG_ROW(code, bit, name, meaning) {bit, name, meaning},
    GY_LINE_FLAG_TABLE(GY_LINE_FLAG_ROW)
#undef GY_LINE_FLAG_ROW
};

enum { FRAGMENT_MAX = 1 << 20 };

static bool has(gy_role_set roles, gy_role role) { return (roles & GY_ROLE_BIT(role)) != 0; }

uint32_t gy_cleaning_exclude_mask(const gy_cleaning_config *config) {
  uint32_t mask = GY_LINE_NO_CUSTOMER | GY_LINE_NO_TIME | GY_LINE_FUTURE;
  if (config->cancelled.action == GY_NET_EXCLUDE) mask |= GY_LINE_CANCELLED;
  if (config->returns == GY_NET_EXCLUDE) mask |= GY_LINE_RETURN;
  if (config->zero_price == GY_KEEP_EXCLUDE) mask |= GY_LINE_ZERO_PRICE;
  if (config->negative_price == GY_KEEP_EXCLUDE) mask |= GY_LINE_NEGATIVE_PRICE;
  if (config->duplicates == GY_DUPLICATES_DROP) mask |= GY_LINE_DUPLICATE;
  return mask;
}

/* Columns that a line takes from its order where it has none of its own. */
static const gy_role FROM_ORDER[] = {GY_ROLE_CUSTOMER, GY_ROLE_TIME, GY_ROLE_STATUS};
enum { N_FROM_ORDER = sizeof FROM_ORDER / sizeof FROM_ORDER[0] };

static void put_source(gy_buffer *out, const gy_cleaning_inputs *in) {
  if (in->orders == 0) {
    gy_buffer_text(out, "order_items");
    return;
  }
  const char *before = "(SELECT i.* REPLACE (";
  size_t n = 0;
  for (size_t r = 0; r < N_FROM_ORDER; r++) {
    if (!has(in->orders, FROM_ORDER[r])) continue;
    const char *column = gy_role_column(FROM_ORDER[r], GY_TARGET_ORDERS);
    gy_buffer_printf(out, "%scoalesce(i.%s, o.%s) AS %s", before, column, column, column);
    before = ", ";
    n++;
  }
  gy_buffer_text(out, n > 0 ? ") FROM order_items AS i LEFT JOIN orders AS o ON i.order_id = o.order_id)"
                            : "order_items");
}

static void put_literal(gy_buffer *out, const char *text) {
  char *literal = gy_sql_literal(text);
  if (literal != NULL) {
    gy_buffer_text(out, literal);
  } else {
    out->failed = true;
  }
  free(literal);
}

static size_t count_characters(const char *text) {
  size_t n = 0;
  for (; *text != '\0'; text++) n += ((unsigned char)*text & 0xC0) != 0x80;
  return n;
}

static bool can_start_integer(const char *prefix) { return strspn(prefix, "0123456789-") == strlen(prefix); }

/* By the id's prefix or by the status, both compared without case. */
static void put_cancelled(gy_buffer *out, const gy_cleaning_config *config, const gy_cleaning_inputs *in) {
  const char *prefix = config->cancelled.prefix;
  bool by_prefix = prefix[0] != '\0' && has(in->items | in->orders, GY_ROLE_ORDER) &&
                   (!in->order_id_is_integer || can_start_integer(prefix));
  bool by_status = config->cancelled.n_status > 0 && has(in->items | in->orders, GY_ROLE_STATUS);
  if (by_prefix) {
    gy_buffer_printf(out, "coalesce(left(upper(CAST(s.order_id AS VARCHAR)), %zu) = upper(",
                     count_characters(prefix));
    put_literal(out, prefix);
    gy_buffer_text(out, "), false)");
  }
  if (by_prefix && by_status) gy_buffer_text(out, " OR ");
  if (by_status) {
    gy_buffer_text(out, "coalesce(lower(trim(s.status)) IN (");
    for (uint32_t i = 0; i < config->cancelled.n_status; i++) {
      gy_buffer_text(out, i > 0 ? ", lower(" : "lower(");
      put_literal(out, config->cancelled.status[i]);
      gy_buffer_text(out, ")");
    }
    gy_buffer_text(out, "), false)");
  }
  if (!by_prefix && !by_status) gy_buffer_text(out, "false");
}

static const char *returned(gy_role_set items) {
  return has(items, GY_ROLE_QUANTITY) ? "coalesce(s.quantity, 0) <= 0" : "s.amount < 0";
}

/* What was paid: as the source says it, else what quantity, price and discount come to. */
static void put_amount(gy_buffer *out, gy_role_set items) {
  bool priced = has(items, GY_ROLE_UNIT_PRICE), counted = priced && has(items, GY_ROLE_QUANTITY);
  bool stated = has(items, GY_ROLE_AMOUNT), derived = counted || !stated;
  if (stated) gy_buffer_text(out, derived ? "coalesce(s.amount, " : "s.amount");
  if (derived) {
    gy_buffer_text(out, counted ? "round(s.quantity * s.unit_price, 4)" : "s.unit_price");
    if (has(items, GY_ROLE_DISCOUNT)) gy_buffer_text(out, " - coalesce(s.discount, 0)");
  }
  if (stated && derived) gy_buffer_text(out, ")");
}

static const char *zero_price(gy_role_set items) {
  if (!has(items, GY_ROLE_UNIT_PRICE)) return "coalesce(s.amount, 0) = 0";
  return has(items, GY_ROLE_AMOUNT) ? "coalesce(s.unit_price, s.amount, 0) = 0"
                                    : "coalesce(s.unit_price, 0) = 0";
}

static const char *negative_price(gy_role_set items) {
  if (has(items, GY_ROLE_UNIT_PRICE)) return "s.unit_price < 0";
  return has(items, GY_ROLE_QUANTITY) ? "s.amount < 0 AND s.quantity > 0" : "false";
}

static void put_timestamp(gy_buffer *out, int64_t us) {
  int64_t second = us / 1000000, part = us % 1000000;
  if (part < 0) {
    second--;
    part += 1000000;
  }
  struct tm tm;
  time_t time = (time_t)second;
  char text[40];
  gmtime_r(&time, &tm);
  strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm);
  gy_buffer_printf(out, "s.ordered_at > TIMESTAMP '%s.%06d'", text, (int)part);
}

static void put_duplicate(gy_buffer *out, const gy_cleaning_inputs *in) {
  const char *before = "row_number() OVER (PARTITION BY ";
  for (gy_role role = 0; role < GY_ROLE_COUNT; role++) {
    const char *column = gy_role_column(role, GY_TARGET_ORDER_ITEMS);
    if (column == NULL || !has(in->items, role)) continue;
    gy_buffer_printf(out, "%ss.%s", before, column);
    before = ", ";
  }
  for (size_t i = 0; i < in->n_attributes; i++) {
    char *name = gy_sql_identifier(in->attributes[i]);
    if (name != NULL) {
      gy_buffer_printf(out, "%ss.%s", before, name);
    } else {
      out->failed = true;
    }
    before = ", ";
    free(name);
  }
  gy_buffer_text(out, " ORDER BY s.row_no) > 1");
}

static void put_netted(gy_buffer *out, const gy_cleaning_config *config) {
  uint32_t bits = 0;
  if (config->cancelled.action == GY_NET_NET) bits |= GY_LINE_CANCELLED;
  if (config->returns == GY_NET_NET) bits |= GY_LINE_RETURN;
  if (bits == 0) {
    gy_buffer_text(out, "false");
  } else {
    gy_buffer_printf(out, "(l.flags & %u) <> 0", bits);
  }
}

static gy_line_rules line_rules(const gy_cleaning_config *config, gy_role_set items, bool has_cancelled) {
  return (gy_line_rules){.has_quantity = has(items, GY_ROLE_QUANTITY),
                         .has_price = has(items, GY_ROLE_UNIT_PRICE),
                         .has_amount = has(items, GY_ROLE_AMOUNT),
                         .has_discount = has(items, GY_ROLE_DISCOUNT),
                         .has_cancelled = has_cancelled,
                         .net_cancelled = config->cancelled.action == GY_NET_NET,
                         .net_returned = config->returns == GY_NET_NET};
}

static gy_status check_inputs(const gy_cleaning_inputs *in, gy_error *err) {
  gy_role_set all = in->items | in->orders;
  if (!has(all, GY_ROLE_CUSTOMER)) {
    return gy_fail(err, GY_ECONFIG,
                   "no column of the orders has the role customer; give it to one in gyeol.yaml");
  }
  if (!has(all, GY_ROLE_TIME)) {
    return gy_fail(err, GY_ECONFIG,
                   "no column of the orders has the role time; give it to one in gyeol.yaml");
  }
  if (!has(in->items, GY_ROLE_AMOUNT) && !has(in->items, GY_ROLE_UNIT_PRICE)) {
    return gy_fail(err, GY_ECONFIG,
                   "no column of the orders has the role amount or unit_price; give it to one in gyeol.yaml");
  }
  if (in->orders != 0 && !(has(in->orders, GY_ROLE_ORDER) && has(in->items, GY_ROLE_ORDER))) {
    return gy_fail(err, GY_ECONFIG,
                   "orders and order_items are joined by the role order, which one of them lacks; give it "
                   "to a column in gyeol.yaml");
  }
  return GY_OK;
}

gy_status gy_cleaning_rules_build(const gy_cleaning_config *config, const gy_cleaning_inputs *inputs,
                                  gy_cleaning_rules *rules, gy_error *err) {
  gy_status status = check_inputs(inputs, err);
  if (status != GY_OK) return status;
  enum { SOURCE, AMOUNT, CANCELLED, FUTURE, DUPLICATE, NETTED, N_BUILT };
  gy_buffer built[N_BUILT];
  for (int i = 0; i < N_BUILT; i++) gy_buffer_init(&built[i], FRAGMENT_MAX);
  put_source(&built[SOURCE], inputs);
  put_amount(&built[AMOUNT], inputs->items);
  put_cancelled(&built[CANCELLED], config, inputs);
  if (inputs->has_as_of) {
    put_timestamp(&built[FUTURE], inputs->as_of_us);
  } else {
    gy_buffer_text(&built[FUTURE], "false");
  }
  if (config->duplicates == GY_DUPLICATES_DROP) {
    put_duplicate(&built[DUPLICATE], inputs);
  } else {
    gy_buffer_text(&built[DUPLICATE], "false");
  }
  put_netted(&built[NETTED], config);
  bool has_orders = has(inputs->items, GY_ROLE_ORDER);
  const gy_sql_part parts[] = {
      {"source", built[SOURCE].data},
      {"order_id", has_orders ? "s.order_id" : "s.row_no"},
      {"amount", built[AMOUNT].data},
      {"no_customer", "s.customer_id IS NULL"},
      {"cancelled", built[CANCELLED].data},
      {"returned", returned(inputs->items)},
      {"zero_price", zero_price(inputs->items)},
      {"negative_price", negative_price(inputs->items)},
      {"no_time", "s.ordered_at IS NULL"},
      {"future", built[FUTURE].data},
      {"duplicate", built[DUPLICATE].data},
      {"netted", built[NETTED].data},
      {"no_analytics", inputs->refused != NULL ? inputs->refused : "false"},
  };
  bool failed = false;
  for (int i = 0; i < N_BUILT; i++) failed |= built[i].failed;
  gy_cleaning_rules made = {.exclude_mask = gy_cleaning_exclude_mask(config)};
  status = failed ? gy_fail(err, GY_ENOMEM, "no memory for the cleaning rules")
                  : gy_sql_expand(gy_sql("data/order_lines"), parts, sizeof parts / sizeof parts[0],
                                  &made.view_sql, err);
  if (status == GY_OK &&
      asprintf(&made.uncleaned_sql,
               "(SELECT s.* REPLACE (%s AS order_id), %s AS gy_cancelled FROM %s AS s) AS uncleaned",
               has_orders ? "s.order_id" : "s.row_no", built[CANCELLED].data, built[SOURCE].data) < 0)
    status = gy_fail(err, GY_ENOMEM, "no memory for the cleaning rules");
  made.line = line_rules(config, inputs->items, strcmp(built[CANCELLED].data, "false") != 0);
  for (int i = 0; i < N_BUILT; i++) gy_buffer_clear(&built[i]);
  if (status != GY_OK) {
    free(made.view_sql);
    return status;
  }
  snprintf(made.counts_sql, sizeof made.counts_sql, "(flags & %u) = 0", made.exclude_mask);
  snprintf(made.orders_sql, sizeof made.orders_sql, "(flags & %u) = 0",
           made.exclude_mask | GY_LINE_MAKES_NO_ORDER);
  *rules = made;
  return GY_OK;
}

void gy_cleaning_rules_clear(gy_cleaning_rules *rules) {
  free(rules->view_sql);
  free(rules->uncleaned_sql);
  *rules = (gy_cleaning_rules){0};
}
