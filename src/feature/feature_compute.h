/* SPDX-License-Identifier: Apache-2.0
 *
 * Every feature of one customer in one pass over its sorted rows.
 *
 * Sums are integers (money and quantities in 1/10000, microseconds), so they are exact; the ratios divide
 * once, in double, and are stored as float. What needs sets (orders, products, categories) uses
 * small open-addressed tables that stay in the first-level cache. */
#ifndef GYEOL_FEATURE_FEATURE_COMPUTE_H
#define GYEOL_FEATURE_FEATURE_COMPUTE_H

#include "feature/catalogue.h"
#include "feature/customer_rows.h"
#include "feature/distinct_words.h"
#include "feature/order_calendar.h"

typedef struct gy_compute_plan {
  const gy_row_partition *partition;
  bool drop_duplicates;
  bool log_orders; /* distinct orders over all customers are not known yet */
  int64_t as_of_us;
  gy_local_time local_time;
  size_t n_windows;
  int64_t window_start_us[GY_FEATURE_MAX_WINDOWS]; /* a line counts when its time is greater */
  int64_t trend_start_us, trend_previous_us;
  gy_calendar_months months; /* n = 0: no calendar is kept */
} gy_compute_plan;

/* Rows and money by flag combination, exact duplicates apart. */
typedef struct gy_duplicate_counts {
  uint64_t rows[GY_FLAG_COMBINATIONS];
  int64_t amount[GY_FLAG_COMBINATIONS];
} gy_duplicate_counts;

/* Words already seen, of one customer. */
typedef struct gy_word_set {
  uint64_t *slots;
  size_t capacity; /* allocated slots, a power of two */
  int bits;        /* in use */
} gy_word_set;

/* Scratch of one thread. */
typedef struct gy_compute {
  const gy_compute_plan *plan;
  gy_word_set orders, products, categories;
  int64_t *order_times;
  size_t order_time_capacity;
  gy_word_log order_log; /* of all customers, for counting distinct ones */
  gy_duplicate_counts duplicates;
  uint64_t customer_orders; /* the sum of that feature */
  gy_calendar_cell *cells;  /* months.n x months.n; NULL until the first customer */
} gy_compute;

void gy_compute_clear(gy_compute *compute);

/* Computes the customer whose rows `keys` lists (n > 0) into row `at` of the columns: arrays of the feature's
 * type in the order of the feature set, NULL where it is not wanted. NaN stands for NULL. */
GY_MUST_USE gy_status gy_compute_customer(gy_compute *compute, const gy_part_rows *part,
                                          const gy_row_key *keys, size_t n, void *const *columns, size_t at,
                                          gy_error *err);

/* For rows without a place among the customers: only their duplicates and kept orders are counted. */
GY_MUST_USE gy_status gy_compute_others(gy_compute *compute, const gy_part_rows *part, const gy_row_key *keys,
                                        size_t n, gy_error *err);

#endif
