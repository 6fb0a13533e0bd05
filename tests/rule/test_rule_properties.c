/* SPDX-License-Identifier: Apache-2.0
 *
 * Laws over random trees: parse(print(x)) = x, and rules whose allocations fail one by one end with one
 * sentence and nothing kept. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "random_rule.h"
#include "rule/rule_ast.h"
#include "rule_fixture.h"
#include "support/alloc_fail.h"

enum { TREES = 20000, DEEP = 5 };

/* ---- random trees: any shape the grammar has, whether it means something or not ---- */

typedef struct grower {
  gy_rng *rng;
  gy_arena *arena;
} grower;

static uint64_t below(grower *g, uint64_t n) { return gy_rng_below(g->rng, n); }

static rule_ast *grow(grower *g, int depth);

static gy_rule_text any_text(grower *g, bool name) {
  static const char *const NAMES[] = {"a",       "recency_days", "and",  "지역",  "weird name",
                                      "qu\"ote", "last",         "on",   "count", "café",
                                      "1st",     "NULL",         "days", "x.y",   "--"};
  static const char *const TEXTS[] = {"", "'", "''", "서울", "a\nb", "--", "/*", "%", "\\", "\"", "é"};
  const char *text =
      name ? NAMES[below(g, sizeof NAMES / sizeof *NAMES)] : TEXTS[below(g, sizeof TEXTS / sizeof *TEXTS)];
  return (gy_rule_text){text, strlen(text)};
}

static rule_ast *node(grower *g, rule_kind kind, rule_ast *const *args, size_t n) {
  rule_ast *made = gy_arena_calloc(g->arena, 1, sizeof *made);
  made->kind = kind;
  made->n = (uint32_t)n;
  made->args = n > 0 ? gy_arena_calloc(g->arena, n, sizeof *made->args) : NULL;
  for (size_t i = 0; i < n; i++) made->args[i] = args[i];
  return made;
}

/* `n days` in a macro */
static rule_ast *with_parameter(grower *g, rule_ast *duration, uint64_t unit) {
  rule_ast *name = node(g, RULE_AST_NAME, NULL, 0);
  name->text = (gy_rule_text){"n", 1};
  duration->args = gy_arena_calloc(g->arena, 1, sizeof *duration->args);
  duration->args[0] = name;
  duration->n = 1;
  duration->unit = (uint8_t)unit;
  return duration;
}

static rule_ast *leaf(grower *g) {
  static const double NUMBERS[] = {0, 1, 0.1, 1e15, 1e-15, 123456.789, 1.0 / 3, 2.5e-7, 1e6};
  static const rule_kind KINDS[] = {RULE_AST_NUMBER,    RULE_AST_TEXT,     RULE_AST_BOOL, RULE_AST_DATE,
                                    RULE_AST_TIMESTAMP, RULE_AST_DURATION, RULE_AST_AGO,  RULE_AST_NOW,
                                    RULE_AST_TODAY,     RULE_AST_NAME};
  rule_ast *made = node(g, KINDS[below(g, 10)], NULL, 0);
  switch (made->kind) {
    case RULE_AST_NUMBER:
      made->number = NUMBERS[below(g, 9)];
      break;
    case RULE_AST_TEXT:
      made->text = any_text(g, false);
      break;
    case RULE_AST_BOOL:
      made->integer = (int64_t)below(g, 2);
      break;
    case RULE_AST_DATE:
      made->integer = (int64_t)below(g, 3652059) - 719162;
      break;
    case RULE_AST_TIMESTAMP:
      made->integer = (int64_t)below(g, INT64_C(4000000000000000)) * (below(g, 2) != 0 ? 1 : -1);
      break;
    case RULE_AST_TODAY:
      made->integer = -(int64_t)below(g, 2);
      break;
    case RULE_AST_NAME:
      made->text = any_text(g, true);
      if (below(g, 3) == 0) made->qualifier = any_text(g, true);
      break;
    case RULE_AST_NOW:
      break;
    default:
      if (below(g, 5) == 0) return with_parameter(g, made, below(g, RULE_UNITS));
      made->integer = (int64_t)below(g, 100001);
      made->unit = (uint8_t)below(g, RULE_UNITS);
  }
  return made;
}

