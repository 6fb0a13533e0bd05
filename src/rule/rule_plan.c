/* SPDX-License-Identifier: Apache-2.0
 *
 * Terms by hash (hash-consing, Ershov 1958): an equal term is the same term. Terms whose operands are all
 * constant are computed here, by the code that computes them over columns. */
#include "rule/rule_plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rule/rule_apply.h"

enum { FIRST_ROOM = 64, FOLDED_MOST = 8 };

gy_rule_type rule_storage_type(gy_rule_storage storage) {
  switch (storage) {
    case GY_RULE_AS_TEXT:
      return GY_RULE_TEXT;
    case GY_RULE_AS_BOOL:
      return GY_RULE_BOOL;
    case GY_RULE_AS_DATE:
      return GY_RULE_DATE;
    case GY_RULE_AS_TIMESTAMP:
      return GY_RULE_TIMESTAMP;
    default:
      return GY_RULE_NUMBER;
  }
}

const char *rule_type_name(gy_rule_type type) {
  static const char *const NAMES[] = {"a number", "a text",      "true or false",
                                      "a date",   "a timestamp", "a duration"};
  return NAMES[type];
}

int rule_time_column(const gy_rule_table *table) {
  for (size_t i = 0; table->time != NULL && i < table->n_columns; i++)
    if (strcmp(table->columns[i].name, table->time) == 0) return (int)i;
  return -1;
}

static uint64_t mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * UINT64_C(0x9E3779B97F4A7C15);
  return hash ^ hash >> 29;
}

/* -0 and 0 are two constants. */
static uint64_t bits_of(double number) {
  uint64_t bits;
  memcpy(&bits, &number, sizeof bits);
  return bits;
}

static uint64_t hash_of(const rule_term *term) {
  uint64_t hash = mix((uint64_t)term->op * 64 + term->type, (uint64_t)(term->scope + 2) * 2 + term->is_null);
  hash = mix(mix(hash, bits_of(term->number)), (uint64_t)term->integer);
  for (size_t i = 0; i < term->text.length; i++) hash = mix(hash, (unsigned char)term->text.data[i]);
  for (size_t i = 0; i < term->n; i++) hash = mix(hash, term->args[i]->id);
  return hash;
}

static bool same(const rule_term *a, const rule_term *b) {
  return a->hash == b->hash && a->op == b->op && a->type == b->type && a->scope == b->scope &&
         a->is_null == b->is_null && a->n == b->n && a->integer == b->integer &&
         bits_of(a->number) == bits_of(b->number) && a->text.length == b->text.length &&
         (a->n == 0 || memcmp(a->args, b->args, a->n * sizeof *a->args) == 0) &&
         (a->text.length == 0 || memcmp(a->text.data, b->text.data, a->text.length) == 0);
}

/* ---- magnitudes: what a number's absolute value can be where it is not 0, as powers of 2 ---- */

static int most(int a, int b) { return a > b ? a : b; }
static int least(int a, int b) { return a < b ? a : b; }

static void bound_column(const gy_rule_set *set, rule_term *term) {
  static const int LOW[] = {0, -14, -50}, HIGH[] = {53, 40, 50};
  gy_rule_storage storage = rule_column_of(set, term->scope, term->integer)->storage;
  if (storage <= GY_RULE_AS_REAL) {
    term->low = LOW[storage];
    term->high = HIGH[storage];
  }
}

static void bound(const gy_rule_set *set, rule_term *term) {
  const rule_term *a = term->n > 0 ? term->args[0] : NULL, *b = term->n > 1 ? term->args[1] : NULL;
  term->low = 0;
  term->high = 64;
  switch (term->op) {
    case RULE_OP_CONSTANT:
      (void)frexp(term->number, &term->high), term->low = term->high - 1;
      break;
    case RULE_OP_COLUMN:
      bound_column(set, term);
      break;
    case RULE_OP_AGGREGATE: {
      const rule_aggregate *aggregate = &set->aggregates[term->integer];
      bool is_value =
          aggregate->kind != RULE_COUNT && aggregate->kind != RULE_SUM && aggregate->kind != RULE_DISTINCT;
      term->low = is_value ? aggregate->value->low : -14;
      term->high = is_value ? aggregate->value->high : 54;
      break;
    }
    case RULE_OP_POPULATION:
      term->low = -200;
      break;
    case RULE_OP_NEGATE:
    case RULE_OP_ABS:
      term->low = a->low, term->high = a->high;
      break;
    case RULE_OP_FLOOR:
    case RULE_OP_CEIL:
      term->high = most(a->high, 0) + 1;
      break;
    case RULE_OP_ADD:
    case RULE_OP_SUBTRACT:
      term->low = least(a->low, b->low) - 53, term->high = most(a->high, b->high) + 1;
      break;
    case RULE_OP_MULTIPLY:
      term->low = a->low + b->low - 1, term->high = a->high + b->high + 1;
      break;
    case RULE_OP_DIVIDE:
      term->low = a->low - b->high - 1, term->high = a->high - b->low + 1;
      break;
    case RULE_OP_LEAST:
    case RULE_OP_GREATEST:
    case RULE_OP_COALESCE:
      for (size_t i = 0; i < term->n; i++) {
        term->low = i == 0 ? term->args[i]->low : least(term->low, term->args[i]->low);
        term->high = i == 0 ? term->args[i]->high : most(term->high, term->args[i]->high);
      }
      break;
    default:
      break;
  }
}

