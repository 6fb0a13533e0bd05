/* SPDX-License-Identifier: Apache-2.0
 *
 * From trees to terms: names are looked up, types must fit, and whatever depends on the clock, the zone or
 * a definition of another name becomes constants and plain operations. Each function gives a term, or NULL
 * when `status` tells why not. */
#ifndef GYEOL_RULE_RULE_CHECK_H
#define GYEOL_RULE_RULE_CHECK_H

#include "rule/rule_plan.h"

typedef enum rule_progress { RULE_UNSEEN, RULE_OPEN, RULE_DONE } rule_progress;

/* A definition or macro while it is compiled; its text is parsed when it is first needed. */
typedef struct rule_named {
  const char *name, *text;
  rule_progress progress;
  gy_rule *rule;
  rule_term *term;
} rule_named;

typedef struct rule_checker {
  gy_rule_set *set;
  rule_named *definitions, *macros;
  size_t n_definitions, n_macros;
  const gy_rule *rule; /* whose text messages point into */
  int scope;
  bool in_population;
  int macro_depth, segment_depth;
  gy_status status;
  gy_error *err;
} rule_checker;

rule_term *rule_check(rule_checker *c, const rule_ast *ast);
/* The same, refusing other types. `what` names the place: "`and` joins conditions". */
rule_term *rule_check_as(rule_checker *c, const rule_ast *ast, gy_rule_type type, const char *what);
rule_term *rule_check_aggregate(rule_checker *c, const rule_ast *ast);
rule_term *rule_check_arithmetic(rule_checker *c, const rule_ast *ast);
rule_term *rule_check_call(rule_checker *c, const rule_ast *ast);
/* Whether `moment`, a date or timestamp, lies in the window. */
rule_term *rule_check_window(rule_checker *c, const rule_ast *window, rule_term *moment);
rule_term *rule_check_compare(rule_checker *c, size_t at, rule_op op, rule_term *a, rule_term *b);
rule_term *rule_check_macro(rule_checker *c, rule_named *macro, size_t at);
rule_term *rule_check_segment(rule_checker *c, rule_named *definition, size_t at);

/* The date of a timestamp by the zone's clock. */
rule_term *rule_local_date(rule_checker *c, rule_term *moment);

static inline bool rule_is_moment(const rule_term *term) {
  return term->type == GY_RULE_DATE || term->type == GY_RULE_TIMESTAMP;
}

rule_term *rule_refuse(rule_checker *c, size_t at, const char *format, ...) GY_PRINTF(3, 4);
/* NULL means that memory is spent. */
rule_term *rule_made(rule_checker *c, rule_term *term);

#endif
