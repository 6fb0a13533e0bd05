/* SPDX-License-Identifier: Apache-2.0 */
#include "feature/feature_sql.h"

#include <stdlib.h>
#include <string.h>

#include "feature/sql_parts.h"

gy_feature_query gy_feature_query_defaults(void) {
  gy_customer_kernel_options kernel = gy_customer_kernel_defaults();
  gy_feature_query query = {.dialect = GY_DIALECT_DUCKDB,
                            .has_order = true,
                            .has_product = true,
                            .has_category = true,
                            .has_quantity = true,
                            .has_discount = true,
                            .exclude_mask = kernel.exclude_mask,
                            .zone = "UTC",
                            .n_windows = kernel.n_windows,
                            .trend_days = kernel.trend_days};
  memcpy(query.window_days, kernel.window_days, sizeof query.window_days);
  return query;
}

static const char *lines_of(const gy_feature_query *query) {
  return query->lines ? query->lines : "order_lines";
}

/* ---- what feeds the kernel ---- */

static void add_column(gy_buffer *sql, gy_customer_kernel_options *options, gy_row_role role,
                       const char *expression, int *n) {
  gy_buffer_printf(sql, "%s%s", *n > 0 ? ", " : "", expression);
  options->column[role] = (*n)++;
}

/* A 31-bit hash, four bytes a row, of the columns that only the comparison of duplicates needs: two lines
 * that differ in nothing else are taken for duplicates with probability 2^-31. */
static void add_extra(gy_buffer *sql, const gy_feature_query *query, gy_customer_kernel_options *options,
                      int *n) {
  if (query->n_extra_columns == 0) return;
  gy_buffer_text(sql, ", CAST(hash(");
  for (size_t i = 0; i < query->n_extra_columns; i++) {
    char *name = gy_sql_identifier(query->extra_columns[i]);
    if (name == NULL)
      sql->failed = true;
    else
      gy_buffer_printf(sql, "%s%s", i > 0 ? ", " : "", name);
    free(name);
  }
  gy_buffer_text(sql, ") >> 33 AS BIGINT)");
  options->column[GY_ROW_EXTRA] = (*n)++;
}

