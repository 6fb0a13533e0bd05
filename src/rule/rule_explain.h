/* SPDX-License-Identifier: Apache-2.0
 *
 * A rule as a tree of conditions: and, or, not above, predicates below; macros and segments stand above what
 * they stand for. */
#ifndef GYEOL_RULE_RULE_EXPLAIN_H
#define GYEOL_RULE_RULE_EXPLAIN_H

#include "rule/rule_check.h"
#include "rule/rule_evaluate.h"

typedef enum rule_reason_kind {
  RULE_REASON_AND,
  RULE_REASON_OR,
  RULE_REASON_NOT,
  RULE_REASON_MACRO,  /* says what its one operand says */
  RULE_REASON_MEMBER, /* true where its one operand is, else false */
  RULE_REASON_LEAF,
} rule_reason_kind;

typedef struct rule_reason {
  rule_reason_kind kind;
  bool is_fixed; /* a constant: nothing about the customer changes it */
  uint32_t n;
  size_t predicate; /* its index; SIZE_MAX: it is none */
  gy_rule_answer answer;
  struct rule_reason **operands;
} rule_reason;

/* Whether `root` were other than it is if predicates were: sets `decides` and `alone` of those. */
void rule_decide(const rule_reason *root, gy_rule_predicate *predicates);

#endif
