/* SPDX-License-Identifier: Apache-2.0
 *
 * What the two halves of the parser share: operators (rule_parse.c) and the forms they join
 * (rule_parse_forms.c). Everything returns NULL or false once `status` tells of a failure. */
#ifndef GYEOL_RULE_RULE_PARSE_H
#define GYEOL_RULE_RULE_PARSE_H

#include "rule/rule_lex.h"

typedef struct rule_parser {
  rule_lexer lexer;
  rule_token token, next;
  gy_status status;
  int depth;
  size_t n_nodes;
} rule_parser;

/* Grows; `items` is freed by whoever made it. */
typedef struct rule_list {
  rule_ast **items;
  size_t n, room;
} rule_list;

rule_ast *rule_parse_fail(rule_parser *p, size_t at, const char *what);
rule_ast *rule_node(rule_parser *p, rule_kind kind, size_t at, rule_ast *const *args, size_t n);
bool rule_list_add(rule_parser *p, rule_list *list, rule_ast *node);

bool rule_is_sign(const rule_token *token, const char *sign);
bool rule_is_word(const rule_token *token, const char *word);
void rule_advance(rule_parser *p);
bool rule_take_sign(rule_parser *p, const char *sign);
bool rule_take_word(rule_parser *p, const char *word);
bool rule_expect_sign(rule_parser *p, const char *sign, const char *what);

/* An expression whose operators all bind tighter than `power`. */
rule_ast *rule_parse_expression(rule_parser *p, int power);
enum { RULE_POWER_VALUE = 40 }; /* no comparison, and or or */

rule_ast *rule_parse_primary(rule_parser *p);
rule_ast *rule_parse_window(rule_parser *p);

#endif
