/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/rule_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rule/rule_apply.h"
#include "rule/rule_pattern.h"

enum { CHECK_DEPTH_MAX = 3000 }; /* of trees within trees: a bound on the stack */

rule_term *rule_refuse(rule_checker *c, size_t at, const char *format, ...) {
  char sentence[640];
  va_list args;
  va_start(args, format);
  vsnprintf(sentence, sizeof sentence, format, args); /* NOLINT(clang-analyzer-valist.Uninitialized) */
  va_end(args);
  if (c->status == GY_OK) {
    c->status = rule_fail(c->err, GY_EPARSE, c->rule->source, c->rule->length, at, "%s", sentence);
    c->blamed = c->rule;
  }
  return NULL;
}

rule_term *rule_made(rule_checker *c, rule_term *term) {
  if (term == NULL && c->status == GY_OK)
    c->status = gy_fail(c->err, GY_ENOMEM, "no memory to compile rules");
  return term;
}

rule_term *rule_check_as(rule_checker *c, const rule_ast *ast, gy_rule_type type, const char *what) {
  rule_term *term = rule_check(c, ast);
  if (term == NULL || term->type == type) return term;
  return rule_refuse(c, ast->at, "%s, and this is %s", what, rule_type_name(term->type));
}

/* ---- names ---- */

static rule_term *column_term(rule_checker *c, int scope, size_t column) {
  gy_rule_type type = rule_storage_type(rule_column_of(c->set, scope, (int64_t)column)->storage);
  return rule_made(
      c, rule_intern(
             c->set,
             &(rule_term){.op = RULE_OP_COLUMN, .type = type, .scope = scope, .integer = (int64_t)column}));
}

static bool same_name(const char *name, gy_rule_text wanted) { return strcmp(name, wanted.data) == 0; }

static rule_term *weekday_term(rule_checker *c, gy_rule_text name) {
  static const char *const DAYS[7][2] = {
      {"monday", "월요일"}, {"tuesday", "화요일"},  {"wednesday", "수요일"}, {"thursday", "목요일"},
      {"friday", "금요일"}, {"saturday", "토요일"}, {"sunday", "일요일"}};
  for (int day = 0; day < 7; day++)
    if (rule_word_is(name, DAYS[day][0]) || rule_word_is(name, DAYS[day][1]))
      return rule_made(c, rule_number(c->set, day + 1));
  return NULL;
}

static rule_term *check_row_name(rule_checker *c, const rule_ast *ast) {
  const gy_rule_table *table = &c->set->catalogue->tables[c->scope];
  char hint[160];
  if (ast->qualifier.data != NULL && !same_name(table->name, ast->qualifier))
    return rule_refuse(c, ast->at, "these are rows of %s; a column of %s cannot be seen here", table->name,
                       ast->qualifier.data);
  rule_suggestion near = {.wanted = ast->text};
  for (size_t i = 0; i < table->n_columns; i++) {
    if (same_name(table->columns[i].name, ast->text)) return column_term(c, c->scope, i);
    rule_suggest(&near, table->columns[i].name);
  }
  rule_named *macro = ast->qualifier.data == NULL ? rule_find_macro(c, ast->text) : NULL;
  if (macro != NULL) return rule_check_macro(c, macro, ast);
  rule_term *weekday = ast->qualifier.data == NULL ? weekday_term(c, ast->text) : NULL;
  if (weekday != NULL || c->status != GY_OK) return weekday;
  for (size_t i = 0; i < c->set->catalogue->n_columns; i++)
    if (same_name(c->set->catalogue->columns[i].name, ast->text))
      return rule_refuse(c, ast->at,
                         "'%s' is an attribute of the customer; inside %s only columns of its rows are seen",
                         ast->text.data, table->name);
  return rule_refuse(c, ast->at, "%s has no column '%.200s'%s", table->name, ast->text.data,
                     rule_suggested(&near, hint, sizeof hint));
}

