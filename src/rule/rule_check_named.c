/* SPDX-License-Identifier: Apache-2.0
 *
 * Names that stand for others: macros and the definitions of a set, and the compilation of a set from them.
 *
 * A macro with parameters is expanded: its tree is copied with the arguments' trees in place of the
 * parameters (rule_expand.c). One without is checked once. */
#include <stdlib.h>
#include <string.h>

#include "rule/rule_check.h"

enum { MACROS_DEEP = 20, SEGMENTS_DEEP = 50 };

static bool grow(rule_checker *c, void *list, size_t n, size_t *room, size_t bytes) {
  if (n < *room) return true;
  size_t more = *room > 0 ? *room * 2 : 16;
  void *items = gy_arena_calloc(&c->set->arena, more, bytes);
  if (items == NULL) return rule_made(c, NULL) != NULL;
  if (n > 0) memcpy(items, *(void **)list, n * bytes);
  *(void **)list = items;
  *room = more;
  return true;
}

bool rule_trace_add(rule_checker *c, const rule_trace_entry *entry) {
  rule_trace *t = c->trace;
  if (!grow(c, &t->entries, t->n, &t->room, sizeof *t->entries)) return false;
  t->entries[t->n++] = *entry;
  return true;
}

bool rule_uses_segment(rule_checker *c, const char *name) {
  rule_uses *uses = c->uses;
  for (size_t i = 0; i < uses->n_segments; i++)
    if (strcmp(uses->segments[i], name) == 0) return true;
  if (!grow(c, &uses->segments, uses->n_segments, &uses->room, sizeof *uses->segments)) return false;
  const char *copy = gy_arena_strndup(&c->set->arena, name, strlen(name));
  if (copy == NULL) return rule_made(c, NULL) != NULL;
  uses->segments[uses->n_segments++] = copy;
  return true;
}

static bool add_uses(rule_checker *c, const rule_uses *of) {
  bool good = true;
  c->uses->clock |= of->clock;
  for (size_t i = 0; i < of->n_segments && good; i++) good = rule_uses_segment(c, of->segments[i]);
  return good;
}

static bool open_named(rule_checker *c, rule_named *named) {
  if (named->rule != NULL) return true;
  c->status = gy_rule_parse(named->text, strlen(named->text), &named->rule, c->err);
  return c->status == GY_OK;
}

/* The path of a cycle: those that are open. */
static void list_open(const rule_named *list, size_t n, char *room, size_t bytes) {
  size_t used = 0;
  for (size_t i = 0; i < n; i++) {
    size_t length = list[i].progress == RULE_OPEN && list[i].name != NULL ? strlen(list[i].name) : 0;
    if (length == 0 || used + length + 3 > bytes) continue;
    if (used > 0) memcpy(room + used, ", ", 2), used += 2;
    memcpy(room + used, list[i].name, length);
    used += length;
  }
  room[used] = '\0';
}

/* The tree that the name stands for here; NULL: refused. */
static const rule_ast *body_of(rule_checker *c, rule_named *macro, const rule_ast *ast) {
  char open[300];
  bool too_deep = c->macro_depth >= MACROS_DEEP;
  if (macro->progress == RULE_OPEN || too_deep) {
    list_open(c->macros, c->n_macros, open, sizeof open);
    rule_refuse(c, ast->at, "macro '%s' leads back to itself or too deep: %s", macro->name, open);
    return NULL;
  }
  if (!open_named(c, macro)) return NULL;
  if (macro->head != NULL) return rule_expand(c, macro, ast);
  if (ast->kind != RULE_AST_CALL) return macro->rule->root;
  rule_refuse(c, ast->at, "macro '%s' takes no arguments; write %s", macro->name, macro->name);
  return NULL;
}

rule_named *rule_find_macro(rule_checker *c, gy_rule_text name) {
  for (size_t i = 0; i < c->n_macros; i++)
    if (strlen(c->macros[i].name) == name.length && memcmp(c->macros[i].name, name.data, name.length) == 0)
      return &c->macros[i];
  return NULL;
}

/* Terms that are alike are kept once, but engines are asked about each: doubling twenty times is a million.
 */
static bool count_parts(rule_checker *c, const rule_ast *ast, const char *what, size_t n) {
  c->n_expanded += n;
  if (c->n_expanded <= GY_RULE_NODES_MAX) return true;
  rule_refuse(c, ast->at, "%s make more than %d parts of this", what, GY_RULE_NODES_MAX);
  return false;
}

