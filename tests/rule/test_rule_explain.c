/* SPDX-License-Identifier: Apache-2.0
 *
 * Why a rule says what it says: what is shown of one customer, that every predicate shown says what its text
 * says as a rule of its own, and that those decide whose change would change the answer, by trying all. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "random_rule.h"
#include "rule_fixture.h"
#include "support/alloc_fail.h"

static gy_rule_explainer *must_prepare(const gy_rule_catalogue *catalogue, const gy_rule_definition *rules,
                                       size_t n, size_t which, const char *zone) {
  gy_rule_clock clock = shop_clock(zone);
  gy_rule_explainer *explainer = NULL;
  gy_error err = {0};
  gy_status status = gy_rule_explainer_create(catalogue, &clock, rules, n, which, &explainer, &err);
  cr_assert_eq(status, GY_OK, "%s: %s", rules[which].text, err.text);
  return explainer;
}

/* ---- one customer, known by heart ---- */

static const char *const REGIONS[] = {"Seoul", "Busan"};
static const gy_rule_column COLUMNS[] = {
    {.name = "recency_days", .storage = GY_RULE_AS_INTEGER},
    {.name = "monetary", .storage = GY_RULE_AS_EXACT},
    {.name = "region", .storage = GY_RULE_AS_TEXT, .values = REGIONS, .n_values = 2},
    {.name = "birthday", .storage = GY_RULE_AS_DATE},
    {.name = "seen_at", .storage = GY_RULE_AS_TIMESTAMP},
    {.name = "opt_in", .storage = GY_RULE_AS_BOOL},
    {.name = "churn", .kind = GY_RULE_SCORE, .storage = GY_RULE_AS_REAL},
    {.name = "vip", .kind = GY_RULE_SEGMENT, .storage = GY_RULE_AS_BOOL},
};
static const gy_rule_column ORDERS[] = {{.name = "at", .storage = GY_RULE_AS_TIMESTAMP},
                                        {.name = "amount", .storage = GY_RULE_AS_EXACT}};
static const gy_rule_table TABLES[] = {{"orders", NULL, "id", "at", ORDERS, 2}};
static const gy_rule_macro MACROS[] = {{"recent", "recency_days <= 30"},
                                       {"spent(amount, n)", "sum(orders.amount, last n days) >= amount"},
                                       {"per_day", "monetary / recency_days"}};
static const gy_rule_catalogue ONE = {"people", "id", COLUMNS, 8, TABLES, 1, MACROS, 3};

/* now is 2026-11-21 18:04:05.000006 in UTC, nine hours later in Seoul */
static gy_rule_explanation explain_one(const gy_rule_definition *rules, size_t n,
                                       gy_rule_explainer **explainer) {
  static int64_t recency = 45, monetary = 1205000, seen = INT64_C(1795305600000000), at[3], amount[3];
  static int32_t birthday = 7000;
  static gy_rule_text region = {"Seoul", 5};
  static uint8_t yes = 1;
  static double churn = 0.25, percentile = 97.5;
  static const uint64_t starts[] = {0, 3}, nothing = 0;
  int64_t now = shop_clock("Asia/Seoul").now_us;
  for (int i = 0; i < 3; i++) {
    at[i] = now - i * INT64_C(20) * 86400000000;
    amount[i] = (i + 1) * 100000;
  }
  gy_rule_vector columns[] = {{&recency, NULL}, {&monetary, NULL}, {&region, NULL}, {&birthday, NULL},
                              {&seen, NULL},    {&yes, &nothing},  {&churn, NULL},  {&yes, NULL}};
  gy_rule_vector of_orders[] = {{at, NULL}, {amount, NULL}}, ranks[] = {{&percentile, NULL}};
  gy_rule_rows rows = {starts, of_orders};
  gy_rule_data data = {.n_customers = 1, .columns = columns, .tables = &rows, .populations = ranks};
  gy_rule_explanation made = {0};
  gy_error err = {0};
  *explainer = must_prepare(&ONE, rules, n, 0, "Asia/Seoul");
  cr_assert_eq(gy_rule_explain(*explainer, &data, 0, &made, &err), GY_OK, "%s", err.text);
  return made;
}