/* ---- interning ---- */

static bool grow_slots(gy_rule_set *set) {
  size_t n = set->n_slots > 0 ? set->n_slots * 2 : 4 * FIRST_ROOM;
  uint32_t *slots = gy_arena_calloc(&set->arena, n, sizeof *slots);
  if (slots == NULL) return false;
  for (size_t i = 0; i < set->n_terms; i++) {
    size_t at = set->terms[i]->hash & (n - 1);
    while (slots[at] != 0) at = (at + 1) & (n - 1);
    slots[at] = (uint32_t)i + 1;
  }
  set->slots = slots;
  set->n_slots = n;
  return true;
}

/* Room for one more item of a list in the arena, which keeps the old lists until the set ends. */
static bool grow_list(gy_rule_set *set, void *list, size_t n, size_t *room, size_t bytes) {
  if (n < *room) return true;
  size_t more = *room > 0 ? *room * 2 : FIRST_ROOM;
  void *items = gy_arena_calloc(&set->arena, more, bytes);
  if (items == NULL) return false;
  if (n > 0) memcpy(items, *(void **)list, n * bytes);
  *(void **)list = items;
  *room = more;
  return true;
}

rule_term *rule_intern(gy_rule_set *set, const rule_term *draft) {
  rule_term key = *draft;
  key.hash = hash_of(&key);
  if ((set->n_terms + 1) * 2 > set->n_slots && !grow_slots(set)) return NULL;
  size_t at = key.hash & (set->n_slots - 1);
  for (; set->slots[at] != 0; at = (at + 1) & (set->n_slots - 1))
    if (same(set->terms[set->slots[at] - 1], &key)) return set->terms[set->slots[at] - 1];
  if (!grow_list(set, &set->terms, set->n_terms, &set->terms_room, sizeof *set->terms)) return NULL;
  rule_term *term = gy_arena_alloc(&set->arena, sizeof *term);
  rule_term **args = key.n > 0 ? gy_arena_alloc(&set->arena, key.n * sizeof *args) : NULL;
  char *text = key.text.length > 0 ? gy_arena_strndup(&set->arena, key.text.data, key.text.length) : "";
  if (term == NULL || (key.n > 0 && args == NULL) || text == NULL) return NULL;
  if (key.n > 0) memcpy(args, key.args, key.n * sizeof *args);
  *term = key;
  term->args = args;
  term->text.data = text;
  term->id = (uint32_t)set->n_terms;
  bound(set, term);
  term->ranked = term->op == RULE_OP_POPULATION;
  for (size_t i = 0; i < term->n; i++) term->ranked |= term->args[i]->ranked;
  set->terms[set->n_terms++] = term;
  set->slots[at] = term->id + 1;
  return term;
}

/* A term over constants, as a constant. */
static rule_term *fold(gy_rule_set *set, const rule_term *term) {
  enum { OPERANDS = FOLDED_MOST };
  union {
    int64_t integer;
    double number;
    gy_rule_text text;
    uint8_t truth;
  } values[OPERANDS + 1];
  uint8_t valid[OPERANDS + 1];
  rule_lane lanes[OPERANDS + 1];
  const rule_lane *args[OPERANDS];
  memset(values, 0, sizeof values);
  for (size_t i = 0; i <= OPERANDS; i++) lanes[i] = (rule_lane){&values[i], &valid[i]};
  for (size_t i = 0; i < term->n; i++) {
    rule_apply(term->args[i], NULL, 1, &set->zone, &lanes[i]);
    args[i] = &lanes[i];
  }
  rule_apply(term, args, 1, &set->zone, &lanes[OPERANDS]);
  rule_term constant = {
      .op = RULE_OP_CONSTANT, .type = term->type, .scope = RULE_SCOPE_ANY, .is_null = !valid[OPERANDS]};
  if (constant.is_null) return rule_intern(set, &constant);
  switch (term->type) {
    case GY_RULE_NUMBER:
    case GY_RULE_DURATION:
      constant.number = values[OPERANDS].number;
      break;
    case GY_RULE_TEXT:
      constant.text = values[OPERANDS].text;
      break;
    case GY_RULE_BOOL:
      constant.integer = values[OPERANDS].truth;
      break;
    default:
      constant.integer = values[OPERANDS].integer;
  }
  return rule_intern(set, &constant);
}

