/* SPDX-License-Identifier: Apache-2.0
 *
 * Explanations: the tree of conditions is drawn from the rule's own tree once, with the term of every value
 * that is shown; then each customer is one evaluation of those terms. */
#include "rule/rule_explain.h"

#include <stdlib.h>
#include <string.h>

enum { PREDICATES_MOST = 20000, SEEN_MOST = 24, TEXT_MOST = 1 << 24 };

typedef struct shown {
  const char *text;
  const rule_term *term;
} shown;

typedef struct predicate {
  gy_rule_predicate fixed; /* what is the same for every customer */
  const rule_term *term;
  shown *seen;
} predicate;

struct gy_rule_explainer {
  gy_rule_set *set;
  rule_kept kept;
  gy_arena arena;
  rule_program program;
  rule_worker worker;
  predicate *predicates;
  size_t n_predicates;
  rule_reason *root;
  rule_reason **reasons;   /* all */
  const rule_term **terms; /* of reasons */
  size_t n_reasons, reasons_room;
};

/* While the tree is drawn. */
typedef struct drawing {
  gy_rule_explainer *e;
  size_t room;               /* of predicates */
  const gy_rule *place_rule; /* where the last predicate was found */
  size_t place_at, line, column;
  bool failed; /* memory is spent */
} drawing;

/* ---- what became of nodes ---- */

static int by_node(const void *x, const void *y) {
  const rule_trace_entry *a = x, *b = y;
  if (a->ast != b->ast) return (uintptr_t)a->ast < (uintptr_t)b->ast ? -1 : 1;
  return (a->body != NULL) - (b->body != NULL);
}

static int by_node_and_sort(const void *key, const void *entry) { return by_node(key, entry); }

static const rule_trace_entry *find(const drawing *d, const rule_ast *ast, bool body) {
  const rule_trace *trace = &d->e->kept.trace;
  rule_trace_entry key = {.ast = ast, .body = body ? ast : NULL};
  return bsearch(&key, trace->entries, trace->n, sizeof key, by_node_and_sort);
}

static const rule_term *term_of(const drawing *d, const rule_ast *ast) {
  const rule_trace_entry *entry = find(d, ast, false);
  return entry != NULL ? entry->term : NULL;
}

/* ---- texts ---- */

static const char *kept_text(drawing *d, gy_buffer *text) {
  const char *copy = text->failed
                         ? NULL
                         : gy_arena_strndup(&d->e->arena, text->data != NULL ? text->data : "", text->length);
  d->failed |= copy == NULL;
  gy_buffer_clear(text);
  return copy != NULL ? copy : "";
}

static const char *text_of(drawing *d, const rule_ast *ast) {
  gy_buffer text;
  gy_buffer_init(&text, TEXT_MOST);
  rule_print_node(&text, ast);
  return kept_text(d, &text);
}

static const char *wanted_of(drawing *d, const rule_ast *ast, size_t subject) {
  gy_buffer text;
  gy_buffer_init(&text, TEXT_MOST);
  rule_print_wanted(&text, ast, subject);
  return kept_text(d, &text);
}

/* ---- places ---- */

static size_t first_byte(const rule_ast *ast, const rule_origin *origin) {
  size_t at = ast->origin == origin ? ast->at : SIZE_MAX;
  for (uint32_t i = 0; i < ast->n; i++) {
    size_t below = ast->args[i] != NULL ? first_byte(ast->args[i], origin) : SIZE_MAX;
    if (below < at) at = below;
  }
  return at;
}

/* Predicates come in the order of the text, so that each byte is seen about once. */
static void place(drawing *d, const gy_rule *rule, const rule_ast *ast, gy_rule_predicate *out) {
  if (ast->origin != NULL) rule = ast->origin->rule;
  size_t at = first_byte(ast, ast->origin);
  if (rule != d->place_rule || at < d->place_at) {
    d->place_rule = rule;
    d->place_at = 0;
    d->line = d->column = 1;
  }
  for (; d->place_at < at; d->place_at++) {
    char c = rule->source[d->place_at];
    if (c == '\n') {
      d->line++;
      d->column = 1;
    } else {
      d->column += ((unsigned char)c & 0xC0) != 0x80;
    }
  }
  out->line = d->line;
  out->column = d->column;
  /* a continuation byte is never where a node begins */
  out->byte = at;
}