static rule_ast *grow_window(grower *g, int depth) {
  rule_window what = (rule_window)below(g, RULE_WINDOWS);
  rule_ast *ends[2] = {grow(g, depth), grow(g, depth)};
  rule_ast *made = node(g, RULE_AST_WINDOW, ends, what <= RULE_PREVIOUS ? 0 : what == RULE_FROM ? 2 : 1);
  made->what = (uint8_t)what;
  if (what == RULE_LAST && below(g, 4) == 0) return with_parameter(g, made, below(g, RULE_UNITS));
  if (what == RULE_LAST) made->integer = (int64_t)below(g, 1000);
  if (what <= RULE_PREVIOUS)
    made->unit = (uint8_t)(what == RULE_LAST ? below(g, RULE_UNITS) : RULE_DAY + below(g, 5));
  return made;
}

static rule_ast *grow_rows(grower *g, int depth) {
  return node(g, RULE_AST_ROWS, (rule_ast *[]){grow(g, depth), below(g, 2) != 0 ? grow(g, depth) : NULL}, 2);
}

static rule_ast *grow_aggregate(grower *g, int depth) {
  rule_ast *args[RULE_ROWS_ARGS] = {grow_rows(g, depth), NULL, NULL, NULL};
  rule_sequence sequence = (rule_sequence)below(g, 3);
  if (below(g, 2) != 0) args[RULE_ROWS_WINDOW] = grow_window(g, depth);
  if (sequence != RULE_ALONE) {
    args[RULE_ROWS_B] = grow_rows(g, depth);
    args[RULE_ROWS_WITHIN] = node(g, RULE_AST_DURATION, NULL, 0);
    args[RULE_ROWS_WITHIN]->integer = (int64_t)below(g, 100);
    args[RULE_ROWS_WITHIN]->unit = (uint8_t)below(g, RULE_UNITS);
  }
  rule_ast *made = node(g, RULE_AST_AGGREGATE, args, RULE_ROWS_ARGS);
  made->what = (uint8_t)below(g, RULE_AGGREGATES);
  made->sequence = (uint8_t)sequence;
  return made;
}

static rule_ast *grow_call(grower *g, rule_ast *const *args) {
  static const char *const CALLS[] = {"abs", "in_segment", "함수", "this", "days"};
  const char *name = CALLS[below(g, 5)];
  rule_ast *made = node(g, RULE_AST_CALL, args, below(g, 4));
  made->text = (gy_rule_text){name, strlen(name)};
  made->grouped = made->n > 1 && below(g, 2) != 0;
  return made;
}

/* `and` in `and` is one `and`, so it does not grow here. */
static rule_ast *grow_logic(grower *g, rule_kind kind, rule_ast **args) {
  for (size_t i = 0; i < 3; i++)
    if (args[i]->kind == kind) args[i] = leaf(g);
  return node(g, kind, args, 2 + below(g, 2));
}

static rule_ast *grow(grower *g, int depth) {
  if (depth >= DEEP || below(g, 4) == 0) return leaf(g);
  rule_ast *args[4] = {grow(g, depth + 1), grow(g, depth + 1), grow(g, depth + 1), grow(g, depth + 1)}, *made;
  switch (below(g, 12)) {
    case 0:
      return node(g, RULE_AST_NEGATE, args, 1);
    case 1:
      return node(g, RULE_AST_NOT, args, 1);
    case 2:
      return grow_logic(g, RULE_AST_AND, args);
    case 3:
      return grow_logic(g, RULE_AST_OR, args);
    case 4:
      made = node(g, RULE_AST_IS_NULL, args, 1);
      break;
    case 5:
      made = node(g, RULE_AST_IN, args, 2 + below(g, 3));
      break;
    case 6:
      made = node(g, RULE_AST_IN_WINDOW, (rule_ast *[]){args[0], grow_window(g, depth + 1)}, 2);
      break;
    case 7:
      made = node(g, RULE_AST_BETWEEN, args, 3);
      break;
    case 8:
      made = node(g, below(g, 2) != 0 ? RULE_AST_LIKE : RULE_AST_MATCHES, args, 2);
      break;
    case 9:
      return grow_aggregate(g, depth + 1);
    case 10:
      return grow_call(g, args);
    default:
      made = node(g, RULE_AST_BINARY, args, 2);
      made->what = (uint8_t)below(g, 10);
      return made;
  }
  made->negated = below(g, 2) != 0;
  return made;
}

