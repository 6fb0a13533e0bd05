/* SPDX-License-Identifier: Apache-2.0 */
#include "feature/feature_sql.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

enum { FRAGMENT_MAX = 64 * 1024, MAX_PARTS = 32 };

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

/* A 63-bit hash of the columns that only the comparison of duplicates needs. */
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
  gy_buffer_text(sql, ") >> 1 AS BIGINT)");
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
  gy_buffer_init(&text, FRAGMENT_MAX);
  int n = 0;
  gy_buffer_text(&text, "SELECT ");
  add_column(&text, &made, GY_ROW_CUSTOMER, "customer_id", &n);
  add_column(&text, &made, GY_ROW_TIME, "ordered_at", &n);
  add_column(&text, &made, GY_ROW_AMOUNT, "amount", &n);
  add_column(&text, &made, GY_ROW_FLAGS, "flags", &n);
  if (query->has_order) add_column(&text, &made, GY_ROW_ORDER, "order_id", &n);
  if (query->has_product) add_column(&text, &made, GY_ROW_PRODUCT, "product_id", &n);
  if (query->has_category) add_column(&text, &made, GY_ROW_CATEGORY, "category", &n);
  if (query->has_quantity) add_column(&text, &made, GY_ROW_QUANTITY, "quantity", &n);
  if (query->has_discount) add_column(&text, &made, GY_ROW_DISCOUNT, "discount", &n);
  add_extra(&text, query, &made, &n);
  gy_buffer_printf(&text, " FROM %s", lines_of(query));
  char *taken = gy_buffer_take(&text);
  gy_buffer_clear(&text);
  if (taken == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the query of order lines");
  *sql = taken;
  *options = made;
  return GY_OK;
}

/* ---- the same as SQL ---- */

/* The parts of the template; every fragment is owned. */
typedef struct sql_parts {
  gy_sql_part part[MAX_PARTS];
  size_t n;
  bool failed;
} sql_parts;

/* Takes the fragment. */
static void add_owned(sql_parts *parts, const char *key, char *fragment) {
  if (fragment == NULL)
    parts->failed = true;
  else
    parts->part[parts->n++] = (gy_sql_part){key, fragment};
}

static void add_text(sql_parts *parts, const char *key, const char *fragment) {
  add_owned(parts, key, strdup(fragment));
}

static void add_number(sql_parts *parts, const char *key, long long value) {
  gy_buffer text;
  gy_buffer_init(&text, FRAGMENT_MAX);
  gy_buffer_printf(&text, "%lld", value);
  add_owned(parts, key, gy_buffer_take(&text));
  gy_buffer_clear(&text);
}

static void add_flag(sql_parts *parts, const char *key, bool value) {
  add_text(parts, key, value ? "TRUE" : "FALSE");
}

static void add_form(sql_parts *parts, const char *key, gy_dialect dialect, gy_sql_form form, const char *a,
                     const char *b) {
  add_owned(parts, key, gy_dialect_sql(dialect, form, a, b));
}

/* One expression a window, `format` taking the days twice. */
static void add_windows(sql_parts *parts, const char *key, const gy_feature_query *query,
                        const char *format) {
  gy_buffer text;
  gy_buffer_init(&text, FRAGMENT_MAX);
  for (size_t w = 0; w < query->n_windows; w++) {
    if (w > 0) gy_buffer_text(&text, ",\n    ");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    gy_buffer_printf(&text, format, query->window_days[w], query->window_days[w]);
#pragma GCC diagnostic pop
  }
  if (query->n_windows == 0) gy_buffer_text(&text, "0 AS no_window");
  add_owned(parts, key, gy_buffer_take(&text));
  gy_buffer_clear(&text);
}

static void add_as_of(sql_parts *parts, const gy_feature_query *query) {
  if (!query->has_as_of) {
    add_text(parts, "as_of", "max(ordered_at) + INTERVAL '1 day'");
    return;
  }
  gy_buffer text;
  gy_buffer_init(&text, FRAGMENT_MAX);
  int64_t days = query->as_of_us / GY_DAY_US - (query->as_of_us % GY_DAY_US < 0);
  int64_t micros = query->as_of_us - days * GY_DAY_US;
  gy_buffer_printf(&text,
                   "max(TIMESTAMP '1970-01-01') + INTERVAL '%lld days' + INTERVAL '%lld seconds' + INTERVAL "
                   "'%lld microseconds'",
                   (long long)days, (long long)(micros / 1000000), (long long)(micros % 1000000));
  add_owned(parts, "as_of", gy_buffer_take(&text));
  gy_buffer_clear(&text);
}

