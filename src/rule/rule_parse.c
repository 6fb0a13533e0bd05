/* SPDX-License-Identifier: Apache-2.0
 *
 * A Pratt parser (Pratt 1973, "Top down operator precedence"): each sign binds with a power, a prefix form
 * reads what begins with its token, and the loop in parse_expression goes on while the next sign binds
 * tighter than what called it.
 *
 *   or 10 < and 20 < not 30 < = < in between like matches is 40 < + - 50 < * / 60 < unary - 70
 *
 * Comparisons do not chain. Depth is counted on the way down and up, so that neither ((((...)))) nor
 * 1+1+1+... builds a tree too deep for those who walk it. */
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "rule/rule_parse.h"

enum {
  BIND_OR = 10,
  BIND_AND = 20,
  BIND_NOT = 30,
  BIND_COMPARE = 40,
  BIND_ADD = 50,
  BIND_MULTIPLY = 60,
  BIND_NEGATE = 70
};

static const struct {
  const char *sign;
  uint8_t what, power;
} SIGNS[] = {
    {"+", RULE_ADD, BIND_ADD},           {"-", RULE_SUBTRACT, BIND_ADD},
    {"*", RULE_MULTIPLY, BIND_MULTIPLY}, {"/", RULE_DIVIDE, BIND_MULTIPLY},
    {"=", RULE_EQUAL, BIND_COMPARE},     {"!=", RULE_UNEQUAL, BIND_COMPARE},
    {"<", RULE_LESS, BIND_COMPARE},      {"<=", RULE_AT_MOST, BIND_COMPARE},
    {">", RULE_GREATER, BIND_COMPARE},   {">=", RULE_AT_LEAST, BIND_COMPARE},
};

rule_ast *rule_parse_fail(rule_parser *p, size_t at, const char *what) {
  if (p->status == GY_OK)
    p->status = rule_fail(p->lexer.err, GY_EPARSE, p->lexer.source, p->lexer.length, at, "%s", what);
  return NULL;
}

bool rule_is_sign(const rule_token *token, const char *sign) {
  return token->kind == RULE_TOKEN_SIGN && strlen(sign) == token->text.length &&
         memcmp(token->text.data, sign, token->text.length) == 0;
}

bool rule_is_word(const rule_token *token, const char *word) {
  return token->kind == RULE_TOKEN_NAME && rule_word_is(token->text, word);
}

/* After a failure every token is the end. */
void rule_advance(rule_parser *p) {
  p->token = p->next;
  if (p->status == GY_OK) p->status = rule_lex(&p->lexer, &p->next);
  if (p->status != GY_OK) p->token.kind = p->next.kind = RULE_TOKEN_END;
}

bool rule_take_sign(rule_parser *p, const char *sign) {
  if (!rule_is_sign(&p->token, sign)) return false;
  rule_advance(p);
  return true;
}

bool rule_take_word(rule_parser *p, const char *word) {
  if (!rule_is_word(&p->token, word)) return false;
  rule_advance(p);
  return true;
}

bool rule_expect_sign(rule_parser *p, const char *sign, const char *what) {
  if (rule_take_sign(p, sign)) return true;
  rule_parse_fail(p, p->token.at, what);
  return false;
}

static rule_ast *out_of_memory(rule_parser *p) {
  if (p->status == GY_OK)
    p->status = gy_fail(p->lexer.err, GY_ENOMEM, "no memory for a rule of %zu bytes", p->lexer.length);
  return NULL;
}

static rule_ast *too_deep(rule_parser *p, size_t at) {
  if (p->status == GY_OK)
    p->status = rule_fail(p->lexer.err, GY_ELIMIT, p->lexer.source, p->lexer.length, at,
                          "this is nested more than %d deep; name parts of it as macros", GY_RULE_DEPTH_MAX);
  return NULL;
}

rule_ast *rule_node(rule_parser *p, rule_kind kind, size_t at, rule_ast *const *args, size_t n) {
  if (p->status != GY_OK) return NULL;
  if (++p->n_nodes > GY_RULE_NODES_MAX) {
    p->status = rule_fail(p->lexer.err, GY_ELIMIT, p->lexer.source, p->lexer.length, at,
                          "a rule has at most %d parts", GY_RULE_NODES_MAX);
    return NULL;
  }
  rule_ast *node = gy_arena_calloc(p->lexer.arena, 1, sizeof *node);
  rule_ast **copy = n > 0 ? gy_arena_calloc(p->lexer.arena, n, sizeof *copy) : NULL;
  if (node == NULL || (n > 0 && copy == NULL)) return out_of_memory(p);
  *node = (rule_ast){.kind = kind, .at = (uint32_t)at, .n = (uint32_t)n, .args = copy, .depth = 1};
  for (size_t i = 0; i < n; i++) {
    copy[i] = args[i];
    if (args[i] != NULL && args[i]->depth >= node->depth) node->depth = (uint16_t)(args[i]->depth + 1);
  }
  return node->depth > GY_RULE_DEPTH_MAX ? too_deep(p, at) : node;
}