static bool can_fold(const rule_term *term) {
  bool constant = term->n > 0 && term->n <= FOLDED_MOST && term->op != RULE_OP_IN;
  for (size_t i = 0; i < term->n && constant; i++) constant = rule_is_constant(term->args[i]);
  return constant;
}

static rule_term *complete(gy_rule_set *set, rule_term *draft) {
  draft->scope = RULE_SCOPE_ANY;
  for (size_t i = 0; i < draft->n; i++) {
    if (draft->args[i] == NULL) return NULL;
    if (draft->args[i]->scope != RULE_SCOPE_ANY) draft->scope = draft->args[i]->scope;
  }
  return can_fold(draft) ? fold(set, draft) : rule_intern(set, draft);
}

/* `true and x` is x, `false and x` is false; for `or` the other way round. */
static rule_term *simplify_logic(gy_rule_set *set, rule_op op, rule_term *const *args, size_t n) {
  bool neutral = op == RULE_OP_AND;
  rule_term **kept = gy_arena_calloc(&set->arena, n, sizeof *kept);
  size_t n_kept = 0;
  if (kept == NULL) return NULL;
  for (size_t i = 0; i < n; i++) {
    if (args[i] == NULL) return NULL;
    bool known = rule_is_constant(args[i]) && !args[i]->is_null;
    if (known && (args[i]->integer != 0) != neutral) return args[i];
    size_t seen = n_kept < FIRST_ROOM ? 0 : n_kept; /* long lists are not searched */
    while (seen < n_kept && kept[seen] != args[i]) seen++;
    if (!known && seen == n_kept) kept[n_kept++] = args[i];
  }
  if (n_kept == 0) return rule_truth(set, neutral);
  if (n_kept == 1) return kept[0];
  rule_term draft = {.op = op, .type = GY_RULE_BOOL, .args = kept, .n = (uint32_t)n_kept};
  return complete(set, &draft);
}

rule_term *rule_make(gy_rule_set *set, rule_op op, gy_rule_type type, rule_term *const *args, size_t n) {
  if (op == RULE_OP_AND || op == RULE_OP_OR) return simplify_logic(set, op, args, n);
  rule_term draft = {.op = op, .type = type, .args = (rule_term **)args, .n = (uint32_t)n};
  return complete(set, &draft);
}

rule_term *rule_make_with(gy_rule_set *set, rule_op op, gy_rule_type type, rule_term *a, int64_t integer) {
  rule_term draft = {.op = op, .type = type, .args = &a, .n = 1, .integer = integer};
  return complete(set, &draft);
}

rule_term *rule_number(gy_rule_set *set, double number) {
  return rule_intern(
      set, &(rule_term){
               .op = RULE_OP_CONSTANT, .type = GY_RULE_NUMBER, .scope = RULE_SCOPE_ANY, .number = number});
}

rule_term *rule_truth(gy_rule_set *set, bool truth) { return rule_moment(set, GY_RULE_BOOL, truth); }

rule_term *rule_moment(gy_rule_set *set, gy_rule_type type, int64_t integer) {
  return rule_intern(
      set, &(rule_term){.op = RULE_OP_CONSTANT, .type = type, .scope = RULE_SCOPE_ANY, .integer = integer});
}

rule_term *rule_and(gy_rule_set *set, rule_term *a, rule_term *b) {
  if (a == NULL || b == NULL) return a == NULL ? b : a;
  return rule_make(set, RULE_OP_AND, GY_RULE_BOOL, (rule_term *[]){a, b}, 2);
}

static bool same_aggregate(const rule_aggregate *a, const rule_aggregate *b) {
  return a->kind == b->kind && a->sequence == b->sequence && a->table == b->table &&
         a->table_b == b->table_b && a->value == b->value && a->filter == b->filter &&
         a->filter_b == b->filter_b && a->within_us == b->within_us;
}

