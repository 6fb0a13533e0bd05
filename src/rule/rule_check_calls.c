/* SPDX-License-Identifier: Apache-2.0
 *
 * Functions. */
#include <string.h>

#include "rule/rule_check.h"
#include "rule/rule_holiday.h"

enum { ARGS_MOST = 8, BUCKETS_MOST = 1000000 };

typedef struct function {
  const char *name, *use;
  int least, most;
  rule_term *(*check)(rule_checker *c, const rule_ast *ast, const struct function *f);
  rule_op op;
  gy_rule_type takes, gives;
} function;

static rule_term *check_simple(rule_checker *c, const rule_ast *ast, const function *f) {
  rule_term *args[ARGS_MOST] = {NULL};
  for (size_t i = 0; i < ast->n; i++) {
    args[i] = rule_check_as(c, ast->args[i], f->takes, f->use);
    if (args[i] == NULL) return NULL;
  }
  return rule_made(c, rule_make(c->set, f->op, f->gives, args, ast->n));
}

/* Parts of a date, or of a timestamp's local date. */
static rule_term *check_part(rule_checker *c, const rule_ast *ast, const function *f) {
  rule_term *moment = rule_check(c, ast->args[0]);
  if (moment == NULL) return NULL;
  if (moment->type != GY_RULE_TIMESTAMP && moment->type != GY_RULE_DATE)
    return rule_refuse(c, ast->args[0]->at, "%s, and this is %s", f->use, rule_type_name(moment->type));
  if (moment->type == GY_RULE_TIMESTAMP && f->op != RULE_OP_LOCAL_HOUR)
    moment = rule_made(c, rule_make(c->set, RULE_OP_LOCAL_DATE, GY_RULE_DATE, &moment, 1));
  if (moment == NULL || f->op == RULE_OP_LOCAL_DATE) return moment;
  if (f->op == RULE_OP_LOCAL_HOUR && moment->type == GY_RULE_DATE)
    return rule_refuse(c, ast->args[0]->at, "a date has no hour");
  if (f->op != RULE_OP_DAYS_BETWEEN)
    return rule_made(c, rule_make(c->set, f->op, GY_RULE_NUMBER, &moment, 1));
  c->uses->clock = true;
  rule_term *today =
      rule_made(c, rule_moment(c->set, GY_RULE_DATE, rule_zone_day(&c->set->zone, c->set->clock.now_us)));
  return today != NULL ? rule_made(c, rule_make(c->set, RULE_OP_DAYS_BETWEEN, GY_RULE_NUMBER,
                                                (rule_term *[]){today, moment}, 2))
                       : NULL;
}

static rule_term *check_coalesce(rule_checker *c, const rule_ast *ast, const function *f) {
  rule_term *args[ARGS_MOST] = {NULL};
  (void)f;
  for (size_t i = 0; i < ast->n; i++) {
    args[i] = rule_check(c, ast->args[i]);
    if (args[i] == NULL) return NULL;
    if (args[i]->type != args[0]->type)
      return rule_refuse(c, ast->args[i]->at, "coalesce() takes values of one type, and this is %s",
                         rule_type_name(args[i]->type));
  }
  return rule_made(c, rule_make(c->set, RULE_OP_COALESCE, args[0]->type, args, ast->n));
}

static rule_term *check_holiday(rule_checker *c, const rule_ast *ast, const function *f) {
  int64_t today = rule_zone_day(&c->set->zone, c->set->clock.now_us), day;
  (void)f;
  if (ast->args[0]->kind != RULE_AST_TEXT)
    return rule_refuse(c, ast->args[0]->at, "holiday() takes a name: '설날', '추석' or '부처님오신날'");
  int holiday = rule_holiday_find(ast->args[0]->text);
  if (holiday < 0) {
    rule_suggestion near = {.wanted = ast->args[0]->text};
    char hint[160];
    for (int i = 0; rule_holiday_name(i) != NULL; i++) rule_suggest(&near, rule_holiday_name(i));
    return rule_refuse(c, ast->args[0]->at, "no such holiday%s; there are '설날', '추석' and '부처님오신날'",
                       rule_suggested(&near, hint, sizeof hint));
  }
  c->uses->clock |= ast->n == 1;
  double year = ast->n > 1 ? ast->args[1]->number : (double)rule_year_of(today);
  if ((ast->n > 1 && ast->args[1]->kind != RULE_AST_NUMBER) || !rule_holiday_date(holiday, year, &day))
    return rule_refuse(c, ast->args[ast->n - 1]->at, "holidays are known for the years %d to %d",
                       RULE_HOLIDAY_FIRST_YEAR, RULE_HOLIDAY_LAST_YEAR);
  return rule_made(c, rule_moment(c->set, GY_RULE_DATE, day));
}

