/* SPDX-License-Identifier: Apache-2.0
 *
 * What rules of a project can speak of, as the store of its last run has it:
 *
 *   attributes   features, RFM scores and names, and the columns of the table customers
 *   cluster('clusters')    the name of a customer's cluster
 *   tables       orders (one row an order), order_lines (one row a line that counts), events, engagements,
 *                reviews, surveys, consents: each where the project has it
 *
 * Customers are those of customer_features, so nobody who refused analytics is among them. `orders` is made
 * of the lines that make orders, so that count(orders) is the feature orders; the sum of order_lines.amount
 * is the feature monetary. All of it stands behind temporary views, whose columns have types that rules know.
 */
#ifndef GYEOL_STUDY_SEGMENT_CATALOGUE_H
#define GYEOL_STUDY_SEGMENT_CATALOGUE_H

#include "rule/rule.h"
#include "segment/segment_folder.h"
#include "study/run_context.h"

typedef struct gy_segment_catalogue {
  gy_arena arena;
  gy_rule_catalogue rule; /* columns: the customer's first, then one bool a segment */
  size_t n_own;           /* columns before those of segments */
  gy_rule_clock clock;
  gy_zone *zone;
} gy_segment_catalogue;

/* The moment that the features of the last run are of. */
int64_t gy_segment_as_of(const gy_run_context *run);

/* Makes the views and lists them. Rules look back from `now_us`. Segments of the folder are columns whose
 * relation is segment_now_N, N their position in it; those views are made by who reads them. The folder must
 * outlive the catalogue. Clear in either case. */
GY_MUST_USE gy_status gy_segment_catalogue_make(const gy_run_context *run, const gy_segment_folder *folder,
                                                int64_t now_us, gy_segment_catalogue *catalogue,
                                                gy_error *err);
/* From now on the views of tables that `set` reads show its columns of the rows of customers in segment_among
 * alone, which are read once for all that is asked. */
GY_MUST_USE gy_status gy_segment_catalogue_narrow(const gy_run_context *run,
                                                  const gy_segment_catalogue *catalogue,
                                                  const gy_rule_set *set, gy_error *err);
void gy_segment_catalogue_clear(gy_segment_catalogue *catalogue);

#endif