Test(rule_properties, parsing_the_print_gives_the_tree) {
  gy_rng rng;
  gy_rng_init(&rng, 5, 0);
  for (int i = 0; i < TREES; i++) {
    gy_arena arena;
    gy_arena_init(&arena, 0, 0);
    grower g = {&rng, &arena};
    rule_ast *tree = grow(&g, 0);
    char *text = NULL;
    gy_rule *rule = NULL;
    gy_error err = {0};
    cr_assert_eq(rule_ast_print(tree, &text, &err), GY_OK);
    gy_status status = gy_rule_parse(text, strlen(text), &rule, &err);
    cr_assert_eq(status, GY_OK, "tree %d: %s\n%s", i, text, err.text);
    cr_assert(rule_ast_equal(tree, rule->root), "tree %d: %s", i, text);
    gy_rule_destroy(rule);
    free(text);
    gy_arena_clear(&arena);
  }
}

Test(rule_properties, rules_that_mean_something_print_and_parse) {
  gy_rng rng;
  gy_rng_init(&rng, 6, 0);
  for (int i = 0; i < 3000; i++) {
    gy_buffer text;
    char *canonical = NULL;
    gy_rule *first = NULL, *second = NULL;
    gy_error err = {0};
    gy_buffer_init(&text, 1 << 20);
    random_rule(&rng, &text);
    cr_assert_eq(gy_rule_parse(text.data, text.length, &first, &err), GY_OK, "%s\n%s", text.data, err.text);
    cr_assert_eq(gy_rule_print(first, &canonical, &err), GY_OK);
    cr_assert_eq(gy_rule_parse(canonical, strlen(canonical), &second, &err), GY_OK, "%s\n%s", canonical,
                 err.text);
    cr_assert(gy_rule_equal(first, second), "%s\n%s", text.data, canonical);
    gy_rule_destroy(first);
    gy_rule_destroy(second);
    free(canonical);
    gy_buffer_clear(&text);
  }
}

/* ---- memory ---- */

static const char EVERYTHING[] =
    "(loyal or region in ('서울', 'caf\xc3\xa9') or 지역 matches '^a+(b|c)') and sum(orders.amount where "
    "gift, last 90 days) >= 100 "
    "and distinct(orders.category) > 1 and last(orders.weight) < 5 and exists(events then orders within 3 "
    "days) and percentile(monetary by rfm) > 20 "
    "and zscore(discount_share) < 2 and random_bucket('x', 5) < 4 and in_segment('other') and "
    "hour(last_order_at) > 3";

static gy_status whole_life(void *user, gy_error *err) {
  const shop *s = user;
  gy_rule_definition definitions[] = {{"all", EVERYTHING}, {"other", "monetary / recency_days > 1"}};
  gy_rule_clock clock = shop_clock("America/New_York");
  gy_rule *rule = NULL;
  gy_rule_set *set = NULL;
  char *text = NULL, *sql = NULL;
  uint64_t truth[2 * 2], known[2 * 2];
  gy_status status = gy_rule_parse(EVERYTHING, strlen(EVERYTHING), &rule, err);
  if (status == GY_OK) status = gy_rule_print(rule, &text, err);
  if (status == GY_OK) status = gy_rule_set_compile(shop_catalogue(), &clock, definitions, 2, &set, err);
  if (status == GY_OK) status = gy_rule_set_sql(set, GY_RULE_POSTGRES, false, &sql, err);
  if (status == GY_OK) status = gy_rule_set_evaluate(set, shop_data(s), NULL, truth, known, err);
  gy_rule_destroy(rule);
  gy_rule_set_destroy(set);
  free(text);
  free(sql);
  return status;
}

