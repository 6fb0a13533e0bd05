/* SPDX-License-Identifier: Apache-2.0
 *
 * The hot path: order lines in, every feature of every customer out.
 *
 * SQL engines walk the lines once per distinct count, quantile and window. Here they are partitioned by
 * customer once (row_partition.h), and then each part, small enough for the cache, is grouped, sorted
 * (customer_rows.h) and summed in a single pass (feature_compute.h). Chunks come from the engine's threads
 * through a gy_sink, and features go to them through a gy_source that computes as it is read. Results are the
 * same bytes for any number of threads and any order of arrival; the order of customers is that of a hash of
 * their ids.
 *
 *   gy_customer_kernel_create(&options, task, &kernel, err);
 *   for (size_t pass = 0; pass < gy_customer_kernel_passes(kernel); pass++) {
 *     gy_sink sink = gy_customer_kernel_sink(kernel);
 *     gy_engine_scan(engine, sql, ..., &sink, ...);             // the same rows each time
 *     gy_customer_kernel_end_rows(kernel, err);
 *     gy_source source = gy_customer_kernel_source(kernel, task);
 *     gy_engine_append(engine, table, name, &source, ...);      // the features of this pass's customers
 *     gy_customer_kernel_end_pass(kernel, err);
 *   }
 *   gy_customer_kernel_finish(kernel, &totals, err);
 *   gy_customer_kernel_destroy(kernel);
 *
 * Cost: about n rows x (8 bytes a mapped column) of memory in one pass; above the task's budget the rows
 * are taken in several passes, each keeping a range of the hash. Time: one sequential write and one read
 * of those bytes, and a cache-resident sort. */
#ifndef GYEOL_FEATURE_CUSTOMER_KERNEL_H
#define GYEOL_FEATURE_CUSTOMER_KERNEL_H

#include "feature/catalogue.h"
#include "feature/customer_totals.h"

typedef struct gy_customer_kernel_options {
  int column[GY_ROW_ROLES]; /* position of each role in the chunks; -1: absent. CUSTOMER and TIME are needed,
                               and AMOUNT unless the rules find it */
  bool has_rules;           /* amount and flags are to be found from the columns by `rules` */
  gy_line_rules rules;
  bool customer_is_text;
  uint64_t expected_rows; /* at least as many as will come, for the plan; 0: unknown, taken as small */
  int exclude_mask;       /* GY_ROW_* bits that keep a line out; NO_TIME and FUTURE always do. Cancelled
                             and returned lines that are not excluded count with their money only.
                             DUPLICATE: exact duplicates are dropped */
  bool has_as_of;
  int64_t as_of_us; /* else: one day after the last order */
  bool has_latest;  /* an order was made at `latest_us` that is no longer among the rows */
  int64_t latest_us;
  gy_local_time local_time; /* lent until the kernel is destroyed */
  int window_days[GY_FEATURE_MAX_WINDOWS];
  size_t n_windows;
  int trend_days;
} gy_customer_kernel_options;

typedef struct gy_customer_kernel gy_customer_kernel;

/* All columns absent, default windows, flags 1|2|4|8|16 excluded, UTC. */
gy_customer_kernel_options gy_customer_kernel_defaults(void);

/* GY_ECONFIG for options that do not fit, GY_ELIMIT with the number when even many passes would not fit
 * the task's memory budget. */
GY_MUST_USE gy_status gy_customer_kernel_create(const gy_customer_kernel_options *options,
                                                const gy_task *task, gy_customer_kernel **kernel,
                                                gy_error *err);
void gy_customer_kernel_destroy(gy_customer_kernel *kernel); /* NULL-safe */

/* How often the rows have to be fed. 1 unless the budget is too small for them. */
size_t gy_customer_kernel_passes(const gy_customer_kernel *kernel);

/* For the pass that begins or is under way. Takes GY_ELIMIT out of a scan when more rows come than the budget
 * holds. */
gy_sink gy_customer_kernel_sink(gy_customer_kernel *kernel);

/* All rows of this pass have come. GY_EDATA when their sums do not fit. */
GY_MUST_USE gy_status gy_customer_kernel_end_rows(gy_customer_kernel *kernel, gy_error *err);

/* The features of the customers of this pass: customer_no (from 0, through all passes), customer_id, and the
 * feature set in its order. Read it to its end, once; lends the kernel and the task. Before the rows have
 * ended only its columns are of use. */
gy_source gy_customer_kernel_source(gy_customer_kernel *kernel, const gy_task *task);

/* Makes room for the rows of the next pass. */
GY_MUST_USE gy_status gy_customer_kernel_end_pass(gy_customer_kernel *kernel, gy_error *err);

/* Gives the totals after the last pass, to be cleared. */
GY_MUST_USE gy_status gy_customer_kernel_finish(gy_customer_kernel *kernel, gy_customer_totals *totals,
                                                gy_error *err);

#endif