static rule_term *check_name(rule_checker *c, const rule_ast *ast) {
  const gy_rule_catalogue *catalogue = c->set->catalogue;
  char hint[160];
  if (c->scope >= 0) return check_row_name(c, ast);
  if (ast->qualifier.data != NULL)
    return rule_refuse(c, ast->at,
                       "a customer can have many rows of %.200s; say which: sum(%.200s.%.200s, last 90 days)",
                       ast->qualifier.data, ast->qualifier.data, ast->text.data);
  rule_suggestion near = {.wanted = ast->text};
  for (size_t i = 0; i < catalogue->n_columns; i++) {
    if (catalogue->columns[i].kind != GY_RULE_ATTRIBUTE) continue;
    if (same_name(catalogue->columns[i].name, ast->text)) return column_term(c, RULE_SCOPE_CUSTOMER, i);
    rule_suggest(&near, catalogue->columns[i].name);
  }
  rule_named *macro = rule_find_macro(c, ast->text);
  if (macro != NULL) return rule_check_macro(c, macro, ast);
  for (size_t i = 0; i < c->n_macros; i++) rule_suggest(&near, c->macros[i].name);
  rule_term *weekday = weekday_term(c, ast->text);
  if (weekday != NULL || c->status != GY_OK) return weekday;
  for (size_t i = 0; i < catalogue->n_tables; i++)
    if (same_name(catalogue->tables[i].name, ast->text))
      return rule_refuse(c, ast->at, "%s is a table; ask for its rows: count(%s) or exists(%s, last 30 days)",
                         catalogue->tables[i].name, catalogue->tables[i].name, catalogue->tables[i].name);
  return rule_refuse(c, ast->at, "unknown attribute '%.200s'%s", ast->text.data,
                     rule_suggested(&near, hint, sizeof hint));
}

/* ---- comparison ---- */

static const gy_rule_column *listed_column(const rule_checker *c, const rule_term *term) {
  if (term->op != RULE_OP_COLUMN) return NULL;
  const gy_rule_column *column = rule_column_of(c->set, term->scope, term->integer);
  return column->values != NULL ? column : NULL;
}

/* Text constants that a column never holds are slips of the pen. */
static bool check_listed(rule_checker *c, size_t at, const rule_term *term, const rule_term *constant) {
  const gy_rule_column *column = listed_column(c, term);
  if (column == NULL || constant->type != GY_RULE_TEXT || !rule_is_constant(constant) || constant->is_null)
    return true;
  rule_suggestion near = {.wanted = constant->text};
  char hint[160];
  for (size_t i = 0; i < column->n_values; i++) {
    if (same_name(column->values[i], constant->text)) return true;
    rule_suggest(&near, column->values[i]);
  }
  rule_refuse(c, at, "%s is never '%.200s'%s", column->name, constant->text.data,
              rule_suggested(&near, hint, sizeof hint));
  return false;
}

/* A timestamp beside a day: is it before, on or after that day by the zone's clock? */
static rule_term *compare_day(rule_checker *c, rule_op op, rule_term *moment, const rule_term *day) {
  gy_rule_set *set = c->set;
  rule_term *start =
      rule_made(c, rule_moment(set, GY_RULE_TIMESTAMP, rule_zone_day_start(&set->zone, day->integer)));
  rule_term *end =
      rule_made(c, rule_moment(set, GY_RULE_TIMESTAMP, rule_zone_day_start(&set->zone, day->integer + 1)));
  if (start == NULL || end == NULL) return NULL;
  rule_op first = op == RULE_OP_LESS || op == RULE_OP_UNEQUAL ? RULE_OP_LESS : RULE_OP_AT_LEAST;
  rule_op second = op == RULE_OP_EQUAL || op == RULE_OP_AT_MOST ? RULE_OP_LESS : RULE_OP_AT_LEAST;
  rule_term *from_start = rule_make(set, first, GY_RULE_BOOL, (rule_term *[]){moment, start}, 2);
  rule_term *to_end = rule_make(set, second, GY_RULE_BOOL, (rule_term *[]){moment, end}, 2);
  if (op == RULE_OP_LESS || op == RULE_OP_AT_LEAST) return rule_made(c, from_start);
  if (op == RULE_OP_GREATER || op == RULE_OP_AT_MOST) return rule_made(c, to_end);
  return rule_made(c, rule_make(set, op == RULE_OP_EQUAL ? RULE_OP_AND : RULE_OP_OR, GY_RULE_BOOL,
                                (rule_term *[]){from_start, to_end}, 2));
}