/* ---- what others know about the customer ---- */

static rule_term *known_column(rule_checker *c, const rule_ast *ast, gy_rule_kind kind, const char *what) {
  const gy_rule_catalogue *catalogue = c->set->catalogue;
  gy_rule_text name = ast->args[0]->text;
  rule_suggestion near = {.wanted = name};
  char hint[160];
  for (size_t i = 0; i < catalogue->n_columns; i++) {
    const gy_rule_column *column = &catalogue->columns[i];
    if (column->kind != kind) continue;
    if (strcmp(column->name, name.data) == 0)
      return rule_made(c, rule_intern(c->set, &(rule_term){.op = RULE_OP_COLUMN,
                                                           .type = rule_storage_type(column->storage),
                                                           .scope = RULE_SCOPE_CUSTOMER,
                                                           .integer = (int64_t)i}));
    rule_suggest(&near, column->name);
  }
  for (size_t i = 0; kind == GY_RULE_SEGMENT && i < c->n_definitions; i++)
    if (c->definitions[i].name != NULL) rule_suggest(&near, c->definitions[i].name);
  return rule_refuse(c, ast->args[0]->at, "there is no %s '%.200s'%s", what, name.data,
                     rule_suggested(&near, hint, sizeof hint));
}

static bool names_something(rule_checker *c, const rule_ast *ast, const function *f) {
  if (ast->args[0]->kind != RULE_AST_TEXT) rule_refuse(c, ast->args[0]->at, "%s", f->use);
  return c->status == GY_OK;
}

static rule_term *check_known(rule_checker *c, const rule_ast *ast, const function *f) {
  bool score = f->gives == GY_RULE_NUMBER;
  if (!names_something(c, ast, f)) return NULL;
  return known_column(c, ast, score ? GY_RULE_SCORE : GY_RULE_CLUSTER, score ? "model" : "clustering");
}

static rule_term *check_in_segment(rule_checker *c, const rule_ast *ast, const function *f) {
  if (!names_something(c, ast, f) || !rule_uses_segment(c, ast->args[0]->text.data)) return NULL;
  for (size_t i = 0; i < c->n_definitions; i++) {
    const char *name = c->definitions[i].name;
    rule_term *member = NULL;
    if (name == NULL || strcmp(name, ast->args[0]->text.data) != 0) continue;
    member = rule_check_segment(c, &c->definitions[i], ast);
    return member != NULL ? rule_made(c, rule_make(c->set, RULE_OP_COALESCE, GY_RULE_BOOL,
                                                   (rule_term *[]){member, rule_truth(c->set, false)}, 2))
                          : NULL;
  }
  rule_term *stored = known_column(c, ast, GY_RULE_SEGMENT, "segment");
  return stored != NULL ? rule_made(c, rule_make(c->set, RULE_OP_COALESCE, GY_RULE_BOOL,
                                                 (rule_term *[]){stored, rule_truth(c->set, false)}, 2))
                        : NULL;
}

static bool whole_number(rule_checker *c, const rule_ast *ast, int64_t most, int64_t *value) {
  *value = ast->kind == RULE_AST_NUMBER ? (int64_t)ast->number : 0;
  if (*value >= 1 && *value <= most && (double)*value == ast->number) return true;
  rule_refuse(c, ast->at, "here stands a whole number from 1 to %lld", (long long)most);
  return false;
}