bool rule_list_add(rule_parser *p, rule_list *list, rule_ast *node) {
  if (node == NULL) return false;
  if (list->n == list->room) {
    size_t room = list->room > 0 ? list->room * 2 : 8;
    rule_ast **items = realloc(list->items, room * sizeof *items);
    if (items == NULL) return out_of_memory(p) != NULL;
    list->items = items;
    list->room = room;
  }
  list->items[list->n++] = node;
  return true;
}

/* `(a and b) and c` is `a and b and c`. */
static bool add_flat(rule_parser *p, rule_list *list, rule_ast *node, rule_kind kind) {
  if (node == NULL || node->kind != kind) return rule_list_add(p, list, node);
  bool good = true;
  for (size_t i = 0; i < node->n && good; i++) good = rule_list_add(p, list, node->args[i]);
  return good;
}

/* The rest of `first and second and ...`. */
static rule_ast *parse_chain(rule_parser *p, rule_ast *first, const char *word, rule_kind kind, int power) {
  rule_list list = {0};
  size_t at = p->token.at;
  bool good = add_flat(p, &list, first, kind);
  while (good && rule_take_word(p, word)) good = add_flat(p, &list, rule_parse_expression(p, power), kind);
  rule_ast *node = good ? rule_node(p, kind, at, list.items, list.n) : NULL;
  free(list.items);
  return node;
}

static rule_ast *parse_in(rule_parser *p, rule_ast *left, size_t at) {
  if (p->token.kind == RULE_TOKEN_NAME) {
    rule_ast *window = rule_parse_window(p);
    return rule_node(p, RULE_AST_IN_WINDOW, at, (rule_ast *[]){left, window}, 2);
  }
  if (!rule_expect_sign(p, "(", "`in` is followed by (a, b, c) or by a window such as last 30 days"))
    return NULL;
  rule_list list = {0};
  bool good = rule_list_add(p, &list, left);
  do good = good && rule_list_add(p, &list, rule_parse_expression(p, BIND_COMPARE));
  while (good && rule_take_sign(p, ","));
  good = good && rule_expect_sign(p, ")", "the list of `in` goes on with , or ends with )");
  rule_ast *node = good ? rule_node(p, RULE_AST_IN, at, list.items, list.n) : NULL;
  free(list.items);
  return node;
}

static rule_ast *parse_between(rule_parser *p, rule_ast *left, size_t at) {
  rule_ast *low = rule_parse_expression(p, BIND_COMPARE);
  if (low != NULL && !rule_take_word(p, "and"))
    return rule_parse_fail(p, p->token.at, "`between` is followed by two bounds: between 1 and 5");
  rule_ast *high = low != NULL ? rule_parse_expression(p, BIND_COMPARE) : NULL;
  return high != NULL ? rule_node(p, RULE_AST_BETWEEN, at, (rule_ast *[]){left, low, high}, 3) : NULL;
}

/* The words that follow an expression as signs do; `at` is the place of the first of them. */
static rule_ast *parse_word_operator(rule_parser *p, rule_ast *left) {
  size_t at = p->token.at;
  rule_ast *node = NULL;
  if (rule_take_word(p, "is")) {
    bool negated = rule_take_word(p, "not");
    if (!rule_take_word(p, "null"))
      return rule_parse_fail(p, p->token.at, "`is` is followed by null or not null; equality is written =");
    node = rule_node(p, RULE_AST_IS_NULL, at, &left, 1);
    if (node != NULL) node->negated = negated;
    return node;
  }
  bool negated = rule_take_word(p, "not");
  if (rule_take_word(p, "in"))
    node = parse_in(p, left, at);
  else if (rule_take_word(p, "between"))
    node = parse_between(p, left, at);
  else if (rule_is_word(&p->token, "like") || rule_is_word(&p->token, "matches")) {
    rule_kind kind = rule_is_word(&p->token, "like") ? RULE_AST_LIKE : RULE_AST_MATCHES;
    rule_advance(p);
    rule_ast *pattern = rule_parse_expression(p, BIND_COMPARE);
    node = pattern != NULL ? rule_node(p, kind, at, (rule_ast *[]){left, pattern}, 2) : NULL;
  } else {
    rule_parse_fail(p, p->token.at, "after an expression, `not` is followed by in, between, like or matches");
  }
  if (node != NULL) node->negated = negated;
  return node;
}

static bool is_word_operator(const rule_token *token) {
  return rule_is_word(token, "is") || rule_is_word(token, "not") || rule_is_word(token, "in") ||
         rule_is_word(token, "between") || rule_is_word(token, "like") || rule_is_word(token, "matches");
}

static const rule_ast *refuse_chain(rule_parser *p, int *compared) {
  if (++*compared > 1)
    return rule_parse_fail(p, p->token.at, "comparisons do not chain; join them with and, or put brackets");
  return NULL;
}