static rule_op mirrored(rule_op op) {
  switch (op) {
    case RULE_OP_LESS:
      return RULE_OP_GREATER;
    case RULE_OP_AT_MOST:
      return RULE_OP_AT_LEAST;
    case RULE_OP_GREATER:
      return RULE_OP_LESS;
    case RULE_OP_AT_LEAST:
      return RULE_OP_AT_MOST;
    default:
      return op;
  }
}

rule_term *rule_local_date(rule_checker *c, rule_term *moment) {
  return rule_made(c, rule_make(c->set, RULE_OP_LOCAL_DATE, GY_RULE_DATE, &moment, 1));
}

rule_term *rule_check_compare(rule_checker *c, size_t at, rule_op op, rule_term *a, rule_term *b) {
  if (a == NULL || b == NULL) return NULL;
  if (a->type == GY_RULE_DATE && b->type == GY_RULE_TIMESTAMP)
    return rule_check_compare(c, at, mirrored(op), b, a);
  if (a->type == GY_RULE_TIMESTAMP && b->type == GY_RULE_DATE) {
    if (rule_is_constant(b) && !b->is_null && !rule_is_constant(a)) return compare_day(c, op, a, b);
    a = rule_local_date(c, a);
    if (a == NULL) return NULL;
  }
  if (a->type != b->type)
    return rule_refuse(c, at, "%s cannot be compared with %s", rule_type_name(a->type),
                       rule_type_name(b->type));
  if (a->type == GY_RULE_BOOL && op != RULE_OP_EQUAL && op != RULE_OP_UNEQUAL)
    return rule_refuse(c, at, "true and false have no order; write `x` or `not x`");
  bool equality = op == RULE_OP_EQUAL || op == RULE_OP_UNEQUAL;
  if (equality && (!check_listed(c, at, a, b) || !check_listed(c, at, b, a))) return NULL;
  return rule_made(c, rule_make(c->set, op, GY_RULE_BOOL, (rule_term *[]){a, b}, 2));
}

static rule_term *check_binary(rule_checker *c, const rule_ast *ast) {
  static const rule_op OPS[] = {RULE_OP_EQUAL,   RULE_OP_UNEQUAL, RULE_OP_LESS,
                                RULE_OP_AT_MOST, RULE_OP_GREATER, RULE_OP_AT_LEAST};
  if (ast->what < RULE_EQUAL) return rule_check_arithmetic(c, ast);
  rule_term *a = rule_check(c, ast->args[0]), *b = a != NULL ? rule_check(c, ast->args[1]) : NULL;
  return rule_check_compare(c, ast->at, OPS[ast->what - RULE_EQUAL], a, b);
}

/* ---- conditions ---- */

static rule_term *negated(rule_checker *c, const rule_ast *ast, rule_term *term) {
  if (term == NULL || !ast->negated) return term;
  return rule_made(c, rule_make(c->set, RULE_OP_NOT, GY_RULE_BOOL, &term, 1));
}

static rule_term *check_logic(rule_checker *c, const rule_ast *ast) {
  bool all = ast->kind == RULE_AST_AND;
  rule_term **args = gy_arena_calloc(&c->set->arena, ast->n, sizeof *args);
  if (args == NULL) return rule_made(c, NULL);
  for (size_t i = 0; i < ast->n; i++) {
    args[i] = rule_check_as(c, ast->args[i], GY_RULE_BOOL,
                            all ? "`and` joins conditions" : "`or` joins conditions");
    if (args[i] == NULL) return NULL;
  }
  return rule_made(c, rule_make(c->set, all ? RULE_OP_AND : RULE_OP_OR, GY_RULE_BOOL, args, ast->n));
}

