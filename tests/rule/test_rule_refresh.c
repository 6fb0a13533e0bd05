/* SPDX-License-Identifier: Apache-2.0
 *
 * What is needed to ask only some customers again: what rules depend on, what time alone changes, questions
 * about some customers, and rules taken out of a set. The law: asking those whose data changed and those whom
 * time moved, and keeping the rest, gives what asking everybody gives. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "random_rule.h"
#include "rule_fixture.h"

enum { CUSTOMERS = 200, SETS = 250, RULES_A_SET = 4 };

static const char *const ZONES[] = {"Asia/Seoul", "America/New_York"};

static char *random_text(gy_rng *rng) {
  gy_buffer text;
  gy_buffer_init(&text, 1 << 20);
  random_rule(rng, &text);
  return gy_buffer_take(&text);
}

/* A few rules like those people write; random ones seldom move. */
static char *usual_text(gy_rng *rng) {
  static const char *const TEXTS[] = {
      "count(orders, last %d days) >= 1",
      "sum(orders.amount, this month) > %d",
      "exists(events where event = 'Product Added' without orders within %d hours)",
      "count(events then orders within %d days, last 90 days) = 0",
      "last_order_at in last %d days or birthday in this week",
      "days_since(last_order_at) > %d",
      "now - first_order_at < %d days",
      "max(orders.ordered_at) < %d days ago",
      "date(last_order_at) in (today, yesterday) and monetary > %d",
      "exists(orders where delivered in last %d weeks)",
      "exists(orders, previous week) and not exists(orders, last %d days)",
      "recency_days < %d and exists(events, today)",
      "last(orders.amount, last %d months) > 10",
      "3 > days_since(birthday) or birthday - today > %d",
      "spent(10, %d) and abandoned(5)",
  };
  char *text = NULL;
  cr_assert(asprintf(&text, TEXTS[gy_rng_below(rng, sizeof TEXTS / sizeof *TEXTS)],
                     1 + (int)gy_rng_below(rng, 40)) > 0);
  return text;
}

static int64_t random_step(gy_rng *rng) {
  static const int64_t UNITS[] = {1, 1000000, INT64_C(3600000000), INT64_C(86400000000),
                                  INT64_C(2592000000000)};
  return (int64_t)(1 + gy_rng_below(rng, 30)) * UNITS[gy_rng_below(rng, 5)];
}

typedef struct tally {
  size_t kept, asked, movements[3];
} tally;

/* Everybody at two times with changes between; those that neither changed nor moved must say what they said.
 */
