/* SPDX-License-Identifier: Apache-2.0
 *
 * What time alone changes. Two graphs of the same definitions differ in constants only: the ends of windows,
 * today, now. Walking both in step finds them, and nearly all are compared with a time or a number x:
 *
 *   x > c   against   x > d      differ only where x lies between c and d, whatever the sign
 *
 * So a customer has the same answers unless one of its own values or rows lies in such a band; a row later
 * than the earlier now and not than the later one lies in the band that the two make. The bands are a rule:
 * any of them, or a row in one of them. Values inside bands may themselves depend on bands; who is in none of
 * them has the same value for every term, from the columns upwards. Where the graphs differ in any other way,
 * everybody may. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rule/rule_apply.h"
#include "rule/rule_plan.h"

typedef struct band {
  const rule_term *x; /* of `after` */
  double low, high;   /* of numbers */
  int64_t from, to;   /* of moments */
} band;

typedef struct walk {
  const gy_rule_set *before, *after;
  band *bands;
  size_t n_bands, room;
  uint64_t *seen; /* pairs that were walked, as a hash table */
  size_t n_seen, n_slots;
  const bool *rows_before, *rows_after; /* terms that rows are needed for; NULL: all are walked */
  bool everybody, ranked, failed;
} walk;

/* ---- pairs ---- */

static size_t slot_of(const walk *w, uint64_t pair) {
  size_t at = (pair * UINT64_C(0x9E3779B97F4A7C15)) >> 20 & (w->n_slots - 1);
  while (w->seen[at] != 0 && w->seen[at] != pair) at = (at + 1) & (w->n_slots - 1);
  return at;
}

static bool grow_seen(walk *w) {
  walk grown = *w;
  grown.n_slots = w->n_slots > 0 ? w->n_slots * 2 : 1024;
  grown.seen = calloc(grown.n_slots, sizeof *grown.seen);
  if (grown.seen == NULL) return false;
  for (size_t i = 0; i < w->n_slots; i++)
    if (w->seen[i] != 0) grown.seen[slot_of(&grown, w->seen[i])] = w->seen[i];
  free(w->seen);
  *w = grown;
  return true;
}

/* Whether the pair is new. */
static bool is_new(walk *w, const rule_term *a, const rule_term *b) {
  if (2 * (w->n_seen + 1) > w->n_slots && !grow_seen(w)) {
    w->failed = true;
    return false;
  }
  uint64_t pair = ((uint64_t)a->id + 1) << 32 | b->id;
  size_t at = slot_of(w, pair);
  if (w->seen[at] == pair) return false;
  w->seen[at] = pair;
  w->n_seen++;
  return true;
}

/* ---- bands ---- */

static void add_band(walk *w, const band *made) {
  if (w->n_bands == w->room) {
    size_t room = w->room > 0 ? w->room * 2 : 64;
    band *bands = realloc(w->bands, room * sizeof *bands);
    w->failed |= bands == NULL;
    if (bands == NULL) return;
    w->bands = bands;
    w->room = room;
  }
  w->bands[w->n_bands++] = *made;
}

static bool is_number(gy_rule_type type) { return type == GY_RULE_NUMBER || type == GY_RULE_DURATION; }

static void add_moments(walk *w, const rule_term *x, int64_t a, int64_t b) {
  if (x != NULL) add_band(w, &(band){.x = x, .from = a < b ? a : b, .to = a < b ? b : a});
}

static void add_between(walk *w, const rule_term *x, const rule_term *c, const rule_term *d) {
  if (c->is_null || d->is_null || c->type == GY_RULE_TEXT || c->type == GY_RULE_BOOL)
    w->everybody = true;
  else if (is_number(c->type))
    add_band(w, &(band){.x = x, .low = fmin(c->number, d->number), .high = fmax(c->number, d->number)});
  else
    add_moments(w, x, c->integer, d->integer);
}

/* ---- walking ---- */

static void step(walk *w, const rule_term *a, const rule_term *b);

static void step_both(walk *w, const rule_term *a, const rule_term *b) {
  if ((a == NULL) != (b == NULL)) w->everybody = true;
  if (a != NULL && b != NULL) step(w, a, b);
}

