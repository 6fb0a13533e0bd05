/* SPDX-License-Identifier: Apache-2.0
 *
 * What operators join: literals, durations, names, calls, aggregates over rows, windows.
 *
 *   aggregate  count ( rows [, window] )           sum, avg, min, max, distinct, first, last, exists
 *              count ( rows then rows within 7 days [, window] )
 *   rows       table | expression  [where condition]
 *   window     last 30 days | this month | previous week | today | since D | until D | before D | after D |
 * on D | from D to D */
#include <stdlib.h>

#include "rule/rule_parse.h"

enum { AMOUNT_MOST = 100000 };

static rule_ast *literal(rule_parser *p, rule_kind kind, const rule_token *token) {
  rule_ast *node = rule_node(p, kind, token->at, NULL, 0);
  if (node == NULL) return NULL;
  node->number = token->number;
  node->integer = token->integer;
  node->text = token->text;
  rule_advance(p);
  return node;
}

static bool read_amount(rule_parser *p, const rule_token *token, int64_t *amount) {
  *amount = (int64_t)token->number;
  bool fits = token->number == (double)*amount && *amount <= AMOUNT_MOST;
  if (!fits) rule_parse_fail(p, token->at, "a duration counts whole units, at most 100000 of them");
  return fits;
}

static int unit_after(const rule_parser *p) {
  return p->next.kind == RULE_TOKEN_NAME ? rule_unit_find(p->next.text) : -1;
}

/* The amount before a unit: a number, or the name of a macro's parameter, which then is *name. */
static bool parse_amount(rule_parser *p, int64_t *amount, rule_ast **name) {
  rule_token token = p->token;
  bool number = token.kind == RULE_TOKEN_NUMBER;
  if (number && !read_amount(p, &token, amount)) return false;
  if (!number) *name = rule_node(p, RULE_AST_NAME, token.at, NULL, 0);
  if (*name != NULL) (*name)->text = token.text;
  rule_advance(p);
  return number || *name != NULL;
}

/* `30 days`, `30 days ago`, or with a parameter `n days`. */
static rule_ast *parse_duration(rule_parser *p) {
  size_t at = p->token.at;
  int unit = unit_after(p);
  int64_t amount = 0;
  rule_ast *name = NULL;
  if (!parse_amount(p, &amount, &name)) return NULL;
  rule_advance(p);
  rule_kind kind = rule_take_word(p, "ago") ? RULE_AST_AGO : RULE_AST_DURATION;
  rule_ast *node = rule_node(p, kind, at, &name, name != NULL);
  if (node == NULL) return NULL;
  node->integer = amount;
  node->unit = (uint8_t)unit;
  return node;
}

static rule_ast *parse_number(rule_parser *p) {
  rule_token token = p->token;
  return unit_after(p) >= 0 ? parse_duration(p) : literal(p, RULE_AST_NUMBER, &token);
}

static rule_ast *parse_name(rule_parser *p) {
  rule_token token = p->token;
  rule_advance(p);
  rule_ast *node = rule_node(p, RULE_AST_NAME, token.at, NULL, 0);
  if (node == NULL) return NULL;
  node->text = token.text;
  if (!rule_take_sign(p, ".")) return node;
  if (p->token.kind != RULE_TOKEN_NAME && p->token.kind != RULE_TOKEN_QUOTED)
    return rule_parse_fail(p, p->token.at, "after the dot stands the name of a column");
  node->qualifier = token.text;
  node->text = p->token.text;
  rule_advance(p);
  return node;
}

static rule_ast *parse_call(rule_parser *p) {
  rule_token token = p->token;
  rule_advance(p);
  rule_advance(p);
  rule_list list = {0};
  bool good = true, grouped = false;
  if (!rule_is_sign(&p->token, ")")) {
    do good = rule_list_add(p, &list, rule_parse_expression(p, 0));
    while (good && rule_take_sign(p, ","));
    if (good && rule_take_word(p, "by")) {
      grouped = true;
      good = rule_list_add(p, &list, rule_parse_expression(p, 0));
    }
  }
  good = good && rule_expect_sign(p, ")", "the arguments go on with , or end with )");
  rule_ast *node = good ? rule_node(p, RULE_AST_CALL, token.at, list.items, list.n) : NULL;
  free(list.items);
  if (node == NULL) return NULL;
  node->text = token.text;
  node->grouped = grouped;
  return node;
}

