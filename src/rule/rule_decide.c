/* SPDX-License-Identifier: Apache-2.0
 *
 * Which predicates decide whether a rule is true. A set of predicates is a cause if other answers of theirs
 * would change that and no smaller part of the set would do; what stands in any such set decides. Each
 * predicate stands once in the tree, so the sets follow from the root down: to make `a and b` true all that
 * are not true must change together; to make it false any one of them may, so each is a set of its own.
 *
 * Answers are three-valued, and a goal is a set of them: to make `not x` true x must become false, to take
 * in_segment away it is enough that the segment's rule is no longer true. */
#include "rule/rule_explain.h"

typedef enum goal { TO_TRUE, TO_FALSE, TO_NOT_TRUE, TO_NOT_FALSE } goal;

static bool meets(gy_rule_answer answer, goal wanted) {
  switch (wanted) {
    case TO_TRUE:
      return answer == GY_RULE_YES;
    case TO_FALSE:
      return answer == GY_RULE_NO;
    case TO_NOT_TRUE:
      return answer != GY_RULE_YES;
    default:
      return answer != GY_RULE_NO;
  }
}

/* The operand's goal under a node with one operand. */
static goal below(rule_reason_kind kind, goal wanted) {
  static const goal NEGATED[] = {TO_FALSE, TO_TRUE, TO_NOT_FALSE, TO_NOT_TRUE},
                    OF_MEMBER[] = {TO_TRUE, TO_NOT_TRUE, TO_NOT_TRUE, TO_TRUE};
  return kind == RULE_REASON_NOT ? NEGATED[wanted] : kind == RULE_REASON_MEMBER ? OF_MEMBER[wanted] : wanted;
}

/* Whether all operands have to meet the goal, or any one. */
static bool takes_all(rule_reason_kind kind, goal wanted) {
  bool upwards = wanted == TO_TRUE || wanted == TO_NOT_FALSE;
  return (kind == RULE_REASON_AND) == upwards;
}

static bool has_one_operand(const rule_reason *reason) {
  return reason->kind != RULE_REASON_AND && reason->kind != RULE_REASON_OR;
}

static bool can_meet(const rule_reason *reason, goal wanted) {
  if (meets(reason->answer, wanted)) return true;
  if (reason->n == 0) return !reason->is_fixed;
  if (has_one_operand(reason)) return can_meet(reason->operands[0], below(reason->kind, wanted));
  bool all = takes_all(reason->kind, wanted), can = all;
  for (uint32_t i = 0; i < reason->n && can == all; i++) can = can_meet(reason->operands[i], wanted);
  return can;
}

/* `reason` does not meet the goal, but can. */
static void decide(const rule_reason *reason, goal wanted, bool alone, gy_rule_predicate *predicates) {
  if (reason->predicate != SIZE_MAX) {
    predicates[reason->predicate].decides = true;
    predicates[reason->predicate].alone = alone;
  }
  if (reason->n == 0) return;
  if (has_one_operand(reason)) {
    decide(reason->operands[0], below(reason->kind, wanted), alone, predicates);
    return;
  }
  bool all = takes_all(reason->kind, wanted);
  uint32_t n = 0;
  for (uint32_t i = 0; i < reason->n; i++) n += !meets(reason->operands[i]->answer, wanted);
  for (uint32_t i = 0; i < reason->n; i++) {
    const rule_reason *operand = reason->operands[i];
    if (!meets(operand->answer, wanted) && (all || can_meet(operand, wanted)))
      decide(operand, wanted, alone && (!all || n == 1), predicates);
  }
}

void rule_decide(const rule_reason *root, gy_rule_predicate *predicates) {
  goal wanted = root->answer == GY_RULE_YES ? TO_NOT_TRUE : TO_TRUE;
  if (can_meet(root, wanted)) decide(root, wanted, true, predicates);
}