static bool same_constant(const rule_term *a, const rule_term *b) {
  return a->is_null == b->is_null && (a->is_null || rule_constant_order(a, b) == 0);
}

/* A difference of moments of which one is the clock's, compared with numbers k and l: c - x > k is x < c - k.
 */
static bool step_difference(walk *w, const rule_term *a, const rule_term *b, const rule_term *k,
                            const rule_term *l) {
  bool days = a->op == RULE_OP_DAYS_BETWEEN && b->op == RULE_OP_DAYS_BETWEEN;
  bool micros = a->op == RULE_OP_MICROS_BETWEEN && b->op == RULE_OP_MICROS_BETWEEN;
  if ((!days && !micros) || k->is_null || l->is_null || fabs(k->number) > 1e17 || fabs(l->number) > 1e17)
    return false;
  for (int side = 0; side < 2; side++) {
    const rule_term *c = a->args[side], *d = b->args[side];
    if (!rule_is_constant(c) || !rule_is_constant(d) || c->is_null || d->is_null) continue;
    const rule_term *x = a->args[1 - side], *y = b->args[1 - side];
    int64_t s = (int64_t)floor(k->number), t = (int64_t)floor(l->number);
    int64_t from = side == 0 ? c->integer - s : c->integer + s,
            to = side == 0 ? d->integer - t : d->integer + t;
    step(w, x, y);
    add_moments(w, y, (from < to ? from : to) - 1, (from < to ? to : from) + 1); /* k may be broken */
    return true;
  }
  return false;
}

static void step_comparison(walk *w, const rule_term *a, const rule_term *b) {
  for (int side = 0; side < 2; side++) {
    const rule_term *c = a->args[side], *d = b->args[side], *x = a->args[1 - side], *y = b->args[1 - side];
    if (!rule_is_constant(c) || !rule_is_constant(d)) continue;
    if (!rule_is_constant(x) && !rule_is_constant(y) && step_difference(w, x, y, c, d)) return;
    step(w, x, y);
    if (!same_constant(c, d)) add_between(w, y, c, d);
    return;
  }
  step(w, a->args[0], b->args[0]);
  step(w, a->args[1], b->args[1]);
}

/* Lists ascend. */
static void step_list(walk *w, const rule_term *a, const rule_term *b) {
  bool same = a->n == b->n;
  for (uint32_t i = 1; i < a->n && same; i++) same = same_constant(a->args[i], b->args[i]);
  step(w, a->args[0], b->args[0]);
  if (same) return;
  const rule_term *low = a->args[1], *high = a->args[a->n - 1];
  if (rule_constant_order(b->args[1], low) < 0) low = b->args[1];
  if (rule_constant_order(b->args[b->n - 1], high) > 0) high = b->args[b->n - 1];
  add_between(w, b->args[0], low, high);
}

static void step_aggregate(walk *w, const rule_term *a, const rule_term *b) {
  const rule_aggregate *x = &w->before->aggregates[a->integer], *y = &w->after->aggregates[b->integer];
  if (x->kind != y->kind || x->sequence != y->sequence || x->table != y->table || x->table_b != y->table_b ||
      x->within_us != y->within_us) {
    w->everybody = true;
    return;
  }
  step_both(w, x->value, y->value);
  step_both(w, x->filter, y->filter);
  step_both(w, x->filter_b, y->filter_b);
  step_both(w, x->time, y->time);
  step_both(w, x->time_b, y->time_b);
  int64_t from = w->before->clock.now_us, to = w->after->clock.now_us;
  if (from == to) return;
  add_moments(w, y->time, from, to); /* rows that lay in the future */
  if (y->sequence != RULE_ALONE) add_moments(w, y->time_b, from, to);
}

static void step_population(walk *w, const rule_term *a, const rule_term *b) {
  const rule_population *x = &w->before->populations[a->integer], *y = &w->after->populations[b->integer];
  w->everybody |= x->kind != y->kind || x->tiles != y->tiles;
  w->ranked = true;
  step_both(w, x->value, y->value);
  step_both(w, x->group, y->group);
}

static bool is_comparison(rule_op op) { return op >= RULE_OP_EQUAL && op <= RULE_OP_AT_LEAST; }