static rule_term *check_bucket(rule_checker *c, const rule_ast *ast, const function *f) {
  int64_t buckets;
  if (!names_something(c, ast, f) || !whole_number(c, ast->args[1], BUCKETS_MOST, &buckets)) return NULL;
  return rule_made(c, rule_intern(c->set, &(rule_term){.op = RULE_OP_BUCKET,
                                                       .type = GY_RULE_NUMBER,
                                                       .scope = RULE_SCOPE_CUSTOMER,
                                                       .text = ast->args[0]->text,
                                                       .integer = buckets}));
}

static rule_term *check_population(rule_checker *c, const rule_ast *ast, const function *f) {
  static const struct {
    const char *name;
    rule_population_kind kind;
  } KINDS[] = {
      {"percentile", RULE_PERCENTILE}, {"rank", RULE_RANK}, {"ntile", RULE_NTILE}, {"zscore", RULE_ZSCORE}};
  rule_population population = {.kind = RULE_PERCENTILE};
  if (!rule_afford(c, ast, 10)) return NULL;
  for (size_t i = 0; i < 4; i++)
    if (strcmp(KINDS[i].name, f->name) == 0) population.kind = KINDS[i].kind;
  if (c->in_population)
    return rule_refuse(c, ast->at, "%s() cannot stand inside another function over all customers", f->name);
  if (population.kind == RULE_NTILE && !whole_number(c, ast->args[1], BUCKETS_MOST, &population.tiles))
    return NULL;
  c->in_population = true;
  population.value = rule_check_as(c, ast->args[0], GY_RULE_NUMBER, f->use);
  if (c->status == GY_OK && ast->grouped) population.group = rule_check(c, ast->args[ast->n - 1]);
  c->in_population = false;
  if (c->status != GY_OK) return NULL;
  if (population.value->ranked || (population.group != NULL && population.group->ranked))
    return rule_refuse(c, ast->at, "%s() cannot depend on another function over all customers", f->name);
  if (rule_is_constant(population.value))
    return rule_refuse(c, ast->args[0]->at, "this is the same for every customer");
  if (population.group != NULL && population.group->type == GY_RULE_DURATION)
    return rule_refuse(c, ast->args[ast->n - 1]->at, "a group is told by an attribute");
  return rule_made(c, rule_population_term(c->set, &population));
}

