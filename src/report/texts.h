/* SPDX-License-Identifier: Apache-2.0
 *
 * Gyeol's own words in a report, in both languages. */
#ifndef GYEOL_REPORT_TEXTS_H
#define GYEOL_REPORT_TEXTS_H

#include <jansson.h>
#include <stddef.h>

typedef struct gy_text_pair {
  const char *ko;
  const char *en;
} gy_text_pair;

/* {"ko": ..., "en": ...}; NULL when memory is spent. */
json_t *gy_text_pair_json(gy_text_pair text);

/* What to do with an RFM segment, by its English name; a general advice for names it does not know. */
gy_text_pair gy_text_segment_advice(const char *segment);

/* The name of a cleaning rule ("no_customer", "cancelled", "return", "zero_price", "negative_price",
 * "no_time", "future", "duplicate"); the rule's own word for others. */
gy_text_pair gy_text_cleaning_rule(const char *rule);

typedef struct gy_text_method {
  const char *section; /* of the report; NULL: general */
  gy_text_pair title;
  gy_text_pair text;
} gy_text_method;

/* How the numbers are made, in the order of the report's sections. */
const gy_text_method *gy_text_methods(size_t *n);

#endif