/* Days between two instants with their fraction. */
static const char *gap_days(gy_dialect dialect) {
  return dialect == GY_DIALECT_DUCKDB
             ? "(epoch_us(placed_at) - epoch_us(previous_at)) / 86400000000.0::DOUBLE"
             : "extract(epoch FROM (placed_at - previous_at)) / 86400.0";
}

static void fill_parts(sql_parts *parts, const gy_feature_query *query, const char *zone) {
  add_text(parts, "lines", lines_of(query));
  add_number(parts, "exclude_mask", query->exclude_mask | GY_ROW_NO_TIME | GY_ROW_FUTURE);
  add_number(parts, "order_mask",
             query->exclude_mask | GY_ROW_NO_TIME | GY_ROW_FUTURE | GY_ROW_MAKES_NO_ORDER);
  add_number(parts, "never_mask", GY_ROW_NO_TIME | GY_ROW_FUTURE | (query->exclude_mask & GY_ROW_DUPLICATE));
  add_as_of(parts, query);
  add_text(parts, "until_as_of", query->has_as_of ? "ordered_at <= as_of" : "TRUE");
  add_text(parts, "order_key", query->has_order ? "order_id" : "ordered_at");
  add_text(parts, "product", query->has_product ? "product_id" : "CAST(NULL AS BIGINT)");
  add_text(parts, "category", query->has_category ? "category" : "CAST(NULL AS BIGINT)");
  add_text(parts, "quantity", query->has_quantity ? "quantity" : "CAST(NULL AS DECIMAL(18, 4))");
  add_text(parts, "discount", query->has_discount ? "discount" : "CAST(NULL AS DECIMAL(18, 4))");
  add_flag(parts, "has_product", query->has_product);
  add_flag(parts, "has_category", query->has_category);
  add_flag(parts, "has_quantity", query->has_quantity);
  add_flag(parts, "has_discount", query->has_discount);
  add_form(parts, "weekday", query->dialect, GY_SQL_LOCAL_WEEKDAY, "placed_at", zone);
  add_form(parts, "hour", query->dialect, GY_SQL_LOCAL_HOUR, "placed_at", zone);
  add_form(parts, "recency_days", query->dialect, GY_SQL_DAYS_BETWEEN, "l.last_order_at", "l.as_of");
  add_form(parts, "tenure_days", query->dialect, GY_SQL_DAYS_BETWEEN, "l.first_order_at", "l.as_of");
  add_text(parts, "gap_days", gap_days(query->dialect));
  add_number(parts, "trend_days", query->trend_days);
  add_number(parts, "previous_days", 2LL * query->trend_days);
  add_windows(parts, "window_orders", query,
              "count(*) FILTER (WHERE placed_at > as_of - INTERVAL '%d days') AS orders_%d");
  add_windows(
      parts, "window_amounts", query,
      "coalesce(sum(amount) FILTER (WHERE ordered_at > as_of - INTERVAL '%d days'), 0) AS monetary_%d");
}

static void add_window_columns(sql_parts *parts, const gy_feature_query *query) {
  gy_buffer text;
  gy_buffer_init(&text, FRAGMENT_MAX);
  gy_buffer_text(&text, "l.last_order_at");
  for (size_t w = 0; w < query->n_windows; w++) {
    int days = query->window_days[w];
    gy_buffer_printf(&text, ",\n  CAST(coalesce(o.orders_%d, 0) AS INTEGER) AS orders_%d", days, days);
    gy_buffer_printf(&text, ",\n  CAST(m.monetary_%d AS DECIMAL(18, 4)) AS monetary_%d", days, days);
  }
  add_owned(parts, "last_columns", gy_buffer_take(&text));
  gy_buffer_clear(&text);
}

gy_status gy_feature_sql(const gy_feature_query *query, char **sql, gy_error *err) {
  sql_parts parts = {0};
  char *zone = gy_sql_literal(query->zone);
  if (zone == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the features' SQL");
  fill_parts(&parts, query, zone);
  add_window_columns(&parts, query);
  gy_status status = parts.failed
                         ? gy_fail(err, GY_ENOMEM, "no memory for the features' SQL")
                         : gy_sql_expand(gy_sql("feature/customer_features"), parts.part, parts.n, sql, err);
  for (size_t i = 0; i < parts.n; i++) free((char *)(uintptr_t)parts.part[i].fragment);
  free(zone);
  return status;
}
