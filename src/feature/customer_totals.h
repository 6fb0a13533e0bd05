/* SPDX-License-Identifier: Apache-2.0
 *
 * What the feature kernel knows beside the features: counts over all lines, that a cleaning report needs, and
 * the orders on the calendar. */
#ifndef GYEOL_FEATURE_CUSTOMER_TOTALS_H
#define GYEOL_FEATURE_CUSTOMER_TOTALS_H

#include "feature/feature_compute.h"

typedef struct gy_customer_totals {
  size_t n_customers;
  int64_t as_of_us;

  /* Over all lines given, with and without customer. */
  gy_row_totals lines;            /* by flag combination, duplicates included */
  gy_duplicate_counts duplicates; /* the second and further of equal lines, by flag combination */
  uint64_t n_lines;
  uint64_t kept_lines; /* not excluded; no duplicate either where these are excluded */
  int64_t kept_amount;
  uint64_t kept_orders;     /* distinct; an order under two customers counts once */
  uint64_t customer_orders; /* as the feature counts them: an order under two customers counts twice */
  uint64_t duplicate_lines;
  int64_t first_order_us, last_order_us; /* 0 when there is no order */
  gy_calendar_months months;             /* n = 0: the orders span too many months */
  gy_calendar_cell *cells;               /* months.n x months.n, cohort by month; NULL without orders */
  size_t peak_bytes;                     /* that the kernel held at most */
  size_t row_bytes;                      /* of packed rows, over all passes */
} gy_customer_totals;

void gy_customer_totals_clear(gy_customer_totals *totals);

/* Lines, and their amount, with any of the flags in `mask`; duplicates included. */
uint64_t gy_customer_totals_flagged(const gy_customer_totals *totals, int mask, int64_t *amount);

#endif