/* ---- predicates ---- */

static bool make_room(drawing *d) {
  gy_rule_explainer *e = d->e;
  if (e->n_predicates < d->room) return true;
  size_t room = d->room > 0 ? d->room * 2 : 32;
  predicate *more = gy_arena_calloc(&e->arena, room, sizeof *more);
  if (more == NULL) return false;
  if (e->n_predicates > 0) memcpy(more, e->predicates, e->n_predicates * sizeof *more);
  e->predicates = more;
  d->room = room;
  return true;
}

/* SIZE_MAX: memory is spent. */
static size_t add_predicate(drawing *d, const gy_rule *rule, const rule_ast *ast, size_t parent,
                            bool negated) {
  if (!make_room(d)) {
    d->failed = true;
    return SIZE_MAX;
  }
  gy_rule_explainer *e = d->e;
  predicate *p = &e->predicates[e->n_predicates];
  *p = (predicate){.term = term_of(d, ast)};
  p->fixed = (gy_rule_predicate){.is_negated = negated,
                                 .text = text_of(d, ast),
                                 .wanted = "is true",
                                 .parent = parent,
                                 .depth = parent == SIZE_MAX ? 0 : e->predicates[parent].fixed.depth + 1};
  place(d, rule, ast, &p->fixed);
  return e->n_predicates++;
}

static void see(predicate *p, const char *text, const rule_term *term) {
  if (term == NULL || rule_is_constant(term) || p->fixed.n_seen == SEEN_MOST) return;
  for (size_t i = 0; i < p->fixed.n_seen; i++)
    if (strcmp(p->seen[i].text, text) == 0) return;
  p->seen[p->fixed.n_seen++] = (shown){text, term};
}

/* Attributes, aggregates and figures that an expression is made of. */
static void see_parts(drawing *d, predicate *p, const rule_ast *ast) {
  const rule_term *term = term_of(d, ast);
  if (term == NULL) return;
  bool figure = term->op == RULE_OP_COLUMN || term->op == RULE_OP_POPULATION || term->op == RULE_OP_BUCKET;
  bool part = ast->kind == RULE_AST_NAME || ast->kind == RULE_AST_AGGREGATE ||
              (ast->kind == RULE_AST_CALL && (figure || find(d, ast, true) != NULL));
  if (part) see(p, text_of(d, ast), term);
  if (ast->kind == RULE_AST_AGGREGATE && ast->what == RULE_EXISTS && term->op == RULE_OP_GREATER) {
    rule_ast counted = *ast;
    counted.what = RULE_COUNT;
    see(p, text_of(d, &counted), term->args[0]);
  }
  bool goes_on = ast->kind != RULE_AST_AGGREGATE && ast->kind != RULE_AST_WINDOW;
  for (uint32_t i = 0; i < ast->n && goes_on; i++)
    if (ast->args[i] != NULL) see_parts(d, p, ast->args[i]);
}

/* Which operand is looked at; SIZE_MAX: the predicate is a value itself. */
static size_t subject_of(const drawing *d, const rule_ast *ast) {
  switch (ast->kind) {
    case RULE_AST_BINARY: {
      const rule_term *left = term_of(d, ast->args[0]), *right = term_of(d, ast->args[1]);
      return left != NULL && rule_is_constant(left) && right != NULL && !rule_is_constant(right);
    }
    case RULE_AST_IS_NULL:
    case RULE_AST_IN:
    case RULE_AST_IN_WINDOW:
    case RULE_AST_BETWEEN:
    case RULE_AST_LIKE:
    case RULE_AST_MATCHES:
      return 0;
    default:
      return SIZE_MAX;
  }
}

