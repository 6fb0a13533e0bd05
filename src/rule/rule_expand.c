/* SPDX-License-Identifier: Apache-2.0
 *
 * A macro's tree with a call's arguments in place of its parameters. Copies keep where they come from: nodes
 * of the macro its text, those of arguments their caller's, so that messages point into the right text and a
 * macro that leads back to itself is told from one that stands in an argument, as in twice(twice(x)). */
#include <string.h>

#include "rule/rule_check.h"

enum { AMOUNT_MOST = 100000, CHAIN_MOST = 20 };

typedef struct expansion {
  rule_checker *c;
  const rule_ast *head, *call;
  const rule_origin *body, *caller;
} expansion;

static const rule_ast *argument_of(const expansion *x, const rule_ast *name) {
  if (name->kind != RULE_AST_NAME || name->qualifier.data != NULL) return NULL;
  for (size_t i = 0; i < x->head->n; i++)
    if (strcmp(x->head->args[i]->text.data, name->text.data) == 0) return x->call->args[i];
  return NULL;
}

static rule_ast *copy_of(const expansion *x, const rule_ast *ast, bool is_argument);

static bool copy_operands(const expansion *x, const rule_ast *ast, bool is_argument, rule_ast *copy) {
  copy->args = gy_arena_calloc(&x->c->set->arena, ast->n + 1, sizeof *copy->args);
  if (copy->args == NULL) return rule_made(x->c, NULL) != NULL;
  copy->depth = 1;
  for (size_t i = 0; i < ast->n; i++) {
    if (ast->args[i] == NULL) continue;
    copy->args[i] = copy_of(x, ast->args[i], is_argument);
    if (copy->args[i] == NULL) return false;
    if (copy->args[i]->depth >= copy->depth) copy->depth = (uint16_t)(copy->args[i]->depth + 1);
  }
  return true;
}

/* `n days` with a number for n. */
static bool settle_amount(const expansion *x, rule_ast *copy) {
  bool counted = copy->kind == RULE_AST_DURATION || copy->kind == RULE_AST_AGO ||
                 (copy->kind == RULE_AST_WINDOW && copy->what == RULE_LAST);
  if (!counted || copy->n == 0 || copy->args[0]->origin == x->body) return true; /* no parameter */
  const rule_ast *amount = copy->args[0];
  int64_t whole =
      amount->kind == RULE_AST_NUMBER && amount->number <= AMOUNT_MOST ? (int64_t)amount->number : -1;
  if (whole < 0 || (double)whole != amount->number) {
    x->c->rule = amount->origin->rule;
    rule_refuse(x->c, amount->at, "here it counts %s, so it is a whole number, at most %d",
                rule_unit_name((rule_unit)copy->unit), AMOUNT_MOST);
    return false;
  }
  copy->integer = whole;
  copy->n = 0;
  copy->depth = 1;
  return true;
}

static rule_ast *copy_of(const expansion *x, const rule_ast *ast, bool is_argument) {
  const rule_ast *argument = is_argument ? NULL : argument_of(x, ast);
  if (argument != NULL) return copy_of(x, argument, true);
  rule_checker *c = x->c;
  if (++c->n_expanded > GY_RULE_NODES_MAX) {
    if (c->status == GY_OK)
      c->status = rule_fail(c->err, GY_ELIMIT, c->rule->source, c->rule->length, x->call->at,
                            "macros make more than %d parts of this", GY_RULE_NODES_MAX);
    c->blamed = c->rule;
    return NULL;
  }
  rule_ast *copy = gy_arena_alloc(&c->set->arena, sizeof *copy);
  if (copy == NULL) return rule_made(c, NULL) != NULL ? copy : NULL;
  *copy = *ast;
  copy->origin = ast->origin != NULL ? ast->origin : is_argument ? x->caller : x->body;
  if (!copy_operands(x, ast, is_argument, copy) || !settle_amount(x, copy)) return NULL;
  if (copy->depth <= GY_RULE_DEPTH_MAX) return copy;
  rule_refuse(c, x->call->at, "with its macros this is nested more than %d deep", GY_RULE_DEPTH_MAX);
  return NULL;
}

static bool leads_back(const rule_named *macro, const rule_origin *origin) {
  while (origin != NULL && origin->macro != macro) origin = origin->caller;
  return origin != NULL;
}

const rule_ast *rule_expand(rule_checker *c, const rule_named *macro, const rule_ast *call) {
  const rule_ast *head = macro->head->root;
  size_t n = call->kind == RULE_AST_CALL && !call->grouped ? call->n : 0;
  if (n != head->n) {
    rule_refuse(c, call->at, "macro '%s' takes %u argument%s: %s", macro->name, (unsigned)head->n,
                head->n > 1 ? "s" : "", macro->head->source);
    return NULL;
  }
  if (leads_back(macro, call->origin) || (call->origin != NULL && call->origin->depth >= CHAIN_MOST)) {
    rule_refuse(c, call->at, "macro '%s' leads back to itself or too deep", macro->name);
    return NULL;
  }
  rule_origin *body = gy_arena_calloc(&c->set->arena, 2, sizeof *body);
  if (body == NULL) return rule_made(c, NULL) != NULL ? call : NULL;
  body[0] =
      (rule_origin){macro->rule, macro, call->origin, call->origin != NULL ? call->origin->depth + 1 : 1};
  body[1] = (rule_origin){.rule = c->rule};
  const gy_rule *rule = c->rule;
  expansion x = {c, head, call, &body[0], call->origin != NULL ? call->origin : &body[1]};
  const rule_ast *made = copy_of(&x, macro->rule->root, false);
  c->rule = rule;
  return made;
}