static bool same_sort(const rule_term *a, const rule_term *b) {
  return a->op == b->op && a->type == b->type && a->scope == b->scope && a->text.length == b->text.length &&
         (a->text.length == 0 || memcmp(a->text.data, b->text.data, a->text.length) == 0);
}

/* Both are part of the signature, which tells when they differ. */
static bool is_signed(const walk *w, const rule_term *a, const rule_term *b) {
  return w->rows_before != NULL && rule_is_signed(a, w->rows_before) && rule_is_signed(b, w->rows_after);
}

static void step(walk *w, const rule_term *a, const rule_term *b) {
  if (w->everybody || w->failed || is_signed(w, a, b) || !is_new(w, a, b)) return;
  bool sort = same_sort(a, b);
  if (sort && rule_is_constant(a)) {
    w->everybody |= !same_constant(a, b);
  } else if (sort && a->op == RULE_OP_AGGREGATE) {
    step_aggregate(w, a, b);
  } else if (sort && a->op == RULE_OP_POPULATION) {
    step_population(w, a, b);
  } else if (sort && a->op == RULE_OP_IN) {
    step_list(w, a, b);
  } else if (sort && is_comparison(a->op)) {
    step_comparison(w, a, b);
  } else if (sort && a->n == b->n && a->integer == b->integer) {
    for (uint32_t i = 0; i < a->n; i++) step(w, a->args[i], b->args[i]);
  } else {
    w->everybody = true;
  }
}

/* ---- the rule of the bands ---- */

static rule_term *end_of(gy_rule_set *set, const rule_term *x, double number, int64_t integer) {
  if (!is_number(x->type)) return rule_moment(set, x->type, integer);
  return rule_intern(
      set, &(rule_term){.op = RULE_OP_CONSTANT, .type = x->type, .scope = RULE_SCOPE_ANY, .number = number});
}

static rule_term *inside(gy_rule_set *set, const band *b, rule_term *x) {
  rule_term *low = end_of(set, x, b->low, b->from), *high = end_of(set, x, b->high, b->to);
  if (low == NULL || high == NULL) return NULL;
  rule_term *from = rule_make(set, RULE_OP_AT_LEAST, GY_RULE_BOOL, (rule_term *[]){x, low}, 2);
  rule_term *to = rule_make(set, RULE_OP_AT_MOST, GY_RULE_BOOL, (rule_term *[]){x, high}, 2);
  return from != NULL && to != NULL ? rule_and(set, from, to) : NULL;
}

/* Any of the bands of a scope; NULL and `none`: there are none. */
static rule_term *any_of(const walk *w, gy_rule_set *set, rule_term *const *copies, int scope, bool *none) {
  size_t n = 0;
  rule_term **any = gy_arena_calloc(&set->arena, w->n_bands + 1, sizeof *any);
  *none = false;
  for (size_t i = 0; i < w->n_bands && any != NULL; i++) {
    if (w->bands[i].x->scope != scope) continue;
    any[n] = inside(set, &w->bands[i], copies[w->bands[i].x->id]);
    if (any[n++] == NULL) return NULL;
  }
  *none = any != NULL && n == 0;
  return n > 0 ? rule_make(set, RULE_OP_OR, GY_RULE_BOOL, any, n) : NULL;
}

static rule_term *has_row(gy_rule_set *set, int table, rule_term *filter) {
  int time = rule_time_column(&set->catalogue->tables[table]);
  rule_aggregate count = {.kind = RULE_COUNT, .table = table, .table_b = -1, .filter = filter};
  if (time >= 0)
    count.time = rule_intern(
        set, &(rule_term){.op = RULE_OP_COLUMN, .type = GY_RULE_TIMESTAMP, .scope = table, .integer = time});
  rule_term *zero = rule_number(set, 0);
  rule_term *rows = time < 0 || count.time != NULL ? rule_aggregate_term(set, &count, GY_RULE_NUMBER) : NULL;
  if (rows == NULL || zero == NULL) return NULL;
  return rule_make(set, RULE_OP_GREATER, GY_RULE_BOOL, (rule_term *[]){rows, zero}, 2);
}

