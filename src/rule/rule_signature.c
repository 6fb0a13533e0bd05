/* SPDX-License-Identifier: Apache-2.0
 *
 * What rules know of a customer without its rows. The graph is cut where rows come in: of
 *
 *   recency_days < 90 and (region = 'x' or count(orders) > 3)
 *
 * the largest parts that need no rows are `recency_days < 90` and `region = 'x'`. Two moments at which they
 * have the same values, and the rows are the same, give the same answer. Since the parts are taken as wide as
 * they go, a figure that moves every day, as recency does, changes the signature only where an answer hangs
 * on it. */
#include <stdlib.h>
#include <string.h>

#include "rule/rule_plan.h"

bool *rule_row_terms(const gy_rule_set *set) {
  bool *rows = calloc(set->n_terms + 1, sizeof *rows);
  for (size_t id = 0; rows != NULL && id < set->n_terms; id++) {
    const rule_term *term = set->terms[id];
    rows[id] = term->op == RULE_OP_AGGREGATE || term->scope >= 0;
    for (uint32_t i = 0; i < term->n && !rows[id]; i++) rows[id] = rows[term->args[i]->id];
  }
  return rows;
}

bool rule_is_signed(const rule_term *term, const bool *rows) {
  return !rule_is_constant(term) && !term->ranked && !rows[term->id];
}

typedef struct signing {
  const gy_rule_set *set;
  bool *rows, *seen;
  uint32_t *place; /* by term: its number among the parts; 0: it is none yet */
  size_t *parts;   /* by number - 1: the term's id */
  size_t n_parts;
  uint64_t shape;
} signing;

static void mix(signing *s, uint64_t what) {
  s->shape = (s->shape ^ what) * UINT64_C(0x9E3779B97F4A7C15);
  s->shape ^= s->shape >> 29;
}

/* A constant alone is a part where a rule is nothing else. */
static void sign(signing *s, const rule_term *term, bool is_rule) {
  bool is_part = rule_is_signed(term, s->rows) || (is_rule && rule_is_constant(term));
  if (is_part) {
    bool is_new = s->place[term->id] == 0;
    if (is_new) s->parts[s->n_parts++] = term->id, s->place[term->id] = (uint32_t)s->n_parts;
    mix(s, (uint64_t)s->place[term->id] << 16 | (uint64_t)term->op << 8 | (uint64_t)term->type);
    return;
  }
  if (rule_is_constant(term) || s->seen[term->id]) return;
  s->seen[term->id] = true;
  for (uint32_t i = 0; i < term->n; i++) sign(s, term->args[i], false);
  mix(s, UINT64_C(1) << 63 | term->n);
}

static gy_status take_parts(const signing *s, gy_rule_set **signature, gy_error *err) {
  gy_rule_set *made = NULL;
  bool *reached = calloc(s->set->n_terms + 1, sizeof *reached);
  rule_term **copies = calloc(s->set->n_terms + 1, sizeof *copies);
  gy_status status = rule_set_init(s->set->catalogue, &s->set->clock, s->n_parts, &made, err);
  bool good = status == GY_OK && reached != NULL && copies != NULL;
  if (good) {
    for (size_t i = 0; i < s->n_parts; i++) reached[s->parts[i]] = true;
    rule_reach(s->set, reached);
    good = rule_copy_terms(s->set, reached, made, copies);
    for (size_t i = 0; i < s->n_parts && good; i++) made->rules[i] = copies[s->parts[i]];
    good = good && rule_mark_used(made, made->rules, s->n_parts);
  }
  free(reached);
  free(copies);
  if (good) {
    *signature = made;
    return GY_OK;
  }
  gy_rule_set_destroy(made);
  return status != GY_OK ? status : gy_fail(err, GY_ENOMEM, "no memory for the signature of rules");
}

gy_status gy_rule_set_signature(const gy_rule_set *set, gy_rule_set **signature, uint64_t *shape,
                                gy_error *err) {
  signing s = {.set = set, .rows = rule_row_terms(set)};
  s.seen = calloc(set->n_terms + 1, sizeof *s.seen);
  s.place = calloc(set->n_terms + 1, sizeof *s.place);
  s.parts = calloc(set->n_terms + 1, sizeof *s.parts);
  gy_status status = gy_fail(err, GY_ENOMEM, "no memory for the signature of rules");
  if (s.rows != NULL && s.seen != NULL && s.place != NULL && s.parts != NULL) {
    for (size_t r = 0; r < set->n_rules; r++) sign(&s, set->rules[r], true);
    status = take_parts(&s, signature, err);
  }
  if (status == GY_OK) *shape = s.shape;
  free(s.rows);
  free(s.seen);
  free(s.place);
  free(s.parts);
  return status;
}
