/* SPDX-License-Identifier: Apache-2.0
 *
 * What a round has to compute: everything below its roots, without what stands below a function over all
 * customers, which is the first round's. */
#include <string.h>

#include "rule/rule_evaluate.h"

typedef struct programming {
  const gy_rule_set *set;
  gy_arena *arena;
  bool *needed; /* by term, in this round */
} programming;

static void need(programming *p, const rule_term *term) {
  if (term != NULL) p->needed[term->id] = true;
}

/* Operands stand before what they serve: one pass from the end reaches all. */
static void need_below(programming *p) {
  for (size_t id = p->set->n_terms; id-- > 0;) {
    const rule_term *term = p->set->terms[id];
    if (!p->needed[id]) continue;
    size_t n = term->op == RULE_OP_IN ? 1 : term->n; /* lists have no lanes */
    for (size_t i = 0; i < n; i++) need(p, term->args[i]);
    if (term->op != RULE_OP_AGGREGATE) continue;
    const rule_aggregate *a = &p->set->aggregates[term->integer];
    need(p, a->value);
    need(p, a->filter);
    need(p, a->filter_b);
    need(p, a->time);
    need(p, a->time_b);
  }
}

static bool is_needed(const programming *p, const rule_term *term) {
  return p->needed[term->id] && !rule_is_constant(term);
}

static bool list_rows(programming *p, int table, rule_row_steps *steps) {
  const gy_rule_set *set = p->set;
  int time = rule_time_column(&set->catalogue->tables[table]);
  steps->terms = gy_arena_calloc(p->arena, set->n_terms + 1, sizeof *steps->terms);
  steps->alone = gy_arena_calloc(p->arena, set->n_aggregates + 1, sizeof *steps->alone);
  steps->sequences = gy_arena_calloc(p->arena, set->n_aggregates + 1, sizeof *steps->sequences);
  if (steps->terms == NULL || steps->alone == NULL || steps->sequences == NULL) return false;
  for (size_t i = 0; i < set->n_terms; i++) {
    const rule_term *term = set->terms[i];
    if (term->scope != table || !is_needed(p, term)) continue;
    steps->terms[steps->n_terms++] = term;
    if (term->op == RULE_OP_COLUMN && term->integer == time) steps->time = term;
  }
  for (size_t i = 0; i < set->n_aggregates; i++) {
    const rule_aggregate *a = &set->aggregates[i];
    if (!p->needed[a->term->id]) continue;
    if (a->sequence == RULE_ALONE && a->table == table) steps->alone[steps->n_alone++] = a;
    if (a->sequence != RULE_ALONE && (a->table == table || a->table_b == table))
      steps->sequences[steps->n_sequences++] = a;
  }
  return true;
}

static bool make_round(programming *p, rule_round *round, bool *wanted) {
  const gy_rule_set *set = p->set;
  need_below(p);
  round->tables = gy_arena_calloc(p->arena, set->catalogue->n_tables + 1, sizeof *round->tables);
  round->terms = gy_arena_calloc(p->arena, set->n_terms + 1, sizeof *round->terms);
  if (round->tables == NULL || round->terms == NULL) return false;
  for (size_t t = 0; t < set->catalogue->n_tables; t++)
    if (!list_rows(p, (int)t, &round->tables[t])) return false;
  for (size_t i = 0; i < set->n_terms; i++) {
    const rule_term *term = set->terms[i];
    wanted[i] |= p->needed[i];
    if (term->scope == RULE_SCOPE_CUSTOMER && is_needed(p, term)) round->terms[round->n_terms++] = term;
  }
  return true;
}

gy_status rule_program_init(const gy_rule_set *set, rule_term *const *roots, size_t n_roots, gy_arena *arena,
                            rule_program *program, gy_error *err) {
  programming p = {.set = set, .arena = arena};
  rule_program made = {.set = set};
  made.wanted = gy_arena_calloc(arena, set->n_terms + 1, sizeof *made.wanted);
  p.needed = gy_arena_calloc(arena, set->n_terms + 1, sizeof *p.needed);
  bool good = made.wanted != NULL && p.needed != NULL;
  for (size_t i = 0; i < set->n_populations && good; i++) {
    if (!set->populations[i].term->used) continue;
    need(&p, set->populations[i].value);
    need(&p, set->populations[i].group);
  }
  good = good && make_round(&p, &made.values, made.wanted);
  if (good) memset(p.needed, 0, set->n_terms * sizeof *p.needed);
  for (size_t i = 0; i < n_roots && good; i++) need(&p, roots[i]);
  good = good && make_round(&p, &made.answers, made.wanted);
  if (!good) return rule_no_memory(set, err);
  *program = made;
  return GY_OK;
}
