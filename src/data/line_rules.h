/* SPDX-License-Identifier: Apache-2.0
 *
 * Amounts and flags of order lines, computed from the columns a source has: in C what the view order_lines
 * (sql/data/order_lines.sql) is in SQL. The view is what everybody reads; the feature kernel, which reads
 * every line of a shop, would spend more time in the view's decimals and cases than in the features. A test
 * holds the two together. */
#ifndef GYEOL_DATA_LINE_RULES_H
#define GYEOL_DATA_LINE_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>

/* Which columns say something, and what is netted; made by gy_cleaning_rules_build. */
typedef struct gy_line_rules {
  bool has_quantity, has_price, has_amount, has_discount;
  bool has_cancelled;               /* else no line is */
  bool net_cancelled, net_returned; /* count with a negative amount, whatever the sign in the source */
} gy_line_rules;

#define GY_LINE_NULL INT64_MIN /* stands for NULL */

/* Columns of n lines: numbers in 1/10000 or GY_LINE_NULL. Only those that the rules have are read. */
typedef struct gy_line_columns {
  const int64_t *quantity, *price, *amount, *discount;
  const uint8_t *cancelled; /* 0 or 1 */
} gy_line_columns;

/* Writes each line's amount (in 1/10000 or GY_LINE_NULL) and those of its flags that follow from the columns:
 * CANCELLED or RETURN, ZERO_PRICE or NEGATIVE_PRICE. GY_EDATA for an amount that DECIMAL(18, 4) does not
 * hold. */
GY_MUST_USE gy_status gy_line_rules_apply(const gy_line_rules *rules, const gy_line_columns *columns,
                                          size_t n, int64_t *amount, int32_t *flags, gy_error *err);

#endif