static void try_set(gy_rng *rng, tally *t) {
  char *texts[RULES_A_SET];
  for (size_t i = 0; i < RULES_A_SET; i++)
    texts[i] = gy_rng_below(rng, 3) != 0 ? usual_text(rng) : random_text(rng);
  uint64_t seed = gy_rng_next(rng);
  shop *was = shop_make(seed, CUSTOMERS), *is = shop_make(seed, CUSTOMERS);
  bool changed[CUSTOMERS] = {false};
  for (size_t n = gy_rng_below(rng, 10); n > 0; n--) {
    size_t customer = gy_rng_below(rng, CUSTOMERS);
    changed[customer] = true;
    shop_change(is, rng, customer);
  }
  gy_rule_clock clock = shop_clock(ZONES[gy_rng_below(rng, 2)]), then = clock;
  then.now_us -= random_step(rng);
  bool backwards = gy_rng_below(rng, 8) == 0;
  gy_rule_set *before = must_compile_at((const char *const *)texts, RULES_A_SET, backwards ? clock : then),
              *after = must_compile_at((const char *const *)texts, RULES_A_SET, backwards ? then : clock),
              *moved = NULL;
  gy_rule_movement movement;
  gy_error err = {0};
  cr_assert_eq(gy_rule_set_moved(before, after, &movement, &moved, &err), GY_OK, "%s", err.text);
  cr_assert_eq(moved != NULL, movement == GY_RULE_SOME);
  t->movements[movement]++;
  char *old = answers_in_memory(before, RULES_A_SET, was), *new = answers_in_memory(after, RULES_A_SET, is);
  char *asked = moved != NULL ? answers_in_memory(moved, 1, is) : NULL;
  for (size_t r = 0; r < RULES_A_SET && movement != GY_RULE_EVERYBODY; r++) {
    gy_rule_needs needs;
    cr_assert_eq(gy_rule_set_needs(after, r, &needs, &err), GY_OK);
    for (size_t c = 0; c < CUSTOMERS && !needs.population; c++) {
      bool again = changed[c] || (asked != NULL && asked[c] == 'T');
      size_t at = r * CUSTOMERS + c;
      t->asked += again;
      t->kept += !again;
      if (!again && old[at] != new[at])
        cr_expect_fail("%s, customer %zu: %c before, %c after, %lld us between", texts[r], c, old[at],
                       new[at], (long long)(clock.now_us - then.now_us));
    }
    gy_rule_needs_clear(&needs);
  }
  free(old);
  free(new);
  free(asked);
  gy_rule_set_destroy(moved);
  gy_rule_set_destroy(before);
  gy_rule_set_destroy(after);
  shop_free(was);
  shop_free(is);
  for (size_t i = 0; i < RULES_A_SET; i++) free(texts[i]);
}

Test(rule_refresh, asking_some_again_is_asking_everybody) {
  gy_rng rng;
  tally t = {0};
  gy_rng_init(&rng, 31, 0);
  for (int i = 0; i < SETS; i++) try_set(&rng, &t);
  cr_expect_gt(t.movements[GY_RULE_SOME], SETS / 3, "nobody %zu, some %zu, everybody %zu", t.movements[0],
               t.movements[1], t.movements[2]);
  cr_expect_gt(t.kept, 20000, "kept %zu, asked again %zu", t.kept, t.asked);
  fprintf(stderr, "nobody %zu, some %zu, everybody %zu; kept %zu, asked again %zu\n", t.movements[0],
          t.movements[1], t.movements[2], t.kept, t.asked);
}

/* The usual windows move those at their ends and nobody else. */
Test(rule_refresh, windows_move_few) {
  static const struct {
    const char *rule;
    int64_t hours;
    gy_rule_movement movement;
  } CASES[] = {
      {"recency_days <= 30 and region = 'x'", 24, GY_RULE_NOBODY},
      {"last_order_at > 2026-01-01", 24, GY_RULE_NOBODY},
      {"count(orders, last 30 days) > 1", 1, GY_RULE_SOME},
      {"count(orders) > 1", 1, GY_RULE_SOME}, /* rows of the last hour */
      {"days_since(last_order_at) > 30", 24, GY_RULE_SOME},
      {"birthday in this month", 24, GY_RULE_NOBODY},
      {"birthday in this month", 24 * 30, GY_RULE_SOME},
      {"percentile(monetary) > 90", 24, GY_RULE_NOBODY},
      {"percentile(count(orders, last 30 days)) > 90", 24, GY_RULE_EVERYBODY},
      {"hour(now) = 3 and monetary > 1", 24 * 30 + 5, GY_RULE_EVERYBODY},
      {"loyal or in_segment('vip')", 24, GY_RULE_NOBODY},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    gy_rule_clock clock = shop_clock("Asia/Seoul"), then = clock;
    then.now_us -= CASES[i].hours * INT64_C(3600000000);
    gy_rule_set *before = must_compile_at(&CASES[i].rule, 1, then),
                *after = must_compile_at(&CASES[i].rule, 1, clock), *moved = NULL;
    gy_rule_movement movement;
    gy_error err = {0};
    cr_assert_eq(gy_rule_set_moved(before, after, &movement, &moved, &err), GY_OK);
    cr_expect_eq(movement, CASES[i].movement, "%s: %d", CASES[i].rule, (int)movement);
    gy_rule_set_destroy(moved);
    gy_rule_set_destroy(before);
    gy_rule_set_destroy(after);
  }
}