static int by_value(const void *a, const void *b) {
  return rule_constant_order(*(rule_term *const *)a, *(rule_term *const *)b);
}

/* Constants are sorted, each once; anything else would be a scan of its own. */
static rule_term *check_in(rule_checker *c, const rule_ast *ast) {
  rule_term **args = gy_arena_calloc(&c->set->arena, ast->n, sizeof *args);
  if (args == NULL) return rule_made(c, NULL);
  args[0] = rule_check(c, ast->args[0]);
  if (args[0] != NULL && args[0]->type == GY_RULE_TIMESTAMP) args[0] = rule_local_date(c, args[0]);
  for (size_t i = 1; i < ast->n && args[0] != NULL; i++) {
    args[i] = rule_check(c, ast->args[i]);
    if (args[i] == NULL) return NULL;
    if (!rule_is_constant(args[i]))
      return rule_refuse(c, ast->args[i]->at, "the list of `in` holds constants; compare with = and or");
    if (args[i]->type != args[0]->type)
      return rule_refuse(c, ast->args[i]->at, "%s cannot be in a list with %s", rule_type_name(args[0]->type),
                         rule_type_name(args[i]->type));
    if (args[i]->is_null)
      return rule_refuse(c, ast->args[i]->at, "this is never known, so nothing can equal it");
    if (!check_listed(c, ast->args[i]->at, args[0], args[i])) return NULL;
  }
  if (args[0] == NULL) return NULL;
  qsort(args + 1, ast->n - 1, sizeof *args, by_value);
  size_t n = 1;
  for (size_t i = 1; i < ast->n; i++)
    if (n == 1 || rule_constant_order(args[n - 1], args[i]) != 0) args[n++] = args[i];
  rule_term *term =
      rule_made(c, rule_make(c->set, n == 2 ? RULE_OP_EQUAL : RULE_OP_IN, GY_RULE_BOOL, args, n));
  return negated(c, ast, term);
}

static rule_term *check_between(rule_checker *c, const rule_ast *ast) {
  rule_term *a = rule_check(c, ast->args[0]);
  rule_term *low = a != NULL ? rule_check(c, ast->args[1]) : NULL,
            *high = low != NULL ? rule_check(c, ast->args[2]) : NULL;
  rule_term *from =
      rule_check_compare(c, ast->args[1] != NULL ? ast->args[1]->at : ast->at, RULE_OP_AT_LEAST, a, low);
  rule_term *to = from != NULL ? rule_check_compare(c, ast->args[2]->at, RULE_OP_AT_MOST, a, high) : NULL;
  if (to == NULL) return NULL;
  return negated(c, ast, rule_made(c, rule_and(c->set, from, to)));
}

