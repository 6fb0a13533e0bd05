/* SPDX-License-Identifier: Apache-2.0
 *
 * Tokens of a rule: words in any script, "quoted names", 'texts' (a quote is doubled), numbers, dates
 * 2026-01-01, local times 2026-01-01T09:30:00 and signs. Comments are -- to the end of a line and nestless
 * slash-star ones; # would be cut off by YAML. Names and texts come in form NFC. */
#ifndef GYEOL_RULE_RULE_LEX_H
#define GYEOL_RULE_RULE_LEX_H

#include "rule/rule_ast.h"

typedef enum rule_token_kind {
  RULE_TOKEN_END,
  RULE_TOKEN_NAME,
  RULE_TOKEN_QUOTED, /* a name that is no word of the language */
  RULE_TOKEN_TEXT,
  RULE_TOKEN_NUMBER,
  RULE_TOKEN_DATE,
  RULE_TOKEN_TIME,
  RULE_TOKEN_SIGN, /* text: one of ( ) , . + - * / = != < <= > >= */
} rule_token_kind;

typedef struct rule_token {
  rule_token_kind kind;
  uint32_t at, end;
  gy_rule_text text; /* of names, texts and signs; NUL-terminated but for signs */
  double number;
  int64_t integer; /* day number; microseconds of local time */
} rule_token;

typedef struct rule_lexer {
  const char *source;
  size_t length, at;
  gy_arena *arena;
  gy_error *err;
} rule_lexer;

GY_MUST_USE gy_status rule_lex(rule_lexer *lexer, rule_token *token);

#endif