gy_status gy_feature_rows_sql(const gy_feature_query *query, char **sql, gy_customer_kernel_options *options,
                              gy_error *err) {
  gy_customer_kernel_options made = gy_customer_kernel_defaults();
  made.exclude_mask = query->exclude_mask;
  made.has_as_of = query->has_as_of;
  made.as_of_us = query->as_of_us;
  made.n_windows = query->n_windows;
  made.trend_days = query->trend_days;
  memcpy(made.window_days, query->window_days, sizeof made.window_days);
  gy_buffer text;
  gy_buffer_init(&text, GY_SQL_FRAGMENT_MAX);
  int n = 0;
  gy_buffer_text(&text, "SELECT ");
  add_column(&text, &made, GY_ROW_CUSTOMER, "customer_id", &n);
  add_column(&text, &made, GY_ROW_TIME, "ordered_at", &n);
  made.has_rules = query->uncleaned != NULL;
  made.rules = query->rules;
  if (!made.has_rules || made.rules.has_amount) add_column(&text, &made, GY_ROW_AMOUNT, "amount", &n);
  if (!made.has_rules) add_column(&text, &made, GY_ROW_FLAGS, "flags", &n);
  if (made.has_rules && made.rules.has_price) add_column(&text, &made, GY_ROW_PRICE, "unit_price", &n);
  if (made.has_rules && made.rules.has_cancelled)
    add_column(&text, &made, GY_ROW_CANCELLED, "gy_cancelled", &n);
  if (query->has_order) add_column(&text, &made, GY_ROW_ORDER, "order_id", &n);
  if (query->has_product) add_column(&text, &made, GY_ROW_PRODUCT, "product_id", &n);
  if (query->has_category) add_column(&text, &made, GY_ROW_CATEGORY, "category", &n);
  if (query->has_quantity) add_column(&text, &made, GY_ROW_QUANTITY, "quantity", &n);
  if (query->has_discount) add_column(&text, &made, GY_ROW_DISCOUNT, "discount", &n);
  add_extra(&text, query, &made, &n);
  gy_buffer_printf(&text, " FROM %s", made.has_rules ? query->uncleaned : lines_of(query));
  char *taken = gy_buffer_take(&text);
  gy_buffer_clear(&text);
  if (taken == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the query of order lines");
  *sql = taken;
  *options = made;
  return GY_OK;
}

/* ---- the same as SQL ---- */

static void add_flag(gy_sql_parts *parts, const char *key, bool value) {
  gy_sql_parts_printf(parts, key, "%s", value ? "TRUE" : "FALSE");
}

static void add_as_of(gy_sql_parts *parts, const gy_feature_query *query) {
  if (!query->has_as_of) {
    gy_sql_parts_printf(parts, "as_of", "max(ordered_at) + INTERVAL '1 day'");
    return;
  }
  int64_t days = query->as_of_us / GY_DAY_US - (query->as_of_us % GY_DAY_US < 0);
  int64_t micros = query->as_of_us - days * GY_DAY_US;
  gy_sql_parts_printf(parts, "as_of",
                      "max(TIMESTAMP '1970-01-01') + INTERVAL '%lld days' + INTERVAL '%lld seconds'"
                      " + INTERVAL '%lld microseconds'",
                      (long long)days, (long long)(micros / 1000000), (long long)(micros % 1000000));
}

/* Which lines count; the same for every statement over order lines. */
static void add_filter(gy_sql_parts *parts, const gy_feature_query *query) {
  int exclude = query->exclude_mask | GY_LINE_NO_TIME | GY_LINE_FUTURE;
  gy_sql_parts_printf(parts, "lines", "%s", lines_of(query));
  gy_sql_parts_printf(parts, "exclude_mask", "%d", exclude);
  gy_sql_parts_printf(parts, "order_mask", "%d", exclude | GY_LINE_MAKES_NO_ORDER);
  gy_sql_parts_printf(parts, "never_mask", "%d",
                      GY_LINE_NO_TIME | GY_LINE_FUTURE | (query->exclude_mask & GY_LINE_DUPLICATE));
  gy_sql_parts_printf(parts, "until_as_of", "%s", query->has_as_of ? "ordered_at <= as_of" : "TRUE");
  add_as_of(parts, query);
}

static void add_columns(gy_sql_parts *parts, const gy_feature_query *query) {
  const char *absent = "CAST(NULL AS DECIMAL(18, 4))";
  gy_sql_parts_printf(parts, "order_key", "%s", query->has_order ? "order_id" : "ordered_at");
  gy_sql_parts_printf(parts, "product", "%s", query->has_product ? "product_id" : absent);
  gy_sql_parts_printf(parts, "category", "%s", query->has_category ? "category" : absent);
  gy_sql_parts_printf(parts, "quantity", "%s", query->has_quantity ? "quantity" : absent);
  gy_sql_parts_printf(parts, "discount", "%s", query->has_discount ? "discount" : absent);
  add_flag(parts, "has_product", query->has_product);
  add_flag(parts, "has_category", query->has_category);
  add_flag(parts, "has_quantity", query->has_quantity);
  add_flag(parts, "has_discount", query->has_discount);
}

static void add_times(gy_sql_parts *parts, const gy_feature_query *query, const char *zone) {
  gy_dialect dialect = query->dialect;
  gy_sql_parts_form(parts, "weekday", dialect, GY_SQL_LOCAL_WEEKDAY, "placed_at", zone);
  gy_sql_parts_form(parts, "hour", dialect, GY_SQL_LOCAL_HOUR, "placed_at", zone);
  gy_sql_parts_form(parts, "recency_days", dialect, GY_SQL_DAYS_BETWEEN, "l.last_order_at", "l.as_of");
  gy_sql_parts_form(parts, "tenure_days", dialect, GY_SQL_DAYS_BETWEEN, "l.first_order_at", "l.as_of");
  gy_sql_parts_printf(
      parts, "gap_days", "%s",
      dialect == GY_DIALECT_DUCKDB
          ? "CAST(epoch_us(placed_at) - epoch_us(previous_at) AS DOUBLE) / 86400000000"
          : "CAST(extract(epoch FROM (placed_at - previous_at)) AS DOUBLE PRECISION) / 86400");
}

static void add_windows(gy_sql_parts *parts, const gy_feature_query *query) {
  gy_buffer orders, amounts, columns;
  gy_buffer_init(&orders, GY_SQL_FRAGMENT_MAX);
  gy_buffer_init(&amounts, GY_SQL_FRAGMENT_MAX);
  gy_buffer_init(&columns, GY_SQL_FRAGMENT_MAX);
  gy_buffer_text(&columns, "l.last_order_at");
  for (size_t w = 0; w < query->n_windows; w++) {
    int days = query->window_days[w];
    const char *comma = w > 0 ? ",\n    " : "";
    gy_buffer_printf(&orders, "%scount(*) FILTER (WHERE placed_at > as_of - INTERVAL '%d days') AS orders_%d",
                     comma, days, days);
    gy_buffer_printf(&amounts,
                     "%scoalesce(sum(amount) FILTER (WHERE ordered_at > as_of - INTERVAL '%d days'), 0)"
                     " AS monetary_%d",
                     comma, days, days);
    gy_buffer_printf(&columns,
                     ",\n  CAST(coalesce(o.orders_%d, 0) AS INTEGER) AS orders_%d,"
                     "\n  CAST(m.monetary_%d AS DECIMAL(18, 4)) AS monetary_%d",
                     days, days, days, days);
  }
  if (query->n_windows == 0) {
    gy_buffer_text(&orders, "0 AS no_window");
    gy_buffer_text(&amounts, "0 AS no_window");
  }
  gy_sql_parts_take_buffer(parts, "window_orders", &orders);
  gy_sql_parts_take_buffer(parts, "window_amounts", &amounts);
  gy_sql_parts_take_buffer(parts, "last_columns", &columns);
  gy_sql_parts_printf(parts, "trend_days", "%d", query->trend_days);
  gy_sql_parts_printf(parts, "previous_days", "%d", 2 * query->trend_days);
}

gy_status gy_feature_sql(const gy_feature_query *query, char **sql, gy_error *err) {
  char *zone = gy_sql_literal(query->zone);
  if (zone == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the features' SQL");
  gy_sql_parts parts = {0};
  add_filter(&parts, query);
  add_columns(&parts, query);
  add_times(&parts, query, zone);
  add_windows(&parts, query);
  free(zone);
  return gy_sql_parts_expand(&parts, "feature/customer_features", sql, err);
}

gy_status gy_cohort_sql(const gy_feature_query *query, char **sql, gy_error *err) {
  char *zone = gy_sql_literal(query->zone);
  if (zone == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the cohorts' SQL");
  gy_sql_parts parts = {0};
  add_filter(&parts, query);
  gy_sql_parts_form(&parts, "local_time", query->dialect, GY_SQL_LOCAL_TIME, "ordered_at", zone);
  gy_sql_parts_form(&parts, "local_as_of", query->dialect, GY_SQL_LOCAL_TIME, "as_of", zone);
  free(zone);
  return gy_sql_parts_expand(&parts, "feature/cohort_retention", sql, err);
}