static rule_term *check_pattern(rule_checker *c, const rule_ast *ast) {
  bool like = ast->kind == RULE_AST_LIKE;
  const rule_ast *pattern = ast->args[1];
  rule_term *text = rule_check_as(c, ast->args[0], GY_RULE_TEXT,
                                  like ? "`like` looks at a text" : "`matches` looks at a text");
  if (text == NULL) return NULL;
  if (pattern->kind != RULE_AST_TEXT)
    return rule_refuse(c, pattern->at, "the pattern is written as a text '...'");
  rule_term draft = {.op = like ? RULE_OP_LIKE : RULE_OP_MATCHES,
                     .type = GY_RULE_BOOL,
                     .scope = text->scope,
                     .args = &text,
                     .n = 1,
                     .text = pattern->text};
  if (like && !rule_like_is_whole(pattern->text))
    return rule_refuse(c, pattern->at, "a \\ takes the next character as it is, and here none follows");
  if (!like) {
    const char *reason = NULL;
    size_t at = 0;
    const char *translated = rule_pattern_translate(pattern->text, &c->set->arena, &reason, &at);
    if (reason != NULL) return rule_refuse(c, pattern->at, "pattern, character %zu: %s", at + 1, reason);
    if (translated == NULL) return rule_made(c, NULL);
    draft.text = (gy_rule_text){translated, strlen(translated)};
  }
  if (rule_is_constant(text)) return rule_refuse(c, ast->args[0]->at, "a fixed text needs no pattern");
  rule_term *term = rule_made(c, rule_intern(c->set, &draft));
  if (term != NULL && !like && term->pattern == NULL) {
    bool too_large;
    term->pattern = rule_pattern_compile(draft.text.data, &c->set->arena, &too_large);
    if (term->pattern == NULL && too_large) return rule_refuse(c, pattern->at, "this pattern is too large");
    if (term->pattern == NULL) return rule_made(c, NULL);
  }
  return negated(c, ast, term);
}

static rule_term *check_window_of(rule_checker *c, const rule_ast *ast) {
  rule_term *moment = rule_check(c, ast->args[0]);
  if (moment == NULL) return NULL;
  if (!rule_is_moment(moment))
    return rule_refuse(c, ast->args[0]->at, "a window holds dates and timestamps, and this is %s",
                       rule_type_name(moment->type));
  return negated(c, ast, rule_check_window(c, ast->args[1], moment));
}

/* ---- literals ---- */

static rule_term *duration_term(rule_checker *c, const rule_ast *ast) {
  if (!rule_has_amount(c, ast)) return NULL;
  int64_t micros = rule_unit_us((rule_unit)ast->unit);
  if (micros == 0)
    return rule_refuse(c, ast->at,
                       "months and years differ in length; elapsed time counts days, hours and less");
  return rule_made(c, rule_intern(c->set, &(rule_term){.op = RULE_OP_CONSTANT,
                                                       .type = GY_RULE_DURATION,
                                                       .scope = RULE_SCOPE_ANY,
                                                       .number = (double)(micros * ast->integer)}));
}

static rule_term *check_moment(rule_checker *c, const rule_ast *ast) {
  gy_rule_set *set = c->set;
  int64_t now = set->clock.now_us;
  if (!rule_has_amount(c, ast)) return NULL;
  c->uses->clock |= ast->kind != RULE_AST_DATE && ast->kind != RULE_AST_TIMESTAMP;
  switch (ast->kind) {
    case RULE_AST_DATE:
      return rule_made(c, rule_moment(set, GY_RULE_DATE, ast->integer));
    case RULE_AST_TODAY:
      return rule_made(c, rule_moment(set, GY_RULE_DATE, rule_zone_day(&set->zone, now) + ast->integer));
    case RULE_AST_TIMESTAMP:
      return rule_made(c, rule_moment(set, GY_RULE_TIMESTAMP, rule_zone_utc(&set->zone, ast->integer)));
    case RULE_AST_NOW:
      return rule_made(c, rule_moment(set, GY_RULE_TIMESTAMP, now));
    default:
      return rule_made(c, rule_moment(set, GY_RULE_TIMESTAMP,
                                      rule_zone_add(&set->zone, now, (rule_unit)ast->unit, -ast->integer)));
  }
}

static rule_term *check_unary(rule_checker *c, const rule_ast *ast) {
  if (ast->kind == RULE_AST_IS_NULL) {
    rule_term *inner = rule_check(c, ast->args[0]);
    return inner != NULL
               ? negated(c, ast, rule_made(c, rule_make(c->set, RULE_OP_IS_NULL, GY_RULE_BOOL, &inner, 1)))
               : NULL;
  }
  bool is_not = ast->kind == RULE_AST_NOT;
  gy_rule_type type = is_not ? GY_RULE_BOOL : GY_RULE_NUMBER;
  rule_term *inner =
      rule_check_as(c, ast->args[0], type, is_not ? "`not` takes a condition" : "- takes a number");
  return inner != NULL
             ? rule_made(c, rule_make(c->set, is_not ? RULE_OP_NOT : RULE_OP_NEGATE, type, &inner, 1))
             : NULL;
}