static rule_term *check_body(rule_checker *c, rule_named *macro, const rule_ast *ast) {
  rule_uses *uses = c->uses;
  const gy_rule *caller = c->rule;
  bool once = macro->head == NULL && c->scope == RULE_SCOPE_CUSTOMER; /* rows may give names another sense */
  const rule_ast *body = body_of(c, macro, ast);
  if (body == NULL) return NULL;
  if (c->trace != NULL && !rule_trace_add(c, &(rule_trace_entry){ast, NULL, body, macro->rule})) return NULL;
  bool known = once && macro->progress == RULE_DONE;
  size_t n_before = c->n_expanded;
  if (macro->head == NULL && !count_parts(c, ast, "macros", known ? macro->n_nodes : macro->rule->n_nodes))
    return NULL;
  if (known) return macro->term;
  rule_progress progress = macro->progress;
  if (macro->head == NULL) macro->progress = RULE_OPEN;
  if (macro->head == NULL) c->uses = &macro->uses;
  c->macro_depth++;
  c->rule = macro->rule;
  rule_term *term = rule_check(c, body);
  c->rule = caller;
  c->macro_depth--;
  c->uses = uses;
  if (macro->head == NULL) macro->progress = once ? RULE_DONE : progress;
  if (once) macro->term = term;
  if (once) macro->n_nodes = c->n_expanded - n_before;
  return term;
}

/* Its message says so where it is about the macro's text, and not about an argument. */
rule_term *rule_check_macro(rule_checker *c, rule_named *macro, const rule_ast *ast) {
  const gy_rule *caller = c->rule;
  bool good = c->status == GY_OK;
  rule_term *term = good ? check_body(c, macro, ast) : NULL;
  if (good && c->status != GY_OK && c->status != GY_ENOMEM && c->blamed != caller)
    gy_error_prefix(c->err, "macro '%s'", macro->name);
  if (term != NULL && !add_uses(c, &macro->uses)) return NULL;
  return term;
}

static rule_term *check_definition(rule_checker *c, rule_named *definition) {
  rule_checker inner = *c;
  inner.segment_depth++;
  inner.scope = RULE_SCOPE_CUSTOMER;
  inner.in_population = false;
  inner.effort = 0;
  inner.n_expanded = 0;
  inner.uses = &definition->uses;
  definition->progress = RULE_OPEN;
  if (open_named(&inner, definition)) {
    inner.rule = definition->rule;
    definition->term = rule_check_as(&inner, definition->rule->root, GY_RULE_BOOL, "a rule is a condition");
  }
  c->status = inner.status;
  c->blamed = inner.blamed;
  if (c->status != GY_OK && c->status != GY_ENOMEM && definition->name != NULL)
    gy_error_prefix(c->err, "segment '%s'", definition->name);
  definition->n_nodes = inner.n_expanded + (definition->rule != NULL ? definition->rule->n_nodes : 0);
  definition->progress = RULE_DONE;
  return definition->term;
}

/* `ast` is the in_segment() that asks; NULL: the set itself does. */
rule_term *rule_check_segment(rule_checker *c, rule_named *definition, const rule_ast *ast) {
  char open[300];
  size_t at = ast != NULL ? ast->args[0]->at : 0;
  if (definition->progress == RULE_OPEN) {
    list_open(c->definitions, c->n_definitions, open, sizeof open);
    return rule_refuse(c, at, "segment '%s' would be defined by itself, by way of: %s",
                       definition->name != NULL ? definition->name : "", open);
  }
  if (definition->progress != RULE_DONE && c->segment_depth >= SEGMENTS_DEEP)
    return rule_refuse(c, at, "segments refer to each other more than %d deep", SEGMENTS_DEEP);
  rule_term *term = definition->progress == RULE_DONE ? definition->term : check_definition(c, definition);
  if (term == NULL || ast == NULL) return term;
  if (!count_parts(c, ast, "the segments that it uses", definition->n_nodes)) return NULL;
  c->uses->clock |= definition->uses.clock;
  bool traced = c->trace == NULL ||
                rule_trace_add(c, &(rule_trace_entry){ast, NULL, definition->rule->root, definition->rule});
  return traced ? term : NULL;
}

/* ---- sets ---- */