static void describe(drawing *d, predicate *p, const rule_ast *ast) {
  size_t subject = subject_of(d, ast);
  p->seen = gy_arena_calloc(&d->e->arena, SEEN_MOST, sizeof *p->seen);
  d->failed |= p->seen == NULL || p->term == NULL;
  if (d->failed) return;
  if (rule_is_constant(p->term)) {
    p->fixed.wanted = "";
  } else if (subject == SIZE_MAX) {
    see(p, p->fixed.text, p->term);
  } else {
    p->fixed.wanted = wanted_of(d, ast, subject);
    see(p, text_of(d, ast->args[subject]), term_of(d, ast->args[subject]));
    see_parts(d, p, ast->args[subject]);
  }
  if (!rule_is_constant(p->term)) see_parts(d, p, ast);
}

/* ---- the tree ---- */

static rule_reason *add_reason(drawing *d, rule_reason_kind kind, const rule_ast *ast, uint32_t n) {
  gy_rule_explainer *e = d->e;
  rule_reason *reason = gy_arena_calloc(&e->arena, 1, sizeof *reason);
  if (e->n_reasons == e->reasons_room) {
    size_t room = e->reasons_room > 0 ? e->reasons_room * 2 : 64;
    rule_reason **reasons = gy_arena_calloc(&e->arena, room, sizeof(rule_reason *));
    const rule_term **terms = gy_arena_calloc(&e->arena, room, sizeof(rule_term *));
    if (reasons != NULL && terms != NULL && e->n_reasons > 0) {
      memcpy(reasons, e->reasons, e->n_reasons * sizeof(rule_reason *));
      memcpy(terms, e->terms, e->n_reasons * sizeof(rule_term *));
    }
    d->failed |= reasons == NULL || terms == NULL;
    e->reasons = reasons;
    e->terms = terms;
    e->reasons_room = room;
  }
  const rule_term *term = term_of(d, ast);
  d->failed |= reason == NULL || term == NULL;
  if (d->failed) return NULL;
  reason->kind = kind;
  reason->n = n;
  reason->is_fixed = rule_is_constant(term);
  reason->predicate = SIZE_MAX;
  reason->operands = gy_arena_calloc(&e->arena, n + 1, sizeof(rule_reason *));
  d->failed |= reason->operands == NULL;
  e->reasons[e->n_reasons] = reason;
  e->terms[e->n_reasons++] = term;
  return d->failed ? NULL : reason;
}

static rule_reason *draw(drawing *d, const gy_rule *rule, const rule_ast *ast, size_t parent, bool negated);

/* A macro or a segment above what it stands for. */
static rule_reason *draw_named(drawing *d, const gy_rule *rule, const rule_ast *ast, size_t parent,
                               bool negated) {
  const rule_trace_entry *entry = find(d, ast, true);
  bool segment = ast->kind == RULE_AST_CALL && rule_is_function(ast->text);
  size_t at = add_predicate(d, rule, ast, parent, negated);
  rule_reason *reason = add_reason(d, segment ? RULE_REASON_MEMBER : RULE_REASON_MACRO, ast, 1);
  if (reason == NULL || at == SIZE_MAX) return NULL;
  d->e->predicates[at].fixed.kind = segment ? GY_RULE_OF_SEGMENT : GY_RULE_OF_MACRO;
  reason->predicate = at;
  reason->operands[0] = draw(d, entry->rule, entry->body, at, negated);
  return reason->operands[0] != NULL ? reason : NULL;
}

static rule_reason *draw_leaf(drawing *d, const gy_rule *rule, const rule_ast *ast, size_t parent,
                              bool negated) {
  size_t at = add_predicate(d, rule, ast, parent, negated);
  rule_reason *reason = add_reason(d, RULE_REASON_LEAF, ast, 0);
  if (reason == NULL || at == SIZE_MAX) return NULL;
  describe(d, &d->e->predicates[at], ast);
  reason->predicate = at;
  return d->failed ? NULL : reason;
}

static rule_reason *draw(drawing *d, const gy_rule *rule, const rule_ast *ast, size_t parent, bool negated) {
  bool logic = ast->kind == RULE_AST_AND || ast->kind == RULE_AST_OR || ast->kind == RULE_AST_NOT;
  bool few = d->e->n_predicates < PREDICATES_MOST; /* segments of segments of ... */
  if (!logic)
    return few && find(d, ast, true) != NULL ? draw_named(d, rule, ast, parent, negated)
                                             : draw_leaf(d, rule, ast, parent, negated);
  rule_reason *reason = add_reason(d,
                                   ast->kind == RULE_AST_AND  ? RULE_REASON_AND
                                   : ast->kind == RULE_AST_OR ? RULE_REASON_OR
                                                              : RULE_REASON_NOT,
                                   ast, ast->n);
  for (uint32_t i = 0; i < ast->n && reason != NULL; i++) {
    reason->operands[i] = draw(d, rule, ast->args[i], parent, negated != (ast->kind == RULE_AST_NOT));
    if (reason->operands[i] == NULL) reason = NULL;
  }
  return reason;
}