/* What a refresh of some customers asks of sets. */
static gy_status refreshed(void *user, gy_error *err) {
  (void)user;
  static const char WINDOWS[] = "count(orders, last 3 days) > 1 and last_order_at in this month";
  gy_rule_definition definitions[] = {{"all", EVERYTHING}, {"other", WINDOWS}};
  gy_rule_clock clock = shop_clock("America/New_York"), later = clock;
  later.now_us += INT64_C(3600000000);
  gy_rule_set *before = NULL, *after = NULL, *part = NULL, *again = NULL, *moved = NULL;
  gy_rule_needs needs = {0};
  gy_rule_movement movement;
  char *among = NULL, *values = NULL;
  gy_status status = gy_rule_set_compile(shop_catalogue(), &clock, definitions, 2, &before, err);
  if (status == GY_OK) status = gy_rule_set_compile(shop_catalogue(), &later, definitions, 2, &after, err);
  if (status == GY_OK) status = gy_rule_set_needs(after, 0, &needs, err);
  if (status == GY_OK) status = gy_rule_set_population_sql(after, GY_RULE_DUCKDB, "some", &values, err);
  if (status == GY_OK) status = gy_rule_set_select(before, (const size_t[]){1}, 1, &part, err);
  if (status == GY_OK) status = gy_rule_set_select(after, (const size_t[]){1}, 1, &again, err);
  if (status == GY_OK) status = gy_rule_set_sql_among(again, GY_RULE_POSTGRES, false, "some", &among, err);
  if (status == GY_OK) status = gy_rule_set_moved(part, again, &movement, &moved, err);
  gy_rule_set *const sets[] = {before, after, part, again, moved};
  for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) gy_rule_set_destroy(sets[i]);
  gy_rule_needs_clear(&needs);
  free(among);
  free(values);
  return status;
}

Test(rule_properties, every_allocation_may_fail) {
  shop *s = shop_make(3, 70);
  shop_clock("America/New_York");
  cr_expect_gt(alloc_fail_each("rule", whole_life, s), 20);
  cr_expect_gt(alloc_fail_each("refreshed rules", refreshed, NULL), 30);
  shop_free(s);
}

/* ---- sets ---- */

Test(rule_properties, segments_of_a_set_refer_to_each_other_and_not_to_themselves) {
  gy_rule_clock clock = shop_clock("UTC");
  gy_rule_set *set = NULL;
  gy_error err = {0};
  gy_rule_definition good[] = {
      {"b", "in_segment('c') or in_segment('vip')"}, {"c", "monetary > 1"}, {"a", "not in_segment('b')"}};
  cr_assert_eq(gy_rule_set_compile(shop_catalogue(), &clock, good, 3, &set, &err), GY_OK, "%s", err.text);
  shop *s = shop_make(4, 200);
  char *answers = answers_in_memory(set, 3, s);
  for (size_t c = 0; c < 200; c++) cr_expect_eq(answers[2 * 200 + c], answers[c] == 'T' ? 'F' : 'T');
  free(answers);
  shop_free(s);
  gy_rule_set_destroy(set);
  gy_rule_definition round[] = {
      {"a", "in_segment('b')"}, {"b", "true and in_segment('c')"}, {"c", "not in_segment('a')"}};
  set = NULL;
  cr_assert_eq(gy_rule_set_compile(shop_catalogue(), &clock, round, 3, &set, &err), GY_EPARSE);
  cr_expect(
      strstr(err.text,
             "segment 'c': line 1, column 16: segment 'a' would be defined by itself, by way of: a, b, c") !=
          NULL,
      "%s", err.text);
  gy_rule_definition self = {"me", "in_segment('me')"};
  cr_assert_eq(gy_rule_set_compile(shop_catalogue(), &clock, &self, 1, &set, &err), GY_EPARSE);
  cr_expect(set == NULL);
}
