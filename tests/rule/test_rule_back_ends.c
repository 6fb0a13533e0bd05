/* SPDX-License-Identifier: Apache-2.0
 *
 * Every kind of rule, asked of columns in memory and of the engine: the same answers, three-valued, customer
 * by customer. Random rules are in test_rule_differential.c. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "rule_fixture.h"

static const char *const RULES[] = {
    "recency_days <= 30 and orders_count >= 3",
    "region in ('서울', '부산')",
    "not (region in ('서울', '부산'))",
    "count(events where event = 'Product Added', last 7 days) >= 1",
    "sum(orders.amount, last 90 days) >= 100",
    "avg(orders.amount) > 50 or avg(orders.weight) < 1",
    "min(orders.amount) < 0 and max(orders.quantity) > 50",
    "distinct(orders.category, last 3 months) >= 2",
    "first(orders.category) = '서울'",
    "last(orders.category where gift) = 'Seoul'",
    "last(orders.amount, since 2026-01-01) > 10",
    "exists(orders where gift and amount > 5)",
    "exists(events where event = 'Product Added' then orders within 7 days)",
    "count(events where event like 'P%' without events where event = 'Order Completed' within 1 days) > 0",
    "count(orders then orders within 30 days, since 2025-01-01) > 1",
    "percentile(monetary) >= 80",
    "percentile(monetary by region) >= 50",
    "ntile(sum(orders.amount), 10) = 10",
    "rank(recency_days) <= 10",
    "zscore(discount_share) > 1",
    "zscore(monetary by rfm) < -0.5",
    "score('churn') >= 0.7",
    "cluster('style') = 'Seoul'",
    "in_segment('vip')",
    "not in_segment('vip') or in_segment('vip') is null",
    "random_bucket('spring', 10) < 3",
    "weekday(last_order_at) in (saturday, sunday)",
    "hour(last_order_at) between 9 and 17",
    "date(last_order_at) + 1 months > date(first_order_at)",
    "last_order_at in this month",
    "last_order_at in last 30 days",
    "last_order_at >= 2026-11-01 and last_order_at <= 2026-11-21",
    "last_order_at = 2026-11-21",
    "last_order_at != 2026-11-21",
    "birthday in this year",
    "birthday in last 30 days",
    "days_since(last_order_at) <= 10",
    "last_order_at - first_order_at > 30 days",
    "(last_order_at - first_order_at) / 1 hours > 5",
    "last_order_at + 2 hours < now",
    "last_order_at < 3 months ago",
    "first_order_at in from holiday('설날') to holiday('추석')",
    "monetary / orders_count > 10",
    "monetary / 0 is null",
    "monetary / (orders_count - orders_count) is null",
    "coalesce(monetary, 0) + coalesce(discount_share, 1) * 2 > 3",
    "least(monetary, recency_days, 5) = 5 or greatest(monetary, 1) = 1",
    "abs(monetary) > 20 and floor(discount_share) = ceil(discount_share)",
    "region like '%o_l' or region like '50\\%'",
    "region matches '^[가-힣]+$'",
    "region matches '(a|b|S).*[^x]$' or region matches '\\d%'",
    "region matches 'line.break'",
    "length(region) = 4",
    "region = 'café'",
    "region < 'Seoul' or region >= 'a'",
    "지역 = region",
    "email_opt_in and not email_opt_in = false",
    "\"odd \"\"name\"\" 1\" > 0.5",
    "rfm in ('Champions', 'Loyal')",
    "loyal and not big_spender",
    "spent(100, 90)",
    "both(both(loyal, spent(monetary, 300)), not both(email_opt_in, spent(0.5, 10)))",
    "bought('Seoul', 20) or abandoned(5)",
    "monetary is null or region is not null",
    "true or monetary > 1",
    "false",
    "sum(orders.quantity * orders.weight where category != 'Seoul') > 5",
    "count(orders.delivered) = count(orders)",
    "count(orders where delivered in last 2 weeks) > 0",
    "count(orders where weekday(ordered_at) = monday) > 0",
    "max(orders.ordered_at) > 7 days ago",
    "month(min(orders.delivered)) = 11",
    "count(orders where ordered_at is null) > 0",
};
enum { N_RULES = sizeof RULES / sizeof *RULES };

static void compare(const char *zone, uint64_t seed) {
  shop *s = shop_make(seed, 300);
  gy_engine *engine = NULL;
  gy_engine_options options = {.n_threads = 1};
  gy_error err = {0};
  char *sql = shop_sql(s);
  cr_assert_eq(gy_engine_open(&options, &engine, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_engine_execute(engine, sql, NULL, 0, NULL, NULL, NULL, &err), GY_OK, "%s", err.text);
  gy_rule_set *set = must_compile(RULES, N_RULES, zone);
  char *memory = answers_in_memory(set, N_RULES, s),
       *stored = answers_of_engine(set, N_RULES, shop_size(s), engine);
  for (size_t r = 0; r < N_RULES; r++)
    for (size_t c = 0; c < shop_size(s); c++) {
      size_t at = r * shop_size(s) + c;
      cr_expect_eq(memory[at], stored[at], "%s, customer %zu: memory %c, engine %c", RULES[r], c, memory[at],
                   stored[at]);
      if (memory[at] != stored[at]) break;
    }
  free(memory);
  free(stored);
  free(sql);
  gy_rule_set_destroy(set);
  gy_engine_close(engine);
  shop_free(s);
}

Test(rule_back_ends, memory_and_engine_agree_in_seoul) { compare("Asia/Seoul", 1); }
Test(rule_back_ends, memory_and_engine_agree_in_new_york) { compare("America/New_York", 2); }