/* A line a predicate: its place, its answer, whether it decides (D: alone), its text, values, what is wanted.
 */
static char *told(const gy_rule_explanation *made) {
  gy_buffer out;
  gy_buffer_init(&out, 1 << 20);
  gy_buffer_printf(&out, "%c\n", "FT?"[made->answer]);
  for (size_t i = 0; i < made->n_predicates; i++) {
    const gy_rule_predicate *p = &made->predicates[i];
    gy_buffer_printf(&out, "%*s%zu:%zu %c%s%s %s", 2 * p->depth, "", p->line, p->column, "FT?"[p->answer],
                     p -> alone        ? "D"
                          : p->decides ? "d"
                                       : "",
                     p->is_negated ? " not" : "", p->text);
    for (size_t k = 0; k < p->n_seen; k++)
      gy_buffer_printf(&out, "%s%s = %s", k > 0 ? "; " : " | ", p->seen[k].text,
                       p->seen[k].value != NULL ? p->seen[k].value : "?");
    gy_buffer_printf(&out, " | %s\n", p->wanted);
  }
  char *text = gy_buffer_take(&out);
  cr_assert_not_null(text);
  return text;
}

static const char *const TOLD[][2] = {
    {"count(orders, last 30 days) >= 3 and region = 'Seoul'",
     "F\n"
     "1:1 FD count(orders, last 30 days) >= 3 | count(orders, last 30 days) = 2 | >= 3\n"
     "1:38 T region = 'Seoul' | region = 'Seoul' | = 'Seoul'\n"},
    {"not exists(orders where amount > 25) or\n opt_in",
     "?\n"
     "1:5 TD not exists(orders where amount > 25) | exists(orders where amount > 25) = true; count(orders "
     "where amount > 25) = 1 | is true\n"
     "2:2 ?D opt_in | opt_in = ? | is true\n"},
    {"recent or spent(50, 30)",
     "F\n"
     "1:1 FD recent | is true\n"
     "  1:1 FD recency_days <= 30 | recency_days = 45 | <= 30\n"
     "1:11 FD spent(50, 30) | is true\n"
     "  1:1 FD sum(orders.amount, last 30 days) >= 50 | sum(orders.amount, last 30 days) = 30 | >= 50\n"},
    {"in_segment('good') and in_segment('vip')",
     "T\n"
     "1:1 TD in_segment('good') | is true\n"
     "  1:1 F recent | is true\n"
     "    1:1 F recency_days <= 30 | recency_days = 45 | <= 30\n"
     "  2:3 TD monetary > 5 | monetary = 120.5 | > 5\n"
     "1:24 TD in_segment('vip') | in_segment('vip') = true | is true\n"},
    {"100 < monetary and monetary between 1 and recency_days",
     "F\n"
     "1:1 T 100 < monetary | monetary = 120.5 | > 100\n"
     "1:20 FD monetary between 1 and recency_days | monetary = 120.5; recency_days = 45 | between 1 and "
     "recency_days\n"},
    {"per_day * 2 > 5 and percentile(monetary) >= 95 and score('churn') < 0.7",
     "T\n"
     "1:1 TD per_day * 2 > 5 | per_day * 2 = 5.355555555555555; per_day = 2.6777777777777776 | > 5\n"
     "1:21 TD percentile(monetary) >= 95 | percentile(monetary) = 97.5; monetary = 120.5 | >= 95\n"
     "1:52 TD score('churn') < 0.7 | score('churn') = 0.25 | < 0.7\n"},
    {"birthday in this year or now - seen_at > 36 hours or seen_at >= 2026-11-22 or true",
     "T\n"
     "1:1 F birthday in this year | birthday = 1989-03-02 | in this year\n"
     "1:26 F now - seen_at > 36 hours | now - seen_at = -21354.999994 seconds; seen_at = 2026-11-22T09:00:00 "
     "| > 36 hours\n"
     "1:54 T seen_at >= 2026-11-22 | seen_at = 2026-11-22T09:00:00 | >= 2026-11-22\n"
     "1:79 T true | \n"},
    {"not (region in ('Busan') or opt_in and\n  recency_days > 30)",
     "?\n"
     "1:6 F not region in ('Busan') | region = 'Seoul' | in ('Busan')\n"
     "1:29 ?D not opt_in | opt_in = ? | is true\n"
     "2:3 TD not recency_days > 30 | recency_days = 45 | > 30\n"},
};

