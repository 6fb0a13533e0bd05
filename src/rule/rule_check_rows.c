/* SPDX-License-Identifier: Apache-2.0
 *
 * Aggregates over a customer's rows, and windows. A window is two bounds on the rows' time, so it becomes
 * part of the filter; avg is sum / count, exists is count > 0, and what is counted merges into the filter. */
#include <string.h>

#include "rule/rule_check.h"

typedef struct bounds {
  bool has_low, has_high;
  rule_op low_op, high_op;
  int64_t low, high; /* day numbers or microseconds */
} bounds;

static rule_term *window_end(rule_checker *c, const rule_ast *ast, gy_rule_type type) {
  int scope = c->scope;
  c->scope = RULE_SCOPE_CUSTOMER;
  rule_term *end = rule_check(c, ast);
  c->scope = scope;
  if (end == NULL) return NULL;
  bool moment = end->type == GY_RULE_DATE || (end->type == GY_RULE_TIMESTAMP && type == GY_RULE_TIMESTAMP);
  if (!moment || !rule_is_constant(end) || end->is_null)
    return rule_refuse(c, ast->at, "a window ends at a fixed %s, such as 2026-01-01%s",
                       type == GY_RULE_DATE ? "date" : "moment",
                       type == GY_RULE_DATE ? "" : " or 7 days ago");
  return end;
}

/* Days from `first` up to but not including `next`, as bounds on a date or timestamp. */
static bounds whole_days(const rule_checker *c, gy_rule_type type, int64_t first, int64_t next) {
  const rule_zone *zone = &c->set->zone;
  bool date = type == GY_RULE_DATE;
  return (bounds){.has_low = true,
                  .has_high = true,
                  .low_op = RULE_OP_AT_LEAST,
                  .high_op = RULE_OP_LESS,
                  .low = date ? first : rule_zone_day_start(zone, first),
                  .high = date ? next : rule_zone_day_start(zone, next)};
}

static bounds last_units(const rule_checker *c, gy_rule_type type, rule_unit unit, int64_t amount) {
  const rule_zone *zone = &c->set->zone;
  bounds b = {.has_low = true,
              .has_high = true,
              .low_op = RULE_OP_GREATER,
              .high_op = RULE_OP_AT_MOST,
              .high = c->set->clock.now_us};
  if (type == GY_RULE_TIMESTAMP) {
    b.low = rule_zone_add(zone, b.high, unit, -amount);
    return b;
  }
  b.high = rule_zone_day(zone, c->set->clock.now_us);
  int months = rule_unit_months(unit);
  b.low = months > 0 ? rule_add_months(b.high, -amount * months) : b.high - amount * rule_unit_days(unit);
  return b;
}

/* The span of one end: a day's first and next instant, or the instant itself twice. */
static bounds end_span(const rule_checker *c, gy_rule_type type, const rule_term *end) {
  if (end->type == GY_RULE_DATE) return whole_days(c, type, end->integer, end->integer + 1);
  return (bounds){
      .low_op = RULE_OP_AT_LEAST, .high_op = RULE_OP_AT_MOST, .low = end->integer, .high = end->integer};
}

static bounds from_ends(const rule_checker *c, gy_rule_type type, rule_window window, const rule_term *a,
                        const rule_term *b) {
  bounds first = end_span(c, type, a), last = end_span(c, type, b);
  bounds all = {.low_op = first.low_op, .low = first.low, .high_op = last.high_op, .high = last.high};
  all.has_low = window == RULE_SINCE || window == RULE_ON || window == RULE_FROM || window == RULE_AFTER;
  all.has_high = window == RULE_UNTIL || window == RULE_ON || window == RULE_FROM || window == RULE_BEFORE;
  if (window == RULE_BEFORE) {
    all.high = last.low;
    all.high_op = RULE_OP_LESS;
  }
  if (window == RULE_AFTER) {
    all.low = first.high;
    all.low_op = a->type == GY_RULE_DATE ? RULE_OP_AT_LEAST : RULE_OP_GREATER;
  }
  return all;
}

static int64_t in_calendar(gy_rule_type type, int64_t value) {
  int64_t unit = type == GY_RULE_DATE ? 1 : RULE_DAY_US;
  return value < RULE_FIRST_DAY * unit  ? RULE_FIRST_DAY * unit
         : value > RULE_LAST_DAY * unit ? RULE_LAST_DAY * unit
                                        : value;
}