static const function FUNCTIONS[] = {
    {"abs", "abs() takes a number", 1, 1, check_simple, RULE_OP_ABS, GY_RULE_NUMBER, GY_RULE_NUMBER},
    {"floor", "floor() takes a number", 1, 1, check_simple, RULE_OP_FLOOR, GY_RULE_NUMBER, GY_RULE_NUMBER},
    {"ceil", "ceil() takes a number", 1, 1, check_simple, RULE_OP_CEIL, GY_RULE_NUMBER, GY_RULE_NUMBER},
    {"least", "least() takes numbers", 2, ARGS_MOST, check_simple, RULE_OP_LEAST, GY_RULE_NUMBER,
     GY_RULE_NUMBER},
    {"greatest", "greatest() takes numbers", 2, ARGS_MOST, check_simple, RULE_OP_GREATEST, GY_RULE_NUMBER,
     GY_RULE_NUMBER},
    {"length", "length() takes a text", 1, 1, check_simple, RULE_OP_LENGTH, GY_RULE_TEXT, GY_RULE_NUMBER},
    {"coalesce", "coalesce() takes values", 2, ARGS_MOST, check_coalesce, RULE_OP_COALESCE, GY_RULE_NUMBER,
     GY_RULE_NUMBER},
    {"date", "date() takes a timestamp", 1, 1, check_part, RULE_OP_LOCAL_DATE, GY_RULE_DATE, GY_RULE_DATE},
    {"year", "year() takes a date or timestamp", 1, 1, check_part, RULE_OP_YEAR, GY_RULE_DATE,
     GY_RULE_NUMBER},
    {"month", "month() takes a date or timestamp", 1, 1, check_part, RULE_OP_MONTH, GY_RULE_DATE,
     GY_RULE_NUMBER},
    {"day", "day() takes a date or timestamp", 1, 1, check_part, RULE_OP_DAY, GY_RULE_DATE, GY_RULE_NUMBER},
    {"weekday", "weekday() takes a date or timestamp", 1, 1, check_part, RULE_OP_WEEKDAY, GY_RULE_DATE,
     GY_RULE_NUMBER},
    {"hour", "hour() takes a timestamp", 1, 1, check_part, RULE_OP_LOCAL_HOUR, GY_RULE_TIMESTAMP,
     GY_RULE_NUMBER},
    {"days_since", "days_since() takes a date or timestamp", 1, 1, check_part, RULE_OP_DAYS_BETWEEN,
     GY_RULE_DATE, GY_RULE_NUMBER},
    {"holiday", "holiday() takes a name and perhaps a year", 1, 2, check_holiday, RULE_OP_CONSTANT,
     GY_RULE_TEXT, GY_RULE_DATE},
    {"score", "score() takes the name of a model: score('churn')", 1, 1, check_known, RULE_OP_COLUMN,
     GY_RULE_TEXT, GY_RULE_NUMBER},
    {"cluster", "cluster() takes the name of a clustering: cluster('style')", 1, 1, check_known,
     RULE_OP_COLUMN, GY_RULE_TEXT, GY_RULE_TEXT},
    {"in_segment", "in_segment() takes the name of a segment: in_segment('vip')", 1, 1, check_in_segment,
     RULE_OP_COLUMN, GY_RULE_TEXT, GY_RULE_BOOL},
    {"random_bucket",
     "random_bucket() takes a name and a number of buckets: random_bucket('spring sale', 10)", 2, 2,
     check_bucket, RULE_OP_BUCKET, GY_RULE_TEXT, GY_RULE_NUMBER},
    {"percentile", "percentile() takes a number, and perhaps a group: percentile(monetary by region)", 1, 1,
     check_population, RULE_OP_POPULATION, GY_RULE_NUMBER, GY_RULE_NUMBER},
    {"rank", "rank() takes a number, and perhaps a group: rank(monetary by region)", 1, 1, check_population,
     RULE_OP_POPULATION, GY_RULE_NUMBER, GY_RULE_NUMBER},
    {"zscore", "zscore() takes a number, and perhaps a group: zscore(monetary by region)", 1, 1,
     check_population, RULE_OP_POPULATION, GY_RULE_NUMBER, GY_RULE_NUMBER},
    {"ntile", "ntile() takes a number and how many parts, and perhaps a group: ntile(monetary, 10 by region)",
     2, 2, check_population, RULE_OP_POPULATION, GY_RULE_NUMBER, GY_RULE_NUMBER},
};

static bool is_of_customers(const function *f) {
  return f->check == check_known || f->check == check_in_segment || f->check == check_bucket ||
         f->check == check_population;
}

bool rule_is_function(gy_rule_text name) {
  for (size_t i = 0; i < sizeof FUNCTIONS / sizeof *FUNCTIONS; i++)
    if (rule_word_is(name, FUNCTIONS[i].name)) return true;
  return rule_aggregate_find(name) >= 0;
}

rule_term *rule_check_call(rule_checker *c, const rule_ast *ast) {
  rule_suggestion near = {.wanted = ast->text};
  char hint[160];
  for (size_t i = 0; i < sizeof FUNCTIONS / sizeof *FUNCTIONS; i++) {
    const function *f = &FUNCTIONS[i];
    rule_suggest(&near, f->name);
    if (!rule_word_is(ast->text, f->name)) continue;
    int n = (int)ast->n - ast->grouped;
    bool fits = n >= f->least && n <= f->most && (!ast->grouped || f->check == check_population);
    if (!fits) return rule_refuse(c, ast->at, "%s", f->use);
    if (c->scope >= 0 && is_of_customers(f))
      return rule_refuse(c, ast->at, "%s() is about customers; inside %s only its rows are seen", f->name,
                         c->set->catalogue->tables[c->scope].name);
    return f->check(c, ast, f);
  }
  rule_named *macro = rule_find_macro(c, ast->text);
  if (macro != NULL) return rule_check_macro(c, macro, ast);
  for (size_t i = 0; i < c->n_macros; i++) rule_suggest(&near, c->macros[i].name);
  for (int i = 0; i < RULE_AGGREGATES; i++) rule_suggest(&near, rule_aggregate_name((rule_aggregate_kind)i));
  return rule_refuse(c, ast->at, "unknown function '%.200s'%s", ast->text.data,
                     rule_suggested(&near, hint, sizeof hint));
}
