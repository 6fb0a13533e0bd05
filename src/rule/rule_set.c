/* SPDX-License-Identifier: Apache-2.0
 *
 * Sets as wholes: beginning and ending them, taking rules out of one into another, and what a rule needs. */
#include <stdlib.h>
#include <string.h>

#include "rule/rule_pattern.h"
#include "rule/rule_plan.h"

static gy_status no_memory(gy_error *err) { return gy_fail(err, GY_ENOMEM, "no memory to compile rules"); }

gy_status rule_set_init(const gy_rule_catalogue *catalogue, const gy_rule_clock *clock, size_t n_rules,
                        gy_rule_set **set, gy_error *err) {
  gy_rule_set *made = calloc(1, sizeof *made);
  if (made == NULL) return no_memory(err);
  gy_arena_init(&made->arena, 0, 0);
  made->catalogue = catalogue;
  made->clock = *clock;
  made->n_rules = n_rules;
  made->rules = gy_arena_calloc(&made->arena, n_rules + 1, sizeof *made->rules);
  made->uses = gy_arena_calloc(&made->arena, n_rules + 1, sizeof *made->uses);
  gy_status status = made->rules != NULL && made->uses != NULL ? GY_OK : no_memory(err);
  if (status == GY_OK) status = rule_zone_init(&made->zone, clock->zone, &made->arena, err);
  if (status == GY_OK)
    *set = made;
  else
    gy_rule_set_destroy(made);
  return status;
}

void gy_rule_set_destroy(gy_rule_set *set) {
  if (set == NULL) return;
  gy_arena_clear(&set->arena);
  free(set);
}

size_t gy_rule_set_size(const gy_rule_set *set) { return set->n_rules; }

/* ---- copies ---- */

static rule_term *copied(rule_term *const *copies, const rule_term *term) {
  return term != NULL ? copies[term->id] : NULL;
}

static rule_term *copy_aggregate(const gy_rule_set *from, const rule_term *term, gy_rule_set *to,
                                 rule_term *const *copies) {
  rule_aggregate a = from->aggregates[term->integer];
  a.value = copied(copies, a.value);
  a.filter = copied(copies, a.filter);
  a.filter_b = copied(copies, a.filter_b);
  a.time = copied(copies, a.time);
  a.time_b = copied(copies, a.time_b);
  return rule_aggregate_term(to, &a, term->type);
}

static rule_term *copy_population(const gy_rule_set *from, const rule_term *term, gy_rule_set *to,
                                  rule_term *const *copies) {
  rule_population p = from->populations[term->integer];
  p.value = copied(copies, p.value);
  p.group = copied(copies, p.group);
  return rule_population_term(to, &p);
}

static rule_term *copy_plain(const rule_term *term, gy_rule_set *to, rule_term *const *copies) {
  rule_term **args = gy_arena_calloc(&to->arena, term->n + 1, sizeof *args);
  if (args == NULL) return NULL;
  for (uint32_t i = 0; i < term->n; i++) args[i] = copies[term->args[i]->id];
  rule_term draft = *term;
  draft.args = args;
  draft.pattern = NULL;
  draft.used = false;
  rule_term *made = rule_intern(to, &draft);
  bool too_large;
  if (made != NULL && term->op == RULE_OP_MATCHES && made->pattern == NULL) {
    made->pattern = rule_pattern_compile(made->text.data, &to->arena, &too_large);
    if (made->pattern == NULL) return NULL;
  }
  return made;
}

bool rule_copy_terms(const gy_rule_set *from, const bool *reached, gy_rule_set *to, rule_term **copies) {
  for (size_t id = 0; id < from->n_terms; id++) {
    const rule_term *term = from->terms[id];
    if (!reached[id]) continue;
    copies[id] = term->op == RULE_OP_AGGREGATE    ? copy_aggregate(from, term, to, copies)
                 : term->op == RULE_OP_POPULATION ? copy_population(from, term, to, copies)
                                                  : copy_plain(term, to, copies);
    if (copies[id] == NULL) return false;
  }
  return true;
}

static bool copy_segments(const rule_set_uses *from, gy_rule_set *to, rule_set_uses *uses) {
  const char **names = gy_arena_calloc(&to->arena, from->n_segments + 1, sizeof *names);
  bool good = names != NULL;
  for (size_t i = 0; i < from->n_segments && good; i++) {
    names[i] = gy_arena_strndup(&to->arena, from->segments[i], strlen(from->segments[i]));
    good = names[i] != NULL;
  }
  *uses = (rule_set_uses){from->clock, names, from->n_segments};
  return good;
}