static rule_term *inside(rule_checker *c, rule_term *moment, const bounds *b) {
  gy_rule_set *set = c->set;
  rule_term *low = NULL, *high = NULL;
  if (b->has_low) {
    low = rule_made(c, rule_moment(set, moment->type, in_calendar(moment->type, b->low)));
    low = low != NULL ? rule_made(c, rule_make(set, b->low_op, GY_RULE_BOOL, (rule_term *[]){moment, low}, 2))
                      : NULL;
  }
  if (b->has_high) {
    high = rule_made(c, rule_moment(set, moment->type, in_calendar(moment->type, b->high)));
    high = high != NULL
               ? rule_made(c, rule_make(set, b->high_op, GY_RULE_BOOL, (rule_term *[]){moment, high}, 2))
               : NULL;
  }
  return c->status == GY_OK ? rule_made(c, rule_and(set, low, high)) : NULL;
}

rule_term *rule_check_window(rule_checker *c, const rule_ast *window, rule_term *moment) {
  gy_rule_type type = moment->type;
  rule_unit unit = (rule_unit)window->unit;
  rule_window what = (rule_window)window->what;
  bounds b;
  c->uses->clock |= what <= RULE_PREVIOUS;
  if (!rule_has_amount(c, window)) return NULL;
  if (what == RULE_LAST) {
    if (type == GY_RULE_DATE && unit < RULE_DAY)
      return rule_refuse(c, window->at,
                         "a date has no time of day; this window counts days, weeks, months or years");
    b = last_units(c, type, unit, window->integer);
  } else if (what == RULE_THIS || what == RULE_PREVIOUS) {
    int64_t today = rule_zone_day(&c->set->zone, c->set->clock.now_us);
    int step = what == RULE_THIS ? 0 : -1;
    b = whole_days(c, type, rule_unit_start(unit, today, step), rule_unit_start(unit, today, step + 1));
  } else {
    rule_term *first = window_end(c, window->args[0], type), *last = first;
    if (first != NULL && window->n > 1) last = window_end(c, window->args[1], type);
    if (first == NULL || last == NULL) return NULL;
    b = from_ends(c, type, what, first, last);
  }
  return inside(c, moment, &b);
}

/* ---- rows ---- */

static gy_rule_text first_qualifier(const rule_ast *ast) {
  gy_rule_text found = ast->kind == RULE_AST_NAME ? ast->qualifier : (gy_rule_text){NULL, 0};
  for (size_t i = 0; i < ast->n && found.data == NULL; i++)
    if (ast->args[i] != NULL) found = first_qualifier(ast->args[i]);
  return found;
}

/* The table of a subject; `whole` when it is the table itself. -1: refused. */
static int find_table(rule_checker *c, const rule_ast *subject, bool *whole) {
  const gy_rule_catalogue *catalogue = c->set->catalogue;
  gy_rule_text name = first_qualifier(subject);
  *whole = name.data == NULL && subject->kind == RULE_AST_NAME;
  if (*whole) name = subject->text;
  if (name.data == NULL) {
    rule_refuse(c, subject->at, "rows of which table? write count(orders) or sum(orders.amount)");
    return -1;
  }
  rule_suggestion near = {.wanted = name};
  char hint[160];
  for (size_t i = 0; i < catalogue->n_tables; i++) {
    if (strcmp(catalogue->tables[i].name, name.data) == 0) return (int)i;
    rule_suggest(&near, catalogue->tables[i].name);
  }
  rule_refuse(c, subject->at, "unknown table '%.200s'%s", name.data,
              rule_suggested(&near, hint, sizeof hint));
  return -1;
}

typedef struct rows {
  int table;
  rule_term *value;  /* NULL: the rows themselves */
  rule_term *filter; /* NULL: all */
  rule_term *time;   /* NULL: the table has none */
} rows;

