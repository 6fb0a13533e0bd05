/* SPDX-License-Identifier: Apache-2.0
 *
 * From trees to terms: names are looked up, types must fit, and whatever depends on the clock, the zone or
 * a definition of another name becomes constants and plain operations. Each function gives a term, or NULL
 * when `status` tells why not. */
#ifndef GYEOL_RULE_RULE_CHECK_H
#define GYEOL_RULE_RULE_CHECK_H

#include "rule/rule_plan.h"

typedef enum rule_progress { RULE_UNSEEN, RULE_OPEN, RULE_DONE } rule_progress;

/* What a definition or macro uses beside terms. */
typedef struct rule_uses {
  bool clock;
  const char **segments;
  size_t n_segments, room;
} rule_uses;

/* A definition or macro while it is compiled; its text is parsed when it is first needed. */
typedef struct rule_named {
  const char *name, *text;
  gy_rule *head; /* of a macro with parameters: name(a, b) */
  rule_progress progress;
  gy_rule *rule;
  rule_term *term;
  size_t n_nodes; /* of what it stands for, macros and segments in it included */
  rule_uses uses;
} rule_named;

/* What became of a node, for those who explain rules: its term, and where it is a name, the tree it stands
 * for. */
typedef struct rule_trace_entry {
  const rule_ast *ast;
  const rule_term *term;
  const rule_ast *body;
  const gy_rule *rule; /* of the body */
} rule_trace_entry;

typedef struct rule_trace {
  rule_trace_entry *entries;
  size_t n, room;
} rule_trace;

typedef struct rule_checker {
  gy_rule_set *set;
  rule_named *definitions, *macros;
  size_t n_definitions, n_macros;
  const gy_rule *rule;   /* whose text messages point into */
  const gy_rule *blamed; /* whose text the message points into, once there is one */
  rule_uses *uses;       /* of the definition or macro at work */
  rule_trace *trace;     /* NULL: nobody wants it */
  int scope;
  bool in_population;
  int macro_depth, segment_depth, depth;
  size_t n_expanded; /* nodes that macros and segments became in the definition at work */
  size_t effort;     /* of the definition at work, towards GY_RULE_EFFORT_MAX */
  gy_status status;
  gy_error *err;
} rule_checker;

rule_term *rule_check(rule_checker *c, const rule_ast *ast);
/* The same, refusing other types. `what` names the place: "`and` joins conditions". */
rule_term *rule_check_as(rule_checker *c, const rule_ast *ast, gy_rule_type type, const char *what);
rule_term *rule_check_aggregate(rule_checker *c, const rule_ast *ast);
/* Adds to the effort; false: refused. Engines plan thousands of aggregates in minutes, not seconds. */
bool rule_afford(rule_checker *c, const rule_ast *ast, size_t effort);
rule_term *rule_check_arithmetic(rule_checker *c, const rule_ast *ast);
rule_term *rule_check_call(rule_checker *c, const rule_ast *ast);
/* Whether `moment`, a date or timestamp, lies in the window. */
rule_term *rule_check_window(rule_checker *c, const rule_ast *window, rule_term *moment);
rule_term *rule_check_compare(rule_checker *c, size_t at, rule_op op, rule_term *a, rule_term *b);
rule_term *rule_check_macro(rule_checker *c, rule_named *macro, const rule_ast *ast);
rule_term *rule_check_segment(rule_checker *c, rule_named *definition, const rule_ast *ast);
/* The macro of that name; NULL: there is none. */
rule_named *rule_find_macro(rule_checker *c, gy_rule_text name);
/* The macro's tree with the call's arguments in place of its parameters; NULL: refused. */
const rule_ast *rule_expand(rule_checker *c, const rule_named *macro, const rule_ast *call);
/* Refuses a duration whose number is a name. */
bool rule_has_amount(rule_checker *c, const rule_ast *ast);
/* False: memory is spent. */
bool rule_trace_add(rule_checker *c, const rule_trace_entry *entry);
bool rule_uses_segment(rule_checker *c, const char *name);
/* Whether a name has a meaning of its own where a call stands. */
bool rule_is_function(gy_rule_text name);

/* The date of a timestamp by the zone's clock. */
rule_term *rule_local_date(rule_checker *c, rule_term *moment);

static inline bool rule_is_moment(const rule_term *term) {
  return term->type == GY_RULE_DATE || term->type == GY_RULE_TIMESTAMP;
}

rule_term *rule_refuse(rule_checker *c, size_t at, const char *format, ...) GY_PRINTF(3, 4);
/* How a set is compiled for explaining: of one definition alone, with a trace, and keeping the trees of
 * definitions and macros for as long as the caller does. */
typedef struct rule_kept {
  size_t which;
  rule_trace trace;
  gy_rule **rules; /* in the set's arena; each to be destroyed */
  size_t n;
} rule_kept;

/* `kept` NULL: every definition is a rule of the set. */
GY_MUST_USE gy_status rule_set_create(const gy_rule_catalogue *catalogue, const gy_rule_clock *clock,
                                      const gy_rule_definition *definitions, size_t n, rule_kept *kept,
                                      gy_rule_set **set, gy_error *err);

/* NULL means that memory is spent. */
rule_term *rule_made(rule_checker *c, rule_term *term);

#endif