static rule_ast *parse_rows(rule_parser *p) {
  size_t at = p->token.at;
  rule_ast *subject = rule_parse_expression(p, RULE_POWER_VALUE), *where = NULL;
  if (subject == NULL) return NULL;
  if (rule_take_word(p, "where") && (where = rule_parse_expression(p, 0)) == NULL) return NULL;
  return rule_node(p, RULE_AST_ROWS, at, (rule_ast *[]){subject, where}, 2);
}

static rule_ast *parse_aggregate(rule_parser *p, int what) {
  size_t at = p->token.at;
  rule_ast *args[RULE_ROWS_ARGS] = {NULL};
  rule_sequence sequence = RULE_ALONE;
  rule_advance(p);
  rule_advance(p);
  args[RULE_ROWS_A] = parse_rows(p);
  if (args[RULE_ROWS_A] == NULL) return NULL;
  if (rule_is_word(&p->token, "then") || rule_is_word(&p->token, "without")) {
    sequence = rule_is_word(&p->token, "then") ? RULE_THEN : RULE_WITHOUT;
    rule_advance(p);
    args[RULE_ROWS_B] = parse_rows(p);
    if (args[RULE_ROWS_B] == NULL) return NULL;
    if (!rule_take_word(p, "within"))
      return rule_parse_fail(p, p->token.at, "a sequence ends with its longest time: within 7 days");
    size_t within = p->token.at;
    bool amount = p->token.kind == RULE_TOKEN_NUMBER || p->token.kind == RULE_TOKEN_NAME;
    args[RULE_ROWS_WITHIN] = amount && unit_after(p) >= 0 ? parse_duration(p) : NULL;
    if (args[RULE_ROWS_WITHIN] == NULL || args[RULE_ROWS_WITHIN]->kind != RULE_AST_DURATION)
      return rule_parse_fail(p, within, "`within` is followed by a duration such as 7 days");
  }
  if (rule_take_sign(p, ",") && (args[RULE_ROWS_WINDOW] = rule_parse_window(p)) == NULL) return NULL;
  if (!rule_expect_sign(p, ")", "the rows end with ), or go on with where, then, without or , and a window"))
    return NULL;
  rule_ast *node = rule_node(p, RULE_AST_AGGREGATE, at, args, RULE_ROWS_ARGS);
  if (node == NULL) return NULL;
  node->what = (uint8_t)what;
  node->sequence = (uint8_t)sequence;
  return node;
}

rule_ast *rule_parse_primary(rule_parser *p) {
  rule_token token = p->token;
  switch (token.kind) {
    case RULE_TOKEN_NUMBER:
      return parse_number(p);
    case RULE_TOKEN_TEXT:
      return literal(p, RULE_AST_TEXT, &token);
    case RULE_TOKEN_DATE:
      return literal(p, RULE_AST_DATE, &token);
    case RULE_TOKEN_TIME:
      return literal(p, RULE_AST_TIMESTAMP, &token);
    case RULE_TOKEN_QUOTED:
      return parse_name(p);
    case RULE_TOKEN_END:
      return rule_parse_fail(p, token.at, "the rule ends here, where a value should stand");
    case RULE_TOKEN_SIGN:
      return rule_parse_fail(p, token.at, "a value should stand here");
    case RULE_TOKEN_NAME:
      break;
  }
  if (rule_is_word(&token, "true") || rule_is_word(&token, "false")) {
    token.integer = rule_is_word(&token, "true");
    token.text = (gy_rule_text){NULL, 0};
    return literal(p, RULE_AST_BOOL, &token);
  }
  token.text = (gy_rule_text){NULL, 0};
  if (rule_is_word(&p->token, "now")) return literal(p, RULE_AST_NOW, &token);
  if (rule_is_word(&p->token, "today")) return literal(p, RULE_AST_TODAY, &token);
  if (rule_is_word(&p->token, "yesterday")) {
    token.integer = -1;
    return literal(p, RULE_AST_TODAY, &token);
  }
  if (rule_is_word(&p->token, "null"))
    return rule_parse_fail(p, token.at, "nothing equals null; ask with is null");
  if (rule_is_reserved(p->token.text))
    return rule_parse_fail(p, token.at,
                           "a value should stand here; a name like this word stands between \" \"");
  if (unit_after(p) >= 0) return parse_duration(p);
  if (!rule_is_sign(&p->next, "(")) return parse_name(p);
  int aggregate = rule_aggregate_find(p->token.text);
  return aggregate >= 0 ? parse_aggregate(p, aggregate) : parse_call(p);
}