Test(rule_explain, what_is_shown) {
  for (size_t i = 0; i < sizeof TOLD / sizeof *TOLD; i++) {
    gy_rule_definition rules[] = {{NULL, TOLD[i][0]}, {"good", "recent or\n  monetary > 5"}};
    gy_rule_explainer *explainer = NULL;
    gy_rule_explanation made = explain_one(rules, 2, &explainer);
    char *text = told(&made);
    cr_expect_str_eq(text, TOLD[i][1], "%s\n%s", TOLD[i][0], text);
    free(text);
    gy_rule_explanation_clear(&made);
    gy_rule_explainer_destroy(explainer);
  }
}

/* ---- every predicate is a rule ---- */

static char answer_of_rule(const char *text, const shop *s, size_t customer, const char *zone) {
  gy_rule_set *set = must_compile(&text, 1, zone);
  char *answers = answers_in_memory(set, 1, s), answer = answers[customer];
  free(answers);
  gy_rule_set_destroy(set);
  return answer;
}

enum { CUSTOMERS = 30, RULES = 300 };

Test(rule_explain, each_predicate_says_what_its_text_says) {
  gy_rng rng;
  gy_rng_init(&rng, 21, 0);
  shop *s = shop_make(21, CUSTOMERS);
  for (int i = 0; i < RULES; i++) {
    gy_buffer text;
    gy_buffer_init(&text, 1 << 20);
    random_rule(&rng, &text);
    const char *zone = gy_rng_below(&rng, 2) != 0 ? "Asia/Seoul" : "America/New_York";
    gy_rule_definition rule = {NULL, text.data};
    gy_rule_explainer *explainer = must_prepare(shop_catalogue(), &rule, 1, 0, zone);
    gy_rule_explanation made = {0};
    gy_error err = {0};
    size_t customer = gy_rng_below(&rng, CUSTOMERS);
    if (gy_rule_set_populations(gy_rule_explainer_set(explainer)) == 0) {
      cr_assert_eq(gy_rule_explain(explainer, shop_data(s), customer, &made, &err), GY_OK, "%s", err.text);
      cr_expect_eq("FT?"[made.answer], answer_of_rule(text.data, s, customer, zone), "%s", text.data);
      for (size_t k = 0; k < made.n_predicates; k++)
        cr_expect_eq("FT?"[made.predicates[k].answer],
                     answer_of_rule(made.predicates[k].text, s, customer, zone), "%s",
                     made.predicates[k].text);
    } else {
      cr_expect_eq(gy_rule_explain(explainer, shop_data(s), customer, &made, &err), GY_EUSAGE);
    }
    gy_rule_explanation_clear(&made);
    gy_rule_explainer_destroy(explainer);
    gy_buffer_clear(&text);
  }
  shop_free(s);
}

/* ---- deciding, by trying every change ---- */

enum { FLAGS = 5, WORLDS = 243 /* 3^FLAGS */ };

static const gy_rule_column FLAG_COLUMNS[FLAGS] = {{.name = "f0", .storage = GY_RULE_AS_BOOL},
                                                   {.name = "f1", .storage = GY_RULE_AS_BOOL},
                                                   {.name = "f2", .storage = GY_RULE_AS_BOOL},
                                                   {.name = "f3", .storage = GY_RULE_AS_BOOL},
                                                   {.name = "f4", .storage = GY_RULE_AS_BOOL}};
static const gy_rule_macro FLAG_MACROS[] = {{"either(a, b)", "a or b"}, {"neither(a, b)", "not a and not b"}};
static const gy_rule_catalogue FLAG_CATALOGUE = {.relation = "people",
                                                 .customer_id = "id",
                                                 .columns = FLAG_COLUMNS,
                                                 .n_columns = FLAGS,
                                                 .macros = FLAG_MACROS,
                                                 .n_macros = 2};

