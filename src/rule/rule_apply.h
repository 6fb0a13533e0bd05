/* SPDX-License-Identifier: Apache-2.0
 *
 * Terms over lanes: a lane is a block of values of one type with a byte each that says whether it is known.
 *
 *   number, duration  double        date, timestamp  int64_t        text  gy_rule_text        bool  uint8_t
 *
 * A value that is not known is 0 or "", so that loops need no branches. Constant folding is the same code on
 * lanes of one. */
#ifndef GYEOL_RULE_RULE_APPLY_H
#define GYEOL_RULE_RULE_APPLY_H

#include "rule/rule_plan.h"

enum { RULE_LANE_ROWS = 512 };

typedef struct rule_lane {
  void *data;
  uint8_t *valid;
} rule_lane;

static inline size_t rule_value_bytes(gy_rule_type type) {
  return type == GY_RULE_BOOL   ? sizeof(uint8_t)
         : type == GY_RULE_TEXT ? sizeof(gy_rule_text)
                                : sizeof(int64_t);
}

/* Any term but columns, aggregates, populations and buckets. */
void rule_apply(const rule_term *term, const rule_lane *const *args, size_t n, const rule_zone *zone,
                rule_lane *out);

/* Texts by code point: less than, equal to, greater than 0. */
int rule_text_order(gy_rule_text a, gy_rule_text b);
/* Two constants of one type, not NULL. */
int rule_constant_order(const rule_term *a, const rule_term *b);

/* 0 .. buckets - 1 by the first 32 bits of SHA-256 of "key:id". */
int64_t rule_bucket_of(gy_rule_text key, gy_rule_text id, int64_t buckets);

#endif