static rule_ast *window_node(rule_parser *p, size_t at, rule_window what, rule_ast *const *args, size_t n) {
  rule_ast *node = rule_node(p, RULE_AST_WINDOW, at, args, n);
  if (node != NULL) node->what = (uint8_t)what;
  return node;
}

/* `last 30 days`, `this month`, `previous month` */
static rule_ast *parse_units(rule_parser *p, size_t at, rule_window what) {
  int64_t amount = 0;
  rule_ast *name = NULL;
  rule_advance(p);
  if (what == RULE_LAST) {
    bool parameter = p->token.kind == RULE_TOKEN_NAME && unit_after(p) >= 0;
    if (p->token.kind != RULE_TOKEN_NUMBER && !parameter)
      return rule_parse_fail(
          p, p->token.at,
          "`last` is followed by a duration such as 30 days; the month before this one is previous month");
    if (!parse_amount(p, &amount, &name)) return NULL;
  }
  int unit = p->token.kind == RULE_TOKEN_NAME ? rule_unit_find(p->token.text) : -1;
  if (unit < 0) return rule_parse_fail(p, p->token.at, "here stands day, week, month, quarter or year");
  if (what != RULE_LAST && unit < RULE_DAY)
    return rule_parse_fail(p, p->token.at, "this window is a day, week, month, quarter or year");
  rule_advance(p);
  rule_ast *node = window_node(p, at, what, &name, name != NULL);
  if (node == NULL) return NULL;
  node->integer = amount;
  node->unit = (uint8_t)unit;
  return node;
}

rule_ast *rule_parse_window(rule_parser *p) {
  size_t at = p->token.at;
  if (rule_is_word(&p->token, "today") || rule_is_word(&p->token, "yesterday")) {
    rule_ast *day = rule_parse_primary(p);
    return day != NULL ? window_node(p, at, RULE_ON, &day, 1) : NULL;
  }
  int what = p->token.kind == RULE_TOKEN_NAME ? rule_window_find(p->token.text) : -1;
  if (what < 0)
    return rule_parse_fail(p, at,
                           "here stands a window: last 30 days, this month, previous week, today, since, "
                           "until, before, after, on or from ... to ...");
  if (what <= RULE_PREVIOUS) return parse_units(p, at, (rule_window)what);
  rule_advance(p);
  rule_ast *ends[2] = {rule_parse_expression(p, RULE_POWER_VALUE), NULL};
  if (ends[0] == NULL || what != RULE_FROM)
    return ends[0] != NULL ? window_node(p, at, (rule_window)what, ends, 1) : NULL;
  if (!rule_take_word(p, "to"))
    return rule_parse_fail(p, p->token.at, "`from` is followed by two days: from 2026-01-01 to 2026-01-31");
  ends[1] = rule_parse_expression(p, RULE_POWER_VALUE);
  return ends[1] != NULL ? window_node(p, at, RULE_FROM, ends, 2) : NULL;
}