/* Flags from .. to - 1, each once, and sometimes a constant. */
static void flags(gy_rng *rng, int from, int to, gy_buffer *out) {
  if (gy_rng_below(rng, 5) == 0) gy_buffer_text(out, "not ");
  if (to - from == 1) {
    gy_buffer_printf(out, "f%d", from);
    return;
  }
  static const char *const FORMS[] = {"(",          " and ", ")", "(",          " or ",  ")",
                                      "either(",    ", ",    ")", "neither(",   ", ",    ")",
                                      "(false or ", " or ",  ")", "(true and ", " and ", ")"};
  size_t form = gy_rng_below(rng, 6) * 3;
  int middle = from + 1 + (int)gy_rng_below(rng, (uint64_t)(to - from - 1));
  gy_buffer_text(out, FORMS[form]);
  flags(rng, from, middle, out);
  gy_buffer_text(out, FORMS[form + 1]);
  flags(rng, middle, to, out);
  gy_buffer_text(out, FORMS[form + 2]);
}

static unsigned differing(int a, int b) {
  unsigned set = 0;
  for (int f = 0; f < FLAGS; f++, a /= 3, b /= 3)
    if (a % 3 != b % 3) set |= 1U << f;
  return set;
}

/* The flags that stand in a least set whose change takes `world` out of or into the rule; and those alone. */
static void causes(const uint64_t *truth, int world, unsigned *decide, unsigned *alone) {
  bool works[1 << FLAGS] = {false};
  bool now = truth[world / 64] >> (world % 64) & 1;
  for (int other = 0; other < WORLDS; other++)
    if ((truth[other / 64] >> (other % 64) & 1) != now) works[differing(world, other)] = true;
  *decide = *alone = 0;
  for (unsigned set = 1; set < 1 << FLAGS; set++) {
    bool least = works[set];
    for (unsigned part = (set - 1) & set; part > 0 && least; part = (part - 1) & set) least = !works[part];
    if (!least) continue;
    *decide |= set;
    if ((set & (set - 1)) == 0) *alone |= set;
  }
}

static void check_causes(const gy_rule_definition *rules, const gy_rule_data *data, const uint64_t *truth) {
  gy_rule_explainer *explainer = must_prepare(&FLAG_CATALOGUE, rules, 2, 0, "UTC");
  for (int world = 0; world < WORLDS; world++) {
    gy_rule_explanation made = {0};
    gy_error err = {0};
    unsigned decide, alone, told_decide = 0, told_alone = 0;
    cr_assert_eq(gy_rule_explain(explainer, data, (size_t)world, &made, &err), GY_OK, "%s", err.text);
    causes(truth, world, &decide, &alone);
    for (size_t i = 0; i < made.n_predicates; i++) {
      const gy_rule_predicate *p = &made.predicates[i];
      if (p->text[0] != 'f' || p->text[2] != '\0') continue;
      told_decide |= (unsigned)p->decides << (p->text[1] - '0');
      told_alone |= (unsigned)p->alone << (p->text[1] - '0');
    }
    cr_assert(decide == told_decide && alone == told_alone, "%s, %s, world %d: %x alone %x, told %x alone %x",
              rules[0].text, rules[1].text, world, decide, alone, told_decide, told_alone);
    gy_rule_explanation_clear(&made);
  }
  gy_rule_explainer_destroy(explainer);
}

Test(rule_explain, those_decide_whose_change_changes_the_answer) {
  static uint8_t values[FLAGS][WORLDS];
  static uint64_t known[FLAGS][WORLDS / 64 + 1];
  gy_rule_vector columns[FLAGS];
  for (int f = 0, step = 1; f < FLAGS; f++, step *= 3) {
    for (int w = 0; w < WORLDS; w++) {
      values[f][w] = w / step % 3 == 1;
      if (w / step % 3 != 2) known[f][w / 64] |= UINT64_C(1) << (w % 64);
    }
    columns[f] = (gy_rule_vector){values[f], known[f]};
  }
  gy_rule_data data = {.n_customers = WORLDS, .columns = columns};
  gy_rule_clock clock = shop_clock("UTC");
  gy_rng rng;
  gy_rng_init(&rng, 22, 0);
  for (int i = 0; i < 300; i++) {
    gy_buffer rule, segment;
    gy_buffer_init(&rule, 1 << 16);
    gy_buffer_init(&segment, 1 << 16);
    bool nested = gy_rng_below(&rng, 3) == 0;
    flags(&rng, 0, nested ? 3 : FLAGS, &rule);
    if (nested)
      gy_buffer_text(&rule, gy_rng_below(&rng, 2) != 0 ? " and in_segment('s')" : " or not in_segment('s')");
    flags(&rng, 3, FLAGS, &segment);
    gy_rule_definition rules[] = {{NULL, rule.data}, {"s", segment.data}};
    gy_rule_set *set = NULL;
    gy_error err = {0};
    uint64_t truth[2 * (WORLDS / 64 + 1)];
    cr_assert_eq(gy_rule_set_compile(&FLAG_CATALOGUE, &clock, rules, 2, &set, &err), GY_OK, "%s", err.text);
    cr_assert_eq(gy_rule_set_evaluate(set, &data, NULL, truth, NULL, &err), GY_OK);
    check_causes(rules, &data, truth);
    gy_rule_set_destroy(set);
    gy_buffer_clear(&rule);
    gy_buffer_clear(&segment);
  }
}