static gy_status read_head(rule_checker *c, rule_named *macro) {
  const char *bracket = strchr(macro->name, '(');
  if (bracket == NULL) return GY_OK;
  c->status = gy_rule_parse(macro->name, strlen(macro->name), &macro->head, c->err);
  const rule_ast *head = c->status == GY_OK ? macro->head->root : NULL;
  bool good = head != NULL && head->kind == RULE_AST_CALL && head->n > 0 && !head->grouped &&
              !rule_is_function(head->text);
  for (size_t i = 0; good && i < head->n; i++) {
    good = head->args[i]->kind == RULE_AST_NAME && head->args[i]->qualifier.data == NULL;
    for (size_t k = 0; good && k < i; k++)
      good = strcmp(head->args[k]->text.data, head->args[i]->text.data) != 0;
  }
  if (c->status == GY_OK && !good)
    c->status = gy_fail(c->err, GY_EPARSE,
                        "macro '%s': with parameters it is named as it is called, such as spent(amount, n); "
                        "each name is its own, and none of a function",
                        macro->name);
  if (c->status == GY_OK) macro->name = head->text.data;
  return c->status;
}

/* Keeps or destroys the trees. */
static void let_go(rule_named *list, size_t n, rule_kept *kept) {
  for (size_t i = 0; i < n; i++) {
    gy_rule_destroy(list[i].head);
    if (kept != NULL && list[i].rule != NULL)
      kept->rules[kept->n++] = list[i].rule;
    else
      gy_rule_destroy(list[i].rule);
  }
}

static gy_status check_all(rule_checker *c, const rule_kept *kept) {
  gy_rule_set *set = c->set;
  for (size_t i = 0; i < c->n_macros && c->status == GY_OK; i++) c->status = read_head(c, &c->macros[i]);
  for (size_t i = 0; i < set->n_rules && c->status == GY_OK; i++) {
    rule_named *definition = &c->definitions[kept != NULL ? kept->which : i];
    set->rules[i] = rule_check_segment(c, definition, NULL);
    set->uses[i] =
        (rule_set_uses){definition->uses.clock, definition->uses.segments, definition->uses.n_segments};
  }
  if (c->status == GY_OK && !rule_mark_used(set, set->rules, set->n_rules)) rule_made(c, NULL);
  return c->status;
}

static gy_status compile(gy_rule_set *set, const gy_rule_definition *definitions, size_t n, rule_kept *kept,
                         gy_error *err) {
  const gy_rule_catalogue *catalogue = set->catalogue;
  rule_checker c = {.set = set,
                    .n_definitions = n,
                    .n_macros = catalogue->n_macros,
                    .scope = RULE_SCOPE_CUSTOMER,
                    .trace = kept != NULL ? &kept->trace : NULL,
                    .err = err};
  c.definitions = gy_arena_calloc(&set->arena, n + 1, sizeof *c.definitions);
  c.macros = gy_arena_calloc(&set->arena, c.n_macros + 1, sizeof *c.macros);
  if (kept != NULL) kept->rules = gy_arena_calloc(&set->arena, n + c.n_macros + 1, sizeof *kept->rules);
  if (c.definitions == NULL || c.macros == NULL || (kept != NULL && kept->rules == NULL))
    return gy_fail(err, GY_ENOMEM, "no memory to compile rules");
  for (size_t i = 0; i < n; i++)
    c.definitions[i] = (rule_named){.name = definitions[i].name, .text = definitions[i].text};
  for (size_t i = 0; i < c.n_macros; i++)
    c.macros[i] = (rule_named){.name = catalogue->macros[i].name, .text = catalogue->macros[i].text};
  gy_status status = check_all(&c, kept);
  let_go(c.definitions, n, status == GY_OK ? kept : NULL);
  let_go(c.macros, c.n_macros, status == GY_OK ? kept : NULL);
  return status;
}

gy_status rule_set_create(const gy_rule_catalogue *catalogue, const gy_rule_clock *clock,
                          const gy_rule_definition *definitions, size_t n, rule_kept *kept, gy_rule_set **set,
                          gy_error *err) {
  gy_rule_set *made = NULL;
  gy_status status = rule_set_init(catalogue, clock, kept != NULL ? 1 : n, &made, err);
  if (status == GY_OK) status = compile(made, definitions, n, kept, err);
  if (status == GY_OK)
    *set = made;
  else
    gy_rule_set_destroy(made);
  return status;
}

gy_status gy_rule_set_compile(const gy_rule_catalogue *catalogue, const gy_rule_clock *clock,
                              const gy_rule_definition *definitions, size_t n, gy_rule_set **set,
                              gy_error *err) {
  return rule_set_create(catalogue, clock, definitions, n, NULL, set, err);
}