static bool check_rows(rule_checker *c, const rule_ast *ast, rows *out) {
  bool whole;
  *out = (rows){.table = find_table(c, ast->args[0], &whole)};
  if (out->table < 0) return false;
  int time = rule_time_column(&c->set->catalogue->tables[out->table]);
  c->uses->clock |= time >= 0; /* later rows than now do not count yet */
  if (time >= 0)
    out->time = rule_made(c, rule_intern(c->set, &(rule_term){.op = RULE_OP_COLUMN,
                                                              .type = GY_RULE_TIMESTAMP,
                                                              .scope = out->table,
                                                              .integer = time}));
  c->scope = out->table;
  if (!whole) out->value = rule_check(c, ast->args[0]);
  if (c->status == GY_OK && ast->args[1] != NULL)
    out->filter = rule_check_as(c, ast->args[1], GY_RULE_BOOL, "`where` takes a condition");
  c->scope = RULE_SCOPE_CUSTOMER;
  if (c->status == GY_OK && !whole && rule_is_constant(out->value))
    rule_refuse(c, ast->args[0]->at, "this is the same for every row");
  return c->status == GY_OK;
}

static rule_term *time_of(rule_checker *c, const rows *of, size_t at) {
  if (of->time == NULL)
    rule_refuse(c, at, "rows of %s have no time", c->set->catalogue->tables[of->table].name);
  return of->time;
}

static bool add_window(rule_checker *c, const rule_ast *window, rows *of) {
  if (window == NULL) return true;
  rule_term *time = time_of(c, of, window->at);
  rule_term *within = time != NULL ? rule_check_window(c, window, time) : NULL;
  if (within == NULL) return false;
  of->filter = rule_made(c, rule_and(c->set, of->filter, within));
  return of->filter != NULL;
}

static bool only_known(rule_checker *c, rows *of, rule_term *value) {
  rule_term *unknown = rule_made(c, rule_make(c->set, RULE_OP_IS_NULL, GY_RULE_BOOL, &value, 1));
  rule_term *known =
      unknown != NULL ? rule_made(c, rule_make(c->set, RULE_OP_NOT, GY_RULE_BOOL, &unknown, 1)) : NULL;
  if (known == NULL) return false;
  of->filter = rule_made(c, rule_and(c->set, of->filter, known));
  return of->filter != NULL;
}

static rule_term *count_term(rule_checker *c, rows of) {
  if (of.value != NULL && !only_known(c, &of, of.value)) return NULL;
  rule_aggregate count = {
      .kind = RULE_COUNT, .table = of.table, .table_b = -1, .filter = of.filter, .time = of.time};
  return rule_made(c, rule_aggregate_term(c->set, &count, GY_RULE_NUMBER));
}

static rule_term *above_zero(rule_checker *c, rule_term *count) {
  rule_term *zero = count != NULL ? rule_made(c, rule_number(c->set, 0)) : NULL;
  return zero != NULL
             ? rule_made(c, rule_make(c->set, RULE_OP_GREATER, GY_RULE_BOOL, (rule_term *[]){count, zero}, 2))
             : NULL;
}

/* Rows of A for which rows of B follow, later and within the time; `without`: for which none does, and the
 * time is over. */
static rule_term *check_sequence(rule_checker *c, const rule_ast *ast, rows a) {
  const rule_ast *duration = ast->args[RULE_ROWS_WITHIN];
  rows b;
  if (!rule_has_amount(c, duration)) return NULL;
  if (ast->what != RULE_COUNT && ast->what != RULE_EXISTS)
    return rule_refuse(c, ast->at, "sequences are counted: count(A then B within 7 days), or exists(...)");
  if (!check_rows(c, ast->args[RULE_ROWS_B], &b)) return NULL;
  if (a.value != NULL || b.value != NULL)
    return rule_refuse(c, ast->args[RULE_ROWS_A]->at, "a sequence is of rows: name tables, not columns");
  int64_t within = rule_unit_us((rule_unit)duration->unit) * duration->integer;
  if (within <= 0)
    return rule_refuse(c, duration->at, "this time is counted in weeks, days, hours or less, and is not 0");
  rule_term *time = time_of(c, &a, ast->args[RULE_ROWS_A]->at),
            *time_b = time != NULL ? time_of(c, &b, ast->args[RULE_ROWS_B]->at) : NULL;
  if (time_b == NULL || !add_window(c, ast->args[RULE_ROWS_WINDOW], &a)) return NULL;
  bool sound = only_known(c, &a, time) && only_known(c, &b, time_b);
  if (sound && ast->sequence == RULE_WITHOUT) {
    bounds over = {.has_high = true, .high_op = RULE_OP_AT_MOST, .high = c->set->clock.now_us - within};
    rule_term *past = inside(c, time, &over);
    a.filter = past != NULL ? rule_made(c, rule_and(c->set, a.filter, past)) : NULL;
  }
  if (c->status != GY_OK) return NULL;
  rule_aggregate sequence = {.kind = RULE_COUNT,
                             .sequence = (rule_sequence)ast->sequence,
                             .table = a.table,
                             .table_b = b.table,
                             .filter = a.filter,
                             .filter_b = b.filter,
                             .time = time,
                             .time_b = time_b,
                             .within_us = within};
  rule_term *count = rule_made(c, rule_aggregate_term(c->set, &sequence, GY_RULE_NUMBER));
  return ast->what == RULE_EXISTS ? above_zero(c, count) : count;
}