static rule_term *check_any(rule_checker *c, const rule_ast *ast) {
  switch (ast->kind) {
    case RULE_AST_NUMBER:
      return rule_made(c, rule_number(c->set, ast->number));
    case RULE_AST_TEXT:
      return rule_made(c, rule_intern(c->set, &(rule_term){.op = RULE_OP_CONSTANT,
                                                           .type = GY_RULE_TEXT,
                                                           .scope = RULE_SCOPE_ANY,
                                                           .text = ast->text}));
    case RULE_AST_BOOL:
      return rule_made(c, rule_truth(c->set, ast->integer != 0));
    case RULE_AST_DURATION:
      return duration_term(c, ast);
    case RULE_AST_NAME:
      return check_name(c, ast);
    case RULE_AST_NEGATE:
    case RULE_AST_NOT:
    case RULE_AST_IS_NULL:
      return check_unary(c, ast);
    case RULE_AST_BINARY:
      return check_binary(c, ast);
    case RULE_AST_AND:
    case RULE_AST_OR:
      return check_logic(c, ast);
    case RULE_AST_IN:
      return check_in(c, ast);
    case RULE_AST_IN_WINDOW:
      return check_window_of(c, ast);
    case RULE_AST_BETWEEN:
      return check_between(c, ast);
    case RULE_AST_LIKE:
    case RULE_AST_MATCHES:
      return check_pattern(c, ast);
    case RULE_AST_CALL:
      return rule_check_call(c, ast);
    case RULE_AST_AGGREGATE:
      return rule_check_aggregate(c, ast);
    default:
      return check_moment(c, ast);
  }
}

bool rule_has_amount(rule_checker *c, const rule_ast *ast) {
  bool named = ast->n > 0 && (ast->kind == RULE_AST_DURATION || ast->kind == RULE_AST_AGO ||
                              (ast->kind == RULE_AST_WINDOW && ast->what == RULE_LAST));
  if (named)
    rule_refuse(
        c, ast->args[0]->at,
        "a duration counts whole units, such as 30 %s; only a macro's parameter can stand for the number",
        rule_unit_name((rule_unit)ast->unit));
  return !named;
}

/* Nodes of an expanded macro come from several texts. */
static rule_term *check_in_its_text(rule_checker *c, const rule_ast *ast) {
  const gy_rule *rule = c->rule;
  if (ast->origin != NULL) c->rule = ast->origin->rule;
  if (++c->depth > CHECK_DEPTH_MAX)
    rule_refuse(c, ast->at, "macros and segments make this nested more than %d deep", CHECK_DEPTH_MAX);
  rule_term *term = c->status == GY_OK ? check_any(c, ast) : NULL;
  c->depth--;
  c->rule = rule;
  return term;
}

static bool trace(rule_checker *c, const rule_ast *ast, const rule_term *term) {
  if (c->trace == NULL || term == NULL || c->scope != RULE_SCOPE_CUSTOMER) return true;
  return rule_trace_add(c, &(rule_trace_entry){.ast = ast, .term = term});
}

rule_term *rule_check(rule_checker *c, const rule_ast *ast) {
  rule_term *term = c->status == GY_OK ? check_in_its_text(c, ast) : NULL;
  if (!trace(c, ast, term)) return NULL;
  if (term == NULL || !rule_is_constant(term) || !rule_is_moment(term) || term->is_null) return term;
  int64_t day = term->type == GY_RULE_DATE ? term->integer : rule_day_of(term->integer);
  if (day < RULE_FIRST_DAY || day > RULE_LAST_DAY)
    return rule_refuse(c, ast->at, "this lies outside the years 1 to 9999");
  return term;
}
