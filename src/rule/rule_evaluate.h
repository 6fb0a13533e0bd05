/* SPDX-License-Identifier: Apache-2.0
 *
 * The evaluation of a set over columns in memory:
 *
 *   rows in blocks ──▶ aggregates, a value a customer
 *   customers in blocks ──▶ values of populations ──▶ ranks, a value a customer
 *   customers in blocks ──▶ rules, a bit a customer */
#ifndef GYEOL_RULE_RULE_EVALUATE_H
#define GYEOL_RULE_RULE_EVALUATE_H

#include "rule/rule_apply.h"

/* Sums of many 64-bit numbers. */
__extension__ typedef __int128 rule_wide;

/* One value a customer; as lanes, but of their number. */
typedef struct rule_figures {
  void *data;
  uint8_t *valid;
} rule_figures;

typedef struct rule_evaluation {
  const gy_rule_set *set;
  const gy_rule_data *data;
  gy_arena arena;
  rule_figures *aggregates, *populations;
  rule_lane *lanes; /* by term; those of the scope at work */
  bool *wanted;     /* by term: others only stand in lists */
  gy_error *err;
} rule_evaluation;

gy_status rule_evaluation_no_memory(rule_evaluation *e);
GY_MUST_USE gy_status rule_figures_init(rule_evaluation *e, rule_figures *figures, gy_rule_type type);

/* Lanes for the terms of a scope; constants are filled. Frees those of the scope before. */
GY_MUST_USE gy_status rule_lanes_init(rule_evaluation *e, gy_arena *arena, int scope);
/* Computes the terms of a scope for values from .. from + n - 1; `before_ranks` leaves out what needs
 * populations. */
void rule_lanes_fill(rule_evaluation *e, int scope, size_t from, size_t n, bool before_ranks);

GY_MUST_USE gy_status rule_evaluate_table(rule_evaluation *e, size_t table);
GY_MUST_USE gy_status rule_evaluate_sequences(rule_evaluation *e);
GY_MUST_USE gy_status rule_evaluate_populations(rule_evaluation *e);

#endif
