/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers, dates and durations joined by + - * /. Whatever could leave the range of numbers is refused here,
 * so that no back end has to. */
#include "rule/rule_check.h"

enum { BITS_MOST = 960 }; /* 2^-960 .. 2^960: about 1e-289 .. 1e289 */

static rule_term *bounded(rule_checker *c, size_t at, rule_term *term) {
  if (term != NULL && (term->low < -BITS_MOST || term->high > BITS_MOST))
    return rule_refuse(
        c, at,
        "the value could become too large or too small for a number; multiply or divide fewer factors");
  return rule_made(c, term);
}

/* A date or instant and a duration written as such. */
static rule_term *add_duration(rule_checker *c, const rule_ast *ast, rule_term *moment,
                               const rule_ast *duration, int sign) {
  gy_rule_set *set = c->set;
  rule_unit unit = (rule_unit)duration->unit;
  int64_t amount = sign * duration->integer;
  int months = rule_unit_months(unit), days = rule_unit_days(unit);
  if (moment->type == GY_RULE_DATE) {
    if (months == 0 && days == 0)
      return rule_refuse(c, duration->at, "a date moves by whole days; a time of day needs a timestamp");
    rule_op op = months > 0 ? RULE_OP_ADD_MONTHS : RULE_OP_ADD_DAYS;
    return rule_made(c, rule_make_with(set, op, GY_RULE_DATE, moment, amount * (months > 0 ? months : days)));
  }
  if (moment->type != GY_RULE_TIMESTAMP)
    return rule_refuse(c, ast->at, "a duration is added to a date or a timestamp, and this is %s",
                       rule_type_name(moment->type));
  if (rule_is_constant(moment) && !moment->is_null)
    return rule_made(
        c, rule_moment(set, GY_RULE_TIMESTAMP, rule_zone_add(&set->zone, moment->integer, unit, amount)));
  if (unit >= RULE_DAY)
    return rule_refuse(c, duration->at,
                       "days and months move dates: write date(...) %c %lld %s, or compare with %lld %s ago",
                       sign < 0 ? '-' : '+', (long long)duration->integer, rule_unit_name(unit),
                       (long long)duration->integer, rule_unit_name(unit));
  return rule_made(
      c, rule_make_with(set, RULE_OP_ADD_MICROS, GY_RULE_TIMESTAMP, moment, amount * rule_unit_us(unit)));
}

static rule_term *subtract_moments(rule_checker *c, rule_term *a, rule_term *b) {
  if (a->type == GY_RULE_TIMESTAMP && b->type == GY_RULE_TIMESTAMP)
    return rule_made(c,
                     rule_make(c->set, RULE_OP_MICROS_BETWEEN, GY_RULE_DURATION, (rule_term *[]){a, b}, 2));
  if (a->type == GY_RULE_TIMESTAMP) a = rule_local_date(c, a);
  if (b->type == GY_RULE_TIMESTAMP) b = rule_local_date(c, b);
  return a != NULL && b != NULL
             ? rule_made(c, rule_make(c->set, RULE_OP_DAYS_BETWEEN, GY_RULE_NUMBER, (rule_term *[]){a, b}, 2))
             : NULL;
}

rule_term *rule_check_arithmetic(rule_checker *c, const rule_ast *ast) {
  static const rule_op OPS[] = {RULE_OP_ADD, RULE_OP_SUBTRACT, RULE_OP_MULTIPLY, RULE_OP_DIVIDE};
  const rule_ast *right = ast->args[1];
  bool sum = ast->what == RULE_ADD || ast->what == RULE_SUBTRACT;
  rule_term *a = rule_check(c, ast->args[0]);
  if (a == NULL) return NULL;
  if (sum && right->kind == RULE_AST_DURATION && a->type != GY_RULE_DURATION)
    return add_duration(c, ast, a, right, ast->what == RULE_SUBTRACT ? -1 : 1);
  rule_term *b = rule_check(c, right);
  if (b == NULL) return NULL;
  if (ast->what == RULE_SUBTRACT && rule_is_moment(a) && rule_is_moment(b)) return subtract_moments(c, a, b);
  if (rule_is_moment(a) && sum)
    return rule_refuse(c, right->at, "a date moves by a duration: + 7 days, and this is %s",
                       rule_type_name(b->type));
  bool durations = a->type == GY_RULE_DURATION && b->type == GY_RULE_DURATION && ast->what != RULE_MULTIPLY;
  if (!durations && (a->type != GY_RULE_NUMBER || b->type != GY_RULE_NUMBER)) {
    bool left_wrong = a->type != GY_RULE_NUMBER;
    return rule_refuse(c, ast->args[!left_wrong]->at, "this is %s, and arithmetic needs numbers",
                       rule_type_name(left_wrong ? a->type : b->type));
  }
  gy_rule_type type = durations && sum ? GY_RULE_DURATION : GY_RULE_NUMBER;
  return bounded(c, ast->at, rule_make(c->set, OPS[ast->what], type, (rule_term *[]){a, b}, 2));
}