/* ---- explainers ---- */

static gy_status prepare(gy_rule_explainer *e, gy_error *err) {
  size_t n = 0, most = e->n_reasons + e->n_predicates * (1 + (size_t)SEEN_MOST) + 1;
  rule_term **roots = gy_arena_calloc(&e->arena, most, sizeof(rule_term *));
  if (roots == NULL) return rule_no_memory(e->set, err);
  roots[n++] = e->set->rules[0];
  for (size_t i = 0; i < e->n_reasons; i++) roots[n++] = e->set->terms[e->terms[i]->id];
  for (size_t i = 0; i < e->n_predicates; i++)
    for (size_t k = 0; k < e->predicates[i].fixed.n_seen; k++)
      roots[n++] = e->set->terms[e->predicates[i].seen[k].term->id];
  if (!rule_mark_used(e->set, roots, n)) return rule_no_memory(e->set, err);
  gy_status status = rule_program_init(e->set, roots, n, &e->arena, &e->program, err);
  return status == GY_OK ? rule_worker_init(&e->worker, &e->program, err) : status;
}

/* The tree of the definition is the last that the trace saw. */
static gy_status draw_all(gy_rule_explainer *e, gy_error *err) {
  drawing d = {.e = e};
  const rule_trace_entry *last = &e->kept.trace.entries[e->kept.trace.n - 1];
  const rule_ast *root = last->ast;
  const gy_rule *rule = NULL;
  for (size_t i = 0; i < e->kept.n; i++)
    if (e->kept.rules[i]->root == root) rule = e->kept.rules[i];
  qsort(e->kept.trace.entries, e->kept.trace.n, sizeof *e->kept.trace.entries, by_node);
  e->root = draw(&d, rule, root, SIZE_MAX, false);
  return e->root != NULL ? prepare(e, err) : rule_no_memory(e->set, err);
}

gy_status gy_rule_explainer_create(const gy_rule_catalogue *catalogue, const gy_rule_clock *clock,
                                   const gy_rule_definition *definitions, size_t n, size_t which,
                                   gy_rule_explainer **explainer, gy_error *err) {
  gy_rule_explainer *made = calloc(1, sizeof *made);
  if (made == NULL) return gy_fail(err, GY_ENOMEM, "no memory to explain a rule");
  gy_arena_init(&made->arena, 0, 0);
  made->kept.which = which;
  gy_status status = rule_set_create(catalogue, clock, definitions, n, &made->kept, &made->set, err);
  if (status == GY_OK) status = draw_all(made, err);
  if (status == GY_OK)
    *explainer = made;
  else
    gy_rule_explainer_destroy(made);
  return status;
}

void gy_rule_explainer_destroy(gy_rule_explainer *explainer) {
  if (explainer == NULL) return;
  if (explainer->worker.program != NULL) rule_worker_clear(&explainer->worker);
  for (size_t i = 0; explainer->set != NULL && i < explainer->kept.n; i++)
    gy_rule_destroy(explainer->kept.rules[i]);
  gy_arena_clear(&explainer->arena);
  gy_rule_set_destroy(explainer->set);
  free(explainer);
}

const gy_rule_set *gy_rule_explainer_set(const gy_rule_explainer *explainer) { return explainer->set; }

/* ---- explanations ---- */

/* In the largest unit that leaves nothing over. */
static void put_duration(gy_buffer *out, double micros) {
  static const rule_unit UNITS[] = {RULE_DAY, RULE_HOUR, RULE_MINUTE, RULE_SECOND};
  for (size_t i = 0; i < 4; i++) {
    double amount = micros / (double)rule_unit_us(UNITS[i]);
    if (amount != (double)(int64_t)amount && i < 3) continue;
    rule_print_number(out, amount);
    gy_buffer_printf(out, " %s", rule_unit_name(UNITS[i]));
    return;
  }
}