rule_term *rule_aggregate_term(gy_rule_set *set, const rule_aggregate *aggregate, gy_rule_type type) {
  for (size_t i = 0; i < set->n_aggregates; i++)
    if (same_aggregate(&set->aggregates[i], aggregate)) return set->aggregates[i].term;
  if (!grow_list(set, &set->aggregates, set->n_aggregates, &set->aggregates_room, sizeof *set->aggregates))
    return NULL;
  rule_aggregate *made = &set->aggregates[set->n_aggregates];
  *made = *aggregate;
  made->term = rule_intern(set, &(rule_term){.op = RULE_OP_AGGREGATE,
                                             .type = type,
                                             .scope = RULE_SCOPE_CUSTOMER,
                                             .integer = (int64_t)set->n_aggregates});
  set->n_aggregates += made->term != NULL;
  return made->term;
}

rule_term *rule_population_term(gy_rule_set *set, const rule_population *population) {
  for (size_t i = 0; i < set->n_populations; i++) {
    const rule_population *other = &set->populations[i];
    if (other->kind == population->kind && other->value == population->value &&
        other->group == population->group && other->tiles == population->tiles)
      return other->term;
  }
  if (!grow_list(set, &set->populations, set->n_populations, &set->populations_room,
                 sizeof *set->populations))
    return NULL;
  rule_population *made = &set->populations[set->n_populations];
  *made = *population;
  made->term = rule_intern(set, &(rule_term){.op = RULE_OP_POPULATION,
                                             .type = GY_RULE_NUMBER,
                                             .scope = RULE_SCOPE_CUSTOMER,
                                             .integer = (int64_t)set->n_populations});
  set->n_populations += made->term != NULL;
  return made->term;
}

static void reach(bool *reached, const rule_term *term) {
  if (term != NULL) reached[term->id] = true;
}

/* Operands stand before what they serve, so that one pass from the end reaches all. */
void rule_reach(const gy_rule_set *set, bool *reached) {
  for (size_t id = set->n_terms; id-- > 0;) {
    const rule_term *term = set->terms[id];
    if (!reached[id]) continue;
    for (size_t i = 0; i < term->n; i++) reach(reached, term->args[i]);
    if (term->op == RULE_OP_AGGREGATE) {
      const rule_aggregate *aggregate = &set->aggregates[term->integer];
      reach(reached, aggregate->value);
      reach(reached, aggregate->filter);
      reach(reached, aggregate->filter_b);
      reach(reached, aggregate->time);
      reach(reached, aggregate->time_b);
    } else if (term->op == RULE_OP_POPULATION) {
      reach(reached, set->populations[term->integer].value);
      reach(reached, set->populations[term->integer].group);
    }
  }
}

bool rule_mark_used(gy_rule_set *set, rule_term *const *roots, size_t n) {
  bool *reached = gy_arena_calloc(&set->arena, set->n_terms + 1, sizeof *reached);
  if (reached == NULL) return false;
  for (size_t i = 0; i < n; i++) reach(reached, roots[i]);
  rule_reach(set, reached);
  for (size_t id = 0; id < set->n_terms; id++) set->terms[id]->used |= reached[id];
  return true;
}

static bool reads(const gy_rule_set *set, rule_op op, int scope, size_t column) {
  for (size_t i = 0; i < set->n_terms; i++) {
    const rule_term *term = set->terms[i];
    if (term->used && term->op == op && term->scope == scope &&
        (op == RULE_OP_BUCKET || term->integer == (int64_t)column))
      return true;
  }
  return false;
}

bool gy_rule_set_reads_column(const gy_rule_set *set, size_t column) {
  return reads(set, RULE_OP_COLUMN, RULE_SCOPE_CUSTOMER, column);
}

bool gy_rule_set_reads_ids(const gy_rule_set *set) {
  return reads(set, RULE_OP_BUCKET, RULE_SCOPE_CUSTOMER, 0);
}

bool gy_rule_set_reads_table(const gy_rule_set *set, size_t table) {
  for (size_t i = 0; i < set->n_aggregates; i++) {
    const rule_aggregate *aggregate = &set->aggregates[i];
    if (aggregate->term->used && (aggregate->table == (int)table ||
                                  (aggregate->sequence != RULE_ALONE && aggregate->table_b == (int)table)))
      return true;
  }
  return false;
}

/* The time of rows is always read, as later ones than now do not count. */
bool gy_rule_set_reads_table_column(const gy_rule_set *set, size_t table, size_t column) {
  bool is_time = rule_time_column(&set->catalogue->tables[table]) == (int)column;
  return (is_time && gy_rule_set_reads_table(set, table)) || reads(set, RULE_OP_COLUMN, (int)table, column);
}

/* All of them, so that the numbers p0, p1, ... stay. */
size_t gy_rule_set_populations(const gy_rule_set *set) {
  bool any = false;
  for (size_t i = 0; i < set->n_populations; i++) any |= set->populations[i].term->used;
  return any ? set->n_populations : 0;
}
