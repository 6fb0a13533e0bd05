/* SPDX-License-Identifier: Apache-2.0
 *
 * The features as SQL, from the same description that drives the kernel.
 *
 * One description gives three things that belong together: the query that feeds the kernel, the options that
 * tell it what it is fed, and the statement that computes the same features without it (for "show SQL", for
 * a warehouse, and as the reference in tests). */
#ifndef GYEOL_FEATURE_FEATURE_SQL_H
#define GYEOL_FEATURE_FEATURE_SQL_H

#include "engine/dialect.h"
#include "feature/customer_kernel.h"

typedef struct gy_feature_query {
  gy_dialect dialect;
  const char *lines; /* relation of order lines, as SQL; NULL: order_lines */
  /* For the kernel's rows: lines as the source has them, and what makes amount and flags of them; NULL: from
   * `lines`, which have both. */
  const char *uncleaned;
  gy_line_rules rules;
  /* Which of its columns hold something. */
  bool has_order, has_product, has_category, has_quantity, has_discount;
  const char *const
      *extra_columns; /* further columns in which exact duplicates agree; identifiers, unquoted */
  size_t n_extra_columns;
  int exclude_mask; /* of order_lines.flags; with GY_LINE_DUPLICATE the relation flags duplicates for the SQL
                       statement, and the kernel finds them itself */
  bool has_as_of;
  int64_t as_of_us;
  const char *zone; /* IANA name, for the SQL; the kernel gets options.local_time from the caller */
  int window_days[GY_FEATURE_MAX_WINDOWS];
  size_t n_windows;
  int trend_days;
} gy_feature_query;

/* All columns, default windows and exclusions, UTC, DuckDB. */
gy_feature_query gy_feature_query_defaults(void);

/* Gives the SELECT that feeds the kernel, and the options that go with it: columns, exclusions, as-of,
 * windows. Types of ids, expected_rows and local_time are the caller's to set. */
GY_MUST_USE gy_status gy_feature_rows_sql(const gy_feature_query *query, char **sql,
                                          gy_customer_kernel_options *options, gy_error *err);

/* Gives the SELECT that computes every feature: customer_id, then the columns of the catalogue. */
GY_MUST_USE gy_status gy_feature_sql(const gy_feature_query *query, char **sql, gy_error *err);

/* Gives the SELECT of monthly first-order cohorts, sql/feature/cohort_retention.sql. */
GY_MUST_USE gy_status gy_cohort_sql(const gy_feature_query *query, char **sql, gy_error *err);

#endif