static void put_value(gy_buffer *out, gy_rule_type type, const rule_lane *lane, const rule_zone *zone) {
  const int64_t *moment = lane->data;
  switch (type) {
    case GY_RULE_NUMBER:
      rule_print_number(out, *(const double *)lane->data);
      break;
    case GY_RULE_TEXT:
      rule_print_quoted(out, *(const gy_rule_text *)lane->data, '\'');
      break;
    case GY_RULE_BOOL:
      gy_buffer_text(out, *(const uint8_t *)lane->data != 0 ? "true" : "false");
      break;
    case GY_RULE_DATE:
      rule_print_date(out, *moment);
      break;
    case GY_RULE_TIMESTAMP:
      rule_print_timestamp(out, *moment + rule_zone_offset(zone, *moment));
      break;
    case GY_RULE_DURATION:
      put_duration(out, *(const double *)lane->data);
  }
}

static bool show(const gy_rule_explainer *e, const predicate *p, gy_arena *arena, gy_rule_predicate *out) {
  gy_rule_seen *seen = gy_arena_calloc(arena, p->fixed.n_seen + 1, sizeof *seen);
  if (seen == NULL) return false;
  *out = p->fixed;
  out->answer = rule_answer_of(&e->worker.lanes[p->term->id]);
  out->seen = seen;
  for (size_t i = 0; i < p->fixed.n_seen; i++) {
    const rule_term *term = p->seen[i].term;
    const rule_lane *lane = &e->worker.lanes[term->id];
    seen[i] = (gy_rule_seen){.text = p->seen[i].text, .type = term->type};
    if (!lane->valid[0]) continue;
    gy_buffer text;
    gy_buffer_init(&text, TEXT_MOST);
    put_value(&text, term->type, lane, &e->set->zone);
    seen[i].value = text.failed ? NULL : gy_arena_strndup(arena, text.data, text.length);
    gy_buffer_clear(&text);
    if (seen[i].value == NULL) return false;
  }
  return true;
}

static bool explain(gy_rule_explainer *e, gy_arena *arena, gy_rule_explanation *out) {
  gy_rule_predicate *predicates = gy_arena_calloc(arena, e->n_predicates + 1, sizeof *predicates);
  if (predicates == NULL) return false;
  for (size_t i = 0; i < e->n_predicates; i++)
    if (!show(e, &e->predicates[i], arena, &predicates[i])) return false;
  for (size_t i = 0; i < e->n_reasons; i++)
    e->reasons[i]->answer = rule_answer_of(&e->worker.lanes[e->terms[i]->id]);
  rule_decide(e->root, predicates);
  out->answer = e->root->answer;
  out->predicates = predicates;
  out->n_predicates = e->n_predicates;
  return true;
}

gy_status gy_rule_explain(gy_rule_explainer *explainer, const gy_rule_data *data, size_t customer,
                          gy_rule_explanation *explanation, gy_error *err) {
  gy_status status = rule_needs_ranks(explainer->set, data, err);
  if (status != GY_OK) return status;
  gy_rule_explanation made = {.answer = GY_RULE_UNKNOWN};
  gy_arena *arena = malloc(sizeof *arena);
  if (arena == NULL) return rule_no_memory(explainer->set, err);
  gy_arena_init(arena, 0, 0);
  made.storage = arena;
  explainer->worker.data = data;
  status = rule_worker_run(&explainer->worker, &explainer->program.answers, customer, 1, err);
  if (status == GY_OK && !explain(explainer, arena, &made)) status = rule_no_memory(explainer->set, err);
  if (status == GY_OK)
    *explanation = made;
  else
    gy_rule_explanation_clear(&made);
  return status;
}

void gy_rule_explanation_clear(gy_rule_explanation *explanation) {
  if (explanation->storage != NULL) gy_arena_clear(explanation->storage);
  free(explanation->storage);
  *explanation = (gy_rule_explanation){.answer = GY_RULE_UNKNOWN};
}