/* ---- one customer at a time ---- */

Test(rule_explain, one_customer_is_answered_as_all_are) {
  gy_rng rng;
  gy_rng_init(&rng, 23, 0);
  for (int i = 0; i < 40; i++) {
    shop *s = shop_make(100 + (uint64_t)i, CUSTOMERS);
    char *texts[10];
    for (size_t r = 0; r < 10; r++) {
      gy_buffer text;
      gy_buffer_init(&text, 1 << 20);
      random_rule(&rng, &text);
      texts[r] = gy_buffer_take(&text);
    }
    gy_rule_set *set = must_compile((const char *const *)texts, 10, "Asia/Seoul");
    gy_rule_evaluator *evaluator = NULL;
    gy_error err = {0};
    char *all = answers_in_memory(set, 10, s);
    cr_assert_eq(gy_rule_evaluator_create(set, &evaluator, &err), GY_OK, "%s", err.text);
    for (size_t c = CUSTOMERS; c-- > 0;) {
      gy_rule_answer answers[10];
      bool compares = gy_rule_set_populations(set) > 0;
      gy_status status = gy_rule_evaluator_answer(evaluator, shop_data(s), c, answers, &err);
      cr_assert_eq(status, compares ? GY_EUSAGE : GY_OK, "%s", err.text);
      for (size_t r = 0; r < 10 && !compares; r++)
        cr_expect_eq("FT?"[answers[r]], all[r * CUSTOMERS + c], "%s, customer %zu", texts[r], c);
    }
    gy_rule_evaluator_destroy(evaluator);
    gy_rule_set_destroy(set);
    free(all);
    for (size_t r = 0; r < 10; r++) free(texts[r]);
    shop_free(s);
  }
}

static gy_status whole_life(void *user, gy_error *err) {
  static const char RULE[] =
      "loyal and spent(5, 30) or in_segment('other') and region in ('서울', 'x') and "
      "distinct(orders.category) > 1 and region matches 'a+'";
  gy_rule_definition rules[] = {{NULL, RULE}, {"other", "not exists(orders then events within 3 days)"}};
  gy_rule_clock clock = shop_clock("Asia/Seoul");
  gy_rule_explainer *explainer = NULL;
  gy_rule_evaluator *evaluator = NULL;
  gy_rule_explanation made = {0};
  gy_rule_answer answer;
  gy_status status = gy_rule_explainer_create(shop_catalogue(), &clock, rules, 2, 0, &explainer, err);
  if (status == GY_OK) status = gy_rule_explain(explainer, shop_data(user), 3, &made, err);
  if (status == GY_OK) status = gy_rule_evaluator_create(gy_rule_explainer_set(explainer), &evaluator, err);
  if (status == GY_OK) status = gy_rule_evaluator_answer(evaluator, shop_data(user), 3, &answer, err);
  gy_rule_evaluator_destroy(evaluator);
  gy_rule_explanation_clear(&made);
  gy_rule_explainer_destroy(explainer);
  return status;
}

Test(rule_explain, every_allocation_may_fail) {
  shop *s = shop_make(3, 70);
  shop_clock("Asia/Seoul");
  cr_expect_gt(alloc_fail_each("explain", whole_life, s), 20);
  shop_free(s);
}