gy_status gy_rule_set_select(const gy_rule_set *set, const size_t *rules, size_t n, gy_rule_set **part,
                             gy_error *err) {
  gy_rule_set *made = NULL;
  bool *reached = calloc(set->n_terms + 1, sizeof *reached);
  rule_term **copies = calloc(set->n_terms + 1, sizeof *copies);
  gy_status status = reached != NULL && copies != NULL ? GY_OK : no_memory(err);
  if (status == GY_OK) status = rule_set_init(set->catalogue, &set->clock, n, &made, err);
  if (status == GY_OK) {
    for (size_t i = 0; i < n; i++) reached[set->rules[rules[i]]->id] = true;
    rule_reach(set, reached);
    bool good = rule_copy_terms(set, reached, made, copies);
    for (size_t i = 0; i < n && good; i++) {
      made->rules[i] = copies[set->rules[rules[i]]->id];
      good = copy_segments(&set->uses[rules[i]], made, &made->uses[i]);
    }
    if (!good || !rule_mark_used(made, made->rules, n)) status = no_memory(err);
  }
  free(reached);
  free(copies);
  if (status == GY_OK)
    *part = made;
  else
    gy_rule_set_destroy(made);
  return status;
}

/* ---- needs ---- */

typedef struct need_room {
  gy_arena arena;
  bool *columns, *tables, **table_columns, *reached;
} need_room;

static bool make_room(const gy_rule_catalogue *catalogue, size_t n_terms, need_room *room) {
  gy_arena_init(&room->arena, 0, 0);
  room->columns = gy_arena_calloc(&room->arena, catalogue->n_columns + 1, sizeof(bool));
  room->tables = gy_arena_calloc(&room->arena, catalogue->n_tables + 1, sizeof(bool));
  room->table_columns = gy_arena_calloc(&room->arena, catalogue->n_tables + 1, sizeof(bool *));
  room->reached = gy_arena_calloc(&room->arena, n_terms + 1, sizeof(bool));
  bool good =
      room->columns != NULL && room->tables != NULL && room->table_columns != NULL && room->reached != NULL;
  for (size_t t = 0; t < catalogue->n_tables && good; t++) {
    room->table_columns[t] = gy_arena_calloc(&room->arena, catalogue->tables[t].n_columns + 1, sizeof(bool));
    good = room->table_columns[t] != NULL;
  }
  return good;
}

/* The time of rows is always read, as later ones than now do not count. */
static void need_table(const gy_rule_set *set, int table, need_room *room) {
  int time = rule_time_column(&set->catalogue->tables[table]);
  room->tables[table] = true;
  if (time >= 0) room->table_columns[table][time] = true;
}

static void need_term(const gy_rule_set *set, const rule_term *term, need_room *room, gy_rule_needs *needs) {
  if (term->op == RULE_OP_COLUMN && term->scope >= 0) room->table_columns[term->scope][term->integer] = true;
  if (term->op == RULE_OP_COLUMN && term->scope < 0) room->columns[term->integer] = true;
  needs->population |= term->op == RULE_OP_POPULATION;
  needs->ids |= term->op == RULE_OP_BUCKET;
  if (term->op != RULE_OP_AGGREGATE) return;
  const rule_aggregate *a = &set->aggregates[term->integer];
  need_table(set, a->table, room);
  if (a->sequence != RULE_ALONE) need_table(set, a->table_b, room);
}

gy_status gy_rule_set_needs(const gy_rule_set *set, size_t rule, gy_rule_needs *needs, gy_error *err) {
  need_room *room = calloc(1, sizeof *room);
  if (room == NULL) return no_memory(err);
  const rule_set_uses *uses = &set->uses[rule];
  gy_rule_needs made = {
      .clock = uses->clock, .segments = uses->segments, .n_segments = uses->n_segments, .storage = room};
  if (!make_room(set->catalogue, set->n_terms, room)) {
    gy_rule_needs_clear(&made);
    return no_memory(err);
  }
  room->reached[set->rules[rule]->id] = true;
  rule_reach(set, room->reached);
  for (size_t i = 0; i < set->n_terms; i++)
    if (room->reached[i]) need_term(set, set->terms[i], room, &made);
  made.columns = room->columns;
  made.tables = room->tables;
  made.table_columns = (const bool *const *)room->table_columns;
  *needs = made;
  return GY_OK;
}

void gy_rule_needs_clear(gy_rule_needs *needs) {
  need_room *room = needs->storage;
  if (room != NULL) gy_arena_clear(&room->arena);
  free(room);
  *needs = (gy_rule_needs){.clock = false};
}