/* ---- needs ---- */

static void list(gy_buffer *out, const char *name, bool is) {
  if (is) gy_buffer_printf(out, "%s%s", out->length > 0 ? " " : "", name);
}

static char *needs_of(const char *text) {
  gy_rule_definition rules[] = {{NULL, text}, {"dormant", "days_since(last_order_at) > 90"}};
  gy_rule_clock clock = shop_clock("UTC");
  const gy_rule_catalogue *catalogue = shop_catalogue();
  gy_rule_set *set = NULL;
  gy_rule_needs needs;
  gy_error err = {0};
  cr_assert_eq(gy_rule_set_compile(catalogue, &clock, rules, 2, &set, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_rule_set_needs(set, 0, &needs, &err), GY_OK);
  gy_buffer out;
  gy_buffer_init(&out, 1 << 16);
  for (size_t i = 0; i < catalogue->n_columns; i++) list(&out, catalogue->columns[i].name, needs.columns[i]);
  for (size_t t = 0; t < catalogue->n_tables; t++) {
    list(&out, catalogue->tables[t].name, needs.tables[t]);
    for (size_t i = 0; i < catalogue->tables[t].n_columns; i++)
      if (needs.table_columns[t][i]) gy_buffer_printf(&out, ".%s", catalogue->tables[t].columns[i].name);
  }
  list(&out, "CLOCK", needs.clock);
  list(&out, "POPULATION", needs.population);
  list(&out, "IDS", needs.ids);
  for (size_t i = 0; i < needs.n_segments; i++) gy_buffer_printf(&out, " '%s'", needs.segments[i]);
  gy_rule_needs_clear(&needs);
  gy_rule_set_destroy(set);
  return gy_buffer_take(&out);
}

Test(rule_refresh, what_rules_need) {
  static const char *const CASES[][2] = {
      {"recency_days <= 30 and region = 'x'", "recency_days region"},
      {"sum(orders.amount where gift, last 30 days) > 5", "orders.ordered_at.amount.gift CLOCK"},
      {"count(orders) > 1", "orders.ordered_at CLOCK"},
      {"percentile(monetary by region) > 5", "monetary region POPULATION"},
      {"random_bucket('a', 10) < 5 and score('churn') > 0.5", "churn IDS"},
      {"in_segment('vip') or loyal", "recency_days orders_count vip 'vip'"},
      {"in_segment('dormant') and not in_segment('dormant')", "last_order_at CLOCK 'dormant'"},
      {"birthday in this month", "birthday CLOCK"},
      {"birthday in since 2026-01-01", "birthday"},
      {"both(big_spender, abandoned(5))", "orders.ordered_at.amount events.event.occurred_at CLOCK"},
      {"holiday('설날', 2025) = birthday", "birthday"},
      {"holiday('설날') = birthday", "birthday CLOCK"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    char *found = needs_of(CASES[i][0]);
    cr_expect_str_eq(found, CASES[i][1], "%s: %s", CASES[i][0], found);
    free(found);
  }
}

/* ---- parts of sets, and some customers ---- */

static void ask_among(gy_engine *engine, const gy_rule_set *set, size_t n_rules, const char *answers) {
  char *sql = NULL;
  gy_result *result = NULL;
  gy_chunk chunk;
  gy_error err = {0};
  size_t seen = 0;
  cr_assert_eq(gy_rule_set_sql_among(set, GY_RULE_DUCKDB, false, "a few", &sql, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_engine_query(engine, sql, NULL, 0, NULL, &result, &err), GY_OK, "%s\n%.3000s", err.text,
               sql);
  do {
    cr_assert_eq(gy_result_next(result, &chunk, &err), GY_OK, "%s", err.text);
    for (size_t i = 0; i < chunk.n_rows; i++, seen++) {
      size_t customer = (size_t)(((const int64_t *)chunk.columns[0].data)[i] - 1) / 7;
      cr_expect_eq(customer % 7, 0);
      for (size_t r = 0; r < n_rules; r++) {
        const gy_column *column = &chunk.columns[r + 1];
        char answer = gy_column_is_null(column, i) ? '?' : ((const uint8_t *)column->data)[i] ? 'T' : 'F';
        cr_expect_eq(answer, answers[r * CUSTOMERS + customer]);
      }
    }
  } while (chunk.n_rows > 0);
  cr_expect_eq(seen, (CUSTOMERS + 6) / 7);
  gy_result_destroy(result);
  free(sql);
}

/* The values among all, asked of the engine about some, taken back: the evaluator agrees with everybody's. */
static void answer_with_ranks(gy_engine *engine, const gy_rule_set *set, const shop *s, const char *answers) {
  char *sql = NULL;
  gy_result *result = NULL;
  gy_chunk chunk;
  gy_error err = {0};
  size_t n = gy_rule_set_populations(set);
  gy_rule_evaluator *evaluator = NULL;
  cr_assert_eq(gy_rule_evaluator_create(set, &evaluator, &err), GY_OK);
  cr_assert_eq(gy_rule_set_population_sql(set, GY_RULE_DUCKDB, "a few", &sql, &err), GY_OK);
  cr_assert_eq(gy_engine_query(engine, sql, NULL, 0, NULL, &result, &err), GY_OK, "%s\n%.3000s", err.text,
               sql);
  gy_rule_vector ranks[16] = {{NULL, NULL}};
  double values[16][CUSTOMERS];
  uint64_t valid[16][CUSTOMERS / 64 + 1] = {{0}};
  cr_assert_leq(n, 16);
  for (size_t i = 0; i < n; i++) ranks[i] = (gy_rule_vector){values[i], valid[i]};
  gy_rule_data data = *shop_data(s);
  data.populations = ranks;
  do {
    cr_assert_eq(gy_result_next(result, &chunk, &err), GY_OK, "%s", err.text);
    for (size_t row = 0; row < chunk.n_rows; row++) {
      size_t customer = (size_t)(((const int64_t *)chunk.columns[0].data)[row] - 1) / 7;
      for (size_t i = 0; i < n; i++) {
        if (gy_column_is_null(&chunk.columns[i + 1], row)) continue;
        values[i][customer] = ((const double *)chunk.columns[i + 1].data)[row];
        valid[i][customer / 64] |= UINT64_C(1) << (customer % 64);
      }
      gy_rule_answer answer;
      cr_assert_eq(gy_rule_evaluator_answer(evaluator, &data, customer, &answer, &err), GY_OK);
      cr_expect_eq("FT?"[answer], answers[customer], "customer %zu", customer);
    }
  } while (chunk.n_rows > 0);
  gy_rule_evaluator_destroy(evaluator);
  gy_result_destroy(result);
  free(sql);
}

Test(rule_refresh, parts_of_sets_and_some_customers_answer_alike) {
  gy_rng rng;
  gy_rng_init(&rng, 33, 0);
  shop *s = shop_make(33, CUSTOMERS);
  gy_engine *engine = NULL;
  gy_engine_options options = {.n_threads = 1};
  gy_error err = {0};
  char *sql = shop_sql(s);
  cr_assert_eq(gy_engine_open(&options, &engine, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_engine_execute(engine, sql, NULL, 0, NULL, NULL, NULL, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_engine_execute(engine,
                                 "CREATE TABLE \"a few\" AS SELECT customer_id FROM customers WHERE "
                                 "(customer_id - 1) // 7 % 7 = 0",
                                 NULL, 0, NULL, NULL, NULL, &err),
               GY_OK, "%s", err.text);
  free(sql);
  size_t ranked = 0;
  for (int i = 0; i < 25; i++) {
    char *texts[6];
    for (size_t r = 0; r < 6; r++) texts[r] = random_text(&rng);
    gy_rule_set *set = must_compile((const char *const *)texts, 6, ZONES[i % 2]), *part = NULL;
    char *all = answers_in_memory(set, 6, s);
    for (size_t r = 0; r < 6; r++) {
      cr_assert_eq(gy_rule_set_select(set, &r, 1, &part, &err), GY_OK);
      cr_expect_eq(gy_rule_set_size(part), 1);
      char *one = answers_in_memory(part, 1, s);
      cr_expect_arr_eq(one, all + r * CUSTOMERS, CUSTOMERS, "%s", texts[r]);
      if (gy_rule_set_populations(part) == 0) {
        ask_among(engine, part, 1, one);
      } else {
        cr_expect_eq(gy_rule_set_sql_among(part, GY_RULE_DUCKDB, false, "a few", &sql, &err), GY_EUSAGE);
        answer_with_ranks(engine, part, s, one);
        ranked++;
      }
      free(one);
      gy_rule_set_destroy(part);
    }
    free(all);
    gy_rule_set_destroy(set);
    for (size_t r = 0; r < 6; r++) free(texts[r]);
  }
  cr_expect_gt(ranked, 5);
  gy_engine_close(engine);
  shop_free(s);
}

/* ---- signatures ---- */

/* hash() of every customer's signature. */
static void sign(const gy_rule_set *set, const shop *s, uint64_t shapes[1], int64_t *hashes) {
  gy_engine *engine = NULL;
  gy_engine_options options = {.n_threads = 1};
  gy_rule_set *signature = NULL;
  gy_result *result = NULL;
  gy_chunk chunk;
  gy_error err = {0};
  char *data = shop_sql(s), *sql = NULL, *query = NULL;
  cr_assert_eq(gy_rule_set_signature(set, &signature, shapes, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_rule_set_sql(signature, GY_RULE_DUCKDB, false, &sql, &err), GY_OK, "%s", err.text);
  cr_assert(asprintf(&query,
                     "SELECT customer_id, CAST(hash(a::VARCHAR) %% 1000000007 AS BIGINT) FROM (%s) AS a",
                     sql) > 0);
  cr_assert_eq(gy_engine_open(&options, &engine, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_engine_execute(engine, data, NULL, 0, NULL, NULL, NULL, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_engine_query(engine, query, NULL, 0, NULL, &result, &err), GY_OK, "%s\n%.3000s", err.text,
               query);
  do {
    cr_assert_eq(gy_result_next(result, &chunk, &err), GY_OK, "%s", err.text);
    for (size_t i = 0; i < chunk.n_rows; i++)
      hashes[(size_t)(((const int64_t *)chunk.columns[0].data)[i] - 1) / 7] =
          ((const int64_t *)chunk.columns[1].data)[i];
  } while (chunk.n_rows > 0);
  gy_result_destroy(result);
  gy_engine_close(engine);
  gy_rule_set_destroy(signature);
  free(data);
  free(sql);
  free(query);
}

/* Of rules that need no population: who has the same signature and rows, and no row that time moves, answers
 * as before, also where a use of the clock beside its own columns would move everybody. */
Test(rule_refresh, signatures_and_rows_tell_who_changes) {
  enum { TRIES = 80 };
  gy_rng rng;
  gy_rng_init(&rng, 47, 0);
  size_t kept = 0, n_some = 0, n_compared = 0;
  for (int t = 0; t < TRIES; t++) {
    char *texts[RULES_A_SET];
    for (size_t i = 0; i < RULES_A_SET; i++)
      texts[i] = gy_rng_below(&rng, 3) != 0 ? usual_text(&rng) : random_text(&rng);
    shop *s = shop_make(gy_rng_next(&rng), CUSTOMERS);
    gy_rule_clock clock = shop_clock(ZONES[t % 2]), then = clock;
    then.now_us -= random_step(&rng);
    gy_rule_set *before = must_compile_at((const char *const *)texts, RULES_A_SET, then),
                *after = must_compile_at((const char *const *)texts, RULES_A_SET, clock), *moved = NULL;
    gy_rule_movement movement;
    gy_error err = {0};
    cr_assert_eq(gy_rule_set_moved_rows(before, after, &movement, &moved, &err), GY_OK, "%s", err.text);
    uint64_t shape_then, shape_now;
    int64_t signed_then[CUSTOMERS], signed_now[CUSTOMERS];
    bool comparable = gy_rule_set_populations(after) == 0 && movement != GY_RULE_EVERYBODY;
    if (comparable) {
      sign(before, s, &shape_then, signed_then);
      sign(after, s, &shape_now, signed_now);
      comparable = shape_then == shape_now;
    }
    n_compared += comparable;
    n_some += comparable && moved != NULL;
    char *old = answers_in_memory(before, RULES_A_SET, s), *new = answers_in_memory(after, RULES_A_SET, s);
    char *asked = moved != NULL ? answers_in_memory(moved, 1, s) : NULL;
    for (size_t c = 0; c < CUSTOMERS && comparable; c++) {
      if (signed_then[c] != signed_now[c] || (asked != NULL && asked[c] == 'T')) continue;
      kept++;
      for (size_t r = 0; r < RULES_A_SET; r++)
        cr_expect_eq(old[r * CUSTOMERS + c], new[r * CUSTOMERS + c], "%s, customer %zu", texts[r], c);
    }
    free(old);
    free(new);
    free(asked);
    gy_rule_set_destroy(moved);
    gy_rule_set_destroy(before);
    gy_rule_set_destroy(after);
    shop_free(s);
    for (size_t i = 0; i < RULES_A_SET; i++) free(texts[i]);
  }
  cr_expect_gt(n_compared, TRIES / 3);
  cr_expect_gt(n_some, TRIES / 5);
  cr_expect_gt(kept, 2000);
  fprintf(stderr, "%zu sets compared, %zu with moving rows, kept %zu\n", n_compared, n_some, kept);
}

/* ---- threads ---- */

Test(rule_refresh, threads_change_nothing) {
  enum { MANY = 9000, WORDS = (MANY + 63) / 64 };
  static const char *const TEXTS[] = {
      "percentile(monetary by region) > 50 or region matches '(o|e)u'",
      "distinct(orders.category) > 1 and count(events then orders within 9 days) > 0",
      "zscore(sum(orders.amount)) > 0.1 and rank(recency_days) < 4000"};
  shop *s = shop_make(34, MANY);
  gy_rule_set *set = must_compile(TEXTS, 3, "Asia/Seoul");
  static uint64_t one[2][3 * WORDS], many[2][3 * WORDS];
  gy_error err = {0};
  gy_task alone = {.n_threads = 1};
  cr_assert_eq(gy_rule_set_evaluate(set, shop_data(s), &alone, one[0], one[1], &err), GY_OK);
  for (int n = 2; n <= 7; n += 5) {
    gy_task task = {.n_threads = n};
    memset(many, 0xff, sizeof many);
    cr_assert_eq(gy_rule_set_evaluate(set, shop_data(s), &task, many[0], many[1], &err), GY_OK);
    cr_expect_arr_eq(one, many, sizeof one, "%d threads", n);
  }
  atomic_bool stop = true;
  gy_task stopped = {.n_threads = 2, .cancel = &stop};
  cr_expect_eq(gy_rule_set_evaluate(set, shop_data(s), &stopped, many[0], NULL, &err), GY_ECANCELLED);
  gy_rule_set_destroy(set);
  shop_free(s);
}