static bool write_rule(const walk *w, gy_rule_set *set, rule_term *const *copies) {
  int n_tables = (int)set->catalogue->n_tables;
  rule_term **any = gy_arena_calloc(&set->arena, (size_t)n_tables + 1, sizeof *any);
  size_t n = 0;
  for (int scope = RULE_SCOPE_CUSTOMER; any != NULL && scope < n_tables; scope++) {
    bool none;
    rule_term *term = any_of(w, set, copies, scope, &none);
    if (none) continue;
    if (term != NULL && scope >= 0) term = has_row(set, scope, term);
    if (term == NULL) return false;
    any[n++] = term;
  }
  set->rules[0] = n > 0 ? rule_make(set, RULE_OP_OR, GY_RULE_BOOL, any, n) : NULL;
  return set->rules[0] != NULL && rule_mark_used(set, set->rules, 1);
}

static gy_status make_rule(const walk *w, gy_rule_set **moved, gy_error *err) {
  const gy_rule_set *after = w->after;
  gy_rule_clock clock = after->clock;
  if (w->before->clock.now_us > clock.now_us) clock.now_us = w->before->clock.now_us;
  gy_rule_set *made = NULL;
  gy_status status = rule_set_init(after->catalogue, &clock, 1, &made, err);
  bool *reached = calloc(after->n_terms + 1, sizeof *reached);
  rule_term **copies = calloc(after->n_terms + 1, sizeof *copies);
  bool good = status == GY_OK && reached != NULL && copies != NULL;
  if (good) {
    for (size_t i = 0; i < w->n_bands; i++) reached[w->bands[i].x->id] = true;
    rule_reach(after, reached);
    good = rule_copy_terms(after, reached, made, copies) && write_rule(w, made, copies);
  }
  free(reached);
  free(copies);
  if (good) {
    *moved = made;
    return GY_OK;
  }
  gy_rule_set_destroy(made);
  return status != GY_OK ? status : gy_fail(err, GY_ENOMEM, "no memory to compare rules at two times");
}

static gy_status find_moved(walk *w, gy_rule_movement *movement, gy_rule_set **moved, gy_error *err) {
  gy_status status = GY_OK;
  gy_rule_set *made = NULL;
  for (size_t r = 0; r < w->before->n_rules; r++) step(w, w->before->rules[r], w->after->rules[r]);
  gy_rule_movement found = w->everybody || (w->ranked && w->n_bands > 0) ? GY_RULE_EVERYBODY
                           : w->n_bands > 0                              ? GY_RULE_SOME
                                                                         : GY_RULE_NOBODY;
  if (w->failed) status = gy_fail(err, GY_ENOMEM, "no memory to compare rules at two times");
  if (status == GY_OK && found == GY_RULE_SOME) status = make_rule(w, &made, err);
  free(w->bands);
  free(w->seen);
  if (status != GY_OK) return status;
  *movement = found;
  *moved = made;
  return GY_OK;
}

static gy_status check_pair(const gy_rule_set *before, const gy_rule_set *after, gy_error *err) {
  if (before->n_rules == after->n_rules && before->catalogue == after->catalogue) return GY_OK;
  return gy_fail(err, GY_EUSAGE, "these sets are not of the same definitions and catalogue");
}

gy_status gy_rule_set_moved(const gy_rule_set *before, const gy_rule_set *after, gy_rule_movement *movement,
                            gy_rule_set **moved, gy_error *err) {
  gy_status status = check_pair(before, after, err);
  walk w = {.before = before, .after = after};
  return status == GY_OK ? find_moved(&w, movement, moved, err) : status;
}

gy_status gy_rule_set_moved_rows(const gy_rule_set *before, const gy_rule_set *after,
                                 gy_rule_movement *movement, gy_rule_set **moved, gy_error *err) {
  gy_status status = check_pair(before, after, err);
  if (status != GY_OK) return status;
  bool *rows_before = rule_row_terms(before), *rows_after = rule_row_terms(after);
  walk w = {.before = before, .after = after, .rows_before = rows_before, .rows_after = rows_after};
  status = rows_before != NULL && rows_after != NULL
               ? find_moved(&w, movement, moved, err)
               : gy_fail(err, GY_ENOMEM, "no memory to compare rules at two times");
  free(rows_before);
  free(rows_after);
  return status;
}