static rule_term *average_term(rule_checker *c, rows of) {
  rule_aggregate sum = {.kind = RULE_SUM,
                        .table = of.table,
                        .table_b = -1,
                        .value = of.value,
                        .filter = of.filter,
                        .time = of.time};
  rule_term *total = rule_made(c, rule_aggregate_term(c->set, &sum, GY_RULE_NUMBER)),
            *count = total != NULL ? count_term(c, of) : NULL;
  return count != NULL ? rule_made(c, rule_make(c->set, RULE_OP_DIVIDE, GY_RULE_NUMBER,
                                                (rule_term *[]){total, count}, 2))
                       : NULL;
}

static rule_term *value_term(rule_checker *c, const rule_ast *ast, rows of) {
  rule_aggregate_kind kind = (rule_aggregate_kind)ast->what;
  const char *name = rule_aggregate_name(kind);
  size_t at = ast->args[RULE_ROWS_A]->at;
  if (of.value == NULL)
    return rule_refuse(c, at, "%s needs a column: %s(%s.amount)", name, name,
                       c->set->catalogue->tables[of.table].name);
  gy_rule_type type = of.value->type;
  bool sums = kind == RULE_SUM || kind == RULE_AVERAGE;
  if (sums && type != GY_RULE_NUMBER)
    return rule_refuse(c, at, "%s adds numbers, and this is %s", name, rule_type_name(type));
  if (type == GY_RULE_DURATION)
    return rule_refuse(c, at, "%s takes no duration; divide it: (b - a) / 1 hours", name);
  if (kind == RULE_AVERAGE) return average_term(c, of);
  bool ordered = kind == RULE_FIRST || kind == RULE_LATEST;
  if (type == GY_RULE_BOOL && (kind == RULE_MIN || kind == RULE_MAX || ordered || kind == RULE_DISTINCT))
    return rule_refuse(c, at, "%s takes no condition; count the rows where it holds", name);
  rule_term *time = ordered ? time_of(c, &of, at) : NULL;
  if (c->status != GY_OK || (ordered && !only_known(c, &of, time))) return NULL;
  rule_aggregate aggregate = {.kind = kind,
                              .table = of.table,
                              .table_b = -1,
                              .value = of.value,
                              .filter = of.filter,
                              .time = of.time};
  return rule_made(c, rule_aggregate_term(c->set, &aggregate, kind == RULE_DISTINCT ? GY_RULE_NUMBER : type));
}

bool rule_afford(rule_checker *c, const rule_ast *ast, size_t effort) {
  c->effort += effort;
  if (c->effort <= GY_RULE_EFFORT_MAX) return true;
  rule_refuse(c, ast->at,
              "a rule asks for at most %d aggregates of rows; a sequence or a comparison with all customers "
              "counts as ten",
              GY_RULE_EFFORT_MAX);
  return false;
}

rule_term *rule_check_aggregate(rule_checker *c, const rule_ast *ast) {
  rows of;
  if (!rule_afford(c, ast, ast->sequence != RULE_ALONE ? 10 : 1)) return NULL;
  if (c->scope >= 0)
    return rule_refuse(c, ast->at, "%s cannot stand inside another; compare the two outside",
                       rule_aggregate_name((rule_aggregate_kind)ast->what));
  if (!check_rows(c, ast->args[RULE_ROWS_A], &of)) return NULL;
  if (ast->sequence != RULE_ALONE) return check_sequence(c, ast, of);
  if (!add_window(c, ast->args[RULE_ROWS_WINDOW], &of)) return NULL;
  if (ast->what == RULE_COUNT) return count_term(c, of);
  if (ast->what == RULE_EXISTS) return above_zero(c, count_term(c, of));
  return value_term(c, ast, of);
}