/* What binds at least as tight as `power`; NULL after a failure. */
static rule_ast *parse_rest(rule_parser *p, rule_ast *left, int power) {
  int compared = 0;
  while (left != NULL && p->status == GY_OK) {
    if (rule_is_word(&p->token, "or") && power < BIND_OR) {
      left = parse_chain(p, left, "or", RULE_AST_OR, BIND_OR);
      continue;
    }
    if (rule_is_word(&p->token, "and") && power < BIND_AND) {
      left = parse_chain(p, left, "and", RULE_AST_AND, BIND_AND);
      continue;
    }
    if (is_word_operator(&p->token) && power < BIND_COMPARE) {
      refuse_chain(p, &compared);
      left = p->status == GY_OK ? parse_word_operator(p, left) : NULL;
      continue;
    }
    size_t i = 0, n = sizeof SIGNS / sizeof *SIGNS;
    while (i < n && !rule_is_sign(&p->token, SIGNS[i].sign)) i++;
    if (i == n || SIGNS[i].power <= power) break;
    if (SIGNS[i].power == BIND_COMPARE) refuse_chain(p, &compared);
    size_t at = p->token.at;
    rule_advance(p);
    rule_ast *right = rule_parse_expression(p, SIGNS[i].power);
    left = right != NULL ? rule_node(p, RULE_AST_BINARY, at, (rule_ast *[]){left, right}, 2) : NULL;
    if (left != NULL) left->what = SIGNS[i].what;
  }
  return left;
}

static rule_ast *parse_prefix(rule_parser *p) {
  rule_token token = p->token;
  if (rule_take_word(p, "not")) {
    rule_ast *inner = rule_parse_expression(p, BIND_NOT);
    return inner != NULL ? rule_node(p, RULE_AST_NOT, token.at, &inner, 1) : NULL;
  }
  if (rule_take_sign(p, "-")) {
    rule_ast *inner = rule_parse_expression(p, BIND_NEGATE);
    return inner != NULL ? rule_node(p, RULE_AST_NEGATE, token.at, &inner, 1) : NULL;
  }
  if (rule_take_sign(p, "(")) {
    rule_ast *inner = rule_parse_expression(p, 0);
    return inner != NULL && rule_expect_sign(p, ")", "a bracket opened before is not closed here") ? inner
                                                                                                   : NULL;
  }
  return rule_parse_primary(p);
}

rule_ast *rule_parse_expression(rule_parser *p, int power) {
  if (p->status != GY_OK) return NULL;
  if (p->depth >= GY_RULE_DEPTH_MAX) return too_deep(p, p->token.at);
  p->depth++;
  rule_ast *node = parse_rest(p, parse_prefix(p), power);
  p->depth--;
  return p->status == GY_OK ? node : NULL;
}

/* Where the text stops being UTF-8 or holds a NUL; `length` when it does not. */
static size_t first_bad_byte(const char *text, size_t length) {
  size_t at = 0;
  while (at < length) {
    utf8proc_int32_t c;
    utf8proc_ssize_t n =
        utf8proc_iterate((const utf8proc_uint8_t *)text + at, (utf8proc_ssize_t)(length - at), &c);
    if (n <= 0 || c == 0) return at;
    at += (size_t)n;
  }
  return length;
}

static gy_status parse_text(gy_rule *rule, gy_error *err) {
  size_t bad = first_bad_byte(rule->source, rule->length);
  if (bad < rule->length)
    return rule_fail(err, GY_EPARSE, rule->source, bad, bad, "byte 0x%02x is not UTF-8 text",
                     (unsigned char)rule->source[bad]);
  rule_parser p = {
      .lexer = {.source = rule->source, .length = rule->length, .arena = &rule->arena, .err = err}};
  rule_advance(&p);
  rule_advance(&p);
  if (p.status == GY_OK && p.token.kind == RULE_TOKEN_END) rule_parse_fail(&p, 0, "the rule is empty");
  rule_ast *root = rule_parse_expression(&p, 0);
  if (p.status == GY_OK && p.token.kind != RULE_TOKEN_END)
    rule_parse_fail(&p, p.token.at,
                    rule_is_sign(&p.token, ")")
                        ? "this bracket was never opened"
                        : "the rule is complete before this; join parts with and or or");
  if (p.status == GY_OK) rule->root = root;
  rule->n_nodes = p.n_nodes;
  return p.status;
}

gy_status gy_rule_parse(const char *text, size_t length, gy_rule **rule, gy_error *err) {
  if (length > GY_RULE_BYTES_MAX)
    return gy_fail(
        err, GY_ELIMIT,
        "the rule has %zu bytes, at most %d are read; list long sets of ids in a segment of their own",
        length, GY_RULE_BYTES_MAX);
  gy_rule *made = calloc(1, sizeof *made);
  if (made == NULL) return gy_fail(err, GY_ENOMEM, "no memory for a rule of %zu bytes", length);
  gy_arena_init(&made->arena, 0, 0);
  made->source = gy_arena_strndup(&made->arena, text, length);
  made->length = length;
  gy_status status = made->source != NULL
                         ? parse_text(made, err)
                         : gy_fail(err, GY_ENOMEM, "no memory for a rule of %zu bytes", length);
  if (status == GY_OK)
    *rule = made;
  else
    gy_rule_destroy(made);
  return status;
}

void gy_rule_destroy(gy_rule *rule) {
  if (rule == NULL) return;
  gy_arena_clear(&rule->arena);
  free(rule);
}
