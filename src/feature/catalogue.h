/* SPDX-License-Identifier: Apache-2.0
 *
 * The feature catalogue: what is known about a customer from its order lines, and what each figure means.
 *
 * One table describes every feature; the kernel's columns, the documentation, reports and the choice of
 * inputs for clustering read from it. Features over a look-back window stand in the table once, with
 * {w} for the number of days, and are listed once per window. */
#ifndef GYEOL_FEATURE_CATALOGUE_H
#define GYEOL_FEATURE_CATALOGUE_H

#include "base/buffer.h"
#include "engine/engine.h"

typedef enum gy_feature_id {
  GY_FEATURE_RECENCY_DAYS,
  GY_FEATURE_ORDERS,
  GY_FEATURE_MONETARY,
  GY_FEATURE_TENURE_DAYS,
  GY_FEATURE_AVERAGE_ORDER_VALUE,
  GY_FEATURE_GAP_MEAN,
  GY_FEATURE_GAP_SD,
  GY_FEATURE_BASKET_LINES,
  GY_FEATURE_BASKET_QUANTITY,
  GY_FEATURE_PRODUCTS,
  GY_FEATURE_CATEGORIES,
  GY_FEATURE_WEEKEND_SHARE,
  GY_FEATURE_MONDAY_SHARE, /* seven, Monday first */
  GY_FEATURE_TUESDAY_SHARE,
  GY_FEATURE_WEDNESDAY_SHARE,
  GY_FEATURE_THURSDAY_SHARE,
  GY_FEATURE_FRIDAY_SHARE,
  GY_FEATURE_SATURDAY_SHARE,
  GY_FEATURE_SUNDAY_SHARE,
  GY_FEATURE_NIGHT_SHARE, /* four, from midnight on */
  GY_FEATURE_MORNING_SHARE,
  GY_FEATURE_AFTERNOON_SHARE,
  GY_FEATURE_EVENING_SHARE,
  GY_FEATURE_DISCOUNT_SHARE,
  GY_FEATURE_DISCOUNTED_LINE_SHARE,
  GY_FEATURE_RETURN_RATE,
  GY_FEATURE_TREND,
  GY_FEATURE_FIRST_ORDER_AT,
  GY_FEATURE_LAST_ORDER_AT,
  GY_FEATURE_WINDOW_ORDERS,
  GY_FEATURE_WINDOW_MONETARY,
  GY_FEATURE_IDS
} gy_feature_id;

enum { GY_FEATURE_MAX_WINDOWS = 6, GY_FEATURE_MAX = GY_FEATURE_WINDOW_ORDERS + 2 * GY_FEATURE_MAX_WINDOWS };

/* Where features are stated without a configuration. */
#define GY_FEATURE_DEFAULT_WINDOWS \
  { 30, 90, 365 }
enum { GY_FEATURE_DEFAULT_N_WINDOWS = 3, GY_FEATURE_DEFAULT_TREND_DAYS = 90 };

typedef struct gy_feature {
  gy_feature_id id;
  const char *name; /* column name */
  const char *label_ko, *label_en;
  const char *meaning_ko, *meaning_en;
  const char *unit; /* days, orders, money, lines, units, products, categories, share, index, time */
  gy_type type;
  bool log_scaled; /* right-skewed and not negative: log(1 + x) suits distances */
  const char *formula;
  const char *null_when; /* "never", or the case that makes it NULL */
  int window_days;       /* 0 but for window features */
} gy_feature;

/* The table itself, in the order of gy_feature_id, {w} unexpanded. */
const gy_feature *gy_feature_table(void);

/* The features of a configuration, in column order: the fixed ones, then orders_w and monetary_w for
 * each window. Owns the names of window features; do not copy. */
typedef struct gy_feature_set {
  size_t n;
  gy_feature items[GY_FEATURE_MAX];
  char names[2 * GY_FEATURE_MAX_WINDOWS][6][160];
} gy_feature_set;

/* GY_ECONFIG when there are too many windows, one is not 1..36500 days, or two are equal. */
GY_MUST_USE gy_status gy_feature_set_init(gy_feature_set *set, const int *window_days, size_t n_windows,
                                          gy_error *err);

/* The feature of that name, or NULL. */
const gy_feature *gy_feature_find(const gy_feature_set *set, const char *name);

/* docs/methods/features.md, from the table. */
void gy_feature_document(gy_buffer *out);

#endif
